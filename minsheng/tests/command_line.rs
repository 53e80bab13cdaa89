//! The fixed forms of the command line, typed as a user types them. What the ledger keeps is tried on both databases.

mod program;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Stdio;

use databases::{Database, Postgres};
use sea_orm::ConnectionTrait;
use serde_json::Value;

use crate::program::{House, Server, root};

/// What one run of the program said.
struct Said {
    code: i32,
    out: Vec<u8>,
    err: String,
}

impl Said {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.out).into_owned()
    }

    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_slice(&self.out).unwrap_or_else(|error| panic!("{error}: {}{}", self.text(), self.err))
    }

    #[track_caller]
    fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{}{}", self.text(), self.err);
        self
    }

    /// Refused with exit code 1, nothing on standard output, and a message that holds all of `words`.
    #[track_caller]
    fn refused(&self, words: &[&str]) {
        assert_eq!((self.code, self.text().as_str()), (1, ""), "{}", self.err);
        for word in words {
            assert!(self.err.contains(word), "{word}: {}", self.err);
        }
    }
}

/// Someone at a terminal, with a ledger of their own.
struct Operator {
    house: House,
    /// On PostgreSQL; without, in the folder.
    database: Option<Database>,
}

impl Operator {
    fn new() -> Self {
        Self { house: House::empty(), database: None }
    }

    /// One on each kind of database.
    fn on_both() -> [Self; 2] {
        let database = Postgres::shared().expect("a server").fresh_database().expect("a database");
        [Self::new(), Self { house: House::empty(), database: Some(database) }]
    }

    fn types(&self, line: &str) -> Said {
        self.types_with(line, b"", &[])
    }

    /// Types `line` – words between blanks, `{name}` being a file in the folder – with this on standard input.
    fn types_with(&self, line: &str, input: &[u8], environment: &[(&str, &str)]) -> Said {
        let words =
            line.split_whitespace().map(|word| match word.strip_prefix('{').and_then(|w| w.strip_suffix('}')) {
                Some(name) => self.house.path(name).into_os_string(),
                None => word.into(),
            });
        let mut command = self.house.command(words);
        if let Some(database) = &self.database {
            command.arg("--database").arg(database.url());
        }
        command.envs(environment.iter().copied()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().expect("the program starts");
        // A program that does not want the input may be gone before it is written.
        let _ = process.stdin.take().expect("an input").write_all(input);
        let output = process.wait_with_output().expect("an end");
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        Said { code: output.status.code().expect("a code"), out: output.stdout, err }
    }

    fn writes(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.house.path(name), bytes).expect("a file");
    }

    /// Events in the audit chain, which must hold.
    fn events(&self) -> i64 {
        let found = self.types("audit verify --json").ok().json();
        assert_eq!(found["fault"], Value::Null);
        found["events"].as_i64().expect("a number")
    }

    /// With the published sample figures in the ledger.
    fn with_samples(self) -> Self {
        self.types(&format!("import facts {}", samples().display())).ok();
        self
    }
}

#[test]
fn bulletins_are_read_and_checked_without_a_ledger() {
    let operator = Operator::new();
    operator.writes("2024.txt", "截至11月底，新建公园71个，其中新建48个、改建23个。");
    operator.writes("wrong.txt", "新建公园71个，其中新建48个、改建22个。");
    operator.writes("noise.txt", [0_u8, 1, 2, 3, 250, 251, 0, 9]);

    let found = operator.types("bulletin extract {2024.txt} --json").ok().json();
    assert_eq!(found.as_array().map(Vec::len), Some(3));
    assert_eq!(
        (&found[0]["value"], &found[0]["unit"], &found[0]["as_of"]),
        (&"71".into(), &"个".into(), &"2024-11-30".into())
    );
    assert_eq!((&found[1]["parent"], &found[1]["span"]), (&0.into(), &serde_json::json!([19, 21])));

    let judged = operator.types("bulletin check {2024.txt} --json").ok().json();
    assert_eq!((&judged[0]["kind"], &judged[0]["verdict"]), (&"sum".into(), &"exact".into()));
    let wrong = operator.types("bulletin check {wrong.txt}");
    assert_eq!(wrong.code, 1, "{}", wrong.err);
    assert!(wrong.text().contains("不符") && wrong.text().contains("48个 + 22个 = 71个"), "{}", wrong.text());

    operator.types("bulletin extract {noise.txt}").refused(&["noise.txt", "不是文本"]);
    operator.types("bulletin extract {none.txt}").refused(&["none.txt"]);
}

