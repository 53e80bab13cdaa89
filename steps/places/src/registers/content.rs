//! What an entry holds: from what somebody wrote, in a form or a sheet, to what is kept, judged by the template.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kernel::{Level, RegionCode, Text};
use maps::suspect::{Suspicion, suspicion};
use maps::{Crs, LngLat};
use serde::{Deserialize, Serialize};

use super::Entry;
use crate::catalogue::{Attribute, AttributeKind, Counted, Service, Stage};
use crate::hours::Hours;

/// The longest name or address, in characters.
const LONGEST: usize = 100;

/// What somebody wrote, by field. Fields of attributes are called after their key, with `a-` in front.
pub type Typed = BTreeMap<String, String>;

/// A point as it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// Degrees east, digit for digit.
    pub lng: String,
    /// Degrees north, digit for digit.
    pub lat: String,
    /// The system.
    pub crs: Crs,
}

impl Point {
    /// Where that is in WGS 84.
    pub fn wgs84(&self) -> Option<LngLat> {
        let given = LngLat::new(self.lng.parse().ok()?, self.lat.parse().ok()?);
        Some(self.crs.to_wgs84(given))
    }
}

/// What an entry holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Where it is.
    pub region: RegionCode,
    /// What it is called.
    pub name: String,
    /// The address; may be empty.
    pub address: String,
    /// The point.
    pub point: Option<Point>,
    /// Opening hours of its own; empty for the usual ones.
    pub hours: String,
    /// The key of its grade; empty without one.
    pub grade: String,
    /// How far it has come.
    pub stage: Stage,
    /// From which day on it counts.
    pub as_of: NaiveDate,
    /// Attributes by key.
    pub values: BTreeMap<String, String>,
}

/// The columns that a register may have beside its attributes, in Chinese and English.
pub(crate) const COLUMNS: [(&str, &str); 10] = [
    ("区划代码或名称", "division, code or name"),
    ("名称", "name"),
    ("地址", "address"),
    ("经度", "longitude"),
    ("纬度", "latitude"),
    ("坐标系", "coordinate system"),
    ("开放时间", "opening hours"),
    ("等级", "grade"),
    ("状态", "stage"),
    ("日期", "date"),
];

/// The fields of an entry of `service` in their order: name of the field, heading.
pub fn fields(service: &Service) -> Vec<(String, Text)> {
    let mut fields = vec![
        ("region".to_owned(), Text::new("区划代码或名称", "division, code or name")),
        ("name".to_owned(), Text::new("名称", "name")),
    ];
    let mut more = |name: &str, zh: &str, en: &str| fields.push((name.to_owned(), Text::new(zh, en)));
    if service.shape.is_located() {
        more("address", "地址", "address");
        more("lng", "经度", "longitude");
        more("lat", "纬度", "latitude");
        more("crs", "坐标系", "coordinate system");
    }
    if service.shape == crate::catalogue::Shape::Place {
        more("hours", "开放时间", "opening hours");
    }
    if !service.grades.is_empty() {
        more("grade", "等级", "grade");
    }
    more("stage", "状态", "stage");
    more("as_of", "日期", "date");
    let heading =
        |attribute: &Attribute| Text::new(attribute.heading(kernel::Lang::Zh), attribute.heading(kernel::Lang::En));
    fields.extend(service.attributes.iter().map(|attribute| (format!("a-{}", attribute.key), heading(attribute))));
    fields
}

/// What is wrong with a field.
pub(crate) type Wrong = (String, Text);

