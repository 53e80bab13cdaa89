//! The command line. Its forms are fixed: scripts rely on them.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// 民生实事: one program for the whole year of livelihood projects, on one ledger
#[derive(Parser)]
#[command(name = "minsheng", version, disable_help_subcommand = true)]
pub(crate) struct CommandLine {
    #[command(flatten)]
    pub(crate) settings: Flags,
    /// Print data as JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags are stronger than the environment (MINSHENG_…), which is stronger than the file.
#[derive(Args)]
pub(crate) struct Flags {
    /// Configuration file; minsheng.toml in the working folder when there is one
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Folder of the embedded database and of uploads
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// A PostgreSQL database instead of the embedded one: postgres://…
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) database: Option<String>,
    /// Address to serve on
    #[arg(long, global = true, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
    /// An installation's own kinds of services beside the shipped ones: a TOML file, or a folder of them
    #[arg(long, global = true, value_name = "FILE|DIR")]
    pub(crate) catalogue: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Load the sample years, print the address and the demo sign-ins, and serve
    Demo {
        /// Load a whole year of a city as well, generated around published figures and labelled 演示数据
        #[arg(long)]
        rich: bool,
    },
    /// Serve the ledger
    Serve,
    /// Bring the database up to this version and load the shipped divisions
    Migrate,
    /// The configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Accounts and their roles
    #[command(subcommand)]
    User(UserCommand),
    /// Take files in, all of a file or nothing
    #[command(subcommand)]
    Import(ImportCommand),
    /// Write files out, to standard output unless --out is given
    #[command(subcommand)]
    Export(ExportCommand),
    /// The audit chain
    #[command(subcommand)]
    Audit(AuditCommand),
    /// The figures of a text: find them, check them against each other
    #[command(subcommand)]
    Bulletin(BulletinCommand),
    /// The yearly assessment
    #[command(subcommand)]
    Assess(AssessCommand),
    /// The kinds of facilities and services: list, show and check them
    #[command(subcommand)]
    Catalogue(CatalogueCommand),
    /// Print the codes on site (民生码) of a programme as PDF, a sheet of A4 for each site
    Codes {
        /// The programme, such as 330200-2024
        programme: String,
        /// Only the sites of this division and below, such as 330226
        #[arg(long, value_parser = division)]
        region: Option<kernel::RegionCode>,
        /// Where the site is opened, such as https://minsheng.example.gov.cn; `address` of the configuration when not given
        #[arg(long, value_name = "URL")]
        address: Option<String>,
        /// The file; more than 1,000 sheets become numbered files of this name
        #[arg(long, value_name = "FILE", default_value = "codes.pdf")]
        out: PathBuf,
    },
    /// Chargers and their rating
    #[command(subcommand)]
    Chargers(ChargersCommand),
    /// Play another system, for trials
    #[command(subcommand)]
    Simulate(SimulateCommand),
}

#[derive(Subcommand)]
pub(crate) enum ChargersCommand {
    /// Rate operators or counties by the shipped scheme and print scores and ranks
    Rate {
        /// The division over which is rated, such as 330200
        region: String,
        /// operator or region
        #[arg(long, default_value = "operator")]
        by: String,
        /// How many days back
        #[arg(long, default_value_t = 30)]
        days: i64,
        /// Keep the result, open to everybody
        #[arg(long)]
        keep: bool,
    },
    /// Compute kept ratings again and compare; every one when none is named. Exits with 1 when one does not hold
    Replay {
        /// The key
        id: Option<uuid::Uuid>,
    },
}

#[derive(Subcommand)]
pub(crate) enum CatalogueCommand {
    /// List every service
    List,
    /// Show one service with its attributes, counting rules and facts
    Show {
        /// Its number, such as D001, or its name in addresses
        service: String,
    },
    /// Check numbering, archetypes, units, rules, wordings and that each published fact stands in one place; exits with 1 on a fault
    Check,
}

