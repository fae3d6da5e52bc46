//! Channels as live calls, and ending one.

use providers::{Ask, CallToEnd, EndAnswer, ErrorKind, HttpReply, LiveCall, Retry, Told, TransferOrder};
use serde_json::{Value, json};
use telephony::{Direction, LegNaming, LegState};

use super::*;

async fn live(provider: &dyn Provider, channels: Value) -> Vec<LiveCall> {
    let transport = Script::of([reply(200, &success(&channels))]);
    let calls = provider.live_calls(&signed_in(), &transport).await.unwrap();
    assert_eq!(transport.urls(), [format!("{BASE}/channels")]);
    calls
}

fn channel(uuid: &str, to: &str, answered: bool, more: Value) -> Value {
    let mut channel = json!({
        "uuid": uuid, "direction": "outbound", "destination": to, "answered": answered, "timestamp": 63_900_000_000_i64,
        "authorizing_type": "clicktocall", "authorizing_id": ENDPOINT, "interaction_id": "63900000000-ab",
        "custom_application_vars": { "launch_id": OUR_ID },
    });
    for (name, value) in more.as_object().unwrap() {
        channel[name] = value.clone();
    }
    channel
}

#[tokio::test]
async fn telephones_of_one_call_are_one_call_and_loopback_legs_are_none() {
    let channels = json!([
        channel("loop", "1001", true, json!({ "is_loopback": true })),
        channel("desk", "1001", true, json!({ "owner_id": USER })),
        channel("line", "+442079460123", false, json!({ "caller_id_number": "+442079460001" })),
        { "uuid": "other", "direction": "outbound", "destination": "1007", "answered": true, "other_leg": "x" },
    ]);
    let calls = live(&*click_to_call(&[]), channels.clone()).await;
    let [ours, other] = calls.as_slice() else {
        panic!("{calls:?}")
    };
    assert_eq!(ours.provider_call_id, "63900000000-ab");
    assert_eq!(ours.our_id.as_deref(), Some(OUR_ID));
    assert_eq!(ours.leg_ids, ["desk", "line"]);
    assert_eq!(ours.direction, Some(Direction::Outbound));
    assert_eq!(
        (ours.agent_leg, ours.customer_leg),
        (Some(LegState::Answered), Some(LegState::Ringing))
    );
    assert_eq!(ours.customer, Some(number("+442079460123")));
    assert_eq!(ours.caller_id, Some(number("+442079460001")));
    assert_eq!(ours.agents, ["1001", ENDPOINT, USER]);
    assert_eq!(ours.started_at.unwrap().to_string(), "2024-11-28T08:00:00Z");
    assert_eq!((other.provider_call_id.as_str(), other.our_id.clone()), ("other", None));
    // Whose they are hangs on whom they ring, not on who is rung first.
    let calls = live(&*click_to_call(&[("dial_first", "contact")]), channels).await;
    assert_eq!(
        (calls[0].agent_leg, calls[0].customer_leg, calls[0].leg_naming),
        (Some(LegState::Answered), Some(LegState::Ringing), LegNaming::Party)
    );
}

#[tokio::test]
async fn a_list_that_is_cut_off_or_names_no_channel_is_an_error() {
    for body in [
        r#"{"status":"success","data":[],"next_start_key":"a"}"#.to_owned(),
        success(&json!([{ "answered": true }])),
        success(&json!({})),
        "<html>".to_owned(),
    ] {
        let transport = Script::of([reply(200, &body)]);
        let error = click_to_call(&[])
            .live_calls(&signed_in(), &transport)
            .await
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::ResponseUnexpected, "{body}");
    }
    // The documented samples, in both spellings.
    let calls = live(&*click_to_call(&[]), json!([])).await;
    assert!(calls.is_empty());
    let list: Value = serde_json::from_str(&sample("channels.list.200")).unwrap();
    assert_eq!(live(&*click_to_call(&[]), list["data"].clone()).await.len(), 1);
    let one: Value = serde_json::from_str(&sample("channels.get.200")).unwrap();
    let calls = live(&*click_to_call(&[]), json!([one["data"]])).await;
    assert_eq!(calls[0].leg_ids, ["leg-1@10.0.0.1"]);
    assert_eq!(calls[0].agent_leg, Some(LegState::Answered));
}

