//! Texts of every kind: what is found in them and what is made of it.

mod properties;
mod published;
mod reading;
mod relations;
mod texts;
