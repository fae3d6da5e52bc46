//! Every verb that an account says it has, done at the exchange.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use jiff::{SignedDuration, Timestamp};
use providers::{
    AgentState, AgentStatusOrder, Ask, CallAnswer, CallToEnd, CallToPlace, Capability, EndAnswer, EndpointAsk,
    EndpointTold, LeadDraft, LiveCall, PageQuery, ProviderKind, PushedEvents, RecordsQuery, ScheduledCallDraft, Told,
    TransferOrder,
};
use serde_json::json;
use telephony::{Fact, FactKind, PhoneNumber, Target};
use tokio::task::JoinSet;

use crate::account::{AtExchange, Setup, kinds, usual};
use crate::deed::lead;
use crate::listening::{Receiver, Stream};
use crate::wire::Sent;

/// Does one verb for real and checks what came of it.
pub async fn exercise(verb: &str, at: &AtExchange) -> Result<()> {
    let number = PhoneNumber::parse(at.setup.customer, at.provider.region()).context("a customer")?;
    match verb {
        "place_call" => place(at).await,
        "end_call" => {
            place(at).await?;
            end(at, number).await
        }
        "live_calls" => {
            place(at).await?;
            live(at).await.map(|_| ())
        }
        "choose_caller_id" => {
            let dids = at.provider.dids(&at.credentials, at.transport()).await?;
            let did = dids.last().context("a number")?;
            dial(at, Some(did.number.clone()), Target::Number(number)).await
        }
        "list_dids" => {
            let dids = at.provider.dids(&at.credentials, at.transport()).await?;
            ensure!(!dids.is_empty(), "no numbers");
            Ok(())
        }
        "list_agents" => {
            let agents = at.provider.agents(&at.credentials, at.transport()).await?;
            let fields = providers::fields(at.setup.kind);
            ensure!(!agents.is_empty(), "no agents");
            ensure!(
                agents
                    .iter()
                    .all(|agent| fields.iter().any(|field| field.key == agent.setting)),
                "an agent for no setting"
            );
            Ok(())
        }
        "call_extensions" => dial(at, None, Target::Extension("1003".into())).await,
        "call_sip" => {
            let address = telephony::SipUri::parse("sip:asha@pbx.example").context("an address")?;
            dial(at, None, Target::Sip(address)).await
        }
        "event_stream" => {
            let mut stream = Stream::of(at).await?;
            place(at).await?;
            let answered = |fact: &Fact| fact.kind == FactKind::AgentLegAnswered;
            stream.until(at, answered).await.map(|_| ())
        }
        "webhooks" => {
            let mut receiver = Receiver::at(at).await?;
            // Superfone tells of a call when it is over: this customer is busy.
            if at.setup.kind == ProviderKind::Superfone {
                let busy = PhoneNumber::parse("+918069000020", at.provider.region())?;
                dial(at, None, Target::Number(busy)).await?;
            } else {
                place(at).await?;
            }
            let about_a_call = |fact: &Fact| fact.kind != FactKind::UnknownEvent;
            receiver.until(at, about_a_call).await.map(|_| ())
        }
        "tells_customer_answer" => {
            let mut receiver = Receiver::at(at).await?;
            place(at).await?;
            let answered = |fact: &Fact| fact.kind == FactKind::CustomerLegAnswered;
            let fact = receiver.until(at, answered).await?;
            ensure!(fact.customer == Some(number), "another customer: {fact:?}");
            Ok(())
        }
        "recording_link" => {
            // A conversation is recorded, and only events tell when there is one.
            let mut receiver = Receiver::at(at).await?;
            place(at).await?;
            let answered = |fact: &Fact| fact.kind == FactKind::CustomerLegAnswered;
            receiver.until(at, answered).await?;
            end(at, number).await?;
            let url = recording(at).await?;
            ensure!(url.starts_with("http"), "no link");
            Ok(())
        }
        "pushed_events" => {
            let url = "http://127.0.0.1:9/hooks/desk/made-up".to_owned();
            told(at, Ask::PushedEvents(PushedEvents::Create { url })).await?;
            let Told::PushedEvents(hooks) = told(at, Ask::PushedEvents(PushedEvents::List)).await? else {
                bail!("another answer")
            };
            let hook = hooks.first().context("a hook")?;
            ensure!(!hook.host.contains("made-up"), "the path of a hook is a secret");
            told(at, Ask::PushedEvents(PushedEvents::Delete { id: hook.id.clone() })).await?;
            Ok(())
        }
        "transfer_call" => {
            place(at).await?;
            let call = talking(at).await?;
            let order = TransferOrder {
                provider_call_id: Some(call.provider_call_id),
                leg_ids: call.leg_ids,
                to: if at.setup.kind == ProviderKind::Kazoo {
                    "1003"
                } else {
                    "0602842370078"
                }
                .into(),
                attended: false,
            };
            // The family's list does not tell when the customer has answered too; until then nothing can be handed on.
            let taken = async {
                loop {
                    match told(at, Ask::Transfer(order.clone())).await {
                        Ok(told) => return told,
                        Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                    }
                }
            };
            tokio::time::timeout(Duration::from_secs(10), taken)
                .await
                .map(|_| ())
                .context("never taken")
        }
        "call_records" => {
            let Told::Records(_) = told(at, Ask::Records(RecordsQuery::default())).await? else {
                bail!("another answer")
            };
            Ok(())
        }
        "schedule_call" | "scheduled_calls" => {
            let now = Timestamp::now();
            let due = now.checked_add(SignedDuration::from_hours(2))?;
            let draft = ScheduledCallDraft {
                customer_name: "Asha Rao".into(),
                customer: number.clone(),
                at: due,
                assigned_to: None,
                reminder_min: Some(5),
                call_end_min: Some(2),
                queue: None,
            };
            told(at, Ask::Schedule(draft)).await?;
            let list = Ask::ScheduledCalls {
                from: now,
                to: now.checked_add(SignedDuration::from_hours(24))?,
            };
            let Told::ScheduledCalls(calls) = told(at, list).await? else {
                bail!("another answer")
            };
            let call = calls
                .iter()
                .find(|call| call.customer.as_ref() == Some(&number))
                .context("the call")?;
            let off = call.at.context("a time")?.duration_since(due).abs();
            // The provider's list is in whole seconds.
            ensure!(off <= SignedDuration::from_secs(1), "another time: {:?}", call.at);
            Ok(())
        }
        "agent_status" => {
            let Told::AgentStatus(status) = told(at, Ask::AgentStatus).await? else {
                bail!("another answer")
            };
            ensure!(status.state == AgentState::Available, "{status:?}");
            Ok(())
        }
        "set_agent_status" => {
            for (online, state) in [(false, AgentState::Offline), (true, AgentState::Available)] {
                let order = AgentStatusOrder {
                    online,
                    campaign: None,
                    end_call: None,
                    break_code: None,
                };
                told(at, Ask::SetAgentStatus(order)).await?;
                let Told::AgentStatus(status) = told(at, Ask::AgentStatus).await? else {
                    bail!("another answer")
                };
                ensure!(status.state == state, "{status:?} after online: {online}");
            }
            Ok(())
        }
        "provider_contacts" => {
            let Told::Contacts(page) = told(at, Ask::Contacts(PageQuery::default())).await? else {
                bail!("another answer")
            };
            ensure!(!page.contacts.is_empty(), "nobody");
            Ok(())
        }
        "call_notes" => {
            let ask = Ask::CallNotes {
                number,
                page: PageQuery::default(),
            };
            let Told::CallNotes(_) = told(at, ask).await? else {
                bail!("another answer")
            };
            Ok(())
        }
        "dispositions" => {
            let ask = Ask::AddDisposition {
                name: "Call again in spring".into(),
                code: "spring".into(),
            };
            told(at, ask).await.map(|_| ())
        }
        "leads" => {
            let draft = LeadDraft {
                address: Some("1 Example Road".into()),
                ..lead(number.clone())
            };
            told(at, Ask::SaveLead(draft)).await?;
            let Told::Lead(Some(found)) = told(at, Ask::Lead { number }).await? else {
                bail!("the lead is not there")
            };
            ensure!(found.first_name.as_deref() == Some("Asha"), "{found:?}");
            ensure!(found.address.as_deref() == Some("1 Example Road"), "{found:?}");
            let Told::LeadChoices(_) = told(at, Ask::LeadChoices).await? else {
                bail!("another answer")
            };
            Ok(())
        }
        "endpoints" => endpoints(at).await,
        other => bail!("nothing here does {other}"),
    }
}

