//! The tables of chargers, as entities.

use ::store::table;

table! {
    /// Charging operators that are connected.
    operators, "charging_operators", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// `OperatorID`: nine characters.
        pub code: String,
        /// The name.
        pub name: String,
        /// Whose office keeps it.
        pub region: i64,
        /// Where it is called, such as `https://host/evcs/v20160701/`; empty where it only notifies.
        pub address: String,
        /// The `OperatorID` under which it knows us.
        pub own_code: String,
        /// Sealed: the keys with which it calls us.
        pub keys_in: String,
        /// Sealed: the keys with which we call it; empty where it only notifies.
        pub keys_out: String,
        /// Made up for demonstration.
        pub demo: bool,
        /// When it was registered.
        pub made_ms: i64,
        /// By whom.
        pub made_by: String,
        /// Since when nothing is taken from it.
        pub suspended_ms: Option<i64>,
        /// Counts changes; guards against two at once.
        pub version: i32,
        /// Sealed: the token that it gave us.
        pub token: Option<String>,
        /// Until when that token holds.
        pub token_until_ms: Option<i64>,
        /// When it last notified.
        pub heard_ms: Option<i64>,
        /// By how much its clock was ahead when a call was refused for it.
        pub skew_seconds: Option<i64>,
        /// When that was.
        pub skew_ms: Option<i64>,
    }
}

table! {
    /// What is asked of an operator again and again, and how that went.
    polls, "charging_polls", {
        /// The operator.
        #[sea_orm(primary_key, auto_increment = false)]
        pub operator_id: Uuid,
        /// A [`super::rules::PollKind`].
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: String,
        /// When it is next asked.
        pub due_ms: i64,
        /// Until when a copy of the server is at it.
        pub claimed_until_ms: Option<i64>,
        /// Which.
        pub claimed_by: Option<Uuid>,
        /// Tries that failed in a row.
        pub failures: i32,
        /// When it was last tried.
        pub tried_ms: Option<i64>,
        /// When it last went well.
        pub ok_ms: Option<i64>,
        /// Why the last try failed, or what could not be read.
        pub trouble: String,
        /// Where to go on.
        pub cursor: String,
    }
}

table! {
    /// Stations, as their operators describe them.
    stations, "charging_stations", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The operator.
        pub operator_id: Uuid,
        /// `StationID`.
        pub number: String,
        /// The name.
        pub name: String,
        /// Name and address, normalised for searching.
        pub search: String,
        /// The division.
        pub region: i64,
        /// `AreaCode` as sent.
        pub area: String,
        /// The address.
        pub address: String,
        /// Telephone.
        pub tel: String,
        /// Telephone of the operator.
        pub service_tel: String,
        /// `StationType`.
        pub kind: i32,
        /// `StationStatus`.
        pub state: i32,
        /// Parking spaces; 0 unknown.
        pub parks: i32,
        /// Longitude as sent (GCJ-02), in millionths of a degree.
        pub lng_given: Option<i32>,
        /// Latitude as sent (GCJ-02), in millionths of a degree.
        pub lat_given: Option<i32>,
        /// Longitude, WGS 84, in millionths of a degree.
        pub lng: Option<i32>,
        /// Latitude, WGS 84, in millionths of a degree.
        pub lat: Option<i32>,
        /// The band of latitude that it lies in.
        pub band: Option<i32>,
        /// How to find it.
        pub guide: String,
        /// Where it stands.
        pub construction: i32,
        /// When it is open, in words.
        pub hours: String,
        /// Price of electricity, in words.
        pub electricity_fee: String,
        /// Price of the service, in words.
        pub service_fee: String,
        /// Price of parking, in words.
        pub park_fee: String,
        /// How one pays.
        pub payment: String,
        /// Anything else.
        pub remark: String,
        /// Whether it lies in the countryside, as an office marked it, else by the code of its town; none where neither tells.
        pub rural: Option<bool>,
        /// When the operator no longer listed it.
        pub gone_ms: Option<i64>,
    }
}

