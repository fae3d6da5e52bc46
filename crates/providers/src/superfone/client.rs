//! Requests of Superfone and what their answers mean.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use telephony::{DialOrder, Fact, PhoneNumber, Region, Target};
use url::form_urlencoded;

use super::config::{API_KEY, Config};
use super::{error, webhook, wire};
use crate::dial_answer::BodySays;
use crate::{
    AccountSettings, AgentChoice, Ask, Body, CallAnswer, CallToEnd, CallToPlace, Capabilities, Capability, Credentials,
    DecodeContext, DecodeError, Did, EndAnswer, ErrorKind, HttpRequest, LiveCall, Missing, Operation, Provider,
    ProviderError, ProviderKind, Purpose, RawEvent, SettingsProblem, TestReport, Told, Transport, TransportResult,
    dial_answer, secret,
};

const DIAL_TIMEOUT: Duration = Duration::from_secs(15);
pub(super) const TIMEOUT: Duration = Duration::from_secs(10);

/// One account of Superfone.
#[derive(Debug)]
pub(crate) struct Superfone {
    pub(super) config: Config,
}

impl Superfone {
    pub(crate) fn new(settings: &AccountSettings) -> Result<Self, SettingsProblem> {
        Ok(Self {
            config: Config::read(settings)?,
        })
    }

    pub(super) fn problem(kind: ErrorKind, operation: Operation) -> ProviderError {
        ProviderError::new(kind, operation, ProviderKind::Superfone)
    }

    /// A GET that makes a telephone ring, or stops it: marked by its purpose, never by its method.
    fn click_to_call(
        &self,
        purpose: Purpose,
        action: &str,
        customer: &PhoneNumber,
        secrets: &Credentials,
    ) -> Result<HttpRequest, ProviderError> {
        let operation = if purpose == Purpose::Dial {
            Operation::PlaceCall
        } else {
            Operation::EndCall
        };
        let incomplete = || Self::problem(ErrorKind::ConfigInvalid, operation).about("user_number", "missing");
        let user = self.config.user_number.as_ref().ok_or_else(incomplete)?;
        let key = secret::needed(secrets, API_KEY, operation, ProviderKind::Superfone)?;
        // The serialiser writes the plus as %2B; numbers without it are rejected.
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("customer_number", customer.as_str())
            .append_pair("user_number", user.as_str())
            .append_pair("call_action", action)
            .finish();
        Ok(HttpRequest {
            purpose,
            method: "GET",
            url: format!("{}/api/customer/click-2-call?{query}", self.config.base_url),
            headers: vec![("accept", "application/json".to_owned())],
            secret_headers: vec![("x-api-key", key)],
            body: Body::None,
            timeout: if purpose == Purpose::Dial {
                DIAL_TIMEOUT
            } else {
                TIMEOUT
            },
        })
    }
}

