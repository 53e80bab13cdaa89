//! The body of the document, from the head to the imprint.

use std::fmt::Write as _;

use super::styles::LINE;
use super::tables;
use super::xml::{paragraph, run, runs, text, twips};
use crate::compose::words_for;
use crate::grid::{MM, WIDTH};
use crate::picture::pictures;
use crate::{
    Attachment, Block, Chart, Fonts, Level, Numbering, Paper, PaperError, RedHead, Signature, numbering, printed_day,
    raster,
};

/// English Metric Units to a point.
const EMU: f32 = 12_700.0;
/// One character of the text.
const CHARACTER: f32 = 16.0;

/// The body and the pictures that it shows.
pub(super) struct Body {
    /// What stands in `w:body`, without the properties of its section.
    pub(super) xml: String,
    /// PNG files, in the order of their relations.
    pub(super) pictures: Vec<Vec<u8>>,
}

impl Body {
    /// Writes the whole paper.
    pub(super) fn of(paper: &Paper, fonts: &Fonts) -> Result<Self, PaperError> {
        let mut body = Self { xml: String::new(), pictures: Vec::new() };
        if let Some(head) = &paper.head {
            body.head(head)?;
        }
        let before = if paper.head.is_some() { 2 * LINE } else { 0 };
        body.title(&paper.title, before)?;
        if let Some(addressee) = &paper.addressee {
            let named = addressee.trim_end_matches(['：', ':']);
            body.push("Addressee", "", &run(&format!("{named}："), "")?);
        }
        body.blocks(&paper.blocks, paper.numbering, paper.signature.is_some(), fonts)?;
        body.list_of_attachments(&paper.attachments)?;
        if let Some(signature) = &paper.signature {
            body.signature(signature)?;
        }
        if let Some(note) = &paper.note {
            body.push("Note", "", &run(&format!("（{note}）"), "")?);
        }
        let alone = paper.attachments.len() == 1;
        for (at, attachment) in paper.attachments.iter().enumerate().filter(|(_, one)| !one.blocks.is_empty()) {
            let label = if alone { "附件".to_owned() } else { format!("附件{}", at + 1) };
            body.push("AttachmentLabel", "", &run(&label, "")?);
            body.title(&attachment.name, LINE)?;
            body.blocks(&attachment.blocks, Numbering::Counted, false, fonts)?;
        }
        if let Some(imprint) = &paper.imprint {
            body.part_tables();
            body.xml.push_str(&tables::imprint(imprint)?);
        }
        body.part_tables();
        Ok(body)
    }

