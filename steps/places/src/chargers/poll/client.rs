//! One call to an operator: sealed, sent, bounded in time and size, verified.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::NaiveDateTime;
use evcs::envelope::Refused;
use evcs::window::Sequence;
use evcs::{Keys, Request, Response, Ret};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::redirect::Policy;
use serde_json::Value;
use uuid::Uuid;

/// How long an operator may be silent, before the answer and within it: a large one takes a slow line minutes.
const WAIT: Duration = Duration::from_secs(20);

/// The longest answer, in bytes: a page of stations with a hundred thousand connectors is about thirty megabytes.
pub(crate) const LONGEST_ANSWER: usize = 48 << 20;

/// Why a call gave nothing.
#[derive(Debug)]
pub(crate) enum NoAnswer {
    /// The other side says so, with its `Ret`.
    Ret(Ret, String),
    /// It did not answer, too late, too long, or with another status than 200.
    Unreachable(String),
    /// What it answered is not signed with the agreed keys, or cannot be read.
    Untrue(Refused),
}

impl NoAnswer {
    /// In words, without anything secret.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Ret(ret, msg) => format!("对方返回 Ret {ret}：{msg}"),
            Self::Unreachable(why) => format!("无法连接或无有效应答：{why}"),
            Self::Untrue(Refused::Signature) => "应答签名不符".to_owned(),
            Self::Untrue(why) => format!("应答无法读取：{why}"),
        }
    }
}

/// The client for all operators.
pub struct Client {
    http: reqwest::Client,
    sequences: Mutex<HashMap<Uuid, Sequence>>,
}

/// Who is called, how.
pub(crate) struct To<'a> {
    pub(crate) operator: Uuid,
    pub(crate) address: &'a str,
    pub(crate) own_code: &'a str,
    pub(crate) keys: &'a Keys,
    pub(crate) token: Option<&'a str>,
}

impl Client {
    /// A client that follows no redirect, because a call is meant for the agreed address only.
    ///
    /// # Errors
    /// When the machine's certificates cannot be read.
    pub fn new() -> Result<Self, String> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(WAIT)
            .read_timeout(WAIT)
            .user_agent(concat!("Minsheng/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| format!("充电接口客户端无法使用 (the client cannot be used): {error}"))?;
        Ok(Self { http, sequences: Mutex::default() })
    }

    /// Calls `interface` with `content` at `now` (Beijing time) and gives what was answered.
    pub(crate) async fn call(
        &self,
        to: &To<'_>,
        interface: &str,
        content: &Value,
        now: NaiveDateTime,
    ) -> Result<Value, NoAnswer> {
        let (stamp, seq) = {
            let mut sequences = self.sequences.lock().unwrap_or_else(PoisonError::into_inner);
            sequences.entry(to.operator).or_default().next(now)
        };
        let request = Request::seal(to.keys, to.own_code, content, &stamp, &seq);
        let mut sending = self
            .http
            .post(format!("{}{interface}", to.address))
            .header(CONTENT_TYPE, "application/json;charset=utf-8")
            .body(request.to_json().to_string());
        if let Some(token) = to.token {
            sending = sending.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let answer = sending.send().await.map_err(|error| NoAnswer::Unreachable(short(&error)))?;
        if !answer.status().is_success() {
            return Err(NoAnswer::Unreachable(format!("HTTP {}", answer.status().as_u16())));
        }
        let text = bounded(answer).await?;
        let response = Response::read(&text).map_err(NoAnswer::Untrue)?;
        if response.ret != Ret::Done {
            return Err(NoAnswer::Ret(response.ret, response.msg.chars().take(100).collect()));
        }
        // Decrypting and reading a long answer takes a while: not on a thread that serves pages.
        let keys = to.keys.clone();
        let opened = tokio::task::spawn_blocking(move || response.open(&keys)).await;
        opened.map_err(|error| NoAnswer::Unreachable(error.to_string()))?.map_err(NoAnswer::Untrue)
    }
}

/// The body as text, read no further than allowed.
async fn bounded(mut answer: reqwest::Response) -> Result<String, NoAnswer> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| NoAnswer::Unreachable(short(&error)))? {
        if bytes.len() + chunk.len() > LONGEST_ANSWER {
            return Err(NoAnswer::Unreachable(format!("应答超过 {} MB", LONGEST_ANSWER >> 20)));
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| NoAnswer::Unreachable("应答不是 UTF-8".to_owned()))
}

/// The innermost cause, without the address, which may hold what is nobody's business.
fn short(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "超时".to_owned();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}
