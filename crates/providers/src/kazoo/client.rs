//! One account of Kazoo, as everything else sees it.

use async_trait::async_trait;
use jiff::Timestamp;
use telephony::{DialOrder, Fact, Region};

use super::api::{Api, KIND};
use super::config::{Config, Method};
use super::{channels, endpoints, hangup, hooks, leg_event, lists, place, records, sign_in, stream, transfer};
use crate::{
    AccountSettings, AgentChoice, Ask, CallAnswer, CallToEnd, CallToPlace, Capabilities, Capability, Credentials,
    DecodeContext, DecodeError, Did, EndAnswer, EndpointSide, ErrorKind, EventStream, FieldComplaint, HttpRequest,
    LiveCall, Missing, Operation, Pace, Provider, ProviderError, ProviderKind, RawEvent, Session, SettingsProblem,
    SignIn, StreamNews, TestReport, Told, Transport, TransportResult,
};

/// One account of Kazoo.
#[derive(Debug)]
pub(crate) struct Kazoo {
    config: Config,
}

impl Kazoo {
    pub(crate) fn new(settings: &AccountSettings) -> Result<Self, SettingsProblem> {
        Ok(Self {
            config: Config::read(settings)?,
        })
    }

    fn api<'a>(&'a self, secrets: &'a Credentials) -> Api<'a> {
        Api {
            config: &self.config,
            secrets,
        }
    }
}

#[async_trait]
impl Provider for Kazoo {
    fn kind(&self) -> ProviderKind {
        KIND
    }

    fn region(&self) -> Region {
        self.config.region
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            place_call: Capability::Available,
            end_call: Capability::Available,
            end_names_call: true,
            choose_caller_id: match self.config.method {
                Method::ClickToCall => Capability::Missing(Missing::NotWithThisMethod),
                Method::Quickcall => Capability::Available,
            },
            list_dids: Capability::Available,
            list_agents: Capability::Available,
            live_calls: Capability::Available,
            webhooks: Capability::Available,
            tells_customer_answer: Capability::Available,
            call_extensions: Capability::Available,
            // An address does not survive the platform's encoding.
            call_sip: Capability::Missing(Missing::NotOffered),
            transfer_call: Capability::Available,
            call_records: Capability::Available,
            provider_contacts: Capability::Available,
            endpoints: Capability::Available,
            // Its address is a setting, or told by the sign-in.
            event_stream: Capability::Available,
            pushed_events: Capability::Available,
            ..Capabilities::none(Missing::NotOffered)
        }
    }

    fn dial_order(&self) -> DialOrder {
        self.config.dial_order()
    }

    fn agent_names(&self) -> Vec<String> {
        self.config.names.all()
    }

    fn call_timeout(&self) -> Option<u32> {
        // The platform's `timeout` is how long it rings; nothing cuts the conversation.
        None
    }

    fn decode_context(&self, received_at: Timestamp) -> DecodeContext {
        DecodeContext {
            region: self.config.region,
            time_zone: self.config.time_zone.clone(),
            received_at,
            identifier_name: Some(place::OUR_ID.to_owned()),
        }
    }

    fn sign_in(&self) -> SignIn {
        SignIn::Session
    }

    async fn open_session(
        &self,
        _old: Option<&Session>,
        secrets: &Credentials,
        transport: &dyn Transport,
        now: Timestamp,
    ) -> Result<Session, ProviderError> {
        sign_in::open(&self.config, secrets, transport, now).await
    }

    fn pace(&self) -> Pace {
        Pace {
            burst: 100,
            per_second: 10.0,
        }
    }

    fn most_calls_a_minute(&self) -> Option<u32> {
        self.config.throttle
    }

    fn prepare_call(&self, call: &CallToPlace, secrets: &Credentials) -> Result<HttpRequest, ProviderError> {
        place::prepare(&self.api(secrets), call)
    }

    fn read_call_answer(&self, result: TransportResult) -> CallAnswer {
        place::answer(&self.config, result)
    }

    fn can_name(&self, call: &CallToEnd) -> bool {
        // Our own id suffices to look the call up, once the provider has it.
        !call.leg_ids.is_empty() || call.provider_request_id.is_some() || call.provider_call_id.is_some()
    }

    async fn end_call(&self, call: &CallToEnd, secrets: &Credentials, transport: &dyn Transport) -> EndAnswer {
        hangup::end(&self.api(secrets), call, transport).await
    }

    async fn live_calls(
        &self,
        secrets: &Credentials,
        transport: &dyn Transport,
    ) -> Result<Vec<LiveCall>, ProviderError> {
        let config = &self.config;
        let legs = channels::list(&self.api(secrets), Operation::LiveCalls, transport).await?;
        Ok(channels::live_calls(
            legs,
            &config.names,
            config.dial_order(),
            config.region,
        ))
    }

    async fn dids(&self, secrets: &Credentials, transport: &dyn Transport) -> Result<Vec<Did>, ProviderError> {
        lists::dids(&self.api(secrets), transport).await
    }

    async fn agents(
        &self,
        secrets: &Credentials,
        transport: &dyn Transport,
    ) -> Result<Vec<AgentChoice>, ProviderError> {
        lists::agents(&self.api(secrets), transport).await
    }

    async fn ask(&self, ask: &Ask, secrets: &Credentials, transport: &dyn Transport) -> Result<Told, ProviderError> {
        let api = self.api(secrets);
        match ask {
            Ask::Records(query) => {
                // The one clock read here: a query without an end means until now.
                let now = Timestamp::now();
                records::ask(&api, query, now, transport).await.map(Told::Records)
            }
            Ask::Transfer(order) => transfer::transfer(&api, order, transport).await,
            Ask::Contacts(page) => lists::contacts(&api, page, transport).await.map(Told::Contacts),
            Ask::Endpoints(ask) => endpoints::ask(&api, ask, transport).await.map(Told::Endpoints),
            Ask::PushedEvents(ask) => hooks::ask(&api, ask, transport).await.map(Told::PushedEvents),
            Ask::RecordingLink { .. }
            | Ask::Schedule(_)
            | Ask::ScheduledCalls { .. }
            | Ask::AgentStatus
            | Ask::SetAgentStatus(_)
            | Ask::CallNotes { .. }
            | Ask::StoreDisposition(_)
            | Ask::AddDisposition { .. }
            | Ask::Lead { .. }
            | Ask::SaveLead(_)
            | Ask::LeadChoices => Err(Api::problem(ErrorKind::Unsupported, ask.operation())),
        }
    }

    fn check_endpoint(&self, document: &serde_json::Value, whole: bool) -> Vec<FieldComplaint> {
        endpoints::check(document, whole)
    }

    fn endpoint_side(&self, document: &serde_json::Value) -> Option<EndpointSide> {
        endpoints::side(document)
    }

    fn endpoint_schema(&self) -> Option<&'static serde_json::Value> {
        Some(endpoints::schema())
    }

    fn event_stream(&self, secrets: &Credentials) -> Option<EventStream> {
        stream::open(&self.config, secrets)
    }

    fn read_stream(&self, message: &str, received_at: Timestamp) -> StreamNews {
        stream::read(&self.config, message, received_at)
    }

    async fn test(&self, secrets: &Credentials, transport: &dyn Transport) -> Result<TestReport, ProviderError> {
        lists::test(&self.api(secrets), transport).await
    }

    fn decode(&self, event: RawEvent<'_>, received_at: Timestamp) -> Result<Vec<Fact>, DecodeError> {
        leg_event::decode(event, &self.decode_context(received_at), &self.config.names)
    }
}
