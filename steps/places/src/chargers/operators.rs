//! Operators: who is connected, with which keys, and how it goes.
//!
//! Keys are made or taken in once, sealed ([`store::Sealing`]) and never shown again, neither on a page nor in a log.

mod page;

use std::fmt;

use ::store::audit::Event;
use ::store::{Actor, Result, Sealing, Store, random};
use evcs::Keys;
use kernel::{Problem, RegionCode};
use sea_orm::ActiveValue::Set;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::store::operators as rows;
use super::tables::operators::{ActiveModel, Model as Operator};

pub(crate) use page::{KEEP, require};

/// Pages.
pub(crate) fn step() -> web::Step {
    page::step()
}

/// Characters of a secret.
const SECRET_LENGTH: usize = 16;

/// The four secrets of one direction. Printed as dots.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets {
    /// `OperatorSecret`, for the token.
    pub operator: String,
    /// `DataSecret`.
    pub data: String,
    /// `DataSecretIV`.
    pub iv: String,
    /// `SigSecret`.
    pub sig: String,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(…)")
    }
}

impl Secrets {
    /// Fresh ones.
    pub fn random() -> Self {
        let one = || {
            // 64 characters, so that each byte gives one without favour.
            const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
            random::bytes::<SECRET_LENGTH>()
                .iter()
                .map(|byte| char::from(ALPHABET[usize::from(byte & 63)]))
                .collect::<String>()
        };
        Self { operator: one(), data: one(), iv: one(), sig: one() }
    }

    /// The keys of the envelope.
    ///
    /// # Errors
    /// A problem of the field when one has not sixteen characters.
    pub fn keys(&self) -> Result<Keys, Problem> {
        Keys::new(&self.data, &self.iv, &self.sig).map_err(|wrong| {
            let field = match wrong.0 {
                "DataSecret" => "data",
                "DataSecretIV" => "iv",
                _ => "sig",
            };
            Problem::field(field, format!("{} 应为 16 个字符", wrong.0), format!("{} has sixteen characters", wrong.0))
        })
    }
}

/// An operator to register.
#[derive(Clone, Debug)]
pub struct NewOperator {
    /// `OperatorID`: nine characters, or eighteen of which nine are it.
    pub code: String,
    /// The name.
    pub name: String,
    /// Whose office keeps it.
    pub region: RegionCode,
    /// Where it is called; empty where it only notifies.
    pub address: String,
    /// The `OperatorID` under which it knows us.
    pub own_code: String,
    /// The keys with which it calls us.
    pub keys_in: Secrets,
    /// The keys with which we call it; none where it only notifies.
    pub keys_out: Option<Secrets>,
    /// Made up for demonstration.
    pub demo: bool,
}

/// `OperatorID` as it is kept: of a unified social credit code the nine characters of the organisation.
///
/// # Errors
/// A problem of the field when it is neither nine nor eighteen capital letters and digits.
pub fn operator_code(text: &str) -> Result<String, Problem> {
    let text = text.trim().to_uppercase();
    let sound = text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match text.len() {
        9 if sound => Ok(text),
        18 if sound => Ok(text[8..17].to_owned()),
        _ => Err(Problem::field(
            "code",
            "运营商编号为 9 位组织机构代码，或 18 位统一社会信用代码",
            "An OperatorID has nine characters, or eighteen as unified social credit code",
        )),
    }
}

/// Where an operator is called, checked and with a slash behind; empty stays empty.
fn address(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(String::new());
    }
    let wrong = || {
        Problem::field("address", "请填写 http(s):// 开头的接口地址", "Write an address that begins with http(s)://")
    };
    let url = reqwest::Url::parse(text).map_err(|_| wrong())?;
    if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.query().is_some() {
        return Err(wrong());
    }
    Ok(format!("{}/", url.as_str().trim_end_matches('/')))
}

/// What keys are sealed for.
fn purpose(id: Uuid, what: &str) -> String {
    format!("charging operator {id} {what}")
}

