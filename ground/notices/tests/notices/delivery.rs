//! Sending: mails and webhooks as they arrive, once, again after a failure, and in digests.

use axum::http::StatusCode;
use hmac::{Hmac, KeyInit, Mac};
use minsheng_notices as notices;
use notices::store::subscriptions;
use notices::{Channel, Delivered, Timing, deliver};
use sha2::Sha256;

use crate::house::{House, transports};
use crate::postbox::{MailServer, Receiver, body, header};

const SENT: Delivered = Delivered { sent: 1, failed: 0, given_up: 0 };
const FAILED: Delivered = Delivered { sent: 0, failed: 1, given_up: 0 };
const GIVEN_UP: Delivered = Delivered { sent: 0, failed: 0, given_up: 1 };
const NOTHING: Delivered = Delivered { sent: 0, failed: 0, given_up: 0 };

databases::on_both!(crate::house::House::open => two_copies_send_once, a_day_in_one_mail);

#[tokio::test]
async fn a_mail_with_a_chinese_subject_arrives() {
    let house = House::sqlite().await;
    let server = MailServer::open("250 ok").await;
    house.subscribe(house.wang, Channel::Email, "wang@example.cn", Timing::AtOnce).await;
    house.tell(0, 7).await;
    let ways = transports(Some(server.port), false);
    assert_eq!(deliver(&house.after(1), &ways).await.unwrap(), SENT);
    assert_eq!(deliver(&house.after(2), &ways).await.unwrap(), NOTHING);
    let mails = server.mails();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("Subject: =?utf-8?b?"), "{}", mails[0]);
    assert_eq!(header(&mails[0], "Subject"), "督办单〔2024〕7号：公办幼儿园建设进度滞后");
    assert_eq!(header(&mails[0], "To"), "wang@example.cn");
    assert_eq!(header(&mails[0], "Auto-Submitted"), "auto-generated");
    let row = &house.rows(Channel::Email).await[0];
    assert_eq!(header(&mails[0], "Message-ID"), format!("<{}@example.cn>", row.id));
    let text = body(&mails[0]);
    assert!(
        text.contains("请于 6 月 19 日前答复。") && text.contains("https://minsheng.example.cn/office/orders/7"),
        "{text}"
    );
    assert!(row.sent_ms.is_some() && row.error.is_none());
}

#[tokio::test]
async fn a_refused_recipient_is_given_up_and_a_silent_server_tried_again() {
    let house = House::sqlite().await;
    house.subscribe(house.wang, Channel::Email, "gone@example.cn", Timing::AtOnce).await;
    house.tell(0, 1).await;
    let refusing = MailServer::open("550 no such user").await;
    assert_eq!(deliver(&house.after(0), &transports(Some(refusing.port), false)).await.unwrap(), GIVEN_UP);
    let row = &house.rows(Channel::Email).await[0];
    assert!(row.failed_ms.is_some() && row.error.as_ref().unwrap().contains("550"), "{row:?}");

    house.tell(0, 2).await;
    let closed = 1;
    assert_eq!(deliver(&house.after(0), &transports(Some(closed), false)).await.unwrap(), FAILED);
    assert_eq!(deliver(&house.after(0), &transports(Some(closed), false)).await.unwrap(), NOTHING, "not at once");
    let server = MailServer::open("250 ok").await;
    assert_eq!(deliver(&house.after(1), &transports(Some(server.port), false)).await.unwrap(), SENT);
    house.tell(1, 3).await;
    assert_eq!(deliver(&house.after(1), &transports(None, false)).await.unwrap(), GIVEN_UP, "no mail server");
}

#[tokio::test]
async fn a_webhook_is_signed_and_tried_again_with_growing_waits() {
    let house = House::sqlite().await;
    let receiver =
        Receiver::open(&[StatusCode::INTERNAL_SERVER_ERROR, StatusCode::FOUND, StatusCode::NO_CONTENT]).await;
    house.subscribe(house.wang, Channel::Webhook, &receiver.address, Timing::AtOnce).await;
    house.tell(0, 1).await;
    let ways = transports(None, true);
    let at = async |minutes| deliver(&house.after(minutes), &ways).await.unwrap();
    assert_eq!(at(0).await, FAILED);
    assert_eq!(at(0).await, NOTHING);
    assert_eq!(at(1).await, FAILED, "a redirect is not followed");
    assert_eq!(at(4).await, NOTHING, "four minutes after the second try");
    assert_eq!(at(5).await, SENT);
    let calls = receiver.calls();
    assert_eq!(calls.len(), 3);
    let call = &calls[2];
    let said = |name: &str| call.headers[name].to_str().unwrap();
    let told: serde_json::Value = serde_json::from_str(&call.body).unwrap();
    assert_eq!(told["link"], "https://minsheng.example.cn/office/orders/1");
    assert_eq!(told["id"], said("x-minsheng-notice"), "the same number at every try");
    assert_eq!(told["id"], calls[0].headers["x-minsheng-notice"].to_str().unwrap());
    let (row, _) = &subscriptions::of(house.after(0).reader(), house.wang).await.unwrap()[0];
    let mut mac = Hmac::<Sha256>::new_from_slice(row.secret.as_bytes()).unwrap();
    mac.update(format!("{}.{}", said("x-minsheng-time"), call.body).as_bytes());
    let expected: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(said("x-minsheng-signature"), format!("hmac-sha256={expected}"));
}

