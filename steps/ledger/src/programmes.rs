//! Programmes and what they consist of: categories, projects, indicators, documents, responsibilities.

use std::collections::HashMap;

use chrono::NaiveDate;
use kernel::{Level, Problem, RegionCode, ScheduleBasis};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, Condition, ConnectionTrait, IntoActiveModel, QueryOrder, QuerySelect};
use store::{Result, Tx};

use crate::codes::codes;
use crate::tables::{categories, documents, indicators, programmes, projects, responsibilities};
use crate::words::{
    Accumulation, Breakdown, DecisionMode, Direction, FundSource, Kind, Measure, Purpose, Relation, Statistic,
};

codes! {
    /// What somebody answers for in a project.
    ResponsibilityRole {
        /// 牵头单位.
        Lead = "lead", "牵头单位", "lead body";
        /// 配合单位.
        Supporting = "supporting", "配合单位", "supporting body";
        /// 分管领导（领办）.
        LeaderInCharge = "leader_in_charge", "分管领导", "leader in charge";
        /// 责任人.
        ResponsiblePerson = "responsible_person", "责任人", "responsible person";
    }
}

/// What a programme is told to be when it is created or edited.
#[derive(Clone, Debug)]
pub struct ProgrammeForm {
    /// The division whose programme it is.
    pub region: RegionCode,
    /// The programme year.
    pub year: i32,
    /// Empty for the livelihood programme itself.
    pub series: String,
    /// Title.
    pub title: String,
    /// Title in English; may be empty.
    pub title_en: String,
    /// The session that adopted it; empty when not told.
    pub adopted_by: String,
    /// How it was decided.
    pub decision_mode: DecisionMode,
    /// How the schedule is counted.
    pub schedule_basis: ScheduleBasis,
    /// How progress is averaged, in words printed with it.
    pub progress_rule: String,
    /// The cut-off that pages open with.
    pub default_cut_off: Option<NaiveDate>,
    /// Generated data.
    pub demo: bool,
    /// Whether the public sees it.
    pub published: bool,
}

impl From<&programmes::Model> for ProgrammeForm {
    fn from(row: &programmes::Model) -> Self {
        Self {
            region: RegionCode::from_stored(row.region).expect("programmes are created with a valid code"),
            year: row.year,
            series: row.series.clone(),
            title: row.title.clone(),
            title_en: row.title_en.clone(),
            adopted_by: row.adopted_by.clone(),
            decision_mode: DecisionMode::parse(&row.decision_mode).unwrap_or(DecisionMode::Unstated),
            schedule_basis: ScheduleBasis::parse(&row.schedule_basis).unwrap_or_default(),
            progress_rule: row.progress_rule.clone(),
            default_cut_off: row.default_cut_off,
            demo: row.demo,
            published: row.published,
        }
    }
}

impl ProgrammeForm {
    /// A form with the usual rules: decided nowhere yet, months ÷ 12, not public.
    pub fn new(region: RegionCode, year: i32, title: impl Into<String>) -> Self {
        Self {
            region,
            year,
            series: String::new(),
            title: title.into(),
            title_en: String::new(),
            adopted_by: String::new(),
            decision_mode: DecisionMode::Unstated,
            schedule_basis: ScheduleBasis::Months,
            progress_rule: String::new(),
            default_cut_off: None,
            demo: false,
            published: false,
        }
    }

    /// The name in addresses.
    pub fn slug(&self) -> String {
        let base = format!("{}-{}", self.region.short(), self.year);
        if self.series.is_empty() { base } else { format!("{base}-{}", self.series) }
    }

    fn check(&self) -> Result<(), Problem> {
        if self.title.trim().is_empty() {
            return Err(Problem::field("title", "请填写标题", "a title is needed"));
        }
        if !(1990..=2100).contains(&self.year) {
            return Err(Problem::field("year", "年份应在 1990 至 2100 之间", "a year from 1990 to 2100 is needed"));
        }
        if !self.series.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()) {
            return Err(Problem::field(
                "series",
                "系列代号只能用小写字母和数字",
                "a series has lower-case letters and digits only",
            ));
        }
        Ok(())
    }
}

