//! The texts that were really published, against the sample years: a text must match the ledger that was made from it.

use std::path::{Path, PathBuf};

use announce::checking::matching::Outcome;
use announce::checking::{Checked, check};

use crate::house::{House, actor, announce, at};

/// Other people's sentences are not shipped; the folder beside the repository may hold them.
pub(crate) fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/bulletins");
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/bulletins");
    let found = [folder, beside].into_iter().find(|folder| folder.is_dir());
    if found.is_none() {
        eprintln!("skipped: the published texts are not here");
    }
    found
}

async fn checked(house: &House, folder: &Path, name: &str, slug: &str, change: (&str, &str)) -> Checked {
    let text = std::fs::read_to_string(folder.join(format!("{name}.txt"))).unwrap();
    assert!(text.contains(change.0), "{name} has no {}", change.0);
    let text = bulletins::Text::new(name, text.replacen(change.0, change.1, 1));
    check(house.store.reader(), &house.outline(slug).await, text, None).await.unwrap()
}

fn told(checked: &Checked) -> String {
    let lines = announce::check_words::lines(checked, "x", kernel::Lang::Zh);
    lines
        .iter()
        .filter(|line| line.outcome != "matches")
        .map(|line| {
            format!(
                "{} {} {} | {} {} {} | {}\n",
                line.outcome,
                line.indicator,
                line.printed,
                line.likeness,
                line.ledger_indicator,
                line.ledger_printed,
                line.explanation
            )
        })
        .collect()
}

#[tokio::test]
async fn published_texts_match_their_own_ledger() {
    let Some(folder) = folder() else { return };
    let mut house = House::embedded().await;
    house.store = house.store.with_clock(at("2026-11-21"));
    ledger::samples::load(&house.store, &actor(), &mut |_, _| {}).await.unwrap();
    for (name, slug, share) in [
        ("ningbo-2024-h1", "330200-2024", 82),
        ("hangzhou-2024-yearend", "330100-2024", 80),
        ("yongkang-2024-tasks", "330784-2024", 90),
        ("yongkang-2024-suggestions", "330784-2024-suggestions", 65),
        ("yiwu-2020-review", "330782-2020", 75),
    ] {
        let checked = checked(&house, &folder, name, slug, ("", "")).await;
        let (all, right) = (checked.findings.len(), checked.comparison.count(Outcome::Matches));
        let wrong = checked.comparison.count(Outcome::Differs);
        println!("{name}: {right} of {all} match, {wrong} differ\n{}", told(&checked));
        assert_eq!(wrong, 0, "{name}:\n{}", told(&checked));
        assert!(right * 100 >= all * share, "{name}: {right} of {all}\n{}", told(&checked));
    }
    // What was altered is found, with the difference.
    for (from, to, by) in [("374个", "384个", "10"), ("5073个", "5037个", "-36"), ("22.47亿", "22.74亿", "27000000")]
    {
        let altered = checked(&house, &folder, "ningbo-2024-h1", "330200-2024", (from, to)).await;
        let found = announce::check_words::lines(&altered, "x", kernel::Lang::Zh);
        let found: Vec<_> = found.iter().filter(|line| line.outcome == "differs").collect();
        assert!(found.iter().any(|line| line.difference.as_deref() == Some(by)), "{to}:\n{}", told(&altered));
        assert!(altered.fails());
    }
}
