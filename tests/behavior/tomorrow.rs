//! What providers will say tomorrow: fields, words and events that no page has today.

use anyhow::{Context, Result};
use engine::HttpTransport;
use jiff::Timestamp;
use providers::{HttpReply, Provider, ProviderKind, RawEvent, StreamNews};
use serde_json::{Value, json};
use telephony::{Fact, FactKind, FactSource};
use tokio::task::JoinSet;

use crate::account::{AtExchange, kinds, usual};
use crate::deed::{Outcome, deeds};
use crate::samples::list::{Is, SAMPLES, Sample};
use crate::samples::{self, RECEIVED_AT};
use crate::verbs;
use crate::wire::{Canned, Changed};

/// Fields whose values come from a list that the provider may lengthen.
const LISTED: [&str; 27] = [
    "state",
    "queue_state",
    "direction",
    "call_direction",
    "status",
    "call_status",
    "agent_status",
    "user_status",
    "device_type",
    "priv_level",
    "cause",
    "hangup_cause",
    "hangup_cause_key",
    "hangup_cause_code",
    "reason",
    "reason_key",
    "type",
    "source_type",
    "service",
    "call_hint",
    "description",
    "result",
    "authorizing_type",
    "cdr_disposition",
    "cdr_call_type",
    "multiple_destination_type",
    "token_type",
];
const NEW_WORD: &str = "levitating";

