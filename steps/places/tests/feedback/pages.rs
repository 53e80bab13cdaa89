//! Feedback as a resident, an office and an inspector meet it.

use axum::http::StatusCode;

use crate::house::{House, Visitor};
use crate::sites::ground;

/// What a browser does with a form: looks for the number that solves the challenge.
fn solved(challenge: &str, bits: u32) -> String {
    use sha2::{Digest, Sha256};
    let zeros = |number: &u64| {
        let digest = Sha256::digest(format!("{challenge}:{number}"));
        let first: [u8; 8] = digest[..8].try_into().unwrap();
        u64::from_be_bytes(first).leading_zeros() >= bits
    };
    (0_u64..).find(zeros).unwrap().to_string()
}

#[tokio::test]
async fn a_problem_from_the_fence_to_the_answer() {
    let house = House::new().await;
    let ground = ground(&house, true).await;
    let (resident, office) = (Visitor::nobody(&house), Visitor::office(&house, "ninghai", "330226").await);
    let path = format!("/s/{}/feedback", ground.site.code);

    let form = resident.get(&path).await;
    assert_eq!(form.status, StatusCode::OK, "{}", form.text());
    let challenge = form.value("challenge");
    let bits = form.text().split("data-proof-bits=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap();
    let solution = solved(&challenge, bits);
    let fields = [
        ("challenge", challenge.as_str()),
        ("solution", solution.as_str()),
        ("kind", "problem"),
        ("words", "<b>路灯</b>不亮"),
    ];
    let sent = resident.upload(&path, &fields, None).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
    let receipt = sent.location();
    let again = resident.upload(&path, &fields, None).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.text().contains("没有重复保存"));

    let shown = resident.get(&receipt).await.text();
    assert!(
        shown.contains("办理中") && shown.contains("2024-07-05") && shown.contains("宁海县综合行政执法局"),
        "{shown}"
    );
    assert!(!resident.get(&path).await.text().contains("路灯"), "nobody has looked at the words yet");

    let queue = office.get("/office/feedback?shelf=underway").await.text();
    let item = queue.split("href=\"/office/feedback/").nth(1).unwrap().split('"').next().unwrap();
    let item = format!("/office/feedback/{item}");
    let page = office.get(&item).await;
    let version = page.value("version");
    let done = office.post(&format!("{item}/show"), &[("version", &version)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let stale = office.post(&format!("{item}/answer"), &[("version", &version), ("words", "已更换")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.text().contains("已更换"), "what was typed is still there");
    let version = office.get(&item).await.value("version");
    office.post(&format!("{item}/answer"), &[("version", &version), ("words", "已更换灯泡")]).await;

    let public = resident.get(&path).await.text();
    assert!(public.contains("&#60;b&#62;路灯") && public.contains("已更换灯泡"), "{public}");
    let receipt = receipt.split('?').next().unwrap();
    let rating = format!("{receipt}/rating");
    let bare = resident.post(&rating, &[("verdict", "dissatisfied")]).await;
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(bare.text().contains("请写明哪里没有解决"));
    resident.post(&rating, &[("verdict", "satisfied")]).await;
    assert!(resident.get(receipt).await.text().contains("已办结"));
}

#[tokio::test]
async fn what_is_forged_or_too_much_is_turned_away() {
    let house = House::new().await;
    let ground = ground(&house, true).await;
    let resident = Visitor::nobody(&house);
    let path = format!("/s/{}/feedback", ground.site.code);
    let challenge = resident.get(&path).await.value("challenge");
    let forged = challenge.replace(".14.", ".0.");
    for (challenge, solution) in [(challenge.as_str(), "x"), (forged.as_str(), "0"), ("", "0"), ("a.b.c.d.zz", "1")] {
        let fields = [("challenge", challenge), ("solution", solution), ("level", "fair")];
        let refused = resident.upload(&path, &fields, None).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{challenge} {solution}");
    }
    // Without a script nothing is proven; a few an hour are taken.
    for _ in 0..5 {
        let taken = resident.upload(&path, &[("level", "fair")], None).await;
        assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text());
    }
    let full = resident.upload(&path, &[("level", "fair")], None).await;
    assert_eq!(full.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(full.text().contains("请稍后再提交"));
    let public = resident.get(&path).await.text();
    assert!(public.contains("3.0") && public.contains("5 人评价"), "{public}");
    assert_eq!(resident.get("/feedback/ABCDEFGHJK").await.status, StatusCode::NOT_FOUND);
    assert_eq!(resident.get("/feedback?receipt=abcdefghjk").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn pictures_that_are_none_or_fill_the_memory_are_told_and_nothing_is_written() {
    let house = House::new().await;
    let site = ground(&house, true).await.site;
    let resident = Visitor::nobody(&house);
    let office = Visitor::office(&house, "ninghai", "330226").await;
    let (public, notes) = (format!("/s/{}/feedback", site.code), format!("/office/site/{}/notes", site.id));
    let said = [("level", "fair"), ("words", "地砖松动")];
    for (name, bytes, told) in
        [("a.jpg", &b"GIF89a<script>"[..], "JPEG"), ("b.png", testing::VAST_PICTURE, "20000×10000")]
    {
        for (who, path, field) in [(&resident, &public, "pictures"), (&office, &notes, "evidence")] {
            let reply = who.upload(path, &said, Some((field, name, bytes))).await;
            let (status, text) = (reply.status, reply.text());
            assert!(status.is_client_error(), "{path}: {status}");
            assert!(text.contains(name) && text.contains(told), "{path}: {text}");
            assert!(text.contains("地砖松动"), "what was typed stays in the form: {text}");
        }
    }
    let (list, noted) = (office.get("/office/feedback").await.text(), office.get(&notes).await.text());
    assert!(!list.contains("地砖松动") && !noted.contains("地砖松动"), "nothing is half written");
}

#[tokio::test]
async fn few_ratings_are_not_shown() {
    let house = House::new().await;
    let ground = ground(&house, true).await;
    let resident = Visitor::nobody(&house);
    let path = format!("/s/{}/feedback", ground.site.code);
    for _ in 0..4 {
        resident.upload(&path, &[("level", "very_dissatisfied")], None).await;
    }
    let public = resident.get(&path).await.text();
    assert!(public.contains("暂不公布") && !public.contains("1.0"), "{public}");
}

#[tokio::test]
async fn the_code_is_drawn_and_printed() {
    let house = House::new().await;
    let ground = ground(&house, true).await;
    let office = Visitor::office(&house, "ninghai", "330226").await;
    let code = &ground.site.code;
    let asked = |path: String| {
        let request = axum::http::Request::get(path).header("host", "minsheng.example");
        office.send(request.body(axum::body::Body::empty()).unwrap())
    };
    let svg = asked(format!("/s/{code}/qr.svg")).await;
    assert!(svg.text().starts_with("<svg"), "{}", svg.text());
    let png = asked(format!("/s/{code}/qr.png")).await;
    assert_eq!(&png.body[1..4], b"PNG");
    let sheet = asked(format!("/s/{code}/sheet")).await.text();
    assert!(sheet.contains(&format!("http://minsheng.example/s/{code}")) && sheet.contains("0574-00000000"), "{sheet}");
    let all = asked("/office/programmes/330226-2024/codes".into()).await.text();
    assert!(all.contains("桃源口袋公园"), "{all}");
    assert_eq!(asked("/s/AAAAAAA/qr.svg".into()).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_inspector_notes_what_was_seen() {
    let house = House::new().await;
    let ground = ground(&house, true).await;
    let office = Visitor::office(&house, "ninghai", "330226").await;
    let path = format!("/office/site/{}/notes", ground.site.id);
    let key = office.get(&path).await.value("key");
    let fields = [("key", key.as_str()), ("written_ms", "1719500000000"), ("words", "基础已浇筑")];
    for _ in 0..2 {
        assert_eq!(office.upload(&path, &fields, None).await.status, StatusCode::SEE_OTHER);
    }
    let page = office.get(&path).await.text();
    assert_eq!(page.matches("基础已浇筑").count(), 1, "{page}");
    assert!(page.contains("离线写下"));
    let elsewhere = Visitor::office(&house, "hangzhou", "330100").await;
    assert_eq!(elsewhere.get(&path).await.status, StatusCode::FORBIDDEN);
    assert_eq!(office.upload(&path, &[("words", "")], None).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn every_route_is_listed() {
    for step in crate::house::places::steps() {
        web::assert_every_route_listed(step).await;
    }
}