#[async_trait]
impl Provider for Superfone {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Superfone
    }

    fn region(&self) -> Region {
        self.config.region
    }

    fn capabilities(&self) -> Capabilities {
        let not_offered = Capability::Missing(Missing::NotOffered);
        Capabilities {
            place_call: Capability::Available,
            end_call: Capability::Available,
            end_names_call: false,
            choose_caller_id: not_offered,
            list_dids: if self.config.caller_id.is_some() {
                Capability::Available
            } else {
                not_offered
            },
            list_agents: not_offered,
            live_calls: Capability::Missing(Missing::EventsOnly),
            webhooks: Capability::Available,
            // Notifications come when a call is over; none tells of a leg.
            tells_customer_answer: not_offered,
            // Whether the organisation's plan has the CRM is known only once it is asked.
            leads: Capability::Available,
            ..Capabilities::none(Missing::NotOffered)
        }
    }

    fn dial_order(&self) -> DialOrder {
        DialOrder::AgentFirst
    }

    fn agent_names(&self) -> Vec<String> {
        self.config.user_number.iter().map(ToString::to_string).collect()
    }

    fn call_timeout(&self) -> Option<u32> {
        None
    }

    fn decode_context(&self, received_at: Timestamp) -> DecodeContext {
        DecodeContext {
            region: self.config.region,
            time_zone: self.config.time_zone.clone(),
            received_at,
            identifier_name: None,
        }
    }

    fn prepare_call(&self, call: &CallToPlace, secrets: &Credentials) -> Result<HttpRequest, ProviderError> {
        let refuse = |kind, field, why| Err(Self::problem(kind, Operation::PlaceCall).about(field, why));
        let customer = match &call.target {
            Target::Number(number) => number,
            Target::Extension(_) | Target::Sip(_) => return refuse(ErrorKind::Unsupported, "target", "not_offered"),
        };
        // The organisation's number is the only one; asking for it by name changes nothing.
        if call.caller_id.is_some() && call.caller_id != self.config.caller_id {
            return refuse(ErrorKind::Unsupported, "caller_id", "not_offered");
        }
        if self.config.user_number.as_ref() == Some(customer) {
            return refuse(ErrorKind::NumberInvalid, "target", "own_phone");
        }
        self.click_to_call(Purpose::Dial, "START", customer, secrets)
    }

    fn read_call_answer(&self, result: TransportResult) -> CallAnswer {
        dial_answer::read(
            result,
            ProviderKind::Superfone,
            |reply| wire::answer(&reply.body),
            |reply| error::read(reply, Operation::PlaceCall, &self.config.time_zone),
        )
    }

    async fn end_call(&self, call: &CallToEnd, secrets: &Credentials, transport: &dyn Transport) -> EndAnswer {
        let Some(customer) = &call.customer else {
            return EndAnswer::Failed(
                Self::problem(ErrorKind::CallNotFound, Operation::EndCall).about("target", "missing"),
            );
        };
        let request = match self.click_to_call(Purpose::End, "END", customer, secrets) {
            Ok(request) => request,
            Err(error) => return EndAnswer::Failed(error),
        };
        match transport.send(request).await {
            Ok(reply) if (200..300).contains(&reply.status) => match wire::answer(&reply.body) {
                BodySays::Taken { .. } => EndAnswer::Accepted,
                BodySays::Failed | BodySays::Unclear => {
                    EndAnswer::Failed(error::read(&reply, Operation::EndCall, &self.config.time_zone))
                }
            },
            Ok(reply) => EndAnswer::Failed(error::read(&reply, Operation::EndCall, &self.config.time_zone)),
            Err(failure) => EndAnswer::Failed(ProviderError::no_answer(
                failure,
                Operation::EndCall,
                ProviderKind::Superfone,
            )),
        }
    }

    async fn live_calls(&self, _: &Credentials, _: &dyn Transport) -> Result<Vec<LiveCall>, ProviderError> {
        Err(Self::problem(ErrorKind::Unsupported, Operation::LiveCalls))
    }

    async fn dids(&self, _: &Credentials, _: &dyn Transport) -> Result<Vec<Did>, ProviderError> {
        let unsupported = || Self::problem(ErrorKind::Unsupported, Operation::ListDids);
        let number = self.config.caller_id.clone().ok_or_else(unsupported)?;
        Ok(vec![Did {
            number,
            label: None,
            destination: None,
        }])
    }

    async fn agents(&self, _: &Credentials, _: &dyn Transport) -> Result<Vec<AgentChoice>, ProviderError> {
        Err(Self::problem(ErrorKind::Unsupported, Operation::ListAgents))
    }

    async fn ask(&self, ask: &Ask, secrets: &Credentials, transport: &dyn Transport) -> Result<Told, ProviderError> {
        self.answer(ask, secrets, transport).await
    }

    async fn test(&self, secrets: &Credentials, _: &dyn Transport) -> Result<TestReport, ProviderError> {
        secret::needed(secrets, API_KEY, Operation::TestConnection, ProviderKind::Superfone)?;
        // The only route that every plan has is the one that rings somebody.
        Ok(TestReport {
            credentials: None,
            dids: None,
            agents: None,
            notes: Vec::new(),
        })
    }

    fn decode(&self, event: RawEvent<'_>, received_at: Timestamp) -> Result<Vec<Fact>, DecodeError> {
        webhook::decode(event, &self.decode_context(received_at))
    }
}
