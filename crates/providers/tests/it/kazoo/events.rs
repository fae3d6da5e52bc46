//! Events of legs as facts, from webhooks and from the websocket. The snapshots were reviewed.

use jiff::tz::TimeZone;
use providers::{DecodeContext, ErrorKind, RawEvent, StreamNews};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use telephony::{
    Call, CallOutcome, DialOrder, Direction, Dispatch, Fact, FactKind, FactSource, LegNaming, LegState, Phase, Placed,
    Region,
};

use super::*;

fn received_at() -> Timestamp {
    "2026-10-01T00:00:00Z".parse().unwrap()
}

fn decode(body: &str) -> Vec<Fact> {
    let context = DecodeContext {
        region: Region::IE,
        time_zone: TimeZone::get("Europe/Dublin").unwrap(),
        received_at: received_at(),
        identifier_name: None,
    };
    let event = RawEvent {
        content_type: None,
        body: body.as_bytes(),
    };
    providers::decode(ProviderKind::Kazoo, event, &context).unwrap()
}

fn streamed(provider: &dyn Provider, frame: &Value) -> Vec<Fact> {
    let news = provider.read_stream(&frame.to_string(), received_at());
    let StreamNews::Facts(facts) = news else {
        panic!("{news:?}")
    };
    facts
}

/// An event as the websocket has it.
fn frame(name: &str, call_id: &str, to: &str, more: Value) -> Value {
    let mut data = json!({
        "event_name": name, "call_id": call_id, "call_direction": "outbound", "to": format!("{to}@pbx.example"),
        "timestamp": 63_900_000_000_i64, "interaction_id": "63900000000-ab",
        "custom_application_vars": { "launch_id": OUR_ID },
        "custom_channel_vars": { "authorizing_type": "clicktocall", "authorizing_id": ENDPOINT },
    });
    for (name, value) in more.as_object().unwrap() {
        data[name] = value.clone();
    }
    json!({ "action": "event", "name": name, "subscribed_key": format!("call.{name}.*"), "data": data })
}

macro_rules! samples {
    ($($name:ident: $path:literal,)*) => {
        $(
            #[test]
            fn $name() {
                insta::assert_json_snapshot!(stringify!($name), decode(&sample($path)));
            }
        )*
    };
}

samples! {
    webhook_create: "webhook.channel_create",
    webhook_answer: "webhook.channel_answer",
    webhook_bridge: "webhook.channel_bridge",
    webhook_destroy: "webhook.channel_destroy",
    websocket_create: "websocket.event.CHANNEL_CREATE",
    websocket_answer: "websocket.event.CHANNEL_ANSWER",
    websocket_bridge: "websocket.event.CHANNEL_BRIDGE",
    websocket_destroy: "websocket.event.CHANNEL_DESTROY",
    legacy_create: "legacy.websocket.CHANNEL_CREATE",
    legacy_answer: "legacy.websocket.CHANNEL_ANSWER",
    legacy_destroy: "legacy.websocket.CHANNEL_DESTROY",
}

#[test]
fn the_stream_reads_its_samples_like_the_decoder() {
    for name in ["CREATE", "ANSWER", "BRIDGE", "DESTROY"] {
        let text = sample(&format!("websocket.event.CHANNEL_{name}"));
        let facts = streamed(
            &*account(ProviderKind::Kazoo, &[]),
            &serde_json::from_str(&text).unwrap(),
        );
        assert_eq!(facts, decode(&text), "{name}");
    }
    let text = sample("legacy.websocket.CHANNEL_ANSWER");
    let facts = streamed(
        &*account(ProviderKind::Kazoo, &[]),
        &serde_json::from_str(&text).unwrap(),
    );
    assert_eq!(facts, decode(&text));
}

