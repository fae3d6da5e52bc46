//! What an account can be asked to do, one request or a few each, and what came of it.
//!
//! The list follows the account's own capabilities, so that a verb that is offered is met by everything in this suite
//! that meets all deeds.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use providers::{
    AgentStatusOrder, Ask, CallAnswer, CallToEnd, CallToPlace, Credentials, DispositionOrder, EndAnswer, EndpointAsk,
    LeadDraft, PageQuery, Provider, ProviderError, ProviderKind, PushedEvents, RecordsQuery, ScheduledCallDraft,
    SignIn, Told, TransferOrder, Transport,
};
use serde_json::json;
use telephony::{PhoneNumber, Target};

use crate::account::Setup;

/// The moment at which everything here is read that needs one.
const NOW: Timestamp = Timestamp::constant(1_790_000_000, 0);
const CALL_ID: &str = "1715252026.405915";
const LEG_ID: &str = "1190ad8bc08b4";

/// One thing to do.
#[derive(Debug, Clone)]
pub struct Deed {
    /// The verb as the capabilities call it; `sign_in` and `test_connection` are every account's.
    pub verb: &'static str,
    /// Which of the verb's requests it is, where there are several.
    pub part: &'static str,
    act: Act,
}

#[derive(Debug, Clone)]
enum Act {
    Place(CallToPlace),
    End(CallToEnd),
    LiveCalls,
    Dids,
    Agents,
    SignIn,
    Test,
    Ask(Box<Ask>),
}

/// What came of it.
#[derive(Debug)]
pub enum Outcome {
    /// It was done; what was told, written out.
    Done(String),
    /// It was not done, or not told.
    Refused(ProviderError),
    /// A dial of which nobody knows.
    Unclear(ProviderError),
}

impl Outcome {
    pub fn error(&self) -> Option<&ProviderError> {
        match self {
            Self::Done(_) => None,
            Self::Refused(error) | Self::Unclear(error) => Some(error),
        }
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.part {
            "" => f.write_str(self.verb),
            part => write!(f, "{} ({part})", self.verb),
        }
    }
}

impl Deed {
    fn new(verb: &'static str, part: &'static str, act: Act) -> Self {
        Self { verb, part, act }
    }

    pub fn is_dial(&self) -> bool {
        matches!(self.act, Act::Place(_))
    }

    /// Whether the provider would do it twice if it were asked twice.
    pub fn is_change(&self) -> bool {
        match &self.act {
            Act::Place(_) => true,
            Act::Ask(ask) => !ask.is_read() && !matches!(**ask, Ask::SetAgentStatus(_)),
            Act::End(_) | Act::LiveCalls | Act::Dids | Act::Agents | Act::SignIn | Act::Test => false,
        }
    }

    pub async fn done(&self, provider: &dyn Provider, secrets: &Credentials, transport: &dyn Transport) -> Outcome {
        let told = match &self.act {
            Act::Place(call) => {
                let request = match provider.prepare_call(call, secrets) {
                    Ok(request) => request,
                    Err(error) => return Outcome::Refused(error),
                };
                return match provider.read_call_answer(transport.send(request).await) {
                    answer @ CallAnswer::Accepted { .. } => Outcome::Done(format!("{answer:#?}")),
                    CallAnswer::Refused(error) => Outcome::Refused(error),
                    CallAnswer::Unknown(error) => Outcome::Unclear(error),
                };
            }
            Act::End(call) => match provider.end_call(call, secrets, transport).await {
                EndAnswer::Failed(error) => Err(error),
                answer @ (EndAnswer::Accepted | EndAnswer::AlreadyOver) => Ok(format!("{answer:?}")),
            },
            Act::LiveCalls => written(provider.live_calls(secrets, transport).await),
            Act::Dids => written(provider.dids(secrets, transport).await),
            Act::Agents => written(provider.agents(secrets, transport).await),
            Act::Test => written(provider.test(secrets, transport).await),
            Act::SignIn => written(provider.open_session(None, secrets, transport, NOW).await),
            Act::Ask(ask) => match provider.ask(ask, secrets, transport).await {
                // A link is a secret: that there is one is what is told.
                Ok(Told::RecordingLink { url }) => Ok(format!("a link of {} characters", url.len())),
                told => written(told),
            },
        };
        told.map_or_else(Outcome::Refused, Outcome::Done)
    }
}

fn written<T: fmt::Debug>(told: Result<T, ProviderError>) -> Result<String, ProviderError> {
    told.map(|told| format!("{told:#?}"))
}

/// Everything that the account says it can do and that is a request.
pub fn deeds(setup: &Setup, provider: &dyn Provider) -> Vec<Deed> {
    let capabilities = provider.capabilities();
    let offered = |verb: &str| {
        capabilities
            .verbs()
            .iter()
            .any(|(name, capability)| *name == verb && capability.is_available())
    };
    let mut deeds: Vec<Deed> = calls(setup, provider);
    deeds.push(Deed::new("live_calls", "", Act::LiveCalls));
    // Superfone's only number is the organisation's, which is a setting; and nothing of it can be tried without a dial.
    if setup.kind != ProviderKind::Superfone {
        deeds.push(Deed::new("list_dids", "", Act::Dids));
        deeds.push(Deed::new("test_connection", "", Act::Test));
    }
    deeds.push(Deed::new("list_agents", "", Act::Agents));
    deeds.extend(
        asks(setup, provider)
            .into_iter()
            .map(|(verb, part, ask)| Deed::new(verb, part, Act::Ask(Box::new(ask)))),
    );
    deeds.retain(|deed| deed.verb == "test_connection" || offered(deed.verb));
    if provider.sign_in() == SignIn::Session {
        deeds.push(Deed::new("sign_in", "", Act::SignIn));
    }
    deeds
}

