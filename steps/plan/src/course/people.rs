//! Who answers for a project at each place, from when to when: bodies and posts, never names of persons.

use std::collections::HashMap;

use chrono::NaiveDate;
use kernel::{Problem, RegionCode, typed};
use ledger::programmes::{self, NewResponsibility, Outline, ResponsibilityRole};
use ledger::tables::projects::Model as Project;
use people::store::organisations;
use sea_orm::ConnectionTrait;
use serde_json::json;
use store::audit::Event;
use uuid::Uuid;
use web::{App, Frame, Result, SignedIn};

use super::forms::{EndFields, PeopleFields};
use crate::bodies::by_post;

/// Somebody's term.
pub(super) struct Term {
    pub(super) id: Uuid,
    pub(super) place: String,
    pub(super) role: String,
    pub(super) name: String,
    pub(super) from: String,
    pub(super) to: String,
    /// Whether it can be ended: it has no last day yet.
    pub(super) is_open: bool,
    pub(super) is_past: bool,
}

/// All terms of a project: those that stand first, then the past ones.
pub(super) async fn terms<C: ConnectionTrait>(
    on: &C,
    f: &Frame,
    outline: &Outline,
    project: Uuid,
    today: NaiveDate,
) -> Result<Vec<Term>> {
    let rows = programmes::responsibilities_of(on, project).await?;
    let regions = rows.iter().filter_map(|row| RegionCode::from_stored(row.region));
    let places = ledger::regions::names(on, regions, outline.programme.year).await?;
    let keys: Vec<Uuid> = rows.iter().filter_map(|row| row.organisation_id).collect();
    let bodies: HashMap<Uuid, String> =
        organisations::with_keys(on, &keys).await?.into_iter().map(|row| (row.id, row.name)).collect();
    let keys: Vec<Uuid> = rows.iter().filter_map(|row| row.post_id).collect();
    let posts: HashMap<Uuid, String> =
        organisations::posts_with_keys(on, &keys).await?.into_iter().map(|row| (row.id, row.title)).collect();
    let mut terms: Vec<Term> = rows
        .iter()
        .map(|row| {
            let body = row.organisation_id.and_then(|id| bodies.get(&id).cloned()).unwrap_or_default();
            let post = row.post_id.and_then(|id| posts.get(&id)).map(|post| format!("：{post}")).unwrap_or_default();
            let role = ResponsibilityRole::parse(&row.role).map(|role| f.say(&role.name()).to_owned());
            Term {
                id: row.id,
                place: RegionCode::from_stored(row.region)
                    .and_then(|code| places.get(&code).cloned())
                    .unwrap_or_default(),
                role: role.unwrap_or_default(),
                name: format!("{body}{post}"),
                from: row.valid_from.map(|day| f.day(&day)).unwrap_or_default(),
                to: row.valid_to.map(|day| f.day(&day)).unwrap_or_default(),
                is_open: row.valid_to.is_none(),
                is_past: row.valid_to.is_some_and(|last| last < today),
            }
        })
        .collect();
    terms.sort_by_key(|term| term.is_past);
    Ok(terms)
}

/// Begins a term; an unknown body or post is made.
pub(super) async fn add(
    app: &App,
    me: &SignedIn,
    outline: &Outline,
    (project, place): (&Project, RegionCode),
    fields: &PeopleFields,
) -> Result<()> {
    let role = ResponsibilityRole::parse(&fields.role)
        .ok_or_else(|| Problem::field("role", "请选择责任类型", "Choose the role"))?;
    let (body, post) = (fields.body.trim(), fields.post.trim());
    if body.is_empty() || body.chars().count() > 100 || post.chars().count() > 100 {
        return Err(
            Problem::field("body", "请填写单位名称（100 字以内）", "Give the body, in at most 100 characters").into()
        );
    }
    if by_post(role) && post.is_empty() {
        return Err(Problem::field(
            "post",
            "分管领导和责任人请填写职务",
            "A leader or responsible person needs a post",
        )
        .into());
    }
    let mut tx = app.store.begin(&me.actor()).await?;
    let (organisation, _) = organisations::called(&tx, place, body).await?;
    let post = match post {
        "" => None,
        title => Some(organisations::post_called(&tx, organisation.id, title).await?.0.id),
    };
    let new = NewResponsibility {
        project: project.id,
        indicator: None,
        region: place,
        role,
        organisation: organisation.id,
        post,
        valid_from: typed::optional_day("valid_from", &fields.valid_from)?,
        valid_to: typed::optional_day("valid_to", &fields.valid_to)?,
    };
    programmes::add_responsibility(&tx, outline.programme.id, &new).await?;
    let detail = json!({
        "name": project.name, "region": place, "role": role, "body": body, "post": fields.post.trim(),
        "valid_from": new.valid_from, "valid_to": new.valid_to,
    });
    tx.record(Event::new("responsibility.given", "programme", &outline.programme.slug, detail)).await?;
    Ok(tx.commit().await?)
}

/// Ends a term on its last day; today where none is told.
pub(super) async fn end(
    app: &App,
    me: &SignedIn,
    outline: &Outline,
    (project, term): (&Project, Uuid),
    fields: &EndFields,
) -> Result<()> {
    let last = typed::optional_day("last", &fields.last)?.unwrap_or_else(|| app.store.clock().today());
    let mut tx = app.store.begin(&me.actor()).await?;
    let row = programmes::end_responsibility(&tx, project.id, term, last).await?;
    if let Some(place) = RegionCode::from_stored(row.region) {
        // An office below ends its own terms only.
        me.require(kernel::Permission::EditProgramme, place)?;
    }
    let detail = json!({ "name": project.name, "role": row.role, "region": row.region, "last": last });
    tx.record(Event::new("responsibility.ended", "programme", &outline.programme.slug, detail)).await?;
    Ok(tx.commit().await?)
}
