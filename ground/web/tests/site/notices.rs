//! The inbox and its settings over HTTP.

use ::notices::{Kind, NewNotice};
use axum::http::StatusCode;
use kernel::{Role, Text};
use minsheng_web as web;
use uuid::Uuid;

use crate::bench::{Site, Visitor};

async fn tell(site: &Site, account: Uuid, number: u32) {
    let store = site.store().await;
    let notice = NewNotice {
        kind: Kind::Order,
        to: vec![account],
        subject: Text::new(format!("督办单 {number} 号"), format!("Order {number}")),
        body: Text::new("请于 <6 月 19 日>前答复。", "Answer by 19 June."),
        link: format!("/office/orders/{number}"),
        programme: None,
        dedup: format!("order:{number}"),
    };
    ::notices::send(store.for_upkeep(), store.clock().now_ms(), &notice).await.unwrap();
}

async fn signed_in(site: &Site, name: &str) -> Visitor {
    let mut visitor = site.visitor().await;
    assert!(visitor.sign_in(name).await.status.is_redirection());
    visitor
}

#[tokio::test]
async fn the_header_counts_what_is_unread_until_it_is_read() {
    let site = Site::new().await;
    let wang = site.account("wang", Some(Role::ProgrammeOffice)).await;
    site.account("li", Some(Role::ProgrammeOffice)).await;
    tell(&site, wang, 1).await;
    tell(&site, wang, 2).await;
    let mut visitor = signed_in(&site, "wang").await;
    let page = visitor.get("/office/notices").await;
    let text = page.text();
    assert!(text.contains("<span class=\"count\">2<"), "{text}");
    assert!(
        text.contains("<a href=\"/office/orders/2\">督办单 2 号</a>") && text.contains("&#60;6 月 19 日&#62;"),
        "{text}"
    );
    assert!(text.find("2 号").unwrap() < text.find("1 号").unwrap(), "the newest first");
    let csrf = page.csrf();
    let until = text.split("name=\"until_ms\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(
        visitor.post("/office/notices/read", &format!("csrf={csrf}&until_ms={until}")).await.status,
        StatusCode::SEE_OTHER
    );
    let text = visitor.get("/office/notices").await.text();
    assert!(!text.contains("class=\"count\"") && text.contains("督办单 1 号"));
    assert!(visitor.get("/office/notices?lang=en").await.text().contains("Order 1"));

    let mut other = signed_in(&site, "li").await;
    assert!(other.get("/office/notices").await.text().contains("还没有通知"), "the inbox is one's own");
    let stranger = site.visitor().await.get("/office/notices").await;
    assert!(stranger.header("location").starts_with("/sign-in"));
}

#[tokio::test]
async fn a_person_chooses_where_else_notices_go() {
    let site = Site::new().await;
    site.account("wang", None).await;
    site.account("li", None).await;
    let mut visitor = signed_in(&site, "wang").await;
    let csrf = visitor.get("/account/notices").await.csrf();
    let form = |rest: &str| format!("csrf={csrf}&{rest}");
    let wrong = visitor.post("/account/notices", &form("channel=email&address=wang&timing=daily&kinds=order")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = wrong.text();
    assert!(text.contains("这不是有效的邮箱地址") && text.contains("value=\"wang\""), "{text}");
    assert!(
        text.contains("value=\"order\" checked") && text.contains("value=\"daily\" selected"),
        "what was typed stays"
    );
    let unknown = visitor.post("/account/notices", &form("channel=inbox&address=&timing=daily")).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);

    let taken = visitor
        .post(
            "/account/notices",
            &form("channel=email&address=wang%40example.cn&timing=daily&kinds=order&kinds=return"),
        )
        .await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER);
    let text = visitor.get("/account/notices").await.text();
    assert!(text.contains("wang@example.cn") && text.contains("督办单、填报") && text.contains("还没有发过"), "{text}");
    let id = text.split("/account/notices/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    visitor.post(&format!("/account/notices/{id}/try"), &form("")).await;
    assert!(visitor.get("/account/notices").await.text().contains("等待发送"));

    let mut other = signed_in(&site, "li").await;
    let theirs = other.get("/account/notices").await.csrf();
    let strange = other.post(&format!("/account/notices/{id}/end"), &format!("csrf={theirs}")).await;
    assert_eq!(strange.status, StatusCode::NOT_FOUND, "somebody else's");
    visitor.post(&format!("/account/notices/{id}/end"), &form("")).await;
    assert!(!visitor.get("/account/notices").await.text().contains("wang@example.cn"));
}

#[tokio::test]
async fn every_route_is_listed() {
    web::assert_every_route_listed(web::notices::step()).await;
}
