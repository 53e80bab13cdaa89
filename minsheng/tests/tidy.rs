//! The rules of the house that a machine can hold: short files, documented modules, no stray prints, nothing of the
//! machine that the code was written on.

use std::fs;
use std::path::{Path, PathBuf};

/// Past this a file holds two things.
const LONGEST: usize = 600;

/// Folders that are made, fetched or not ours.
const NOT_OURS: [&str; 7] = ["target", "node_modules", "bundle", "dist", "test-artefacts", "minsheng-data", ".git"];

/// Endings of the files that people write.
const WRITTEN: [&str; 9] = ["rs", "html", "css", "js", "mjs", "toml", "md", "json", "txt"];

/// One file of the repository.
struct Source {
    /// From the root, with `/`.
    path: String,
    text: String,
}

/// Every file that people write, in order.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    gather(&root, &root, &mut found);
    found.sort_by(|a: &Source, b| a.path.cmp(&b.path));
    assert!(found.len() > 100, "only {} files found: the walk is broken", found.len());
    found
}

fn gather(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    let entries = fs::read_dir(folder).expect("a folder that can be read");
    let paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    for path in paths {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() {
            if !NOT_OURS.contains(&name) {
                gather(root, &path, found);
            }
        } else if path.extension().and_then(|kind| kind.to_str()).is_some_and(|kind| WRITTEN.contains(&kind)) {
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let path = path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
            found.push(Source { path, text });
        }
    }
}

impl Source {
    fn is_code(&self) -> bool {
        [".rs", ".html", ".css", ".js", ".mjs"].iter().any(|kind| self.path.ends_with(kind))
    }

    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// `path:line: text` for every line that `wrong` picks.
    fn lines(&self, wrong: impl Fn(&str) -> bool) -> Vec<String> {
        let numbered = self.text.lines().enumerate().filter(|(_, line)| wrong(line));
        numbered.map(|(at, line)| format!("{}:{}: {}", self.path, at + 1, line.trim())).collect()
    }
}

fn assert_none(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n{}", found.join("\n"));
}

#[test]
fn no_file_is_longer_than_one_thing() {
    let long = |source: &Source| {
        let lines = source.text.lines().count();
        (source.is_code() && lines > LONGEST).then(|| format!("{}: {lines} lines", source.path))
    };
    let found: Vec<_> = sources().iter().filter_map(long).collect();
    assert_none("which two things is each", &found);
}

/// Tests of a module lie in the module and are read with it; every other file says what it is for.
#[test]
fn every_module_says_what_it_is_for() {
    let silent = |source: &Source| {
        let inner = source.path.ends_with("/tests.rs");
        (source.is_rust() && !inner && !source.text.starts_with("//! ")).then(|| source.path.clone())
    };
    assert_none("no module documentation", &sources().iter().filter_map(silent).collect::<Vec<_>>());
}

/// The program answers through `output.rs`, which outlives a closed pipe, and the build tool as it likes; a library or a
/// handler that prints is a forgotten probe.
#[test]
fn nothing_prints_but_the_command_line() {
    let print = ["println", "print", "dbg"].map(|name| format!("{name}!("));
    let talks = |path: &str| path.starts_with("xtask/") || path.contains("/build.rs");
    let tests = |path: &str| path.contains("tests") || path.contains("/benches/") || path.contains("/examples/");
    let found: Vec<_> = sources()
        .iter()
        .filter(|source| source.is_rust() && !talks(&source.path) && !tests(&source.path))
        .flat_map(|source| source.lines(|line| print.iter().any(|name| starts_call(line, name))))
        .collect();
    assert_none("prints", &found);
    let log = ["log", "debug"].map(|name| format!("console.{name}("));
    let scripts: Vec<_> = sources()
        .iter()
        .filter(|source| source.path.starts_with("assets/scripts/"))
        .flat_map(|source| source.lines(|line| log.iter().any(|name| line.contains(name.as_str()))))
        .collect();
    assert_none("prints in the browser", &scripts);
}

/// Whether `line` calls `name` itself, not something whose name ends with it (`eprintln!` is for the operator).
fn starts_call(line: &str, name: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    code.match_indices(name)
        .any(|(at, _)| !code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_'))
}

#[test]
fn nothing_is_left_undone_or_switched_off() {
    let marks =
        [["todo", "!("], ["unimplemented", "!("], ["#[", "ignore"], ["FIX", "ME"], ["X", "XX"], ["assert!(", "true)"]];
    let marks = marks.map(|halves| halves.concat());
    let found: Vec<_> = sources()
        .iter()
        .filter(|source| source.is_code())
        .flat_map(|source| source.lines(|line| marks.iter().any(|mark| line.contains(mark.as_str()))))
        .collect();
    assert_none("left undone", &found);
    let skips = [[".sk", "ip("], ["test.", "only"]].map(|halves| halves.concat());
    let scripts: Vec<_> = sources()
        .iter()
        .filter(|source| source.path.ends_with("js"))
        .flat_map(|source| source.lines(|line| skips.iter().any(|mark| line.contains(mark.as_str()))))
        .collect();
    assert_none("switched off", &scripts);
}

/// A test that waits a while passes on the machine that wrote it and fails on the next.
#[test]
fn no_test_waits_for_luck() {
    let waits = [["thread::", "sleep"], ["time::", "sleep"], ["waitFor", "Timeout"]].map(|halves| halves.concat());
    let found: Vec<_> = sources()
        .iter()
        .filter(|source| source.path.contains("/tests/") && !source.path.ends_with("tidy.rs"))
        .flat_map(|source| source.lines(|line| waits.iter().any(|wait| line.contains(wait.as_str()))))
        .collect();
    assert_none("waits", &found);
}

/// Paths and words of the place where the code was written; split here, so that this file does not hold them itself.
#[test]
fn nothing_of_the_machine_it_was_written_on() {
    let words = [
        ["/wo", "rk/"],
        ["/fa", "rm/"],
        ["/ro", "ot/"],
        ["farm-", "studio"],
        ["farm-", "bench"],
        ["COM", "PASS"],
        ["before-", "stop"],
    ];
    let words = words.map(|halves| halves.concat());
    let found: Vec<_> = sources()
        .iter()
        .flat_map(|source| source.lines(|line| words.iter().any(|word| line.contains(word.as_str()))))
        .collect();
    assert_none("not the product's", &found);
}
