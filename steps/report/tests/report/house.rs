//! A city with two counties, a project that both share, and the people who report and review.

use chrono::NaiveDate;
use kernel::{Grant, Level, RegionCode, Role};
use ledger::entries::{self, NewEntry};
use ledger::programmes::{self, Holders, IndicatorForm, Outline, ProgrammeForm, ResponsibilityRole};
use ledger::tables::programmes::Model as Programme;
use ledger::words::{Breakdown, FundSource, Kind, Measure, Purpose, Relation};
use people::rules::OrganisationKind;
use people::store::accounts;
use people::store::organisations::{self, NewOrganisation};
use report::By;
use report::returns::{Content, Filling, Return};
use report::rounds::{self, NewRound};
use store::audit::{Event, RowDigest};
use store::{Actor, Migrations, Store};
use uuid::Uuid;

pub(crate) use minsheng_report as report;
pub(crate) use testing::noon;

pub(crate) const CITY: &str = "330200";
pub(crate) const HAISHU: &str = "330203";
pub(crate) const NINGHAI: &str = "330226";

/// Everything that a test needs to know of the house.
pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) programme: Programme,
    pub(crate) project: Uuid,
    /// 新增学位, shared by two counties, with two complete parts.
    pub(crate) places: Uuid,
    pub(crate) parts: [Uuid; 2],
    /// 资金, the city's own.
    pub(crate) money: Uuid,
    pub(crate) bureau: Uuid,
    pub(crate) haishu: Uuid,
}

pub(crate) fn code(text: &str) -> RegionCode {
    text.parse().unwrap()
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) async fn organisation(store: &Store, region: &str, name: &str) -> Uuid {
    let new = NewOrganisation {
        region: code(region),
        name: name.into(),
        short_name: String::new(),
        kind: OrganisationKind::Department,
        uscc: None,
    };
    organisations::create(store, &Actor::operator("test"), new).await.unwrap()
}

impl House {
    /// On 2 July 2024.
    pub(crate) async fn open(url: &str) -> Self {
        let tables: &[Migrations] = &[ledger::migrations::list, plan::migrations::list, report::migrations::list];
        let store = testing::store(url, noon("2024-07-02"), tables).await;
        ledger::regions::load_shipped(&store).await.unwrap();
        let bureau = organisation(&store, CITY, "宁波市教育局").await;
        let haishu = organisation(&store, HAISHU, "海曙区教育局").await;
        let mut tx = store.begin(&Actor::operator("test")).await.unwrap();
        let form = ProgrammeForm::new(code(CITY), 2024, "宁波市2024年度民生实事");
        let programme = programmes::create(&tx, &form).await.unwrap();
        let mut outline = Outline::load(tx.on(), programme.clone()).await.unwrap();
        let (category, _) = outline.category(&tx, Some(1), "教育惠民").await.unwrap();
        let (project, _) = outline.project(&tx, category, Some(1), "中小学扩容").await.unwrap();
        let form = IndicatorForm {
            breakdown: Some(Breakdown::Complete),
            ..IndicatorForm::new("新增学位", "个", Kind::Count, Level::County)
        };
        let places = outline.add_indicator(&tx, project, &form).await.unwrap();
        let mut parts = [Uuid::nil(); 2];
        for (slot, name) in parts.iter_mut().zip(["小学学位", "初中学位"]) {
            let form = IndicatorForm {
                parent: Some(places),
                relation: Some(Relation::PartOf),
                ..IndicatorForm::new(name, "个", Kind::Count, Level::County)
            };
            *slot = outline.add_indicator(&tx, project, &form).await.unwrap();
        }
        let form = IndicatorForm {
            purpose: Purpose::Funding,
            fund_source: Some(FundSource::City),
            ..IndicatorForm::new("项目资金", "元", Kind::Money, Level::City)
        };
        let money = outline.add_indicator(&tx, project, &form).await.unwrap();
        for (region, body) in [(CITY, bureau), (HAISHU, haishu)] {
            let holders = Holders {
                project,
                region: code(region),
                role: ResponsibilityRole::Lead,
                bodies: vec![(Some(body), None)],
            };
            programmes::answer(&tx, programme.id, &holders, day("2024-01-01")).await.unwrap();
        }
        let targets =
            [(places, CITY, "6000"), (places, HAISHU, "2500"), (places, NINGHAI, "3500"), (money, CITY, "3000万")];
        let new = targets.map(|(indicator, region, raw)| NewEntry {
            indicator,
            region: code(region),
            organisation: None,
            measure: Measure::Target,
            as_of: None,
            effective_on: day("2024-01-01"),
            number: Some(figures::parse_number(raw).unwrap()),
            qualifier: figures::Qualifier::Exact,
            source: None,
            supersedes: None,
            withdrawn: false,
        });
        let mut digest = RowDigest::default();
        let mut event = Event::new("targets.set", "programme", &programme.slug, serde_json::Value::Null);
        entries::post(&tx, &outline, event.id, new.into(), &mut digest).await.unwrap();
        event.detail = serde_json::json!({ "rows": 4, "digest": digest.finish() });
        tx.record(event).await.unwrap();
        tx.commit().await.unwrap();
        Self { store, programme, project, places, parts, money, bureau, haishu }
    }