#[test]
fn replies_are_signs_of_life_and_a_refusal_is_one() {
    let provider = click_to_call(&[]);
    for name in ["subscribe.reply", "unsubscribe.reply", "ping.reply"] {
        let news = provider.read_stream(&sample(&format!("websocket.{name}")), received_at());
        assert!(matches!(news, StreamNews::Answered), "{name}: {news:?}");
    }
    let news = provider.read_stream(&sample("websocket.error.reply"), received_at());
    assert!(matches!(news, StreamNews::Refused(error) if error.kind == ErrorKind::ResponseUnexpected));
    let refused = json!({ "action": "reply", "request_id": "1", "status": "error", "data": { "errors": ["invalid auth token"] } });
    let news = provider.read_stream(&refused.to_string(), received_at());
    assert!(matches!(news, StreamNews::Refused(error) if error.kind == ErrorKind::CredentialsRejected));
    for nonsense in ["", "[]", "pong", "{}"] {
        assert!(matches!(
            provider.read_stream(nonsense, received_at()),
            StreamNews::Unknown
        ));
    }
}

#[test]
fn the_stream_subscribes_to_each_event_on_its_own() {
    let stream = click_to_call(&[]).event_stream(&signed_in()).unwrap();
    assert_eq!(stream.url, "wss://pbx.example/ws");
    let frames: Vec<Value> = stream
        .opening
        .iter()
        .map(|frame| serde_json::from_str(frame.expose_secret()).unwrap())
        .collect();
    assert_eq!(
        frames[0],
        json!({
            "action": "subscribe",
            "auth_token": "made.up.token",
            "request_id": "1",
            "data": { "account_id": ACCOUNT, "binding": "call.CHANNEL_CREATE.*" },
        })
    );
    assert_eq!(frames.len(), 4);
    let ping: Value = serde_json::from_str(stream.ping.expose_secret()).unwrap();
    assert_eq!(ping["action"], "ping");
    assert!(!format!("{stream:?}").contains("made.up.token"));
    let configured = click_to_call(&[("websocket_url", "wss://events.example:5556")]);
    assert_eq!(
        configured.event_stream(&signed_in()).unwrap().url,
        "wss://events.example:5556/"
    );
    assert!(click_to_call(&[]).event_stream(&secrets()).is_none());
}

#[test]
fn whose_leg_it_is_follows_from_whom_it_rings() {
    let kind = |provider: &dyn Provider, to: &str, more: Value| {
        let fact = streamed(provider, &frame("CHANNEL_ANSWER", "a", to, more)).remove(0);
        (
            fact.kind,
            fact.leg_naming,
            fact.customer.map(|number| number.to_string()),
        )
    };
    use FactKind::{AgentLegAnswered, CustomerLegAnswered};
    use LegNaming::{Party, Position};
    let customer = Some("+442079460123".to_owned());
    let provider = click_to_call(&[]);
    assert_eq!(kind(&*provider, "1001", json!({})), (AgentLegAnswered, Party, None));
    let caller = json!({ "caller_id_number": "+442079460123" });
    assert_eq!(
        kind(&*provider, "1001", caller),
        (AgentLegAnswered, Party, customer.clone())
    );
    assert_eq!(
        kind(&*provider, "+442079460123", json!({})),
        (CustomerLegAnswered, Party, customer.clone())
    );
    // A device's own name, with the extension beside it.
    let device = json!({ "callee_id_number": "1001" });
    assert_eq!(kind(&*provider, "user_zu0bf7", device), (AgentLegAnswered, Party, None));
    // A colleague who is called.
    assert_eq!(kind(&*provider, "1002", json!({})), (CustomerLegAnswered, Party, None));
    // An agent's mobile that is not among the settings: the request's own order tells.
    let bare = account(ProviderKind::Kazoo, &[]);
    let vars = json!({ "custom_channel_vars": {
        "authorizing_type": "clicktocall", "from_uri": "+442079460009@pbx.example", "request_uri": "+442079460123@pbx.example",
    } });
    assert_eq!(
        kind(&*bare, "+442079460009", vars.clone()),
        (AgentLegAnswered, Position, None)
    );
    assert_eq!(
        kind(&*bare, "+442079460123", vars),
        (CustomerLegAnswered, Position, None)
    );
}

