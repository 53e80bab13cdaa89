//! One server: made, started, and cleaned up even when the process that wanted it is killed.

use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};

use tempfile::TempDir;

use crate::Error;
use crate::programs::{Account, Programs};

/// Starts the server, says so, and waits for its standard input to end, which it does when our process ends in
/// whatever way; then stops the server and removes the folder. Arguments: initdb, pg_ctl, folder, port.
const KEEPER: &str = r#"
initdb=$1 pg_ctl=$2 folder=$3 port=$4
cd "$folder" || exit 1
clean() {
    "$pg_ctl" stop --pgdata=data --mode=immediate --silent >>log 2>&1
    cd / && rm -rf "$folder"
}
trap clean EXIT
# Our process may be gone before it could be told that the server is ready.
trap '' PIPE
if "$initdb" --pgdata=data --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >log 2>&1 &&
   "$pg_ctl" start --pgdata=data --wait --silent --log=log --options="-p $port -c listen_addresses=127.0.0.1 \
       -c unix_socket_directories= -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
       -c max_connections=200 -c timezone=UTC" >>log 2>&1
then
    echo ready
    read -r _
else
    tail -n 20 log
fi
"#;

/// A port that was free a moment ago may be taken by a neighbour: try again with another one.
const ATTEMPTS: u32 = 3;

#[derive(Debug)]
pub(crate) struct Server {
    port: u16,
    keeper: Child,
    /// Closing it tells the keeper to clean up.
    leash: Option<ChildStdin>,
    _folder: TempDir,
}

impl Server {
    pub(crate) fn start(programs: &Programs) -> Result<Self, Error> {
        let account = Account::to_step_down_to()?;
        let mut attempt = 1;
        loop {
            match Self::attempt(programs, account) {
                Err(Error::Failed { .. }) if attempt < ATTEMPTS => attempt += 1,
                result => return result,
            }
        }
    }

    fn attempt(programs: &Programs, account: Option<Account>) -> Result<Self, Error> {
        let folder = tempfile::Builder::new()
            .prefix("minsheng-postgres-")
            .tempdir()
            .map_err(|source| Error::Io { what: "no temporary folder for PostgreSQL", source })?;
        let port = free_port()?;
        let mut command = Command::new("sh");
        command
            .args(["-c", KEEPER, "keeper"])
            .arg(programs.path("initdb"))
            .arg(programs.path("pg_ctl"))
            .arg(folder.path())
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // A test runner that kills a whole process group must leave the keeper alive to clean up.
            .process_group(0);
        if let Some(Account { user, group }) = account {
            chown(folder.path(), Some(user), Some(group))
                .map_err(|source| Error::Io { what: "PostgreSQL's folder could not be given to its user", source })?;
            command.uid(user).gid(group);
        }
        let mut keeper = command.spawn().map_err(|source| Error::Io { what: "sh could not be started", source })?;
        let leash = keeper.stdin.take();
        let mut said = String::new();
        if let Some(stdout) = keeper.stdout.take() {
            let mut reader = BufReader::new(stdout);
            let read = reader.read_line(&mut said);
            if read.is_ok() && said.trim() == "ready" {
                return Ok(Self { port, keeper, leash, _folder: folder });
            }
            let _ = reader.read_to_string(&mut said);
        }
        drop(leash);
        let _ = keeper.wait();
        Err(Error::Failed { program: "pg_ctl start", said: said.trim().to_owned() })
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.leash.take());
        let _ = self.keeper.wait();
    }
}

fn free_port() -> Result<u16, Error> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|source| Error::Io { what: "no free port on the loopback address", source })
}
