//! The bench that every editing page is laid out on: the programme as a tree on the left, the form in the middle, what
//! happened on the right.

use askama::Template;
use askama::filters::HtmlSafe;
use kernel::{Lang, Permission, Text};
use ledger::programmes::Outline;
use ledger::tables::indicators;
use ledger::words::Relation;
use serde_json::Value;
use store::audit::{self, events};
use uuid::Uuid;
use web::audit::action_words;
use web::{App, Frame, Result};

use crate::authority;

/// Events shown beside a form.
const RECENT: u64 = 30;

/// What the page is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Here {
    /// The programme itself.
    Programme,
    /// A category; a new one when `None`.
    Category(Option<Uuid>),
    /// A project; a new one of the category when `None`.
    Project(Option<Uuid>),
    /// An indicator.
    Indicator(Uuid),
    /// A new indicator of the project.
    NewIndicator(Uuid),
}

/// Tree, history, and the address of the programme's pages.
pub(crate) struct Bench {
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) published: bool,
    pub(crate) demo: bool,
    pub(crate) may_edit: bool,
    /// Whether the viewer may correct figures of the programme.
    pub(crate) may_correct: bool,
    /// Whether the viewer works at the programme's own place; else the pages of the whole are not theirs.
    pub(crate) enters: bool,
    pub(crate) tree: Tree,
    pub(crate) history: History,
}

impl Bench {
    /// Where an entry leads: to its correction for whoever may correct it, to its trail for others.
    pub(crate) fn entry_path(&self, entry: &Uuid) -> String {
        if self.may_correct { format!("/office/entries/{entry}/correction") } else { format!("/entries/{entry}") }
    }

    /// Lays out the bench of a programme.
    pub(crate) async fn open(app: &App, f: &Frame, outline: &Outline, here: Here) -> Result<Self> {
        let programme = &outline.programme;
        let named = match here {
            Here::Indicator(id) => outline.indicator_by_id(id).map(|row| row.name.clone()),
            Here::Project(Some(id)) => outline.projects.iter().find(|row| row.id == id).map(|row| row.name.clone()),
            Here::Category(Some(id)) => outline.categories.iter().find(|row| row.id == id).map(|row| row.name.clone()),
            _ => None,
        };
        let slugs = [programme.slug.clone()];
        let events = audit::about(app.store.reader(), "programme", &slugs, 10 * RECENT).await?;
        let mut events: Vec<_> =
            events.into_iter().filter(|event| named.as_ref().is_none_or(|name| is_about(event, name))).collect();
        if let Here::Project(Some(id)) = here {
            // Its plans and milestones are told under the project's own key.
            events.extend(audit::about(app.store.reader(), "project", &[id.to_string()], RECENT).await?);
            events.sort_by_key(|event| std::cmp::Reverse(event.number));
        }
        let lines = events
            .iter()
            .take(usize::try_from(RECENT).unwrap_or(usize::MAX))
            .map(|event| Line::of_event(f, event))
            .collect();
        Ok(Self {
            slug: programme.slug.clone(),
            title: programme.title_in(f.lang).to_owned(),
            published: programme.published,
            demo: programme.demo,
            may_edit: f.allows(Permission::EditProgramme, Some(authority::region(programme))),
            may_correct: f.allows(Permission::CorrectEntry, Some(authority::region(programme))),
            enters: f.allows(Permission::EnterOffice, Some(authority::region(programme))),
            tree: Tree::of(f, outline, here),
            history: History {
                title: f.lang.t("修改历史", "Changes"),
                empty: f.lang.t("还没有改动", "None yet"),
                lines,
            },
        })
    }
}

/// Whether an event of the programme concerns the thing of this name.
fn is_about(event: &events::Model, name: &str) -> bool {
    let detail: Value = serde_json::from_str(&event.detail).unwrap_or_default();
    event.action == "programme.imported" || detail.get("name").and_then(Value::as_str) == Some(name)
}

/// The programme as a tree.
#[derive(Template)]
#[template(path = "tree.html")]
pub(crate) struct Tree {
    lang: Lang,
    slug: String,
    title: String,
    here: Here,
    may_add: bool,
    /// The place of somebody who works below the programme's own: the tree leads to what is theirs.
    below: Option<String>,
    categories: Vec<Branch>,
}

impl HtmlSafe for Tree {}

struct Branch {
    id: Uuid,
    name: String,
    open: bool,
    count: usize,
    projects: Vec<Twig>,
}

struct Twig {
    id: Uuid,
    name: String,
    leaves: Vec<Leaf>,
}

struct Leaf {
    id: Uuid,
    number: i32,
    name: String,
    is_part: bool,
}

impl Tree {
    fn of(f: &Frame, outline: &Outline, here: Here) -> Self {
        let project_here = match here {
            Here::Indicator(id) => outline.indicator_by_id(id).map(|row| row.project_id),
            Here::Project(id) => id,
            Here::NewIndicator(project) => Some(project),
            _ => None,
        };
        let few = outline.indicators.len() <= 12;
        let branch = |category: &ledger::tables::categories::Model| {
            let projects: Vec<Twig> = outline
                .projects
                .iter()
                .filter(|project| project.category_id == category.id)
                .map(|project| Twig { id: project.id, name: project.name.clone(), leaves: leaves(outline, project.id) })
                .collect();
            let holds = projects.iter().any(|project| Some(project.id) == project_here);
            Branch {
                id: category.id,
                name: match category.number {
                    Some(number) => format!("{number} {}", category.name),
                    None => category.name.clone(),
                },
                open: few || holds || here == Here::Category(Some(category.id)),
                count: projects.iter().map(|project| project.leaves.len()).sum(),
                projects,
            }
        };
        Self {
            lang: f.lang,
            slug: outline.programme.slug.clone(),
            title: outline.programme.title_in(f.lang).to_owned(),
            here,
            may_add: f.allows(Permission::EditProgramme, Some(outline.region())),
            below: f
                .viewer()
                .filter(|viewer| !viewer.allows(Permission::EnterOffice, Some(outline.region())))
                .and_then(|viewer| authority::own_place(viewer, outline.region()))
                .map(kernel::RegionCode::short),
            categories: outline.categories.iter().map(branch).collect(),
        }
    }