#[test]
fn a_leg_that_is_no_telephone_and_one_answered_elsewhere_give_no_facts() {
    let provider = click_to_call(&[]);
    for more in [
        json!({ "channel_is_loopback": "true" }),
        json!({ "is_internal_leg": true }),
        json!({ "channel_name": "loopback/1001-a" }),
        json!({ "hangup_cause": "LOSE_RACE" }),
    ] {
        assert_eq!(
            streamed(&*provider, &frame("CHANNEL_DESTROY", "a", "1001", more.clone())),
            [],
            "{more}"
        );
    }
}

#[test]
fn a_form_reads_like_json() {
    let form = "hook_event=channel_answer&call_id=a&call_direction=outbound&to=1001%40pbx.example&timestamp=63900000000\
                &custom_application_vars%5Blaunch_id%5D=ours&is_internal_leg=false";
    let json = json!({
        "hook_event": "channel_answer", "call_id": "a", "call_direction": "outbound", "to": "1001@pbx.example",
        "timestamp": "63900000000", "custom_application_vars": { "launch_id": "ours" }, "is_internal_leg": false,
    });
    assert_eq!(decode(form), decode(&json.to_string()));
    assert_eq!(decode(form)[0].our_id.as_deref(), Some("ours"));
    assert_eq!(decode(form)[0].source, FactSource::Webhook);
}

#[test]
fn the_cause_says_how_an_unanswered_leg_ended_and_nothing_of_an_answered_one() {
    use CallOutcome::*;
    let provider = click_to_call(&[]);
    let outcome = |to: &str, cause: &str, talk: u32| {
        let more = json!({ "hangup_cause": cause, "billing_seconds": talk.to_string() });
        let fact = streamed(&*provider, &frame("CHANNEL_DESTROY", "a", to, more)).remove(0);
        assert_ne!(fact.kind, FactKind::CallEnded);
        fact.outcome
    };
    let table = [
        ("USER_BUSY", Some(AgentBusy), Some(CustomerBusy)),
        ("NO_ANSWER", Some(AgentNoAnswer), Some(CustomerNoAnswer)),
        ("ALLOTTED_TIMEOUT", Some(AgentNoAnswer), Some(CustomerNoAnswer)),
        ("CALL_REJECTED", Some(AgentUnavailable), Some(CustomerRejected)),
        ("USER_NOT_REGISTERED", Some(AgentUnavailable), Some(Failed)),
        ("UNALLOCATED_NUMBER", Some(Failed), Some(Failed)),
        ("ORIGINATOR_CANCEL", Some(Cancelled), Some(Cancelled)),
        ("NORMAL_CLEARING", None, None),
    ];
    for (cause, agent, customer) in table {
        assert_eq!(outcome("1001", cause, 0), agent, "{cause}");
        assert_eq!(outcome("+442079460123", cause, 0), customer, "{cause}");
        assert_eq!(outcome("+442079460123", cause, 9), None, "{cause}");
    }
}

#[test]
fn an_incoming_call_is_received_rings_the_agent_and_is_missed() {
    let provider = click_to_call(&[]);
    let inbound = |name: &str, call_id: &str, more: Value| {
        let mut data = json!({ "event_name": name, "call_id": call_id, "timestamp": 63_900_000_000_i64 });
        for (name, value) in more.as_object().unwrap() {
            data[name] = value.clone();
        }
        streamed(&*provider, &json!({ "action": "event", "name": name, "data": data })).remove(0)
    };
    let caller = json!({ "call_direction": "inbound", "from": "+442079460123@carrier", "request": "+442079460001@pbx",
        "custom_channel_vars": { "authorizing_type": "resource" } });
    let received = inbound("CHANNEL_CREATE", "c", caller);
    assert_eq!(
        (received.kind, received.direction),
        (FactKind::CallReceived, Some(Direction::Inbound))
    );
    assert_eq!(received.customer, Some(number("+442079460123")));
    assert_eq!(received.caller_id, Some(number("+442079460001")));
    let phone = json!({ "call_direction": "outbound", "to": "1001@pbx.example", "caller_id_number": "+442079460123" });
    let ringing = inbound("CHANNEL_CREATE", "a", phone.clone());
    assert_eq!(
        (ringing.kind, ringing.direction),
        (FactKind::AgentLegRinging, Some(Direction::Inbound))
    );
    assert_eq!(
        (ringing.agent.as_deref(), ringing.customer),
        (Some("1001"), Some(number("+442079460123")))
    );
    let mut over = phone;
    over["hangup_cause"] = "NO_ANSWER".into();
    assert_eq!(inbound("CHANNEL_DESTROY", "a", over).outcome, Some(CallOutcome::Missed));
}

