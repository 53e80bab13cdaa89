//! Facts in, sums out: imports, corrections, roll-ups and the days on which something was known.

use std::io::BufReader;

use chrono::{DateTime, NaiveDate, Utc};
use figures::{Decimal, Qualifier};
use kernel::{Clock, Level, RegionCode};
use ledger::board::{Basis, Board};
use ledger::entries::{self, Correction, NewEntry, View};
use ledger::facts;
use ledger::programmes::{self, IndicatorForm, Outline, ProgrammeForm};
use ledger::rollup;
use ledger::words::{Kind, Measure, Reason, Statistic};
use minsheng_ledger as ledger;
use store::audit::{Event, RowDigest};
use store::search::{self, Search};
use store::{Actor, Store};

/// A store in which it is noon in China on `day`.
async fn open(url: &str, day: &str) -> Store {
    let noon: DateTime<Utc> = format!("{day}T04:00:00Z").parse().unwrap();
    let store = Store::open(url, Clock::fixed(noon)).await.unwrap();
    store.migrate(&[store::migrations::list, ledger::migrations::list]).await.unwrap();
    ledger::regions::load_shipped(&store).await.unwrap();
    store
}

databases::on_both!(
    facts_go_in_and_come_out_the_same,
    an_import_is_all_or_nothing,
    a_changed_fact_supersedes,
    an_adopted_target_is_not_changed_by_a_file,
    sums_follow_the_entries_at_every_cut_off,
    a_correction_keeps_what_was_known,
    two_corrections_of_one_entry_do_not_both_win,
    a_changed_row_is_found,
    ningbo_shows_what_was_published,
    divisions_have_a_past,
    a_search_finds_what_holds_every_word,
    lists_of_the_public_are_the_same,
);

