//! Calls that do not go through, in the words an agent can act on.

use anyhow::Result;
use dialdeck_tests::desktop::DesktopSession;
use dialdeck_tests::eventually;

use crate::page;
use crate::provider::Answer;
use crate::stage::{CUSTOMER, Desk};

#[tokio::test]
async fn a_refusal_says_who_refused_why_and_what_to_do() -> Result<()> {
    let desk = Desk::fresh().await?;
    let card = desk.call("020 7946 0030", "020 7946 0030").await?;
    let card = match card.headline.as_str() {
        "Not placed: Sandbox said no" => card,
        _ => desk.headline("Not placed").await?,
    };
    desk.picture("refused").await?;
    assert!(
        card.text
            .contains("does not let you call from that number. Choose another one."),
        "{card:#?}"
    );
    assert!(card.text.contains("Call again"), "{card:#?}");
    assert!(!card.buttons.contains(&"End".to_owned()), "{card:#?}");

    desk.press("Put this card away").await?;
    desk.call("020 7946 0031", "020 7946 0031").await?;
    let card = desk
        .card("the second refusal", |card| {
            card.name.contains("0031") && card.headline.contains("Not placed")
        })
        .await?;
    assert!(
        card.text
            .contains("The key was not accepted. Replace it on the account's page."),
        "{card:#?}"
    );
    desk.is_sound().await
}

#[tokio::test]
async fn busy_and_no_answer_are_called_by_their_names() -> Result<()> {
    let desk = Desk::at_speed("10").await?;
    for (number, words) in [
        ("020 7946 0020", "Busy"),
        ("020 7946 0021", "No answer"),
        ("020 7946 0023", "You did not pick up"),
    ] {
        desk.call(number, number).await?;
        let card = desk
            .card(words, |card| card.name.ends_with(number) && card.headline == words)
            .await?;
        assert!(!card.text.contains("failed"), "{card:#?}");
        desk.press("Put this card away").await?;
        desk.no_card().await?;
    }
    let history = page::history(&desk.window).await?;
    assert_eq!(history.len(), 3, "{history:#?}");
    desk.is_sound().await
}

#[tokio::test]
async fn an_answer_that_is_lost_leaves_a_call_unconfirmed_that_is_never_dialled_again() -> Result<()> {
    let (desk, provider) = Desk::at_provider(DesktopSession::builder()).await?;
    provider.keep_unlisted();
    provider.answers([Answer::Lost]);
    desk.type_target(CUSTOMER).await?;
    desk.click("Call", "Call 020 7946 0123").await?;
    desk.press("Skip this").await?;
    desk.call_anyway().await?;
    let card = desk.headline("Not known whether Acefone UK took the call").await?;
    desk.picture("unconfirmed").await?;
    assert!(card.text.contains("It is not dialled again by itself."), "{card:#?}");
    assert!(card.buttons.contains(&"Check again".to_owned()), "{card:#?}");

    // The same number once more: held back, with what is known about the first.
    desk.type_target(CUSTOMER).await?;
    desk.window.sees("United Kingdom").await?;
    desk.enter_until_asked().await?;
    desk.until_held_back().await?;
    desk.picture("held-back").await?;
    desk.click_in_question("Cancel").await?;

    desk.press("Check again").await?;
    desk.press("Mark as ended").await?;
    desk.headline("Ended").await?;
    assert_eq!(provider.dials().len(), 1, "it was dialled again");

    // The agent has said that it is over: nothing is held back any longer.
    desk.press("Call again").await?;
    eventually("the second request", async || {
        let _ = desk.call_anyway_once().await;
        (provider.dials().len() == 2).then_some(())
    })
    .await?;
    desk.is_sound().await
}