impl Content {
    /// Reads what was written for an entry of `service`; `region` is what the field `region` was found to mean.
    ///
    /// # Errors
    /// Every field that is wrong, and why.
    pub fn read(
        service: &Service,
        typed: &Typed,
        region: Result<RegionCode, Text>,
        today: NaiveDate,
    ) -> Result<Self, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let field = |name: &str| typed.get(name).map(|text| text.trim()).unwrap_or_default();
        let mut keep = |name: &str, read: Result<String, Text>| {
            read.unwrap_or_else(|why| {
                wrong.push((name.to_owned(), why));
                String::new()
            })
        };
        let name = keep(
            "name",
            short(field("name")).and_then(|name| {
                if name.is_empty() { Err(Text::new("请填写名称", "A name is needed")) } else { Ok(name) }
            }),
        );
        let address = keep("address", short(field("address")));
        let hours = keep("hours", hours(service, field("hours")));
        let grade = keep("grade", grade(service, field("grade")));
        let mut values = BTreeMap::new();
        for attribute in &service.attributes {
            let name = format!("a-{}", attribute.key);
            match attribute.read(field(&name)) {
                Ok(Some(kept)) => {
                    values.insert(attribute.key.clone(), kept);
                }
                Ok(None) => {}
                Err(why) => wrong.push((name, why)),
            }
        }
        let stage = match field("stage") {
            "" => Some(Stage::InUse),
            word => Stage::parse_any(word),
        };
        if stage.is_none() {
            let names: Vec<_> = Stage::ALL.iter().map(|stage| stage.name().zh).collect();
            wrong.push((
                "stage".to_owned(),
                Text::new(
                    format!("状态只能是：{}", names.join("、")),
                    "the stage is one of: chosen, begun, built, accepted, in use, closed, void",
                ),
            ));
        }
        let as_of = match field("as_of") {
            "" => Ok(today),
            text => day(text, today),
        };
        let as_of = as_of.map_err(|why| wrong.push(("as_of".to_owned(), why))).ok();
        let point = match point(field("lng"), field("lat"), field("crs")) {
            Ok(point) => point,
            Err((name, why)) => {
                wrong.push((name.to_owned(), why));
                None
            }
        };
        let region = region.map_err(|why| wrong.push(("region".to_owned(), why))).ok();
        match (region, stage, as_of) {
            (Some(region), Some(stage), Some(as_of)) if wrong.is_empty() => {
                Ok(Self { region, name, address, point, hours, grade, stage, as_of, values })
            }
            _ => Err(wrong),
        }
    }

    /// The fields as somebody would write them again.
    pub fn typed(&self) -> Typed {
        let mut typed = Typed::from([
            ("region".to_owned(), self.region.short()),
            ("name".to_owned(), self.name.clone()),
            ("address".to_owned(), self.address.clone()),
            ("hours".to_owned(), self.hours.clone()),
            ("grade".to_owned(), self.grade.clone()),
            ("stage".to_owned(), self.stage.code().to_owned()),
            ("as_of".to_owned(), self.as_of.to_string()),
        ]);
        if let Some(point) = &self.point {
            typed.insert("lng".to_owned(), point.lng.clone());
            typed.insert("lat".to_owned(), point.lat.clone());
            typed.insert("crs".to_owned(), point.crs.code().to_owned());
        }
        typed.extend(self.values.iter().map(|(key, value)| (format!("a-{key}"), value.clone())));
        typed
    }

    /// What the row holds; `None` for a row that this version cannot read.
    pub fn of(row: &Entry) -> Option<Self> {
        let point = Crs::parse(&row.crs).filter(|_| !row.crs.is_empty());
        Some(Self {
            region: RegionCode::from_stored(row.region)?,
            name: row.name.clone(),
            address: row.address.clone(),
            point: point.map(|crs| Point { lng: row.lng.clone(), lat: row.lat.clone(), crs }),
            hours: row.hours.clone(),
            grade: row.grade.clone(),
            stage: Stage::parse(&row.stage)?,
            as_of: row.as_of,
            values: serde_json::from_str(&row.attributes).ok()?,
        })
    }

    /// What the counting rules look at.
    pub fn counted(&self) -> Counted<'_> {
        Counted { region: self.region, stage: self.stage, grade: &self.grade, as_of: self.as_of, values: &self.values }
    }

    /// When it is open: its own hours, or the usual ones.
    pub fn open_hours(&self, service: &Service) -> Option<Hours> {
        if self.hours.is_empty() { service.hours.clone() } else { Hours::parse(&self.hours).ok() }
    }
}

fn short(text: &str) -> Result<String, Text> {
    let length = text.chars().count();
    if length > LONGEST {
        return Err(Text::new(
            format!("最多 {LONGEST} 字，现有 {length} 字"),
            format!("At most {LONGEST} characters, this has {length}"),
        ));
    }
    Ok(text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect())
}

fn hours(service: &Service, written: &str) -> Result<String, Text> {
    if written.is_empty() {
        return Ok(String::new());
    }
    let read = Hours::parse(written)?;
    // What is usual is not said again, so that it changes with the catalogue.
    Ok(if service.hours.as_ref() == Some(&read) { String::new() } else { read.to_string() })
}

