//! What was chased in the generated year: four matters, from a reminder that was heeded to a circular that is still open
//! in December, through the functions that the pages call.

use anyhow::{Context, Result};
use chase::bottlenecks::{self, NewBottleneck};
use chase::orders::{self, By, Deed, NewOrder, Origin};
use chase::tables::orders::Model as Order;
use chase::words::{Act, Cause, Party};
use chrono::NaiveDate;
use kernel::RegionCode;
use kernel::ladder::OrderKind;
use store::Store;
use uuid::Uuid;

use super::Place;
use super::cast::{Cast, Player};
use super::clock::at;
use super::evidence;
use super::programme::Adopted;
use super::shape::Shape;
use super::targets::Band;
use super::year::{JUNE, Project, Year};

/// A month and a day of the year.
type Day = (u32, u32);

/// Something that lags and is chased until it moves.
struct Matter {
    /// The band of the project, which of those it is, and how far from the last its place is.
    of: (Band, usize, usize),
    title: &'static str,
    demand: &'static str,
    obstacle: Option<(Cause, &'static str, &'static str)>,
    letters: &'static [Letter],
}

/// One order, with what is done about it.
struct Letter {
    on: Day,
    kind: OrderKind,
    skip_reason: &'static str,
    deeds: &'static [(Day, Party, Act, &'static str, Option<Day>)],
}

const MATTERS: [Matter; 4] = [
    Matter {
        of: (Band::FarBehind, 0, 0),
        title: "关于加快建设进度的督办",
        demand: "截至4月底完成比例低于序时30个百分点以上，请查明原因，倒排工期，明确每月完成数。",
        obstacle: Some((Cause::Land, "两处点位用地手续未办结。", "用地手续已办结，两处点位均已开工。")),
        letters: &[
            Letter { on: (5, 15), kind: OrderKind::Reminder, skip_reason: "", deeds: &[] },
            Letter {
                on: (5, 27),
                kind: OrderKind::Order,
                skip_reason: "",
                deeds: &[
                    (
                        (6, 3),
                        Party::Body,
                        Act::Answer,
                        "已与自然资源部门会商，用地手续6月底前办结，9月底前赶上序时。",
                        Some((9, 30)),
                    ),
                    ((9, 20), Party::Body, Act::Apply, "用地手续已办结，缺口点位全部开工，附现场照片和进度表。", None),
                    ((9, 24), Party::Lead, Act::Check, "", None),
                    ((9, 27), Party::Supervision, Act::Refuse, "现场核验仍有两处停工待料，请完成后再申请销号。", None),
                    ((10, 16), Party::Body, Act::Apply, "两处点位已复工并完成主体，附监理证明。", None),
                    ((10, 18), Party::Lead, Act::Check, "", None),
                    ((10, 23), Party::Supervision, Act::Verify, "", None),
                ],
            },
        ],
    },
    Matter {
        of: (Band::Behind, 0, 0),
        title: "关于补齐半年进度缺口的提醒",
        demand: "半年完成比例落后序时10个百分点以上，请说明原因并提出三季度赶工安排。",
        obstacle: Some((Cause::Tendering, "首次招标流标。", "第二次招标已完成，施工单位进场。")),
        letters: &[Letter {
            on: (7, 11),
            kind: OrderKind::Reminder,
            skip_reason: "",
            deeds: &[
                ((7, 16), Party::Body, Act::Answer, "第二次招标7月底前完成，8月底前补齐缺口。", Some((8, 30))),
                ((8, 21), Party::Body, Act::Apply, "缺口已补齐，附完工清单。", None),
                ((8, 23), Party::Lead, Act::Check, "", None),
                ((8, 28), Party::Supervision, Act::Verify, "", None),
            ],
        }],
    },
    Matter {
        of: (Band::Behind, 1, 0),
        title: "关于汛期前完成重点点位的督办",
        demand: "请在汛期前完成在建重点点位，不能按期完成的采取临时措施。",
        obstacle: None,
        letters: &[Letter {
            on: (6, 18),
            kind: OrderKind::Order,
            skip_reason: "汛期临近，经分管副市长同意直接下达督办单。",
            deeds: &[
                ((6, 21), Party::Body, Act::Answer, "重点点位7月中旬完成，其余采取临时措施。", Some((7, 19))),
                ((7, 17), Party::Body, Act::Apply, "重点点位均已完成，附验收单。", None),
                ((7, 19), Party::Lead, Act::Check, "", None),
                ((7, 24), Party::Supervision, Act::Verify, "", None),
                ((9, 5), Party::Supervision, Act::Reopen, "复查发现一处点位未按图施工，销号不实。", None),
                ((9, 11), Party::Body, Act::Apply, "已返工整改，附复测报告。", None),
                ((9, 13), Party::Lead, Act::Check, "", None),
                ((9, 18), Party::Supervision, Act::Verify, "", None),
            ],
        }],
    },
    Matter {
        of: (Band::FarBehind, 0, 1),
        title: "关于进度持续滞后的督办",
        demand: "连续三个月落后序时30个百分点以上，请主要负责人研究并书面答复。",
        obstacle: Some((Cause::Funds, "配套资金分批下达，第二批未到位。", "")),
        letters: &[
            Letter { on: (8, 13), kind: OrderKind::Reminder, skip_reason: "", deeds: &[] },
            Letter { on: (8, 26), kind: OrderKind::Order, skip_reason: "", deeds: &[] },
            Letter {
                on: (9, 12),
                kind: OrderKind::Circular,
                skip_reason: "",
                deeds: &[(
                    (9, 20),
                    Party::Body,
                    Act::Answer,
                    "资金缺口由区财政先行垫付，年底前完成主体工程。",
                    Some((12, 20)),
                )],
            },
        ],
    },
];

