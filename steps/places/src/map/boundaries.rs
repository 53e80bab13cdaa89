//! Boundaries of divisions: those that an office imports, else a sketch of cities and counties (示意图).

use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::sync::LazyLock;

use kernel::{Level, Problem, RegionCode, Text};
use maps::geojson::{self, Fault, Feature, Limits};
use maps::{BoundingBox, Crs, LngLat, Shape};
use sea_orm::ConnectionTrait;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder};
use serde::Serialize;
use serde_json::{Value, json};
use store::audit::Event;
use store::{Actor, Result, Store};

use crate::sites::record::Placed;

store::table!(
    /// Boundaries that were imported.
    rows, "boundaries", {
        /// The division.
        #[sea_orm(primary_key, auto_increment = false)]
        pub region: i64,
        /// Which import of it, from 1; the latest counts.
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: i32,
        /// The key.
        pub id: Uuid,
        /// The division's name in the file.
        pub name: String,
        /// The system of the file.
        pub crs: String,
        /// The file's name.
        pub source: String,
        /// The area in WGS 84, as a GeoJSON geometry.
        pub shape: String,
        /// When.
        pub at_ms: i64,
    }
);

/// The boundary of a division.
#[derive(Clone, Debug)]
pub struct Boundary {
    /// The division.
    pub region: RegionCode,
    /// Its name.
    pub name: String,
    /// Whether it was imported; else it is a sketch.
    pub official: bool,
    /// The area in WGS 84.
    pub shape: Shape,
    /// The box around it.
    pub bounds: BoundingBox,
    /// Where its name stands.
    pub label: LngLat,
}

/// Every boundary that is known.
#[derive(Clone, Debug, Default)]
pub struct Boundaries(BTreeMap<RegionCode, Boundary>);

/// Computed from openly licensed points; see data/boundaries.
const SKETCH: &str = include_str!("../../../../data/boundaries/zhejiang-schematic.geojson");

/// The sketch is a part of the program and is read once.
static SKETCHED: LazyLock<Boundaries> = LazyLock::new(|| {
    let mut all = Boundaries::default();
    let mut take = |feature: Feature| {
        let code = feature.properties.get("code").and_then(Value::as_str).and_then(|code| code.parse().ok());
        let name = feature.properties.get("name").and_then(Value::as_str).unwrap_or_default();
        if let (Some(code), Some(shape)) = (code, feature.shape) {
            all.insert(code, name.to_owned(), shape, false);
        }
    };
    // A test holds that it reads; without it there would be no outlines, and nothing else would fail.
    let _ = geojson::read(SKETCH.as_bytes(), &Limits::default(), &mut take);
    all
});

impl Boundaries {
    /// Those that ship.
    pub fn sketch() -> &'static Self {
        &SKETCHED
    }

    /// Imported ones over those that ship.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load<C: ConnectionTrait>(on: &C) -> Result<Self> {
        let mut all = Self::sketch().clone();
        for row in
            rows::Entity::find().order_by_asc(rows::Column::Region).order_by_asc(rows::Column::Version).all(on).await?
        {
            if let (Some(region), Some(shape)) =
                (RegionCode::from_stored(row.region), geojson::parse_geometry(&row.shape))
            {
                all.insert(region, row.name, shape, true);
            }
        }
        Ok(all)
    }

    fn insert(&mut self, region: RegionCode, name: String, shape: Shape, official: bool) {
        if let (Some(bounds), Some(label)) = (shape.bounds(), shape.anchor()) {
            self.0.insert(region, Boundary { region, name, official, shape, bounds, label });
        }
    }

    /// The boundary of a division itself.
    pub fn of(&self, region: RegionCode) -> Option<&Boundary> {
        self.0.get(&region)
    }

    /// The boundary of a division, or of the nearest above it that has one and is no province.
    pub fn around(&self, region: RegionCode) -> Option<&Boundary> {
        let mut lineage: Vec<_> = region.lineage().filter(|code| code.level() != Level::Province).collect();
        lineage.reverse();
        lineage.into_iter().find_map(|code| self.0.get(&code))
    }

    /// Whether a point lies so far from its division that somebody should look.
    pub fn lies_outside(&self, region: RegionCode, point: LngLat) -> bool {
        self.around(region)
            .is_some_and(|boundary| crate::sites::rules::lies_outside(point, &boundary.shape, boundary.official))
    }

    /// All of them, by code.
    pub fn all(&self) -> impl Iterator<Item = &Boundary> {
        self.0.values()
    }

    /// The box around a place, or around what is known below it.
    pub fn bounds(&self, region: RegionCode) -> Option<BoundingBox> {
        self.of(region).map(|boundary| boundary.bounds).or_else(|| {
            let below = self.0.range(region.subtree()).map(|(_, boundary)| boundary.bounds);
            below.reduce(|all, one| all.with(&one))
        })
    }
}

