//! Signing in and out.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use kernel::Role;
use serde_json::json;

use crate::bench::{PASSWORD, Site};

#[tokio::test]
async fn a_person_signs_in_works_and_signs_out() {
    let site = Site::new().await;
    site.account("auditor", Some(Role::Auditor)).await;
    let mut visitor = site.visitor().await;
    let away = visitor.get("/office/audit?verify=1").await;
    assert_eq!(
        (away.status, away.header("location")),
        (StatusCode::SEE_OTHER, "/sign-in?next=%2Foffice%2Faudit%3Fverify%3D1")
    );

    let begun = visitor.sign_in("auditor").await;
    assert_eq!((begun.status, begun.header("location")), (StatusCode::SEE_OTHER, "/office/audit"));
    let cookie = begun.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Secure"), "{cookie}");

    let page = visitor.get("/office/audit?verify=1").await;
    assert!(page.text().contains("审计链完整") && page.text().contains("登录"), "{}", page.text());
    assert_eq!(page.header("cache-control"), "private, no-store");

    assert_eq!(visitor.post("/sign-out", "csrf=wrong").await.status, StatusCode::FORBIDDEN);
    let out = visitor.post("/sign-out", &format!("csrf={}", page.csrf())).await;
    assert_eq!(out.status, StatusCode::SEE_OTHER);
    assert_eq!(visitor.get("/office/audit").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn five_wrong_passwords_lock_and_half_an_hour_unlocks() {
    let site = Site::new().await;
    site.account("chen", None).await;
    let mut visitor = site.visitor().await;
    for _ in 0..4 {
        let reply = visitor.post("/sign-in", "sign_in_name=chen&password=wrong").await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
        assert!(reply.text().contains("登录名或密码不对") && reply.text().contains("value=\"chen\""));
    }
    let locked = visitor.post("/sign-in", "sign_in_name=chen&password=wrong").await;
    assert_eq!(locked.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(locked.text().contains("09:30"));
    assert_eq!(visitor.sign_in("chen").await.status, StatusCode::TOO_MANY_REQUESTS);
    let mut later = site.visitor_after(Duration::from_secs(31 * 60)).await;
    assert_eq!(later.sign_in("chen").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn signing_in_leads_only_to_pages_of_this_site() {
    let site = Site::new().await;
    site.account("auditor", Some(Role::Auditor)).await;
    for (next, location) in [
        ("%2Fdata%3Fa%3D1", "/data?a=1"),
        ("%2F%2Fevil.example", "/office/audit"),
        ("https%3A%2F%2Fevil.example", "/office/audit"),
        ("%2F%5Cevil.example", "/office/audit"),
    ] {
        let mut visitor = site.visitor().await;
        let form = format!("sign_in_name=auditor&password={PASSWORD}&next={next}");
        assert_eq!(visitor.post("/sign-in", &form).await.header("location"), location);
    }
}

#[tokio::test]
async fn other_sites_cannot_send_forms() {
    let site = Site::new().await;
    site.account("chen", None).await;
    let mut visitor = site.visitor().await;
    let form = format!("sign_in_name=chen&password={PASSWORD}");
    let request = Request::post("/sign-in")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "cross-site");
    let reply = visitor.send(request.body(Body::from(form)).unwrap()).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_api_takes_tokens_and_asks_browsers_for_the_secret() {
    let site = Site::new().await;
    site.account("chen", None).await;
    let mut client = site.visitor().await;
    let credentials = json!({ "sign_in_name": "chen", "password": PASSWORD });
    let begun = client.api(Method::POST, "/api/v1/sessions", "", credentials).await;
    assert_eq!(begun.status, StatusCode::CREATED);
    let token = begun.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(client.api(Method::GET, "/api/v1/me", &token, json!({})).await.json()["sign_in_name"], "chen");
    assert_eq!(client.api(Method::DELETE, "/api/v1/sessions", &token, json!({})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(client.api(Method::GET, "/api/v1/me", &token, json!({})).await.status, StatusCode::UNAUTHORIZED);

    let mut browser = site.visitor().await;
    browser.sign_in("chen").await;
    assert_eq!(browser.api(Method::DELETE, "/api/v1/sessions", "", json!({})).await.status, StatusCode::FORBIDDEN);
    let secret = browser.get("/account/password").await.csrf();
    let request = Request::delete("/api/v1/sessions").header("x-csrf-token", secret).body(Body::empty()).unwrap();
    assert_eq!(browser.send(request).await.status, StatusCode::NO_CONTENT);
}
