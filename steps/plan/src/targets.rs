//! Targets and allocations: ledger entries like any outcome, set together so that sums can be looked at.
//!
//! A target is set at the programme's own place; an allocation is a target at a place below. Parts (其中) of an
//! indicator, such as the sources of funds, are set on the same form, because complete ones must add up.

mod api;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use figures::{Decimal, Magnitude, Number};
use kernel::{Lang, Permission, Problem, RegionCode, Text};
use ledger::entries::{self, Correction, View};
use ledger::programmes::{IndicatorForm, Outline, needs_decision};
use ledger::rollup::level_below;
use ledger::rules::check_breakdown;
use ledger::tables::entries::Model as Entry;
use ledger::tables::entry_sources::Model as EntrySource;
use ledger::tables::indicators::Model as Indicator;
use ledger::words::{Breakdown, Measure, Reason, Relation};
use serde::Deserialize;
use serde_json::json;
use store::audit::{Event, RowDigest};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use web::{Access, App, Checked, Error, Frame, Path, Result, Route, SignedIn, Step};

use crate::adjustments::{self, AdjustmentKind, NewAdjustment};
use crate::authority;
use crate::indicators::{existing, refused_goals};
use crate::sheet::figure::{self, Counted, ReadFigure, Told};
use crate::sheet::read::Cell;
use crate::target_entry::target_entry;

const EDIT: Access = Access::Needs(Permission::EditProgramme);

const ROUTES: &[Route] = &[
    Route::post("/office/programmes/{slug}/indicators/{number}/targets", EDIT),
    Route::post("/api/v1/programmes/{slug}/indicators/{number}/targets", EDIT),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/office/programmes/{slug}/indicators/{number}/targets", post(set))
        .routes(routes!(api::set_by_api));
    Step { router, routes: ROUTES }
}

/// The form of an indicator's targets.
pub(crate) struct Goals {
    pub(crate) number: i32,
    pub(crate) version: i32,
    pub(crate) rows: Vec<Goal>,
    /// What is allocated, beside the target.
    pub(crate) sum: Option<String>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) reason_text: String,
}

/// A line above the form.
pub(crate) struct Notice {
    pub(crate) class: &'static str,
    pub(crate) word: &'static str,
    pub(crate) text: String,
}

/// One target: of the indicator itself, of a part, or of a place below.
pub(crate) struct Goal {
    /// `own`, `part-12` or a division code.
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) remark: String,
    pub(crate) is_part: bool,
    pub(crate) unit: String,
    pub(crate) entry: Option<Uuid>,
    pub(crate) standing: String,
    pub(crate) typed: String,
    pub(crate) trouble: Option<String>,
    indicator: Uuid,
    region: RegionCode,
    held: Option<Entry>,
}

/// A figure as it was printed, else its digits.
pub(crate) fn written(entry: &Entry, source: Option<&EntrySource>) -> String {
    match (source.map(|source| source.raw.as_str()).filter(|raw| !raw.is_empty()), entry.number()) {
        (Some(raw), _) => raw.to_owned(),
        (None, Some(number)) => number.to_string(),
        (None, None) => String::new(),
    }
}

/// A number as it is written in a form: as it was printed, without separators of thousands.
pub(crate) fn written_number(number: Number) -> String {
    number.to_string()
}

impl Goals {
    /// The targets that stand, and the places and parts that may have one.
    pub(crate) async fn load(app: &App, f: &Frame, outline: &Outline, row: &Indicator) -> Result<Self> {
        let mut goals = Self::rows_of(app, f.lang, outline, row).await?;
        goals.judge(f.lang, row);
        Ok(goals)
    }

