//! The shipped catalogue against the shipped facts, and what an installation's own file can have wrong.

use std::collections::BTreeSet;

use super::*;

fn checked(catalogue: &Catalogue) -> Checked {
    check(catalogue, ledger::samples::FACTS, &ledger::samples::matter_codes().expect("the shipped matters"))
}

#[test]
fn the_shipped_catalogue_is_sound() {
    let checked = checked(Catalogue::shipped());
    assert!(
        checked.faults.is_empty(),
        "{}",
        checked.faults.iter().map(|fault| format!("{fault}\n")).collect::<String>()
    );
    assert_eq!((checked.services, checked.facts), (159, 441));
    assert_eq!(checked.facts_of_services + checked.facts_of_core, 441, "each fact stands in one place");
    let catalogue = Catalogue::shipped();
    assert_eq!(catalogue.archetypes.len(), 12);
    let slugs: BTreeSet<_> = catalogue.services.iter().map(|service| &service.slug).collect();
    assert_eq!(slugs.len(), 159);
}

/// The numbers of services that the shipped facts name themselves agree with the catalogue.
#[test]
fn facts_stand_where_their_own_lines_say() {
    let catalogue = Catalogue::shipped();
    let owners = catalogue.owners();
    for line in ledger::samples::FACTS.lines() {
        let fact: serde_json::Value = serde_json::from_str(line).expect("a fact");
        let Some(named) = fact["service"].as_array() else { continue };
        let owner = owners[fact["id"].as_str().expect("an id")][0];
        assert!(named.iter().any(|one| one == owner), "{} stands at {owner}, its line says {named:?}", fact["id"]);
    }
}

#[test]
fn every_service_says_something_of_its_own() {
    let catalogue = Catalogue::shipped();
    let abouts: BTreeSet<_> = catalogue.services.iter().map(|service| &service.about.zh).collect();
    assert_eq!(abouts.len(), 159);
    for service in &catalogue.services {
        let general: BTreeSet<&str> = service
            .archetypes
            .iter()
            .filter_map(|code| catalogue.archetype(code))
            .flat_map(|archetype| archetype.attributes.iter().map(|attribute| attribute.key.as_str()))
            .collect();
        let own = service.attributes.iter().filter(|attribute| !general.contains(attribute.key.as_str())).count();
        assert!(own >= 2 || !service.has_register(), "{} has {own} attributes of its own", service.code);
        // A facility has a checklist or is used through its list of links.
        let facility = service.archetypes.first().is_some_and(|code| code == "F") && service.shape == Shape::Place;
        assert!(!facility || !service.checks.is_empty() || service.code == "D006", "{} has no checklist", service.code);
    }
}

/// A kind of service that an installation adds.
const OWN: &str = include_str!("own.toml");

#[test]
fn an_installation_adds_its_own() {
    let catalogue = Catalogue::shipped().with("own.toml", OWN).expect("a sound file");
    assert_eq!(catalogue.services.len(), 160);
    assert!(checked(&catalogue).faults.is_empty());
    let service = catalogue.find("night-clinics").expect("the new one");
    assert!(service.attribute("phone").is_some(), "what facilities carry comes along");
}

#[test]
fn faults_name_line_and_key() {
    let cases = [
        ("unit = \"间\"", "unit = \"ly\"", 15, "L001.attributes.rooms", "不认识的单位"),
        ("type = \"whole\"", "type = \"wholes\"", 15, "L001.attributes.rooms", "不认识的类型"),
        ("count = \"entries\"", "count = \"sum(beds)\"", 18, "L001.feeds.夜间门诊", "没有属性"),
        ("count = \"entries\"", "count = \"sum(rooms)\"", 18, "L001.feeds.夜间门诊", "不能换算"),
        ("count = \"entries\"", "count = \"entries where grade = star9\"", 18, "L001.feeds.夜间门诊", "没有取值"),
        ("17:30–21:00", "五点到九点", 13, "L001.hours", "看不懂开放时间"),
        ("en = \"rooms\"", "en = \"诊室\"", 15, "L001.attributes.rooms", "英文里写了汉字"),
        ("[\"F\"]", "[\"Z\"]", 6, "L001", "不认识的原型"),
        ("L001", "D004", 6, "D004", "已被占用"),
        ("icon = \"夜\"", "icons = \"夜\"", 5, "toml", "不是目录文件的写法"),
    ];
    for (from, to, line, key, said) in cases {
        let faults = Catalogue::shipped().with("own.toml", &OWN.replacen(from, to, 1)).expect_err(to);
        let told = faults.iter().map(|fault| format!("{fault}\n")).collect::<String>();
        let found = faults.iter().any(|fault| fault.key == key && fault.message.zh.contains(said));
        assert!(found && told.contains("own.toml"), "{to}: {told}");
        assert!(
            faults.iter().any(|fault| fault.line.abs_diff(line) <= if key == "toml" { 8 } else { 1 }),
            "{to} should be near line {line}: {told}"
        );
    }
}

#[test]
fn a_fact_in_two_places_or_none_is_told() {
    let mut catalogue = Catalogue::shipped().clone();
    let taken = catalogue.services[0].feeds[0].facts.pop().expect("a fact");
    let told =
        |catalogue: &Catalogue| checked(catalogue).faults.iter().map(|fault| format!("{fault}\n")).collect::<String>();
    assert!(told(&catalogue).contains("没有挂到任何服务"), "{}", told(&catalogue));
    catalogue.services[0].feeds[0].facts.push(taken.clone());
    catalogue.services[1].feeds[0].facts.push(taken);
    assert!(told(&catalogue).contains("D001、D002 多处"), "{}", told(&catalogue));
    catalogue.services.remove(6);
    assert!(told(&catalogue).contains("缺这一项服务"));
}
