//! A played Kazoo's calls, passed on while they run.

use axum::http::Method;
use exchange::kazoo_tenant::{DEVICE_ID, EXTENSION, USER_ID, USERS};
use serde_json::{Value, json};

use crate::kazoo_stage::{CUSTOMER, CUSTOMER_PLUS, Kazoo, Socket, leg_to, told};

const LONG: &str = "[timings]\ntalk_seconds = 8000\n";
/// A colleague with a telephone that is registered.
const COLLEAGUE: &str = USERS[2].extension;

fn joined(channels: &[Value]) -> bool {
    leg_to(channels, CUSTOMER_PLUS).is_some_and(|leg| leg["answered"] == true)
}

fn answered(channels: &[Value], callee: &str) -> bool {
    leg_to(channels, callee).is_some_and(|leg| leg["answered"] == true)
}

fn id(channels: &[Value], callee: &str) -> String {
    let leg = leg_to(channels, callee).expect("a leg");
    leg["uuid"].as_str().expect("an id").to_owned()
}

async fn talking(script: &str) -> (Kazoo, Vec<Value>) {
    let kazoo = Kazoo::new(script).await;
    kazoo
        .connect(json!({"contact": CUSTOMER, "custom_application_vars": {"launch_id": "ours"}}))
        .await;
    let channels = kazoo.channels_when(joined).await;
    (kazoo, channels)
}

/// The next event that is not about how the call came about.
async fn after_the_beginning(socket: &mut Socket) -> Value {
    loop {
        let event = socket.hear().await;
        if !["CHANNEL_CREATE", "CHANNEL_ANSWER", "CHANNEL_BRIDGE"]
            .iter()
            .any(|name| event["name"] == *name)
        {
            return event;
        }
    }
}

async fn act(kazoo: &Kazoo, uuid: &str, data: Value) {
    let action = data["action"].as_str().expect("an action").to_owned();
    let promised = kazoo.post(&format!("/channels/{uuid}"), data).await;
    assert_eq!(
        (promised.status, &promised.body["data"]),
        (200, &json!(format!("{action} initiated")))
    );
}

#[tokio::test]
async fn a_blind_transfer_ends_the_leg_that_asked_and_rings_another_for_the_one_that_stays() {
    let (kazoo, channels) = talking(LONG).await;
    let mut socket = Socket::watching(&kazoo).await;
    let (agent, customer) = (id(&channels, EXTENSION), id(&channels, CUSTOMER_PLUS));
    act(
        &kazoo,
        &agent,
        json!({"action": "transfer", "target": COLLEAGUE, "transfer-type": "blind"}),
    )
    .await;
    let channels = kazoo.channels_when(|channels| answered(channels, COLLEAGUE)).await;
    let uuids: Vec<&Value> = channels.iter().map(|channel| &channel["uuid"]).collect();
    let new = id(&channels, COLLEAGUE);
    // The loopback pair went with the agent's leg.
    assert_eq!(uuids, [&json!(customer), &json!(new)]);
    let leg = leg_to(&channels, COLLEAGUE).expect("a leg");
    assert_eq!(
        (&leg["other_leg"], &leg["owner_id"]),
        (&json!(customer), &json!(USERS[2].id))
    );
    assert_eq!(leg["custom_application_vars"]["launch_id"], "ours");
    assert_eq!(
        leg_to(&channels, CUSTOMER_PLUS).expect("a leg")["other_leg"],
        json!(new)
    );
    assert_eq!(kazoo.get(&format!("/channels/{agent}")).await.status, 404);
    let colleagues = kazoo.get(&format!("/users/{}/channels", USERS[2].id)).await;
    assert_eq!(colleagues.body["data"][0]["uuid"], json!(new));
    act(&kazoo, &new, json!({"action": "hangup"})).await;
    let events = socket.events_until_gone(5).await;
    // Events come a little after the lists.
    let told = told(&events);
    let begins = told
        .iter()
        .position(|(name, _)| name == "CHANNEL_DESTROY")
        .expect("an end");
    let told = &told[begins..];
    let told: Vec<(&str, &str)> = told.iter().map(|(name, who)| (name.as_str(), who.as_str())).collect();
    assert_eq!(
        told,
        [
            ("CHANNEL_DESTROY", EXTENSION),
            ("CHANNEL_CREATE", COLLEAGUE),
            ("CHANNEL_ANSWER", COLLEAGUE),
            ("CHANNEL_BRIDGE", CUSTOMER_PLUS),
            ("CHANNEL_BRIDGE", COLLEAGUE),
            ("CHANNEL_DESTROY", CUSTOMER_PLUS),
            ("CHANNEL_DESTROY", COLLEAGUE),
        ]
    );
    let bridge = |callee: &str| {
        let found = events
            .iter()
            .rfind(|event| event["name"] == "CHANNEL_BRIDGE" && event["data"]["callee_id_number"] == callee);
        found.expect("a bridge")["data"].clone()
    };
    assert_eq!(bridge(COLLEAGUE)["other_leg_destination_number"], CUSTOMER_PLUS);
    assert_eq!(bridge(CUSTOMER_PLUS)["other_leg_destination_number"], COLLEAGUE);
    kazoo.settled().await;
}

