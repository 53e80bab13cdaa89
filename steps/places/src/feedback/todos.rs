//! What is left to do about feedback, for the desk.

use std::pin::Pin;

use kernel::{Lang, Permission};
use people::Viewer;
use web::{App, Result, Todo};

use super::office::scope;
use super::store::{Scope, Shelf, count};

/// What is left for `viewer`: words to look at, problems to assign, answers that are owed.
pub fn todos<'a>(
    app: &'a App,
    viewer: &'a Viewer,
    lang: Lang,
) -> Pin<Box<dyn Future<Output = Result<Vec<Todo>>> + Send + 'a>> {
    Box::pin(gather(app, viewer, lang))
}

async fn gather(app: &App, viewer: &Viewer, lang: Lang) -> Result<Vec<Todo>> {
    let (on, today) = (app.store.reader(), app.store.clock().today());
    let scope = scope(viewer);
    let mut all = Vec::new();
    if viewer.allows(Permission::RaiseOrders, None) {
        let office = Scope { bodies: Vec::new(), ..scope.clone() };
        let asked = [
            (Shelf::Held, "条群众反馈待审看", "Remarks to look at"),
            (Shelf::Unassigned, "件群众反映待交办", "Problems to assign"),
            (Shelf::Overdue, "件群众反映逾期未答复", "Problems past their day"),
        ];
        for (shelf, zh, en) in asked {
            all.extend(several(count(on, &office, shelf, today).await?, shelf, (zh, en), lang));
        }
    }
    if !scope.bodies.is_empty() {
        let own = Scope { regions: Vec::new(), ..scope };
        let owed = count(on, &own, Shelf::Underway, today).await?;
        let late = count(on, &own, Shelf::Overdue, today).await?;
        let shelf = if late > 0 { Shelf::Overdue } else { Shelf::Underway };
        all.extend(several(owed, shelf, ("件群众反映待答复", "Problems to answer"), lang));
    }
    Ok(all)
}

fn several(count: u64, shelf: Shelf, (zh, en): (&str, &str), lang: Lang) -> Option<Todo> {
    let overdue = shelf == Shelf::Overdue;
    (count > 0).then(|| Todo {
        title: lang.tally(zh, en, count),
        link: format!("/office/feedback?shelf={}", shelf.code()),
        small: lang.t("群众反馈", "Feedback").to_owned(),
        word: lang.t("待办", "waiting").to_owned(),
        class: if overdue { "late" } else { "" },
        due_in: overdue.then_some(-1),
    })
}
