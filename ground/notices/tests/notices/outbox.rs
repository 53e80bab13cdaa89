//! Who is told what, once; and how a person chooses.

use kernel::{Lang, ProblemKind};
use minsheng_notices as notices;
use notices::store::subscriptions::NewSubscription;
use notices::store::{inbox, subscriptions};
use notices::{Channel, Kind, Timing};
use store::Actor;

use crate::house::{House, order};

databases::on_both!(crate::house::House::open => told_once, told_with_the_write, only_what_was_chosen);

async fn told_once(house: House) {
    let store = house.after(0);
    house.subscribe(house.wang, Channel::Email, "wang@example.cn", Timing::AtOnce).await;
    house.tell(0, 1).await;
    house.tell(5, 1).await;
    house.tell(5, 2).await;
    assert_eq!(house.rows(Channel::Inbox).await.len(), 4, "two orders to two people, announced again or not");
    assert_eq!(house.rows(Channel::Email).await.len(), 2);
    assert_eq!(inbox::unread(store.reader(), house.wang).await.unwrap(), 2);
    inbox::mark_read(&house.after(6), house.wang, house.after(0).clock().now_ms()).await.unwrap();
    assert_eq!(inbox::unread(store.reader(), house.wang).await.unwrap(), 1, "what came later was not seen");
    assert_eq!(inbox::unread(store.reader(), house.li).await.unwrap(), 2);
    let rows = inbox::list(store.reader(), house.wang, None, 10).await.unwrap();
    assert!(rows[0].subject_zh.contains("〔2024〕2号"), "the newest first");
    let older = inbox::list(store.reader(), house.wang, Some(rows[0].id), 10).await.unwrap();
    assert_eq!(older.len(), 1);
}

/// A notice told in a write that is given up never was.
async fn told_with_the_write(house: House) {
    let store = house.after(0);
    let tx = store.begin(&Actor::operator("test")).await.unwrap();
    notices::send(tx.on(), tx.at_ms(), &order(&[house.wang], 1)).await.unwrap();
    tx.abandon().await.unwrap();
    assert!(house.rows(Channel::Inbox).await.is_empty());
}

async fn only_what_was_chosen(house: House) {
    let store = house.after(0);
    let actor = Actor::operator("test");
    let new = |kinds: &[Kind], address: &str| NewSubscription {
        channel: Channel::Email,
        address: address.into(),
        kinds: kinds.to_vec(),
        timing: Timing::AtOnce,
        lang: Lang::Zh,
    };
    let add = async |new| subscriptions::add(&store, &actor, house.wang, new).await;
    add(new(&[Kind::Return, Kind::Review], "a@example.cn")).await.unwrap();
    let all = add(new(&[], "b@example.cn")).await.unwrap();
    let again = add(new(&[], "b@example.cn")).await.unwrap_err();
    assert!(again.problem().unwrap().for_field("address").is_some());
    house.tell(0, 1).await;
    let mails = house.rows(Channel::Email).await;
    assert_eq!(mails.iter().map(|row| row.address.as_str()).collect::<Vec<_>>(), ["b@example.cn"]);

    let strange = subscriptions::end(&store, &actor, house.li, all).await.unwrap_err();
    assert_eq!(strange.problem().unwrap().kind, ProblemKind::NotFound, "somebody else's");
    subscriptions::end(&store, &actor, house.wang, all).await.unwrap();
    assert!(house.rows(Channel::Email).await[0].failed_ms.is_some(), "what waited goes nowhere");
    house.tell(1, 2).await;
    assert_eq!(house.rows(Channel::Email).await.len(), 1);
    add(new(&[], "b@example.cn")).await.expect("again, once it was ended");
    for number in 0..8 {
        add(new(&[], &format!("{number}@example.cn"))).await.unwrap();
    }
    let too_many = add(new(&[], "z@example.cn")).await.unwrap_err();
    assert_eq!(too_many.problem().unwrap().kind, ProblemKind::Conflict);
    assert_eq!(subscriptions::of(store.reader(), house.wang).await.unwrap().len(), 10);
    assert!(store::audit::verify(store.reader()).await.unwrap().fault.is_none());
}
