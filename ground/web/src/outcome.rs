//! What a form comes to: on to another page, or the same page again with what was typed and what is wrong with it.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use kernel::Problem;

use crate::error::status_of;
use crate::{Error, Result, page_with};

/// On to the address that `next` makes of what was done, or the page that `again` makes of what can be mended, with
/// the status of the [`refusal`].
///
/// # Errors
/// What whoever filled in the form cannot mend, and faults of the page.
pub async fn outcome<T, P: Template>(
    done: Result<T, impl Into<Error>>,
    next: impl FnOnce(T) -> String,
    again: impl AsyncFnOnce(Problem) -> Result<P>,
) -> Result<Response> {
    match Error::mendable(done)? {
        Ok(done) => Ok(Redirect::to(&next(done)).into_response()),
        Err(problem) => {
            let status = refusal(&problem);
            page_with(status, &again(problem).await?)
        }
    }
}

/// The status of a form that is shown again: somebody was faster (409), or something is wrong in it (422).
pub fn refusal(problem: &Problem) -> StatusCode {
    status_of(problem.kind)
}
