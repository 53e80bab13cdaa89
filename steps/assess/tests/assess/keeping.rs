//! Scored by hand-checked figures, kept, replaced, replayed: once on SQLite and once on PostgreSQL.

use kernel::ProblemKind;
use minsheng_assess as assess;
use sea_orm::ConnectionTrait;
use store::Error;

use assess::assessments::{self, Assessment, State};
use assess::catalogue::{self, NewScheme};
use assess::store as rows;

use crate::house::{BEILUN, HAISHU, House, JIANGBEI, actor};

databases::on_both!(crate::house::House::on =>
    places_are_scored_by_the_ledger_and_what_was_typed,
    bodies_are_scored_by_the_projects_they_lead,
    what_was_typed_is_never_overwritten,
    one_of_two_who_enter_the_same_wins,
    a_kept_score_replays_whatever_comes_later,
    an_open_score_cannot_be_kept,
    one_of_two_who_keep_wins,
    a_later_one_takes_the_place_with_a_reason,
    what_was_tampered_with_is_found,
    a_scheme_grows_version_by_version,
);

fn kind(error: &Error) -> ProblemKind {
    error.problem().unwrap_or_else(|| panic!("{error:?}")).kind
}

async fn load(house: &House, id: uuid::Uuid) -> Assessment {
    assessments::find(house.store.reader(), id).await.unwrap().unwrap()
}

fn points(assessment: &Assessment, subject: &str, component: &str) -> String {
    let score = assessment.scores.of(subject).unwrap();
    score.part(component).unwrap().points.unwrap().normalize().to_string()
}

fn totals(assessment: &Assessment) -> Vec<(String, String, Option<u32>)> {
    let rows = assessment.scores.tables.iter().flat_map(|table| &table.rows);
    rows.map(|row| (row.subject.clone(), row.total.normalize().to_string(), row.rank)).collect()
}

/// By hand: Jiangbei was last in March (12.5 %) and April (20 %), Beilun in June (40 %); at the end of June Jiangbei leads with 75 %
/// before Haishu's 60 % and Beilun's 40 %, three counties being few.
async fn places_are_scored_by_the_ledger_and_what_was_typed(house: House) {
    for (subject, score, poll) in [(HAISHU, "66", "90"), (JIANGBEI, "65", "80"), (BEILUN, "60", "85")] {
        house.enter("jiaojiang-city", subject, "department_score", score, "").await.unwrap();
        house.enter("jiaojiang-city", subject, "poll", poll, "").await.unwrap();
    }
    let kept = load(&house, house.run("jiaojiang-city").await.unwrap()).await;
    assert_eq!([JIANGBEI, HAISHU, BEILUN].map(|place| points(&kept, place, "year_rank")), ["3", "0", "-1"]);
    assert_eq!([JIANGBEI, HAISHU, BEILUN].map(|place| points(&kept, place, "last_places")), ["-1.2", "0", "-0.2"]);
    let expected = [
        (JIANGBEI, "70.8", Some(1)), // 65 + 4 − 1.2 + 3
        (HAISHU, "70.5", Some(2)),   // 66 + 4.5
        (BEILUN, "63.05", Some(3)),  // 60 + 4.25 − 0.2 − 1
    ];
    let places = &totals(&kept)[totals(&kept).len() - 3..];
    assert_eq!(places, expected.map(|(subject, total, rank)| (subject.to_owned(), total.to_owned(), rank)));
    // Every input leads back to where it came from.
    let haishu = kept.inputs.subjects.iter().find(|known| known.subject.key() == HAISHU).unwrap();
    let poll = &haishu.inputs["poll"][0];
    assert_eq!(poll.origin.words.zh, "录入：某年某月通报（考核组，2025-12-01）");
    let rank = &haishu.inputs["year_rank"][0];
    assert_eq!((rank.value, rank.of), (2.into(), Some(3)));
    assert_eq!(rank.origin.keys.len(), 4, "two figures and two targets");
}

/// 3,600 of 6,000 places and 140 of 200 charging piles at the end of June, when half of the year is over.
async fn bodies_are_scored_by_the_projects_they_lead(house: House) {
    house.satisfy().await;
    let run = load(&house, house.run("uncapped").await.unwrap()).await;
    let bodies: Vec<_> =
        totals(&run).into_iter().filter(|(subject, ..)| subject.starts_with("organisation-")).collect();
    let told: Vec<_> = bodies.iter().map(|(_, total, rank)| (total.as_str(), *rank)).collect();
    assert_eq!(told, [("70", Some(1)), ("67", Some(2))], "80 × 0.7 + 20 × 0.7 and 80 × 0.6 + 20 × 0.95");
    let haishu = totals(&run).into_iter().find(|(subject, ..)| subject == HAISHU).unwrap();
    assert_eq!(haishu.1, "66", "80 × 0.6 + 20 × 0.9");
    let run = load(&house, house.run("suggested").await.unwrap()).await;
    assert_eq!(points(&run, HAISHU, "schedule"), "15", "60 % where 50 % were due");
    assert_eq!(points(&run, BEILUN, "schedule"), "12", "40 of 50 %");
}

