//! Every body in `tests/fixtures`, and what it is an answer to. A file that is not here fails the suite.

/// A body.
pub struct Sample {
    /// Below `tests/fixtures`.
    pub file: &'static str,
    /// The status that comes with it.
    pub status: u16,
    pub is: Is,
}

/// What it is.
pub enum Is {
    /// An answer to each of these deeds.
    Answer(&'static [&'static str]),
    /// One of the answers that a deed reads one after the other; `EMPTY_LIST` and `EMPTY_NUMBERS` fill up.
    Among(&'static str, &'static [&'static str]),
    /// A refusal that any request can meet.
    Refusal,
    /// Pushed to a webhook.
    Event,
    /// Sent down the stream of events.
    Streamed,
    /// An answer to a route that no verb uses; why not.
    NotAsked(&'static str),
}

use Is::{Among, Answer, Event, NotAsked, Refusal, Streamed};

const fn of(file: &'static str, status: u16, is: Is) -> Sample {
    Sample { file, status, is }
}

/// Stand for answers that are no samples: an empty list, and no numbers.
pub const EMPTY_LIST: &str = "[]";
pub const EMPTY_NUMBERS: &str = "{}";

pub const SAMPLES: &[Sample] = &[
    of("acefone/any-rate-limited-string-false.json", 200, Refusal),
    of("acefone/auth-login-invalid-credentials.json", 401, Answer(&["sign_in"])),
    of("acefone/auth-refresh-success.json", 200, Answer(&["sign_in"])),
    of(
        "acefone/call_records-dialer-answered.json",
        200,
        Answer(&["call_records"]),
    ),
    of(
        "acefone/call_records-outbound-c2c-answered.json",
        200,
        Answer(&["call_records"]),
    ),
    of(
        "acefone/click_to_call-success-async-no-call_id.json",
        200,
        Answer(&["place_call", "choose_caller_id"]),
    ),
    of(
        "acefone/click_to_interaction-created-201.json",
        201,
        NotAsked("opens a page for a conversation, dials nobody"),
    ),
    of(
        "acefone/click_to_interaction-invalid-number-422.json",
        422,
        Answer(&["place_call", "transfer_call"]),
    ),
    of(
        "acefone/dialer-any-ok-false-200.json",
        200,
        Answer(&[
            "schedule_call",
            "scheduled_calls",
            "set_agent_status (go offline)",
            "dispositions (store)",
        ]),
    ),
    of("acefone/my_number-list.json", 200, Answer(&["list_dids"])),
    of(
        "acefone/schedule_call-create-success.json",
        200,
        Answer(&["schedule_call"]),
    ),
    of("acefone/uk-call_report-legacy.json", 200, Answer(&["call_records"])),
    of(
        "acefone/uk-click_to_call_support-success.json",
        200,
        Answer(&["place_call"]),
    ),
    of("acefone/webhook-c2c-answered_by_agent.json", 200, Event),
    of("acefone/webhook-c2c-hangup-answered.json", 200, Event),
    of("acefone/webhook-dialer_inbound-hangup-answered.json", 200, Event),
    of("acefone/webhook-ivr_inbound-hangup-missed.json", 200, Event),
    of(
        "servetel/call_records-inbound-answered.json",
        200,
        Answer(&["call_records"]),
    ),
    of(
        "servetel/click_to_call-success-sync-call_id.json",
        200,
        Answer(&["place_call", "choose_caller_id"]),
    ),
    of("smartflo/any-token-blacklisted-401.json", 401, Refusal),
    of("smartflo/auth-login-lockout-429.json", 429, Answer(&["sign_in"])),
    of("smartflo/auth-login-success.json", 200, Answer(&["sign_in"])),
    of("smartflo/auth-login-wrong-password.json", 401, Answer(&["sign_in"])),
    of("smartflo/call_notes-list.json", 200, Answer(&["call_notes"])),
    of(
        "smartflo/call_records-inbound-answered.json",
        200,
        Answer(&["call_records"]),
    ),
    of(
        "smartflo/click_to_call-agent-offline.json",
        200,
        Answer(&["place_call"]),
    ),
    of(
        "smartflo/click_to_call-caller_id-422.json",
        422,
        Answer(&["place_call", "choose_caller_id"]),
    ),
    of(
        "smartflo/click_to_call-success-async.json",
        200,
        Answer(&["place_call", "choose_caller_id"]),
    ),
    of("smartflo/contacts-list.json", 200, Answer(&["provider_contacts"])),
    of(
        "smartflo/departments-list.json",
        200,
        NotAsked("a call is placed to a number, not to a department"),
    ),
    of(
        "smartflo/hangup-success.json",
        200,
        Answer(&["end_call", "transfer_call"]),
    ),
    of("smartflo/live_calls-answered.json", 200, Answer(&["live_calls"])),
    of("smartflo/live_calls-empty.json", 200, Answer(&["live_calls"])),
    of("smartflo/schedule_call-list.json", 200, Answer(&["scheduled_calls"])),
    of("smartflo/user-single.json", 200, Answer(&["agent_status"])),
    of(
        "smartflo/users-list.json",
        200,
        Among("list_agents", &["smartflo/users-list.json", EMPTY_LIST]),
    ),
    of("smartflo/webhook-c2c-answered_by_agent.json", 200, Event),
    of("smartflo/webhook-c2c-hangup-answered-nested.json", 200, Event),
    of("smartflo/webhook-c2c-hangup-answered.json", 200, Event),
    of("smartflo/webhook-c2c-hangup-missed_by_agent.json", 200, Event),
    of(
        "smartflo/webhook-c2c_support-answered_by_agent-custom_template.json",
        200,
        Event,
    ),
    of("superfone/any-unauthorized-401.json", 401, Refusal),
    of(
        "superfone/click_2_call-invalid-request-400.json",
        400,
        Answer(&["place_call", "end_call"]),
    ),
    of(
        "superfone/click_2_call-start-success.json",
        200,
        Answer(&["place_call", "end_call"]),
    ),
    of(
        "superfone/click_2_call-user-not-found-404.json",
        404,
        Answer(&["place_call", "end_call"]),
    ),
    of("superfone/event-all_calls.json", 200, Event),
    of("superfone/event-customer_change.json", 200, Event),
    of("superfone/lead-get-success.json", 200, Answer(&["leads (look up)"])),
    of(
        "superfone/lead-upsert-missing-phone-400.json",
        400,
        Answer(&["leads (save)"]),
    ),
    of(
        "superfone/sfvopi-any-app-not-found-404.json",
        404,
        Answer(&["place_call", "leads (look up)"]),
    ),
    of(
        "superfone/sfvopi-app-create-success.json",
        200,
        NotAsked("makes an application that answers calls by itself"),
    ),
    of("superfone/sfvopi-webhook-hangup-completed.json", 200, Event),
    of(
        "kazoo/accounts.api_key.200.json",
        200,
        NotAsked("a key is entered by its owner, not fetched"),
    ),
    of(
        "kazoo/accounts.get.200.json",
        200,
        Among(
            "test_connection",
            &["kazoo/accounts.get.200.json", EMPTY_NUMBERS, EMPTY_LIST],
        ),
    ),
    of("kazoo/api_auth.201.json", 201, Answer(&["sign_in"])),
    of(
        "kazoo/channels.get.200.json",
        200,
        NotAsked("only whether a channel is still there is asked"),
    ),
    of(
        "kazoo/channels.hangup.2xx.json",
        200,
        Among(
            "end_call",
            &["kazoo/channels.hangup.2xx.json", "kazoo/error.404.channel.json"],
        ),
    ),
    of("kazoo/channels.list.200.json", 200, Answer(&["live_calls"])),
    of(
        "kazoo/clicktocall.connect.blocking.failed.200.json",
        200,
        Answer(&["place_call", "call_extensions"]),
    ),
    of(
        "kazoo/clicktocall.connect.blocking.success.200.json",
        200,
        Answer(&["place_call", "call_extensions"]),
    ),
    of(
        "kazoo/clicktocall.connect.blocking_as_query_string.500.json",
        500,
        Answer(&["place_call", "call_extensions"]),
    ),
    of(
        "kazoo/clicktocall.connect.no_contact.400.json",
        400,
        Answer(&["place_call", "call_extensions"]),
    ),
    of(
        "kazoo/clicktocall.connect.nonblocking.2xx.json",
        200,
        Answer(&["place_call", "call_extensions"]),
    ),
    of(
        "kazoo/clicktocall.connect.whitelist.400.json",
        400,
        Answer(&["place_call", "call_extensions"]),
    ),
    of(
        "kazoo/clicktocall.create.201.json",
        201,
        Answer(&["endpoints (create)"]),
    ),
    of(
        "kazoo/clicktocall.create.invalid.400.json",
        400,
        Answer(&["endpoints (create)", "endpoints (replace)", "endpoints (patch)"]),
    ),
    of(
        "kazoo/clicktocall.get.200.json",
        200,
        Answer(&[
            "endpoints (show)",
            "endpoints (replace)",
            "endpoints (patch)",
            "endpoints (delete)",
        ]),
    ),
    of(
        "kazoo/clicktocall.history.200.json",
        200,
        Answer(&["endpoints (history)"]),
    ),
    of("kazoo/clicktocall.list.200.json", 200, Answer(&["endpoints (list)"])),
    of(
        "kazoo/clicktocall.not_found.404.json",
        404,
        Answer(&[
            "place_call",
            "endpoints (show)",
            "endpoints (replace)",
            "endpoints (patch)",
            "endpoints (history)",
            "endpoints (delete)",
        ]),
    ),
    of("kazoo/contact_list.200.json", 200, Answer(&["provider_contacts"])),
    of(
        "kazoo/devices.get.200.json",
        200,
        NotAsked("the list of devices says all that is needed"),
    ),
    of(
        "kazoo/devices.list.200.json",
        200,
        Among("list_agents", &[EMPTY_LIST, "kazoo/devices.list.200.json", EMPTY_LIST]),
    ),
    of(
        "kazoo/devices.of_user.200.json",
        200,
        Among(
            "list_agents",
            &[EMPTY_LIST, "kazoo/devices.of_user.200.json", EMPTY_LIST],
        ),
    ),
    of(
        "kazoo/devices.status.200.json",
        200,
        Among(
            "list_agents",
            &[
                EMPTY_LIST,
                "kazoo/devices.of_user.200.json",
                "kazoo/devices.status.200.json",
            ],
        ),
    ),
    of(
        "kazoo/directories.get.200.json",
        200,
        NotAsked("the contact list holds the same people"),
    ),
    of(
        "kazoo/directories.list.200.json",
        200,
        NotAsked("the contact list holds the same people"),
    ),
    of("kazoo/error.400.bad_json.json", 400, Refusal),
    of("kazoo/error.401.expired_token.json", 401, Refusal),
    of("kazoo/error.401.mfa_required.json", 401, Answer(&["sign_in"])),
    of("kazoo/error.401.no_token.json", 401, Refusal),
    of("kazoo/error.403.json", 403, Refusal),
    of("kazoo/error.403.token_restricted.json", 403, Refusal),
    of("kazoo/error.404.api_key.json", 404, Answer(&["sign_in"])),
    of(
        "kazoo/error.404.channel.json",
        404,
        Answer(&["end_call", "transfer_call"]),
    ),
    of("kazoo/error.409.json", 409, Refusal),
    of("kazoo/error.423.account_disabled.json", 423, Refusal),
    of("kazoo/error.429.json", 429, Refusal),
    of("kazoo/error.503.json", 503, Refusal),
    of("kazoo/legacy.websocket.CHANNEL_ANSWER.json", 200, Streamed),
    of("kazoo/legacy.websocket.CHANNEL_CREATE.json", 200, Streamed),
    of("kazoo/legacy.websocket.CHANNEL_DESTROY.json", 200, Streamed),
    of("kazoo/pagination.page1.200.json", 200, Answer(&["call_records"])),
    of("kazoo/pagination.page2.200.json", 200, Answer(&["call_records"])),
    of(
        "kazoo/phone_numbers.classify.200.json",
        200,
        NotAsked("numbers are read on this machine"),
    ),
    of(
        "kazoo/phone_numbers.get.200.json",
        200,
        NotAsked("the list of numbers says all that is needed"),
    ),
    of("kazoo/phone_numbers.get.404.json", 404, Answer(&["list_dids"])),
    of(
        "kazoo/phone_numbers.list.200.json",
        200,
        Among("list_dids", &["kazoo/phone_numbers.list.200.json", EMPTY_NUMBERS]),
    ),
    of(
        "kazoo/quickcall.device.get.2xx.json",
        200,
        Answer(&["place_call", "choose_caller_id"]),
    ),
    of(
        "kazoo/quickcall.post.500.json",
        500,
        Answer(&["place_call", "choose_caller_id"]),
    ),
    of(
        "kazoo/quickcall.user.get.2xx.json",
        200,
        Answer(&["place_call", "choose_caller_id"]),
    ),
    of(
        "kazoo/token_auth.delete.200.json",
        200,
        NotAsked("a session ends by itself"),
    ),
    of("kazoo/token_auth.invalid.401.json", 401, Refusal),
    of(
        "kazoo/token_auth.valid.200.json",
        200,
        NotAsked("a session shows in the first request whether it is good"),
    ),
    of("kazoo/user_auth.201.json", 201, Answer(&["sign_in"])),
    of(
        "kazoo/user_auth.token_info.200.json",
        200,
        NotAsked("the sign-in has told the same"),
    ),
    of(
        "kazoo/users.list.200.json",
        200,
        Among("list_agents", &["kazoo/users.list.200.json", EMPTY_LIST, EMPTY_LIST]),
    ),
    of("kazoo/webhook.channel_answer.json", 200, Event),
    of("kazoo/webhook.channel_bridge.json", 200, Event),
    of("kazoo/webhook.channel_create.json", 200, Event),
    of("kazoo/webhook.channel_destroy.json", 200, Event),
    of(
        "kazoo/webhooks.attempts.200.json",
        200,
        NotAsked("whether a hook is switched off stands in the hook"),
    ),
    of(
        "kazoo/webhooks.available.200.json",
        200,
        NotAsked("the hooks that are understood here are known"),
    ),
    of(
        "kazoo/webhooks.samples.200.json",
        200,
        NotAsked("the hooks that are understood here are known"),
    ),
    of("kazoo/websocket.error.reply.json", 200, Streamed),
    of("kazoo/websocket.event.CHANNEL_ANSWER.json", 200, Streamed),
    of("kazoo/websocket.event.CHANNEL_BRIDGE.json", 200, Streamed),
    of("kazoo/websocket.event.CHANNEL_CREATE.json", 200, Streamed),
    of("kazoo/websocket.event.CHANNEL_DESTROY.json", 200, Streamed),
    of("kazoo/websocket.ping.reply.json", 200, Streamed),
    of("kazoo/websocket.subscribe.reply.json", 200, Streamed),
    of("kazoo/websocket.unsubscribe.reply.json", 200, Streamed),
    of(
        "kazoo/websockets.available.200.json",
        200,
        NotAsked("the events that are understood here are known"),
    ),
    of(
        "kazoo/websockets.get.200.json",
        200,
        NotAsked("other people's connections are theirs"),
    ),
    of(
        "kazoo/websockets.list.200.json",
        200,
        NotAsked("other people's connections are theirs"),
    ),
];
