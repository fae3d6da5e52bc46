//! Requests of the platform as such: address, headers, authorisation, and whether an answer is one.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use super::config::API_TOKEN;
use super::{Acefone, error, wire};
use crate::{
    Body, Credentials, ErrorKind, HttpReply, HttpRequest, Operation, Provider, ProviderError, Purpose, Retry, Told,
    Transport, json_body, secret, small_print,
};

const TIMEOUT: Duration = Duration::from_secs(10);

impl Acefone {
    /// A GET, or a POST if there is a body.
    pub(super) fn request(&self, purpose: Purpose, path: &str, body: Body, token: Option<SecretString>) -> HttpRequest {
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

    /// The value of the header: the account's own token, else that of the session.
    pub(super) fn authorization(
        &self,
        secrets: &Credentials,
        operation: Operation,
    ) -> Result<SecretString, ProviderError> {
        let token = match secrets.session().filter(|_| self.config.signs_in()) {
            Some(session) => session.token.clone(),
            None => secret::needed(secrets, API_TOKEN, operation, self.kind())?,
        };
        Ok(self.as_header(token))
    }

    pub(super) fn as_header(&self, token: SecretString) -> SecretString {
        if self.config.bearer {
            format!("Bearer {}", token.expose_secret()).into()
        } else {
            token
        }
    }

    pub(super) fn problem(&self, kind: ErrorKind, operation: Operation) -> ProviderError {
        ProviderError::new(kind, operation, self.kind())
    }

    pub(super) fn error(&self, reply: &HttpReply, operation: Operation) -> ProviderError {
        error::read(reply, operation, self.kind(), &self.config.time_zone)
    }

    /// A 2xx whose content is not what it should be.
    pub(super) fn unexpected(&self, operation: Operation) -> ProviderError {
        ProviderError {
            retry: Retry::Later { after: None },
            status: Some(200),
            ..self.problem(ErrorKind::ResponseUnexpected, operation)
        }
    }

    /// One read: its JSON, if the answer is a 2xx that does not say no.
    pub(super) async fn get(
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

    /// One request that changes something; done only if the answer says so.
    pub(super) async fn order(
        &self,
        purpose: Purpose,
        path: &str,
        body: Map<String, Value>,
        operation: Operation,
        secrets: &Credentials,
        transport: &dyn Transport,
    ) -> Result<Told, ProviderError> {
        let token = self.authorization(secrets, operation)?;
        let request = self.request(purpose, path, Body::Json(body.into()), Some(token));
        let sent = transport.send(request).await;
        let reply = sent.map_err(|failure| ProviderError::no_answer(failure, operation, self.kind()))?;
        let body = json_body::parse(&reply.body);
        match body.filter(|body| (200..300).contains(&reply.status) && wire::success(body) == Some(true)) {
            Some(body) => Ok(Told::Done {
                message: error::message(&body).as_deref().and_then(small_print::shown),
            }),
            None => Err(self.error(&reply, operation)),
        }
    }
}

/// A query that begins with a question mark; values are encoded.
pub(super) fn query<'a>(pairs: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        query.append_pair(name, &value);
    }
    format!("?{}", query.finish())
}