/// Creates a programme.
///
/// # Errors
/// When the form is incomplete or the place already has such a programme for the year.
pub async fn create(tx: &Tx, form: &ProgrammeForm) -> Result<programmes::Model> {
    form.check()?;
    let slug = form.slug();
    if find(tx.on(), &slug).await?.is_some() {
        return Err(Problem::conflict(
            format!("{slug} 已存在：同一地方同一年度只能有一个方案"),
            format!("{slug} exists: a place has one programme a year"),
        )
        .into());
    }
    let row = programmes::Model {
        id: Uuid::now_v7(),
        slug,
        region: form.region.stored(),
        year: form.year,
        series: form.series.clone(),
        title: form.title.trim().to_owned(),
        title_en: form.title_en.trim().to_owned(),
        adopted_by: form.adopted_by.trim().to_owned(),
        decision_mode: form.decision_mode.code().to_owned(),
        schedule_basis: form.schedule_basis.code().to_owned(),
        progress_rule: form.progress_rule.trim().to_owned(),
        default_cut_off: form.default_cut_off,
        demo: form.demo,
        published: form.published,
        version: 1,
        created_ms: tx.at_ms(),
    };
    programmes::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.on()).await?;
    Ok(row)
}

/// Changes a programme's description; place, year and series stay.
///
/// # Errors
/// When somebody else has changed it since `version` was read.
pub async fn edit(tx: &Tx, id: Uuid, version: i32, form: &ProgrammeForm) -> Result<()> {
    form.check()?;
    let changed = programmes::ActiveModel {
        title: Set(form.title.trim().to_owned()),
        title_en: Set(form.title_en.trim().to_owned()),
        adopted_by: Set(form.adopted_by.trim().to_owned()),
        decision_mode: Set(form.decision_mode.code().to_owned()),
        schedule_basis: Set(form.schedule_basis.code().to_owned()),
        progress_rule: Set(form.progress_rule.trim().to_owned()),
        default_cut_off: Set(form.default_cut_off),
        published: Set(form.published),
        version: Set(version + 1),
        ..Default::default()
    };
    let result = programmes::Entity::update_many()
        .set(changed)
        .filter(programmes::Column::Id.eq(id))
        .filter(programmes::Column::Version.eq(version))
        .exec(tx.on())
        .await?;
    guarded(result.rows_affected)
}

fn guarded(rows: u64) -> Result<()> {
    if rows == 1 {
        return Ok(());
    }
    Err(Problem::conflict(
        "其他人刚刚修改了这里，您的改动没有保存。请刷新页面，核对后重新提交",
        "somebody else has just changed this and your change was not saved: reload, compare and send it again",
    )
    .into())
}

/// The programme with this slug.
///
/// # Errors
/// When the database fails.
pub async fn find<C: ConnectionTrait>(on: &C, slug: &str) -> Result<Option<programmes::Model>> {
    Ok(programmes::Entity::find().filter(programmes::Column::Slug.eq(slug)).one(on).await?)
}

/// The programme with this key.
///
/// # Errors
/// When the database fails.
pub async fn with_key<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<programmes::Model>> {
    Ok(programmes::Entity::find_by_id(id).one(on).await?)
}

/// All programmes, by place, the newest year first.
///
/// # Errors
/// When the database fails.
pub async fn all<C: ConnectionTrait>(on: &C) -> Result<Vec<programmes::Model>> {
    Ok(programmes::Entity::find()
        .order_by_asc(programmes::Column::Region)
        .order_by_desc(programmes::Column::Year)
        .order_by_asc(programmes::Column::Series)
        .all(on)
        .await?)
}

/// What the public sees of the programmes.
fn public() -> Select<programmes::Entity> {
    programmes::Entity::find().filter(programmes::Column::Published.eq(true))
}

