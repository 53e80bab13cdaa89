//! Judging a whole catalogue: numbering, archetypes, indicators, and each published fact in its one place.

use std::collections::{BTreeMap, BTreeSet};

use kernel::Text;
use serde::{Deserialize, Serialize};

use super::file::Fault;
use super::{Catalogue, Feed};

/// The services that the bulletins name: D001 … D159.
const NUMBERED: usize = 159;

/// The archetypes, by code.
const ARCHETYPES: [&str; 12] = ["F", "C", "B", "L", "P", "A", "D", "R", "N", "I", "X", "O"];

/// What a check found.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// Services in the catalogue.
    pub services: usize,
    /// Attributes of all services, those of their archetypes included.
    pub attributes: usize,
    /// Indicators that are fed.
    pub indicators: usize,
    /// Of these, indicators that a register answers by a counting rule.
    pub answered: usize,
    /// Indicators for which no figure was published yet.
    pub unpublished: usize,
    /// Published facts that belong to a service.
    pub facts_of_services: usize,
    /// Published facts that belong to the core loop.
    pub facts_of_core: usize,
    /// Published facts in all.
    pub facts: usize,
    /// What is wrong; nothing in a sound catalogue.
    pub faults: Vec<Fault>,
}

/// What a check needs of a published fact.
#[derive(Deserialize)]
struct Fact {
    id: String,
    indicator: String,
    unit: String,
    matter: Option<String>,
}

/// Checks `catalogue` against published facts, one JSON object a line, and the codes of matters.
pub fn check(catalogue: &Catalogue, facts: &str, matters: &BTreeSet<String>) -> Checked {
    let mut faults = Vec::new();
    let mut fault = |key: String, zh: String, en: String| {
        faults.push(Fault { file: "catalogue".to_owned(), line: 0, key, message: Text::new(zh, en) });
    };
    for number in 1..=NUMBERED {
        let code = format!("D{number:03}");
        if catalogue.find(&code).is_none() {
            fault(code, "缺这一项服务".to_owned(), "this service is missing".to_owned());
        }
    }
    for code in ARCHETYPES {
        if catalogue.archetype(code).is_none() {
            fault(code.to_owned(), "缺这个原型".to_owned(), "this archetype is missing".to_owned());
        } else if !catalogue.services.iter().any(|service| service.archetypes.iter().any(|own| own == code)) {
            fault(code.to_owned(), "没有服务用到这个原型".to_owned(), "no service has this archetype".to_owned());
        }
    }
    let mut known = BTreeMap::new();
    for (at, line) in facts.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str::<Fact>(line) {
            Ok(fact) => {
                known.insert(fact.id.clone(), fact);
            }
            Err(error) => {
                let key = format!("facts:{}", at + 1);
                fault(key, format!("读不出来：{error}"), format!("cannot be read: {error}"));
            }
        }
    }
    let owners = catalogue.owners();
    for (id, owners) in &owners {
        if !known.contains_key(*id) {
            fault(owners.join("、"), format!("没有公布值 {id}"), format!("there is no fact {id}"));
        }
        if owners.len() > 1 {
            let owners = owners.join("、");
            fault((*id).to_owned(), format!("公布值挂在了 {owners} 多处"), format!("the fact stands at {owners}"));
        }
    }
    for fact in known.values().filter(|fact| !owners.contains_key(fact.id.as_str())) {
        let said = format!("公布值“{}”没有挂到任何服务或机制", fact.indicator);
        fault(fact.id.clone(), said, format!("the fact “{}” stands nowhere", fact.indicator));
    }
    let feeds = || catalogue.services.iter().flat_map(|service| service.feeds.iter().map(move |feed| (service, feed)));
    for (service, feed) in feeds() {
        for said in disagreements(feed, &known, matters) {
            fault(format!("{}.feeds.{}", service.code, feed.name.zh), said.zh, said.en);
        }
    }
    let of_core: usize = catalogue.mechanisms.iter().map(|mechanism| mechanism.facts.len()).sum();
    Checked {
        services: catalogue.services.len(),
        attributes: catalogue.services.iter().map(|service| service.attributes.len()).sum(),
        indicators: feeds().count(),
        answered: feeds().filter(|(_, feed)| feed.count.is_answered()).count(),
        unpublished: feeds().filter(|(_, feed)| feed.facts.is_empty()).count(),
        facts_of_services: owners.len().saturating_sub(of_core),
        facts_of_core: of_core,
        facts: known.len(),
        faults,
    }
}

/// Where a feed and its facts do not agree: unit, matter.
fn disagreements(feed: &Feed, known: &BTreeMap<String, Fact>, matters: &BTreeSet<String>) -> Vec<Text> {
    let mut said = Vec::new();
    if let Some(matter) = feed.matter.as_ref().filter(|matter| !matters.contains(*matter)) {
        said.push(Text::new(format!("没有事项“{matter}”"), format!("there is no matter “{matter}”")));
    }
    for fact in feed.facts.iter().filter_map(|id| known.get(id)) {
        // A figure without a number, and a statement, have no unit.
        if !fact.unit.is_empty() && !feed.units.contains(&fact.unit) {
            let units = feed.units.join("、");
            said.push(Text::new(
                format!("公布值 {} 的单位是“{}”，这里写的是“{units}”", fact.id, fact.unit),
                format!("the fact {} is in “{}”, here it says “{units}”", fact.id, fact.unit),
            ));
        }
        if let Some(matter) = fact.matter.as_ref().filter(|_| fact.matter != feed.matter) {
            said.push(Text::new(
                format!("公布值 {} 属于事项“{matter}”，这里没有写", fact.id),
                format!("the fact {} belongs to the matter “{matter}”, which is not named here", fact.id),
            ));
        }
    }
    said
}
