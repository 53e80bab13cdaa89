//! Choosing targets so that published totals and published means hold together, exactly.
//!
//! Nothing is published about the targets of single projects, but their means are: 77.7 % over 37 projects, 77.7 % over
//! 15 categories, 6 projects done, 16 above 80 %. Done ÷ target is chosen for each project among targets that make it a
//! whole number of hundredths of a percent; two invented projects, which stand in categories of different size, take up
//! what is left of both means: two linear equations with two unknowns, solved in whole numbers.

use super::chance::Chance;

/// Units in one percent of a project's progress. 600 lets a mean of two or three indicators in hundredths stay whole.
const UNITS: i64 = 600;
/// Half a unit is what the equations may leave; see [`solve`].
const HALVES: i64 = 2;
/// Whole multiple of the sizes that categories have.
const SIZES: i64 = 12;

/// Where a project stands in June.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Band {
    /// Every target is reached.
    Done,
    /// Above 80 %.
    Above,
    /// Up to 80 %, and less than ten points behind.
    Middle,
    /// More than ten points behind.
    Behind,
    /// More than thirty points behind.
    FarBehind,
}

impl Band {
    /// How many projects stand in each, together with the two invented ones, which are in the middle.
    const COUNTS: [(Self, usize); 4] = [(Self::Done, 6), (Self::Above, 10), (Self::Behind, 2), (Self::FarBehind, 1)];

    /// The band of a progress; none near the borders, where a light would depend on rounding.
    fn of(units: i64) -> Option<Self> {
        match units {
            _ if units == 100 * UNITS => Some(Self::Done),
            _ if (81 * UNITS..99 * UNITS).contains(&units) => Some(Self::Above),
            _ if (45 * UNITS..79 * UNITS + UNITS / 2).contains(&units) => Some(Self::Middle),
            _ if (24 * UNITS..38 * UNITS).contains(&units) => Some(Self::Behind),
            _ if (11 * UNITS..19 * UNITS).contains(&units) => Some(Self::FarBehind),
            _ => None,
        }
    }
}

/// What is known of a project before its targets are.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// The category's number.
    pub(super) category: i32,
    /// Done by the end of June, of each indicator that counts for the project's progress; `None` for an invented one.
    pub(super) june: Option<Vec<Amount>>,
    /// Whether it is built first and counted later, so that it may lag.
    pub(super) late: bool,
}

/// A whole number of things.
#[derive(Clone, Copy, Debug)]
pub(super) struct Amount {
    /// How many, in units of the last printed place.
    pub(super) done: i64,
    /// The least that its target can be.
    pub(super) least: i64,
    /// The most that its target can be: one for each place, for instance.
    pub(super) most: i64,
}

/// The targets of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Targets {
    /// Where the project stands in June.
    pub(super) band: Band,
    /// The target of each indicator.
    pub(super) each: Vec<i64>,
    units: i64,
}

/// The result: targets of the projects with published figures, and done ÷ target of the invented ones.
#[derive(Clone, Debug)]
pub(super) enum Solved {
    /// Its targets.
    Targets(Targets),
    /// Its progress as a fraction with the denominator [`FRACTION`].
    Progress(i64),
}

/// The denominator of an invented project's progress: its target is a multiple of this.
pub(super) const FRACTION: i64 = 100 * UNITS * HALVES;

/// Chooses targets; the same lots choose the same.
///
/// # Errors
/// When no choice of targets fulfils all that is published; it does not happen with the shipped figures.
pub(super) fn solve(known: &[Known], mean: Mean, chance: &mut Chance) -> anyhow::Result<Vec<Solved>> {
    let choices: Vec<Choices> = known.iter().map(|project| Choices::of(project, chance)).collect();
    for _ in 0..200 {
        let Some(bands) = assign(known, &choices, chance) else { continue };
        let Some(mut draft) = Draft::new(known, &choices, bands, mean, chance) else { continue };
        if draft.settle(chance) {
            return Ok(draft.solved());
        }
    }
    anyhow::bail!("no targets fulfil the published means")
}

/// The means to reach, in tenths of a percent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mean {
    /// Over the projects.
    pub(super) projects: i64,
    /// Over the categories.
    pub(super) categories: i64,
}

/// All that a project's targets may be.
struct Choices(Vec<Targets>);

/// So many combinations are looked at; more make no difference to the search.
const COMBINATIONS: usize = 4_000;