fn actor() -> Actor {
    Actor::operator("test")
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

const SAMPLE: &str = include_str!("../../../../data/samples/facts.jsonl");

async fn import(store: &Store, text: &str) -> store::Result<facts::Imported> {
    facts::import(store, &actor(), &|| Ok(BufReader::new(text.as_bytes())), &mut |_, _| {}).await
}

async fn export(store: &Store) -> String {
    let mut out = Vec::new();
    facts::export(store.reader(), None, &mut out).await.unwrap();
    String::from_utf8(out).unwrap()
}

/// The lines as JSON, by id.
fn by_id(text: &str) -> std::collections::BTreeMap<String, serde_json::Value> {
    let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    lines.map(|fact| (fact["id"].as_str().unwrap().to_owned(), fact)).collect()
}

const KEYS: [&str; 19] = [
    "id",
    "place",
    "region_code",
    "year",
    "source",
    "area",
    "indicator",
    "value",
    "raw",
    "unit",
    "qualifier",
    "kind",
    "flow",
    "period_start",
    "period_end",
    "as_of",
    "date_basis",
    "parent",
    "relation",
];

fn assert_same_facts(before: &str, after: &str) {
    let (before, after) = (by_id(before), by_id(after));
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    for (id, fact) in &before {
        for key in KEYS {
            let (was, is) = (&fact[key], &after[id][key]);
            let same = was == is || was.as_f64().is_some_and(|was| Some(was) == is.as_f64());
            assert!(same, "{id} {key}: {was} became {is}");
        }
    }
}

async fn facts_go_in_and_come_out_the_same(url: &str) {
    let store = open(url, "2026-11-21").await;
    let first = import(&store, SAMPLE).await.unwrap();
    assert_eq!((first.facts, first.recorded, first.corrected), (441, 441, 0));
    let exported = export(&store).await;
    assert_same_facts(SAMPLE, &exported);

    let again = import(&store, SAMPLE).await.unwrap();
    assert!(again.nothing_changed() && again.unchanged == 441, "{again:?}");
    assert!(again.summary().zh.contains("没有任何改动"));
    let back = import(&store, &exported).await.unwrap();
    assert!(back.nothing_changed(), "what was exported is what is there: {back:?}");

    // The facts as their author wrote them, without our keys, when they lie beside the project.
    let original = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/facts.jsonl");
    match std::fs::read_to_string(original) {
        Ok(original) => {
            import(&store, &original).await.unwrap();
            assert_same_facts(&original, &export(&store).await);
        }
        Err(_) => println!("skipped: the original facts are not beside the project"),
    }
    assert_eq!(ledger::verify::verify(store.reader()).await.unwrap().fault, None);
}

async fn an_import_is_all_or_nothing(url: &str) {
    let store = open(url, "2026-11-21").await;
    let lines: Vec<_> = SAMPLE.lines().take(60).map(str::to_owned).collect();
    let with = |at: usize, from: &str, to: &str| {
        let mut lines = lines.clone();
        assert!(lines[at].contains(from), "line {} does not hold {from}", at + 1);
        lines[at] = lines[at].replace(from, to);
        lines.join("\n")
    };
    let piles = lines.iter().position(|line| line.contains("\"yongkang-2024-030\"")).unwrap();
    let cases = [
        (with(4, "\"value\": 18398", "\"value\": 1.23456"), "第 5 行 value", "小数位"),
        (with(4, "\"value\": 18398", "\"value\": 99999999999999"), "第 5 行 value", "过大"),
        (with(4, "\"region_code\": \"330784\"", "\"region_code\": \"339900\""), "第 5 行 region_code", "339900"),
        (with(4, "\"as_of\": null", "\"as_of\": \"2031-01-01\""), "第 5 行 as_of", "晚于今天"),
        (with(4, "\"kind\": \"people\"", "\"kind\": \"persons\""), "第 5 行 kind", "people"),
        (with(4, "yongkang-2024-005", "yongkang-2024-004"), "第 5 行 id", "第 4 行"),
        (with(1, "\"parent\": \"yongkang-2024-001\"", "\"parent\": \"nobody\""), "第 2 行 parent", "nobody"),
        (with(piles, "\"value\": 158", "\"value\": 279"), "value", "超过总数 278"),
        (with(4, "{\"id\"", "{id"), "第 5 行", "JSON"),
    ];
    for (text, place, message) in cases {
        let error = import(&store, &text).await.unwrap_err();
        let problem = error.problem().unwrap_or_else(|| panic!("{place}: {error:?}"));
        let found = problem.places.iter().any(|p| p.at.zh.contains(place) && p.message.zh.contains(message));
        assert!(found, "{place} {message}: {problem}");
        assert_eq!(export(&store).await, "", "nothing was half-written");
        assert_eq!(programmes::all(store.reader()).await.unwrap(), []);
    }
    let nasty = with(4, "重点人群免费结直肠癌筛查", "'); DROP TABLE entries; -- <script>alert(1)</script>");
    import(&store, &nasty).await.unwrap();
    assert!(export(&store).await.contains("DROP TABLE entries"), "kept as the text it is");
}

/// The sample with one line changed: what stands in it, and what is to stand there.
fn with_line(id: &str, changes: &[(&str, &str)]) -> String {
    let id = format!("\"{id}\"");
    let edit = |line: &str| {
        if !line.contains(&format!("\"id\": {id}")) {
            return line.to_owned();
        }
        changes.iter().fold(line.to_owned(), |line, (from, to)| line.replacen(from, to, 1))
    };
    SAMPLE.lines().map(edit).collect::<Vec<_>>().join("\n")
}

async fn an_adopted_target_is_not_changed_by_a_file(url: &str) {
    let store = open(url, "2026-11-21").await;
    ledger::samples::load(&store, &actor(), &mut |_, _| {}).await.unwrap();
    assert_eq!(
        import(&store, SAMPLE).await.unwrap().unchanged,
        441,
        "the programmes are adopted, and the file is theirs"
    );
    let before = store::audit::last_number(store.reader()).await.unwrap();
    let target = "ningbo-2024-003";
    let more = [("\"value\": 37, \"raw\": \"37\"", "\"value\": 38, \"raw\": \"38\"")];
    let changes: [&[(&str, &str)]; 3] =
        [&more, &[("\"flow\": \"target\"", "\"flow\": \"stock\"")], &[(target, "ningbo-2024-003-again"), more[0]]];
    for change in changes {
        let refused = import(&store, &with_line(target, change)).await.unwrap_err();
        let problem = refused.problem().unwrap_or_else(|| panic!("{refused:?}"));
        assert_eq!((problem.kind, problem.places.len()), (kernel::ProblemKind::Conflict, 1), "{problem}");
        let (at, told) = (&problem.places[0].at.zh, &problem.places[0].message.zh);
        assert!(at.contains(target) && told.contains("现行目标是 37") && told.contains("项目调整"), "{problem}");
    }
    assert_eq!(store::audit::last_number(store.reader()).await.unwrap(), before, "nothing of it is written");
    let reworded = with_line(target, &[("\"flow\": \"target\"", "\"flow\": \"target\", \"note\": \"含续建\"")]);
    assert_eq!(import(&store, &reworded).await.unwrap().corrected, 1, "the same target in other words");
    let draft = with_line("yongkang-2024-003", &[("\"value\": 3, \"raw\": \"3\"", "\"value\": 4, \"raw\": \"4\"")]);
    assert_eq!(import(&store, &draft).await.unwrap().corrected, 1, "nobody voted on that programme");
}

async fn a_changed_fact_supersedes(url: &str) {
    let before = open(url, "2026-11-01").await;
    import(&before, SAMPLE).await.unwrap();
    let store = open(url, "2026-11-21").await;
    let changed = SAMPLE.replace("\"value\": 5073, \"raw\": \"5073\"", "\"value\": 5100, \"raw\": \"5100\"");
    let done = import(&store, &changed).await.unwrap();
    assert_eq!((done.corrected, done.recorded, done.unchanged), (1, 0, 440));
    assert_same_facts(&changed, &export(&store).await);
    let shown = |known: Option<&str>| View { cut_off: None, known: known.map(day) };
    assert_eq!(value(&store, "330200-2024", "电动自行车充电驿站建成", shown(None)).await, Some(5100.into()));
    let then = value(&store, "330200-2024", "电动自行车充电驿站建成", shown(Some("2026-11-10"))).await;
    assert_eq!(then, Some(5073.into()), "the board of that day still shows what was known");
    assert_eq!(ledger::verify::verify(store.reader()).await.unwrap().fault, None);
}

async fn board(store: &Store, slug: &str, view: View) -> Board {
    let programme = programmes::find(store.reader(), slug).await.unwrap().unwrap();
    Board::load(store.reader(), programme, view).await.unwrap()
}

async fn value(store: &Store, slug: &str, indicator: &str, view: View) -> Option<Decimal> {
    let board = board(store, slug, view).await;
    let row = board.all_rows().into_iter().find(|row| row.indicator.name == indicator).cloned().unwrap();
    row.actual.and_then(|shown| shown.value())
}

/// A county programme collected by towns.
async fn town_programme(store: &Store) -> (Outline, uuid::Uuid) {
    let mut tx = store.begin(&actor()).await.unwrap();
    let region: RegionCode = "330226".parse().unwrap();
    let programme = programmes::create(&tx, &ProgrammeForm::new(region, 2024, "宁海县2024年度民生实事")).await.unwrap();
    let mut outline = Outline::load(tx.on(), programme).await.unwrap();
    let (category, _) = outline.category(&tx, Some(1), "充电").await.unwrap();
    let (project, _) = outline.project(&tx, category, None, "充电桩").await.unwrap();
    let form = IndicatorForm::new("充电桩建设", "个", Kind::Count, Level::Town);
    let indicator = outline.add_indicator(&tx, project, &form).await.unwrap();
    tx.record(Event::new("test", "programme", "", serde_json::Value::Null)).await.unwrap();
    tx.commit().await.unwrap();
    (outline, indicator)
}

fn entry(indicator: uuid::Uuid, place: RegionCode, as_of: NaiveDate, value: i64) -> NewEntry {
    NewEntry {
        indicator,
        region: place,
        organisation: None,
        measure: Measure::Actual,
        as_of: Some(as_of),
        effective_on: as_of,
        number: Some(figures::Number::exact(Decimal::new(value, 2))),
        qualifier: Qualifier::Exact,
        source: None,
        supersedes: None,
        withdrawn: false,
    }
}

async fn post(store: &Store, outline: &Outline, new: Vec<NewEntry>) -> store::Result<()> {
    let mut tx = store.begin(&actor()).await?;
    let mut digest = RowDigest::default();
    let mut event = Event::new("test.posted", "entry", "", serde_json::Value::Null);
    entries::post(&tx, outline, event.id, new, &mut digest).await?;
    event.detail = serde_json::json!({ "digest": digest.finish() });
    tx.record(event).await?;
    tx.commit().await
}

/// A small generator of our own: the same sequence on every run.
fn sequence(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    }
}