    async fn rows_of(app: &App, lang: Lang, outline: &Outline, row: &Indicator) -> Result<Self> {
        let on = app.store.reader();
        let (home, year) = (outline.region(), outline.programme.year);
        let parts = parts_of(outline, row);
        let ids: Vec<Uuid> = std::iter::once(row.id).chain(parts.iter().map(|part| part.id)).collect();
        let mut places = Vec::new();
        if level_below(home, row.grain()).is_some() {
            places = ledger::regions::children(on, home, year).await?;
        }
        let mut all = entries::of_place(on, &ids, home).await?;
        let codes: Vec<RegionCode> = places.iter().filter_map(|place| RegionCode::from_stored(place.code)).collect();
        all.extend(entries::at_places(on, outline.programme.id, &[row.id], &codes).await?);
        let held = entries::counting(&all, View::default());
        let kept: Vec<Uuid> = held.values().map(|entry| entry.id).collect();
        let sources = entries::sources_of(on, &kept).await?;
        let home_name = ledger::regions::name_in(on, home, year).await?;
        let goal = |key: String, name: String, indicator: &Indicator, region: RegionCode| {
            let entry = held.get(&(indicator.id, region.stored(), None, Measure::Target.number()));
            let standing = entry.map(|entry| written(entry, sources.get(&entry.id))).unwrap_or_default();
            Goal {
                key,
                name,
                remark: String::new(),
                is_part: indicator.id != row.id,
                unit: indicator.unit.clone(),
                entry: entry.map(|entry| entry.id),
                typed: standing.clone(),
                standing,
                trouble: None,
                indicator: indicator.id,
                region,
                held: entry.map(|entry| (*entry).clone()),
            }
        };
        let mut rows = vec![goal("own".to_owned(), home_name, row, home)];
        rows[0].remark = lang.t("本级目标", "the programme's own").to_owned();
        rows.extend(parts.iter().map(|part| goal(format!("part-{}", part.number), part.name.clone(), part, home)));
        for place in places {
            if let Some(code) = RegionCode::from_stored(place.code) {
                rows.push(goal(code.short(), place.name, row, code));
            }
        }
        Ok(Self {
            number: row.number,
            version: row.version,
            rows,
            sum: None,
            notices: Vec::new(),
            reason_text: String::new(),
        })
    }

    pub(crate) fn any_standing(&self) -> bool {
        self.rows.iter().any(|row| row.held.is_some())
    }

    /// Says whether what stands adds up: allocations against the target, parts against the whole.
    fn judge(&mut self, lang: Lang, row: &Indicator) {
        let number = |goal: &Goal| goal.held.as_ref().and_then(Entry::number);
        let allocated: Vec<Number> =
            self.rows.iter().filter(|goal| goal.key != "own" && !goal.is_part).filter_map(number).collect();
        let target = self.rows.first().and_then(number);
        if !allocated.is_empty() && row.kind().is_additive() {
            let sum: Decimal = allocated.iter().map(|number| number.value).sum();
            self.sum = Some(format!("{} {}", figures::print_grouped(sum), row.unit));
            if let Some(target) = target {
                self.notices.push(allocation_notice(lang, target.value, sum));
            }
        }
        let parts: Vec<Decimal> =
            self.rows.iter().filter(|goal| goal.is_part).filter_map(number).map(|number| number.value).collect();
        if let Some(target) = target.filter(|_| !parts.is_empty()) {
            let all_there = parts.len() == self.rows.iter().filter(|goal| goal.is_part).count();
            let breakdown = row.breakdown().filter(|_| all_there).unwrap_or(Breakdown::Partial);
            if check_breakdown(target.value, &parts, breakdown).is_err() {
                let sum = figures::print_grouped(parts.iter().sum());
                self.notices.push(Notice {
                    class: "caution",
                    word: lang.t("分项与总数不符。", "The parts do not agree. "),
                    text: match lang {
                        Lang::Zh => format!("分项合计 {sum}，总数 {}", figures::print_grouped(target.value)),
                        Lang::En => format!("They make {sum}, the whole is {}", figures::print_grouped(target.value)),
                    },
                });
            }
        }
    }
}