impl Choices {
    fn of(project: &Known, chance: &mut Chance) -> Self {
        let Some(june) = &project.june else { return Self(Vec::new()) };
        let each: Vec<Vec<(i64, i64)>> = june.iter().map(|amount| candidates(*amount)).collect();
        let all: usize = each.iter().map(Vec::len).product();
        let count = i64::try_from(each.len()).unwrap_or(1);
        let mut found: Vec<Targets> =
            june.iter().all(|amount| amount.done >= amount.least).then(|| done(june)).into_iter().collect();
        for at in 0..all.min(COMBINATIONS) {
            let mut at = if all > COMBINATIONS { chance.index(all) } else { at };
            let mut targets = Vec::with_capacity(each.len());
            let mut hundredths = 0;
            for of_one in &each {
                let (target, progress) = of_one[at % of_one.len()];
                at /= of_one.len();
                targets.push(target);
                hundredths += progress;
            }
            let units = hundredths * (UNITS / 100) / count;
            match Band::of(units) {
                Some(Band::Done) | None => {}
                Some(band) => found.push(Targets { band, each: targets, units }),
            }
        }
        Self(found)
    }

    fn in_band(&self, band: Band) -> Vec<&Targets> {
        self.0.iter().filter(|targets| targets.band == band).collect()
    }

    fn allows(&self, band: Band) -> bool {
        self.0.iter().any(|targets| targets.band == band)
    }
}

/// Targets that make `amount` a whole number of hundredths of a percent, with that number: 10 to 100 percent, the
/// roundest where there are several.
fn candidates(amount: Amount) -> Vec<(i64, i64)> {
    let exact: Vec<(i64, i64)> = (1_000..=10_000)
        .filter(|hundredths| amount.done * 10_000 % hundredths == 0)
        .map(|hundredths| (amount.done * 10_000 / hundredths, hundredths))
        .filter(|(target, _)| (amount.least..=amount.most).contains(target))
        .collect();
    let round: Vec<_> = exact.iter().copied().filter(|(target, _)| digits(*target) <= 2).collect();
    if round.len() >= 6 { round } else { exact }
}

/// How many digits a number has before its trailing zeros.
fn digits(mut number: i64) -> u32 {
    while number >= 10 && number % 10 == 0 {
        number /= 10;
    }
    number.checked_ilog10().unwrap_or(0) + 1
}

/// Targets that are reached: the roundest number not above what is done, and not far below it.
fn done(june: &[Amount]) -> Targets {
    let target = |amount: &Amount| {
        let unit = 10_i64.pow(amount.done.checked_ilog10().unwrap_or(0).saturating_sub(1));
        amount.done / unit * unit
    };
    Targets { band: Band::Done, each: june.iter().map(target).collect(), units: 100 * UNITS }
}

/// A band for each project, such that the counts are those that are published.
fn assign(known: &[Known], choices: &[Choices], chance: &mut Chance) -> Option<Vec<Band>> {
    let mut bands: Vec<Option<Band>> = known.iter().map(|one| one.june.is_none().then_some(Band::Middle)).collect();
    let mut order: Vec<usize> = (0..known.len()).filter(|at| bands[*at].is_none()).collect();
    chance.shuffle(&mut order);
    let mut left = Band::COUNTS.map(|(_, count)| count);
    // Who can only stand in one place takes it first.
    order.sort_by_key(|at| choices[*at].allows(Band::Middle));
    for at in order {
        let open: Vec<usize> = (0..left.len())
            .filter(|band| left[*band] > 0 && choices[at].allows(Band::COUNTS[*band].0))
            .filter(|band| known[at].late || !matches!(Band::COUNTS[*band].0, Band::Behind | Band::FarBehind))
            .collect();
        let middle = choices[at].allows(Band::Middle);
        bands[at] = match chance.one_of(&open) {
            Some(band) if !middle || chance.happens(700) => {
                left[*band] -= 1;
                Some(Band::COUNTS[*band].0)
            }
            _ if middle => Some(Band::Middle),
            _ => None,
        };
    }
    (left.iter().sum::<usize>() == 0).then_some(())?;
    bands.into_iter().collect()
}

/// A choice under way.
struct Draft<'a> {
    open: Vec<Vec<&'a Targets>>,
    chosen: Vec<usize>,
    /// What a unit of each project adds to the sum of the categories' means, times [`SIZES`].
    weights: Vec<i64>,
    invented: [usize; 2],
    /// What the invented ones must make up, in units, and in units times [`SIZES`].
    rest: [i64; 2],
}