#[derive(Subcommand)]
pub(crate) enum SimulateCommand {
    /// Serve T/CEC 102 as a charging operator that exists nowhere; prints the keys to register it with
    Operator {
        /// Its OperatorID
        #[arg(long, default_value = "MASIM0001")]
        code: String,
        /// How many connectors it has
        #[arg(long, default_value_t = 278)]
        connectors: usize,
        /// Of these, in rural towns
        #[arg(long, default_value_t = 158)]
        rural: usize,
        /// Another seed makes another operator
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// What it does wrong: none, flood, down, bad_json, forged, forgetful, clock_off
        #[arg(long, default_value = "none")]
        misbehave: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print every setting and where it comes from
    Show,
}

#[derive(Subcommand)]
pub(crate) enum UserCommand {
    /// Create an account; the first password is read from standard input or made up and printed once
    Create {
        /// Name to sign in with
        name: String,
        /// Name on screens
        #[arg(long)]
        display_name: Option<String>,
        /// A role to grant: system_administrator, security_administrator, auditor, programme_office, supervision_office, responsible_body, congress
        #[arg(long)]
        role: Option<String>,
        /// The division whose subtree the role covers, such as 330200
        #[arg(long)]
        region: Option<String>,
        /// The organisation for which the holder acts, by its full name; a responsible body needs one
        #[arg(long)]
        organisation: Option<String>,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// Grant a role to an account
    Grant {
        /// Name to sign in with
        name: String,
        /// The role
        #[arg(long)]
        role: String,
        /// The division whose subtree the role covers
        #[arg(long)]
        region: Option<String>,
        /// The organisation for which the holder acts, by its full name; a responsible body needs one
        #[arg(long)]
        organisation: Option<String>,
    },
    /// List the accounts
    List,
    /// Let an account sign in again after too many wrong passwords
    Unlock {
        /// Name to sign in with
        name: String,
    },
    /// Close an account
    Disable {
        /// Name to sign in with
        name: String,
    },
    /// Open a closed account again
    Enable {
        /// Name to sign in with
        name: String,
    },
    /// Give an account a new first password, which is printed once
    ResetPassword {
        /// Name to sign in with
        name: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum ImportCommand {
    /// Published figures as JSON Lines
    Facts {
        /// The file; - for standard input
        file: PathBuf,
    },
    /// A programme as XLSX or CSV, after the template
    Programme {
        /// The file
        file: PathBuf,
        /// Say what would be done and do nothing
        #[arg(long)]
        preview: bool,
    },
    /// Sites as XLSX, CSV or GeoJSON, after the template
    Sites {
        /// The file
        file: PathBuf,
        /// The coordinate system of points that do not say theirs: wgs84 (CGCS2000), gcj02 or bd09
        #[arg(long, default_value = "wgs84", value_parser = system)]
        crs: maps::Crs,
        /// Say what would be done and do nothing
        #[arg(long)]
        preview: bool,
    },
    /// Boundaries of divisions as GeoJSON
    Boundaries {
        /// The file
        file: PathBuf,
        /// Its coordinate system: wgs84 (CGCS2000), gcj02 or bd09
        #[arg(long, default_value = "wgs84", value_parser = system)]
        crs: maps::Crs,
    },
    /// Administrative divisions as CSV
    Divisions {
        /// The file
        file: PathBuf,
    },
}

#[derive(Subcommand)]
pub(crate) enum ExportCommand {
    /// Published figures as JSON Lines
    Facts {
        /// One programme only, such as 330200-2024
        #[arg(long)]
        programme: Option<String>,
        /// Write to this file
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// A programme as a sheet
    Programme {
        /// The programme, such as 330200-2024
        slug: String,
        /// The format; told by the name of --out when that is given
        #[arg(long, value_enum)]
        format: Option<SheetFormat>,
        /// Write to this file
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// The sites of a programme, as they are imported
    Sites {
        /// The programme, such as 330200-2024
        slug: String,
        /// The format; told by the name of --out when that is given
        #[arg(long, value_enum)]
        format: Option<SitesFormat>,
        /// Write to this file
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// The empty template of a programme
    Template {
        /// Write to this file
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SheetFormat {
    Xlsx,
    Csv,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SitesFormat {
    Xlsx,
    Csv,
    Geojson,
}

/// Reads the code of a division.
fn division(word: &str) -> Result<kernel::RegionCode, String> {
    word.parse().map_err(|_| "a division's code of 2, 4, 6, 9 or 12 digits".to_owned())
}

/// Reads the name of a coordinate system.
fn system(word: &str) -> Result<maps::Crs, String> {
    maps::Crs::parse(word).ok_or_else(|| "wgs84, gcj02 or bd09".to_owned())
}

#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    /// Walk the chain and compare the ledger's rows with it
    Verify,
}

#[derive(Subcommand)]
pub(crate) enum BulletinCommand {
    /// Find every figure of a text with its unit, cut-off and place
    Extract {
        /// A txt, html, docx or pdf file; - for standard input
        file: PathBuf,
    },
    /// Judge sums, shares, repeats and targets, and with --programme each figure against the ledger; exits with 1 when
    /// one does not hold
    Check {
        /// A txt, html, docx or pdf file; - for standard input
        file: PathBuf,
        /// Compare with this programme's ledger, such as 330200-2024
        #[arg(long)]
        programme: Option<String>,
        /// The day of figures whose own the text does not tell; else the day that most of them name
        #[arg(long, value_name = "DAY", requires = "programme")]
        cut_off: Option<chrono::NaiveDate>,
    },
    /// List the templates of bulletins
    Templates,
    /// Write a bulletin from the ledger; exits with 1 when something is left open
    Write {
        /// The template: half-year, year-end, monthly, order, count, reply
        template: String,
        /// The programme, such as 330200-2024
        #[arg(long)]
        programme: String,
        /// Figures up to this day
        #[arg(long, value_name = "DAY")]
        cut_off: chrono::NaiveDate,
        /// As the ledger was known at the end of this day
        #[arg(long, value_name = "DAY")]
        known: Option<chrono::NaiveDate>,
        /// The format; told by the name of --out when that is given
        #[arg(long, value_enum)]
        format: Option<PaperFormat>,
        /// Write to this file
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PaperFormat {
    Txt,
    Docx,
    Pdf,
}

#[derive(Subcommand)]
pub(crate) enum AssessCommand {
    /// List what was run and kept
    List {
        /// One programme only, such as 330200-2024
        #[arg(long)]
        programme: Option<String>,
    },
    /// Run a scheme over a programme and print the ranking
    Run {
        /// The programme, such as 330200-2024
        programme: String,
        /// The scheme: its code, or code@version
        #[arg(long, default_value = "suggested")]
        scheme: String,
        /// Figures up to this day; the programme's usual cut-off, else the end of its year
        #[arg(long, value_name = "DAY")]
        cut_off: Option<chrono::NaiveDate>,
        /// Keep the result at once
        #[arg(long)]
        keep: bool,
        /// Why it takes the place of one that is kept already
        #[arg(long, requires = "keep")]
        reason: Option<String>,
    },
    /// Compute again and compare; every kept one when none is named. Exits with 1 when something does not hold
    Replay {
        /// The key
        id: Option<uuid::Uuid>,
    },
}