    /// The same house on another day.
    pub(crate) fn on(&self, day: &str) -> Store {
        self.store.with_clock(noon(day))
    }

    /// A fresh account.
    pub(crate) async fn account(&self, name: &str, grants: &[(Role, &str, Option<Uuid>)]) -> By {
        let account = testing::account(&self.store, name, &format!("{name}同志")).await;
        let mut held = Vec::new();
        for (role, region, organisation) in grants {
            let grant = Grant { role: *role, region: Some(code(region)), organisation: *organisation };
            accounts::grant(&self.store, &testing::actor(), account, grant.clone()).await.unwrap();
            held.push(grant);
        }
        By {
            account,
            sign_in_name: name.into(),
            name: format!("{name}同志"),
            organisation: format!("{name}单位"),
            grants: held,
        }
    }

    /// A fresh account with one role; administrators have no region.
    pub(crate) async fn with_role(&self, name: &str, role: Role, scope: &str, organisation: Option<Uuid>) -> By {
        if !role.is_administrator() {
            return self.account(name, &[(role, scope, organisation)]).await;
        }
        let by = self.account(name, &[]).await;
        let grant = Grant { role, region: None, organisation: None };
        accounts::grant(&self.store, &Actor::operator("test"), by.account, grant.clone()).await.unwrap();
        By { grants: vec![grant], ..by }
    }

    pub(crate) async fn office(&self) -> By {
        self.account("office", &[(Role::ProgrammeOffice, CITY, None)]).await
    }

    pub(crate) async fn supervision(&self) -> By {
        self.account("supervision", &[(Role::SupervisionOffice, CITY, None)]).await
    }

    pub(crate) async fn county_office(&self) -> By {
        self.account("haishuban", &[(Role::ProgrammeOffice, HAISHU, None)]).await
    }

    /// Fills in for the bureau of the county of Haishu.
    pub(crate) async fn body(&self) -> By {
        self.account("haishu", &[(Role::ResponsibleBody, HAISHU, Some(self.haishu))]).await
    }

    /// Fills in for the city's bureau, which answers for the other county too.
    pub(crate) async fn bureau(&self) -> By {
        self.account("jiaoyu", &[(Role::ResponsibleBody, CITY, Some(self.bureau))]).await
    }

    /// Opens the round for the end of June, from 1 to 5 July.
    pub(crate) async fn june(&self, office: &By, levels: &[Level]) -> Uuid {
        let new = NewRound {
            cut_off: day("2024-06-30"),
            opens_on: day("2024-07-01"),
            closes_on: day("2024-07-05"),
            levels: levels.to_vec(),
        };
        rounds::open(&self.store, office, &self.programme, &new).await.unwrap().round
    }

    /// The return on a place.
    pub(crate) async fn at(&self, round: Uuid, region: &str) -> Return {
        let all = report::returns::owed_of(self.store.reader(), round).await.unwrap();
        all.into_iter().find(|row| row.region == code(region).stored()).unwrap()
    }

    /// What Haishu reports: `whole` places in two parts, of which `first` is the one.
    pub(crate) fn filling(&self, row: &Return, whole: u32, first: u32) -> Filling {
        let figures = [(self.places, whole), (self.parts[0], first), (self.parts[1], whole.saturating_sub(first))];
        let figures = figures.map(|(indicator, value)| (indicator, value.to_string()));
        let content = Content { image: "45".into(), ..Content::figures(figures) };
        Filling { id: row.id, version: row.version, content }
    }
}

/// Makes each test run on both databases.
#[macro_export]
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        databases::on_both!($crate::house::House::open => $($name),+);
    };
}
