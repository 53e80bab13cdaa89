//! The sheets with codes as one PDF, in parts that fit into memory and into a printer's tray.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use kernel::{Lang, Problem, RegionCode};
use ledger::programmes;
use ledger::tables::programmes::Model as Programme;
use papers::{Code, Fonts, PaperError, Placard, placards};
use qrcode::Color;
use serde::Serialize;
use store::{Result, Store};
use tokio::sync::Semaphore;

use super::code;
use crate::sites::Answering;
use crate::sites::store::{self as sites, Asked};
use crate::sites::tables::sites::Model as Site;

/// Sheets of one file.
pub const SHEETS_A_FILE: u64 = 1_000;

/// Files that are drawn at the same time, by whomever: each takes some 200 MB, the others wait their turn.
static PRESSES: Semaphore = Semaphore::const_new(2);

/// What sheets say beside their sites.
#[derive(Clone, Debug)]
pub(super) struct Press {
    pub(super) programme: Programme,
    /// Where the site is opened, without a slash at the end.
    pub(super) base: String,
    pub(super) lang: Lang,
    pub(super) today: NaiveDate,
}

impl Press {
    /// The sheets of these sites as a PDF.
    ///
    /// # Errors
    /// A problem that names the site whose text cannot be printed.
    pub(super) async fn pdf(self, store: &Store, rows: Vec<Site>) -> Result<Vec<u8>> {
        let answering = Answering::load(store.reader(), &rows).await?;
        let _turn = PRESSES.acquire().await.map_err(std::io::Error::other)?;
        let drawn = tokio::task::spawn_blocking(move || self.print(&rows, &answering)).await;
        drawn.map_err(std::io::Error::other)?
    }

    fn print(&self, rows: &[Site], answering: &Answering) -> Result<Vec<u8>> {
        let mut sheets = Vec::with_capacity(rows.len());
        for site in rows {
            sheets.push(self.placard(site, answering)?);
        }
        let title = format!("{} · {}", self.programme.title_in(self.lang), self.lang.t("民生码", "Codes"));
        placards(&title, sheets, Fonts::embedded()).map_err(|(at, fault)| match rows.get(at) {
            Some(site) => refused(site, &fault),
            None => std::io::Error::other(fault).into(),
        })
    }

    fn placard(&self, site: &Site, answering: &Answering) -> Result<Placard> {
        let (lang, address) = (self.lang, format!("{}{}", self.base, site.address_of_page()));
        let drawn = code(&address).map_err(std::io::Error::other)?;
        let demo = if self.programme.demo { lang.t("（演示数据）", " (demonstration data)") } else { "" };
        let day = |day: Option<NaiveDate>| day.map(|day| day.format("%Y-%m-%d").to_string()).unwrap_or_default();
        let project = answering.project(site).map(|project| project.name.clone()).unwrap_or_default();
        let facts = [
            (lang.t("项目", "Project"), project),
            (lang.t("责任单位", "Body"), answering.bodies(site, self.today).join("、")),
            (lang.t("电话", "Telephone"), site.telephone.clone()),
            (lang.t("开工", "Begins"), day(site.starts_on)),
            (lang.t("计划完成", "Due"), day(site.due_on)),
            (lang.t("完成", "Finished"), day(site.finished_on)),
            (lang.t("地址", "Address"), site.address.clone()),
            (lang.t("编号", "Number"), site.reference.clone()),
        ];
        Ok(Placard {
            head: format!("{}{demo}", self.programme.title_in(lang)),
            title: site.name.clone(),
            code: Code {
                side: drawn.width(),
                dark: drawn.to_colors().into_iter().map(|colour| colour == Color::Dark).collect(),
                says: format!("{} {address}", lang.t("二维码，打开", "QR code, opens")),
            },
            call: lang.t("扫码看进展、作评价、提问题", "Scan to see how it goes, to rate it, to report").to_owned(),
            address,
            facts: facts
                .into_iter()
                .filter(|(_, text)| !text.is_empty())
                .map(|(at, text)| (at.to_owned(), text))
                .collect(),
        })
    }
}