/// Roll-up = sum of leaves, at every cut-off and as known on every day, through corrections and withdrawals.
async fn sums_follow_the_entries_at_every_cut_off(url: &str) {
    let first = open(url, "2024-02-01").await;
    let (outline, indicator) = town_programme(&first).await;
    let towns: Vec<_> = ledger::regions::children(first.reader(), outline.region(), 2024).await.unwrap();
    let towns: Vec<_> = towns.iter().filter_map(|row| RegionCode::from_stored(row.code)).collect();
    assert_eq!(towns.len(), 18, "towns and streets of Ninghai");
    let mut next = sequence(7);
    for (at, today) in ["2024-02-01", "2024-05-03", "2024-07-08", "2024-12-31"].into_iter().enumerate() {
        let store = open(url, today).await;
        let new: Vec<_> = (0..25)
            .map(|_| {
                let town = towns[usize::try_from(next(18)).unwrap()];
                let month = u32::try_from(next(12)).unwrap() + 1;
                let cut_off = NaiveDate::from_ymd_opt(2023 + i32::from(at > 1), month, 28).unwrap();
                entry(indicator, town, cut_off, i64::try_from(next(100_000)).unwrap() - 5_000)
            })
            .collect();
        post(&store, &outline, new).await.unwrap();
        let all = entries::of_indicator(store.reader(), indicator, outline.region(), 10_000).await.unwrap();
        let standing: Vec<_> = entries::standing(&all, View::default()).into_iter().cloned().collect();
        let old = &standing[usize::try_from(next(standing.len() as u64)).unwrap()];
        let raw = if at == 2 { String::new() } else { format!("{}", next(900)) };
        let correction = Correction {
            raw,
            qualifier: Qualifier::Exact,
            as_of: old.as_of,
            reason: Reason::Typing,
            reason_text: "录入时多按一位".into(),
        };
        let mut tx = store.begin(&actor()).await.unwrap();
        entries::correct(&mut tx, &outline, old, correction).await.unwrap();
        tx.commit().await.unwrap();
    }
    let store = open(url, "2024-12-31").await;
    let all = entries::of_indicator(store.reader(), indicator, outline.region(), 10_000).await.unwrap();
    for known in ["2024-01-31", "2024-02-01", "2024-05-03", "2024-07-07", "2024-07-08", "2025-01-01"] {
        for month in 1..=24_u32 {
            let cut_off =
                NaiveDate::from_ymd_opt(2023 + i32::try_from((month - 1) / 12).unwrap(), (month - 1) % 12 + 1, 28);
            let view = View { cut_off, known: Some(day(known)) };
            let leaves: Decimal =
                entries::counting(&all, view).values().filter_map(|e| e.number()).map(|n| n.value).sum();
            let sums = rollup::at_place(store.reader(), outline.programme.id, outline.region(), view).await.unwrap();
            let sum = sums.first().map_or(Decimal::ZERO, |sum| sum.value);
            assert_eq!(sum, leaves, "cut-off {cut_off:?}, known {known}");
        }
    }
    assert_eq!(ledger::verify::verify(store.reader()).await.unwrap().fault, None);
}

