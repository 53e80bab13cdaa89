//! The open feed: stations with live counts as JSON, CSV, XLSX and GeoJSON, one station with its connectors, the nearest.

use axum::extract::State as Shared;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use kernel::clock::china_time;
use kernel::{Lang, Problem, RegionCode, Text};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use web::download::{Cell, Row};
use web::listing::{Paging, Slice, Wanted};
use web::{Access, App, Path, ProblemDetails, Query, Result, Route, Step};

use super::find::Asked;
use super::rules::Shown;
use super::shown::{self, Seen};
use super::store::listing;
use super::store::nearest::{self, Filter};
use super::uncached;

const ROUTES: &[Route] = &[
    Route::get("/api/v1/chargers", Access::Public),
    Route::get("/api/v1/chargers.geojson", Access::Public),
    Route::get("/api/v1/chargers/nearest", Access::Public),
    Route::get("/api/v1/chargers/{id}", Access::Public),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(geojson))
        .routes(routes!(closest))
        .routes(routes!(show));
    Step { router, routes: ROUTES }
}

/// A station in the feed.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct StationDetails {
    id: Uuid,
    /// The operator's number of the station.
    number: String,
    name: String,
    /// `OperatorID`.
    operator: String,
    operator_name: String,
    /// Twelve digits.
    region: String,
    place: String,
    address: String,
    /// Degrees, WGS 84; missing where the operator gives none.
    #[schema(value_type = Option<String>)]
    lat: Option<Decimal>,
    #[schema(value_type = Option<String>)]
    lng: Option<Decimal>,
    rural: Option<bool>,
    /// Opening hours in the operator's words.
    hours: String,
    /// Whether it is open now, where the words can be understood.
    open: Option<bool>,
    electricity_fee: String,
    service_fee: String,
    /// Electricity and service, yuan per kilowatt-hour, where the words can be understood.
    #[schema(value_type = Option<String>)]
    price_low: Option<Decimal>,
    #[schema(value_type = Option<String>)]
    price_high: Option<Decimal>,
    fast: i64,
    fast_free: i64,
    slow: i64,
    slow_free: i64,
    /// The most power, in kilowatts.
    #[schema(value_type = Option<String>)]
    power: Option<Decimal>,
    /// When the oldest of these statuses was heard, Unix milliseconds; missing where one was never heard.
    as_of_ms: Option<i64>,
    /// Metres away, where somewhere was asked from.
    #[serde(skip_serializing_if = "Option::is_none")]
    metres: Option<u32>,
    /// 演示数据: made up for demonstration.
    demo: bool,
}

fn degrees(at: Option<i32>) -> Option<Decimal> {
    at.map(|at| Decimal::new(i64::from(at), 6))
}

impl From<&Seen> for StationDetails {
    fn from(seen: &Seen) -> Self {
        let Seen { station, operator, counts, .. } = seen;
        let price = shown::whole_price(station).unzip();
        let yuan = |price: i32| Decimal::new(i64::from(price), 4).normalize();
        Self {
            id: station.id,
            number: station.number.clone(),
            name: station.name.clone(),
            operator: operator.code.clone(),
            operator_name: operator.name.clone(),
            region: RegionCode::from_stored(station.region).map(|code| code.to_string()).unwrap_or_default(),
            place: seen.place.clone(),
            address: station.address.clone(),
            lat: degrees(station.lat),
            lng: degrees(station.lng),
            rural: station.rural,
            hours: station.hours.clone(),
            open: seen.open,
            electricity_fee: station.electricity_fee.clone(),
            service_fee: station.service_fee.clone(),
            price_low: price.0.map(yuan),
            price_high: price.1.map(yuan),
            fast: counts.fast,
            fast_free: counts.fast_free,
            slow: counts.slow,
            slow_free: counts.slow_free,
            power: (counts.power > 0).then(|| Decimal::new(i64::from(counts.power), 1).normalize()),
            as_of_ms: counts.oldest_ms,
            metres: seen.metres,
            demo: operator.demo,
        }
    }
}

impl Row for StationDetails {
    fn file_name() -> Text {
        Text::new("充电站", "chargers")
    }

