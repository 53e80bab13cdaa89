//! The same stations in the words of OCPI 2.2.1, for charging apps outside of the Chinese interface.
//!
//! Source: OCPI 2.2.1 (EVRoaming Foundation), module Locations; the mapping of codes is ours (certainty D, the list of
//! statuses V).

use serde::Serialize;

use crate::codes::{ConnectorKind, ConnectorStatus, StationState};

/// What an EVSE is to OCPI, from the connector's and the station's state; a status that is too old is `UNKNOWN`.
pub fn evse_status(station: StationState, connector: Option<ConnectorStatus>) -> &'static str {
    match station {
        StationState::UnderConstruction => "PLANNED",
        StationState::Closed => "REMOVED",
        StationState::Maintenance => "INOPERATIVE",
        _ => match connector {
            Some(ConnectorStatus::Free) => "AVAILABLE",
            Some(ConnectorStatus::Occupied) => "BLOCKED",
            Some(ConnectorStatus::Charging) => "CHARGING",
            Some(ConnectorStatus::Reserved) => "RESERVED",
            Some(ConnectorStatus::Faulty) => "OUTOFORDER",
            Some(ConnectorStatus::Offline | ConnectorStatus::Unknown(_)) | None => "UNKNOWN",
        },
    }
}

/// A place with its charging points.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Location {
    /// Two letters.
    pub country_code: &'static str,
    /// Three characters for the party; ours.
    pub party_id: &'static str,
    /// At most 36 characters.
    pub id: String,
    /// Whether others may publish it.
    pub publish: bool,
    /// The name.
    pub name: String,
    /// Street and number.
    pub address: String,
    /// The city, or the county in it.
    pub city: String,
    /// ISO 3166-1 alpha-3.
    pub country: &'static str,
    /// WGS 84.
    pub coordinates: GeoLocation,
    /// The charging points.
    pub evses: Vec<Evse>,
    /// Who runs it.
    pub operator: BusinessDetails,
    /// IANA.
    pub time_zone: &'static str,
    /// Only said where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opening_times: Option<Hours>,
    /// RFC 3339, UTC.
    pub last_updated: String,
}

/// Degrees as text, WGS 84.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GeoLocation {
    /// Latitude.
    pub latitude: String,
    /// Longitude.
    pub longitude: String,
}

impl GeoLocation {
    /// From millionths of a degree.
    pub fn of_millionths(lat: i32, lng: i32) -> Self {
        let text = |at: i32| {
            let sign = if at < 0 { "-" } else { "" };
            format!("{sign}{}.{:06}", at.unsigned_abs() / 1_000_000, at.unsigned_abs() % 1_000_000)
        };
        Self { latitude: text(lat), longitude: text(lng) }
    }
}

/// Who runs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BusinessDetails {
    /// The name.
    pub name: String,
}

/// When it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Hours {
    /// Round the clock.
    pub twentyfourseven: bool,
}

/// A charging point: with us, each connector is one, because each is free or not on its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evse {
    /// At most 36 characters.
    pub uid: String,
    /// See [`evse_status`].
    pub status: &'static str,
    /// Exactly one.
    pub connectors: Vec<Plug>,
    /// The number of the parking space; may be missing.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub physical_reference: String,
    /// RFC 3339, UTC: when the status was last heard of.
    pub last_updated: String,
}

/// The connector itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plug {
    /// At most 36 characters.
    pub id: String,
    /// The standard.
    pub standard: &'static str,
    /// Plug, cable or socket.
    pub format: &'static str,
    /// AC or DC.
    pub power_type: &'static str,
    /// Volts.
    pub max_voltage: i32,
    /// Amperes.
    pub max_amperage: i32,
    /// Watts; missing where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_electric_power: Option<i64>,
    /// RFC 3339, UTC.
    pub last_updated: String,
}

/// Standard, format and sort of current of a connector (GB/T 20234.2 and .3).
pub fn plug_of(kind: ConnectorKind, fast: bool) -> (&'static str, &'static str, &'static str) {
    match kind {
        ConnectorKind::DirectGun => ("GBT_DC", "CABLE", "DC"),
        ConnectorKind::AlternatingPlug => ("GBT_AC", "CABLE", "AC_1_PHASE"),
        ConnectorKind::HouseholdSocket => ("DOMESTIC_I", "SOCKET", "AC_1_PHASE"),
        _ if fast => ("GBT_DC", "CABLE", "DC"),
        _ => ("GBT_AC", "SOCKET", "AC_1_PHASE"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_its_word() {
        let open = |code| evse_status(StationState::Open, Some(ConnectorStatus::of(code)));
        assert_eq!(
            [0, 1, 2, 3, 4, 255, 21_501].map(open),
            ["UNKNOWN", "AVAILABLE", "BLOCKED", "CHARGING", "RESERVED", "OUTOFORDER", "UNKNOWN"]
        );
        let free = Some(ConnectorStatus::Free);
        assert_eq!(
            [1, 5, 6, 50, 0, 77].map(|code| evse_status(StationState::of(code), free)),
            ["PLANNED", "REMOVED", "INOPERATIVE", "AVAILABLE", "AVAILABLE", "AVAILABLE"]
        );
        assert_eq!(evse_status(StationState::Open, None), "UNKNOWN", "too old");
    }

    #[test]
    fn degrees_are_exact() {
        let at = GeoLocation::of_millionths(29_868_336, -1_544_108);
        assert_eq!((at.latitude.as_str(), at.longitude.as_str()), ("29.868336", "-1.544108"));
    }
}
