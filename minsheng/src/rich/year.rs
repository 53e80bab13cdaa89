//! The generated year as numbers: pure, and the same for the same seed.

use figures::{Decimal, Qualifier};
#[cfg(test)]
use figures::{Number, Precision};
use kernel::{Level, RegionCode};
use ledger::words::{Breakdown, FundSource, Kind};

use super::chance::Chance;
use super::course::{self, Finish, Luck};
use super::money::{self, Money};
use super::shape::{Fact, Pace, ProjectShape, Shape};
use super::share::{split, split_within};
use super::targets::{Amount, Band, FRACTION, Known, Mean, Solved, solve};

/// Months of a year.
pub(crate) const MONTHS: usize = 12;
/// The month whose figures are published, counted from zero.
pub(crate) const JUNE: usize = 5;

/// Everything that is counted in the year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Year {
    /// The adopted projects in their order, then what is counted beside them.
    pub(crate) projects: Vec<Project>,
    /// What is planned and spent.
    pub(crate) money: Money,
}

/// A project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Project {
    /// Its number, unless it is counted beside the adopted ones.
    pub(crate) number: Option<i32>,
    /// The category's number and name.
    pub(crate) category: (Option<i32>, String),
    /// Its name.
    pub(crate) name: String,
    /// The key of the body that leads.
    pub(crate) body: String,
    /// The milestones that it runs through.
    pub(crate) template: String,
    /// How its year goes.
    pub(crate) pace: Pace,
    /// Where it stands in June.
    pub(crate) band: Band,
    /// What it counts.
    pub(crate) indicators: Vec<Indicator>,
    /// Estimated completion (形象进度) by the end of each month, in percent, for each district in the order of the shape.
    pub(crate) image: Vec<[i64; MONTHS]>,
}

/// Something counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Indicator {
    /// The published figure of June that it carries.
    pub(crate) fact: Option<String>,
    /// Its name.
    pub(crate) name: String,
    /// Its unit.
    pub(crate) unit: String,
    /// What is counted.
    pub(crate) kind: Kind,
    /// A level that was reached earlier, and not what was done in the year.
    pub(crate) stock: bool,
    /// How closely the published figure is meant.
    pub(crate) qualifier: Qualifier,
    /// Decimal places of its amounts.
    pub(crate) places: u8,
    /// The level at which it is counted.
    pub(crate) grain: Level,
    /// The indicator of the same project that it belongs to, and whether as a part.
    pub(crate) parent: Option<(usize, bool)>,
    /// Whether its own parts are all of it.
    pub(crate) breakdown: Option<Breakdown>,
    /// The matter that it shares with other places.
    pub(crate) matter: Option<String>,
    /// Numbers of the services that it feeds.
    pub(crate) services: Vec<String>,
    /// What is to be done by the end of the year; none where only an outcome is known.
    pub(crate) target: Option<i64>,
    /// By place.
    pub(crate) shares: Vec<Share>,
}

/// What one place has to do and does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Share {
    /// The place.
    pub(crate) region: RegionCode,
    /// Its part of the target, in units of the last printed place; zero where there is no target.
    pub(crate) target: i64,
    /// Done from January on by the end of each month.
    pub(crate) months: [i64; MONTHS],
}

impl Indicator {
    /// An amount of it as a number.
    #[cfg(test)]
    pub(crate) fn number(&self, amount: i64) -> Number {
        Number { value: Decimal::new(amount, u32::from(self.places)), precision: Precision::places(self.places) }
    }

    /// Done in all places by the end of a month, in units of the last printed place.
    #[cfg(test)]
    pub(crate) fn sum(&self, month: usize) -> i64 {
        self.shares.iter().map(|share| share.months[month]).sum()
    }

    /// Whether it counts for its project's progress.
    pub(crate) fn counts(&self) -> bool {
        self.parent.is_none() && self.target.is_some()
    }
}

