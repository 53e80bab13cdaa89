use figures::Decimal;
use kernel::RegionCode;
use ledger::rules;
use ledger::words::Direction;
use proptest::prelude::*;

use super::shape::{Fact, Shape, published, shape};
use super::targets::Band;
use super::year::{Indicator, JUNE, Project, Year, generate};

fn material() -> (Shape, Vec<Fact>) {
    (shape().unwrap(), published(ledger::samples::FACTS).unwrap())
}

fn value(facts: &[Fact], name: &str) -> Decimal {
    facts.iter().find(|fact| fact.indicator == name).and_then(|fact| fact.value).unwrap_or_else(|| panic!("no {name}"))
}

/// Done ÷ target as the ledger tells it, over all places.
fn progress(indicator: &Indicator) -> Decimal {
    let target: i64 = indicator.shares.iter().map(|share| share.target).sum();
    assert_eq!(Some(target), indicator.target, "{}", indicator.name);
    rules::progress(indicator.sum(JUNE).into(), target.into(), Direction::More).unwrap()
}

fn of_project(project: &Project) -> Decimal {
    let each: Vec<_> = project.indicators.iter().filter(|one| one.counts()).map(progress).collect();
    rules::mean_progress(&each).unwrap()
}

fn adopted(year: &Year) -> Vec<&Project> {
    year.projects.iter().filter(|project| project.number.is_some()).collect()
}

