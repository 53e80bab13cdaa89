//! One order: the letter, what happened to it, and what the viewer can do about it now.

use askama::Template;
use axum::extract::{DefaultBodyLimit, State as Shared};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use chrono::NaiveDate;
use files::tables::evidence::Model as Evidence;
use files::{Kept, Limits};
use kernel::calendar::Calendar;
use kernel::{Permission, Problem, RegionCode, typed};
use ledger::programmes;
use ledger::tables::programmes::Model as Programme;
use people::store::organisations;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::evidence::EvidenceList;
use web::{
    Access, App, Frame, Path, Query, Result, Route, SignedIn, Step, Upload, components, evidence, outcome, page,
};

use super::acting::{EVIDENCE, hands};
use super::catch_up::{self, CatchUp};
use super::person;
use super::shown::OrderDetails;
use super::{Deed, act};
use crate::rules::closing::{self, Person};
use crate::store::{acts, orders};
use crate::tables::order_acts::Model as ActRow;
use crate::tables::orders::Model as Order;
use crate::words::{Act, Party, State};

const ENTER: Access = Access::Needs(Permission::EnterOffice);
const BODY: Access = Access::Needs(Permission::AnswerOrders);
const OFFICE: Access = Access::Needs(Permission::RaiseOrders);
const CLOSE: Access = Access::Needs(Permission::CloseOrders);
const CHECK: Access = Access::AnyOf(&[Permission::AnswerOrders, Permission::RaiseOrders]);
const REFUSE: Access = Access::AnyOf(&[Permission::AnswerOrders, Permission::RaiseOrders, Permission::CloseOrders]);

const ROUTES: &[Route] = &[
    Route::get("/office/orders/{id}", ENTER),
    Route::post("/office/orders/{id}/answer", BODY),
    Route::post("/office/orders/{id}/apply", BODY),
    Route::post("/office/orders/{id}/send_back", OFFICE),
    Route::post("/office/orders/{id}/extend", OFFICE),
    Route::post("/office/orders/{id}/withdraw", OFFICE),
    Route::post("/office/orders/{id}/check", CHECK),
    Route::post("/office/orders/{id}/refuse", REFUSE),
    Route::post("/office/orders/{id}/verify", CLOSE),
    Route::post("/office/orders/{id}/reopen", CLOSE),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/office/orders/{id}", get(show))
        .route("/office/orders/{id}/answer", form_of(Act::Answer))
        .route("/office/orders/{id}/apply", form_of(Act::Apply))
        .route("/office/orders/{id}/send_back", form_of(Act::SendBack))
        .route("/office/orders/{id}/extend", form_of(Act::Extend))
        .route("/office/orders/{id}/withdraw", form_of(Act::Withdraw))
        .route("/office/orders/{id}/check", form_of(Act::Check))
        .route("/office/orders/{id}/refuse", form_of(Act::Refuse))
        .route("/office/orders/{id}/verify", form_of(Act::Verify))
        .route("/office/orders/{id}/reopen", form_of(Act::Reopen));
    Step { router, routes: ROUTES }
}

fn form_of(act: Act) -> MethodRouter<App> {
    let bound = DefaultBodyLimit::max(Limits::default().body(MOST_FILES));
    post(move |app, f, me, id, upload| take(app, f, me, id, upload, act)).layer(bound)
}

/// Files that one act may bring.
pub(super) const MOST_FILES: usize = 20;

/// An order with what surrounds it, for somebody who may see it.
pub(crate) struct Found {
    pub(crate) order: Order,
    pub(crate) programme: Programme,
    pub(crate) acts: Vec<ActRow>,
}

impl Found {
    /// # Errors
    /// Not found, also where it is not the viewer's to see.
    pub(crate) async fn load(app: &App, me: &SignedIn, id: Uuid) -> Result<Self> {
        let missing = || Problem::not_found("没有这份督办", "There is no such order");
        let on = app.store.reader();
        let order = orders::find(on, id).await?.filter(|order| person::sight(me).holds(order)).ok_or_else(missing)?;
        let programme = programmes::with_key(on, order.programme_id).await?.ok_or_else(missing)?;
        let acts = acts::of_order(on, id).await?;
        Ok(Self { order, programme, acts })
    }

