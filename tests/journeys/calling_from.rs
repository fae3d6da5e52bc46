//! From which number a call goes out where nobody says it, and people who are not to be called.

use anyhow::Result;
use serde_json::{Value, json};

use crate::stage::{CUSTOMER, DID, Stage, failed};

const OTHER_DID: &str = "+442079460101";

/// The number that the last dial named, as it went over the wire.
fn named(stage: &Stage) -> Option<Value> {
    let dial = stage.provider.dials().pop()?;
    Some(dial.body["caller_id"].clone())
}

async fn default_is_did(stage: &Stage) -> Result<()> {
    let default = format!("caller_id={DID}");
    stage.json(&["account", "set", "desk", "--set", &default]).await?;
    Ok(())
}

#[tokio::test]
async fn a_customer_is_called_again_from_the_number_they_know() -> Result<()> {
    let stage = Stage::acefone().await?;
    let dids = stage.json(&["dids"]).await?;
    assert_eq!(dids.as_array().map(Vec::len), Some(2), "{dids}");
    default_is_did(&stage).await?;
    stage.call(CUSTOMER).await?;
    assert_eq!(named(&stage), Some(json!(DID.trim_start_matches('+'))));
    stage
        .json(&["call", CUSTOMER, "--from", OTHER_DID, "--yes", "--despite-unknown"])
        .await?;
    let again = stage.json(&["call", CUSTOMER, "--yes", "--despite-unknown"]).await?;
    assert_eq!(again["caller_id"], OTHER_DID);
    assert_eq!(named(&stage), Some(json!(OTHER_DID.trim_start_matches('+'))));
    // Nobody else's number changes by that.
    let else_one = stage.json(&["call", "+442079460124", "--yes"]).await?;
    assert_eq!(else_one["caller_id"], DID);

    stage.json(&["settings", "--set", "choose_caller_id=false"]).await?;
    let fixed = stage.json(&["call", CUSTOMER, "--yes", "--despite-unknown"]).await?;
    assert_eq!(fixed["caller_id"], DID);
    Ok(())
}

#[tokio::test]
async fn a_number_is_kept_for_a_person_until_it_is_given_up() -> Result<()> {
    let stage = Stage::acefone().await?;
    stage.json(&["dids"]).await?;
    stage
        .json(&["contacts", "add", "Ann Lee", "--number", CUSTOMER])
        .await?;
    stage.json(&["contacts", "call-from", "Ann Lee", OTHER_DID]).await?;
    let ann = stage
        .json(&["contacts", "mark", "Ann Lee", "--favourite", "true"])
        .await?;
    assert_eq!(ann["call_from"][0]["account"], "desk", "{ann}");
    assert_eq!(ann["call_from"][0]["number"], OTHER_DID);
    assert_eq!(ann["call_from"][0]["in_use"], true);
    let call = stage.call(CUSTOMER).await?;
    assert_eq!(call["caller_id"], OTHER_DID);
    stage.json(&["contacts", "call-from", "Ann Lee"]).await?;
    let ann = stage
        .json(&["contacts", "mark", "Ann Lee", "--favourite", "true"])
        .await?;
    assert_eq!(ann["call_from"], json!([]));
    stage.json(&["contacts", "call-from", CUSTOMER, DID]).await?;
    let call = stage.json(&["call", "Ann Lee", "--yes", "--despite-unknown"]).await?;
    assert_eq!(call["caller_id"], DID, "by number or by name it is the same person");

    let unknown = stage
        .run(&["contacts", "call-from", "Ann Lee", "+442079460777"])
        .await?;
    assert_eq!(failed(&unknown)?, (2, "did_not_of_account".to_owned()));
    let nobody = stage.run(&["contacts", "call-from", "Bob", DID]).await?;
    assert_eq!(failed(&nobody)?.0, 5);
    Ok(())
}

#[tokio::test]
async fn it_is_told_how_many_calls_from_a_number_were_answered() -> Result<()> {
    let stage = Stage::acefone().await?;
    default_is_did(&stage).await?;
    stage.call(CUSTOMER).await?;
    let dids = stage.json(&["dids"]).await?;
    let lately = |number: &str| {
        let mut all = dids.as_array().into_iter().flatten();
        all.find(|did| did["number"] == number).map(|did| did["lately"].clone())
    };
    assert_eq!(lately(DID), Some(json!({"placed": 1, "answered": 0})), "{dids}");
    assert_eq!(lately(OTHER_DID), Some(Value::Null), "{dids}");
    Ok(())
}

#[tokio::test]
async fn who_is_not_to_be_called_is_not_called_by_any_of_their_numbers() -> Result<()> {
    let stage = Stage::acefone().await?;
    // Through a running engine, as when the app is open.
    let serving = stage.serve().await?;
    let ann = [
        "contacts",
        "add",
        "Ann Lee",
        "--number",
        CUSTOMER,
        "--number",
        "+442079460124",
    ];
    stage.json(&ann).await?;
    // A colleague with the same line is not called by it either.
    stage
        .json(&["contacts", "add", "Bob Lee", "--number", "+442079460124"])
        .await?;
    let marked = stage
        .json(&[
            "contacts",
            "mark",
            "Ann Lee",
            "--do-not-call",
            "true",
            "--tag",
            "gold",
            "--favourite",
            "true",
        ])
        .await?;
    assert_eq!(
        (&marked["do_not_call"], &marked["favourite"], &marked["tags"]),
        (&json!(true), &json!(true), &json!(["gold"]))
    );
    for target in [CUSTOMER, "+442079460124", "Bob Lee"] {
        let outcome = stage.run(&["call", target, "--yes"]).await?;
        assert_eq!(failed(&outcome)?, (3, "guard_do_not_call".to_owned()), "{target}");
        assert_eq!(outcome.document()?["outcome"], "not_sent", "{target}");
    }
    assert_eq!(stage.provider.dials().len(), 0);

    let freed = stage
        .json(&[
            "contacts",
            "mark",
            "Ann Lee",
            "--do-not-call",
            "false",
            "--untag",
            "gold",
        ])
        .await?;
    assert_eq!(
        (&freed["do_not_call"], &freed["favourite"], &freed["tags"]),
        (&json!(false), &json!(true), &json!([]))
    );
    stage.call(CUSTOMER).await?;
    assert_eq!(stage.provider.dials().len(), 1);
    stage
        .json(&["contacts", "call-from", "Bob Lee", "--account", "desk"])
        .await?;
    assert_eq!(serving.stop().await?, Some(0));
    Ok(())
}