/// What an import came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Divisions whose boundary is new or changed.
    pub written: usize,
    /// Divisions whose boundary is as it was.
    pub unchanged: usize,
}

impl Report {
    /// In words.
    pub fn summary(&self) -> Text {
        let Self { written, unchanged } = self;
        Text::new(
            format!("写入 {written} 个区划的边界，{unchanged} 个没有变化"),
            format!("boundaries of {written} divisions written, {unchanged} unchanged"),
        )
    }
}

/// The names under which files keep a division's code.
const CODE_KEYS: [&str; 8] = ["code", "adcode", "行政区划代码", "区划代码", "地区代码", "gb", "xzqdm", "id"];

/// Takes official boundaries in: all of a file or nothing.
///
/// # Errors
/// Everything that is wrong with the file, by feature: no code, an unknown division, no area, a line that crosses itself,
/// coordinates that are none; more than two million points.
pub async fn import(store: &Store, actor: &Actor, file: impl Read, name: &str, crs: Crs) -> Result<Report> {
    let known = ledger::regions::all_names(store.reader()).await?;
    let mut found = BTreeMap::<RegionCode, (String, Shape)>::new();
    let mut places = Vec::new();
    let mut take = |feature: Feature| match boundary(&feature, crs, &known) {
        Ok((code, shape)) => {
            let names = known.get(&code).and_then(|names| names.first().cloned()).unwrap_or_default();
            if found.insert(code, (names, shape)).is_some() {
                places.push((
                    feature.number,
                    Text::new(format!("{} 重复出现", code.short()), format!("{} stands twice", code.short())),
                ));
            }
        }
        Err(message) => places.push((feature.number, message)),
    };
    geojson::read(file, &Limits::default(), &mut take).map_err(|fault| told(&fault))?;
    if !places.is_empty() {
        let count = places.len();
        let whole = Problem::invalid(
            format!("文件有 {count} 处错误，没有导入任何边界"),
            format!("the file has {count} faults and nothing was imported"),
        );
        return Err(places
            .into_iter()
            .take(200)
            .fold(whole, |whole, (number, message)| {
                whole.at(Text::new(format!("第 {number} 个要素"), format!("feature {number}")), message)
            })
            .into());
    }
    if found.is_empty() {
        return Err(Problem::invalid("文件里没有要素", "the file has no features").into());
    }
    write(store, actor, name, crs, found).await
}

async fn write(
    store: &Store,
    actor: &Actor,
    name: &str,
    crs: Crs,
    found: BTreeMap<RegionCode, (String, Shape)>,
) -> Result<Report> {
    let mut tx = store.begin(actor).await?;
    let mut latest: HashMap<i64, rows::Model> = HashMap::new();
    for row in rows::Entity::find().order_by_asc(rows::Column::Version).all(tx.on()).await? {
        latest.insert(row.region, row);
    }
    let mut report = Report::default();
    for (code, (division, shape)) in found {
        let text = geojson::geometry(&shape).to_string();
        let was = latest.get(&code.stored());
        if was.is_some_and(|was| was.shape == text) {
            report.unchanged += 1;
            continue;
        }
        report.written += 1;
        let row = rows::Model {
            region: code.stored(),
            version: was.map_or(1, |was| was.version + 1),
            id: Uuid::now_v7(),
            name: division,
            crs: crs.code().to_owned(),
            source: name.chars().take(200).collect(),
            shape: text,
            at_ms: tx.at_ms(),
        };
        rows::Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await?;
    }
    if report.written == 0 {
        tx.abandon().await?;
        return Ok(report);
    }
    crate::sites::store::touch(&tx).await?;
    let detail = json!({ "file": name, "crs": crs.code(), "written": report.written });
    tx.record(Event::new("boundaries.imported", "boundaries", name, detail)).await?;
    tx.commit().await?;
    Ok(report)
}

