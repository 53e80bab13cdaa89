//! Minsheng 民生实事: one program for the whole year of livelihood projects, on one ledger.
//!
//! This crate is the command line, the configuration, the demo and the wiring of the steps; whatever they do is theirs.

mod accounts;
mod announcing;
mod assess;
mod audit;
mod bulletin;
mod catalogue;
mod chargers;
mod cli;
mod codes;
mod configuration;
mod demo;
mod output;
mod rich;
mod rounds;
mod serve;
mod transfer;
pub mod wiring;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Command, CommandLine};

/// Does what the command line says; a fault is told on standard error.
pub async fn run() -> ExitCode {
    let outcome = obey(CommandLine::parse()).await;
    match (outcome, output::fault()) {
        (Ok(code), None) => code,
        (Ok(_), Some(fault)) => {
            output::note!("错误：标准输出写不进去：{fault} (standard output cannot be written)");
            ExitCode::from(1)
        }
        (Err(error), _) => {
            output::note!("{}", output::failure(&error));
            ExitCode::from(1)
        }
    }
}

async fn obey(line: CommandLine) -> anyhow::Result<ExitCode> {
    let settings = configuration::read(&line.settings)?;
    match line.command {
        Command::Demo { rich } => demo::run(&settings, rich).await,
        Command::Serve => serve::run(&settings).await,
        Command::Migrate => transfer::migrate(&settings, line.json).await,
        Command::Config(command) => configuration::show(&settings, &command, line.json),
        Command::User(command) => accounts::run(&settings, command, line.json).await,
        Command::Import(command) => transfer::import(&settings, command, line.json).await,
        Command::Export(command) => transfer::export(&settings, command).await,
        Command::Audit(command) => audit::run(&settings, &command, line.json).await,
        Command::Bulletin(command) => bulletin::run(&settings, &command, line.json).await,
        Command::Catalogue(command) => catalogue::run(&settings.values, &command, line.json),
        Command::Codes { programme, region, address, out } => {
            let order = codes::Order { programme: &programme, region, address, out: &out };
            codes::run(&settings, order, line.json).await
        }
        Command::Assess(command) => assess::run(&settings, command, line.json).await,
        Command::Chargers(command) => chargers::run(&settings, command, line.json).await,
        Command::Simulate(command) => chargers::simulate(&settings, command, line.json).await,
    }
}