/// The published programme with this slug.
///
/// # Errors
/// When the database fails.
pub async fn find_published<C: ConnectionTrait>(on: &C, slug: &str) -> Result<Option<programmes::Model>> {
    Ok(public().filter(programmes::Column::Slug.eq(slug)).one(on).await?)
}

/// Published programmes in the order of their slugs, which is that of places and years: `limit` of them behind `after`.
///
/// # Errors
/// When the database fails.
pub async fn list_published<C: ConnectionTrait>(
    on: &C,
    after: Option<&str>,
    limit: u64,
) -> Result<Vec<programmes::Model>> {
    Ok(public()
        .filter(programmes::Column::Slug.gt(after.unwrap_or_default()))
        .order_by_asc(programmes::Column::Slug)
        .limit(limit)
        .all(on)
        .await?)
}

/// The published programmes with these keys.
///
/// # Errors
/// When the database fails.
pub async fn published_among<C: ConnectionTrait>(
    on: &C,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, programmes::Model>> {
    let rows = public().filter(programmes::Column::Id.is_in(ids)).all(on).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// The published programmes of a place, of the places it lies in and of those that lie in it, from above down.
///
/// # Errors
/// When the database fails.
pub async fn published_around<C: ConnectionTrait>(on: &C, region: RegionCode) -> Result<Vec<programmes::Model>> {
    let subtree = region.subtree();
    let above = region.lineage().map(RegionCode::stored);
    let around = Condition::any()
        .add(programmes::Column::Region.between(subtree.start().stored(), subtree.end().stored()))
        .add(programmes::Column::Region.is_in(above));
    Ok(public()
        .filter(around)
        .order_by_asc(programmes::Column::Region)
        .order_by_desc(programmes::Column::Year)
        .order_by_asc(programmes::Column::Series)
        .all(on)
        .await?)
}

/// The years that have published programmes, newest first.
///
/// # Errors
/// When the database fails.
pub async fn published_years<C: ConnectionTrait>(on: &C) -> Result<Vec<i32>> {
    let years = public().select_only().column(programmes::Column::Year).distinct();
    Ok(years.order_by_desc(programmes::Column::Year).into_tuple().all(on).await?)
}

/// The slugs of programmes that the public must not see.
///
/// # Errors
/// When the database fails.
pub async fn unpublished<C: ConnectionTrait>(on: &C) -> Result<Vec<String>> {
    let hidden = programmes::Entity::find().filter(programmes::Column::Published.eq(false));
    Ok(hidden.select_only().column(programmes::Column::Slug).into_tuple().all(on).await?)
}

/// The indicators of these programmes, by programme and number.
///
/// # Errors
/// When the database fails.
pub async fn indicators_of<C: ConnectionTrait>(on: &C, programmes: &[Uuid]) -> Result<Vec<indicators::Model>> {
    Ok(indicators::Entity::find()
        .filter(indicators::Column::ProgrammeId.is_in(programmes.iter().copied()))
        .order_by_asc(indicators::Column::ProgrammeId)
        .order_by_asc(indicators::Column::Number)
        .all(on)
        .await?)
}

/// How many indicators each programme has.
///
/// # Errors
/// When the database fails.
pub async fn indicator_counts<C: ConnectionTrait>(on: &C) -> Result<HashMap<Uuid, i64>> {
    let counts: Vec<(Uuid, i64)> = indicators::Entity::find()
        .select_only()
        .column(indicators::Column::ProgrammeId)
        .column_as(indicators::Column::Id.count(), "count")
        .group_by(indicators::Column::ProgrammeId)
        .into_tuple()
        .all(on)
        .await?;
    Ok(counts.into_iter().collect())
}

/// The indicators with these keys.
///
/// # Errors
/// When the database fails.
pub async fn indicators_among<C: ConnectionTrait>(on: &C, ids: &[Uuid]) -> Result<Vec<indicators::Model>> {
    Ok(indicators::Entity::find().filter(indicators::Column::Id.is_in(ids.iter().copied())).all(on).await?)
}

/// What an indicator is told to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndicatorForm {
    /// What makes it one series within the programme; the name when nothing else is told.
    pub series: String,
    /// A neutral noun phrase.
    pub name: String,
    /// Unit or measure word; empty for matters of fact.
    pub unit: String,
    /// What is counted.
    pub kind: Kind,
    /// How values accumulate.
    pub accumulation: Accumulation,
    /// Which way is better.
    pub direction: Direction,
    /// The level at which entries are collected.
    pub grain: Level,
    /// What it is for.
    pub purpose: Purpose,
    /// Which headline number, for published ones.
    pub statistic: Option<Statistic>,
    /// Where the money comes from, for parts of a funding indicator.
    pub fund_source: Option<FundSource>,
    /// The indicator it belongs to.
    pub parent: Option<Uuid>,
    /// How it belongs to it.
    pub relation: Option<Relation>,
    /// Whether its own parts are all of it.
    pub breakdown: Option<Breakdown>,
    /// The matter that it shares with other places.
    pub matter: Option<String>,
    /// Numbers of the services it feeds.
    pub services: Vec<String>,
}

impl IndicatorForm {
    /// A delivery indicator that counts up through the year, collected at `grain`.
    pub fn new(name: impl Into<String>, unit: impl Into<String>, kind: Kind, grain: Level) -> Self {
        let name = name.into();
        Self {
            series: name.clone(),
            name,
            unit: unit.into(),
            kind,
            accumulation: Accumulation::New,
            direction: Direction::More,
            grain,
            purpose: Purpose::Delivery,
            statistic: None,
            fund_source: None,
            parent: None,
            relation: None,
            breakdown: None,
            matter: None,
            services: Vec::new(),
        }
    }

    fn row(&self, id: Uuid, programme_id: Uuid, project_id: Uuid, number: i32, version: i32) -> indicators::Model {
        indicators::Model {
            id,
            programme_id,
            project_id,
            number,
            series: self.series.clone(),
            name: self.name.trim().to_owned(),
            unit: self.unit.trim().to_owned(),
            kind: self.kind.code().to_owned(),
            accumulation: self.accumulation.code().to_owned(),
            direction: self.direction.code().to_owned(),
            grain: self.grain.number(),
            purpose: self.purpose.code().to_owned(),
            statistic: self.statistic.map(|value| value.code().to_owned()),
            fund_source: self.fund_source.map(|value| value.code().to_owned()),
            parent_id: self.parent,
            relation: self.relation.map(|value| value.code().to_owned()),
            breakdown: self.breakdown.map(|value| value.code().to_owned()),
            matter: self.matter.clone(),
            services: self.services.join(" "),
            version,
        }
    }
}

impl From<&indicators::Model> for IndicatorForm {
    fn from(row: &indicators::Model) -> Self {
        Self {
            series: row.series.clone(),
            name: row.name.clone(),
            unit: row.unit.clone(),
            kind: row.kind(),
            accumulation: row.accumulation(),
            direction: row.direction(),
            grain: row.grain(),
            purpose: row.purpose(),
            statistic: row.statistic(),
            fund_source: row.fund_source(),
            parent: row.parent_id,
            relation: row.relation(),
            breakdown: row.breakdown(),
            matter: row.matter.clone(),
            services: row.services.split_whitespace().map(str::to_owned).collect(),
        }
    }
}

/// A programme's categories, projects and indicators in memory, kept in step with the tables while it grows.
#[derive(Clone, Debug)]
pub struct Outline {
    /// The programme.
    pub programme: programmes::Model,
    /// Categories in the order of the page.
    pub categories: Vec<categories::Model>,
    /// Projects in the order of the page.
    pub projects: Vec<projects::Model>,
    /// Indicators by number.
    pub indicators: Vec<indicators::Model>,
    by_series: HashMap<String, usize>,
}

impl Outline {
    /// Reads the outline of `programme`: three queries.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load<C: ConnectionTrait>(on: &C, programme: programmes::Model) -> Result<Self> {
        let id = programme.id;
        let categories = categories::Entity::find()
            .filter(categories::Column::ProgrammeId.eq(id))
            .order_by_asc(categories::Column::Position)
            .all(on)
            .await?;
        let projects = projects::Entity::find()
            .filter(projects::Column::ProgrammeId.eq(id))
            .order_by_asc(projects::Column::Position)
            .all(on)
            .await?;
        let indicators = indicators::Entity::find()
            .filter(indicators::Column::ProgrammeId.eq(id))
            .order_by_asc(indicators::Column::Number)
            .all(on)
            .await?;
        let by_series = indicators.iter().enumerate().map(|(at, row)| (row.series.clone(), at)).collect();
        Ok(Self { programme, categories, projects, indicators, by_series })
    }

    /// The programme's own division.
    pub fn region(&self) -> RegionCode {
        RegionCode::from_stored(self.programme.region).expect("programmes are created with a valid code")
    }

    /// The indicator of a series.
    pub fn indicator(&self, series: &str) -> Option<&indicators::Model> {
        self.by_series.get(series).map(|at| &self.indicators[*at])
    }

    /// The indicator with this key.
    pub fn indicator_by_id(&self, id: Uuid) -> Option<&indicators::Model> {
        self.indicators.iter().find(|row| row.id == id)
    }

    /// Finds or adds the category with this name; says whether it is new.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn category(&mut self, tx: &Tx, number: Option<i32>, name: &str) -> Result<(Uuid, bool)> {
        if let Some(found) = self.categories.iter().find(|row| row.name == name) {
            return Ok((found.id, false));
        }
        let position = self.categories.iter().map(|row| row.position).max().unwrap_or(0) + 1;
        let id = Uuid::now_v7();
        let row = categories::Model {
            id,
            programme_id: self.programme.id,
            // Adopted categories stand in the order of their numbers, context behind them.
            position: number.unwrap_or(1_000 + position),
            number,
            name: name.to_owned(),
        };
        categories::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.on()).await?;
        self.categories.push(row);
        self.categories.sort_by_key(|row| row.position);
        Ok((id, true))
    }

    /// Finds or adds a project of a category; says whether it is new.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn project(&mut self, tx: &Tx, category: Uuid, number: Option<i32>, name: &str) -> Result<(Uuid, bool)> {
        if let Some(found) = self.projects.iter().find(|row| row.category_id == category && row.name == name) {
            return Ok((found.id, false));
        }
        let position = self.projects.iter().map(|row| row.position).max().unwrap_or(0) + 1;
        let id = Uuid::now_v7();
        let row = projects::Model {
            id,
            programme_id: self.programme.id,
            category_id: category,
            position,
            number,
            name: name.to_owned(),
            formal_name: String::new(),
            content: String::new(),
        };
        projects::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.on()).await?;
        self.projects.push(row);
        Ok((id, true))
    }

    /// Adds an indicator to a project under the next free number.
    ///
    /// # Errors
    /// When the series is taken or the name is empty.
    pub async fn add_indicator(&mut self, tx: &Tx, project: Uuid, form: &IndicatorForm) -> Result<Uuid> {
        if form.name.trim().is_empty() {
            return Err(Problem::field("name", "请填写指标名称", "the indicator needs a name").into());
        }
        if self.by_series.contains_key(&form.series) {
            return Err(Problem::conflict(
                format!("本方案已有指标“{}”", form.series),
                format!("the programme has an indicator “{}” already", form.series),
            )
            .into());
        }
        let number = self.indicators.iter().map(|row| row.number).max().unwrap_or(0) + 1;
        let row = form.row(Uuid::now_v7(), self.programme.id, project, number, 1);
        indicators::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.on()).await?;
        self.by_series.insert(row.series.clone(), self.indicators.len());
        self.indicators.push(row.clone());
        Ok(row.id)
    }

    /// Writes an indicator as `row` says, without asking who else edits it: for imports, which hold the write lock.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn replace_indicator(&mut self, tx: &Tx, row: indicators::Model) -> Result<()> {
        indicators::Entity::update(row.clone().into_active_model().reset_all()).exec(tx.on()).await?;
        if let Some(slot) = self.indicators.iter_mut().find(|old| old.id == row.id) {
            *slot = row;
        }
        Ok(())
    }

    /// Rewrites an indicator's description; number and series stay, so its figures stay with it.
    ///
    /// # Errors
    /// When somebody else has changed it since `version` was read, or it is not of this programme.
    pub async fn edit_indicator(&mut self, tx: &Tx, id: Uuid, version: i32, form: &IndicatorForm) -> Result<()> {
        let Some(at) = self.indicators.iter().position(|row| row.id == id) else {
            return Err(Problem::not_found("没有这个指标", "there is no such indicator").into());
        };
        let old = &self.indicators[at];
        let form = IndicatorForm { series: old.series.clone(), ..form.clone() };
        let row = form.row(id, old.programme_id, old.project_id, old.number, version + 1);
        let result = indicators::Entity::update_many()
            .set(row.clone().into_active_model().reset_all())
            .filter(indicators::Column::Id.eq(id))
            .filter(indicators::Column::Version.eq(version))
            .exec(tx.on())
            .await?;
        guarded(result.rows_affected)?;
        self.indicators[at] = row;
        Ok(())
    }
}

