//! What stands around the figures: programme, categories, projects, indicators and who answers for them.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use kernel::{Level, RegionCode, Text};
use ledger::programmes::{
    self, Holders, IndicatorForm, Outline, ProgrammeForm, ProjectForm, ResponsibilityRole, needs_decision,
};
use ledger::tables::indicators;
use ledger::words::{Accumulation, Kind, Relation};
use people::store::organisations;
use store::{Result, Tx};
use uuid::Uuid;

use super::adopted;
use super::columns::Column;
use super::draft::{Draft, DraftIndicator};
use super::faults::Faults;
use super::import::{Created, Options};

/// A draft whose surroundings stand in the ledger.
pub(super) struct Settled {
    pub(super) outline: Outline,
    /// The key of each indicator of the draft.
    pub(super) indicators: Vec<Uuid>,
    /// Indicators that were made just now.
    pub(super) new: HashSet<Uuid>,
    /// The key of each organisation of the draft.
    pub(super) organisations: Vec<Uuid>,
    pub(super) created: Created,
    pub(super) edited: u64,
    pub(super) responsibilities: u64,
    places: std::collections::BTreeMap<RegionCode, String>,
}

impl Settled {
    /// The name of a place of the draft.
    pub(super) fn place(&self, region: RegionCode) -> String {
        self.places.get(&region).cloned().unwrap_or_else(|| region.short())
    }
}

/// Finds or makes everything that the figures need.
pub(super) async fn settle(
    tx: &Tx,
    draft: &Draft,
    options: &Options,
    today: NaiveDate,
) -> Result<Result<Settled, Faults>> {
    let Some(told) = &draft.programme else {
        return Ok(Err(Faults::whole(&draft.sheet, "表里没有方案", "there is no programme in the sheet")));
    };
    let mut regions: Vec<RegionCode> = draft.figures.iter().map(|figure| figure.region).collect();
    regions.extend(draft.bodies.keys().map(|(_, region, _)| *region).chain([told.region]));
    regions.sort_unstable();
    regions.dedup();
    let places = ledger::regions::names(tx.on(), regions, told.year).await?;
    let mut form = ProgrammeForm { series: told.series.clone(), ..ProgrammeForm::new(told.region, told.year, "") };
    let (mut created, mut edited) = (Created::default(), 0);
    let programme = match programmes::find(tx.on(), &form.slug()).await? {
        Some(found) => {
            if let Some(title) = told.title.as_ref().filter(|title| **title != found.title) {
                let form = ProgrammeForm { title: title.clone(), ..ProgrammeForm::from(&found) };
                programmes::edit(tx, found.id, found.version, &form).await?;
                edited += 1;
            }
            found
        }
        None => {
            let place = places.get(&told.region).cloned().unwrap_or_else(|| told.region.short());
            form.title = told.title.clone().unwrap_or_else(|| format!("{place}{}年度民生实事", told.year));
            form.published = options.publish;
            created.programme = true;
            programmes::create(tx, &form).await?
        }
    };
    let outline = Outline::load(tx.on(), programme).await?;
    let settled = Settled {
        outline,
        indicators: Vec::new(),
        new: HashSet::new(),
        organisations: Vec::new(),
        created,
        edited,
        responsibilities: 0,
        places,
    };
    let mut settler = Settler { draft, settled, faults: draft.faults(), projects: Vec::new(), bodies: HashMap::new() };
    settler.categories_and_projects(tx).await?;
    settler.indicators(tx).await?;
    settler.parents(tx).await?;
    if settler.faults.is_empty() {
        settler.bodies(tx, today).await?;
    }
    let Settler { settled, faults, .. } = settler;
    Ok(faults.into_result().map(|()| settled))
}

struct Settler<'a> {
    draft: &'a Draft,
    settled: Settled,
    faults: Faults,
    projects: Vec<Uuid>,
    bodies: HashMap<(RegionCode, String), Uuid>,
}