    /// A document may not end with a table, and tables without a paragraph between them grow together.
    fn part_tables(&mut self) {
        if self.xml.ends_with("</w:tbl>") {
            self.push("TableText", r#"<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>"#, "");
        }
    }

    fn push(&mut self, style: &str, properties: &str, runs: &str) {
        self.xml.push_str(&paragraph(style, properties, runs));
    }

    fn head(&mut self, head: &RedHead) -> Result<(), PaperError> {
        let copy = head.copy.map(|copy| format!("{copy:06}"));
        let corner: Vec<String> = [copy, head.secrecy.clone(), head.urgency.clone()].into_iter().flatten().collect();
        for entry in &corner {
            self.push("Corner", "", &run(entry, "")?);
        }
        // The mark stands 35 mm below the upper edge of the text block.
        let above = (twips(35.0 * MM) - corner.len() as i32 * LINE).max(0);
        let size = (WIDTH / head.mark.chars().count().max(1) as f32).min(50.0);
        let half_points = (size * 2.0).floor() as i32;
        let sized = format!(r#"<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>"#);
        self.push("Mark", &format!(r#"<w:spacing w:before="{above}"/>"#), &run(&head.mark, &sized)?);
        let line = r#"<w:pBdr><w:bottom w:val="single" w:sz="12" w:space="11" w:color="E60012"/></w:pBdr>"#;
        let above = 2 * LINE;
        if head.signers.is_empty() {
            let properties = format!(r#"{line}<w:spacing w:before="{above}"/>"#);
            self.push("Number", &properties, &run(&head.number, "")?);
            return Ok(());
        }
        let last = head.signers.len() - 1;
        for (at, signer) in head.signers.iter().enumerate() {
            let border = if at == last { line } else { "" };
            let above = if at == 0 { above } else { 0 };
            let stop = twips(WIDTH - CHARACTER);
            let properties = format!(
                r#"{border}<w:tabs><w:tab w:val="right" w:pos="{stop}"/></w:tabs><w:spacing w:before="{above}"/><w:ind w:left="320"/><w:jc w:val="left"/>"#
            );
            let number = if at == last { run(&head.number, "")? } else { String::new() };
            let label = if at == 0 { run("签发人：", "")? } else { String::new() };
            let kai = r#"<w:rFonts w:ascii="楷体_GB2312" w:hAnsi="楷体_GB2312" w:eastAsia="楷体_GB2312"/>"#;
            let set = format!("{number}<w:r><w:tab/></w:r>{label}{}", run(signer, kai)?);
            self.push("Number", &properties, &set);
        }
        Ok(())
    }

    /// A title with some space above and a blank line below.
    fn title(&mut self, title: &str, above: i32) -> Result<(), PaperError> {
        let properties = format!(r#"<w:spacing w:before="{above}" w:after="{LINE}"/>"#);
        self.push("Title", &properties, &run(title, "")?);
        Ok(())
    }

    fn blocks(
        &mut self,
        blocks: &[Block],
        numbering: Numbering,
        signed: bool,
        fonts: &Fonts,
    ) -> Result<(), PaperError> {
        let headings = numbering::headings(blocks, numbering);
        for (at, (block, heading)) in blocks.iter().zip(headings).enumerate() {
            match block {
                Block::Heading { level, .. } => {
                    let style = match level {
                        Level::One => "Heading1",
                        Level::Two => "Heading2",
                        Level::Three => "Heading3",
                        Level::Four => "Heading4",
                    };
                    self.push(style, "", &run(&heading.unwrap_or_default(), "")?);
                }
                Block::Paragraph(words) => {
                    // The end of the text stays with the signature.
                    let keep = if signed && at + 1 == blocks.len() { "<w:keepNext/>" } else { "" };
                    self.push("PaperText", keep, &runs(words)?);
                }
                Block::Table(table) => {
                    self.part_tables();
                    self.xml.push_str(&tables::table(table)?);
                }
                Block::Chart(chart) => self.chart(chart, fonts)?,
            }
        }
        Ok(())
    }

    fn chart(&mut self, chart: &Chart, fonts: &Fonts) -> Result<(), PaperError> {
        for picture in pictures(chart, fonts)? {
            self.pictures.push(raster::png(&picture, fonts)?);
            let number = self.pictures.len();
            let (wide, high) = ((WIDTH * EMU) as i64, (picture.height * EMU) as i64);
            let alt = text(&words_for(chart).replace('\n', " "))?;
            let drawing = format!(
                r#"<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{wide}" cy="{high}"/><wp:docPr id="{number}" name="Chart {number}" descr="{alt}"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="{number}" name="chart{number}.png" descr="{alt}"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rIdChart{number}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"#
            );
            self.push("Chart", "", &drawing);
        }
        self.push("ChartTitle", "", &run(&chart.title, "")?);
        Ok(())
    }

    fn list_of_attachments(&mut self, attachments: &[Attachment]) -> Result<(), PaperError> {
        for (at, attachment) in attachments.iter().enumerate() {
            let (lead, hang) = match (at, attachments.len()) {
                (0, 1) => ("附件：".to_owned(), 3.0),
                (0, _) => ("附件：1.".to_owned(), 4.0),
                _ => (format!("{}.", at + 1), 1.0),
            };
            let left = if attachments.len() == 1 { 5.0 } else { 6.0 };
            let above = if at == 0 { LINE } else { 0 };
            let properties = format!(
                r#"<w:spacing w:before="{above}"/><w:ind w:left="{}" w:hanging="{}"/>"#,
                twips(left * CHARACTER),
                twips(hang * CHARACTER),
            );
            self.push("Attachments", &properties, &run(&format!("{lead}{}", attachment.name), "")?);
        }
        Ok(())
    }

    /// The date ends four characters from the edge, the issuer is centred over it.
    fn signature(&mut self, signature: &Signature) -> Result<(), PaperError> {
        let date = printed_day(signature.date);
        let reach = |text: &str| text.chars().map(|c| if c.is_ascii() { 0.5 } else { 1.0 }).sum::<f32>();
        let mut above = 2 * LINE;
        for issuer in signature.issuer.iter().flat_map(|issuer| issuer.split('\n')) {
            let edge = (4.0 + (reach(&date) - reach(issuer)) / 2.0).max(2.0);
            let properties =
                format!(r#"<w:spacing w:before="{above}"/><w:ind w:right="{}"/>"#, twips(edge * CHARACTER));
            self.push("Signature", &properties, &run(issuer, "")?);
            above = 0;
        }
        let properties = format!(
            r#"<w:keepNext w:val="0"/><w:spacing w:before="{above}"/><w:ind w:right="{}"/>"#,
            twips(4.0 * CHARACTER)
        );
        self.push("Signature", &properties, &run(&date, "")?);
        Ok(())
    }
}

/// The properties of the section: A4, margins, grid, and who numbers the pages.
pub(super) fn section(numbered: bool) -> String {
    let mut xml = String::from("<w:sectPr>");
    if numbered {
        xml.push_str(
            r#"<w:footerReference w:type="default" r:id="rIdOdd"/><w:footerReference w:type="even" r:id="rIdEven"/>"#,
        );
    }
    let _ = write!(
        xml,
        r#"<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="{}" w:right="{}" w:bottom="{}" w:left="{}" w:header="851" w:footer="1417" w:gutter="0"/><w:docGrid w:type="lines" w:linePitch="{LINE}"/></w:sectPr>"#,
        twips(37.0 * MM),
        twips(26.0 * MM),
        twips(35.0 * MM),
        twips(28.0 * MM),
    );
    xml
}