/// What keeps a sheet from being printed, with the site that it is about.
fn refused(site: &Site, fault: &PaperError) -> store::Error {
    let name = format!("{}（{}）", site.name, site.reference);
    let (zh, en) = match fault {
        PaperError::NoGlyph { character } | PaperError::NotText { character } => (
            format!("里的“{}”字库没有，排不成 PDF：请改写这个字", character.escape_default()),
            format!("holds “{}”, which no font has: write it another way", character.escape_default()),
        ),
        PaperError::TooLong(_) => (
            "的文字太多，一张 A4 放不下：请缩短名称或地址".to_owned(),
            "says more than a sheet of A4 holds: make its name or address shorter".to_owned(),
        ),
        other => return std::io::Error::other(other.clone()).into(),
    };
    Problem::invalid(format!("点位“{name}”{zh}"), format!("Site {name} {en}")).into()
}

/// What `minsheng codes` prints.
#[derive(Clone, Debug)]
pub struct Order<'a> {
    /// The programme's name in addresses.
    pub programme: &'a str,
    /// Only in this place and below.
    pub region: Option<RegionCode>,
    /// Where the site is opened, such as `https://minsheng.example.gov.cn`.
    pub address: &'a str,
    /// The file; of several, the start of their names.
    pub out: &'a Path,
    /// The most sheets of one file; [`SHEETS_A_FILE`] usually.
    pub sheets: u64,
}

/// What was printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Printed {
    /// Sheets, one for each site.
    pub sheets: u64,
    /// The files, in order.
    pub files: Vec<PathBuf>,
}

/// Writes the sheets of a programme to disk: one file, or numbered ones where there are more sheets than one may hold.
///
/// # Errors
/// Not found; nothing to print; a site whose text cannot be printed; a file that cannot be written.
pub async fn print(store: &Store, order: &Order<'_>) -> Result<Printed> {
    let slug = order.programme;
    let missing = || Problem::not_found(format!("没有方案“{slug}”"), format!("there is no programme {slug}"));
    let programme = programmes::find(store.reader(), slug).await?.ok_or_else(missing)?;
    let asked = order.region.map(Asked::within).unwrap_or_default();
    let press = Press {
        base: order.address.trim_end_matches('/').to_owned(),
        lang: Lang::Zh,
        today: store.clock().today(),
        programme,
    };
    let mut printed = Printed { sheets: 0, files: Vec::new() };
    let mut after = None;
    loop {
        let (on, id) = (store.reader(), press.programme.id);
        let most = order.sheets.max(1);
        let mut rows = sites::of_programme(on, id, &asked, after, Some(most + 1)).await?;
        let goes_on = rows.len() as u64 > most;
        rows.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        let Some(last) = rows.last() else { break };
        after = Some(last.reference.clone());
        printed.sheets += rows.len() as u64;
        let alone = !goes_on && printed.files.is_empty();
        let file = if alone { order.out.to_owned() } else { numbered(order.out, printed.files.len() + 1) };
        let bytes = press.clone().pdf(store, rows).await?;
        tokio::fs::write(&file, bytes).await?;
        printed.files.push(file);
        if !goes_on {
            break;
        }
    }
    if printed.files.is_empty() {
        return Err(Problem::not_found(
            "这里还没有点位，没有可打印的民生码",
            "There are no sites yet: nothing to print",
        )
        .into());
    }
    Ok(printed)
}

/// codes.pdf → codes-2.pdf.
fn numbered(out: &Path, number: usize) -> PathBuf {
    let stem = out.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let ending = out.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    out.with_file_name(format!("{stem}-{number}{ending}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_numbered_before_their_ending() {
        assert_eq!(numbered(Path::new("a/codes.pdf"), 2), Path::new("a/codes-2.pdf"));
        assert_eq!(numbered(Path::new("codes"), 1), Path::new("codes-1"));
    }
}
