//! Requests of the platform and what their answers mean.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::json;
use telephony::{DialOrder, EndedBy, Fact, Region};

use super::config::{Config, Mode};
use super::{Brand, error, offer, place, webhook, wire};
use crate::{
    AccountSettings, AgentChoice, Ask, Body, CallAnswer, CallToEnd, CallToPlace, Capabilities, Credentials,
    DecodeContext, DecodeError, Did, EndAnswer, ErrorKind, HttpReply, HttpRequest, LiveCall, Operation, Provider,
    ProviderError, ProviderKind, Purpose, RawEvent, Session, SettingsProblem, SignIn, TestReport, Told, Transport,
    TransportResult, dial_answer, json_body,
};

const DIAL_TIMEOUT: Duration = Duration::from_secs(15);
/// A synchronous dial is answered when the agent has picked up or not.
const SYNCHRONOUS_DIAL_TIMEOUT: Duration = Duration::from_secs(75);

/// One account of the platform.
#[derive(Debug)]
pub(crate) struct Acefone {
    pub(super) config: Config,
}

impl Acefone {
    pub(crate) fn new(brand: Brand, settings: &AccountSettings) -> Result<Self, SettingsProblem> {
        Ok(Self {
            config: Config::read(brand, settings)?,
        })
    }

    fn end_answer(&self, reply: &HttpReply) -> EndAnswer {
        let told = json_body::parse(&reply.body).and_then(|body| wire::success(&body));
        if (200..300).contains(&reply.status) && told == Some(true) {
            return EndAnswer::Accepted;
        }
        let error = self.error(reply, Operation::EndCall);
        if error::says_call_is_over(&error) {
            EndAnswer::AlreadyOver
        } else {
            EndAnswer::Failed(error)
        }
    }
}

#[async_trait]
impl Provider for Acefone {
    fn kind(&self) -> ProviderKind {
        self.config.brand.kind
    }

    fn region(&self) -> Region {
        self.config.region
    }

    fn capabilities(&self) -> Capabilities {
        offer::capabilities(&self.config)
    }

    fn dial_order(&self) -> DialOrder {
        self.config.dial_order()
    }

    fn agent_names(&self) -> Vec<String> {
        self.config.agent_names()
    }

    fn call_timeout(&self) -> Option<u32> {
        self.config.call_timeout
    }

    fn decode_context(&self, received_at: Timestamp) -> DecodeContext {
        DecodeContext {
            region: self.config.region,
            time_zone: self.config.time_zone.clone(),
            received_at,
            identifier_name: Some(self.config.identifier_name.clone()),
        }
    }

    fn sign_in(&self) -> SignIn {
        if self.config.signs_in() {
            SignIn::Session
        } else {
            SignIn::NotNeeded
        }
    }

    async fn open_session(
        &self,
        old: Option<&Session>,
        secrets: &Credentials,
        transport: &dyn Transport,
        now: Timestamp,
    ) -> Result<Session, ProviderError> {
        self.sign_in_anew(old, secrets, transport, now).await
    }

    fn prepare_call(&self, call: &CallToPlace, secrets: &Credentials) -> Result<HttpRequest, ProviderError> {
        let (path, body) = place::route_and_body(&self.config, call, secrets)?;
        let token = match self.config.mode {
            Mode::ClickToCall => Some(self.authorization(secrets, Operation::PlaceCall)?),
            // The key in the body is the whole authorisation; a token beside it would only travel for nothing.
            Mode::ClickToCallSupport => None,
        };
        let waits = !self.config.asynchronous && self.config.mode == Mode::ClickToCall;
        let timeout = if waits { SYNCHRONOUS_DIAL_TIMEOUT } else { DIAL_TIMEOUT };
        Ok(HttpRequest {
            timeout,
            ..self.request(Purpose::Dial, path, body, token)
        })
    }

    fn read_call_answer(&self, result: TransportResult) -> CallAnswer {
        dial_answer::read(
            result,
            self.kind(),
            |reply| wire::dial_answer(&reply.body, self.config.waits_for_agent()),
            |reply| self.error(reply, Operation::PlaceCall),
        )
    }

    async fn end_call(&self, call: &CallToEnd, secrets: &Credentials, transport: &dyn Transport) -> EndAnswer {
        let Some(call_id) = &call.provider_call_id else {
            let error = ProviderError::new(ErrorKind::CallNotFound, Operation::EndCall, self.kind());
            return EndAnswer::Failed(error.about("call_id", "missing"));
        };
        let token = match self.authorization(secrets, Operation::EndCall) {
            Ok(token) => token,
            Err(error) => return EndAnswer::Failed(error),
        };
        let body = Body::Json(json!({ "call_id": call_id }));
        match transport
            .send(self.request(Purpose::End, "/v1/call/hangup", body, Some(token)))
            .await
        {
            Ok(reply) => self.end_answer(&reply),
            Err(failure) => EndAnswer::Failed(ProviderError::no_answer(failure, Operation::EndCall, self.kind())),
        }
    }

    async fn live_calls(
        &self,
        secrets: &Credentials,
        transport: &dyn Transport,
    ) -> Result<Vec<LiveCall>, ProviderError> {
        let config = &self.config;
        let body = self
            .get("/v1/live_calls", Operation::LiveCalls, secrets, transport)
            .await?;
        let list = wire::complete_list(&body).ok_or_else(|| self.unexpected(Operation::LiveCalls))?;
        let entry = |entry| wire::live_call(entry, &config.identifier_name, config.region, &config.time_zone);
        // An entry that names no call makes the list one that cannot prove a call's absence.
        list.iter()
            .map(|item| entry(item).ok_or_else(|| self.unexpected(Operation::LiveCalls)))
            .collect()
    }

    async fn dids(&self, secrets: &Credentials, transport: &dyn Transport) -> Result<Vec<Did>, ProviderError> {
        let body = self
            .get("/v1/my_number", Operation::ListDids, secrets, transport)
            .await?;
        let list = wire::complete_list(&body).ok_or_else(|| self.unexpected(Operation::ListDids))?;
        Ok(list
            .iter()
            .filter_map(|entry| wire::did(entry, self.config.region))
            .collect())
    }

    async fn agents(
        &self,
        secrets: &Credentials,
        transport: &dyn Transport,
    ) -> Result<Vec<AgentChoice>, ProviderError> {
        self.all_agents(secrets, transport).await
    }

    async fn ask(&self, ask: &Ask, secrets: &Credentials, transport: &dyn Transport) -> Result<Told, ProviderError> {
        self.answer(ask, secrets, transport).await
    }

    async fn test(&self, secrets: &Credentials, transport: &dyn Transport) -> Result<TestReport, ProviderError> {
        self.check(secrets, transport).await
    }

    fn decode(&self, event: RawEvent<'_>, received_at: Timestamp) -> Result<Vec<Fact>, DecodeError> {
        let facts = webhook::decode(event, &self.decode_context(received_at), &self.agent_names())?;
        Ok(match self.config.mode {
            Mode::ClickToCall => facts,
            Mode::ClickToCallSupport => facts.into_iter().map(without_who_ended).collect(),
        })
    }
}

/// Caller and callee are not told apart where the customer is rung first: who ended it is not known.
fn without_who_ended(fact: Fact) -> Fact {
    let told = fact.ended_by.is_some() && fact.direction == Some(telephony::Direction::Outbound);
    Fact {
        ended_by: if told { Some(EndedBy::Unknown) } else { fact.ended_by },
        ..fact
    }
}
