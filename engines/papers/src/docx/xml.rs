//! The small pieces of WordprocessingML that everything is made of. Lengths are in twentieths of a point.

use quick_xml::escape::escape;

use crate::{PaperError, Run, Style};

/// One twentieth of a point.
pub(super) fn twips(points: f32) -> i32 {
    (points * 20.0).round() as i32
}

/// Text that may stand in XML.
pub(super) fn text(text: &str) -> Result<String, PaperError> {
    let forbidden = |character: &char| {
        (character.is_control() && !matches!(character, '\n' | '\t' | '\r'))
            || matches!(character, '\u{FFFE}' | '\u{FFFF}')
    };
    match text.chars().find(forbidden) {
        Some(character) => Err(PaperError::NotText { character }),
        None => Ok(escape(text).into_owned()),
    }
}

/// A run of words with the properties of its own; lines end where the text says so.
pub(super) fn run(words: &str, properties: &str) -> Result<String, PaperError> {
    if words.is_empty() {
        return Ok(String::new());
    }
    let lines: Result<Vec<String>, PaperError> = words
        .split('\n')
        .map(|line| {
            let line = line.replace(|character: char| character.is_whitespace() && character != '\u{3000}', " ");
            Ok(format!(r#"<w:t xml:space="preserve">{}</w:t>"#, text(&line)?))
        })
        .collect();
    let properties = if properties.is_empty() { String::new() } else { format!("<w:rPr>{properties}</w:rPr>") };
    Ok(format!("<w:r>{properties}{}</w:r>", lines?.join("<w:br/>")))
}

/// The runs of a paragraph.
pub(super) fn runs(runs: &[Run]) -> Result<String, PaperError> {
    let set: Result<Vec<String>, PaperError> = runs
        .iter()
        .map(|one| {
            let properties = match one.style {
                Style::Plain => "",
                Style::Bold => "<w:b/><w:bCs/>",
                Style::Hei => r#"<w:rFonts w:ascii="黑体" w:hAnsi="黑体" w:eastAsia="黑体"/>"#,
                Style::Kai => r#"<w:rFonts w:ascii="楷体_GB2312" w:hAnsi="楷体_GB2312" w:eastAsia="楷体_GB2312"/>"#,
            };
            run(&one.text, properties)
        })
        .collect();
    Ok(set?.concat())
}

/// A paragraph in a style, with further properties and its runs.
pub(super) fn paragraph(style: &str, properties: &str, runs: &str) -> String {
    format!(r#"<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{runs}</w:p>"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_control_characters_are_refused() {
        assert_eq!(text("<甲> & “乙”").as_deref(), Ok("&lt;甲&gt; &amp; “乙”"));
        assert_eq!(text("甲\u{7}"), Err(PaperError::NotText { character: '\u{7}' }));
        assert_eq!(text("\u{FFFE}"), Err(PaperError::NotText { character: '\u{FFFE}' }));
    }

    #[test]
    fn a_line_feed_is_a_break() {
        let set = run("甲\n乙\t丙", "").expect("text");
        let t = |text: &str| format!(r#"<w:t xml:space="preserve">{text}</w:t>"#);
        assert_eq!(set, format!("<w:r>{}<w:br/>{}</w:r>", t("甲"), t("乙 丙")));
    }
}