#[tokio::test]
async fn who_transferred_can_dial_again_and_who_was_transferred_to_is_busy() {
    let (kazoo, channels) = talking(LONG).await;
    let agent = id(&channels, EXTENSION);
    act(&kazoo, &agent, json!({"action": "transfer", "target": COLLEAGUE})).await;
    kazoo.channels_when(|channels| answered(channels, COLLEAGUE)).await;
    let mut socket = Socket::watching(&kazoo).await;
    kazoo.connect(json!({"contact": "00442079460002"})).await;
    let channels = kazoo
        .channels_when(|channels| answered(channels, "+442079460002"))
        .await;
    assert_eq!(
        channels
            .iter()
            .filter(|channel| channel["is_loopback"] == false)
            .count(),
        4
    );
    // The second customer cannot be passed on to the same colleague.
    act(
        &kazoo,
        &id(&channels, EXTENSION),
        json!({"action": "transfer", "target": COLLEAGUE}),
    )
    .await;
    let events = socket.events_until_gone(5).await;
    let failed = events
        .iter()
        .find(|event| event["name"] == "CHANNEL_DESTROY" && event["data"]["callee_id_number"] == COLLEAGUE);
    assert_eq!(failed.expect("an end")["data"]["hangup_cause"], "USER_BUSY");
}

#[tokio::test]
async fn a_blind_transfer_to_nobody_leaves_nobody() {
    for (target, cause) in [
        ("00442079460021", Some("NO_ANSWER")),
        ("1999", None),
        (USERS[1].extension, None),
    ] {
        let (kazoo, channels) = talking(&format!("guide = true\n{LONG}")).await;
        let mut socket = Socket::watching(&kazoo).await;
        act(
            &kazoo,
            &id(&channels, EXTENSION),
            json!({"action": "transfer", "target": target}),
        )
        .await;
        let rung = usize::from(cause.is_some());
        let events = socket.events_until_gone(4 + rung).await;
        let causes: Vec<&Value> = events
            .iter()
            .filter(|event| event["name"] == "CHANNEL_DESTROY" && event["data"]["callee_id_number"] == "+442079460021")
            .map(|event| &event["data"]["hangup_cause"])
            .collect();
        assert_eq!(
            causes,
            cause.map(|cause| json!(cause)).iter().collect::<Vec<_>>(),
            "{target}"
        );
        kazoo.channels_when(<[Value]>::is_empty).await;
        kazoo.settled().await;
    }
}