/// Renames a category or gives it its adopted number.
///
/// # Errors
/// When it is not of this programme.
pub async fn edit_category(tx: &Tx, programme: Uuid, id: Uuid, number: Option<i32>, name: &str) -> Result<()> {
    let mut update = categories::Entity::update_many()
        .col_expr(categories::Column::Name, Expr::value(name.trim()))
        .col_expr(categories::Column::Number, Expr::value(number));
    if let Some(number) = number {
        update = update.col_expr(categories::Column::Position, Expr::value(number));
    }
    let result = update
        .filter(categories::Column::Id.eq(id))
        .filter(categories::Column::ProgrammeId.eq(programme))
        .exec(tx.on())
        .await?;
    guarded(result.rows_affected)
}

/// Renames a category or gives it another number, unless somebody else has changed it since `was` was read.
///
/// # Errors
/// When somebody has, or the name is empty.
pub async fn replace_category(tx: &Tx, was: &categories::Model, number: Option<i32>, name: &str) -> Result<()> {
    if name.trim().is_empty() {
        return Err(Problem::field("name", "请填写类别名称", "the category needs a name").into());
    }
    let mut update = categories::Entity::update_many()
        .col_expr(categories::Column::Name, Expr::value(name.trim()))
        .col_expr(categories::Column::Number, Expr::value(number));
    if let Some(number) = number {
        update = update.col_expr(categories::Column::Position, Expr::value(number));
    }
    let unchanged = match was.number {
        Some(number) => categories::Column::Number.eq(number),
        None => categories::Column::Number.is_null(),
    };
    let result = update
        .filter(categories::Column::Id.eq(was.id))
        .filter(categories::Column::Name.eq(&was.name))
        .filter(unchanged)
        .exec(tx.on())
        .await?;
    guarded(result.rows_affected)
}

