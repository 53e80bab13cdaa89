//! The messages about tokens, pages of stations and live status; stations and statistics have files of their own.
//!
//! Every message can be written and read by either side, so that a simulator and a platform share one definition.

use serde_json::{Value, json};

use crate::codes::ConnectorStatus;
use crate::lenient::Fields;
use crate::stations::{Connector, Station};

/// The most stations that one status query names (certainty M).
pub const MOST_IN_STATUS_QUERY: usize = 50;

/// Content that does not hold what the message needs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotAsAgreed(pub String);

impl NotAsAgreed {
    pub(crate) fn missing(name: &str) -> Self {
        Self(format!("{name} is missing or empty"))
    }
}

fn object<'a>(value: &'a Value, message: &str) -> Result<Fields<'a>, NotAsAgreed> {
    Fields::of(value).ok_or_else(|| NotAsAgreed(format!("{message} is no object")))
}

fn needed(fields: Fields<'_>, name: &str, longest: usize) -> Result<String, NotAsAgreed> {
    let text = fields.text(name).filter(|text| !text.is_empty() && text.chars().count() <= longest);
    text.ok_or_else(|| NotAsAgreed::missing(name))
}

/// `query_token`: somebody asks for a token.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenQuery {
    /// Who asks.
    pub operator: String,
    /// Its secret.
    pub secret: String,
}

impl TokenQuery {
    /// Reads the content.
    ///
    /// # Errors
    /// When one of the two is missing.
    pub fn read(value: &Value) -> Result<Self, NotAsAgreed> {
        let fields = object(value, "query_token")?;
        Ok(Self { operator: needed(fields, "OperatorID", 64)?, secret: needed(fields, "OperatorSecret", 64)? })
    }

    /// Writes the content.
    pub fn to_json(&self) -> Value {
        json!({ "OperatorID": self.operator, "OperatorSecret": self.secret })
    }
}

/// Why no token is given (`FailReason`); from 3 on by agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoToken {
    /// 1: no such operator.
    NoSuchOperator,
    /// 2: wrong secret.
    WrongSecret,
    /// Any other.
    Other(i64),
}

impl NoToken {
    fn code(self) -> i64 {
        match self {
            Self::NoSuchOperator => 1,
            Self::WrongSecret => 2,
            Self::Other(code) => code,
        }
    }
}

/// The answer to `query_token`.
#[derive(Clone, PartialEq, Eq)]
pub enum TokenAnswer {
    /// A token and for how many seconds it holds.
    Given {
        /// The token.
        token: String,
        /// Seconds.
        seconds: u32,
    },
    /// None.
    Refused(NoToken),
}

/// The longest that a token is held to be good, in seconds: a week.
const LONGEST_TOKEN: i64 = 7 * 86_400;

impl TokenAnswer {
    /// Reads the content as received at `now_ms`. `TokenAvailableTime` is in seconds; some operators send the
    /// millisecond at which it ends instead, which is told by its size.
    ///
    /// # Errors
    /// When it neither says that it failed nor brings a token.
    pub fn read(value: &Value, now_ms: i64) -> Result<Self, NotAsAgreed> {
        let fields = object(value, "the answer to query_token")?;
        let token = fields.text("AccessToken").unwrap_or_default();
        if fields.whole("SuccStat").unwrap_or(0) != 0 || token.is_empty() {
            return Ok(Self::Refused(match fields.whole("FailReason").unwrap_or(0) {
                0 if token.is_empty() => return Err(NotAsAgreed::missing("AccessToken")),
                1 => NoToken::NoSuchOperator,
                2 => NoToken::WrongSecret,
                other => NoToken::Other(other),
            }));
        }
        if token.len() > 1_024 || token.chars().any(char::is_control) {
            return Err(NotAsAgreed("AccessToken is no token".to_owned()));
        }
        let said = fields.whole("TokenAvailableTime").unwrap_or(0);
        let seconds = if said > LONGEST_TOKEN { (said - now_ms) / 1_000 } else { said };
        Ok(Self::Given { token, seconds: u32::try_from(seconds.clamp(0, LONGEST_TOKEN)).unwrap_or(0) })
    }

