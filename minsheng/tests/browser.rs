//! The pages as a person sees them: each test hands the address of a running demo to a script in `assets/tests`, which
//! looks at it in Chromium and saves pictures to `test-artefacts`.

mod program;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::UNIX_EPOCH;

use crate::program::{House, root};

/// Runs `assets/tests/<script>.mjs` against `address`.
///
/// # Panics
/// When the script finds something wrong; the message is what it said.
fn browse(script: &str, address: &str) {
    let root = root();
    assert!(
        root.join("assets/bundle/manifest.json").is_file(),
        "scripts and styles are not bundled: run `cargo xtask bundle` first"
    );
    let output = Command::new("node")
        .arg(root.join("assets/tests").join(script).with_extension("mjs"))
        .arg(address)
        .arg(root.join("test-artefacts"))
        .output()
        .expect("node runs; `cargo xtask test` installs it");
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{script}:\n{}", String::from_utf8_lossy(&said));
}

/// Runs the script against a demo of its own.
fn browse_demo(script: &str) {
    browse_loaded(script, &["demo"]);
}

/// Runs the script against a demo with the generated year.
fn browse_rich(script: &str) {
    browse_loaded(script, &["demo", "--rich"]);
}

fn browse_loaded(script: &str, command: &[&str]) {
    let house = House::empty();
    copy(&loaded(command), &house.path("data"));
    let server = house.start(command);
    browse(script, &format!("http://{}", server.address));
    assert!(server.stop().success());
}

/// A folder with what this demo loads, made once for each build of the program: loading takes seconds, and a runner that
/// starts a process for each test would pay for it every time.
fn loaded(command: &[&str]) -> PathBuf {
    let built = fs::metadata(env!("CARGO_BIN_EXE_minsheng")).expect("the program");
    let age = built.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    let shared = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let sort = command.last().map_or("demo", |word| word.trim_start_matches('-'));
    let ready = shared.join(format!("{sort}-{}-{}", age.as_nanos(), built.len()));
    if ready.is_dir() {
        return ready;
    }
    let house = House::empty();
    assert!(house.start(command).stop().success(), "the demo stops when asked");
    for old in fs::read_dir(shared).expect("a folder for tests").flatten() {
        if old.path() != ready && old.file_name().to_string_lossy().starts_with(&format!("{sort}-")) {
            // Another test may be at it too; whoever comes first removes it.
            let _ = fs::remove_dir_all(old.path());
        }
    }
    // Whole or not at all: another test may look at this moment.
    let mine = shared.join(format!("loading-{sort}-{}", std::process::id()));
    copy(&house.path("data"), &mine);
    if fs::rename(&mine, &ready).is_err() {
        let _ = fs::remove_dir_all(&mine);
    }
    assert!(ready.is_dir(), "{} could not be made", ready.display());
    ready
}

/// Copies the files of a folder.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten().filter(|entry| entry.path().is_file()) {
        let name: OsString = entry.file_name();
        fs::copy(entry.path(), to.join(name)).expect("a copy");
    }
}

/// Brings its own page and server: the scripts alone are under test.
#[test]
fn components() {
    browse("components", "");
}

#[test]
fn start() {
    browse_demo("start");
}

#[test]
fn scoreboard() {
    browse_demo("scoreboard");
}

#[test]
fn indicator() {
    browse_demo("indicator");
}

#[test]
fn trail() {
    browse_demo("trail");
}

#[test]
fn matters() {
    browse_demo("matters");
}

#[test]
fn across() {
    browse_demo("across");
}

#[test]
fn money() {
    browse_demo("money");
}

#[test]
fn search() {
    browse_demo("search");
}

#[test]
fn region() {
    browse_demo("region");
}

#[test]
fn open_data() {
    browse_demo("open_data");
}

#[test]
fn chargers() {
    browse_rich("chargers");
}

#[test]
fn reading() {
    browse_demo("reading");
}

#[test]
fn language() {
    browse_demo("language");
}

#[test]
fn missing() {
    browse_demo("missing");
}

#[test]
fn sign_in() {
    browse_demo("sign_in");
}

#[test]
fn administration() {
    browse_demo("administration");
}

#[test]
fn office() {
    browse_demo("office");
}

#[test]
fn rich() {
    browse_rich("rich");
}

#[test]
fn places() {
    browse_rich("places");
}

/// With a key of 天地图 in the settings, whose host the script plays.
#[test]
fn tianditu() {
    let (house, command) = (House::empty(), ["demo"]);
    copy(&loaded(&command), &house.path("data"));
    fs::write(house.path("minsheng.toml"), "tianditu_key = \"0123456789abcdef\"\n").expect("settings");
    let server = house.start(&command);
    browse("tianditu", &format!("http://{}", server.address));
    assert!(server.stop().success());
}

#[test]
fn feedback() {
    browse_rich("feedback");
}

#[test]
fn notes() {
    browse_rich("notes");
}

#[test]
fn chasing() {
    browse_rich("chasing");
}

#[test]
fn month() {
    browse_rich("month");
}

#[test]
fn reporting() {
    browse_rich("reporting");
}

#[test]
fn watch() {
    browse_rich("watch");
}

#[test]
fn imports() {
    browse_demo("imports");
}

#[test]
fn bulletins() {
    browse_rich("bulletins");
}

#[test]
fn services() {
    browse_rich("services");
}
