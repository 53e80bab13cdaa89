//! Electricity given in a time (`query_station_stats`), in tenths of a kilowatt-hour.

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::lenient::Fields;
use crate::messages::NotAsAgreed;
use crate::stations::{Connector, Station};

/// Which station, and from which day to which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatsQuery {
    /// The operator's number of the station.
    pub station: String,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

/// What was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StationStats {
    /// The operator's number of the station.
    pub station: String,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// By the whole station, in tenths of a kilowatt-hour; none where nothing is said.
    pub electricity: Option<i64>,
    /// By each connector.
    pub connectors: Vec<(String, i64)>,
}

fn day(fields: Fields<'_>, name: &str) -> Result<NaiveDate, NotAsAgreed> {
    let text = fields.text(name).unwrap_or_default();
    // Some send a time behind the day.
    let day = text.get(..10).and_then(|day| day.parse().ok());
    day.ok_or_else(|| NotAsAgreed(format!("{name} is no day such as 2024-06-30")))
}

impl StatsQuery {
    /// Reads the content.
    ///
    /// # Errors
    /// When station or days are missing, or the days stand the wrong way round.
    pub fn read(value: &Value) -> Result<Self, NotAsAgreed> {
        let fields = Fields::of(value).ok_or_else(|| NotAsAgreed("query_station_stats is no object".to_owned()))?;
        let station = fields.short("StationID", Station::LONGEST_ID);
        let (from, to) = (day(fields, "StartTime")?, day(fields, "EndTime")?);
        if station.is_empty() || from > to {
            return Err(NotAsAgreed("StationID is missing, or EndTime lies before StartTime".to_owned()));
        }
        Ok(Self { station, from, to })
    }

    /// Writes the content.
    pub fn to_json(&self) -> Value {
        json!({ "StationID": self.station, "StartTime": self.from.to_string(), "EndTime": self.to.to_string() })
    }
}

impl StationStats {
    /// Reads the answer.
    ///
    /// # Errors
    /// When there is no `StationStats` with station and days.
    pub fn read(value: &Value) -> Result<Self, NotAsAgreed> {
        let whole = Fields::of(value).ok_or_else(|| NotAsAgreed("the answer is no object".to_owned()))?;
        let inner = whole.objects("StationStats").into_iter().next().unwrap_or(whole);
        let station = inner.short("StationID", Station::LONGEST_ID);
        if station.is_empty() {
            return Err(NotAsAgreed::missing("StationID"));
        }
        let of_devices = inner.objects("EquipmentStatsInfos").into_iter();
        let connectors = of_devices.flat_map(|device| device.objects("ConnectorStatsInfos")).filter_map(|one| {
            let id = one.short("ConnectorID", Connector::LONGEST_ID);
            Some((id, one.scaled("ConnectorElectricity", 1).filter(|given| *given >= 0)?))
        });
        Ok(Self {
            station,
            from: day(inner, "StartTime")?,
            to: day(inner, "EndTime")?,
            electricity: inner.scaled("StationElectricity", 1).filter(|given| *given >= 0),
            connectors: connectors.filter(|(id, _)| !id.is_empty()).collect(),
        })
    }

    /// Writes the answer; all connectors stand below one device.
    pub fn to_json(&self, device: &str) -> Value {
        let tenths = |given: i64| given as f64 / 10.0;
        let connectors: Vec<Value> = self
            .connectors
            .iter()
            .map(|(id, given)| json!({ "ConnectorID": id, "ConnectorElectricity": tenths(*given) }))
            .collect();
        json!({ "StationStats": {
            "StationID": self.station,
            "StartTime": self.from.to_string(),
            "EndTime": self.to.to_string(),
            "StationElectricity": tenths(self.electricity.unwrap_or(0)),
            "EquipmentStatsInfos": [{
                "EquipmentID": device,
                "EquipmentElectricity": tenths(self.connectors.iter().map(|(_, given)| given).sum()),
                "ConnectorStatsInfos": connectors,
            }],
        }})
    }
}
