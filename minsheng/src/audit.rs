//! `minsheng audit`.

use std::process::ExitCode;

use anyhow::Result;
use store::audit::FaultKind;

use crate::cli::AuditCommand;
use crate::configuration::Settings;
use crate::output::say;
use crate::wiring;

/// Verifies the chain and the ledger's rows; exits with 1 when something does not hold.
pub(crate) async fn run(settings: &Settings, command: &AuditCommand, json: bool) -> Result<ExitCode> {
    let AuditCommand::Verify = command;
    let store = wiring::open(&settings.values).await?;
    let found = ledger::verify::verify(store.reader()).await?;
    if json {
        say!("{}", serde_json::to_string_pretty(&found)?);
    } else {
        match found.fault {
            None => say!("审计链完整：{} 条记录，链尾 {} (the chain holds)", found.events, found.head),
            Some(ref fault) => {
                let what = match fault.kind {
                    FaultKind::Changed => "内容被改动 (changed)",
                    FaultKind::MissingOrReordered => "缺失或次序被打乱 (missing or reordered)",
                    FaultKind::EndMoved => "链尾被移动 (the end was moved)",
                    FaultKind::RowsChanged => "台账数据与记录不符 (the ledger's rows are not what was hashed)",
                };
                say!("审计链在第 {} 条断开：{what}", fault.number);
            }
        }
    }
    Ok(ExitCode::from(u8::from(found.fault.is_some())))
}
