//! A programme that lags, to chase in: two lead bodies, one project, one indicator half behind.

use chase::orders::{self, By, Deed, NewOrder, Origin};
use chase::tables::orders::Model as Order;
use chase::words::{Act, Party, State};
use files::{Address, Files, Kept, Limits};
use kernel::RegionCode;
use kernel::ladder::OrderKind;
use ledger::programmes::{self, Holders, Outline, ResponsibilityRole};
use people::rules::OrganisationKind;
use people::store::organisations::{self, NewOrganisation};
use plan::sheet::{self, Options};
use sea_orm::EntityTrait;
use store::audit::Event;
use store::{Migrations, Store};
use uuid::Uuid;
use web::{App, Step};

pub(crate) use minsheng_chase as chase;
pub(crate) use testing::{PICTURE, actor, noon as at, problem};

/// Names of bodies and persons are made up; the places are real, because the ledger knows no others.
const SHEET: &str = "方案地区代码,年度,类别序号,类别,项目名称,指标,单位,采集层级,地区代码,目标值,完成值,截至
330200,2024,1,教育惠民,中小学扩容,新增学位,个,县,,1000,,
,,,,,,,,330203,600,150,2024-06-30
,,,,,,,,330205,400,300,2024-06-30";

pub(crate) const HAISHU: &str = "330203";

/// The store and what is in it.
pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) outline: Outline,
    pub(crate) project: Uuid,
    /// The body of a county.
    pub(crate) body: Uuid,
    /// The lead body of the city.
    pub(crate) lead: Uuid,
    pub(crate) folder: tempfile::TempDir,
}

/// Somebody without an account.
pub(crate) fn by(name: &str) -> By {
    By { account: None, name: name.into(), organisation: format!("{name}的单位") }
}

const TABLES: &[Migrations] =
    &[ledger::migrations::list, plan::migrations::list, report::migrations::list, chase::migrations::list];

impl testing::Served for House {
    fn app(&self) -> App {
        testing::app(&self.store, self.folder.path())
            .with_todos(&[chase::todos])
            .with_keepers(&[chase::ORDER_KEEPER, chase::FINDING_KEEPER])
    }

    fn steps(&self) -> Vec<Step> {
        chase::steps().into_iter().chain(plan::steps()).collect()
    }
}

impl House {
    /// On 8 July 2024: the June figures are in.
    pub(crate) async fn on(url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = testing::store(url, at("2024-07-08"), TABLES).await;
        ledger::regions::load_shipped(&store).await.unwrap();
        let path = folder.path().join("programme.csv");
        std::fs::write(&path, SHEET).unwrap();
        let options = Options { publish: true, ..Options::default() };
        sheet::import(&store, &actor(), &path, &options, &mut |_| {}).await.unwrap();
        let programme = programmes::find(store.reader(), "330200-2024").await.unwrap().unwrap();
        let outline = Outline::load(store.reader(), programme).await.unwrap();
        let project = outline.projects[0].id;
        let mut house = Self { store, outline, project, body: Uuid::nil(), lead: Uuid::nil(), folder };
        house.lead = house.leading("市教育局", "330200").await;
        house.body = house.leading("海曙区教育局", HAISHU).await;
        house
    }

    /// With divisions, in a folder of its own.
    pub(crate) async fn new() -> (Self, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let house = Self::on(&databases::sqlite_in(folder.path())).await;
        (house, folder)
    }

    /// Makes a body.
    pub(crate) async fn organisation(&self, name: &str, code: &str) -> Uuid {
        let new = NewOrganisation {
            region: code.parse().unwrap(),
            name: name.into(),
            short_name: String::new(),
            kind: OrganisationKind::Department,
            uscc: None,
        };
        organisations::create(&self.store, &actor(), new).await.unwrap()
    }

    /// Makes a body that leads the project at a place.
    async fn leading(&self, name: &str, code: &str) -> Uuid {
        let region: RegionCode = code.parse().unwrap();
        let body = self.organisation(name, code).await;
        let mut tx = self.store.begin(&actor()).await.unwrap();
        let bodies = vec![(Some(body), None)];
        let holders = Holders { project: self.project, region, role: ResponsibilityRole::Lead, bodies };
        let today = self.store.clock().today();
        programmes::answer(&tx, self.outline.programme.id, &holders, today).await.unwrap();
        tx.record(Event::new("programme.changed", "programme", "330200-2024", serde_json::json!({}))).await.unwrap();
        tx.commit().await.unwrap();
        body
    }

    pub(crate) fn new_order(&self, origin: Origin, kind: OrderKind) -> NewOrder {
        NewOrder {
            origin,
            kind,
            project: self.project,
            indicator: None,
            region: HAISHU.parse().unwrap(),
            organisation: self.body,
            title: "中小学扩容进度滞后".into(),
            demand: "请查明原因，提出追赶措施".into(),
            due_on: None,
            rule: None,
            skip_reason: String::new(),
        }
    }

    pub(crate) async fn raise_on(&self, day: &str, new: NewOrder) -> store::Result<Order> {
        let store = self.store.with_clock(at(day));
        Ok(orders::raise(&store, &actor(), &by("督查甲"), &self.outline, &[new]).await?.remove(0))
    }

    pub(crate) async fn reminder(&self) -> Order {
        self.raise_on("2024-07-08", self.new_order(Origin::Form(Uuid::now_v7()), OrderKind::Reminder)).await.unwrap()
    }

    /// A picture as a form brings it.
    pub(crate) async fn picture(&self) -> Kept {
        let path = self.folder.path().join(format!("{}.png", Uuid::now_v7()));
        std::fs::write(&path, PICTURE).unwrap();
        let files = Files::new(self.store.clone(), Address::Folder(self.folder.path().join("files")));
        files.keep(&path, "现场.png", &Limits::default()).await.unwrap()
    }

    pub(crate) async fn act(
        &self,
        day: &str,
        name: &str,
        party: Party,
        order: (Uuid, i32),
        act: Act,
    ) -> store::Result<State> {
        let due_on = act.says_day().then(|| "2024-08-20".parse().unwrap());
        let evidence = if act == Act::Apply { vec![self.picture().await] } else { Vec::new() };
        let deed = Deed { act, text: format!("{name}：已办理"), due_on, evidence };
        let store = self.store.with_clock(at(day));
        let (order, _) = orders::act(&store, &actor(), &by(name), &[party], order, &deed).await?;
        Ok(order.state())
    }

    pub(crate) async fn order(&self, id: Uuid) -> Order {
        orders::find(self.store.reader(), id).await.unwrap().unwrap()
    }

    /// Who was told what.
    pub(crate) async fn notices(&self) -> Vec<(Uuid, String)> {
        let all = notices::tables::notices::Entity::find().all(self.store.reader()).await.unwrap();
        all.into_iter().filter_map(|row| Some((row.account_id?, row.subject_zh))).collect()
    }

    /// The audit chain holds.
    pub(crate) async fn sound(&self) {
        assert!(store::audit::verify(self.store.reader()).await.unwrap().fault.is_none());
    }
}
