//! Reading a file of the catalogue: what is written, and every fault with its line and key.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use kernel::Text;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::attribute::{Attribute, AttributeKind, BETWEEN, Choice};
use super::counting::Count;
use super::{Archetype, Catalogue, Domain, Feed, Mechanism, Service, Shape};
use crate::hours::Hours;

/// A file larger than this is no catalogue.
const LARGEST_FILE: u64 = 4 << 20;

/// Something that is wrong with a catalogue, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The file.
    pub file: String,
    /// The line, from 1; 0 where it is about the whole.
    pub line: usize,
    /// What it is about, such as `D001.attributes.doses`.
    pub key: String,
    /// What is wrong and what to do.
    pub message: Text,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        write!(f, "  {}：{} ({})", self.key, self.message.zh, self.message.en)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    domain: Option<RawDomain>,
    #[serde(default)]
    service: Vec<RawService>,
    #[serde(default)]
    archetype: Vec<RawArchetype>,
    #[serde(default)]
    mechanism: Vec<RawMechanism>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDomain {
    code: Spanned<String>,
    name: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawArchetype {
    code: Spanned<String>,
    name: Text,
    about: Text,
    attributes: Vec<RawAttribute>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMechanism {
    code: Spanned<String>,
    name: Text,
    facts: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawService {
    code: Spanned<String>,
    slug: Spanned<String>,
    name: Text,
    about: Text,
    archetypes: Vec<String>,
    icon: String,
    entry: RawEntry,
    hours: Option<Spanned<String>>,
    #[serde(default)]
    grades: Vec<RawChoice>,
    #[serde(default)]
    attributes: Vec<RawAttribute>,
    #[serde(default)]
    checks: Vec<Text>,
    feeds: Vec<RawFeed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEntry {
    shape: Spanned<String>,
    zh: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawChoice {
    key: String,
    zh: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAttribute {
    key: Spanned<String>,
    zh: String,
    en: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    unit: String,
    min: Option<i64>,
    max: Option<i64>,
    #[serde(default)]
    required: bool,
    #[serde(default = "yes")]
    public: bool,
    #[serde(default)]
    choices: Vec<RawChoice>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFeed {
    zh: String,
    en: String,
    units: Vec<String>,
    count: Spanned<String>,
    matter: Option<String>,
    facts: Vec<String>,
}

fn yes() -> bool {
    true
}

/// Reads one file onto `before`.
pub(super) fn read(before: &Catalogue, name: &str, text: &str) -> Result<Catalogue, Vec<Fault>> {
    let mut reader = Reader { file: name, text, faults: Vec::new() };
    let raw: RawFile = match toml::from_str(text) {
        Ok(raw) => raw,
        Err(error) => {
            let line = error.span().map_or(0, |span| reader.line(span.start));
            reader.fault(line, "toml", "这不是目录文件的写法", "this is not how a catalogue is written");
            if let Some(fault) = reader.faults.last_mut() {
                fault.message.zh.push_str(&format!("：{}", error.message()));
                fault.message.en.push_str(&format!(": {}", error.message()));
            }
            return Err(reader.faults);
        }
    };
    let mut catalogue = before.clone();
    for archetype in raw.archetype {
        let code = archetype.code.get_ref().clone();
        let line = reader.line(archetype.code.span().start);
        reader.said(line, &code, &archetype.name);
        reader.said(line, &code, &archetype.about);
        if catalogue.archetype(&code).is_some() {
            reader.fault(line, &code, "原型重复", "this archetype is there already");
        }
        let attributes = archetype.attributes.into_iter().filter_map(|raw| reader.attribute(&code, raw)).collect();
        catalogue.archetypes.push(Archetype { code, name: archetype.name, about: archetype.about, attributes });
    }
    let mut domain = String::new();
    if let Some(raw) = raw.domain {
        domain = raw.code.get_ref().clone();
        let line = reader.line(raw.code.span().start);
        reader.said(line, &domain, &raw.name);
        if catalogue.domain(&domain).is_none() {
            catalogue.domains.push(Domain { code: domain.clone(), name: raw.name });
        }
    }
    for service in raw.service {
        if let Some(service) = reader.service(&catalogue, &domain, service) {
            catalogue.services.push(service);
        }
    }
    for raw in raw.mechanism {
        let line = reader.line(raw.code.span().start);
        reader.said(line, raw.code.get_ref(), &raw.name);
        catalogue.mechanisms.push(Mechanism { code: raw.code.into_inner(), name: raw.name, facts: raw.facts });
    }
    catalogue.services.sort_by(|a, b| a.code.cmp(&b.code));
    if reader.faults.is_empty() { Ok(catalogue) } else { Err(reader.faults) }
}

/// Reads a file, or every TOML file of a folder in the order of names, onto `before`.
pub(super) fn read_path(before: &Catalogue, path: &Path) -> Result<Catalogue, Vec<Fault>> {
    let unreadable = |path: &Path, error: &dyn fmt::Display| {
        vec![Fault {
            file: path.display().to_string(),
            line: 0,
            key: "file".to_owned(),
            message: Text::new(format!("读不出来：{error}"), format!("cannot be read: {error}")),
        }]
    };
    let mut files = Vec::new();
    if path.is_dir() {
        for entry in std::fs::read_dir(path).map_err(|error| unreadable(path, &error))? {
            let file = entry.map_err(|error| unreadable(path, &error))?.path();
            if file.extension().is_some_and(|ending| ending == "toml") {
                files.push(file);
            }
        }
        files.sort();
        if files.is_empty() {
            return Err(unreadable(path, &"文件夹里没有 .toml 文件 / no .toml file in this folder"));
        }
    } else {
        files.push(path.to_owned());
    }
    let (mut catalogue, mut faults) = (before.clone(), Vec::new());
    for file in files {
        let size = std::fs::metadata(&file).map_err(|error| unreadable(&file, &error))?.len();
        if size > LARGEST_FILE {
            return Err(unreadable(&file, &"超过 4 MB / larger than 4 MB"));
        }
        let text = std::fs::read_to_string(&file).map_err(|error| unreadable(&file, &error))?;
        match read(&catalogue, &file.display().to_string(), &text) {
            Ok(grown) => catalogue = grown,
            Err(found) => faults.extend(found),
        }
    }
    if faults.is_empty() { Ok(catalogue) } else { Err(faults) }
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn line(&self, offset: usize) -> usize {
        self.text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
    }

    fn fault(&mut self, line: usize, key: &str, zh: impl Into<String>, en: impl Into<String>) {
        let (file, key) = (self.file.to_owned(), key.to_owned());
        self.faults.push(Fault { file, line, key, message: Text::new(zh, en) });
    }

    /// Both wordings are there, and the English one is not Chinese.
    fn said(&mut self, line: usize, key: &str, text: &Text) {
        let chinese = |text: &str| text.chars().any(|c| matches!(c, '\u{4E00}'..='\u{9FFF}'));
        if text.zh.trim().is_empty() {
            self.fault(line, key, "缺少中文", "the Chinese wording is missing");
        }
        if text.en.trim().is_empty() {
            self.fault(line, key, "缺少英文", "the English wording is missing");
        } else if chinese(&text.en) {
            self.fault(line, key, "英文里写了汉字", "the English wording is in Chinese");
        }
    }

    fn choices(&mut self, line: usize, key: &str, raw: Vec<RawChoice>) -> Vec<Choice> {
        let mut seen = BTreeSet::new();
        let mut choices = Vec::new();
        for one in raw {
            let name = Text::new(one.zh, one.en);
            self.said(line, key, &name);
            if !is_key(&one.key) {
                let said = format!("取值“{}”只能用小写字母、数字和下划线", one.key);
                self.fault(line, key, said, "a value is written in small letters, digits and low lines");
            }
            let taken = [one.key.clone(), name.zh.clone(), name.en.to_lowercase()].into_iter().collect::<BTreeSet<_>>();
            if !taken.into_iter().all(|word| seen.insert(word)) {
                let said = format!("取值“{}”与别的取值重名", one.key);
                self.fault(line, key, said, format!("the value “{}” has the key or name of another", one.key));
            }
            choices.push(Choice { key: one.key, name });
        }
        choices
    }

    fn attribute(&mut self, owner: &str, raw: RawAttribute) -> Option<Attribute> {
        let line = self.line(raw.key.span().start);
        let key = raw.key.into_inner();
        let path = format!("{owner}.attributes.{key}");
        let faults = self.faults.len();
        let name = Text::new(raw.zh, raw.en);
        self.said(line, &path, &name);
        if !is_key(&key) || key == "grade" {
            self.fault(
                line,
                &path,
                "属性名只能用小写字母、数字和下划线，且不能是 grade",
                "a key is written in small letters, digits and low lines, and is not grade",
            );
        }
        let wants_choices = matches!(raw.kind.as_str(), "choice" | "many");
        let choices = self.choices(line, &path, raw.choices);
        if wants_choices == choices.is_empty() {
            self.fault(
                line,
                &path,
                "choice 和 many 要列出取值，别的类型不列",
                "choice and many list their values, other types do not",
            );
        }
        if raw.kind == "many"
            && choices.iter().any(|one| {
                one.name.zh.contains(['、', '，', ';', BETWEEN]) || one.name.en.contains([',', ';', BETWEEN])
            })
        {
            self.fault(
                line,
                &path,
                "可多选的取值里不能有分隔号",
                "values of which several are chosen hold no separators",
            );
        }
        let kind = match raw.kind.as_str() {
            "whole" => AttributeKind::Whole,
            "number" => AttributeKind::Number,
            "yes" => AttributeKind::Yes,
            "text" => AttributeKind::Text,
            "phone" => AttributeKind::Phone,
            "day" => AttributeKind::Day,
            "link" => AttributeKind::Link,
            "choice" => AttributeKind::Choice(choices),
            "many" => AttributeKind::Many(choices),
            other => {
                let said = format!("不认识的类型“{other}”");
                self.fault(line, &path, said, format!("there is no type “{other}”"));
                return None;
            }
        };
        let attribute = Attribute {
            key,
            name,
            kind,
            unit: raw.unit,
            min: raw.min,
            max: raw.max,
            required: raw.required,
            public: raw.public,
        };
        if !attribute.is_number() && (!attribute.unit.is_empty() || raw.min.is_some() || raw.max.is_some()) {
            self.fault(line, &path, "只有数字才有单位和范围", "only numbers have a unit and bounds");
        }
        if !attribute.unit.is_empty() && !is_unit(&attribute.unit) {
            let said = format!("不认识的单位“{}”", attribute.unit);
            self.fault(line, &path, said, format!("the unit “{}” is not known", attribute.unit));
        }
        if raw.min.zip(raw.max).is_some_and(|(min, max)| min >= max) || raw.min.is_some_and(|min| min < 0) {
            self.fault(line, &path, "范围要从小到大，且不小于 0", "bounds rise and are not below 0");
        }
        (self.faults.len() == faults).then_some(attribute)
    }

    fn service(&mut self, known: &Catalogue, domain: &str, raw: RawService) -> Option<Service> {
        let line = self.line(raw.code.span().start);
        let code = raw.code.into_inner();
        let faults = self.faults.len();
        for text in [&raw.name, &raw.about].into_iter().chain(&raw.checks) {
            self.said(line, &code, text);
        }
        if domain.is_empty() {
            self.fault(line, &code, "文件开头要有 [domain]", "the file begins with [domain]");
        }
        let mut letters = code.chars();
        let numbered = letters.next().is_some_and(|c| c.is_ascii_uppercase()) && letters.clone().count() == 3;
        if !numbered || !letters.all(|c| c.is_ascii_digit()) {
            self.fault(line, &code, "编号是一个大写字母和三位数字", "a number is a capital letter and three digits");
        }
        let slug_line = self.line(raw.slug.span().start);
        let slug = raw.slug.into_inner();
        if slug.is_empty() || !slug.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
            self.fault(
                slug_line,
                &code,
                "slug 只能用小写字母、数字和连字符",
                "a slug is written in small letters, digits and hyphens",
            );
        }
        if known.services.iter().any(|one| one.code == code || one.slug == slug) {
            self.fault(line, &code, "编号或 slug 已被占用", "the number or the slug is taken");
        }
        if raw.icon.chars().count() != 1 {
            self.fault(line, &code, "图标是一个字", "the icon is one character");
        }
        let entry = Text::new(raw.entry.zh, raw.entry.en);
        self.said(line, &code, &entry);
        let shape = Shape::parse(raw.entry.shape.get_ref());
        if shape.is_none() {
            let at = self.line(raw.entry.shape.span().start);
            self.fault(at, &code, "shape 是 place、line、record 或 none", "the shape is place, line, record or none");
        }
        let hours = raw.hours.and_then(|hours| {
            let at = self.line(hours.span().start);
            let read = Hours::parse(hours.get_ref());
            if let Err(why) = &read {
                self.fault(at, &format!("{code}.hours"), why.zh.clone(), why.en.clone());
            }
            read.ok()
        });
        let grades = self.choices(line, &format!("{code}.grades"), raw.grades);
        let mut attributes: Vec<Attribute> =
            raw.attributes.into_iter().filter_map(|raw| self.attribute(&code, raw)).collect();
        for archetype in &raw.archetypes {
            match known.archetype(archetype) {
                // Two archetypes may share an attribute, and a service may say more exactly what it means.
                Some(archetype) => {
                    for given in &archetype.attributes {
                        if !attributes.iter().any(|own| own.key == given.key) {
                            attributes.push(given.clone());
                        }
                    }
                }
                None => {
                    let said = format!("不认识的原型“{archetype}”");
                    self.fault(line, &code, said, format!("there is no archetype “{archetype}”"));
                }
            }
        }
        if raw.archetypes.is_empty() {
            self.fault(line, &code, "至少写一个原型", "at least one archetype is needed");
        }
        let keys: BTreeSet<_> = attributes.iter().map(|attribute| &attribute.key).collect();
        if keys.len() < attributes.len() {
            self.fault(line, &code, "有两个属性同名", "two attributes have the same key");
        }
        for heading in twice(&attributes) {
            let said = format!("有两列都叫“{heading}”，表格里分不清");
            self.fault(line, &code, said, format!("two columns are called “{heading}”"));
        }
        if raw.feeds.is_empty() {
            self.fault(line, &code, "至少写一个指标（feeds）", "at least one indicator is fed");
        }
        let service = Service {
            domain: domain.to_owned(),
            name: raw.name,
            about: raw.about,
            archetypes: raw.archetypes,
            icon: raw.icon,
            entry,
            shape: shape.unwrap_or(Shape::None),
            hours,
            grades,
            attributes,
            checks: raw.checks,
            feeds: Vec::new(),
            slug,
            code,
        };
        let feeds = raw.feeds.into_iter().filter_map(|raw| self.feed(&service, raw)).collect();
        (self.faults.len() == faults).then_some(Service { feeds, ..service })
    }

    fn feed(&mut self, service: &Service, raw: RawFeed) -> Option<Feed> {
        let line = self.line(raw.count.span().start);
        let path = format!("{}.feeds.{}", service.code, raw.zh);
        let faults = self.faults.len();
        let name = Text::new(raw.zh, raw.en);
        self.said(line, &path, &name);
        for unit in raw.units.iter().filter(|unit| !is_unit(unit)) {
            self.fault(line, &path, format!("不认识的单位“{unit}”"), format!("the unit “{unit}” is not known"));
        }
        let count = match Count::parse(raw.count.get_ref()) {
            Ok(count) => count,
            Err(why) => {
                self.fault(line, &path, why, "the counting rule cannot be read");
                return None;
            }
        };
        for why in rule_faults(service, &count, raw.units.first().map(String::as_str)) {
            self.fault(line, &path, why.zh, why.en);
        }
        (self.faults.len() == faults).then_some(Feed {
            name,
            units: raw.units,
            count,
            matter: raw.matter,
            facts: raw.facts,
        })
    }
}

/// What is wrong with a rule that can be read: keys that are not there, values that are none, units that do not fit.
fn rule_faults(service: &Service, count: &Count, unit: Option<&str>) -> Vec<Text> {
    let mut faults = Vec::new();
    for (key, number) in count.keys().into_iter().filter(|(key, _)| *key != "grade") {
        match service.attribute(key) {
            None => faults.push(Text::new(format!("没有属性“{key}”"), format!("there is no attribute “{key}”"))),
            Some(attribute) if number && !attribute.is_number() => {
                faults.push(Text::new(format!("属性“{key}”不是数字"), format!("the attribute “{key}” is no number")));
            }
            Some(_) => {}
        }
    }
    for (key, values) in count.conditions() {
        let known: Vec<&str> = match (key, service.attribute(key)) {
            ("grade", _) => service.grades.iter().map(|grade| grade.key.as_str()).collect(),
            (_, Some(attribute)) if attribute.kind == AttributeKind::Yes => vec!["yes", "no"],
            (_, Some(attribute)) => attribute.choices().iter().map(|one| one.key.as_str()).collect(),
            (_, None) => continue,
        };
        for value in values.iter().filter(|value| !known.contains(&value.as_str())) {
            faults.push(Text::new(format!("“{key}”没有取值“{value}”"), format!("“{key}” has no value “{value}”")));
        }
    }
    if count.yes_key().is_some_and(|key| service.attribute(key).is_some_and(|one| one.kind != AttributeKind::Yes)) {
        faults.push(Text::new("share 要用是否类属性", "share looks at an attribute that is yes or no"));
    }
    let own = count.unit_key().and_then(|key| service.attribute(key)).map(|attribute| attribute.unit.as_str());
    match (own, unit) {
        (Some(own), Some(unit))
            if own != unit && figures::units::convert(rust_decimal::Decimal::ONE, own, unit).is_none() =>
        {
            faults.push(Text::new(
                format!("“{own}”不能换算成“{unit}”"),
                format!("“{own}” does not convert into “{unit}”"),
            ));
        }
        (Some(_), None) => faults.push(Text::new("数字要写单位", "a number needs a unit")),
        _ => {}
    }
    if count.is_percent() && unit != Some("%") {
        faults.push(Text::new("比例的单位是 %", "the unit of a share is %"));
    }
    if count.is_statement() && unit.is_some() {
        faults.push(Text::new("是否成立的指标没有单位", "a statement has no unit"));
    }
    faults
}

/// Names that two attributes have, or an attribute and a column that every register has.
fn twice(attributes: &[Attribute]) -> Vec<String> {
    let own = crate::registers::COLUMNS.iter().flat_map(|(zh, en)| [*zh, *en]);
    let mut seen: BTreeSet<String> = own.map(crate::registers::bare).collect();
    let names = attributes.iter().flat_map(|attribute| {
        let (zh, en) = (crate::registers::bare(&attribute.name.zh), crate::registers::bare(&attribute.name.en));
        if zh == en { vec![zh] } else { vec![zh, en] }
    });
    names.filter(|name| !seen.insert(name.clone())).collect()
}

fn is_key(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// A unit that the figures know, or one of them for each of another.
fn is_unit(unit: &str) -> bool {
    let known = |unit: &str| figures::units::find(unit).is_some();
    known(unit) || unit.split_once('/').is_some_and(|(one, other)| known(one) && known(other))
}
