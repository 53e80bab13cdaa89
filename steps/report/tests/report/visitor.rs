//! Somebody in front of the pages or behind the API, at one moment.

use report::By;
use store::Store;
use testing::Served;
use web::{App, Step};

use crate::house::report;

pub(crate) use testing::visitor::{Reply, Visitor};

/// A site at one moment.
pub(crate) struct Site {
    store: Store,
    folder: tempfile::TempDir,
}

impl Site {
    pub(crate) fn open(store: Store) -> Self {
        Self { store, folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) async fn visit(&self, by: &By) -> Visitor {
        Visitor::sign_in(self, &by.sign_in_name).await
    }

    /// How many files wait in the folder of uploads.
    pub(crate) fn uploads(&self) -> usize {
        std::fs::read_dir(self.app().settings.uploads.as_path()).map_or(0, |entries| {
            entries.filter(|entry| entry.as_ref().is_ok_and(|entry| entry.path().is_file())).count()
        })
    }
}

impl Served for Site {
    fn app(&self) -> App {
        testing::app(&self.store, self.folder.path()).with_keepers(&[report::KEEPER])
    }

    fn steps(&self) -> Vec<Step> {
        report::steps()
    }
}

/// Sends the first `sent` bytes of a form; then the connection is lost.
pub(crate) async fn cut_off(visitor: &Visitor, path: &str, body: &[u8], sent: usize) -> Reply {
    let first: Vec<std::io::Result<Vec<u8>>> = body[..sent].chunks(4_096).map(|part| Ok(part.to_vec())).collect();
    let lost = Err(std::io::ErrorKind::ConnectionReset.into());
    let stream = futures_util::stream::iter(first.into_iter().chain([lost]));
    visitor.send_parts(path, axum::body::Body::from_stream(stream)).await
}
