//! Tables and the imprint.

use std::fmt::Write as _;

use super::xml::{paragraph, run, text, twips};
use crate::columns::widths;
use crate::grid::WIDTH;
use crate::{Align, Imprint, PaperError, Table, printed_day};

/// A table with its caption above; its head is repeated on each page and its rows are not torn.
pub(super) fn table(table: &Table) -> Result<String, PaperError> {
    let mut xml = String::new();
    if let Some(caption) = &table.caption {
        xml.push_str(&paragraph("Caption", "", &run(caption, "")?));
    }
    if table.columns.is_empty() {
        return Ok(xml);
    }
    let size = 12.0;
    let asked: Vec<(f32, f32)> = (0..table.columns.len())
        .map(|at| {
            let cells = table.rows.iter().filter_map(|row| row.get(at)).map(|cell| reach(cell)).fold(0.0, f32::max);
            (reach(&table.columns[at].heading), cells)
        })
        .collect();
    let columns: Vec<i32> =
        widths(&table.columns, &asked, WIDTH / size, 0.8).into_iter().map(|wide| twips(wide * size)).collect();
    let whole: i32 = columns.iter().sum();
    let _ = write!(
        xml,
        r#"<w:tbl><w:tblPr><w:tblStyle w:val="PaperTable"/><w:tblW w:w="{whole}" w:type="dxa"/><w:jc w:val="center"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>"#
    );
    for width in &columns {
        let _ = write!(xml, r#"<w:gridCol w:w="{width}"/>"#);
    }
    xml.push_str("</w:tblGrid>");
    let head: Vec<String> = table.columns.iter().map(|column| column.heading.clone()).collect();
    xml.push_str(&row(&head, &columns, "<w:cantSplit/><w:tblHeader/>", |_| "TableHead", |_| Align::Centre)?);
    for (at, cells) in table.rows.iter().enumerate() {
        if cells.len() != columns.len() {
            let named = table.caption.clone().unwrap_or_else(|| table.columns[0].heading.clone());
            let (cells, columns) = (cells.len(), columns.len());
            return Err(PaperError::UnevenRow { table: named, row: at + 1, cells, columns });
        }
        xml.push_str(&row(cells, &columns, "<w:cantSplit/>", |_| "TableText", |column| table.columns[column].align)?);
    }
    xml.push_str("</w:tbl>");
    Ok(xml)
}

/// How far a cell reaches on one line, in characters: Latin letters and digits take half.
fn reach(cell: &str) -> f32 {
    let lines = cell.split('\n').map(|line| line.chars().map(|c| if c.is_ascii() { 0.5 } else { 1.0 }).sum());
    lines.fold(0.0, f32::max)
}

fn row(
    cells: &[String],
    columns: &[i32],
    properties: &str,
    style: impl Fn(usize) -> &'static str,
    align: impl Fn(usize) -> Align,
) -> Result<String, PaperError> {
    let mut xml = format!("<w:tr><w:trPr>{properties}</w:trPr>");
    for (at, (cell, width)) in cells.iter().zip(columns).enumerate() {
        let side = match align(at) {
            Align::Left => "left",
            Align::Centre => "center",
            Align::Right => "right",
        };
        let set = paragraph(style(at), &format!(r#"<w:jc w:val="{side}"/>"#), &run(cell, "")?);
        let _ = write!(
            xml,
            r#"<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>{set}</w:tc>"#
        );
    }
    xml.push_str("</w:tr>");
    Ok(xml)
}

/// 版记: a table that hangs at the foot of the page on which the paper ends.
pub(super) fn imprint(imprint: &Imprint) -> Result<String, PaperError> {
    let whole = twips(WIDTH);
    let date = twips(14.0 * 12.0);
    let thick = r#"w:val="single" w:sz="8" w:space="0" w:color="000000""#;
    let thin = r#"w:val="single" w:sz="6" w:space="0" w:color="000000""#;
    let mut xml = format!(
        r#"<w:tbl><w:tblPr><w:tblpPr w:vertAnchor="margin" w:horzAnchor="margin" w:tblpXSpec="center" w:tblpYSpec="bottom"/><w:tblOverlap w:val="never"/><w:tblW w:w="{whole}" w:type="dxa"/><w:tblBorders><w:top {thick}/><w:bottom {thick}/><w:insideH {thin}/></w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid><w:gridCol w:w="{}"/><w:gridCol w:w="{date}"/></w:tblGrid>"#,
        whole - date,
    );
    // One character from each edge; further lines of 抄送 hang behind its colon.
    let edge = 280;
    if let Some(copies) = &imprint.copies {
        let indent = format!(r#"<w:ind w:left="{}" w:right="{edge}" w:hanging="840"/>"#, edge + 840);
        let set = paragraph("Imprint", &indent, &run(&format!("抄送：{copies}"), "")?);
        let _ = write!(
            xml,
            r#"<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr><w:tcW w:w="{whole}" w:type="dxa"/><w:gridSpan w:val="2"/></w:tcPr>{set}</w:tc></w:tr>"#
        );
    }
    let issuer = paragraph("Imprint", &format!(r#"<w:ind w:left="{edge}"/>"#), &run(&imprint.issuer, "")?);
    let printed = text(&format!("{}印发", printed_day(imprint.date)))?;
    let right = format!(r#"<w:ind w:right="{edge}"/><w:jc w:val="right"/>"#);
    let printed = paragraph("Imprint", &right, &run(&printed, "")?);
    let _ = write!(
        xml,
        r#"<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr><w:tcW w:w="{}" w:type="dxa"/></w:tcPr>{issuer}</w:tc><w:tc><w:tcPr><w:tcW w:w="{date}" w:type="dxa"/></w:tcPr>{printed}</w:tc></w:tr></w:tbl>"#,
        whole - date,
    );
    Ok(xml)
}
