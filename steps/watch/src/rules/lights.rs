//! Which light a project shows, and why: its pace against the schedule, a start or a finish that is overdue.
//!
//! The worst of what the rules say counts, and every reason is told with its source. A project that is done shows that
//! before anything else; one without a figure shows no light, because missing is not zero.

use chrono::{Datelike, NaiveDate};
use kernel::rule_set::Certainty;
use kernel::{Lang, RuleSet, Text, counted_in_english};
use ledger::rules::{Light, light_against};
use rust_decimal::Decimal;

use super::deviation;

kernel::codes! {
    /// Which rule speaks.
    Cause {
        /// The target is reached, or the last milestone where there is nothing to count.
        Done = "done", "完成", "done";
        /// Quantity against the schedule.
        Pace = "pace", "进度", "pace";
        /// The planned start (开工).
        Start = "start", "开工", "start";
        /// The planned finish (竣工、交付、投用).
        Finish = "finish", "完工", "finish";
        /// There is no figure by the cut-off.
        Unreported = "unreported", "未报", "not reported";
        /// There is a figure, but no day or no target to compare it with.
        Incomparable = "incomparable", "不可比", "cannot be compared";
        /// The congress has approved that the project is given up.
        Cancelled = "cancelled", "已取消", "cancelled";
    }
}

/// Why a light is what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// The rule.
    pub cause: Cause,
    /// What it says of this project.
    pub words: Text,
    /// Where the rule comes from; none where no rule is needed.
    pub source: Option<(Text, Certainty)>,
}

/// A milestone as the rules see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// The day by which it should be reached, if one is planned.
    pub planned_on: Option<NaiveDate>,
    /// The day on which it was, as far as is known.
    pub reached_on: Option<NaiveDate>,
    /// Whether work begins with it.
    pub is_start: bool,
    /// Whether the project ends with it.
    pub is_finish: bool,
}

/// What is known of a project at a cut-off.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The cut-off.
    pub cut_off: NaiveDate,
    /// Done of to be done, in percent; none without a figure or a target.
    pub quantity: Option<Decimal>,
    /// What should be done by then, in percent; none for a figure without a day.
    pub due: Option<Decimal>,
    /// Whether there is any figure by then.
    pub reported: bool,
    /// Indicators with a target that have no figure yet: a project with such a one is not done.
    pub silent: usize,
    /// Its milestones, in order.
    pub nodes: &'a [Node],
    /// Whether it was given up with approval.
    pub cancelled: bool,
}

/// A light with its reasons; the decisive one comes first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The light; none where nothing can be said.
    pub light: Option<Light>,
    /// The reasons.
    pub why: Vec<Why>,
}

/// Month ends from that of the planned day on, up to the cut-off: how often it was due and not there.
///
/// 当月应开未开 is the first, 连续三个月 the third (银川 2025).
pub fn month_ends_missed(planned_on: NaiveDate, cut_off: NaiveDate) -> u32 {
    let month = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
    let month_is_over = cut_off.succ_opt().is_none_or(|next| next.month() != cut_off.month());
    let ends = month(cut_off) + i64::from(month_is_over) - month(planned_on);
    u32::try_from(ends).unwrap_or(0)
}

/// The light of a project by the rules of `set`.
pub fn judge(facts: &Facts<'_>, set: &RuleSet) -> Verdict {
    if facts.cancelled {
        let words = Text::new("经批准取消，不再亮灯", "given up with approval: no light");
        return Verdict { light: None, why: vec![Why { cause: Cause::Cancelled, words, source: None }] };
    }
    if let Some(why) = done(facts, set) {
        return Verdict { light: Some(Light::Done), why: vec![why] };
    }
    let mut said = vec![pace(facts, set)];
    said.extend(overdue(facts, set, Cause::Start));
    said.extend(overdue(facts, set, Cause::Finish));
    // The order of lights is from best to worst, and no light is better than any.
    said.sort_by_key(|(light, _)| std::cmp::Reverse(light.map(severity)));
    Verdict { light: said[0].0, why: said.into_iter().map(|(_, why)| why).collect() }
}

