//! Notices as mails.

use std::time::{Duration, UNIX_EPOCH};

use kernel::Lang;
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use crate::tables::notices::Model;
use crate::worker::Failure;

/// How long the mail server may take for one step.
const WAIT: Duration = Duration::from_secs(20);

/// A mail server to send through. Cheap to clone.
#[derive(Clone)]
pub struct Mail {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mail {
    /// Reads the operator's settings: `smtps://user:password@host:465`, `smtp://user:password@host:587?tls=required`, or
    /// `smtp://host:25` inside one's own network; and the sender, such as `民生实事 <minsheng@example.gov.cn>`. Nothing is
    /// connected before the first mail.
    ///
    /// # Errors
    /// Says which of the two cannot be read.
    pub fn new(address: &str, from: &str) -> Result<Self, String> {
        // An error means that a provider was chosen already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(address)
            .map_err(|error| format!("smtp 地址读不懂 (smtp cannot be read): {error}"))?;
        let from = from.parse().map_err(|error| format!("mail_from 读不懂 (mail_from cannot be read): {error}"))?;
        Ok(Self { server: server.timeout(Some(WAIT)).build(), from })
    }

    /// Sends `notice` in `lang`; `site` is where its link leads.
    pub(crate) async fn send(&self, notice: &Model, lang: Lang, site: &str, now_ms: i64) -> Result<(), Failure> {
        let message = self.message(notice, lang, site, now_ms)?;
        match self.server.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => {
                Err(Failure::hopeless(format!("邮件服务器拒收 (refused by the mail server): {error}")))
            }
            Err(error) => Err(Failure::passing(format!("邮件未能发出 (not sent): {}", chain(&error)))),
        }
    }

    fn message(&self, notice: &Model, lang: Lang, site: &str, now_ms: i64) -> Result<Message, Failure> {
        let to = notice
            .address
            .parse()
            .map_err(|error| Failure::hopeless(format!("收件地址无效 (no such address): {error}")))?;
        let built = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(lang.t(&notice.subject_zh, &notice.subject_en))
            .date(UNIX_EPOCH + Duration::from_millis(now_ms.unsigned_abs()))
            .message_id(Some(format!("<{}@{}>", notice.id, self.from.email.domain())))
            .header(ContentType::TEXT_PLAIN)
            .body(text(notice, lang, site));
        let mut message =
            built.map_err(|error| Failure::hopeless(format!("邮件无法生成 (cannot be written): {error}")))?;
        // Keeps out-of-office programs from answering.
        let name = HeaderName::new_from_ascii_str("Auto-Submitted");
        message.headers_mut().insert_raw(HeaderValue::new(name, "auto-generated".to_owned()));
        Ok(message)
    }
}

fn text(notice: &Model, lang: Lang, site: &str) -> String {
    let mut text = lang.t(&notice.body_zh, &notice.body_en).to_owned();
    if !notice.link.is_empty() && !site.is_empty() {
        let word = lang.t("打开", "Open");
        text.push_str(&format!("\n\n{word}：{site}{}", notice.link).replace('：', lang.t("：", ": ")));
    }
    text.push_str(lang.t(
        "\n\n-- \n这封邮件由系统自动发出，请勿回复。接收方式可在“通知设置”中修改。\n",
        "\n\n-- \nSent automatically; please do not answer. Change it under “Notice settings”.\n",
    ));
    text
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}
