//! The ledger's tables, written by hand.

/// One division during the years in which it bore this name.
pub mod regions {
    use sea_orm::entity::prelude::*;

    /// One division during the years in which it bore this name.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "regions")]
    pub struct Model {
        /// The twelve-digit code.
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: i64,
        /// The first year of this name.
        #[sea_orm(primary_key, auto_increment = false)]
        pub valid_from: i32,
        /// The last year; open while it stands.
        pub valid_to: Option<i32>,
        /// The name as printed.
        pub name: String,
        /// 1 province … 5 village.
        pub level: i16,
        /// The division it lies in.
        pub parent: Option<i64>,
        /// Its key in the search index.
        pub id: Uuid,
    }

    /// Joined by key where needed.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A division that was renamed, merged, split or raised.
pub mod region_changes {
    use sea_orm::entity::prelude::*;

    /// A division that was renamed, merged, split or raised.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "region_changes")]
    pub struct Model {
        /// The code before.
        #[sea_orm(primary_key, auto_increment = false)]
        pub old_code: i64,
        /// The code after.
        #[sea_orm(primary_key, auto_increment = false)]
        pub new_code: i64,
        /// The year of the change.
        #[sea_orm(primary_key, auto_increment = false)]
        pub year: i32,
        /// renamed, merged, split, upgraded …
        pub kind: String,
        /// In words.
        pub note: String,
    }

    /// Joined by key where needed.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The projects of one region and one year.
pub mod programmes {
    use std::borrow::Borrow;

    use sea_orm::entity::prelude::*;

    /// The projects of one region and one year.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "programmes")]
    pub struct Model {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The name in addresses: `330200-2024`.
        pub slug: String,
        /// The division whose programme it is.
        pub region: i64,
        /// The programme year.
        pub year: i32,
        /// Empty for the livelihood programme itself; `suggestions` and the like for others of the year.
        pub series: String,
        /// Title.
        pub title: String,
        /// Title in English; may be empty.
        pub title_en: String,
        /// The session that adopted it; empty when not told.
        pub adopted_by: String,
        /// A [`crate::words::DecisionMode`].
        pub decision_mode: String,
        /// A [`kernel::ScheduleBasis`].
        pub schedule_basis: String,
        /// How progress is averaged, in words that are printed with it.
        pub progress_rule: String,
        /// The cut-off that pages open with.
        pub default_cut_off: Option<Date>,
        /// Generated data, labelled 演示数据 wherever it shows.
        pub demo: bool,
        /// Whether the public sees it.
        pub published: bool,
        /// Counts edits; guards against two editors at once.
        pub version: i32,
        /// When it was created.
        pub created_ms: i64,
    }