async fn what_was_typed_is_never_overwritten(house: House) {
    let enter =
        |value: &'static str, reason: &'static str| house.enter("uncapped", HAISHU, "satisfaction", value, reason);
    let first = enter("90", "").await.unwrap();
    let without = enter("91", "").await.unwrap_err();
    assert!(without.problem().unwrap().for_field("reason").unwrap().zh.contains("已录入 90"));
    let same = enter("90", "再录一次").await.unwrap_err();
    assert!(same.problem().unwrap().for_field("value").is_some());
    enter("91.5", "调查机构更正").await.unwrap();
    enter("", "调查作废").await.unwrap();
    enter("92", "").await.unwrap();
    let all = rows::inputs_of(house.store.reader(), house.outline().await.programme.id).await.unwrap();
    let told: Vec<_> = all.iter().map(|row| (row.version, row.value, row.reason.as_str())).collect();
    assert_eq!(
        told,
        [(1, Some(900_000), ""), (2, Some(915_000), "调查机构更正"), (3, None, "调查作废"), (4, Some(920_000), "")]
    );
    assert_eq!(all[0].id, first);
    let standing = assess::inputs::standing(&all, house.store.clock().today());
    assert_eq!(standing.iter().map(|row| row.version).collect::<Vec<_>>(), [4]);
    assert!(assess::inputs::standing(&all, "2025-11-30".parse().unwrap()).is_empty(), "not known the day before");
}

async fn one_of_two_who_enter_the_same_wins(house: House) {
    let enter = |value| house.enter("uncapped", HAISHU, "satisfaction", value, "");
    let (one, other) = tokio::join!(enter("90"), enter("91"));
    let (lost, won) = if one.is_ok() { (other, one) } else { (one, other) };
    won.unwrap();
    // Either the other was there already (a reason is needed) or its version was taken at the same time.
    let problem = lost.unwrap_err();
    assert!(matches!(kind(&problem), ProblemKind::Conflict | ProblemKind::Invalid), "{problem:?}");
    let all = rows::inputs_of(house.store.reader(), house.outline().await.programme.id).await.unwrap();
    assert_eq!(all.len(), 1);
    house.events().await;
}

/// Whatever is corrected, entered or added afterwards, what was kept stays and gives the same again.
async fn a_kept_score_replays_whatever_comes_later(house: House) {
    house.satisfy().await;
    let id = house.run("uncapped").await.unwrap();
    assessments::keep(&house.store, (&actor(), "考核组"), id, "").await.unwrap();
    let before = load(&house, id).await;
    assert_eq!(before.state(), State::Kept);

    house.enter("uncapped", HAISHU, "satisfaction", "10", "重新调查").await.unwrap();
    let text = before
        .row
        .rules
        .replace("version = 1", "version = 2")
        .replace("weight = 80", "weight = 60")
        .replace("weight = 20", "weight = 40");
    let new = NewScheme { region: "330200".parse().unwrap(), text, note: "加重满意度".into() };
    catalogue::add(&house.store, &actor(), "考核组", new).await.unwrap();

    let after = load(&house, id).await;
    assert_eq!(after.row, before.row);
    let replay = assessments::replay(house.store.reader(), &after).await.unwrap();
    assert!(replay.holds() && replay.differing.is_empty(), "{replay:?}");
    // A fresh run of the new version has other scores.
    let fresh = load(&house, house.run("uncapped").await.unwrap()).await;
    assert_eq!(fresh.scheme.version, 2);
    assert_eq!(fresh.scores.of(HAISHU).unwrap().total.normalize().to_string(), "40", "60 × 0.6 + 40 × 0.1");
}

async fn an_open_score_cannot_be_kept(house: House) {
    let id = house.run("uncapped").await.unwrap();
    let error = assessments::keep(&house.store, (&actor(), "考核组"), id, "").await.unwrap_err();
    assert_eq!(kind(&error), ProblemKind::Invalid);
    assert!(error.problem().unwrap().message.zh.contains("还有 5 个对象缺少输入"), "{error}");
    assert_eq!(load(&house, id).await.state(), State::Draft);
    assessments::discard(&house.store, &actor(), id).await.unwrap();
    assert!(assessments::find(house.store.reader(), id).await.unwrap().is_none());
    let again = assessments::discard(&house.store, &actor(), id).await.unwrap_err();
    assert_eq!(kind(&again), ProblemKind::Conflict);
}

async fn one_of_two_who_keep_wins(house: House) {
    house.satisfy().await;
    let (one, two) = (house.run("uncapped").await.unwrap(), house.run("uncapped").await.unwrap());
    let by = actor();
    let keep = |id| assessments::keep(&house.store, (&by, "考核组"), id, "");
    let (first, second) = tokio::join!(keep(one), keep(two));
    assert_eq!([&first, &second].iter().filter(|outcome| outcome.is_ok()).count(), 1, "{first:?} {second:?}");
    let lost = first.err().or(second.err()).unwrap();
    assert!(matches!(kind(&lost), ProblemKind::Conflict | ProblemKind::Invalid), "{lost:?}");
    let states = [load(&house, one).await.state(), load(&house, two).await.state()];
    assert!(states.contains(&State::Kept) && states.contains(&State::Draft), "{states:?}");
    // The same draft twice.
    let id = if states[0] == State::Draft { one } else { two };
    let again = || assessments::keep(&house.store, (&by, "考核组"), id, "复核后重算");
    let (first, second) = tokio::join!(again(), again());
    let lost = first.err().or(second.err()).unwrap();
    assert_eq!(kind(&lost), ProblemKind::Conflict);
    house.events().await;
}

