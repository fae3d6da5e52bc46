//! What is refused, by us before anything leaves or by the provider: one code, one exit code, nothing dialled twice.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::Result;
use serde_json::{Value, json};

use crate::provider::Answer;
use crate::stage::{AGENT, CUSTOMER, KEY, Stage, failed};

#[tokio::test]
async fn what_is_no_number_matches_nothing() -> Result<()> {
    let stage = Stage::acefone().await?;
    for (target, code) in [
        ("", "number_empty"),
        ("   ", "number_empty"),
        ("nobody of that name", "nothing_matches"),
        ("0207", "number_too_short"),
        ("+4420794601230123456789", "number_too_long"),
    ] {
        let outcome = stage.run(&["call", target, "--yes"]).await?;
        assert_eq!(failed(&outcome)?, (5, code.to_owned()), "{target:?}");
        assert_eq!(outcome.stdout, "", "{target:?}");
    }
    let missing = stage.run(&["call"]).await?;
    assert_eq!(failed(&missing)?, (2, "usage".to_owned()));
    assert_eq!(stage.provider.requests(), 0);
    Ok(())
}

#[tokio::test]
async fn the_guard_blocks_whatever_is_answered_and_leaves_a_trace() -> Result<()> {
    let stage = Stage::acefone().await?;
    for (target, reason) in [
        ("*#06#", "guard_service_code"),
        ("999", "guard_emergency"),
        ("112", "guard_emergency"),
        ("911", "guard_emergency"),
        ("+449098790123", "guard_premium_rate"),
        ("+447011234567", "guard_personal_number"),
    ] {
        let outcome = stage.run(&["call", target, "--yes"]).await?;
        assert_eq!(failed(&outcome)?, (3, reason.to_owned()), "{target}");
        let call = outcome.document()?;
        assert_eq!(call["dispatch"], "cancelled", "{target}");
        assert_eq!(call["phase"], "ended", "{target}");
        assert_eq!(call["outcome"], "not_sent", "{target}");
        assert_eq!(call["reason"], reason);
    }
    let journal = stage.json(&["calls", "list"]).await?;
    assert_eq!(journal.as_array().map(Vec::len), Some(6));
    assert_eq!(stage.provider.requests(), 0);
    Ok(())
}

#[tokio::test]
async fn a_country_asks_the_first_time_only() -> Result<()> {
    let stage = Stage::acefone().await?;
    let abroad = "+12025550123";
    let first = stage.run(&["call", abroad]).await?;
    assert_eq!(failed(&first)?, (3, "needs_confirmation".to_owned()));
    assert_eq!(first.stdout, "");
    let said = |outcome: &dialdeck_tests::Outcome| outcome.stderr.contains("has not called this country");
    assert!(said(&first), "{}", first.stderr);
    assert_eq!(stage.provider.requests(), 0);

    stage.call(abroad).await?;
    // Another warning may still ask: the hour there, or the call that goes on.
    let again = stage.run(&["call", "+12025550124"]).await?;
    assert!(!said(&again), "{}", again.stderr);
    Ok(())
}

