//! A mail server and a webhook receiver on this machine that keep what they are sent.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A mail server that answers every recipient with `answer`.
pub(crate) struct MailServer {
    pub(crate) port: u16,
    mails: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    pub(crate) async fn open(answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mails = Arc::new(Mutex::new(Vec::new()));
        let kept = mails.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, answer, kept.clone()));
            }
        });
        Self { port, mails }
    }

    pub(crate) fn mails(&self) -> Vec<String> {
        self.mails.lock().unwrap().clone()
    }
}

async fn talk(stream: TcpStream, answer: &'static str, mails: Arc<Mutex<Vec<String>>>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 test\r\n").await.unwrap();
    let mut mail = None::<String>;
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(text) = &mut mail {
            if line == "." {
                mails.lock().unwrap().push(mail.take().unwrap_or_default());
                write.write_all(b"250 kept\r\n").await.unwrap();
            } else {
                text.push_str(&line);
                text.push('\n');
            }
            continue;
        }
        let said = match line.split([' ', ':']).next().unwrap_or_default().to_uppercase().as_str() {
            "EHLO" => "250-test\r\n250 8BITMIME",
            "RCPT" => answer,
            "DATA" => {
                mail = Some(String::new());
                "354 go on"
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        write.write_all(format!("{said}\r\n").as_bytes()).await.unwrap();
    }
}

/// The value of a header as people read it: folded lines joined, RFC 2047 words decoded.
pub(crate) fn header(mail: &str, name: &str) -> String {
    let head = mail.split("\n\n").next().unwrap_or_default().replace("\n ", " ").replace("\n\t", " ");
    let value = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).unwrap_or_default();
    let words = value.split(' ').map(|word| {
        let encoded = word.strip_prefix("=?utf-8?b?").and_then(|word| word.strip_suffix("?="));
        encoded.map_or(word.as_bytes().to_vec(), |encoded| STANDARD.decode(encoded).unwrap())
    });
    String::from_utf8(words.flatten().collect()).unwrap()
}

/// The text of a mail as people read it.
pub(crate) fn body(mail: &str) -> String {
    let (head, body) = mail.split_once("\n\n").unwrap();
    if head.contains("base64") {
        String::from_utf8(STANDARD.decode(body.replace('\n', "")).unwrap()).unwrap()
    } else {
        body.to_owned()
    }
}

/// What a webhook received.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// A receiver that answers with statuses in turn, the last one for ever.
pub(crate) struct Receiver {
    pub(crate) address: String,
    inner: Arc<Inner>,
}

struct Inner {
    calls: Mutex<Vec<Call>>,
    answers: Vec<StatusCode>,
}

impl Receiver {
    pub(crate) async fn open(answers: &[StatusCode]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://127.0.0.1:{}/hook", listener.local_addr().unwrap().port());
        let inner = Arc::new(Inner { calls: Mutex::new(Vec::new()), answers: answers.to_vec() });
        let router = Router::new().route("/hook", post(keep)).with_state(inner.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, inner }
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.inner.calls.lock().unwrap().clone()
    }
}

async fn keep(
    State(inner): State<Arc<Inner>>,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, [(&'static str, &'static str); 1]) {
    let mut calls = inner.calls.lock().unwrap();
    calls.push(Call { headers, body });
    let status = inner.answers[(calls.len() - 1).min(inner.answers.len() - 1)];
    (status, [("location", "http://127.0.0.1:9/elsewhere")])
}
