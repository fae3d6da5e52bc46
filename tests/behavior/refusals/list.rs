//! The refusals that the pages tell of.

use providers::ErrorKind::{self, *};

use crate::account::Setup;
use crate::deed::Deed;

/// One answer that is a no.
pub struct Refusal {
    /// Where it is told.
    pub page: &'static str,
    pub status: u16,
    /// `Retry-After`.
    pub header: Option<&'static str>,
    pub body: &'static str,
    pub kind: ErrorKind,
    /// Seconds to wait, where the answer says.
    pub after: Option<u64>,
    /// Our name of what it is about.
    pub field: Option<&'static str>,
    /// The verbs that can meet it; none for all.
    pub verbs: &'static [&'static str],
    /// The verbs to which it says something else of its own, which is tried elsewhere.
    pub except: &'static [&'static str],
    /// The verbs to which it means something else.
    pub otherwise: &'static [(&'static str, ErrorKind)],
    /// The way of an account to which alone it is said.
    pub way: Option<&'static str>,
    /// It says that nothing rang, whatever its status.
    pub is_certain: bool,
}

impl Refusal {
    pub fn meets(&self, setup: &Setup, deed: &Deed) -> bool {
        let is_named = |names: &[&str]| names.contains(&deed.verb) || names.contains(&deed.to_string().as_str());
        (self.verbs.is_empty() || is_named(self.verbs))
            && !is_named(self.except)
            && self.way.is_none_or(|way| way == setup.way)
    }

    pub fn kind_for(&self, deed: &Deed) -> ErrorKind {
        let other = self.otherwise.iter().find(|(verb, _)| *verb == deed.verb);
        other.map_or(self.kind, |(_, kind)| *kind)
    }

    const fn to(self, verbs: &'static [&'static str]) -> Self {
        Self { verbs, ..self }
    }

    const fn not_to(self, except: &'static [&'static str]) -> Self {
        Self { except, ..self }
    }

    const fn but(self, otherwise: &'static [(&'static str, ErrorKind)]) -> Self {
        Self { otherwise, ..self }
    }

    const fn about(self, field: &'static str) -> Self {
        Self {
            field: Some(field),
            ..self
        }
    }

    const fn after(self, header: Option<&'static str>, seconds: u64) -> Self {
        Self {
            header,
            after: Some(seconds),
            ..self
        }
    }

    const fn only(self, way: &'static str) -> Self {
        Self { way: Some(way), ..self }
    }

    const fn certain(self) -> Self {
        Self {
            is_certain: true,
            ..self
        }
    }
}

const fn says(page: &'static str, status: u16, body: &'static str, kind: ErrorKind) -> Refusal {
    Refusal {
        page,
        status,
        header: None,
        body,
        kind,
        after: None,
        field: None,
        verbs: &[],
        except: &[],
        otherwise: &[],
        way: None,
        is_certain: false,
    }
}

const PLACING: &[&str] = &["place_call", "choose_caller_id"];
/// What a missing permission is to a test of the account: a note.
const TEST: &[&str] = &["test_connection"];