    pub(crate) fn top(&self) -> RegionCode {
        plan::authority::region(&self.programme)
    }
}

/// Goes on for somebody who may see the order to which this was done.
pub(crate) async fn may_read(app: &App, me: &SignedIn, deed: Uuid) -> Result<()> {
    let missing = || Problem::not_found("没有这份督办", "There is no such order");
    let deed = acts::find(app.store.reader(), deed).await?.ok_or_else(missing)?;
    Found::load(app, me, deed.order_id).await.map(drop)
}

/// What the viewer could do; those acts are left out that need another person.
pub(super) fn open_to(found: &Found, me: &SignedIn) -> Vec<Act> {
    let parties = person::parties(me, &found.order, found.top());
    let who = Person { account: Some(me.account), name: &me.display_name };
    let hands = hands(&found.acts);
    let state = found.order.state();
    let offered = closing::open_to(state, &parties).into_iter().map(|(act, _)| act);
    offered.filter(|act| closing::next(state, *act, &parties, &who, &hands).is_ok()).collect()
}

/// Acts for a viewer: finds out as whom.
pub(crate) async fn deed(app: &App, me: &SignedIn, found: &Found, version: i32, deed: &Deed) -> store::Result<Uuid> {
    let parties = person::parties(me, &found.order, found.top());
    let offered = closing::open_to(found.order.state(), &parties);
    let party = offered.iter().find(|(act, _)| *act == deed.act).map(|(_, party)| *party);
    let party = party.or_else(|| parties.first().copied()).unwrap_or(Party::Body);
    let by = person::on_order(app, me, party, &found.order, found.top()).await?;
    let (_, id) = act(&app.store, &me.actor(), &by, &parties, (found.order.id, version), deed).await?;
    Ok(id)
}

/// What people fill in.
#[derive(Clone, Default)]
struct DeedFields {
    text: String,
    due_on: String,
    version: i32,
}

impl DeedFields {
    fn of(upload: &Upload) -> Self {
        let typed = |name: &str| upload.field(name).to_owned();
        Self { text: typed("text"), due_on: typed("due_on"), version: upload.field("version").parse().unwrap_or(0) }
    }

    fn read(&self, act: Act, evidence: Vec<Kept>) -> Result<Deed, Problem> {
        let due_on = typed::optional_day("due_on", &self.due_on)?;
        Ok(Deed { act, text: self.text.clone(), due_on, evidence })
    }
}

/// One thing that happened to the order.
struct Happening {
    title: String,
    who: String,
    text: String,
    small: String,
    class: &'static str,
    late: bool,
    due_on: Option<NaiveDate>,
    evidence: EvidenceList,
}

#[derive(Template)]
#[template(path = "orders/letter.html")]
struct LetterPage {
    f: Frame,
    order: OrderDetails,
    row: Order,
    programme: Programme,
    lead: String,
    indicator: String,
    basis: String,
    happenings: Vec<Happening>,
    previous: Option<Order>,
    successor: Option<Order>,
    offered: Vec<Act>,
    /// What the form is for.
    chosen: Option<Act>,
    fields: DeedFields,
    may_escalate: bool,
    may_plan: bool,
    catching_up: Vec<CatchUp>,
    waits_for: String,
    /// The last day that the letter itself names; later ones follow from what happened.
    first_due: NaiveDate,
    today: NaiveDate,
    covered: bool,
    saved: bool,
    problem: Option<Problem>,
}

impl LetterPage {
    fn chosen_is(&self, act: &Act) -> bool {
        self.chosen == Some(*act)
    }

    fn is_danger(&self) -> bool {
        matches!(self.chosen, Some(Act::Refuse | Act::SendBack | Act::Reopen | Act::Withdraw))
    }