/// Whatever is handed in, the answer is figures or a sentence that says what is wrong with the file.
#[test]
fn bulletins_in_every_encoding_are_read_and_bad_files_are_refused_in_words() {
    let operator = Operator::new();
    let sentence = "截至11月底，新建公园71个。";
    let marked: Vec<u8> = "\u{FEFF}".encode_utf16().chain(sentence.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let chinese = b"\xBD\xD8\xD6\xC111\xD4\xC2\xB5\xD7\xA3\xAC\xD0\xC2\xBD\xA8\xB9\xAB\xD4\xB071\xB8\xF6\xA1\xA3";
    operator.writes("utf16.txt", marked);
    operator.writes("mark.txt", format!("\u{FEFF}{sentence}"));
    operator.writes("gb18030.txt", chinese);
    for name in ["utf16.txt", "mark.txt", "gb18030.txt"] {
        let found = operator.types(&format!("bulletin extract {{{name}}} --json")).ok().json();
        assert_eq!(found[0]["value"], "71", "{name}: {found}");
    }

    operator.writes("empty.txt", "");
    operator.writes("large.txt", sentence.repeat((50 << 20) / sentence.len() + 1));
    operator.writes("long.txt", sentence.repeat(70_000));
    operator.writes("broken.docx", b"PK\x03\x04 nothing");
    operator.writes("broken.pdf", "%PDF-1.7 nothing");
    for (name, said) in [
        ("empty.txt", "文件是空的"),
        ("large.txt", "超过 50 MB"),
        ("long.txt", "超过 100 万字"),
        ("broken.docx", "没有 Word 正文"),
        ("broken.pdf", "pdf 已损坏"),
    ] {
        for command in ["extract", "check"] {
            operator.types(&format!("bulletin {command} {{{name}}}")).refused(&[name, said]);
        }
    }
}

fn samples() -> std::path::PathBuf {
    root().join("data/samples/facts.jsonl").canonicalize().expect("the sample figures")
}

/// Each fact by its identity, with the keys that make up a figure; numbers as numbers, absent keys as null.
fn figures(text: &str) -> BTreeMap<String, Vec<(&'static str, Value)>> {
    const KEYS: [&str; 21] = [
        "place",
        "region_code",
        "year",
        "source",
        "area",
        "indicator",
        "value",
        "raw",
        "unit",
        "qualifier",
        "kind",
        "flow",
        "period_start",
        "period_end",
        "as_of",
        "date_basis",
        "parent",
        "relation",
        "tie",
        "programme",
        "note",
    ];
    let number = |value: &Value| value.as_f64().map_or_else(|| value.clone(), Value::from);
    text.lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"))
        .map(|fact| {
            let id = fact["id"].as_str().expect("an id").to_owned();
            (id, KEYS.map(|key| (key, number(&fact[key]))).to_vec())
        })
        .collect()
}

#[test]
fn published_figures_go_in_once_and_come_out_again() {
    for operator in Operator::on_both() {
        let migrated = operator.types("migrate --json").ok().json();
        assert_eq!(migrated["migrated"], true);
        assert!(migrated["divisions"].as_i64() > Some(1_000), "{migrated}");
        assert!(operator.types("migrate").ok().text().contains("行政区划"));

        let line = format!("import facts {}", samples().display());
        assert!(operator.types(&line).ok().text().contains("新增 441 条"));
        let events = operator.events();
        assert!(operator.types(&line).ok().text().contains("没有任何改动"));
        let again = operator.types(&format!("{line} --json")).ok().json();
        assert_eq!((&again["facts"], &again["recorded"], &again["unchanged"]), (&441.into(), &0.into(), &441.into()));
        assert_eq!(operator.events(), events, "a file that changes nothing leaves no event");

        let out = operator.types("export facts").ok();
        let published = std::fs::read_to_string(samples()).unwrap();
        let (went_in, came_out) = (figures(&published), figures(&out.text()));
        assert_eq!(came_out.len(), 441);
        for (id, fact) in &went_in {
            assert_eq!(came_out.get(id), Some(fact), "{id}");
        }
        operator.types("export facts --out {all.jsonl}").ok();
        assert_eq!(std::fs::read(operator.house.path("all.jsonl")).unwrap(), out.out, "to a file as to the terminal");
        let one = operator.types("export facts --programme 330782-2020").ok().text();
        assert!(one.lines().count() > 30 && one.lines().all(|line| line.contains("yiwu-2020")));

        let piped = operator.types_with("import facts -", &out.out, &[]).ok();
        assert!(piped.text().contains("没有任何改动"), "what came out goes in: {}", piped.text());
    }
}

#[test]
fn a_file_with_one_wrong_line_writes_nothing() {
    for operator in Operator::on_both() {
        let published = std::fs::read_to_string(samples()).unwrap();
        let mut lines: Vec<_> = published.lines().map(str::to_owned).collect();
        lines[4] = lines[4].replacen("\"kind\": \"", "\"kind\": \"un", 1);
        lines[8] = lines[8].replacen("\"as_of\": null", "\"as_of\": \"2024-13-01\"", 1);
        operator.writes("wrong.jsonl", lines.join("\n"));
        let before = operator.events();
        let said = operator.types("import facts {wrong.jsonl}");
        said.refused(&["第 5 行", "kind", "第 9 行", "as_of", "line 5"]);
        assert!(said.err.starts_with("错误："), "{}", said.err);
        assert_eq!(operator.types("export facts").ok().text(), "");
        assert_eq!(operator.events(), before);

        operator.types("import facts {missing.jsonl}").refused(&["missing.jsonl", "打不开"]);
        operator.writes("cut.jsonl", &published.as_bytes()[..2_000]);
        operator.types("import facts {cut.jsonl}").refused(&["行"]);
        operator.writes("picture.jsonl", b"\x89PNG\r\n\x1a\n\xff\xfe\x00");
        operator.types("import facts {picture.jsonl}").refused(&[]);
    }
}

#[test]
fn wrong_use_is_told_apart_from_failure() {
    let operator = Operator::new();
    for line in [
        "",
        "improt facts x",
        "import facts",
        "import pictures x",
        "migrate --fast",
        "serve --listen here",
        "export programme 330200-2024 --format pdf",
        "user create",
        "config",
    ] {
        let said = operator.types(line);
        assert_eq!((said.code, said.text().as_str()), (2, ""), "{line}: {}", said.err);
    }
    assert!(operator.types("--help").ok().text().contains("import"));
    assert!(operator.types("--version").ok().text().starts_with("minsheng "));
    assert!(!operator.house.path("data").exists(), "wrong use must not make a database");
    operator.types("migrate --database mysql://x/y").refused(&[]);
}

#[test]
fn flags_beat_the_environment_and_the_environment_beats_the_file() {
    let operator = Operator::new();
    operator.writes("minsheng.toml", "listen = \"127.0.0.1:1001\"\nname = \"甲地民生实事\"\nlog = \"warn\"\n");
    let environment = [("MINSHENG_LISTEN", "127.0.0.1:1002"), ("MINSHENG_LOG", "debug")];
    let shown = |line: &str, environment: &[(&str, &str)]| operator.types_with(line, b"", environment).ok().json();
    let pair = |shown: &Value, key: &str| {
        let text = |part: &str| shown[key][part].as_str().unwrap_or_default().to_owned();
        (text("value"), text("from"))
    };
    let own = |value: &str, from: &str| (value.to_owned(), from.to_owned());

    let file = shown("config show --json", &[]);
    assert_eq!(pair(&file, "listen"), own("127.0.0.1:1001", "minsheng.toml"));
    assert_eq!(pair(&file, "name"), own("甲地民生实事", "minsheng.toml"));
    assert_eq!(pair(&file, "log_format"), own("text", "default"));
    let set = shown("config show --json", &environment);
    assert_eq!(pair(&set, "listen"), own("127.0.0.1:1002", "environment"));
    assert_eq!(pair(&set, "log"), own("debug", "environment"));
    let flag = shown("config show --json --listen 127.0.0.1:1003", &environment);
    assert_eq!(pair(&flag, "listen"), own("127.0.0.1:1003", "flag"));

    let line = operator.types("config show --database postgres://m:secret@db/m").ok().text();
    assert!(line.contains("postgres://m:…@db/m") && !line.contains(":secret@"), "{line}");
    let key = operator.types_with("config show", b"", &[("MINSHENG_TIANDITU_KEY", "0123456789abcdef")]).ok().text();
    assert!(key.contains("tianditu_key = \"…\"") && !key.contains("0123456789abcdef"), "{key}");
    operator.writes("other.toml", "lisen = \"127.0.0.1:1\"\n");
    operator.types("config show --config {other.toml}").refused(&["lisen"]);
    operator.types("config show --config {missing.toml}").refused(&["missing.toml"]);
}

#[test]
fn accounts_are_made_granted_and_closed() {
    for operator in Operator::on_both() {
        let password = b"Haishu-bridge-7\n";
        let line = "user create chen --display-name 陈工 --role programme_office --region 330200 --password-stdin";
        operator.types_with(line, password, &[]).ok();
        operator.types_with(line, password, &[]).refused(&["登录名已被使用"]);
        let made_up = operator.types("user create audit --role auditor --json").ok().json();
        assert!(made_up["password"].as_str().is_some_and(|password| password.len() == 20), "{made_up}");

        operator.types_with("user create wang --password-stdin", b"short\n", &[]).refused(&["12"]);
        operator.types("user create wang --role mayor --region 330200").refused(&["mayor", "programme_office"]);
        operator.types("user create wang --role programme_office --region 33x").refused(&["33x"]);
        operator.types("user create wang --role responsible_body --region 330200").refused(&["须指定单位"]);
        operator.types("user grant nobody --role auditor").refused(&["nobody"]);
        operator.types("user grant audit --role programme_office --region 330200").refused(&["管理员"]);

        operator.types("user grant chen --role supervision_office --region 330226").ok();
        let listed = operator.types("user list").ok().text();
        let chen = listed.lines().find(|line| line.starts_with("chen\t")).expect("chen");
        assert!(chen.contains("陈工\topen\tprogramme_office@330200 supervision_office@330226"), "{chen}");
        assert!(!listed.contains("wang"), "what was refused half way must not be there: {listed}");

        let state = |name: &str| {
            let all = operator.types("user list --json").ok().json();
            let all = all.as_array().expect("a list").clone();
            all.iter().find(|account| account["name"] == name).map(|account| account["state"].clone())
        };
        assert_eq!(state("chen"), Some("open".into()));
        operator.types("user disable chen").ok();
        assert_eq!(state("chen"), Some("disabled".into()));
        operator.types("user enable chen").ok();
        assert_eq!(state("chen"), Some("open".into()));
        operator.types("user unlock chen").ok();
        let reset = operator.types("user reset-password chen").ok().text();
        assert!(reset.contains("只显示这一次"), "{reset}");
        operator.events();
    }
}

/// Changes the embedded database behind the program's back.
fn tamper(operator: &Operator, statement: &str) {
    let url = format!("sqlite://{}", operator.house.path("data/minsheng.db").display());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let connection = sea_orm::Database::connect(url).await.expect("the database");
        let done = connection.execute_unprepared(statement).await.expect("the statement");
        assert!(done.rows_affected() > 0, "{statement} changed nothing");
    });
}

