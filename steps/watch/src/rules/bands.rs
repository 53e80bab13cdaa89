//! Counts of projects above a share, and whether the counts overlap.

use kernel::rule_set::BandsRule;
use kernel::{Lang, Text};
use rust_decimal::Decimal;

/// How many projects are done, how many are above each share, and what the counts have in common.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Bands {
    /// Projects with a progress.
    pub counted: usize,
    /// Those that are done.
    pub done: usize,
    /// Share in percent, and how many are strictly above it; the highest share first.
    pub above: Vec<Above>,
    /// Whether those that are done are counted among those above.
    pub includes_done: bool,
}

/// One band.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Above {
    /// In percent.
    pub share: u32,
    /// How many are above it.
    pub count: usize,
    /// How many of these are done as well.
    pub also_done: usize,
}

/// Counts `progress` (percent, not capped) by the rule; `done_from` is the percent from which a project is done.
pub fn bands(progress: &[Decimal], done_from: u32, rule: &BandsRule) -> Bands {
    let done = |value: &Decimal| *value >= Decimal::from(done_from);
    let mut shares = rule.above.clone();
    shares.sort_unstable_by(|a, b| b.cmp(a));
    let above = shares
        .into_iter()
        .map(|share| {
            let over = || progress.iter().filter(|value| **value > Decimal::from(share));
            let also_done = if rule.includes_done { over().filter(|value| done(value)).count() } else { 0 };
            let count = over().filter(|value| rule.includes_done || !done(value)).count();
            Above { share, count, also_done }
        })
        .collect();
    Bands {
        counted: progress.len(),
        done: progress.iter().filter(|value| done(value)).count(),
        above,
        includes_done: rule.includes_done,
    }
}

impl Bands {
    /// The counts in a sentence that says whether they overlap, so that nobody adds them up.
    pub fn statement(&self) -> Text {
        Text::new(self.said(Lang::Zh), self.said(Lang::En))
    }

    fn said(&self, lang: Lang) -> String {
        let mut parts = vec![match lang {
            Lang::Zh => format!("{} 项完成", self.done),
            Lang::En => format!("{} done", self.done),
        }];
        for band in &self.above {
            let (share, count) = (band.share, band.count);
            let overlap = match (lang, self.includes_done, band.also_done) {
                (Lang::Zh, true, 0) | (Lang::En, true, 0) => String::new(),
                (Lang::Zh, true, both) => format!("（含已完成 {both} 项，两数有重叠，不可相加）"),
                (Lang::En, true, both) => format!(" ({both} of them done: the counts overlap and must not be added)"),
                (Lang::Zh, false, _) => "（不含已完成，两数不重叠）".to_owned(),
                (Lang::En, false, _) => " (without those done: the counts do not overlap)".to_owned(),
            };
            parts.push(match lang {
                Lang::Zh => format!("{count} 项超过 {share}%{overlap}"),
                Lang::En => format!("{count} above {share}%{overlap}"),
            });
        }
        if self.above.len() > 1 {
            parts.push(lang.t("各档逐级包含", "a lower share includes the higher ones").to_owned());
        }
        parts.join(lang.t("，", ", "))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(percents: &[i64], rule: &BandsRule) -> Bands {
        bands(&percents.iter().copied().map(Decimal::from).collect::<Vec<_>>(), 100, rule)
    }

    /// Ningbo, first half of 2024: 16 above 80 %, 6 of them done.
    #[test]
    fn published_bands() {
        let mut percents = vec![100; 6];
        percents.extend([81, 82, 85, 88, 90, 92, 93, 95, 97, 99]);
        percents.extend(vec![80; 3]);
        percents.extend(vec![60; 18]);
        let both = of(&percents, &BandsRule { above: vec![80], includes_done: true });
        assert_eq!((both.counted, both.done, both.above[0].count, both.above[0].also_done), (37, 6, 16, 6));
        assert_eq!(both.statement().zh, "6 项完成，16 项超过 80%（含已完成 6 项，两数有重叠，不可相加）");
        let apart = of(&percents, &BandsRule { above: vec![80], includes_done: false });
        assert_eq!((apart.done, apart.above[0].count), (6, 10));
        assert!(apart.statement().zh.contains("不重叠"));
    }

    proptest! {
        #[test]
        fn the_statement_of_overlap_is_true(percents in prop::collection::vec(0_i64..140, 0..40), share in 1_u32..100, includes: bool) {
            let all = of(&percents, &BandsRule { above: vec![share], includes_done: includes });
            let either = percents.iter().filter(|p| **p > i64::from(share) || **p >= 100).count();
            prop_assert_eq!(all.done + all.above[0].count - all.above[0].also_done, either);
        }
    }
}