async fn a_correction_keeps_what_was_known(url: &str) {
    let store = open(url, "2024-07-01").await;
    let (outline, indicator) = town_programme(&store).await;
    let town: RegionCode = "330226100".parse().unwrap();
    post(&store, &outline, vec![entry(indicator, town, day("2024-06-30"), 10_000)]).await.unwrap();
    let old = entries::of_indicator(store.reader(), indicator, town, 10).await.unwrap().remove(0);
    let later = open(url, "2024-08-02").await;
    let mut tx = later.begin(&actor()).await.unwrap();
    let say = |raw: &str, text: &str| Correction {
        raw: raw.into(),
        qualifier: Qualifier::Exact,
        as_of: Some(day("2024-06-30")),
        reason: Reason::Inspection,
        reason_text: text.into(),
    };
    let wordless = entries::correct(&mut tx, &outline, &old, say("90", " ")).await.unwrap_err();
    assert!(wordless.problem().unwrap().for_field("reason_text").is_some());
    let unreadable = entries::correct(&mut tx, &outline, &old, say("九十多", "核查")).await.unwrap_err();
    assert!(unreadable.problem().unwrap().for_field("raw").is_some());
    let new = entries::correct(&mut tx, &outline, &old, say("90", "核查时少 10 个")).await.unwrap();
    tx.commit().await.unwrap();
    let sum = |known: Option<&'static str>| {
        let (store, programme, region) = (later.clone(), outline.programme.id, outline.region());
        async move {
            let view = View { cut_off: None, known: known.map(day) };
            rollup::at_place(store.reader(), programme, region, view).await.unwrap()[0].value
        }
    };
    assert_eq!(sum(None).await, 90.into());
    assert_eq!(sum(Some("2024-08-01")).await, 100.into(), "what the board showed on 1 August");
    let newest = entries::find(later.reader(), new).await.unwrap().unwrap();
    let versions = entries::versions(later.reader(), &newest).await.unwrap();
    assert_eq!(versions.iter().map(|v| v.id).collect::<Vec<_>>(), [old.id, new]);
}