/// Makes the year of `seed` from its description and the published figures.
///
/// # Errors
/// When the two do not fit each other.
pub(crate) fn generate(shape: &Shape, facts: &[Fact], seed: u64) -> anyhow::Result<Year> {
    let chance = Chance::new(seed);
    let drafts = shape.projects.iter().map(|one| Draft::new(one, facts)).collect::<anyhow::Result<Vec<_>>>()?;
    let adopted: Vec<&Draft<'_>> = drafts.iter().filter(|draft| draft.category.0.is_some()).collect();
    let known: Vec<Known> = adopted.iter().map(|draft| draft.known()).collect();
    let solved = solve(&known, published_means(facts)?, &mut chance.fork("targets"))?;
    let mut solved = solved.into_iter();
    let mut number = 0;
    let mut projects = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let solved = draft.category.0.and_then(|_| solved.next());
        let adopted = solved.is_some().then(|| {
            number += 1;
            number
        });
        projects.push(draft.project(shape, adopted, solved, &chance)?);
    }
    let money = money::plan(shape, &projects, facts, &mut chance.fork("money"))?;
    Ok(Year { projects, money })
}

fn published_means(facts: &[Fact]) -> anyhow::Result<Mean> {
    let tenths = |name: &str| {
        let found = facts.iter().find(|fact| fact.indicator == name).and_then(|fact| fact.value);
        let tenths = found.and_then(|value| i64::try_from((value * Decimal::TEN).normalize()).ok());
        tenths.ok_or_else(|| anyhow::anyhow!("{name} is not among the published figures"))
    };
    Ok(Mean {
        projects: tenths("民生实事项目平均进度")?, categories: tenths("15类民生实事平均进度")?
    })
}

/// A project before its targets are known.
struct Draft<'a> {
    shape: &'a ProjectShape,
    facts: Vec<&'a Fact>,
    category: (Option<i32>, String),
}

impl<'a> Draft<'a> {
    fn new(shape: &'a ProjectShape, facts: &'a [Fact]) -> anyhow::Result<Self> {
        let own = |fact: &&Fact| shape.facts.as_deref() == Some(fact.project()) && fact.is_delivered();
        let own: Vec<&Fact> = facts.iter().filter(own).collect();
        anyhow::ensure!(!own.is_empty() || shape.invented.is_some(), "nothing is published about {}", shape.name);
        let named = facts.iter().map(|fact| &fact.category).find(|category| match shape.category {
            Some(number) => category.no == Some(number),
            None => own.iter().any(|fact| fact.category.name == category.name),
        });
        let name = named.map(|category| category.name.clone());
        let name = name.ok_or_else(|| anyhow::anyhow!("{}: no such category", shape.name))?;
        Ok(Self { shape, facts: own, category: (shape.category, name) })
    }

