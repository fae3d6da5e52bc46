//! Where the provider sends events.

use engine::api::Request;
use providers::{Ask, PushedEventHook, PushedEvents};
use serde_json::json;

use super::Done;
use super::asking::{ask, told};
use crate::cli::HooksCommand;
use crate::output::Output;
use crate::session::{Session, reply};
use crate::speech::{say, say_with};
use crate::table::Table;

pub async fn run(session: &mut Session, command: &HooksCommand, output: Output) -> Done {
    match command {
        HooksCommand::List { account } => {
            let what = Ask::PushedEvents(PushedEvents::List);
            let hooks = told!(ask(session, account.as_deref(), what).await?, PushedEvents)?;
            output.rows(&hooks, table)
        }
        HooksCommand::Create { account } => {
            let request = Request::PushEventsHere {
                account: account.clone(),
            };
            let told = *reply!(session.request(request).await?, Told)?;
            let hooks = told!(told, PushedEvents)?;
            output.rows(&hooks, table)
        }
        HooksCommand::Delete { id, account } => {
            let what = Ask::PushedEvents(PushedEvents::Delete { id: id.clone() });
            ask(session, account.as_deref(), what).await?;
            output.result(&json!({"id": id, "deleted": true}), || {
                say_with("cli.hooks.deleted", &[("id", id)])
            })
        }
    }
}

fn table(hooks: &[PushedEventHook]) -> Table {
    let mut table = Table::new(&["name", "event", "host", "state", "hook"], "cli.hooks.none");
    for hook in hooks {
        let state = match (&hook.disabled_because, hook.enabled) {
            (_, true) => say("cli.hooks.on"),
            (Some(why), false) => say_with("cli.hooks.off_because", &[("why", why)]),
            (None, false) => say("cli.hooks.off"),
        };
        table.row([
            hook.name.clone(),
            hook.event.clone(),
            hook.host.clone(),
            state,
            hook.id.clone(),
        ]);
    }
    table
}