/// 0 for the best light, rising.
pub fn severity(light: Light) -> usize {
    Light::ALL.iter().position(|one| *one == light).unwrap_or(0)
}

fn done(facts: &Facts<'_>, set: &RuleSet) -> Option<Why> {
    let source = Some((set.done.source(), set.done.certainty));
    if let Some(quantity) = facts.quantity {
        // A figure that nobody dated would say so of every day of the year.
        facts.due?;
        let percent = Decimal::from(set.done.says.percent);
        let shown = figures::print_percent(quantity, 1);
        return (quantity >= percent && facts.silent == 0).then(|| Why {
            cause: Cause::Done,
            words: Text::new(
                format!("数量进度 {shown}，目标已达到"),
                format!("quantity {shown}: the target is reached"),
            ),
            source,
        });
    }
    let finish = facts.nodes.iter().rfind(|node| node.is_finish)?;
    let day = reached(finish, facts.cut_off)?;
    let name = &finish.name;
    let words = Text::new(format!("{name}已于 {day} 达到"), format!("“{name}” was reached on {day}"));
    Some(Why { cause: Cause::Done, words, source })
}

fn pace(facts: &Facts<'_>, set: &RuleSet) -> (Option<Light>, Why) {
    let Some((quantity, due)) = facts.quantity.zip(facts.due) else {
        let (cause, words) = if facts.reported || facts.quantity.is_some() {
            let words =
                Text::new("没有目标或没有截止日，不能与序时比较", "no target or no day: not compared with a schedule");
            (Cause::Incomparable, words)
        } else {
            (
                Cause::Unreported,
                Text::new("到这一天没有数字；没有数字不等于零", "no figure by this day, which is not zero"),
            )
        };
        return (None, Why { cause, words, source: None });
    };
    // Something is still unreported where the rest is done, so the project is on its way at best.
    let light = match light_against(quantity, due, set.into()) {
        Light::Done => Light::OnSchedule,
        light => light,
    };
    let points = deviation(quantity, due);
    let (done, should, size) =
        (figures::print_percent(quantity, 1), figures::print_percent(due, 1), figures::print_points(points.abs(), 1));
    let number = size.trim_end_matches("个百分点");
    let ahead = points >= Decimal::ZERO;
    let rule = match light {
        Light::FarBehind => limit("超过", "more than", set.lights.says.far_behind_over),
        Light::Behind => limit("超过", "more than", set.lights.says.behind_over),
        _ if !ahead => limit("未超过", "not more than", set.lights.says.behind_over),
        _ => (String::new(), String::new()),
    };
    let words = Text::new(
        format!(
            "数量进度 {done}，序时 {should}，{}于序时 {number} 个百分点{}",
            if ahead { "快" } else { "慢" },
            rule.0
        ),
        format!(
            "quantity {done}, schedule {should}: {number} points {}{}",
            if ahead { "ahead" } else { "behind" },
            rule.1
        ),
    );
    let rule = if !ahead && light == Light::OnSchedule {
        (set.lights_gap.source(), set.lights_gap.certainty)
    } else {
        (set.lights.source(), set.lights.certainty)
    };
    (Some(light), Why { cause: Cause::Pace, words, source: Some(rule) })
}

fn limit(zh: &str, en: &str, points: u32) -> (String, String) {
    (format!("（{zh} {points}）"), format!(" ({en} {points})"))
}

