//! The guard before a workbook is opened: what it would unpack to is counted first.
//!
//! A workbook is a ZIP archive of XML. A few kilobytes can claim to hold gigabytes, so the declared sizes are checked,
//! and then every part is inflated once into nothing, because declarations lie.

use std::io::{self, Read, Seek};

use kernel::Text;
use zip::ZipArchive;

/// What is taken of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file itself.
    pub file: u64,
    /// Bytes of all parts together once they are unpacked.
    pub unpacked: u64,
    /// Parts of the archive.
    pub parts: usize,
    /// How many times its packed size a large part may have. Deflate reaches 1032; sheets of real programmes stay
    /// below 60.
    pub ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file: 64 << 20, unpacked: 300 << 20, parts: 2_000, ratio: 200 }
    }
}

/// From this size on the ratio is looked at: small parts of repeated text pack well without meaning harm.
const RATIO_FROM: u64 = 4 << 20;

/// What stands in an archive that is safe to open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Contents {
    /// Things that were noticed and left alone.
    pub notices: Vec<Text>,
    /// Bytes of all parts once unpacked.
    pub unpacked: u64,
}

/// Counts what an archive holds and unpacks to.
///
/// # Errors
/// What is wrong with it, in both languages.
pub(super) fn inspect(file: impl Read + Seek, limits: &Limits) -> Result<Contents, Text> {
    let mut archive = ZipArchive::new(file).map_err(|error| broken(&error.to_string()))?;
    if archive.len() > limits.parts {
        return Err(bomb(format!("{} 个部分", archive.len()), format!("{} parts", archive.len())));
    }
    let mut contents = Contents::default();
    let mut is_workbook = false;
    let mut declared: u64 = 0;
    for at in 0..archive.len() {
        let part = archive.by_index_raw(at).map_err(|error| broken(&error.to_string()))?;
        let name = part.name().map_err(|error| broken(&error.to_string()))?.to_lowercase();
        if part.encrypted() {
            return Err(Text::new(
                "文件加了密码，无法读取：请去掉密码后另存",
                "the file is protected by a password: save it without",
            ));
        }
        declared = declared.saturating_add(part.size());
        let packed = part.compressed_size().max(1);
        if part.size() >= RATIO_FROM && part.size() / packed > limits.ratio {
            return Err(bomb(format!("压缩比 {}:1", part.size() / packed), format!("{}:1", part.size() / packed)));
        }
        is_workbook |= name == "xl/workbook.xml";
        if name.ends_with("vbaproject.bin") {
            contents.notices.push(Text::new("文件带有宏：未运行，已忽略", "the file holds macros: not run, ignored"));
        }
        if name.starts_with("xl/externallinks/") && name.ends_with(".xml") {
            contents.notices.push(Text::new(
                "文件引用了其他文件：未打开，只读取保存时的值",
                "the file refers to other files: not opened, the saved values are read",
            ));
        }
    }
    contents.notices.dedup();
    if !is_workbook {
        return Err(Text::new(
            "这不是 Excel 工作簿（可能是其他压缩文件或 Word 文档）：请另存为 .xlsx 或 .csv",
            "this is no Excel workbook (perhaps another archive, or a Word document): save it as .xlsx or .csv",
        ));
    }
    if declared > limits.unpacked {
        return Err(too_large(declared, limits));
    }
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|error| broken(&error.to_string()))?;
        let packed = part.compressed_size().max(1);
        let left = limits.unpacked.saturating_sub(contents.unpacked).saturating_add(1);
        let real = io::copy(&mut part.take(left), &mut io::sink()).map_err(|error| broken(&error.to_string()))?;
        contents.unpacked += real;
        if contents.unpacked > limits.unpacked {
            return Err(too_large(contents.unpacked, limits));
        }
        if real >= RATIO_FROM && real / packed > limits.ratio {
            return Err(bomb(format!("压缩比 {}:1", real / packed), format!("{}:1", real / packed)));
        }
    }
    Ok(contents)
}

fn broken(why: &str) -> Text {
    Text::new(
        format!("文件已损坏或不完整，无法打开（{why}）：请重新保存后再试"),
        format!("the file is damaged or cut off ({why}): save it again"),
    )
}

fn bomb(zh: String, en: String) -> Text {
    Text::new(
        format!("文件展开后异常庞大（{zh}），疑似压缩炸弹，已拒绝"),
        format!("the file unpacks to something out of proportion ({en}) and was refused"),
    )
}

fn too_large(size: u64, limits: &Limits) -> Text {
    let (size, limit) = (size >> 20, limits.unpacked >> 20);
    Text::new(
        format!("文件展开后超过 {limit} MB（至少 {size} MB），已拒绝：请拆分后导入"),
        format!("the file unpacks to more than {limit} MB (at least {size} MB) and was refused: split it"),
    )
}
