//! Each test twice.

/// Makes each of these functions a test on SQLite and a test on PostgreSQL: `sqlite::name` and `postgres::name`.
///
/// `on_both!(first, second)` calls `first(url)`; `on_both!(crate::house::House::open => first, second)` calls
/// `first(House::open(url).await)`. The threads are several, because races are what differs between the two.
#[macro_export]
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        $crate::on_both!(::std::future::ready => $($name),+);
    };
    ($open:path => $($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() {
                let folder = $crate::tempdir().expect("a folder");
                let url = $crate::sqlite_in(folder.path());
                super::$name($open(url.as_str()).await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() {
                let database = $crate::Postgres::shared().and_then(|server| server.fresh_database());
                let database = database.expect("PostgreSQL");
                super::$name($open(database.url()).await).await;
            })+
        }
    };
}