/// Changes a project's names and content, unless somebody else has changed them since `was` was read.
///
/// # Errors
/// When somebody has, or the name is empty.
pub async fn replace_project(tx: &Tx, was: &projects::Model, form: &ProjectForm) -> Result<()> {
    let unchanged = match was.number {
        Some(number) => projects::Column::Number.eq(number),
        None => projects::Column::Number.is_null(),
    };
    let found = projects::Entity::update_many()
        .col_expr(projects::Column::Position, Expr::col(projects::Column::Position))
        .filter(projects::Column::Id.eq(was.id))
        .filter(projects::Column::Name.eq(&was.name))
        .filter(projects::Column::FormalName.eq(&was.formal_name))
        .filter(projects::Column::Content.eq(&was.content))
        .filter(unchanged)
        .exec(tx.on())
        .await?;
    // The row is locked from here on to the end of the write.
    guarded(found.rows_affected)?;
    edit_project(tx, was.programme_id, was.id, form).await
}

/// What the office may change of a project.
#[derive(Clone, Debug, Default)]
pub struct ProjectForm {
    /// The number as adopted.
    pub number: Option<i32>,
    /// The short public name.
    pub name: String,
    /// The name as adopted.
    pub formal_name: String,
    /// What is to be done.
    pub content: String,
}