/// Where the invented projects may stand: in the middle, away from every border.
const INVENTED: std::ops::RangeInclusive<i64> = 52 * UNITS * HALVES..=79 * UNITS * HALVES;

impl<'a> Draft<'a> {
    fn new(known: &[Known], choices: &'a [Choices], bands: Vec<Band>, mean: Mean, chance: &mut Chance) -> Option<Self> {
        let size = |category| i64::try_from(known.iter().filter(|one| one.category == category).count()).unwrap_or(1);
        let weights: Vec<i64> = known.iter().map(|one| SIZES / size(one.category)).collect();
        let open: Vec<Vec<&Targets>> = choices.iter().zip(&bands).map(|(all, band)| all.in_band(*band)).collect();
        let chosen: Vec<usize> = open.iter().map(|all| chance.index(all.len().max(1))).collect();
        let mut categories: Vec<i32> = known.iter().map(|one| one.category).collect();
        categories.sort_unstable();
        categories.dedup();
        let count = |number: usize| i64::try_from(number).unwrap_or_default();
        let invented: Vec<usize> = (0..known.len()).filter(|at| known[*at].june.is_none()).collect();
        let mut draft = Self {
            invented: invented.try_into().ok()?,
            rest: [
                mean.projects * UNITS / 10 * count(known.len()),
                mean.categories * UNITS / 10 * count(categories.len()) * SIZES,
            ],
            open,
            chosen,
            weights,
        };
        for at in 0..known.len() {
            draft.count(at, -1);
        }
        Some(draft)
    }

    fn count(&mut self, at: usize, sign: i64) {
        if let Some(targets) = self.open[at].get(self.chosen[at]) {
            self.rest[0] += sign * targets.units;
            self.rest[1] += sign * targets.units * self.weights[at];
        }
    }

    /// The progress that the invented ones must have, in half units: x + y = rest₀, a·x + b·y = rest₁.
    fn answer(&self) -> [i64; 2] {
        let [a, b] = self.invented.map(|at| self.weights[at]);
        let x = HALVES * (self.rest[1] - b * self.rest[0]) / (a - b);
        [x, HALVES * self.rest[0] - x]
    }

    /// How far the answer is from what may be.
    fn distance(&self) -> i64 {
        let outside = |value: i64| (INVENTED.start() - value).max(value - INVENTED.end()).max(0);
        self.answer().map(outside).iter().sum()
    }

    /// Changes one choice after the other until the answer may be; gives up after a while.
    fn settle(&mut self, chance: &mut Chance) -> bool {
        let mut distance = self.distance();
        for _ in 0..20_000 {
            if distance == 0 {
                return true;
            }
            let at = chance.index(self.open.len());
            if self.open[at].len() < 2 {
                continue;
            }
            let before = self.chosen[at];
            self.choose(at, chance.index(self.open[at].len()));
            match self.distance() {
                nearer if nearer <= distance => distance = nearer,
                _ => self.choose(at, before),
            }
        }
        false
    }

    fn choose(&mut self, at: usize, choice: usize) {
        self.count(at, 1);
        self.chosen[at] = choice;
        self.count(at, -1);
    }

    fn solved(&self) -> Vec<Solved> {
        let [x, y] = self.answer();
        (0..self.open.len())
            .map(|at| match self.open[at].get(self.chosen[at]) {
                Some(targets) => Solved::Targets((*targets).clone()),
                None => Solved::Progress(if at == self.invented[0] { x } else { y }),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_make_whole_hundredths() {
        let of = |done| candidates(Amount { done, least: 0, most: i64::MAX });
        assert!(of(5_073).contains(&(6_000, 8_455)), "5073 of 6000 is 84.55 %");
        assert!(of(45).contains(&(60, 7_500)));
        assert_eq!(candidates(Amount { done: 1, least: 1, most: 1 }), [(1, 10_000)]);
        assert_eq!(done(&[5_073, 7].map(|done| Amount { done, least: 0, most: i64::MAX })).each, [5_000, 7]);
    }

    #[test]
    fn bands_keep_away_from_their_borders() {
        let of = |percent: i64| Band::of(percent * UNITS);
        assert_eq!([of(100), of(90), of(60), of(30), of(15)].map(|band| band.is_some()), [true; 5]);
        assert_eq!([of(80), of(40), of(20)], [None; 3]);
    }
}
