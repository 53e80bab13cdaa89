//! Evidence over HTTP: several files in a form, who may have which copy, with which headers.

use std::io::Cursor;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{Request, StatusCode};
use axum::routing::post;
use files::Limits;
use files::store::{self as evidences, Subject};
use kernel::{Permission, Role};
use minsheng_web as web;
use serde_json::{Value, json};
use store::Actor;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::{Access, App, Keeper, Route, SignedIn, Step, Upload};

use crate::bench::{Reply, Site, Visitor};

const SUBJECT: Uuid = Uuid::from_u128(7);

/// What a form files things under: the office of Ningbo may read what belongs to [`SUBJECT`], and nothing else.
pub(crate) const KEEPERS: &[Keeper] = &[Keeper {
    kind: "return",
    may_read: |_, me, id| {
        Box::pin(async move {
            me.require(Permission::EnterOffice, Some("330200".parse().expect("a code")))?;
            let missing = || kernel::Problem::not_found("没有这份填报", "There is no such return");
            if id == SUBJECT { Ok(()) } else { Err(missing().into()) }
        })
    },
}];

/// A step whose one form takes evidence, in Ningbo.
fn step() -> Step {
    const ROUTES: &[Route] = &[Route::post("/office/hand-in", Access::SignedIn)];
    let limit = DefaultBodyLimit::max(Limits::default().body(3));
    Step { router: OpenApiRouter::new().route("/office/hand-in", post(hand_in).layer(limit)), routes: ROUTES }
}

async fn hand_in(State(app): State<App>, me: SignedIn, mut upload: Upload) -> web::Result<Json<Value>> {
    let kept = web::evidence::keep(&app, &mut upload, "evidence").await?;
    let region = upload.field("region").parse().expect("a code");
    let subject = Subject {
        programme: Uuid::from_u128(1),
        region,
        kind: if upload.field("kind").is_empty() { "return" } else { "stray" },
        id: upload.field("subject").parse().unwrap_or(SUBJECT),
        public: !upload.field("public").is_empty(),
    };
    let mut tx = app.store.begin(&me.actor()).await?;
    let mut ids = Vec::new();
    for one in &kept {
        ids.push(evidences::attach(&mut tx, &subject, one, upload.field("caption"), &me.display_name).await?);
    }
    tx.commit().await?;
    Ok(Json(json!({ "ids": ids, "names": kept.iter().map(|one| one.name.as_str()).collect::<Vec<_>>() })))
}

async fn office(site: &Site) -> Visitor {
    let steps = web::steps().into_iter().chain([step()]).collect();
    let mut visitor = site.visitor_of(Duration::ZERO, steps).await;
    visitor.sign_in("office").await;
    visitor
}

async fn site() -> Site {
    let site = Site::new().await;
    site.account("office", Some(Role::ProgrammeOffice)).await;
    site
}

fn png(side: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture = image::RgbImage::from_pixel(side, side, image::Rgb([200, 30, 30]));
    picture.write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
    bytes
}

/// A multipart body of fields and files.
fn form(fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    for (name, bytes) in files {
        let head = format!("--edge\r\ncontent-disposition: form-data; name=\"evidence\"; filename=\"{name}\"\r\n\r\n");
        body.extend(head.bytes().chain(bytes.iter().copied()).chain(*b"\r\n"));
    }
    body.extend(b"--edge--\r\n");
    body
}

