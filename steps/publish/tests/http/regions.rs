//! A place, what it published, and the places around it.

use axum::http::StatusCode;

use crate::site::site;

#[tokio::test]
async fn a_place_shows_its_programmes_and_where_it_lies() {
    let page = site().await.page("/regions/330784").await;
    for seen in ["永康市", "330784", "浙江省", "金华市", "永康市2024年承接省民生实事", "永康市2024年重点代表建议办理"]
    {
        assert!(page.contains(seen), "{seen} is missing: {page}");
    }
    let above = site().await.page("/regions/330700").await;
    assert!(above.contains("还没有公布自己的年度方案") && above.contains("下级方案"), "{above}");
    let town = site().await.page("/regions/330784001").await;
    assert!(town.contains("上级方案") && town.contains("没有登记下级区划"), "{town}");
}

#[tokio::test]
async fn figures_of_a_place_in_other_programmes() {
    let page = site().await.page("/regions/330211").await;
    assert!(page.contains("其他方案中关于本地的数字") && page.contains("宁波市2024年度民生实事"), "{page}");
    let province = site().await.page("/regions/330000").await;
    assert!(province.contains("其他方案中关于本地的数字"), "{province}");
}

#[tokio::test]
async fn former_names_and_what_became_of_a_place() {
    let gone = site().await.page("/regions/330204").await;
    for seen in ["江东区", "这一区划已不再使用", "2016", "江东区 → 鄞州区"] {
        assert!(gone.contains(seen), "{seen} is missing: {gone}");
    }
    let raised = site().await.page("/regions/330112").await;
    assert!(raised.contains("临安市 → 临安区"), "{raised}");
}

#[tokio::test]
async fn unknown_places_are_not_found() {
    for code in ["999999", "33", "abc", "330299", "%27%20OR%201=1"] {
        let expected = if code == "33" { StatusCode::OK } else { StatusCode::NOT_FOUND };
        for address in [format!("/regions/{code}"), format!("/api/v1/regions/{code}")] {
            assert_eq!(site().await.get(&address).await.status, expected, "{address}");
        }
    }
}

#[tokio::test]
async fn the_api_lists_every_division_once() {
    let mut codes = Vec::new();
    let mut after = String::new();
    loop {
        let slice = site().await.json(&format!("/api/v1/regions?within=3302&limit=100{after}")).await;
        for row in slice["items"].as_array().unwrap() {
            codes.push((row["full_code"].as_str().unwrap().to_owned(), row["valid_from"].as_i64().unwrap()));
        }
        match slice["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    let mut once = codes.clone();
    once.sort();
    once.dedup();
    assert_eq!(once, codes);
    assert!(codes.len() > 150 && codes.iter().all(|(code, _)| code.starts_with("3302")));
    assert_eq!(site().await.get("/api/v1/regions?within=x").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let place = site().await.json("/api/v1/regions/330784").await;
    assert_eq!(place["programmes"], serde_json::json!(["330784-2024", "330784-2024-suggestions"]));
    assert_eq!(place["above"][1]["name"], "金华市");
}