async fn a_later_one_takes_the_place_with_a_reason(house: House) {
    house.satisfy().await;
    let old = house.run("uncapped").await.unwrap();
    assessments::keep(&house.store, (&actor(), "考核组"), old, "").await.unwrap();
    let new = house.run("uncapped").await.unwrap();
    let without = assessments::keep(&house.store, (&actor(), "考核组"), new, " ").await.unwrap_err();
    assert!(without.problem().unwrap().for_field("reason").is_some());
    assessments::keep(&house.store, (&actor(), "考核组"), new, "满意率更正").await.unwrap();
    let old = load(&house, old).await;
    assert_eq!(
        (old.state(), old.row.replaced_by, old.row.replaced_reason.as_deref()),
        (State::Replaced, Some(new), Some("满意率更正"))
    );
    assert!(assessments::replay(house.store.reader(), &old).await.unwrap().holds(), "a replaced one replays as well");
    let discarded = assessments::discard(&house.store, &actor(), new).await.unwrap_err();
    assert_eq!(kind(&discarded), ProblemKind::Conflict, "what is kept cannot be put aside");
    assert_eq!(rows::standing(house.store.reader(), old.row.programme_id, "uncapped").await.unwrap(), Some(new));
}

async fn what_was_tampered_with_is_found(house: House) {
    house.satisfy().await;
    let id = house.run("uncapped").await.unwrap();
    let whole = load(&house, id).await;
    let change = |column: &str, from: &str, to: &str| {
        format!("UPDATE assessments SET {column} = REPLACE({column}, '{from}', '{to}')")
    };
    // Scores alone.
    house.store.for_upkeep().execute_unprepared(&change("scores", "\"66\"", "\"96\"")).await.unwrap();
    let changed = load(&house, id).await;
    assert_ne!(changed.row.scores, whole.row.scores);
    let replay = assessments::replay(house.store.reader(), &changed).await.unwrap();
    assert_eq!((replay.same, replay.untouched, replay.differing.as_slice()), (false, false, &[HAISHU.to_owned()][..]));
    house.store.for_upkeep().execute_unprepared(&change("scores", "\"96\"", "\"66\"")).await.unwrap();
    assert!(assessments::replay(house.store.reader(), &load(&house, id).await).await.unwrap().holds());
    // The source of an input, which changes no score.
    house.store.for_upkeep().execute_unprepared(&change("inputs", "某年某月通报", "另一份通报")).await.unwrap();
    let replay = assessments::replay(house.store.reader(), &load(&house, id).await).await.unwrap();
    assert_eq!((replay.same, replay.untouched), (true, false));
}

async fn a_scheme_grows_version_by_version(house: House) {
    let shipped = house.scheme("uncapped").await;
    assert!(shipped.added.is_none());
    let add = |region: &'static str, text: String, note: &'static str| {
        let new = NewScheme { region: region.parse().unwrap(), text, note: note.into() };
        async { catalogue::add(&house.store, &actor(), "考核组", new).await }
    };
    let same = add("330200", shipped.text.clone(), "不变").await.unwrap_err();
    assert!(same.problem().unwrap().message.zh.contains("下一个版本是 2"), "{same}");
    let second = shipped.text.replace("version = 1", "version = 2");
    assert!(add("330200", second.clone(), " ").await.unwrap_err().problem().unwrap().for_field("note").is_some());
    assert!(add("330200", second.replace("weight = 80", "weight = 81"), "试").await.is_err());
    add("330226", second.replace("通用", "宁海"), "县里自定").await.unwrap();
    assert_eq!(house.scheme("uncapped").await.scheme.version, 1, "a county's scheme is not the city's");
    add("330200", second.clone(), "统一口径").await.unwrap();
    let latest = house.scheme("uncapped").await;
    assert_eq!((latest.scheme.version, latest.added.unwrap().note.as_str()), (2, "统一口径"));
    assert_eq!(house.scheme("uncapped@1").await.text, shipped.text);
    let third = second.replace("version = 2", "version = 3");
    let (one, other) = tokio::join!(add("330200", third.clone(), "甲"), add("330200", third, "乙"));
    assert_eq!([one.is_ok(), other.is_ok()].iter().filter(|won| **won).count(), 1);
    // A scheme that held once does not hold for a year before it.
    let outline = house.outline().await;
    let old = ledger::tables::programmes::Model { year: 2017, ..outline.programme };
    let then = catalogue::of_programme(house.store.reader(), &old).await.unwrap();
    assert!(then.iter().all(|available| !available.scheme.code.starts_with("jiaojiang")));
    house.events().await;
}
