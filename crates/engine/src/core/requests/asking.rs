//! Questions to a provider that are handed on as they are.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use providers::{
    Ask, Capability, EndpointAsk, FieldComplaint, Operation, PageQuery, Provider, ProviderError, PushedEvents, Told,
};

use crate::api::{ApiError, ErrorClass, Reply};
use crate::core::{Core, Ended};
use crate::effect::{Answer, Effect};

/// Entries of one page at the most: what is longer is asked for page by page.
const LONGEST_PAGE: u32 = 500;

impl Core {
    /// Asks an account's provider, if the account can do it at all.
    pub(in crate::core) fn ask_verb(&mut self, account: Option<&str>, ask: Ask, answer: Answer) -> Option<Ended> {
        let effects = match self.check_ask(account, ask) {
            Ok((account, provider, ask)) => vec![Effect::Ask {
                account,
                provider,
                ask: Box::new(ask),
                answer,
            }],
            Err(error) => vec![Effect::Answer(answer, Err(error))],
        };
        self.go_on(effects)
    }

    fn check_ask(
        &self,
        account: Option<&str>,
        ask: Ask,
    ) -> Result<(String, std::sync::Arc<dyn Provider>, Ask), ApiError> {
        let account = self.accounts.choose(account)?;
        let provider = match &account.provider {
            Ok(provider) if account.missing().is_empty() => provider.clone(),
            Ok(_) | Err(_) => return Err(account.unusable()),
        };
        let operation = ask.operation();
        if let Some(Capability::Missing(why)) = provider.capabilities().needed_for(operation) {
            let key = serde_json::to_value(why)
                .ok()
                .and_then(|value| value.as_str().map(str::to_owned))
                .unwrap_or_default();
            let because = crate::words::say(&format!("ui.capability.reason.{key}"), &BTreeMap::new());
            return Err(ApiError::new(ErrorClass::Refused, "verb_not_available")
                .with("account", &account.config.name)
                .with("provider", account.config.kind.display_name())
                .with("verb", operation.code())
                .with("reason", key)
                .with("because", because));
        }
        check_order(&ask)?;
        let ask = bounded(ask);
        if let Ask::Endpoints(endpoint) = &ask {
            let complaints = match endpoint {
                EndpointAsk::Create { document } | EndpointAsk::Replace { document, .. } => {
                    provider.check_endpoint(document, true)
                }
                EndpointAsk::Patch { changes, .. } => provider.check_endpoint(changes, false),
                EndpointAsk::List
                | EndpointAsk::Show { .. }
                | EndpointAsk::Delete { .. }
                | EndpointAsk::History { .. } => Vec::new(),
            };
            if !complaints.is_empty() {
                return Err(document_invalid(&complaints));
            }
        }
        Ok((account.config.id.clone(), provider, ask))
    }

    /// Has the provider push events to the address that this machine receives them at.
    pub(in crate::core) fn push_events_here(&mut self, account: Option<&str>, answer: Answer) -> Option<Ended> {
        let url = self
            .accounts
            .choose(account)
            .map(|account| self.public_url.as_ref().and(self.hook_of(account)));
        match url {
            Err(error) => self.answer(answer, Err(error)),
            // An address of this machine alone would be refused by nobody and reached by nobody.
            Ok(None) => self.answer(answer, Err(ApiError::new(ErrorClass::Refused, "no_public_address"))),
            Ok(Some(url)) => {
                return self.ask_verb(account, Ask::PushedEvents(PushedEvents::Create { url }), answer);
            }
        }
        None
    }

    pub(in crate::core) fn told(
        &mut self,
        account_id: &str,
        result: Result<Told, ProviderError>,
        answer: Answer,
    ) -> Vec<Effect> {
        let refusal = result
            .as_ref()
            .err()
            .map(|error| (error.operation, error.fields.clone()));
        let result = self
            .heard(account_id, result)
            .map(|told| Reply::Told(Box::new(newest_first(told))))
            .map_err(|error| match &refusal {
                Some((operation, fields)) => match about_argument(&error, *operation, fields) {
                    Some(better) => better,
                    None => with_fields(error, fields),
                },
                None => error,
            });
        vec![Effect::Answer(answer, result)]
    }
}

fn bounded(mut ask: Ask) -> Ask {
    let page: Option<&mut PageQuery> = match &mut ask {
        Ask::Records(query) => Some(&mut query.page),
        Ask::Contacts(page) | Ask::CallNotes { page, .. } => Some(page),
        Ask::RecordingLink { .. }
        | Ask::Transfer(_)
        | Ask::Schedule(_)
        | Ask::ScheduledCalls { .. }
        | Ask::AgentStatus
        | Ask::SetAgentStatus(_)
        | Ask::StoreDisposition(_)
        | Ask::AddDisposition { .. }
        | Ask::Lead { .. }
        | Ask::SaveLead(_)
        | Ask::LeadChoices
        | Ask::Endpoints(_)
        | Ask::PushedEvents(_) => None,
    };
    if let Some(page) = page {
        page.limit = page.limit.clamp(1, LONGEST_PAGE);
    }
    ask
}

