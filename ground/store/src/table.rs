//! One way to declare a table as an entity.

/// Declares a table that is never joined through the entity layer.
#[macro_export]
macro_rules! table {
    ($(#[$about:meta])* $module:ident, $name:literal, { $($fields:tt)* }) => {
        $(#[$about])*
        pub mod $module {
            use sea_orm::entity::prelude::*;

            /// One row.
            #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
            #[sea_orm(table_name = $name)]
            pub struct Model { $($fields)* }

            /// Rows are looked up by key; joins are written where they are needed.
            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}
        }
    };
}
