//! Sites of the generated year: made up and labelled 演示数据, and adding up to its figures.
//!
//! What a place has done of an indicator by the end of each month is cut into sites that were finished in that month, what
//! is still to be done into sites that are being built. So the sites finished by 30 June add up to the published figures.
//! They lie anywhere within the sketched outline of their county.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use chrono::{Datelike, NaiveDate};
use kernel::{Level, RegionCode};
use ledger::tables::indicators::Model as Indicator;
use ledger::words::{Kind, Purpose};
use maps::shape::Polygon;
use maps::{Crs, LngLat, Shape as Outline, geojson};
use places::map::boundaries::Boundaries;
use places::sites::store::{self as rows, Asked, Draft};
use places::sites::words::Stage;
use places::sites::{Content, Placed};
use store::Store;

use super::cast::Cast;
use super::chance::Chance;
use super::clock::at;
use super::programme::{Adopted, Counted};
use super::rounds::cut_off;
use super::shape::Shape;
use super::year::MONTHS;

/// What is counted in these units stands somewhere.
const UNITS: [&str; 14] = ["个", "处", "所", "座", "家", "套", "条", "幢", "栋", "台", "公里", "千米", "户", "米"];

/// What takes room: its sites are areas.
const AREAS: [&str; 3] = ["小区", "场地", "畜牧"];

/// A place so many metres away in a direction, on a plane that touches the globe there.
fn away(from: LngLat, degrees: f64, metres: f64) -> LngLat {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let north = metres * cos / 111_195.0;
    let east = metres * sin / (111_195.0 * from.lat.to_radians().cos());
    LngLat::new(from.lng + east, from.lat + north)
}

/// Sites of one indicator, about.
const SITES: i64 = 110;

/// Makes the sites of the programme, unless it has some.
///
/// # Errors
/// When the database fails.
pub(super) async fn load(store: &Store, (shape, adopted): (&Shape, &Adopted), cast: &Cast, seed: u64) -> Result<()> {
    let programme = adopted.outline.programme.id;
    if !rows::of_programme(store.reader(), programme, &Asked::default(), None, Some(1)).await?.is_empty() {
        return Ok(());
    }
    let mut towns = BTreeMap::<RegionCode, Vec<(RegionCode, String)>>::new();
    for district in &shape.districts {
        let below = ledger::regions::children(store.reader(), district.region, shape.year).await?;
        let below = below.into_iter().filter_map(|row| Some((RegionCode::from_stored(row.code)?, row.name)));
        towns.insert(district.region, below.collect());
    }
    let drafts = generate(shape, adopted, &towns, seed)?;
    let last = at(cut_off(shape.year, MONTHS - 1)?.with_day(28).context("a day of December")?, 10, 0)?;
    let store = store.with_clock(last);
    let mut tx = store.begin(&cast.office.actor()).await?;
    rows::put(&mut tx, programme, &cast.office.name, &drafts).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether what an indicator counts stands somewhere: things, not people, not money.
pub(super) fn stands_somewhere(indicator: &Indicator, counted: &Counted) -> bool {
    indicator.purpose() == Purpose::Delivery
        && indicator.kind() == Kind::Count
        && counted.places == 0
        && indicator.parent_id.is_none()
        && UNITS.contains(&indicator.unit.as_str())
}

/// The sites of every indicator that counts what stands somewhere.
pub(super) fn generate(
    shape: &Shape,
    adopted: &Adopted,
    towns: &BTreeMap<RegionCode, Vec<(RegionCode, String)>>,
    seed: u64,
) -> Result<Vec<Draft>> {
    let mut drafts = Vec::new();
    for (at, counted) in adopted.counted.iter().enumerate() {
        let Some(indicator) = adopted.outline.indicator_by_id(counted.indicator) else { continue };
        if !stands_somewhere(indicator, counted) {
            continue;
        }
        let mut chance = Chance::new(seed).fork(&format!("sites {}", indicator.name));
        let all: i64 = counted.shares.iter().map(|(_, target, months)| (*target).max(months[MONTHS - 1])).sum();
        let size = (all / SITES).max(1);
        let mut maker = Maker { shape, adopted, counted, indicator, towns, at, size, chance: &mut chance, made: 0 };
        for (region, target, months) in counted.lowest() {
            let mut before = 0;
            for (month, done) in months.iter().enumerate() {
                maker.sites(*region, (done - before).max(0), Some(month), &mut drafts)?;
                before = before.max(*done);
            }
            maker.sites(*region, (target - before).max(0), None, &mut drafts)?;
        }
    }
    Ok(drafts)
}

struct Maker<'a> {
    shape: &'a Shape,
    adopted: &'a Adopted,
    counted: &'a Counted,
    indicator: &'a Indicator,
    towns: &'a BTreeMap<RegionCode, Vec<(RegionCode, String)>>,
    at: usize,
    /// What one site holds at most.
    size: i64,
    chance: &'a mut Chance,
    made: usize,
}

