//! Acceptance checks of sites: on both databases, and over the pages.

use axum::http::StatusCode;
use kernel::{Role, Text};
use places::acceptance::rules::{Found, Outcome, Verdict};
use places::acceptance::store::{self as checks, NewCheck};
use places::sites::store::{self as sites, Draft};
use places::sites::tables::sites::Model as Site;
use places::sites::words::Stage;
use places::sites::{Content, Placed};
use testing::visitor::Visitor;
use uuid::Uuid;

use crate::house::{House, actor, places};
use crate::sites::ground;

databases::on_both!(a_check_is_written_once_and_the_last_one_stands);

/// The site of the house, finished in June.
async fn finished(house: &House, site: &Site) -> Site {
    let content = Content { stage: Stage::InUse, finished_on: Some("2024-06-20".parse().unwrap()), ..site.content() };
    let draft = Draft { content, placed: Placed::default(), outside: false };
    let mut tx = house.store.begin(&actor()).await.unwrap();
    sites::change(&mut tx, site, "测试", &draft).await.unwrap();
    tx.commit().await.unwrap();
    sites::find(house.store.reader(), site.id).await.unwrap().unwrap()
}

fn check(outcomes: &[Outcome]) -> NewCheck {
    let found = |outcome: &Outcome| Found {
        service: "D001".into(),
        says: Text::new("入口无台阶", "no step at the door"),
        outcome: *outcome,
        words: if *outcome == Outcome::Unmet { "有一级台阶".into() } else { String::new() },
    };
    let looked_on = "2024-06-27".parse().unwrap();
    NewCheck { id: Uuid::now_v7(), looked_on, found: outcomes.iter().map(found).collect() }
}

async fn a_check_is_written_once_and_the_last_one_stands(url: &str) {
    let house = House::on(url).await;
    let site = ground(&house, true).await.site;
    let early = checks::write(&house.store, &actor(), "督查室", &site, &check(&[Outcome::Met])).await.unwrap_err();
    assert!(early.problem().unwrap().message.zh.contains("还没有完工"));

    let site = finished(&house, &site).await;
    let write = async |new: &NewCheck| checks::write(&house.store, &actor(), "督查室", &site, new).await;
    let failed = check(&[Outcome::Met, Outcome::Unmet]);
    assert!(write(&failed).await.unwrap());
    assert!(!write(&failed).await.unwrap(), "the same sheet again");
    assert!(write(&check(&[Outcome::Met, Outcome::Met])).await.unwrap());
    let all = checks::of_site(house.store.reader(), site.id).await.unwrap();
    let verdicts: Vec<_> = all.iter().map(|one| one.verdict()).collect();
    assert_eq!(verdicts, [Verdict::Passed, Verdict::Failed], "the latest first, the earlier one stays");
    assert_eq!((all[0].held(), all[1].held()), ((2, 2), (1, 2)));
    assert_eq!(all[1].found(), failed.found, "in the words of that day");
    let standing = checks::latest(house.store.reader(), site.id).await.unwrap().unwrap();
    assert_eq!(standing, all[0]);

    let tomorrow = NewCheck { looked_on: "2999-01-01".parse().unwrap(), ..check(&[Outcome::Met]) };
    for (wrong, told) in [(tomorrow, "在今天之后"), (check(&[]), "没有可核对")] {
        let told_by = write(&wrong).await.unwrap_err();
        assert!(told_by.problem().unwrap().message.zh.contains(told), "{told}");
    }
    let taken = NewCheck { found: failed.found.clone(), ..failed };
    let other = store::Actor { account: Some(Uuid::now_v7()), ..actor() };
    assert!(checks::write(&house.store, &other, "别人", &site, &taken).await.is_err(), "the key is somebody else's");
    assert_eq!(checks::of_site(house.store.reader(), site.id).await.unwrap().len(), 2);
    assert!(store::audit::verify(house.store.reader()).await.unwrap().fault.is_none());
}

#[tokio::test]
async fn an_office_ticks_the_list_and_everybody_sees_what_was_found() {
    let house = House::new().await;
    let ground = ground(&house, true).await;
    let site = ground.site;
    let office = Visitor::office(&house, "ninghai", "330226").await;
    let path = format!("/office/site/{}/acceptance", site.id);
    let before = office.get(&path).await.text();
    assert!(before.contains("还没有完工") && !before.contains("name=\"outcome-0\""), "{before}");

    finished(&house, &site).await;
    let page = office.get(&path).await;
    let (list, key) = (page.value("list"), page.value("key"));
    let lines = page.text().matches("value=\"met\"").count();
    assert!(lines >= 2, "the list of parks: {}", page.text());
    let ticked = |last: &str, words: &str| {
        let mut form = vec![
            ("key".to_owned(), key.clone()),
            ("list".to_owned(), list.clone()),
            ("looked_on".to_owned(), "2024-06-27".to_owned()),
        ];
        for at in 0..lines {
            let outcome = if at + 1 == lines { last } else { "met" };
            form.push((format!("outcome-{at}"), outcome.to_owned()));
        }
        form.push((format!("words-{}", lines - 1), words.to_owned()));
        form
    };
    let send = async |who: &Visitor, form: Vec<(String, String)>| {
        let pairs: Vec<(&str, &str)> = form.iter().map(|(name, value)| (&**name, &**value)).collect();
        who.post(&path, &pairs).await
    };
    for (last, told) in [("", "请选择一项"), ("unmet", "请写明哪里不符合")] {
        let reply = send(&office, ticked(last, "")).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = reply.text();
        assert!(text.contains(told) && text.contains("value=\"met\" checked"), "what was ticked stays: {text}");
    }
    let stale = ticked("met", "")
        .into_iter()
        .map(|(name, value)| if name == "list" { (name, "x".into()) } else { (name, value) });
    assert_eq!(send(&office, stale.collect()).await.status, StatusCode::CONFLICT);
    let anybody = Visitor::nobody(&house);
    let public = format!("/s/{}", site.code);
    assert!(!anybody.get(&public).await.text().contains("id=\"acceptance\""), "nothing of all this was written");

    let body = Visitor::of(&house, "builder", Role::ResponsibleBody, "330226", Some(ground.body)).await;
    assert!(!body.get(&path).await.text().contains("name=\"outcome-0\""), "who built it does not accept it");
    assert_eq!(send(&body, ticked("met", "")).await.status, StatusCode::FORBIDDEN);
    let elsewhere = Visitor::office(&house, "hangzhou", "330100").await;
    assert_eq!(elsewhere.get(&path).await.status, StatusCode::FORBIDDEN);
    assert_eq!(send(&elsewhere, ticked("met", "")).await.status, StatusCode::FORBIDDEN);

    assert_eq!(send(&office, ticked("unmet", "缺一块指示牌")).await.location(), path);
    let text = anybody.get(&public).await.text();
    for wanted in ["验收未通过", "缺一块指示牌", &format!("{}/{lines}", lines - 1), "2024年6月27日"] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    assert!(!text.contains("ninghai办公室"), "not by whom");
    let own = office.get(&path).await.text();
    assert!(own.contains("ninghai办公室") && own.contains("缺一块指示牌"), "{own}");
    assert!(office.get(&format!("/office/site/{}", site.id)).await.text().contains("验收未通过"));
}
