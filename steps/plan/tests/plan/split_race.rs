//! A target is changed while it is being decomposed, on both databases: the split stands on the target that it was read
//! with, or it is refused and says what the target is now.
//!
//! Guard: whoever splits a target or changes it holds the indicator until the commit (`ledger::programmes::hold_indicator`).

use axum::http::{Method, StatusCode};
use kernel::Role;
use ledger::allocations;
use ledger::entries::View;
use ledger::programmes::{self, Outline};
use serde_json::json;
use store::audit;

use crate::house::{House, csv};
use crate::visitor::Visitor;

const SHEET: &[&str] = &[
    "方案地区代码,年度,类别序号,类别,项目名称,指标,单位,采集层级,地区代码,承担单位,目标值,完成值,截至",
    "330200,2025,1,教育惠民,新增学位,新增学位,个,县,,,10000,,",
    ",,2,安居,改造小区,改造小区,个,县,,,10000,,",
    ",,3,出行,新建公路,新建公路,公里,县,,,10000,,",
    ",,4,养老,新增床位,新增床位,张,县,,,10000,,",
];

databases::on_both!(crate::house::House::on => race);

async fn race(house: House) {
    let options = minsheng_plan::sheet::Options { publish: true, ..Default::default() };
    house.import_with("a.csv", &csv(SHEET), &options).await.unwrap();
    let on = house.store.reader();
    let outline = Outline::load(on, programmes::find(on, "330200-2025").await.unwrap().unwrap()).await.unwrap();
    let office = Visitor::new(&house, "ningbo", Role::ProgrammeOffice, "330200").await;
    let shares = allocations::shares(on, &outline, View::default()).await.unwrap();
    for (at, indicator) in outline.indicators.iter().enumerate() {
        let target = shares.iter().find(|share| share.indicator == indicator.id).unwrap().entry;
        let split = json!({ "whole": target, "shares": [{ "region": "330203", "figure": "1万" }] });
        let change = json!({ "raw": "1.2万", "reason": "typing", "reason_text": "少录了" });
        let shares = format!("/api/v1/programmes/330200-2025/indicators/{}/shares", indicator.number);
        let correction = format!("/api/v1/entries/{target}/corrections");
        let split = office.call(Method::POST, &shares, split);
        let change = office.call(Method::POST, &correction, change);
        let (split, changed) = if at % 2 == 0 {
            tokio::join!(split, change)
        } else {
            let (changed, split) = tokio::join!(change, split);
            (split, changed)
        };
        assert_eq!(changed.status, StatusCode::CREATED, "{}", changed.text());
        let now = allocations::shares_of(on, &outline, indicator.id, View::default()).await.unwrap();
        let events = audit::latest(on, None, 4).await.unwrap();
        let number =
            |action: &str| events.iter().filter(|event| event.action == action).map(|event| event.number).max();
        match split.status {
            StatusCode::CONFLICT => {
                assert!(split.text().contains("1.2万"), "{}", split.text());
                assert_eq!(now.len(), 1, "nothing of the split is left");
            }
            status => {
                assert_eq!(status, StatusCode::CREATED, "{}", split.text());
                assert_eq!(now.len(), 2);
                let (split, change) = (number("shares.split").unwrap(), number("entry.corrected").unwrap());
                assert!(split < change, "{}: split as {split} behind the change {change}", indicator.name);
            }
        }
    }
    assert!(ledger::verify::verify(on).await.unwrap().fault.is_none());
}
