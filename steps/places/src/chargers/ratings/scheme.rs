//! The scheme as data, and the arithmetic: whole numbers only, so that every machine gets the same score.

use std::collections::BTreeMap;

use evcs::lenient::scaled;
use kernel::{Lang, codes};
use serde::{Deserialize, Serialize};

/// The scheme that ships with the program.
const SHIPPED: &str = include_str!("../../../../../data/ratings/kuai-you-sheng.toml");

codes! {
    /// The three words.
    Group {
        /// Quick to find.
        Fast = "fast", "找桩快", "quick to find";
        /// Good service.
        Good = "good", "服务优", "good service";
        /// Low cost.
        Cheap = "cheap", "费用省", "low cost";
    }
}

codes! {
    /// What can be measured. Shares are in percent.
    Measure {
        /// Of the time of all connectors, how much their state was known.
        KnownShare = "known_share", "状态已知时间占比", "time with a known state";
        /// Of stations, how many have position, address, hours and telephone.
        DescribedShare = "described_share", "信息完整的站占比", "stations described in full";
        /// Of the known time, how much was free.
        FreeShare = "free_share", "空闲时间占比", "time free";
        /// Of the known time, how much a connector worked.
        UsableShare = "usable_share", "可用时间占比", "time in working order";
        /// Hours out of order per connector in thirty days.
        FaultHours = "fault_hours", "每枪每 30 天故障小时", "hours out of order per connector in 30 days";
        /// Of connectors whose town is known, how many are rural.
        RuralShare = "rural_share", "农村枪占比", "connectors in rural towns";
        /// Of stations, how many publish prices that can be read.
        PricedShare = "priced_share", "公示价格的站占比", "stations with prices";
        /// Of stations with prices, how many never cost more than the cap.
        CappedShare = "capped_share", "不超限价的站占比", "stations below the cap";
        /// Of stations that say something of parking, at how many it is free or reduced.
        ParkingShare = "parking_share", "停车减免的站占比", "stations with free or reduced parking";
    }
}

/// A scheme.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scheme {
    /// Its word.
    pub code: String,
    /// Raised with every change.
    pub version: i32,
    /// The name.
    pub name: String,
    /// The name in English.
    pub name_en: String,
    /// What it is, in a line.
    pub about: String,
    /// The same in English.
    pub about_en: String,
    /// What counts.
    #[serde(rename = "criterion")]
    pub criteria: Vec<Criterion>,
}

/// One thing that counts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Its word.
    pub code: String,
    /// Which of the three.
    pub group: Group,
    /// The name.
    pub name: String,
    /// The name in English.
    pub name_en: String,
    /// What is measured.
    pub measure: Measure,
    /// What it is worth.
    pub weight: i64,
    /// Where it earns nothing.
    pub worst: String,
    /// Where it earns all of its weight.
    pub best: String,
    /// Yuan per kilowatt-hour, for [`Measure::CappedShare`].
    #[serde(default)]
    pub cap: Option<String>,
}

impl Criterion {
    /// The name.
    pub fn label(&self, lang: Lang) -> &str {
        lang.t(&self.name, &self.name_en)
    }

    /// The cap in ten-thousandths of a yuan.
    pub fn cap(&self) -> Option<i64> {
        scaled(self.cap.as_deref()?, 4)
    }

    fn bounds(&self) -> Option<(i64, i64)> {
        Some((scaled(&self.worst, 2)?, scaled(&self.best, 2)?)).filter(|(worst, best)| worst != best)
    }
}

/// What was measured of one operator or county: hundredths, by measure; what could not be measured is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// `OperatorID` or division code.
    pub subject: String,
    /// The name then.
    pub name: String,
    /// Stations.
    pub stations: i64,
    /// Connectors.
    pub connectors: i64,
    /// Hundredths of percent or hours.
    pub values: BTreeMap<String, i64>,
}

/// A score with what it is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scored {
    /// `OperatorID` or division code.
    pub subject: String,
    /// The name then.
    pub name: String,
    /// 1, 2, 2, 4 …
    pub rank: i64,
    /// Whether others have the same rank.
    pub tied: bool,
    /// Hundredths of points, out of 10,000.
    pub score: i64,
    /// Points of each criterion in hundredths, before scaling; missing where it was not measured.
    pub points: BTreeMap<String, i64>,
    /// The weights that were measured.
    pub weighed: i64,
}

impl Scheme {
    /// The one that ships with the program.
    ///
    /// # Panics
    /// When the shipped file is broken, which a test excludes.
    pub fn shipped() -> Self {
        Self::read(SHIPPED).expect("the shipped scheme is sound")
    }

