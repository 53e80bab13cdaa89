//! How the figures of places went over the cut-offs: read once, asked for any of the places at any cut-off.
//!
//! A board shows one cut-off; whoever follows a year needs all of them – for how long a light has been on, where a trend
//! leads, what stood in March. Two statements read them, however many cut-offs there are; which figure counts is the same
//! rule as on the board ([`crate::current`]), and a test holds the two together.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{Datelike, NaiveDate};
use figures::Decimal;
use kernel::RegionCode;
use kernel::clock::china_time;
use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};
use store::{Result, amount};
use uuid::Uuid;

use crate::programmes::Outline;
use crate::words::Measure;

/// Values bound in one statement besides the indicators: places and what is always asked.
const INDICATORS_AT_ONCE: usize = 500;

/// What counts for an indicator at a place and a cut-off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The number; none for a figure without one.
    pub value: Option<Decimal>,
    /// Its cut-off, if one is known.
    pub as_of: Option<NaiveDate>,
    /// The day that it speaks of: its cut-off, else the end of its period; none for a figure that says neither.
    pub day: Option<NaiveDate>,
    /// The entry; none for a sum of the places below.
    pub entry: Option<Uuid>,
    /// How many places a sum is made of; 0 for a single figure.
    pub places: i64,
}

/// The figures of several places over all cut-offs, as known on one day.
#[derive(Clone, Debug, Default)]
pub struct Series {
    tracks: HashMap<(RegionCode, Uuid, Measure), Track>,
}

/// One indicator at one place: its own figures by body, and what the sum below became at each cut-off.
#[derive(Clone, Debug, Default)]
struct Track {
    own: HashMap<Option<Uuid>, Vec<Own>>,
    sums: Vec<(NaiveDate, Sum)>,
}

#[derive(Clone, Copy, Debug)]
struct Own {
    effective_on: NaiveDate,
    id: Uuid,
    as_of: Option<NaiveDate>,
    value: Option<i64>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    value: i64,
    places: i64,
}