/// What is wrong with a document, each complaint under `field.PATH`, so that a form can show it where it belongs.
fn document_invalid(complaints: &[FieldComplaint]) -> ApiError {
    let list: Vec<String> = complaints
        .iter()
        .map(|complaint| format!("{}: {}", complaint.path, complaint.message))
        .collect();
    let error = ApiError::new(ErrorClass::Usage, "endpoint_invalid").with("why", list.join("; "));
    complaints.iter().fold(error, |error, complaint| {
        error.with(&format!("field.{}", complaint.path), &complaint.message)
    })
}

/// A refusal of what the request itself named, in words about that rather than about the account: what is unknown there
/// is matched by nothing.
fn about_argument(error: &ApiError, operation: Operation, fields: &BTreeMap<String, String>) -> Option<ApiError> {
    let is = |field: &str, reasons: &[&str]| fields.get(field).is_some_and(|why| reasons.contains(&why.as_str()));
    let unknown = ["unknown_there", "identifier"];
    let (class, code) = if operation == Operation::Endpoints && is("endpoint_id", &unknown) {
        (ErrorClass::NothingMatches, "endpoint_unknown")
    } else if operation == Operation::PushedEvents && is("hook_id", &unknown) {
        (ErrorClass::NothingMatches, "hook_unknown")
    } else if operation == Operation::RecordingLink && is("record", &["record_not_found", "missing"]) {
        (ErrorClass::NothingMatches, "record_unknown")
    } else if operation == Operation::RecordingLink && is("record", &["no_recording"]) {
        (ErrorClass::NothingMatches, "recording_not_found")
    } else if operation == Operation::Leads && is("number", &["customer_not_found"]) {
        (ErrorClass::NothingMatches, "lead_unknown")
    } else if operation == Operation::TransferCall && is("call_id", &["not_joined"]) {
        (ErrorClass::Refused, "call_not_joined")
    } else {
        return None;
    };
    let mut better = ApiError {
        class,
        code: code.to_owned(),
        ..error.clone()
    };
    // That is what these say as well.
    better.params.remove("message");
    better.params.remove("status");
    Some(better)
}

/// The log as it is promised, whatever order the provider has it in.
fn newest_first(mut told: Told) -> Told {
    if let Told::Records(page) = &mut told {
        page.records.sort_by_key(|record| Reverse(record.started_at));
    }
    told
}

/// What is wrong with an order by itself, once it is clear that the account could give it.
fn check_order(ask: &Ask) -> Result<(), ApiError> {
    let usage = |code| Err(ApiError::new(ErrorClass::Usage, code));
    match ask {
        // The platform knows breaks only as what follows a call.
        Ask::SetAgentStatus(order) if order.break_code.is_some() && order.online => usage("break_while_online"),
        Ask::SetAgentStatus(order) if order.break_code.is_some() && order.end_call.is_none() => {
            usage("break_without_call")
        }
        Ask::SetAgentStatus(order) if order.end_call.is_some() && !order.online && order.break_code.is_none() => {
            usage("break_missing")
        }
        Ask::AddDisposition { name, code } if name.trim().is_empty() || code.trim().is_empty() => {
            usage("disposition_empty")
        }
        Ask::StoreDisposition(order) if order.disposition.trim().is_empty() => usage("disposition_empty"),
        Ask::SaveLead(draft) if !draft.add_labels.is_empty() && !draft.remove_labels.is_empty() => usage("labels_both"),
        Ask::Records(_)
        | Ask::RecordingLink { .. }
        | Ask::Transfer(_)
        | Ask::Schedule(_)
        | Ask::ScheduledCalls { .. }
        | Ask::AgentStatus
        | Ask::SetAgentStatus(_)
        | Ask::Contacts(_)
        | Ask::CallNotes { .. }
        | Ask::StoreDisposition(_)
        | Ask::AddDisposition { .. }
        | Ask::Lead { .. }
        | Ask::SaveLead(_)
        | Ask::LeadChoices
        | Ask::Endpoints(_)
        | Ask::PushedEvents(_) => Ok(()),
    }
}

/// The provider's own complaints by field.
fn with_fields(error: ApiError, fields: &BTreeMap<String, String>) -> ApiError {
    fields
        .iter()
        .fold(error, |error, (path, text)| error.with(&format!("field.{path}"), text))
}
