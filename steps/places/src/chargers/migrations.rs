//! The tables of chargers.

use ::store::migrations::Statements;
use sea_orm_migration::MigrationTrait;

/// The migrations, in order.
pub fn list() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(CHARGERS), Box::new(RURAL_MARKS)]
}

const CHARGERS: Statements = Statements {
    name: "2026_11_28_places_chargers",
    run: &[
        "CREATE TABLE charging_operators (
            id {id} NOT NULL PRIMARY KEY,
            code TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            region BIGINT NOT NULL,
            address TEXT NOT NULL,
            own_code TEXT NOT NULL,
            keys_in TEXT NOT NULL,
            keys_out TEXT NOT NULL,
            demo BOOLEAN NOT NULL,
            made_ms BIGINT NOT NULL,
            made_by TEXT NOT NULL,
            suspended_ms BIGINT,
            version INTEGER NOT NULL,
            token TEXT,
            token_until_ms BIGINT,
            heard_ms BIGINT,
            skew_seconds BIGINT,
            skew_ms BIGINT
        )",
        "CREATE TABLE charging_tokens (
            hash TEXT NOT NULL PRIMARY KEY,
            operator_id {id} NOT NULL REFERENCES charging_operators (id),
            until_ms BIGINT NOT NULL
        )",
        "CREATE INDEX charging_tokens_until ON charging_tokens (until_ms)",
        "CREATE TABLE charging_calls (
            operator_id {id} NOT NULL REFERENCES charging_operators (id),
            stamp TEXT NOT NULL,
            seq TEXT NOT NULL,
            at_ms BIGINT NOT NULL,
            PRIMARY KEY (operator_id, stamp, seq)
        )",
        "CREATE INDEX charging_calls_at ON charging_calls (at_ms)",
        "CREATE TABLE charging_polls (
            operator_id {id} NOT NULL REFERENCES charging_operators (id),
            kind TEXT NOT NULL,
            due_ms BIGINT NOT NULL,
            claimed_until_ms BIGINT,
            claimed_by {id},
            failures INTEGER NOT NULL,
            tried_ms BIGINT,
            ok_ms BIGINT,
            trouble TEXT NOT NULL,
            cursor TEXT NOT NULL,
            PRIMARY KEY (operator_id, kind)
        )",
        "CREATE INDEX charging_polls_due ON charging_polls (due_ms)",
        "CREATE TABLE charging_stations (
            id {id} NOT NULL PRIMARY KEY,
            operator_id {id} NOT NULL REFERENCES charging_operators (id),
            number TEXT NOT NULL,
            name TEXT NOT NULL,
            search TEXT NOT NULL,
            region BIGINT NOT NULL,
            area TEXT NOT NULL,
            address TEXT NOT NULL,
            tel TEXT NOT NULL,
            service_tel TEXT NOT NULL,
            kind INTEGER NOT NULL,
            state INTEGER NOT NULL,
            parks INTEGER NOT NULL,
            lng_given INTEGER,
            lat_given INTEGER,
            lng INTEGER,
            lat INTEGER,
            band INTEGER,
            guide TEXT NOT NULL,
            construction INTEGER NOT NULL,
            hours TEXT NOT NULL,
            electricity_fee TEXT NOT NULL,
            service_fee TEXT NOT NULL,
            park_fee TEXT NOT NULL,
            payment TEXT NOT NULL,
            remark TEXT NOT NULL,
            rural BOOLEAN,
            gone_ms BIGINT,
            UNIQUE (operator_id, number)
        )",
        "CREATE INDEX charging_stations_band ON charging_stations (band, lng)",
        "CREATE INDEX charging_stations_region ON charging_stations (region)",
        "CREATE TABLE charging_devices (
            station_id {id} NOT NULL REFERENCES charging_stations (id),
            number TEXT NOT NULL,
            name TEXT NOT NULL,
            maker TEXT NOT NULL,
            model TEXT NOT NULL,
            kind INTEGER NOT NULL,
            power INTEGER NOT NULL,
            PRIMARY KEY (station_id, number)
        )",
        "CREATE TABLE charging_connectors (
            id {id} NOT NULL PRIMARY KEY,
            operator_id {id} NOT NULL REFERENCES charging_operators (id),
            station_id {id} NOT NULL REFERENCES charging_stations (id),
            device TEXT NOT NULL,
            number TEXT NOT NULL,
            name TEXT NOT NULL,
            kind INTEGER NOT NULL,
            fast BOOLEAN NOT NULL,
            power INTEGER NOT NULL,
            volts INTEGER NOT NULL,
            amperes INTEGER NOT NULL,
            park TEXT NOT NULL,
            standard INTEGER NOT NULL,
            gone_ms BIGINT,
            UNIQUE (operator_id, number)
        )",
        "CREATE INDEX charging_connectors_station ON charging_connectors (station_id)",
        "CREATE TABLE charging_states (
            connector_id {id} NOT NULL PRIMARY KEY REFERENCES charging_connectors (id),
            status INTEGER NOT NULL,
            park INTEGER NOT NULL,
            lock_state INTEGER NOT NULL,
            since_ms BIGINT NOT NULL,
            seen_ms BIGINT NOT NULL
        )",
        "CREATE INDEX charging_states_seen ON charging_states (seen_ms)",
        "CREATE TABLE charging_changes (
            connector_id {id} NOT NULL REFERENCES charging_connectors (id),
            at_ms BIGINT NOT NULL,
            status INTEGER NOT NULL,
            PRIMARY KEY (connector_id, at_ms)
        )",
        "CREATE TABLE charging_energy (
            connector_id {id} NOT NULL REFERENCES charging_connectors (id),
            day DATE NOT NULL,
            tenths BIGINT NOT NULL,
            PRIMARY KEY (connector_id, day)
        )",
        "CREATE TABLE charging_ratings (
            id {id} NOT NULL PRIMARY KEY,
            scheme TEXT NOT NULL,
            scheme_version INTEGER NOT NULL,
            region BIGINT NOT NULL,
            subject TEXT NOT NULL,
            from_ms BIGINT NOT NULL,
            to_ms BIGINT NOT NULL,
            made_ms BIGINT NOT NULL,
            made_by TEXT NOT NULL,
            inputs TEXT NOT NULL,
            results TEXT NOT NULL
        )",
    ],
};

/// What offices say of stations, beside what operators say.
const RURAL_MARKS: Statements = Statements {
    name: "2026_11_28_places_charging_rural_marks",
    run: &["CREATE TABLE charging_rural_marks (
            station_id {id} NOT NULL REFERENCES charging_stations (id),
            version INTEGER NOT NULL,
            rural BOOLEAN,
            at_ms BIGINT NOT NULL,
            account_id {id},
            by_name TEXT NOT NULL,
            PRIMARY KEY (station_id, version)
        )"],
};