    /// The indicators that are no part of another.
    fn tops(&self) -> impl Iterator<Item = &&'a Fact> {
        self.facts.iter().filter(|fact| self.parent(fact).is_none())
    }

    fn parent(&self, fact: &Fact) -> Option<usize> {
        let parent = fact.parent.as_deref()?;
        self.facts.iter().position(|other| other.id == parent)
    }

    fn known(&self) -> Known {
        let amount = |fact: &&Fact| {
            let (least, most) = limits(fact);
            Amount { done: amount(fact), least, most }
        };
        Known {
            category: self.shape.category.unwrap_or_default(),
            june: self.shape.invented.is_none().then(|| self.tops().map(amount).collect()),
            late: self.shape.shape == Pace::Late,
        }
    }

    fn project(
        self,
        shape: &Shape,
        number: Option<i32>,
        solved: Option<Solved>,
        chance: &Chance,
    ) -> anyhow::Result<Project> {
        let mut chance = chance.fork(&self.shape.name);
        let (band, mut targets) = match &solved {
            Some(Solved::Targets(targets)) => (targets.band, targets.each.clone()),
            Some(Solved::Progress(_)) => (Band::Middle, Vec::new()),
            None => (Band::Done, self.tops().map(|fact| amount(fact)).collect()),
        };
        let spread = Spread::draw(shape, self.shape.shape, band, &mut chance);
        let mut indicators: Vec<Indicator> = Vec::new();
        if let (Some(invented), Some(Solved::Progress(progress))) = (&self.shape.invented, &solved) {
            anyhow::ensure!(invented.target % FRACTION == 0, "{}: not a multiple of {FRACTION}", self.shape.name);
            let june = invented.target / FRACTION * progress;
            let indicator = Indicator {
                fact: None,
                name: invented.indicator.clone(),
                unit: invented.unit.clone(),
                kind: invented.kind,
                stock: false,
                qualifier: Qualifier::Exact,
                places: 0,
                grain: Level::County,
                parent: None,
                breakdown: None,
                matter: None,
                services: Vec::new(),
                target: Some(invented.target),
                shares: spread.shares(invented.target, june, i64::MAX, false, &mut chance),
            };
            indicators.push(indicator);
        }
        targets.reverse();
        for fact in &self.facts {
            let june = amount(fact);
            let parent = self.parent(fact).map(|at| (at, fact.relation.as_deref() == Some("part_of")));
            let stock = fact.flow == "stock";
            let (target, shares) = match parent {
                Some((at, true)) => {
                    let whole = &indicators[at];
                    let target = whole.target.map(|target| target * june / whole.june().max(1)).unwrap_or(june);
                    (Some(target), spread.part(whole, target, june))
                }
                Some((_, false)) => (None, spread.shares(june, june, i64::MAX, stock, &mut chance)),
                None => {
                    let target = targets.pop().unwrap_or(june);
                    let each = if one_for_each(fact) { 1 } else { i64::MAX };
                    let city = june == 1;
                    let shares = if city {
                        spread.whole(shape.region, target, june)
                    } else {
                        spread.shares(target, june, each, stock, &mut chance)
                    };
                    (Some(target), shares)
                }
            };
            let city = shares.iter().any(|share| share.region == shape.region);
            let shares = if target.is_some() { shares } else { without_target(shares) };
            indicators.push(Indicator {
                fact: Some(fact.id.clone()),
                name: fact.indicator.clone(),
                unit: fact.unit.clone(),
                kind: fact.kind,
                stock,
                qualifier: Qualifier::parse_code(&fact.qualifier).unwrap_or(Qualifier::Exact),
                places: places(fact),
                grain: if city { Level::City } else { Level::County },
                parent,
                breakdown: fact.breakdown,
                matter: fact.matter.clone(),
                services: fact.service.clone(),
                target,
                shares,
            });
        }
        let image = spread.image(&indicators, &mut chance);
        Ok(Project {
            number,
            category: self.category,
            name: self.shape.name.clone(),
            body: self.shape.body.clone(),
            template: self.shape.template.clone(),
            pace: self.shape.shape,
            band,
            indicators,
            image,
        })
    }
}

impl Indicator {
    fn june(&self) -> i64 {
        self.shares.iter().map(|share| share.months[JUNE]).sum()
    }
}

fn without_target(shares: Vec<Share>) -> Vec<Share> {
    shares.into_iter().map(|share| Share { target: 0, ..share }).collect()
}

/// A published amount in units of its last printed place, without 万 and 亿: 59.88 is 5988, 15.1万 is 151000.
fn amount(fact: &Fact) -> i64 {
    let places = places(fact);
    let scaled = fact.value.unwrap_or_default() * Decimal::from(10_i64.pow(u32::from(places)));
    i64::try_from(scaled.normalize()).unwrap_or_default()
}

fn places(fact: &Fact) -> u8 {
    u8::try_from(fact.value.unwrap_or_default().normalize().scale()).unwrap_or_default()
}

/// The districts and counties of the city.
const COUNTIES: i64 = 10;

/// One for each county: the names say so.
fn one_for_each(fact: &Fact) -> bool {
    fact.indicator.starts_with("县级") || fact.indicator.starts_with("区（县、市）级")
}

/// The least and the most that a figure's target can be.
fn limits(fact: &Fact) -> (i64, i64) {
    match amount(fact) {
        // What there is one of in the city.
        1 => (1, 1),
        _ if one_for_each(fact) => (COUNTIES, COUNTIES),
        _ => (0, i64::MAX),
    }
}

/// How a project's year is spread over the districts.
struct Spread<'a> {
    shape: &'a Shape,
    pace: Pace,
    /// Hundredths of the usual speed, by district.
    speed: Vec<i64>,
    finish: Vec<Finish>,
}

