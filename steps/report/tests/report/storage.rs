//! From owed to the ledger, on both databases.

use figures::Decimal;
use kernel::{Level, ProblemKind, Role};
use ledger::entries::{self, View};
use ledger::programmes::Outline;
use ledger::words::Measure;
use report::returns::{self, Filling};
use report::rounds::{self, NewRound, Settings};
use report::store as queries;
use report::words::{Act, Cause, Every, FlagKind, State};

use crate::house::{CITY, HAISHU, House, NINGHAI, code, day, report};
use crate::on_both;

on_both!(
    a_round_lists_who_owes_what,
    a_month_goes_from_owed_into_the_ledger,
    what_is_wrong_is_refused_whole_and_kept_as_a_draft,
    late_returns_need_a_permission_and_count_as_late,
    what_is_sent_back_can_be_corrected_after_the_round,
    nobody_reviews_their_own_report,
    many_are_handled_together_or_not_at_all,
    a_new_lead_body_owes_from_then_on,
    what_was_approved_is_known_on_any_day,
    settings_are_kept_and_guarded,
);

fn refused<T: std::fmt::Debug>(outcome: store::Result<T>) -> (ProblemKind, String) {
    let error = outcome.unwrap_err();
    let problem = error.problem().unwrap_or_else(|| panic!("{error:?}"));
    (problem.kind, format!("{} {:?}", problem.message.zh, problem.places))
}

async fn outline(house: &House) -> Outline {
    Outline::load(house.store.reader(), house.programme.clone()).await.unwrap()
}

async fn a_round_lists_who_owes_what(house: House) {
    let office = house.office().await;
    let round = house.june(&office, &[Level::City]).await;
    let owed = returns::owed_of(house.store.reader(), round).await.unwrap();
    let told: Vec<_> = owed.iter().map(|row| (row.region, row.organisation_id, row.state())).collect();
    // Ninghai has no lead body of its own, so the city's bureau answers for it; the money is the city's.
    let expected = [
        (code(CITY).stored(), house.bureau, State::Owed),
        (code(HAISHU).stored(), house.haishu, State::Owed),
        (code(NINGHAI).stored(), house.bureau, State::Owed),
    ];
    assert_eq!(told, expected);
    let ids: Vec<_> = owed.iter().map(|row| row.id).collect();
    let lines = returns::lines_of(house.store.reader(), &ids).await.unwrap();
    let of = |at: usize| lines[&ids[at]].iter().map(|line| line.indicator_id).collect::<Vec<_>>();
    assert_eq!(of(0), [house.money]);
    assert_eq!(of(1), [house.places, house.parts[0], house.parts[1]], "parts are reported with their whole");

    let again = NewRound {
        cut_off: day("2024-06-30"),
        opens_on: day("2024-07-01"),
        closes_on: day("2024-07-09"),
        levels: vec![Level::City],
    };
    let (kind, text) = refused(rounds::open(&house.store, &office, &house.programme, &again).await);
    assert!(kind == ProblemKind::Conflict && text.contains("已经开启过"), "{text}");
    let county = house.county_office().await;
    assert_eq!(refused(rounds::open(&house.store, &county, &house.programme, &again).await).0, ProblemKind::Forbidden);
    let current = rounds::current(house.store.reader(), house.programme.id, day("2024-07-05")).await.unwrap();
    assert_eq!(current.map(|round| round.id), Some(round));
    assert_eq!(rounds::current(house.store.reader(), house.programme.id, day("2024-07-06")).await.unwrap(), None);
}

