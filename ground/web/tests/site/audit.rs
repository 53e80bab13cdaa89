//! The audit chain as an auditor looks through it.

use axum::http::StatusCode;
use kernel::Role;

use crate::bench::Site;

/// The rows of the page's table.
fn rows(page: &str) -> usize {
    page.matches("<th scope=\"row\"").count()
}

#[tokio::test]
async fn an_auditor_finds_who_did_what_and_when() {
    let site = Site::new().await;
    site.account("auditor", Some(Role::Auditor)).await;
    site.account("chen", None).await;
    let mut visitor = site.visitor().await;
    visitor.sign_in("chen").await;
    let mut visitor = site.visitor().await;
    visitor.sign_in("auditor").await;

    let all = visitor.get("/office/audit").await.text();
    let of_chen = visitor.get("/office/audit?actor=chen").await.text();
    assert!(rows(&of_chen) == 1 && rows(&all) > 1, "{of_chen}");
    assert!(
        of_chen.contains("登录") && of_chen.contains("format=xlsx&#38;actor=chen"),
        "the sheet holds the same: {of_chen}"
    );
    let accounts = visitor.get("/office/audit?about=account").await.text();
    assert!(accounts.contains("账号 · 新建") && rows(&accounts) == 2, "{accounts}");
    assert!(accounts.contains("<dt>账号</dt><dd>chen</dd>"), "details are names and values: {accounts}");

    let today = "2026-03-02";
    assert_eq!(rows(&visitor.get(&format!("/office/audit?from={today}&until={today}")).await.text()), rows(&all));
    let before = visitor.get("/office/audit?until=2020-01-01").await.text();
    assert!(rows(&before) == 0 && before.contains("没有符合条件的事件"));
    let unread = visitor.get("/office/audit?from=someday").await;
    assert_eq!(unread.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unread.text().contains("2024-06-30"), "says how a day is written");

    let found = visitor.get("/api/v1/audit/events?about=session&actor=chen").await.text();
    assert!(found.contains("session.begun") && !found.contains("account.created"), "{found}");
}

#[tokio::test]
async fn a_wildcard_in_a_name_finds_nothing_else() {
    let site = Site::new().await;
    site.account("auditor", Some(Role::Auditor)).await;
    let mut visitor = site.visitor().await;
    visitor.sign_in("auditor").await;
    assert_eq!(rows(&visitor.get("/office/audit?actor=%25").await.text()), 0);
}
