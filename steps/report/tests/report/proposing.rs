//! A register's count on its way: into the draft, past the body, through review, into the ledger with its origin.

use kernel::{Level, ProblemKind, Role};
use ledger::entries;
use ledger::words::Measure;
use report::returns::{self, Proposal, Return};
use report::words::{Act, State};
use uuid::Uuid;

use crate::house::{CITY, HAISHU, House, NINGHAI, code, day, report};
use crate::on_both;

on_both!(
    a_count_reaches_the_ledger_through_the_return_alone,
    what_a_body_typed_is_not_written_over,
    only_keepers_propose_and_only_while_it_is_owed,
    of_a_body_and_a_keeper_at_once_one_is_told,
);

const SOURCE: &str = "按“学位”登记册得出：海曙区，截至 2024-06-30，规则 entries from built，依据 12 条登记";

fn proposal(row: &Return, indicator: Uuid, figure: &str) -> Proposal {
    Proposal { id: row.id, indicator, figure: figure.into(), source: SOURCE.into() }
}

fn kind<T: std::fmt::Debug>(outcome: store::Result<T>) -> (ProblemKind, String) {
    let error = outcome.unwrap_err();
    let problem = error.problem().unwrap_or_else(|| panic!("{error:?}"));
    (problem.kind, problem.message.zh.clone())
}

async fn raw(house: &House, id: Uuid, indicator: Uuid) -> (String, String) {
    let lines = returns::lines_of(house.store.reader(), &[id]).await.unwrap().remove(&id).unwrap();
    let line = lines.into_iter().find(|line| line.indicator_id == indicator).unwrap();
    (line.raw, line.reason)
}

async fn in_ledger(house: &House, indicator: Uuid) -> Vec<ledger::tables::entries::Model> {
    let on = house.store.reader();
    let mut all = entries::at_places(on, house.programme.id, &[indicator], &[code(HAISHU)]).await.unwrap();
    all.retain(|entry| entry.measure == Measure::Actual.number());
    all
}

async fn a_count_reaches_the_ledger_through_the_return_alone(house: House) {
    let (office, county, body) = (house.office().await, house.county_office().await, house.body().await);
    let round = house.june(&office, &[Level::City]).await;
    let row = house.at(round, HAISHU).await;
    let on = house.store.reader();
    let owing = returns::owing(on, &county, (&[house.programme.id], code(HAISHU)), day("2024-07-02")).await.unwrap();
    assert_eq!(
        owing.iter().map(|one| one.indicator).collect::<Vec<_>>(),
        [house.places, house.parts[0], house.parts[1]]
    );
    assert!(owing.iter().all(|one| one.is_free && one.cut_off == day("2024-06-30")));

    let outcome = returns::propose(&house.store, &county, &proposal(&row, house.places, "12")).await.unwrap();
    assert_eq!((outcome.state, outcome.version), (State::Draft, 2));
    assert_eq!(raw(&house, row.id, house.places).await, ("12".into(), SOURCE.into()));
    assert!(in_ledger(&house, house.places).await.is_empty(), "a proposal is no report");
    let again = returns::propose(&house.store, &county, &proposal(&row, house.places, "12")).await.unwrap();
    assert_eq!(again.version, 2, "the same again does nothing");
    let newer = returns::propose(&house.store, &county, &proposal(&row, house.places, "13")).await.unwrap();
    assert_eq!(newer.version, 3, "a newer count takes the place of an older one");
    let acts = returns::acts_of(on, &[row.id]).await.unwrap().remove(&row.id).unwrap();
    assert_eq!(acts.iter().map(|act| act.act.as_str()).collect::<Vec<_>>(), [Act::Propose.code(); 2]);
    assert!(acts[1].reason.contains("新增学位 13") && acts[1].reason.contains("登记册"), "{}", acts[1].reason);
    assert_eq!(acts[1].organisation_name, "haishuban单位");

    let mut filling = house.filling(&house.at(round, HAISHU).await, 13, 5);
    filling.content.lines.remove(&house.places);
    returns::submit(&house.store, &body, &[filling]).await.unwrap();
    returns::pass_or_approve(&house.store, &office, &[(row.id, 4)]).await.unwrap();
    let written = in_ledger(&house, house.places).await;
    assert_eq!(written.len(), 1);
    let source = entries::sources_of(on, &[written[0].id]).await.unwrap().remove(&written[0].id).unwrap();
    assert_eq!(source.note.as_deref(), Some(SOURCE), "the trail says where it came from");
    assert!(store::audit::verify(on).await.unwrap().fault.is_none());
}