async fn send(visitor: &mut Visitor, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Reply {
    let csrf = visitor.get("/account/password").await.csrf();
    let fields: Vec<_> =
        [("csrf", csrf.as_str()), ("region", "330200")].into_iter().chain(fields.iter().copied()).collect();
    send_body(visitor, form(&fields, files)).await
}

async fn send_body(visitor: &mut Visitor, body: Vec<u8>) -> Reply {
    let request = Request::post("/office/hand-in").header("content-type", "multipart/form-data; boundary=edge");
    visitor.send(request.body(Body::from(body)).unwrap()).await
}

fn first_id(reply: &Reply) -> String {
    reply.json()["ids"][0].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_form_carries_several_files_and_leaves_none_behind() {
    let site = site().await;
    let mut visitor = office(&site).await;
    let reply = send(&mut visitor, &[("caption", "开工")], &[("一.png", &png(8)), ("../二.png", &png(9))]).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    assert_eq!(reply.json()["names"], json!(["一.png", "二.png"]));
    assert_eq!(site.waiting(), 0, "what was taken does not wait any more");

    let refused = send(&mut visitor, &[], &[("一.png", &png(8)), ("二.png", b"MZ")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("二.png") && refused.text().contains("JPEG"), "{}", refused.text());

    let csrf = visitor.get("/account/password").await.csrf();
    let broken = form(&[("csrf", csrf.as_str())], &[("一.png", &png(64))]);
    let reply = send_body(&mut visitor, broken[..broken.len() - 40].to_vec()).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(reply.text().contains("上传中断"), "{}", reply.text());

    let many = vec![("一.png", &b"x"[..]); 21];
    assert_eq!(send(&mut visitor, &[], &many).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let strange = form(&[("csrf", "stale")], &[("一.png", &png(8))]);
    assert_eq!(send_body(&mut visitor, strange).await.status, StatusCode::FORBIDDEN);
    assert_eq!(site.waiting(), 0, "nothing is left of what was refused or broke off");
}

#[tokio::test]
async fn the_original_is_for_those_who_may_read_what_it_belongs_to() {
    let site = site().await;
    let mut visitor = office(&site).await;
    let id = first_id(&send(&mut visitor, &[("public", "yes")], &[("现场.png", &png(8))]).await);
    let reply = visitor.get(&format!("/files/{id}")).await;
    assert_eq!((reply.status, reply.body.clone()), (StatusCode::OK, png(8)));
    assert_eq!(reply.header("content-type"), "image/png");
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert_eq!(reply.header("content-disposition"), "inline; filename*=UTF-8''%E7%8E%B0%E5%9C%BA.png");
    assert_eq!(reply.header("cache-control"), "private, no-cache");
    let etag = reply.header("etag").to_owned();
    let again = Request::get(format!("/files/{id}")).header("if-none-match", &etag).body(Body::empty()).unwrap();
    assert_eq!(visitor.send(again).await.status, StatusCode::NOT_MODIFIED);

    let mut stranger = site.visitor().await;
    assert_eq!(
        stranger.get(&format!("/files/{id}")).await.header("location"),
        format!("/sign-in?next=%2Ffiles%2F{id}")
    );
    site.account("auditor", Some(Role::SystemAdministrator)).await;
    let mut administrator = site.visitor().await;
    administrator.sign_in("auditor").await;
    assert_eq!(administrator.get(&format!("/files/{id}")).await.status, StatusCode::FORBIDDEN);
    let other = Uuid::from_u128(8).to_string();
    for (field, value, why) in [("subject", other.as_str(), "another return"), ("kind", "stray", "nobody keeps it")] {
        let id = first_id(&send(&mut visitor, &[(field, value)], &[("别处.png", &png(9))]).await);
        for address in [format!("/files/{id}"), format!("/files/{id}/public")] {
            assert_eq!(visitor.get(&address).await.status, StatusCode::NOT_FOUND, "{why}: {address}");
        }
    }
    assert_eq!(visitor.get(&format!("/files/{}", Uuid::now_v7())).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_public_copy_is_public_with_its_subject_only() {
    let site = site().await;
    let mut visitor = office(&site).await;
    let id = first_id(&send(&mut visitor, &[], &[("王某家门口.png", &png(8))]).await);
    let address = format!("/files/{id}/public");
    let mut stranger = site.visitor().await;
    assert_eq!(stranger.get(&address).await.status, StatusCode::NOT_FOUND);
    assert_eq!(visitor.get(&address).await.header("cache-control"), "private, max-age=600", "the office sees it small");

    let store = site.store().await;
    let mut tx = store.begin(&Actor::operator("test")).await.unwrap();
    evidences::set_public(&tx, "return", &[SUBJECT], true).await.unwrap();
    tx.record(store::audit::Event::new("return.published", "return", SUBJECT, json!({}))).await.unwrap();
    tx.commit().await.unwrap();
    let reply = stranger.get(&address).await;
    assert_eq!((reply.status, reply.header("cache-control")), (StatusCode::OK, "public, max-age=600"));
    // The sender's name for it stays inside; it is called 现场照片.
    let named = "inline; filename*=UTF-8''%E7%8E%B0%E5%9C%BA%E7%85%A7%E7%89%87.";
    assert!(reply.header("content-disposition").starts_with(named), "{}", reply.header("content-disposition"));

    let mut tx = store.begin(&Actor::operator("test")).await.unwrap();
    evidences::remove(&mut tx, id.parse().unwrap()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(stranger.get(&address).await.status, StatusCode::NOT_FOUND);
    assert_eq!(visitor.get(&format!("/files/{id}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_paper_is_downloaded_not_run() {
    let site = site().await;
    let mut visitor = office(&site).await;
    let id = first_id(&send(&mut visitor, &[("public", "yes")], &[("验收.pdf", b"%PDF-1.7\n%%EOF\n")]).await);
    for path in [format!("/files/{id}"), format!("/files/{id}/public")] {
        let reply = visitor.get(&path).await;
        assert_eq!(reply.header("content-type"), "application/pdf");
        assert!(reply.header("content-disposition").starts_with("attachment;"), "{path}");
    }
}