/// Changes a project's names and content.
///
/// # Errors
/// When it is not of this programme or the name is empty.
pub async fn edit_project(tx: &Tx, programme: Uuid, id: Uuid, form: &ProjectForm) -> Result<()> {
    if form.name.trim().is_empty() {
        return Err(Problem::field("name", "请填写项目名称", "the project needs a name").into());
    }
    let result = projects::Entity::update_many()
        .col_expr(projects::Column::Number, Expr::value(form.number))
        .col_expr(projects::Column::Name, Expr::value(form.name.trim()))
        .col_expr(projects::Column::FormalName, Expr::value(form.formal_name.trim()))
        .col_expr(projects::Column::Content, Expr::value(form.content.trim()))
        .filter(projects::Column::Id.eq(id))
        .filter(projects::Column::ProgrammeId.eq(programme))
        .exec(tx.on())
        .await?;
    guarded(result.rows_affected)
}

/// Every unit that an indicator of the ledger has.
///
/// # Errors
/// When the database fails.
pub async fn units<C: ConnectionTrait>(on: &C) -> Result<Vec<String>> {
    let units = indicators::Entity::find().select_only().column(indicators::Column::Unit).distinct();
    Ok(units.into_tuple().all(on).await?)
}

/// The documents of a programme.
///
/// # Errors
/// When the database fails.
pub async fn documents_of<C: ConnectionTrait>(on: &C, programme: Uuid) -> Result<Vec<documents::Model>> {
    Ok(documents::Entity::find()
        .filter(documents::Column::ProgrammeId.eq(programme))
        .order_by_asc(documents::Column::Code)
        .all(on)
        .await?)
}