async fn told(at: &AtExchange, ask: Ask) -> Result<Told> {
    Ok(at.provider.ask(&ask, &at.credentials, at.transport()).await?)
}

async fn place(at: &AtExchange) -> Result<()> {
    let number = PhoneNumber::parse(at.setup.customer, at.provider.region()).context("a customer")?;
    dial(at, None, Target::Number(number)).await
}

async fn dial(at: &AtExchange, caller_id: Option<PhoneNumber>, target: Target) -> Result<()> {
    let call = CallToPlace {
        our_id: uuid::Uuid::now_v7().to_string(),
        target,
        caller_id,
        endpoint: None,
        agent_phone: None,
        by_get: false,
    };
    let request = at.provider.prepare_call(&call, &at.credentials)?;
    let sent = at.transport().send(request).await;
    match at.provider.read_call_answer(sent) {
        CallAnswer::Accepted { .. } => Ok(()),
        CallAnswer::Refused(error) | CallAnswer::Unknown(error) => bail!("not accepted: {error} {:?}", error.fields),
    }
}

/// The first live call, as soon as the list shows it.
async fn live(at: &AtExchange) -> Result<LiveCall> {
    looked_for(at, |_| true).await
}

/// A live call whose first leg has answered, as soon as the list shows it.
async fn talking(at: &AtExchange) -> Result<LiveCall> {
    looked_for(at, |call| {
        let answered = Some(telephony::LegState::Answered);
        call.agent_leg == answered && (call.customer_leg == answered || at.setup.kind != ProviderKind::Kazoo)
    })
    .await
}

