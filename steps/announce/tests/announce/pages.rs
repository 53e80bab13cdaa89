//! Bulletins at work: begun by one, edited, signed by another, read by everybody – and who may not.

use axum::http::{Method, StatusCode};
use kernel::{Lang, Role};
use web::{App, Settings};

use crate::house::{House, announce};
use crate::visitor::Visitor;

const USES: &[web::Uses] = &[announce::uses];

#[tokio::test]
async fn every_route_is_listed() {
    for step in announce::steps() {
        web::assert_every_route_listed(step).await;
    }
}

#[tokio::test]
async fn one_writes_another_signs_and_everybody_reads() {
    let (house, _kept) = House::new().await;
    let office = Visitor::new(&house, "shiban", Role::ProgrammeOffice, "330200").await;
    let supervision = Visitor::new(&house, "ducha", Role::SupervisionOffice, "330200").await;
    let nobody = Visitor::nobody(&house);

    let start = [("template", "half-year"), ("programme", "330200-2024"), ("cut_off", "2024-06-30")];
    let begun = office.post("/office/bulletins", &start).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text());
    let at = begun.location();
    let id = at.rsplit('/').next().unwrap().to_owned();
    assert_eq!(nobody.get(&format!("/bulletins/{id}")).await.status, StatusCode::NOT_FOUND, "a draft is nobody's");

    let page = office.get(&at).await;
    assert!(page.text().contains("新增中小学学位") && page.text().contains("由督查室签发"), "{}", page.text());
    let body = "## 总体进展\n{{截至}}，新增中小学学位{{完成:1}}，另有活动300场。";
    let fields =
        [("version", "1"), ("title", "{{地区}}半年公报"), ("cut_off", "2024-06-30"), ("known_on", ""), ("body", body)];
    let preview = office.post(&format!("{at}/preview"), &fields).await;
    assert!(preview.text().contains("手工写的数字") && preview.text().contains("300场"), "{}", preview.text());
    let saved = office.post(&at, &fields).await;
    assert!(saved.location().ends_with("saved=1"), "{}", saved.text());
    let stale = office.post(&at, &fields).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.text().contains("另有活动300场"), "what was typed is still there");

    let page = supervision.get(&at).await;
    assert!(page.text().contains("1 处没有办妥"), "{}", page.text());
    let body = body.replace("300场", "{{外部:300场|市文旅局月报}}");
    let fields = [("version", "2"), ("title", "{{地区}}半年公报"), ("cut_off", "2024-06-30"), ("body", body.as_str())];
    assert_eq!(office.post(&at, &fields).await.status, StatusCode::SEE_OTHER);
    let page = supervision.get(&at).await;
    let signature = [("version", page.value("version")), ("digest", page.value("digest"))];
    let signature: Vec<(&str, &str)> = signature.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(office.post(&format!("{at}/sign-off"), &signature).await.status, StatusCode::FORBIDDEN);
    let signed = supervision.post(&format!("{at}/sign-off"), &signature).await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.text());

    let public = nobody.get(&format!("/bulletins/{id}")).await.text();
    assert!(public.contains("宁波市半年公报") && public.contains("ducha办公室"), "{public}");
    assert!(public.contains("data-trail>850个</a>") && public.contains("<sup class=\"outside\">外部"), "{public}");
    assert!(nobody.get("/bulletins").await.text().contains("宁波市半年公报"));
    let text = nobody.get(&format!("/bulletins/{id}/text.txt")).await.text();
    assert!(text.contains("截至2024年6月30日，新增中小学学位850个，另有活动300场。"), "{text}");

    assert!(nobody.get(&format!("/bulletins/{id}/paper.pdf")).await.body.starts_with(b"%PDF"));
    assert!(nobody.get(&format!("/bulletins/{id}/paper.docx")).await.body.starts_with(b"PK"));
    let told = nobody.get(&format!("/api/v1/bulletins/{id}")).await.json();
    let figures = told["figures"].as_array().unwrap();
    let how: Vec<_> = figures.iter().map(|one| one["how"].as_str().unwrap()).collect();
    assert_eq!((how, &figures[0]["value"]), (vec!["entry", "outside"], &serde_json::json!("850")));
    assert_eq!(nobody.get("/api/v1/bulletins").await.json()["items"][0]["id"], id.as_str());

    // The trail of the figure is told which bulletins cite it.
    let entry: uuid::Uuid = figures[0]["entry"].as_str().expect("an entry").parse().unwrap();
    let app = App::new(house.store.clone(), Settings::local(house.folder.path().join("uploads"))).with_uses(USES);
    let uses = app.uses_of(entry, Lang::Zh).await.unwrap();
    let told: Vec<_> = uses.iter().map(|one| (one.title.as_str(), one.link.as_str(), one.small.as_str())).collect();
    assert_eq!(told, [("宁波市半年公报", format!("/bulletins/{id}").as_str(), "截至2024年6月30日")]);
    assert_eq!(app.uses_of(uuid::Uuid::nil(), Lang::Zh).await.unwrap(), []);

    let correction = [("reason", "口径更正")];
    let draft = office.post(&format!("{at}/correction"), &correction).await;
    let draft = draft.location();
    let draft_at = draft.split('?').next().unwrap();
    let page = supervision.get(draft_at).await;
    let signature = [("version", page.value("version")), ("digest", page.value("digest"))];
    let signature: Vec<(&str, &str)> = signature.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(supervision.post(&format!("{draft_at}/sign-off"), &signature).await.status, StatusCode::SEE_OTHER);
    let old = nobody.get(&format!("/bulletins/{id}")).await.text();
    assert!(old.contains("本版已被更正") && old.contains("口径更正") && old.contains("850个"), "{old}");
    let uses = app.uses_of(entry, Lang::En).await.unwrap();
    let told: Vec<_> = uses.iter().map(|one| one.small.as_str()).collect();
    assert_eq!(told, ["figures up to 30 June 2024, corrected since", "figures up to 30 June 2024"]);
}

