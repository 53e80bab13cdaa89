//! Settings from file, environment and flags, each stronger than the one before.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use config::{Config, Environment, File, FileFormat};
use serde::Deserialize;
use web::tianditu::Tianditu;

use crate::cli::{ConfigCommand, Flags};
use crate::output::say;

/// The file that is read when none is named.
const USUAL_FILE: &str = "minsheng.toml";

const DEFAULTS: &str = r#"
listen = "127.0.0.1:8686"
data = "minsheng-data"
database = ""
files = ""
name = "民生实事"
name_en = "Minsheng"
secure_cookies = false
address = ""
smtp = ""
mail_from = ""
webhooks_inside = false
tianditu_key = ""
secret_file = ""
catalogue = ""
log = "info"
log_format = "text"
"#;

/// What an operator can set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Values {
    /// Address to serve on.
    pub(crate) listen: SocketAddr,
    /// Folder of the embedded database and of uploads.
    pub(crate) data: PathBuf,
    /// A PostgreSQL address; empty for the embedded database.
    pub(crate) database: String,
    /// Where evidence lies: a folder, or `s3://bucket/prefix` with the usual `AWS_…` variables; empty for the folder
    /// `files` beside the database.
    pub(crate) files: String,
    /// The name in the header.
    pub(crate) name: String,
    /// The name in the header of English pages.
    pub(crate) name_en: String,
    /// Keep cookies from plain HTTP; switch on behind TLS.
    pub(crate) secure_cookies: bool,
    /// Where people open the site, such as `https://minsheng.example.gov.cn`: links in mails begin with it.
    pub(crate) address: String,
    /// The mail server, such as `smtps://user:password@host:465`; empty sends no mail.
    pub(crate) smtp: String,
    /// The sender of mails, such as `民生实事 <minsheng@example.gov.cn>`.
    pub(crate) mail_from: String,
    /// Whether webhooks may call addresses inside the own network.
    pub(crate) webhooks_inside: bool,
    /// A key for 天地图, whose map then lies below ours; empty: no page asks another host for anything.
    pub(crate) tianditu_key: String,
    /// The file with the key that closes secrets of other systems; empty for `secret.key` in the folder `data`. Copies of
    /// the server that share a database need the same one.
    pub(crate) secret_file: PathBuf,
    /// An installation's own kinds of services: a TOML file or a folder of them; empty for the shipped ones alone.
    pub(crate) catalogue: PathBuf,
    /// What is logged: error, warn, info, debug, or a filter such as `info,sqlx=warn`.
    pub(crate) log: String,
    /// `text` or `json`.
    pub(crate) log_format: String,
}

/// The settings with the layers they come from, weakest first.
pub(crate) struct Settings {
    pub(crate) values: Values,
    layers: Vec<(String, Config)>,
}

/// Reads all layers.
pub(crate) fn read(flags: &Flags) -> Result<Settings> {
    let mut layers =
        vec![("default".to_owned(), Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml)))];
    let usual = Path::new(USUAL_FILE);
    let file = flags.config.clone().or_else(|| usual.exists().then(|| usual.to_owned()));
    if let Some(file) = file {
        let source = File::from(file.as_path()).format(FileFormat::Toml).required(true);
        layers.push((file.display().to_string(), Config::builder().add_source(source)));
    }
    layers.push(("environment".to_owned(), Config::builder().add_source(environment())));
    let mut given = Config::builder();
    let text = |path: &PathBuf| path.display().to_string();
    let from_flags = [
        ("listen", flags.listen.map(|listen| listen.to_string())),
        ("data", flags.data.as_ref().map(text)),
        ("database", flags.database.clone()),
        ("catalogue", flags.catalogue.as_ref().map(text)),
    ];
    for (key, value) in from_flags {
        given = given.set_override_option(key, value)?;
    }
    layers.push(("flag".to_owned(), given));
    let layers: Vec<_> = layers
        .into_iter()
        .map(|(origin, layer)| {
            let built =
                layer.build().with_context(|| format!("配置读不出来：{origin} (the configuration cannot be read)"))?;
            Ok((origin, built))
        })
        .collect::<Result<_>>()?;
    let whole = layers.iter().fold(Config::builder(), |all, (_, layer)| all.add_source(layer.clone())).build()?;
    let values: Values =
        whole.try_deserialize().context("配置中有读不懂的内容 (the configuration holds something unknown)")?;
    if !matches!(values.log_format.as_str(), "text" | "json") {
        bail!("log_format 只能是 text 或 json (log_format is text or json)");
    }
    if let Err(problem) = Tianditu::read(&values.tianditu_key) {
        bail!("{}（{}）", problem.message.zh, problem.message.en);
    }
    if values.smtp.is_empty() != values.mail_from.is_empty() {
        bail!("smtp 和 mail_from 要一起填写 (smtp and mail_from belong together)");
    }
    Ok(Settings { values, layers })
}

/// Every `MINSHENG_…` variable as the text it is: read as a number, a key of digits would lose its zeros in front.
fn environment() -> Environment {
    Environment::with_prefix("MINSHENG").prefix_separator("_")
}

