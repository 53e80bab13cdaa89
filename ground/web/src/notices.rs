//! What one is told: the inbox, and where else notices go.

use ::notices::store::inbox;
use ::notices::store::subscriptions::{self, NewSubscription};
use ::notices::tables::notices::Model as Notice;
use ::notices::tables::subscriptions::Model as Subscription;
use ::notices::{Channel, Kind, Timing};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use kernel::{Lang, Problem};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;

use crate::components;
use crate::listing::{Slice, Wanted};
use crate::{Access, App, Checked, Error, Frame, Path, Query, Result, Route, SignedIn, Step, page, page_with};

const ROUTES: &[Route] = &[
    Route::get("/office/notices", Access::SignedIn),
    Route::post("/office/notices/read", Access::SignedIn),
    Route::get("/account/notices", Access::SignedIn),
    Route::post("/account/notices", Access::SignedIn),
    Route::post("/account/notices/{id}/try", Access::SignedIn),
    Route::post("/account/notices/{id}/end", Access::SignedIn),
];

/// Kinds that one can choose; trials are not.
const CHOICES: [Kind; 6] = [Kind::Order, Kind::Return, Kind::Review, Kind::Adjustment, Kind::Board, Kind::Inspection];

/// Routes and their list.
pub fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/office/notices", get(list))
        .route("/office/notices/read", post(mark_read))
        .route("/account/notices", get(settings).post(subscribe))
        .route("/account/notices/{id}/try", post(try_out))
        .route("/account/notices/{id}/end", post(end));
    Step { router, routes: ROUTES }
}

#[derive(Template)]
#[template(path = "notices.html")]
struct InboxPage {
    f: Frame,
    slice: Slice<Notice>,
    /// Up to when everything is read by the button, so that what comes meanwhile stays unread.
    until_ms: i64,
    unread: u64,
}

impl InboxPage {
    fn kind(&self, notice: &Notice) -> String {
        Kind::parse(&notice.kind).map_or(String::new(), |kind| self.f.say(&kind.name()).to_owned())
    }
}

async fn list(State(app): State<App>, f: Frame, me: SignedIn, wanted: Wanted) -> Result<Response> {
    let on = app.store.reader();
    let rows = inbox::list(on, me.account, wanted.after()?, wanted.fetch()).await?;
    let slice = Slice::cut(rows, &wanted, |notice| notice.id.to_string());
    let unread = inbox::unread(on, me.account).await?;
    page(&InboxPage { f, slice, until_ms: app.store.clock().now_ms(), unread })
}

#[derive(Deserialize)]
struct Read {
    until_ms: i64,
}

async fn mark_read(State(app): State<App>, me: SignedIn, Checked(read): Checked<Read>) -> Result<Response> {
    inbox::mark_read(&app.store, me.account, read.until_ms).await?;
    Ok(Redirect::to("/office/notices").into_response())
}

#[derive(Template)]
#[template(path = "notice_settings.html")]
struct SettingsPage {
    f: Frame,
    standing: Vec<(Subscription, Option<Notice>)>,
    typed: Typed,
    problem: Option<Problem>,
    saved: bool,
}

/// What was typed into the form.
#[derive(Default, Deserialize)]
struct Typed {
    #[serde(default)]
    channel: String,
    #[serde(default)]
    address: String,
    #[serde(default)]
    kinds: Vec<String>,
    #[serde(default)]
    timing: String,
}

#[derive(Deserialize)]
struct Asked {
    saved: Option<String>,
}

async fn settings(State(app): State<App>, f: Frame, me: SignedIn, Query(asked): Query<Asked>) -> Result<Response> {
    let standing = subscriptions::of(app.store.reader(), me.account).await?;
    let saved = asked.saved.is_some();
    page(&SettingsPage { f, standing, typed: Typed::default(), problem: None, saved })
}