    /// Reads a scheme.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        let scheme: Self = toml::from_str(text).map_err(|why| why.to_string())?;
        let mut codes = std::collections::BTreeSet::new();
        for criterion in &scheme.criteria {
            if !codes.insert(&criterion.code) {
                return Err(format!("{} stands twice", criterion.code));
            }
            if criterion.bounds().is_none() || criterion.weight <= 0 {
                return Err(format!("{}: worst and best are two numbers, the weight is more than 0", criterion.code));
            }
            if (criterion.measure == Measure::CappedShare) != criterion.cap().is_some() {
                return Err(format!("{}: a cap belongs to capped_share, and to nothing else", criterion.code));
            }
        }
        if scheme.criteria.is_empty() { Err("no criterion".to_owned()) } else { Ok(scheme) }
    }

    /// The name.
    pub fn label(&self, lang: Lang) -> &str {
        lang.t(&self.name, &self.name_en)
    }

    /// Scores and standard competition ranks, the best first; equal ones in the order of their subjects. Whoever has
    /// nothing measured is not rated.
    pub fn rate(&self, all: &[Measured]) -> Vec<Scored> {
        let mut scored: Vec<Scored> = all.iter().filter_map(|one| self.score(one)).collect();
        scored.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.subject.cmp(&b.subject)));
        let scores: Vec<i64> = scored.iter().map(|one| one.score).collect();
        for one in &mut scored {
            one.rank = 1 + scores.iter().filter(|score| **score > one.score).count().cast_signed() as i64;
            one.tied = scores.iter().filter(|score| **score == one.score).count() > 1;
        }
        scored
    }

    fn score(&self, measured: &Measured) -> Option<Scored> {
        let (mut points, mut weighed, mut sum) = (BTreeMap::new(), 0, 0);
        for criterion in &self.criteria {
            let Some(value) = measured.values.get(criterion.measure.code()) else { continue };
            let (worst, best) = criterion.bounds()?;
            let (low, high) = (worst.min(best), worst.max(best));
            let value = (*value).clamp(low, high);
            // Hundredths of points, rounded half up; both differences have the same sign.
            let earned = rounded((value - worst).abs() * criterion.weight * 100, (best - worst).abs());
            points.insert(criterion.code.clone(), earned);
            weighed += criterion.weight;
            sum += earned;
        }
        (weighed > 0).then(|| Scored {
            subject: measured.subject.clone(),
            name: measured.name.clone(),
            rank: 0,
            tied: false,
            score: rounded(sum * 100, weighed),
            points,
            weighed,
        })
    }
}

/// A quotient of numbers that are not negative, rounded half up.
fn rounded(part: i64, whole: i64) -> i64 {
    (2 * part + whole) / (2 * whole)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn measured(subject: &str, values: &[(Measure, i64)]) -> Measured {
        let values = values.iter().map(|(measure, value)| (measure.code().to_owned(), *value)).collect();
        Measured { subject: subject.into(), name: subject.into(), stations: 1, connectors: 1, values }
    }

    #[test]
    fn the_shipped_scheme_weighs_a_hundred_and_broken_ones_are_refused() {
        let scheme = Scheme::shipped();
        assert_eq!(scheme.criteria.iter().map(|one| one.weight).sum::<i64>(), 100);
        for (from, to) in [
            ("weight = 15", "weight = 0"),
            ("worst = \"50\"", "worst = \"100\""),
            ("cap = \"1.60\"\n", ""),
            ("known_share", "nonsense"),
            ("group = \"fast\"", "group = \"slow\""),
        ] {
            assert!(Scheme::read(&SHIPPED.replacen(from, to, 1)).is_err(), "{from} → {to}");
        }
    }

    /// Worked out by hand: known 90 % of 50–100 earns 12 of 15; faults 25 h of 48–2 earn 5 of 10; 17 of 25 weighed
    /// points are 68.00.
    #[test]
    fn a_score_can_be_worked_out_by_hand() {
        let scheme = Scheme::shipped();
        let one = measured("a", &[(Measure::KnownShare, 9_000), (Measure::FaultHours, 2_500)]);
        let scored = scheme.rate(&[one]);
        assert_eq!((scored[0].points["known"], scored[0].points["faults"], scored[0].weighed), (1_200, 500, 25));
        assert_eq!((scored[0].score, scored[0].rank), (6_800, 1));
    }

    #[test]
    fn equal_scores_share_a_rank_and_the_next_one_is_skipped() {
        let scheme = Scheme::shipped();
        let all = [("d", 6_000), ("b", 8_000), ("a", 9_000), ("c", 8_000)]
            .map(|(name, value)| measured(name, &[(Measure::KnownShare, value)]));
        let ranks: Vec<_> = scheme.rate(&all).into_iter().map(|one| (one.subject, one.rank, one.tied)).collect();
        let ranks: Vec<_> = ranks.iter().map(|(name, rank, tied)| (name.as_str(), *rank, *tied)).collect();
        assert_eq!(ranks, [("a", 1, false), ("b", 2, true), ("c", 2, true), ("d", 4, false)]);
        assert!(scheme.rate(&[measured("x", &[])]).is_empty(), "nothing measured is not zero");
    }

    proptest! {
        #[test]
        fn scores_lie_between_nothing_and_all_and_better_is_never_less(a in -100_i64..20_000, b in -100_i64..20_000) {
            let scheme = Scheme::shipped();
            let score = |value| scheme.rate(&[measured("a", &[(Measure::UsableShare, value), (Measure::KnownShare, 7_000)])])[0].score;
            let (low, high) = (score(a.min(b)), score(a.max(b)));
            prop_assert!(0 <= low && low <= high && high <= 10_000);
        }

        #[test]
        fn the_order_of_the_measured_does_not_matter(values in prop::collection::vec(0_i64..10_000, 1..8)) {
            let scheme = Scheme::shipped();
            let mut all: Vec<_> = values.iter().enumerate().map(|(at, value)| measured(&at.to_string(), &[(Measure::KnownShare, *value)])).collect();
            let forward = scheme.rate(&all);
            all.reverse();
            prop_assert_eq!(forward, scheme.rate(&all));
        }
    }
}