impl<'a> Spread<'a> {
    fn draw(shape: &'a Shape, pace: Pace, band: Band, chance: &mut Chance) -> Self {
        let count = shape.districts.len();
        let mut speed: Vec<i64> = (0..count).map(|_| chance.between(88, 112)).collect();
        for _ in 0..chance.between(0, 2) {
            let slow = chance.index(count);
            speed[slow] = chance.between(30, 60);
        }
        let finish = speed.iter().map(|speed| Finish::draw(band, *speed < 80, chance)).collect();
        Self { shape, pace, speed, finish }
    }

    /// What there is one of in the city.
    fn whole(&self, region: RegionCode, target: i64, june: i64) -> Vec<Share> {
        let months = course::months(self.pace, false, june, june.max(target), Luck::default());
        vec![Share { region, target, months }]
    }

    fn shares(&self, target: i64, june: i64, each: i64, stock: bool, chance: &mut Chance) -> Vec<Share> {
        let weight = |weight: i64, chance: &mut Chance| weight * chance.between(80, 120);
        let weights: Vec<i64> = self.shape.districts.iter().map(|one| weight(one.weight, chance)).collect();
        let limits = vec![each.min(target); weights.len()];
        let targets = split_within(target, &weights, &limits);
        // Reached everywhere where it is reached in all; else nobody is ahead of the own target by June.
        let done = if june >= target {
            let more = split(june - target, &targets);
            targets.iter().zip(more).map(|(target, more)| target + more).collect()
        } else {
            let weights: Vec<i64> = targets.iter().zip(&self.speed).map(|(target, speed)| target * speed).collect();
            split_within(june, &weights, &targets)
        };
        let districts = self.shape.districts.iter().zip(&self.finish);
        districts
            .zip(targets.into_iter().zip(done))
            .filter(|(_, (target, done))| *target > 0 || *done > 0)
            .map(|((district, finish), (target, done))| {
                let end = finish.end(target, done);
                let months = course::months(self.pace, stock, done, end, Luck::draw(chance));
                Share { region: district.region, target, months }
            })
            .collect()
    }

    /// A part of `whole`: in no place and no month more than that.
    fn part(&self, whole: &Indicator, target: i64, june: i64) -> Vec<Share> {
        let of = |pick: fn(&Share) -> i64| whole.shares.iter().map(pick).collect::<Vec<_>>();
        let by_june = of(|share| share.months[JUNE]);
        let targets = split_within(target, &of(|share| share.target), &of(|share| share.target));
        let done = split_within(june, &by_june, &by_june);
        let ends = of(|share| share.months[MONTHS - 1]);
        let end = whole.target.map_or(june, |whole| target.max(june).min(whole)).max(june);
        let room: Vec<i64> = ends.iter().zip(&done).map(|(end, done)| end - done).collect();
        let more = split_within(end - june, &room, &room);
        let parts = whole.shares.iter().zip(targets).zip(done.into_iter().zip(more));
        parts
            .map(|((share, target), (done, more))| {
                let months = course::part(&share.months, done, done + more);
                Share { region: share.region, target, months }
            })
            .collect()
    }

    /// What those who build would say how far they are: between the count and the schedule, a little too hopeful.
    fn image(&self, indicators: &[Indicator], chance: &mut Chance) -> Vec<[i64; MONTHS]> {
        let districts = self.shape.districts.iter();
        districts
            .map(|district| {
                let hope = chance.between(0, 12);
                let (mut image, mut highest) = ([0; MONTHS], 0);
                for (month, image) in image.iter_mut().enumerate() {
                    let shares = indicators.iter().filter(|one| one.counts());
                    let shares = shares.flat_map(|one| &one.shares).filter(|share| share.region == district.region);
                    let (done, count) = shares.filter(|share| share.target > 0).fold((0, 0), |(done, count), share| {
                        (done + (share.months[month] * 100 / share.target).min(100), count + 1)
                    });
                    let counted = if count == 0 { 0 } else { done / count };
                    let said = if counted >= 100 { 100 } else { (counted + hope).min(98) };
                    highest = highest.max(said);
                    *image = highest;
                }
                image
            })
            .collect()
    }
}

/// Where money comes from, in the order of the published figures.
pub(crate) const SOURCES: [FundSource; 3] = [FundSource::City, FundSource::County, FundSource::Other];
