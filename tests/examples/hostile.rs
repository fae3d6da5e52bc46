//! The hostile server as a program, and Dialdeck's dials as another, for `cargo xtask bench hostile`.
//!
//! ```text
//! hostile list             every behaviour: name, tab, milliseconds of rest after a warm-up (or `-`)
//! hostile serve AUTHORITY  for every name on stdin an address on stdout; at the end of stdin the counts, in that order.
//!                          What signs its certificates is written to AUTHORITY
//! hostile dial             for every line METHOD, tab, ADDRESS, tab, rest on stdin one dial
//! ```

// This program's output is its purpose.
#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;
use std::env;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use dialdeck_tests::hostile::{Authority, Hostile, Tls, WARM_UP, behaviors};
use engine::HttpTransport;
use providers::{
    AccountSettings, Body, CallToPlace, Credentials, HttpRequest, Provider, ProviderKind, Purpose, Transport,
};
use telephony::{PhoneNumber, Target};
use tokio::io::{AsyncBufReadExt, BufReader, stdin};
use tokio::task::JoinSet;

/// What every client of the bench waits.
const LIMIT: Duration = Duration::from_secs(3);
const CUSTOMER: &str = "+919000000123";

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["list"] => {
            for behavior in behaviors() {
                let rest = behavior.kept_for.map(|rest| rest.as_millis().to_string());
                println!("{}\t{}", behavior.name, rest.as_deref().unwrap_or("-"));
            }
            Ok(())
        }
        ["serve", authority] => serve(authority).await,
        ["dial"] => dial_all().await,
        _ => bail!("list, serve AUTHORITY or dial"),
    }
}

async fn serve(file: &str) -> Result<()> {
    let authority = Authority::new()?;
    std::fs::write(file, authority.pem())?;
    let tls = Tls::new(&authority)?;
    let mut names = BufReader::new(stdin()).lines();
    let mut servers = Vec::new();
    while let Some(name) = names.next_line().await? {
        let behavior = behaviors().find(|behavior| behavior.name == name).context(name)?;
        let server = Hostile::start(behavior, &tls).await?;
        println!("{}", server.address);
        servers.push(server);
    }
    for server in servers {
        println!("{}", server.seen());
    }
    Ok(())
}

async fn dial_all() -> Result<()> {
    let mut lines = BufReader::new(stdin()).lines();
    let mut dials = JoinSet::new();
    while let Some(line) = lines.next_line().await? {
        dials.spawn(async move { dial(&line).await.with_context(|| line.clone()) });
    }
    while let Some(done) = dials.join_next().await {
        done??;
    }
    Ok(())
}

/// One dial of the provider that dials by this method; how it is answered is not asked here.
async fn dial(line: &str) -> Result<()> {
    let [method, address, rest] = line.split('\t').collect::<Vec<_>>()[..] else {
        bail!("method, address, rest");
    };
    let (provider, credentials) = match method {
        "POST" => account(ProviderKind::AcefoneIn, address, "agent_number", "api_token")?,
        "GET" => account(ProviderKind::Superfone, address, "user_number", "api_key")?,
        other => bail!("nothing dials by {other}"),
    };
    let call = CallToPlace {
        our_id: "0192f0c1-7c11-7000-8000-000000000001".into(),
        target: Target::Number(PhoneNumber::parse(CUSTOMER, provider.region())?),
        caller_id: None,
        endpoint: None,
        by_get: false,
        agent_phone: None,
    };
    let request = provider.prepare_call(&call, &credentials)?;
    // A client of its own: no connection of another dial is there.
    let transport = HttpTransport::new();
    if let Ok(rest) = rest.parse() {
        let _ = transport.send(warm_up(address)).await;
        tokio::time::sleep(Duration::from_millis(rest)).await;
    }
    let timeout = request.timeout.min(LIMIT);
    let answer = transport.send(HttpRequest { timeout, ..request }).await;
    let _ = provider.read_call_answer(answer);
    Ok(())
}

fn account(kind: ProviderKind, address: &str, agent: &str, secret: &str) -> Result<(Arc<dyn Provider>, Credentials)> {
    let values = [("base_url", address), (agent, "+919000000001")];
    let provider = providers::build(&AccountSettings {
        kind,
        values: values.map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
        has_secret: [secret.to_owned()].into(),
    })?;
    let secrets: BTreeMap<_, _> = [(secret.to_owned(), "made-up".to_owned().into())].into();
    Ok((provider, Credentials::new(secrets)))
}

fn warm_up(address: &str) -> HttpRequest {
    HttpRequest {
        purpose: Purpose::Read,
        method: "GET",
        url: format!("{address}{WARM_UP}"),
        headers: Vec::new(),
        secret_headers: Vec::new(),
        body: Body::None,
        timeout: LIMIT,
    }
}
