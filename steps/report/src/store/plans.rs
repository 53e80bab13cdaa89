//! How both databases find what queues, rounds and boards ask for: by an index that holds all of it, however long the year
//! was. Without a test nobody would see on a desk of ten returns that it had become a walk through a million.

use kernel::RegionCode;
use store::{Backend, Migrations, Store};
use testing::plan;
use uuid::Uuid;

use super::{counts, lists};

const TABLES: &[Migrations] = &[
    store::migrations::list,
    people::migrations::list,
    files::migrations::list,
    ledger::migrations::list,
    plan::migrations::list,
    crate::migrations::list,
];

async fn pages_are_found_by_index(url: &str) {
    let store = Store::open(url, kernel::Clock::system()).await.unwrap();
    store.migrate(TABLES).await.unwrap();
    let (on, backend) = (store.reader(), store.backend());
    let county: RegionCode = "330203".parse().unwrap();
    let (id, slice) = (Uuid::nil(), (0, 31));
    let own = lists::waiting(on, &[county.subtree()], true).await.unwrap();
    let mut below = lists::waiting(on, &[county.subtree()], false).await.unwrap();
    let few = below.paged(backend, slice);
    below.count = 1_000_000;
    for (what, statement, indices, sorts) in [
        ("the count of a desk", own.counted(backend), vec!["returns_desk"], 0),
        ("the count below", below.counted(backend), vec!["returns_desk"], 0),
        // The page's own thirty rows are sorted; what waits is not, or it is bounded.
        ("a desk", own.paged(backend, slice), vec!["returns_desk"], 1),
        ("few below", few, vec!["returns_desk"], 2),
        ("many below", below.paged(backend, slice), vec!["returns_waiting"], 1),
        (
            "rounds",
            counts::standing(backend, &[id], 0),
            vec!["returns_round", "returns_submitted", "returns_flagged"],
            0,
        ),
        ("the board", counts::approved(backend, id, 0), vec!["returns_approved"], 0),
    ] {
        let plan = plan(&store, statement).await;
        if backend == Backend::Postgres {
            // Of several that fit, an empty table takes any; none of them would show as a walk through all that is there.
            assert!(plan.contains("Index") && plan.contains("Index Cond"), "{what} goes by no index:\n{plan}");
        } else {
            for index in indices {
                assert!(plan.contains(index), "{what} does without {index}:\n{plan}");
            }
            let whole = plan.lines().any(|line| line.contains("SCAN r") && !line.contains("COVERING INDEX"));
            assert!(!whole, "{what} reads all returns:\n{plan}");
            let sorted = plan.matches("TEMP B-TREE FOR ORDER BY").count();
            assert!(sorted <= sorts, "{what} sorts {sorted} times:\n{plan}");
        }
    }
}

#[tokio::test]
async fn sqlite() {
    let folder = tempfile::tempdir().unwrap();
    pages_are_found_by_index(&format!("sqlite://{}/plans.db?mode=rwc", folder.path().display())).await;
}

#[tokio::test]
async fn postgres() {
    pages_are_found_by_index(databases::Postgres::shared().unwrap().fresh_database().unwrap().url()).await;
}