fn read(frames: &[Value]) -> Call {
    let provider = click_to_call(&[]);
    let placed = Placed {
        direction: Direction::Outbound,
        dial_order: DialOrder::AgentFirst,
        dispatch: Some(Dispatch::Accepted),
        requested_at: received_at(),
        reason: None,
        reports_progress: true,
        end_accepted: false,
        call_timeout: None,
    };
    Call::read(
        &placed,
        &frames.iter().flat_map(|frame| streamed(&*provider, frame)).collect(),
    )
}

#[test]
fn a_call_is_followed_from_ring_to_end() {
    let at = |second: i64| json!({ "timestamp": 63_900_000_000_i64 + second });
    let ended = |second: i64, cause: &str, talk: u32| json!({ "timestamp": 63_900_000_000_i64 + second, "hangup_cause": cause, "billing_seconds": talk });
    let talked = [
        frame("CHANNEL_CREATE", "a", "1001", at(0)),
        frame("CHANNEL_ANSWER", "a", "1001", at(4)),
        frame("CHANNEL_CREATE", "c", "+442079460123", at(5)),
        frame("CHANNEL_ANSWER", "c", "+442079460123", at(11)),
        frame(
            "CHANNEL_DESTROY",
            "c",
            "+442079460123",
            ended(41, "NORMAL_CLEARING", 30),
        ),
        frame("CHANNEL_DESTROY", "a", "1001", ended(41, "NORMAL_CLEARING", 37)),
    ];
    let phases: Vec<Phase> = (1..=6).map(|count| read(&talked[..count]).phase).collect();
    use Phase::*;
    assert_eq!(
        phases,
        [
            RingingAgent,
            RingingCustomer,
            RingingCustomer,
            Connected,
            Connected,
            Ended
        ]
    );
    let call = read(&talked);
    assert_eq!((call.outcome, call.talk_seconds), (Some(CallOutcome::Talked), Some(30)));
    assert_eq!(call.provider_ids.leg_ids, ["a", "c"]);
    let unanswered = [
        frame("CHANNEL_CREATE", "a", "1001", at(0)),
        frame("CHANNEL_DESTROY", "a", "1001", ended(30, "NO_ANSWER", 0)),
    ];
    assert_eq!(read(&unanswered).outcome, Some(CallOutcome::AgentNoAnswer));
    let busy = [
        frame("CHANNEL_ANSWER", "a", "1001", at(4)),
        frame("CHANNEL_CREATE", "c", "+442079460123", at(5)),
        frame("CHANNEL_DESTROY", "c", "+442079460123", ended(6, "USER_BUSY", 0)),
        frame("CHANNEL_DESTROY", "a", "1001", ended(8, "NORMAL_CLEARING", 4)),
    ];
    assert_eq!(read(&busy).outcome, Some(CallOutcome::CustomerBusy));
}

/// An event of a call that we placed to a customer.
fn placed(name: &str, call_id: &str, to: &str, second: i64, more: Value) -> Value {
    let mut fields = json!({
        "timestamp": 63_900_000_000_i64 + second,
        "custom_application_vars": { "launch_id": OUR_ID, "launch_to": "+442079460123" },
    });
    for (name, value) in more.as_object().unwrap() {
        fields[name] = value.clone();
    }
    frame(name, call_id, to, fields)
}

