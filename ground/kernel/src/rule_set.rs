//! Rules that differ by place and year, as data: one TOML file per jurisdiction (docs/rules.md).
//!
//! A set names its legal source and certainty rule by rule; results keep the set's name and version, so that last
//! year's light can be replayed with last year's rules.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::ladder::{Ladder, OrderKind, Term};
use crate::{RegionCode, ScheduleBasis, Text};

/// The files that ship with the program; `default` comes first.
const SHIPPED: [(&str, &str); 2] = [
    ("default.toml", include_str!("../../../data/rules/default.toml")),
    ("zhejiang-ningbo.toml", include_str!("../../../data/rules/zhejiang-ningbo.toml")),
];

/// How sure a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Certainty {
    /// Read in the source, or computed from it.
    V,
    /// Corroborated.
    C,
    /// From memory: to be checked.
    M,
    /// Our own choice.
    D,
}

/// One rule: its numbers, and where they come from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Rule<T> {
    /// What the rule says.
    #[serde(flatten)]
    pub says: T,
    /// How sure it is.
    pub certainty: Certainty,
    /// The law, standard or published figure, in Chinese.
    pub source: String,
    /// The same in English.
    pub source_en: String,
}

impl<T> Rule<T> {
    /// Where the rule comes from.
    pub fn source(&self) -> Text {
        Text::new(&self.source, &self.source_en)
    }
}

macro_rules! tables {
    ($($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $kind:ty,)+ })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
        pub struct $name { $($(#[$field_meta])* pub $field: $kind,)+ }
    )+};
}

tables! {
    /// How the schedule is counted.
    ScheduleRule {
        /// Months or days.
        basis: ScheduleBasis,
        /// What a cut-off inside a month counts.
        inside_month: InsideMonth,
    }
    /// From how many points behind a light changes.
    LightsRule {
        /// More than this many points behind is 滞后.
        behind_over: u32,
        /// More than this many points behind is 严重滞后.
        far_behind_over: u32,
    }
    /// What a lag within the first threshold is shown as.
    LightsGapRule {
        /// The light.
        light: GapLight,
    }
    /// When an indicator is done.
    DoneRule {
        /// Quantity percent from which it is done.
        percent: u32,
        /// Whether targets of full coverage stop at 100 percent.
        full_coverage_cap: bool,
    }
    /// How indicators make the progress of a project.
    ProgressRule {
        /// An over-fulfilled indicator counts as this many percent.
        cap: u32,
        /// How they are weighted.
        weights: Weights,
    }
    /// How projects make the progress of a programme.
    MeanRule {
        /// What the mean runs over.
        over: MeanOver,
    }
    /// How far a published ratio may be from the one recomputed.
    RatiosRule {
        /// In points.
        tolerance: Decimal,
    }
    /// Counts of projects above a share.
    BandsRule {
        /// Percents; strictly more counts.
        above: Vec<u32>,
        /// Whether finished projects are among them.
        includes_done: bool,
    }
    /// How chasing goes from step to step.
    LadderRule {
        /// The steps, mildest first.
        steps: Ladder,
    }
    /// Which step a light asks for.
    ProposalsRule {
        /// 滞后.
        behind: OrderKind,
        /// 严重滞后.
        far_behind: OrderKind,
    }
    /// How an order is closed (销号), and what follows when it is not.
    ClosingRule {
        /// How long a body has to mend what was sent back or refused.
        mend: Term,
        /// How long a body has once a false closing was reopened.
        reopened: Term,
        /// How many times a false closing counts.
        false_weight: u32,
    }
    /// What a project shows that has not started when it should have.
    StartRule {
        /// Month ends without the planned start from which it is 滞后.
        behind_from_months: u32,
        /// The same for 严重滞后.
        far_behind_from_months: u32,
    }
    /// What a project shows that is not finished when it should be.
    FinishRule {
        /// Month ends without the planned finish from which it is 滞后.
        behind_from_months: u32,
        /// The same for 严重滞后.
        far_behind_from_months: u32,
    }
    /// How the value at the end of the year is forecast.
    ForecastRule {
        /// Reported cut-offs of the year that are needed.
        points_min: u32,
        /// What is left of the trend after each further month; 1 is all of it.
        damping: Decimal,
        /// The share of cases that the interval is meant to hold, in percent.
        interval: u32,
        /// The normal quantile that belongs to it.
        z: Decimal,
    }
    /// How places and bodies are ranked.
    RankingRule {
        /// What those with equal values get.
        ties: Ties,
        /// Decimal places at which values are compared: what reads the same shares a place.
        places: u32,
    }
    /// When a value stands out among its peers.
    PeersRule {
        /// A modified z-score over this stands out.
        z_over: Decimal,
        /// Fewer peers than this are not compared.
        peers_min: u32,
    }
    /// Small groups of people are not shown in public.
    SmallGroupsRule {
        /// Counts below this are hidden.
        suppress_below: u32,
    }
    /// Who may sign a bulletin off.
    SignOffRule {
        /// Somebody other than the one who signs must have written in it.
        four_eyes: bool,
    }
    /// What a password must be.
    PasswordsRule {
        /// The fewest characters.
        length_min: u32,
        /// How many of the four classes.
        classes_min: u32,
        /// Days after which it is old.
        max_age_days: u32,
    }
    /// When an account is locked.
    LockOutRule {
        /// Failures in a row.
        failures: u32,
        /// Minutes.
        minutes: u32,
    }
    /// When an idle session ends.
    SessionsRule {
        /// Minutes.
        idle_minutes: u32,
    }
    /// How long audit events stay at hand.
    RetentionRule {
        /// Days, at least.
        audit_days_min: u32,
    }
}

