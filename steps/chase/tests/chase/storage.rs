//! Orders on both databases: the same tests, once on SQLite and once on a real PostgreSQL.

use std::collections::BTreeSet;
use std::sync::Arc;

use chase::orders::{self, NewOrder, Origin};
use chase::words::{Act, Party, State};
use databases::on_both;
use kernel::ladder::OrderKind;
use kernel::{Problem, ProblemKind};
use uuid::Uuid;

use crate::house::{HAISHU, House, actor, by, chase, problem};

on_both!(
    an_order_is_chased_to_its_end,
    numbers_have_no_gaps_under_races,
    one_lag_raises_one_order,
    of_two_answers_one_is_taken,
    an_answer_while_being_closed_is_told,
    of_two_escalations_one_is_taken,
);

async fn an_order_is_chased_to_its_end(url: &str) {
    let house = House::on(url).await;
    let first = house.reminder().await;
    assert_eq!((first.numbered().as_str(), first.colour.as_str()), ("〔2024〕1号", "blue"));
    assert_eq!(first.due_on.to_string(), "2024-07-15", "five working days");

    // Nobody answers; the day after the last one, the next step needs no reason.
    let next = || house.new_order(Origin::Next(first.id), OrderKind::Order);
    let early = problem(house.raise_on("2024-07-15", next()).await);
    assert!(early.for_field("skip_reason").is_some(), "{early}");
    let second = house.raise_on("2024-07-16", next()).await.unwrap();
    assert_eq!((second.numbered().as_str(), second.skip_reason.as_deref()), ("〔2024〕2号", None));
    assert_eq!(house.order(first.id).await.state(), State::Escalated);

    let id = second.id;
    assert_eq!(house.act("2024-07-18", "经办", Party::Body, (id, 1), Act::Answer).await.unwrap(), State::Answered);
    assert_eq!(house.order(id).await.due_on.to_string(), "2024-08-20", "the body's own promise");
    house.act("2024-08-20", "经办", Party::Body, (id, 2), Act::Apply).await.unwrap();
    let own = problem(house.act("2024-08-21", "经办", Party::Lead, (id, 3), Act::Check).await);
    assert_eq!(own.kind, ProblemKind::Forbidden, "whoever applied never checks");
    house.act("2024-08-21", "牵头", Party::Lead, (id, 3), Act::Check).await.unwrap();
    house.act("2024-08-22", "督查", Party::Supervision, (id, 4), Act::Refuse).await.unwrap();
    assert_eq!(house.order(id).await.due_on.to_string(), "2024-08-29", "five working days to mend it");
    house.act("2024-08-30", "经办", Party::Body, (id, 5), Act::Apply).await.unwrap();
    house.act("2024-08-30", "牵头", Party::Lead, (id, 6), Act::Check).await.unwrap();
    house.act("2024-09-02", "督查", Party::Supervision, (id, 7), Act::Verify).await.unwrap();
    assert!(house.order(id).await.closed_ms.is_some());
    house.act("2024-10-09", "督查", Party::Supervision, (id, 8), Act::Reopen).await.unwrap();
    let reopened = house.order(id).await;
    assert_eq!((reopened.state(), reopened.reopenings, reopened.closed_ms), (State::Reopened, 1, None));

    let acts = orders::acts_of(house.store.reader(), id).await.unwrap();
    let words: Vec<&str> = acts.iter().map(|act| act.act.as_str()).collect();
    assert_eq!(words, ["raise", "answer", "apply", "check", "refuse", "apply", "check", "verify", "reopen"]);
    assert_eq!(acts.iter().filter(|act| act.late).count(), 1, "applied on 30 August, a day after the last one");
    let (from, to) = ("2024-01-01".parse().unwrap(), "2024-12-31".parse().unwrap());
    let counts = chase::counts::counts(house.store.reader(), house.outline.programme.id, from, to).await.unwrap();
    let counts = &counts[&(house.body, HAISHU.parse().unwrap())];
    assert_eq!((counts.missed, counts.late, counts.closed, counts.false_closings, counts.refused), (3, 1, 1, 1, 1));
    house.sound().await;
}

async fn numbers_have_no_gaps_under_races(url: &str) {
    let house = Arc::new(House::on(url).await);
    let mut raising = tokio::task::JoinSet::new();
    for at in 0..24 {
        let house = house.clone();
        raising.spawn(async move {
            let new = || house.new_order(Origin::Form(Uuid::now_v7()), OrderKind::Reminder);
            let mut all = vec![new()];
            if at % 3 == 0 {
                // Every third write is refused after its first order had its number, which must not be lost.
                all.push(NewOrder { title: String::new(), ..new() });
            }
            orders::raise(&house.store, &actor(), &by("督查甲"), &house.outline, &all).await.is_ok()
        });
    }
    let raised = raising.join_all().await.into_iter().filter(|raised| *raised).count();
    let all = orders::of_programme(house.store.reader(), house.outline.programme.id).await.unwrap();
    let numbers: BTreeSet<i32> = all.iter().map(|order| order.number).collect();
    assert_eq!(raised, 16);
    assert_eq!(numbers, (1..=16).collect(), "each number once, none left out");
    house.sound().await;
}

