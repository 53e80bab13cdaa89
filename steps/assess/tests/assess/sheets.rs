//! What is entered by sheet: a template, a preview, all or nothing, and the same sheet twice changes nothing.

use std::io::Cursor;

use axum::http::StatusCode;
use calamine::{Data, Reader, Xlsx};
use kernel::{Clock, Grant, Role};
use minsheng_assess as assess;
use report::rounds::{self, NewRound};

use assess::assessments;
use assess::store as rows;

use crate::house::{HAISHU, House, JIANGBEI, june};
use crate::visitor::Visitor;

const SHEET: &str = "/office/assessments/inputs/sheet";
const PROGRAMME: [(&str, &str); 1] = [("programme", "330200-2025")];

async fn ningbo(house: &House) -> Visitor {
    Visitor::new(house, "ningbo", Role::ProgrammeOffice, "330200").await
}

async fn entered(house: &House) -> usize {
    let outline = house.outline().await;
    rows::inputs_of(house.store.reader(), outline.programme.id).await.unwrap().len()
}

/// The text of a hidden field, as a browser would send it back.
fn hidden(page: &str, name: &str) -> String {
    let from = page.find(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no {name}: {page}"));
    let value = page[from..].split("value=\"").nth(1).unwrap().split('"').next().unwrap();
    ["&#34;|\"", "&quot;|\"", "&#39;|'", "&#60;|<", "&#62;|>", "&#38;|&", "&amp;|&"].iter().fold(
        value.to_owned(),
        |text, pair| {
            let (from, to) = pair.split_once('|').unwrap();
            text.replace(from, to)
        },
    )
}

async fn send(office: &Visitor, sheet: &str) -> crate::visitor::Reply {
    office.upload(SHEET, &PROGRAMME, Some(("files", "考核.csv", sheet.as_bytes()))).await
}

async fn confirm(office: &Visitor, page: &str) -> crate::visitor::Reply {
    let fields = [("programme", "330200-2025"), ("rows", &*hidden(page, "rows"))];
    office.post(&format!("{SHEET}/confirmation"), &fields).await
}

#[tokio::test]
async fn a_sheet_is_previewed_and_taken_whole() {
    let house = House::new(None).await;
    let office = ningbo(&house).await;
    let sheet = format!(
        "对象代码,对象,内容代码,内容,数值,参加排名家数,月份,所指,出处,更正理由\n\
         {HAISHU},海曙区,satisfaction,,90.5%,,,,2025年度民调报告,\n\
         ,江北区,,群众满意率,88,,,,2025年度民调报告,\n\
         ,市教育局,fraud,,否,,,,督查室确认,\n\
         {JIANGBEI},,acceptance,,,,,,,\n"
    );
    let page = send(&office, &sheet).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let text = page.text();
    assert!(text.contains("预览，尚未写入") && text.contains("改动 3") && text.contains("90.5%"), "{text}");
    assert_eq!(entered(&house).await, 0, "nothing before the confirmation");
    let saved = confirm(&office, &text).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
    assert_eq!(entered(&house).await, 3);
    let before = house.events().await;

    let again = send(&office, &sheet).await.text();
    assert!(again.contains("改动 0") && again.contains("未变 3") && !again.contains(">写入<"), "{again}");
    assert_eq!(confirm(&office, &again).await.status, StatusCode::SEE_OTHER);
    assert_eq!((entered(&house).await, house.events().await), (3, before), "the same sheet changes nothing");

    let changed = sheet.replace("90.5%", "91");
    let refused = send(&office, &changed).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text().contains("第 2 行 J 列（更正理由）") && refused.text().contains("写明理由"),
        "{}",
        refused.text()
    );
    let told = changed.replace("91,,,,2025年度民调报告,", "91,,,,2025年度民调报告,复核更正");
    let page = send(&office, &told).await.text();
    assert!(page.contains("90.5%") && page.contains("91%"), "before and after: {page}");
    assert_eq!(confirm(&office, &page).await.status, StatusCode::SEE_OTHER);
    assert_eq!(entered(&house).await, 4, "nothing is overwritten");
}