/// What the first overdue start or finish says; nothing while none is.
fn overdue(facts: &Facts<'_>, set: &RuleSet, cause: Cause) -> Option<(Option<Light>, Why)> {
    let (behind_from, far_behind_from, source) = if cause == Cause::Start {
        let rule = &set.start;
        (rule.says.behind_from_months, rule.says.far_behind_from_months, (rule.source(), rule.certainty))
    } else {
        let rule = &set.finish;
        (rule.says.behind_from_months, rule.says.far_behind_from_months, (rule.source(), rule.certainty))
    };
    let waits = |(at, node): &(usize, &Node)| {
        let this = if cause == Cause::Start { node.is_start } else { node.is_finish };
        // Whoever reached a later milestone has passed this one, marked or not.
        this && facts.nodes[*at..].iter().all(|later| reached(later, facts.cut_off).is_none())
    };
    let (_, node) = facts.nodes.iter().enumerate().filter(waits).find(|(_, node)| node.planned_on.is_some())?;
    let planned = node.planned_on?;
    let months = month_ends_missed(planned, facts.cut_off);
    let light = if months >= far_behind_from {
        Light::FarBehind
    } else if months >= behind_from {
        Light::Behind
    } else {
        return None;
    };
    let name = &node.name;
    let [planned, cut_off] = [planned, facts.cut_off].map(|day| Text::new(Lang::Zh.day(day), Lang::En.day(day)));
    let words = Text::new(
        format!("计划 {} {name}，到 {} 仍未达到，已连续 {months} 个月", planned.zh, cut_off.zh),
        format!(
            "“{name}” was planned for {} and is not reached by {}: {} running",
            planned.en,
            cut_off.en,
            counted_in_english(months, "month")
        ),
    );
    Some((Some(light), Why { cause, words, source: Some(source) }))
}

fn reached(node: &Node, cut_off: NaiveDate) -> Option<NaiveDate> {
    node.reached_on.filter(|day| *day <= cut_off)
}

#[cfg(test)]
mod tests {
    use kernel::RuleSets;
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn start(planned: &str, reached: Option<&str>) -> Node {
        Node {
            name: "开工".into(),
            planned_on: Some(day(planned)),
            reached_on: reached.map(day),
            is_start: true,
            is_finish: false,
        }
    }

    fn at(cut_off: &str, quantity: Option<i64>, due: i64, nodes: &[Node]) -> Verdict {
        let facts = Facts {
            cut_off: day(cut_off),
            quantity: quantity.map(Decimal::from),
            due: Some(Decimal::from(due)),
            reported: quantity.is_some(),
            silent: 0,
            nodes,
            cancelled: false,
        };
        judge(&facts, RuleSets::shipped().default_set())
    }

    /// 银川 2025, the 开工 rule: yellow in the month, red when three months have ended without it.
    #[test]
    fn a_start_that_is_overdue() {
        let nodes = [start("2024-03-15", None)];
        let of = |cut_off| at(cut_off, Some(60), 50, &nodes);
        assert_eq!(of("2024-03-30").light, Some(Light::OnSchedule), "the month is not over");
        assert_eq!(of("2024-03-31").light, Some(Light::Behind));
        assert_eq!(of("2024-04-30").light, Some(Light::Behind));
        assert_eq!(of("2024-05-30").light, Some(Light::Behind));
        assert_eq!(of("2024-05-31").light, Some(Light::FarBehind));
        assert_eq!(of("2024-05-31").why[0].cause, Cause::Start);
        let why = &of("2024-05-31").why[0].words;
        assert_eq!(why.zh, "计划 2024年3月15日 开工，到 2024年5月31日 仍未达到，已连续 3 个月");
        assert_eq!(why.en, "“开工” was planned for 15 March 2024 and is not reached by 31 May 2024: 3 months running");
        assert!(of("2024-03-31").why[0].words.en.ends_with("1 month running"));
        let nodes = [start("2024-03-15", Some("2024-06-02"))];
        assert_eq!(at("2024-05-31", Some(60), 50, &nodes).light, Some(Light::FarBehind), "not yet reached by then");
        assert_eq!(at("2024-06-30", Some(60), 50, &nodes).light, Some(Light::OnSchedule));
    }

    #[test]
    fn what_is_done_shows_that_first_and_what_is_missing_shows_nothing() {
        let nodes = [start("2024-01-15", None)];
        assert_eq!(at("2024-06-30", Some(100), 50, &nodes).light, Some(Light::Done));
        let silent = at("2024-06-30", None, 50, &[]);
        assert_eq!((silent.light, silent.why[0].cause), (None, Cause::Unreported));
        let late = at("2024-06-30", None, 50, &nodes);
        assert_eq!(
            (late.light, late.why[0].cause, late.why[1].cause),
            (Some(Light::FarBehind), Cause::Start, Cause::Unreported)
        );
    }

