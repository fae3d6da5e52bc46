//! Where each verb of each provider is documented.

use providers::ProviderKind::{self, *};

/// A page that tells of a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Documented {
    /// Of the provider itself.
    Own(&'static str),
    /// Of a sister brand of the same platform, or of the software that the provider runs.
    Sister(&'static str),
    /// No page that could be reached: seen in what other people's programs send and get.
    Seen,
}

use Documented::{Own, Seen, Sister};

const UK_CALL: &str = "https://docs.acefone.co.uk/reference/initiate-click-to-call";
const UK_HOOKS: &str = "https://docs.acefone.co.uk/docs/web-hooks";
const UK_RECORDS: &str = "https://docs.acefone.co.uk/reference/call-detail-records-2";
const IN_CALLS: &str = "https://docs.acefone.in/reference/call-operations-1";
const IN_HOOKS: &str = "https://docs.acefone.in/docs/web-hooks";
const IN_RECORDS: &str = "https://docs.acefone.in/reference/call-detail-records-2";
const IN_SCHEDULE: &str = "https://docs.acefone.in/reference/schedule-a-callback";
const SV_CALL: &str = "https://docs.servetel.in/reference/initiate-click-to-call";
const SV_CALLS: &str = "https://docs.servetel.in/reference/call-operations-1";
const SV_HOOKS: &str = "https://docs.servetel.in/docs/web-hooks";
const SV_RECORDS: &str = "https://servetel.readme.io/docs/call-records-cdr";
const SF_CALL: &str = "https://docs.smartflo.tatatelebusiness.com/reference/v1click_to_call";
const SF_HOOKS: &str = "https://docs.smartflo.tatatelebusiness.com/docs/webhook";
const SF_LIVE: &str = "https://docs.smartflo.tatatelebusiness.com/reference/v1live_calls";
const SF_OPTIONS: &str = "https://docs.smartflo.tatatelebusiness.com/reference/v1calloptions";
const SF_RECORDS: &str = "https://docs.smartflo.tatatelebusiness.com/reference/v1callrecords";
const SF_USERS: &str = "https://docs.smartflo.tatatelebusiness.com/reference/fetch-multiple-users";
const SF_SCHEDULE: &str = "https://docs.smartflo.tatatelebusiness.com/reference/schedule-a-callback";
const SF_SCHEDULED: &str = "https://docs.smartflo.tatatelebusiness.com/reference/retrieve-all-scheduled-callbacks";
const SF_SESSION: &str = "https://docs.smartflo.tatatelebusiness.com/reference/v1dialersession_call";
const SF_CONTACTS: &str = "https://docs.smartflo.tatatelebusiness.com/reference/v1contacts";
const SF_NOTES: &str = "https://docs.smartflo.tatatelebusiness.com/reference/v1callnotesclient_number";
const SF_DISPOSITION: &str = "https://docs.smartflo.tatatelebusiness.com/reference/v1dialerdisposition_details_update";
const SU_CALL: &str = "https://docs.superfone.dev/docs/crm/click-to-call/trigger-call";
const SU_EVENTS: &str = "https://docs.superfone.dev/docs/crm/event-notifications/payload-reference";
const SU_CRM: &str = "https://docs.superfone.dev/docs/crm/customer-management/";
const IP_CALL: &str = "https://iptelecom.help/public/api_docs/cm_resources/clicktocall_operations/";
const IP_HOOKS: &str = "https://iptelecom.help/public/api_docs/app_resources/webhook_operations/";

/// Of Kazoo's own documents, branch 4.3.
macro_rules! kazoo {
    ($page:literal) => {
        concat!("https://github.com/2600hz/kazoo/blob/4.3/applications/", $page)
    };
}

/// Where a verb of a kind is told of; none where no page and nobody tells.
pub fn documented(kind: ProviderKind, verb: &str) -> Option<Documented> {
    Some(match (verb, kind) {
        ("place_call" | "choose_caller_id", AcefoneUk) => Own(UK_CALL),
        ("place_call" | "choose_caller_id", AcefoneIn) => Sister(UK_CALL),
        ("place_call" | "choose_caller_id", Servetel) => Own(SV_CALL),
        ("place_call" | "choose_caller_id", Smartflo) => Own(SF_CALL),
        ("place_call" | "end_call" | "list_dids", Superfone) => Own(SU_CALL),
        ("place_call" | "call_extensions" | "endpoints", Kazoo) => Own(IP_CALL),
        ("choose_caller_id", Kazoo) => Sister(kazoo!("crossbar/doc/quickcall.md")),
        ("end_call", AcefoneUk) => Own("https://docs.acefone.co.uk/reference/hangup-a-call"),
        ("end_call" | "transfer_call", AcefoneIn) => Own(IN_CALLS),
        ("end_call" | "transfer_call", Servetel) => Own(SV_CALLS),
        ("end_call", Smartflo) => Sister(IN_CALLS),
        ("end_call" | "live_calls" | "transfer_call", Kazoo) => Sister(kazoo!("crossbar/doc/channels.md")),
        ("list_dids", AcefoneUk | AcefoneIn | Servetel | Smartflo) => Seen,
        ("list_dids", Kazoo) => Sister(kazoo!("crossbar/doc/phone_numbers.md")),
        ("list_agents" | "agent_status", Smartflo) => Own(SF_USERS),
        ("list_agents" | "agent_status", AcefoneUk | AcefoneIn | Servetel) => Sister(SF_USERS),
        ("list_agents", Kazoo) => Sister(kazoo!("crossbar/doc/users.md")),
        ("live_calls", Smartflo) => Own(SF_LIVE),
        ("live_calls", AcefoneUk | AcefoneIn | Servetel) => Sister(SF_LIVE),
        ("event_stream", Kazoo) => Sister(kazoo!("blackhole/doc/README.md")),
        ("webhooks" | "tells_customer_answer", AcefoneUk) => Own(UK_HOOKS),
        ("webhooks" | "tells_customer_answer", AcefoneIn) => Own(IN_HOOKS),
        ("webhooks" | "tells_customer_answer", Servetel) => Own(SV_HOOKS),
        ("webhooks" | "tells_customer_answer", Smartflo) => Own(SF_HOOKS),
        ("webhooks", Superfone) => Own(SU_EVENTS),
        ("webhooks" | "tells_customer_answer" | "pushed_events", Kazoo) => Own(IP_HOOKS),
        ("transfer_call", Smartflo) => Own(SF_OPTIONS),
        ("call_records" | "recording_link", AcefoneUk) => Own(UK_RECORDS),
        ("call_records" | "recording_link", AcefoneIn) => Own(IN_RECORDS),
        ("call_records" | "recording_link", Servetel) => Own(SV_RECORDS),
        ("call_records" | "recording_link", Smartflo) => Own(SF_RECORDS),
        ("call_records", Kazoo) => Sister(kazoo!("crossbar/doc/cdrs.md")),
        ("schedule_call", AcefoneIn) => Own(IN_SCHEDULE),
        ("schedule_call", Smartflo) => Own(SF_SCHEDULE),
        ("scheduled_calls", AcefoneIn) => Sister(SF_SCHEDULED),
        ("scheduled_calls", Smartflo) => Own(SF_SCHEDULED),
        ("set_agent_status", Smartflo) => Own(SF_SESSION),
        ("provider_contacts", Smartflo) => Own(SF_CONTACTS),
        ("provider_contacts", Kazoo) => Sister(kazoo!("crossbar/doc/contact_list.md")),
        ("call_notes", Smartflo) => Own(SF_NOTES),
        ("dispositions", Smartflo) => Own(SF_DISPOSITION),
        ("leads", Superfone) => Own(SU_CRM),
        _ => return None,
    })
}
