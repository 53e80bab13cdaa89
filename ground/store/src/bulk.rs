//! Many rows at once. The statement's text is the same for every full batch, so both databases prepare it once.

use sea_orm::{ConnectionTrait, EntityName, EntityTrait, IdenStatic, Iterable, ModelTrait, Statement, Value};

use crate::{Backend, Result};

/// Values bound in one statement: below SQLite's limit of 32,766.
const VALUES_AT_ONCE: usize = 30_000;

/// Rows in one statement; more gained nothing when it was measured.
const ROWS_AT_ONCE: usize = 1_000;

/// Where rows go.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The table.
    pub table: &'a str,
    /// The columns, in the order of each row's values.
    pub columns: &'a [&'a str],
    /// What stands behind the values, such as an `ON CONFLICT` clause.
    pub suffix: &'a str,
}

/// Inserts `rows`, each with one value per column.
///
/// # Errors
/// When the database fails.
pub async fn insert<C, I>(on: &C, target: Target<'_>, rows: I) -> Result<()>
where
    C: ConnectionTrait,
    I: IntoIterator<Item = Vec<Value>>,
{
    let width = target.columns.len();
    let full = ROWS_AT_ONCE.min(VALUES_AT_ONCE / width);
    let backend = on.get_database_backend();
    let full_text = text(target, full, backend);
    let mut values = Vec::with_capacity(full * width);
    for row in rows {
        debug_assert_eq!(row.len(), width, "a value for each column of {}", target.table);
        values.extend(row);
        if values.len() == full * width {
            run(on, &full_text, std::mem::replace(&mut values, Vec::with_capacity(full * width))).await?;
        }
    }
    if !values.is_empty() {
        run(on, &text(target, values.len() / width, backend), values).await?;
    }
    Ok(())
}

/// Inserts whole rows of a table.
///
/// # Errors
/// When the database fails.
pub async fn insert_models<C, M>(on: &C, rows: impl IntoIterator<Item = M>) -> Result<()>
where
    C: ConnectionTrait,
    M: ModelTrait,
{
    let columns: Vec<<M::Entity as EntityTrait>::Column> =
        <<M::Entity as EntityTrait>::Column as Iterable>::iter().collect();
    let names: Vec<&str> = columns.iter().map(IdenStatic::as_str).collect();
    let entity = M::Entity::default();
    let target = Target { table: entity.table_name(), columns: &names, suffix: "" };
    let values = |row: M| columns.iter().map(|column| row.get(*column)).collect();
    insert(on, target, rows.into_iter().map(values)).await
}

/// SQLite gets nameless places: it looks a named one up by walking the list of all names, which made an import of a
/// hundred thousand rows ten times slower.
fn text(target: Target<'_>, rows: usize, backend: Backend) -> String {
    let width = target.columns.len();
    let tuples: Vec<String> = (0..rows)
        .map(|row| {
            let place = |column| match backend {
                Backend::Postgres => format!("${}", row * width + column),
                _ => "?".to_owned(),
            };
            let places: Vec<String> = (1..=width).map(place).collect();
            format!("({})", places.join(","))
        })
        .collect();
    let Target { table, suffix, .. } = target;
    format!("INSERT INTO {table} ({}) VALUES {} {suffix}", target.columns.join(","), tuples.join(","))
}

async fn run<C: ConnectionTrait>(on: &C, sql: &str, values: Vec<Value>) -> Result<()> {
    on.execute_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, values)).await?;
    Ok(())
}
