//! Organisations, their posts, and who holds them.

use ::store::audit::Event;
use ::store::{Actor, Error, Result, Store, Tx};
use chrono::NaiveDate;
use kernel::{Problem, RegionCode};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;
use uuid::Uuid;

use crate::rules::OrganisationKind;
use crate::tables::{organisations, persons, post_holders, posts};

/// A new organisation.
#[derive(Clone, Debug)]
pub struct NewOrganisation {
    /// The division it belongs to.
    pub region: RegionCode,
    /// The full name.
    pub name: String,
    /// The name in tables; the full one when empty.
    pub short_name: String,
    /// What sort of body it is.
    pub kind: OrganisationKind,
    /// The social credit code; an odd one is kept, see [`crate::rules::credit_code_warning`].
    pub uscc: Option<String>,
}

/// Who holds a post since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The post.
    pub post: posts::Model,
    /// The person.
    pub person: persons::Model,
    /// The first day.
    pub from_day: NaiveDate,
    /// The last day, if it has one.
    pub to_day: Option<NaiveDate>,
}

/// Makes an organisation and returns its key.
///
/// # Errors
/// Problems of the field `name`.
pub async fn create(store: &Store, actor: &Actor, new: NewOrganisation) -> Result<Uuid> {
    let name = required("name", &new.name)?;
    let short_name =
        if new.short_name.trim().is_empty() { name.clone() } else { required("short_name", &new.short_name)? };
    let uscc = new.uscc.map(|code| code.trim().to_uppercase()).filter(|code| !code.is_empty());
    let row = organisations::Model {
        id: Uuid::now_v7(),
        region: new.region.stored(),
        name: name.clone(),
        short_name,
        kind: new.kind.code().to_owned(),
        uscc,
    };
    let id = row.id;
    let mut tx = store.begin(actor).await?;
    organisations::Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await.map_err(|fault| {
        taken(
            fault.into(),
            Problem::field("name", "该区划下已有同名单位", "The region has an organisation of this name"),
        )
    })?;
    let detail = json!({ "name": name, "region": new.region });
    tx.record(Event::new("organisation.created", "organisation", id, detail)).await?;
    tx.commit().await?;
    Ok(id)
}

/// The organisation that `name` means to somebody at `region`: one of that division, else of one above it, else the
/// only one of that name below; made at `region` when there is none, in the caller's write. Says whether it is new.
///
/// # Errors
/// Problems of the field `name`.
pub async fn called(tx: &Tx, region: RegionCode, name: &str) -> Result<(organisations::Model, bool)> {
    let name = required("name", name)?;
    let same = organisations::Entity::find()
        .filter(organisations::Column::Name.eq(&name))
        .order_by_asc(organisations::Column::Id)
        .all(tx.on())
        .await?;
    let at = |place: RegionCode| same.iter().find(|row| row.region == place.stored());
    let above = region.lineage().collect::<Vec<_>>().into_iter().rev().find_map(at);
    let below: Vec<_> = same
        .iter()
        .filter(|row| RegionCode::from_stored(row.region).is_some_and(|place| region.contains(place)))
        .collect();
    if let Some(found) = above.or(below.first().filter(|_| below.len() == 1).copied()) {
        return Ok((found.clone(), false));
    }
    let kind = if name.ends_with("人民政府") { OrganisationKind::Government } else { OrganisationKind::Department };
    let row = organisations::Model {
        id: Uuid::now_v7(),
        region: region.stored(),
        short_name: name.clone(),
        name,
        kind: kind.code().to_owned(),
        uscc: None,
    };
    organisations::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.on()).await?;
    Ok((row, true))
}

/// The post of this title in an organisation, made when there is none, in the caller's write.
///
/// # Errors
/// A problem of the field `title`.
pub async fn post_called(tx: &Tx, organisation: Uuid, title: &str) -> Result<(posts::Model, bool)> {
    let title = required("title", title)?;
    let found = posts::Entity::find()
        .filter(posts::Column::OrganisationId.eq(organisation))
        .filter(posts::Column::Title.eq(&title))
        .one(tx.on())
        .await?;
    if let Some(found) = found {
        return Ok((found, false));
    }
    let row = posts::Model { id: Uuid::now_v7(), organisation_id: organisation, title };
    posts::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.on()).await?;
    Ok((row, true))
}

/// The organisations with these keys.
///
/// # Errors
/// When the database fails.
pub async fn with_keys<C: ConnectionTrait>(on: &C, keys: &[Uuid]) -> Result<Vec<organisations::Model>> {
    let mut found = Vec::with_capacity(keys.len());
    for chunk in keys.chunks(1_000) {
        let chosen = organisations::Column::Id.is_in(chunk.iter().copied());
        found.extend(organisations::Entity::find().filter(chosen).all(on).await?);
    }
    Ok(found)
}

/// The organisations of these places, those of the smallest place first.
///
/// # Errors
/// When the database fails.
pub async fn of_places<C: ConnectionTrait>(on: &C, places: &[RegionCode]) -> Result<Vec<organisations::Model>> {
    Ok(organisations::Entity::find()
        .filter(organisations::Column::Region.is_in(places.iter().map(|place| place.stored())))
        .order_by_desc(organisations::Column::Region)
        .order_by_asc(organisations::Column::Name)
        .all(on)
        .await?)
}

/// The posts with these keys.
///
/// # Errors
/// When the database fails.
pub async fn posts_with_keys<C: ConnectionTrait>(on: &C, keys: &[Uuid]) -> Result<Vec<posts::Model>> {
    let mut found = Vec::with_capacity(keys.len());
    for chunk in keys.chunks(1_000) {
        found.extend(posts::Entity::find().filter(posts::Column::Id.is_in(chunk.iter().copied())).all(on).await?);
    }
    Ok(found)
}

