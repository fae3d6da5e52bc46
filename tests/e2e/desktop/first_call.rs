//! The first call, on a machine that has never seen Dialdeck.

use anyhow::{Result, ensure};
use fantoccini::key::Key;

use crate::page::{self, Card};
use crate::stage::{Desk, FIELD};

const ASHA: &str = "+44 20 7946 0002";

#[tokio::test]
async fn a_contact_is_called_from_a_chosen_number_and_both_legs_are_seen() -> Result<()> {
    // Half as fast as the sandbox usually is: every state stays long enough to be photographed.
    let desk = Desk::at_half_speed().await?;
    desk.click("People", "Add person").await?;
    desk.fill("Name", "Asha Rao").await?;
    desk.fill("Company", "Blue Harbour Tea").await?;
    desk.fill("Number 1", ASHA).await?;
    desk.fill("Label of number 1", "mobile").await?;
    desk.press("Save").await?;
    desk.window.sees("Calls with them").await?;

    desk.type_target("asha").await?;
    desk.choose_call_from("+44 20 7946 0101").await?;
    desk.picture("ready").await?;
    desk.click("Call", "Call Asha Rao").await?;
    desk.call_anyway().await?;

    // On a busy machine a state may pass between two looks at it: what must not be missed is noted by the page itself.
    desk.photograph_until(
        "Connected",
        &[("Your phone", "call-your-phone"), ("Calling Asha Rao", "call-customer")],
    )
    .await?;
    let card = desk.headline("Connected").await?;
    assert_eq!(card.name, "Call with Asha Rao");
    assert!(card.text.contains("+44 20 7946 0101"), "{card:#?}");
    assert!(
        card.text.contains("Sandbox") && card.text.contains("Sent once at"),
        "{card:#?}"
    );
    // Long enough that the provider counts a conversation.
    desk.card("four seconds of talk", |card| {
        card.headline == "Connected" && card.timer.as_str() >= "00:04"
    })
    .await?;
    desk.picture("call").await?;

    desk.fill_in("Current calls", "Note", "Wants the green tea").await?;
    desk.press("End").await?;
    let card = desk.headline("Ended – you hung up").await?;
    desk.picture("ended").await?;
    assert!(card.buttons.iter().any(|name| name == "Call again"), "{card:#?}");

    both_legs_were_followed(&page::seen_cards(&desk.window).await?)?;
    let history = page::history(&desk.window).await?;
    assert!(history[0].contains("Ended – you hung up"), "{history:#?}");
    let call = desk.only_call().await?;
    assert_eq!(
        (&call["contact"]["name"], &call["note"]),
        (&"Asha Rao".into(), &"Wants the green tea".into())
    );
    assert_eq!(
        (&call["caller_id"], &call["outcome"]),
        (&"+442079460101".into(), &"talked".into())
    );
    desk.is_sound().await
}

#[tokio::test]
async fn a_call_is_placed_and_ended_without_touching_the_mouse() -> Result<()> {
    let desk = Desk::fresh().await?;
    desk.window.sees("This is the sandbox: nobody is really called").await?;
    desk.picture("fresh").await?;

    // Nothing was clicked: the field has the keyboard from the start.
    desk.keys("020 7946 0002").await?;
    desk.window.sees("Call 020 7946 0002").await?;
    desk.keys(&Key::Enter).await?;
    desk.call_anyway_by_key().await?;
    desk.headline("Connected").await?;
    desk.end_by_key().await?;
    desk.headline("Ended – you hung up").await?;

    // Typing lands in the field again, wherever the keyboard was.
    desk.keys("07").await?;
    assert_eq!(desk.field().await?, "07");
    assert_eq!(
        desk.window.page.active_element().await?.attr("role").await?.as_deref(),
        Some("combobox")
    );
    desk.window.find(FIELD).await?.send_keys(&Key::Escape).await?;
    assert_eq!(desk.field().await?, "");
    desk.is_sound().await
}

/// Each leg went forward only, and both were rung and answered, as the provider said and not as somebody guessed.
fn both_legs_were_followed(seen: &[Card]) -> Result<()> {
    const STEPS: [&str; 5] = ["Waiting", "Requested", "Ringing", "Answered", "Ended"];
    for who in ["Your phone", "Customer"] {
        let states: Vec<_> = seen
            .iter()
            .flat_map(|card| &card.legs)
            .filter(|(leg, _, _)| leg == who)
            .map(|(_, state, _)| STEPS.iter().position(|step| step == state))
            .collect();
        ensure!(
            states.is_sorted() && !states.contains(&None),
            "{who} went back: {seen:#?}"
        );
        ensure!(states.contains(&Some(3)), "{who} was never answered: {seen:#?}");
        ensure!(states.last() == Some(&Some(4)), "{who} did not end: {seen:#?}");
    }
    let said = |words: &str| seen.iter().any(|card| card.headline.contains(words));
    for words in ["Your phone", "Calling Asha Rao", "Connected", "Ended"] {
        ensure!(said(words), "never said {words}: {seen:#?}");
    }
    let answered = ("Customer".to_owned(), "Answered".to_owned(), "confirmed".to_owned());
    ensure!(
        seen.iter().any(|card| card.legs.contains(&answered)),
        "not confirmed: {seen:#?}"
    );
    Ok(())
}