#[tokio::test]
async fn an_attended_transfer_is_spoken_about_first_and_given_up_if_refused() {
    let (kazoo, channels) = talking("[timings]\ntalk_seconds = 8000\nhangs_up_after = 4000\n").await;
    let (agent, customer) = (id(&channels, EXTENSION), id(&channels, CUSTOMER_PLUS));
    let attended = json!({"action": "transfer", "target": COLLEAGUE, "transfer-type": "attended"});
    act(&kazoo, &agent, attended.clone()).await;
    let with_agent = |channels: &[Value]| {
        leg_to(channels, COLLEAGUE).is_some_and(|leg| leg["other_leg"] == json!(agent)) && joined(channels)
    };
    let channels = kazoo.channels_when(with_agent).await;
    // The colleague will not have it.
    act(&kazoo, &id(&channels, COLLEAGUE), json!({"action": "hangup"})).await;
    let back = |channels: &[Value]| {
        leg_to(channels, COLLEAGUE).is_none()
            && leg_to(channels, EXTENSION).is_some_and(|leg| leg["other_leg"] == json!(customer))
    };
    kazoo.channels_when(back).await;
    act(&kazoo, &agent, attended).await;
    kazoo.channels_when(with_agent).await;
    // Hanging up is how the agent hands the customer over.
    act(&kazoo, &agent, json!({"action": "hangup"})).await;
    let over = |channels: &[Value]| {
        leg_to(channels, EXTENSION).is_none()
            && leg_to(channels, COLLEAGUE).is_some_and(|leg| leg["other_leg"] == json!(customer))
    };
    assert_eq!(kazoo.channels_when(over).await.len(), 2);
}

#[tokio::test]
async fn a_move_replaces_once_answered_and_an_interception_takes_the_channel_that_is_named() {
    let (kazoo, channels) = talking(LONG).await;
    let (agent, customer) = (id(&channels, EXTENSION), id(&channels, CUSTOMER_PLUS));
    // By default only a channel that talks to nobody is intercepted.
    let intercept = json!({"action": "intercept", "target_type": "user", "target_id": USERS[2].id});
    act(&kazoo, &customer, intercept).await;
    act(&kazoo, &agent, json!({"action": "move", "device_id": USERS[2].device})).await;
    let moved = |channels: &[Value]| answered(channels, COLLEAGUE) && leg_to(channels, EXTENSION).is_none();
    let channels = kazoo.channels_when(moved).await;
    assert_eq!(
        leg_to(&channels, COLLEAGUE).expect("a leg")["other_leg"],
        json!(customer)
    );
    let intercept =
        json!({"action": "intercept", "target_type": "device", "target_id": DEVICE_ID, "unbridged_only": false});
    act(&kazoo, &customer, intercept).await;
    let taken = |channels: &[Value]| answered(channels, EXTENSION) && leg_to(channels, COLLEAGUE).is_none();
    let channels = kazoo.channels_when(taken).await;
    assert_eq!(
        leg_to(&channels, CUSTOMER_PLUS).expect("a leg")["uuid"],
        json!(customer)
    );
}

#[tokio::test]
async fn without_the_application_a_transfer_is_promised_and_never_done() {
    let (kazoo, channels) = talking(&format!("{LONG}[account.kazoo]\nkonami = false\n")).await;
    let agent = id(&channels, EXTENSION);
    act(&kazoo, &agent, json!({"action": "transfer", "target": COLLEAGUE})).await;
    assert_eq!(kazoo.channels_when(joined).await.len(), 4);
    let nowhere = kazoo
        .post(&format!("/channels/{agent}"), json!({"action": "transfer"}))
        .await;
    assert!(nowhere.body["data"]["target"]["required"].is_object());
    let sideways = json!({"action": "transfer", "target": "1", "transfer-type": "sideways"});
    let sideways = kazoo.post(&format!("/channels/{agent}"), sideways).await;
    assert!(sideways.body["data"]["transfer-type"]["enum"].is_object());
    // A leg of the platform with itself talks to nobody.
    let loopback = channels
        .iter()
        .find(|channel| channel["is_loopback"] == true)
        .expect("a pair");
    let path = format!("/channels/{}", loopback["uuid"].as_str().expect("an id"));
    let refused = kazoo
        .post(&path, json!({"action": "transfer", "target": COLLEAGUE}))
        .await;
    assert!(refused.body["data"]["other_leg_call_id"]["required"].is_object());
}