/// Finds or adds a document by its code.
///
/// # Errors
/// When the database fails.
pub async fn document(tx: &Tx, programme: Uuid, code: &str) -> Result<documents::Model> {
    if let Some(found) = documents::Entity::find().filter(documents::Column::Code.eq(code)).one(tx.on()).await? {
        return Ok(found);
    }
    let row = documents::Model {
        id: Uuid::now_v7(),
        programme_id: programme,
        code: code.to_owned(),
        title: code.to_owned(),
        publisher: String::new(),
        published_on: None,
    };
    documents::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.on()).await?;
    Ok(row)
}

/// Who answers for what, newest first.
///
/// # Errors
/// When the database fails.
pub async fn responsibilities_of<C: ConnectionTrait>(on: &C, project: Uuid) -> Result<Vec<responsibilities::Model>> {
    Ok(responsibilities::Entity::find()
        .filter(responsibilities::Column::ProjectId.eq(project))
        .order_by_asc(responsibilities::Column::Region)
        .order_by_asc(responsibilities::Column::Role)
        .all(on)
        .await?)
}

/// Who answers for anything in a programme at present.
///
/// # Errors
/// When the database fails.
pub async fn standing_responsibilities<C: ConnectionTrait>(
    on: &C,
    programme: Uuid,
) -> Result<Vec<responsibilities::Model>> {
    Ok(responsibilities::Entity::find()
        .filter(responsibilities::Column::ProgrammeId.eq(programme))
        .filter(responsibilities::Column::ValidTo.is_null())
        .order_by_asc(responsibilities::Column::Id)
        .all(on)
        .await?)
}

/// Who holds one role for a project at one place: bodies, and posts in them.
#[derive(Clone, Debug)]
pub struct Holders {
    /// The project.
    pub project: Uuid,
    /// The place.
    pub region: RegionCode,
    /// The role.
    pub role: ResponsibilityRole,
    /// Body and post of each, in their order.
    pub bodies: Vec<(Option<Uuid>, Option<Uuid>)>,
}

