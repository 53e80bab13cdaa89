//! The ladder of supervision (督办升级链) as data: what follows what, how long each step gives, and its colour.

use serde::Deserialize;

use crate::codes;

codes! {
    /// What a supervision order is: the steps of the ladder, mildest first.
    OrderKind {
        /// Asks; the usual beginning.
        Reminder = "reminder", "提醒函", "reminder";
        /// Orders.
        Order = "order", "督办单", "supervision order";
        /// Tells everybody else.
        Circular = "circular", "通报", "circular";
        /// Calls in those who answer for it.
        Talk = "talk", "约谈", "talk";
        /// Hands the matter over to the yearly assessment.
        Assessment = "assessment", "移交考核", "referral to assessment";
    }
}

codes! {
    /// How pressing an order is.
    OrderColour {
        /// 提醒.
        Blue = "blue", "蓝色", "blue";
        /// 警告.
        Orange = "orange", "橙色", "orange";
        /// 严重警告.
        Red = "red", "红色", "red";
    }
}

/// How long something may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// Working days; the day itself does not count.
    WorkingDays(u32),
    /// Calendar days, moved from a day off to the next working day.
    Days(u32),
    /// Months, moved from a day off to the next working day.
    Months(u32),
}

/// One step of the ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rung {
    /// What is sent.
    pub kind: OrderKind,
    /// In which colour.
    pub colour: OrderColour,
    /// How long the body has.
    pub term: Term,
}

/// The steps that a place uses, mildest first; never empty, none twice.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<Rung>")]
pub struct Ladder(Vec<Rung>);

impl TryFrom<Vec<Rung>> for Ladder {
    type Error = String;

    fn try_from(rungs: Vec<Rung>) -> Result<Self, String> {
        if rungs.is_empty() {
            return Err("the ladder has no step".into());
        }
        if let Some(pair) = rungs.windows(2).find(|pair| pair[0].kind >= pair[1].kind) {
            return Err(format!("{} cannot stand after {}", pair[1].kind.code(), pair[0].kind.code()));
        }
        Ok(Self(rungs))
    }
}

impl Ladder {
    /// Every step, mildest first.
    pub fn rungs(&self) -> &[Rung] {
        &self.0
    }

    /// The step with which chasing usually begins.
    pub fn first(&self) -> Rung {
        self.0[0]
    }

    /// The step of this kind, if the place uses it.
    pub fn rung(&self, kind: OrderKind) -> Option<Rung> {
        self.0.iter().copied().find(|rung| rung.kind == kind)
    }

    /// The step above `kind`.
    pub fn above(&self, kind: OrderKind) -> Option<Rung> {
        self.0.iter().copied().find(|rung| rung.kind > kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct File {
        steps: Ladder,
    }

    fn read(text: &str) -> Result<Ladder, String> {
        toml::from_str::<File>(text).map(|file| file.steps).map_err(|error| error.to_string())
    }

    #[test]
    fn a_ladder_goes_up() {
        let rung = |kind: &str| format!("{{ kind = \"{kind}\", colour = \"blue\", term = {{ working_days = 5 }} }}");
        let steps =
            |kinds: &[&str]| format!("steps = [{}]", kinds.iter().map(|k| rung(k)).collect::<Vec<_>>().join(", "));
        let ladder = read(&steps(&["reminder", "circular"])).unwrap();
        assert_eq!(ladder.first().term, Term::WorkingDays(5));
        assert_eq!(ladder.above(OrderKind::Reminder).unwrap().kind, OrderKind::Circular, "a place may leave steps out");
        assert_eq!(ladder.above(OrderKind::Circular), None);
        assert!(read(&steps(&["order", "reminder"])).unwrap_err().contains("reminder cannot stand after order"));
        assert!(read(&steps(&["order", "order"])).is_err());
        assert!(read("steps = []").unwrap_err().contains("no step"));
        assert!(read("steps = [{ kind = \"order\", colour = \"green\", term = { days = 1 } }]").is_err());
    }
}
