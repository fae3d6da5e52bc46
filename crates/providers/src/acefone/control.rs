//! Orders about calls and agents: handing on, going online and offline, breaks, verdicts.

use serde_json::{Map, Value, json};
use telephony::PhoneNumber;

use super::Acefone;
use super::place::written;
use crate::{
    AgentStatusOrder, Credentials, DispositionOrder, ErrorKind, Operation, ProviderError, Purpose, Told, TransferOrder,
    Transport,
};

/// `call/options` does four things; this one hands the call on.
const TRANSFER: &str = "4";

impl Acefone {
    pub(super) async fn transfer(
        &self,
        order: &TransferOrder,
        secrets: &Credentials,
        transport: &dyn Transport,
    ) -> Result<Told, ProviderError> {
        let operation = Operation::TransferCall;
        let refuse = |kind, field, why| self.problem(kind, operation).about(field, why);
        if order.attended {
            return Err(refuse(ErrorKind::Unsupported, "attended", "not_offered"));
        }
        let call_id = order.provider_call_id.as_deref();
        let call_id = call_id.ok_or_else(|| refuse(ErrorKind::CallNotFound, "call_id", "missing"))?;
        let intercom = self
            .intercom(&order.to)
            .ok_or_else(|| refuse(ErrorKind::NumberInvalid, "to", "transfer_target"))?;
        // Type as text and one plain text as destination: so the samples have it, whatever their tables say.
        let body = members(json!({ "type": TRANSFER, "call_id": call_id, "intercom": intercom }));
        self.order(Purpose::Dial, "/v1/call/options", body, operation, secrets, transport)
            .await
    }

    /// Digits of a telephone, of an extension (`06…`) or of a department's intercom.
    fn intercom(&self, to: &str) -> Option<String> {
        let to = to.trim();
        if to.starts_with('+') {
            let number = PhoneNumber::from_provider(to, self.config.region)?;
            return Some(written(&number, &self.config, false));
        }
        let digits: String = to
            .chars()
            .filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.' | '\u{a0}'))
            .collect();
        let is_usable = (1..=16).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_usable.then_some(digits)
    }

    /// Begins or ends the session of the token's owner, or ends one of their calls with a break after it.
    pub(super) async fn set_status(
        &self,
        order: &AgentStatusOrder,
        secrets: &Credentials,
        transport: &dyn Transport,
    ) -> Result<Told, ProviderError> {
        let operation = Operation::SetAgentStatus;
        if let Some(call_id) = &order.end_call {
            let mut body = members(json!({ "call_id": call_id, "start_break": !order.online }));
            if !order.online {
                // A break has a code; the page asks for it with every break.
                let missing = || {
                    self.problem(ErrorKind::ConfigInvalid, operation)
                        .about("break_code", "missing")
                };
                let code = order.break_code.as_deref().and_then(filled).ok_or_else(missing)?;
                body.insert("break_code".into(), code.into());
            }
            let path = "/v1/dialer/disconnect_call";
            return self
                .order(Purpose::End, path, body, operation, secrets, transport)
                .await;
        }
        let mut body = members(json!({ "startOrEnd": order.online }));
        if let Some(campaign) = order.campaign.as_deref().and_then(filled) {
            body.insert("campaignId".into(), campaign.into());
        }
        if !order.online {
            body.insert("logout".into(), true.into());
        }
        let path = "/v1/dialer/session_call";
        self.order(Purpose::Change, path, body, operation, secrets, transport)
            .await
    }

    pub(super) async fn store_disposition(
        &self,
        order: &DispositionOrder,
        secrets: &Credentials,
        transport: &dyn Transport,
    ) -> Result<Told, ProviderError> {
        let disposition = self.needed(&order.disposition, "disposition")?;
        let call_id = self.needed(&order.provider_call_id, "call_id")?;
        let mut body = members(json!({ "disposition_status": disposition, "unique_id": call_id }));
        for (name, value) in [
            ("sub_disposition_status", &order.sub_disposition),
            ("disposition_note", &order.note),
        ] {
            if let Some(value) = value.as_deref().and_then(filled) {
                body.insert(name.into(), value.into());
            }
        }
        let path = "/v1/dialer/store-disposition";
        self.order(Purpose::Change, path, body, Operation::Dispositions, secrets, transport)
            .await
    }

    pub(super) async fn add_disposition(
        &self,
        name: &str,
        code: &str,
        secrets: &Credentials,
        transport: &dyn Transport,
    ) -> Result<Told, ProviderError> {
        let (name, code) = (self.needed(name, "name")?, self.needed(code, "code")?);
        let body = members(json!({ "name": name, "code": code }));
        let path = "/v1/dialer/disposition_status";
        self.order(Purpose::Change, path, body, Operation::Dispositions, secrets, transport)
            .await
    }

    fn needed<'a>(&self, value: &'a str, field: &str) -> Result<&'a str, ProviderError> {
        filled(value).ok_or_else(|| {
            self.problem(ErrorKind::ConfigInvalid, Operation::Dispositions)
                .about(field, "missing")
        })
    }
}

/// The text, if there is anything in it.
pub(super) fn filled(text: &str) -> Option<&str> {
    let text = text.trim();
    (!text.is_empty()).then_some(text)
}

/// The members of an object.
pub(super) fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}
