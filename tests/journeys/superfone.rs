//! Superfone: a push to a phone app, of which nothing more is heard until the call is over.

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::provider::Answer;
use crate::stage::{KEY, Stage, failed, id_of};
use crate::web::tell;

const CUSTOMER: &str = "+919000000005";
const START: &str = "customer_number=%2B919000000005&user_number=%2B919000000001&call_action=START";
const END: &str = "customer_number=%2B919000000005&user_number=%2B919000000001&call_action=END";
const PATH: &str = "/superfone/api/customer/click-2-call";

#[tokio::test]
async fn start_end_and_the_event_afterwards() -> Result<()> {
    let stage = Stage::superfone().await?;
    let serving = stage.serve().await?;
    let call = stage.call(CUSTOMER).await?;
    assert_eq!(call["phase"], "handed_over");
    stage.json(&["end"]).await?;

    let seen = stage.provider.seen(PATH);
    let queries: Vec<&str> = seen.iter().map(|seen| seen.query.as_str()).collect();
    assert_eq!(queries, [START, END]);
    for request in &seen {
        assert_eq!(request.method, "GET");
        assert_eq!(request.headers["x-api-key"], KEY);
    }

    tell(serving.hook("desk")?, &all_calls()).await?;
    let ended = stage.show(&call).await?;
    assert_eq!(ended["phase"], "ended");
    assert_eq!(ended["outcome"], "talked");
    assert_eq!(ended["talk_seconds"], 42);
    let calls = stage.json(&["calls", "list"]).await?;
    assert_eq!(calls.as_array().map(Vec::len), Some(1), "one event, one call: {calls}");
    Ok(())
}

#[tokio::test]
async fn a_lost_answer_is_an_unknown_outcome_that_holds_the_number_back() -> Result<()> {
    let stage = Stage::superfone().await?;
    stage.provider.answers([Answer::Lost]);
    let lost = stage.run(&["call", CUSTOMER, "--yes"]).await?;
    assert_eq!(failed(&lost)?.0, 4);
    let call = lost.document()?;
    assert_eq!(call["dispatch"], "unknown");
    assert_eq!(call["phase"], "unconfirmed");
    assert_eq!(call["outcome"], Value::Null);
    assert_eq!(stage.provider.dials().len(), 1);

    let held = stage.run(&["call", CUSTOMER, "--yes"]).await?;
    assert_eq!(failed(&held)?, (3, "outcome_of_earlier_call_unknown".to_owned()));
    assert_eq!(held.stdout, "");
    assert_eq!(stage.provider.dials().len(), 1);

    let again = stage.json(&["call", CUSTOMER, "--yes", "--despite-unknown"]).await?;
    assert_ne!(id_of(&again)?, id_of(&call)?);
    assert_eq!(stage.provider.dials().len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_push_that_was_not_sent_is_a_refusal_whatever_its_status() -> Result<()> {
    let stage = Stage::superfone().await?;
    let not_sent = json!({"data": {"notificationID": 12345, "sentSuccess": false}, "message": "success"});
    stage.provider.answers([Answer::Json(200, not_sent)]);
    let refused = stage.run(&["call", CUSTOMER, "--yes"]).await?;
    assert_eq!(failed(&refused)?, (3, "agent_unavailable".to_owned()));
    assert_eq!(refused.document()?["dispatch"], "refused");
    Ok(())
}

#[tokio::test]
async fn another_caller_id_is_refused_before_anything_leaves() -> Result<()> {
    let stage = Stage::superfone().await?;
    let refused = stage
        .run(&["call", CUSTOMER, "--from", "+918000000001", "--yes"])
        .await?;
    assert_eq!(failed(&refused)?, (3, "caller_id_not_choosable".to_owned()));
    assert_eq!(stage.provider.requests(), 0);
    Ok(())
}

fn all_calls() -> Value {
    let began = Timestamp::now();
    json!({
        "event": "ALL_CALLS", "superfone_number": "+918000000000", "organization_name": "Example Traders",
        "cdr_id": 987_654, "cdr_phone": CUSTOMER, "cdr_call_type": "OUTBOUND", "cdr_disposition": "ANSWERED",
        "cdr_duration": 42, "cdr_start": began.to_string(),
        "cdr_end": (began + SignedDuration::from_secs(42)).to_string(),
        "staff_first_name": "Agent", "staff_last_name": "One", "staff_phone": "+919000000001", "ivr_inputs": [],
        "recording_url": null, "contact_id": 12345, "contact_first_name": "Test", "contact_last_name": "Customer",
    })
}
