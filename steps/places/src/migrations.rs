//! The tables of this step.

use sea_orm_migration::prelude::*;

/// The migrations, in order.
pub fn list() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(crate::sites::migrations::Sites), Box::new(crate::map::migrations::Boundaries)]
}