    /// Writes the content.
    pub fn to_json(&self, operator: &str) -> Value {
        match self {
            Self::Given { token, seconds } => json!({
                "OperatorID": operator, "SuccStat": 0, "AccessToken": token,
                "TokenAvailableTime": seconds, "FailReason": 0,
            }),
            Self::Refused(why) => json!({
                "OperatorID": operator, "SuccStat": 1, "AccessToken": "",
                "TokenAvailableTime": 0, "FailReason": why.code(),
            }),
        }
    }
}

/// `query_stations_info`: a page of stations, changed since a time where one is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StationsQuery {
    /// `yyyy-MM-dd HH:mm:ss`; empty for all.
    pub since: String,
    /// From 1.
    pub page: u32,
    /// Stations on a page.
    pub size: u32,
}

impl StationsQuery {
    /// Reads the content; page 1 of ten stations where nothing is said.
    ///
    /// # Errors
    /// When it is no object.
    pub fn read(value: &Value) -> Result<Self, NotAsAgreed> {
        let fields = object(value, "query_stations_info")?;
        let number =
            |name, usual| fields.whole(name).and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0).unwrap_or(usual);
        Ok(Self { since: fields.short("LastQueryTime", 30), page: number("PageNo", 1), size: number("PageSize", 10) })
    }

    /// Writes the content.
    pub fn to_json(&self) -> Value {
        json!({ "LastQueryTime": self.since, "PageNo": self.page, "PageSize": self.size })
    }
}

/// A page of stations. Stations that cannot be read are told one by one and do not spoil the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StationsPage {
    /// Which page.
    pub page: u32,
    /// How many pages there are.
    pub pages: u32,
    /// How many stations there are on all pages.
    pub total: u32,
    /// The stations that could be read.
    pub stations: Vec<Station>,
    /// Why others could not.
    pub refused: Vec<String>,
}

impl StationsPage {
    /// Reads the content, of each station at most `most_connectors` connectors.
    ///
    /// # Errors
    /// When it is no object.
    pub fn read(value: &Value, most_connectors: usize) -> Result<Self, NotAsAgreed> {
        let fields = object(value, "the answer to query_stations_info")?;
        let number = |name| fields.whole(name).and_then(|n| u32::try_from(n).ok());
        let (mut stations, mut refused) = (Vec::new(), Vec::new());
        for one in fields.list("StationInfos") {
            match Station::read(one, most_connectors) {
                Ok(station) => stations.push(station),
                Err(why) => refused.push(why.to_string()),
            }
        }
        let page = number("PageNo").unwrap_or(1);
        let total = number("ItemSize").unwrap_or(0);
        Ok(Self { page, pages: number("PageCount").unwrap_or(page), total, stations, refused })
    }

    /// Writes the content.
    pub fn to_json(&self) -> Value {
        let stations: Vec<Value> = self.stations.iter().map(Station::to_json).collect();
        json!({ "PageNo": self.page, "PageCount": self.pages, "ItemSize": self.total, "StationInfos": stations })
    }
}

/// How one connector stands, as its operator says (`ConnectorStatusInfo`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectorReport {
    /// The operator's number of the connector.
    pub connector: String,
    /// How it stands.
    pub status: ConnectorStatus,
    /// The parking space: 0 unknown, 10 free, 50 taken; −1 where nothing is said.
    pub park: i32,
    /// The lock of the space: 0 unknown, 10 open, 50 locked; −1 where nothing is said.
    pub lock: i32,
}

impl ConnectorReport {
    /// Reads one; a status that is missing or not a number is unknown.
    ///
    /// # Errors
    /// When it does not say which connector it is about.
    pub fn read(value: &Value) -> Result<Self, NotAsAgreed> {
        let fields = object(value, "ConnectorStatusInfo")?;
        let code = |name| fields.whole(name).and_then(|code| i32::try_from(code).ok()).unwrap_or(-1);
        Ok(Self {
            connector: needed(fields, "ConnectorID", Connector::LONGEST_ID)?,
            status: ConnectorStatus::of(code("Status")),
            park: code("ParkStatus"),
            lock: code("LockStatus"),
        })
    }