/// `config show`.
pub(crate) fn show(settings: &Settings, command: &ConfigCommand, json: bool) -> Result<ExitCode> {
    let ConfigCommand::Show = command;
    let values = &settings.values;
    let rows = [
        ("listen", values.listen.to_string()),
        ("data", values.data.display().to_string()),
        ("database", without_password(&values.database)),
        ("files", values.files.clone()),
        ("name", values.name.clone()),
        ("name_en", values.name_en.clone()),
        ("secure_cookies", values.secure_cookies.to_string()),
        ("address", values.address.clone()),
        ("smtp", without_password(&values.smtp)),
        ("mail_from", values.mail_from.clone()),
        ("webhooks_inside", values.webhooks_inside.to_string()),
        ("tianditu_key", hidden(&values.tianditu_key)),
        ("secret_file", values.secret_file.display().to_string()),
        ("catalogue", values.catalogue.display().to_string()),
        ("log", values.log.clone()),
        ("log_format", values.log_format.clone()),
    ];
    let with_origin = rows.map(|(key, value)| (key, value, settings.origin(key)));
    if json {
        let object: serde_json::Map<_, _> = with_origin
            .iter()
            .map(|(key, value, from)| ((*key).to_owned(), serde_json::json!({ "value": value, "from": from })))
            .collect();
        say!("{}", serde_json::to_string_pretty(&object)?);
    } else {
        for (key, value, from) in with_origin {
            say!("{key} = {value:?}  # {from}");
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl Settings {
    fn origin(&self, key: &str) -> &str {
        let set = |layer: &Config| layer.get::<config::Value>(key).is_ok();
        self.layers.iter().rev().find(|(_, layer)| set(layer)).map_or("default", |(origin, _)| origin)
    }
}

/// Whether a key is set, and nothing of it.
fn hidden(key: &str) -> String {
    if key.is_empty() { String::new() } else { "…".to_owned() }
}

/// A database address that may be printed.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let Some((user, host)) = rest.rsplit_once('@') else { return url.to_owned() };
    match user.split_once(':') {
        Some((name, _)) => format!("{scheme}://{name}:…@{host}"),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(config: Option<PathBuf>, data: Option<&str>) -> Flags {
        Flags { config, data: data.map(PathBuf::from), database: None, listen: None, catalogue: None }
    }

    #[test]
    fn flags_beat_the_file_and_the_file_beats_the_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("m.toml");
        std::fs::write(&file, "data = \"from-file\"\nname = \"宁波民生实事\"\n").unwrap();
        let settings = read(&flags(Some(file.clone()), Some("from-flag"))).unwrap();
        assert_eq!(settings.values.data, Path::new("from-flag"));
        assert_eq!(settings.values.name, "宁波民生实事");
        assert_eq!(settings.origin("data"), "flag");
        assert_eq!(settings.origin("name"), file.display().to_string());
        assert_eq!(settings.origin("log"), "default");
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("m.toml");
        std::fs::write(&file, "datta = \"x\"\n").unwrap();
        assert!(read(&flags(Some(file), None)).is_err());
        assert!(read(&flags(Some(folder.path().join("missing.toml")), None)).is_err());
    }

    #[test]
    fn a_key_of_tianditu_is_checked_and_not_printed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("m.toml");
        std::fs::write(&file, "tianditu_key = \"0123456789abcdef\"\n").unwrap();
        let settings = read(&flags(Some(file.clone()), None)).unwrap();
        assert_eq!(settings.values.tianditu_key, "0123456789abcdef");
        assert_eq!((hidden(&settings.values.tianditu_key).as_str(), hidden("").as_str()), ("…", ""));
        std::fs::write(&file, "tianditu_key = \"a&b=c\"\n").unwrap();
        let refused = read(&flags(Some(file), None)).err().unwrap().to_string();
        assert!(refused.contains("只能是字母和数字"), "{refused}");
    }

    #[test]
    fn a_variable_is_text_until_a_setting_wants_something_else() {
        let variables = [
            ("MINSHENG_TIANDITU_KEY", "00123456789012345678901234567890"),
            ("MINSHENG_NAME", "1e3"),
            ("MINSHENG_NAME_EN", "true"),
            ("MINSHENG_SECURE_COOKIES", "true"),
            ("MINSHENG_LISTEN", "0.0.0.0:80"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let values: Values = Config::builder()
            .add_source(File::from_str(DEFAULTS, FileFormat::Toml))
            .add_source(environment().source(Some(variables.into_iter().collect())))
            .build()
            .and_then(Config::try_deserialize)
            .unwrap();
        assert_eq!(values.tianditu_key, "00123456789012345678901234567890");
        assert_eq!((values.name.as_str(), values.name_en.as_str()), ("1e3", "true"));
        assert!(values.secure_cookies && !values.webhooks_inside);
        assert_eq!(values.listen.to_string(), "0.0.0.0:80");
    }

    #[test]
    fn a_password_is_not_printed() {
        assert_eq!(without_password("postgres://m:secret@db:5432/m"), "postgres://m:…@db:5432/m");
        assert_eq!(without_password("postgres://db/m"), "postgres://db/m");
    }
}
