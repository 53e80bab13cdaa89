//! Somebody in front of the pages or behind the API.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, LOCATION};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use people::store::sessions;
use report::By;
use serde_json::Value;
use store::Store;
use tower::ServiceExt;
use web::{App, Settings};

use crate::house::{PASSWORD, report};

/// A site at one moment.
pub(crate) struct Site {
    app: App,
    router: Router,
    _folder: tempfile::TempDir,
}

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// Somebody with a session.
pub(crate) struct Visitor<'a> {
    site: &'a Site,
    token: String,
    csrf: String,
}

impl Reply {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}", self.text()))
    }

    pub(crate) fn location(&self) -> String {
        let location = self.headers.get(LOCATION).unwrap_or_else(|| panic!("{} {}", self.status, self.text()));
        location.to_str().unwrap().to_owned()
    }
}

impl Site {
    pub(crate) fn open(store: Store) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let app = App::new(store, Settings::local(folder.path().join("uploads")));
        let steps = report::steps().into_iter().chain(web::steps()).collect();
        Self { router: web::server::assemble(app.clone(), steps), app, _folder: folder }
    }

    pub(crate) async fn visit(&self, by: &By) -> Visitor<'_> {
        let App { store, passwords, settings, .. } = &self.app;
        let begun = sessions::sign_in(store, &settings.accounts, passwords, &by.sign_in_name, PASSWORD).await.unwrap();
        Visitor { site: self, csrf: begun.viewer.csrf.clone(), token: begun.token }
    }

    /// The names of files that wait in the folder of uploads.
    pub(crate) fn uploads(&self) -> usize {
        std::fs::read_dir(&self.app.settings.uploads).map_or(0, |entries| {
            entries.filter(|entry| entry.as_ref().is_ok_and(|entry| entry.path().is_file())).count()
        })
    }
}

impl Visitor<'_> {
    async fn send(&self, mut request: Request<Body>) -> Reply {
        if !request.headers().contains_key(AUTHORIZATION) {
            let cookie = format!("minsheng_session={}", self.token);
            request.headers_mut().insert(COOKIE, cookie.parse().unwrap());
        }
        let response = self.site.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Reply { status, headers, body: to_bytes(response.into_body(), 1 << 26).await.unwrap().to_vec() }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// How many statements the page costs.
    pub(crate) async fn cost(&self, path: &str) -> u64 {
        let before = self.site.app.store.statements();
        let reply = self.get(path).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.text());
        self.site.app.store.statements() - before
    }

    /// Sends a form with the session's secret.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let pair = |(name, value): &(&str, &str)| format!("{name}={}", web::listing::escape(value));
        let form: Vec<String> = fields.iter().map(pair).chain([format!("csrf={}", self.csrf)]).collect();
        let request = Request::post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.join("&"))).unwrap()).await
    }

    /// A form with the session's secret that may carry a file.
    pub(crate) fn form(&self, fields: &[(&str, &str)], file: Option<(&str, &str, &[u8])>) -> Vec<u8> {
        let mut body = Vec::new();
        for (name, value) in [("csrf", self.csrf.as_str())].iter().chain(fields) {
            body.extend(
                format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes(),
            );
        }
        if let Some((name, file, bytes)) = file {
            let head = format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\r\n");
            body.extend(head.into_bytes());
            body.extend(bytes);
            body.extend(b"\r\n");
        }
        body.extend(b"--x--\r\n");
        body
    }

    /// Sends a form that may carry files; `broken` cuts it off in the middle of the last part.
    pub(crate) async fn upload(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        file: Option<(&str, &str, &[u8])>,
        broken: bool,
    ) -> Reply {
        let mut body = self.form(fields, file);
        if broken {
            body.truncate(body.len().saturating_sub(15));
        }
        let request = Request::post(path).header(CONTENT_TYPE, "multipart/form-data; boundary=x");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Sends the first `sent` bytes of a form; then the connection is lost.
    pub(crate) async fn cut_off(&self, path: &str, body: &[u8], sent: usize) -> Reply {
        let first: Vec<std::io::Result<Vec<u8>>> = body[..sent].chunks(4_096).map(|part| Ok(part.to_vec())).collect();
        let lost = Err(std::io::ErrorKind::ConnectionReset.into());
        let stream = futures_util::stream::iter(first.into_iter().chain([lost]));
        let request = Request::post(path).header(CONTENT_TYPE, "multipart/form-data; boundary=x");
        self.send(request.body(Body::from_stream(stream)).unwrap()).await
    }

    /// Calls the API with the token.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Value) -> Reply {
        let request = Request::builder().method(method).uri(path).header(CONTENT_TYPE, "application/json");
        let request = request.header(AUTHORIZATION, format!("Bearer {}", self.token));
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }
}
