//! What is said of a site, whole, and how it is kept in a row.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kernel::{Problem, RegionCode};
use ledger::rules::Light;
use maps::suspect::{Suspicion, suspicion};
use maps::{Crs, LngLat, Shape, geojson};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use store::amount;
use uuid::Uuid;

use super::rules;
use super::tables::sites::Model;
use super::words::Stage;

/// Everything that an office says of a site. Two equal contents are no change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The project.
    pub project: Uuid,
    /// The indicator that its quantity feeds.
    pub indicator: Option<Uuid>,
    /// The number that its office gave it.
    pub reference: String,
    /// What it is called.
    pub name: String,
    /// Where it is, in words.
    pub address: String,
    /// The division.
    pub region: RegionCode,
    /// The sort of facility.
    pub kind: String,
    /// How far the work has come.
    pub stage: Stage,
    /// Who answers for it.
    pub body: String,
    /// The telephone of that body.
    pub telephone: String,
    /// When work begins.
    pub starts_on: Option<NaiveDate>,
    /// By when it is promised.
    pub due_on: Option<NaiveDate>,
    /// When it was finished.
    pub finished_on: Option<NaiveDate>,
    /// What it gives to the indicator.
    pub quantity: Option<Decimal>,
    /// Money in 万元.
    pub money: Option<Decimal>,
    /// Further attributes.
    pub attributes: BTreeMap<String, String>,
    /// The coordinate system of `given`.
    pub crs: Crs,
    /// Where it is, as it was given: a GeoJSON geometry.
    pub given: Option<String>,
    /// In words.
    pub note: String,
}

/// Where a site is once its coordinates are understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Placed {
    /// The point that stands for it, in WGS 84.
    pub point: Option<LngLat>,
    /// Lines and areas in WGS 84.
    pub shape: Option<Shape>,
}

impl Placed {
    /// Understands a geometry of a system.
    ///
    /// # Errors
    /// What is odd about it: swapped, at null island, abroad, off the globe, or an area whose line crosses itself.
    pub fn of(given: &Shape, crs: Crs) -> Result<Self, Problem> {
        // Looked at before the shift, which leaves points abroad alone.
        if let Some(odd) = given.points().find_map(|point| suspicion(point).map(|odd| (odd, point))) {
            return Err(told(odd.0, odd.1));
        }
        if let Shape::Area(polygons) = given {
            let rings = polygons.iter().flat_map(|one| std::iter::once(&one.outer).chain(&one.holes));
            for ring in rings {
                maps::polygon::check_ring(ring).map_err(|fault| ring_fault(&fault))?;
            }
        }
        let shape = given.between(crs, Crs::Wgs84);
        let point = shape.anchor();
        Ok(Self { point, shape: (!matches!(shape, Shape::Point(_))).then_some(shape) })
    }
}

/// What is wrong with a ring, in words.
pub(crate) fn ring_fault(fault: &maps::polygon::RingFault) -> Problem {
    use maps::polygon::RingFault;
    match fault {
        RingFault::TooFew => Problem::invalid("面至少要有三个不同的点", "An area needs three different points"),
        RingFault::Crosses(at) => Problem::invalid(
            format!("面的边界在 {:.4}, {:.4} 附近自相交，请修正后再导入", at.lng, at.lat),
            format!("The line around the area crosses itself near {:.4}, {:.4}", at.lng, at.lat),
        ),
        RingFault::TooTangled => Problem::invalid(
            "面的边界过于复杂，无法检查，请简化后再导入",
            "The line around the area is too tangled to be checked",
        ),
    }
}

fn told(odd: Suspicion, LngLat { lng, lat }: LngLat) -> Problem {
    match odd {
        Suspicion::Swapped => Problem::invalid(
            format!("经度和纬度填反了：{lng} 应是纬度，{lat} 应是经度"),
            format!("Longitude and latitude changed places: {lng} is a latitude, {lat} a longitude"),
        ),
        Suspicion::NullIsland => Problem::invalid(
            "坐标是 0, 0（几内亚湾）：多半是空着没填，请填写或清空",
            "The coordinates are 0, 0, in the Gulf of Guinea: most likely never filled in",
        ),
        Suspicion::Abroad => Problem::invalid(
            format!("坐标 {lng}, {lat} 不在国内，请检查"),
            format!("{lng}, {lat} lies outside the country"),
        ),
        Suspicion::OffGlobe => Problem::invalid(
            format!("{lng}, {lat} 不是以度为单位的经纬度（若是平面坐标，请先转换）"),
            format!("{lng}, {lat} are no degrees; plane coordinates must be converted first"),
        ),
    }
}

/// The text of a point, as rows and versions keep it.
pub fn point_text(point: LngLat) -> String {
    geojson::geometry(&Shape::Point(point)).to_string()
}

impl Content {
    /// The point or shape as it was given.
    pub fn given(&self) -> Option<Shape> {
        self.given.as_deref().and_then(geojson::parse_geometry)
    }

    /// Where it is.
    ///
    /// # Errors
    /// As [`Placed::of`].
    pub fn placed(&self) -> Result<Placed, Problem> {
        self.given().map_or_else(|| Ok(Placed::default()), |given| Placed::of(&given, self.crs))
    }
}

/// Whether the stored row is what the program writes; a broken one reads as unknown rather than failing a page.
impl Model {
    /// The stage.
    pub fn stage(&self) -> Stage {
        Stage::parse(&self.stage).unwrap_or_default()
    }

    /// The division.
    pub fn region(&self) -> RegionCode {
        RegionCode::from_stored(self.region).expect("sites are written with a valid code")
    }

    /// The attributes.
    pub fn attributes(&self) -> BTreeMap<String, String> {
        serde_json::from_str(&self.attributes).unwrap_or_default()
    }

    /// The point that stands for it.
    pub fn point(&self) -> Option<LngLat> {
        Some(LngLat::from_e7(self.lng_e7?, self.lat_e7?))
    }

    /// What it gives to its indicator.
    pub fn quantity(&self) -> Option<Decimal> {
        self.quantity.map(amount::from_stored)
    }

    /// Money in 万元.
    pub fn money(&self) -> Option<Decimal> {
        self.money.map(amount::from_stored)
    }

    /// Its light on a day.
    pub fn light(&self, today: NaiveDate) -> Option<Light> {
        rules::light(self.stage(), self.starts_on, self.due_on, today)
    }

    /// The public address.
    pub fn address_of_page(&self) -> String {
        format!("/s/{}", self.code)
    }

    /// All that is said of it.
    pub fn content(&self) -> Content {
        Content {
            project: self.project_id,
            indicator: self.indicator_id,
            reference: self.reference.clone(),
            name: self.name.clone(),
            address: self.address.clone(),
            region: self.region(),
            kind: self.kind.clone(),
            stage: self.stage(),
            body: self.body.clone(),
            telephone: self.telephone.clone(),
            starts_on: self.starts_on,
            due_on: self.due_on,
            finished_on: self.finished_on,
            quantity: self.quantity(),
            money: self.money(),
            attributes: self.attributes(),
            crs: Crs::parse(&self.crs).unwrap_or_default(),
            given: self.given.clone(),
            note: self.note.clone(),
        }
    }
}
