//! The key inspections of the generated year: one that was closed after a re-check that failed once, one that is being mended,
//! one that nobody has made yet.

use anyhow::{Context, Result};
use chase::inspections::{self, FindingDeed, NewFinding, NewInspection, NewVisit};
use chase::tables::findings::Model as Finding;
use chase::tables::inspections::Model as Inspection;
use chase::words::{FindingAct, Method, Party};
use chrono::NaiveDate;
use kernel::RegionCode;
use store::Store;

use super::Place;
use super::cast::{Cast, Player};
use super::chasing::{by, lagging, slowest};
use super::clock::at;
use super::evidence;
use super::programme::Adopted;
use super::shape::Shape;
use super::targets::Band;
use super::year::Year;

/// A month and a day of the year.
type Day = (u32, u32);

/// An item of the plan.
struct Item {
    /// The band of the project, which of those it is, and how far from the last its place is.
    of: (Band, usize, usize),
    title: &'static str,
    method: Method,
    scope: &'static str,
    approved_by: &'static str,
    planned: Day,
    by: Day,
    visit: Option<Walk>,
}

/// A visit with what it found.
struct Walk {
    on: Day,
    people: i32,
    summary: &'static str,
    findings: &'static [Trouble],
}

/// Something to be mended, with what was done about it.
struct Trouble {
    text: &'static str,
    demand: &'static str,
    deeds: &'static [(Day, FindingAct, &'static str)],
}

const ITEMS: [Item; 3] = [
    Item {
        of: (Band::Behind, 0, 0),
        title: "半年攻坚重点督查",
        method: Method::Check,
        scope: "点位建设进度、质量安全、资金拨付和公示情况。",
        approved_by: "市政府年度督查计划（演示）",
        planned: (4, 10),
        by: (7, 20),
        visit: Some(Walk {
            on: (7, 18),
            people: 5,
            summary: "走访四处点位，查阅施工和资金台账，总体受控，两处需要整改。",
            findings: &[
                Trouble {
                    text: "一处点位无障碍坡道坡度过陡，与图纸不符。",
                    demand: "按图返工，附复测记录。",
                    deeds: &[
                        ((7, 29), FindingAct::Mend, "已返工，附监理复测记录。"),
                        ((8, 2), FindingAct::Fail, "现场复测仍有一段不合格，请继续整改。"),
                        ((8, 13), FindingAct::Mend, "不合格段已重做，附复测记录。"),
                        ((8, 19), FindingAct::Pass, "现场复测合格。"),
                    ],
                },
                Trouble {
                    text: "工程款拨付滞后于进度两个月。",
                    demand: "核对进度后补拨，附拨付凭证。",
                    deeds: &[
                        ((7, 26), FindingAct::Mend, "已补拨到位，附凭证。"),
                        ((7, 31), FindingAct::Pass, "凭证与台账一致。"),
                    ],
                },
            ],
        }),
    },
    Item {
        of: (Band::FarBehind, 0, 1),
        title: "进度滞后项目暗访",
        method: Method::Unannounced,
        scope: "停工点位、堵点疏解措施是否落实。",
        approved_by: "分管副市长批示（演示）",
        planned: (9, 20),
        by: (11, 15),
        visit: Some(Walk {
            on: (11, 13),
            people: 3,
            summary: "暗访两处点位，一处仍处于停工状态。",
            findings: &[Trouble {
                text: "一处点位停工两周，现场无人值守。",
                demand: "三日内复工，落实看护；附现场照片和施工日志。",
                deeds: &[((11, 22), FindingAct::Mend, "已复工，附现场照片和施工日志。")],
            }],
        }),
    },
    Item {
        of: (Band::Behind, 1, 0),
        title: "年终完成情况核查",
        method: Method::Papers,
        scope: "核对完成数与佐证材料。",
        approved_by: "市政府年度督查计划（演示）",
        planned: (11, 5),
        by: (12, 20),
        visit: None,
    },
];

/// The inspections of the year.
pub(super) struct Inspecting<'a> {
    shape: &'a Shape,
    year: &'a Year,
    cast: &'a Cast,
    adopted: &'a Adopted,
    place: &'a Place,
}

impl<'a> Inspecting<'a> {
    /// Those of this year.
    pub(super) fn of(
        (shape, year): (&'a Shape, &'a Year),
        (cast, adopted): (&'a Cast, &'a Adopted),
        place: &'a Place,
    ) -> Self {
        Self { shape, year, cast, adopted, place }
    }

