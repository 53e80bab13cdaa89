//! What residents of the generated year said of its sites: made up, 演示数据 like all of it.
//!
//! Written through the functions that the pages call, on days of autumn: ratings, remarks that the office has looked at and
//! some that wait, and problems on every step of their course.

use anyhow::{Context, Result};
use chrono::{Days, NaiveDate};
use kernel::RegionCode;
use people::store::organisations;
use places::feedback::store::{self as feedbacks, Doing, New, Scope, Shelf};
use places::feedback::tables::feedback::Model as Feedback;
use places::feedback::words::{Act, Kind, Level, Verdict};
use places::sites::store::{self as rows, Asked};
use places::sites::tables::sites::Model as Site;
use places::sites::words::Stage;
use store::{Actor, Store};
use uuid::Uuid;

use super::cast::{Cast, Player};
use super::chance::Chance;
use super::clock::at;
use super::shape::Shape;

/// Sites that somebody said something of.
const SITES: usize = 24;

const REMARKS: [(&str, Level); 8] = [
    ("离家近了，老人走过去只要几分钟。", Level::VerySatisfied),
    ("设施干净，指示牌也清楚。", Level::VerySatisfied),
    ("比原来方便多了，希望一直有人维护。", Level::Satisfied),
    ("开放时间能不能再延长一点？", Level::Satisfied),
    ("周末人多，位置不太够。", Level::Fair),
    ("施工时有点吵，完工后不错。", Level::Satisfied),
    ("门口的台阶对轮椅不方便。", Level::Fair),
    ("灯光有点暗，晚上看不清。", Level::Dissatisfied),
];

const PROBLEMS: [(&str, &str); 6] = [
    ("入口处有一块地砖松动，下雨会积水。", "地砖已重新铺设，积水点已疏通，现场已复核。"),
    ("公示牌上的电话打不通。", "公示牌号码已更正，并安排专人接听。"),
    ("旁边的围挡没有撤走，占了人行道。", "围挡已全部拆除，人行道恢复通行。"),
    ("夜间照明有两盏不亮。", "两盏灯已更换，列入每周巡查。"),
    ("垃圾桶满了好几天没有清。", "已调整清运频次，每日两次。"),
    ("无障碍坡道的扶手松了。", "扶手已加固，并检查了同类点位。"),
];

/// Says it, unless it was said.
///
/// # Errors
/// When the database fails.
pub(super) async fn load(store: &Store, shape: &Shape, (programme, cast): (Uuid, &Cast), seed: u64) -> Result<()> {
    let subtree = RegionCode::subtree(shape.region);
    let everybody = Scope { regions: vec![(subtree.start().stored(), subtree.end().stored())], bodies: Vec::new() };
    if feedbacks::count(store.reader(), &everybody, Shelf::All, NaiveDate::MAX).await? > 0 {
        return Ok(());
    }
    let mut chance = Chance::new(seed).fork("feedback");
    let asked = Asked { stage: Some(Stage::InUse), ..Asked::default() };
    let mut sites = rows::of_programme(store.reader(), programme, &asked, None, None).await?;
    chance.shuffle(&mut sites);
    for (number, site) in sites.iter().take(SITES).enumerate() {
        let first = NaiveDate::from_ymd_opt(shape.year, 9, 2).context("a day")?;
        let day = first.checked_add_days(Days::new(3 * number as u64)).context("a day of autumn")?;
        rated(store, site, day, &mut chance).await?;
        remarked(store, (site, number), day, &cast.office, &mut chance).await?;
        if number.is_multiple_of(2) {
            reported(store, (site, number / 2), day, &cast.office).await?;
        }
    }
    Ok(())
}

async fn say(store: &Store, site: &Site, (day, hour): (NaiveDate, u32), new: &New) -> Result<Feedback> {
    let store = store.with_clock(at(day, hour, 20)?);
    let mut tx = store.begin(&Actor::operator("resident")).await?;
    let row = feedbacks::receive(&mut tx, site, day, new).await?;
    tx.commit().await?;
    Ok(row)
}

