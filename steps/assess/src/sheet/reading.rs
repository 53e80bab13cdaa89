//! A sheet of inputs, read into rows; what they mean is looked at when they are taken.

use kernel::Text;
use plan::sheet::archive::Limits;
use plan::sheet::faults::Faults;
use plan::sheet::read::{self, Cell, Opening, Row, Stop, Take};
use serde::{Deserialize, Serialize};
use web::{Error, Result, UploadedFile};

use super::{HEADINGS, SHEET, at};
use crate::typed::Entry;

/// The most rows that a sheet may have.
pub(super) const MOST: usize = 5_000;

/// The largest file.
const LARGEST: u64 = 8 << 20;

/// What is taken of a file.
pub(super) fn limits() -> Limits {
    Limits { file: LARGEST, ..Limits::default() }
}

/// A row of the sheet that says something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    /// The row as a spreadsheet counts it.
    pub(super) number: u32,
    pub(super) subject: String,
    pub(super) subject_name: String,
    pub(super) input: String,
    pub(super) input_name: String,
    pub(super) value: String,
    pub(super) among: String,
    pub(super) month: String,
    pub(super) label: String,
    pub(super) source: String,
    pub(super) reason: String,
}

impl Line {
    pub(super) fn entry(&self) -> Entry {
        Entry {
            value: self.value.clone(),
            among: self.among.clone(),
            month: self.month.clone(),
            label: self.label.clone(),
            source: self.source.clone(),
            reason: self.reason.clone(),
            evidence: Vec::new(),
        }
    }
}

/// What was read of a sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lines {
    /// The sheet's name.
    pub(super) sheet: String,
    /// Rows with a value.
    pub(super) lines: Vec<Line>,
    /// Where each heading stands, in the order of [`HEADINGS`].
    pub(super) columns: Vec<Option<usize>>,
}

impl Lines {
    /// Notes a fault at a row and heading.
    pub(super) fn fault(&self, faults: &mut Faults, row: u32, column: usize, message: Text) {
        let heading = HEADINGS.get(column).copied().unwrap_or_default();
        match self.columns.get(column).copied().flatten() {
            Some(place) => faults.add_at(row, place, heading, message),
            None => faults.add(row, None, message),
        }
    }
}

#[derive(Default)]
struct Collected {
    sheet: String,
    rows: Vec<Row>,
    cut: bool,
}

impl Take for Collected {
    fn wanted(&self) -> &'static str {
        SHEET
    }

    fn open(&mut self, opening: Opening) {
        self.sheet = opening.sheet;
    }

    fn row(&mut self, row: Row, _: u64, _: u64) {
        if self.rows.len() <= MOST {
            self.rows.push(row);
        } else {
            self.cut = true;
        }
    }
}

/// Reads an uploaded sheet.
///
/// # Errors
/// When the disk fails; what is wrong with the sheet is the inner result.
pub(super) async fn read(file: UploadedFile) -> Result<std::result::Result<Lines, Faults>> {
    let taken = tokio::task::spawn_blocking(move || {
        let mut taken = Collected::default();
        read::read_file(file.path(), &file.name, &limits(), &mut taken).map(|()| taken)
    });
    match taken.await.map_err(Error::fault)? {
        Ok(taken) => Ok(lines(&taken)),
        Err(Stop::Faults(faults)) => Ok(Err(faults)),
        Err(Stop::File(error)) => Err(Error::fault(error)),
    }
}

fn lines(taken: &Collected) -> std::result::Result<Lines, Faults> {
    let mut faults = Faults::new(&taken.sheet);
    let value = HEADINGS[at::VALUE];
    let headed = taken.rows.iter().position(|row| row.cells.iter().any(|(_, cell)| says(cell) == value));
    let Some(headed) = headed else {
        let zh = format!("没有找到表头“{value}”：请用下载的模板填写");
        faults.add(0, None, Text::new(zh, format!("there is no heading “{value}”: use the template")));
        return Err(faults);
    };
    if taken.cut {
        let zh = format!("超过 {MOST} 行：请拆成几张表");
        faults.add(0, None, Text::new(zh, format!("more than {MOST} rows: split the sheet")));
        return Err(faults);
    }
    let column = |name: &str| taken.rows[headed].cells.iter().find(|(_, cell)| says(cell) == name).map(|(at, _)| *at);
    let mut found = Lines {
        sheet: taken.sheet.clone(),
        lines: Vec::new(),
        columns: HEADINGS.iter().map(|name| column(name)).collect(),
    };
    for row in taken.rows.iter().skip(headed + 1) {
        let cell = |at: usize| {
            let place = found.columns.get(at).copied().flatten()?;
            row.cells.iter().find(|(column, _)| *column == place).map(|(_, cell)| cell)
        };
        let text = |at: usize| cell(at).map(says).unwrap_or_default();
        match cell(at::VALUE) {
            Some(Cell::Day(_) | Cell::Failed(_)) => {
                let message = Text::new(
                    "要填数字、是或否，不能是日期或出错的公式",
                    "a number, yes or no: no day, no broken formula",
                );
                found.fault(&mut faults, row.number, at::VALUE, message);
            }
            _ if text(at::VALUE).is_empty() => {}
            _ => {
                let line = Line {
                    number: row.number,
                    subject: text(at::SUBJECT),
                    subject_name: text(at::SUBJECT_NAME),
                    input: text(at::INPUT),
                    input_name: text(at::INPUT_NAME),
                    value: text(at::VALUE),
                    among: text(at::AMONG),
                    month: text(at::MONTH),
                    label: text(at::LABEL),
                    source: text(at::SOURCE),
                    reason: text(at::REASON),
                };
                found.lines.push(line);
            }
        }
    }
    if found.lines.is_empty() && faults.is_empty() {
        faults.add(0, None, Text::new("表里没有一行填了数值", "no row has a value"));
    }
    faults.into_result().map(|()| found)
}

/// A cell as somebody would have typed it.
fn says(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.trim().to_owned(),
        Cell::Number(number) => number.normalize().to_string(),
        Cell::Day(day) => day.to_string(),
        Cell::Failed(error) => (*error).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> std::result::Result<Lines, Faults> {
        let mut taken = Collected::default();
        match read::read_bytes(text.as_bytes(), "a.csv", &limits(), &mut taken) {
            Ok(()) => lines(&taken),
            Err(Stop::Faults(faults)) => Err(faults),
            Err(Stop::File(error)) => panic!("{error}"),
        }
    }

    #[test]
    fn only_rows_with_a_value_are_read() {
        let read =
            of("考核数据表,,\n对象代码,内容代码,数值,出处\nregion-330203,poll,98.5,民调\nregion-330205,poll,,\n")
                .unwrap();
        assert_eq!(read.lines.len(), 1);
        assert_eq!((read.lines[0].number, read.lines[0].value.as_str()), (3, "98.5"));
        assert!(of("甲,乙\n1,2\n").unwrap_err().list[0].message.zh.contains("没有找到表头"));
        assert!(of("数值\n\n").unwrap_err().list[0].message.zh.contains("没有一行"));
    }

    proptest! {
        /// Whatever is sent, nothing panics.
        #[test]
        fn anything_may_be_sent(text in ".{0,300}", with in any::<bool>()) {
            let text = if with { format!("数值,月份\n{text}") } else { text };
            let _ = of(&text);
        }
    }
}