async fn a_month_goes_from_owed_into_the_ledger(house: House) {
    let (office, county, body) = (house.office().await, house.county_office().await, house.body().await);
    let round = house.june(&office, &[Level::County, Level::City]).await;
    let row = house.at(round, HAISHU).await;
    let mut filling = house.filling(&row, 1_250, 800);
    filling.content.problem = "两个地块尚未交付".into();
    filling.content.cause = Some(Cause::Land);
    let submitted = returns::submit(&house.store, &body, &[filling]).await.unwrap();
    assert_eq!((submitted[0].state, submitted[0].version), (State::Submitted, 2));
    let on = house.store.reader();
    assert_eq!(house.at(round, HAISHU).await.awaits, Some(code(HAISHU).stored()));

    // The city's office may act in its counties, but two desks take two people.
    let passed = returns::pass_or_approve(&house.store, &county, &[(row.id, 2)]).await.unwrap();
    assert_eq!((passed[0].state, passed[0].version), (State::Submitted, 3));
    assert_eq!(
        refused(returns::pass_or_approve(&house.store, &county, &[(row.id, 3)]).await).0,
        ProblemKind::Forbidden
    );
    let approved = returns::pass_or_approve(&house.store, &office, &[(row.id, 3)]).await.unwrap();
    assert_eq!(approved[0].state, State::Approved);

    let outline = outline(&house).await;
    let ids: Vec<_> = outline.indicators.iter().map(|row| row.id).collect();
    let written: Vec<_> = entries::at_places(on, house.programme.id, &ids, &[code(HAISHU)])
        .await
        .unwrap()
        .into_iter()
        .filter(|entry| entry.measure == Measure::Actual.number())
        .collect();
    let value = |indicator| {
        written.iter().find(|entry| entry.indicator_id == indicator).and_then(|entry| entry.number()).unwrap().value
    };
    assert_eq!(value(house.places), Decimal::from(1_250));
    assert_eq!(value(house.parts[1]), Decimal::from(450));
    let image = outline.image_of(house.project).unwrap();
    assert_eq!(value(image.id), Decimal::from(45));
    assert!(written.iter().all(|entry| entry.as_of == Some(day("2024-06-30"))));
    let sums = ledger::rollup::at_place(on, house.programme.id, code(CITY), View::default()).await.unwrap();
    let sum = sums.iter().find(|sum| sum.indicator == house.places && sum.measure == Measure::Actual).unwrap();
    assert_eq!(sum.value, Decimal::from(1_250));

    let keys: Vec<_> = written.iter().map(|entry| entry.id).collect();
    let hands = entries::hands_of(on, &keys).await.unwrap();
    assert_eq!(hands.len(), 4);
    for acts in hands.values() {
        let told: Vec<_> = acts.iter().map(|hand| (hand.act.code(), hand.person.as_str())).collect();
        assert_eq!(told, [("reported", "haishu同志"), ("reviewed", "haishuban同志"), ("approved", "office同志")]);
    }
    assert!(ledger::verify::verify(on).await.unwrap().fault.is_none());
    assert_eq!(
        refused(returns::send_back(&house.store, &office, &[(row.id, 4)], "晚了").await).0,
        ProblemKind::Conflict
    );
    let acts: Vec<_> = returns::acts_of(on, &[row.id]).await.unwrap().remove(&row.id).unwrap();
    let acts: Vec<_> = acts.iter().map(|act| Act::parse(&act.act).unwrap()).collect();
    assert_eq!(acts, [Act::Submit, Act::Pass, Act::Approve]);
}

async fn what_is_wrong_is_refused_whole_and_kept_as_a_draft(house: House) {
    let (office, body) = (house.office().await, house.body().await);
    let round = house.june(&office, &[Level::City]).await;
    let row = house.at(round, HAISHU).await;
    let mut filling = house.filling(&row, 1_250, 900);
    filling.content.lines.get_mut(&house.parts[1]).unwrap().raw = "三百多所".into();
    filling.content.stage = Some(uuid::Uuid::now_v7());
    let (kind, text) = refused(returns::submit(&house.store, &body, &[filling.clone()]).await);
    assert_eq!(kind, ProblemKind::Invalid);
    assert!(text.contains("raw-3") && text.contains("stage"), "{text}");
    assert_eq!(house.at(round, HAISHU).await, row, "nothing is half written");

    filling.content.stage = None;
    let saved = returns::save(&house.store, &body, &[filling.clone()]).await.unwrap();
    assert_eq!((saved[0].state, saved[0].version), (State::Draft, 2));
    let lines = returns::lines_of(house.store.reader(), &[row.id]).await.unwrap().remove(&row.id).unwrap();
    assert_eq!((lines[2].raw.as_str(), lines[2].value), ("三百多所", None), "a draft keeps what was typed");
    filling.version = 2;
    filling.content.image = "130".into();
    assert!(refused(returns::save(&house.store, &body, &[filling.clone()]).await).1.contains("image"));
    filling.content.image.clear();
    filling.content.lines.get_mut(&house.parts[1]).unwrap().raw = "340".into();
    let (_, text) = refused(returns::submit(&house.store, &body, &[filling.clone()]).await);
    assert!(text.contains("分项合计 1,240，与总数 1,250 不符"), "{text}");
    filling.content.lines.get_mut(&house.parts[1]).unwrap().raw = "350".into();
    assert_eq!(returns::submit(&house.store, &body, &[filling]).await.unwrap()[0].state, State::Submitted);
}