async fn two_corrections_of_one_entry_do_not_both_win(url: &str) {
    let store = open(url, "2024-07-01").await;
    let (outline, indicator) = town_programme(&store).await;
    let town: RegionCode = "330226100".parse().unwrap();
    post(&store, &outline, vec![entry(indicator, town, day("2024-06-30"), 10_000)]).await.unwrap();
    let old = entries::of_indicator(store.reader(), indicator, town, 10).await.unwrap().remove(0);
    let correct = |raw: &'static str| {
        let (store, outline, old) = (store.clone(), outline.clone(), old.clone());
        async move {
            let mut tx = store.begin(&actor()).await?;
            let correction = Correction {
                raw: raw.into(),
                qualifier: Qualifier::Exact,
                as_of: old.as_of,
                reason: Reason::Typing,
                reason_text: "录入错误".into(),
            };
            entries::correct(&mut tx, &outline, &old, correction).await?;
            tx.commit().await
        }
    };
    let (a, b) = tokio::join!(tokio::spawn(correct("80")), tokio::spawn(correct("70")));
    let (won, lost): (Vec<_>, Vec<_>) = [a.unwrap(), b.unwrap()].into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 1));
    let lost = lost.into_iter().next().unwrap().unwrap_err();
    assert!(lost.problem().is_some_and(|p| p.message.zh.contains("已被他人更正")), "{lost:?}");
    let sum = rollup::at_place(store.reader(), outline.programme.id, outline.region(), View::default()).await.unwrap();
    let all = entries::of_indicator(store.reader(), indicator, town, 10).await.unwrap();
    let leaf = entries::counting(&all, View::default()).values().next().unwrap().number().unwrap().value;
    assert_eq!(sum[0].value, leaf);
    assert_eq!(ledger::verify::verify(store.reader()).await.unwrap().fault, None);
}

async fn a_changed_row_is_found(url: &str) {
    use sea_orm::ConnectionTrait;
    use store::audit::{Fault, FaultKind};

    let store = open(url, "2026-11-21").await;
    import(&store, SAMPLE).await.unwrap();
    let verify = || async { ledger::verify::verify(store.reader()).await.unwrap() };
    let whole = verify().await;
    assert_eq!((whole.events, whole.fault), (2, None), "divisions and facts");
    let break_and_mend = [
        (
            "UPDATE entries SET value = 37780000 WHERE value = 36450000",
            "UPDATE entries SET value = 36450000 WHERE value = 37780000",
            2,
            FaultKind::RowsChanged,
        ),
        (
            "UPDATE entry_sources SET raw = '3646' WHERE raw = '3645'",
            "UPDATE entry_sources SET raw = '3645' WHERE raw = '3646'",
            2,
            FaultKind::RowsChanged,
        ),
        (
            "UPDATE audit_events SET actor = 'nobody' WHERE number = 2",
            "UPDATE audit_events SET actor = 'test' WHERE number = 2",
            2,
            FaultKind::Changed,
        ),
        (
            "UPDATE audit_events SET number = 3 WHERE number = 2",
            "UPDATE audit_events SET number = 2 WHERE number = 3",
            3,
            FaultKind::MissingOrReordered,
        ),
        ("UPDATE audit_heads SET number = 5", "UPDATE audit_heads SET number = 2", 3, FaultKind::EndMoved),
    ];
    for (break_it, mend_it, number, kind) in break_and_mend {
        let done = store.for_upkeep().execute_unprepared(break_it).await.unwrap();
        assert_eq!(done.rows_affected(), 1, "{break_it}");
        assert_eq!(verify().await.fault, Some(Fault { number, kind }), "{break_it}");
        store.for_upkeep().execute_unprepared(mend_it).await.unwrap();
        assert_eq!(verify().await.fault, None, "{mend_it}");
    }
    store.for_upkeep().execute_unprepared("DELETE FROM audit_events WHERE number = 2").await.unwrap();
    assert_eq!(verify().await.fault, Some(Fault { number: 2, kind: FaultKind::EndMoved }));
}