fn allocation_notice(lang: Lang, target: Decimal, sum: Decimal) -> Notice {
    let print = figures::print_grouped;
    let left = target - sum;
    let (class, word) = if left < Decimal::ZERO {
        ("caution", lang.t("分解超出目标。", "More is allocated than the target. "))
    } else if left.is_zero() {
        ("success", lang.t("分解与目标相符。", "The allocations make the target. "))
    } else {
        ("", lang.t("尚未分解完。", "Not all is allocated. "))
    };
    let text = match (lang, left < Decimal::ZERO) {
        (Lang::Zh, true) => format!("目标 {}，已分解 {}，超出 {}", print(target), print(sum), print(-left)),
        (Lang::Zh, false) => format!("目标 {}，已分解 {}，尚余 {}", print(target), print(sum), print(left)),
        (Lang::En, true) => format!("{} of {}, {} too much", print(sum), print(target), print(-left)),
        (Lang::En, false) => format!("{} of {}, {} left", print(sum), print(target), print(left)),
    };
    Notice { class, word, text }
}

/// The parts of an indicator whose values add up with it.
fn parts_of(outline: &Outline, row: &Indicator) -> Vec<Indicator> {
    let is_part = |other: &&Indicator| {
        other.parent_id == Some(row.id)
            && other.relation() == Some(Relation::PartOf)
            && other.unit == row.unit
            && other.kind() == row.kind()
    };
    outline.indicators.iter().filter(is_part).cloned().collect()
}

#[derive(Deserialize)]
struct GoalsForm {
    version: i32,
    #[serde(default)]
    row: Vec<String>,
    #[serde(default)]
    goal: Vec<String>,
    #[serde(default)]
    reason_text: String,
}

async fn set(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path((slug, number)): Path<(String, i32)>,
    Checked(form): Checked<GoalsForm>,
) -> Result<Response> {
    let outline = authority::outline(&app, &me, &slug, Permission::EditProgramme).await?;
    let row = existing(&outline, number)?;
    let told: Vec<(String, String)> = form.row.iter().cloned().zip(form.goal.iter().cloned()).collect();
    let given = GoalsTold { version: form.version, told, reason: form.reason_text.clone() };
    match Error::mendable(save(&app, &me, &outline, &row, &given).await)? {
        Ok(Saved { requested: 0, .. }) => {
            Ok(Redirect::to(&format!("/office/programmes/{slug}/indicators/{number}?saved=1")).into_response())
        }
        Ok(_) => Ok(Redirect::to(&format!("/office/programmes/{slug}/adjustments?saved=1")).into_response()),
        Err(problem) => {
            let mut goals = Goals::load(&app, &f, &outline, &row).await?;
            goals.reason_text = form.reason_text;
            for goal in &mut goals.rows {
                if let Some((_, typed)) = form.row.iter().zip(&form.goal).find(|(key, _)| **key == goal.key) {
                    typed.clone_into(&mut goal.typed);
                }
                let trouble = problem.for_field(&format!("goal-{}", goal.key));
                goal.trouble = trouble.map(|text| f.say(text).to_owned());
            }
            refused_goals(&app, f, &outline, &row, goals, problem).await
        }
    }
}

/// What is to be saved: key and figure of each row.
struct GoalsTold {
    version: i32,
    told: Vec<(String, String)>,
    reason: String,
}

/// What became of a form.
#[derive(Default)]
struct Saved {
    /// Targets that were recorded or corrected.
    written: u64,
    /// Targets of an adopted programme whose change the congress is asked for.
    requested: u64,
}

