//! Stations with their devices and connectors, as operators list them.

use std::collections::{HashMap, HashSet};

use ::store::audit::Event;
use ::store::bulk::{self, Target};
use ::store::search::normalise;
use ::store::{Actor, Result, Store, Tx};
use evcs::Station;
use kernel::RegionCode;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect};
use serde_json::json;

use super::rural;
use crate::chargers::rules::{self, Point};
use crate::chargers::tables::operators::Model as Operator;
use crate::chargers::tables::{connectors, devices, stations};

/// Stations in one write.
const AT_ONCE: usize = 200;

/// Keys in one query.
const KEYS_AT_ONCE: usize = 1_000;

/// What a list changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// Stations that are new or changed, with their devices or connectors.
    pub stations: usize,
    /// Connectors that are new or changed.
    pub connectors: usize,
    /// Stations that are no longer listed.
    pub gone: usize,
}

/// Takes a list of stations of one operator; what did not change is not written. With `whole`, whatever is not in the list
/// is gone from now on. Long lists are written in parts, each an audited write of its own, so that others can write between.
pub async fn take(store: &Store, operator: &Operator, listed: &[Station], whole: bool) -> Result<Listed> {
    let actor = Actor::operator("chargers");
    let mut done = Listed::default();
    for part in listed.chunks(AT_ONCE) {
        let mut tx = store.begin(&actor).await?;
        let changed = take_part(&tx, operator, part).await?;
        if changed == Listed::default() {
            tx.abandon().await?;
            continue;
        }
        let detail = json!({ "stations": changed.stations, "connectors": changed.connectors });
        tx.record(Event::new("charging_stations.listed", "charging_operator", operator.id, detail)).await?;
        tx.commit().await?;
        done.stations += changed.stations;
        done.connectors += changed.connectors;
    }
    if whole {
        done.gone = retire(store, &actor, operator, listed).await?;
    }
    Ok(done)
}

async fn take_part(tx: &Tx, operator: &Operator, part: &[Station]) -> Result<Listed> {
    let on = tx.on();
    let numbers: Vec<&str> = part.iter().map(|station| station.id.as_str()).collect();
    let standing = stations::Entity::find()
        .filter(stations::Column::OperatorId.eq(operator.id))
        .filter(stations::Column::Number.is_in(numbers))
        .order_by_asc(stations::Column::Id)
        // An office may be marking one of them as rural just now.
        .lock_exclusive()
        .all(on)
        .await?;
    let standing: HashMap<String, stations::Model> =
        standing.into_iter().map(|row| (row.number.clone(), row)).collect();
    let keys: Vec<Uuid> = standing.values().map(|row| row.id).collect();
    let old_devices: HashMap<(Uuid, String), devices::Model> = devices::Entity::find()
        .filter(devices::Column::StationId.is_in(keys.iter().copied()))
        .all(on)
        .await?
        .into_iter()
        .map(|row| ((row.station_id, row.number.clone()), row))
        .collect();
    let numbers: Vec<&str> =
        part.iter().flat_map(Station::connectors).map(|(_, connector)| connector.id.as_str()).collect();
    let mut old = HashMap::<String, connectors::Model>::new();
    for chunk in numbers.chunks(KEYS_AT_ONCE) {
        let rows = connectors::Entity::find()
            .filter(connectors::Column::OperatorId.eq(operator.id))
            .filter(connectors::Column::Number.is_in(chunk.iter().copied()));
        old.extend(rows.all(on).await?.into_iter().map(|row| (row.number.clone(), row)));
    }
    let mut of_stations = of_stations(on, &keys).await?;
    let marks = rural::latest(on, &keys).await?;

    let (mut new_stations, mut new_devices, mut new_connectors) = (Vec::new(), Vec::new(), Vec::new());
    let (mut seen_stations, mut seen_connectors, mut touched) = (HashSet::new(), HashSet::new(), HashSet::new());
    let mut gone = Vec::new();
    for station in part {
        // A station that is listed twice counts as it was first.
        if !seen_stations.insert(station.id.as_str()) {
            continue;
        }
        let before = standing.get(&station.id);
        let id = before.map_or_else(Uuid::now_v7, |row| row.id);
        let marked = marks.get(&id).and_then(|mark| mark.rural);
        let row = station_row(operator, station, id, marked);
        if before != Some(&row) {
            touched.insert(id);
            new_stations.push(row);
        }
        let mut devices_here = HashSet::new();
        for device in &station.equipment {
            let row = devices::Model {
                station_id: id,
                number: device.id.clone(),
                name: device.name.clone(),
                maker: device.maker.clone(),
                model: device.model.clone(),
                kind: device.kind.code(),
                power: device.power,
            };
            if devices_here.insert(device.id.as_str()) && old_devices.get(&(id, device.id.clone())) != Some(&row) {
                touched.insert(id);
                new_devices.push(row);
            }
        }
        for (device, connector) in station.connectors() {
            if !seen_connectors.insert(connector.id.as_str()) {
                continue;
            }
            let before = old.get(&connector.id);
            let row = connectors::Model {
                id: before.map_or_else(Uuid::now_v7, |row| row.id),
                operator_id: operator.id,
                station_id: id,
                device: device.id.clone(),
                number: connector.id.clone(),
                name: connector.name.clone(),
                kind: connector.kind.code(),
                fast: connector.is_fast(device),
                power: connector.power_with(device),
                volts: connector.volts_most,
                amperes: connector.amperes,
                park: connector.park.clone(),
                standard: connector.standard,
                gone_ms: None,
            };
            if before != Some(&row) {
                touched.insert(id);
                new_connectors.push(row);
            }
        }
        let left = of_stations.remove(&id).unwrap_or_default().into_iter();
        gone.extend(left.filter(|(_, number)| !seen_connectors.contains(number.as_str())).map(|(key, _)| key));
    }
    let connectors = new_connectors.len() + gone.len();
    write(tx, new_stations, new_devices, new_connectors).await?;
    connectors_gone(tx, &gone).await?;
    Ok(Listed { stations: touched.len(), connectors, gone: 0 })
}