async fn one_lag_raises_one_order(url: &str) {
    let house = Arc::new(House::on(url).await);
    let mut raising = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let house = house.clone();
        raising.spawn(async move {
            let new = house.new_order(Origin::Lag("lag:x:2024-06-30".into()), OrderKind::Reminder);
            house.raise_on("2024-07-08", new).await.map(|_| ())
        });
    }
    let outcomes = raising.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    for lost in outcomes.into_iter().filter(Result::is_err) {
        let lost = problem(lost);
        assert_eq!(lost.kind, ProblemKind::Conflict);
        assert!(lost.message.zh.contains("没有重复发出"), "{lost}");
    }
    let all = orders::of_programme(house.store.reader(), house.outline.programme.id).await.unwrap();
    assert_eq!(all.iter().map(|order| order.number).collect::<Vec<_>>(), [1]);
    house.sound().await;
}

/// Races `count` acts on one order that all stand on the same version; says which were taken and what the others heard.
async fn race(house: &Arc<House>, id: Uuid, acts: &[(&'static str, Party, Act)]) -> (Vec<State>, Vec<Problem>) {
    let version = house.order(id).await.version;
    let mut racing = tokio::task::JoinSet::new();
    for (name, party, act) in acts.iter().copied() {
        let house = house.clone();
        racing.spawn(async move { house.act("2024-07-10", name, party, (id, version), act).await });
    }
    let (taken, lost): (Vec<_>, Vec<_>) = racing.join_all().await.into_iter().partition(Result::is_ok);
    (taken.into_iter().map(Result::unwrap).collect(), lost.into_iter().map(problem).collect())
}

async fn of_two_answers_one_is_taken(url: &str) {
    let house = Arc::new(House::on(url).await);
    let order = house.reminder().await;
    let (taken, lost) = race(&house, order.id, &[("甲", Party::Body, Act::Answer); 8]).await;
    assert_eq!(taken, [State::Answered]);
    assert!(
        lost.iter().all(|one| one.kind == ProblemKind::Conflict && one.message.zh.contains("没有提交")),
        "{lost:?}"
    );
    assert_eq!(orders::acts_of(house.store.reader(), order.id).await.unwrap().len(), 2, "raised, answered once");
    house.sound().await;
}

async fn an_answer_while_being_closed_is_told(url: &str) {
    let house = Arc::new(House::on(url).await);
    let order = house.reminder().await;
    house.act("2024-07-09", "经办", Party::Body, (order.id, 1), Act::Apply).await.unwrap();
    house.act("2024-07-09", "牵头", Party::Lead, (order.id, 2), Act::Check).await.unwrap();
    let (taken, lost) =
        race(&house, order.id, &[("督查", Party::Supervision, Act::Verify), ("核查", Party::Supervision, Act::Refuse)])
            .await;
    assert_eq!((taken.len(), lost.len()), (1, 1));
    assert_eq!(lost[0].kind, ProblemKind::Conflict);
    // The body had the page open since before it applied: it hears what happened, and nothing is written.
    let late = problem(house.act("2024-07-10", "经办", Party::Body, (order.id, 1), Act::Answer).await);
    assert!(late.message.zh.contains("刚刚办理") && late.message.zh.contains("没有提交"), "{late}");
    assert_eq!(house.order(order.id).await.version, 4);
    house.sound().await;
}

async fn of_two_escalations_one_is_taken(url: &str) {
    let house = Arc::new(House::on(url).await);
    let order = house.reminder().await;
    let mut racing = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let (house, id) = (house.clone(), order.id);
        racing.spawn(async move {
            house.raise_on("2024-07-16", house.new_order(Origin::Next(id), OrderKind::Order)).await.map(|_| ())
        });
    }
    let taken = racing.join_all().await.into_iter().filter(Result::is_ok).count();
    assert_eq!(taken, 1);
    let all = orders::of_programme(house.store.reader(), house.outline.programme.id).await.unwrap();
    assert_eq!(
        all.iter().map(|order| (order.number, order.state())).collect::<Vec<_>>(),
        [(1, State::Escalated), (2, State::Open)]
    );
    house.sound().await;
}
