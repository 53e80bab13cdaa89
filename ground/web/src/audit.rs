//! The audit chain as its readers see it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use kernel::clock::china_time;
use kernel::{Lang, Permission, Text};
use serde::{Deserialize, Serialize};
use store::audit::events::Model as Event;
use store::audit::{self, FaultKind, Verification};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::components;
use crate::download::{Cell, Row};
use crate::listing::{Paging, Slice, Wanted};
use crate::{Access, App, Frame, ProblemDetails, Query, Result, Route, Step, page};

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
#[template(path = "audit.html")]
struct AuditPage {
    f: Frame,
    slice: Slice<Event>,
    verification: Option<Verification>,
}

#[derive(Deserialize)]
struct Asked {
    verify: Option<String>,
}

async fn slice(app: &App, wanted: &Wanted) -> Result<Slice<Event>> {
    let events = audit::latest(app.store.reader(), wanted.after()?, wanted.fetch()).await?;
    Ok(Slice::cut(events, wanted, |event| event.number.to_string()))
}

async fn list(State(app): State<App>, f: Frame, wanted: Wanted, Query(asked): Query<Asked>) -> Result<Response> {
    let slice = slice(&app, &wanted).await?;
    let verification = match asked.verify {
        Some(_) => Some(audit::verify(app.store.reader()).await?),
        None => None,
    };
    page(&AuditPage { f, slice, verification })
}

impl AuditPage {
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

    fn short_hash(&self, event: &Event) -> String {
        let (first, last) = (event.hash.get(..8), event.hash.get(event.hash.len().saturating_sub(8)..));
        format!("{}…{}", first.unwrap_or_default(), last.unwrap_or_default())
    }
}

/// Nouns and verbs that actions are made of.
const WORDS: &[(&str, &str)] = &[
    ("account", "账号"),
    ("adjustment", "项目调整"),
    ("milestone", "节点"),
    ("milestones", "节点"),
    ("plan", "计划"),
    ("responsibility", "责任分工"),
    ("shares", "目标分解"),
    ("decided", "审议决定"),
    ("reached", "完成"),
    ("requested", "提出申请"),
    ("set", "设定"),
    ("split", "分解"),
    ("taken_back", "撤回"),
    ("allocation", "分解"),
    ("category", "类"),
    ("entry", "台账"),
    ("evidence", "佐证材料"),
    ("digest", "每日汇总"),
    ("entries", "台账"),
    ("facts", "公布数字"),
    ("grant", "授权"),
    ("indicator", "指标"),
    ("matter", "事项"),
    ("milestone", "节点"),
    ("order", "督办"),
    ("bottleneck", "堵点"),
    ("task", "任务"),
    ("inspection", "重点督查"),
    ("visit", "督查走访"),
    ("finding", "督查发现"),
    ("organisation", "单位"),
    ("person", "人员"),
    ("post", "职务"),
    ("programme", "年度方案"),
    ("project", "项目"),
    ("region", "行政区划"),
    ("regions", "行政区划"),
    ("reporting", "填报设置"),
    ("returns", "填报"),
    ("round", "填报期"),
    ("rules", "规则"),
    ("session", "会话"),
    ("subscription", "接收渠道"),
    ("target", "目标"),
    ("added", "新增"),
    ("submitted", "提交"),
    ("set", "设置"),
    ("saved", "保存"),
    ("opened", "开启"),
    ("late_allowed", "准予补报"),
    ("completed", "补齐"),
    ("approved", "审核通过"),
    ("answered", "答复"),
    ("applied", "申请销号"),
    ("attached", "附上"),
    ("begun", "登录"),
    ("checked", "复核通过"),
    ("closed", "销号"),
    ("done", "办结"),
    ("dropped", "取消"),
    ("escalated", "升级"),
    ("extended", "延期"),
    ("failed", "复查不通过"),
    ("mended", "整改反馈"),
    ("noted", "登记"),
    ("passed", "复查通过"),
    ("plan_added", "追赶计划"),
    ("planned", "列入计划"),
    ("raised", "发出"),
    ("reopened", "撤销销号"),
    ("resolved", "解决"),
    ("sent_back", "退回"),
    ("changed", "修改"),
    ("corrected", "更正"),
    ("created", "新建"),
    ("deleted", "删除"),
    ("disabled", "停用"),
    ("enabled", "启用"),
    ("ended", "退出"),
    ("filled", "任职"),
    ("given", "授予"),
    ("imported", "导入"),
    ("loaded", "装载"),
    ("locked", "锁定"),
    ("made", "生成"),
    ("password_changed", "修改密码"),
    ("password_reset", "重置密码"),
    ("postponed", "顺延"),
    ("published", "公开"),
    ("reached", "完成"),
    ("recorded", "记入"),
    ("refused", "登录被拒"),
    ("removed", "移除"),
    ("superseded", "替代"),
    ("swept", "清理"),
    ("unlocked", "解锁"),
    ("unpublished", "撤回公开"),
    ("verified", "核验"),
    ("withdrawn", "收回"),
    ("assessment", "考核"),
    ("assessment_input", "考核录入"),
    ("scheme", "考核办法"),
    ("discarded", "作废"),
    ("entered", "录入"),
    ("kept", "封存"),
    ("run", "试算"),
];

/// An action such as `account.created` in words.
pub fn action_words(action: &str) -> Text {
    let chinese =
        |word: &str| WORDS.iter().find(|(en, _)| *en == word).map_or(word.to_owned(), |(_, zh)| (*zh).to_owned());
    let zh: Vec<String> = action.split('.').map(chinese).collect();
    Text::new(zh.join(" · "), action.replace(['.', '_'], " "))
}

/// One event of the chain.
#[derive(Serialize, utoipa::ToSchema)]
struct EventDetails {
    /// 1, 2, 3 … without gaps.
    number: i64,
    id: uuid::Uuid,
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
#[utoipa::path(get, path = "/api/v1/audit/events", tag = "audit", params(Paging),
    responses((status = 200, body = Slice<EventDetails>), (status = 403, body = ProblemDetails)))]
async fn list_by_api(State(app): State<App>, wanted: Wanted) -> Result<Response> {
    slice(&app, &wanted).await?.map(EventDetails::from).reply(&wanted).await
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
