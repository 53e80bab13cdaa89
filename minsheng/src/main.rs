//! The program `minsheng`; all that it does stands in the library, where tests reach it.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    minsheng::run().await
}
