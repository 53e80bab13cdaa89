//! An indicator is added or changed: one transaction, one audit event.

use kernel::Problem;
use ledger::entries;
use ledger::programmes::{IndicatorForm, Outline};
use ledger::tables::indicators::Model as Indicator;
use ledger::words::Kind;
use serde_json::{Value, json};
use store::audit::Event;
use web::{App, Result, SignedIn};

use super::fields::{IndicatorFields, project_name};
use crate::bench::{changes, zh};

/// Adds an indicator, and gives its number.
pub(super) async fn add(
    app: &App,
    me: &SignedIn,
    outline: &Outline,
    fields: &IndicatorFields,
    series: Option<String>,
) -> Result<i32> {
    project_name(outline, fields.project)?;
    let usual = IndicatorForm::new("", "", Kind::Count, outline.region().level());
    let form = fields.read_over(outline, None, usual)?;
    let form = IndicatorForm { series: series.unwrap_or_else(|| form.name.trim().to_owned()), ..form };
    let mut tx = app.store.begin(&me.actor()).await?;
    let mut outline = Outline::load(tx.on(), outline.programme.clone()).await?;
    let id = outline.add_indicator(&tx, fields.project.unwrap_or_default(), &form).await?;
    let number = outline.indicator_by_id(id).map_or(0, |row| row.number);
    let detail = json!({ "name": form.name, "number": number, "unit": form.unit });
    tx.record(Event::new("indicator.created", "programme", &outline.programme.slug, detail)).await?;
    ledger::search::index_outline(&tx, &outline).await?;
    tx.commit().await?;
    Ok(number)
}

/// Changes what is told about an indicator.
pub(super) async fn edit(
    app: &App,
    me: &SignedIn,
    outline: &Outline,
    row: &Indicator,
    fields: &IndicatorFields,
) -> Result<()> {
    let before = IndicatorForm::from(row);
    let form = fields.read_over(outline, Some(row.id), before.clone())?;
    if form.name.trim().is_empty() {
        return Err(Problem::field("name", "请填写指标名称", "The indicator needs a name").into());
    }
    let counted = entries::of_indicators(app.store.reader(), &[row.id]).await?;
    if !counted.is_empty() {
        keep_meaning(&before, &form)?;
    }
    let mut tx = app.store.begin(&me.actor()).await?;
    let mut now = Outline::load(tx.on(), outline.programme.clone()).await?;
    now.edit_indicator(&tx, row.id, fields.version, &form).await?;
    let detail =
        json!({ "name": form.name.trim(), "number": row.number, "changes": differences(outline, &before, &form) });
    tx.record(Event::new("indicator.changed", "programme", &outline.programme.slug, detail)).await?;
    ledger::search::index_outline(&tx, &now).await?;
    Ok(tx.commit().await?)
}

/// Figures were recorded in a unit, of a kind and at a level: those stay, or the figures would mean something else.
fn keep_meaning(before: &IndicatorForm, form: &IndicatorForm) -> Result<(), Problem> {
    let fixed = [
        ("unit", before.unit != form.unit),
        ("kind", before.kind != form.kind),
        ("grain", before.grain != form.grain),
        ("by_body", before.by_body && !form.by_body),
    ];
    match fixed.into_iter().find(|(_, differs)| *differs) {
        None => Ok(()),
        Some((field, _)) => Err(Problem::field(
            field,
            "这个指标已有数字，单位、类型、采集层级不能再改，也不能再取消分解到单位；口径变了请另建指标",
            "The indicator has figures: unit, kind and level stay, and so does being shared by bodies. Make another indicator if the definition changed",
        )),
    }
}

fn differences(outline: &Outline, before: &IndicatorForm, after: &IndicatorForm) -> Value {
    let words = |form: &IndicatorForm| {
        let parent = form.parent.and_then(|id| outline.indicator_by_id(id)).map(|row| row.name.clone());
        [
            ("name", form.name.trim().to_owned()),
            ("unit", form.unit.clone()),
            ("kind", zh(form.kind.name())),
            ("accumulation", zh(form.accumulation.name())),
            ("direction", zh(form.direction.name())),
            ("grain", zh(form.grain.name())),
            ("purpose", zh(form.purpose.name())),
            ("fund_source", form.fund_source.map(|value| zh(value.name())).unwrap_or_default()),
            ("parent", parent.unwrap_or_default()),
            ("relation", form.relation.map(|value| zh(value.name())).unwrap_or_default()),
            ("breakdown", form.breakdown.map(|value| zh(value.name())).unwrap_or_default()),
            ("matter", form.matter.clone().unwrap_or_default()),
            ("services", form.services.join(" ")),
            ("by_body", if form.by_body { "是" } else { "否" }.to_owned()),
        ]
    };
    let pairs = words(before).into_iter().zip(words(after));
    let fields: Vec<_> = pairs.map(|((name, before), (_, after))| (name, before, after)).collect();
    changes(&fields)
}