async fn what_a_body_typed_is_not_written_over(house: House) {
    let (office, county, body) = (house.office().await, house.county_office().await, house.body().await);
    let round = house.june(&office, &[Level::City]).await;
    let row = house.at(round, HAISHU).await;
    returns::save(&house.store, &body, &[house.filling(&row, 20, 8)]).await.unwrap();
    let (why, text) = kind(returns::propose(&house.store, &county, &proposal(&row, house.places, "12")).await);
    assert!(why == ProblemKind::Conflict && text.contains("已经填了“20”"), "{text}");
    assert_eq!(raw(&house, row.id, house.places).await.0, "20");
    let (why, text) = kind(returns::propose(&house.store, &county, &proposal(&row, house.money, "12")).await);
    assert!(why == ProblemKind::NotFound, "{text}");
    let city = house.at(round, CITY).await;
    let (why, text) = kind(returns::propose(&house.store, &office, &proposal(&city, house.money, "许多")).await);
    assert!(why == ProblemKind::Invalid && text.contains("不能填入"), "{text}");
    assert_eq!(house.at(round, CITY).await.version, 1, "nothing was written");
}

/// Guards: the table of moves, the window, and that nobody approves what they proposed.
async fn only_keepers_propose_and_only_while_it_is_owed(house: House) {
    let (office, county, body) = (house.office().await, house.county_office().await, house.body().await);
    let round = house.june(&office, &[Level::County]).await;
    let row = house.at(round, HAISHU).await;
    let wanted = proposal(&row, house.places, "12");
    let elsewhere = house.account("ninghaiban", &[(Role::ProgrammeOffice, NINGHAI, None)]).await;
    let supervision = house.supervision().await;
    let bureau = house.bureau().await;
    for by in [&elsewhere, &supervision, &bureau] {
        assert_eq!(kind(returns::propose(&house.store, by, &wanted).await).0, ProblemKind::Forbidden, "{}", by.name);
    }
    let over = house.on("2024-07-06");
    assert_eq!(kind(returns::propose(&over, &county, &wanted).await).0, ProblemKind::Conflict);
    let none = returns::owing(over.reader(), &county, (&[house.programme.id], code(HAISHU)), day("2024-07-06")).await;
    assert_eq!(none.unwrap(), []);
    returns::propose(&house.store, &county, &wanted).await.unwrap();
    let filling = house.filling(&house.at(round, HAISHU).await, 12, 5);
    returns::submit(&house.store, &body, &[filling]).await.unwrap();
    assert_eq!(kind(returns::propose(&house.store, &county, &wanted).await).0, ProblemKind::Conflict);
    let own = returns::pass_or_approve(&house.store, &county, &[(row.id, 3)]).await;
    assert_eq!(kind(own).0, ProblemKind::Forbidden, "nobody approves the figure that they proposed");
}

/// Held by the version in the guarded update; without it one of the two would be lost in silence.
async fn of_a_body_and_a_keeper_at_once_one_is_told(house: House) {
    let (office, county, body) = (house.office().await, house.county_office().await, house.body().await);
    let round = house.june(&office, &[Level::City]).await;
    let row = house.at(round, HAISHU).await;
    let (wanted, filling) = (proposal(&row, house.places, "12"), house.filling(&row, 20, 8));
    let fillings = [filling];
    let (proposed, saved) =
        tokio::join!(returns::propose(&house.store, &county, &wanted), returns::save(&house.store, &body, &fillings));
    assert!(proposed.is_ok() != saved.is_ok(), "{proposed:?} {saved:?}");
    let stands = raw(&house, row.id, house.places).await.0;
    assert_eq!(stands, if proposed.is_ok() { "12" } else { "20" });
}