macro_rules! words {
    ($($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident,)+ })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$variant_meta])* $variant,)+ }
    )+};
}

words! {
    /// What a cut-off inside a month counts.
    InsideMonth {
        /// The whole months before it.
        Before,
    }
    /// The light of a small lag.
    GapLight {
        /// 正常.
        OnSchedule,
        /// 滞后.
        Behind,
    }
    /// How indicators are weighted.
    Weights {
        /// All alike.
        Equal,
        /// As the programme gives them.
        Given,
    }
    /// What those with equal values get.
    Ties {
        /// 1, 2, 3, 3, 5: the better place, and the next ones are left out.
        Standard,
        /// 1, 2, 3, 3, 4.
        Dense,
    }
    /// What a mean runs over.
    MeanOver {
        /// Projects.
        Projects,
        /// Categories.
        Categories,
    }
}

/// A file as it stands; tables may be missing in a set that extends another.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    jurisdiction: String,
    #[serde(default)]
    extends: Option<String>,
    #[serde(default)]
    regions: Vec<RegionCode>,
    name: String,
    name_en: String,
    version: u32,
    #[serde(default)]
    valid_from: Option<NaiveDate>,
    #[serde(default)]
    valid_to: Option<NaiveDate>,
    #[serde(default)]
    schedule: Option<Rule<ScheduleRule>>,
    #[serde(default)]
    lights: Option<Rule<LightsRule>>,
    #[serde(default)]
    lights_gap: Option<Rule<LightsGapRule>>,
    #[serde(default)]
    done: Option<Rule<DoneRule>>,
    #[serde(default)]
    progress: Option<Rule<ProgressRule>>,
    #[serde(default)]
    mean: Option<Rule<MeanRule>>,
    #[serde(default)]
    ratios: Option<Rule<RatiosRule>>,
    #[serde(default)]
    bands: Option<Rule<BandsRule>>,
    #[serde(default)]
    ladder: Option<Rule<LadderRule>>,
    #[serde(default)]
    proposals: Option<Rule<ProposalsRule>>,
    #[serde(default)]
    closing: Option<Rule<ClosingRule>>,
    #[serde(default)]
    start: Option<Rule<StartRule>>,
    #[serde(default)]
    finish: Option<Rule<FinishRule>>,
    #[serde(default)]
    forecast: Option<Rule<ForecastRule>>,
    #[serde(default)]
    ranking: Option<Rule<RankingRule>>,
    #[serde(default)]
    peers: Option<Rule<PeersRule>>,
    #[serde(default)]
    small_groups: Option<Rule<SmallGroupsRule>>,
    #[serde(default)]
    sign_off: Option<Rule<SignOffRule>>,
    #[serde(default)]
    passwords: Option<Rule<PasswordsRule>>,
    #[serde(default)]
    lock_out: Option<Rule<LockOutRule>>,
    #[serde(default)]
    sessions: Option<Rule<SessionsRule>>,
    #[serde(default)]
    retention: Option<Rule<RetentionRule>>,
}

