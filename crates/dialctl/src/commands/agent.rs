//! Whether the agent is online at the provider.

use providers::{AgentStatusOrder, Ask};
use serde_json::json;

use super::Done;
use super::asking::{ask, order, provider_call_id, told};
use crate::cli::AgentCommand;
use crate::output::Output;
use crate::session::Session;
use crate::speech::{name_of, say, say_with};

pub async fn run(session: &mut Session, command: &AgentCommand, output: Output) -> Done {
    match command {
        AgentCommand::Status { account } => status(session, account.as_deref(), output).await,
        AgentCommand::Online(arguments) => {
            let order = Order {
                online: true,
                campaign: arguments.campaign.clone(),
                break_code: arguments.break_code.clone(),
                end_call: arguments.end_call.as_deref(),
            };
            go(session, arguments.account.as_deref(), order, output).await
        }
        AgentCommand::Offline(arguments) => {
            let order = Order {
                online: false,
                campaign: arguments.campaign.clone(),
                break_code: arguments.break_code.clone(),
                end_call: arguments.end_call.as_deref(),
            };
            go(session, arguments.account.as_deref(), order, output).await
        }
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

/// What is wanted, as it was typed.
struct Order<'a> {
    online: bool,
    campaign: Option<String>,
    break_code: Option<String>,
    end_call: Option<&'a str>,
}

async fn go(session: &mut Session, account: Option<&str>, wanted: Order<'_>, output: Output) -> Done {
    let end_call = match wanted.end_call {
        Some(call) => Some(provider_call_id(session, call).await?),
        None => None,
    };
    let online = wanted.online;
    let wish = AgentStatusOrder {
        online,
        campaign: wanted.campaign,
        end_call,
        break_code: wanted.break_code,
    };
    let message = order(session, account, Ask::SetAgentStatus(wish)).await?;
    output.result(&json!({"online": online, "message": message}), || {
        say(if online {
            "cli.agent.now_online"
        } else {
            "cli.agent.now_offline"
        })
    })
}