    fn text_label(&self) -> &'static str {
        let (zh, en) = match self.chosen {
            Some(Act::Answer) => ("办理情况和措施", "What is done about it"),
            Some(Act::Apply) => ("完成情况", "What was done"),
            Some(Act::Check | Act::Verify) => ("意见", "Remark"),
            Some(Act::Extend) => ("延期理由", "Why"),
            _ => ("理由和要求", "Why, and what is demanded"),
        };
        self.f.lang.t(zh, en)
    }

    fn text_hint(&self) -> &'static str {
        let (zh, en) = match self.chosen {
            Some(Act::Answer) => ("原因、措施、责任人、目前进展", "The cause, the measures, who, how far"),
            Some(Act::Apply) => ("对照要求逐条写明结果", "The outcome, point by point"),
            Some(Act::Check) => {
                ("可不填；您确认已核对完成情况和佐证", "May stay empty: you confirm that you compared it")
            }
            Some(Act::Verify) => {
                ("可不填；核验后即销号，如属虚假可撤销", "May stay empty: the order is closed, and reopened if false")
            }
            Some(Act::Reopen) => {
                ("写明查实的问题；虚假销号在考核中加重计算", "What was found; a false closing weighs heavier")
            }
            Some(Act::Refuse) => ("写明哪一条没有做到", "Which demand is not met"),
            _ => ("", ""),
        };
        self.f.lang.t(zh, en)
    }

    fn due_label(&self) -> &'static str {
        match self.chosen {
            Some(Act::Extend) => self.f.lang.t("新的期限", "The new last day"),
            _ => self.f.lang.t("计划办结日期", "To be done by"),
        }
    }

    fn needs_text(&self) -> bool {
        self.chosen.is_some_and(Act::needs_text)
    }

    fn says_day(&self) -> bool {
        self.chosen.is_some_and(Act::says_day)
    }

    fn is_overdue(&self, one: &CatchUp) -> bool {
        one.reached_on.is_none() && one.planned_on.is_some_and(|day| day < self.today)
    }

    fn raised_day(&self) -> String {
        self.order.raised_on.map(|day| self.f.day(&day)).unwrap_or_default()
    }
}

/// What redirects and links say.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Shown {
    /// The act whose form is open.
    form: String,
    saved: Option<String>,
}

async fn show(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Query(shown): Query<Shown>,
) -> Result<Response> {
    let found = Found::load(&app, &me, id).await?;
    let fields = DeedFields { version: found.order.version, ..DeedFields::default() };
    let mut letter = letter(&app, f, &me, found, fields).await?;
    letter.choose(Act::parse(&shown.form));
    letter.saved = shown.saved.is_some();
    page(&letter)
}

impl LetterPage {
    /// Opens the form of `act`, else that of the first act that is offered.
    fn choose(&mut self, act: Option<Act>) {
        self.chosen = act.filter(|act| self.offered.contains(act)).or_else(|| self.offered.first().copied());
    }
}

async fn take(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    mut upload: Upload,
    act: Act,
) -> Result<Response> {
    let found = Found::load(&app, &me, id).await?;
    let fields = DeedFields::of(&upload);
    let sent = send(&app, &me, &found, &fields, &mut upload, act).await;
    let again = async |problem| {
        let now = Found::load(&app, &me, id).await?;
        // What was typed stays; it is sent again only to the order as it stands now, which the page shows.
        let fields = DeedFields { version: now.order.version, ..fields };
        let mut letter = letter(&app, f, &me, now, fields).await?;
        letter.choose(Some(act));
        letter.problem = Some(problem);
        Ok(letter)
    };
    outcome(sent, |()| format!("/office/orders/{id}?saved={}#acts", act.code()), again).await
}

async fn send(
    app: &App,
    me: &SignedIn,
    found: &Found,
    fields: &DeedFields,
    upload: &mut Upload,
    act: Act,
) -> Result<()> {
    let told = fields.read(act, evidence::keep(app, upload, "evidence").await?)?;
    deed(app, me, found, fields.version, &told).await?;
    Ok(())
}

