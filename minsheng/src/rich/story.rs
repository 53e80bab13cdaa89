//! What happens on the way to the figures: who is late, whose return comes back, who mistypes, when a milestone is reached.
//! Pure; the same seed tells the same story.

use kernel::RegionCode;
use report::words::Cause;

use super::chance::Chance;
use super::targets::Band;
use super::year::{JUNE, MONTHS};

/// What becomes of one return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Handed in on this day of the round, counted from its first.
    InTime {
        /// Days after the first.
        days: u64,
        /// It comes back once with a reason before it is approved.
        sent_back: Option<&'static str>,
        /// The first figure is too high by this, and is corrected in the ledger weeks later.
        too_high: bool,
    },
    /// Handed in so many days after the last one, with permission.
    Late {
        /// Days after the last.
        days: u64,
    },
    /// Not handed in at all; the next one brings the figures up to date.
    Missing,
}

/// Why reviewers send a return back.
const REASONS: [&str; 4] = [
    "本期完成数与佐证材料不一致，请核实后重报。",
    "请补充点位所在乡镇（街道）和完成时间。",
    "资金使用数与财政口径相差较大，请与财政部门核对。",
    "请说明本月进展较慢的原因和下步措施。",
];

/// The story of a seed.
pub(super) struct Story {
    chance: Chance,
}

impl Story {
    /// Of this seed.
    pub(super) fn new(seed: u64) -> Self {
        Self { chance: Chance::new(seed).fork("story") }
    }

    fn of(&self, what: &str, month: usize, project: usize, region: RegionCode) -> Chance {
        self.chance.fork(&format!("{what} {month} {project} {region}"))
    }

    /// What becomes of a return. Nobody misses June or December: the one is published, the other closes the year.
    pub(super) fn fate(&self, month: usize, project: usize, region: RegionCode, band: Band) -> Fate {
        let mut chance = self.of("fate", month, project, region);
        let lagging = matches!(band, Band::Behind | Band::FarBehind);
        if chance.happens(if lagging { 90 } else { 20 }) {
            return Fate::Late { days: u64::try_from(chance.between(1, 6)).unwrap_or(1) };
        }
        if month != JUNE && month + 1 != MONTHS && chance.happens(if lagging { 25 } else { 4 }) {
            return Fate::Missing;
        }
        let days = u64::try_from(chance.between(0, 3)).unwrap_or(0);
        let sent_back = chance.happens(20).then(|| chance.one_of(&REASONS).copied()).flatten();
        let too_high = month != JUNE && sent_back.is_none() && chance.happens(2);
        Fate::InTime { days, sent_back, too_high }
    }

    /// What is in the way of a project that lags at a place, told every month until October.
    pub(super) fn problem(
        &self,
        month: usize,
        project: usize,
        region: RegionCode,
        band: Band,
    ) -> Option<(Cause, &'static str)> {
        const PROBLEMS: [(Cause, &str); 5] = [
            (Cause::Land, "部分点位用地手续未办结，开工时间后移。"),
            (Cause::Approval, "方案调整后需重新报批，审批尚在办理。"),
            (Cause::Tendering, "首次招标流标，正在组织第二次招标。"),
            (Cause::Construction, "管线迁改与主体施工交叉，作业面受限。"),
            (Cause::Funds, "配套资金分批下达，第二批尚未到位。"),
        ];
        let told = (2..10).contains(&month) && matches!(band, Band::Behind | Band::FarBehind);
        // The same obstacle stands in the way for months.
        let mut chance = self.of("problem", 0, project, region);
        (told && chance.happens(600)).then(|| chance.one_of(&PROBLEMS).copied()).flatten()
    }
}

/// A milestone as far as the story needs it: the month by whose end it is planned, counted from zero, and the percent of
/// the project that is done with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Planned {
    /// The month.
    pub(super) month: usize,
    /// All weights up to it.
    pub(super) percent: i64,
}

/// Which milestone is reached in each month: one after the other, at most one a month, none before its time. What comes
/// before building begins goes by plan, what is built by the estimated completion.
pub(super) fn stages(planned: &[Planned], image: &[i64; MONTHS], late_by: usize) -> [Option<usize>; MONTHS] {
    let mut reached = [None; MONTHS];
    let mut next = 0;
    for (month, slot) in reached.iter_mut().enumerate() {
        let Some(milestone) = planned.get(next) else { break };
        let built = milestone.percent <= image[month].max(30) || image[month] >= 95;
        if month >= milestone.month + late_by && built {
            *slot = Some(next);
            next += 1;
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn milestones_are_reached_in_order(image in prop::array::uniform12(0_i64..=100), late_by in 0_usize..4) {
            let mut image = image;
            image.sort_unstable();
            let planned = [(0, 5), (1, 15), (2, 30), (7, 60), (9, 85), (10, 95), (11, 100)]
                .map(|(month, percent)| Planned { month, percent });
            let reached: Vec<usize> = stages(&planned, &image, late_by).into_iter().flatten().collect();
            prop_assert_eq!(reached.clone(), (0..reached.len()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_published_month_is_complete() {
        let region: RegionCode = "330226".parse().unwrap();
        let story = Story::new(7);
        for project in 0..400 {
            let fate = story.fate(JUNE, project, region, Band::Behind);
            assert!(!matches!(fate, Fate::Missing | Fate::InTime { too_high: true, .. }), "{fate:?}");
        }
    }
}