#[tokio::test]
async fn nobody_signs_what_they_wrote_alone() {
    let (house, _kept) = House::new().await;
    let supervision = Visitor::new(&house, "ducha", Role::SupervisionOffice, "330200").await;
    let start = [("template", "monthly"), ("programme", "330200-2024"), ("cut_off", "2024-06-30")];
    let at = supervision.post("/office/bulletins", &start).await.location();
    let page = supervision.get(&at).await;
    assert!(page.text().contains("须由另一人签发"), "{}", page.text());
    let signature = [("version", "1"), ("digest", "x")];
    assert_eq!(supervision.post(&format!("{at}/sign-off"), &signature).await.status, StatusCode::FORBIDDEN);
    // Another city's office does not even learn that there is such a bulletin.
    let hangzhou = Visitor::new(&house, "hangzhou", Role::ProgrammeOffice, "330100").await;
    assert_eq!(hangzhou.get(&at).await.status, StatusCode::NOT_FOUND);
    let refused = hangzhou.post("/office/bulletins", &start).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let nonsense = [("template", "no-such"), ("programme", "330200-2024"), ("cut_off", "soon")];
    assert_eq!(supervision.post("/office/bulletins", &nonsense).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_text_is_checked_on_the_page_and_as_a_sheet() {
    let (house, _kept) = House::new().await;
    let office = Visitor::new(&house, "shiban", Role::ProgrammeOffice, "330200").await;
    let text = "截至2024年6月30日，新增中小学学位850个，新增公共停车泊位1073个。截至6月30日，新增中小学学位720个。举办音乐会12场。";
    let fields = [("programme", "330200-2024"), ("cut_off", ""), ("text", text)];
    let page = office.upload("/office/bulletins/check", &fields, None).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let page = page.text();
    assert!(page.contains("文中多 36") && page.contains("■ 不符") && page.contains("✓ 相符"), "{page}");
    assert!(page.contains("这是截至2024年5月31日的数"), "{page}");
    assert!(page.contains("○ 台账中没有") && page.contains("改造农村公路 12.6公里"), "{page}");
    let gb18030 = b"\xbd\xd8\xd6\xc1";
    let file = office.upload("/office/bulletins/check", &fields[..2], Some(("file", "文稿.txt", gb18030))).await;
    assert_eq!(file.status, StatusCode::OK);
    let broken =
        office.upload("/office/bulletins/check", &fields[..2], Some(("file", "文稿.docx", b"PK\x03\x04 no"))).await;
    assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", broken.text());
    let empty = office.upload("/office/bulletins/check", &fields[..2], None).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let asked = serde_json::json!({ "text": text });
    let path = "/api/v1/programmes/330200-2024/bulletin-check";
    let answer = office.call(Method::POST, path, asked.clone()).await.json();
    assert_eq!((&answer["fails"], &answer["lines"][1]["outcome"]), (&true.into(), &"differs".into()), "{answer}");
    assert_eq!(Visitor::nobody(&house).call(Method::POST, path, asked).await.status, StatusCode::UNAUTHORIZED);
    let sheet = office.post("/office/bulletins/check/findings.xlsx", &fields).await;
    assert!(sheet.body.starts_with(b"PK"), "{}", sheet.status);
}

#[tokio::test]
async fn what_figures_say_of_each_other_is_told_in_both_languages() {
    let (house, _kept) = House::new().await;
    let office = Visitor::new(&house, "shiban", Role::ProgrammeOffice, "330200").await;
    let text = "新建口袋公园71个，其中城区48个、乡村23个。安装路灯8盏，超额完成年度目标10盏。";
    let fields = [("programme", "330200-2024"), ("cut_off", ""), ("text", text)];
    for (path, told) in [
        ("/office/bulletins/check", ["48个 + 23个 = 71个", "文内对不上的", "8盏 ＞ 目标10盏", "逐条列出"]),
        (
            "/office/bulletins/check?lang=en",
            ["48个 + 23个 = 71个", "What does not agree within the text", "8盏 ＞ target 10盏", "sum of parts · exact"],
        ),
    ] {
        let page = office.upload(path, &fields, None).await.text();
        for words in told {
            assert!(page.contains(words), "no {words} in\n{page}");
        }
    }
    let path = "/api/v1/programmes/330200-2024/bulletin-check";
    let answer = office.call(Method::POST, path, serde_json::json!({ "text": text })).await.json();
    let verdicts: Vec<_> = answer["relations"].as_array().unwrap().iter().map(|one| &one["verdict"]).collect();
    assert_eq!(verdicts, ["exact", "fails"], "{answer}");
}
