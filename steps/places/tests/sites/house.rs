//! A published programme with two projects to place sites in.

use std::path::PathBuf;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION};
use axum::http::{HeaderMap, Request, StatusCode};
use kernel::{Clock, Grant, Role};
use ledger::programmes::{self, Outline};
use maps::Crs;
use people::store::accounts::{self, NewAccount};
use people::store::sessions;
use places::sites::import::{self, Options, Report};
use plan::sheet;
use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::MigrationTrait;
use store::{Actor, Store};
use tower::ServiceExt;
use web::{App, Settings};

pub(crate) use minsheng_places as places;

/// 278 piles, of these 158 in the countryside: the published pair.
const SHEET: &str = "方案地区代码,年度,类别序号,类别,项目名称,指标,单位,采集层级,地区代码,目标值,完成值,截至
330226,2024,1,交通出行,充电设施,公共充电桩,个,县,330226,278,200,2024-06-30
,,2,文化体育,健身场地,健身广场,个,县,330226,20,5,2024-06-30";

/// Sites of both projects: 100 and 58 piles in the countryside, 120 in town; one square without a point.
pub(crate) const SITES: &str = "方案,编号,点位名称,项目,指标,地区代码,地址,类型,阶段,开工日期,计划完成,数量,坐标系,经度,纬度,属性：地域
330226-2024,CD-1,一号充电站,充电设施,公共充电桩,330226001,甲路1号,充电站,已投用,2024-02-01,2024-06-30,120,gcj02,121.4290,29.2880,城镇
,CD-2,二号充电站,,公共充电桩,330226102,乙路2号,充电站,在建,2024-03-01,2024-06-30,100,wgs84,121.50,29.30,农村
,CD-3,三号充电站,,,330226101,丙路3号,充电站,在建,2024-03-01,2024/12/31,58,bd09,121.60,29.25,农村
,JS-1,健身广场,健身场地,,330226,丁路4号,健身广场,,,,1,,,,
";

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        [
            store::migrations::list(),
            people::migrations::list(),
            files::migrations::list(),
            notices::migrations::list(),
            ledger::migrations::list(),
            plan::migrations::list(),
            places::migrations::list(),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) outline: Outline,
    pub(crate) folder: tempfile::TempDir,
}

pub(crate) fn actor() -> Actor {
    Actor::operator("test")
}

impl House {
    /// On 8 July 2024.
    pub(crate) async fn on(url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(url, Clock::fixed("2024-07-08T04:00:00Z".parse().unwrap())).await.unwrap();
        Migrator::up(store.for_migrations(), None).await.unwrap();
        ledger::regions::load_shipped(&store).await.unwrap();
        let path = folder.path().join("programme.csv");
        std::fs::write(&path, SHEET).unwrap();
        let options = sheet::Options { publish: true, ..sheet::Options::default() };
        sheet::import(&store, &actor(), &path, &options, &mut |_| {}).await.unwrap();
        let programme = programmes::find(store.reader(), "330226-2024").await.unwrap().unwrap();
        let outline = Outline::load(store.reader(), programme).await.unwrap();
        Self { store, outline, folder }
    }

    /// With a database of its own.
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap().keep();
        Self::on(&format!("sqlite://{}/places.db?mode=rwc", folder.display())).await
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub(crate) async fn import(&self, name: &str, text: &str) -> store::Result<Report> {
        let options = Options { name: name.into(), crs: Crs::Wgs84, by: "test".into(), ..Options::default() };
        import::import(&self.store, &actor(), &self.file(name, text), &options).await
    }

    pub(crate) async fn refused(&self, name: &str, text: &str) -> String {
        let problem = self.import(name, text).await.unwrap_err();
        let problem = problem.problem().unwrap().clone();
        let places: Vec<String> =
            problem.places.iter().map(|place| format!("{} {}", place.at.zh, place.message.zh)).collect();
        format!("{}\n{}", problem.message.zh, places.join("\n"))
    }
}

/// Somebody with a session, or nobody.
pub(crate) struct Visitor {
    router: Router,
    token: Option<String>,
    csrf: String,
}

pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn location(&self) -> String {
        let location = self.headers.get(LOCATION).unwrap_or_else(|| panic!("{} {}", self.status, self.text()));
        location.to_str().unwrap().to_owned()
    }
}

impl Visitor {
    pub(crate) fn nobody(house: &House) -> Self {
        let app = App::new(house.store.clone(), Settings::local(house.folder.path().join("uploads")));
        let steps = places::steps().into_iter().chain(web::steps()).collect();
        Self { router: web::server::assemble(app, steps), token: None, csrf: String::new() }
    }

    pub(crate) async fn new(house: &House, name: &str, role: Role, region: &str) -> Self {
        let mut visitor = Self::nobody(house);
        let app = App::new(house.store.clone(), Settings::local(house.folder.path().join("uploads")));
        let new = NewAccount {
            sign_in_name: name.into(),
            display_name: format!("{name}办公室"),
            person: None,
            password: "Harbour-7-bridge".into(),
            must_change: false,
        };
        let rules = &app.settings.accounts;
        let id = accounts::create(&house.store, &actor(), rules, &app.passwords, new).await.unwrap();
        let grant = Grant { role, region: Some(region.parse().unwrap()), organisation: None };
        accounts::grant(&house.store, &actor(), id, grant).await.unwrap();
        let begun = sessions::sign_in(&house.store, rules, &app.passwords, name, "Harbour-7-bridge").await.unwrap();
        visitor.csrf = begun.viewer.csrf.clone();
        visitor.token = Some(begun.token);
        visitor
    }

    async fn send(&self, mut request: Request<Body>) -> Reply {
        if let Some(token) = &self.token {
            request.headers_mut().insert(COOKIE, format!("minsheng_session={token}").parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Reply { status, headers, body: to_bytes(response.into_body(), 1 << 26).await.unwrap().to_vec() }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let pair = |(name, value): &(&str, &str)| format!("{name}={}", web::listing::escape(value));
        let form: Vec<String> = fields.iter().map(pair).chain([format!("csrf={}", self.csrf)]).collect();
        let request = Request::post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.join("&"))).unwrap()).await
    }

    /// Sends a form as browsers send those with files.
    pub(crate) async fn post_parts(&self, path: &str, fields: &[(&str, &str)], file: Option<(&str, &str)>) -> Reply {
        let mut body = String::new();
        for (name, value) in [("csrf", self.csrf.as_str())].iter().chain(fields) {
            body += &format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        }
        if let Some((name, text)) = file {
            body +=
                &format!("--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{text}\r\n");
        }
        body += "--x--\r\n";
        let request = Request::post(path).header(CONTENT_TYPE, "multipart/form-data; boundary=x");
        self.send(request.body(Body::from(body)).unwrap()).await
    }
}