fn call(leg_ids: &[&str]) -> CallToEnd {
    CallToEnd {
        provider_call_id: None,
        provider_request_id: None,
        leg_ids: leg_ids.iter().map(|id| (*id).to_owned()).collect(),
        our_id: Some(OUR_ID.into()),
        customer: None,
    }
}

async fn end(call: CallToEnd, answers: Vec<HttpReply>) -> (EndAnswer, Vec<String>) {
    let transport = Script::of(answers);
    let answer = click_to_call(&[]).end_call(&call, &signed_in(), &transport).await;
    let sent = transport.sent();
    let line =
        |request: &providers::HttpRequest| format!("{} {}", request.method, request.url.strip_prefix(BASE).unwrap());
    (answer, sent.iter().map(line).collect())
}

fn hung_up() -> HttpReply {
    reply(200, &sample("channels.hangup.2xx"))
}

fn there() -> HttpReply {
    reply(200, &sample("channels.get.200"))
}

#[tokio::test(start_paused = true)]
async fn an_end_is_believed_when_the_channel_is_gone() {
    let (answer, sent) = end(call(&["a@1.2"]), vec![hung_up(), there(), gone(), gone()]).await;
    assert!(matches!(answer, EndAnswer::Accepted));
    assert_eq!(sent[0], "POST /channels/a%401.2");
    assert_eq!(sent[1], "GET /channels/a%401.2");
}