async fn looked_for(at: &AtExchange, fits: impl Fn(&LiveCall) -> bool) -> Result<LiveCall> {
    let look = async {
        loop {
            let calls = at.provider.live_calls(&at.credentials, at.transport()).await?;
            if let Some(call) = calls.into_iter().find(|call| fits(call)) {
                return Ok(call);
            }
            // A poll, as the app makes it: the list is all there is to look at.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), look).await?
}

async fn end(at: &AtExchange, number: PhoneNumber) -> Result<()> {
    let call = end_of(at, number).await?;
    match at.provider.end_call(&call, &at.credentials, at.transport()).await {
        EndAnswer::Accepted | EndAnswer::AlreadyOver => Ok(()),
        EndAnswer::Failed(error) => bail!("not ended: {error}"),
    }
}

/// The link to the recording of the first call in the log that has one, as soon as there is one.
async fn recording(at: &AtExchange) -> Result<String> {
    let look = async {
        loop {
            let Told::Records(page) = told(at, Ask::Records(RecordsQuery::default())).await? else {
                bail!("another answer")
            };
            if let Some(record) = page.records.into_iter().find(|record| record.has_recording) {
                let Told::RecordingLink { url } = told(at, Ask::RecordingLink { record: record.id }).await? else {
                    bail!("another answer")
                };
                return Ok(url);
            }
            // The log follows the call at its own pace.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), look).await?
}

async fn end_of(at: &AtExchange, number: PhoneNumber) -> Result<CallToEnd> {
    let named = at.provider.capabilities().end_names_call;
    let call = if named { Some(live(at).await?) } else { None };
    Ok(CallToEnd {
        provider_call_id: call.as_ref().map(|call| call.provider_call_id.clone()),
        provider_request_id: call.as_ref().and_then(|call| call.provider_request_id.clone()),
        leg_ids: call.map(|call| call.leg_ids).unwrap_or_default(),
        our_id: None,
        customer: Some(number),
    })
}

async fn endpoints(at: &AtExchange) -> Result<()> {
    let ask = |verb| told(at, Ask::Endpoints(verb));
    let document = json!({"name": "Front desk", "extension": "1002", "auth_required": true, "dial_first": "extension"});
    ensure!(
        at.provider.check_endpoint(&document, true).is_empty(),
        "a good document is refused"
    );
    ensure!(
        !at.provider.check_endpoint(&json!({"name": ""}), true).is_empty(),
        "a bad document passes"
    );
    let Told::Endpoints(EndpointTold::Document(made)) = ask(EndpointAsk::Create {
        document: document.clone(),
    })
    .await?
    else {
        bail!("another answer")
    };
    let id = made.id;
    let changes = json!({"extension": "1003", "dial_first": null});
    let Told::Endpoints(EndpointTold::Document(patched)) = ask(EndpointAsk::Patch {
        id: id.clone(),
        changes,
    })
    .await?
    else {
        bail!("another answer")
    };
    ensure!(
        patched.document["extension"] == "1003" && patched.document.get("dial_first").is_none(),
        "{patched:?}"
    );
    ask(EndpointAsk::Replace {
        id: id.clone(),
        document,
    })
    .await?;
    let Told::Endpoints(EndpointTold::Document(shown)) = ask(EndpointAsk::Show { id: id.clone() }).await? else {
        bail!("another answer")
    };
    ensure!(shown.document["extension"] == "1002", "{shown:?}");
    let Told::Endpoints(EndpointTold::List(list)) = ask(EndpointAsk::List).await? else {
        bail!("another answer")
    };
    ensure!(list.iter().any(|endpoint| endpoint.id == id), "not in the list");
    ask(EndpointAsk::History { id: id.clone() }).await?;
    let Told::Endpoints(EndpointTold::Document(gone)) = ask(EndpointAsk::Delete { id }).await? else {
        bail!("another answer")
    };
    ensure!(gone.deleted, "{gone:?}");
    Ok(())
}

/// One verb of one kind of account, and what was sent to the exchange to do it.
pub struct DoneVerb {
    pub kind: ProviderKind,
    pub verb: &'static str,
    pub capability: Capability,
    /// Whether it was done here.
    pub done: bool,
    pub sent: Vec<Sent>,
}

/// Does all that each kind of account says it can do; in the order of kinds and verbs.
///
/// Each verb at an exchange of its own, so that none depends on what another left behind, and all of a kind at once.
pub async fn results() -> Result<Vec<DoneVerb>> {
    let mut results = Vec::new();
    for kind in kinds() {
        let verbs = AtExchange::of(usual(kind)).await?.provider.capabilities().verbs();
        let mut doing = JoinSet::new();
        for (index, (verb, capability)) in verbs.into_iter().enumerate() {
            let done = capability.is_available();
            doing.spawn(async move {
                let sent = if done {
                    done_at_exchange(verb, usual(kind)).await?
                } else {
                    Vec::new()
                };
                anyhow::Ok((
                    index,
                    DoneVerb {
                        kind,
                        verb,
                        capability,
                        done,
                        sent,
                    },
                ))
            });
        }
        let mut told = Vec::new();
        while let Some(one) = doing.join_next().await {
            told.push(one??);
        }
        told.sort_by_key(|(index, _)| *index);
        results.extend(told.into_iter().map(|(_, result)| result));
    }
    Ok(results)
}

/// Does one verb at an exchange of its own; what was sent for it.
pub async fn done_at_exchange(verb: &str, setup: Setup) -> Result<Vec<Sent>> {
    let at = AtExchange::of(setup).await?;
    at.transport.take();
    exercise(verb, &at).await.with_context(|| format!("{setup} {verb}"))?;
    at.exchange.shutdown().await;
    Ok(at.transport.take())
}