    /// Joined by key where needed.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl Model {
        /// The title in a language, which templates hand over by reference; in Chinese where there is none in English.
        pub fn title_in(&self, lang: impl Borrow<kernel::Lang>) -> &str {
            match lang.borrow() {
                kernel::Lang::En if !self.title_en.is_empty() => &self.title_en,
                _ => &self.title,
            }
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// A text or file that figures were taken from.
pub mod documents {
    use sea_orm::entity::prelude::*;

    /// A text or file that figures were taken from.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "documents")]
    pub struct Model {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The programme it belongs to.
        pub programme_id: Uuid,
        /// The `source` of the facts format.
        pub code: String,
        /// What it is, in neutral words.
        pub title: String,
        /// Who published it; empty when not told.
        pub publisher: String,
        /// When.
        pub published_on: Option<Date>,
    }

    /// Joined by key where needed.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A category (类) of a programme.
pub mod categories {
    use sea_orm::entity::prelude::*;

    /// A category (类) of a programme.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "categories")]
    pub struct Model {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// Order on the page.
        pub position: i32,
        /// The number as adopted; none for context that is no adopted category.
        pub number: Option<i32>,
        /// Name.
        pub name: String,
    }

    /// Joined by key where needed.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A project (项目) of a category.
pub mod projects {
    use sea_orm::entity::prelude::*;

    /// A project (项目) of a category.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "projects")]
    pub struct Model {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// The category.
        pub category_id: Uuid,
        /// Order in the category.
        pub position: i32,
        /// The number as adopted, if it has one.
        pub number: Option<i32>,
        /// The short public name.
        pub name: String,
        /// The name as adopted; empty when it is the short one.
        pub formal_name: String,
        /// What is to be done, in words.
        pub content: String,
    }

    /// Joined by key where needed.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What is counted (指标).
pub mod indicators {
    use sea_orm::entity::prelude::*;

    /// What is counted (指标).
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "indicators")]
    pub struct Model {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// The project.
        pub project_id: Uuid,
        /// Its number in addresses: counted up in the programme, never used again.
        pub number: i32,
        /// What makes it one series of figures within the programme.
        pub series: String,
        /// A neutral noun phrase.
        pub name: String,
        /// Unit or measure word.
        pub unit: String,
        /// A [`crate::words::Kind`].
        pub kind: String,
        /// An [`crate::words::Accumulation`].
        pub accumulation: String,
        /// A [`crate::words::Direction`].
        pub direction: String,
        /// The level at which its entries are collected and from which they add up.
        pub grain: i16,
        /// A [`crate::words::Purpose`].
        pub purpose: String,
        /// A [`crate::words::Statistic`], for published headline numbers.
        pub statistic: Option<String>,
        /// A [`crate::words::FundSource`], for parts of a funding indicator.
        pub fund_source: Option<String>,
        /// The indicator it is part of or qualifies.
        pub parent_id: Option<Uuid>,
        /// A [`crate::words::Relation`] to the parent.
        pub relation: Option<String>,
        /// A [`crate::words::Breakdown`], for a parent of parts.
        pub breakdown: Option<String>,
        /// The matter that it shares with other places.
        pub matter: Option<String>,
        /// Numbers of the services it feeds, separated by spaces.
        pub services: String,
        /// Counts edits.
        pub version: i32,
        /// Several bodies may share it at a place of its grain: their entries then add up to that place and all above;
        /// a place that no body shares counts with its own.
        pub by_body: bool,
    }

    /// Joined by key where needed.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The same matter in several places.
pub mod matters {
    use sea_orm::entity::prelude::*;

    /// The same matter in several places.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "matters")]
    pub struct Model {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The name in addresses.
        pub code: String,
        /// Name.
        pub name: String,
        /// Name in English.
        pub name_en: String,
        /// Why the places must not be added or ranked unseen.
        pub caveat: String,
        /// The same in English.
        pub caveat_en: String,
    }

    /// Joined by key where needed.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Who answers for a project or one of its indicators, where and when.
pub mod responsibilities {
    use sea_orm::entity::prelude::*;

    /// Who answers for a project or one of its indicators, where and when.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "responsibilities")]
    pub struct Model {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// The project.
        pub project_id: Uuid,
        /// The indicator, when it is for one only.
        pub indicator_id: Option<Uuid>,
        /// The level and place at which the role is held.
        pub region: i64,
        /// A [`crate::programmes::ResponsibilityRole`].
        pub role: String,
        /// The body.
        pub organisation_id: Option<Uuid>,
        /// The post, for leaders and responsible persons.
        pub post_id: Option<Uuid>,
        /// From this day.
        pub valid_from: Option<Date>,
        /// To this day.
        pub valid_to: Option<Date>,
    }

    /// Joined by key where needed.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A figure in the ledger. Never changed, never removed.
pub mod entries {
    use sea_orm::entity::prelude::*;

    /// A figure in the ledger. Never changed, never removed.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "entries")]
    pub struct Model {
        /// Key, rising with time.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// The indicator.
        pub indicator_id: Uuid,
        /// The place it is true of.
        pub region: i64,
        /// The body it is true of, when several share a place.
        pub organisation_id: Option<Uuid>,
        /// 0 actual, 1 target.
        pub measure: i16,
        /// The cut-off; none when none is known.
        pub as_of: Option<Date>,
        /// The day from which it counts: the cut-off, else what is known of the period.
        pub effective_on: Date,
        /// Ten-thousandths; none for a figure without a number.
        pub value: Option<i64>,
        /// How it was printed: a `figures::Precision` code.
        pub precision_code: i16,
        /// A `figures::Qualifier` code.
        pub qualifier: String,
        /// When the ledger came to know it.
        pub recorded_ms: i64,
        /// The audit event that wrote it.
        pub event_id: Uuid,
        /// The entry that it corrects.
        pub supersedes: Option<Uuid>,
        /// The correction takes the figure back without putting another in its place.
        pub withdrawn: bool,
    }

    /// Joined by key where needed.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Where an entry's figure comes from, word for word as far as it is a figure.
pub mod entry_sources {
    use sea_orm::entity::prelude::*;

    /// Where an entry's figure comes from, word for word as far as it is a figure.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "entry_sources")]
    pub struct Model {
        /// The entry.
        #[sea_orm(primary_key, auto_increment = false)]
        pub entry_id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// The document.
        pub document_id: Option<Uuid>,
        /// The fact's identity in the file it came from.
        pub external_id: Option<String>,
        /// Its place in that file.
        pub sequence: i32,
        /// The place's name as printed.
        pub place: String,
        /// The year it speaks of.
        pub year: i32,
        /// The indicator's name in the source.
        pub label: String,
        /// The figure as printed.
        pub raw: String,
        /// The unit as printed.
        pub unit: String,
        /// The kind of figure.
        pub kind: String,
        /// new, stock, target or change, as told.
        pub flow: String,
        /// The first day it speaks of.
        pub period_start: Option<Date>,
        /// The last day.
        pub period_end: Option<Date>,
        /// A [`crate::words::DateBasis`].
        pub date_basis: String,
        /// The fact it belongs to.
        pub parent: Option<String>,
        /// A [`crate::words::Relation`] to that fact.
        pub relation: Option<String>,
        /// The heading it stands under.
        pub area: String,
        /// For a rank: shared with others (并列).
        pub tie: bool,
        /// Whether the parts of this figure are all of it: a [`crate::words::Breakdown`].
        pub breakdown: Option<String>,
        /// A remark of whoever recorded it.
        pub note: Option<String>,
        /// The words of the source, when they may be kept.
        pub quote: Option<String>,
        /// A [`crate::words::Reason`], for a correction.
        pub reason: Option<String>,
        /// The reason in words.
        pub reason_text: Option<String>,
    }

    /// Joined by key where needed.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What entries below a place change in its sum: the sum at a cut-off is the sum of the deltas up to it.
pub mod rollups {
    use sea_orm::entity::prelude::*;

    /// What entries below a place change in its sum: the sum at a cut-off is the sum of the deltas up to it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "rollups")]
    pub struct Model {
        /// The programme.
        #[sea_orm(primary_key, auto_increment = false)]
        pub programme_id: Uuid,
        /// The place, above the indicator's grain.
        #[sea_orm(primary_key, auto_increment = false)]
        pub region: i64,
        /// The indicator.
        #[sea_orm(primary_key, auto_increment = false)]
        pub indicator_id: Uuid,
        /// 0 actual, 1 target.
        #[sea_orm(primary_key, auto_increment = false)]
        pub measure: i16,
        /// From this cut-off on.
        #[sea_orm(primary_key, auto_increment = false)]
        pub as_of: Date,
        /// Known from this day on.
        #[sea_orm(primary_key, auto_increment = false)]
        pub recorded_on: Date,
        /// Change of the sum, in ten-thousandths.
        pub delta: i64,
        /// Change of the number of places that have a figure.
        pub places: i64,
    }

    /// Joined by key where needed.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

store::table! {
    /// Who had a hand in an entry before it came into the ledger.
    hands, "hands", {
        /// The entry.
        #[sea_orm(primary_key, auto_increment = false)]
        pub entry_id: Uuid,
        /// The order of the acts.
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i32,
        /// The programme.
        pub programme_id: Uuid,
        /// A [`crate::words::Act`].
        pub act: String,
        /// The person, as signed in at the time.
        pub person: String,
        /// The body for which that person acted.
        pub organisation: String,
        /// When, in Unix milliseconds.
        pub at_ms: i64,
    }
}
