//! The public portal: what everybody may see of the ledger, as pages and as open data.
//!
//! Who acts: everybody; nobody signs in. What is guaranteed: only published programmes are shown, and any other address
//! answers 404; every figure leads to its trail; a number that the ledger derived says so, one that it cannot derive
//! says that too; every page reads without a script. What is deliberately absent: writing, and the names of people who
//! sign in.
//!
//! A noun is a file, and a line in [`steps`] – the order of the lines is the order of the menu.

mod balance;
mod changes;
mod comparison;
mod entries;
mod entries_api;
mod figure_api;
mod headline;
mod highlight;
mod history;
mod indicators;
mod indicators_api;
mod lit;
mod matters;
mod money;
mod money_api;
mod open_data;
mod places;
mod programmes_api;
mod reading;
mod regions;
mod scoreboard;
mod search;
mod shown;
mod start;

use web::Step;

/// Every noun of the portal with its routes.
pub fn steps() -> Vec<Step> {
    vec![
        // Places and years, and down to the single figure.
        start::step(),
        scoreboard::step(),
        indicators::step(),
        entries::step(),
        changes::step(),
        money::step(),
        // Across places.
        matters::step(),
        search::step(),
        regions::step(),
        // To take away.
        open_data::step(),
        reading::step(),
        programmes_api::step(),
        indicators_api::step(),
        entries_api::step(),
        money_api::step(),
    ]
}