#[test]
fn the_audit_finds_what_was_changed_behind_the_program() {
    for (statement, said) in [
        (
            "UPDATE entries SET value = value + 1 WHERE id = (SELECT id FROM entries WHERE value > 0 LIMIT 1)",
            "台账数据",
        ),
        ("UPDATE audit_events SET actor = 'somebody' WHERE number = 2", "内容被改动"),
        ("DELETE FROM audit_events WHERE number = 1", "缺失"),
        ("DELETE FROM audit_events WHERE number = (SELECT MAX(number) FROM audit_events)", "断开"),
    ] {
        let operator = Operator::new().with_samples();
        operator.types("user create chen").ok();
        assert!(operator.types("audit verify").ok().text().contains("审计链完整"));
        tamper(&operator, statement);
        let found = operator.types("audit verify");
        assert_eq!(found.code, 1, "{statement}: {}", found.text());
        assert!(found.text().contains(said), "{statement}: {}", found.text());
        let found = operator.types("audit verify --json");
        assert_eq!(found.code, 1);
        assert!(found.json()["fault"]["kind"].is_string(), "{}", found.text());
    }
}

#[test]
fn a_programme_travels_as_a_sheet() {
    for (operator, other) in Operator::on_both().into_iter().zip([Operator::new(), Operator::new()]) {
        let operator = operator.with_samples();
        for slug in ["330200-2024", "330100-2024", "330784-2024", "330782-2020"] {
            let before = operator.events();
            operator.types(&format!("export programme {slug} --out {{sheet.xlsx}}")).ok();
            let own = operator.types("import programme {sheet.xlsx}").ok().text();
            assert!(own.contains("没有任何改动"), "{slug}: {own}");
            assert_eq!(operator.events(), before, "{slug}");

            other.writes("sheet.xlsx", std::fs::read(operator.house.path("sheet.xlsx")).unwrap());
            let preview = other.types("import programme {sheet.xlsx} --preview --json").ok().json();
            assert_eq!((&preview["written"], &preview["slug"]), (&false.into(), &slug.into()));
            assert_eq!(other.types(&format!("export programme {slug}")).code, 1, "a preview writes nothing");
            other.types("import programme {sheet.xlsx}").ok();
            let line = format!("export programme {slug} --format csv");
            let (here, there) = (operator.types(&line).ok().text(), other.types(&line).ok().text());
            assert!(here.starts_with("\u{feff}方案地区代码,"), "spreadsheets need the mark: {here}");
            assert_eq!(here, there, "{slug}");
        }
    }
}