/// The organisation with the key `id`.
///
/// # Errors
/// When the database fails.
pub async fn find(store: &Store, id: Uuid) -> Result<Option<organisations::Model>> {
    Ok(organisations::Entity::find_by_id(id).one(store.reader()).await?)
}

/// Organisations in the subtree of `within` (all when `None`) whose key comes after `after`, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn list(
    store: &Store,
    within: Option<RegionCode>,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<organisations::Model>> {
    let subtree = within.map(RegionCode::subtree);
    Ok(organisations::Entity::find()
        .filter(
            Condition::all()
                .add_option(
                    subtree.map(|range| {
                        organisations::Column::Region.between(range.start().stored(), range.end().stored())
                    }),
                )
                .add_option(after.map(|after| organisations::Column::Id.gt(after))),
        )
        .order_by_asc(organisations::Column::Id)
        .limit(limit)
        .all(store.reader())
        .await?)
}

/// Makes a post and returns its key.
///
/// # Errors
/// Not found without such an organisation; a problem of the field `title`.
pub async fn create_post(store: &Store, actor: &Actor, organisation: Uuid, title: &str) -> Result<Uuid> {
    let title = required("title", title)?;
    if find(store, organisation).await?.is_none() {
        return Err(Problem::not_found("没有这个单位", "There is no such organisation").into());
    }
    let row = posts::Model { id: Uuid::now_v7(), organisation_id: organisation, title };
    let (id, detail) = (row.id, json!({ "organisation": organisation, "title": row.title }));
    let mut tx = store.begin(actor).await?;
    posts::Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await.map_err(|fault| {
        taken(fault.into(), Problem::field("title", "该单位已有这一职务", "The organisation has this post already"))
    })?;
    tx.record(Event::new("post.created", "post", id, detail)).await?;
    tx.commit().await?;
    Ok(id)
}

/// Puts a person into a post from `from_day` on; whoever held it leaves the day before. The person is made with the
/// appointment: two people of one name stay two.
///
/// # Errors
/// Not found without such a post; a problem of the field `person`, or of `from_day` when the present holder began later.
pub async fn appoint(store: &Store, actor: &Actor, post: Uuid, person: &str, from_day: NaiveDate) -> Result<Uuid> {
    let person = persons::Model { id: Uuid::now_v7(), name: required("person", person)? };
    let mut tx = store.begin(actor).await?;
    let missing = || Problem::not_found("没有这个职务", "There is no such post");
    posts::Entity::find_by_id(post).one(tx.on()).await?.ok_or_else(missing)?;
    let open = post_holders::Entity::find()
        .filter(post_holders::Column::PostId.eq(post))
        .filter(post_holders::Column::ToDay.is_null())
        .one(tx.on())
        .await?;
    if let Some(open) = open {
        let last = from_day.pred_opt().filter(|last| *last >= open.from_day).ok_or_else(|| {
            Problem::field(
                "from_day",
                format!("现任自 {} 起任职，新任日期须更晚", open.from_day),
                format!("The present holder began on {}; choose a later day", open.from_day),
            )
        })?;
        post_holders::Entity::update_many()
            .col_expr(post_holders::Column::ToDay, sea_orm::sea_query::Expr::value(last))
            .filter(post_holders::Column::Id.eq(open.id))
            .exec(tx.on())
            .await?;
    }
    let id = person.id;
    persons::Entity::insert(person.into_active_model()).exec_without_returning(tx.on()).await?;
    let row = post_holders::Model { id: Uuid::now_v7(), post_id: post, person_id: id, from_day, to_day: None };
    post_holders::Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await?;
    tx.record(Event::new("post.filled", "post", post, json!({ "person": id, "from_day": from_day }))).await?;
    tx.commit().await?;
    Ok(id)
}

/// The posts of an organisation, each as often as it was held.
///
/// # Errors
/// When the database fails.
pub async fn holders(store: &Store, organisation: Uuid) -> Result<Vec<Holder>> {
    let posts = posts_of(store, organisation).await?;
    let held = post_holders::Entity::find()
        .filter(post_holders::Column::PostId.is_in(posts.iter().map(|post| post.id)))
        .order_by_desc(post_holders::Column::FromDay)
        .all(store.reader())
        .await?;
    let people = persons::Entity::find()
        .filter(persons::Column::Id.is_in(held.iter().map(|held| held.person_id)))
        .all(store.reader())
        .await?;
    Ok(held
        .into_iter()
        .filter_map(|held| {
            let post = posts.iter().find(|post| post.id == held.post_id)?.clone();
            let person = people.iter().find(|person| person.id == held.person_id)?.clone();
            Some(Holder { post, person, from_day: held.from_day, to_day: held.to_day })
        })
        .collect())
}

/// The posts of an organisation, whether held or not.
///
/// # Errors
/// When the database fails.
pub async fn posts_of(store: &Store, organisation: Uuid) -> Result<Vec<posts::Model>> {
    Ok(posts::Entity::find()
        .filter(posts::Column::OrganisationId.eq(organisation))
        .order_by_asc(posts::Column::Id)
        .all(store.reader())
        .await?)
}

fn required(field: &str, text: &str) -> Result<String, Problem> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Problem::field(field, "不能为空", "This is needed")),
        1..=100 => Ok(text.to_owned()),
        _ => Err(Problem::field(field, "最多 100 字", "At most 100 characters")),
    }
}

fn taken(error: Error, problem: Problem) -> Error {
    if error.is_duplicate() { problem.into() } else { error }
}
