//! The pages as a person sees them: each test hands an address to a script in `assets/tests`, which looks at it in
//! Chromium and saves pictures to `test-artefacts`.

use std::path::Path;
use std::process::Command;

/// Runs `assets/tests/<script>.mjs` against a server.
///
/// # Panics
/// When the script finds something wrong; the message is what it said.
fn browse(script: &str, address: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
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

/// Brings its own page and server: the scripts alone are under test.
#[test]
fn components() {
    browse("components", "");
}