/// The mean to the twentieth place: far beyond what any rounding of a sum of 37 could hide.
fn mean(each: &[Decimal]) -> Decimal {
    (each.iter().sum::<Decimal>() / Decimal::from(each.len())).round_dp(20).normalize()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Everything that is published about June, for any seed.
    #[test]
    fn june_is_what_is_published(seed in any::<u64>()) {
        let (shape, facts) = material();
        let year = generate(&shape, &facts, seed).unwrap();
        let projects = adopted(&year);
        prop_assert_eq!(projects.len(), 37);
        prop_assert_eq!(Decimal::from(projects.len()), value(&facts, "市级民生实事项目数"));

        // Every published figure that can be added up is the sum over the places, exactly.
        let counted: Vec<&Indicator> = year.projects.iter().flat_map(|project| &project.indicators).collect();
        for fact in facts.iter().filter(|fact| fact.is_delivered()) {
            if fact.category.name == "资金安排与使用" { continue }
            let indicator = counted.iter().find(|one| one.fact.as_deref() == Some(&fact.id));
            let indicator = indicator.unwrap_or_else(|| panic!("{} {} is not counted", fact.id, fact.indicator));
            prop_assert_eq!(Some(indicator.number(indicator.sum(JUNE)).value), fact.value, "{}", fact.indicator);
        }

        // Both published means, the six that are done and the sixteen above 80 %.
        let each: Vec<Decimal> = projects.iter().map(|project| of_project(project)).collect();
        prop_assert_eq!(mean(&each), value(&facts, "民生实事项目平均进度"));
        let categories: Vec<Decimal> = (1..=15)
            .map(|number| {
                let own = projects.iter().zip(&each).filter(|(project, _)| project.category.0 == Some(number));
                mean(&own.map(|(_, progress)| *progress).collect::<Vec<_>>())
            })
            .collect();
        prop_assert_eq!(mean(&categories).round_dp(15), value(&facts, "15类民生实事平均进度"));
        let count = |above: i64| each.iter().filter(|progress| **progress > Decimal::from(above)).count();
        let done = each.iter().filter(|progress| **progress >= Decimal::ONE_HUNDRED).count();
        prop_assert_eq!(Decimal::from(done), value(&facts, "提前完成年度目标项目"));
        prop_assert_eq!(Decimal::from(count(80)), value(&facts, "进展率超过80%项目"));
        for (project, progress) in projects.iter().zip(&each) {
            prop_assert_eq!(project.band == Band::Done, *progress >= Decimal::ONE_HUNDRED, "{}", project.name);
        }
    }

    /// The money, in whole yuan.
    #[test]
    fn money_is_what_is_published(seed in any::<u64>()) {
        let (shape, facts) = material();
        let year = generate(&shape, &facts, seed).unwrap();
        let of = |source| year.money.by_june(source);
        let (city, counties, others) = (of(0), of(1), of(2));
        prop_assert_eq!(Decimal::from(city.0), value(&facts, "市本级财政安排"));
        prop_assert_eq!(Decimal::from(counties.0), value(&facts, "区（县、市）财政安排"));
        prop_assert_eq!(Decimal::from(others.0), value(&facts, "其他资金安排"));
        prop_assert_eq!(Decimal::from(city.1), value(&facts, "市本级使用资金"));
        let (planned, spent) = (city.0 + counties.0 + others.0, city.1 + counties.1 + others.1);
        prop_assert_eq!(Decimal::from(planned), value(&facts, "民生实事财政资金安排"));
        prop_assert_eq!(Decimal::from(spent), value(&facts, "民生实事实际使用资金"));
        let percent = |spent: i64, planned: i64| (Decimal::from(spent * 100) / Decimal::from(planned)).round_dp(1);
        prop_assert_eq!(percent(spent, planned), value(&facts, "民生实事资金使用进度"));
        prop_assert_eq!(percent(city.1, city.0), value(&facts, "市本级资金使用进度"));
        let lead = percent(city.1, city.0) - Decimal::from(50);
        prop_assert_eq!(lead, value(&facts, "市本级资金使用快于序时进度"));
        for funds in &year.money.0 {
            prop_assert!(funds.months.is_sorted() && funds.months[11] <= funds.planned, "{:?}", funds);
        }
    }

    /// A year that can be believed: nothing shrinks, no part is more than its whole, every district has something to do.
    #[test]
    fn the_year_can_be_believed(seed in any::<u64>()) {
        let (shape, facts) = material();
        let year = generate(&shape, &facts, seed).unwrap();
        for project in &year.projects {
            for indicator in &project.indicators {
                prop_assert!(indicator.shares.iter().all(|share| share.months.is_sorted()), "{}", indicator.name);
                let Some((parent, true)) = indicator.parent else { continue };
                for part in &indicator.shares {
                    let whole = project.indicators[parent].shares.iter().find(|share| share.region == part.region);
                    let whole = whole.unwrap();
                    prop_assert!(part.target <= whole.target, "{} {:?}", indicator.name, part);
                    prop_assert!(part.months.iter().zip(&whole.months).all(|(part, whole)| part <= whole));
                }
            }
        }
        let owes = |region: RegionCode| {
            adopted(&year).iter().filter(|one| one.indicators.iter().any(|one| one.shares.iter().any(|share| share.region == region))).count()
        };
        prop_assert!(shape.districts.iter().all(|district| owes(district.region) >= 20));
        let lagging = |band: Band| adopted(&year).iter().filter(|project| project.band == band).count();
        prop_assert_eq!((lagging(Band::Behind), lagging(Band::FarBehind)), (2, 1));
    }
}

#[test]
fn the_same_seed_makes_the_same_year() {
    let (shape, facts) = material();
    let of = |seed| generate(&shape, &facts, seed).unwrap();
    assert_eq!(of(2024), of(2024));
    assert_ne!(of(2024), of(2025));
}

/// The facts that ship are those that were collected, where the collection is at hand.
#[test]
fn the_published_figures_are_those_of_the_collection() {
    let collection = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/facts.jsonl");
    let Ok(text) = std::fs::read_to_string(&collection) else {
        println!("skipped: {} is not there", collection.display());
        return;
    };
    let (_, shipped) = material();
    let mut compared = 0;
    for line in text.lines() {
        let fact: serde_json::Value = serde_json::from_str(line).unwrap();
        let Some(own) = shipped.iter().find(|own| fact["id"] == own.id.as_str()) else { continue };
        let value = fact["value"].as_number().map(|number| number.to_string().parse::<Decimal>().unwrap());
        assert_eq!(value, own.value, "{}", own.id);
        compared += 1;
    }
    assert_eq!(compared, shipped.len());
}
