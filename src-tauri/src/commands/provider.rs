//! Commands that ask an account's provider. Each names its verb: the page cannot ask for anything else.

use engine::api::{ApiError, ErrorClass, Request};
use jiff::Timestamp;
use providers::{
    AgentStatusOrder, AgentStatusReport, Ask, ContactsPage, EndpointAsk, EndpointTold, Lead, LeadChoices, LeadDraft,
    NotesPage, PageQuery, RecordsPage, RecordsQuery, ScheduledCall, Told,
};
use telephony::PhoneNumber;

use super::Engine;
use super::reply::ask;
use crate::browser;

async fn told(engine: &Engine<'_>, account: String, what: Ask) -> Result<Told, ApiError> {
    let account = Some(account);
    let what = Box::new(what);
    ask(engine, Request::Ask { account, what }).await
}

/// The answer of the one kind that was asked for.
macro_rules! only {
    ($told:expr, $kind:ident) => {
        if let Told::$kind(value) = $told {
            Ok(value)
        } else {
            Err(ApiError::new(ErrorClass::Failed, "unexpected_reply"))
        }
    };
}

#[tauri::command]
#[specta::specta]
pub async fn endpoints(engine: Engine<'_>, account: String, verb: EndpointAsk) -> Result<EndpointTold, ApiError> {
    only!(told(&engine, account, Ask::Endpoints(verb)).await?, Endpoints)
}

/// The JSON schema of endpoint documents; none where the account has no endpoints.
#[tauri::command]
#[specta::specta]
pub async fn endpoint_schema(engine: Engine<'_>, account: String) -> Result<Option<serde_json::Value>, ApiError> {
    let account = Some(account);
    ask(&engine, Request::EndpointSchema { account }).await
}

#[tauri::command]
#[specta::specta]
pub async fn records(engine: Engine<'_>, account: String, query: RecordsQuery) -> Result<RecordsPage, ApiError> {
    only!(told(&engine, account, Ask::Records(query)).await?, Records)
}

/// Opens a recording in the system's browser. Its link is a key of its own: it is fetched for this once and goes to no
/// page.
#[tauri::command]
#[specta::specta]
pub async fn open_recording(engine: Engine<'_>, account: String, record: String) -> Result<(), ApiError> {
    let Told::RecordingLink { url } = told(&engine, account, Ask::RecordingLink { record }).await? else {
        return Err(ApiError::new(ErrorClass::Failed, "unexpected_reply"));
    };
    browser::open(&url).await
}

/// Calls that the provider places by itself in a span of time.
#[tauri::command]
#[specta::specta]
pub async fn scheduled_calls(
    engine: Engine<'_>,
    account: String,
    from: String,
    to: String,
) -> Result<Vec<ScheduledCall>, ApiError> {
    let read = |text: &str| {
        text.parse::<Timestamp>()
            .map_err(|_| ApiError::new(ErrorClass::Usage, "time_not_understood").with("time", text))
    };
    let (from, to) = (read(&from)?, read(&to)?);
    only!(
        told(&engine, account, Ask::ScheduledCalls { from, to }).await?,
        ScheduledCalls
    )
}

#[tauri::command]
#[specta::specta]
pub async fn agent_status(engine: Engine<'_>, account: String) -> Result<AgentStatusReport, ApiError> {
    only!(told(&engine, account, Ask::AgentStatus).await?, AgentStatus)
}

#[tauri::command]
#[specta::specta]
pub async fn set_agent_status(engine: Engine<'_>, account: String, order: AgentStatusOrder) -> Result<(), ApiError> {
    told(&engine, account, Ask::SetAgentStatus(order)).await.map(|_| ())
}

#[tauri::command]
#[specta::specta]
pub async fn provider_contacts(engine: Engine<'_>, account: String, page: PageQuery) -> Result<ContactsPage, ApiError> {
    only!(told(&engine, account, Ask::Contacts(page)).await?, Contacts)
}

#[tauri::command]
#[specta::specta]
pub async fn call_notes(
    engine: Engine<'_>,
    account: String,
    number: PhoneNumber,
    page: PageQuery,
) -> Result<NotesPage, ApiError> {
    only!(
        told(&engine, account, Ask::CallNotes { number, page }).await?,
        CallNotes
    )
}

/// None: the provider knows nobody by that number.
#[tauri::command]
#[specta::specta]
pub async fn lead(engine: Engine<'_>, account: String, number: PhoneNumber) -> Result<Option<Lead>, ApiError> {
    only!(told(&engine, account, Ask::Lead { number }).await?, Lead)
}

#[tauri::command]
#[specta::specta]
pub async fn save_lead(engine: Engine<'_>, account: String, lead: LeadDraft) -> Result<(), ApiError> {
    told(&engine, account, Ask::SaveLead(lead)).await.map(|_| ())
}

#[tauri::command]
#[specta::specta]
pub async fn lead_choices(engine: Engine<'_>, account: String) -> Result<LeadChoices, ApiError> {
    only!(told(&engine, account, Ask::LeadChoices).await?, LeadChoices)
}

/// Hands a running call on to somebody else.
#[tauri::command]
#[specta::specta]
pub async fn transfer_call(
    engine: Engine<'_>,
    call: String,
    to: String,
    attended: bool,
    yes: bool,
) -> Result<(), ApiError> {
    ask(
        &engine,
        Request::TransferCall {
            call,
            to,
            attended,
            yes,
        },
    )
    .await
}

/// Has the provider push the account's events here.
#[tauri::command]
#[specta::specta]
pub async fn push_events_here(engine: Engine<'_>, account: String) -> Result<(), ApiError> {
    let account = Some(account);
    ask(&engine, Request::PushEventsHere { account }).await
}