/// The rules that hold in a jurisdiction, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSet {
    /// The jurisdiction, as results keep it.
    pub jurisdiction: String,
    /// The version, as results keep it.
    pub version: u32,
    /// The name on screens.
    pub name: Text,
    regions: Vec<RegionCode>,
    valid: (Option<NaiveDate>, Option<NaiveDate>),
    /// How the schedule is counted.
    pub schedule: Rule<ScheduleRule>,
    /// From how many points behind a light changes.
    pub lights: Rule<LightsRule>,
    /// What a lag within the first threshold is shown as.
    pub lights_gap: Rule<LightsGapRule>,
    /// When an indicator is done.
    pub done: Rule<DoneRule>,
    /// How indicators make the progress of a project.
    pub progress: Rule<ProgressRule>,
    /// How projects make the progress of a programme.
    pub mean: Rule<MeanRule>,
    /// How far a published ratio may be off.
    pub ratios: Rule<RatiosRule>,
    /// Counts of projects above a share.
    pub bands: Rule<BandsRule>,
    /// How chasing goes from step to step.
    pub ladder: Rule<LadderRule>,
    /// Which step a light asks for.
    pub proposals: Rule<ProposalsRule>,
    /// How an order is closed.
    pub closing: Rule<ClosingRule>,
    /// What a late start shows.
    pub start: Rule<StartRule>,
    /// What a late finish shows.
    pub finish: Rule<FinishRule>,
    /// How the value at the end of the year is forecast.
    pub forecast: Rule<ForecastRule>,
    /// How places and bodies are ranked.
    pub ranking: Rule<RankingRule>,
    /// When a value stands out among its peers.
    pub peers: Rule<PeersRule>,
    /// Small groups are not shown in public.
    pub small_groups: Rule<SmallGroupsRule>,
    /// Who may sign a bulletin off.
    pub sign_off: Rule<SignOffRule>,
    /// What a password must be.
    pub passwords: Rule<PasswordsRule>,
    /// When an account is locked.
    pub lock_out: Rule<LockOutRule>,
    /// When an idle session ends.
    pub sessions: Rule<SessionsRule>,
    /// How long audit events stay at hand.
    pub retention: Rule<RetentionRule>,
}

impl RuleSet {
    fn read(file: File, base: Option<&Self>) -> Result<Self, String> {
        let jurisdiction = file.jurisdiction;
        macro_rules! take {
            ($($table:ident),+) => {
                Self {
                    version: file.version,
                    name: Text::new(file.name, file.name_en),
                    regions: file.regions,
                    valid: (file.valid_from, file.valid_to),
                    $($table: file
                        .$table
                        .or_else(|| base.map(|base| base.$table.clone()))
                        .ok_or_else(|| format!("{jurisdiction}: the table [{}] is missing", stringify!($table)))?,)+
                    jurisdiction,
                }
            };
        }
        Ok(take!(
            schedule,
            lights,
            lights_gap,
            done,
            progress,
            mean,
            ratios,
            bands,
            ladder,
            proposals,
            closing,
            start,
            finish,
            forecast,
            ranking,
            peers,
            small_groups,
            sign_off,
            passwords,
            lock_out,
            sessions,
            retention
        ))
    }