    fn current(&self, here: Here) -> &'static str {
        if self.here == here { " aria-current=\"page\"" } else { "" }
    }
}

/// Wholes first, each with its parts behind it.
fn leaves(outline: &Outline, project: Uuid) -> Vec<Leaf> {
    let own: Vec<&indicators::Model> = outline.indicators.iter().filter(|row| row.project_id == project).collect();
    let is_part = |row: &indicators::Model| {
        row.relation() == Some(Relation::PartOf) && own.iter().any(|other| Some(other.id) == row.parent_id)
    };
    let leaf = |row: &indicators::Model, is_part: bool| Leaf {
        id: row.id,
        number: row.number,
        name: row.name.clone(),
        // Many names of parts begin with the word themselves.
        is_part: is_part && !row.name.starts_with("其中"),
    };
    let mut leaves = Vec::with_capacity(own.len());
    for whole in own.iter().filter(|row| !is_part(row)) {
        leaves.push(leaf(whole, false));
        let mut queue = vec![whole.id];
        while let Some(parent) = queue.pop() {
            for part in own.iter().filter(|row| is_part(row) && row.parent_id == Some(parent)) {
                leaves.push(leaf(part, true));
                queue.push(part.id);
            }
        }
    }
    leaves
}

/// What happened, newest first.
#[derive(Template)]
#[template(path = "history.html")]
pub(crate) struct History {
    pub(crate) title: &'static str,
    pub(crate) empty: &'static str,
    pub(crate) lines: Vec<Line>,
}

impl HtmlSafe for History {}

/// One thing that happened.
pub(crate) struct Line {
    pub(crate) title: String,
    pub(crate) phrase: String,
    pub(crate) small: String,
    pub(crate) link: Option<String>,
}

impl Line {
    /// An event of the audit chain in words.
    pub(crate) fn of_event(f: &Frame, event: &events::Model) -> Self {
        let detail: Value = serde_json::from_str(&event.detail).unwrap_or_default();
        let words = action_words(&event.action);
        let name = detail.get("name").and_then(Value::as_str).unwrap_or_default();
        let title = if name.is_empty() { f.say(&words).to_owned() } else { format!("{} {name}", f.say(&words)) };
        let phrase = match detail.get("changes").and_then(Value::as_object) {
            Some(changes) => changes
                .iter()
                .map(|(field, change)| {
                    let side = |at: usize| change.get(at).and_then(Value::as_str).unwrap_or_default().to_owned();
                    format!("{} {} → {}", field_name(f, field), quoted(&side(0)), quoted(&side(1)))
                })
                .collect::<Vec<_>>()
                .join(f.lang.t("；", "; ")),
            None => imported(f, event, &detail),
        };
        let small = format!("{} · {}", f.time(&event.at_ms), event.actor);
        Self { title, phrase, small, link: None }
    }
}

fn quoted(text: &str) -> &str {
    if text.is_empty() { "—" } else { text }
}

fn imported(f: &Frame, event: &events::Model, detail: &Value) -> String {
    if event.action != "programme.imported" {
        return String::new();
    }
    let count = |key: &str| detail.get(key).and_then(Value::as_u64).unwrap_or(0);
    let (new, changed) = (count("recorded"), count("corrected"));
    match f.lang {
        Lang::Zh => format!("数字新增 {new} 个，更正 {changed} 个"),
        Lang::En => format!("{new} figures recorded, {changed} corrected"),
    }
}

/// What a changed field is called.
fn field_name(f: &Frame, field: &str) -> String {
    let names = [
        ("name", "名称", "name"),
        ("number", "序号", "number"),
        ("title", "标题", "title"),
        ("title_en", "英文标题", "English title"),
        ("adopted_by", "通过会议", "adopted by"),
        ("decision_mode", "产生方式", "decision"),
        ("schedule_basis", "序时进度", "schedule"),
        ("progress_rule", "进度算法", "progress rule"),
        ("default_cut_off", "默认截止日", "usual cut-off"),
        ("formal_name", "全称", "formal name"),
        ("content", "内容", "content"),
        ("unit", "单位", "unit"),
        ("kind", "类型", "kind"),
        ("accumulation", "累计方式", "accumulation"),
        ("direction", "方向", "direction"),
        ("grain", "采集层级", "collected by"),
        ("purpose", "用途", "purpose"),
        ("parent", "上级指标", "part of"),
        ("relation", "与上级关系", "relation"),
        ("breakdown", "分项", "parts"),
        ("fund_source", "资金来源", "fund source"),
        ("matter", "同类事项", "matter"),
        ("services", "服务目录", "services"),
        ("bodies", "责任单位", "bodies"),
    ];
    let found = names.iter().find(|(code, ..)| *code == field);
    found.map_or_else(|| field.to_owned(), |(_, zh, en)| f.lang.t(zh, en).to_owned())
}

/// The fields that differ, with the words before and after, for an audit event and for the history.
pub(crate) fn changes(fields: &[(&'static str, String, String)]) -> Value {
    let differing = fields.iter().filter(|(_, before, after)| before != after);
    differing
        .map(|(field, before, after)| ((*field).to_owned(), serde_json::json!([before, after])))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// A Chinese name, for lists of changes.
pub(crate) fn zh(text: Text) -> String {
    text.zh
}
