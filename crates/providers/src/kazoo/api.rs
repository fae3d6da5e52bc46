//! Requests of the API: where they go, what they carry, and the envelope in which every answer comes.

use std::time::Duration;

use serde_json::{Value, json};

use super::config::Config;
use super::{error, wire};
use crate::{
    Body, Credentials, ErrorKind, HttpReply, HttpRequest, Operation, ProviderError, ProviderKind, Purpose, Retry,
    Transport, json_body,
};

const TIMEOUT: Duration = Duration::from_secs(10);
/// Entries per page, and how many pages are believed before a cursor is taken to run in circles.
const PAGE: u32 = 100;
const MOST_PAGES: usize = 50;

pub(super) const KIND: ProviderKind = ProviderKind::Kazoo;

/// One account's API for the length of one question.
#[derive(Clone, Copy)]
pub(super) struct Api<'a> {
    pub(super) config: &'a Config,
    pub(super) secrets: &'a Credentials,
}

/// What an answer holds besides its wrapping.
#[derive(Debug)]
pub(super) struct Envelope {
    pub(super) data: Value,
    pub(super) next_start_key: Option<String>,
}

impl Envelope {
    fn says_no(body: &[u8]) -> bool {
        let status = json_body::parse(body).and_then(|body| json_body::member_text(&body, "status"));
        status.is_some_and(|status| status == "error")
    }

    /// The answer's content, if it says that it is one.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let mut body = json_body::parse(body)?;
        let is_success = json_body::member_text(&body, "status").is_some_and(|status| status == "success");
        let next_start_key = json_body::member_text(&body, "next_start_key");
        let data = body.get_mut("data").map(Value::take);
        data.filter(|_| is_success).map(|data| Self { data, next_start_key })
    }
}

impl Api<'_> {
    pub(super) fn problem(kind: ErrorKind, operation: Operation) -> ProviderError {
        ProviderError::new(kind, operation, KIND)
    }

    /// An answer of which nothing can be made although it is a 2xx.
    pub(super) fn unexpected(operation: Operation) -> ProviderError {
        ProviderError {
            retry: Retry::Later { after: None },
            status: Some(200),
            ..Self::problem(ErrorKind::ResponseUnexpected, operation)
        }
    }

    /// As configured, else as the sign-in told.
    pub(super) fn account_id(&self, operation: Operation) -> Result<String, ProviderError> {
        let told = || self.told("account_id").filter(|id| wire::is_id(id));
        self.config
            .account_id
            .clone()
            .or_else(told)
            .ok_or_else(|| Self::problem(ErrorKind::ConfigInvalid, operation).about("account_id", "missing"))
    }

    /// The user who signed in, or the one configured.
    pub(super) fn user_id(&self) -> Option<String> {
        let told = || self.told("owner_id").filter(|id| wire::is_id(id));
        self.config.names.user_id.clone().or_else(told)
    }

    pub(super) fn told(&self, name: &str) -> Option<String> {
        self.secrets.session()?.told.get(name).cloned()
    }

    /// A request about the account; the token travels in its header and nowhere else, since a query would be copied
    /// into the call.
    pub(super) fn request(
        &self,
        purpose: Purpose,
        method: &'static str,
        path: &str,
        data: Option<Value>,
        operation: Operation,
    ) -> Result<HttpRequest, ProviderError> {
        let account = self.account_id(operation)?;
        let session = self.secrets.session().ok_or_else(|| {
            Self::problem(ErrorKind::CredentialsRejected, operation).about("session", "sign_in_needed")
        })?;
        let mut headers = vec![("accept", "application/json".to_owned())];
        let body = match data {
            Some(data) => {
                headers.push(("content-type", "application/json".to_owned()));
                Body::Json(json!({ "data": data }))
            }
            None => Body::None,
        };
        Ok(HttpRequest {
            purpose,
            method,
            url: format!("{}/accounts/{account}{path}", self.config.base_url),
            headers,
            secret_headers: vec![("x-auth-token", session.token.clone())],
            body,
            timeout: TIMEOUT,
        })
    }

    pub(super) async fn send(
        request: HttpRequest,
        operation: Operation,
        transport: &dyn Transport,
    ) -> Result<HttpReply, ProviderError> {
        let purpose = request.purpose;
        transport.send(request).await.map_err(|failure| {
            let error = ProviderError::no_answer(failure, operation, KIND);
            if purpose == Purpose::Read {
                error.of_a_read()
            } else {
                error
            }
        })
    }

    pub(super) async fn get(
        &self,
        path: &str,
        operation: Operation,
        transport: &dyn Transport,
    ) -> Result<Envelope, ProviderError> {
        let request = self.request(Purpose::Read, "GET", path, None, operation)?;
        self.settle(&Self::send(request, operation, transport).await?, operation)
    }

    /// A request that changes something: like an end, it is not for a transport to repeat.
    pub(super) async fn change(
        &self,
        method: &'static str,
        path: &str,
        data: Option<Value>,
        operation: Operation,
        transport: &dyn Transport,
    ) -> Result<Envelope, ProviderError> {
        let request = self.request(Purpose::End, method, path, data, operation)?;
        let reply = Self::send(request, operation, transport).await?;
        self.settle(&reply, operation).map_err(|error| {
            // A plain no is one; anything else of which nothing can be made may follow the deed.
            let is_no = match reply.status {
                200..=299 => Envelope::says_no(&reply.body),
                status => (400..500).contains(&status),
            };
            let is_unclear = error.kind == ErrorKind::ResponseUnexpected && !is_no;
            if is_unclear && operation.changes_something() {
                let retry = Retry::MayHaveHappened;
                ProviderError { retry, ..error }
            } else {
                error
            }
        })
    }

    /// Any 2xx is an answer: the statuses of the documents and of the software differ.
    pub(super) fn settle(&self, reply: &HttpReply, operation: Operation) -> Result<Envelope, ProviderError> {
        let envelope = Envelope::read(&reply.body).filter(|_| (200..300).contains(&reply.status));
        envelope.ok_or_else(|| error::read(reply, operation, self.config))
    }

    /// Every page of a list; `take` adds what a page holds and says how many entries that were.
    pub(super) async fn pages(
        &self,
        path: &str,
        operation: Operation,
        transport: &dyn Transport,
        mut take: impl FnMut(&Value) -> Option<usize> + Send,
    ) -> Result<(), ProviderError> {
        let mut cursor: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let mark = if path.contains('?') { '&' } else { '?' };
            let after = cursor
                .as_ref()
                .map(|key| format!("&start_key={}", wire::segment(key)))
                .unwrap_or_default();
            let page = self
                .get(&format!("{path}{mark}page_size={PAGE}{after}"), operation, transport)
                .await?;
            let taken = take(&page.data).ok_or_else(|| Self::unexpected(operation))?;
            if taken == 0 || page.next_start_key.is_none() {
                return Ok(());
            }
            if page.next_start_key == cursor {
                break;
            }
            cursor = page.next_start_key;
        }
        // Cut off or running in circles: not the whole list.
        Err(Self::unexpected(operation))
    }

    /// Every entry of a list that is an array.
    pub(super) async fn entries(
        &self,
        path: &str,
        operation: Operation,
        transport: &dyn Transport,
    ) -> Result<Vec<Value>, ProviderError> {
        let mut all = Vec::new();
        self.pages(path, operation, transport, |data| {
            let entries = data.as_array()?;
            all.extend(entries.iter().cloned());
            Some(entries.len())
        })
        .await?;
        Ok(all)
    }
}
