//! A ledger with the shipped sample years and the portal in front of it.

use minsheng_publish as publish;
use store::{Actor, Migrations, Store};
use tempfile::TempDir;
use web::{App, Step};

const TABLES: &[Migrations] = &[ledger::migrations::list, plan::migrations::list, report::migrations::list];

/// A later step that says of every entry that one bulletin cites it.
const USES: &[web::Uses] = &[|_, entry, _| {
    Box::pin(async move {
        let small = "截至2024年6月30日".to_owned();
        Ok(vec![web::Use { title: "半年公报".to_owned(), link: format!("/bulletins/of-{entry}"), small }])
    })
}];

/// The sample years in a folder of their own.
pub(crate) struct House {
    pub(crate) store: Store,
    folder: TempDir,
}

impl House {
    /// Loaded at noon in China on `day`.
    pub(crate) async fn with_samples(day: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = testing::store(&databases::sqlite_in(folder.path()), testing::noon(day), TABLES).await;
        ledger::samples::load(&store, &Actor::operator("import"), &mut |_, _| {}).await.unwrap();
        Self { store, folder }
    }
}

impl testing::Served for House {
    fn app(&self) -> App {
        testing::app(&self.store, self.folder.path()).with_uses(USES)
    }

    fn steps(&self) -> Vec<Step> {
        publish::steps()
    }
}
