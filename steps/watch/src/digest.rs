//! The daily notices of the board: what lags, to the offices that chase it and the bodies that lead it; what waits, to those
//! who have not reviewed it.
//!
//! Composed once a day and as often as anybody asks: the same notice is told once (its key holds the day or the cut-off),
//! so that two copies of the server, or one that was restarted, do not tell it twice.

use std::collections::BTreeMap;

use ::store::{Result, Store};
use chrono::{Datelike, NaiveDate, Timelike};
use kernel::{Permission, RegionCode, Text};
use ledger::entries::View;
use ledger::programmes;
use ledger::rules::Light;
use ledger::tables::programmes::Model as Programme;
use notices::{Kind, NewNotice};
use people::store::accounts;
use uuid::Uuid;

use crate::rules::lights::severity;
use crate::state::{self, Lag};
use crate::store::{Waiting, waiting};

/// Lines in one notice; the rest is counted.
const LINES: usize = 20;

/// From this hour on, China Standard Time, so that the notices of the day are in the digest of half past eight.
const FROM_HOUR: u32 = 8;

/// Days after which a return that nobody has reviewed is nagged about. Our own choice (certainty D).
const REVIEW_WITHIN: i64 = 3;

const DAY_MS: i64 = 86_400_000;

/// Tells everybody concerned what lags today in the programmes of this year that the public sees. Says how many notices were
/// composed; those that were told before are not told again.
///
/// # Errors
/// When the database fails.
pub async fn announce(store: &Store) -> Result<usize> {
    let now = store.clock().now().with_timezone(&kernel::clock::china_offset());
    if now.hour() < FROM_HOUR {
        return Ok(0);
    }
    let today = now.date_naive();
    let mut told = 0;
    for programme in programmes::all(store.reader()).await? {
        if programme.published && programme.year == today.year() {
            told += announce_one(store, programme, today).await?;
        }
    }
    Ok(told)
}

async fn announce_one(store: &Store, programme: Programme, today: NaiveDate) -> Result<usize> {
    let Some(home) = RegionCode::from_stored(programme.region) else { return Ok(0) };
    let on = store.reader();
    let lags = state::lagging(on, programme.clone(), View::default()).await?;
    let outline = programmes::Outline::load(on, programme.clone()).await?;
    let places = ledger::regions::names(on, lags.iter().map(|lag| lag.region), programme.year).await?;
    let names = Names {
        projects: outline.projects.iter().map(|project| (project.id, project.name.clone())).collect(),
        places,
        home,
    };
    let mut all = Vec::new();
    let wholes: Vec<_> = lags.iter().filter(|lag| lag.region == home).collect();
    if !wholes.is_empty() {
        let to = accounts::in_charge(on, Permission::RaiseOrders, home, None).await?;
        all.push(for_office(&programme, &wholes, &names, to, today));
    }
    for (body, lags) in by_body(&lags) {
        let to = accounts::in_charge(on, Permission::FillReturns, lags[0].region, Some(body)).await?;
        all.push(for_body(&programme, body, &lags, &names, to));
    }
    let now_ms = store.clock().now_ms();
    for one in waiting(on, programme.id, now_ms - REVIEW_WITHIN * DAY_MS).await? {
        let to = accounts::in_charge(on, Permission::ReviewReturns, one.desk, None).await?;
        all.push(for_reviewers(&programme, one, to, now_ms, today));
    }
    all.retain(|notice| !notice.to.is_empty());
    for notice in &all {
        // Nobody's act: it follows from the ledger and the calendar.
        notices::send(store.for_upkeep(), now_ms, notice).await?;
    }
    Ok(all.len())
}

/// What the notices call things.
struct Names {
    projects: BTreeMap<Uuid, String>,
    places: BTreeMap<RegionCode, String>,
    home: RegionCode,
}

/// Lags by the body that leads them.
fn by_body(lags: &[Lag]) -> BTreeMap<Uuid, Vec<&Lag>> {
    let mut all = BTreeMap::<Uuid, Vec<&Lag>>::new();
    for lag in lags {
        if let Some(body) = lag.organisation {
            all.entry(body).or_default().push(lag);
        }
    }
    all
}