async fn subscribe(State(app): State<App>, f: Frame, me: SignedIn, Checked(typed): Checked<Typed>) -> Result<Response> {
    let outcome = match read(&typed, f.lang) {
        Ok(new) => Error::mendable(subscriptions::add(&app.store, &me.actor(), me.account, new).await)?,
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(_) => Ok(Redirect::to("/account/notices?saved=yes").into_response()),
        Err(problem) => {
            let standing = subscriptions::of(app.store.reader(), me.account).await?;
            let page = SettingsPage { f, standing, typed, problem: Some(problem), saved: false };
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

fn read(typed: &Typed, lang: Lang) -> Result<NewSubscription, Problem> {
    let unknown = |field: &str| Problem::field(field, "请从选项中选择", "Choose one of the options");
    let kinds = typed.kinds.iter().map(|code| Kind::parse(code).ok_or_else(|| unknown("kinds")));
    Ok(NewSubscription {
        channel: Channel::parse(&typed.channel).ok_or_else(|| unknown("channel"))?,
        address: typed.address.clone(),
        kinds: kinds.collect::<Result<_, _>>()?,
        timing: Timing::parse(&typed.timing).ok_or_else(|| unknown("timing"))?,
        lang,
    })
}

#[derive(Deserialize)]
struct Nothing {}

async fn try_out(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response> {
    subscriptions::try_out(&app.store, me.account, id).await?;
    Ok(Redirect::to("/account/notices?saved=trial").into_response())
}

async fn end(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response> {
    subscriptions::end(&app.store, &me.actor(), me.account, id).await?;
    Ok(Redirect::to("/account/notices?saved=yes").into_response())
}

impl SettingsPage {
    fn channels(&self) -> Vec<(String, String)> {
        components::choices(&self.f, &[Channel::Email, Channel::Webhook], Channel::code, Channel::name)
    }

    fn timings(&self) -> Vec<(String, String)> {
        components::choices(&self.f, Timing::ALL, Timing::code, Timing::name)
    }

    fn kinds(&self) -> Vec<(&'static str, String, bool)> {
        let chosen = |kind: Kind| self.typed.kinds.iter().any(|code| code == kind.code());
        CHOICES.iter().map(|kind| (kind.code(), self.f.say(&kind.name()).to_owned(), chosen(*kind))).collect()
    }

    fn channel_of(&self, row: &Subscription) -> String {
        Channel::parse(&row.channel).map_or(String::new(), |channel| self.f.say(&channel.name()).to_owned())
    }

    fn kinds_of(&self, row: &Subscription) -> String {
        if row.kinds.is_empty() {
            return self.f.lang.t("全部", "Everything").to_owned();
        }
        let names: Vec<_> = row.kinds.split(' ').filter_map(Kind::parse).map(|kind| kind.name()).collect();
        let names: Vec<_> = names.iter().map(|name| self.f.say(name)).collect();
        names.join(self.f.lang.t("、", ", "))
    }

    fn timing_of(&self, row: &Subscription) -> String {
        Timing::parse(&row.timing).map_or(String::new(), |timing| self.f.say(&timing.name()).to_owned())
    }

    /// What became of the last notice, and when.
    fn last(&self, last: &Option<Notice>) -> String {
        let Some(last) = last else { return self.f.lang.t("还没有发过", "Nothing yet").to_owned() };
        let why = last.error.as_deref().unwrap_or_default();
        match (last.sent_ms, last.failed_ms) {
            (Some(at), _) => format!("{} {}", self.f.lang.t("已送达", "Delivered"), self.f.time(&at)),
            (None, Some(at)) => format!("{} {}：{why}", self.f.lang.t("已放弃", "Given up"), self.f.time(&at)),
            (None, None) if why.is_empty() => self.f.lang.t("等待发送", "Waiting").to_owned(),
            (None, None) => format!("{} {}：{why}", self.f.lang.t("稍后重试", "Again at"), self.f.time(&last.due_ms)),
        }
    }
}