impl Settler<'_> {
    async fn categories_and_projects(&mut self, tx: &Tx) -> Result<()> {
        let settled = &mut self.settled;
        let programme = settled.outline.programme.id;
        let fixed = needs_decision(&settled.outline.programme);
        let mut categories = Vec::with_capacity(self.draft.categories.len());
        for told in &self.draft.categories {
            let (id, new) = settled.outline.category(tx, told.number, &told.name).await?;
            settled.created.categories += u64::from(new);
            let known = settled.outline.categories.iter().find(|row| row.id == id).and_then(|row| row.number);
            if told.number.is_some() && known != told.number {
                programmes::edit_category(tx, programme, id, told.number, &told.name).await?;
                settled.edited += 1;
            }
            categories.push(id);
        }
        for told in &self.draft.projects {
            let (id, new) = settled.outline.project(tx, categories[told.category], told.number, &told.name).await?;
            settled.created.projects += u64::from(new);
            self.projects.push(id);
            let Some(row) = settled.outline.projects.iter_mut().find(|row| row.id == id) else { continue };
            let form = ProjectForm {
                number: told.number.or(row.number),
                name: row.name.clone(),
                formal_name: told.formal_name.clone().unwrap_or_else(|| row.formal_name.clone()),
                content: told.content.clone().unwrap_or_else(|| row.content.clone()),
            };
            let same =
                (&form.number, &form.formal_name, &form.content) == (&row.number, &row.formal_name, &row.content);
            if fixed && !row.content.is_empty() && form.content != row.content {
                self.faults.add(told.content_row, Some(Column::Content), adopted::content(&row.name));
                continue;
            }
            if !same {
                programmes::edit_project(tx, programme, id, &form).await?;
                settled.edited += u64::from(!new);
                (row.number, row.formal_name, row.content) = (form.number, form.formal_name, form.content);
            }
        }
        Ok(())
    }

    async fn indicators(&mut self, tx: &Tx) -> Result<()> {
        for told in &self.draft.indicators {
            let project = self.projects[told.project];
            let id = match self.settled.outline.indicator(&told.series).cloned() {
                Some(known) => {
                    if let Some(form) = self.changed(told, &known, project) {
                        self.settled.outline.edit_indicator(tx, known.id, known.version, &form).await?;
                        self.settled.edited += 1;
                    }
                    known.id
                }
                None => {
                    let form = self.new_indicator(told);
                    let id = self.settled.outline.add_indicator(tx, project, &form).await?;
                    self.settled.created.indicators += 1;
                    self.settled.new.insert(id);
                    id
                }
            };
            self.settled.indicators.push(id);
        }
        Ok(())
    }

    fn new_indicator(&self, told: &DraftIndicator) -> IndicatorForm {
        let top = self.settled.outline.region().level();
        let grain = told.grain.unwrap_or(told.deepest.map_or(top, |(deepest, _)| deepest.max(top)));
        let usual = IndicatorForm::new(&told.name, &told.unit, told.kind, grain);
        IndicatorForm {
            series: told.series.clone(),
            accumulation: told.accumulation.unwrap_or(usual_accumulation(told.kind)),
            by_body: told.shared.is_some(),
            ..told_of(told, usual)
        }
    }

    /// What the sheet changes of a known indicator, if anything.
    fn changed(&mut self, told: &DraftIndicator, known: &indicators::Model, project: Uuid) -> Option<IndicatorForm> {
        let name = &told.name;
        let mut fault = |column: Column, message: Text| self.faults.add(told.row, Some(column), message);
        if known.project_id != project {
            fault(
                Column::Project,
                Text::new(
                    format!("台账中指标“{name}”在另一个项目下：请改回原项目，或填写不同的指标代号"),
                    format!("in the ledger “{name}” belongs to another project"),
                ),
            );
        }
        if told.unit != known.unit && !(told.unit.is_empty()) {
            fault(
                Column::Unit,
                Text::new(
                    format!("台账中指标“{name}”的单位是“{}”，这里是“{}”", known.unit, told.unit),
                    format!("“{name}” has the unit “{}” in the ledger and “{}” here", known.unit, told.unit),
                ),
            );
        }
        if told.kind_told && told.kind != known.kind() {
            let (before, here) = (known.kind().name(), told.kind.name());
            fault(
                Column::Kind,
                Text::new(
                    format!("台账中指标“{name}”的类型是“{}”，这里是“{}”", before.zh, here.zh),
                    format!("“{name}” is of kind {} in the ledger and {} here", before.en, here.en),
                ),
            );
        }
        let grain = self.fitting_grain(told, known);
        let before = IndicatorForm::from(known);
        let form = IndicatorForm {
            name: told.name.clone(),
            grain,
            accumulation: told.accumulation.unwrap_or(before.accumulation),
            // A place that no body shares counts as before: nothing that was summed changes.
            by_body: before.by_body || told.shared.is_some(),
            ..told_of(told, before.clone())
        };
        (form != before).then_some(form)
    }

    /// An indicator takes deeper places as long as nothing has been rolled up from its own level.
    fn fitting_grain(&mut self, told: &DraftIndicator, known: &indicators::Model) -> Level {
        let deepest = told.deepest.map(|(deepest, _)| deepest);
        let wanted = told.grain.or(deepest.filter(|deepest| *deepest > known.grain())).unwrap_or(known.grain());
        let nothing_rolled_up = known.grain() <= self.settled.outline.region().level();
        if wanted == known.grain() || (wanted > known.grain() && nothing_rolled_up) {
            return wanted;
        }
        let (row, column) = match told.deepest {
            Some((_, row)) if told.grain.is_none() => (row, Column::Region),
            _ => (told.row, Column::Grain),
        };
        let (before, name) = (known.grain().name(), &known.name);
        self.faults.add(
            row,
            Some(column),
            Text::new(
                format!("台账中指标“{name}”按{}采集，不能改：请按这一级填写", before.zh),
                format!("in the ledger “{name}” is collected by {}, which cannot be changed", before.en),
            ),
        );
        known.grain()
    }

    /// Hangs indicators below those that they are part of.
    async fn parents(&mut self, tx: &Tx) -> Result<()> {
        for (at, told) in self.draft.indicators.iter().enumerate() {
            let Some(called) = &told.parent else { continue };
            let own = self.settled.indicators[at];
            let in_sheet = self.draft.indicator_called(called).map(|parent| self.settled.indicators[parent]);
            let outline = &self.settled.outline;
            let in_ledger = || {
                let by_name = || outline.indicators.iter().find(|row| row.name == *called);
                outline.indicator(called).or_else(by_name).map(|row| row.id)
            };
            let Some(parent) = in_sheet.or_else(in_ledger).filter(|parent| *parent != own) else {
                self.faults.add(
                    told.row,
                    Some(Column::Parent),
                    Text::new(
                        format!("表里和台账里都没有指标“{called}”：请核对名称或代号"),
                        format!("there is no indicator “{called}”, neither in the sheet nor in the ledger"),
                    ),
                );
                continue;
            };
            let Some(known) = outline.indicator_by_id(own).cloned() else { continue };
            let usual = if known.parent_id.is_some() { known.relation() } else { Some(Relation::PartOf) };
            let relation = told.relation.unwrap_or(usual);
            if known.parent_id == Some(parent) && known.relation() == relation {
                continue;
            }
            let form = IndicatorForm { parent: Some(parent), relation, ..IndicatorForm::from(&known) };
            self.settled.outline.edit_indicator(tx, own, known.version, &form).await?;
            self.settled.edited += u64::from(!self.settled.new.contains(&own));
        }
        Ok(())
    }

    async fn body(&mut self, tx: &Tx, region: RegionCode, name: &str) -> Result<Uuid> {
        let key = (region, name.to_owned());
        if let Some(known) = self.bodies.get(&key) {
            return Ok(*known);
        }
        let (row, new) = organisations::called(tx, region, name).await?;
        self.settled.created.bodies += u64::from(new);
        self.bodies.insert(key, row.id);
        Ok(row.id)
    }

    async fn bodies(&mut self, tx: &Tx, today: NaiveDate) -> Result<()> {
        let draft = self.draft;
        for (region, name) in &draft.organisations {
            let id = self.body(tx, *region, name).await?;
            self.settled.organisations.push(id);
        }
        for ((project, region, role), told) in &draft.bodies {
            let mut bodies = Vec::with_capacity(told.len());
            for body in told {
                let name = match &body.name {
                    Some(name) => name.clone(),
                    None => self.usual_body(*project, *region, *role),
                };
                let organisation = self.body(tx, *region, &name).await?;
                let post = match &body.post {
                    Some(title) => {
                        let (post, new) = organisations::post_called(tx, organisation, title).await?;
                        self.settled.created.bodies += u64::from(new);
                        Some(post.id)
                    }
                    None => None,
                };
                bodies.push((Some(organisation), post));
            }
            let holders = Holders { project: self.projects[*project], region: *region, role: *role, bodies };
            let programme = self.settled.outline.programme.id;
            self.settled.responsibilities += programmes::answer(tx, programme, &holders, today).await?;
        }
        Ok(())
    }

    /// The body of a post that is written without one: the lead body for a responsible person, else the government.
    fn usual_body(&self, project: usize, region: RegionCode, role: ResponsibilityRole) -> String {
        let lead = |region: RegionCode| {
            let told = self.draft.bodies.get(&(project, region, ResponsibilityRole::Lead))?;
            told.iter().find_map(|body| body.name.clone())
        };
        let lead = (role == ResponsibilityRole::ResponsiblePerson)
            .then(|| lead(region).or_else(|| lead(self.settled.outline.region())))
            .flatten();
        lead.unwrap_or_else(|| format!("{}人民政府", self.settled.place(region)))
    }
}

/// What the sheet tells beyond name, unit and kind, over what holds otherwise.
fn told_of(told: &DraftIndicator, otherwise: IndicatorForm) -> IndicatorForm {
    IndicatorForm {
        direction: told.direction.unwrap_or(otherwise.direction),
        purpose: told.purpose.unwrap_or(otherwise.purpose),
        statistic: told.statistic.or(otherwise.statistic),
        fund_source: told.fund_source.or(otherwise.fund_source),
        breakdown: told.breakdown.or(otherwise.breakdown),
        matter: told.matter.clone().or(otherwise.matter.clone()),
        services: told.services.clone().unwrap_or(otherwise.services.clone()),
        ..otherwise
    }
}

fn usual_accumulation(kind: Kind) -> Accumulation {
    match kind {
        Kind::Percent | Kind::Ratio => Accumulation::Rate,
        Kind::RateChange => Accumulation::Change,
        Kind::Rank => Accumulation::Stock,
        _ => Accumulation::New,
    }
}