#[tokio::test]
async fn one_fault_refuses_the_whole_sheet() {
    let house = House::new(None).await;
    let office = ningbo(&house).await;
    let sheet = format!(
        "对象代码,内容代码,数值,月份,出处\n\
         {HAISHU},satisfaction,90,,民调\n\
         {HAISHU},satisfaction,91,,民调\n\
         region-330299,satisfaction,90,,民调\n\
         {JIANGBEI},charm,90,,民调\n\
         {JIANGBEI},satisfaction,120,,民调\n\
         {JIANGBEI},acceptance,99,,\n\
         {JIANGBEI},last_places,1,13,通报\n"
    );
    let refused = send(&office, &sheet).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = refused.text();
    for words in [
        "第 3 行",
        "出现了两次",
        "第 4 行 A 列（对象代码）",
        "第 5 行 B 列（内容代码）",
        "第 6 行 C 列（数值）",
        "第 7 行 E 列（出处）",
        "第 8 行 D 列（月份）",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert_eq!(entered(&house).await, 0);
    for junk in ["", "a,b\n1,2\n", "\u{0}\u{1}\u{2}"] {
        let refused = send(&office, junk).await;
        assert!(refused.status.is_client_error(), "{junk:?}: {}", refused.status);
    }
    let broken = [("programme", "330200-2025"), ("rows", "{\"sheet\":1}")];
    assert_eq!(office.post(&format!("{SHEET}/confirmation"), &broken).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let reader = Visitor::new(&house, "renda", Role::Congress, "330200").await;
    assert_eq!(send(&reader, &sheet).await.status, StatusCode::FORBIDDEN);
}

/// The template, as it is, changes nothing; it lists everybody with everything.
#[tokio::test]
async fn the_template_goes_back_in_unchanged() {
    let house = House::new(None).await;
    let office = ningbo(&house).await;
    house.enter("suggested", HAISHU, "satisfaction", "90", "").await.unwrap();
    house.enter("suggested", HAISHU, "fraud", "否", "").await.unwrap();
    let template = office.get("/office/assessments/inputs/template?programme=330200-2025").await;
    assert_eq!(template.status, StatusCode::OK);
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(template.body.clone())).unwrap();
    let sheet = workbook.worksheet_range("考核数据").unwrap();
    let text = |row: usize, column: usize| match sheet.get((row, column)) {
        Some(Data::String(text)) => text.clone(),
        other => format!("{other:?}"),
    };
    assert_eq!(text(0, 4), "数值");
    let own: Vec<usize> = (1..sheet.height()).filter(|row| text(*row, 0) == HAISHU).collect();
    assert!(own.len() > 5, "{own:?}");
    assert!(own.iter().any(|row| text(*row, 2) == "satisfaction" && text(*row, 4) == "90"));
    let page = office.upload(SHEET, &PROGRAMME, Some(("files", "模板.xlsx", &template.body))).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    assert!(page.text().contains("改动 0") && page.text().contains("未变 2"), "{}", page.text());
}

/// Who was late is read from the returns: nobody has to type it.
#[tokio::test]
async fn returns_in_time_are_gathered() {
    let house = House::new(None).await;
    let opening = house.store.with_clock(Clock::fixed("2025-07-01T04:00:00Z".parse().unwrap()));
    let programme = house.outline().await.programme;
    let by = report::By {
        account: uuid::Uuid::now_v7(),
        sign_in_name: "ningbo".into(),
        name: "市实事办".into(),
        organisation: "市实事办".into(),
        grants: vec![Grant { role: Role::ProgrammeOffice, region: "330200".parse().ok(), organisation: None }],
    };
    let settings = rounds::settings(house.store.reader(), &programme).await.unwrap();
    rounds::open(&opening, &by, &programme, &NewRound::by(&settings, june())).await.unwrap();

    let scheme = house.scheme("suggested").await.scheme;
    let in_round = assessments::inputs(&opening, &house.outline().await, &[&scheme], june()).await.unwrap().remove(0);
    let haishu = in_round.subjects.iter().find(|known| known.subject.key() == HAISHU);
    let counted = haishu.and_then(|known| known.inputs.get("timely_returns")).map_or(0, Vec::len);
    assert_eq!(counted, 0, "a round that is still open counts for nobody");
    let inputs = assessments::inputs(&house.store, &house.outline().await, &[&scheme], june()).await.unwrap().remove(0);
    let haishu = inputs.subjects.iter().find(|known| known.subject.key() == HAISHU).unwrap();
    let timely = &haishu.inputs["timely_returns"];
    assert_eq!(timely.len(), 1);
    assert_eq!(timely[0].value.to_string(), "0");
    assert!(timely[0].origin.words.zh.contains("应报 2 份，按时 0 份（迟报 0，未报 2）"), "{:?}", timely[0]);
    // An official circular may say something else.
    house.enter("suggested", HAISHU, "timely_returns", "50", "").await.unwrap();
    let inputs = assessments::inputs(&house.store, &house.outline().await, &[&scheme], june()).await.unwrap().remove(0);
    let haishu = inputs.subjects.iter().find(|known| known.subject.key() == HAISHU).unwrap();
    assert_eq!(haishu.inputs["timely_returns"][0].value.to_string(), "50");
}
