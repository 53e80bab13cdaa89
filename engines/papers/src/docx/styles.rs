//! The styles: measures of GB/T 9704-2012 under the names that Word and WPS show in their lists.

use std::fmt::Write as _;

/// The distance of lines that puts 22 on a page, in twentieths of a point (28.95 磅).
pub(super) const LINE: i32 = 579;
/// Two characters of the text.
const INDENT: &str = r#"<w:ind w:firstLineChars="200" w:firstLine="640"/>"#;
const FANG: &str = "仿宋_GB2312";
const HEI: &str = "黑体";
const KAI: &str = "楷体_GB2312";
const TITLE: &str = "方正小标宋简体";
const SONG: &str = "宋体";

/// One paragraph style.
struct Paragraph {
    id: &'static str,
    /// The name that programs show; those of Word in English are shown translated.
    name: &'static str,
    /// Properties of the paragraph.
    block: String,
    font: &'static str,
    /// Half points.
    size: u32,
    colour: Option<&'static str>,
}

/// `word/styles.xml`.
pub(super) fn styles() -> String {
    let mut xml = String::from(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">"#,
    );
    let _ = write!(
        xml,
        r#"<w:docDefaults><w:rPrDefault><w:rPr>{}<w:kern w:val="0"/><w:sz w:val="32"/><w:szCs w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"#,
        fonts(FANG),
    );
    let _ = write!(
        xml,
        r#"<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/><w:pPr><w:widowControl w:val="0"/><w:overflowPunct/><w:spacing w:line="{LINE}" w:lineRule="exact"/><w:jc w:val="both"/></w:pPr></w:style>"#,
    );
    xml.push_str(r#"<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:uiPriority w:val="99"/><w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:left w:w="80" w:type="dxa"/><w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>"#);
    xml.push_str(r#"<w:style w:type="table" w:styleId="PaperTable"><w:name w:val="公文表格"/><w:basedOn w:val="TableNormal"/><w:qFormat/><w:tblPr><w:tblBorders><w:top w:val="single" w:sz="8" w:color="000000"/><w:left w:val="single" w:sz="8" w:color="000000"/><w:bottom w:val="single" w:sz="8" w:color="000000"/><w:right w:val="single" w:sz="8" w:color="000000"/><w:insideH w:val="single" w:sz="4" w:color="000000"/><w:insideV w:val="single" w:sz="4" w:color="000000"/></w:tblBorders></w:tblPr></w:style>"#);
    for style in paragraphs() {
        let Paragraph { id, name, block, font, size, colour } = style;
        let colour = colour.map(|colour| format!(r#"<w:color w:val="{colour}"/>"#)).unwrap_or_default();
        let _ = write!(
            xml,
            r#"<w:style w:type="paragraph" w:styleId="{id}"><w:name w:val="{name}"/><w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{block}</w:pPr><w:rPr>{}{colour}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr></w:style>"#,
            fonts(font),
        );
    }
    xml.push_str("</w:styles>");
    xml
}

fn fonts(font: &str) -> String {
    format!(r#"<w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:eastAsia="{font}" w:cs="Times New Roman"/>"#)
}

fn paragraphs() -> Vec<Paragraph> {
    let style =
        |id, name, block: &str, font, size| Paragraph { id, name, block: block.to_owned(), font, size, colour: None };
    let heading = |id, name, level: u8, font| Paragraph {
        id,
        name,
        block: format!(r#"<w:keepNext/>{INDENT}<w:outlineLvl w:val="{level}"/>"#),
        font,
        size: 32,
        colour: None,
    };
    vec![
        style("PaperText", "公文正文", INDENT, FANG, 32),
        style(
            "Title",
            "Title",
            r#"<w:snapToGrid w:val="0"/><w:spacing w:line="640" w:lineRule="exact"/><w:jc w:val="center"/>"#,
            TITLE,
            44,
        ),
        heading("Heading1", "heading 1", 0, HEI),
        heading("Heading2", "heading 2", 1, KAI),
        heading("Heading3", "heading 3", 2, FANG),
        heading("Heading4", "heading 4", 3, FANG),
        style("Addressee", "主送机关", "", FANG, 32),
        style("Attachments", "附件说明", "", FANG, 32),
        style("AttachmentLabel", "附件序号", "<w:pageBreakBefore/>", HEI, 32),
        style("Signature", "署名和日期", r#"<w:keepNext/><w:jc w:val="right"/>"#, FANG, 32),
        style("Note", "附注", INDENT, FANG, 32),
        style(
            "Caption",
            "caption",
            r#"<w:keepNext/><w:snapToGrid w:val="0"/><w:spacing w:line="400" w:lineRule="exact"/><w:jc w:val="center"/>"#,
            HEI,
            24,
        ),
        style(
            "ChartTitle",
            "图题",
            r#"<w:snapToGrid w:val="0"/><w:spacing w:line="400" w:lineRule="exact"/><w:jc w:val="center"/>"#,
            HEI,
            24,
        ),
        style(
            "Chart",
            "图",
            r#"<w:keepNext/><w:snapToGrid w:val="0"/><w:spacing w:before="120" w:line="240" w:lineRule="auto"/><w:jc w:val="center"/>"#,
            FANG,
            24,
        ),
        style(
            "TableText",
            "表格文字",
            r#"<w:snapToGrid w:val="0"/><w:spacing w:before="80" w:after="80" w:line="340" w:lineRule="exact"/><w:jc w:val="left"/>"#,
            FANG,
            24,
        ),
        style(
            "TableHead",
            "表格表头",
            r#"<w:snapToGrid w:val="0"/><w:spacing w:before="80" w:after="80" w:line="340" w:lineRule="exact"/><w:jc w:val="center"/>"#,
            HEI,
            24,
        ),
        Paragraph {
            colour: Some("E60012"),
            ..style(
                "Mark",
                "发文机关标志",
                r#"<w:snapToGrid w:val="0"/><w:spacing w:line="240" w:lineRule="auto"/><w:jc w:val="center"/>"#,
                TITLE,
                100,
            )
        },
        style("Corner", "份号密级紧急程度", "", HEI, 32),
        style("Number", "发文字号", r#"<w:jc w:val="center"/>"#, FANG, 32),
        style("Imprint", "版记", r#"<w:snapToGrid w:val="0"/><w:spacing w:line="560" w:lineRule="exact"/>"#, FANG, 28),
        style("Footer", "footer", r#"<w:snapToGrid w:val="0"/><w:spacing w:line="280" w:lineRule="exact"/>"#, SONG, 28),
    ]
}