#[tokio::test]
async fn a_webhook_is_given_up_after_eight_tries_with_the_reason_kept() {
    let house = House::sqlite().await;
    let receiver = Receiver::open(&[StatusCode::SERVICE_UNAVAILABLE]).await;
    house.subscribe(house.wang, Channel::Webhook, &receiver.address, Timing::AtOnce).await;
    house.tell(0, 1).await;
    let ways = transports(None, true);
    let mut outcomes = Vec::new();
    for day in 0..10 {
        outcomes.push(deliver(&house.after(day * 24 * 60), &ways).await.unwrap());
    }
    assert_eq!(outcomes[..7], [FAILED; 7]);
    assert_eq!(outcomes[7..], [GIVEN_UP, NOTHING, NOTHING]);
    let row = &house.rows(Channel::Webhook).await[0];
    assert!(row.attempts == 8 && row.error.as_ref().unwrap().contains("503"), "{row:?}");
}

#[tokio::test]
async fn no_webhook_goes_into_the_own_network_unless_allowed() {
    let house = House::sqlite().await;
    let receiver = Receiver::open(&[StatusCode::OK]).await;
    let by_name = receiver.address.replace("127.0.0.1", "localhost");
    for address in [receiver.address.as_str(), &by_name, "http://[::1]:9/", "http://2130706433/a", "http://0x7f.1/b"] {
        house.subscribe(house.wang, Channel::Webhook, address, Timing::AtOnce).await;
    }
    house.tell(0, 1).await;
    let refused = deliver(&house.after(0), &transports(None, false)).await.unwrap();
    assert_eq!(refused, Delivered { sent: 0, failed: 0, given_up: 5 });
    assert!(receiver.calls().is_empty());
    assert!(house.rows(Channel::Webhook).await.iter().all(|row| row.error.as_ref().unwrap().contains("内网")));
}

async fn two_copies_send_once(house: House) {
    let receiver = Receiver::open(&[StatusCode::OK]).await;
    house.subscribe(house.wang, Channel::Webhook, &receiver.address, Timing::AtOnce).await;
    for number in 0..20 {
        house.tell(0, number).await;
    }
    let (one, other) = (house.after(0), house.after(0));
    let ways = transports(None, true);
    let (one, other) = tokio::join!(deliver(&one, &ways), deliver(&other, &ways));
    assert_eq!(one.unwrap().sent + other.unwrap().sent, 20);
    let mut numbers: Vec<_> =
        receiver.calls().iter().map(|call| call.headers["x-minsheng-notice"].to_str().unwrap().to_owned()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!((numbers.len(), receiver.calls().len()), (20, 20));
}

/// Minutes from ten in the morning to half past eight on the next.
const NEXT_DIGEST: i64 = 22 * 60 + 30;

async fn a_day_in_one_mail(house: House) {
    let server = MailServer::open("250 ok").await;
    house.subscribe(house.wang, Channel::Email, "wang@example.cn", Timing::Daily).await;
    house.subscribe(house.li, Channel::Email, "li@example.cn", Timing::Daily).await;
    for number in 1..=3 {
        house.tell(i64::from(number), number).await;
    }
    let ways = transports(Some(server.port), false);
    assert_eq!(deliver(&house.after(NEXT_DIGEST - 1), &ways).await.unwrap(), NOTHING);
    let (one, other) = (house.after(NEXT_DIGEST), house.after(NEXT_DIGEST));
    let (one, other) = tokio::join!(deliver(&one, &ways), deliver(&other, &ways));
    let mut sent = one.unwrap().sent + other.unwrap().sent;
    // One copy may have looked before the other had gathered.
    sent += deliver(&house.after(NEXT_DIGEST), &ways).await.unwrap().sent;
    assert_eq!(sent, 2, "one mail for each of the two");
    let mails = server.mails();
    assert_eq!(mails.len(), 2);
    assert_eq!(header(&mails[0], "Subject"), "民生实事每日汇总：3 条");
    let text = body(&mails[0]);
    for number in 1..=3 {
        assert!(text.contains(&format!("{number}. 督办单〔2024〕{number}号")), "{text}");
    }
    house.tell(NEXT_DIGEST + 1, 4).await;
    assert_eq!(deliver(&house.after(NEXT_DIGEST + 2), &ways).await.unwrap(), NOTHING, "tomorrow");
    assert_eq!(deliver(&house.after(NEXT_DIGEST + 24 * 60), &ways).await.unwrap().sent, 2);
    assert_eq!(deliver(&house.after(NEXT_DIGEST + 48 * 60), &ways).await.unwrap(), NOTHING);
}

#[tokio::test]
async fn a_trial_goes_out_at_once_whatever_was_chosen() {
    let house = House::sqlite().await;
    let server = MailServer::open("250 ok").await;
    let id = house.subscribe(house.wang, Channel::Email, "wang@example.cn", Timing::Daily).await;
    subscriptions::try_out(&house.after(0), house.wang, id).await.unwrap();
    assert!(subscriptions::try_out(&house.after(0), house.li, id).await.is_err(), "somebody else's");
    assert_eq!(deliver(&house.after(0), &transports(Some(server.port), false)).await.unwrap(), SENT);
    assert_eq!(header(&server.mails()[0], "Subject"), "测试通知");
}