    /// Does what was done up to `until` and is not in the ledger yet.
    ///
    /// # Errors
    /// When the database fails, or a rule refuses what was made up.
    pub(super) async fn go_on(&self, store: &Store, until: NaiveDate) -> Result<()> {
        for item in &ITEMS {
            if self.day(item.planned)? > until {
                continue;
            }
            let inspection = self.planned(store, item).await?;
            let Some(walk) = &item.visit else { continue };
            if self.day(walk.on)? > until {
                continue;
            }
            let findings = self.visited(store, item, (&inspection, walk)).await?;
            for (finding, trouble) in findings.iter().zip(walk.findings) {
                self.mend(store, item, (finding, trouble), until).await?;
            }
        }
        Ok(())
    }

    fn day(&self, (month, day): Day) -> Result<NaiveDate> {
        NaiveDate::from_ymd_opt(self.shape.year, month, day).context("a day of the year")
    }

    fn subject(&self, item: &Item) -> Result<(usize, RegionCode)> {
        let (band, nth, rank) = item.of;
        let project = lagging(self.year, band, nth)?;
        Ok((project, slowest(self.year, project, rank)?))
    }

    async fn planned(&self, store: &Store, item: &Item) -> Result<Inspection> {
        let programme = self.adopted.outline.programme.id;
        let known = inspections::of_programme(store.reader(), programme).await?;
        if let Some(known) = known.into_iter().find(|row| row.title == item.title) {
            return Ok(known);
        }
        let (project, region) = self.subject(item)?;
        let new = NewInspection {
            title: item.title.to_owned(),
            project: self.adopted.projects.get(project).copied(),
            region,
            method: item.method,
            planned_on: self.day(item.by)?,
            scope: item.scope.to_owned(),
            approved_by: item.approved_by.to_owned(),
        };
        let store = store.with_clock(at(self.day(item.planned)?, 9, 15)?);
        let who = &self.cast.supervision;
        Ok(inspections::plan(&store, &who.actor(), &by(who), &self.adopted.outline, &new).await?)
    }

    /// The findings of the visit, in the order of the story.
    async fn visited(
        &self,
        store: &Store,
        item: &Item,
        (inspection, walk): (&Inspection, &Walk),
    ) -> Result<Vec<Finding>> {
        let programme = self.adopted.outline.programme.id;
        let mut known = inspections::findings_of(store.reader(), programme).await?;
        known.retain(|row| row.inspection_id == inspection.id);
        if !known.is_empty() {
            return Ok(known);
        }
        let (project, region) = self.subject(item)?;
        let key = &self.year.projects.get(project).context("a project")?.body;
        let organisation = self.cast.body(key, region)?;
        let project = *self.adopted.projects.get(project).context("a project")?;
        let finding = |trouble: &Trouble| NewFinding {
            project,
            region,
            organisation,
            text: trouble.text.to_owned(),
            demand: trouble.demand.to_owned(),
            due_on: None,
        };
        let new = NewVisit {
            visited_on: self.day(walk.on)?,
            people: walk.people,
            place: ledger::regions::name_in(store.reader(), region, self.shape.year).await?,
            summary: walk.summary.to_owned(),
            findings: walk.findings.iter().map(finding).collect(),
            evidence: Vec::new(),
        };
        let store = store.with_clock(at(self.day(walk.on)?, 17, 5)?);
        let who = &self.cast.supervision;
        let noted = inspections::visit(&store, &who.actor(), &by(who), &self.adopted.outline, inspection, &new).await?;
        Ok(noted.1)
    }

    async fn mend(
        &self,
        store: &Store,
        item: &Item,
        (finding, trouble): (&Finding, &Trouble),
        until: NaiveDate,
    ) -> Result<()> {
        let (project, region) = self.subject(item)?;
        let key = &self.year.projects.get(project).context("a project")?.body;
        let mut version = finding.version;
        for (number, (on, act, text)) in (1_i32..).zip(trouble.deeds) {
            // Each deed raises the version by one, so the version tells how far the story has come.
            if number < version || self.day(*on)? > until {
                continue;
            }
            let (player, party): (&Player, Party) = match act {
                FindingAct::Mend => (self.cast.player(key, region)?, Party::Body),
                FindingAct::Pass | FindingAct::Fail => (&self.cast.supervision, Party::Supervision),
            };
            let store = store.with_clock(at(self.day(*on)?, 15, 30)?);
            let mut evidence = Vec::new();
            if *act == FindingAct::Mend {
                evidence
                    .push(evidence::paper(&self.place.files, &self.place.folder, "整改佐证（演示数据）.pdf").await?);
            }
            let deed = FindingDeed { act: *act, text: (*text).to_owned(), evidence };
            let moved =
                inspections::act(&store, &player.actor(), &by(player), &[party], (finding.id, version), &deed).await?;
            version = moved.version;
        }
        Ok(())
    }
}
