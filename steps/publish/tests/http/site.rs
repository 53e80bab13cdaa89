//! The site under test, filled once with the sample years, and what tests read from its answers.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use ledger::programmes::{self, ProgrammeForm};
use store::Actor;
use testing::visitor::{Reply, Visitor};
use tokio::sync::OnceCell;

use crate::house::House;

/// A site with the sample years in a folder of its own.
pub(crate) struct Site {
    visitor: Visitor,
    house: House,
}

/// The site that tests share which only read.
pub(crate) async fn site() -> &'static Site {
    static SITE: OnceCell<Site> = OnceCell::const_new();
    SITE.get_or_init(Site::open).await
}

impl Site {
    /// A site of one's own, for tests that write.
    pub(crate) async fn open() -> Self {
        let house = House::with_samples("2025-03-01").await;
        Self { visitor: Visitor::nobody(&house), house }
    }

    /// What `address` answers.
    pub(crate) async fn get(&self, address: &str) -> Reply {
        self.get_with(address, &[]).await
    }

    /// What `address` answers to a request with these headers.
    pub(crate) async fn get_with(&self, address: &str, headers: &[(&str, &str)]) -> Reply {
        let request =
            headers.iter().fold(Request::get(address), |request, (name, value)| request.header(*name, *value));
        self.visitor.send(request.body(Body::empty()).expect("a request")).await
    }

    /// The text of a page as a reader sees it: without tags, runs of white space as one.
    pub(crate) async fn page(&self, address: &str) -> String {
        let answer = self.get(address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.text());
        seen(&answer.text())
    }

    /// The JSON that `address` answers.
    pub(crate) async fn json(&self, address: &str) -> serde_json::Value {
        let answer = self.get(address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.text());
        answer.json()
    }
}

/// What a reader sees of a page: the words of `<main>`, tags taken away.
pub(crate) fn seen(html: &str) -> String {
    let main = html.split_once("<main").map_or(html, |(_, rest)| rest);
    let main = main.split_once("</main>").map_or(main, |(main, _)| main);
    let mut text = String::new();
    let mut in_tag = true;
    for character in main.chars() {
        match character {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ if !in_tag => text.push(character),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Site {
    /// Takes a programme back from the public.
    pub(crate) async fn hide(&self, slug: &str) {
        self.edit(slug, |form| form.published = false).await;
    }

    /// Gives a programme another title.
    pub(crate) async fn rename(&self, slug: &str, title: &str) {
        self.edit(slug, |form| title.clone_into(&mut form.title)).await;
    }

    async fn edit(&self, slug: &str, change: impl FnOnce(&mut ProgrammeForm)) {
        let programme =
            programmes::find(self.house.store.reader(), slug).await.expect("a database").expect("a programme");
        let region = kernel::RegionCode::from_stored(programme.region).expect("a code");
        let mut form = ProgrammeForm::new(region, programme.year, programme.title.clone());
        form.published = true;
        change(&mut form);
        let mut tx = self.house.store.begin(&Actor::operator("test")).await.expect("a write");
        programmes::edit(&tx, programme.id, programme.version, &form).await.expect("an edit");
        let event = store::audit::Event::new("programme.edited", "programme", programme.id, serde_json::Value::Null);
        tx.record(event).await.expect("an event");
        tx.commit().await.expect("a commit");
    }
}