table! {
    /// What offices said of stations: rural or not. The latest counts; nothing is overwritten.
    marks, "charging_rural_marks", {
        /// The station.
        #[sea_orm(primary_key, auto_increment = false)]
        pub station_id: Uuid,
        /// Which, from 1.
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: i32,
        /// Whether it is rural; none leaves it to the code of its town again.
        pub rural: Option<bool>,
        /// When.
        pub at_ms: i64,
        /// Who.
        pub account_id: Option<Uuid>,
        /// The name on screens of who marked it.
        pub by_name: String,
    }
}

table! {
    /// Charging devices of stations.
    devices, "charging_devices", {
        /// The station.
        #[sea_orm(primary_key, auto_increment = false)]
        pub station_id: Uuid,
        /// `EquipmentID`.
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: String,
        /// The name.
        pub name: String,
        /// Who made it.
        pub maker: String,
        /// Its model.
        pub model: String,
        /// `EquipmentType`.
        pub kind: i32,
        /// Tenths of a kilowatt; 0 unknown.
        pub power: i32,
    }
}

table! {
    /// What cars are plugged into.
    connectors, "charging_connectors", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The operator.
        pub operator_id: Uuid,
        /// The station.
        pub station_id: Uuid,
        /// `EquipmentID`.
        pub device: String,
        /// `ConnectorID`.
        pub number: String,
        /// The name.
        pub name: String,
        /// `ConnectorType`.
        pub kind: i32,
        /// 快充.
        pub fast: bool,
        /// Tenths of a kilowatt; 0 unknown.
        pub power: i32,
        /// Highest voltage.
        pub volts: i32,
        /// Current.
        pub amperes: i32,
        /// Number of its parking space.
        pub park: String,
        /// 1 the plug of 2011, 2 that of 2015.
        pub standard: i32,
        /// When the operator no longer listed it.
        pub gone_ms: Option<i64>,
    }
}

table! {
    /// How connectors stand now.
    states, "charging_states", {
        /// The connector.
        #[sea_orm(primary_key, auto_increment = false)]
        pub connector_id: Uuid,
        /// `Status`; −2 for no news.
        pub status: i32,
        /// `ParkStatus`; −1 unknown.
        pub park: i32,
        /// `LockStatus`; −1 unknown.
        pub lock_state: i32,
        /// Since when it stands so.
        pub since_ms: i64,
        /// When that was last heard.
        pub seen_ms: i64,
    }
}

table! {
    /// How connectors stood: each row holds until the next.
    changes, "charging_changes", {
        /// The connector.
        #[sea_orm(primary_key, auto_increment = false)]
        pub connector_id: Uuid,
        /// From when.
        #[sea_orm(primary_key, auto_increment = false)]
        pub at_ms: i64,
        /// `Status`; −2 for no news.
        pub status: i32,
    }
}

table! {
    /// Electricity that connectors gave.
    energy, "charging_energy", {
        /// The connector.
        #[sea_orm(primary_key, auto_increment = false)]
        pub connector_id: Uuid,
        /// The day.
        #[sea_orm(primary_key, auto_increment = false)]
        pub day: Date,
        /// Tenths of a kilowatt-hour.
        pub tenths: i64,
    }
}

table! {
    /// Ratings that were made, with what went into them.
    ratings, "charging_ratings", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The scheme.
        pub scheme: String,
        /// Its version.
        pub scheme_version: i32,
        /// Over which place.
        pub region: i64,
        /// `operator` or `region`.
        pub subject: String,
        /// The first moment.
        pub from_ms: i64,
        /// The moment after the last.
        pub to_ms: i64,
        /// When.
        pub made_ms: i64,
        /// By whom.
        pub made_by: String,
        /// What was measured of each, as JSON.
        pub inputs: String,
        /// Scores and ranks, as JSON.
        pub results: String,
    }
}