    fn headings() -> Vec<Text> {
        let pairs = [
            ("编号", "id"),
            ("站名", "name"),
            ("运营商", "operator"),
            ("地方", "place"),
            ("区划代码", "region"),
            ("地址", "address"),
            ("纬度（WGS84）", "latitude (WGS 84)"),
            ("经度（WGS84）", "longitude (WGS 84)"),
            ("农村", "rural"),
            ("营业时间", "hours"),
            ("电费", "electricity"),
            ("服务费", "service"),
            ("快充枪", "fast"),
            ("快充空闲", "fast free"),
            ("慢充枪", "slow"),
            ("慢充空闲", "slow free"),
            ("最大功率（千瓦）", "power (kW)"),
            ("状态截至", "as of"),
            ("说明", "note"),
        ];
        pairs.map(|(zh, en)| Text::new(zh, en)).to_vec()
    }

    fn cells(&self, lang: Lang) -> Vec<Cell> {
        let time = |ms: i64| china_time(ms).map(|at| at.format("%Y-%m-%d %H:%M:%S").to_string());
        let rural = self.rural.map(|rural| if rural { lang.t("是", "yes") } else { lang.t("否", "no") });
        vec![
            self.id.to_string().into(),
            self.name.clone().into(),
            self.operator_name.clone().into(),
            self.place.clone().into(),
            self.region.clone().into(),
            self.address.clone().into(),
            self.lat.into(),
            self.lng.into(),
            rural.into(),
            self.hours.clone().into(),
            self.electricity_fee.clone().into(),
            self.service_fee.clone().into(),
            self.fast.into(),
            self.fast_free.into(),
            self.slow.into(),
            self.slow_free.into(),
            self.power.into(),
            self.as_of_ms.and_then(time).into(),
            Some(lang.t("演示数据", "demo data")).filter(|_| self.demo).into(),
        ]
    }
}

/// Which stations.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Only those in this division and below: 2, 4, 6, 9 or 12 digits.
    region: Option<String>,
}

impl Which {
    fn region(&self) -> Result<Option<RegionCode>> {
        Ok(self.region.as_deref().map(str::parse).transpose()?)
    }
}

async fn slice(app: &App, which: &Which, wanted: &Wanted) -> Result<Slice<StationDetails>> {
    let on = app.store.reader();
    let rows = listing::list(on, which.region()?, wanted.after()?, wanted.fetch()).await?;
    let slice = Slice::cut(rows, wanted, |row| row.id.to_string());
    let rows = slice.items.into_iter().map(|row| (row, None)).collect();
    let items = Seen::of(on, rows, app.store.clock().now_ms()).await?;
    Ok(Slice { items: items.iter().map(StationDetails::from).collect(), next: slice.next })
}

/// Stations with live counts.
#[utoipa::path(get, path = "/api/v1/chargers", tag = "chargers", params(Which, Paging),
    responses((status = 200, body = Slice<StationDetails>), (status = 422, body = ProblemDetails)))]
async fn list(Shared(app): Shared<App>, Query(which): Query<Which>, wanted: Wanted) -> Result<Response> {
    Ok(uncached(slice(&app, &which, &wanted).await?.reply(&wanted).await?))
}

/// The same as GeoJSON (RFC 7946); stations without position are left out. `next` stands beside the features.
#[utoipa::path(get, path = "/api/v1/chargers.geojson", tag = "chargers", params(Which, Paging),
    responses((status = 200, body = Value, content_type = "application/geo+json"), (status = 422, body = ProblemDetails)))]
async fn geojson(Shared(app): Shared<App>, Query(which): Query<Which>, wanted: Wanted) -> Result<Response> {
    let slice = slice(&app, &which, &wanted).await?;
    let number = |at: Decimal| at.to_string().parse::<f64>().unwrap_or_default();
    let feature = |one: &StationDetails| {
        let (lng, lat) = one.lng.zip(one.lat)?;
        Some(json!({
            "type": "Feature", "id": one.id, "properties": one,
            "geometry": { "type": "Point", "coordinates": [number(lng), number(lat)] },
        }))
    };
    let features: Vec<Value> = slice.items.iter().filter_map(feature).collect();
    let whole = json!({ "type": "FeatureCollection", "features": features, "next": slice.next });
    Ok(uncached(([(CONTENT_TYPE, "application/geo+json")], whole.to_string()).into_response()))
}

