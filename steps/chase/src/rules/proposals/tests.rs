use kernel::RuleSets;
use proptest::prelude::*;

use super::*;
use crate::words::State;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn lag(light: Light) -> Lag {
    Lag {
        project: Uuid::from_u128(1),
        region: "330203".parse().unwrap(),
        organisation: Some(Uuid::from_u128(7)),
        light,
        behind: Some(Decimal::from(12)),
        since: day("2024-05-31"),
        months: 2,
        cut_off: day("2024-06-30"),
    }
}

fn live(kind: OrderKind, state: State) -> LiveOrder {
    LiveOrder {
        id: Uuid::from_u128(99),
        project: Uuid::from_u128(1),
        region: "330203".parse().unwrap(),
        organisation: Uuid::from_u128(7),
        standing: Standing { kind, state, due_on: day("2024-07-15") },
    }
}

fn proposed(lags: &[Lag], live: &[LiveOrder], known: &[String], today: &str) -> Vec<(OrderKind, bool)> {
    let sets = RuleSets::shipped();
    let set = sets.default_set();
    let known = known.iter().cloned().collect();
    propose(&set.ladder.says.steps, &set.proposals.says, lags, live, &known, day(today))
        .into_iter()
        .map(|proposal| match proposal {
            Proposal::First { kind, .. } => (kind, false),
            Proposal::Next { kind, .. } => (kind, true),
        })
        .collect()
}

#[test]
fn yellow_asks_for_a_reminder_and_red_for_an_order() {
    assert_eq!(proposed(&[lag(Light::Behind)], &[], &[], "2024-07-08"), [(OrderKind::Reminder, false)]);
    assert_eq!(proposed(&[lag(Light::FarBehind)], &[], &[], "2024-07-08"), [(OrderKind::Order, false)]);
    assert_eq!(proposed(&[lag(Light::OnSchedule)], &[], &[], "2024-07-08"), []);
    let nobody = Lag { organisation: None, ..lag(Light::Behind) };
    assert_eq!(proposed(&[nobody], &[], &[], "2024-07-08"), [], "there is nobody to address");
}

#[test]
fn a_lag_that_is_chased_is_not_chased_twice() {
    let yellow = [lag(Light::Behind)];
    assert_eq!(proposed(&yellow, &[live(OrderKind::Reminder, State::Answered)], &[], "2024-07-10"), []);
    assert_eq!(proposed(&yellow, &[live(OrderKind::Reminder, State::Applied)], &[], "2024-08-10"), []);
    let origin = yellow[0].origin(Uuid::from_u128(7));
    assert_eq!(proposed(&yellow, &[], &[origin], "2024-07-10"), [], "its order was closed: that is to be reopened");
    let anew = Lag { since: day("2024-08-31"), ..lag(Light::Behind) };
    let origin = yellow[0].origin(Uuid::from_u128(7));
    assert_eq!(proposed(&[anew], &[], &[origin], "2024-09-10"), [(OrderKind::Reminder, false)], "a new lag");
}

#[test]
fn a_missed_answer_and_a_light_that_got_worse_ask_for_the_next_step() {
    let open = [live(OrderKind::Reminder, State::Open)];
    assert_eq!(proposed(&[], &open, &[], "2024-07-16"), [(OrderKind::Order, true)], "missed, lag or not");
    assert_eq!(proposed(&[lag(Light::FarBehind)], &open, &[], "2024-07-10"), [(OrderKind::Order, true)]);
    assert_eq!(proposed(&[lag(Light::FarBehind)], &open, &[], "2024-07-16"), [(OrderKind::Order, true)], "once");
    let top = [live(OrderKind::Assessment, State::Open)];
    assert_eq!(proposed(&[lag(Light::FarBehind)], &top, &[], "2024-09-16"), [], "there is no step above");
}

proptest! {
    #[test]
    fn no_order_and_no_lag_is_proposed_twice(
        lights in proptest::collection::vec(0_usize..4, 0..6),
        orders in proptest::collection::vec((0_usize..5, 0_usize..9, 1_u128..4), 0..6),
        days in 0_u64..60,
    ) {
        let lags: Vec<Lag> = lights.iter().zip(1..).map(|(light, project)| Lag { project: Uuid::from_u128(project), ..lag(Light::ALL[*light]) }).collect();
        let live: Vec<LiveOrder> = orders.iter().zip(100..).map(|((kind, state, project), id)| LiveOrder {
            id: Uuid::from_u128(id),
            project: Uuid::from_u128(*project),
            ..live(OrderKind::ALL[*kind], State::ALL[*state])
        }).filter(|order| order.standing.state.is_live()).collect();
        let sets = RuleSets::shipped();
        let set = sets.default_set();
        let today = day("2024-07-01") + chrono::Days::new(days);
        let proposals = propose(&set.ladder.says.steps, &set.proposals.says, &lags, &live, &HashSet::new(), today);
        let mut seen = HashSet::new();
        for proposal in proposals {
            let key = match &proposal {
                Proposal::First { lag, organisation, .. } => lag.origin(*organisation),
                Proposal::Next { order, .. } => order.to_string(),
            };
            prop_assert!(seen.insert(key), "{proposal:?}");
        }
    }
}
