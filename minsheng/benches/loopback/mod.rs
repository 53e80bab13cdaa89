//! The program on loopback, people who are signed in there, and a plain client that keeps its connection.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use kernel::{RegionCode, Role};
use store::Store;
use store::audit::sm3_hex;
use store::bulk::{self, Target};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;
use web::Step;

/// Serves `steps` from `store` on a free port.
pub(crate) async fn serve(store: &Store, uploads: &Path, steps: Vec<Step>) -> SocketAddr {
    let app = web::App::new(store.clone(), web::Settings::local(uploads.to_owned()));
    let router = web::server::assemble(app, steps);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(web::server::serve(router, listener, std::future::pending()));
    address
}

/// Somebody with a session.
#[derive(Clone)]
pub(crate) struct Somebody {
    pub(crate) account: Uuid,
    token: String,
    pub(crate) csrf: String,
}

/// Makes an account with one role and a session for each of `wanted`; no password is worked on.
pub(crate) async fn sign_in(store: &Store, wanted: &[(Role, RegionCode, Option<Uuid>)]) -> Vec<Somebody> {
    let now = store.clock().now_ms();
    let fresh = |_: &_| {
        let account = Uuid::now_v7();
        Somebody { account, token: sm3_hex(format!("token {account}")), csrf: sm3_hex(format!("csrf {account}")) }
    };
    let people: Vec<Somebody> = wanted.iter().map(fresh).collect();
    let on = store.for_upkeep();
    let columns = [
        "id",
        "sign_in_name",
        "display_name",
        "password_hash",
        "must_change",
        "failed_tries",
        "password_changed_ms",
        "created_ms",
    ];
    let rows = people.iter().map(|one| {
        let name = one.account.simple().to_string();
        vec![
            one.account.into(),
            name.as_str().into(),
            name.as_str().into(),
            "none".into(),
            false.into(),
            0.into(),
            now.into(),
            now.into(),
        ]
    });
    bulk::insert(on, Target { table: "accounts", columns: &columns, suffix: "" }, rows).await.unwrap();
    let columns = ["id", "account_id", "role", "region", "organisation_id", "granted_ms"];
    let rows = people.iter().zip(wanted).map(|(one, (role, region, body))| {
        vec![
            Uuid::now_v7().into(),
            one.account.into(),
            role.code().into(),
            region.stored().into(),
            (*body).into(),
            now.into(),
        ]
    });
    bulk::insert(on, Target { table: "grants", columns: &columns, suffix: "" }, rows).await.unwrap();
    let columns = ["token_hash", "account_id", "csrf", "created_ms", "seen_ms", "expires_ms"];
    let rows = people.iter().map(|one| {
        let ends = now + 86_400_000;
        vec![
            sm3_hex(&one.token).into(),
            one.account.into(),
            one.csrf.as_str().into(),
            now.into(),
            now.into(),
            ends.into(),
        ]
    });
    bulk::insert(on, Target { table: "sessions", columns: &columns, suffix: "" }, rows).await.unwrap();
    people
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A connection that is kept, of nobody or somebody.
pub(crate) struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
    who: String,
    csrf: String,
}

impl Client {
    pub(crate) async fn open(address: SocketAddr, who: Option<&Somebody>) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let mut client = Self { stream, buffer: vec![0; 1 << 16], who: String::new(), csrf: String::new() };
        if let Some(who) = who {
            client.become_somebody(who);
        }
        client
    }

    /// The next requests are theirs.
    pub(crate) fn become_somebody(&mut self, who: &Somebody) {
        self.who = format!("cookie: minsheng_session={}\r\n", who.token);
        self.csrf.clone_from(&who.csrf);
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(&format!("GET {path} HTTP/1.1\r\nhost: bench\r\n{}\r\n", self.who)).await
    }

    /// As a page asks on its own, without keeping its reader signed in.
    pub(crate) async fn get_quietly(&mut self, path: &str) -> Answer {
        self.send(&format!("GET {path} HTTP/1.1\r\nhost: bench\r\nx-quiet: 1\r\n{}\r\n", self.who)).await
    }

    /// Sends a form with the session's secret.
    pub(crate) async fn post(&mut self, path: &str, form: &str) -> Answer {
        let body = format!("{form}&csrf={}", self.csrf);
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: bench\r\n{}content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
            self.who,
            body.len()
        );
        self.send(&(head + &body)).await
    }

    /// Sends a form that may carry files, as forms with a field for them do.
    pub(crate) async fn post_parts(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = String::new();
        for (name, value) in [("csrf", self.csrf.as_str())].iter().chain(fields) {
            body += &format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        }
        body += "--x--\r\n";
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: bench\r\n{}content-type: multipart/form-data; boundary=x\r\ncontent-length: {}\r\n\r\n",
            self.who,
            body.len()
        );
        self.send(&(head + &body)).await
    }

    async fn send(&mut self, request: &str) -> Answer {
        self.stream.write_all(request.as_bytes()).await.unwrap();
        let mut so_far = Vec::new();
        let (start, length, head) = loop {
            self.read(&mut so_far).await;
            if let Some(at) = so_far.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&so_far[..at]).to_ascii_lowercase();
                let told = head.split("content-length: ").nth(1);
                let length = told.map_or(0, |rest| rest.split("\r\n").next().unwrap().parse::<usize>().unwrap());
                break (at + 4, length, head);
            }
        };
        while so_far.len() < start + length {
            self.read(&mut so_far).await;
        }
        Answer { status: head[9..12].parse().unwrap(), head, body: so_far[start..].to_vec() }
    }

    /// Opens a stream of events on this connection; it is only listened to from now on.
    pub(crate) async fn listen(&mut self, path: &str) {
        let request = format!("GET {path} HTTP/1.1\r\nhost: bench\r\naccept: text/event-stream\r\n{}\r\n", self.who);
        self.stream.write_all(request.as_bytes()).await.unwrap();
        let mut so_far = Vec::new();
        while !so_far.windows(4).any(|four| four == b"\r\n\r\n") {
            self.read(&mut so_far).await;
        }
        let head = String::from_utf8_lossy(&so_far);
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    }

    /// Waits until an event `changed` is told.
    pub(crate) async fn told(&mut self) {
        loop {
            let mut so_far = Vec::new();
            self.read(&mut so_far).await;
            if String::from_utf8_lossy(&so_far).contains("event: changed") {
                return;
            }
        }
    }

    async fn read(&mut self, into: &mut Vec<u8>) {
        let more = self.stream.read(&mut self.buffer).await.unwrap();
        assert!(more > 0, "the server hung up: {}", String::from_utf8_lossy(into));
        into.extend(&self.buffer[..more]);
    }
}

/// Peak and present memory of this process, where the system tells.
pub(crate) fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = |key: &str| {
        let kilobytes =
            status.lines().find_map(|line| line.strip_prefix(key)?.trim().trim_end_matches(" kB").parse::<u64>().ok());
        kilobytes.unwrap_or(0) / 1000
    };
    format!("memory {} MB, peak {} MB", line("VmRSS:"), line("VmHWM:"))
}

/// The middle one, nineteen of twenty, ninety-nine of a hundred and the longest, in milliseconds.
pub(crate) fn spread(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).or(times.last()).map_or(0.0, |time| ms(*time));
    let last = times.last().map_or(0.0, |time| ms(*time));
    format!("median {:.1} ms, 95 % {:.1}, 99 % {:.1}, longest {last:.0}", at(50), at(95), at(99))
}

pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
