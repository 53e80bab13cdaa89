//! What is left for somebody to do: each step tells its own part, the desk shows them together.

use std::pin::Pin;

use kernel::Lang;
use people::Viewer;

use crate::{App, Result};

/// One thing, or several of a kind, that wait for the viewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Todo {
    /// What is to be done: 审核填报.
    pub title: String,
    /// The page where it is done.
    pub link: String,
    /// Where it belongs and since when, in small print.
    pub small: String,
    /// The state in one word: 待审核, 逾期 3 天.
    pub word: String,
    /// The class of a light (`behind`, `late`), or empty: colour for what is pressing, beside the word.
    pub class: &'static str,
    /// Days until it is due, negative when overdue; what has no date comes last.
    pub due_in: Option<i64>,
}

/// What a step knows to be left for the viewer.
pub type Todos = for<'a> fn(&'a App, &'a Viewer, Lang) -> Pin<Box<dyn Future<Output = Result<Vec<Todo>>> + Send + 'a>>;

impl App {
    /// The same state, with each step's list of what is left to do.
    #[must_use]
    pub fn with_todos(mut self, todos: &'static [Todos]) -> Self {
        self.todos = todos;
        self
    }

    /// What is left for the viewer in every step, the most pressing first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn todos_of(&self, viewer: &Viewer, lang: Lang) -> Result<Vec<Todo>> {
        let mut all = Vec::new();
        for todos in self.todos {
            all.extend(todos(self, viewer, lang).await?);
        }
        all.sort_by_key(|todo| todo.due_in.unwrap_or(i64::MAX));
        Ok(all)
    }
}
