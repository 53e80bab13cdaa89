//! `minsheng bulletin`: read the figures of a text, and check them against each other, for which no ledger is needed; what
//! needs one is in [`crate::announcing`].

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use bulletins::{Finding, Relation, Text};
use figures::relations::Verdict;

use crate::announcing;
use crate::cli::BulletinCommand;
use crate::configuration::Settings;
use crate::output::say;

/// Extracts or checks; a check exits with 1 when a relation does not hold.
pub(crate) async fn run(settings: &Settings, command: &BulletinCommand, json: bool) -> Result<ExitCode> {
    match command {
        BulletinCommand::Extract { file } => {
            let findings = bulletins::extract(&read(file)?);
            if json {
                say!("{}", serde_json::to_string_pretty(&findings)?);
            } else {
                findings.iter().for_each(say_finding);
                say!("共 {} 个数字 ({} figures)", findings.len(), findings.len());
            }
            Ok(ExitCode::SUCCESS)
        }
        BulletinCommand::Check { file, programme: Some(programme), cut_off } => {
            announcing::check(settings, read(file)?, programme, *cut_off, json).await
        }
        BulletinCommand::Templates => announcing::templates(json),
        BulletinCommand::Write { template, programme, cut_off, known, format, out } => {
            let order = announcing::Order { template, programme, cut_off: *cut_off, known: *known };
            announcing::write(settings, &order, (*format, out.as_deref())).await
        }
        BulletinCommand::Check { file, programme: None, .. } => {
            let text = read(file)?;
            let relations = bulletins::check(&text, &bulletins::extract(&text));
            let failing = relations.iter().filter(|relation| relation.verdict == Verdict::Fails).count();
            if json {
                say!("{}", serde_json::to_string_pretty(&relations)?);
            } else {
                relations.iter().for_each(say_relation);
                say!("共判断 {} 处，不符 {failing} 处 ({} judged, {failing} fail)", relations.len(), relations.len());
            }
            Ok(ExitCode::from(u8::from(failing > 0)))
        }
    }
}

/// Reads a file, or standard input for “-”, no further than the reader's own limit.
fn read(file: &Path) -> Result<Text> {
    let place = || format!("无法打开 {}", file.display());
    let mut bytes = Vec::new();
    let most = bulletins::read::MOST_BYTES as u64 + 1;
    if file == Path::new("-") {
        std::io::stdin().lock().take(most).read_to_end(&mut bytes)?;
    } else {
        std::fs::File::open(file).with_context(place)?.take(most).read_to_end(&mut bytes).with_context(place)?;
    }
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    bulletins::read::text(&bytes, &name)
        .map_err(|unreadable| anyhow!("{}：{unreadable} ({})", file.display(), unreadable.message_en()))
}

fn say_finding(finding: &Finding) {
    let as_of = finding.as_of.map(|day| format!("，截至 {day}")).unwrap_or_default();
    say!(
        "{}–{}\t{}\t{}{}\t{}·{}{as_of}\t{:.2}",
        finding.span.start,
        finding.span.end,
        finding.indicator,
        finding.raw,
        finding.unit,
        finding.kind.name_zh(),
        finding.flow.name_zh(),
        finding.confidence
    );
}

fn say_relation(relation: &Relation) {
    let recomputed = relation.recomputed.map(|value| format!("（重算 {}）", value.normalize())).unwrap_or_default();
    let at = relation.spans.first().map_or(0, |span| span.start);
    say!("{at}\t{}\t{}\t{}{recomputed}", relation.verdict.name_zh(), relation.kind.name_zh(), relation.statement.zh);
}