async fn late_returns_need_a_permission_and_count_as_late(house: House) {
    let (office, body) = (house.office().await, house.body().await);
    let round = house.june(&office, &[Level::City]).await;
    let row = house.at(round, HAISHU).await;
    let eighth = house.on("2024-07-08");
    let (kind, text) = refused(returns::submit(&eighth, &body, &[house.filling(&row, 10, 4)]).await);
    assert!(kind == ProblemKind::Conflict && text.contains("已截止"), "{text}");
    let overdue = returns::overdue(eighth.reader(), house.programme.id, day("2024-07-08")).await.unwrap();
    assert_eq!((overdue.len(), overdue[0].days), (3, 3));
    let until = day("2024-07-09");
    assert_eq!(
        refused(returns::allow_late(&eighth, &body, &[row.id], until, "系统故障").await).0,
        ProblemKind::Forbidden
    );
    assert!(refused(returns::allow_late(&eighth, &office, &[row.id], until, " ").await).1.contains("理由"));
    returns::allow_late(&eighth, &office, &[row.id], until, "系统故障").await.unwrap();
    assert_eq!(house.at(round, HAISHU).await.version, row.version, "whoever is filling it in loses nothing");
    returns::submit(&eighth, &body, &[house.filling(&row, 10, 4)]).await.unwrap();
    let now = eighth.clock().now_ms();
    let year = (day("2024-01-01"), day("2024-12-31"));
    let late = queries::late_counts(eighth.reader(), house.programme.id, year, now).await.unwrap();
    let of = |region: &str| late.iter().find(|one| one.region == code(region)).unwrap();
    assert_eq!((of(HAISHU).owed, of(HAISHU).late, of(HAISHU).missing), (1, 1, 0));
    assert_eq!((of(NINGHAI).owed, of(NINGHAI).late, of(NINGHAI).missing), (1, 0, 1));
    let standing = queries::standing_of(eighth.reader(), &[round], now).await.unwrap();
    assert_eq!((standing[0].all(), standing[0].of(State::Submitted), standing[0].late), (3, 1, 3));
}

async fn what_is_sent_back_can_be_corrected_after_the_round(house: House) {
    let (office, body) = (house.office().await, house.body().await);
    let round = house.june(&office, &[Level::City]).await;
    let row = house.at(round, HAISHU).await;
    returns::submit(&house.store, &body, &[house.filling(&row, 10, 4)]).await.unwrap();
    let sixth = house.on("2024-07-06");
    assert!(refused(returns::send_back(&sixth, &office, &[(row.id, 2)], "").await).1.contains("理由"));
    let back = returns::send_back(&sixth, &office, &[(row.id, 2)], "初中学位请核对").await.unwrap();
    assert_eq!(back[0].state, State::Returned);
    let row = house.at(round, HAISHU).await;
    assert_eq!((row.awaits, row.late_until), (None, Some(day("2024-07-09"))));
    let late = house.on("2024-07-10");
    assert_eq!(refused(returns::submit(&late, &body, &[house.filling(&row, 12, 4)]).await).0, ProblemKind::Conflict);
    returns::submit(&house.on("2024-07-09"), &body, &[house.filling(&row, 12, 4)]).await.unwrap();
    let now = sixth.clock().now_ms();
    let year = (day("2024-01-01"), day("2024-12-31"));
    let counts = queries::late_counts(sixth.reader(), house.programme.id, year, now).await.unwrap();
    assert_eq!(counts.iter().map(|one| one.late).sum::<i64>(), 0, "it first came in time");
}

async fn nobody_reviews_their_own_report(house: House) {
    let office = house.office().await;
    let roles = [(Role::ResponsibleBody, HAISHU, Some(house.haishu)), (Role::ProgrammeOffice, CITY, None)];
    let both = house.account("both", &roles).await;
    let round = house.june(&office, &[Level::City]).await;
    let row = house.at(round, HAISHU).await;
    // Saved by the one who wears both hats, handed in by a colleague.
    returns::save(&house.store, &both, &[house.filling(&row, 10, 4)]).await.unwrap();
    let row = house.at(round, HAISHU).await;
    let body = house.body().await;
    returns::submit(&house.store, &body, &[house.filling(&row, 10, 4)]).await.unwrap();
    let (kind, text) = refused(returns::pass_or_approve(&house.store, &both, &[(row.id, 3)]).await);
    assert!(kind == ProblemKind::Forbidden && text.contains("自己填写"), "{text}");
    let stranger = house.account("ninghai", &[(Role::ProgrammeOffice, NINGHAI, None)]).await;
    assert_eq!(
        refused(returns::pass_or_approve(&house.store, &stranger, &[(row.id, 3)]).await).0,
        ProblemKind::Forbidden
    );
    returns::pass_or_approve(&house.store, &office, &[(row.id, 3)]).await.unwrap();
}

