//! The document model: what a paper holds, in the words of GB/T 9704-2012.

use chrono::NaiveDate;

use crate::Chart;

/// One official paper (公文). Only the title is needed; `Paper::titled("…")` fills the rest with nothing.
///
/// In every text `\n` starts a new line and any other white space is a space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// The red head (版头) of a paper that is issued under a number; a bulletin for the public has none.
    pub head: Option<RedHead>,
    /// 标题. Where it needs two lines, `\n` says where the sense allows to break it.
    pub title: String,
    /// 主送机关: to whom it goes; the colon is set by the layout.
    pub addressee: Option<String>,
    /// Whether the layout counts the headings or the writer has typed their numbers.
    pub numbering: Numbering,
    /// 正文.
    pub blocks: Vec<Block>,
    /// 附件: listed after the text; those with blocks of their own follow on pages of their own.
    pub attachments: Vec<Attachment>,
    /// 发文机关署名 and 成文日期.
    pub signature: Option<Signature>,
    /// 附注, such as 此件公开发布; the layout sets the brackets.
    pub note: Option<String>,
    /// 版记, at the foot of the last page.
    pub imprint: Option<Imprint>,
    /// Whether the pages carry numbers (— 1 —).
    pub page_numbers: bool,
}

impl Paper {
    /// A paper with a title, numbered pages, counted headings and nothing else yet.
    pub fn titled(title: impl Into<String>) -> Self {
        Self {
            head: None,
            title: title.into(),
            addressee: None,
            numbering: Numbering::Counted,
            blocks: Vec::new(),
            attachments: Vec::new(),
            signature: None,
            note: None,
            imprint: None,
            page_numbers: true,
        }
    }
}

/// 版头: everything above the red line of the first page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RedHead {
    /// 发文机关标志, such as 某某县人民政府文件: the issuer's name in red, with 文件 where that is wanted.
    pub mark: String,
    /// 发文字号, such as 某政发〔2024〕5号.
    pub number: String,
    /// 份号: the number of this copy, printed with six digits.
    pub copy: Option<u32>,
    /// 密级和保密期限, such as 秘密★1年.
    pub secrecy: Option<String>,
    /// 紧急程度, such as 特急.
    pub urgency: Option<String>,
    /// 签发人: who signed it; only papers that go upwards name them.
    pub signers: Vec<String>,
}

/// Who writes the numbers of the headings: 一、 （一） 1. （1）.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Numbering {
    /// The layout counts each level within the one above.
    #[default]
    Counted,
    /// The texts of the headings hold their numbers already.
    Written,
}

/// One piece of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading; never left alone at the foot of a page.
    Heading {
        /// How deep it is.
        level: Level,
        /// Without its number where headings are counted.
        text: String,
    },
    /// A paragraph, indented by two characters.
    Paragraph(Vec<Run>),
    /// A table; breaks between rows and repeats its head on each page.
    Table(Table),
    /// A chart; never broken.
    Chart(Chart),
}

impl Block {
    /// A heading.
    pub fn heading(level: Level, text: impl Into<String>) -> Self {
        Self::Heading { level, text: text.into() }
    }

    /// A paragraph without emphasis.
    pub fn paragraph(text: impl Into<String>) -> Self {
        Self::Paragraph(vec![Run::plain(text)])
    }
}

/// The four levels that the standard numbers 一、 （一） 1. （1）.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// 一、 in 黑体.
    One,
    /// （一） in 楷体.
    Two,
    /// 1. in 仿宋.
    Three,
    /// （1） in 仿宋.
    Four,
}

/// A piece of a paragraph in one style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The words.
    pub text: String,
    /// How they stand out.
    pub style: Style,
}

impl Run {
    /// Words as the text is set.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), style: Style::Plain }
    }

    /// Words in bold.
    pub fn bold(text: impl Into<String>) -> Self {
        Self { text: text.into(), style: Style::Bold }
    }
}

/// How words stand out of a paragraph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// 仿宋.
    #[default]
    Plain,
    /// 仿宋, bold.
    Bold,
    /// 黑体, as headings of the first level: for a lead-in at the start of a paragraph.
    Hei,
    /// 楷体, as headings of the second level: for a lead-in at the start of a paragraph.
    Kai,
}

/// A table with ruled lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Above the table, such as 表1 各县完成情况.
    pub caption: Option<String>,
    /// The columns with their headings.
    pub columns: Vec<Column>,
    /// The cells, as many in each row as there are columns.
    pub rows: Vec<Vec<String>>,
}

/// One column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its heading.
    pub heading: String,
    /// Where its cells stand; numbers to the right.
    pub align: Align,
}

impl Column {
    /// A column of words.
    pub fn words(heading: impl Into<String>) -> Self {
        Self { heading: heading.into(), align: Align::Left }
    }

    /// A column of numbers.
    pub fn numbers(heading: impl Into<String>) -> Self {
        Self { heading: heading.into(), align: Align::Right }
    }
}

/// Where the text of a cell stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// Words.
    #[default]
    Left,
    /// Short marks.
    Centre,
    /// Numbers.
    Right,
}

/// 附件.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its name, without 《》 and without a full stop.
    pub name: String,
    /// Its text; nothing when it is handed over apart from the paper.
    pub blocks: Vec<Block>,
}

/// Who signs, and on which day the paper was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// 发文机关署名; nothing when the head or title names the issuer.
    pub issuer: Option<String>,
    /// 成文日期, printed as 2024年7月5日 without leading zeros.
    pub date: NaiveDate,
}

/// 版记.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imprint {
    /// 抄送: to whom copies go.
    pub copies: Option<String>,
    /// 印发机关: who prints and sends it.
    pub issuer: String,
    /// 印发日期.
    pub date: NaiveDate,
}

/// A day as papers print it: 2024年7月5日.
#[must_use]
pub fn printed_day(day: NaiveDate) -> String {
    day.format("%Y年%-m月%-d日").to_string()
}
