//! `minsheng catalogue`: list, show and check the kinds of services. No ledger is needed.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, bail};
use places::catalogue::details::{ServiceDetails, ServiceLine};
use places::catalogue::{Catalogue, Checked, Fault, check};
use serde_json::{Value, json};

use crate::cli::CatalogueCommand;
use crate::configuration::Values;
use crate::output::say;

/// The shipped catalogue, with an installation's own files where they are named.
fn read(values: &Values) -> Result<Catalogue, Vec<Fault>> {
    let own = &values.catalogue;
    if own.as_os_str().is_empty() { Ok(Catalogue::shipped().clone()) } else { Catalogue::read(own) }
}

/// The catalogue for a server: one that `catalogue check` finds fault with is not served.
///
/// # Errors
/// Every fault, with file, line and key.
pub(crate) fn to_serve(values: &Values) -> Result<Arc<Catalogue>> {
    let told = |faults: &[Fault]| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        let (own, count) = (values.catalogue.display(), faults.len());
        anyhow::anyhow!(
            "目录 {own} 有 {count} 处错误，没有启动 (the catalogue has {count} faults: not started)\n{}",
            lines.join("\n")
        )
    };
    let catalogue = read(values).map_err(|faults| told(&faults))?;
    if !values.catalogue.as_os_str().is_empty() {
        let checked = check(&catalogue, ledger::samples::FACTS, &ledger::samples::matter_codes()?);
        if !checked.faults.is_empty() {
            return Err(told(&checked.faults));
        }
    }
    Ok(Arc::new(catalogue))
}

/// Answers from the catalogue.
pub(crate) fn run(values: &Values, command: &CatalogueCommand, json: bool) -> Result<ExitCode> {
    let catalogue = match read(values) {
        Ok(catalogue) => catalogue,
        Err(faults) => return tell_unreadable(&faults, json),
    };
    match command {
        CatalogueCommand::List => list(&catalogue, json),
        CatalogueCommand::Show { service } => show(&catalogue, service, json),
        CatalogueCommand::Check => {
            let checked = check(&catalogue, ledger::samples::FACTS, &ledger::samples::matter_codes()?);
            tell(&catalogue, &checked, json)
        }
    }
}

fn list(catalogue: &Catalogue, json: bool) -> Result<ExitCode> {
    let lines: Vec<ServiceLine> = catalogue.services.iter().map(ServiceLine::from).collect();
    if json {
        say!("{}", serde_json::to_string_pretty(&lines)?);
        return Ok(ExitCode::SUCCESS);
    }
    for domain in &catalogue.domains {
        say!("{} ({})", domain.name.zh, domain.name.en);
        for line in lines.iter().filter(|line| line.domain == domain.code) {
            let shapes = line.archetypes.join("+");
            say!("  {}  {shapes:<5} {}  ({}, /services/{})", line.service, line.name.zh, line.name.en, line.slug);
        }
    }
    say!("共 {} 项服务 ({} services)", lines.len(), lines.len());
    Ok(ExitCode::SUCCESS)
}

