//! A server starts, serves databases that know nothing of each other, and leaves nothing behind.

use std::net::TcpStream;

use minsheng_databases::Postgres;

#[test]
fn own_server_stops_with_its_last_handle() {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    let address = postgres.url().trim_start_matches("postgres://postgres@").trim_end_matches("/postgres").to_owned();
    let database = postgres.fresh_database().expect("a database");
    drop(postgres);
    assert!(TcpStream::connect(&address).is_ok(), "a database in use keeps its server");
    drop(database);
    assert!(TcpStream::connect(&address).is_err(), "nothing listens once the last database is gone");
}

#[test]
fn databases_are_fresh() {
    let postgres = Postgres::shared().expect("PostgreSQL");
    let first = postgres.fresh_database().expect("a database");
    let second = postgres.fresh_database().expect("another one");
    assert_ne!(first.url(), second.url());
}
