//! Programmes and what they consist of: categories, projects, indicators, documents, responsibilities.

mod bodies;
mod indicator;
mod lists;
mod outline;
mod parts;

use chrono::NaiveDate;
use kernel::{Problem, RegionCode, ScheduleBasis};
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, ConnectionTrait, IntoActiveModel, QueryOrder};
use store::{Result, Tx};

use crate::tables::{documents, programmes};
use crate::words::DecisionMode;

pub use bodies::{
    Holders, Leads, NewResponsibility, ResponsibilityRole, add_responsibility, all_responsibilities, answer,
    answers_on, end_responsibility, responsibilities_of, standing_responsibilities,
};
pub use indicator::IndicatorForm;
pub use lists::{
    all, find, find_published, indicator_counts, indicators_among, indicators_of, list_published, published_among,
    published_around, published_years, units, unpublished, with_key,
};
pub use outline::{Outline, hold_indicator};
pub use parts::{ProjectForm, edit_category, edit_project, replace_category, replace_project};

/// Whether targets of the programme change only with a decision of the congress: it was adopted and is public.
///
/// Source: 浙江省民生实事项目人大代表票决制规定 (2022), chapter 4, by memory (certainty M): a project that was voted is not changed,
/// postponed or given up without the standing committee (towns: the congress or its presidium).
pub fn needs_decision(programme: &programmes::Model) -> bool {
    let voted = DecisionMode::parse(&programme.decision_mode) == Some(DecisionMode::Voted);
    programme.published && (voted || !programme.adopted_by.trim().is_empty())
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

/// Reads a stored word back.
///
/// # Errors
/// A broken row, when the table holds a word that no version of the program writes.
pub fn stored<T>(table: &'static str, column: &'static str, row: impl ToString, parsed: Option<T>) -> Result<T> {
    parsed.ok_or_else(|| store::Error::BrokenRow { table, column, row: row.to_string(), why: "unknown word".into() })
}
