//! Where a figure is used: steps that come later tell it, the page of an earlier one shows it.

use std::pin::Pin;

use kernel::Lang;
use uuid::Uuid;

use crate::{App, Result};

/// A public page that cites an entry of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// What cites it: 宁波市2024年上半年公报.
    pub title: String,
    /// Its page.
    pub link: String,
    /// Of which day it is, and whether it still holds, in small print.
    pub small: String,
}

/// What a step knows of the uses of an entry.
pub type Uses = for<'a> fn(&'a App, Uuid, Lang) -> Pin<Box<dyn Future<Output = Result<Vec<Use>>> + Send + 'a>>;

impl App {
    /// The same state, with what each step knows of the uses of an entry.
    #[must_use]
    pub fn with_uses(mut self, uses: &'static [Uses]) -> Self {
        self.uses = uses;
        self
    }

    /// Everything public that cites an entry, step by step.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn uses_of(&self, entry: Uuid, lang: Lang) -> Result<Vec<Use>> {
        let mut all = Vec::new();
        for uses in self.uses {
            all.extend(uses(self, entry, lang).await?);
        }
        Ok(all)
    }
}
