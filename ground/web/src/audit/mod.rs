//! The audit chain as its readers see it: newest first, by whoever, whatever and whenever they look for.

mod detail;
mod words;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use kernel::clock::{china_time, midnight_ms};
use kernel::{Lang, Permission, Problem, Text};
use serde::{Deserialize, Serialize};
use store::audit::events::Model as Event;
use store::audit::{self, FaultKind, Search, Verification};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::components;
use crate::download::{Cell, Row};
use crate::listing::{Paging, Slice, Wanted};
use crate::{Access, App, Frame, ProblemDetails, Query, Result, Route, Step, page};

pub use words::action_words;

const READ: Access = Access::Needs(Permission::ReadAudit);

const ROUTES: &[Route] = &[
    Route::get("/office/audit", READ).in_menu("审计", "Audit"),
    Route::get("/api/v1/audit/events", READ),
    Route::get("/api/v1/audit/verification", READ),
];

/// Routes and their list.
pub fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/office/audit", get(list))
        .routes(routes!(list_by_api))
        .routes(routes!(verify_by_api));
    Step { router, routes: ROUTES }
}

#[derive(Template)]
#[template(path = "audit/events.html")]
struct AuditPage {
    f: Frame,
    asked: Asked,
    slice: Slice<Event>,
    verification: Option<Verification>,
}

/// What a reader looks for; what is left out or empty does not narrow.
#[derive(Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct Asked {
    /// The name of an account.
    actor: String,
    /// What an action begins with: `order` finds `order.raised`, `milestone` also `milestones.planned`.
    about: String,
    /// The key or name of the thing that was written, such as `330200-2024`.
    subject: String,
    /// The first day, in Chinese time.
    from: String,
    /// The last day, in Chinese time.
    until: String,
    /// Whether to walk the whole chain as well; any value does.
    #[param(ignore)]
    verify: Option<String>,
}

impl Asked {
    /// # Errors
    /// When a day is none.
    fn search(&self) -> Result<Search> {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let until = day("until", &self.until)?;
        Ok(Search {
            actor: given(&self.actor),
            action: given(&self.about),
            subject: given(&self.subject),
            since_ms: day("from", &self.from)?.map(midnight_ms),
            before_ms: until.and_then(|day| day.succ_opt()).map(midnight_ms),
        })
    }

    fn narrows(&self) -> bool {
        [&self.actor, &self.about, &self.subject, &self.from, &self.until].iter().any(|text| !text.trim().is_empty())
    }
}

fn day(name: &str, text: &str) -> Result<Option<NaiveDate>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let unreadable = |_| Problem::field(name, "日期写成 2024-06-30 的样子", "write the day like 2024-06-30");
    Ok(Some(text.trim().parse().map_err(unreadable)?))
}

async fn slice(app: &App, search: &Search, wanted: &Wanted) -> Result<Slice<Event>> {
    let events = audit::search(app.store.reader(), search, wanted.after()?, wanted.fetch()).await?;
    Ok(Slice::cut(events, wanted, |event| event.number.to_string()))
}

async fn list(State(app): State<App>, f: Frame, wanted: Wanted, Query(asked): Query<Asked>) -> Result<Response> {
    let slice = slice(&app, &asked.search()?, &wanted).await?;
    let verification = match &asked.verify {
        Some(_) => Some(audit::verify(app.store.reader()).await?),
        None => None,
    };
    page(&AuditPage { f, asked, slice, verification })
}

impl AuditPage {
    fn subjects(&self) -> Vec<(String, String)> {
        let all = (String::new(), self.f.lang.t("全部", "all").to_owned());
        let nouns =
            words::nouns().into_iter().map(|noun| (noun.to_owned(), self.f.say(&action_words(noun)).to_owned()));
        std::iter::once(all).chain(nouns).collect()
    }

    fn parts(&self, event: &Event) -> Vec<(String, String)> {
        detail::parts(self.f.lang, &event.detail)
    }

    /// The same events as a sheet.
    fn sheet(&self) -> String {
        format!("/api/v1/audit/events?format=xlsx&{}", self.f.query())
    }

    fn words(&self, event: &Event) -> String {
        let text = action_words(&event.action);
        self.f.say(&text).to_owned()
    }

