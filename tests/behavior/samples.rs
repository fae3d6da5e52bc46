//! Every sample body of every provider, read by the verb that it is an answer to, with what it is read as.
//!
//! The snapshots were reviewed: they are the facts that each body is known to tell.

pub mod list;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use providers::{Credentials, HttpReply, Provider, ProviderError, ProviderKind, RawEvent, StreamNews};

use telephony::Fact;

use crate::account::{Setup, by_key, quickcall, signing_in, support, usual, with_made_up_session};
use crate::deed::{Deed, Outcome, deeds};
use crate::wire::{Canned, reply};
use list::{EMPTY_LIST, EMPTY_NUMBERS, Is, SAMPLES, Sample};

pub const RECEIVED_AT: Timestamp = Timestamp::constant(1_790_000_000, 0);

/// The brands of one platform, which answer alike.
const FAMILY: [ProviderKind; 4] = [
    ProviderKind::AcefoneUk,
    ProviderKind::AcefoneIn,
    ProviderKind::Servetel,
    ProviderKind::Smartflo,
];

/// One reading of one sample.
pub struct Reading {
    pub file: &'static str,
    pub kind: ProviderKind,
    pub verb: &'static str,
    /// A brand's own sample, or a sister's.
    pub is_own: bool,
    /// It was read as something done or told, not as a refusal.
    pub tells: bool,
    /// Which deed, and what was read.
    pub told: (String, String),
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

pub fn text(file: &str) -> Result<String> {
    std::fs::read_to_string(fixtures().join(file)).with_context(|| file.to_owned())
}

/// Whose sample it is.
pub fn own_kind(file: &str) -> ProviderKind {
    match file.split_once('/') {
        Some(("acefone", name)) if name.starts_with("uk-") => ProviderKind::AcefoneUk,
        Some(("acefone", _)) => ProviderKind::AcefoneIn,
        Some(("servetel", _)) => ProviderKind::Servetel,
        Some(("smartflo", _)) => ProviderKind::Smartflo,
        Some(("superfone", _)) => ProviderKind::Superfone,
        _ => ProviderKind::Kazoo,
    }
}

/// Who is to be able to read it: the brands of a platform answer alike.
fn readers(file: &str) -> Vec<ProviderKind> {
    let own = own_kind(file);
    if FAMILY.contains(&own) {
        FAMILY.to_vec()
    } else {
        vec![own]
    }
}

/// The account that such an answer comes to.
fn setup(file: &str, kind: ProviderKind) -> Setup {
    match file {
        file if file.contains("auth-") => signing_in(kind),
        file if file.contains("click_to_call_support") => support(kind),
        file if file.contains("quickcall") => quickcall(),
        "kazoo/api_auth.201.json" | "kazoo/error.404.api_key.json" => by_key(),
        _ => usual(kind),
    }
}

pub fn account(file: &str, kind: ProviderKind) -> Result<(Setup, Arc<dyn Provider>, Credentials)> {
    let setup = setup(file, kind);
    let more: &[(&str, &str)] = match file {
        "acefone/uk-call_report-legacy.json" => &[("base_url", "https://api.acefone.co.uk")],
        _ => &[],
    };
    let provider = setup.build(more)?;
    Ok((setup, provider, with_made_up_session(setup.credentials())))
}

fn body(name: &str) -> Result<HttpReply> {
    let found = SAMPLES.iter().find(|sample| sample.file == name);
    Ok(match (name, found) {
        (EMPTY_LIST, _) => reply(200, r#"{"status":"success","has_more":false,"data":[]}"#),
        (EMPTY_NUMBERS, _) => reply(200, r#"{"status":"success","data":{"numbers":{}}}"#),
        (_, Some(sample)) => reply(sample.status, text(name)?),
        (_, None) => anyhow::bail!("{name} is not among the samples"),
    })
}

/// Whether the deed can be answered so.
pub fn is_answer_to(sample: &Sample, deed: &Deed) -> bool {
    match &sample.is {
        Is::Answer(names) => names.contains(&deed.to_string().as_str()),
        Is::Among(name, _) => *name == deed.to_string(),
        Is::Refusal => true,
        Is::Event | Is::Streamed | Is::NotAsked(_) => false,
    }
}

/// Reads a sample by everything that it is an answer to, for every kind that is to be able to.
pub async fn read(sample: &'static Sample) -> Result<Vec<Reading>> {
    let mut readings = Vec::new();
    for kind in readers(sample.file) {
        let (setup, provider, credentials) = account(sample.file, kind)?;
        let all = deeds(&setup, provider.as_ref());
        let replies = match &sample.is {
            Is::Among(_, names) => names.iter().map(|name| body(name)).collect::<Result<_>>()?,
            Is::Answer(_) | Is::Refusal | Is::Event | Is::Streamed | Is::NotAsked(_) => vec![body(sample.file)?],
        };
        let reading = |verb, tells, told| Reading {
            file: sample.file,
            kind,
            verb,
            is_own: kind == own_kind(sample.file),
            tells,
            told,
        };
        for deed in all.into_iter().filter(|deed| is_answer_to(sample, deed)) {
            let outcome = deed
                .done(provider.as_ref(), &credentials, &Canned::new(replies.clone()))
                .await;
            let tells = matches!(outcome, Outcome::Done(_));
            readings.push(reading(deed.verb, tells, (deed.to_string(), written(&outcome))));
        }
        match sample.is {
            Is::Event => {
                let told = pushed(provider.as_ref(), &text(sample.file)?)?;
                readings.push(reading("webhooks", true, ("webhooks".to_owned(), told)));
            }
            Is::Streamed => {
                let told = streamed(provider.as_ref(), &text(sample.file)?);
                readings.push(reading("event_stream", true, ("event_stream".to_owned(), told)));
            }
            Is::Answer(_) | Is::Among(..) | Is::Refusal | Is::NotAsked(_) => {}
        }
    }
    Ok(readings)
}

fn pushed(provider: &dyn Provider, body: &str) -> Result<String> {
    let event = RawEvent {
        content_type: Some("application/json"),
        body: body.as_bytes(),
    };
    Ok(facts_as_text(&provider.decode(event, RECEIVED_AT)?))
}

/// Facts without what they do not tell.
fn facts_as_text(facts: &[Fact]) -> String {
    let told = facts.iter().map(|fact| {
        let mut fact = serde_json::to_value(fact).unwrap_or_default();
        if let Some(members) = fact.as_object_mut() {
            members.retain(|_, value| !value.is_null());
        }
        format!("{fact:#}")
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() {
        "nothing about a call".to_owned()
    } else {
        told.join("\n")
    }
}

fn streamed(provider: &dyn Provider, message: &str) -> String {
    match provider.read_stream(message, RECEIVED_AT) {
        StreamNews::Facts(facts) => facts_as_text(&facts),
        StreamNews::Refused(error) => refused("refused", &error),
        news @ (StreamNews::Answered | StreamNews::Unknown) => format!("{news:?}"),
    }
}

fn written(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done(told) => told.clone(),
        Outcome::Refused(error) => refused("refused", error),
        Outcome::Unclear(error) => refused("unclear", error),
    }
}

fn refused(how: &str, error: &ProviderError) -> String {
    let message = error.message.as_deref().unwrap_or("-");
    let mut text = format!("{how}: {}, {:?}, {message:?}", error.kind.code(), error.retry);
    for (field, why) in &error.fields {
        let _ = write!(text, "\n  {field}: {why}");
    }
    text
}

#[test]
fn every_body_in_the_folder_is_on_the_list_and_the_other_way_round() -> Result<()> {
    let mut there = BTreeSet::new();
    for folder in std::fs::read_dir(fixtures())? {
        let folder = folder?.path();
        if !folder.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(&folder)? {
            let path = file?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let name = path.strip_prefix(fixtures())?.to_string_lossy().replace('\\', "/");
                there.insert(name);
            }
        }
    }
    let listed: BTreeSet<String> = SAMPLES.iter().map(|sample| sample.file.to_owned()).collect();
    assert_eq!(listed.len(), SAMPLES.len(), "a file stands there twice");
    assert_eq!(there, listed);
    Ok(())
}

#[tokio::test]
async fn every_sample_is_read_as_it_is_known_to_mean() -> Result<()> {
    let mut pages: BTreeMap<&str, String> = BTreeMap::new();
    for sample in SAMPLES {
        let readings = read(sample).await?;
        let folder = sample.file.split('/').next().unwrap_or_default();
        let page = pages.entry(folder).or_default();
        writeln!(page, "## {} ({})", sample.file, sample.status)?;
        if let Is::NotAsked(why) = sample.is {
            ensure!(readings.is_empty());
            writeln!(page, "not asked: {why}\n")?;
            continue;
        }
        // Deeds of which the sample says the same are told once.
        let mut told: Vec<(&String, Vec<&str>)> = Vec::new();
        for reading in readings.iter().filter(|reading| reading.is_own) {
            let (deed, text) = &reading.told;
            match told.iter_mut().find(|(known, _)| *known == text) {
                Some((_, deeds)) => deeds.push(deed),
                None => told.push((text, vec![deed])),
            }
        }
        ensure!(!told.is_empty(), "nobody reads {}", sample.file);
        for (text, deeds) in told {
            writeln!(page, "{}\n{text}\n", deeds.join(", "))?;
        }
    }
    for (folder, page) in pages {
        insta::assert_snapshot!(folder, page);
    }
    Ok(())
}

#[tokio::test]
async fn the_brands_of_one_platform_read_each_others_samples_alike() -> Result<()> {
    for sample in SAMPLES {
        let readings = read(sample).await?;
        for reading in readings.iter().filter(|reading| !reading.is_own) {
            let own = readings.iter().find(|own| own.is_own && own.told.0 == reading.told.0);
            if let Some(own) = own {
                assert_eq!(
                    reading.tells, own.tells,
                    "{} {} {}",
                    reading.file, reading.kind, reading.told.0
                );
            }
        }
    }
    Ok(())
}
