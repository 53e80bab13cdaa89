//! The place of a map on a page: hidden until a script draws there, because lists beside it say the same.

use askama::Template;
use askama::filters::HtmlSafe;
use maps::{BoundingBox, LngLat};
use serde_json::json;
use web::Frame;

/// A map. Built in the handler, printed by the template as it is; `map.js` reads what it says.
#[derive(Clone, Debug, Template)]
#[template(path = "map/canvas.html")]
pub(crate) struct Canvas {
    mode: &'static str,
    small: bool,
    worker: String,
    bounds: Option<BoundingBox>,
    /// The query of the tiles of sites; none shows none.
    sites: Option<String>,
    /// The query of the tiles of chargers; none shows none.
    piles: Option<String>,
    /// The address of a register's entries as GeoJSON; none shows none.
    points: Option<String>,
    here: Option<LngLat>,
    spot: Option<Spot>,
    ground: Option<[String; 2]>,
    label: &'static str,
    note: &'static str,
    open: &'static str,
}

impl HtmlSafe for Canvas {}

/// A site beside another: where, code, name and light.
pub(crate) type Neighbour<'a> = (LngLat, &'a str, &'a str, &'a str);

/// The one place that a map is about.
#[derive(Clone, Debug)]
struct Spot {
    at: LngLat,
    /// A line or area, as a GeoJSON geometry.
    shape: String,
    /// Itself and the sites around it, as the JSON that the script reads.
    near: String,
}

impl Canvas {
    fn new(f: &Frame, mode: &'static str) -> Self {
        let ground = f.tianditu();
        let note = match ground {
            Some(_) => f.lang.t("底图：天地图", "Ground: Tianditu"),
            None => f.lang.t("示意图，非行政区域界线", "Sketch, no official boundaries"),
        };
        Self {
            mode,
            small: false,
            worker: f.asset("map-worker.js").unwrap_or_default(),
            bounds: None,
            sites: None,
            piles: None,
            points: None,
            here: None,
            spot: None,
            ground,
            label: f.lang.t("地图；同样的内容见旁边的列表", "Map; the lists say the same"),
            note,
            open: f.lang.t("查看", "Open"),
        }
    }

    /// A map of many places, which opens with what lies in `bounds`.
    pub(crate) fn of_many(f: &Frame, bounds: BoundingBox) -> Self {
        Self { bounds: Some(bounds), ..Self::new(f, "all") }
    }

    /// A small map around one place.
    pub(crate) fn of_one(f: &Frame, at: LngLat) -> Self {
        let label = f.lang.t("地图；位置也写在下面", "Map; the position stands below too");
        Self {
            small: true,
            spot: Some(Spot { at, shape: String::new(), near: String::new() }),
            label,
            ..Self::new(f, "site")
        }
    }

    /// A small map in a form: a click fills in longitude and latitude.
    pub(crate) fn for_picking(f: &Frame, bounds: BoundingBox) -> Self {
        Self {
            small: true,
            bounds: Some(bounds),
            label: f.lang.t("选点地图；经纬度也可以直接填写", "Map for picking; the point can be typed as well"),
            note: f.lang.t(
                "点一下填入经纬度（WGS84），也可以直接填写",
                "A click fills in the point (WGS 84); it can be typed as well",
            ),
            ..Self::new(f, "pick")
        }
    }

    /// With the sites that a filter picks.
    #[must_use]
    pub(crate) fn sites(self, query: &str) -> Self {
        Self { sites: Some(question(query)), ..self }
    }

    /// With charging stations.
    #[must_use]
    pub(crate) fn piles(self, query: &str) -> Self {
        Self { piles: Some(question(query)), ..self }
    }

    /// With the entries of a register, as GeoJSON at `address`.
    #[must_use]
    pub(crate) fn points(self, address: String) -> Self {
        Self { points: Some(address), ..self }
    }

    /// With a mark where somebody is or looks from.
    #[must_use]
    pub(crate) fn here(self, here: Option<LngLat>) -> Self {
        Self { here, ..self }
    }

    /// With the line or area of its one place, as a GeoJSON geometry.
    #[must_use]
    pub(crate) fn shape(mut self, shape: &str, bounds: Option<BoundingBox>) -> Self {
        if let Some(spot) = &mut self.spot {
            shape.clone_into(&mut spot.shape);
        }
        Self { bounds, ..self }
    }

    /// With its one place and the sites around it, as longitude, latitude, code, name and light; it opens with all of these
    /// in sight around it.
    #[must_use]
    pub(crate) fn among(mut self, sites: &[Neighbour<'_>]) -> Self {
        if let Some(spot) = &mut self.spot {
            // As far on the other side of it too, so that it lies in the middle.
            let middle = spot.at;
            let across = |at: LngLat| LngLat::new(2.0 * middle.lng - at.lng, 2.0 * middle.lat - at.lat);
            let seen = sites.iter().flat_map(|(at, ..)| [*at, across(*at)]).chain([middle]);
            self.bounds = BoundingBox::around(seen).map(|seen| self.bounds.map_or(seen, |own| own.with(&seen)));
            let near = sites.iter().map(|(at, code, name, light)| json!([at.lng, at.lat, code, name, light]));
            spot.near = serde_json::Value::from_iter(near).to_string();
        }
        self
    }

    /// With other words at the map's edge, where it has no ground but ours.
    #[must_use]
    pub(crate) fn note(self, note: &'static str) -> Self {
        if self.ground.is_some() { self } else { Self { note, ..self } }
    }

    fn box_of(&self) -> Option<String> {
        let BoundingBox { min, max } = self.bounds?;
        Some(format!("{:.4},{:.4},{:.4},{:.4}", min.lng, min.lat, max.lng, max.lat))
    }
}

fn question(query: &str) -> String {
    if query.is_empty() { String::new() } else { format!("?{query}") }
}

/// The sign of a charging station, as on the map: colour, shape and – beside it – a word.
#[derive(Clone, Copy, Debug, Template)]
#[template(path = "map/pin.html")]
pub(crate) struct Pin {
    state: &'static str,
}

impl HtmlSafe for Pin {}

impl Pin {
    /// The one with something free.
    pub(crate) fn free() -> Self {
        Self { state: "free" }
    }

    /// Every sign with its words, for a legend.
    pub(crate) fn key(f: &Frame) -> [(Self, &'static str); 3] {
        [
            (Self { state: "free" }, f.lang.t("有空闲枪", "a connector is free")),
            (Self { state: "busy" }, f.lang.t("暂无空闲", "all in use")),
            (Self { state: "off" }, f.lang.t("停用或无最新数据", "out of order, or no recent data")),
        ]
    }
}