const SHEET: &str = "方案地区代码,年度,类别,项目名称,指标,单位,目标值,完成值,截至\n\
    330226,2025,教育,扩容,新增学位,个,100,50,2025-06-30\n";

#[test]
fn sheets_from_many_desks_are_read_or_refused_with_the_place() {
    let operator = Operator::new();
    operator.types("export template --out {template.xlsx}").ok();
    assert!(std::fs::read(operator.house.path("template.xlsx")).unwrap().starts_with(b"PK"));

    operator.writes("错.csv", SHEET.replace("100,50", "一百来,50"));
    let before = operator.events();
    operator.types("import programme {错.csv}").refused(&["错.csv", "第 2 行 G 列（目标值）"]);
    let book = zip_of("xl/workbook.xml", b"<workbook/>", 1);
    operator.writes("cut.xlsx", &book[..book.len() / 2]);
    operator.types("import programme {cut.xlsx}").refused(&["cut.xlsx"]);
    operator.writes("bomb.xlsx", zip_of("xl/worksheets/sheet1.xml", &[b'0'; 1 << 20], 16));
    operator.types("import programme {bomb.xlsx}").refused(&["压缩炸弹"]);
    operator.types("import programme {missing.xlsx}").refused(&["missing.xlsx"]);
    assert_eq!(operator.events(), before);

    let (bytes, _, lost) = encoding_rs::GB18030.encode(SHEET);
    assert!(!lost && std::str::from_utf8(&bytes).is_err());
    operator.writes("gb.csv", bytes);
    operator.types("import programme {gb.csv}").ok();
    let back = operator.types("export programme 330226-2025 --format csv").ok().text();
    assert!(back.contains("新增学位") && back.contains("扩容"), "{back}");
    operator.writes("same.csv", SHEET);
    assert!(
        operator.types("import programme {same.csv}").ok().text().contains("没有任何改动"),
        "two encodings, one sheet"
    );
    operator.types("export programme 330299-1999").refused(&["330299-1999"]);
}

