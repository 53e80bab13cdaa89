//! Registers of the demo: generated entries, labelled 演示数据, whose counts are published figures.
//!
//! Names, addresses and points are made up: the towns are real, a point lies somewhere within a few kilometres of the
//! middle of its county, which is known to a hundredth of a degree only.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use chrono::NaiveDate;
use kernel::RegionCode;
use places::catalogue::{Catalogue, Service};
use places::registers::{self, Content, Divisions, Typed};
use store::{Actor, Store};

use super::chance::Chance;

/// County, and roughly its middle in degrees east and north.
const COUNTIES: [(&str, f64, f64); 23] = [
    ("330203", 121.54, 29.87),
    ("330205", 121.55, 29.91),
    ("330206", 121.83, 29.90),
    ("330211", 121.60, 29.97),
    ("330212", 121.56, 29.82),
    ("330213", 121.41, 29.66),
    ("330225", 121.87, 29.48),
    ("330226", 121.43, 29.29),
    ("330281", 121.15, 30.04),
    ("330282", 121.27, 30.17),
    ("330102", 120.17, 30.24),
    ("330105", 120.14, 30.32),
    ("330106", 120.13, 30.26),
    ("330108", 120.21, 30.21),
    ("330109", 120.26, 30.18),
    ("330110", 119.98, 30.27),
    ("330111", 119.96, 30.05),
    ("330112", 119.72, 30.23),
    ("330113", 120.30, 30.42),
    ("330114", 120.35, 30.30),
    ("330122", 119.69, 29.79),
    ("330127", 119.04, 29.61),
    ("330182", 119.28, 29.47),
];

/// What is generated of one kind: how many, called what, with what.
struct Batch {
    service: &'static str,
    city: &'static str,
    count: u32,
    name: &'static str,
    fields: &'static [(&'static str, &'static str)],
    /// A whole number drawn for this attribute.
    drawn: Option<(&'static str, i64, i64)>,
}

/// The counts are published: 374 meal points, 32 canteens and 24 shared restaurants, 15 and 15 village clinics, 12 clinics
/// and 179 stations of Ningbo by June 2024, 20 five-star rooms of Hangzhou in 2024.
const BATCHES: [Batch; 9] = [
    Batch {
        service: "D045",
        city: "330200",
        count: 374,
        name: "助餐点",
        fields: &[
            ("a-kind", "point"),
            ("a-served", "lunch/dinner"),
            ("a-age_from", "60"),
            ("a-delivers", "yes"),
            ("a-kitchen", "central"),
        ],
        drawn: Some(("a-seats", 20, 60)),
    },
    Batch {
        service: "D045",
        city: "330200",
        count: 32,
        name: "老年食堂",
        fields: &[
            ("a-kind", "canteen"),
            ("a-served", "breakfast/lunch/dinner"),
            ("a-age_from", "60"),
            ("a-kitchen", "own"),
        ],
        drawn: Some(("a-seats", 60, 160)),
    },
    Batch {
        service: "D045",
        city: "330200",
        count: 24,
        name: "共享餐厅",
        fields: &[
            ("a-kind", "shared"),
            ("a-served", "lunch"),
            ("a-age_from", "60"),
            ("a-kitchen", "shop"),
            ("hours", "周一至周六 10:30–13:00"),
        ],
        drawn: Some(("a-seats", 40, 120)),
    },
    Batch {
        service: "D011",
        city: "330200",
        count: 15,
        name: "卫生室",
        fields: &[("a-work", "new"), ("a-insurance", "yes"), ("a-telehealth", "yes")],
        drawn: Some(("a-area", 80, 220)),
    },
    Batch {
        service: "D011",
        city: "330200",
        count: 15,
        name: "社区卫生服务站",
        fields: &[("a-work", "rebuild"), ("a-insurance", "yes"), ("hours", "周一至周六 8:00–11:30、13:30–17:00")],
        drawn: Some(("a-area", 100, 400)),
    },
    Batch {
        service: "D013",
        city: "330200",
        count: 12,
        name: "慢性病一体化门诊",
        fields: &[("a-diseases", "bp/dm"), ("a-long_rx", "yes"), ("a-fundus", "yes")],
        drawn: None,
    },
    Batch {
        service: "D059",
        city: "330200",
        count: 179,
        name: "妇女儿童驿站",
        fields: &[("a-work", "improve"), ("a-services", "read/law/play")],
        drawn: Some(("a-area", 40, 200)),
    },
    Batch {
        service: "D017",
        city: "330100",
        count: 12,
        name: "商场母婴室",
        fields: &[
            ("grade", "star5"),
            ("a-setting", "mall"),
            ("a-has", "basin/hot/table/chair/lock"),
            ("a-fathers", "yes"),
        ],
        drawn: Some(("a-area", 10, 40)),
    },
    Batch {
        service: "D017",
        city: "330100",
        count: 8,
        name: "车站母婴室",
        fields: &[
            ("grade", "star5"),
            ("a-setting", "transport"),
            ("a-has", "basin/table/chair/lock/socket"),
            ("hours", "每天 6:00–22:30"),
        ],
        drawn: Some(("a-area", 10, 30)),
    },
];

/// The day on which generated entries begin to count: before both cut-offs.
const SINCE: &str = "2024-05-20";

/// Enters what is not there yet; says how many entries the registers of the demo hold.
pub(crate) async fn load(store: &Store, actor: &Actor) -> Result<usize> {
    let divisions = Divisions::load(store.reader()).await?;
    let today = store.clock().today();
    let mut by_service = BTreeMap::<&str, Vec<Content>>::new();
    let mut chance = Chance::new(super::SEED).fork("registers");
    for batch in &BATCHES {
        let service = Catalogue::shipped().find(batch.service).context("a service of the catalogue")?;
        by_service.entry(batch.service).or_default().extend(generate(batch, service, &divisions, today, &mut chance)?);
    }
    let mut entries = 0;
    for (code, contents) in by_service {
        let service = Catalogue::shipped().find(code).context("a service of the catalogue")?;
        registers::take(store, actor, service, &contents, (false, true)).await?;
        entries += contents.len();
    }
    Ok(entries)
}

/// The entries of one batch, spread over the towns of the city one after the other.
fn generate(
    batch: &Batch,
    service: &Service,
    divisions: &Divisions,
    today: NaiveDate,
    chance: &mut Chance,
) -> Result<Vec<Content>> {
    let city: RegionCode = batch.city.parse()?;
    let mut towns: Vec<RegionCode> = divisions.towns(city).into_iter().filter(|town| middle(*town).is_some()).collect();
    chance.shuffle(&mut towns);
    let mut numbers = BTreeMap::<RegionCode, u32>::new();
    let mut contents = Vec::new();
    for town in towns.iter().cycle().take(usize::try_from(batch.count)?) {
        let number = numbers.entry(*town).or_default();
        *number += 1;
        let name = format!("{}第{number}{}（演示）", town_name(divisions, *town), batch.name);
        let mut typed: Typed =
            batch.fields.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        typed.insert("name".to_owned(), name);
        typed.insert("as_of".to_owned(), SINCE.to_owned());
        typed.insert("address".to_owned(), format!("演示路{}号", chance.between(1, 299)));
        if let Some((key, from, to)) = batch.drawn {
            typed.insert(key.to_owned(), chance.between(from, to).to_string());
        }
        if let Some((lng, lat)) = middle(*town) {
            // A town stays in one corner of its county, an entry near the middle of its town.
            let corner = i64::try_from(town.number() / 1_000 % 1_000).unwrap_or_default();
            let (east, north) = ((corner * 37 % 19 - 9), (corner * 53 % 17 - 8));
            let off = |steps: i64, chance: &mut Chance| (steps * 80 + chance.between(-60, 60)) as f64 / 10_000.0;
            typed.insert("lng".to_owned(), format!("{:.5}", lng + off(east, chance)));
            typed.insert("lat".to_owned(), format!("{:.5}", lat + off(north, chance)));
        }
        let content = Content::read(service, &typed, Ok(*town), today);
        contents.push(content.map_err(|wrong| anyhow::anyhow!("{}: {wrong:?}", batch.name))?);
    }
    Ok(contents)
}

fn middle(town: RegionCode) -> Option<(f64, f64)> {
    let county = town.at(kernel::Level::County).short();
    COUNTIES.iter().find(|(code, ..)| *code == county).map(|(_, lng, lat)| (*lng, *lat))
}

/// 跃龙街道 without its county.
fn town_name(divisions: &Divisions, town: RegionCode) -> String {
    let full = divisions.full_name(town);
    let county = town.parent().map(|county| divisions.full_name(county)).unwrap_or_default();
    full.strip_prefix(&county).unwrap_or(&full).to_owned()
}

#[cfg(test)]
mod tests {
    use kernel::Clock;

