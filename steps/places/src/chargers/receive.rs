//! The end that operators call: `query_token` and `notification_stationStatus`.
//!
//! Every answer is HTTP 200 with a `Ret`, as the standard has it. Who cannot prove who it is gets an answer that is
//! neither encrypted nor signed and that does not say whether such an operator exists.

use ::store::{Sealing, Store, random};
use axum::Extension;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State as Shared};
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response as Answer};
use axum::routing::post;
use evcs::messages::{self, NoToken, TokenAnswer, TokenQuery};
use evcs::window::{Untimely, Window};
use evcs::{Keys, Request, Response, Ret};
use kernel::clock::china_time;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use web::{Access, App, Path, Route, Step};

use super::intake::{Intake, Taken};
use super::operators::{Direction, Secrets, operator_code, unseal};
use super::store::operators as rows;
use super::tables::operators::Model as Operator;

const ROUTES: &[Route] = &[Route::post("/evcs/{version}/{interface}", Access::Public)];

/// The longest message, in bytes.
pub const LONGEST_MESSAGE: usize = 1 << 20;

/// The most connectors in one notification.
pub const MOST_IN_NOTIFICATION: usize = 1_000;

/// For how long a token holds, in seconds.
const TOKEN_SECONDS: u32 = 7_200;

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/evcs/{version}/{interface}", post(take))
        .layer(DefaultBodyLimit::max(LONGEST_MESSAGE))
        .layer(Extension(Intake::default()));
    Step { router, routes: ROUTES }
}

/// A refusal on its way out.
struct Refusal {
    ret: Ret,
    msg: String,
    /// Whether the caller proved who it is, so that the refusal is signed.
    keys: Option<Keys>,
}

impl Refusal {
    fn unproven(ret: Ret, msg: impl Into<String>) -> Self {
        Self { ret, msg: msg.into(), keys: None }
    }
}

async fn take(
    Shared(app): Shared<App>,
    Extension(intake): Extension<Intake>,
    Path((version, interface)): Path<(String, String)>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Answer {
    let answered = match body {
        Ok(body) => {
            let call = Incoming { store: &app.store, sealing: &app.settings.sealing, headers: &headers };
            call.answer(&intake, &version, &interface, &body).await
        }
        Err(_) => Err(Refusal::unproven(Ret::BadEnvelope, "报文过大或中断")),
    };
    let response = answered.unwrap_or_else(|refusal| match &refusal.keys {
        Some(keys) => Response::seal(keys, refusal.ret, &refusal.msg, &json!({})),
        None => Response::refuse(refusal.ret, &refusal.msg),
    });
    ([(CONTENT_TYPE, "application/json;charset=utf-8")], response.to_json().to_string()).into_response()
}

/// A call that came.
struct Incoming<'a> {
    store: &'a Store,
    sealing: &'a Sealing,
    headers: &'a HeaderMap,
}

/// A call whose sender is proven and which is recent.
struct Proven {
    operator: Operator,
    secrets: Secrets,
    keys: Keys,
    request: Request,
    content: Value,
}

impl Proven {
    fn refuse(&self, ret: Ret, msg: impl Into<String>) -> Refusal {
        Refusal { ret, msg: msg.into(), keys: Some(self.keys.clone()) }
    }

    fn call(&self) -> super::store::calls::Call {
        (self.operator.id, self.request.stamp.clone(), self.request.seq.clone())
    }
}