/// Ningbo, first half of 2024, as its page has to show it.
async fn ningbo_shows_what_was_published(url: &str) {
    let store = open(url, "2026-11-21").await;
    ledger::samples::load(&store, &actor(), &mut |_, _| {}).await.unwrap();
    let board = board(&store, "330200-2024", View { cut_off: Some(day("2024-06-30")), known: None }).await;
    assert_eq!(board.adopted_categories().count(), 15);
    let published = |statistic| board.published(statistic).and_then(|shown| shown.number).unwrap().to_string();
    assert_eq!(published(Statistic::MeanProgress), "77.7");
    assert_eq!(published(Statistic::Projects), "37");
    assert_eq!(published(Statistic::Categories), "15");
    assert_eq!([published(Statistic::DoneEarly), published(Statistic::AboveThreshold)], ["6", "16"]);
    let schedule = board.schedule.unwrap();
    assert_eq!(schedule.percent, 50.into());
    let funding =
        board.funding.iter().find(|row| row.parts.iter().any(|part| part.indicator.fund_source.is_some())).unwrap();
    assert_eq!(funding.target.as_ref().unwrap().number.unwrap().to_string(), "40.16亿");
    assert_eq!(funding.actual.as_ref().unwrap().number.unwrap().to_string(), "22.47亿");
    assert_eq!(figures::print_percent(funding.progress.unwrap(), 1), "56.0%");
    let sources: Vec<_> = funding.parts.iter().filter(|part| part.indicator.fund_source.is_some()).collect();
    let plan: Vec<_> = sources.iter().map(|part| part.target.as_ref().unwrap().number.unwrap().to_string()).collect();
    assert_eq!(plan, ["6.52亿", "21.76亿", "11.88亿"]);
    let municipal = sources[0];
    assert_eq!(figures::print_percent(municipal.progress.unwrap(), 1), "58.6%");
    assert_eq!(figures::round(municipal.lead(&schedule).unwrap(), 1), Decimal::new(86, 1));
    let sited = board.all_rows().into_iter().find(|row| row.indicator.name == "学生成长指导中心选址确定").unwrap();
    let places = sited.actual.as_ref().unwrap();
    assert_eq!((places.basis, places.places), (Basis::Derived, 3), "three districts, added up");
}

async fn divisions_have_a_past(url: &str) {
    let store = open(url, "2026-11-21").await;
    let code = |text: &str| text.parse::<RegionCode>().unwrap();
    let children = ledger::regions::children(store.reader(), code("330200"), 2024).await.unwrap();
    assert_eq!(children.len(), 10, "ten districts and counties of Ningbo");
    let before = ledger::regions::children(store.reader(), code("330100"), 2019).await.unwrap();
    assert!(before.iter().any(|row| row.name == "下城区"), "Hangzhou before 2021");
    let now = ledger::regions::children(store.reader(), code("330100"), 2024).await.unwrap();
    assert!(now.iter().all(|row| row.name != "下城区") && now.len() == 13);
    assert!(!ledger::regions::changes_of(store.reader(), code("330103")).await.unwrap().is_empty());
    let again = ledger::regions::load_shipped(&store).await.unwrap();
    assert_eq!(again.added, 0);
    let other = "code,name,level,parent\n320000000000,江苏省,province,\n320100000000,南京市,city,320000000000\n";
    let loaded = ledger::regions::load(&store, &actor(), other.as_bytes(), None).await.unwrap();
    assert_eq!(loaded.added, 2);
    let orphan = "code,name,level,parent\n340100000000,合肥市,city,340000000000\n";
    let error = ledger::regions::load(&store, &actor(), orphan.as_bytes(), None).await.unwrap_err();
    assert!(error.problem().unwrap().message.zh.contains("合肥市"));
    let wrong = "code,name,level,parent\n34x,安徽省,province,\n340000000000,安徽省,land,\n";
    let error = ledger::regions::load(&store, &actor(), wrong.as_bytes(), None).await.unwrap_err();
    let places: Vec<_> = error.problem().unwrap().places.iter().map(|place| place.at.zh.clone()).collect();
    assert_eq!(places, ["第 2 行 code", "第 3 行 level"]);
}