/// An archive with a first part and `times` times `content` in it.
fn zip_of(name: &str, content: &[u8], times: usize) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let packed = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for (part, content, times) in [("[Content_Types].xml", &b"<Types/>"[..], 1), (name, content, times)] {
        archive.start_file(part, packed).expect("a part");
        for _ in 0..times {
            archive.write_all(content).expect("room");
        }
    }
    archive.finish().expect("an archive").into_inner()
}

#[test]
fn divisions_are_added_to_those_that_ship() {
    let operator = Operator::new();
    let head = "code,name,level,parent,valid_from,valid_to";
    operator.writes("towns.csv", format!("{head}\n330226990000,试验镇,town,330226000000,,\n"));
    let loaded = operator.types("import divisions {towns.csv} --json").ok().json();
    assert_eq!(loaded["added"], 1, "{loaded}");
    let again = operator.types("import divisions {towns.csv} --json").ok().json();
    assert_eq!(again["added"], 0, "{again}");
    operator.writes(
        "wrong.csv",
        format!("{head}\n330226980000,别镇,town,330226000000,,\n33022697,某镇,town,330226000000,,\n"),
    );
    operator.types("import divisions {wrong.csv}").refused(&["3"]);
    let after = operator.types("import divisions {towns.csv} --json").ok().json();
    assert_eq!(after, again, "the good line of a wrong file must not be there");
    operator.types("import divisions {missing.csv}").refused(&["missing.csv"]);
}