    fn fault(&self, kind: &FaultKind) -> &'static str {
        let (zh, en) = match kind {
            FaultKind::Changed => ("内容与写入时不同", "its content is not what was written"),
            FaultKind::MissingOrReordered => {
                ("之前有事件缺失，或顺序被改动", "events before it are missing or out of order")
            }
            FaultKind::EndMoved => {
                ("末尾的事件被删去，或有事件绕过程序写入", "the end was cut off, or written behind the program's back")
            }
            FaultKind::RowsChanged => ("对应的数据行与写入时不同", "the rows that it wrote were changed"),
        };
        self.f.lang.t(zh, en)
    }

    /// The key of what the event is about, by which its other events are found.
    fn key(&self, event: &Event) -> Option<Uuid> {
        event.subject.parse().ok()
    }

    /// The ends of a key or a hash, which tell it apart from its neighbours.
    fn short(&self, key: &str) -> String {
        let (first, last) = (key.get(..8), key.get(key.len().saturating_sub(8)..));
        format!("{}…{}", first.unwrap_or_default(), last.unwrap_or_default())
    }
}

/// One event of the chain.
#[derive(Serialize, utoipa::ToSchema)]
struct EventDetails {
    /// 1, 2, 3 … without gaps.
    number: i64,
    id: Uuid,
    /// Unix milliseconds.
    at_ms: i64,
    actor: String,
    action: String,
    subject_kind: String,
    subject: String,
    /// What changed.
    detail: serde_json::Value,
    /// The hash of the event before.
    previous: String,
    /// SM3 over all of the above, each field preceded by its length.
    hash: String,
}

impl From<Event> for EventDetails {
    fn from(event: Event) -> Self {
        Self {
            number: event.number,
            id: event.id,
            at_ms: event.at_ms,
            actor: event.actor,
            action: event.action,
            subject_kind: event.subject_kind,
            subject: event.subject,
            detail: serde_json::from_str(&event.detail).unwrap_or(serde_json::Value::String(event.detail)),
            previous: event.previous,
            hash: event.hash,
        }
    }
}

impl Row for EventDetails {
    fn file_name() -> Text {
        Text::new("审计", "audit")
    }

    fn headings() -> Vec<Text> {
        [
            ("号", "Number"),
            ("时间", "Time"),
            ("账号", "Account"),
            ("事件", "Event"),
            ("对象", "Subject"),
            ("内容", "Detail"),
            ("校验码（SM3）", "Hash (SM3)"),
        ]
        .map(|(zh, en)| Text::new(zh, en))
        .to_vec()
    }

    fn cells(&self, lang: Lang) -> Vec<Cell> {
        let time = china_time(self.at_ms).map(|time| time.format("%Y-%m-%d %H:%M:%S").to_string());
        vec![
            self.number.into(),
            time.into(),
            self.actor.as_str().into(),
            action_words(&self.action).get(lang).into(),
            format!("{} {}", self.subject_kind, self.subject).into(),
            self.detail.to_string().into(),
            self.hash.as_str().into(),
        ]
    }
}

/// Events, newest first.
#[utoipa::path(get, path = "/api/v1/audit/events", tag = "audit", params(Asked, Paging),
    responses((status = 200, body = Slice<EventDetails>), (status = 403, body = ProblemDetails),
        (status = 422, body = ProblemDetails)))]
async fn list_by_api(State(app): State<App>, wanted: Wanted, Query(asked): Query<Asked>) -> Result<Response> {
    slice(&app, &asked.search()?, &wanted).await?.map(EventDetails::from).reply(&wanted).await
}

/// What the walk over the chain found.
#[derive(Serialize, utoipa::ToSchema)]
struct VerificationDetails {
    /// Events that hold.
    events: i64,
    /// The hash of the last of them.
    head: String,
    /// The number of the first event that does not hold.
    fault_at: Option<i64>,
    /// `changed`, `missing_or_reordered`, `end_moved`, `rows_changed`.
    fault: Option<serde_json::Value>,
}

/// Walks the chain from the first event to the last.
#[utoipa::path(get, path = "/api/v1/audit/verification", tag = "audit",
    responses((status = 200, body = VerificationDetails), (status = 403, body = ProblemDetails)))]
async fn verify_by_api(State(app): State<App>) -> Result<axum::Json<VerificationDetails>> {
    let found = audit::verify(app.store.reader()).await?;
    Ok(axum::Json(VerificationDetails {
        events: found.events,
        head: found.head,
        fault_at: found.fault.as_ref().map(|fault| fault.number),
        fault: found.fault.and_then(|fault| serde_json::to_value(fault.kind).ok()),
    }))
}
