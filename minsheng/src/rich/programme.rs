//! The programme of the generated year: what was adopted, who leads, what is to be done and where.

use std::collections::HashMap;

use anyhow::{Context, Result};
use chrono::{Datelike, NaiveDate};
use figures::{Decimal, Qualifier};
use kernel::{Level, RegionCode};
use ledger::entries::{self, NewEntry, Source, effective_on};
use ledger::programmes::{self, Holders, IndicatorForm, Outline, ProgrammeForm, ResponsibilityRole};
use ledger::words::{Accumulation, Breakdown, DateBasis, DecisionMode, FundSource, Kind, Measure, Purpose, Relation};
use plan::milestones;
use store::audit::{Event, RowDigest};
use store::{Store, Tx};
use uuid::Uuid;

use super::cast::Cast;
use super::chance::Chance;
use super::clock::at;
use super::shape::Shape;
use super::story::Planned;
use super::towns::{self, SPLIT_FURTHER, Share};
use super::year::{Indicator, Project, SOURCES, Year};

/// The programme as it stands in the ledger, with what the year calls its parts.
pub(super) struct Adopted {
    /// The programme with its outline.
    pub(super) outline: Outline,
    /// The keys of the projects, in the order of the year; behind them that of the programme's money.
    pub(super) projects: Vec<Uuid>,
    /// What each indicator in the ledger counts.
    pub(super) counted: Vec<Counted>,
}

/// An indicator in the ledger, with its amounts by place.
#[derive(Clone, Debug)]
pub(super) struct Counted {
    /// The indicator.
    pub(super) indicator: Uuid,
    /// The project, as an index of [`Adopted::projects`].
    pub(super) project: usize,
    /// Decimal places of its amounts.
    pub(super) places: u8,
    /// How closely they are meant.
    pub(super) qualifier: Qualifier,
    /// To be done in the whole city; none where only an outcome is known.
    pub(super) target: Option<i64>,
    /// By place: to be done, and done by the end of each month.
    pub(super) shares: Vec<Share>,
    /// The same by town, where the counties split their shares further; they add up to those.
    pub(super) towns: Vec<Share>,
}

impl Counted {
    /// The shares below which nothing is split any further: those of the places that report.
    pub(super) fn lowest(&self) -> &[Share] {
        if self.towns.is_empty() { &self.shares } else { &self.towns }
    }

    /// Done at a place by the end of a month.
    pub(super) fn done(&self, region: RegionCode, month: usize) -> i64 {
        let share = self.lowest().iter().find(|(place, _, _)| *place == region);
        share.and_then(|(_, _, months)| months.get(month)).copied().unwrap_or(0)
    }

    /// An amount of it, as it would be typed: 59.88, 5073, 982万.
    pub(super) fn typed(&self, amount: i64) -> String {
        figures::print_compact(Decimal::new(amount, u32::from(self.places)))
    }
}

/// What is written of a programme before its figures.
pub(super) struct Plan<'a> {
    shape: &'a Shape,
    year: &'a Year,
    cast: &'a Cast,
    seed: u64,
}

impl<'a> Plan<'a> {
    /// The programme of `year`.
    pub(super) fn new((shape, year): (&'a Shape, &'a Year), cast: &'a Cast, seed: u64) -> Self {
        Self { shape, year, cast, seed }
    }

    /// Finds the programme or adopts it: in January the outline and who leads, by its end the targets and their shares.
    ///
    /// # Errors
    /// When the database fails, or what is there is not what this version would have made.
    pub(super) async fn adopt(&self, store: &Store) -> Result<Adopted> {
        if programmes::find(store.reader(), &self.shape.slug).await?.is_none() {
            self.draw_up(&store.with_clock(at(self.day(1, 22)?, 9, 30)?)).await?;
        }
        let found = programmes::find(store.reader(), &self.shape.slug).await?.context("the programme was just made")?;
        let outline = Outline::load(store.reader(), found).await?;
        let towns = self.towns(store).await?;
        let adopted = self.match_up(outline, &towns)?;
        let targets = entries::count_of(store.reader(), adopted.outline.programme.id).await?;
        if targets == 0 {
            self.set_targets(&store.with_clock(at(self.day(1, 31)?, 15, 0)?), &adopted).await?;
        }
        Ok(adopted)
    }