fn boundary(
    feature: &Feature,
    crs: Crs,
    known: &HashMap<RegionCode, Vec<String>>,
) -> Result<(RegionCode, Shape), Text> {
    let code = CODE_KEYS.iter().find_map(|key| feature.properties.get(*key));
    let code = match code {
        Some(Value::String(text)) => text.trim().trim_start_matches("156").to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        _ => {
            return Err(Text::new("没有区划代码（属性 code 或 adcode）", "no division code (property code or adcode)"));
        }
    };
    let unknown = || Text::new(format!("{code} 不是已登记的区划代码"), format!("{code} is no division on record"));
    let code: RegionCode = code.parse().map_err(|_| unknown())?;
    if !known.contains_key(&code) {
        return Err(unknown());
    }
    let Some(shape @ Shape::Area(_)) = &feature.shape else {
        return Err(Text::new("边界必须是面（Polygon 或 MultiPolygon）", "a boundary is a Polygon or MultiPolygon"));
    };
    Placed::of(shape, crs).map_err(|problem| problem.message)?;
    Ok((code, shape.between(crs, Crs::Wgs84)))
}

/// What is wrong with a GeoJSON file, in words.
pub(crate) fn told(fault: &Fault) -> Problem {
    let en = fault.to_string();
    let zh = match fault {
        Fault::Json { line, column, .. } => {
            format!("第 {line} 行第 {column} 列不是完整的 JSON：请检查文件是否下载完整")
        }
        Fault::NoCollection => "这不是 GeoJSON 的 FeatureCollection".to_owned(),
        Fault::TooManyVertices(most) => format!("坐标点超过 {most} 个，没有读取：请先简化或拆分"),
        Fault::TooManyFeatures(most) => format!("要素超过 {most} 个，没有读取：请拆分"),
        Fault::Shape { feature, why } => match why {
            geojson::ShapeFault::Type => format!("第 {feature} 个要素的几何类型不支持（支持点、线、面）"),
            geojson::ShapeFault::Coordinates => format!("第 {feature} 个要素的坐标与类型不符"),
        },
    };
    Problem::invalid(zh, en)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sketch_has_every_city_and_county_and_knows_where_ningbo_is() {
        let sketch = Boundaries::sketch();
        let count = |level| sketch.all().filter(|one| one.region.level() == level).count();
        assert_eq!((count(Level::City), count(Level::County)), (11, 90));
        assert!(sketch.all().all(|one| !one.official && !one.name.is_empty()));
        let drum_tower = LngLat::new(121.5439, 29.8759);
        let code = |text: &str| text.parse::<RegionCode>().expect("a code");
        let ningbo = sketch.of(code("330200")).expect("Ningbo");
        assert!(ningbo.shape.contains(drum_tower));
        assert!(!sketch.lies_outside(code("330203001"), drum_tower));
        assert!(sketch.lies_outside(code("330127"), drum_tower), "Chun'an is 250 km away");
        assert!(sketch.bounds(code("330000")).is_some_and(|bounds| bounds.contains(drum_tower)));
        let overlapping: Vec<_> = sketch
            .all()
            .filter(|one| one.region.level() == Level::County)
            .filter(|one| {
                sketch.all().any(|other| {
                    other.region != one.region
                        && other.region.level() == Level::County
                        && other.shape.contains(one.label)
                })
            })
            .map(|one| &one.name)
            .collect();
        assert!(overlapping.is_empty(), "{overlapping:?}");
    }
}