/// Writes what differs, all of it or nothing. A standing target of an adopted programme is not changed: the congress is
/// asked for it.
async fn save(app: &App, me: &SignedIn, outline: &Outline, row: &Indicator, given: &GoalsTold) -> Result<Saved> {
    let goals = Goals::rows_of(app, Lang::Zh, outline, row).await?;
    let read = read_all(&goals, row, given)?;
    check_parts(&goals, row, &read)?;
    let changed: Vec<_> = read.into_iter().filter(|(goal, figure)| differs(goal, figure.as_ref())).collect();
    if changed.is_empty() {
        return Ok(Saved::default());
    }
    if needs_decision(&outline.programme) {
        let adopted = |goal: &Goal| goal.held.is_some() && goal.region == outline.region();
        let asked = changed.iter().filter(|(goal, _)| adopted(goal)).count();
        if asked == changed.len() {
            return ask(app, me, outline, row, (&changed, given)).await;
        }
        if asked > 0 {
            return Err(Problem::field(
                "goal-own",
                "已通过并公布的目标须经人大审议才能改，请单独提交；分解到下级的改动另行保存",
                "An adopted target changes by a decision of the congress only: send it apart from the shares below",
            )
            .into());
        }
    }
    let mut tx = app.store.begin(&me.actor()).await?;
    let mut now = Outline::load(tx.on(), outline.programme.clone()).await?;
    // The version moves with the targets, so of two editors the slower one is told.
    now.edit_indicator(&tx, row.id, given.version, &IndicatorForm::from(row)).await?;
    let mut event = Event::new("target.recorded", "programme", &outline.programme.slug, serde_json::Value::Null);
    let (mut new, mut words, mut corrections) = (Vec::new(), Vec::new(), 0);
    for (goal, figure) in changed {
        let before = goal.standing.clone();
        let after = figure.as_ref().map(|figure| figure.raw.clone()).unwrap_or_default();
        match (&goal.held, figure) {
            (None, Some(figure)) => {
                let indicator = outline.indicator_by_id(goal.indicator).unwrap_or(row);
                let place = if goal.is_part { outline.region().short() } else { goal.name.clone() };
                new.push(target_entry(outline, indicator, (goal.region, None, place), figure));
                words.push((goal.name.clone(), before, after));
            }
            (Some(held), figure) => {
                corrections += 1;
                let correction = Correction {
                    raw: figure.as_ref().map(plain).unwrap_or_default(),
                    qualifier: figure.map(|figure| figure.qualifier).unwrap_or_default(),
                    as_of: held.as_of,
                    reason: Reason::TargetAdjusted,
                    reason_text: given.reason.clone(),
                };
                entries::correct(&mut tx, &now, held, correction).await?;
            }
            (None, None) => {}
        }
    }
    let count = new.len() as u64;
    if !new.is_empty() {
        let mut digest = RowDigest::default();
        entries::post(&tx, &now, event.id, new, &mut digest).await?;
        let changes: serde_json::Map<_, _> =
            words.into_iter().map(|(place, before, after)| (place, json!([before, after]))).collect();
        event.detail = json!({ "name": row.name, "changes": changes, "rows": count, "digest": digest.finish() });
        tx.record(event).await?;
    }
    tx.commit().await?;
    Ok(Saved { written: count + corrections, requested: 0 })
}

/// Asks the congress for the changes of adopted targets, all in one write.
async fn ask(
    app: &App,
    me: &SignedIn,
    outline: &Outline,
    row: &Indicator,
    (changed, given): (&[(&Goal, Option<ReadFigure>)], &GoalsTold),
) -> Result<Saved> {
    let mut tx = app.store.begin(&me.actor()).await?;
    let mut now = Outline::load(tx.on(), outline.programme.clone()).await?;
    now.edit_indicator(&tx, row.id, given.version, &IndicatorForm::from(row)).await?;
    let mut requested = 0;
    for (goal, figure) in changed {
        let Some(figure) = figure else {
            return Err(Problem::field(
                &format!("goal-{}", goal.key),
                "已通过的目标不能撤回；要取消项目，请在“项目调整”里申请取消",
                "An adopted target is not taken back: ask for the project to be given up",
            )
            .into());
        };
        let new = NewAdjustment {
            project: row.project_id,
            indicator: Some(goal.indicator),
            kind: AdjustmentKind::Target,
            proposed: figure.raw.clone(),
            proposed_on: None,
            reason: given.reason.clone(),
        };
        adjustments::request(&mut tx, &now, &new).await?;
        requested += 1;
    }
    tx.commit().await?;
    Ok(Saved { written: 0, requested })
}