/// Key and number of the connectors that these stations have now.
async fn of_stations<C: ConnectionTrait>(on: &C, stations: &[Uuid]) -> Result<HashMap<Uuid, Vec<(Uuid, String)>>> {
    let rows: Vec<(Uuid, Uuid, String)> = connectors::Entity::find()
        .select_only()
        .columns([connectors::Column::StationId, connectors::Column::Id, connectors::Column::Number])
        .filter(connectors::Column::StationId.is_in(stations.iter().copied()))
        .filter(connectors::Column::GoneMs.is_null())
        .into_tuple()
        .all(on)
        .await?;
    let mut of = HashMap::<Uuid, Vec<(Uuid, String)>>::new();
    for (station, id, number) in rows {
        of.entry(station).or_default().push((id, number));
    }
    Ok(of)
}

/// `marked` is what an office said of its being rural.
fn station_row(operator: &Operator, station: &Station, id: Uuid, marked: Option<bool>) -> stations::Model {
    let fallback = RegionCode::from_stored(operator.region).expect("operators are registered with a valid code");
    let region = rules::region_of(&station.area, fallback);
    let given = station.lat.zip(station.lng).map(|(lat, lng)| Point { lat, lng });
    let at = given.map(Point::from_gcj02);
    stations::Model {
        id,
        operator_id: operator.id,
        number: station.id.clone(),
        name: station.name.clone(),
        search: normalise(&format!("{} {}", station.name, station.address)),
        region: region.stored(),
        area: station.area.clone(),
        address: station.address.clone(),
        tel: station.tel.clone(),
        service_tel: station.service_tel.clone(),
        kind: station.kind,
        state: station.state.code(),
        parks: station.parks,
        lng_given: given.map(|at| at.lng),
        lat_given: given.map(|at| at.lat),
        lng: at.map(|at| at.lng),
        lat: at.map(|at| at.lat),
        band: at.map(|at| rules::band(at.lat)),
        guide: station.guide.clone(),
        construction: station.construction,
        hours: station.hours.clone(),
        electricity_fee: station.electricity_fee.clone(),
        service_fee: station.service_fee.clone(),
        park_fee: station.park_fee.clone(),
        payment: station.payment.clone(),
        remark: station.remark.clone(),
        rural: marked.or_else(|| rules::is_rural(region)),
        gone_ms: None,
    }
}

