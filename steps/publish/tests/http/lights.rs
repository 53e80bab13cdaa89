//! One project shows one light, whoever looks: the scoreboard of the public against the office's board, on every sample year,
//! at every cut-off, and with a plan and a missed start.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use figures::{Decimal, Number, Qualifier};
use ledger::entries::{self, NewEntry, View};
use ledger::programmes::{self, IndicatorForm, Outline, ProgrammeForm};
use ledger::rules::Light;
use ledger::words::{Kind, Measure};
use plan::curves::{self, Basis, NewPlan, Point};
use plan::milestones::{self, MilestoneForm, Stage};
use store::audit::{Event, RowDigest};
use store::{Actor, Store};
use watch::state;

use crate::reader::Site;

const SLUGS: [&str; 4] = ["330200-2024", "330100-2024", "330782-2020", "330784-2024"];

/// The lights of adopted projects on the office's board.
async fn office(store: &Store, slug: &str, cut_off: NaiveDate) -> BTreeMap<String, Option<Light>> {
    let programme = programmes::find(store.reader(), slug).await.unwrap().unwrap();
    let place = programme.region;
    let place = kernel::RegionCode::from_stored(place).unwrap();
    let view = View { cut_off: Some(cut_off), known: None };
    let board = state::of_programme(store.reader(), programme, place, view).await.unwrap();
    let adopted = board.projects.into_iter().filter(|one| one.category.number.is_some());
    adopted.map(|one| (one.project.name, one.light)).collect()
}

/// The same as the public is told.
async fn public(site: &Site, slug: &str, cut_off: NaiveDate) -> BTreeMap<String, Option<Light>> {
    let told = site.get(&format!("/api/v1/programmes/{slug}/scoreboard?cut_off={cut_off}")).await;
    assert_eq!(told.status, 200, "{}", told.html);
    let told: serde_json::Value = serde_json::from_str(&told.html).unwrap();
    let categories = told["categories"].as_array().unwrap().iter().filter(|one| !one["number"].is_null());
    let projects = categories.flat_map(|one| one["projects"].as_array().unwrap());
    let light = |code: &serde_json::Value| Light::ALL.into_iter().find(|light| code.as_str() == Some(light.code()));
    projects.map(|one| (one["name"].as_str().unwrap().to_owned(), light(&one["light"]))).collect()
}

/// A programme of two projects with one figure each at the end of June: 20 and 60 of 100.
async fn drawn_up(store: &Store) -> Outline {
    let mut tx = store.begin(&Actor::operator("test")).await.unwrap();
    let form = ProgrammeForm {
        published: true,
        default_cut_off: Some(june()),
        ..ProgrammeForm::new("330200".parse().unwrap(), 2026, "宁波市2026年度民生实事")
    };
    let programme = programmes::create(&tx, &form).await.unwrap();
    let mut outline = Outline::load(tx.on(), programme).await.unwrap();
    let (category, _) = outline.category(&tx, Some(1), "教育惠民").await.unwrap();
    let region = outline.region();
    let mut new = Vec::new();
    for (name, actual) in [("学校", 20), ("公园", 60)] {
        let (project, _) = outline.project(&tx, category, None, name).await.unwrap();
        let form = IndicatorForm::new(format!("{name}数"), "所", Kind::Count, kernel::Level::City);
        let indicator = outline.add_indicator(&tx, project, &form).await.unwrap();
        for (measure, as_of, value) in [(Measure::Target, None, 100), (Measure::Actual, Some(june()), actual)] {
            new.push(NewEntry {
                indicator,
                region,
                organisation: None,
                measure,
                as_of,
                effective_on: as_of.unwrap_or("2026-01-01".parse().unwrap()),
                number: Some(Number::exact(Decimal::from(value))),
                qualifier: Qualifier::Exact,
                source: None,
                supersedes: None,
                withdrawn: false,
            });
        }
    }
    let mut digest = RowDigest::default();
    let mut event = Event::new("entries.posted", "programme", &outline.programme.slug, serde_json::Value::Null);
    entries::post(&tx, &outline, event.id, new, &mut digest).await.unwrap();
    event.detail = serde_json::json!({ "digest": digest.finish() });
    tx.record(event).await.unwrap();
    tx.commit().await.unwrap();
    outline
}

fn june() -> NaiveDate {
    "2026-06-30".parse().unwrap()
}

#[tokio::test]
async fn the_public_sees_the_lights_of_the_office_on_every_sample() {
    let site = Site::with_samples().await;
    let store = site.on("2026-11-25").await;
    let mut lit = 0;
    for slug in SLUGS {
        let programme = programmes::find(store.reader(), slug).await.unwrap().unwrap();
        let board = ledger::board::Board::open(store.reader(), programme.clone(), None).await.unwrap();
        for cut_off in board.cut_offs.into_iter().chain(programme.default_cut_off) {
            let (office, public) = (office(&store, slug, cut_off).await, public(&site, slug, cut_off).await);
            assert_eq!(office, public, "{slug} at {cut_off}");
            lit += public.values().flatten().count();
        }
    }
    assert!(lit > 0, "the samples show lights");
}

#[tokio::test]
async fn plans_and_milestones_light_the_public_scoreboard_too() {
    let site = Site::with_samples().await;
    let store = site.on("2026-11-25").await;
    let outline = drawn_up(&store).await;
    let slug = "330200-2026";
    let [schools, parks] = [outline.projects[0].id, outline.projects[1].id];
    let lights = async |site: &Site| {
        let (office, public) = (office(&store, slug, june()).await, public(site, slug, june()).await);
        assert_eq!(office, public);
        [public["学校"], public["公园"]]
    };
    assert_eq!(lights(&site).await, [Some(Light::Behind), Some(Light::OnSchedule)], "by the months: 30 points behind");

    // By its plan a fifth is due by the end of June.
    let point = |day: &str, percent: i64| Point { cut_off: day.parse().unwrap(), percent: Decimal::from(percent) };
    let points = vec![point("2026-06-30", 20), point("2026-12-31", 100)];
    let new = NewPlan { project: schools, region: None, basis: Basis::Curve, stepped: false, points };
    let mut tx = store.begin(&Actor::operator("test")).await.unwrap();
    curves::set(&mut tx, &outline, &new, 0).await.unwrap();
    tx.commit().await.unwrap();
    // The other should have begun in March, and nobody has marked that it did.
    let start = MilestoneForm {
        id: None,
        stage: Stage::Start,
        name: "开工".into(),
        weight: Decimal::from(100),
        planned_on: "2026-03-15".parse().ok(),
    };
    let mut tx = store.begin(&Actor::operator("test")).await.unwrap();
    milestones::replace(&mut tx, &outline, (parks, None), 0, &[start]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(lights(&site).await, [Some(Light::OnSchedule), Some(Light::FarBehind)]);

    let page = site.get(&format!("/programmes/{slug}")).await;
    assert!(page.html.contains("公园 · 严重滞后 · 计划 2026年3月15日 开工"), "the public is told why: {}", page.html);
    page.row_reads("学校数", "20.0% 正常");
    let shown = site.get(&format!("/api/v1/programmes/{slug}/indicators/1")).await;
    let shown: serde_json::Value = serde_json::from_str(&shown.html).unwrap();
    assert_eq!(shown["light"], "steady", "an indicator is compared with the plan of its project: {shown}");
}
