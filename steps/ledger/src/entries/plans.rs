//! How both databases find what desks ask of a long ledger: by an index, never by a walk through all of it.

use sea_orm::QueryTrait;
use store::{Backend, Store};
use uuid::Uuid;

use super::lists::{corrections, counting};

async fn desks_are_found_by_index(url: &str) {
    let store = Store::open(url, kernel::Clock::system()).await.unwrap();
    store.migrate(&[store::migrations::list, crate::migrations::list]).await.unwrap();
    let (backend, programme) = (store.backend(), Uuid::nil());
    for (what, statement, index) in [
        ("a count of entries", counting(backend, programme, 10_000), "entries_"),
        ("the corrections of one programme", corrections(&[programme], 5).build(backend), "entries_corrections"),
        ("those of two", corrections(&[programme, Uuid::max()], 5).build(backend), "entries_corrections"),
    ] {
        let plan = testing::plan(&store, statement).await;
        assert!(plan.contains(index), "{what} does without {index}:\n{plan}");
        let whole = match backend {
            Backend::Postgres => plan.contains("Seq Scan") || !plan.contains("Index Cond"),
            _ => plan.lines().any(|line| line.contains("SCAN e") && !line.contains("CONSTANT ROW")),
        };
        assert!(!whole, "{what} reads every entry:\n{plan}");
    }
}

#[tokio::test]
async fn sqlite() {
    let folder = tempfile::tempdir().unwrap();
    desks_are_found_by_index(&databases::sqlite_in(folder.path())).await;
}

#[tokio::test]
async fn postgres() {
    desks_are_found_by_index(databases::Postgres::shared().unwrap().fresh_database().unwrap().url()).await;
}
