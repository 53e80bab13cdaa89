//! Takes what is due out of the outbox and sends it.

use std::sync::Arc;

use ::store::{Result, Store};
use kernel::Lang;
use tokio::task::JoinSet;

use crate::store::{outbox, subscriptions};
use crate::tables::notices::Model;
use crate::{Channel, Mail, Webhooks};

/// Notices under way at the same time.
const AT_ONCE: usize = 8;

/// The ways out.
pub struct Transports {
    /// The mail server; none when the operator named none.
    pub mail: Option<Mail>,
    /// Webhooks.
    pub webhooks: Webhooks,
    /// The address under which people open the site, such as `https://minsheng.example.gov.cn`; may be empty.
    pub site: String,
}

/// What one round of the worker did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Notices that went out.
    pub sent: u64,
    /// Tries that failed and will be repeated.
    pub failed: u64,
    /// Notices that were given up.
    pub given_up: u64,
}

/// Why a try failed.
pub(crate) struct Failure {
    why: String,
    /// Whether trying again cannot help.
    hopeless: bool,
}

impl Failure {
    pub(crate) fn hopeless(why: String) -> Self {
        Self { why, hopeless: true }
    }

    pub(crate) fn passing(why: String) -> Self {
        Self { why, hopeless: false }
    }
}

/// Makes the digests that are due and sends what is due, each once however many copies of the server work at it.
///
/// # Errors
/// When the database fails; what a transport refuses is noted with the notice.
pub async fn deliver(store: &Store, transports: &Arc<Transports>) -> Result<Delivered> {
    outbox::gather_digests(store).await?;
    let mut delivered = Delivered::default();
    let mut under_way = JoinSet::new();
    for notice in outbox::due(store).await? {
        if under_way.len() == AT_ONCE {
            count(&mut delivered, under_way.join_next().await)?;
        }
        let (store, transports) = (store.clone(), transports.clone());
        under_way.spawn(async move { one(&store, &transports, &notice).await });
    }
    while let Some(done) = under_way.join_next().await {
        count(&mut delivered, Some(done))?;
    }
    Ok(delivered)
}

/// What became of one notice.
enum Outcome {
    /// Another copy has it.
    Elsewhere,
    Sent,
    Failed,
    GivenUp,
}

fn count(
    delivered: &mut Delivered,
    done: Option<std::result::Result<Result<Outcome>, tokio::task::JoinError>>,
) -> Result<()> {
    let Some(done) = done else { return Ok(()) };
    match done.map_err(std::io::Error::other)?? {
        Outcome::Elsewhere => {}
        Outcome::Sent => delivered.sent += 1,
        Outcome::Failed => delivered.failed += 1,
        Outcome::GivenUp => delivered.given_up += 1,
    }
    Ok(())
}

async fn one(store: &Store, transports: &Transports, notice: &Model) -> Result<Outcome> {
    if !outbox::claim(store, notice).await? {
        return Ok(Outcome::Elsewhere);
    }
    match go(store, transports, notice).await? {
        Ok(()) => {
            outbox::sent(store, notice.id).await?;
            Ok(Outcome::Sent)
        }
        Err(Failure { why, hopeless }) => {
            let given_up = outbox::failed(store, notice, &why, hopeless).await?;
            tracing::warn!(notice.id = %notice.id, notice.given_up = given_up, why, "notice not sent");
            Ok(if given_up { Outcome::GivenUp } else { Outcome::Failed })
        }
    }
}

async fn go(store: &Store, transports: &Transports, notice: &Model) -> Result<std::result::Result<(), Failure>> {
    let by = match notice.subscription_id {
        Some(id) => subscriptions::find(store.reader(), id).await?,
        None => None,
    };
    let (site, now) = (transports.site.trim_end_matches('/'), store.clock().now_ms());
    Ok(match (Channel::parse(&notice.channel), by, &transports.mail) {
        (Some(Channel::Email), Some(by), Some(mail)) => {
            mail.send(notice, Lang::parse(&by.lang).unwrap_or_default(), site, now).await
        }
        (Some(Channel::Email), _, None) => {
            Err(Failure::hopeless("没有配置邮件服务器 (no mail server is configured)".to_owned()))
        }
        (Some(Channel::Webhook), Some(by), _) => transports.webhooks.send(notice, &by.secret, site, now).await,
        (channel, ..) => Err(Failure::hopeless(format!("没有这种渠道 (no such channel): {channel:?}"))),
    })
}
