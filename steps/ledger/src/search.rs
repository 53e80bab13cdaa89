//! What the ledger puts into the text index: programmes, projects, indicators, places and matters.

use kernel::RegionCode;
use sea_orm::ConnectionTrait;
use store::Result;
use store::search::{Document, put};

use crate::programmes::Outline;
use crate::tables::{matters, regions};

/// What documents write out and people type short, or the other way round.
const SHORT_NAMES: [(&str, &str); 4] =
    [("自动体外除颤", "AED"), ("人乳头瘤病毒", "HPV"), ("长期护理保险", "长护险"), ("公共租赁住房", "公租房")];

/// The other names of what `title` speaks of, behind `text`.
fn with_other_names(title: &str, text: String) -> String {
    let others = SHORT_NAMES.iter().filter_map(|(long, short)| {
        if title.contains(long) { Some(*short) } else { title.contains(short).then_some(*long) }
    });
    std::iter::once(text.as_str()).chain(others).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The address of a programme's page.
pub fn programme_path(slug: &str) -> String {
    format!("/programmes/{slug}")
}

/// The address of an indicator's page.
pub fn indicator_path(slug: &str, number: i32) -> String {
    format!("/programmes/{slug}/indicators/{number}")
}

/// Puts a programme with its projects and indicators into the index, or renews them.
///
/// # Errors
/// When the database fails.
pub async fn index_outline(tx: &store::Tx, outline: &Outline) -> Result<()> {
    let programme = &outline.programme;
    let path = programme_path(&programme.slug);
    let mut documents = vec![Document {
        kind: "programme",
        id: programme.id,
        region: programme.region,
        year: programme.year,
        title: programme.title.clone(),
        text: programme.title_en.clone(),
        path: path.clone(),
    }];
    for project in &outline.projects {
        let category = outline.categories.iter().find(|row| row.id == project.category_id);
        let category = category.map_or("", |row| row.name.as_str());
        documents.push(Document {
            kind: "project",
            id: project.id,
            region: programme.region,
            year: programme.year,
            title: project.name.clone(),
            text: with_other_names(
                &project.name,
                [category, &project.formal_name, &project.content].join(" ").trim().to_owned(),
            ),
            path: format!("{path}#project-{}", project.id),
        });
    }
    for indicator in &outline.indicators {
        let project = outline.projects.iter().find(|row| row.id == indicator.project_id);
        documents.push(Document {
            kind: "indicator",
            id: indicator.id,
            region: programme.region,
            year: programme.year,
            title: indicator.name.clone(),
            text: with_other_names(&indicator.name, project.map_or(String::new(), |row| row.name.clone())),
            path: indicator_path(&programme.slug, indicator.number),
        });
    }
    put(tx.on(), &documents).await
}

/// Puts places into the index.
///
/// # Errors
/// When the database fails.
pub async fn index_regions<C: ConnectionTrait>(on: &C, rows: &[regions::Model]) -> Result<()> {
    let documents: Vec<_> = rows
        .iter()
        .filter_map(|row| {
            let code = RegionCode::from_stored(row.code)?;
            Some(Document {
                kind: "region",
                id: row.id,
                region: row.code,
                year: 0,
                title: row.name.clone(),
                text: code.short(),
                path: format!("/regions/{}", code.short()),
            })
        })
        .collect();
    put(on, &documents).await
}

/// Puts matters into the index.
///
/// # Errors
/// When the database fails.
pub async fn index_matters<C: ConnectionTrait>(on: &C, rows: &[matters::Model]) -> Result<()> {
    let documents: Vec<_> = rows
        .iter()
        .map(|row| Document {
            kind: "matter",
            id: row.id,
            region: 0,
            year: 0,
            title: row.name.clone(),
            text: row.name_en.clone(),
            path: format!("/matters/{}", row.code),
        })
        .collect();
    put(on, &documents).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_lead_to_long_ones_and_back() {
        assert_eq!(with_other_names("公共场所自动体外除颤仪新增配置", "急救".to_owned()), "急救 AED");
        assert_eq!(with_other_names("长护险参保人数", String::new()), "长期护理保险");
        assert_eq!(with_other_names("新增学位", "教育".to_owned()), "教育");
    }
}
