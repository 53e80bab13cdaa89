//! The open feed in the words of OCPI 2.2.1: `/ocpi/2.2.1/locations`, paged by `offset` and `limit`.
//!
//! Read-only and open to everybody, so no token is asked for; answers carry `X-Total-Count`, `X-Limit` and `Link` as the
//! specification has them.

use axum::extract::State as Shared;
use axum::http::header::LINK;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, SecondsFormat};
use evcs::ocpi::{self, BusinessDetails, Evse, GeoLocation, Hours, Location, Plug};
use evcs::{ConnectorKind, ConnectorStatus, StationState};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::{Access, App, Path, Query, Result, Route, Step};

use super::shown::Seen;
use super::store::listing::{self, Live};
use super::uncached;

const ROUTES: &[Route] =
    &[Route::get("/ocpi/2.2.1/locations", Access::Public), Route::get("/ocpi/2.2.1/locations/{id}", Access::Public)];

/// Locations in an answer when nothing is said, and the most.
const USUAL: u64 = 50;
const MOST: u64 = 200;

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router =
        OpenApiRouter::new().route("/ocpi/2.2.1/locations", get(list)).route("/ocpi/2.2.1/locations/{id}", get(show));
    Step { router, routes: ROUTES }
}

#[derive(Deserialize)]
struct Paged {
    offset: Option<u64>,
    limit: Option<u64>,
}

/// RFC 3339 in UTC.
fn time(ms: i64) -> String {
    DateTime::from_timestamp_millis(ms).map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)).unwrap_or_default()
}

/// The envelope of OCPI: 1000 is success, 2003 an unknown location.
fn envelope(code: u32, message: &str, data: &Value, now_ms: i64) -> Value {
    let mut whole = json!({ "status_code": code, "status_message": message, "timestamp": time(now_ms) });
    if !data.is_null() {
        whole["data"] = data.clone();
    }
    whole
}

async fn list(Shared(app): Shared<App>, Query(paged): Query<Paged>) -> Result<Response> {
    let on = app.store.reader();
    let now_ms = app.store.clock().now_ms();
    let (offset, limit) =
        (paged.offset.unwrap_or(0).min(i64::MAX.cast_unsigned()), paged.limit.unwrap_or(USUAL).clamp(1, MOST));
    let (rows, total) = listing::slice(on, offset, limit).await?;
    let goes_on = offset.saturating_add(rows.len() as u64) < total;
    let keys: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut live = listing::live(on, &keys).await?;
    let seen = Seen::of(on, rows.into_iter().map(|row| (row, None)).collect(), now_ms).await?;
    let locations: Vec<Location> =
        seen.iter().filter_map(|one| location(one, live.remove(&one.station.id).unwrap_or_default())).collect();
    let data = serde_json::to_value(locations).map_err(web::Error::fault)?;
    let mut headers = HeaderMap::new();
    headers.insert(HeaderName::from_static("x-total-count"), total.into());
    headers.insert(HeaderName::from_static("x-limit"), limit.into());
    if goes_on {
        let next = format!("</ocpi/2.2.1/locations?offset={}&limit={limit}>; rel=\"next\"", offset + limit);
        headers.insert(LINK, HeaderValue::from_str(&next).map_err(web::Error::fault)?);
    }
    Ok(uncached((headers, axum::Json(envelope(1_000, "Success", &data, now_ms))).into_response()))
}

async fn show(Shared(app): Shared<App>, Path(id): Path<String>) -> Result<Response> {
    let on = app.store.reader();
    let now_ms = app.store.clock().now_ms();
    let found = match id.parse::<Uuid>() {
        Ok(id) => Seen::all(on, &[(id, None)], now_ms).await?.into_iter().next(),
        Err(_) => None,
    };
    let whole = match found {
        Some(seen) => {
            let live = listing::live(on, &[seen.station.id]).await?.remove(&seen.station.id).unwrap_or_default();
            location(&seen, live)
        }
        None => None,
    };
    let answer = match whole {
        Some(location) => {
            let data = serde_json::to_value(location).map_err(web::Error::fault)?;
            axum::Json(envelope(1_000, "Success", &data, now_ms)).into_response()
        }
        None => {
            let body = envelope(2_003, "Unknown Location", &Value::Null, now_ms);
            (axum::http::StatusCode::NOT_FOUND, axum::Json(body)).into_response()
        }
    };
    Ok(uncached(answer))
}

/// A station as a location; none without a position, which OCPI requires.
fn location(seen: &Seen, live: Vec<Live>) -> Option<Location> {
    let point = seen.point()?;
    let station = &seen.station;
    let state = StationState::of(station.state);
    let evses: Vec<Evse> = live
        .into_iter()
        .map(|(row, heard)| {
            let status = heard.as_ref().map(|heard| ConnectorStatus::of(heard.status));
            let at = time(heard.as_ref().map_or(0, |heard| heard.seen_ms));
            let (standard, format, power_type) = ocpi::plug_of(ConnectorKind::of(row.kind), row.fast);
            Evse {
                uid: row.id.to_string(),
                status: ocpi::evse_status(state, status),
                connectors: vec![Plug {
                    id: "1".to_owned(),
                    standard,
                    format,
                    power_type,
                    max_voltage: row.volts,
                    max_amperage: row.amperes,
                    max_electric_power: (row.power > 0).then(|| i64::from(row.power) * 100),
                    last_updated: at.clone(),
                }],
                physical_reference: row.park.chars().take(16).collect(),
                last_updated: at,
            }
        })
        .collect();
    let heard = evses.iter().map(|evse| evse.last_updated.as_str()).max().unwrap_or_default().to_owned();
    Some(Location {
        country_code: "CN",
        party_id: "MSS",
        id: station.id.to_string(),
        publish: true,
        name: station.name.clone(),
        address: station.address.chars().take(45).collect(),
        city: seen.place.chars().take(45).collect(),
        country: "CHN",
        coordinates: GeoLocation::of_millionths(point.lat, point.lng),
        evses,
        operator: BusinessDetails { name: seen.operator.name.clone() },
        time_zone: "Asia/Shanghai",
        opening_times: (evcs::opening::open_at(&station.hours, chrono::NaiveTime::MIN) == Some(true)
            && station.hours.contains("24"))
        .then_some(Hours { twentyfourseven: true }),
        last_updated: if heard.is_empty() { time(0) } else { heard },
    })
}
