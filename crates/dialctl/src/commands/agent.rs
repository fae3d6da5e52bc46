//! Whether the agent is online at the provider.

use providers::{AgentStatusOrder, Ask};
use serde_json::json;

use super::Done;
use super::asking::{ask, order, provider_call_id, told};
use crate::cli::{AgentArgs, AgentCommand};
use crate::output::Output;
use crate::session::Session;
use crate::speech::{name_of, say, say_with};

pub async fn run(session: &mut Session, command: &AgentCommand, output: Output) -> Done {
    match command {
        AgentCommand::Status { account } => status(session, account.as_deref(), output).await,
        AgentCommand::Online(arguments) => go(session, true, arguments, output).await,
        AgentCommand::Offline(arguments) => go(session, false, arguments, output).await,
    }
}

async fn status(session: &mut Session, account: Option<&str>, output: Output) -> Done {
    let report = told!(ask(session, account, Ask::AgentStatus).await?, AgentStatus)?;
    output.result(&report, || {
        let mut lines = vec![name_of("agent", &report.state)];
        lines.extend(
            report
                .name
                .as_ref()
                .map(|name| say_with("cli.agent.name", &[("name", name)])),
        );
        lines.extend(
            report
                .told
                .as_ref()
                .map(|told| say_with("cli.call.provider_said", &[("message", told)])),
        );
        lines.join("\n")
    })
}

async fn go(session: &mut Session, online: bool, arguments: &AgentArgs, output: Output) -> Done {
    let end_call = match &arguments.end_call {
        Some(call) => Some(provider_call_id(session, call).await?),
        None => None,
    };
    let wish = AgentStatusOrder {
        online,
        campaign: arguments.campaign.clone(),
        end_call,
        break_code: arguments.break_code.clone(),
    };
    let message = order(session, arguments.account.as_deref(), Ask::SetAgentStatus(wish)).await?;
    output.result(&json!({"online": online, "message": message}), || {
        say(if online {
            "cli.agent.now_online"
        } else {
            "cli.agent.now_offline"
        })
    })
}