fn read_all<'a>(
    goals: &'a Goals,
    row: &Indicator,
    given: &GoalsTold,
) -> Result<Vec<(&'a Goal, Option<ReadFigure>)>, Problem> {
    let mut read = Vec::new();
    let mut problem: Option<Problem> = None;
    for goal in &goals.rows {
        let Some((_, typed)) = given.told.iter().find(|(key, _)| *key == goal.key) else { continue };
        let typed = typed.trim();
        if typed.is_empty() {
            read.push((goal, None));
            continue;
        }
        if typed == goal.standing {
            continue;
        }
        let counted = Counted { unit: &row.unit, scale: Magnitude::One, kind: row.kind() };
        match figure::read(&Cell::Text(typed.to_owned()), counted, Told::Nothing) {
            Ok(figure) => read.push((goal, Some(figure))),
            Err(message) => {
                let at = format!("goal-{}", goal.key);
                problem = Some(match problem {
                    Some(problem) => problem.at(Text::new(&*at, &*at), message),
                    None => Problem::field(&at, message.zh, message.en),
                });
            }
        }
    }
    if let Some((_, unknown)) = given.told.iter().find(|(key, _)| goals.rows.iter().all(|goal| goal.key != *key)) {
        let zh = format!("没有可以填“{unknown}”的地区或分项");
        return Err(Problem::field("row", zh, "A row is neither a part nor a place of the indicator"));
    }
    let changes_standing = read.iter().any(|(goal, figure)| goal.held.is_some() && differs(goal, figure.as_ref()));
    if problem.is_none() && changes_standing && given.reason.trim().is_empty() {
        problem =
            Some(Problem::field("reason_text", "改动已有的目标，请写明理由", "Say why a standing target is adjusted"));
    }
    problem.map_or(Ok(read), Err)
}

fn differs(goal: &Goal, figure: Option<&ReadFigure>) -> bool {
    match (&goal.held, figure) {
        (None, figure) => figure.is_some(),
        (Some(_), None) => true,
        (Some(held), Some(figure)) => held.number() != figure.number || held.qualifier() != figure.qualifier,
    }
}

/// The figure in a form that a correction reads back: without the word that qualifies it.
fn plain(figure: &ReadFigure) -> String {
    figure.number.map_or_else(|| figure.raw.clone(), |number| number.to_string())
}

/// Parts of one form must agree with their whole, as it will be.
fn check_parts(goals: &Goals, row: &Indicator, read: &[(&Goal, Option<ReadFigure>)]) -> Result<(), Problem> {
    let value = |goal: &Goal| match read.iter().find(|(other, _)| other.key == goal.key) {
        Some((_, figure)) => figure.as_ref().and_then(|figure| figure.number).map(|number| number.value),
        None => goal.held.as_ref().and_then(Entry::number).map(|number| number.value),
    };
    let parts: Vec<&Goal> = goals.rows.iter().filter(|goal| goal.is_part).collect();
    let values: Vec<Decimal> = parts.iter().filter_map(|goal| value(goal)).collect();
    let Some(whole) = goals.rows.first().and_then(value).filter(|_| row.kind().is_additive() && !values.is_empty())
    else {
        return Ok(());
    };
    let breakdown = row.breakdown().filter(|_| values.len() == parts.len()).unwrap_or(Breakdown::Partial);
    check_breakdown(whole, &values, breakdown).map_err(|_| {
        let (sum, whole) = (figures::print_grouped(values.iter().sum()), figures::print_grouped(whole));
        Problem::field(
            "goal-own",
            format!("分项合计 {sum}，与总数 {whole} 不符：请核对"),
            format!("The parts make {sum}, which does not agree with {whole}"),
        )
    })
}