    fn holds(&self, region: RegionCode, day: NaiveDate) -> bool {
        let (from, to) = self.valid;
        self.regions.iter().any(|top| top.contains(region))
            && from.is_none_or(|from| from <= day)
            && to.is_none_or(|to| day <= to)
    }
}

/// All sets that are known.
#[derive(Clone, Debug)]
pub struct RuleSets(Vec<RuleSet>);

impl RuleSets {
    /// The sets that ship with the program.
    pub fn shipped() -> Self {
        Self::read(SHIPPED).expect("the shipped rule sets are tested")
    }

    /// Reads files, each after those that it extends.
    ///
    /// # Errors
    /// Names the file and what is wrong: no TOML, an unknown table or key, a missing table, an unknown base.
    pub fn read<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, String> {
        let mut sets = Vec::<RuleSet>::new();
        for (name, text) in files {
            let file: File = toml::from_str(text).map_err(|error| format!("{name}: {error}"))?;
            let base = match &file.extends {
                Some(base) => Some(
                    sets.iter()
                        .find(|set| set.jurisdiction == *base)
                        .ok_or_else(|| format!("{name}: no set {base}"))?,
                ),
                None => None,
            };
            let set = RuleSet::read(file, base).map_err(|error| format!("{name}: {error}"))?;
            sets.push(set);
        }
        Ok(Self(sets))
    }

    /// The set that holds for a programme of `region` and `year`: the nearest above the region, else the default.
    pub fn of(&self, region: RegionCode, year: i32) -> &RuleSet {
        let day = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(NaiveDate::MIN);
        let nearest =
            |set: &&RuleSet| set.regions.iter().filter(|top| top.contains(region)).map(|top| top.level()).max();
        self.0.iter().filter(|set| set.holds(region, day)).max_by_key(nearest).unwrap_or(&self.0[0])
    }

    /// The rules of the installation itself.
    pub fn default_set(&self) -> &RuleSet {
        &self.0[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_set_holds_and_keeps_what_it_does_not_replace() {
        let sets = RuleSets::shipped();
        let of = |code: &str, year| sets.of(code.parse().unwrap(), year);
        assert_eq!(of("330226", 2024).jurisdiction, "zhejiang-ningbo");
        assert_eq!(of("330226", 2023).jurisdiction, "default", "it holds from 2024");
        assert_eq!(of("330100", 2024).jurisdiction, "default");
        assert_eq!(of("330226", 2024).lights, sets.default_set().lights);
        assert_eq!(sets.default_set().lights.says, LightsRule { behind_over: 10, far_behind_over: 30 });
    }

    #[test]
    fn a_misspelt_rule_does_not_leave_the_default_in_force() {
        let default = SHIPPED[0];
        let with = |text: &'static str| RuleSets::read([default, ("x.toml", text)]).map(|_| ()).unwrap_err();
        let head = "jurisdiction = \"x\"\nextends = \"default\"\nname = \"x\"\nname_en = \"x\"\nversion = 1\n";
        let lights =
            "[lights]\nbehind_over = 10\nfar_behind = 30\ncertainty = \"D\"\nsource = \"\"\nsource_en = \"\"\n";
        assert!(with(Box::leak(format!("{head}[ligths]\nbehind_over = 1\n").into_boxed_str())).contains("ligths"));
        assert!(with(Box::leak(format!("{head}{lights}").into_boxed_str())).contains("far_behind_over"));
        assert!(
            with("jurisdiction = \"x\"\nextends = \"y\"\nname = \"x\"\nname_en = \"x\"\nversion = 1")
                .contains("no set y")
        );
    }
}