impl Series {
    /// Reads the figures of all indicators of `outline` at `places`, as the ledger knew them at the end of `known`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load<C: ConnectionTrait>(
        on: &C,
        outline: &Outline,
        places: &[RegionCode],
        known: Option<NaiveDate>,
    ) -> Result<Self> {
        let mut series = Self::default();
        if places.is_empty() {
            return Ok(series);
        }
        let all: Vec<Uuid> = outline.indicators.iter().map(|row| row.id).collect();
        for chunk in all.chunks(INDICATORS_AT_ONCE) {
            series.read_own(on, outline, chunk, places, known).await?;
        }
        series.read_sums(on, outline, places, known).await?;
        Ok(series)
    }

    async fn read_own<C: ConnectionTrait>(
        &mut self,
        on: &C,
        outline: &Outline,
        indicators: &[Uuid],
        places: &[RegionCode],
        known: Option<NaiveDate>,
    ) -> Result<()> {
        let (mut values, mut asked) = (vec![Value::from(outline.programme.id)], Vec::new());
        let wanted = slots(&mut values, indicators.iter().map(|id| Value::from(*id)));
        asked.push(format!("indicator_id IN ({wanted})"));
        let there = slots(&mut values, places.iter().map(|place| Value::from(place.stored())));
        asked.push(format!("region IN ({there})"));
        let sql = format!(
            "SELECT id, indicator_id, region, organisation_id, measure, as_of, effective_on, value, recorded_ms, \
             supersedes, withdrawn FROM entries WHERE programme_id = $1 AND {}",
            asked.join(" AND ")
        );
        let rows = on.query_all_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, values)).await?;
        let mut seen = Vec::with_capacity(rows.len());
        for row in &rows {
            let recorded_ms: i64 = row.try_get("", "recorded_ms")?;
            let day = china_time(recorded_ms).map_or(NaiveDate::MIN, |time| time.date_naive());
            if known.is_none_or(|known| day <= known) {
                seen.push(row);
            }
        }
        let mut superseded = HashSet::new();
        for row in &seen {
            superseded.extend(row.try_get::<Option<Uuid>>("", "supersedes")?);
        }
        for row in seen {
            let id: Uuid = row.try_get("", "id")?;
            if row.try_get::<bool>("", "withdrawn")? || superseded.contains(&id) {
                continue;
            }
            let own = Own {
                effective_on: row.try_get("", "effective_on")?,
                id,
                as_of: row.try_get("", "as_of")?,
                value: row.try_get("", "value")?,
            };
            let body: Option<Uuid> = row.try_get("", "organisation_id")?;
            self.track(row)?.own.entry(body).or_default().push(own);
        }
        for own in self.tracks.values_mut().flat_map(|track| track.own.values_mut()) {
            own.sort_by_key(|one| (one.effective_on, one.id));
        }
        Ok(())
    }

    async fn read_sums<C: ConnectionTrait>(
        &mut self,
        on: &C,
        outline: &Outline,
        places: &[RegionCode],
        known: Option<NaiveDate>,
    ) -> Result<()> {
        // The last day that both databases can hold.
        let forever = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX);
        let mut values = vec![Value::from(outline.programme.id), Value::from(known.unwrap_or(forever))];
        let there = slots(&mut values, places.iter().map(|place| Value::from(place.stored())));
        let sql = format!(
            "SELECT region, indicator_id, measure, as_of, CAST(SUM(delta) AS BIGINT) AS delta, \
             CAST(SUM(places) AS BIGINT) AS places FROM rollups \
             WHERE programme_id = $1 AND recorded_on <= $2 AND region IN ({there}) \
             GROUP BY region, indicator_id, measure, as_of ORDER BY as_of"
        );
        let rows = on.query_all_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, values)).await?;
        for row in &rows {
            let (delta, places): (i64, i64) = (row.try_get("", "delta")?, row.try_get("", "places")?);
            let day: NaiveDate = row.try_get("", "as_of")?;
            let sums = &mut self.track(row)?.sums;
            let before = sums.last().map(|(_, sum)| *sum).unwrap_or_default();
            sums.push((day, Sum { value: before.value + delta, places: before.places + places }));
        }
        Ok(())
    }

    fn track(&mut self, row: &QueryResult) -> Result<&mut Track> {
        let code: i64 = row.try_get("", "region")?;
        let region = RegionCode::from_stored(code).ok_or_else(|| store::Error::BrokenRow {
            table: "entries or rollups",
            column: "region",
            row: code.to_string(),
            why: "no division code".into(),
        })?;
        let key = (region, row.try_get("", "indicator_id")?, Measure::from_number(row.try_get("", "measure")?));
        Ok(self.tracks.entry(key).or_default())
    }

    /// What counts at `cut_off`: the place's own figure, or the sum below it when that is newer or the only one.
    pub fn at(&self, place: RegionCode, indicator: Uuid, measure: Measure, cut_off: NaiveDate) -> Option<Standing> {
        let track = self.tracks.get(&(place, indicator, measure))?;
        let (own, sum) = (track.own_at(None, cut_off), track.sum_at(cut_off));
        match (own, sum) {
            (Some(own), Some(sum)) if sum.as_of > own.as_of && measure == Measure::Actual => Some(sum),
            (Some(own), _) => Some(own),
            (None, sum) => sum,
        }
    }

    /// What is to be done: the target that counts at `cut_off`, else the first one set for a later day. A target speaks of
    /// the whole year, whatever day was printed with it.
    pub fn goal(&self, place: RegionCode, indicator: Uuid, cut_off: NaiveDate) -> Option<Standing> {
        self.at(place, indicator, Measure::Target, cut_off).or_else(|| {
            let track = self.tracks.get(&(place, indicator, Measure::Target))?;
            let own = track.own.get(&None).and_then(|own| own.first()).map(|own| own.effective_on);
            let first = own.into_iter().chain(track.sums.iter().map(|(day, _)| *day)).min()?;
            self.at(place, indicator, Measure::Target, first)
        })
    }

    /// What counts at `cut_off` where figures must not be added: the place's own figure, or that of the only body that has
    /// one there.
    pub fn only(&self, place: RegionCode, indicator: Uuid, measure: Measure, cut_off: NaiveDate) -> Option<Standing> {
        let track = self.tracks.get(&(place, indicator, measure))?;
        track.own_at(None, cut_off).or_else(|| {
            let mut all = track.own.keys().filter_map(|body| track.own_at(*body, cut_off));
            all.next().filter(|_| all.next().is_none())
        })
    }

    /// What counts at `cut_off` for a body that shares a place with others.
    pub fn of_body(
        &self,
        place: RegionCode,
        body: Uuid,
        indicator: Uuid,
        measure: Measure,
        cut_off: NaiveDate,
    ) -> Option<Standing> {
        self.tracks.get(&(place, indicator, measure))?.own_at(Some(body), cut_off)
    }

    /// The cut-offs at which anything was done at `place`, oldest first.
    pub fn cut_offs(&self, place: RegionCode) -> Vec<NaiveDate> {
        let here = self.tracks.iter().filter(|((at, _, measure), _)| *at == place && *measure == Measure::Actual);
        let mut days = BTreeSet::new();
        for (_, track) in here {
            days.extend(track.own.values().flatten().filter_map(|own| own.as_of));
            days.extend(track.sums.iter().map(|(day, _)| *day));
        }
        days.into_iter().collect()
    }
}

impl Track {
    fn own_at(&self, body: Option<Uuid>, cut_off: NaiveDate) -> Option<Standing> {
        let own = self.own.get(&body)?;
        let reached = own.partition_point(|one| one.effective_on <= cut_off);
        let last = own.get(reached.checked_sub(1)?)?;
        let value = last.value.map(amount::from_stored);
        // What says nothing of a day counts from the first one of its year, see [`crate::entries::effective_on`].
        let day = last.as_of.or(Some(last.effective_on).filter(|day| day.ordinal() > 1));
        Some(Standing { value, as_of: last.as_of, day, entry: Some(last.id), places: 0 })
    }

    fn sum_at(&self, cut_off: NaiveDate) -> Option<Standing> {
        let reached = self.sums.partition_point(|(day, _)| *day <= cut_off);
        let (day, sum) = self.sums.get(reached.checked_sub(1)?)?;
        let value = Some(amount::from_stored(sum.value));
        let as_of = Some(*day);
        (sum.places != 0).then_some(Standing { value, as_of, day: as_of, entry: None, places: sum.places })
    }
}

/// Binds `more` behind `values` and names their places: `$2,$3,$4`.
fn slots(values: &mut Vec<Value>, more: impl Iterator<Item = Value>) -> String {
    let mut names = Vec::new();
    for value in more {
        values.push(value);
        names.push(format!("${}", values.len()));
    }
    names.join(",")
}
