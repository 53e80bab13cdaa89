//! In whose name things are done: the trail names the body for which a return is, whatever else its writer acts for.

use kernel::{Level, Role};
use ledger::entries;
use ledger::words::Measure;
use report::By;
use report::returns::{self, Content, Filling};

use crate::house::{CITY, HAISHU, House, NINGHAI, code, day, report};
use crate::on_both;

on_both!(an_act_names_the_body_for_which_the_return_is, a_review_names_the_office_at_whose_desk_it_lay);

/// As somebody who signs in: nothing is said of an office but what the grants say.
fn signed_in(by: By) -> By {
    By { organisation: String::new(), ..by }
}

/// Who is named in the acts of the return, in order.
async fn named(house: &House, id: uuid::Uuid) -> Vec<String> {
    let acts = returns::acts_of(house.store.reader(), &[id]).await.unwrap().remove(&id).unwrap();
    acts.into_iter().map(|act| act.organisation_name).collect()
}

/// One account for two bodies: neither the order of its grants nor the other returns of the same click decide.
async fn an_act_names_the_body_for_which_the_return_is(house: House) {
    let office = signed_in(house.office().await);
    for (month, bodies) in
        [(4, [(CITY, house.bureau), (HAISHU, house.haishu)]), (5, [(HAISHU, house.haishu), (CITY, house.bureau)])]
    {
        let grants = bodies.map(|(region, body)| (Role::ResponsibleBody, region, Some(body)));
        let both = signed_in(house.account(&format!("both{month}"), &grants).await);
        let new = report::rounds::NewRound {
            cut_off: day(&format!("2024-{month:02}-28")),
            opens_on: day("2024-07-01"),
            closes_on: day("2024-07-05"),
            levels: vec![Level::City],
        };
        let round = report::rounds::open(&house.store, &office, &house.programme, &new).await.unwrap().round;
        let (city, haishu) = (house.at(round, CITY).await, house.at(round, HAISHU).await);
        let money = Content::figures([(house.money, "0.18亿元")]);
        let money = Filling { id: city.id, version: city.version, content: money };
        returns::submit(&house.store, &both, &[house.filling(&haishu, 10, 4), money]).await.unwrap();
        assert_eq!(named(&house, haishu.id).await, ["海曙区教育局"], "month {month}");
        assert_eq!(named(&house, city.id).await, ["宁波市教育局"], "month {month}");
        returns::withdraw(&house.store, &both, &[(haishu.id, 2)]).await.unwrap();
        assert_eq!(named(&house, haishu.id).await, ["海曙区教育局"; 2], "month {month}");
        returns::submit(&house.store, &both, &[house.filling(&house.at(round, HAISHU).await, 10, 4)]).await.unwrap();
        returns::pass_or_approve(&house.store, &office, &[(haishu.id, 4), (city.id, 2)]).await.unwrap();
        let on = house.store.reader();
        for (region, indicator, body) in [(HAISHU, house.places, "海曙区教育局"), (CITY, house.money, "宁波市教育局")]
        {
            let at = entries::at_places(on, house.programme.id, &[indicator], &[code(region)]).await.unwrap();
            let done = at.iter().rfind(|entry| entry.measure == Measure::Actual.number()).unwrap();
            let hands = entries::hands_of(on, &[done.id]).await.unwrap().remove(&done.id).unwrap();
            let told: Vec<_> = hands.iter().map(|hand| (hand.act.code(), hand.organisation.as_str())).collect();
            assert_eq!(told, [("reported", body), ("approved", "宁波市民生实事办公室")], "month {month}");
        }
    }
}

/// One reviewer for two counties, in one click over the returns of both.
async fn a_review_names_the_office_at_whose_desk_it_lay(house: House) {
    let (office, bureau, body) = (house.office().await, house.bureau().await, house.body().await);
    let roles = [(Role::ProgrammeOffice, NINGHAI, None), (Role::SupervisionOffice, HAISHU, None)];
    let both = signed_in(house.account("liangxian", &roles).await);
    let round = house.june(&office, &[Level::County, Level::City]).await;
    let (haishu, ninghai) = (house.at(round, HAISHU).await, house.at(round, NINGHAI).await);
    returns::submit(&house.store, &body, &[house.filling(&haishu, 10, 4)]).await.unwrap();
    returns::submit(&house.store, &bureau, &[house.filling(&ninghai, 30, 30)]).await.unwrap();
    returns::pass_or_approve(&house.store, &both, &[(haishu.id, 2), (ninghai.id, 2)]).await.unwrap();
    assert_eq!(named(&house, haishu.id).await[1], "海曙区督查室");
    assert_eq!(named(&house, ninghai.id).await[1], "宁海县民生实事办公室");
    returns::send_back(&house.store, &signed_in(office), &[(haishu.id, 3)], "请核对").await.unwrap();
    assert_eq!(named(&house, haishu.id).await[2], "宁波市民生实事办公室");
}
