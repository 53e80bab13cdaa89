//! The table of checks, written by hand.

store::table!(
    /// What was found at finished sites.
    site_checks, "site_checks", {
        /// The key, made with the form.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The site.
        pub site_id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// The division of the site.
        pub region: i64,
        /// The day on which it was looked at.
        pub looked_on: Date,
        /// Passed, failed or open.
        pub verdict: String,
        /// Each line with what was found, as JSON.
        pub found: String,
        /// Who wrote it.
        pub account_id: Option<Uuid>,
        /// Their name on screens of the office.
        pub by_name: String,
        /// When.
        pub at_ms: i64,
    }
);

use super::rules::{Found, Outcome, Verdict};

impl site_checks::Model {
    /// What it comes to.
    pub fn verdict(&self) -> Verdict {
        Verdict::parse(&self.verdict).unwrap_or(Verdict::Open)
    }

    /// Each line with what was found.
    pub fn found(&self) -> Vec<Found> {
        serde_json::from_str(&self.found).unwrap_or_default()
    }

    /// How many lines hold, of how many.
    pub fn held(&self) -> (usize, usize) {
        let found = self.found();
        (found.iter().filter(|one| one.outcome == Outcome::Met).count(), found.len())
    }
}
