//! What the assessing office enters, by sheet: a template with what stands, the same sheet read back, checked as a whole, and
//! taken whole or not at all. The same sheet twice changes nothing.

mod page;
mod reading;
mod taking;
mod template;

pub(crate) use page::step;

/// The name of the sheet.
pub(crate) const SHEET: &str = "考核数据";

/// Headings of the sheet, in order.
pub(crate) const HEADINGS: [&str; 10] =
    ["对象代码", "对象", "内容代码", "内容", "数值", "参加排名家数", "月份", "所指", "出处", "更正理由"];

/// Where each heading stands in [`HEADINGS`].
pub(crate) mod at {
    pub(crate) const SUBJECT: usize = 0;
    pub(crate) const SUBJECT_NAME: usize = 1;
    pub(crate) const INPUT: usize = 2;
    pub(crate) const INPUT_NAME: usize = 3;
    pub(crate) const VALUE: usize = 4;
    pub(crate) const AMONG: usize = 5;
    pub(crate) const MONTH: usize = 6;
    pub(crate) const LABEL: usize = 7;
    pub(crate) const SOURCE: usize = 8;
    pub(crate) const REASON: usize = 9;
}

/// The column of a field of [`crate::typed::Entry`].
pub(crate) fn column_of(field: &str) -> usize {
    match field {
        "subject" => at::SUBJECT,
        "input" => at::INPUT,
        "among" => at::AMONG,
        "month" => at::MONTH,
        "label" => at::LABEL,
        "source" => at::SOURCE,
        "reason" => at::REASON,
        _ => at::VALUE,
    }
}
