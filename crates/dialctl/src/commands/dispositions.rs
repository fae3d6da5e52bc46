//! Verdicts on calls, at the provider.

use providers::{Ask, DispositionOrder};
use serde_json::json;

use super::Done;
use super::asking::{order, provider_call_id};
use crate::cli::DispositionsCommand;
use crate::output::Output;
use crate::session::Session;
use crate::speech::say_with;

pub async fn run(session: &mut Session, command: &DispositionsCommand, output: Output) -> Done {
    match command {
        DispositionsCommand::Add { name, code, account } => {
            let what = Ask::AddDisposition {
                name: name.clone(),
                code: code.clone(),
            };
            let message = order(session, account.as_deref(), what).await?;
            output.result(&json!({"added": name, "code": code, "message": message}), || {
                say_with("cli.dispositions.added", &[("name", name)])
            })
        }
        DispositionsCommand::Store {
            call,
            name,
            sub,
            note,
            account,
        } => {
            let provider_call_id = provider_call_id(session, call).await?;
            let what = Ask::StoreDisposition(DispositionOrder {
                provider_call_id: provider_call_id.clone(),
                disposition: name.clone(),
                sub_disposition: sub.clone(),
                note: note.clone(),
            });
            let message = order(session, account.as_deref(), what).await?;
            let stored = json!({"stored": name, "provider_call_id": provider_call_id, "message": message});
            output.result(&stored, || say_with("cli.dispositions.stored", &[("name", name)]))
        }
    }
}