#[tokio::test]
async fn a_metaflow_is_promised_and_nobody_hears_it_unless_the_operator_has_what_does() {
    let hold = json!({"action": "metaflow", "data": {"module": "hold", "data": {}}});
    for (metaflows, held) in [(false, false), (true, true)] {
        let script = format!("{LONG}[account.kazoo]\nmetaflows = {metaflows}\n");
        let (kazoo, channels) = talking(&script).await;
        let mut socket = Socket::watching(&kazoo).await;
        let agent = id(&channels, EXTENSION);
        let url = kazoo.stage.url(&format!(
            "/accounts/{}/channels/{agent}",
            exchange::kazoo_tenant::ACCOUNT_ID
        ));
        let put = async |body: &Value| {
            let request = kazoo.stage.client.put(&url).header("X-Auth-Token", &kazoo.token);
            kazoo.stage.send(request.json(body)).await
        };
        let promised = put(&hold).await;
        assert_eq!(
            (promised.status, &promised.body["data"]),
            (201, &json!("metaflow initiated"))
        );
        let nested = put(&json!({"action": "metaflow", "data": {"data": {"module": "hold"}}})).await;
        assert!(nested.body["data"]["module"]["required"].is_object());
        assert_eq!(put(&json!({"data": {"module": "hold"}})).await.status, 400);
        if held {
            assert_eq!(after_the_beginning(&mut socket).await["name"], "CHANNEL_HOLD");
            let shown = kazoo.get(&format!("/channels/{agent}")).await;
            assert_eq!(shown.body["data"]["is_on_hold"], true);
        }
        // Holding is no action of a POST.
        let data = json!({"action": "hold"});
        assert_eq!(
            kazoo
                .ask(Method::POST, &format!("/channels/{agent}"), data)
                .await
                .status,
            400
        );
        act(&kazoo, &agent, json!({"action": "hangup"})).await;
        let first = after_the_beginning(&mut socket).await;
        assert_eq!(first["name"], "CHANNEL_DESTROY", "{first}");
    }
}

#[tokio::test]
async fn the_records_of_a_call_that_was_passed_on_hold_every_leg() {
    let (kazoo, channels) = talking("[timings]\ntalk_seconds = 400\nrecords_after = 0\n").await;
    act(
        &kazoo,
        &id(&channels, EXTENSION),
        json!({"action": "transfer", "target": COLLEAGUE}),
    )
    .await;
    kazoo.settled().await;
    let rows = kazoo.get("/cdrs").await.body["data"]
        .as_array()
        .cloned()
        .expect("a list");
    assert_eq!(rows.len(), 3);
    let interaction = rows[0]["interaction_id"].as_str().expect("an id");
    assert!(rows.iter().all(|row| row["interaction_id"] == interaction));
    let row = |callee: &str| {
        rows.iter()
            .find(|row| row["callee_id_number"] == callee)
            .expect("a row")
    };
    let seconds = |row: &Value| {
        row["billing_seconds"]
            .as_str()
            .and_then(|text| text.parse::<u32>().ok())
    };
    assert!(seconds(row(EXTENSION)) < seconds(row(COLLEAGUE)));
    assert_eq!(row(COLLEAGUE)["other_leg_call_id"], row(CUSTOMER_PLUS)["call_id"]);
    let calls = kazoo.get("/cdrs/interaction").await.body["data"]
        .as_array()
        .cloned()
        .expect("a list");
    assert_eq!(calls.len(), 1);
    let record = rows[1]["id"].as_str().expect("an id");
    for named in [interaction, record] {
        let legs = kazoo.get(&format!("/cdrs/legs/{named}")).await;
        assert_eq!(legs.body["data"].as_array().map(Vec::len), Some(3), "{named}");
    }
    assert_eq!(kazoo.get("/cdrs/legs/63908006400-00000000").await.status, 404);
    let own = kazoo.get(&format!("/users/{USER_ID}/cdrs/interaction")).await;
    assert_eq!(own.body["data"][0]["callee_id_number"], EXTENSION);
    let month = 32 * 86_400;
    let wide = kazoo
        .get(&format!(
            "/cdrs?created_from=63908006400&created_to={}",
            63_908_006_400_i64 + month
        ))
        .await;
    assert!(wide.body["data"]["created_from"]["date_range"].is_object());
}