/// The same with a field that nobody knows in every object.
fn with_more_fields(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(with_more_fields).collect(),
        Value::Object(members) => {
            let mut members: serde_json::Map<String, Value> = members
                .iter()
                .map(|(name, value)| (name.clone(), with_more_fields(value)))
                .collect();
            members.insert("of_tomorrow".into(), json!({"nested": [1, null, {"x": "y"}]}));
            members.insert("flagOfTomorrow".into(), json!(false));
            Value::Object(members)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn changed(reply: HttpReply, change: impl Fn(&Value) -> Value) -> HttpReply {
    match serde_json::from_slice::<Value>(&reply.body) {
        Ok(body) => HttpReply {
            body: change(&body).to_string().into_bytes(),
            ..reply
        },
        Err(_) => reply,
    }
}

#[tokio::test]
async fn fields_that_nobody_knows_change_nothing_for_any_verb() -> Result<()> {
    let mut doing = JoinSet::new();
    for kind in kinds() {
        for (verb, capability) in usual(kind).connect("http://127.0.0.1:9")?.0.capabilities().verbs() {
            if !capability.is_available() {
                continue;
            }
            doing.spawn(async move {
                let transport = Changed {
                    inner: HttpTransport::new(),
                    change: |reply| changed(reply, with_more_fields),
                };
                let at = AtExchange::over(usual(kind), transport).await?;
                let done = verbs::exercise(verb, &at).await;
                done.with_context(|| format!("{kind} {verb}"))
            });
        }
    }
    assert!(doing.len() > 50);
    while let Some(done) = doing.join_next().await {
        done??;
    }
    Ok(())
}

/// A body once for each of its listed values, with a new word in that one's place: the value's path and the body.
fn with_new_words(body: &Value) -> Vec<(String, Value)> {
    let mut paths = Vec::new();
    listed(body, "", &mut paths);
    let put = |path: String| {
        let mut body = body.clone();
        let value = body.pointer_mut(&path)?;
        *value = if value.is_number() {
            json!(4711)
        } else {
            json!(NEW_WORD)
        };
        Some((path, body))
    };
    paths.into_iter().filter_map(put).collect()
}

fn listed(value: &Value, path: &str, paths: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                listed(item, &format!("{path}/{index}"), paths);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                let path = format!("{path}/{name}");
                let is_word = matches!(value, Value::String(_) | Value::Number(_));
                if is_word && LISTED.contains(&name.as_str()) {
                    paths.push(path);
                } else {
                    listed(value, &path, paths);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Where the provider says in a word that the request was done at all: another word there is no yes.
fn is_the_verdict(kind: ProviderKind, path: &str) -> bool {
    path == "/status" && kind == ProviderKind::Kazoo || path == "/data/result"
}

#[tokio::test]
async fn words_that_nobody_knows_are_told_as_unknown_and_never_as_done() -> Result<()> {
    let mut tried = 0;
    for sample in SAMPLES {
        let Is::Answer(_) = sample.is else { continue };
        let kind = samples::own_kind(sample.file);
        let (setup, provider, credentials) = samples::account(sample.file, kind)?;
        let body: Value = serde_json::from_str(&samples::text(sample.file)?)?;
        for deed in deeds(&setup, provider.as_ref()) {
            if !samples::is_answer_to(sample, &deed) {
                continue;
            }
            let read = async |body: &Value| {
                let answer = crate::wire::reply(sample.status, body.to_string());
                deed.done(provider.as_ref(), &credentials, &Canned::new([answer])).await
            };
            let before = read(&body).await;
            for (path, body) in with_new_words(&body) {
                let after = read(&body).await;
                let name = format!("{} {deed} {path}", sample.file);
                let was_done = matches!(before, Outcome::Done(_));
                let is_done = matches!(after, Outcome::Done(_));
                assert_eq!(
                    is_done,
                    was_done && !(sample.status < 300 && is_the_verdict(kind, &path)),
                    "{name}: {after:?}"
                );
                if deed.is_dial() && was_done && !is_done {
                    assert!(matches!(after, Outcome::Unclear(_)), "{name}: {after:?}");
                }
                tried += 1;
            }
        }
    }
    assert!(tried > 60, "{tried}");
    Ok(())
}

fn pushed(provider: &dyn Provider, body: &Value) -> Result<Vec<Fact>> {
    let body = body.to_string();
    let event = RawEvent {
        content_type: Some("application/json"),
        body: body.as_bytes(),
    };
    Ok(provider.decode(event, RECEIVED_AT)?)
}

fn streamed(provider: &dyn Provider, message: &Value) -> Option<Vec<Fact>> {
    match provider.read_stream(&message.to_string(), RECEIVED_AT) {
        StreamNews::Facts(facts) => Some(facts),
        StreamNews::Answered | StreamNews::Refused(_) | StreamNews::Unknown => None,
    }
}

fn facts(sample: &Sample, provider: &dyn Provider, body: &Value) -> Result<Option<Vec<Fact>>> {
    Ok(match sample.is {
        Is::Event => Some(pushed(provider, body)?),
        Is::Streamed => streamed(provider, body),
        Is::Answer(_) | Is::Among(..) | Is::Refusal | Is::NotAsked(_) => None,
    })
}

#[test]
fn an_event_with_fields_or_words_that_nobody_knows_is_read_all_the_same() -> Result<()> {
    let mut read = 0;
    for sample in SAMPLES {
        let (_, provider, _) = samples::account(sample.file, samples::own_kind(sample.file))?;
        let body: Value = serde_json::from_str(&samples::text(sample.file)?)?;
        let Some(before) = facts(sample, provider.as_ref(), &body)? else {
            continue;
        };
        let more = facts(sample, provider.as_ref(), &with_more_fields(&body))?;
        assert_eq!(more.as_ref(), Some(&before), "{}", sample.file);
        for (path, body) in with_new_words(&body) {
            let after = facts(sample, provider.as_ref(), &body)?.context("still an event")?;
            assert!(!after.is_empty(), "{} {path}", sample.file);
            // Whose call it is is known as before.
            assert_eq!(
                after[0].provider_call_id, before[0].provider_call_id,
                "{} {path}",
                sample.file
            );
            assert_eq!(after[0].our_id, before[0].our_id, "{} {path}", sample.file);
            read += 1;
        }
    }
    assert!(read > 30, "{read}");
    Ok(())
}

/// An event of a sort that no page has, as each kind of provider would push it.
fn unheard_of(kind: ProviderKind) -> Value {
    match kind {
        ProviderKind::AcefoneUk | ProviderKind::AcefoneIn | ProviderKind::Servetel | ProviderKind::Smartflo => json!({
            "uuid": "67aaf83f245de", "call_id": "1739257917.28918", "ref_id": "request-1",
            "custom_identifier": "ours", "direction": "click_to_call", "call_status": "Call levitated by customer",
        }),
        ProviderKind::Superfone => json!({ "event": "CALL_LEVITATED", "cdr_id": 4711 }),
        ProviderKind::Kazoo | ProviderKind::Sandbox => json!({
            "hook_event": "channel_levitate", "call_id": "leg-1", "call_direction": "outbound",
            "custom_application_vars": { "launch_id": "ours" }, "interaction_id": "63900000000-ab",
        }),
    }
}

#[test]
fn an_event_that_nobody_knows_is_a_fact_of_its_own_for_every_provider() -> Result<()> {
    for kind in kinds() {
        let (provider, _) = usual(kind).connect("http://127.0.0.1:9")?;
        let event = unheard_of(kind);
        let word = ["call_status", "event", "hook_event"]
            .iter()
            .find_map(|name| event.get(*name)?.as_str());
        for body in [
            event.clone(),
            with_more_fields(&event),
            json!({ "data": event.clone() }),
        ] {
            let facts = pushed(provider.as_ref(), &body)?;
            let [fact] = facts.as_slice() else {
                panic!("{kind}: {facts:?}")
            };
            assert_eq!(
                (fact.kind, fact.source),
                (FactKind::UnknownEvent, FactSource::Webhook),
                "{kind}"
            );
            assert_eq!(fact.evidence.as_deref(), word, "{kind}");
            // It finds its call, and says nothing about it.
            let names = [&fact.our_id, &fact.provider_call_id, &fact.provider_leg_id];
            assert!(names.iter().any(|name| name.is_some()), "{kind}: {fact:?}");
            assert_eq!((fact.leg, fact.outcome, fact.ended_by), (None, None, None), "{kind}");
        }
    }
    Ok(())
}

#[test]
fn an_event_of_the_stream_that_nobody_knows_is_a_fact_likewise() -> Result<()> {
    let (kazoo, _) = usual(ProviderKind::Kazoo).connect("http://127.0.0.1:9")?;
    // The platform has events of its own that say nothing about how far a call is.
    for name in [
        "CHANNEL_LEVITATE",
        "CHANNEL_HOLD",
        "CHANNEL_UNHOLD",
        "PARK_PARKED",
        "PARK_RETRIEVED",
    ] {
        let data = json!({
            "event_name": name, "call_id": "leg-1", "call_direction": "outbound",
            "custom_application_vars": { "launch_id": "ours" },
        });
        for message in [
            json!({ "action": "event", "name": name, "subscribed_key": format!("call.{name}.*"), "data": data }),
            json!({ "name": name, "args": { "Call-ID": "leg-1", "Event-Name": name } }),
        ] {
            let facts = streamed(kazoo.as_ref(), &message).context("facts")?;
            let [fact] = facts.as_slice() else {
                panic!("{name}: {facts:?}")
            };
            assert_eq!(
                (fact.kind, fact.source),
                (FactKind::UnknownEvent, FactSource::Websocket),
                "{name}"
            );
            assert_eq!(fact.evidence.as_deref(), Some(name));
            assert_eq!(fact.provider_leg_id.as_deref(), Some("leg-1"));
        }
    }
    // What is no event of a call at all is no reason to close.
    for message in [
        json!({ "action": "levitate", "data": [] }),
        json!({ "action": "event", "name": "object.doc_edited.user", "data": null }),
    ] {
        let news = kazoo.read_stream(&message.to_string(), Timestamp::UNIX_EPOCH);
        assert!(matches!(news, StreamNews::Unknown), "{news:?}");
    }
    Ok(())
}