/// Acefone, Servetel, Tata Smartflo: one platform.
pub const FAMILY: &[Refusal] = &[
    says(
        "errors",
        401,
        r#"{"success":false,"message":"Deleted or blacklisted token provided"}"#,
        CredentialsRejected,
    ),
    says("errors", 401, "", CredentialsRejected),
    says(
        "errors",
        402,
        r#"{"success":false,"message":"Insufficient balance"}"#,
        BalanceTooLow,
    ),
    // The gateway's own body, for a permission that is missing and for a path that is not there.
    says("errors", 403, r#"{"message":"Forbidden"}"#, PermissionDenied).not_to(TEST),
    says("errors", 403, "<html>403 Forbidden</html>", PermissionDenied).not_to(TEST),
    says("errors", 429, "", RateLimited),
    says(
        "errors",
        429,
        r#"{"success":"false","message":"Too many requests"}"#,
        RateLimited,
    )
    .after(Some("30"), 30),
    says("errors", 429, r#"{"retry_after":12}"#, RateLimited).after(None, 12),
    says(
        "errors",
        200,
        r#"{"success":"false","message":"Too many requests"}"#,
        RateLimited,
    ),
    // Every table of answers pairs a 400 with a flag that says true.
    says(
        "answers",
        400,
        r#"{"Success":true,"Message":"Bad request"}"#,
        ResponseUnexpected,
    ),
    says(
        "answers",
        200,
        r#"{"success":false,"message":"Your account is inactive"}"#,
        CredentialsRejected,
    ),
    says("errors", 500, "", ResponseUnexpected),
    says("errors", 502, "<html>502 Bad Gateway</html>", ResponseUnexpected),
    says(
        "errors",
        503,
        r#"{"success":false,"message":"Agent is offline"}"#,
        ResponseUnexpected,
    ),
    says(
        "click_to_call",
        422,
        r#"{"caller_id":"Provide a vaild caller_id."}"#,
        CallerIdRefused,
    )
    .to(PLACING)
    .about("caller_id"),
    says(
        "click_to_call",
        200,
        r#"{"caller_id":["Provide a vaild caller_id."]}"#,
        CallerIdRefused,
    )
    .to(PLACING)
    .about("caller_id"),
    says(
        "click_to_call",
        422,
        r#"{"agent_number":"Provide a valid agent_number."}"#,
        AgentUnavailable,
    )
    .to(PLACING)
    .about("agent_number"),
    says(
        "click_to_call",
        422,
        r#"{"destination_number":["Provide a valid destination_number."]}"#,
        NumberInvalid,
    )
    .to(PLACING)
    .about("target"),
    says(
        "click_to_call",
        200,
        r#"{"success":false,"message":"Agent is offline"}"#,
        AgentUnavailable,
    )
    .to(PLACING),
    says(
        "click_to_call",
        400,
        r#"{"success":false,"message":"Agent is offline"}"#,
        AgentUnavailable,
    )
    .to(PLACING),
    says(
        "click_to_call",
        200,
        r#"{"ok":false,"reason":"Extension is busy"}"#,
        AgentUnavailable,
    )
    .to(PLACING),
    says(
        "click_to_call_support",
        422,
        r#"{"customer_number":"Provide a valid customer_number."}"#,
        NumberInvalid,
    )
    .to(PLACING)
    .only("support call")
    .about("target"),
    says(
        "click_to_call_support",
        422,
        r#"{"api_key":"Provide a valid api_key."}"#,
        CredentialsRejected,
    )
    .to(PLACING)
    .only("support call")
    .about("support_api_key"),
    says(
        "hangup",
        403,
        r#"{"success":false,"message":"No permission"}"#,
        PermissionDenied,
    )
    .to(&["end_call"]),
    says("hangup", 404, "<html>404</html>", CallNotFound).to(&["end_call"]),
    says(
        "call/options",
        422,
        r#"{"call_id":"Provide a valid call_id."}"#,
        CallNotFound,
    )
    .to(&["transfer_call"])
    .about("call_id"),
    says(
        "call/options",
        422,
        r#"{"intercom":["Provide a valid intercom."]}"#,
        NumberInvalid,
    )
    .to(&["transfer_call"])
    .about("to"),
    says(
        "schedule_call",
        422,
        r#"{"schedule_date_time":["must be a date after now"]}"#,
        ConfigInvalid,
    )
    .to(&["schedule_call"])
    .about("at"),
    says(
        "schedule_call",
        422,
        r#"{"assigned_to":"Provide a valid assigned_to."}"#,
        ConfigInvalid,
    )
    .to(&["schedule_call"])
    .about("assigned_to"),
    says(
        "schedule_call",
        422,
        r#"{"customer_number":"Provide a valid customer_number."}"#,
        NumberInvalid,
    )
    .to(&["schedule_call"])
    .about("target"),
    says("schedule_call", 422, r#"{"customer_name":"required"}"#, ConfigInvalid)
        .to(&["schedule_call"])
        .about("customer_name"),
    says(
        "dialer",
        200,
        r#"{"ok":false,"reason":"Invalid campaignId"}"#,
        ResponseUnexpected,
    )
    .to(&["set_agent_status"]),
    says(
        "dialer",
        422,
        r#"{"break_code":"Provide a valid break_code."}"#,
        ConfigInvalid,
    )
    .to(&["set_agent_status"])
    .about("break_code"),
    says(
        "dialer",
        200,
        r#"{"ok":false,"reason":"Invalid call_id"}"#,
        CallNotFound,
    )
    .to(&["dispositions"]),
    says("dialer", 422, r#"{"code":"already taken"}"#, ConfigInvalid)
        .to(&["dispositions"])
        .about("code"),
    says(
        "login",
        401,
        r#"{"success":false,"message":"Invalid credentials"}"#,
        CredentialsRejected,
    )
    .to(&["sign_in"]),
    says(
        "login",
        200,
        r#"{"success":false,"message":"Invalid credentials"}"#,
        CredentialsRejected,
    )
    .to(&["sign_in"]),
    says(
        "login",
        401,
        r#"{"success":false,"message":"The username or password is incorrect.","login_failed_count":2}"#,
        CredentialsRejected,
    )
    .to(&["sign_in"])
    .about("failed_logins"),
];

/// Superfone.
pub const SUPERFONE: &[Refusal] = &[
    says(
        "click-to-call",
        401,
        r#"{"message":"Unauthorized"}"#,
        CredentialsRejected,
    ),
    says(
        "crm",
        401,
        r#"{"message":"UnAuthorized, Please Provide Valid API Key"}"#,
        CredentialsRejected,
    ),
    says("click-to-call", 400, r#"{"message":"Invalid request"}"#, NumberInvalid).to(&["place_call", "end_call"]),
    says("crm", 400, r#"{"message":"Invalid phone number"}"#, NumberInvalid),
    says("click-to-call", 404, r#"{"message":"User not found"}"#, ConfigInvalid)
        .to(&["place_call", "end_call"])
        .about("user_number"),
    says("crm", 404, r#"{"message":"User not found"}"#, ConfigInvalid)
        .to(&["leads"])
        .about("assignee"),
    says("crm", 400, r#"{"message":"Customer not found"}"#, CallNotFound)
        .to(&["leads (save)"])
        .about("number"),
    says("crm", 403, r#"{"message":"Forbidden"}"#, PermissionDenied)
        .to(&["leads"])
        .about("plan"),
    says(
        "click-to-call",
        200,
        r#"{"data":{"notificationID":7,"sentSuccess":false},"message":"success"}"#,
        AgentUnavailable,
    )
    .to(&["place_call", "end_call"])
    .about("user_number"),
    says(
        "click-to-call",
        500,
        r#"{"message":"Internal server error"}"#,
        ResponseUnexpected,
    ),
    says("click-to-call", 429, "", RateLimited).after(Some("5"), 5),
];

const CONNECT: &[&str] = &["place_call", "call_extensions"];

/// Kazoo's catalogue, as far as there is no sample body of it.
pub const KAZOO: &[Refusal] = &[
    says("errors", 400, r#"{"status":"error","error":"400","message":"invalid request envelope","data":{}}"#, ConfigInvalid)
        .but(&[("sign_in", CredentialsRejected)]),
    says("errors", 400, r#"{"status":"error","error":"400","message":"invalid data","data":{}}"#, ConfigInvalid)
        .but(&[("sign_in", CredentialsRejected)]),
    says("errors", 401, "", CredentialsRejected),
    says("errors", 402, r#"{"status":"error","error":"402","message":"no_credit","data":{}}"#, BalanceTooLow),
    says("errors", 402, r#"{"status":"error","error":"402","message":"accept charges","data":{}}"#, BalanceTooLow),
    says("errors", 403, "<html>", PermissionDenied).not_to(TEST),
    says("errors", 404, r#"{"status":"error","error":"404","message":"faulty request","data":{}}"#, ConfigInvalid)
        .about("base_url"),
    says("errors", 404, r#"{"status":"error","error":"404","message":"not_found","data":{}}"#, ConfigInvalid)
        .about("base_url"),
    says("errors", 404, "", ConfigInvalid).about("base_url"),
    says("errors", 405, "", ConfigInvalid).about("base_url"),
    says("errors", 405, r#"{"status":"error","error":"405","message":"invalid_method","data":{}}"#, ConfigInvalid)
        .about("base_url"),
    says("errors", 406, "", ConfigInvalid).about("base_url"),
    says("errors", 415, "", ConfigInvalid).about("base_url"),
    says(
        "errors",
        413,
        r#"{"status":"error","error":"413","message":"validation error","data":{"file":{"maxSize":{"message":"too large"}}}}"#,
        ResponseUnexpected,
    ),
    says("errors", 416, r#"{"status":"error","error":"416","message":"range not satisfiable","data":{}}"#, ResponseUnexpected)
        .to(&["list_dids", "list_agents", "live_calls", "call_records", "provider_contacts", "endpoints (list)"]),
    says("errors", 423, r#"{"status":"error","error":"423","message":"locked","data":{"account":{"expired":{"message":"account expired"}}}}"#, PermissionDenied)
        .about("account_id"),
    says("errors", 429, "", RateLimited).not_to(&["sign_in"]),
    says("errors", 429, r#"{"status":"error","error":"429","message":"too_many_requests","data":{}}"#, RateLimited)
        .to(&["sign_in"])
        .after(None, 4),
    // Also what a quickcall says of a user without a telephone; but it is said of too much else to be sure.
    says(
        "errors",
        500,
        r#"{"status":"error","error":"500","message":"unspecified_fault","data":{}}"#,
        ResponseUnexpected,
    ),
    says("errors", 500, r#"{"status":"error","error":"500","message":"timeout","data":{}}"#, ResponseUnexpected),
    says("errors", 503, r#"{"status":"error","error":"503","message":"datastore_unreachable","data":{}}"#, ResponseUnexpected),
    says("errors", 503, r#"{"status":"error","error":"503","message":"datastore_fault","data":{}}"#, ResponseUnexpected),
    says("errors", 503, r#"{"status":"error","error":"503","message":"datastore_missing","data":{}}"#, ResponseUnexpected),
    says("connect", 400, r#"{"status":"error","error":"400","message":"Contact doesn't match whitelist","data":"+35312345678"}"#, NumberInvalid)
        .to(CONNECT)
        .about("target"),
    says("connect", 500, r#"{"status":"error","error":"500","message":"init failed","data":{}}"#, ConfigInvalid)
        .to(CONNECT)
        .only("")
        .about("blocking")
        .certain(),
    says(
        "connect",
        200,
        r#"{"status":"success","data":{"id":"h","contact":"1","result":"error","cause":"NO_ANSWER"}}"#,
        AgentUnavailable,
    )
    .to(CONNECT)
    .only("")
    .about("agent_number"),
    says(
        "channels",
        400,
        r#"{"status":"error","error":"400","message":"validation error","data":{"other_leg_call_id":{"required":{"message":"required"}}}}"#,
        CallNotFound,
    )
    .to(&["transfer_call"])
    .about("call_id"),
    says("user_auth", 404, r#"{"status":"error","error":"404","message":"bad identifier","data":["x"]}"#, CredentialsRejected)
        .to(&["sign_in"]),
    says(
        "webhooks",
        400,
        r#"{"status":"error","error":"400","message":"validation error","data":{"uri":{"invalid":{"message":"not a URI"}}}}"#,
        ConfigInvalid,
    )
    .to(&["pushed_events (create)"])
    .about("uri"),
];