#[tokio::test]
async fn the_account_and_its_number_must_be_clear() -> Result<()> {
    let stage = Stage::acefone().await?;
    let unknown = stage.run(&["call", CUSTOMER, "--account", "other", "--yes"]).await?;
    assert_eq!(failed(&unknown)?, (5, "account_unknown".to_owned()));

    let dids = stage.json(&["dids"]).await?;
    let numbers: Vec<&Value> = dids
        .as_array()
        .into_iter()
        .flatten()
        .map(|did| &did["number"])
        .collect();
    assert_eq!(numbers, ["+442079460100", "+442079460101"]);
    let foreign = stage
        .run(&["call", CUSTOMER, "--from", "+442079460999", "--yes"])
        .await?;
    assert_eq!(failed(&foreign)?, (2, "did_not_of_account".to_owned()));

    let number = format!("agent_number={AGENT}");
    stage
        .json(&["account", "add", "second", "--provider", "acefone-uk", "--set", &number])
        .await?;
    let unclear = stage.run(&["call", CUSTOMER, "--yes"]).await?;
    assert_eq!(failed(&unclear)?, (2, "account_not_clear".to_owned()));
    stage.json(&["account", "default", "desk"]).await?;
    stage.call(CUSTOMER).await?;
    assert_eq!(stage.provider.dials().len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_home_without_accounts_says_so() -> Result<()> {
    let stage = Stage::empty().await?;
    let outcome = stage.run(&["call", CUSTOMER]).await?;
    assert_eq!(failed(&outcome)?, (2, "no_account".to_owned()));
    Ok(())
}

#[tokio::test]
async fn a_providers_refusal_is_a_code_and_its_own_words() -> Result<()> {
    let stage = Stage::acefone().await?;
    let refusals = [
        (
            401,
            json!({"success": false, "message": "Deleted or blacklisted token provided"}),
            "credentials_rejected",
        ),
        (
            402,
            json!({"success": false, "message": "Insufficient balance"}),
            "balance_too_low",
        ),
        (403, json!({"message": "Forbidden"}), "permission_denied"),
        (
            422,
            json!({"caller_id": "Provide a vaild caller_id."}),
            "caller_id_refused",
        ),
        (
            200,
            json!({"success": false, "message": "Agent is offline"}),
            "agent_unavailable",
        ),
        (
            429,
            json!({"success": "false", "message": "Too Many Attempts."}),
            "rate_limited",
        ),
    ];
    for (index, (status, body, code)) in refusals.into_iter().enumerate() {
        stage.provider.answers([Answer::Json(status, body)]);
        let outcome = stage.run(&["call", CUSTOMER, "--yes"]).await?;
        assert_eq!(failed(&outcome)?, (3, code.to_owned()), "{status}");
        let call = outcome.document()?;
        assert_eq!(call["dispatch"], "refused", "{status}");
        assert_eq!(call["phase"], "ended", "{status}");
        assert_eq!(call["outcome"], "refused", "{status}");
        assert_eq!(call["reason"], code, "{status}");
        assert_eq!(stage.provider.dials().len(), index + 1, "{status}");
        if status == 422 {
            let small_print = call["provider_message"].as_str().unwrap_or_default();
            assert!(small_print.contains("vaild caller_id"), "{small_print}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_unclear_answer_is_unknown_and_never_dialled_again() -> Result<()> {
    let stage = Stage::acefone().await?;
    let unclear = [
        Answer::Json(500, json!({"message": "Internal server error"})),
        Answer::Json(302, json!({"success": true})),
        Answer::Json(200, json!("queued, probably")),
        Answer::Lost,
    ];
    for (index, answer) in unclear.into_iter().enumerate() {
        stage.provider.answers([answer]);
        let number = format!("+44207946030{index}");
        let outcome = stage.run(&["call", &number, "--yes"]).await?;
        assert_eq!(failed(&outcome)?.0, 4, "{number}");
        let call = outcome.document()?;
        assert_eq!(call["dispatch"], "unknown", "{number}");
        assert_eq!(call["phase"], "unconfirmed", "{number}");
        assert_eq!(call["outcome"], Value::Null, "{number}");
        assert_eq!(stage.provider.dials().len(), index + 1, "{number}");
    }
    Ok(())
}

#[tokio::test]
async fn a_provider_that_is_down_was_certainly_not_sent_to() -> Result<()> {
    let stage = Stage::acefone().await?;
    // A port that was free a moment ago, and that nobody listens on.
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let nowhere = format!("base_url=http://127.0.0.1:{port}");
    stage.json(&["account", "set", "desk", "--set", &nowhere]).await?;
    let outcome = stage.run(&["call", CUSTOMER, "--yes"]).await?;
    assert_eq!(failed(&outcome)?, (3, "unreachable".to_owned()));
    let call = outcome.document()?;
    assert_eq!(call["dispatch"], "refused");
    assert_eq!(call["reason"], "unreachable");
    assert_eq!(call["outcome"], "not_sent");
    assert!(!outcome.stderr.contains(KEY) && !outcome.stdout.contains(KEY));
    Ok(())
}

#[tokio::test]
async fn without_a_keychain_nothing_leaves() -> Result<()> {
    let stage = Stage::empty().await?;
    let settings = [
        format!("agent_number={AGENT}"),
        format!("base_url={}", stage.provider.url()),
    ];
    stage
        .json(&[
            "account",
            "add",
            "desk",
            "--provider",
            "acefone-uk",
            "--set",
            &settings[0],
            "--set",
            &settings[1],
        ])
        .await?;
    let outcome = stage.run(&["call", CUSTOMER, "--yes"]).await?;
    assert_eq!(failed(&outcome)?, (6, "keychain_absent".to_owned()));
    assert_eq!(stage.provider.requests(), 0);
    Ok(())
}