    /// One indicator at its target and another without a figure: missing is not done.
    #[test]
    fn a_project_with_a_silent_indicator_is_not_done() {
        let facts = Facts {
            cut_off: day("2024-06-30"),
            quantity: Some(Decimal::ONE_HUNDRED),
            due: Some(Decimal::from(50)),
            reported: true,
            silent: 1,
            nodes: &[],
            cancelled: false,
        };
        assert_eq!(judge(&facts, RuleSets::shipped().default_set()).light, Some(Light::OnSchedule));
    }

    #[test]
    fn a_figure_without_a_day_lights_nothing() {
        let facts = Facts {
            cut_off: day("2024-06-30"),
            quantity: Some(Decimal::ONE_HUNDRED),
            due: None,
            reported: true,
            silent: 0,
            nodes: &[],
            cancelled: false,
        };
        let verdict = judge(&facts, RuleSets::shipped().default_set());
        assert_eq!((verdict.light, verdict.why[0].cause), (None, Cause::Incomparable));
    }

    #[test]
    fn nothing_to_count_is_done_with_its_last_milestone() {
        let finish =
            Node { name: "投用".into(), is_start: false, is_finish: true, ..start("2024-09-30", Some("2024-09-12")) };
        let nodes = [start("2024-03-15", None), finish];
        let verdict = at("2024-09-30", None, 75, &nodes);
        assert_eq!(verdict.light, Some(Light::Done));
        assert!(verdict.why[0].words.zh.contains("投用已于 2024-09-12 达到"));
        let before = at("2024-08-31", None, 66, &nodes);
        assert_eq!(before.light, Some(Light::FarBehind), "by then the start was missing");
    }

    /// 银川 2025: 10 to 30 points behind is yellow, 30 included; more is red.
    #[test]
    fn thresholds_of_the_pace() {
        let of = |percent| at("2024-06-30", Some(percent), 50, &[]).light;
        assert_eq!(
            [50, 40, 39, 20, 19].map(of).map(|light| light.map(Light::code)),
            [Some("steady"), Some("steady"), Some("behind"), Some("behind"), Some("late")]
        );
        assert_eq!(
            at("2024-06-30", Some(38), 50, &[]).why[0].words.zh,
            "数量进度 38.0%，序时 50.0%，慢于序时 12.0 个百分点（超过 10）"
        );
    }

    #[test]
    fn given_up_with_approval_shows_no_light() {
        let facts = Facts {
            cut_off: day("2024-06-30"),
            quantity: None,
            due: None,
            reported: false,
            silent: 0,
            nodes: &[],
            cancelled: true,
        };
        let verdict = judge(&facts, RuleSets::shipped().default_set());
        assert_eq!((verdict.light, verdict.why[0].cause), (None, Cause::Cancelled));
    }

    proptest! {
        /// A later cut-off never makes an overdue start look better.
        #[test]
        fn an_overdue_start_only_gets_worse(planned in 0_u64..400, a in 0_u64..500, b in 0_u64..500) {
            let base = day("2024-01-01");
            let on = |days| base + chrono::Days::new(days);
            let nodes = [Node { planned_on: Some(on(planned)), ..start("2024-01-01", None) }];
            let of = |cut_off: u64| {
                let facts = Facts {
                    cut_off: on(cut_off), quantity: Some(Decimal::from(99)), due: Some(Decimal::ZERO), reported: true,
                    silent: 0, nodes: &nodes, cancelled: false,
                };
                judge(&facts, RuleSets::shipped().default_set()).light.map(severity)
            };
            prop_assert!(of(a.min(b)) <= of(a.max(b)));
        }

        #[test]
        fn months_are_counted_from_the_planned_one(planned in 0_u64..800, later in 0_u64..800) {
            let from = day("2023-01-01") + chrono::Days::new(planned);
            let to = from + chrono::Days::new(later);
            let slow = (0..=later).map(|days| from + chrono::Days::new(days))
                .filter(|one| one.succ_opt().is_some_and(|next| next.month() != one.month())).count();
            prop_assert_eq!(month_ends_missed(from, to) as usize, slow);
        }
    }
}
