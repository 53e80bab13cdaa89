//! What is wrong with a sheet, cell by cell.

use kernel::{Place, Problem, ProblemKind, Text};
use serde::{Deserialize, Serialize};

use super::columns::{Column, letters};

/// Faults that are told; more are counted only.
pub const MOST_FAULTS: usize = 200;

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The sheet's name, or the file's for CSV.
    pub sheet: String,
    /// The row as a spreadsheet counts it; 0 for the whole sheet.
    pub row: u32,
    /// The column's letters; empty for the whole row.
    pub column: String,
    /// The column's heading.
    pub heading: String,
    /// What is wrong and what to do.
    pub message: Text,
}

impl Fault {
    /// The place in words.
    pub fn at(&self) -> Text {
        let (mut zh, mut en) = (format!("工作表“{}”", self.sheet), format!("sheet “{}”", self.sheet));
        if self.row > 0 {
            zh.push_str(&format!("第 {} 行", self.row));
            en.push_str(&format!(", row {}", self.row));
        }
        if !self.column.is_empty() {
            zh.push_str(&format!(" {} 列", self.column));
            en.push_str(&format!(", column {}", self.column));
        }
        if !self.heading.is_empty() {
            zh.push_str(&format!("（{}）", self.heading));
            en.push_str(&format!(" ({})", self.heading));
        }
        Text::new(zh, en)
    }
}

/// Everything that is wrong with a sheet, up to [`MOST_FAULTS`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Faults {
    /// In the order of the sheet.
    pub list: Vec<Fault>,
    /// How many there are in all.
    pub count: usize,
    sheet: String,
    #[serde(skip)]
    columns: Vec<(Column, usize)>,
}

impl Faults {
    /// None yet, for the sheet of this name.
    pub fn new(sheet: &str) -> Self {
        Self { sheet: sheet.to_owned(), ..Self::default() }
    }

    /// A single fault of the whole file.
    pub fn whole(sheet: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        let mut faults = Self::new(sheet);
        faults.add(0, None, Text::new(zh, en));
        faults
    }

    /// Tells where each column stands, so that faults can name its letters.
    pub(super) fn know_columns(&mut self, columns: &[(Column, usize)]) {
        self.columns = columns.to_vec();
    }

    /// Notes a fault of a known column, or of the row.
    pub fn add(&mut self, row: u32, column: Option<Column>, message: Text) {
        let place = column.and_then(|column| self.columns.iter().find(|(known, _)| *known == column));
        let letters = place.map_or_else(String::new, |(_, at)| letters(*at));
        self.push(row, letters, column.map_or("", Column::heading), message);
    }

    /// Notes a fault at a column that is known by its place only.
    pub fn add_at(&mut self, row: u32, at: usize, heading: &str, message: Text) {
        self.push(row, letters(at), heading, message);
    }

    fn push(&mut self, row: u32, column: String, heading: &str, message: Text) {
        self.count += 1;
        if self.list.len() < MOST_FAULTS {
            self.list.push(Fault { sheet: self.sheet.clone(), row, column, heading: heading.to_owned(), message });
        }
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Goes on only when nothing is wrong; otherwise the faults stand in the order of the sheet.
    ///
    /// # Errors
    /// The faults.
    pub fn into_result(mut self) -> Result<(), Self> {
        if self.is_empty() {
            return Ok(());
        }
        self.list.sort_by_key(|fault| fault.row);
        Err(self)
    }
}

impl From<Faults> for Problem {
    fn from(faults: Faults) -> Self {
        let (count, shown) = (faults.count, faults.list.len());
        let mut message = Text::new(
            format!("表格有 {count} 处错误，没有导入任何内容；改好后再导入"),
            format!("the sheet has {count} faults and nothing was imported: mend them and import it again"),
        );
        if count > shown {
            message.zh.push_str(&format!("（下面列出前 {shown} 处）"));
            message.en.push_str(&format!(" (the first {shown} follow)"));
        }
        let place = |fault: Fault| Place { at: fault.at(), message: fault.message };
        Self { kind: ProblemKind::Invalid, message, places: faults.list.into_iter().map(place).collect() }
    }
}

impl From<Faults> for store::Error {
    fn from(faults: Faults) -> Self {
        Problem::from(faults).into()
    }
}