fn new(kind: Kind, level: Option<Level>, words: &str) -> New {
    New { kind, level, words: words.to_owned(), proven: true, receipt: Uuid::now_v7().simple().to_string() }
}

/// Ratings without words: enough to be shown at most sites, too few at some.
async fn rated(store: &Store, site: &Site, day: NaiveDate, chance: &mut Chance) -> Result<()> {
    for _ in 0..chance.between(2, 7) {
        let level = match chance.between(1, 100) {
            1..=4 => Level::VeryDissatisfied,
            5..=12 => Level::Dissatisfied,
            13..=30 => Level::Fair,
            31..=65 => Level::Satisfied,
            _ => Level::VerySatisfied,
        };
        say(store, site, (day, 9), &new(Kind::Remark, Some(level), "")).await?;
    }
    Ok(())
}

/// A remark that the office has looked at; of every sixth site one that still waits.
async fn remarked(
    store: &Store,
    (site, number): (&Site, usize),
    day: NaiveDate,
    office: &Player,
    chance: &mut Chance,
) -> Result<()> {
    let Some((words, level)) = chance.one_of(&REMARKS) else { return Ok(()) };
    let row = say(store, site, (day, 10), &new(Kind::Remark, Some(*level), words)).await?;
    if !number.is_multiple_of(6) {
        act(store, &row, (day, 16), (Act::Show, office), Doing::default()).await?;
    }
    Ok(())
}

/// A problem: shown, answered, rated, some once more; the last of them still with their bodies.
async fn reported(store: &Store, (site, number): (&Site, usize), day: NaiveDate, office: &Player) -> Result<()> {
    let (words, answer) = PROBLEMS[number % PROBLEMS.len()];
    let row = say(store, site, (day, 11), &new(Kind::Problem, None, words)).await?;
    let row = act(store, &row, (day, 16), (Act::Show, office), Doing::default()).await?;
    if number % 5 == 4 || !row.state().awaits_body() {
        return Ok(());
    }
    let said = |words: &str| Doing { words: words.to_owned(), ..Doing::default() };
    let later = |days: u64| day.checked_add_days(Days::new(days)).context("a day of autumn");
    let row = act(store, &row, (later(2)?, 15), (Act::Answer, office), said(answer)).await?;
    let verdict = |verdict, words| Doing { verdict: Some(verdict), ..said(words) };
    match number % 5 {
        0 | 3 => {
            rate(store, &row, later(3)?, verdict(Verdict::Satisfied, "")).await?;
        }
        1 => {
            let row = rate(store, &row, later(3)?, verdict(Verdict::Dissatisfied, "处理过的地方又坏了。")).await?;
            act(store, &row, (later(5)?, 15), (Act::Answer, office), said("已返工并更换材料，保修一年。")).await?;
        }
        _ => {}
    }
    Ok(())
}

async fn act(
    store: &Store,
    row: &Feedback,
    (day, hour): (NaiveDate, u32),
    (act, office): (Act, &Player),
    doing: Doing,
) -> Result<Feedback> {
    let store = store.with_clock(at(day, hour, 40)?);
    let body = match row.organisation_id.filter(|_| act == Act::Answer) {
        Some(id) => organisations::find(&store, id).await?.map(|body| (body.id, body.name)),
        None => None,
    };
    let mut tx = store.begin(&office.actor()).await?;
    let row = feedbacks::act(&mut tx, row, act, &Doing { by: office.name.clone(), body, ..doing }).await?;
    tx.commit().await?;
    Ok(row)
}

async fn rate(store: &Store, row: &Feedback, day: NaiveDate, doing: Doing) -> Result<Feedback> {
    let store = store.with_clock(at(day, 19, 5)?);
    let mut tx = store.begin(&Actor::operator("resident")).await?;
    let row = feedbacks::act(&mut tx, row, Act::Rate, &doing).await?;
    tx.commit().await?;
    Ok(row)
}