/// Columns of stations in the order of [`write`].
const STATION_COLUMNS: &[&str] = &[
    "id",
    "operator_id",
    "number",
    "name",
    "search",
    "region",
    "area",
    "address",
    "tel",
    "service_tel",
    "kind",
    "state",
    "parks",
    "lng_given",
    "lat_given",
    "lng",
    "lat",
    "band",
    "guide",
    "construction",
    "hours",
    "electricity_fee",
    "service_fee",
    "park_fee",
    "payment",
    "remark",
    "rural",
    "gone_ms",
];
const DEVICE_COLUMNS: &[&str] = &["station_id", "number", "name", "maker", "model", "kind", "power"];
const CONNECTOR_COLUMNS: &[&str] = &[
    "id",
    "operator_id",
    "station_id",
    "device",
    "number",
    "name",
    "kind",
    "fast",
    "power",
    "volts",
    "amperes",
    "park",
    "standard",
    "gone_ms",
];

/// `ON CONFLICT` that takes the new values of all columns but the first `keys`.
fn replacing(key: &str, columns: &[&str], keys: usize) -> String {
    let set: Vec<String> = columns[keys..].iter().map(|column| format!("{column} = excluded.{column}")).collect();
    format!("ON CONFLICT ({key}) DO UPDATE SET {}", set.join(", "))
}

async fn write(
    tx: &Tx,
    stations: Vec<stations::Model>,
    devices: Vec<devices::Model>,
    connectors: Vec<connectors::Model>,
) -> Result<()> {
    let suffix = replacing("id", STATION_COLUMNS, 3);
    let target = Target { table: "charging_stations", columns: STATION_COLUMNS, suffix: &suffix };
    let rows = stations.into_iter().map(|row| {
        vec![
            row.id.into(),
            row.operator_id.into(),
            row.number.into(),
            row.name.into(),
            row.search.into(),
            row.region.into(),
            row.area.into(),
            row.address.into(),
            row.tel.into(),
            row.service_tel.into(),
            row.kind.into(),
            row.state.into(),
            row.parks.into(),
            row.lng_given.into(),
            row.lat_given.into(),
            row.lng.into(),
            row.lat.into(),
            row.band.into(),
            row.guide.into(),
            row.construction.into(),
            row.hours.into(),
            row.electricity_fee.into(),
            row.service_fee.into(),
            row.park_fee.into(),
            row.payment.into(),
            row.remark.into(),
            row.rural.into(),
            row.gone_ms.into(),
        ]
    });
    bulk::insert(tx.on(), target, rows).await?;
    let suffix = replacing("station_id, number", DEVICE_COLUMNS, 2);
    let target = Target { table: "charging_devices", columns: DEVICE_COLUMNS, suffix: &suffix };
    let rows = devices.into_iter().map(|row| {
        vec![
            row.station_id.into(),
            row.number.into(),
            row.name.into(),
            row.maker.into(),
            row.model.into(),
            row.kind.into(),
            row.power.into(),
        ]
    });
    bulk::insert(tx.on(), target, rows).await?;
    let suffix = replacing("id", CONNECTOR_COLUMNS, 2);
    let target = Target { table: "charging_connectors", columns: CONNECTOR_COLUMNS, suffix: &suffix };
    let rows = connectors.into_iter().map(|row| {
        vec![
            row.id.into(),
            row.operator_id.into(),
            row.station_id.into(),
            row.device.into(),
            row.number.into(),
            row.name.into(),
            row.kind.into(),
            row.fast.into(),
            row.power.into(),
            row.volts.into(),
            row.amperes.into(),
            row.park.into(),
            row.standard.into(),
            row.gone_ms.into(),
        ]
    });
    bulk::insert(tx.on(), target, rows).await
}

