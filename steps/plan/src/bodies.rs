//! Who answers: lead and supporting bodies, leader in charge, responsible person – by post, never by name of a person.

use chrono::NaiveDate;
use kernel::{Problem, RegionCode};
use ledger::programmes::{self, Holders, ResponsibilityRole};
use ledger::tables::responsibilities::Model as Responsibility;
use people::store::organisations;
use sea_orm::ConnectionTrait;
use store::{Result, Tx};
use uuid::Uuid;

/// A body, or a post in a body.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Body {
    /// The body; none when a post stands alone.
    pub name: Option<String>,
    /// The post.
    pub post: Option<String>,
}

/// The longest name of a body or a post.
const LONGEST: usize = 100;

/// Whether the role is held by a post rather than by a body.
pub(crate) fn by_post(role: ResponsibilityRole) -> bool {
    matches!(role, ResponsibilityRole::LeaderInCharge | ResponsibilityRole::ResponsiblePerson)
}

/// Reads bodies divided by 、 and the like; posts may be written `单位：职务`.
///
/// # Errors
/// When a name is too long.
pub(crate) fn parse(text: &str, role: ResponsibilityRole) -> Result<Vec<Body>, Problem> {
    let mut told = Vec::new();
    for part in text.split(['、', '，', ',', '；', ';', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
        let (name, post) = match part.split_once(['：', ':']) {
            Some((name, post)) if by_post(role) => (Some(name), Some(post)),
            _ if by_post(role) => (None, Some(part)),
            _ => (Some(part), None),
        };
        if [name, post].into_iter().flatten().any(|text| text.chars().count() > LONGEST) {
            return Err(Problem::field(
                role.code(),
                "单位或职务名称过长：最多 100 字，多个请用顿号隔开",
                "A name has more than 100 characters: divide several by 、",
            ));
        }
        let owned = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let body = Body { name: name.and_then(owned), post: post.and_then(owned) };
        if !told.contains(&body) {
            told.push(body);
        }
    }
    Ok(told)
}

/// Where a project is answered for, and by which body a post is held when none is written.
#[derive(Clone, Debug)]
pub(crate) struct Seat {
    pub(crate) programme: Uuid,
    pub(crate) project: Uuid,
    pub(crate) region: RegionCode,
    /// The body of a post that is written alone.
    pub(crate) usual: String,
}

/// Makes exactly these bodies hold the role; unknown bodies and posts are made.
pub(crate) async fn put(
    tx: &Tx,
    seat: &Seat,
    role: ResponsibilityRole,
    told: &[Body],
    today: NaiveDate,
) -> Result<u64> {
    let mut bodies = Vec::with_capacity(told.len());
    for body in told {
        let name = body.name.as_deref().unwrap_or(&seat.usual);
        let (organisation, _) = organisations::called(tx, seat.region, name).await?;
        let post = match &body.post {
            Some(title) => Some(organisations::post_called(tx, organisation.id, title).await?.0.id),
            None => None,
        };
        bodies.push((Some(organisation.id), post));
    }
    let holders = Holders { project: seat.project, region: seat.region, role, bodies };
    programmes::answer(tx, seat.programme, &holders, today).await
}

/// The bodies that hold a role for a project at a place, as they are written in a form.
pub(crate) async fn written<C: ConnectionTrait>(
    on: &C,
    standing: &[Responsibility],
    role: ResponsibilityRole,
) -> Result<String> {
    let held: Vec<_> = standing.iter().filter(|row| row.role == role.code()).collect();
    let keys: Vec<Uuid> = held.iter().filter_map(|row| row.organisation_id).collect();
    let names = organisations::with_keys(on, &keys).await?;
    let keys: Vec<Uuid> = held.iter().filter_map(|row| row.post_id).collect();
    let posts = organisations::posts_with_keys(on, &keys).await?;
    let text = |row: &&Responsibility| {
        let name = names.iter().find(|body| Some(body.id) == row.organisation_id).map(|body| body.name.as_str());
        let post = posts.iter().find(|post| Some(post.id) == row.post_id).map(|post| post.title.as_str());
        match (name, post) {
            (Some(name), Some(post)) => format!("{name}：{post}"),
            (Some(text), None) | (None, Some(text)) => text.to_owned(),
            (None, None) => String::new(),
        }
    };
    Ok(held.iter().map(text).collect::<Vec<_>>().join("、"))
}
