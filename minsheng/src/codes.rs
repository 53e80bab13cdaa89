//! `minsheng codes`: the sheets with the codes on site, as PDF.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};
use kernel::RegionCode;
use places::feedback::codes;

use crate::configuration::Settings;
use crate::output::say;
use crate::wiring;

/// What is printed.
pub(crate) struct Order<'a> {
    pub(crate) programme: &'a str,
    pub(crate) region: Option<RegionCode>,
    pub(crate) address: Option<String>,
    pub(crate) out: &'a Path,
}

/// Prints, and says into which files.
pub(crate) async fn run(settings: &Settings, order: Order<'_>, json: bool) -> Result<ExitCode> {
    let address = order.address.unwrap_or_else(|| settings.values.address.clone());
    if !address.starts_with("http://") && !address.starts_with("https://") {
        bail!(
            "二维码要写明网站地址：用 --address https://… 给出，或在配置里填写 address (codes need the address at which the site is opened: --address https://… or `address` of the configuration)"
        );
    }
    let store = wiring::open(&settings.values).await?;
    let Order { programme, region, out, .. } = order;
    let wanted = codes::Order { programme, region, address: &address, out, sheets: codes::SHEETS_A_FILE };
    let printed = codes::print(&store, &wanted).await?;
    if json {
        say!("{}", serde_json::to_string_pretty(&printed)?);
        return Ok(ExitCode::SUCCESS);
    }
    for file in &printed.files {
        say!("{}", file.display());
    }
    say!(
        "{} 张民生码，{} 个文件 ({} sheets in {} files)",
        printed.sheets,
        printed.files.len(),
        printed.sheets,
        printed.files.len()
    );
    Ok(ExitCode::SUCCESS)
}