fn grade(service: &Service, written: &str) -> Result<String, Text> {
    if written.is_empty() {
        return Ok(String::new());
    }
    let found = service.grades.iter().find(|grade| grade.key == written || grade.name.zh == written);
    found.map(|grade| grade.key.clone()).ok_or_else(|| {
        let names: Vec<_> = service.grades.iter().map(|grade| grade.name.zh.as_str()).collect();
        Text::new(format!("等级只能是：{}", names.join("、")), "this is none of the grades of the service")
    })
}

fn day(written: &str, today: NaiveDate) -> Result<NaiveDate, Text> {
    let as_day = Attribute {
        key: String::new(),
        name: Text::new("", ""),
        kind: AttributeKind::Day,
        unit: String::new(),
        min: None,
        max: None,
        required: true,
        public: true,
    };
    let kept = as_day.read(written)?.and_then(|day| day.parse::<NaiveDate>().ok());
    match kept {
        Some(day) if day <= today => Ok(day),
        _ => Err(Text::new("日期不能晚于今天", "The date cannot lie after today")),
    }
}

/// A point, or none where both are empty.
fn point(lng: &str, lat: &str, crs: &str) -> Result<Option<Point>, (&'static str, Text)> {
    if lng.is_empty() && lat.is_empty() {
        return Ok(None);
    }
    let number = |name, text: &str| {
        let plain = text.len() <= 24 && text.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '-');
        let read = if plain { text.parse::<f64>().ok() } else { None };
        read.ok_or((name, Text::new("经纬度写十进制度数，例如 121.5440", "Write decimal degrees, such as 121.5440")))
    };
    let given = LngLat::new(number("lng", lng)?, number("lat", lat)?);
    let crs = Crs::parse(if crs.is_empty() { "wgs84" } else { crs }).ok_or((
        "crs",
        Text::new(
            "坐标系只能是 WGS84（CGCS2000、天地图）、GCJ02（高德、腾讯）或 BD09（百度）",
            "the system is WGS84, GCJ02 or BD09",
        ),
    ))?;
    let wrong = suspicion(crs.to_wgs84(given)).map(|suspicion| match suspicion {
        Suspicion::Swapped => Text::new("经度和纬度写反了", "Longitude and latitude have changed places"),
        Suspicion::NullIsland => {
            Text::new("坐标是 0,0：没有坐标请留空", "The point is 0,0: leave it empty without one")
        }
        Suspicion::Abroad => Text::new("坐标不在中国境内", "The point lies outside the country"),
        Suspicion::OffGlobe => Text::new("坐标超出范围", "The point is not on the globe"),
    });
    match wrong {
        Some(why) => Err(("lng", why)),
        None => Ok(Some(Point { lng: lng.to_owned(), lat: lat.to_owned(), crs })),
    }
}

/// Finds the division that somebody named by its code or by its name.
///
/// # Errors
/// A name that nobody or more than one division has, a code that is none, a division above the counties.
pub(crate) fn region_named(written: &str, names: &super::keeping::Divisions) -> Result<RegionCode, Text> {
    let written = written.trim();
    if written.is_empty() {
        return Err(Text::new("请填写区划代码或名称", "A division is needed"));
    }
    let code = if written.bytes().all(|byte| byte.is_ascii_digit()) {
        let code = written.parse::<RegionCode>().map_err(|problem| problem.message)?;
        if !names.knows(code) {
            return Err(Text::new(format!("没有区划 {written}"), format!("there is no division {written}")));
        }
        code
    } else {
        match names.called(written) {
            [code] => *code,
            [] => {
                return Err(Text::new(
                    format!("没有叫“{written}”的区划"),
                    format!("no division is called “{written}”"),
                ));
            }
            several => {
                let codes: Vec<_> = several.iter().take(5).map(|code| code.short()).collect();
                return Err(Text::new(
                    format!("有 {} 个区划叫“{written}”，请写代码：{}", several.len(), codes.join("、")),
                    format!("{} divisions are called “{written}”: write the code", several.len()),
                ));
            }
        }
    };
    if code.level() < Level::County {
        return Err(Text::new("写到县（市、区）或更低一级", "Name a county or a division below it"));
    }
    Ok(code)
}