    /// Writes it.
    pub fn to_json(&self) -> Value {
        let mut written = json!({ "ConnectorID": self.connector, "Status": self.status.code() });
        for (name, code) in [("ParkStatus", self.park), ("LockStatus", self.lock)] {
            if code >= 0 {
                written[name] = code.into();
            }
        }
        written
    }
}

/// Reads the content of `notification_stationStatus`: one connector as the standard has it, or several in a list, as
/// they come in the field.
///
/// # Errors
/// When there is none, more than `most`, or one that does not say which connector it is.
pub fn read_notification(value: &Value, most: usize) -> Result<Vec<ConnectorReport>, NotAsAgreed> {
    let fields = object(value, "notification_stationStatus")?;
    let mut reports = fields.list("ConnectorStatusInfo");
    if reports.is_empty() {
        reports = fields.list("ConnectorStatusInfos");
    }
    if reports.is_empty() {
        return Err(NotAsAgreed::missing("ConnectorStatusInfo"));
    }
    // A list within a list of one, because one value counts as a list.
    let reports: Vec<&Value> =
        reports.into_iter().flat_map(|one| one.as_array().map_or(vec![one], |all| all.iter().collect())).collect();
    if reports.len() > most {
        return Err(NotAsAgreed(format!("{} connectors in one message, at most {most}", reports.len())));
    }
    reports.into_iter().map(ConnectorReport::read).collect()
}

/// Writes the content of `notification_stationStatus`, for one connector as the standard has it.
pub fn notification(reports: &[ConnectorReport]) -> Value {
    match reports {
        [one] => json!({ "ConnectorStatusInfo": one.to_json() }),
        several => json!({ "ConnectorStatusInfo": several.iter().map(ConnectorReport::to_json).collect::<Vec<_>>() }),
    }
}

/// `query_station_status`: how do the connectors of these stations stand.
pub fn status_query(stations: &[String]) -> Value {
    json!({ "StationIDs": stations })
}

/// Reads which stations are asked for.
///
/// # Errors
/// When none or more than [`MOST_IN_STATUS_QUERY`] are.
pub fn read_status_query(value: &Value) -> Result<Vec<String>, NotAsAgreed> {
    let fields = object(value, "query_station_status")?;
    let ids: Vec<String> =
        fields.list("StationIDs").into_iter().filter_map(|id| id.as_str().map(str::to_owned)).collect();
    if ids.is_empty() || ids.len() > MOST_IN_STATUS_QUERY {
        return Err(NotAsAgreed(format!("StationIDs: 1 to {MOST_IN_STATUS_QUERY}")));
    }
    Ok(ids)
}

/// The connectors of one station as they stand (`StationStatusInfo`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StationReport {
    /// The operator's number of the station.
    pub station: String,
    /// Its connectors.
    pub connectors: Vec<ConnectorReport>,
}

/// Reads the answer to `query_station_status`: what can be read, and why something could not.
///
/// # Errors
/// When it is no object or names more than `most` connectors.
pub fn read_status_answer(value: &Value, most: usize) -> Result<(Vec<StationReport>, Vec<String>), NotAsAgreed> {
    let fields = object(value, "the answer to query_station_status")?;
    let (mut stations, mut refused, mut count) = (Vec::new(), Vec::new(), 0);
    for one in fields.objects("StationStatusInfos") {
        let mut connectors = Vec::new();
        for report in one.list("ConnectorStatusInfos") {
            count += 1;
            if count > most {
                return Err(NotAsAgreed(format!("more than {most} connectors in one answer")));
            }
            match ConnectorReport::read(report) {
                Ok(report) => connectors.push(report),
                Err(why) => refused.push(why.to_string()),
            }
        }
        stations.push(StationReport { station: one.short("StationID", Station::LONGEST_ID), connectors });
    }
    Ok((stations, refused))
}

/// Writes the answer to `query_station_status`.
pub fn status_answer(stations: &[StationReport]) -> Value {
    let one = |station: &StationReport| {
        let connectors: Vec<Value> = station.connectors.iter().map(ConnectorReport::to_json).collect();
        json!({ "StationID": station.station, "ConnectorStatusInfos": connectors })
    };
    json!({ "Total": stations.len(), "StationStatusInfos": stations.iter().map(one).collect::<Vec<_>>() })
}
