use super::*;

fn at(day: &str) -> i64 {
    format!("{day}T02:00:00Z").parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp_millis()
}

fn order() -> Order {
    Order {
        id: Uuid::from_u128(1),
        programme_id: Uuid::nil(),
        year: 2024,
        number: 1,
        kind: "reminder".into(),
        colour: "blue".into(),
        previous_id: None,
        origin: "form:1".into(),
        project_id: Uuid::nil(),
        indicator_id: None,
        region: 330_203_000_000,
        organisation_id: Uuid::from_u128(7),
        lead_id: None,
        title: String::new(),
        demand: String::new(),
        raised_ms: 0,
        raised_by: None,
        raised_by_name: String::new(),
        raised_by_organisation: String::new(),
        due_on: "2024-07-15".parse().unwrap(),
        rule_code: None,
        rule_set: String::new(),
        rule_version: 1,
        skip_reason: None,
        state: String::new(),
        version: 1,
        closed_ms: None,
        reopenings: 0,
    }
}

/// Acts as day, act, state, last day, late.
fn acts(rows: &[(&str, &str, &str, &str, bool)]) -> Vec<ActRow> {
    rows.iter()
        .zip(1..)
        .map(|((day, act, state, due_on, late), position)| ActRow {
            order_id: Uuid::from_u128(1),
            position,
            id: Uuid::from_u128(u128::from(position.unsigned_abs())),
            programme_id: Uuid::nil(),
            act: (*act).into(),
            party: "body".into(),
            state: (*state).into(),
            due_on: due_on.parse().unwrap(),
            late: *late,
            account_id: None,
            account_name: String::new(),
            organisation_name: String::new(),
            text: String::new(),
            at_ms: at(day),
        })
        .collect()
}

fn of_july(rows: &[(&str, &str, &str, &str, bool)]) -> Counts {
    let tallied = tally(&[order()], &acts(rows), "2024-07-01".parse().unwrap(), "2024-07-31".parse().unwrap());
    tallied.into_values().next().unwrap_or_default()
}

const RAISED: (&str, &str, &str, &str, bool) = ("2024-07-08", "raise", "open", "2024-07-15", false);

#[test]
fn an_answer_in_time_misses_nothing() {
    let counts = of_july(&[RAISED, ("2024-07-15", "answer", "answered", "2024-08-20", false)]);
    assert_eq!((counts.late, counts.missed, counts.open), (0, 0, 1));
    assert_eq!(counts.raised, BTreeMap::from([(OrderKind::Reminder, 1)]));
}

#[test]
fn a_late_answer_is_late_and_its_deadline_missed_once() {
    let counts = of_july(&[RAISED, ("2024-07-16", "answer", "answered", "2024-07-26", true)]);
    assert_eq!((counts.late, counts.missed), (1, 2), "its own promise of 26 July passed as well");
    let counts = of_july(&[RAISED, ("2024-07-20", "escalate", "escalated", "2024-07-15", false)]);
    assert_eq!((counts.late, counts.missed, counts.open), (0, 1, 0));
}

#[test]
fn what_the_office_has_in_hand_is_not_the_body_s_fault() {
    let counts = of_july(&[RAISED, ("2024-07-12", "apply", "applied", "2024-07-15", false)]);
    assert_eq!((counts.late, counts.missed, counts.open), (0, 0, 1));
}

#[test]
fn a_false_closing_and_one_taken_back() {
    let counts = of_july(&[
        RAISED,
        ("2024-07-09", "apply", "applied", "2024-07-15", false),
        ("2024-07-10", "check", "checked", "2024-07-15", false),
        ("2024-07-11", "verify", "closed", "2024-07-15", false),
        ("2024-07-25", "reopen", "reopened", "2024-08-01", false),
    ]);
    assert_eq!((counts.closed, counts.false_closings, counts.open, counts.missed), (1, 1, 1, 0));
    assert_eq!(of_july(&[RAISED, ("2024-07-09", "withdraw", "withdrawn", "2024-07-15", false)]), Counts::default());
    assert_eq!(of_july(&[("2024-08-08", "raise", "open", "2024-08-15", false)]), Counts::default(), "after the span");
}
