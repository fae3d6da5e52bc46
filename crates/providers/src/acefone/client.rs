//! Requests of the platform and what their answers mean.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use telephony::{DialOrder, EndedBy, Fact, Region};

use super::config::{API_TOKEN, Config, Mode};
use super::{Brand, error, place, webhook, wire};
use crate::{
    AccountSettings, AgentChoice, Body, CallAnswer, CallToEnd, CallToPlace, Capabilities, Capability, Credentials,
    DecodeContext, DecodeError, Did, EndAnswer, ErrorKind, HttpReply, HttpRequest, LiveCall, Missing, Operation,
    Provider, ProviderError, ProviderKind, Purpose, RawEvent, Retry, SettingsProblem, TestReport, Transport,
    TransportResult, dial_answer, json_body, secret,
};

const DIAL_TIMEOUT: Duration = Duration::from_secs(15);
/// A synchronous dial is answered when the agent has picked up or not.
const SYNCHRONOUS_DIAL_TIMEOUT: Duration = Duration::from_secs(75);
const TIMEOUT: Duration = Duration::from_secs(10);

/// Users per page, and how many pages are believed before a cursor is taken to run in circles.
const PAGE: usize = 100;
const MOST_PAGES: usize = 50;

/// One account of the platform.
#[derive(Debug)]
pub(crate) struct Acefone {
    config: Config,
}

impl Acefone {
    pub(crate) fn new(brand: Brand, settings: &AccountSettings) -> Result<Self, SettingsProblem> {
        Ok(Self {
            config: Config::read(brand, settings)?,
        })
    }

    fn request(&self, purpose: Purpose, path: &str, body: Body, token: Option<SecretString>) -> HttpRequest {
        let mut headers = vec![("accept", "application/json".to_owned())];
        let has_body = !matches!(body, Body::None);
        if has_body {
            headers.push(("content-type", "application/json".to_owned()));
        }
        HttpRequest {
            purpose,
            method: if has_body { "POST" } else { "GET" },
            url: format!("{}{path}", self.config.base_url),
            headers,
            secret_headers: token.map(|token| ("authorization", token)).into_iter().collect(),
            body,
            timeout: TIMEOUT,
        }
    }

    fn authorization(&self, secrets: &Credentials, operation: Operation) -> Result<SecretString, ProviderError> {
        let token = secret::needed(secrets, API_TOKEN, operation, self.kind())?;
        Ok(if self.config.bearer {
            format!("Bearer {}", token.expose_secret()).into()
        } else {
            token
        })
    }

    fn error(&self, reply: &HttpReply, operation: Operation) -> ProviderError {
        error::read(reply, operation, self.kind(), &self.config.time_zone)
    }

    /// One read: its JSON, if the answer is a 2xx that does not say no.
    async fn get(
        &self,
        path: &str,
        operation: Operation,
        secrets: &Credentials,
        transport: &dyn Transport,
    ) -> Result<Value, ProviderError> {
        let token = self.authorization(secrets, operation)?;
        let sent = transport
            .send(self.request(Purpose::Read, path, Body::None, Some(token)))
            .await;
        let reply = sent.map_err(|failure| ProviderError::no_answer(failure, operation, self.kind()))?;
        let body = json_body::parse(&reply.body).filter(|body| wire::success(body) != Some(false));
        body.filter(|_| (200..300).contains(&reply.status))
            .ok_or_else(|| self.error(&reply, operation))
    }

    fn unexpected(&self, operation: Operation) -> ProviderError {
        ProviderError {
            retry: Retry::Later { after: None },
            status: Some(200),
            ..ProviderError::new(ErrorKind::ResponseUnexpected, operation, self.kind())
        }
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
        // The support key places calls and does nothing else. With `click_to_call` the token is needed for everything;
        // that it is missing is told as a missing secret, not as a missing capability.
        let with_token = match self.config.mode {
            Mode::ClickToCall => Capability::Available,
            Mode::ClickToCallSupport if self.config.has_api_token => Capability::Available,
            Mode::ClickToCallSupport => Capability::Missing(Missing::NeedsApiToken),
        };
        Capabilities {
            place_call: Capability::Available,
            end_call: with_token,
            end_names_call: true,
            choose_caller_id: Capability::Available,
            list_dids: with_token,
            list_agents: with_token,
            live_calls: with_token,
            webhooks: Capability::Available,
            tells_customer_answer: Capability::Available,
            ..Capabilities::none(Missing::NotOffered)
        }
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
            |reply| wire::dial_answer(&reply.body),
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
        let mut agents = Vec::new();
        let mut cursor: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let after = cursor
                .as_ref()
                .map(|id| format!("&last_seen_id={id}"))
                .unwrap_or_default();
            let path = format!("/v1/users?limit={PAGE}{after}");
            let body = self.get(&path, Operation::ListAgents, secrets, transport).await?;
            let page = body
                .as_array()
                .or_else(|| json_body::first(&body, &["data", "results"])?.as_array());
            let page = page.ok_or_else(|| self.unexpected(Operation::ListAgents))?;
            agents.extend(
                page.iter()
                    .filter_map(|entry| wire::agent_choice(entry, self.config.region)),
            );
            let more = json_body::member(&body, "has_more")
                .and_then(json_body::truth)
                .unwrap_or(false);
            let next = json_body::member_text(&body, "last_seen_id").filter(|id| wire::letters(id) == *id);
            if !more || page.is_empty() || next.is_none() || next == cursor {
                break;
            }
            cursor = next;
        }
        Ok(agents)
    }

    async fn test(&self, secrets: &Credentials, transport: &dyn Transport) -> Result<TestReport, ProviderError> {
        if self.config.mode == Mode::ClickToCallSupport && secrets.get(API_TOKEN).is_none() {
            // A support key can be tried by dialling only.
            return Ok(TestReport {
                credentials: None,
                dids: None,
                agents: None,
                notes: Vec::new(),
            });
        }
        let dids = self.dids(secrets, transport).await.map(|dids| dids.len());
        let dids = settle(dids)?;
        let agents = settle(self.agents(secrets, transport).await.map(|agents| agents.len()))?;
        let accepted = dids.is_ok() || agents.is_ok();
        let notes = [dids.as_ref().err(), agents.as_ref().err()]
            .into_iter()
            .flatten()
            .map(note)
            .collect();
        let is_permission = |error: &ProviderError| error.kind == ErrorKind::PermissionDenied;
        match (dids, agents) {
            // A missing permission is worth a report; two other failures are a failed test.
            (Err(first), Err(second)) if !is_permission(&first) && !is_permission(&second) => Err(first),
            (dids, agents) => Ok(TestReport {
                credentials: accepted.then_some(true),
                dids: dids.ok(),
                agents: agents.ok(),
                notes,
            }),
        }
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

/// Ends a test at once where going on is pointless; any other error is a note.
fn settle(result: Result<usize, ProviderError>) -> Result<Result<usize, ProviderError>, ProviderError> {
    match result {
        Err(error) if matches!(error.kind, ErrorKind::CredentialsRejected | ErrorKind::Unreachable) => Err(error),
        // Found here, before anything was asked.
        Err(error) if error.status.is_none() => Err(error),
        other => Ok(other),
    }
}

fn note(error: &ProviderError) -> String {
    format!("{}:{}", error.operation.code(), error.kind.code())
}
