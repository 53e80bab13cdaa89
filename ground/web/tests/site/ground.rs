//! What every response has, whatever it shows.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use minsheng_web as web;

use crate::bench::Site;

#[tokio::test]
async fn every_route_is_listed() {
    for step in web::steps() {
        web::assert_every_route_listed(step).await;
    }
}

#[tokio::test]
async fn responses_carry_the_security_headers_and_a_number() {
    let site = Site::new().await;
    let mut visitor = site.visitor().await;
    for path in ["/sign-in", "/no-such-page", "/healthz", "/assets/none.js", "/api/v1/openapi.json"] {
        let reply = visitor.get(path).await;
        assert!(reply.header("content-security-policy").contains("script-src 'self'; style-src 'self'"), "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert!(reply.header("x-request-id").parse::<uuid::Uuid>().is_ok(), "{path}");
        assert!(reply.headers.get("set-cookie").is_none(), "{path}");
    }
    let number = "0199c0de-0000-7000-8000-000000000001";
    let request = Request::get("/healthz").header("x-request-id", number).body(Body::empty()).unwrap();
    let reply = visitor.send(request).await;
    assert_eq!((reply.status, reply.header("x-request-id"), reply.text().as_str()), (StatusCode::OK, number, "ok\n"));
    assert!(visitor.get("/metrics").await.text().contains("http_requests_total"));
}

#[tokio::test]
async fn pages_carry_no_inline_script_or_style() {
    let mut visitor = Site::new().await.visitor().await;
    let page = visitor.get("/sign-in").await.text();
    assert!(!page.contains("style=\"") && !page.contains("<style") && !page.contains(" onclick"), "{page}");
    // The icon's namespace is a name, not an address that is asked for.
    let page = page.replace("xmlns='http://www.w3.org/2000/svg'", "");
    assert!(!page.contains("http://") && !page.contains("https://"), "nothing comes from elsewhere");
}

#[tokio::test]
async fn chinese_is_the_default_and_the_switch_is_remembered() {
    let site = Site::new().await;
    let mut visitor = site.visitor().await;
    let request = Request::get("/sign-in?next=%2Fa").header("accept-language", "en").body(Body::empty()).unwrap();
    let page = visitor.send(request).await.text();
    assert!(page.contains("<html lang=\"zh-CN\"") && page.contains("登录名"), "{page}");
    assert!(page.contains("href=\"/sign-in?next=%2Fa&#38;lang=en\""), "{page}");
    let page = visitor.get("/sign-in?next=%2Fa&lang=en").await;
    assert!(page.header("set-cookie").starts_with("lang=en;"));
    assert!(visitor.get("/sign-in").await.text().contains("Sign-in name"));
    assert!(visitor.get("/sign-in?lang=zh").await.text().contains("登录名"));
}

#[tokio::test]
async fn failures_are_pages_or_problem_details() {
    let mut visitor = Site::new().await.visitor().await;
    let page = visitor.get("/no-such-page").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text().contains("没有找到") && page.text().contains(page.header("x-request-id")));

    let reply = visitor.get("/api/v1/no-such-thing?lang=en").await;
    assert_eq!((reply.status, reply.header("content-type")), (StatusCode::NOT_FOUND, "application/problem+json"));
    assert_eq!(reply.json()["code"], "not_found");
    assert_eq!(reply.json()["instance"], format!("urn:uuid:{}", reply.header("x-request-id")));

    let reply = visitor.api(Method::POST, "/api/v1/sessions", "", serde_json::json!({ "sign_in_name": 1 })).await;
    assert_eq!((reply.status, reply.json()["code"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("invalid")));
    let reply = visitor.api(Method::PUT, "/api/v1/sessions", "", serde_json::json!({})).await;
    assert_eq!((reply.status, reply.header("content-type")), (StatusCode::NOT_FOUND, "application/problem+json"));
    let reply = visitor.post("/sign-in", &format!("sign_in_name={}", "x".repeat(3 << 20))).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    let reply = visitor.get("/api/v1/organisations?after=%27").await;
    assert_eq!(reply.json()["places"][0]["at"], "after");
}

#[tokio::test]
async fn a_refused_form_leads_back_to_its_own_page_only() {
    let mut visitor = Site::new().await.visitor().await;
    let mut refused = async |referer: &'static str| {
        let request = Request::post("/sign-in")
            .header("host", "minsheng.example:8686")
            .header("referer", referer)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from("x".repeat(3 << 20)));
        let page = visitor.send(request.unwrap()).await;
        assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE, "{referer}");
        assert!(page.text().contains("文件或内容过大，没有收下"), "{}", page.text());
        page.text()
    };
    let page = refused("http://minsheng.example:8686/s/ABC/report?by=code&n=1").await;
    assert!(page.contains("href=\"/s/ABC/report?by=code&#38;n=1\">回到表单</a>"), "{page}");
    for elsewhere in ["http://evil.example/s/ABC", "http://minsheng.example:8686//evil.example/", "/s/ABC", "", "::"] {
        let page = refused(elsewhere).await;
        assert!(!page.contains("回到表单") && page.contains("回到首页"), "{elsewhere}: {page}");
    }
    let read = Request::get("/no-such-page").header("host", "a.example").header("referer", "http://a.example/b");
    let page = visitor.send(read.body(Body::empty()).unwrap()).await.text();
    assert!(!page.contains("回到表单"), "no form was sent: {page}");
}

#[tokio::test]
async fn what_did_not_change_is_not_sent_again() {
    let mut visitor = Site::new().await.visitor().await;
    let first = visitor.get("/api/v1/organisations").await;
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with("W/\""), "{}", first.text());
    let request = Request::get("/api/v1/organisations").header("if-none-match", &tag).body(Body::empty()).unwrap();
    let again = visitor.send(request).await;
    assert_eq!((again.status, again.body.len(), again.header("etag")), (StatusCode::NOT_MODIFIED, 0, tag.as_str()));
}

#[tokio::test]
async fn the_description_names_every_operation() {
    let mut visitor = Site::new().await.visitor().await;
    let description = visitor.get("/api/v1/openapi.json").await.json();
    for path in ["/api/v1/sessions", "/api/v1/me", "/api/v1/accounts/{id}", "/api/v1/audit/events"] {
        assert!(description["paths"][path].is_object(), "{path}");
    }
}
