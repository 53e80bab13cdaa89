//! `minsheng assess`: list, run and replay the yearly assessment.

use std::process::ExitCode;

use ::assess::assessments::{self, Assessment, State};
use ::assess::{catalogue, derivation::Derivation, store as rows};
use anyhow::Result;
use chrono::NaiveDate;
use kernel::{Lang, Problem};
use ledger::programmes::{self, Outline};
use serde_json::{Value, json};
use store::{Actor, Store};
use uuid::Uuid;

use crate::cli::AssessCommand;
use crate::configuration::Settings;
use crate::output::say;
use crate::wiring;

/// Assessments read at once.
const PAGE: u64 = 500;

/// Does what the command says in the operator's name; a replay that does not hold exits with 1.
pub(crate) async fn run(settings: &Settings, command: AssessCommand, json: bool) -> Result<ExitCode> {
    let store = wiring::open(&settings.values).await?;
    match command {
        AssessCommand::List { programme } => list(&store, programme.as_deref(), json).await?,
        AssessCommand::Run { programme, scheme, cut_off, keep, reason } => {
            let id = score(&store, &programme, &scheme, cut_off).await?;
            if keep {
                let actor = Actor::operator("operator");
                assessments::keep(&store, (&actor, "operator"), id, &reason.unwrap_or_default()).await?;
            }
            say(&found(&store, id).await?, json)?;
        }
        AssessCommand::Replay { id } => return replay(&store, id, json).await,
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(store: &Store, programme: Option<&str>, json: bool) -> Result<()> {
    let mut known = programmes::all(store.reader()).await?;
    known.retain(|row| programme.is_none_or(|slug| row.slug == slug));
    let keys: Vec<Uuid> = known.iter().map(|row| row.id).collect();
    let (mut lines, mut before) = (Vec::new(), None);
    loop {
        let page = rows::list(store.reader(), &keys, true, before, PAGE).await?;
        let Some(last) = page.last() else { break };
        before = Some(last.id);
        for row in &page {
            let slug = known
                .iter()
                .find(|programme| programme.id == row.programme_id)
                .map(|programme| programme.slug.as_str());
            lines.push(json!({
                "id": row.id, "programme": slug, "scheme": format!("{}@{}", row.scheme, row.scheme_version),
                "cut_off": row.cut_off, "state": State::of(row.kept_ms, row.replaced_ms, None).code(),
                "run_by": row.run_by, "kept_by": row.kept_by,
            }));
        }
    }
    if json {
        say!("{}", serde_json::to_string_pretty(&lines)?);
        return Ok(());
    }
    let word = |line: &Value, key: &str| line[key].as_str().unwrap_or("-").to_owned();
    for line in &lines {
        let words = ["id", "programme", "scheme", "cut_off", "state", "run_by", "kept_by"].map(|key| word(line, key));
        say!("{}", words.join("  "));
    }
    if lines.is_empty() {
        say!("还没有考核 (none yet)");
    }
    Ok(())
}

async fn score(store: &Store, slug: &str, scheme: &str, cut_off: Option<NaiveDate>) -> Result<Uuid> {
    let missing = || Problem::not_found(format!("没有方案 {slug}"), format!("there is no programme {slug}"));
    let programme = programmes::find(store.reader(), slug).await?.ok_or_else(missing).map_err(store::Error::from)?;
    let outline = Outline::load(store.reader(), programme).await?;
    let schemes = catalogue::of_programme(store.reader(), &outline.programme).await?;
    let chosen = catalogue::named(&schemes, scheme).map_err(store::Error::from)?;
    let cut_off = cut_off.unwrap_or_else(|| assessments::usual_cut_off(&outline.programme, store.clock().today()));
    let actor = Actor::operator("operator");
    Ok(assessments::run(store, (&actor, "operator"), &outline, &chosen, cut_off).await?)
}

async fn found(store: &Store, id: Uuid) -> Result<Assessment> {
    let missing = || Problem::not_found(format!("没有考核 {id}"), format!("there is no assessment {id}"));
    Ok(assessments::find(store.reader(), id).await?.ok_or_else(missing).map_err(store::Error::from)?)
}

/// Prints the ranking.
fn say(assessment: &Assessment, json: bool) -> Result<()> {
    let (row, scheme) = (&assessment.row, assessment.scheme.reference());
    if json {
        let scores: Value = serde_json::from_str(&row.scores)?;
        let told = json!({
            "id": row.id, "scheme": scheme, "cut_off": row.cut_off, "state": assessment.state().code(),
            "digest": row.digest, "scores": scores,
        });
        say!("{}", serde_json::to_string_pretty(&told)?);
        return Ok(());
    }
    say!("{}  {scheme}  截至 {}  {}", row.id, row.cut_off, assessment.state().name().zh);
    for table in &assessment.scores.tables {
        say!("\n{}", table.kind.name().zh);
        for derivation in table.rows.iter().filter_map(|row| Derivation::of(assessment, &row.subject, Lang::Zh)) {
            let score = &derivation.score;
            let rank = score.rank.map_or_else(|| "-".to_owned(), |rank| rank.to_string());
            let tie = if score.tie { "（并列）" } else { "" };
            let open = if derivation.open.is_empty() {
                String::new()
            } else {
                format!("  缺：{}", derivation.open.join("、"))
            };
            say!("{rank:>4}{tie}  {}  {}{open}", score.total.normalize(), derivation.name);
        }
    }
    Ok(())
}

/// Computes one assessment again, or every kept one.
async fn replay(store: &Store, id: Option<Uuid>, json: bool) -> Result<ExitCode> {
    let ids = match id {
        Some(id) => vec![id],
        None => {
            let keys: Vec<Uuid> = programmes::all(store.reader()).await?.iter().map(|row| row.id).collect();
            rows::list(store.reader(), &keys, false, None, u64::from(u32::MAX))
                .await?
                .iter()
                .map(|row| row.id)
                .collect()
        }
    };
    let mut told = Vec::with_capacity(ids.len());
    for id in ids {
        told.push(assessments::replay(store.reader(), &found(store, id).await?).await?);
    }
    if json {
        say!("{}", serde_json::to_string_pretty(&told)?);
    } else {
        for one in &told {
            let word = match (one.same, one.untouched) {
                (true, true) => "重算一致 (the same again)",
                (false, _) => "得分不同 (other scores)",
                (true, false) => "内容被改动 (changed since it was run)",
            };
            say!("{}  {word}", one.id);
        }
        say!("{} 份 (assessments)", told.len());
    }
    Ok(ExitCode::from(u8::from(!told.iter().all(assessments::Replay::holds))))
}
