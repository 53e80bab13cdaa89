//! What a page of the board is asked for: which programme, which place, from which side of time – and whether the viewer
//! may see it.

use chrono::NaiveDate;
use kernel::{Permission, Problem, RegionCode};
use ledger::entries::View;
use ledger::programmes;
use ledger::tables::programmes::Model as Programme;
use serde::Deserialize;
use web::{App, Error, Result, SignedIn};

/// Place and time, as every page of the board takes them.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// A place of the programme, six, nine or twelve digits; the viewer's own where nothing is said.
    #[serde(default)]
    pub(crate) place: String,
    /// Figures up to this day, such as `2024-06-30`.
    #[serde(default)]
    pub(crate) to: String,
    /// The board as it was at the end of this day, such as `2024-08-01`.
    #[serde(default)]
    pub(crate) on: String,
}

impl Asked {
    /// The cut-off and the day of knowledge, where they are asked for.
    ///
    /// # Errors
    /// When one of them is no day.
    pub(crate) fn view(&self) -> Result<View> {
        Ok(View { cut_off: read_day("to", &self.to)?, known: read_day("on", &self.on)? })
    }

    /// The query that leads to another page of the same place and time; with its `?`, or empty.
    pub(crate) fn query(&self) -> String {
        let pairs = [("place", &self.place), ("to", &self.to), ("on", &self.on)];
        let asked: Vec<String> = pairs
            .iter()
            .filter(|(_, value)| !value.trim().is_empty())
            .map(|(name, value)| format!("{name}={}", web::listing::escape(value.trim())))
            .collect();
        if asked.is_empty() { String::new() } else { format!("?{}", asked.join("&")) }
    }

    /// The programme and the place to show to `me`.
    ///
    /// Somebody of the programme's region sees all of it; somebody of a place inside it sees that place. A draft does not
    /// exist for others (404), a published one is refused (403).
    ///
    /// # Errors
    /// Not found, forbidden.
    pub(crate) async fn programme(&self, app: &App, me: &SignedIn, slug: &str) -> Result<(Programme, RegionCode)> {
        let missing = || Problem::not_found("没有这个方案", "There is no such programme");
        let found = programmes::find(app.store.reader(), slug).await?.ok_or_else(missing)?;
        let home = RegionCode::from_stored(found.region).ok_or_else(missing)?;
        let Some(own) = own_place(me, home) else {
            if !found.published {
                return Err(missing().into());
            }
            me.require(Permission::EnterOffice, home)?;
            return Err(missing().into());
        };
        if self.place.trim().is_empty() {
            return Ok((found, own));
        }
        let place = self
            .place
            .trim()
            .parse::<RegionCode>()
            .ok()
            .filter(|place| home.contains(*place))
            .ok_or_else(|| Problem::not_found("这份方案不含这个地方", "The programme does not reach this place"))?;
        me.require(Permission::EnterOffice, place)?;
        Ok((found, place))
    }
}

/// The highest place of a programme of `home` that `me` may look at.
pub(crate) fn own_place(me: &SignedIn, home: RegionCode) -> Option<RegionCode> {
    if me.allows(Permission::EnterOffice, Some(home)) {
        return Some(home);
    }
    let tops = me.scopes(Permission::EnterOffice).into_iter().map(|scope| *scope.start());
    tops.filter(|top| home.contains(*top)).min_by_key(|top| (top.level(), *top))
}

/// The day of a field of an address; none where nothing is asked for.
///
/// # Errors
/// A problem of `field`.
pub fn read_day(field: &str, text: &str) -> Result<Option<NaiveDate>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    text.trim().parse().map(Some).map_err(|_| {
        Error::from(Problem::field(
            field,
            format!("“{text}” 不是日期，请写成 2024-06-30"),
            format!("“{text}” is no day: write 2024-06-30"),
        ))
    })
}
