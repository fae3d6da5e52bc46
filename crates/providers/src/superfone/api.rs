//! Requests to the CRM of Superfone, and whether an answer is one.

use serde_json::Value;

use super::Superfone;
use super::config::API_KEY;
use super::{error, wire};
use crate::{
    Body, Credentials, ErrorKind, HttpReply, HttpRequest, Operation, ProviderError, ProviderKind, Purpose, Retry,
    Transport, json_body, secret,
};

impl Superfone {
    /// One request to the CRM. Its reply, if it is a 2xx with an object that does not say no.
    ///
    /// # Errors
    /// The refusal with the reply it was read from, where there was one.
    pub(super) async fn crm(
        &self,
        purpose: Purpose,
        path: &str,
        body: Body,
        secrets: &Credentials,
        transport: &dyn Transport,
    ) -> Result<Value, Refusal> {
        let operation = Operation::Leads;
        let key = secret::needed(secrets, API_KEY, operation, ProviderKind::Superfone).map_err(Refusal::before)?;
        let mut headers = vec![("accept", "application/json".to_owned())];
        let has_body = !matches!(body, Body::None);
        if has_body {
            headers.push(("content-type", "application/json".to_owned()));
        }
        let request = HttpRequest {
            purpose,
            method: if has_body { "POST" } else { "GET" },
            url: format!("{}/enterprise/api/{path}", self.config.base_url),
            headers,
            secret_headers: vec![("x-api-key", key)],
            body,
            timeout: super::client::TIMEOUT,
        };
        let reply = transport.send(request).await.map_err(|failure| {
            let error = ProviderError::no_answer(failure, operation, ProviderKind::Superfone);
            let error = if purpose == Purpose::Read {
                error.of_a_read()
            } else {
                error
            };
            Refusal::before(error)
        })?;
        let body = json_body::parse(&reply.body);
        let says_no = body.as_ref().is_some_and(wire::says_no);
        match body.filter(|body| (200..300).contains(&reply.status) && body.is_object() && !says_no) {
            Some(body) => Ok(body),
            None => {
                let error = error::read(&reply, operation, &self.config.time_zone);
                // Only a plain no is one: after anything else the lead may be saved, and its note would stand there twice.
                let is_no = says_no && (200..300).contains(&reply.status);
                let is_unclear = error.kind == ErrorKind::ResponseUnexpected && !is_no;
                let retry = if purpose == Purpose::Change && is_unclear {
                    Retry::MayHaveHappened
                } else {
                    error.retry
                };
                Err(Refusal {
                    error: ProviderError { retry, ..error },
                    says_nobody: says_nobody(&reply),
                })
            }
        }
    }
}

/// Why there is nothing from the CRM.
pub(super) struct Refusal {
    pub(super) error: ProviderError,
    /// Only that it knows nobody by the number.
    pub(super) says_nobody: bool,
}

impl Refusal {
    fn before(error: ProviderError) -> Self {
        Self {
            error,
            says_nobody: false,
        }
    }
}

/// "Customer not found", with whichever status: no page has the one of a lookup.
fn says_nobody(reply: &HttpReply) -> bool {
    let message = json_body::parse(&reply.body).and_then(|body| json_body::member_text(&body, "message"));
    let words = message.unwrap_or_default().to_lowercase();
    let is_about_customer = ["customer", "lead", "contact"].iter().any(|word| words.contains(word));
    matches!(reply.status, 200..=299 | 400 | 404 | 422) && is_about_customer && words.contains("not found")
}