    use super::*;

    /// Each count is that of a published fact.
    #[tokio::test]
    async fn the_generated_registers_count_what_was_published() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open_folder(folder.path(), Clock::system()).await.expect("a store");
        crate::wiring::prepare(&store).await.expect("tables");
        let actor = Actor::operator("demo");
        assert_eq!(load(&store, &actor).await.expect("entries"), 671);
        assert_eq!(load(&store, &actor).await.expect("the same again"), 671);
        let facts: BTreeMap<String, String> = ledger::samples::FACTS
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a fact"))
            .map(|fact| (fact["id"].as_str().unwrap_or_default().to_owned(), fact["value"].to_string()))
            .collect();
        let cases = [
            ("D045", "老年助餐服务点新增", "ningbo-2024-030"),
            ("D045", "标准化老年食堂新增", "ningbo-2024-059"),
            ("D045", "老年共享餐厅新增", "ningbo-2024-060"),
            ("D011", "村级（社区）医疗机构新建迁建", "ningbo-2024-046"),
            ("D011", "村级（社区）医疗机构改建扩建", "ningbo-2024-047"),
            ("D013", "慢性病一体化门诊建成投用", "ningbo-2024-048"),
            ("D059", "妇女儿童驿站建设提升", "ningbo-2024-091"),
            ("D017", "五星级母婴室新建", "hangzhou-2024-021"),
        ];
        for (code, indicator, fact) in cases {
            let service = Catalogue::shipped().find(code).expect("a service");
            let feed = service.feeds.iter().find(|feed| feed.name.zh == indicator).expect("an indicator");
            assert!(feed.facts.iter().any(|one| one == fact), "{fact} belongs to {indicator}");
            let rows = registers::all_of(store.reader(), code, None).await.expect("entries");
            assert!(rows.iter().all(|row| row.demo && row.name.contains("演示")), "made up, and labelled so");
            let contents: Vec<Content> = rows.iter().filter_map(Content::of).collect();
            let day = "2024-06-30".parse().expect("a day");
            let tally = feed.count.of(contents.iter().map(Content::counted), day, &Default::default());
            let counted = match tally.value {
                places::catalogue::Value::Number(number) => number.to_string(),
                other => format!("{other:?}"),
            };
            assert_eq!(counted, facts[fact], "{indicator}");
        }
    }
}
