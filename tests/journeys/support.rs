//! A call that rings the customer first: its own key, in the body, and nothing else.

use anyhow::Result;
use serde_json::json;

use crate::stage::{CUSTOMER, KEY, Stage, failed, id_of};

#[tokio::test]
async fn a_support_call_has_its_key_in_the_body_and_no_authorization() -> Result<()> {
    let stage = Stage::support().await?;
    let call = stage.call(CUSTOMER).await?;
    let [dial] = stage.provider.dials().try_into().expect("one request that dials");
    assert_eq!(
        (dial.method.as_str(), dial.path.as_str()),
        ("POST", "/v1/click_to_call_support")
    );
    let body = json!({
        "customer_number": "442079460123",
        "api_key": KEY,
        "async": 1,
        "custom_identifier": id_of(&call)?,
    });
    assert_eq!(dial.body, body);
    assert!(!dial.headers.contains_key("authorization"));
    assert_eq!(call["dial_order"], "customer_first");
    assert!(!call.to_string().contains(KEY));
    Ok(())
}

#[tokio::test]
async fn a_support_key_alone_cannot_end_and_says_so_without_asking() -> Result<()> {
    let stage = Stage::support().await?;
    stage.call(CUSTOMER).await?;
    let refused = stage.run(&["end"]).await?;
    assert_eq!(failed(&refused)?, (3, "end_not_possible".to_owned()));
    assert_eq!(stage.provider.requests(), 1);
    let account = stage.json(&["account", "show", "desk"]).await?;
    assert_eq!(account["capabilities"]["end_call"]["state"], "missing");
    Ok(())
}
