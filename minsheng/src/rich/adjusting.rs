//! What the office asked the congress for in the generated year: one postponement that was agreed to, one smaller target that
//! was not. Both come after June, so that no published figure moves.

use anyhow::{Context, Result};
use chrono::NaiveDate;
use figures::Decimal;
use ledger::allocations;
use ledger::entries::View;
use ledger::programmes::Outline;
use plan::adjustments::{self, Adjustment, AdjustmentKind, Decision, NewAdjustment, Ruling};
use store::Store;
use uuid::Uuid;

use super::cast::Cast;
use super::chasing::lagging;
use super::clock::at;
use super::programme::Adopted;
use super::shape::Shape;
use super::targets::Band;
use super::year::Year;

/// One request and what came of it.
struct Plea {
    /// The band of the project, and which of those it is.
    of: (Band, usize),
    kind: AdjustmentKind,
    asked: (u32, u32),
    decided: (u32, u32),
    decision: Decision,
    reason: &'static str,
    document: &'static str,
    note: &'static str,
}

const PLEAS: [Plea; 2] = [
    Plea {
        of: (Band::FarBehind, 0),
        kind: AdjustmentKind::Postpone,
        asked: (8, 20),
        decided: (9, 25),
        decision: Decision::Approved,
        reason: "管线迁改方案两次调整，主体施工顺延；申请延期至次年6月底，目标不变。",
        document: "演示〔2024〕人大常12号",
        note: "每季度报告一次进展。",
    },
    Plea {
        of: (Band::Behind, 1),
        kind: AdjustmentKind::Target,
        asked: (10, 15),
        decided: (10, 30),
        decision: Decision::Rejected,
        reason: "部分点位选址未获居民同意，申请核减一成。",
        document: "演示〔2024〕人大常15号",
        note: "请就近补选点位，年内完成原目标。",
    },
];

/// The pleas of the year.
pub(super) struct Adjusting<'a> {
    shape: &'a Shape,
    year: &'a Year,
    cast: &'a Cast,
    adopted: &'a Adopted,
}

impl<'a> Adjusting<'a> {
    /// Those of this year.
    pub(super) fn of((shape, year): (&'a Shape, &'a Year), (cast, adopted): (&'a Cast, &'a Adopted)) -> Self {
        Self { shape, year, cast, adopted }
    }

    /// Asks and decides what was asked and decided up to `until` and is not in the ledger yet.
    ///
    /// # Errors
    /// When the database fails, or a rule refuses what was made up.
    pub(super) async fn go_on(&self, store: &Store, until: NaiveDate) -> Result<()> {
        for plea in &PLEAS {
            if self.day(plea.asked)? > until {
                continue;
            }
            let known = self.find(store, plea).await?;
            let asked = match known {
                Some(known) => known,
                None => self.ask(store, plea).await?,
            };
            if asked.is_open() && self.day(plea.decided)? <= until {
                self.decide(store, plea, &asked).await?;
            }
        }
        Ok(())
    }

    fn day(&self, (month, day): (u32, u32)) -> Result<NaiveDate> {
        NaiveDate::from_ymd_opt(self.shape.year, month, day).context("a day of the year")
    }

    async fn find(&self, store: &Store, plea: &Plea) -> Result<Option<Adjustment>> {
        let all = adjustments::of_programme(store.reader(), self.adopted.outline.programme.id).await?;
        Ok(all.into_iter().find(|one| one.reason == plea.reason))
    }

    async fn ask(&self, store: &Store, plea: &Plea) -> Result<Adjustment> {
        let (band, nth) = plea.of;
        let project = *self.adopted.projects.get(lagging(self.year, band, nth)?).context("a project")?;
        let store = store.with_clock(at(self.day(plea.asked)?, 10, 5)?);
        let mut tx = store.begin(&self.cast.office.actor()).await?;
        let outline = Outline::load(tx.on(), self.adopted.outline.programme.clone()).await?;
        let mut new = NewAdjustment {
            project,
            indicator: None,
            kind: plea.kind,
            proposed: String::new(),
            proposed_on: None,
            reason: plea.reason.to_owned(),
        };
        match plea.kind {
            AdjustmentKind::Target => {
                let (indicator, proposed) = self.smaller(&store, &outline, project).await?;
                (new.indicator, new.proposed) = (Some(indicator), proposed);
            }
            _ => new.proposed_on = NaiveDate::from_ymd_opt(self.shape.year + 1, 6, 30),
        }
        let id = adjustments::request(&mut tx, &outline, &new).await?;
        tx.commit().await?;
        adjustments::find(store.reader(), id).await?.context("it was just asked for")
    }

    /// The first indicator of a project with a target, and a tenth less than that.
    async fn smaller(&self, store: &Store, outline: &Outline, project: Uuid) -> Result<(Uuid, String)> {
        let shares = allocations::shares(store.reader(), outline, View::default()).await?;
        let own = outline.indicators.iter().filter(|row| row.project_id == project && row.parent_id.is_none());
        let held = own.filter_map(|row| {
            let of = |share: &&allocations::Share| share.indicator == row.id && share.region == outline.region();
            shares.iter().find(of).map(|share| (row.id, share.target.value))
        });
        let (indicator, target) = held.into_iter().next().context("a project with a target")?;
        let less = (target * Decimal::new(9, 1)).floor();
        Ok((indicator, less.normalize().to_string()))
    }

    async fn decide(&self, store: &Store, plea: &Plea, asked: &Adjustment) -> Result<()> {
        let store = store.with_clock(at(self.day(plea.decided)?, 16, 20)?);
        let mut tx = store.begin(&self.cast.congress.actor()).await?;
        let outline = Outline::load(tx.on(), self.adopted.outline.programme.clone()).await?;
        let (document, note) = (plea.document.to_owned(), plea.note.to_owned());
        let ruling = Ruling { decision: plea.decision, document, note };
        adjustments::decide(&mut tx, &outline, asked.id, asked.version, &ruling).await?;
        Ok(tx.commit().await?)
    }
}
