//! Who may read a file: whoever may read what it is filed under, which only the step that keeps that thing can say.

use std::pin::Pin;

use uuid::Uuid;

use crate::{App, Result, SignedIn};

/// Goes on where the viewer may read all that is filed under the thing with this key; else it says why not, in the words of
/// that thing's page.
pub type MayRead = for<'a> fn(&'a App, &'a SignedIn, Uuid) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// A kind of thing that evidence is filed under, with the rule of its page.
pub struct Keeper {
    /// The kind, as in [`files::store::Subject`].
    pub kind: &'static str,
    /// The rule.
    pub may_read: MayRead,
}

impl App {
    /// The same state, with every kind of thing that evidence is filed under. What is filed under another kind is nobody's
    /// to read before it is public.
    #[must_use]
    pub fn with_keepers(mut self, keepers: &'static [Keeper]) -> Self {
        self.keepers = keepers;
        self
    }

    /// The rule of a kind.
    pub(crate) fn keeper(&self, kind: &str) -> Option<&'static Keeper> {
        self.keepers.iter().find(|keeper| keeper.kind == kind)
    }
}
