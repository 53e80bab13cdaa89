//! Accounts, roles and organisations, as their administrators work with them.

use axum::http::{Method, StatusCode};
use kernel::Role;
use serde_json::json;

use crate::bench::{PASSWORD, Site, Visitor};

async fn signed_in(site: &Site, name: &str) -> (Visitor, String) {
    let mut visitor = site.visitor().await;
    let home = visitor.sign_in(name).await.header("location").to_owned();
    let csrf = visitor.get(&home).await.csrf();
    (visitor, csrf)
}

#[tokio::test]
async fn one_makes_the_account_and_another_grants_the_role() {
    let site = Site::new().await;
    site.account("system", Some(Role::SystemAdministrator)).await;
    site.account("security", Some(Role::SecurityAdministrator)).await;
    let (mut system, csrf) = signed_in(&site, "system").await;
    let refused = system
        .post("/office/accounts", &format!("csrf={csrf}&sign_in_name=wang&display_name=%3Cb%3E&password=short"))
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("至少 12 个字符") && refused.text().contains("value=\"wang\""));
    assert!(refused.text().contains("&#60;b&#62;") && !refused.text().contains("<b>"), "what was typed is text");
    assert!(!refused.text().contains("short\""), "passwords are not sent back");

    let form = format!("csrf={csrf}&sign_in_name=wang&display_name=Wang&password=Meadow-9-kettle");
    let made = system.post("/office/accounts", &form).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER);
    let path = made.header("location").split('?').next().unwrap().to_owned();
    assert!(system.get(&path).await.text().contains("尚未授权"));
    let grant = "role=programme_office&region=330200&organisation=";
    let reply = system.post(&format!("{path}/grants"), &format!("csrf={csrf}&{grant}")).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN, "the system administrator grants nothing");

    let (mut security, csrf) = signed_in(&site, "security").await;
    let reply = security.post(&format!("{path}/grants"), &format!("csrf={csrf}&{grant}")).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER);
    let reply =
        security.post(&format!("{path}/grants"), &format!("csrf={csrf}&role=auditor&region=&organisation=")).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(reply.text().contains("互斥"));
    assert_eq!(security.post("/office/accounts", &form).await.status, StatusCode::FORBIDDEN);

    // The first password leads to the page where it is changed, and nowhere else.
    let mut wang = site.visitor().await;
    let begun = wang.post("/sign-in", "sign_in_name=wang&password=Meadow-9-kettle&next=%2Fdata").await;
    assert_eq!(begun.header("location"), "/account/password");
    let page = wang.get("/account/password").await;
    assert!(page.text().contains("请先修改初始密码"));
    let form = format!("csrf={}&current=Meadow-9-kettle&password={PASSWORD}&again={PASSWORD}", page.csrf());
    assert!(wang.post("/account/password", &form).await.text().contains("新密码已生效"));
}

#[tokio::test]
async fn pages_and_api_are_open_only_to_whom_they_name() {
    let site = Site::new().await;
    for (name, role) in
        [("system", Role::SystemAdministrator), ("auditor", Role::Auditor), ("office", Role::ProgrammeOffice)]
    {
        site.account(name, Some(role)).await;
    }
    let open = |name: &str, path: &str| match (name, path) {
        ("system", "/office/accounts" | "/office/organisations" | "/api/v1/accounts") => StatusCode::OK,
        ("auditor", "/office/audit" | "/api/v1/audit/events") => StatusCode::OK,
        _ => StatusCode::FORBIDDEN,
    };
    for name in ["system", "auditor", "office"] {
        let mut visitor = site.visitor().await;
        visitor.sign_in(name).await;
        for path in
            ["/office/accounts", "/office/organisations", "/office/audit", "/api/v1/accounts", "/api/v1/audit/events"]
        {
            assert_eq!(visitor.get(path).await.status, open(name, path), "{name} {path}");
        }
    }
}

#[tokio::test]
async fn lists_come_in_slices_and_as_sheets() {
    let site = Site::new().await;
    site.account("system", Some(Role::SystemAdministrator)).await;
    let mut visitor = site.visitor().await;
    let credentials = json!({ "sign_in_name": "system", "password": PASSWORD });
    let begun = visitor.api(Method::POST, "/api/v1/sessions", "", credentials).await;
    let token = begun.json()["token"].as_str().unwrap().to_owned();
    for name in ["=cmd()", "市教育局", "市民政局"] {
        let new = json!({ "region": "330200", "name": name, "kind": "department", "uscc": "91350203M0001QAY9B" });
        let made = visitor.api(Method::POST, "/api/v1/organisations", &token, new).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
        assert!(made.json()["warning"].as_str().unwrap().contains("校验位"));
    }
    let first = visitor.get("/api/v1/organisations?limit=2&region=3302").await;
    assert_eq!(first.json()["items"].as_array().unwrap().len(), 2);
    let link = first.header("link").strip_prefix('<').unwrap().split('>').next().unwrap().to_owned();
    let second = visitor.get(&link).await;
    assert_eq!(second.json()["items"][0]["name"], "市民政局");
    assert!(second.json()["next"].is_null() && second.header("link").is_empty());

    let csv = visitor.get("/api/v1/organisations?format=csv").await;
    assert!(csv.body.starts_with(b"\xef\xbb\xbf") && csv.text().contains("单位名称"));
    assert!(csv.text().contains(",'=cmd(),"), "{}", csv.text());
    assert!(csv.header("content-disposition").contains("filename*=UTF-8''%E5%8D%95%E4%BD%8D.csv"));
    let xlsx = visitor.get("/api/v1/organisations?format=xlsx").await;
    assert!(xlsx.body.starts_with(b"PK"));
}