async fn many_are_handled_together_or_not_at_all(house: House) {
    let (office, bureau, body) = (house.office().await, house.bureau().await, house.body().await);
    let round = house.june(&office, &[Level::City]).await;
    let (city, haishu, ninghai) =
        (house.at(round, CITY).await, house.at(round, HAISHU).await, house.at(round, NINGHAI).await);
    let money =
        Filling {
            id: city.id, version: city.version, content: returns::Content::figures([(house.money, "0.18亿元")])
        };
    let foreign = [money.clone(), house.filling(&haishu, 10, 4)];
    let (kind, text) = refused(returns::submit(&house.store, &bureau, &foreign).await);
    assert!(kind == ProblemKind::Forbidden && text.contains("中小学扩容（330203）"), "{text}");
    assert_eq!(house.at(round, CITY).await, city);
    returns::submit(&house.store, &bureau, &[money, house.filling(&ninghai, 30, 30)]).await.unwrap();
    returns::submit(&house.store, &body, &[house.filling(&haishu, 10, 4)]).await.unwrap();
    let stale = [(city.id, 2), (haishu.id, 2), (ninghai.id, 1)];
    assert_eq!(refused(returns::pass_or_approve(&house.store, &office, &stale).await).0, ProblemKind::Conflict);
    let counted = async |most| entries::count_up_to(house.store.reader(), house.programme.id, most).await.unwrap();
    assert_eq!(entries::count_of(house.store.reader(), house.programme.id).await.unwrap(), 4, "targets only");
    assert_eq!((counted(100).await, counted(3).await), (4, 3), "no further than asked");
    let all = [(city.id, 2), (haishu.id, 2), (ninghai.id, 2)];
    let done = returns::pass_or_approve(&house.store, &office, &all).await.unwrap();
    assert!(done.iter().all(|one| one.state == State::Approved));
    let chain = ledger::verify::verify(house.store.reader()).await.unwrap();
    assert!(chain.fault.is_none(), "{:?}", chain.fault);
    let late = house.on("2024-07-20");
    assert!(returns::overdue(late.reader(), house.programme.id, day("2024-07-20")).await.unwrap().is_empty());
}

async fn a_new_lead_body_owes_from_then_on(house: House) {
    let office = house.office().await;
    let round = house.june(&office, &[Level::City]).await;
    assert_eq!(rounds::complete(&house.store, &office, round).await.unwrap().owed, 0, "nothing is missing");
    let ninghai = crate::house::organisation(&house.store, NINGHAI, "宁海县教育局").await;
    let name = async |region: &str, body: Option<uuid::Uuid>| {
        let mut tx = house.store.begin(&store::Actor::operator("test")).await.unwrap();
        let holders = ledger::programmes::Holders {
            project: house.project,
            region: code(region),
            role: ledger::programmes::ResponsibilityRole::Lead,
            bodies: body.map(|body| (Some(body), None)).into_iter().collect(),
        };
        ledger::programmes::answer(&tx, house.programme.id, &holders, day("2024-06-30")).await.unwrap();
        tx.record(store::audit::Event::new("test", "test", "", serde_json::json!({}))).await.unwrap();
        tx.commit().await.unwrap();
    };
    let kept = async || rounds::find(house.store.reader(), round).await.unwrap().unwrap().without_body;
    assert_eq!(kept().await, 0);
    name(CITY, None).await;
    assert_eq!(rounds::complete(&house.store, &office, round).await.unwrap().owed, 0);
    let bare = rounds::without_body(house.store.reader(), &outline(&house).await, day("2024-07-01")).await.unwrap();
    assert!(!bare.is_empty() && kept().await == i64::try_from(bare.len()).unwrap(), "{bare:?}");
    name(CITY, Some(house.bureau)).await;
    name(NINGHAI, Some(ninghai)).await;
    assert_eq!(rounds::complete(&house.store, &office, round).await.unwrap().owed, 1);
    assert_eq!(kept().await, 0, "everything is answered for again");
    assert_eq!(returns::owed_of(house.store.reader(), round).await.unwrap().len(), 4);
    rounds::close(&house.store, &office, round).await.unwrap();
    let (kind, text) = refused(rounds::close(&house.store, &office, round).await);
    assert!(kind == ProblemKind::Conflict && text.contains("已经关闭"), "{text}");
    assert_eq!(refused(rounds::complete(&house.store, &office, round).await).0, ProblemKind::Conflict);
}