async fn connectors_gone(tx: &Tx, keys: &[Uuid]) -> Result<()> {
    for chunk in keys.chunks(KEYS_AT_ONCE) {
        connectors::Entity::update_many()
            .col_expr(connectors::Column::GoneMs, Expr::value(Some(tx.at_ms())))
            .filter(connectors::Column::Id.is_in(chunk.iter().copied()))
            .exec(tx.on())
            .await?;
    }
    Ok(())
}

/// Marks what is no longer listed, with its connectors.
async fn retire(store: &Store, actor: &Actor, operator: &Operator, listed: &[Station]) -> Result<usize> {
    let here: HashSet<&str> = listed.iter().map(|station| station.id.as_str()).collect();
    let mut tx = store.begin(actor).await?;
    let gone: Vec<Uuid> = numbers(tx.on(), operator.id)
        .await?
        .into_iter()
        .filter_map(|(id, number)| (!here.contains(number.as_str())).then_some(id))
        .collect();
    if gone.is_empty() {
        tx.abandon().await?;
        return Ok(0);
    }
    for chunk in gone.chunks(KEYS_AT_ONCE) {
        let now = Expr::value(Some(tx.at_ms()));
        stations::Entity::update_many()
            .col_expr(stations::Column::GoneMs, now.clone())
            .filter(stations::Column::Id.is_in(chunk.iter().copied()))
            .exec(tx.on())
            .await?;
        connectors::Entity::update_many()
            .col_expr(connectors::Column::GoneMs, now)
            .filter(connectors::Column::StationId.is_in(chunk.iter().copied()))
            .filter(connectors::Column::GoneMs.is_null())
            .exec(tx.on())
            .await?;
    }
    let detail = json!({ "stations": gone.len() });
    tx.record(Event::new("charging_stations.gone", "charging_operator", operator.id, detail)).await?;
    tx.commit().await?;
    Ok(gone.len())
}

/// Key and number of the stations that an operator lists now, by number.
pub(crate) async fn numbers<C: ConnectionTrait>(on: &C, operator: Uuid) -> Result<Vec<(Uuid, String)>> {
    Ok(stations::Entity::find()
        .select_only()
        .columns([stations::Column::Id, stations::Column::Number])
        .filter(stations::Column::OperatorId.eq(operator))
        .filter(stations::Column::GoneMs.is_null())
        .order_by_asc(stations::Column::Number)
        .into_tuple()
        .all(on)
        .await?)
}

/// Keeps what connectors of an operator gave on a day.
pub(crate) async fn keep_energy(
    store: &Store,
    operator: Uuid,
    day: chrono::NaiveDate,
    given: &[(String, i64)],
) -> Result<()> {
    let mut keys = HashMap::<String, Uuid>::new();
    let numbers: Vec<&str> = given.iter().map(|(number, _)| number.as_str()).collect();
    for chunk in numbers.chunks(KEYS_AT_ONCE) {
        let rows: Vec<(String, Uuid)> = connectors::Entity::find()
            .select_only()
            .columns([connectors::Column::Number, connectors::Column::Id])
            .filter(connectors::Column::OperatorId.eq(operator))
            .filter(connectors::Column::Number.is_in(chunk.iter().copied()))
            .into_tuple()
            .all(store.reader())
            .await?;
        keys.extend(rows);
    }
    let target = Target {
        table: "charging_energy",
        columns: &["connector_id", "day", "tenths"],
        suffix: "ON CONFLICT (connector_id, day) DO UPDATE SET tenths = excluded.tenths",
    };
    let by_key: HashMap<Uuid, i64> =
        given.iter().filter_map(|(number, tenths)| Some((*keys.get(number)?, *tenths))).collect();
    let rows = by_key.into_iter().map(|(id, tenths)| vec![id.into(), day.into(), tenths.into()]);
    bulk::insert(store.for_upkeep(), target, rows).await
}