/// Registers an operator.
///
/// # Errors
/// Problems of the fields; a conflict when the number is taken.
pub async fn register(store: &Store, sealing: &Sealing, actor: &Actor, new: NewOperator) -> Result<Operator> {
    let code = operator_code(&new.code)?;
    let own_code = match new.own_code.trim() {
        "" => String::new(),
        text => operator_code(text).map_err(|wrong| Problem::field("own_code", wrong.message.zh, wrong.message.en))?,
    };
    let name = new.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 50 {
        return Err(Problem::field("name", "请填写名称，最多 50 字", "A name, of at most 50 characters").into());
    }
    let address = address(&new.address)?;
    new.keys_in.keys()?;
    if let Some(keys) = &new.keys_out {
        keys.keys()?;
    }
    if !address.is_empty() && (new.keys_out.is_none() || own_code.is_empty()) {
        let (zh, en) = (
            "填写接口地址时，须同时填写我方编号和对方给的四个密钥",
            "An address needs our own number and their four keys",
        );
        return Err(Problem::field("address", zh, en).into());
    }
    let id = Uuid::now_v7();
    let seal = |what: &str, keys: &Secrets| -> Result<String> {
        let text = serde_json::to_string(keys).map_err(std::io::Error::other)?;
        Ok(sealing.seal(&purpose(id, what), &text))
    };
    let mut tx = store.begin(actor).await?;
    let row = Operator {
        id,
        code,
        name,
        region: new.region.stored(),
        address,
        own_code,
        keys_in: seal("in", &new.keys_in)?,
        keys_out: new.keys_out.as_ref().map(|keys| seal("out", keys)).transpose()?.unwrap_or_default(),
        demo: new.demo,
        made_ms: tx.at_ms(),
        made_by: actor.name.clone(),
        suspended_ms: None,
        version: 1,
        token: None,
        token_until_ms: None,
        heard_ms: None,
        skew_seconds: None,
        skew_ms: None,
    };
    if let Err(error) = rows::add(&tx, row.clone()).await {
        if error.is_duplicate() {
            return Err(Problem::field("code", "这个运营商已登记", "This operator is registered already").into());
        }
        return Err(error);
    }
    if !row.address.is_empty() {
        rows::begin_polls(&tx, id).await?;
    }
    let detail = json!({ "code": row.code, "name": row.name, "address": row.address, "region": new.region });
    tx.record(Event::new("charging_operator.registered", "charging_operator", id, detail)).await?;
    tx.commit().await?;
    Ok(row)
}

/// The secrets with which the operator calls us, or with which we call it.
///
/// # Errors
/// When they were sealed with another key.
pub(crate) fn unseal(sealing: &Sealing, operator: &Operator, direction: Direction) -> Result<Secrets> {
    let (what, sealed) = match direction {
        Direction::In => ("in", &operator.keys_in),
        Direction::Out => ("out", &operator.keys_out),
    };
    let broken = |why: String| ::store::Error::BrokenRow {
        table: "charging_operators",
        column: "keys",
        row: operator.id.to_string(),
        why,
    };
    let text = sealing.open(&purpose(operator.id, what), sealed).map_err(|why| broken(why.to_string()))?;
    serde_json::from_str(&text).map_err(|_| broken("no keys".to_owned()))
}

/// Which way a call goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// The operator calls us.
    In,
    /// We call the operator.
    Out,
}

/// Gives the operator new keys for calling us; its tokens end.
///
/// # Errors
/// A conflict when somebody else was faster.
pub async fn renew_keys(store: &Store, sealing: &Sealing, actor: &Actor, operator: &Operator) -> Result<Secrets> {
    let fresh = Secrets::random();
    let text = serde_json::to_string(&fresh).map_err(std::io::Error::other)?;
    let to = ActiveModel { keys_in: Set(sealing.seal(&purpose(operator.id, "in"), &text)), ..Default::default() };
    move_on(store, actor, operator, to, "charging_operator.keys_renewed").await?;
    Ok(fresh)
}

/// Takes nothing from the operator any more and asks it nothing, or does so again.
///
/// # Errors
/// A conflict when somebody else was faster.
pub async fn suspend(store: &Store, actor: &Actor, operator: &Operator, suspended: bool) -> Result<()> {
    let since = suspended.then(|| store.clock().now_ms());
    let to = ActiveModel { suspended_ms: Set(since), ..Default::default() };
    let action = if suspended { "charging_operator.suspended" } else { "charging_operator.resumed" };
    move_on(store, actor, operator, to, action).await
}

/// Sets where the operator is called: it moved.
///
/// # Errors
/// A problem of the field `address`; a conflict when somebody else was faster.
pub async fn move_to(store: &Store, actor: &Actor, operator: &Operator, to: &str) -> Result<()> {
    if operator.keys_out.is_empty() {
        let (zh, en) =
            ("这个运营商只推送，没有调用它的密钥", "This operator only notifies: there are no keys for calling it");
        return Err(Problem::field("address", zh, en).into());
    }
    let to = ActiveModel { address: Set(address(to)?), ..Default::default() };
    move_on(store, actor, operator, to, "charging_operator.moved").await
}

async fn move_on(
    store: &Store,
    actor: &Actor,
    operator: &Operator,
    to: ActiveModel,
    action: &'static str,
) -> Result<()> {
    let mut tx = store.begin(actor).await?;
    if !rows::change(&tx, operator.id, operator.version, to).await? {
        return Err(Problem::conflict(
            "这个运营商刚刚被别人修改过，请刷新后再试",
            "Somebody has just changed this operator: reload",
        )
        .into());
    }
    rows::end_tokens(&tx, operator.id).await?;
    tx.record(Event::new(action, "charging_operator", operator.id, json!({ "code": operator.code }))).await?;
    tx.commit().await
}
