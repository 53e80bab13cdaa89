//! Text out of files: txt in the encodings that offices use, html, docx, pdf with a text layer.
//!
//! Every reader is bounded in memory, whatever a file claims about itself, and answers bad input with a message for
//! the person who handed it in. The kind of a file is told by its first bytes; its name decides only between plain
//! text and html.

mod docx;
mod html;
mod numbering;
mod pdf;
mod plain;

use thiserror::Error;

use crate::text::Text;

/// Larger files are refused: a bulletin is a few pages.
pub const MOST_BYTES: usize = 50 << 20;

/// More text than this is not taken out of a packed file.
const MOST_UNPACKED: usize = 64 << 20;

/// Longer texts are refused: the longest bulletins have some ten thousand characters, and what is found in a text takes
/// many times its room.
pub const MOST_CHARACTERS: usize = 1_000_000;

/// Why a file cannot be read, in words for the person who handed it in.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unreadable {
    /// There is nothing in it.
    #[error("文件是空的；请选择有正文的文件")]
    Empty,
    /// Larger than [`MOST_BYTES`].
    #[error("文件超过 50 MB；请只保留正文后再试")]
    TooLarge,
    /// A packed file that grows past all measure.
    #[error("文件解压后超过 64 MB，不像是公文；请只保留正文后另存再试")]
    TooLargeUnpacked,
    /// More text than [`MOST_CHARACTERS`].
    #[error("正文超过 100 万字，不像是公文；请分成几份后再试")]
    TooLong,
    /// No text in any known encoding.
    #[error("这不是文本文件；请提供 txt、docx、html 或带文字的 pdf")]
    Binary,
    /// Neither UTF-8 nor UTF-16 nor GB18030 nor Big5.
    #[error("文字编码无法识别；请另存为 UTF-8 或 GB18030 编码的 txt")]
    Encoding,
    /// The format of Word before 2007.
    #[error("这是旧版 Word（.doc）文件；请在 WPS 或 Word 中另存为 .docx 再试")]
    OldWord,
    /// A zip file that is no docx.
    #[error("压缩包里没有 Word 正文；请提供 docx 文件本身")]
    NotDocx,
    /// A docx whose body cannot be read.
    #[error("docx 正文已损坏（第 {at} 字节附近）；请在 WPS 或 Word 中打开后另存再试")]
    BrokenDocx {
        /// Where reading stopped, in bytes of the document part.
        at: u64,
    },
    /// A docx with a document type declaration, which no word processor writes.
    #[error("docx 正文含有不允许的文档类型声明；请在 WPS 或 Word 中重新保存")]
    DeclaredDocx,
    /// A pdf that cannot be read.
    #[error("pdf 已损坏，无法打开；请重新导出")]
    BrokenPdf,
    /// A pdf with a password.
    #[error("pdf 有密码保护；请去掉密码后再试")]
    LockedPdf,
    /// A pdf of pictures.
    #[error("pdf 里没有文字（可能是扫描件）；请先做文字识别，或提供 docx、txt")]
    PictureOnly,
}

impl Unreadable {
    /// The message for readers of English.
    #[must_use]
    pub fn message_en(&self) -> &'static str {
        match self {
            Self::Empty => "The file is empty.",
            Self::TooLarge => "The file is larger than 50 MB.",
            Self::TooLargeUnpacked => "Unpacked, the file is larger than 64 MB.",
            Self::TooLong => "The text has more than a million characters: hand it in in parts.",
            Self::Binary => "This is no text: give a txt, docx, html or a pdf with text.",
            Self::Encoding => "The encoding is unknown: save the text as UTF-8 or GB18030.",
            Self::OldWord => "This is a .doc of old Word: save it as .docx.",
            Self::NotDocx => "The archive holds no Word document.",
            Self::BrokenDocx { .. } => "The body of the docx is damaged: open and save it again.",
            Self::DeclaredDocx => "The body of the docx has a document type declaration: save it again.",
            Self::BrokenPdf => "The pdf is damaged: export it again.",
            Self::LockedPdf => "The pdf has a password: remove it.",
            Self::PictureOnly => "The pdf has no text, only pictures: recognise its text first.",
        }
    }
}

/// Reads a file. `name` becomes the name of the text; its ending tells html from plain text.
///
/// # Errors
///
/// [`Unreadable`] says what is wrong and what to do. No input makes it panic.
pub fn text(bytes: &[u8], name: &str) -> Result<Text, Unreadable> {
    if bytes.len() > MOST_BYTES {
        return Err(Unreadable::TooLarge);
    }
    let content = if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        docx::content(bytes)?
    } else if bytes.get(..1024).unwrap_or(bytes).windows(5).any(|window| window == b"%PDF-") {
        pdf::content(bytes)?
    } else if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(Unreadable::OldWord);
    } else if html::is_html(bytes, name) {
        html::content(bytes)?
    } else {
        plain::decoded(bytes)?
    };
    if content.trim().is_empty() {
        return Err(Unreadable::Empty);
    }
    let long = content.len() > MOST_CHARACTERS && content.chars().nth(MOST_CHARACTERS).is_some();
    if long { Err(Unreadable::TooLong) } else { Ok(Text::new(name, content)) }
}
