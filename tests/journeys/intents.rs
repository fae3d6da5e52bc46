//! One gesture, one call: however often and by however many it is asked for.

use std::collections::BTreeSet;

use anyhow::Result;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::stage::{CUSTOMER, Stage, failed, id_of};

const COPIES: usize = 10;

#[tokio::test]
async fn the_same_intent_is_the_same_call_and_another_wish_is_a_mistake() -> Result<()> {
    let stage = Stage::acefone().await?;
    let intent = Uuid::now_v7().to_string();
    let words = ["call", CUSTOMER, "--yes", "--intent", &intent];
    let first = stage.json(&words).await?;
    let again = stage.json(&words).await?;
    assert_eq!(id_of(&again)?, id_of(&first)?);

    let other = stage
        .run(&["call", "+442079460124", "--yes", "--intent", &intent])
        .await?;
    assert_eq!(failed(&other)?, (2, "intent_reused".to_owned()));
    let malformed = stage.run(&["call", CUSTOMER, "--intent", "tuesday"]).await?;
    assert_eq!(failed(&malformed)?, (2, "usage".to_owned()));
    assert_eq!(stage.provider.dials().len(), 1);
    Ok(())
}

#[tokio::test]
async fn ten_at_once_with_one_intent_dial_once_under_an_engine() -> Result<()> {
    let stage = Stage::acefone().await?;
    let _serving = stage.serve().await?;
    at_once(&stage).await
}

#[tokio::test]
async fn ten_at_once_with_one_intent_dial_once_without_an_engine() -> Result<()> {
    at_once(&Stage::acefone().await?).await
}

async fn at_once(stage: &Stage) -> Result<()> {
    let intent = Uuid::now_v7().to_string();
    let mut commands = JoinSet::new();
    for _ in 0..COPIES {
        let (dialctl, intent) = (stage.dialctl().clone(), intent.clone());
        commands.spawn(async move { dialctl.json(&["call", CUSTOMER, "--yes", "--intent", &intent]).await });
    }
    let mut ids = BTreeSet::new();
    while let Some(call) = commands.join_next().await {
        ids.insert(id_of(&call??)?.to_owned());
    }
    assert_eq!(ids.len(), 1, "{ids:?}");
    assert_eq!(stage.provider.dials().len(), 1);
    Ok(())
}
