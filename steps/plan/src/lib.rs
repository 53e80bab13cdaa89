//! Office: draw up the programme, import its sheet, correct its entries.

pub mod sheet;
