//! Superfone's customers: found, entered, changed, and told of.

use exchange::Plays;
use serde_json::{Value, json};

use crate::stage::{Reply, Stage};

const LEAD: &str = "/enterprise/api/lead";

async fn get(stage: &Stage, path: &str) -> Reply {
    stage
        .send(stage.client.get(stage.url(path)).header("X-API-Key", "key"))
        .await
}

async fn post(stage: &Stage, body: Value) -> Reply {
    let request = stage.client.post(stage.url(LEAD)).header("X-API-Key", "key");
    stage.send(request.json(&body)).await
}

#[tokio::test]
async fn a_customer_is_found_by_number_in_the_shape_of_the_page() {
    let stage = Stage::new(Plays::Superfone, "").await;
    let found = get(&stage, &format!("{LEAD}?phone=%2B918000000001")).await;
    assert_eq!((found.status, &found.body["message"]), (200, &json!("success")));
    let lead = &found.body["data"];
    let sample = "additional_info address assignee_user assignee_user_id business_name city created_at deal_value \
        email first_name id labels last_name lead_group lead_group_id lead_stage lead_stage_id org_id phones source \
        source_type status updated_at website";
    assert_eq!(
        lead.as_object().expect("an object").keys().collect::<Vec<_>>(),
        sample.split_whitespace().collect::<Vec<_>>()
    );
    assert_eq!(
        (&lead["id"], &lead["first_name"], &lead["labels"][0]["title"]),
        (&json!(12345), &json!("Test"), &json!("Hot"))
    );
    assert_eq!(lead["phones"], json!([{"phone": "+918000000001", "customer_id": 555}]));
    for (phone, status, message) in [
        ("%2B918000000099", 404, "Customer not found"),
        ("918000000001", 400, "Invalid phone number"),
        ("", 400, "Invalid phone number"),
    ] {
        let refused = get(&stage, &format!("{LEAD}?phone={phone}")).await;
        assert_eq!((refused.status, refused.body), (status, json!({"message": message})));
    }
    let keyless = stage.send(stage.client.get(stage.url(LEAD))).await;
    assert_eq!(
        (keyless.status, keyless.body),
        (401, json!({"message": "UnAuthorized, Please Provide Valid API Key"}))
    );
}

#[tokio::test]
async fn an_upsert_refuses_what_the_page_says_it_refuses() {
    let stage = Stage::new(Plays::Superfone, "").await;
    let missing = "Customer phone is required to identify the record to update";
    for (body, status, message) in [
        (json!({"first_name": "A"}), 400, missing),
        (json!({"customer_phone": "8000000001"}), 400, "Invalid phone number"),
        (json!({"customer_phone": "+918000000099"}), 400, "Customer not found"),
        (
            json!({"customer_phone": "+918000000001", "add_labels": ["Hot"], "remove_labels": ["Hot"]}),
            400,
            "Invalid request",
        ),
        (
            json!({"customer_phone": "+918000000001", "lead_stage_name": "Nowhere"}),
            400,
            "Invalid request",
        ),
        (
            json!({"customer_phone": "+918000000001", "email": "one@example.com"}),
            400,
            "Invalid request",
        ),
        (
            json!({"customer_phone": "+918000000001", "assignee_user_phone": "+918000000098"}),
            404,
            "User not found",
        ),
    ] {
        let refused = post(&stage, body.clone()).await;
        assert_eq!(
            (refused.status, refused.body),
            (status, json!({"message": message})),
            "{body}"
        );
    }
}

#[tokio::test]
async fn an_upsert_enters_and_changes_and_each_change_is_told() {
    let mut stage = Stage::new(Plays::Superfone, "").await;
    let made = post(
        &stage,
        json!({
            "customer_phone": "+918000000099",
            "create_customer_if_customer_phone_not_found": true,
            "first_name": "Asha",
            "email": ["asha@example.com"],
            "deal_value": 5000,
            "add_products": ["Standard plan"],
            "add_phones": ["+918000000098"],
            "assignee_user_phone": "+919876543210",
            "customer_note": "Wants a call",
        }),
    )
    .await;
    assert_eq!(made.status, 200, "{}", made.body);
    let id = made.body["data"]["id"].clone();
    assert_eq!(
        (
            &made.body["data"]["assignee_user"]["first_name"],
            &made.body["data"]["lead_stage"]["title"]
        ),
        (&json!("Agent"), &json!("New"))
    );
    let event = stage.event().await;
    assert_eq!(
        (&event["event"], &event["contact_id"]),
        (&json!("CUSTOMER_CREATE"), &id)
    );

    let change = json!({"customer_phone": "+918000000098", "lead_stage_name": "Qualified", "first_name": "Asha"});
    assert_eq!(post(&stage, change).await.body["data"]["id"], id);
    let events = stage.remaining_events().await;
    let [event] = events.as_slice() else {
        panic!("{events:#?}")
    };
    assert_eq!(
        (&event["event"], &event["updated_key"], &event["updated_value"]),
        (&json!("CUSTOMER_CHANGE"), &json!("lead_stage"), &json!("Qualified"))
    );
    assert_eq!(
        (&event["contact_lead_stage_id"], &event["contact_lead_stage_name"]),
        (&json!(4), &json!("Qualified"))
    );
    let labelled = json!({"customer_phone": "+918000000001", "remove_labels": ["Hot"]});
    assert_eq!(post(&stage, labelled).await.body["data"]["labels"], json!([]));
}

#[tokio::test]
async fn the_lists_to_choose_from_can_be_looked_up() {
    let script = "[crm]\nlabels = [\"Warm\"]\nstages = [\"First\", \"Second\"]\n";
    let stage = Stage::new(Plays::Superfone, script).await;
    let data = async |name: &str| get(&stage, &format!("/enterprise/api/{name}")).await.body["data"].clone();
    assert_eq!(data("label").await[0]["title"], "Warm");
    assert_eq!(data("lead-stage").await[1]["title"], "Second");
    assert_eq!(data("lead-group").await[0]["type"], "DEFAULT");
    assert_eq!(data("source-type").await[0], "OTHERS");
    assert_eq!(data("products").await[0]["title"], "Standard plan");
}

#[tokio::test]
async fn events_of_calls_tell_who_the_customer_is_if_anybody_knows() {
    let mut stage = Stage::new(Plays::Superfone, "[timings]\ntalk_seconds = 2\n").await;
    for (customer, contact) in [("918000000001", json!(12345)), ("918000000097", Value::Null)] {
        let query = format!("customer_number=%2B{customer}&user_number=%2B919876543210");
        get(&stage, &format!("/api/customer/click-2-call?{query}")).await;
        for event in stage.remaining_events().await {
            assert_eq!(event["contact_id"], contact, "{}", event["event"]);
        }
    }
}
