//! The program itself, as a user starts it, with a folder of its own.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use tempfile::TempDir;

/// The repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A folder to run the program in; gone with the value.
pub(crate) struct House {
    folder: TempDir,
}

impl House {
    /// An empty folder.
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program in this folder, with its data in `data`; settings of the person who runs the tests do not count.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_minsheng"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("MINSHENG_") {
                command.env_remove(name);
            }
        }
        command.current_dir(self.folder.path()).arg("--data").arg(self.path("data")).args(arguments);
        command
    }

    /// Starts the program as a server on a free port, and waits until it says its address.
    pub(crate) fn start(&self, arguments: &[&str]) -> Server {
        let mut log = std::fs::File::create(self.path("log")).expect("a log");
        let mut command = self.command(arguments);
        let mut process = command
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(log.try_clone().expect("the log twice"))
            .spawn()
            .expect("the program starts");
        let mut output = BufReader::new(process.stdout.take().expect("an output"));
        let mut said = String::new();
        let address = loop {
            let from = said.len();
            let read = output.read_line(&mut said).expect("text");
            if let Some((_, address)) = said[from..].split_once("http://") {
                break address.trim().to_owned();
            }
            if read == 0 {
                let _ = process.kill();
                let log = std::fs::read_to_string(self.path("log")).unwrap_or_default();
                panic!("no address in {said}\n{log}");
            }
        };
        let _ = log.flush();
        Server { address: address.parse().expect("an address"), process, _output: output }
    }
}

/// The running program; stopped with the value.
pub(crate) struct Server {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    process: Child,
    /// Held, so that the program can go on talking.
    _output: BufReader<ChildStdout>,
}

impl Server {
    /// Asks it to stop, as a service manager does, and waits until it has.
    pub(crate) fn stop(mut self) -> ExitStatus {
        let asked = Command::new("kill").arg("-TERM").arg(self.process.id().to_string()).status();
        assert!(asked.is_ok_and(|status| status.success()), "the signal could not be sent");
        self.process.wait().expect("an end")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It is over already after `stop`.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