impl Incoming<'_> {
    async fn answer(&self, intake: &Intake, version: &str, interface: &str, body: &[u8]) -> Result<Response, Refusal> {
        // `v20160701` and `20160701` are both met, and so are later dates; the messages are the same.
        let dated = version.trim_start_matches(['v', 'V']);
        if dated.len() != 8 || !dated.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Refusal::unproven(Ret::BadEnvelope, "接口版本不存在"));
        }
        let proven = self.prove(body).await?;
        match interface.to_ascii_lowercase().as_str() {
            "query_token" => self.token(intake, proven).await,
            "notification_stationstatus" => self.notification(intake, proven).await,
            _ => Err(proven.refuse(Ret::BadContent, "没有这个接口")),
        }
    }

    /// Who calls, proven by the signature, and lately.
    async fn prove(&self, body: &[u8]) -> Result<Proven, Refusal> {
        let text = std::str::from_utf8(body).map_err(|_| Refusal::unproven(Ret::BadEnvelope, "报文不是 UTF-8"))?;
        let request =
            Request::read(text).map_err(|why| Refusal::unproven(why.ret(), format!("五个参数不完整：{why}")))?;
        let nobody = || Refusal::unproven(Ret::BadSignature, "签名错误");
        let code = operator_code(&request.operator).map_err(|_| nobody())?;
        let operator = rows::by_code(self.store.reader(), &code).await.map_err(failed)?.ok_or_else(nobody)?;
        let secrets = unseal(self.sealing, &operator, Direction::In).map_err(failed)?;
        let keys = secrets.keys().map_err(|_| nobody())?;
        let content = request.open(&keys).map_err(|why| {
            tracing::warn!(operator.code = operator.code, %why, "a call of an operator was refused");
            match why.ret() {
                Ret::BadSignature => nobody(),
                ret => Refusal { ret, msg: "业务参数无法解密或读取".to_owned(), keys: Some(keys.clone()) },
            }
        })?;
        let proven = Proven { operator, secrets, keys, request, content };
        let now = china_time(self.store.clock().now_ms()).map(|time| time.naive_local()).unwrap_or_default();
        match Window::default().judge(&proven.request.stamp, &proven.request.seq, now) {
            Ok(_) => {}
            Err(untimely) => {
                if let Untimely::Off(seconds) = untimely {
                    rows::note_skew(self.store, proven.operator.id, seconds).await.map_err(failed)?;
                }
                return Err(proven.refuse(Ret::BadEnvelope, untimely_words(untimely)));
            }
        }
        if proven.operator.suspended_ms.is_some() {
            return Err(proven.refuse(Ret::BadContent, "接入已停用"));
        }
        Ok(proven)
    }

    async fn token(&self, intake: &Intake, proven: Proven) -> Result<Response, Refusal> {
        let asked = TokenQuery::read(&proven.content).map_err(|why| proven.refuse(Ret::BadContent, why.to_string()))?;
        let (store, now) = (self.store, self.store.clock().now_ms());
        match intake.take(store, proven.call(), Vec::new(), now).await {
            Taken::Noted { .. } => {}
            refused => return Err(not_taken(&proven, &refused)),
        }
        // Digests are compared, so that the time says nothing about the secret.
        let same = ::store::audit::sm3_hex(&asked.secret) == ::store::audit::sm3_hex(&proven.secrets.operator);
        let answer = if operator_code(&asked.operator).ok().as_ref() != Some(&proven.operator.code) {
            TokenAnswer::Refused(NoToken::NoSuchOperator)
        } else if !same {
            TokenAnswer::Refused(NoToken::WrongSecret)
        } else {
            let token = random::hexadecimal::<32>();
            let until = now + i64::from(TOKEN_SECONDS) * 1_000;
            let hash = ::store::audit::sm3_hex(&token);
            rows::give_token(store, proven.operator.id, &hash, until).await.map_err(failed)?;
            TokenAnswer::Given { token, seconds: TOKEN_SECONDS }
        };
        Ok(Response::seal(&proven.keys, Ret::Done, "", &answer.to_json(&proven.request.operator)))
    }

    async fn notification(&self, intake: &Intake, proven: Proven) -> Result<Response, Refusal> {
        let token = self.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let token = token.trim_start_matches("Bearer").trim();
        let (store, now) = (self.store, self.store.clock().now_ms());
        let hash = ::store::audit::sm3_hex(token);
        if !rows::token_holds(store.reader(), proven.operator.id, &hash, now).await.map_err(failed)? {
            return Err(proven.refuse(Ret::BadToken, "Token 错误或已过期"));
        }
        let reports = messages::read_notification(&proven.content, MOST_IN_NOTIFICATION)
            .map_err(|why| proven.refuse(Ret::BadContent, why.to_string()))?;
        let count = reports.len();
        match intake.take(store, proven.call(), reports, now).await {
            // 1 says that it was ignored: none of them is known.
            Taken::Noted { unknown } => {
                let content = json!({ "Status": i32::from(unknown == count) });
                Ok(Response::seal(&proven.keys, Ret::Done, "", &content))
            }
            refused => Err(not_taken(&proven, &refused)),
        }
    }
}

fn not_taken(proven: &Proven, why: &Taken) -> Refusal {
    match why {
        Taken::Replayed => {
            tracing::warn!(operator.code = proven.operator.code, "a call of an operator came a second time");
            proven.refuse(Ret::BadEnvelope, "TimeStamp 与 Seq 已使用过（重放）")
        }
        _ => proven.refuse(Ret::Busy, "系统繁忙，请稍后重试"),
    }
}

fn untimely_words(untimely: Untimely) -> String {
    match untimely {
        Untimely::Unreadable => "TimeStamp 应为 yyyyMMddHHmmss".to_owned(),
        Untimely::NoNumber => "Seq 应为 4 位数字".to_owned(),
        Untimely::Off(ahead) if ahead > 0 => format!("TimeStamp 比我方时钟快 {ahead} 秒，请校时"),
        Untimely::Off(behind) => format!("TimeStamp 比我方时钟慢 {} 秒，请校时", -behind),
    }
}

fn failed(error: ::store::Error) -> Refusal {
    let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
    tracing::error!(%error, cause, "a call of an operator could not be answered");
    Refusal::unproven(Ret::Busy, "系统繁忙，请稍后重试")
}
