//! `minsheng migrate`, `import` and `export`.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use kernel::Problem;
use serde::Serialize;
use store::{Actor, Store};

use crate::cli::{ExportCommand, ImportCommand, SheetFormat, SitesFormat};
use crate::configuration::Settings;
use crate::output::{self, note, say};
use crate::wiring;

/// Brings the database up to this version.
pub(crate) async fn migrate(settings: &Settings, json: bool) -> Result<ExitCode> {
    let store = wiring::open(&settings.values).await?;
    let regions = ledger::regions::count(store.reader()).await?;
    if json {
        say!("{}", serde_json::json!({ "migrated": true, "divisions": regions }));
    } else {
        say!("数据库已是本版本，行政区划 {regions} 个 (the database is of this version, {regions} divisions)");
    }
    Ok(ExitCode::SUCCESS)
}

/// Takes a file in.
pub(crate) async fn import(settings: &Settings, command: ImportCommand, json: bool) -> Result<ExitCode> {
    let store = wiring::open(&settings.values).await?;
    let actor = Actor::operator("import");
    match command {
        ImportCommand::Facts { file } => import_facts(&store, &actor, &file, json).await?,
        ImportCommand::Programme { file, preview } => {
            open(&file)?;
            let bar = output::bar("导入");
            let options = plan::sheet::Options { preview, ..plan::sheet::Options::default() };
            let mut follow = output::follow(&bar);
            let mut watch = |progress: plan::sheet::Progress| follow(progress.done, progress.total);
            let report = plan::sheet::import(&store, &actor, &file, &options, &mut watch).await;
            bar.finish_and_clear();
            let report = report?;
            tell(&report, &report.summary(), json)?;
        }
        ImportCommand::Sites { file, crs, preview } => {
            open(&file)?;
            let options = places::sites::import::Options {
                name: named(&file),
                crs,
                preview,
                within: None,
                by: "import".to_owned(),
            };
            let report = places::sites::import::import(&store, &actor, &file, &options).await?;
            for notice in &report.notices {
                note!("{}\n{}", notice.zh, notice.en);
            }
            tell(&report, &report.summary(), json)?;
        }
        ImportCommand::Boundaries { file, crs } => {
            let name = named(&file);
            let report = places::map::boundaries::import(&store, &actor, open(&file)?, &name, crs).await?;
            tell(&report, &report.summary(), json)?;
        }
        ImportCommand::Divisions { file } => {
            let loaded = ledger::regions::load(&store, &actor, open(&file)?, None).await?;
            let text = kernel::Text::new(
                format!("新增行政区划 {} 个，已有 {} 个", loaded.added, loaded.known),
                format!("{} divisions added, {} known", loaded.added, loaded.known),
            );
            tell(&loaded, &text, json)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn named(file: &Path) -> String {
    file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

async fn import_facts(store: &Store, actor: &Actor, path: &Path, json: bool) -> Result<()> {
    // The file is read twice, so standard input waits in a temporary file.
    let waiting = if path == Path::new("-") { Some(spool()?) } else { None };
    let again = || -> std::io::Result<BufReader<File>> {
        let mut file = match &waiting {
            Some(file) => file.try_clone()?,
            None => File::open(path)?,
        };
        file.rewind()?;
        Ok(BufReader::with_capacity(1 << 16, file))
    };
    if waiting.is_none() {
        open(path)?;
    }
    let bar = output::bar("导入");
    let done = ledger::facts::import(store, actor, &again, &mut output::follow(&bar)).await;
    bar.finish_and_clear();
    let done = done?;
    tell(&done, &done.summary(), json)
}

fn spool() -> Result<File> {
    let mut file = unnamed_file()?;
    std::io::copy(&mut std::io::stdin().lock(), &mut file)?;
    Ok(file)
}

/// An unnamed file that is gone when it is closed.
fn unnamed_file() -> Result<File> {
    let path = std::env::temp_dir().join(format!("minsheng-{}", uuid::Uuid::now_v7()));
    let file = File::options().read(true).write(true).create_new(true).open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

fn open(path: &Path) -> Result<impl Read + use<>> {
    let missing = |error: std::io::Error| {
        let shown = path.display();
        store::Error::from(Problem::not_found(
            format!("打不开文件 {shown}：{error}"),
            format!("{shown} cannot be opened: {error}"),
        ))
    };
    Ok(BufReader::new(File::open(path).map_err(missing)?))
}

fn tell(report: &impl Serialize, text: &kernel::Text, json: bool) -> Result<()> {
    if json {
        say!("{}", serde_json::to_string_pretty(report)?);
    } else {
        say!("{}\n{}", text.zh, text.en);
    }
    Ok(())
}

/// Writes a file out.
pub(crate) async fn export(settings: &Settings, command: ExportCommand) -> Result<ExitCode> {
    let store = wiring::open(&settings.values).await?;
    match command {
        ExportCommand::Facts { programme, out } => {
            let mut target = target(out.as_deref())?;
            ledger::facts::export(store.reader(), programme.as_deref(), &mut target).await?;
            target.flush()?;
        }
        ExportCommand::Programme { slug, format, out } => {
            let named = out.as_deref().and_then(Path::extension).is_some_and(|kind| kind == "csv");
            let format = match format.unwrap_or(if named { SheetFormat::Csv } else { SheetFormat::Xlsx }) {
                SheetFormat::Csv => plan::sheet::Format::Csv,
                SheetFormat::Xlsx => plan::sheet::Format::Xlsx,
            };
            let mut target = target(out.as_deref())?;
            plan::sheet::export(&store, &slug, format, &mut target).await?;
            target.flush()?;
        }
        ExportCommand::Sites { slug, format, out } => {
            use places::sites::export::Format;
            let format = match format {
                Some(SitesFormat::Xlsx) => Some(Format::Xlsx),
                Some(SitesFormat::Csv) => Some(Format::Csv),
                Some(SitesFormat::Geojson) => Some(Format::GeoJson),
                None => {
                    out.as_deref().and_then(Path::extension).and_then(|ending| Format::parse(&ending.to_string_lossy()))
                }
            };
            let mut target = target(out.as_deref())?;
            places::sites::export::export(&store, &slug, format.unwrap_or(Format::Xlsx), &mut target).await?;
            target.flush()?;
        }
        ExportCommand::Template { out } => {
            let mut target = target(out.as_deref())?;
            target.write_all(&plan::sheet::template()?)?;
            target.flush()?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn target(out: Option<&Path>) -> Result<Box<dyn Write + Send>> {
    Ok(match out {
        Some(path) => {
            let file =
                File::create(path).with_context(|| format!("{} cannot be written", PathBuf::from(path).display()))?;
            Box::new(BufWriter::new(file))
        }
        None => Box::new(BufWriter::new(output::Standard)),
    })
}