impl Maker<'_> {
    /// Sites that add up to `amount`, finished in `month` or not yet.
    fn sites(
        &mut self,
        place: RegionCode,
        mut amount: i64,
        month: Option<usize>,
        drafts: &mut Vec<Draft>,
    ) -> Result<()> {
        while amount > 0 {
            let quantity = amount.min(self.size);
            amount -= quantity;
            drafts.push(self.site(place, quantity, month)?);
        }
        Ok(())
    }

    /// A site in a town, or in any town of a county.
    fn site(&mut self, place: RegionCode, quantity: i64, month: Option<usize>) -> Result<Draft> {
        self.made += 1;
        let year = self.shape.year;
        let county = self.shape.districts.iter().find(|district| district.region.contains(place));
        let county = county.map_or(place, |district| district.region);
        let own: Vec<(RegionCode, String)> = self.towns.get(&county).cloned().unwrap_or_default();
        let town = own.iter().find(|(town, _)| *town == place).or_else(|| self.chance.one_of(&own)).cloned();
        let (region, town) = town.unwrap_or((county, String::new()));
        let rural = region.level() == Level::Town && !town.ends_with("街道");
        let finished_on = match month {
            Some(month) => {
                let last = cut_off(year, month)?;
                let first = last.with_day(1).context("the first of a month")?;
                Some(self.day(first, last)?)
            }
            None => None,
        };
        let begin = NaiveDate::from_ymd_opt(year, 1, 8).context("a day")?;
        let starts_on = match finished_on {
            Some(day) if day > begin => self.day(begin, day)?,
            Some(day) => day,
            None => self.day(begin, NaiveDate::from_ymd_opt(year, 9, 1).context("a day")?)?,
        };
        let due_on = NaiveDate::from_ymd_opt(year, 12, 31);
        let stage = match finished_on {
            Some(_) if self.chance.happens(850) => Stage::InUse,
            Some(_) => Stage::Finished,
            None if self.chance.happens(40) => Stage::Stopped,
            None => Stage::Building,
        };
        let given = self.point(county).map(|point| self.shape(point));
        let placed = match &given {
            Some(given) => Placed::of(given, Crs::Wgs84)?,
            None => Placed::default(),
        };
        let content = Content {
            project: self.adopted.projects[self.counted.project],
            indicator: Some(self.counted.indicator),
            reference: format!("Y{:02}-{:04}", self.at + 1, self.made),
            name: format!("{town}{}{}号点", self.indicator.name, self.made),
            address: format!("{town}（演示地址）"),
            region,
            kind: self.indicator.name.clone(),
            stage,
            body: String::new(),
            telephone: String::new(),
            starts_on: Some(starts_on),
            due_on,
            finished_on,
            quantity: Some(quantity.into()),
            money: None,
            attributes: BTreeMap::from([("地域".to_owned(), if rural { "农村" } else { "城镇" }.to_owned())]),
            crs: Crs::Wgs84,
            given: given.map(|given| geojson::geometry(&given).to_string()),
            note: "演示数据，并非真实点位。".to_owned(),
        };
        Ok(Draft { content, placed, outside: false })
    }

    /// What is counted in lines is a line that begins there, what takes room an area around it, everything else the point.
    fn shape(&mut self, point: LngLat) -> Outline {
        let name = &self.indicator.name;
        if self.indicator.unit == "条" {
            return Outline::Lines(vec![self.way(point)]);
        }
        if AREAS.iter().any(|word| name.contains(word)) {
            return Outline::Area(vec![Polygon { outer: self.ground(point), holes: Vec::new() }]);
        }
        Outline::Point(point)
    }

    /// Some hundred metres to some kilometres, turning a little at every corner.
    fn way(&mut self, from: LngLat) -> Vec<LngLat> {
        let mut turn = self.chance.between(0, 359) as f64;
        let mut way = vec![from];
        let mut at = from;
        for _ in 0..self.chance.between(5, 11) {
            turn += self.chance.between(-38, 38) as f64;
            at = away(at, turn, self.chance.between(90, 360) as f64);
            way.push(at);
        }
        way
    }

    /// Its corners lie around the middle in order, so its edge never crosses itself.
    fn ground(&mut self, middle: LngLat) -> Vec<LngLat> {
        let corners = self.chance.between(5, 8);
        let first = self.chance.between(0, 359) as f64;
        let size = self.chance.between(70, 190) as f64;
        (0..corners)
            .map(|corner| {
                let turn = first + 360.0 * corner as f64 / corners as f64;
                away(middle, turn, size * (self.chance.between(70, 130) as f64) / 100.0)
            })
            .collect()
    }

    fn day(&mut self, from: NaiveDate, to: NaiveDate) -> Result<NaiveDate> {
        let days = (to - from).num_days().max(0);
        from.checked_add_signed(chrono::TimeDelta::days(self.chance.between(0, days))).context("a day of the year")
    }

    /// Anywhere within the sketched county.
    fn point(&mut self, county: RegionCode) -> Option<LngLat> {
        let boundary = Boundaries::sketch().of(county)?;
        let bounds = boundary.bounds;
        let mut share = |from: f64, to: f64| from + (to - from) * (self.chance.between(0, 100_000) as f64) / 100_000.0;
        for _ in 0..200 {
            let point = LngLat::new(share(bounds.min.lng, bounds.max.lng), share(bounds.min.lat, bounds.max.lat));
            if boundary.shape.contains(point) {
                let (lng, lat) = point.to_e7();
                return Some(LngLat::from_e7(lng / 100 * 100, lat / 100 * 100));
            }
        }
        Some(boundary.label)
    }
}