/// Something that happens on a day.
struct Moment {
    day: NaiveDate,
    matter: usize,
    letter: usize,
    /// The deed; none for the raising itself.
    deed: Option<usize>,
}

/// The matters of the year, at their places.
pub(super) struct Chasing<'a> {
    shape: &'a Shape,
    year: &'a Year,
    cast: &'a Cast,
    adopted: &'a Adopted,
    place: &'a Place,
}

impl<'a> Chasing<'a> {
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
        for moment in self.moments()?.into_iter().filter(|moment| moment.day <= until) {
            match moment.deed {
                None => self.raise(store, &moment).await?,
                Some(deed) => self.act(store, &moment, deed).await?,
            }
        }
        Ok(())
    }

    /// Everything that happens, in the order of the days.
    fn moments(&self) -> Result<Vec<Moment>> {
        let day = |(month, day): Day| NaiveDate::from_ymd_opt(self.shape.year, month, day).context("a day of the year");
        let mut moments = Vec::new();
        for (matter, what) in MATTERS.iter().enumerate() {
            for (letter, told) in what.letters.iter().enumerate() {
                moments.push(Moment { day: day(told.on)?, matter, letter, deed: None });
                for (deed, (on, ..)) in told.deeds.iter().enumerate() {
                    moments.push(Moment { day: day(*on)?, matter, letter, deed: Some(deed) });
                }
            }
        }
        moments.sort_by_key(|moment| (moment.day, moment.matter, moment.letter, moment.deed));
        Ok(moments)
    }

    /// The project of a matter and the place where it lags most, or next to most.
    fn subject(&self, matter: &Matter) -> Result<(usize, RegionCode)> {
        let (band, nth, rank) = matter.of;
        let project = lagging(self.year, band, nth)?;
        Ok((project, slowest(self.year, project, rank)?))
    }

    async fn find(&self, store: &Store, matter: &Matter, kind: OrderKind) -> Result<Option<Order>> {
        let all = orders::of_programme(store.reader(), self.adopted.outline.programme.id).await?;
        Ok(all.into_iter().find(|order| order.title == matter.title && order.kind == kind.code()))
    }

    async fn raise(&self, store: &Store, moment: &Moment) -> Result<()> {
        let matter = &MATTERS[moment.matter];
        let letter = &matter.letters[moment.letter];
        if self.find(store, matter, letter.kind).await?.is_some() {
            return Ok(());
        }
        let (project, region) = self.subject(matter)?;
        let before = moment.letter.checked_sub(1).and_then(|before| matter.letters.get(before));
        let origin = match before {
            Some(before) => Origin::Next(self.find(store, matter, before.kind).await?.context("the letter before")?.id),
            None => Origin::Form(Uuid::now_v7()),
        };
        let new = NewOrder {
            origin,
            kind: letter.kind,
            project: self.adopted.projects[project],
            indicator: None,
            region,
            organisation: self.cast.body(&self.year.projects[project].body, region)?,
            title: matter.title.to_owned(),
            demand: matter.demand.to_owned(),
            due_on: None,
            rule: None,
            skip_reason: letter.skip_reason.to_owned(),
        };
        let store = store.with_clock(at(moment.day, 9, 40)?);
        let office = &self.cast.office;
        orders::raise(&store, &office.actor(), &by(office), &self.adopted.outline, &[new]).await?;
        if let (0, Some((cause, text, _))) = (moment.letter, matter.obstacle) {
            let (project, order) = (self.adopted.projects[project], None);
            let noted = NewBottleneck { project, region, order, cause, text: text.to_owned(), since: moment.day };
            bottlenecks::note(&store, &office.actor(), &by(office), &self.adopted.outline, &noted).await?;
        }
        Ok(())
    }

    async fn act(&self, store: &Store, moment: &Moment, deed: usize) -> Result<()> {
        let matter = &MATTERS[moment.matter];
        let letter = &matter.letters[moment.letter];
        let (_, party, act, text, due) = letter.deeds[deed];
        let order = self.find(store, matter, letter.kind).await?.context("the letter was raised")?;
        // The raising is the first act of an order.
        if orders::acts_of(store.reader(), order.id).await?.len() > deed + 1 {
            return Ok(());
        }
        let (project, region) = self.subject(matter)?;
        let key = &self.year.projects[project].body;
        let player = match party {
            Party::Body => self.cast.player(key, region)?,
            Party::Lead => self.cast.player(key, self.shape.region)?,
            Party::Office => &self.cast.office,
            Party::Supervision => &self.cast.supervision,
        };
        let due_on = due.and_then(|(month, day)| NaiveDate::from_ymd_opt(self.shape.year, month, day));
        let evidence = match act {
            Act::Apply => {
                vec![evidence::paper(&self.place.files, &self.place.folder, "完工佐证（演示数据）.pdf").await?]
            }
            _ => Vec::new(),
        };
        let done = Deed { act, text: text.to_owned(), due_on, evidence };
        let store = store.with_clock(at(moment.day, 14, 10)?);
        orders::act(&store, &player.actor(), &by(player), &[party], (order.id, order.version), &done).await?;
        if let (Act::Verify, Some((_, _, resolution))) = (act, matter.obstacle) {
            self.resolve(&store, project, resolution).await?;
        }
        Ok(())
    }

    async fn resolve(&self, store: &Store, project: usize, resolution: &str) -> Result<()> {
        let (programme, project) = (self.adopted.outline.programme.id, self.adopted.projects[project]);
        let open = bottlenecks::of_programme(store.reader(), programme, Some(project)).await?;
        let office = &self.cast.office;
        if let Some(open) = open.into_iter().find(|one| one.resolved_on.is_none()) {
            bottlenecks::resolve(store, &office.actor(), &by(office), open.id, resolution).await?;
        }
        Ok(())
    }
}

/// The `nth` adopted project of a band.
///
/// # Errors
/// When the year has none.
pub(super) fn lagging(year: &Year, band: Band, nth: usize) -> Result<usize> {
    let of_band = |(_, project): &(usize, &Project)| project.number.is_some() && project.band == band;
    let (at, _) = year.projects.iter().enumerate().filter(of_band).nth(nth).context("a project that lags")?;
    Ok(at)
}

/// The place where a project lags most in June, or the `rank`th behind it.
///
/// # Errors
/// When it has no such place.
pub(super) fn slowest(year: &Year, project: usize, rank: usize) -> Result<RegionCode> {
    let project = year.projects.get(project).context("a project")?;
    let counted = project.indicators.iter().find(|one| one.counts() && one.shares.len() > 1);
    let mut shares: Vec<_> =
        counted.context("an indicator by place")?.shares.iter().filter(|share| share.target > 0).collect();
    shares.sort_by_key(|share| (share.months[JUNE] * 1_000 / share.target, share.region));
    Ok(shares.get(rank).context("a place that lags")?.region)
}

/// An account as orders and findings name it.
pub(super) fn by(player: &Player) -> By {
    By { account: Some(player.account), name: player.name.clone(), organisation: player.name.clone() }
}
