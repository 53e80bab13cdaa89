//! The parts of the package and how they hang together.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::body::{Body, section};
use super::styles::styles;
use super::xml::text;
use crate::{Paper, PaperError};

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const MAIN: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/// Fonts that offices have, with what stands in where one is missing.
const FONTS: [(&str, &str, &str); 5] = [
    ("仿宋_GB2312", "仿宋", "modern"),
    ("楷体_GB2312", "楷体", "modern"),
    ("方正小标宋简体", "宋体", "auto"),
    ("黑体", "SimHei", "modern"),
    ("宋体", "SimSun", "auto"),
];

/// Writes the whole file.
pub(super) fn write(paper: &Paper, body: &Body) -> Result<Vec<u8>, PaperError> {
    let mut archive = Archive { zip: ZipWriter::new(Cursor::new(Vec::new())) };
    archive.part("[Content_Types].xml", content_types().as_bytes())?;
    archive.part("_rels/.rels", package_relations().as_bytes())?;
    archive.part("docProps/core.xml", core(paper)?.as_bytes())?;
    archive.part("word/document.xml", document(paper, body).as_bytes())?;
    archive.part("word/_rels/document.xml.rels", document_relations(body.pictures.len()).as_bytes())?;
    archive.part("word/styles.xml", styles().as_bytes())?;
    archive.part("word/settings.xml", settings().as_bytes())?;
    archive.part("word/fontTable.xml", font_table().as_bytes())?;
    archive.part("word/footer1.xml", footer("right").as_bytes())?;
    archive.part("word/footer2.xml", footer("left").as_bytes())?;
    for (at, picture) in body.pictures.iter().enumerate() {
        archive.part(&format!("word/media/chart{}.png", at + 1), picture)?;
    }
    let finished = archive.zip.finish().map_err(|error| PaperError::Writing(error.to_string()))?;
    Ok(finished.into_inner())
}

struct Archive {
    zip: ZipWriter<Cursor<Vec<u8>>>,
}

impl Archive {
    /// The same day for every part, so that equal papers are equal files.
    fn part(&mut self, name: &str, bytes: &[u8]) -> Result<(), PaperError> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default());
        self.zip.start_file(name, options).map_err(|error| PaperError::Writing(error.to_string()))?;
        self.zip.write_all(bytes).map_err(|error| PaperError::Writing(error.to_string()))
    }
}

fn content_types() -> String {
    let word = "application/vnd.openxmlformats-officedocument.wordprocessingml";
    let parts = [
        ("document", "document.main"),
        ("styles", "styles"),
        ("settings", "settings"),
        ("fontTable", "fontTable"),
        ("footer1", "footer"),
        ("footer2", "footer"),
    ];
    let mut xml = format!(
        r#"{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>"#
    );
    for (name, kind) in parts {
        let _ = write!(xml, r#"<Override PartName="/word/{name}.xml" ContentType="{word}.{kind}+xml"/>"#);
    }
    xml.push_str("</Types>");
    xml
}

fn package_relations() -> String {
    format!(
        r#"{HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>"#
    )
}

fn document_relations(pictures: usize) -> String {
    let mut xml =
        format!(r#"{HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#);
    let parts = [
        ("rIdStyles", "styles", "styles.xml"),
        ("rIdSettings", "settings", "settings.xml"),
        ("rIdFonts", "fontTable", "fontTable.xml"),
        ("rIdOdd", "footer", "footer1.xml"),
        ("rIdEven", "footer", "footer2.xml"),
    ];
    for (id, kind, target) in parts {
        let _ = write!(xml, r#"<Relationship Id="{id}" Type="{RELATIONS}/{kind}" Target="{target}"/>"#);
    }
    for at in 1..=pictures {
        let _ =
            write!(xml, r#"<Relationship Id="rIdChart{at}" Type="{RELATIONS}/image" Target="media/chart{at}.png"/>"#);
    }
    xml.push_str("</Relationships>");
    xml
}

fn core(paper: &Paper) -> Result<String, PaperError> {
    let title = text(&paper.title.replace('\n', ""))?;
    let mut xml = format!(
        r#"{HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{title}</dc:title><dc:language>zh-CN</dc:language>"#
    );
    if let Some(signature) = &paper.signature {
        if let Some(issuer) = &signature.issuer {
            let _ = write!(xml, "<dc:creator>{}</dc:creator>", text(&issuer.replace('\n', ""))?);
        }
        let day = signature.date.format("%Y-%m-%dT00:00:00Z");
        let _ = write!(xml, r#"<dcterms:created xsi:type="dcterms:W3CDTF">{day}</dcterms:created>"#);
    }
    xml.push_str("</cp:coreProperties>");
    Ok(xml)
}

fn document(paper: &Paper, body: &Body) -> String {
    format!(
        r#"{HEAD}<w:document xmlns:w="{MAIN}" xmlns:r="{RELATIONS}" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><w:body>{}{}</w:body></w:document>"#,
        body.xml,
        section(paper.page_numbers),
    )
}

/// Odd and even pages differ; marks are pressed together and may hang over the edge, as Chinese offices set it.
fn settings() -> String {
    format!(
        r#"{HEAD}<w:settings xmlns:w="{MAIN}"><w:bordersDoNotSurroundHeader/><w:evenAndOddHeaders/><w:characterSpacingControl w:val="compressPunctuation"/><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>"#
    )
}

fn font_table() -> String {
    let mut xml = format!(r#"{HEAD}<w:fonts xmlns:w="{MAIN}">"#);
    for (name, other, family) in FONTS {
        let _ = write!(
            xml,
            r#"<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/><w:family w:val="{family}"/><w:pitch w:val="default"/></w:font>"#
        );
    }
    xml.push_str("</w:fonts>");
    xml
}

/// — 1 —, one character from the outer edge.
fn footer(side: &str) -> String {
    let field = r#"<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>"#;
    let dash = |text: &str| format!(r#"<w:r><w:t xml:space="preserve">{text}</w:t></w:r>"#);
    format!(
        r#"{HEAD}<w:ftr xmlns:w="{MAIN}"><w:p><w:pPr><w:pStyle w:val="Footer"/><w:ind w:{side}="280"/><w:jc w:val="{side}"/></w:pPr>{}{field}{}</w:p></w:ftr>"#,
        dash("— "),
        dash(" —"),
    )
}
