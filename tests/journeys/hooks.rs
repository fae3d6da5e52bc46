//! The listener towards strangers: nothing is learned from it, and nothing large or foreign is taken.

use anyhow::Result;
use dialdeck_tests::Serving;
use serde_json::json;

use crate::events::Events;
use crate::stage::{CUSTOMER, Stage, told};
use crate::web::Post;

async fn serving() -> Result<(Stage, Serving, String)> {
    let stage = Stage::acefone().await?;
    let serving = stage.serve().await?;
    let hook = serving.hook("desk")?.to_owned();
    Ok((stage, serving, hook))
}

#[tokio::test]
async fn every_wrong_way_in_is_the_same_404() -> Result<()> {
    let (stage, _serving, hook) = serving().await?;
    let event = Events::new("x", CUSTOMER).hangup();
    let last = hook.chars().last().unwrap_or_default();
    let wrong_token = format!("{}{}", &hook[..hook.len() - 1], if last == 'a' { 'b' } else { 'a' });
    let other_account = hook.replace("/desk/", "/tool/");
    let base = hook.split("/hooks/").next().unwrap_or_default().to_owned();
    for (why, post) in [
        ("wrong token", Post::json(&wrong_token, &event)),
        ("half a token", Post::json(&hook[..hook.len() - 8], &event)),
        ("unknown account", Post::json(&other_account, &event)),
        ("no token", Post::json(&format!("{base}/hooks/desk"), &event)),
        ("root", Post::json(&format!("{base}/"), &event)),
        ("wrong host", Post::json(&hook, &event).host("rebound.example:80")),
        ("host without its port", Post::json(&hook, &event).host("127.0.0.1")),
        (
            "from a page",
            Post::json(&hook, &event).header("origin", "https://page.example"),
        ),
        (
            "from a page without a name",
            Post::json(&hook, &event).header("origin", "null"),
        ),
        ("another method", Post::json(&hook, &event).method("PUT")),
    ] {
        assert_eq!(post.send().await?, 404, "{why}");
    }
    assert_eq!(stage.json(&["calls", "list"]).await?, json!([]));
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_read_is_told_apart() -> Result<()> {
    let (_stage, _serving, hook) = serving().await?;
    let huge = format!("{{\"call_id\":\"{}\"}}", "1".repeat(10 * 1024 * 1024));
    for (status, why, post) in [
        (400, "broken JSON", Post::of(&hook, "application/json", "{\"call_id\":")),
        (400, "no object", Post::of(&hook, "application/json", "[1, 2]")),
        (400, "nothing", Post::of(&hook, "application/json", "")),
        (
            400,
            "not UTF-8",
            Post::of(&hook, "application/x-www-form-urlencoded", [0xff, b'=', 0xfe]),
        ),
        (413, "10 MB", Post::of(&hook, "application/json", huge)),
        (415, "XML", Post::of(&hook, "text/xml", "<call/>")),
        (415, "plain text", Post::of(&hook, "text/plain", "hello")),
    ] {
        assert_eq!(post.send().await?, status, "{why}");
    }
    Ok(())
}

#[tokio::test]
async fn json_form_and_query_say_the_same() -> Result<()> {
    let (stage, _serving, hook) = serving().await?;
    let form = |id: &str, call: &str| {
        format!(
            "uuid=1&call_id={call}&call_status=Answered+by+agent&direction=click_to_call&custom_identifier={id}\
             &customer_no_with_prefix+=%2B442079460123&campaign_name=%24campaign_name"
        )
    };
    for (number, kind) in [("+442079460130", "form"), ("+442079460131", "get")] {
        let call = stage.call(number).await?;
        let id = crate::stage::id_of(&call)?;
        let body = form(id, &crate::provider::call_id_of(number));
        let post = match kind {
            "form" => Post::of(&hook, "application/x-www-form-urlencoded", body),
            _ => Post::get(&hook, &body),
        };
        assert_eq!(post.send().await?, 200, "{kind}");
        assert_eq!(told(&stage.show(&call).await?), ["agent_leg_answered"], "{kind}");
    }
    Ok(())
}

#[tokio::test]
async fn what_is_unknown_or_nobodys_is_taken_and_forgotten() -> Result<()> {
    let (stage, _serving, hook) = serving().await?;
    for event in [
        json!({"call_id": "1.2", "call_status": "Something new"}),
        json!({"hello": "world"}),
        // A colleague's call.
        Events::new("somebody-elses", "+442079460150").customer_answered(),
    ] {
        let mut event = event;
        if event.get("answered_agent_number").is_some() {
            event["answered_agent_number"] = json!({"follow_me_number": "+442079460002"});
        }
        assert_eq!(Post::json(&hook, &event).send().await?, 200, "{event}");
    }
    assert_eq!(stage.json(&["calls", "list"]).await?, json!([]));
    Ok(())
}

#[tokio::test]
async fn an_event_of_an_own_call_that_nobody_knows_is_journalled_as_unknown_and_changes_nothing() -> Result<()> {
    let (stage, _serving, hook) = serving().await?;
    // Nothing but the event is to tell of the call.
    stage.provider.keep_unlisted();
    let call = stage.call(CUSTOMER).await?;
    let before = stage.show(&call).await?;
    let mut event = Events::of(&call)?.customer_answered();
    event["call_status"] = json!("Call levitated by customer");
    event["field_of_tomorrow"] = json!({"nested": [1, null]});
    assert_eq!(Post::json(&hook, &event).send().await?, 200);
    let after = stage.show(&call).await?;
    assert_eq!(told(&after), ["unknown_event"], "{after}");
    assert!(
        after["facts"].to_string().contains("Call levitated by customer"),
        "{after}"
    );
    for field in ["phase", "outcome", "legs", "dispatch"] {
        assert_eq!(after[field], before[field], "{field}");
    }
    Ok(())
}
