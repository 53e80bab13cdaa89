//! Twelve rounds with a million returns: eleven are over, the last is half reviewed.

use chrono::{Days, NaiveDate};
use kernel::{Level, RegionCode};
use ledger::programmes::{Outline, ResponsibilityRole};
use ledger::tables::programmes::Model as Programme;
use people::rules::OrganisationKind;
use report::rules::window::closes_ms;
use report::words::State;
use store::Store;
use store::bulk::{self, Target};
use uuid::Uuid;

const ROUNDS: u32 = 12;

/// Returns for each village: with 25,000 a million in twelve rounds.
const FOR_EACH: f64 = 3.3334;

const DAY: i64 = 86_400_000;

pub(crate) struct Year {
    pub(crate) returns: usize,
    pub(crate) waiting: usize,
    pub(crate) running: Uuid,
    pub(crate) project: Uuid,
    /// A town and the body that reports there.
    pub(crate) town: RegionCode,
    pub(crate) body: Uuid,
}

/// What is owed in each round.
struct Owed {
    project: Uuid,
    indicator: Uuid,
    region: RegionCode,
    body: Uuid,
}

pub(crate) async fn write(store: &Store, programme: &Programme, villages: &[RegionCode]) -> Year {
    let outline = Outline::load(store.reader(), programme.clone()).await.unwrap();
    let owed = owed(store, &outline, villages).await;
    let mut year = Year {
        returns: 0,
        waiting: 0,
        running: Uuid::nil(),
        project: outline.projects[0].id,
        town: owed[0].region,
        body: owed[0].body,
    };
    for month in 1..=ROUNDS {
        let round = Uuid::now_v7();
        let after = NaiveDate::from_ymd_opt(2024 + i32::from(month == 12), month % 12 + 1, 1).unwrap();
        open(store, programme, round, after, owed.len()).await;
        year.waiting = fill(store, programme, round, after, &owed, month == ROUNDS).await;
        year.returns += owed.len();
        year.running = round;
    }
    year
}

/// Bodies of towns and villages lead every project there, as far as the number goes.
async fn owed(store: &Store, outline: &Outline, villages: &[RegionCode]) -> Vec<Owed> {
    let on = store.for_upkeep();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of returns")]
    let count = (villages.len() as f64 * FOR_EACH) as usize;
    let mut places: Vec<RegionCode> = villages.iter().map(|village| village.at(Level::Town)).collect();
    places.dedup();
    places.extend(villages);
    places.truncate(count.div_ceil(outline.indicators.len()));
    let bodies: Vec<(RegionCode, Uuid)> = places.into_iter().map(|place| (place, Uuid::now_v7())).collect();
    let columns = ["id", "region", "name", "short_name", "kind"];
    let rows = bodies.iter().map(|(place, key)| {
        let (name, kind) = (format!("{place}单位"), OrganisationKind::Government.code());
        vec![(*key).into(), place.stored().into(), name.as_str().into(), name.as_str().into(), kind.into()]
    });
    bulk::insert(on, Target { table: "organisations", columns: &columns, suffix: "" }, rows).await.unwrap();
    let owed: Vec<Owed> = outline
        .indicators
        .iter()
        .flat_map(|row| bodies.iter().map(move |(place, body)| (row, *place, *body)))
        .map(|(row, region, body)| Owed { project: row.project_id, indicator: row.id, region, body })
        .take(count)
        .collect();
    let columns = ["id", "programme_id", "project_id", "region", "role", "organisation_id"];
    let rows = owed.iter().map(|one| {
        vec![
            Uuid::now_v7().into(),
            outline.programme.id.into(),
            one.project.into(),
            one.region.stored().into(),
            ResponsibilityRole::Lead.code().into(),
            one.body.into(),
        ]
    });
    let tx = store.begin_upkeep().await.unwrap();
    bulk::insert(&tx, Target { table: "responsibilities", columns: &columns, suffix: "" }, rows).await.unwrap();
    tx.commit().await.unwrap();
    owed
}