/// Status and body of a page.
fn get(server: &Server, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(server.address).expect("a connection");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    (status.expect("a status"), body.to_owned())
}

#[test]
fn a_server_starts_bare_says_how_it_is_and_stops_when_asked() {
    for operator in Operator::on_both() {
        let mut line = vec!["serve"];
        if let Some(database) = &operator.database {
            line.extend(["--database", database.url()]);
        }
        let server = operator.house.start(&line);
        assert_eq!(get(&server, "/healthz"), (200, "ok\n".to_owned()));
        assert_eq!(get(&server, "/").0, 200);
        let (status, metrics) = get(&server, "/metrics");
        assert!(status == 200 && metrics.contains("http_requests_total"), "{metrics}");
        assert!(
            operator.types("user list").ok().text().is_empty(),
            "nobody has an account that the operator did not make"
        );

        let taken = server.address.to_string();
        operator.types(&format!("serve --listen {taken}")).refused(&[&taken, "--listen"]);
        // A figure recorded by another process is served by this one.
        operator.types(&format!("import facts {}", samples().display())).ok();
        assert_eq!(get(&server, "/healthz").0, 200);
        assert!(server.stop().success(), "asked to stop, it stops with 0");
    }
}

#[test]
fn the_demo_loads_once_and_leaves_later_work_alone() {
    let operator = Operator::new();
    let first = operator.house.start(&["demo"]);
    let (status, page) = get(&first, "/programmes/330200-2024");
    assert!(status == 200 && page.contains("77.7"), "{page}");
    assert!(first.stop().success());
    let before = (operator.events(), operator.types("export facts").ok().text());
    assert_eq!(figures(&before.1).len(), 441);

    let second = operator.house.start(&["demo"]);
    assert_eq!(get(&second, "/programmes/330200-2024").0, 200);
    assert!(second.stop().success());
    assert_eq!((operator.events(), operator.types("export facts").ok().text()), before);

    // Somebody tries what a correction does; the next start must not take it back.
    let line = before.1.lines().find(|line| line.contains("\"3645\"") || line.contains("3645")).expect("a figure");
    operator.writes("correction.jsonl", line.replace("3645", "3646"));
    assert!(operator.types("import facts {correction.jsonl}").ok().text().contains("更正 1 条"));
    let corrected = operator.types("export facts").ok().text();
    assert!(operator.house.start(&["demo"]).stop().success());
    assert_eq!(operator.types("export facts").ok().text(), corrected);
}

