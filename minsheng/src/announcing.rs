//! `minsheng bulletin check --programme`, `bulletin templates`, `bulletin write`: texts and the ledger.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use announce::check_words::lines;
use announce::checking::check as compare;
use announce::checking::matching::Outcome;
use announce::drafts::{Edited, Judged};
use announce::writing::bindings::Bindings;
use announce::writing::compose::compose;
use announce::writing::paper::paper;
use announce::writing::templates as shipped;
use anyhow::{Context, Result, bail};
use bulletins::Text;
use chrono::NaiveDate;
use figures::relations::Verdict;
use kernel::{Lang, Problem};
use ledger::programmes::{self, Outline};
use serde_json::json;
use store::Store;

use crate::cli::PaperFormat;
use crate::configuration::Settings;
use crate::output::{Standard, note, say};
use crate::wiring;

async fn outline(store: &Store, slug: &str) -> Result<Outline> {
    let missing = || Problem::not_found(format!("没有方案 {slug}"), format!("there is no programme {slug}"));
    let found = programmes::find(store.reader(), slug).await?.ok_or_else(missing).map_err(store::Error::from)?;
    Ok(Outline::load(store.reader(), found).await?)
}

/// Compares a text with a programme's ledger and exits with 1 when something does not hold.
pub(crate) async fn check(
    settings: &Settings,
    text: Text,
    slug: &str,
    cut_off: Option<NaiveDate>,
    json: bool,
) -> Result<ExitCode> {
    let store = wiring::open(&settings.values).await?;
    let checked = compare(store.reader(), &outline(&store, slug).await?, text, cut_off).await?;
    let lines = lines(&checked, slug, Lang::Zh);
    if json {
        let told = json!({
            "programme": slug, "cut_off": checked.cut_off, "fails": checked.fails(),
            "figures": lines, "relations": checked.relations,
        });
        say!("{}", serde_json::to_string_pretty(&told)?);
        return Ok(ExitCode::from(u8::from(checked.fails())));
    }
    for line in &lines {
        let number = line.number.map(|number| number.to_string()).unwrap_or_default();
        say!(
            "{number}\t{}\t{}\t{}\t{}\t{}\t{}",
            line.outcome,
            line.printed,
            line.indicator,
            line.ledger_indicator,
            line.ledger_printed,
            line.explanation
        );
    }
    for relation in checked.relations.iter().filter(|relation| relation.verdict == Verdict::Fails) {
        say!("\t{}\t{}\t{}", relation.verdict.code(), relation.kind.name_zh(), relation.statement.zh);
    }
    let [right, wrong, unknown] =
        [Outcome::Matches, Outcome::Differs, Outcome::NotInLedger].map(|outcome| checked.comparison.count(outcome));
    say!(
        "相符 {right}，不符 {wrong}，台账中没有 {unknown}，文中未提 {} ({right} match, {wrong} differ, {unknown} not in the ledger)",
        checked.comparison.unmentioned.len()
    );
    Ok(ExitCode::from(u8::from(checked.fails())))
}

/// Lists the templates.
pub(crate) fn templates(json: bool) -> Result<ExitCode> {
    if json {
        let all: Vec<_> = shipped::all()
            .iter()
            .map(|one| json!({ "code": one.code, "name": one.name, "about": one.about }))
            .collect();
        say!("{}", serde_json::to_string_pretty(&all)?);
    } else {
        for one in shipped::all() {
            say!("{}\t{}\t{}", one.code, one.name.zh, one.about.zh);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What is to be written.
pub(crate) struct Order<'a> {
    /// The code of the template.
    pub(crate) template: &'a str,
    /// The slug of the programme.
    pub(crate) programme: &'a str,
    /// Figures up to this day.
    pub(crate) cut_off: NaiveDate,
    /// As known at the end of this day.
    pub(crate) known: Option<NaiveDate>,
}

/// Writes a bulletin; what is left open is told on standard error and makes the exit code 1.
pub(crate) async fn write(
    settings: &Settings,
    order: &Order<'_>,
    (format, out): (Option<PaperFormat>, Option<&Path>),
) -> Result<ExitCode> {
    let template = shipped::named(order.template);
    let Some(template) = template else { bail!("没有模板 {} (no such template)", order.template) };
    let store = wiring::open(&settings.values).await?;
    let programme = outline(&store, order.programme).await?.programme;
    let demo = programme.demo;
    let bindings = Bindings::load(store.reader(), programme, order.cut_off, order.known).await?;
    let draft = compose(template, &bindings, &BTreeSet::new());
    let edited = Edited { title: draft.title, body: draft.body, cut_off: order.cut_off, known_on: order.known };
    let judged = Judged::of(&edited, &bindings);
    let format = format.or_else(|| named(out?)).unwrap_or(PaperFormat::Txt);
    let fonts = papers::Fonts::embedded();
    let bytes = match format {
        PaperFormat::Txt => judged.document.text().0.into_bytes(),
        PaperFormat::Docx => papers::docx(&paper(&judged.document, None, demo), fonts)?,
        PaperFormat::Pdf => papers::pdf(&paper(&judged.document, None, demo), fonts)?,
    };
    match out {
        Some(path) => std::fs::write(path, bytes).with_context(|| format!("无法写入 {}", path.display()))?,
        None => {
            Standard.write_all(&bytes)?;
            Standard.flush()?;
        }
    }
    for gap in judged.document.gaps() {
        note!("待补 (left open): {gap}");
    }
    for (_, typed) in &judged.typed {
        note!("没有出处的数字 (bound to nothing): {typed}");
    }
    for one in &judged.misdated {
        note!("截止日不同 (told for another day): {} {} ≠ {}", one.text, one.told, one.own);
    }
    Ok(ExitCode::from(u8::from(!judged.is_ready())))
}

fn named(path: &Path) -> Option<PaperFormat> {
    match path.extension()?.to_str()? {
        "docx" => Some(PaperFormat::Docx),
        "pdf" => Some(PaperFormat::Pdf),
        "txt" => Some(PaperFormat::Txt),
        _ => None,
    }
}