/// A round that opens on `after`, the first of the next month, for twenty days.
async fn open(store: &Store, programme: &Programme, round: Uuid, after: NaiveDate, owed: usize) {
    let closes_on = after + Days::new(19);
    let columns = [
        "id",
        "programme_id",
        "cut_off",
        "opens_on",
        "closes_on",
        "closes_ms",
        "review_levels",
        "opened_ms",
        "opened_by",
        "owed",
    ];
    let row = vec![
        round.into(),
        programme.id.into(),
        (after - Days::new(1)).into(),
        after.into(),
        closes_on.into(),
        closes_ms(closes_on).into(),
        Level::County.code().into(),
        closes_ms(after - Days::new(1)).into(),
        "bench".into(),
        i64::try_from(owed).unwrap().into(),
    ];
    let target = Target { table: "rounds", columns: &columns, suffix: "" };
    bulk::insert(store.for_upkeep(), target, [row]).await.unwrap();
}

/// Every fiftieth came late, every hundredth carries a flag. Of a round that is running a quarter is approved, half waits
/// for its county, a quarter is owed. Says how many wait.
async fn fill(
    store: &Store,
    programme: &Programme,
    round: Uuid,
    after: NaiveDate,
    owed: &[Owed],
    running: bool,
) -> usize {
    let columns = [
        "id",
        "programme_id",
        "round_id",
        "cut_off",
        "project_id",
        "region",
        "organisation_id",
        "state",
        "level",
        "awaits",
        "version",
        "places",
        "problem",
        "first_submitted_ms",
        "submitted_ms",
        "approved_ms",
        "updated_ms",
        "flags",
    ];
    let opened = closes_ms(after - Days::new(1));
    let keys: Vec<Uuid> = owed.iter().map(|_| Uuid::now_v7()).collect();
    let state = |at: usize| match at % 4 {
        _ if !running => State::Approved,
        0 => State::Approved,
        1 | 2 => State::Submitted,
        _ => State::Owed,
    };
    let waits = |at: &usize| state(*at) == State::Submitted;
    let rows = owed.iter().zip(&keys).enumerate().map(|(at, (one, key))| {
        let (state, late) = (state(at), !running && at % 50 == 0);
        let days = if late { 25 } else { i64::try_from(at % 4).unwrap() };
        // Milliseconds apart, not in the order of the keys.
        let handed_in =
            (state != State::Owed).then(|| opened + days * DAY + i64::try_from(at * 7_919 % owed.len()).unwrap());
        let approved = (state == State::Approved).then(|| handed_in.map(|ms| ms + DAY)).flatten();
        vec![
            (*key).into(),
            programme.id.into(),
            round.into(),
            (after - Days::new(1)).into(),
            one.project.into(),
            one.region.stored().into(),
            one.body.into(),
            state.code().into(),
            i16::from(state == State::Approved).into(),
            waits(&at).then(|| one.region.at(Level::County).stored()).into(),
            2.into(),
            "".into(),
            "".into(),
            handed_in.into(),
            handed_in.into(),
            approved.into(),
            opened.into(),
            i32::from(at % 100 == 0).into(),
        ]
    });
    let tx = store.begin_upkeep().await.unwrap();
    bulk::insert(&tx, Target { table: "returns", columns: &columns, suffix: "" }, rows).await.unwrap();
    let columns = [
        "return_id",
        "indicator_id",
        "programme_id",
        "round_id",
        "position",
        "by_body",
        "raw",
        "value",
        "precision_code",
        "qualifier",
        "reason",
        "flags",
    ];
    // Queues show the figures of what waits.
    let lines = owed.iter().zip(&keys).enumerate().filter(|(at, _)| waits(at)).map(|(_, (one, key))| {
        vec![
            (*key).into(),
            one.indicator.into(),
            programme.id.into(),
            round.into(),
            0.into(),
            false.into(),
            "12".into(),
            120_000_i64.into(),
            0_i16.into(),
            "eq".into(),
            "".into(),
            "[]".into(),
        ]
    });
    bulk::insert(&tx, Target { table: "return_lines", columns: &columns, suffix: "" }, lines).await.unwrap();
    tx.commit().await.unwrap();
    (0..owed.len()).filter(waits).count()
}