fn calls(setup: &Setup, provider: &dyn Provider) -> Vec<Deed> {
    let Some(customer) = PhoneNumber::parse(setup.customer, provider.region()).ok() else {
        return Vec::new();
    };
    let call = CallToPlace {
        our_id: "0192f0c1-7c11-7000-8000-000000000001".into(),
        target: Target::Number(customer.clone()),
        caller_id: None,
        endpoint: None,
        agent_phone: None,
        by_get: false,
    };
    let from_another = CallToPlace {
        caller_id: Some(customer.clone()),
        ..call.clone()
    };
    let extension = CallToPlace {
        target: Target::Extension("1003".into()),
        ..call.clone()
    };
    let end = CallToEnd {
        provider_call_id: Some(CALL_ID.into()),
        provider_request_id: None,
        leg_ids: vec![LEG_ID.into()],
        our_id: None,
        customer: Some(customer),
    };
    let place = |verb, call| Deed::new(verb, "", Act::Place(call));
    vec![
        place("place_call", call),
        place("choose_caller_id", from_another),
        place("call_extensions", extension),
        Deed::new("end_call", "", Act::End(end)),
    ]
}

/// One question of each sort, with values that any account could be asked with: verb, which of its requests, question.
pub fn asks(setup: &Setup, provider: &dyn Provider) -> Vec<(&'static str, &'static str, Ask)> {
    let Ok(number) = PhoneNumber::parse(setup.customer, provider.region()) else {
        return Vec::new();
    };
    let later = NOW.saturating_add(SignedDuration::from_hours(1)).unwrap_or(NOW);
    let document = json!({"name": "Front desk", "extension": "1002", "auth_required": true});
    let id = exchange::kazoo_tenant::ENDPOINT_ID.to_owned();
    let endpoints = [
        ("list", EndpointAsk::List),
        ("show", EndpointAsk::Show { id: id.clone() }),
        (
            "create",
            EndpointAsk::Create {
                document: document.clone(),
            },
        ),
        (
            "replace",
            EndpointAsk::Replace {
                id: id.clone(),
                document,
            },
        ),
        (
            "patch",
            EndpointAsk::Patch {
                id: id.clone(),
                changes: json!({"extension": "1003"}),
            },
        ),
        ("history", EndpointAsk::History { id: id.clone() }),
        ("delete", EndpointAsk::Delete { id: id.clone() }),
    ];
    let hook = "https://hooks.example.test/made-up".to_owned();
    let hooks = [
        ("list", PushedEvents::List),
        ("create", PushedEvents::Create { url: hook }),
        ("delete", PushedEvents::Delete { id }),
    ];
    let mut asks = vec![
        ("call_records", "", Ask::Records(records())),
        ("recording_link", "", Ask::RecordingLink { record: CALL_ID.into() }),
        ("transfer_call", "", Ask::Transfer(transfer())),
        ("schedule_call", "", Ask::Schedule(scheduled(number.clone(), later))),
        ("scheduled_calls", "", Ask::ScheduledCalls { from: NOW, to: later }),
        ("agent_status", "", Ask::AgentStatus),
        ("set_agent_status", "go offline", Ask::SetAgentStatus(offline(None))),
        (
            "set_agent_status",
            "end and break",
            Ask::SetAgentStatus(offline(Some(CALL_ID))),
        ),
        ("provider_contacts", "", Ask::Contacts(PageQuery::default())),
        (
            "call_notes",
            "",
            Ask::CallNotes {
                number: number.clone(),
                page: PageQuery::default(),
            },
        ),
        ("dispositions", "store", Ask::StoreDisposition(verdict())),
        (
            "dispositions",
            "add",
            Ask::AddDisposition {
                name: "Call again in spring".into(),
                code: "spring".into(),
            },
        ),
        ("leads", "look up", Ask::Lead { number: number.clone() }),
        ("leads", "save", Ask::SaveLead(lead(number))),
        ("leads", "choices", Ask::LeadChoices),
    ];
    asks.extend(endpoints.map(|(part, ask)| ("endpoints", part, Ask::Endpoints(ask))));
    asks.extend(hooks.map(|(part, ask)| ("pushed_events", part, Ask::PushedEvents(ask))));
    asks
}

/// All that there ever was.
fn records() -> RecordsQuery {
    RecordsQuery {
        from: Some(Timestamp::UNIX_EPOCH),
        to: Some(NOW),
        ..RecordsQuery::default()
    }
}

fn transfer() -> TransferOrder {
    TransferOrder {
        provider_call_id: Some(CALL_ID.into()),
        leg_ids: vec![LEG_ID.into()],
        to: "1003".into(),
        attended: false,
    }
}

fn scheduled(customer: PhoneNumber, at: Timestamp) -> ScheduledCallDraft {
    ScheduledCallDraft {
        customer_name: "Asha Rao".into(),
        customer,
        at,
        assigned_to: Some("0502842370097".into()),
        reminder_min: Some(5),
        call_end_min: None,
        queue: None,
    }
}

fn offline(end_call: Option<&str>) -> AgentStatusOrder {
    AgentStatusOrder {
        online: false,
        campaign: None,
        end_call: end_call.map(str::to_owned),
        break_code: end_call.map(|_| "lunch".to_owned()),
    }
}

fn verdict() -> DispositionOrder {
    DispositionOrder {
        provider_call_id: CALL_ID.into(),
        disposition: "Interested".into(),
        sub_disposition: None,
        note: None,
    }
}

/// A new lead of that number.
pub fn lead(number: PhoneNumber) -> LeadDraft {
    LeadDraft {
        create: true,
        first_name: Some("Asha".into()),
        last_name: Some("Rao".into()),
        ..LeadDraft::new(number)
    }
}
