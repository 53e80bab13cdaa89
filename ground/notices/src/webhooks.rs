//! Notices as JSON to other programs, signed, and never into the own network unless the operator allows it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use serde::Serialize;
use sha2::Sha256;

use crate::rules::is_public;
use crate::tables::notices::Model;
use crate::worker::Failure;

/// How long the other side may take, from looking up its name to the head of its answer.
const WAIT: Duration = Duration::from_secs(10);

/// The client for webhooks. Cheap to clone.
#[derive(Clone)]
pub struct Webhooks {
    client: Client,
    /// Whether addresses inside the own network may be called.
    inside: bool,
}

/// What is sent. Times are Unix milliseconds.
#[derive(Serialize)]
struct Payload<'a> {
    id: uuid::Uuid,
    kind: &'a str,
    subject: &'a str,
    subject_en: &'a str,
    body: &'a str,
    body_en: &'a str,
    link: String,
    programme_id: Option<uuid::Uuid>,
    created_ms: i64,
}

impl Webhooks {
    /// A client; `inside` lets it call addresses of the own network.
    ///
    /// # Errors
    /// When the machine's certificates cannot be read.
    pub fn new(inside: bool) -> Result<Self, String> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .timeout(WAIT)
            .dns_resolver(Arc::new(Outside { inside }))
            .user_agent(concat!("Minsheng/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| format!("webhook 无法使用 (webhooks cannot be used): {error}"))?;
        Ok(Self { client, inside })
    }

    /// Posts `notice`, signed with `secret`; `site` is where its link leads.
    pub(crate) async fn send(&self, notice: &Model, secret: &str, site: &str, now_ms: i64) -> Result<(), Failure> {
        let address = Url::parse(&notice.address)
            .map_err(|error| Failure::hopeless(format!("地址无效 (no such address): {error}")))?;
        // A name is looked at when it is resolved; an address written as numbers is not resolved.
        if !self.inside && literal(&address).is_some_and(|address| !is_public(address)) {
            return Err(Failure::hopeless(refused()));
        }
        let payload = Payload {
            id: notice.id,
            kind: &notice.kind,
            subject: &notice.subject_zh,
            subject_en: &notice.subject_en,
            body: &notice.body_zh,
            body_en: &notice.body_en,
            link: if notice.link.is_empty() { String::new() } else { format!("{site}{}", notice.link) },
            programme_id: notice.programme_id,
            created_ms: notice.created_ms,
        };
        let body = serde_json::to_string(&payload)
            .map_err(|error| Failure::hopeless(format!("内容无法生成 (cannot be written): {error}")))?;
        let signature = sign(secret, now_ms, &body);
        let request = self
            .client
            .post(address)
            .header("content-type", "application/json")
            .header("x-minsheng-notice", notice.id.to_string())
            .header("x-minsheng-time", now_ms.to_string())
            .header("x-minsheng-signature", format!("hmac-sha256={signature}"))
            .body(body);
        match request.send().await {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => Err(Failure::passing(format!("对方返回 {0} (the other side answered {0})", answer.status()))),
            Err(error) => {
                let mut why = error.to_string();
                let mut cause = std::error::Error::source(&error);
                while let Some(next) = cause {
                    if next.is::<Inside>() {
                        return Err(Failure::hopeless(refused()));
                    }
                    why = format!("{why}: {next}");
                    cause = next.source();
                }
                Err(Failure::passing(format!("未能送达 (not delivered): {why}")))
            }
        }
    }
}

/// HMAC-SHA-256 under `secret` of time and body with a full stop between, in hexadecimal: what `x-minsheng-signature`
/// carries. The time lets a receiver refuse what was recorded and sent again.
pub(crate) fn sign(secret: &str, now_ms: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length is taken");
    mac.update(format!("{now_ms}.{body}").as_bytes());
    store::hex(&mac.finalize().into_bytes())
}

fn literal(address: &Url) -> Option<IpAddr> {
    address.host_str()?.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

fn refused() -> String {
    "地址在内网，运维配置不允许 (the address lies inside the own network, which the operator does not allow)".to_owned()
}

/// Looks names up and hands out only addresses that may be called: what was looked at is what is connected to.
struct Outside {
    inside: bool,
}

#[derive(Debug, thiserror::Error)]
#[error("the name leads into the own network")]
struct Inside;

impl Resolve for Outside {
    fn resolve(&self, name: Name) -> Resolving {
        let inside = self.inside;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> = found.into_iter().filter(|one| inside || is_public(one.ip())).collect();
            if allowed.is_empty() {
                return Err(Inside.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recomputed with another program: printf '1717560000000.{}' | openssl dgst -sha256 -hmac secret.
    #[test]
    fn the_signature_is_one_that_others_can_check() {
        assert_eq!(
            sign("secret", 1_717_560_000_000, "{}"),
            "8b79c198495e9ad51f1e4731b12e87f086feba9d06c50e2944b4dac6b40ced24"
        );
    }
}
