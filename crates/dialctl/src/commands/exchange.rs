//! The sandbox exchange alone.

use std::pin::pin;

use engine::api::{ApiError, ErrorClass};
use exchange::{Exchange, ExchangeConfig, ExchangeError, Script, WebhookTarget};
use serde_json::json;

use super::Done;
use super::serve::interrupted;
use crate::cli::ExchangeArgs;
use crate::output::{Failure, Output};
use crate::speech::say_with;

pub async fn serve(arguments: &ExchangeArgs, output: Output) -> Done {
    let mut config = ExchangeConfig::new(arguments.plays);
    config.listen = arguments.listen;
    config.speed = arguments.speed;
    config.webhooks = arguments.webhook.iter().map(WebhookTarget::new).collect();
    if let Some(file) = &arguments.script {
        config.script = Script::from_file(file).map_err(|error| Failure::of("script_mistake", &error))?;
    }
    let keys = config.script.account.tokens.clone();
    let exchange = Exchange::start(config).await.map_err(|error| explain(&error))?;
    // The signal is listened for before the line says so: a script may send it as soon as it has read the line.
    let mut ended = pin!(interrupted());
    tokio::select! {
        biased;
        ended = &mut ended => return ended,
        () = std::future::ready(()) => {}
    }
    // JSON whoever reads it, so that a script can wait for this line and know where to connect.
    let mut started = json!({"base_url": exchange.base_url(), "plays": arguments.plays.kind()});
    if let Some(url) = exchange.websocket_url() {
        started["websocket_url"] = url.into();
    }
    let (settings, secrets) = engine::sandbox_account(arguments.plays.kind(), keys.first());
    started["settings"] = json!(settings);
    started["secrets"] = json!(secrets);
    output.document(&started)?;
    ended.await?;
    exchange.shutdown().await;
    Ok(())
}

/// What `--help` adds: the format of a script, and the numbers that need none.
pub fn more_help() -> String {
    let numbers: Vec<String> = exchange::guide()
        .into_iter()
        .map(|(number, _, says)| format!("  {number}   {says}"))
        .collect();
    say_with(
        "cli.exchange.help",
        &[("numbers", &numbers.join("\n")), ("script", Script::EXAMPLE.trim_end())],
    )
}

fn explain(error: &ExchangeError) -> ApiError {
    let class = match error {
        ExchangeError::ListenNotLoopback(_)
        | ExchangeError::WebhookNotLoopback
        | ExchangeError::Speed(_)
        | ExchangeError::Number(_)
        | ExchangeError::NoAgent
        | ExchangeError::NotScheduled(_) => ErrorClass::Usage,
        ExchangeError::Listen { .. } | ExchangeError::Zone { .. } | ExchangeError::Client(_) => ErrorClass::Failed,
    };
    ApiError::new(class, "exchange_failed").with("why", error)
}