#[test]
fn a_call_that_is_handed_on_tells_to_whom_and_lives_until_the_customer_is_gone() {
    let ended = |talk: u32| json!({ "hangup_cause": "NORMAL_CLEARING", "billing_seconds": talk });
    let bridged = |to: &str| json!({ "other_leg_destination_number": to });
    let events = [
        placed("CHANNEL_ANSWER", "a", "1001", 4, json!({})),
        placed("CHANNEL_ANSWER", "c", "+442079460123", 11, json!({})),
        placed("CHANNEL_CREATE", "t", "1003", 30, json!({})),
        placed("CHANNEL_ANSWER", "t", "1003", 33, json!({})),
        // The agent speaks to them first.
        placed("CHANNEL_BRIDGE", "t", "1003", 33, bridged("1001")),
        placed("CHANNEL_DESTROY", "a", "1001", 40, ended(36)),
        placed("CHANNEL_BRIDGE", "t", "1003", 40, bridged("+442079460123")),
        placed("CHANNEL_DESTROY", "c", "+442079460123", 71, ended(60)),
        placed("CHANNEL_DESTROY", "t", "1003", 71, ended(38)),
    ];
    let to: Vec<Option<String>> = (1..=9).map(|count| read(&events[..count]).transferred_to).collect();
    let colleague = Some("1003".to_owned());
    assert_eq!(to[..6], [None, None, None, None, None, None]);
    assert_eq!(to[6..], [colleague.clone(), colleague.clone(), colleague.clone()]);
    let talking = read(&events[..7]);
    assert_eq!(talking.phase, Phase::Connected);
    assert_eq!(talking.legs.others.len(), 1);
    assert_eq!(talking.legs.others[0].who, colleague);
    assert_eq!(talking.legs.others[0].state, LegState::Answered);
    let over = read(&events);
    assert_eq!(
        (over.phase, over.outcome, over.talk_seconds),
        (Phase::Ended, Some(CallOutcome::Talked), Some(60))
    );
    assert_eq!(over.legs.others[0].state, LegState::Ended);
}

#[test]
fn a_further_party_is_told_only_where_both_others_are_known() {
    let kind = |provider: &dyn Provider, to: &str, more: Value| {
        let event = placed("CHANNEL_ANSWER", "x", to, 0, more);
        streamed(provider, &event).remove(0).kind
    };
    use FactKind::{AgentLegAnswered, CustomerLegAnswered, OtherLegAnswered};
    let provider = click_to_call(&[]);
    assert_eq!(kind(&*provider, "+442079460199", json!({})), OtherLegAnswered);
    // The customer, in a carrier's spelling and behind a prefix.
    assert_eq!(kind(&*provider, "442079460123", json!({})), CustomerLegAnswered);
    assert_eq!(kind(&*provider, "99900442079460123", json!({})), CustomerLegAnswered);
    // A telephone that says nobody's number, or that our request rings, or that is the agent's own.
    assert_eq!(kind(&*provider, "user_zu0bf7", json!({})), AgentLegAnswered);
    let rung = json!({ "origination_call_id": "c2c-x-1" });
    assert_ne!(kind(&*provider, "+442079460199", rung), OtherLegAnswered);
    let own = click_to_call(&[("user_id", USER)]);
    let vars = json!({ "custom_channel_vars": { "authorizing_type": "device", "owner_id": USER } });
    assert_ne!(kind(&*own, "1009", vars), OtherLegAnswered);
    // Without a telephone of the agent's, anybody could be the agent.
    let bare = account(ProviderKind::Kazoo, &[]);
    assert_ne!(kind(&*bare, "1003", json!({})), OtherLegAnswered);
}

#[test]
fn the_line_of_a_carrier_is_nobodys_name() {
    let event = json!({
        "hook_event": "channel_create", "call_id": "leg-1", "call_direction": "inbound", "timestamp": "63900000000",
        "caller_id_number": "+442079460123", "from": "+442079460123@example.com", "request": "+442079460001@example.com",
        "custom_channel_vars": {
            "authorizing_type": "resource", "authorizing_id": "carrier-1", "interaction_id": "63900000000-ab",
        },
    });
    let facts = decode(&event.to_string());
    assert_eq!(
        (facts[0].kind, facts[0].agent.as_deref()),
        (FactKind::CallReceived, None)
    );
}