/// What the offices are told every day on which something lags.
fn for_office(programme: &Programme, lags: &[&Lag], names: &Names, to: Vec<Uuid>, today: NaiveDate) -> NewNotice {
    let far = lags.iter().filter(|lag| lag.light == Light::FarBehind).count();
    let (count, title) = (lags.len(), &programme.title);
    NewNotice {
        kind: Kind::Board,
        to,
        subject: Text::new(
            format!("{title}：{count} 项滞后，其中严重滞后 {far} 项"),
            format!("{title}: {count} projects lag, {far} of them far behind"),
        ),
        body: lines(lags, names),
        link: format!("/office/watch/{}", programme.slug),
        programme: Some(programme.id),
        dedup: format!("board.daily:{}:{today}", programme.id),
    }
}

/// What a body is told once per cut-off, and again when its worst light has become worse.
fn for_body(programme: &Programme, body: Uuid, lags: &[&Lag], names: &Names, to: Vec<Uuid>) -> NewNotice {
    let worst = lags.iter().map(|lag| severity(lag.light)).max().unwrap_or_default();
    let count = lags.len();
    NewNotice {
        kind: Kind::Board,
        to,
        subject: Text::new(
            format!("{}：贵单位牵头的 {count} 项滞后", programme.title),
            format!("{}: {count} projects that you lead lag", programme.title),
        ),
        body: lines(lags, names),
        link: format!("/office/watch/{}?body={body}", programme.slug),
        programme: Some(programme.id),
        dedup: format!("board.body:{}:{body}:{}:{worst}", programme.id, lags[0].cut_off),
    }
}

/// What the reviewers of a desk are told every day on which a return waits too long.
fn for_reviewers(programme: &Programme, one: Waiting, to: Vec<Uuid>, now_ms: i64, today: NaiveDate) -> NewNotice {
    let (count, days) = (one.count, (now_ms - one.oldest_ms) / DAY_MS);
    NewNotice {
        kind: Kind::Review,
        to,
        subject: Text::new(
            format!("{}：{count} 件填报待审已超过 {REVIEW_WITHIN} 天", programme.title),
            format!("{}: {count} returns have waited for review for over {REVIEW_WITHIN} days", programme.title),
        ),
        body: Text::new(
            format!("最早的一件已等待 {days} 天。审核通过前，这些数字不进入台账，监测页仍按上次的数字亮灯。"),
            format!(
                "The oldest has waited for {days} days. Until they are approved the board lights by the figures before."
            ),
        ),
        link: "/office/reviews".to_owned(),
        programme: Some(programme.id),
        dedup: format!("review.waits:{}:{}:{today}", programme.id, one.desk),
    }
}

/// One line a lag, the worst first.
fn lines(lags: &[&Lag], names: &Names) -> Text {
    let mut sorted = lags.to_vec();
    sorted.sort_by_key(|lag| (std::cmp::Reverse(severity(lag.light)), lag.deviation));
    let name = |lag: &Lag| {
        let project = names.projects.get(&lag.project).map_or("", String::as_str);
        let place = names.places.get(&lag.region).filter(|_| lag.region != names.home);
        place.map_or_else(|| project.to_owned(), |place| format!("{place} {project}"))
    };
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    for lag in sorted.iter().take(LINES) {
        let (light, name) = (lag.light.name(), name(lag));
        zh.push(format!("{}　{name}：{}（连续 {} 个月）", light.zh, lag.why.words.zh, lag.months));
        let months = kernel::counted_in_english(lag.months, "month");
        en.push(format!("{}: {name}: {} ({months} running)", light.en, lag.why.words.en));
    }
    if sorted.len() > LINES {
        let more = sorted.len() - LINES;
        zh.push(format!("另有 {more} 项，见监测页。"));
        en.push(format!("{more} more on the board."));
    }
    Text::new(zh.join("\n"), en.join("\n"))
}