/// Where from, and what.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Whence {
    /// Degrees, WGS 84.
    lat: String,
    /// Degrees, WGS 84.
    lng: String,
    /// `fast` or `slow`; both where nothing is said.
    kind: Option<String>,
    /// Whether a connector must be free now; yes where nothing is said.
    free: Option<bool>,
    /// Only rural towns.
    rural: Option<bool>,
    /// Stations, 10 if nothing is said, 100 at most.
    limit: Option<usize>,
}

/// What is nearest.
#[derive(Serialize, utoipa::ToSchema)]
struct Nearest {
    /// The nearest first.
    items: Vec<StationDetails>,
}

/// The nearest stations with a free connector.
#[utoipa::path(get, path = "/api/v1/chargers/nearest", tag = "chargers", params(Whence),
    responses((status = 200, body = Nearest), (status = 422, body = ProblemDetails)))]
async fn closest(Shared(app): Shared<App>, Query(from): Query<Whence>) -> Result<Response> {
    let asked = Asked { lat: from.lat, lng: from.lng, ..Asked::default() };
    let point = asked.point()?.ok_or_else(|| Problem::field("lat", "请给出 lat 和 lng", "Give lat and lng"))?;
    let fast = match from.kind.as_deref() {
        None | Some("") => None,
        Some("fast") => Some(true),
        Some("slow") => Some(false),
        Some(_) => return Err(Problem::field("kind", "kind 只能是 fast 或 slow", "kind is fast or slow").into()),
    };
    let filter = Filter { fast, free: from.free.unwrap_or(true), rural: from.rural.unwrap_or(false) };
    let on = app.store.reader();
    let found = nearest::nearest(on, point, filter, from.limit.unwrap_or(10).clamp(1, 100)).await?;
    let keys: Vec<_> = found.iter().map(|one| (one.station, Some(one.metres))).collect();
    let seen = Seen::all(on, &keys, app.store.clock().now_ms()).await?;
    let items = seen.iter().map(StationDetails::from).collect();
    Ok(uncached(axum::Json(Nearest { items }).into_response()))
}

/// A connector in the feed.
#[derive(Serialize, utoipa::ToSchema)]
struct ConnectorDetails {
    id: Uuid,
    /// The operator's number.
    number: String,
    name: String,
    fast: bool,
    /// Kilowatts.
    #[schema(value_type = Option<String>)]
    power: Option<Decimal>,
    /// `free`, `charging`, `occupied`, `reserved`, `faulty`, `offline`, `no_news`, `unknown`.
    status: &'static str,
    /// The operator's own code; missing where nothing was heard.
    code: Option<i32>,
    /// Since when it stands so, Unix milliseconds.
    since_ms: Option<i64>,
    /// When that was last heard, Unix milliseconds.
    seen_ms: Option<i64>,
}

/// A station with its connectors.
#[derive(Serialize, utoipa::ToSchema)]
struct WholeStation {
    #[serde(flatten)]
    station: StationDetails,
    connectors: Vec<ConnectorDetails>,
}

/// One station with its connectors as they stand.
#[utoipa::path(get, path = "/api/v1/chargers/{id}", tag = "chargers", params(("id" = Uuid, Path)),
    responses((status = 200, body = WholeStation), (status = 404, body = ProblemDetails)))]
async fn show(Shared(app): Shared<App>, Path(id): Path<Uuid>) -> Result<Response> {
    let on = app.store.reader();
    let seen = Seen::all(on, &[(id, None)], app.store.clock().now_ms()).await?;
    let missing = || Problem::not_found("没有这座充电站", "There is no such station");
    let seen = seen.into_iter().next().ok_or_else(missing)?;
    let rows = listing::live(on, &[id]).await?.remove(&id).unwrap_or_default();
    let connectors = rows.into_iter().map(|(row, state)| ConnectorDetails {
        id: row.id,
        number: row.number,
        name: row.name,
        fast: row.fast,
        power: (row.power > 0).then(|| Decimal::new(i64::from(row.power), 1).normalize()),
        status: Shown::of(state.as_ref().map(|state| state.status)).code(),
        code: state.as_ref().map(|state| state.status).filter(|code| *code >= 0),
        since_ms: state.as_ref().map(|state| state.since_ms),
        seen_ms: state.as_ref().map(|state| state.seen_ms),
    });
    let whole = WholeStation { station: StationDetails::from(&seen), connectors: connectors.collect() };
    Ok(uncached(axum::Json(whole).into_response()))
}