    /// The towns of each county.
    async fn towns(&self, store: &Store) -> Result<HashMap<RegionCode, Vec<RegionCode>>> {
        let mut towns = HashMap::new();
        for district in &self.shape.districts {
            let below = ledger::regions::children(store.reader(), district.region, self.shape.year).await?;
            let below = below.into_iter().filter_map(|row| RegionCode::from_stored(row.code)).collect();
            towns.insert(district.region, below);
        }
        Ok(towns)
    }

    fn day(&self, month: u32, day: u32) -> Result<NaiveDate> {
        NaiveDate::from_ymd_opt(self.shape.year, month, day).context("a day of the year")
    }

    /// The outline, in one write.
    async fn draw_up(&self, store: &Store) -> Result<()> {
        let shape = self.shape;
        let mut tx = store.begin(&self.cast.office.actor()).await?;
        let form = ProgrammeForm {
            series: shape.series.clone(),
            title_en: shape.title_en.clone(),
            adopted_by: shape.adopted_by.clone(),
            decision_mode: DecisionMode::Voted,
            progress_rule: shape.progress_rule.clone(),
            default_cut_off: Some(self.day(6, 30)?),
            demo: true,
            published: true,
            ..ProgrammeForm::new(shape.region, shape.year, &shape.title)
        };
        let programme = programmes::create(&tx, &form).await?;
        let mut outline = Outline::load(tx.on(), programme).await?;
        self.add_money(&tx, &mut outline).await?;
        for (at, project) in self.year.projects.iter().enumerate() {
            self.add_project(&mut tx, &mut outline, at, project).await?;
        }
        let detail = serde_json::json!({
            "title": shape.title, "projects": outline.projects.len(), "indicators": outline.indicators.len(),
        });
        tx.record(Event::new("programme.created", "programme", &shape.slug, detail)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The money of the whole programme, which the finance offices report.
    async fn add_money(&self, tx: &Tx, outline: &mut Outline) -> Result<()> {
        let (category, _) = outline.category(tx, None, MONEY).await?;
        let (project, _) = outline.project(tx, category, None, MONEY_PROJECT).await?;
        self.add_funds(tx, outline, project, MONEY_PROJECT).await?;
        self.answer(tx, outline, project, "finance").await
    }

    /// An indicator for planned and spent money with a part for each source.
    async fn add_funds(&self, tx: &Tx, outline: &mut Outline, project: Uuid, name: &str) -> Result<()> {
        let whole = IndicatorForm {
            purpose: Purpose::Funding,
            breakdown: Some(Breakdown::Complete),
            ..IndicatorForm::new(funds_name(name, None), "元", Kind::Money, Level::County)
        };
        let whole = outline.add_indicator(tx, project, &whole).await?;
        for source in SOURCES {
            let part = IndicatorForm {
                purpose: Purpose::Funding,
                fund_source: Some(source),
                parent: Some(whole),
                relation: Some(Relation::PartOf),
                ..IndicatorForm::new(funds_name(name, Some(source)), "元", Kind::Money, Level::County)
            };
            outline.add_indicator(tx, project, &part).await?;
        }
        Ok(())
    }

    async fn add_project(&self, tx: &mut Tx, outline: &mut Outline, at: usize, project: &Project) -> Result<()> {
        let (number, name) = &project.category;
        let (category, _) = outline.category(tx, *number, name).await?;
        let (id, _) = outline.project(tx, category, project.number, &project.name).await?;
        let mut made: Vec<Uuid> = Vec::new();
        for indicator in &project.indicators {
            let parent = indicator.parent.and_then(|(at, part)| Some((*made.get(at)?, part)));
            let form = IndicatorForm {
                accumulation: if indicator.stock { Accumulation::Stock } else { Accumulation::New },
                parent: parent.map(|(id, _)| id),
                relation: parent.filter(|(_, part)| *part).map(|_| Relation::PartOf),
                breakdown: indicator.breakdown,
                matter: indicator.matter.clone(),
                services: indicator.services.clone(),
                ..IndicatorForm::new(&indicator.name, &indicator.unit, indicator.kind, grain(project, indicator))
            };
            made.push(outline.add_indicator(tx, id, &form).await?);
        }
        if self.year.money.0.iter().any(|funds| funds.project == at) {
            self.add_funds(tx, outline, id, &project.name).await?;
        }
        milestones::apply_template(tx, outline, (id, None), &project.template).await?;
        self.answer(tx, outline, id, &project.body).await
    }

    /// Who leads, in the city and in every county.
    async fn answer(&self, tx: &Tx, outline: &Outline, project: Uuid, body: &str) -> Result<()> {
        let places = self.shape.districts.iter().map(|district| district.region);
        for region in places.chain([self.shape.region]) {
            let bodies = vec![(Some(self.cast.body(body, region)?), None)];
            let holders = Holders { project, region, role: ResponsibilityRole::Lead, bodies };
            programmes::answer(tx, outline.programme.id, &holders, self.day(1, 22)?).await?;
        }
        Ok(())
    }

    /// Finds what the year counts among what stands in the ledger.
    fn match_up(&self, outline: Outline, towns: &HashMap<RegionCode, Vec<RegionCode>>) -> Result<Adopted> {
        let project = |name: &str| {
            let found = outline.projects.iter().find(|row| row.name == name);
            found.map(|row| row.id).with_context(|| format!("project {name} is missing"))
        };
        let mut projects = Vec::new();
        for one in &self.year.projects {
            projects.push(project(&one.name)?);
        }
        projects.push(project(MONEY_PROJECT)?);
        let mut counted = Vec::new();
        let of = |name: &str| {
            outline.indicator(name).map(|row| row.id).with_context(|| format!("indicator {name} is missing"))
        };
        for (at, project) in self.year.projects.iter().enumerate() {
            for indicator in &project.indicators {
                let mut delivered = delivered(of(&indicator.name)?, at, indicator);
                if grain(project, indicator) == Level::Town {
                    let mut chance = Chance::new(self.seed).fork(&format!("towns {}", indicator.name));
                    let split = |share: &Share| {
                        let below = towns.get(&share.0).map(Vec::as_slice).unwrap_or_default();
                        towns::of_county(share, below, &mut chance)
                    };
                    delivered.towns = delivered.shares.iter().flat_map(split).collect();
                }
                counted.push(delivered);
            }
            counted.extend(self.funds(of, &project.name, at, |funds| funds.project == at)?);
        }
        counted.extend(self.funds(of, MONEY_PROJECT, self.year.projects.len(), |_| true)?);
        Ok(Adopted { outline, projects, counted })
    }

    /// The money of one project, or of all: the whole, then by source.
    fn funds(
        &self,
        of: impl Fn(&str) -> Result<Uuid>,
        name: &str,
        project: usize,
        own: impl Fn(&super::money::Funds) -> bool,
    ) -> Result<Vec<Counted>> {
        let mut counted = Vec::new();
        let own: Vec<_> = self.year.money.0.iter().filter(|funds| own(funds)).collect();
        if own.is_empty() {
            return Ok(counted);
        }
        for source in std::iter::once(None).chain((0..SOURCES.len()).map(Some)) {
            let mut shares = Vec::new();
            for (at, district) in self.shape.districts.iter().enumerate() {
                let here = own.iter().filter(|funds| funds.district == at);
                let here: Vec<_> = here.filter(|funds| source.is_none_or(|source| funds.source == source)).collect();
                if !here.is_empty() {
                    let planned = here.iter().map(|funds| funds.planned).sum();
                    let months = std::array::from_fn(|month| here.iter().map(|funds| funds.months[month]).sum());
                    shares.push((district.region, planned, months));
                }
            }
            let source = source.and_then(|source| SOURCES.get(source)).copied();
            counted.push(Counted {
                indicator: of(&funds_name(name, source))?,
                project,
                places: 0,
                qualifier: Qualifier::Exact,
                target: (!shares.is_empty()).then(|| shares.iter().map(|(_, planned, _)| planned).sum()),
                shares,
                towns: Vec::new(),
            });
        }
        Ok(counted)
    }

    /// The city's targets and the shares of the places, in one write.
    async fn set_targets(&self, store: &Store, adopted: &Adopted) -> Result<()> {
        let mut tx = store.begin(&self.cast.office.actor()).await?;
        let mut event = Event::new("target.recorded", "programme", &self.shape.slug, serde_json::Value::Null);
        let mut new = Vec::new();
        for counted in &adopted.counted {
            let Some(target) = counted.target else { continue };
            let below = counted.shares.iter().any(|(region, _, _)| *region != self.shape.region);
            if below {
                new.push(self.target(&adopted.outline, counted, self.shape.region, target)?);
            }
            for (region, share, _) in counted.shares.iter().chain(&counted.towns).filter(|(_, share, _)| *share > 0) {
                new.push(self.target(&adopted.outline, counted, *region, *share)?);
            }
        }
        let count = new.len();
        let mut digest = RowDigest::default();
        entries::post(&tx, &adopted.outline, event.id, new, &mut digest).await?;
        event.detail = serde_json::json!({ "name": self.shape.title, "rows": count, "digest": digest.finish() });
        tx.record(event).await?;
        tx.commit().await?;
        Ok(())
    }

    fn target(&self, outline: &Outline, counted: &Counted, region: RegionCode, amount: i64) -> Result<NewEntry> {
        let raw = counted.typed(amount);
        let measure = Measure::Target;
        Ok(NewEntry {
            indicator: counted.indicator,
            region,
            organisation: None,
            measure,
            as_of: None,
            effective_on: effective_on(measure, None, (None, None), self.shape.year),
            number: Some(figures::parse_number(&raw)?),
            qualifier: Qualifier::Exact,
            source: Some(source(outline, counted.indicator, region, raw, measure)?),
            supersedes: None,
            withdrawn: false,
        })
    }
}

/// The heading of the programme's money.
const MONEY: &str = "资金安排与使用";
const MONEY_PROJECT: &str = "民生实事财政资金";

fn funds_name(project: &str, source: Option<FundSource>) -> String {
    match source {
        None => format!("{project}·资金"),
        Some(source) => format!("{project}·{}", source.name().zh),
    }
}

fn delivered(indicator: Uuid, project: usize, counted: &Indicator) -> Counted {
    Counted {
        indicator,
        project,
        places: counted.places,
        qualifier: counted.qualifier,
        target: counted.target,
        shares: counted.shares.iter().map(|share| (share.region, share.target, share.months)).collect(),
        towns: Vec::new(),
    }
}

/// The level at which an indicator is counted: in one project the counties split their shares down to the towns.
fn grain(project: &Project, indicator: &Indicator) -> Level {
    let further = project.name == SPLIT_FURTHER && indicator.grain == Level::County;
    if further { Level::Town } else { indicator.grain }
}

/// Where a figure that the office writes down itself comes from: nowhere but this demonstration.
pub(super) fn source(
    outline: &Outline,
    indicator: Uuid,
    region: RegionCode,
    raw: String,
    measure: Measure,
) -> Result<Source> {
    let row = outline.indicator_by_id(indicator).context("an indicator of the programme")?;
    let (flow, date_basis) = match measure {
        Measure::Actual => (row.accumulation.clone(), DateBasis::Printed),
        Measure::Target => ("target".to_owned(), DateBasis::Undated),
    };
    Ok(Source {
        document: None,
        external_id: None,
        sequence: 0,
        place: region.short(),
        year: outline.programme.year,
        label: row.name.clone(),
        raw,
        unit: row.unit.clone(),
        kind: row.kind.clone(),
        flow,
        period_start: None,
        period_end: None,
        date_basis,
        parent: None,
        relation: None,
        area: String::new(),
        tie: false,
        breakdown: row.breakdown(),
        note: Some("演示数据".to_owned()),
        quote: None,
        reason: None,
        reason_text: None,
    })
}

/// The milestones of each project, those of every place, in their order.
pub(super) async fn milestones(store: &Store, adopted: &Adopted) -> Result<HashMap<Uuid, Vec<(Uuid, Planned)>>> {
    let mut found = HashMap::<Uuid, Vec<(Uuid, Planned)>>::new();
    // As they were adopted: the story of the returns does not change when a postponement moves them.
    let year = adopted.outline.programme.year;
    let january = NaiveDate::from_ymd_opt(year, 1, 31).context("a day of the year")?;
    let programme = adopted.outline.programme.id;
    for one in milestones::as_known(store.reader(), programme, Some(january)).await? {
        let Some(day) = one.planned_on.filter(|_| one.region.is_none()) else { continue };
        let own = found.entry(one.project).or_default();
        let before = own.last().map_or(0, |(_, planned)| planned.percent);
        let weight = i64::try_from(one.weight.round()).unwrap_or_default();
        own.push((one.id, Planned { month: day.month0() as usize, percent: before + weight }));
    }
    Ok(found)
}
