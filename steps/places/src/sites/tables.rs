//! The tables of sites, written by hand.

store::table!(
    /// Sites as they stand.
    sites, "sites", {
        /// The key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The short code of the public address.
        pub code: String,
        /// The programme.
        pub programme_id: Uuid,
        /// The project.
        pub project_id: Uuid,
        /// The indicator that its quantity feeds.
        pub indicator_id: Option<Uuid>,
        /// The number that its office gave it, one of a kind within the programme.
        pub reference: String,
        /// What it is called.
        pub name: String,
        /// Where it is, in words.
        pub address: String,
        /// The division.
        pub region: i64,
        /// The sort of facility, in the office's words.
        pub kind: String,
        /// How far the work has come.
        pub stage: String,
        /// Who answers for it; empty where the project's bodies do.
        pub body: String,
        /// The telephone of that body.
        pub telephone: String,
        /// When work begins.
        pub starts_on: Option<Date>,
        /// By when it is promised.
        pub due_on: Option<Date>,
        /// When it was finished.
        pub finished_on: Option<Date>,
        /// What it gives to the indicator, in ten-thousandths.
        pub quantity: Option<i64>,
        /// Money, in ten-thousandths of 万元, which are yuan.
        pub money: Option<i64>,
        /// Further attributes, as a JSON object of texts.
        pub attributes: String,
        /// The coordinate system of `given`.
        pub crs: String,
        /// Where it is, as it was given: a GeoJSON geometry.
        pub given: Option<String>,
        /// The point that stands for it in WGS 84, in ten-millionths of a degree.
        pub lng_e7: Option<i32>,
        /// The same, north.
        pub lat_e7: Option<i32>,
        /// Lines and areas in WGS 84; a point has none.
        pub shape: Option<String>,
        /// Whether it lies outside its division.
        pub outside: bool,
        /// In words.
        pub note: String,
        /// Name, number, address and code in the form that is searched.
        pub normalised: String,
        /// Counts its states.
        pub version: i32,
        /// When it last changed.
        pub changed_ms: i64,
        /// Whether it was entered by mistake.
        pub withdrawn: bool,
    }
);

store::table!(
    /// Every state of every site.
    versions, "site_versions", {
        /// The site.
        #[sea_orm(primary_key, auto_increment = false)]
        pub site_id: Uuid,
        /// Which state, from 1.
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: i32,
        /// The programme.
        pub programme_id: Uuid,
        /// Since when.
        pub at_ms: i64,
        /// Who wrote it.
        pub account_id: Option<Uuid>,
        /// The name on screens of who wrote it.
        pub by_name: String,
        /// Whether this state withdraws it.
        pub withdrawn: bool,
        /// The site as it then was, as JSON.
        pub content: String,
    }
);
