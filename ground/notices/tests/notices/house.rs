//! A database with accounts, at times of one's choice.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Clock, Lang, Text};
use minsheng_notices as notices;
use notices::store::subscriptions::{self, NewSubscription};
use notices::tables::notices as table;
use notices::{Channel, Kind, Mail, NewNotice, Timing, Transports, Webhooks};
use sea_orm::{EntityTrait, QueryOrder};
use store::{Actor, Store};
use tempfile::TempDir;
use uuid::Uuid;

/// Ten in the morning in China on 5 June 2024.
pub(crate) fn morning() -> DateTime<Utc> {
    "2024-06-05T02:00:00Z".parse().unwrap()
}

pub(crate) struct House {
    store: Store,
    pub(crate) wang: Uuid,
    pub(crate) li: Uuid,
    _folder: Option<TempDir>,
}

impl House {
    /// In a folder of its own.
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let house = Self::open(&databases::sqlite_in(folder.path())).await;
        Self { _folder: Some(folder), ..house }
    }

    /// In the database at `url`.
    pub(crate) async fn open(url: &str) -> Self {
        let store = testing::store(url, Clock::fixed(morning()), &[]).await;
        let (wang, li) = (testing::account(&store, "wang", "wang").await, testing::account(&store, "li", "li").await);
        Self { store, wang, li, _folder: None }
    }

    /// The database, `minutes` after [`morning`].
    pub(crate) fn after(&self, minutes: i64) -> Store {
        self.store.with_clock(Clock::fixed(morning() + TimeDelta::minutes(minutes)))
    }

    pub(crate) async fn subscribe(&self, account: Uuid, channel: Channel, address: &str, timing: Timing) -> Uuid {
        let new =
            NewSubscription { channel, address: address.into(), kinds: vec![Kind::Order], timing, lang: Lang::Zh };
        subscriptions::add(&self.store, &Actor::operator("test"), account, new).await.unwrap()
    }

    /// Tells both accounts of an order, at some time.
    pub(crate) async fn tell(&self, minutes: i64, number: u32) {
        let store = self.after(minutes);
        let mut tx = store.begin(&Actor::operator("test")).await.unwrap();
        notices::send(tx.on(), tx.at_ms(), &order(&[self.wang, self.li, self.wang], number)).await.unwrap();
        tx.record(store::audit::Event::new("order.raised", "order", number, serde_json::json!({}))).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Every notice of `channel`, the oldest first.
    pub(crate) async fn rows(&self, channel: Channel) -> Vec<table::Model> {
        let rows = table::Entity::find().order_by_asc(table::Column::Id).all(self.store.reader()).await.unwrap();
        rows.into_iter().filter(|row| row.channel == channel.code()).collect()
    }
}

pub(crate) fn order(to: &[Uuid], number: u32) -> NewNotice {
    NewNotice {
        kind: Kind::Order,
        to: to.to_vec(),
        subject: Text::new(
            format!("督办单〔2024〕{number}号：公办幼儿园建设进度滞后"),
            format!("Order 2024 no. {number}"),
        ),
        body: Text::new("请于 6 月 19 日前答复。", "Answer by 19 June."),
        link: format!("/office/orders/{number}"),
        programme: None,
        dedup: format!("order.raised:{number}"),
    }
}

/// Ways out, to a mail server on `port` if any, and to webhooks on this machine if `inside`.
pub(crate) fn transports(port: Option<u16>, inside: bool) -> Arc<Transports> {
    let mail =
        port.map(|port| Mail::new(&format!("smtp://127.0.0.1:{port}"), "民生实事 <minsheng@example.cn>").unwrap());
    Arc::new(Transports { mail, webhooks: Webhooks::new(inside).unwrap(), site: "https://minsheng.example.cn/".into() })
}