async fn sampled(url: &str) -> Store {
    let store = open(url, "2025-03-01").await;
    ledger::samples::load(&store, &actor(), &mut |_, _| {}).await.unwrap();
    store
}

async fn a_search_finds_what_holds_every_word(url: &str) {
    let store = sampled(url).await;
    let search = |text: &str| Search { text: text.to_owned(), ..Search::default() };
    let titles = async |search: Search| -> Vec<String> {
        let hits = search::find(store.reader(), &search, 0, 1_000).await.unwrap();
        let counted: i64 = search::count(store.reader(), &search).await.unwrap().into_values().sum();
        assert_eq!(counted, i64::try_from(hits.len()).unwrap(), "{search:?}");
        hits.into_iter().map(|hit| hit.title).collect()
    };
    for text in ["桩", "充电", "充电桩", "充电　桩", "桩 充电"] {
        assert!(titles(search(text)).await.contains(&"电动汽车充电桩投运".to_owned()), "{text}");
    }
    for text in ["AED", "aed", "ＡＥＤ", "除颤仪"] {
        assert_eq!(titles(search(text)).await, ["公共场所自动体外除颤仪新增配置"], "{text}");
    }
    assert_eq!(titles(search("永康市")).await[0], "永康市");
    assert!(titles(search("'; DROP TABLE entries; --")).await.is_empty());
    assert!(titles(search("100%_\\")).await.is_empty());
    let older = Search { year: Some(2020), ..search("学位") };
    assert_eq!(titles(older).await, ["新增学位"]);
    let hidden = Search { hidden: vec!["/programmes/330200-2024".to_owned()], ..search("充电桩") };
    assert!(!titles(hidden).await.contains(&"电动汽车充电桩投运".to_owned()));
    // One after the other they are the same hits in the same order.
    let whole = search::find(store.reader(), &search("设"), 0, 1_000).await.unwrap();
    for (at, hit) in whole.iter().enumerate().step_by(7) {
        let one = search::find(store.reader(), &search("设"), u64::try_from(at).unwrap(), 1).await.unwrap();
        assert_eq!(one, std::slice::from_ref(hit));
    }
}

async fn lists_of_the_public_are_the_same(url: &str) {
    let store = sampled(url).await;
    let on = store.reader();
    let slugs = |rows: Vec<ledger::tables::programmes::Model>| -> Vec<String> {
        rows.into_iter().map(|row| row.slug).collect()
    };
    assert_eq!(slugs(programmes::list_published(on, None, 2).await.unwrap()), ["330100-2024", "330200-2024"]);
    assert_eq!(slugs(programmes::list_published(on, Some("330200-2024"), 1).await.unwrap()), ["330782-2020"]);
    assert_eq!(programmes::published_years(on).await.unwrap(), [2024, 2020]);
    assert_eq!(programmes::indicator_counts(on).await.unwrap().len(), 5);
    assert!(programmes::unpublished(on).await.unwrap().is_empty());
    let jinhua: RegionCode = "330700".parse().unwrap();
    assert_eq!(
        slugs(programmes::published_around(on, jinhua).await.unwrap()),
        ["330782-2020", "330784-2024", "330784-2024-suggestions"]
    );
    let piles = ledger::matters::find(on, "charging-piles").await.unwrap().unwrap();
    let values: Vec<_> = piles
        .lines
        .iter()
        .map(|line| line.actual.as_ref().and_then(ledger::board::Shown::value).map(|value| value.to_string()))
        .collect();
    assert_eq!(values, ["3355", "3645", "278"].map(|value| Some(value.to_owned())));
    let ningbo = programmes::find_published(on, "330200-2024").await.unwrap().unwrap();
    let mut walked = Vec::new();
    let mut after = None;
    loop {
        let rows = entries::of_programme(on, ningbo.id, after, 30).await.unwrap();
        let Some(last) = rows.last() else { break };
        after = Some(last.id);
        walked.extend(rows.into_iter().map(|row| row.id));
    }
    assert_eq!(walked.len(), 98);
    assert!(walked.is_sorted());
    let divisions = ledger::regions::list(on, Some(jinhua), None, 10_000).await.unwrap();
    assert!(divisions.len() > 100 && divisions.is_sorted_by_key(|row| (row.code, row.valid_from)));
}
