//! What is looked at before a site is accepted, and what a check comes to. All of it is our own choice (certainty D).

use kernel::{Problem, Text};
use serde::{Deserialize, Serialize};

use crate::catalogue::Catalogue;

/// Characters that stand beside a line of the list.
pub const LONGEST: usize = 300;

kernel::codes! {
    /// What was found of one line of the checklist.
    Outcome {
        /// It is as it should be.
        Met = "met", "符合", "holds";
        /// It is not.
        Unmet = "unmet", "不符合", "does not hold";
        /// It was not looked at, or does not apply here.
        Unseen = "unseen", "未查或不适用", "not looked at";
    }
}

kernel::codes! {
    /// What a whole check comes to.
    Verdict {
        /// Every line holds.
        Passed = "passed", "验收通过", "accepted";
        /// Some line does not hold.
        Failed = "failed", "验收未通过", "not accepted";
        /// Nothing is wrong, but not all was looked at.
        Open = "open", "尚未查全", "not all looked at";
    }
}

impl Verdict {
    /// The light that it is shown in.
    pub fn light(self) -> &'static str {
        match self {
            Self::Passed => "done",
            Self::Failed => "late",
            Self::Open => "behind",
        }
    }
}

/// One line of a checklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The number of the service whose list it stands in.
    pub service: String,
    /// What is looked at.
    pub says: Text,
}

/// A line with what was found, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The number of the service.
    pub service: String,
    /// What was looked at, in the words of that day.
    pub says: Text,
    /// How it is.
    pub outcome: Outcome,
    /// What is wrong, or why it was not looked at.
    pub words: String,
}

/// What is looked at where an indicator feeds `services` (numbers apart by spaces) and the site is a `kind`: the lists of
/// these services, else that of the service which is called like the kind.
pub fn checklist(catalogue: &Catalogue, services: &str, kind: &str) -> Vec<Line> {
    let named = services.split_whitespace().filter_map(|code| catalogue.find(code));
    let mut of: Vec<_> = named.filter(|service| !service.checks.is_empty()).collect();
    if of.is_empty() && !kind.is_empty() {
        let called =
            |service: &&crate::catalogue::Service| [&service.name.zh, &service.entry.zh].contains(&&kind.to_owned());
        of.extend(catalogue.services.iter().filter(|service| !service.checks.is_empty()).find(called));
    }
    let lines = |service: &crate::catalogue::Service| {
        let code = service.code.clone();
        service.checks.iter().map(move |says| Line { service: code.clone(), says: says.clone() }).collect::<Vec<_>>()
    };
    of.into_iter().flat_map(lines).collect()
}

/// Puts what was ticked beside the list.
///
/// # Errors
/// A problem of `outcome-3` or `words-3` where the fourth line is left open, or does not hold and nothing says why.
pub fn read(list: &[Line], typed: impl Fn(usize) -> (String, String)) -> Result<Vec<Found>, Problem> {
    let mut found = Vec::with_capacity(list.len());
    for (at, Line { service, says }) in list.iter().enumerate() {
        let (outcome, words) = typed(at);
        let Some(outcome) = Outcome::parse(&outcome) else {
            let (zh, en) = ("请选择一项", "Choose one");
            return Err(Problem::field(&format!("outcome-{at}"), zh, en));
        };
        let words = words.trim().to_owned();
        let field = format!("words-{at}");
        if outcome == Outcome::Unmet && words.is_empty() {
            return Err(Problem::field(&field, "不符合的，请写明哪里不符合", "Say what is wrong"));
        }
        if words.chars().count() > LONGEST {
            let (zh, en) = (format!("最多 {LONGEST} 字"), format!("At most {LONGEST} characters"));
            return Err(Problem::field(&field, zh, en));
        }
        found.push(Found { service: service.clone(), says: says.clone(), outcome, words });
    }
    Ok(found)
}

/// What it comes to. Of an empty list nothing was looked at.
pub fn verdict(found: &[Found]) -> Verdict {
    if found.iter().any(|one| one.outcome == Outcome::Unmet) {
        return Verdict::Failed;
    }
    let all = !found.is_empty() && found.iter().all(|one| one.outcome == Outcome::Met);
    if all { Verdict::Passed } else { Verdict::Open }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> Vec<Line> {
        let line = |zh: &str| Line { service: "D017".into(), says: Text::new(zh, "something") };
        vec![line("门可从内锁闭"), line("有洗手池")]
    }

    fn found(outcomes: [&str; 2]) -> Vec<Found> {
        read(&list(), |at| (outcomes[at].to_owned(), "看过".to_owned())).expect("all is ticked")
    }

    #[test]
    fn one_line_that_does_not_hold_decides_and_one_that_was_not_seen_keeps_it_open() {
        assert_eq!(verdict(&found(["met", "met"])), Verdict::Passed);
        assert_eq!(verdict(&found(["met", "unseen"])), Verdict::Open);
        assert_eq!(verdict(&found(["unseen", "unmet"])), Verdict::Failed);
        assert_eq!(verdict(&[]), Verdict::Open, "nothing was looked at");
    }

    #[test]
    fn what_is_left_open_or_wrong_without_a_word_is_told_at_its_field() {
        let field = |outcomes: [&'static str; 2], words: &'static str| {
            read(&list(), |at| (outcomes[at].to_owned(), words.to_owned())).unwrap_err().places[0].at.zh.clone()
        };
        assert_eq!(field(["met", ""], ""), "outcome-1");
        assert_eq!(field(["met", "perhaps"], ""), "outcome-1");
        assert_eq!(field(["met", "unmet"], "  "), "words-1");
        let long = "字".repeat(LONGEST + 1);
        let told = read(&list(), |_| ("met".to_owned(), long.clone())).unwrap_err();
        assert_eq!(told.places[0].at.zh, "words-0");
    }

    #[test]
    fn the_list_comes_from_the_services_of_the_indicator_else_from_the_kind_of_the_site() {
        let catalogue = Catalogue::shipped();
        let rooms = catalogue.find("D017").expect("it ships");
        assert!(!rooms.checks.is_empty());
        let of = |services: &str, kind: &str| checklist(catalogue, services, kind);
        assert_eq!(of("D017", "充电站").len(), rooms.checks.len());
        assert_eq!(of("", &rooms.name.zh), of("D017", ""));
        assert!(of("D999", "从未听说").is_empty());
        let other = catalogue.services.iter().find(|one| !one.checks.is_empty() && one.code != "D017").expect("more");
        let both = of(&format!("{} D017", other.code), "");
        assert_eq!(both.len(), other.checks.len() + rooms.checks.len());
        assert_eq!(both[0].service, other.code);
    }
}