#[tokio::test(start_paused = true)]
async fn the_other_leg_is_tried_once_where_the_first_stays() {
    let mut answers = vec![hung_up()];
    answers.extend((0..7).map(|_| there()));
    // The other leg takes it with it.
    answers.extend([hung_up(), gone(), gone(), gone()]);
    let (answer, sent) = end(call(&["a", "b"]), answers).await;
    assert!(matches!(answer, EndAnswer::Accepted), "{answer:?}");
    assert_eq!(sent.iter().filter(|line| line.starts_with("POST")).count(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_order_that_nobody_carries_out_fails_with_what_to_do() {
    let mut answers = vec![hung_up()];
    answers.extend((0..8).map(|_| there()));
    let (answer, _) = end(call(&["a"]), answers).await;
    let EndAnswer::Failed(error) = answer else {
        panic!("{answer:?}")
    };
    assert_eq!(error.fields["end_call"], "hang_up_on_phone");
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_channels_are_not_known_is_looked_up_by_our_id() {
    let channels = json!([
        channel("loop", "1001", true, json!({ "is_loopback": true })),
        channel("desk", "1001", true, json!({})),
    ]);
    let answers = vec![reply(200, &success(&channels)), hung_up(), gone(), gone(), gone()];
    let (answer, sent) = end(call(&[]), answers).await;
    assert!(matches!(answer, EndAnswer::Accepted));
    assert_eq!(sent[..2], ["GET /channels", "POST /channels/desk"]);
    let (answer, _) = end(call(&[]), vec![reply(200, &success(&json!([])))]).await;
    assert!(matches!(answer, EndAnswer::Failed(error) if error.kind == ErrorKind::CallNotFound));
}

#[tokio::test(start_paused = true)]
async fn what_is_gone_already_is_over_and_a_bare_404_says_nothing() {
    let (answer, _) = end(call(&["a"]), vec![gone(), gone()]).await;
    assert!(matches!(answer, EndAnswer::AlreadyOver));
    let (answer, _) = end(call(&["a"]), vec![reply(404, "<html>")]).await;
    assert!(matches!(answer, EndAnswer::Failed(error) if error.kind == ErrorKind::ConfigInvalid));
}

fn order(leg_ids: &[&str], call: Option<&str>) -> Ask {
    Ask::Transfer(TransferOrder {
        provider_call_id: call.map(str::to_owned),
        leg_ids: leg_ids.iter().map(|id| (*id).to_owned()).collect(),
        to: "+442079460199".into(),
        attended: false,
    })
}

fn taken() -> HttpReply {
    reply(200, &success(&json!("transfer initiated")))
}

fn line() -> Value {
    channel(
        "line",
        "+442079460123",
        true,
        json!({ "interaction_id": "63900000000-ab" }),
    )
}

fn desk() -> Value {
    channel("desk", "1001", true, json!({ "interaction_id": "63900000000-ab" }))
}

#[tokio::test]
async fn the_agents_own_leg_is_what_hands_a_call_on() {
    let gone = json!([line()]);
    let new = json!([
        line(),
        desk(),
        channel("third", "1003", false, json!({ "other_leg": "desk" }))
    ]);
    for (asked, after) in [
        (order(&["line", "desk"], None), gone),
        (order(&[], Some("63900000000-ab")), new),
    ] {
        let before = json!([line(), desk()]);
        let transport = Script::of([
            reply(200, &success(&before)),
            taken(),
            // Nothing has happened yet.
            reply(200, &success(&before)),
            reply(200, &success(&after)),
        ]);
        let told = click_to_call(&[]).ask(&asked, &signed_in(), &transport).await.unwrap();
        let message = Some("transfer initiated".into());
        assert_eq!(told, Told::Done { message });
        let sent = as_sent(&transport.sent()[1]);
        assert_eq!(sent["url"], format!("{BASE}/channels/desk"));
        assert_eq!(
            sent["body"]["data"],
            json!({ "action": "transfer", "target": "00442079460199", "transfer-type": "blind" })
        );
    }
}

#[tokio::test]
async fn an_order_that_is_taken_and_changes_nothing_is_told() {
    let same = || reply(200, &success(&json!([line(), desk()])));
    let answers = [same(), taken()].into_iter().chain((0..7).map(|_| same()));
    let transport = Script::of(answers.collect::<Vec<_>>());
    let told = click_to_call(&[])
        .ask(&order(&["line", "desk"], None), &signed_in(), &transport)
        .await;
    let error = told.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotCarriedOut);
}

#[tokio::test]
async fn an_endpoint_that_rings_another_telephone_makes_that_one_the_agents() {
    let own = json!({ "launch_id": OUR_ID, "launch_to": "+442079460123", "launch_from": "1003" });
    let unknown = json!({ "launch_id": OUR_ID, "launch_to": "+442079460123" });
    for variables in [own, unknown] {
        let of_another = |id: &str, to: &str, answered: bool| {
            let more = json!({ "authorizing_id": "another-1", "custom_application_vars": variables, "owner_id": "other-user" });
            channel(id, to, answered, more)
        };
        let channels = json!([
            of_another("desk", "1003", true),
            channel(
                "line",
                "+442079460123",
                false,
                json!({ "authorizing_id": "another-1", "custom_application_vars": variables })
            ),
        ]);
        // The account's own agent is on 1001.
        let calls = live(&*click_to_call(&[("agent_number", "1001")]), channels).await;
        assert_eq!(
            (calls[0].agent_leg, calls[0].customer_leg, calls[0].leg_naming),
            (Some(LegState::Answered), Some(LegState::Ringing), LegNaming::Party),
            "{variables}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_after_which_nobody_can_look_may_have_been_carried_out() {
    let same = || reply(200, &success(&json!([line(), desk()])));
    for (answers, retry) in [
        // Nothing was ordered yet.
        (vec![reply(503, "")], Retry::Later { after: None }),
        (vec![same(), reply(503, "")], Retry::MayHaveHappened),
        (vec![same(), reply(200, "<html>")], Retry::MayHaveHappened),
        (vec![same(), reply(403, "")], Retry::AfterFixingSettings),
        (vec![same(), taken(), reply(503, "")], Retry::MayHaveHappened),
        (vec![same(), taken(), same(), reply(403, "")], Retry::MayHaveHappened),
    ] {
        let transport = Script::of(answers);
        let told = click_to_call(&[])
            .ask(&order(&["line", "desk"], None), &signed_in(), &transport)
            .await;
        assert_eq!(told.unwrap_err().retry, retry, "{:?}", transport.urls());
    }
}
