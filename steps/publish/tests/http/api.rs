//! The reading API: lists, pages, other forms, faults.

use std::collections::BTreeSet;

use axum::http::StatusCode;

use crate::site::{Site, site};

#[tokio::test]
async fn every_step_lists_its_routes() {
    for step in minsheng_publish::steps() {
        web::assert_every_route_listed(step).await;
    }
}

/// The description and the list of routes name the same addresses.
#[tokio::test]
async fn every_address_of_the_api_is_described() {
    let described = site().await.json("/api/v1/openapi.json").await;
    let described: BTreeSet<_> = described["paths"].as_object().unwrap().keys().cloned().collect();
    let steps = minsheng_publish::steps().into_iter().chain(web::steps());
    let listed: BTreeSet<_> = steps
        .flat_map(|step| step.routes)
        .map(|route| route.path.to_owned())
        .filter(|path| path.starts_with("/api/v1/"))
        .collect();
    assert_eq!(described, listed);
    assert!(described.contains("/api/v1/programmes/{slug}/scoreboard"));
}

#[tokio::test]
async fn programmes_and_their_outline() {
    let list = site().await.json("/api/v1/programmes").await;
    let slugs: Vec<_> = list["items"].as_array().unwrap().iter().map(|row| row["slug"].as_str().unwrap()).collect();
    assert_eq!(slugs, ["330100-2024", "330200-2024", "330782-2020", "330784-2024", "330784-2024-suggestions"]);
    let ningbo = site().await.json("/api/v1/programmes/330200-2024").await;
    assert_eq!(ningbo["place"], "宁波市");
    let adopted = ningbo["categories"].as_array().unwrap().iter().filter(|row| !row["number"].is_null()).count();
    assert_eq!(adopted, 15);
}

#[tokio::test]
async fn the_scoreboard_says_what_is_published_and_what_is_derived() {
    let board = site().await.json("/api/v1/programmes/330200-2024/scoreboard").await;
    assert_eq!(board["cut_off"], "2024-06-30");
    assert_eq!(board["schedule"]["percent"], "50");
    for (name, value, printed) in [
        ("mean_progress", "77.7", "77.7"),
        ("projects", "37", "37"),
        ("categories", "15", "15"),
        ("done_early", "6", "6"),
        ("above_threshold", "16", "16"),
        ("funds_ratio", "56", "56.0"),
        ("funds_ratio_municipal", "58.6", "58.6"),
        ("funds_lead_municipal", "8.6", "8.6"),
    ] {
        let figure = &board["published"][name];
        assert_eq!((&figure["value"], &figure["printed"]), (&value.into(), &printed.into()), "{name}");
        assert_eq!(figure["basis"], "published", "{name}");
        assert!(figure["entry"].is_string(), "{name}");
    }
    let hangzhou = site().await.json("/api/v1/programmes/330100-2024/scoreboard?cut_off=2024-11-30").await;
    let schools =
        hangzhou["indicators"].as_array().unwrap().iter().find(|row| row["name"] == "中小学和幼儿园新建").unwrap();
    assert_eq!((&schools["actual"]["value"], &schools["target"]["value"]), (&"96".into(), &"70".into()));
    assert_eq!(schools["progress"], "137.1429");
}

#[tokio::test]
async fn what_was_not_known_yet_is_not_shown() {
    let before = site().await.json("/api/v1/programmes/330200-2024/scoreboard?known=2024-08-01").await;
    assert_eq!(before["known"], "2024-08-01");
    assert!(before["published"].as_object().unwrap().is_empty(), "the ledger came to know it in 2025");
}