async fn letter(app: &App, f: Frame, me: &SignedIn, found: Found, fields: DeedFields) -> Result<LetterPage> {
    let on = app.store.reader();
    let today = app.store.clock().today();
    let mut offered = open_to(&found, me);
    let may_escalate = offered.contains(&Act::Escalate);
    let may_plan = offered.contains(&Act::Plan);
    offered.retain(|act| !matches!(act, Act::Escalate | Act::Plan));
    let Found { order: row, programme, acts } = found;
    let order = OrderDetails::all(on, std::slice::from_ref(&row), today).await?.remove(0);
    let lead = match row.lead_id {
        Some(id) => organisations::with_keys(on, &[id]).await?.pop().map(|body| body.name).unwrap_or_default(),
        None => String::new(),
    };
    let indicator = match row.indicator_id {
        Some(id) => programmes::indicators_among(on, &[id]).await?.pop().map(|row| row.name).unwrap_or_default(),
        None => String::new(),
    };
    let keys: Vec<Uuid> = acts.iter().map(|act| act.id).collect();
    let files = files::store::of_subjects(on, EVIDENCE, &keys).await?;
    let previous = match row.previous_id {
        Some(id) => orders::find(on, id).await?,
        None => None,
    };
    let successor = if row.state() == State::Escalated { orders::successor(on, row.id).await? } else { None };
    let catching_up = catch_up::of_order(on, &row).await?;
    Ok(LetterPage {
        basis: basis(&f, &row, &programme),
        happenings: acts.iter().rev().map(|act| happening(&f, act, &files)).collect(),
        waits_for: waits_for(&f, &row, &lead),
        first_due: acts.first().map_or(row.due_on, |act| act.due_on),
        covered: Calendar::shipped().covers(chrono::Datelike::year(&row.due_on)),
        today,
        f,
        order,
        row,
        programme,
        lead,
        indicator,
        previous,
        successor,
        offered,
        chosen: None,
        fields,
        may_escalate,
        may_plan,
        catching_up,
        saved: false,
        problem: None,
    })
}

/// The rule that it stands on, with its source.
fn basis(f: &Frame, order: &Order, programme: &Programme) -> String {
    let rules = ledger::rules::rule_set(plan::authority::region(programme), programme.year);
    let name = f.say(&rules.name);
    let source = rules.ladder.source();
    let rule = if order.rule_code.is_some() {
        f.lang.t("按规则提出", "proposed by rule")
    } else {
        f.lang.t("人工发出", "raised by hand")
    };
    format!("{rule} · {name} v{} · {}", order.rule_version, f.say(&source))
}

/// Whose turn it is.
fn waits_for(f: &Frame, order: &Order, lead: &str) -> String {
    let office = Party::Office.name();
    let words = match order.state() {
        State::Applied if !lead.is_empty() => return format!("{lead}、{}", f.say(&office)),
        State::Applied => office,
        State::Checked => Party::Supervision.name(),
        state if state.awaits_body() => Party::Body.name(),
        _ => return String::new(),
    };
    f.say(&words).to_owned()
}

fn happening(f: &Frame, row: &ActRow, files: &[Evidence]) -> Happening {
    let act = row.act();
    let title = match act {
        Some(act) => f.say(&act.name()).to_owned(),
        None => f.lang.t("发出", "Raised").to_owned(),
    };
    // An account of a whole body bears its name, which is then said once.
    let who = if row.organisation_name.is_empty() || row.organisation_name == row.account_name {
        row.account_name.clone()
    } else {
        format!("{} {}", row.organisation_name, row.account_name)
    };
    let own: Vec<Evidence> = files.iter().filter(|file| file.subject_id == row.id).cloned().collect();
    let moved = matches!(act, None | Some(Act::Answer | Act::SendBack | Act::Refuse | Act::Reopen | Act::Extend));
    Happening {
        title,
        who,
        text: row.text.clone(),
        small: f.time(&row.at_ms),
        class: if act == Some(Act::Verify) { "sealed" } else { "" },
        late: row.late,
        due_on: moved.then_some(row.due_on),
        evidence: evidence::list(f, &own),
    }
}