/// Standard output that is a closed pipe, as in `minsheng export facts | head -1`, changes nothing of what a command does:
/// no panic, no complaint, the same exit code.
#[test]
fn an_output_that_closes_early_is_no_fault() {
    let operator = Operator::new().with_samples();
    operator.writes("2024.txt", "截至11月底，新建公园71个，其中新建48个、改建23个。");
    operator.writes("wrong.txt", "新建公园71个，其中新建48个、改建22个。");
    let programme = "330200-2024";
    for (line, code) in [
        ("export facts".to_owned(), 0),
        ("export template".to_owned(), 0),
        (format!("export programme {programme} --format csv"), 0),
        ("bulletin extract 2024.txt".to_owned(), 0),
        ("bulletin extract 2024.txt --json".to_owned(), 0),
        ("bulletin check 2024.txt".to_owned(), 0),
        ("bulletin check wrong.txt".to_owned(), 1),
        ("bulletin check wrong.txt --json".to_owned(), 1),
        (format!("bulletin check wrong.txt --programme {programme}"), 1),
        ("bulletin templates".to_owned(), 0),
        ("bulletin templates --json".to_owned(), 0),
        ("catalogue list".to_owned(), 0),
        ("catalogue list --json".to_owned(), 0),
        ("catalogue show D001".to_owned(), 0),
        ("catalogue check".to_owned(), 0),
        ("config show".to_owned(), 0),
        ("user list".to_owned(), 0),
        ("audit verify".to_owned(), 0),
        ("assess list".to_owned(), 0),
        ("migrate".to_owned(), 0),
        // A reader of both outputs that leaves.
        ("bulletin extract none.txt".to_owned(), 1),
    ] {
        let mut command = operator.house.command(line.split_whitespace());
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        drop(process.stdout.take());
        if code == 1 && line.contains("none") {
            drop(process.stderr.take());
        }
        let output = process.wait_with_output().expect("an end");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), said.as_ref()), (Some(code), ""), "{line}");
    }
}

/// A disk that is full is told, and is a failure.
#[cfg(target_os = "linux")]
#[test]
fn an_output_that_cannot_be_written_is_a_fault() {
    let operator = Operator::new();
    operator.writes("2024.txt", "截至11月底，新建公园71个。");
    for line in ["bulletin extract 2024.txt", "catalogue list --json"] {
        let full = std::fs::File::options().write(true).open("/dev/full").expect("a full device");
        let output = operator.house.command(line.split_whitespace()).stdout(full).output().expect("the program starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{line}: {said}");
        assert!(said.contains("标准输出写不进去"), "{line}: {said}");
    }
}