#[tokio::test]
async fn one_indicator_with_its_parts_and_its_history() {
    let list = site().await.json("/api/v1/programmes/330200-2024/indicators?limit=500").await;
    let find = |name: &str| {
        let items = list["items"].as_array().unwrap();
        items.iter().find(|row| row["name"] == name).unwrap()["number"].as_i64().unwrap()
    };
    let number = find("电动汽车充电桩投运");
    let one = site().await.json(&format!("/api/v1/programmes/330200-2024/indicators/{number}")).await;
    assert_eq!(one["actual"]["value"], "3645");
    assert_eq!(one["parts"][0]["actual"]["value"], "1518");
    assert_eq!(one["history"][0]["printed"], "3645");
    assert_eq!(one["history"][0]["document"], "ningbo-2024-h1");
    assert_eq!(one["breakdown"], "partial");
    let missing = site().await.get("/api/v1/programmes/330200-2024/indicators/9999").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn walking_the_pages_meets_every_entry_once() {
    let mut seen = BTreeSet::new();
    let mut count = 0;
    for slug in ["330100-2024", "330200-2024", "330782-2020", "330784-2024", "330784-2024-suggestions"] {
        let mut address = format!("/api/v1/programmes/{slug}/entries?limit=13");
        loop {
            let answer = site().await.get(&address).await;
            assert_eq!(answer.status, StatusCode::OK);
            let slice: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
            for entry in slice["items"].as_array().unwrap() {
                count += 1;
                seen.insert(entry["id"].as_str().unwrap().to_owned());
            }
            let link = answer.header("link");
            match link.strip_prefix('<').and_then(|link| link.split_once('>')) {
                Some((next, _)) => address = next.to_owned(),
                None => {
                    assert!(slice["next"].is_null());
                    break;
                }
            }
        }
    }
    assert_eq!((count, seen.len()), (441, 441));
}

#[tokio::test]
async fn the_trail_of_a_figure_ends_in_the_audit_chain() {
    let money = site().await.json("/api/v1/programmes/330200-2024/money").await;
    let entry = money["items"][0]["planned"]["entry"].as_str().unwrap();
    let trail = site().await.json(&format!("/api/v1/entries/{entry}")).await;
    assert_eq!(trail["value"], "4016000000");
    assert_eq!(trail["printed"], "40.16亿");
    assert_eq!(trail["superseded_by"], serde_json::Value::Null);
    assert_eq!(trail["versions"][0]["hash"].as_str().unwrap().len(), 64);
    let unknown = "/api/v1/entries/00000000-0000-7000-8000-000000000000";
    assert_eq!(site().await.get(unknown).await.status, StatusCode::NOT_FOUND);
    assert_eq!(site().await.get("/api/v1/entries/x").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_a_caller_holds_already_is_not_sent_again() {
    for address in ["/api/v1/programmes", "/programmes/330200-2024/money", "/matters", "/data/330200-2024/entries.csv"]
    {
        let first = site().await.get(address).await;
        let tag = first.header("etag").to_owned();
        assert!(!tag.is_empty(), "{address}");
        let again = site().await.get_with(address, &[("if-none-match", &tag)]).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{address}");
        assert!(again.body.is_empty());
    }
}

#[tokio::test]
async fn refusals_are_problem_details() {
    for (address, status, code) in [
        ("/api/v1/programmes/339999-2024", StatusCode::NOT_FOUND, "not_found"),
        ("/api/v1/programmes/330200-2024/scoreboard?cut_off=soon", StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
        ("/api/v1/programmes?limit=many", StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
        ("/api/v1/programmes?format=pdf", StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
        ("/api/v1/programmes/330200-2024/entries?after=here", StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
        ("/api/v1/nothing", StatusCode::NOT_FOUND, "not_found"),
    ] {
        let answer = site().await.get(address).await;
        assert_eq!(answer.status, status, "{address}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{address}");
        let problem: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!((&problem["code"], problem["status"].as_u64()), (&code.into(), Some(status.as_u16().into())));
        assert!(!problem["detail"].as_str().unwrap().is_empty());
    }
}

/// SQL and HTML in every parameter of every address.
#[tokio::test]
async fn nothing_that_is_typed_does_harm() {
    let before = entries(site().await).await;
    let addresses = [
        "/search?q=",
        "/search?q=a&kind=",
        "/search?q=a&year=",
        "/search?q=a&after=",
        "/api/v1/search?q=a&limit=",
        "/programmes/330200-2024?cut_off=",
        "/programmes/330200-2024?known=",
        "/programmes/330200-2024/money?cut_off=",
        "/programmes/330200-2024/money?day=",
        "/api/v1/programmes?after=",
        "/api/v1/programmes?format=",
        "/api/v1/programmes/330200-2024/indicators?after=",
        "/api/v1/regions?within=",
        "/api/v1/regions?after=",
        "/api/v1/matters?after=",
        "/matters/",
        "/regions/",
        "/data/",
        "/data/330200-2024/",
        "/programmes/",
        "/api/v1/entries/",
        "/entries/",
        "/search?lang=",
    ];
    let typed = [
        "%27%20OR%20%271%27=%271",
        "%27;DROP%20TABLE%20entries;--",
        "%3Cscript%3Ealert(1)%3C/script%3E",
        "%00",
        "%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E",
        "-1",
        "99999999999999999999",
        "..%2F..%2Fetc%2Fpasswd",
        "%F0%9F%92%A5",
    ];
    for address in addresses {
        for text in typed {
            let answer = site().await.get(&format!("{address}{text}")).await;
            assert!(!answer.status.is_server_error(), "{address}{text}: {}", answer.text());
            let body = answer.text();
            let page = answer.header("content-type").starts_with("text/html");
            assert!(
                !page || (!body.contains("<script>alert") && !body.contains("<img src=x")),
                "{address}{text}: {body}"
            );
        }
    }
    assert_eq!(entries(site().await).await, before);
}

async fn entries(site: &Site) -> usize {
    let slice = site.json("/api/v1/programmes/330200-2024/entries?limit=500").await;
    slice["items"].as_array().unwrap().len()
}