fn show(catalogue: &Catalogue, service: &str, json: bool) -> Result<ExitCode> {
    let Some(found) = catalogue.find(service) else {
        bail!(
            "目录里没有“{service}”，可用 minsheng catalogue list 查看 (there is no such service: see minsheng catalogue list)"
        );
    };
    let details = ServiceDetails::of(catalogue, found);
    if json {
        say!("{}", serde_json::to_string_pretty(&details)?);
        return Ok(ExitCode::SUCCESS);
    }
    say!("{} {} ({})", details.service, details.name.zh, details.name.en);
    say!("  {}", details.about.zh);
    say!("  {}", details.about.en);
    let archetypes: Vec<_> = details.archetypes.iter().map(|one| format!("{} {}", one.code, one.name.zh)).collect();
    say!("  原型 archetypes：{}", archetypes.join("、"));
    say!("  一条登记 entry：{} ({})", details.entry.zh, details.entry.en);
    if let Some(hours) = &details.hours {
        say!("  常规开放时间 usual hours：{hours}");
    }
    if !details.grades.is_empty() {
        say!("  等级 grades：{}", details.grades.iter().map(|one| one.name.zh.as_str()).collect::<Vec<_>>().join("、"));
    }
    say!("  属性 attributes：");
    for attribute in &details.attributes {
        let unit = if attribute.unit.is_empty() { String::new() } else { format!("，{}", attribute.unit) };
        let needed = if attribute.required { "，必填" } else { "" };
        let hidden = if attribute.public { "" } else { "，不公开" };
        say!(
            "    {:<14} {}（{}{unit}{needed}{hidden}）{}",
            attribute.key,
            attribute.name.zh,
            attribute.kind,
            attribute.name.en
        );
    }
    if !details.checks.is_empty() {
        say!("  验收清单 checklist：");
        details.checks.iter().for_each(|check| say!("    {} ({})", check.zh, check.en));
    }
    say!("  指标 indicators：");
    for feed in &details.indicators {
        say!("    {}（{}）= {}", feed.name.zh, feed.units.join("、"), feed.count);
        if !feed.facts.is_empty() {
            say!("      {}", feed.facts.join(" "));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// One item for each service with what is wrong with it, and one for each fault that belongs to none.
fn items(catalogue: &Catalogue, faults: &[Fault]) -> Vec<Value> {
    let of = |code: &str| -> Vec<&Fault> {
        faults.iter().filter(|fault| fault.key == code || fault.key.starts_with(&format!("{code}."))).collect()
    };
    let mut items: Vec<Value> = catalogue
        .services
        .iter()
        .map(|service| {
            let (line, faults) = (ServiceLine::from(service), of(&service.code));
            json!({ "service": line.service, "name": line.name, "ok": faults.is_empty(), "attributes": line.attributes,
                "indicators": line.indicators, "facts": line.facts, "faults": faults })
        })
        .collect();
    let owned = |fault: &&Fault| {
        let code = fault.key.split('.').next().unwrap_or_default();
        catalogue.services.iter().any(|service| service.code == code)
    };
    for fault in faults.iter().filter(|fault| !owned(fault)) {
        items.push(json!({ "service": fault.key, "ok": false, "faults": [fault] }));
    }
    items
}

fn tell(catalogue: &Catalogue, checked: &Checked, json: bool) -> Result<ExitCode> {
    if json {
        say!("{}", serde_json::to_string_pretty(&items(catalogue, &checked.faults))?);
    } else {
        checked.faults.iter().for_each(|fault| say!("{fault}"));
        say!(
            "{} 项服务，{} 个属性，{} 个指标（{} 个由登记册按规则得出，{} 个尚无公布值）",
            checked.services,
            checked.attributes,
            checked.indicators,
            checked.answered,
            checked.unpublished
        );
        say!(
            "{} 个公布值：{} 个各属一项服务，{} 个属于核心流程；错误 {} 处 ({} faults)",
            checked.facts,
            checked.facts_of_services,
            checked.facts_of_core,
            checked.faults.len(),
            checked.faults.len()
        );
    }
    Ok(ExitCode::from(u8::from(!checked.faults.is_empty())))
}

fn tell_unreadable(faults: &[Fault], json: bool) -> Result<ExitCode> {
    if json {
        let items: Vec<Value> = faults
            .iter()
            .map(|fault| json!({ "service": fault.key.split('.').next(), "ok": false, "faults": [fault] }))
            .collect();
        say!("{}", serde_json::to_string_pretty(&items)?);
    } else {
        faults.iter().for_each(|fault| say!("{fault}"));
        say!("目录文件有 {} 处错误，没有使用 ({} faults, the files were not used)", faults.len(), faults.len());
    }
    Ok(ExitCode::from(1))
}