/// Makes exactly these bodies hold the role: new ones are added, others end on `today`. Says how many rows changed.
///
/// # Errors
/// When the database fails.
pub async fn answer(tx: &Tx, programme: Uuid, holders: &Holders, today: NaiveDate) -> Result<u64> {
    let standing = responsibilities::Entity::find()
        .filter(responsibilities::Column::ProjectId.eq(holders.project))
        .filter(responsibilities::Column::IndicatorId.is_null())
        .filter(responsibilities::Column::Region.eq(holders.region.stored()))
        .filter(responsibilities::Column::Role.eq(holders.role.code()))
        .filter(responsibilities::Column::ValidTo.is_null())
        .all(tx.on())
        .await?;
    let mut changed = 0;
    for gone in standing.iter().filter(|row| !holders.bodies.contains(&(row.organisation_id, row.post_id))) {
        let ended = responsibilities::ActiveModel { valid_to: Set(Some(today)), ..Default::default() };
        responsibilities::Entity::update_many()
            .set(ended)
            .filter(responsibilities::Column::Id.eq(gone.id))
            .exec(tx.on())
            .await?;
        changed += 1;
    }
    for (organisation, post) in &holders.bodies {
        if standing.iter().any(|row| (row.organisation_id, row.post_id) == (*organisation, *post)) {
            continue;
        }
        let row = responsibilities::Model {
            id: Uuid::now_v7(),
            programme_id: programme,
            project_id: holders.project,
            indicator_id: None,
            region: holders.region.stored(),
            role: holders.role.code().to_owned(),
            organisation_id: *organisation,
            post_id: *post,
            valid_from: None,
            valid_to: None,
        };
        responsibilities::Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await?;
        changed += 1;
    }
    Ok(changed)
}

/// Reads a stored word back.
///
/// # Errors
/// A broken row, when the table holds a word that no version of the program writes.
pub fn stored<T>(table: &'static str, column: &'static str, row: impl ToString, parsed: Option<T>) -> Result<T> {
    parsed.ok_or_else(|| store::Error::BrokenRow { table, column, row: row.to_string(), why: "unknown word".into() })
}

impl indicators::Model {
    /// What is counted.
    pub fn kind(&self) -> Kind {
        Kind::parse(&self.kind).unwrap_or(Kind::Count)
    }

    /// How values accumulate.
    pub fn accumulation(&self) -> Accumulation {
        Accumulation::parse(&self.accumulation).unwrap_or(Accumulation::New)
    }

    /// What it is for.
    pub fn purpose(&self) -> Purpose {
        Purpose::parse(&self.purpose).unwrap_or(Purpose::Delivery)
    }

    /// Which way is better.
    pub fn direction(&self) -> Direction {
        Direction::parse(&self.direction).unwrap_or(Direction::More)
    }

    /// Which headline number it is.
    pub fn statistic(&self) -> Option<Statistic> {
        self.statistic.as_deref().and_then(Statistic::parse)
    }

    /// Where the money comes from.
    pub fn fund_source(&self) -> Option<FundSource> {
        self.fund_source.as_deref().and_then(FundSource::parse)
    }

    /// How it belongs to its parent.
    pub fn relation(&self) -> Option<Relation> {
        self.relation.as_deref().and_then(Relation::parse)
    }

    /// Whether its parts are all of it.
    pub fn breakdown(&self) -> Option<Breakdown> {
        self.breakdown.as_deref().and_then(Breakdown::parse)
    }

    /// The level at which its entries are collected.
    pub fn grain(&self) -> Level {
        Level::from_number(self.grain).unwrap_or(Level::Province)
    }
}

impl Measure {
    /// The number stored in tables.
    pub fn number(self) -> i16 {
        match self {
            Self::Actual => 0,
            Self::Target => 1,
        }
    }

    /// The measure stored as `number`.
    pub fn from_number(number: i16) -> Self {
        if number == 1 { Self::Target } else { Self::Actual }
    }
}
