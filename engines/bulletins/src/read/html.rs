//! The main text of a web page, tables as rows of tabs.
//!
//! A tolerant scanner, not a browser: it never fails, keeps what stands in `article` or `main` where a page has one,
//! and leaves out what is no text (scripts, styles, navigation).

use encoding_rs::Encoding;

use super::{Unreadable, plain};

/// Whether bytes are a web page.
pub(super) fn is_html(bytes: &[u8], name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let head: Vec<u8> = bytes.iter().take(512).filter(|byte| **byte != 0).map(u8::to_ascii_lowercase).collect();
    let starts = ["<!doctype html", "<html", "<head", "<body"];
    name.ends_with(".html")
        || name.ends_with(".htm")
        || starts.iter().any(|start| head.windows(start.len()).any(|window| window == start.as_bytes()))
}

/// The main text of a web page.
pub(super) fn content(bytes: &[u8]) -> Result<String, Unreadable> {
    let page = match declared(bytes) {
        Some(encoding) => plain::named(bytes, encoding)?,
        None => plain::decoded(bytes)?,
    };
    let whole = rendered(&page, None);
    let main = ["article", "main"].into_iter().map(|element| rendered(&page, Some(element)));
    // A page whose article holds almost nothing keeps its text elsewhere.
    Ok(main.into_iter().find(|main| main.trim().len() * 3 > whole.trim().len()).unwrap_or(whole))
}

/// The encoding that a page declares in its head.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..2048).unwrap_or(bytes).to_ascii_lowercase();
    let at = head.windows(8).position(|window| window == b"charset=")? + 8;
    let label: Vec<u8> = head[at..]
        .iter()
        .copied()
        .skip_while(|byte| matches!(byte, b'"' | b'\''))
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        .collect();
    Encoding::for_label(&label)
}

/// Elements whose content is no text of the page.
const LEFT_OUT: [&str; 12] =
    ["script", "style", "noscript", "template", "head", "nav", "footer", "aside", "form", "button", "svg", "select"];

/// Elements that end a line.
const BLOCKS: [&str; 20] = [
    "p",
    "div",
    "br",
    "li",
    "ul",
    "ol",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "tr",
    "table",
    "section",
    "article",
    "main",
    "blockquote",
    "dt",
    "dd",
];

/// The text of a page, or of the elements of one name.
fn rendered(page: &str, only: Option<&str>) -> String {
    let mut text = String::with_capacity(page.len() / 2);
    let mut rest = page;
    let mut left_out: Option<(&str, usize)> = None;
    let mut inside = 0_usize;
    let mut cells = 0_usize;
    while !rest.is_empty() {
        let (words, tag, behind) = next_tag(rest);
        if left_out.is_none() && (only.is_none() || inside > 0) {
            push_words(&mut text, words);
        }
        rest = behind;
        let Some(tag) = tag else { continue };
        if let Some((element, depth)) = left_out {
            if tag.name == element {
                let depth = if tag.closes { depth - 1 } else { depth + 1 };
                left_out = (depth > 0).then_some((element, depth));
            }
            continue;
        }
        let known = LEFT_OUT.into_iter().find(|name| *name == tag.name);
        if let Some(element) = known.filter(|_| !tag.closes && !tag.empty) {
            left_out = Some((element, 1));
            continue;
        }
        if only == Some(tag.name.as_str()) {
            inside = if tag.closes { inside.saturating_sub(1) } else { inside + 1 };
        }
        match tag.name.as_str() {
            "tr" => {
                cells = 0;
                text.push('\n');
            }
            "td" | "th" if !tag.closes => {
                if cells > 0 {
                    text.push('\t');
                }
                cells += 1;
            }
            // Paragraphs inside a cell stay in its row.
            "p" | "div" | "br" if cells > 0 => push_words(&mut text, " "),
            "table" => {
                cells = 0;
                text.push('\n');
            }
            name if BLOCKS.contains(&name) => text.push('\n'),
            _ => {}
        }
    }
    text
}

struct Tag {
    name: String,
    closes: bool,
    empty: bool,
}

/// The words up to the next tag, the tag, and what stands behind it.
fn next_tag(page: &str) -> (&str, Option<Tag>, &str) {
    let mut from = 0;
    while let Some(at) = page[from..].find('<').map(|at| from + at) {
        let inside = &page[at + 1..];
        if inside.starts_with("!--") {
            let end = inside.find("-->").map_or(page.len(), |end| at + 1 + end + 3);
            return (&page[..at], None, &page[end..]);
        }
        if inside.starts_with(|letter: char| letter.is_ascii_alphabetic() || matches!(letter, '/' | '!' | '?')) {
            let end = inside.find('>').map_or(page.len(), |end| at + 1 + end);
            let tag = &page[at + 1..end];
            let closes = tag.starts_with('/');
            let name = tag.trim_start_matches('/');
            let name: String = name.chars().take(16).take_while(char::is_ascii_alphanumeric).collect();
            let tag = Tag { name: name.to_ascii_lowercase(), closes, empty: tag.ends_with('/') };
            return (&page[..at], Some(tag), page.get(end + 1..).unwrap_or_default());
        }
        // “a < b” is text.
        from = at + 1;
    }
    (page, None, "")
}

/// Adds words with white space closed up and entities resolved.
fn push_words(text: &mut String, words: &str) {
    let mut rest = words;
    while let Some(letter) = rest.chars().next() {
        if letter == '&'
            && let Some(end) = rest.char_indices().take(12).find(|(_, letter)| *letter == ';').map(|(at, _)| at)
            && let Some(letter) = entity(&rest[1..end])
        {
            text.push(letter);
            rest = &rest[end + 1..];
            continue;
        }
        if letter.is_ascii_whitespace() {
            if !text.ends_with([' ', '\n', '\t']) {
                text.push(' ');
            }
        } else {
            text.push(letter);
        }
        rest = &rest[letter.len_utf8()..];
    }
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return code.ok().and_then(char::from_u32);
    }
    Some(match name {
        "nbsp" | "ensp" | "emsp" | "thinsp" => ' ',
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "ldquo" => '“',
        "rdquo" => '”',
        "lsquo" => '‘',
        "rsquo" => '’',
        "mdash" => '—',
        "ndash" => '–',
        "hellip" => '…',
        "middot" => '·',
        "times" => '×',
        "permil" => '‰',
        "sup2" => '²',
        _ => return None,
    })
}