async fn what_was_approved_is_known_on_any_day(house: House) {
    let (office, body) = (house.office().await, house.body().await);
    for (cut_off, filled, approved, whole) in
        [("2024-05-31", "2024-06-02", "2024-06-10", 10), ("2024-06-30", "2024-07-02", "2024-07-10", 20)]
    {
        let settings = Settings {
            levels: vec![Level::City],
            ..rounds::settings(house.store.reader(), &house.programme).await.unwrap()
        };
        let new = NewRound::by(&settings, day(cut_off));
        let round = rounds::open(&house.on(filled), &office, &house.programme, &new).await.unwrap().round;
        let row = house.at(round, HAISHU).await;
        returns::submit(&house.on(filled), &body, &[house.filling(&row, whole, 4)]).await.unwrap();
        returns::pass_or_approve(&house.on(approved), &office, &[(row.id, 2)]).await.unwrap();
    }
    let on = house.store.reader();
    let cut_off = |known: &'static str| async move {
        let known = queries::latest_approved(on, house.programme.id, Some(day(known))).await.unwrap();
        known.first().map(|latest| latest.cut_off)
    };
    assert_eq!(cut_off("2024-06-09").await, None);
    assert_eq!(cut_off("2024-06-10").await, Some(day("2024-05-31")));
    assert_eq!(cut_off("2024-07-09").await, Some(day("2024-05-31")));
    assert_eq!(cut_off("2024-07-10").await, Some(day("2024-06-30")));
    let latest = queries::latest_approved(on, house.programme.id, None).await.unwrap();
    assert_eq!((latest.len(), latest[0].image), (1, Some(Decimal::from(45))));

    // The next month knows what stood before, and a fall needs a reason.
    let new = NewRound {
        cut_off: day("2024-07-31"),
        opens_on: day("2024-08-01"),
        closes_on: day("2024-08-05"),
        levels: vec![Level::City],
    };
    let august = house.on("2024-08-02");
    let round = rounds::open(&august, &office, &house.programme, &new).await.unwrap().round;
    let row = house.at(round, HAISHU).await;
    let mut filling = house.filling(&row, 19, 4);
    assert!(refused(returns::submit(&august, &body, &[filling.clone()]).await).1.contains("少于上期（2024-06-30）"));
    for typed in filling.content.lines.values_mut() {
        typed.reason = "核减重复统计".into();
    }
    let done = returns::submit(&august, &body, &[filling]).await.unwrap();
    assert!(done[0].flags.iter().any(|flag| flag.kind == FlagKind::Falls), "{:?}", done[0].flags);
}

async fn settings_are_kept_and_guarded(house: House) {
    let office = house.office().await;
    let usual = rounds::settings(house.store.reader(), &house.programme).await.unwrap();
    assert_eq!((usual.version, usual.levels.clone()), (0, vec![Level::City]));
    let mut quarterly = usual.clone();
    quarterly.rhythm.every = Every::Quarter;
    quarterly.levels = vec![Level::County, Level::City];
    rounds::set(&house.store, &office, &house.programme, &quarterly).await.unwrap();
    let read = rounds::settings(house.store.reader(), &house.programme).await.unwrap();
    assert_eq!((read.rhythm.every, read.levels.len(), read.version), (Every::Quarter, 2, 1));
    // Somebody whose page is older is told.
    assert_eq!(refused(rounds::set(&house.store, &office, &house.programme, &usual).await).0, ProblemKind::Conflict);
    let mut wrong = read.clone();
    wrong.rhythm.due_after_days = 0;
    assert!(refused(rounds::set(&house.store, &office, &house.programme, &wrong).await).1.contains("due_after_days"));
    rounds::set(&house.store, &office, &house.programme, &read).await.unwrap();
    let county = house.county_office().await;
    assert_eq!(refused(rounds::set(&house.store, &county, &house.programme, &read).await).0, ProblemKind::Forbidden);
}
