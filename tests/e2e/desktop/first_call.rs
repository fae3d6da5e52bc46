//! The first call, on a machine that has never seen Dialdeck.

use anyhow::Result;

use crate::page;
use crate::stage::Desk;

const ASHA: &str = "+44 20 7946 0002";

#[tokio::test]
async fn a_contact_is_called_from_a_chosen_number_and_both_legs_are_seen() -> Result<()> {
    let desk = Desk::fresh().await?;
    desk.window.sees("This is the sandbox: nobody is really called").await?;
    desk.window.screenshot("fresh").await?;

    desk.click("People", "Add person").await?;
    desk.fill("Name", "Asha Rao").await?;
    desk.fill("Company", "Blue Harbour Tea").await?;
    desk.fill("Number 1", ASHA).await?;
    desk.press("Save").await?;
    desk.window.sees("Calls with them").await?;

    desk.type_target("asha").await?;
    desk.window.sees("Call Asha Rao").await?;
    desk.window.screenshot("typed").await?;
    println!("{}", desk.window.text().await?);
    let card = desk.call("", "Asha Rao").await?;
    println!("{card:#?}");
    desk.headline("Connected").await?;
    desk.window.screenshot("call").await?;
    desk.press("End").await?;
    desk.headline("Ended").await?;
    desk.window.screenshot("ended").await?;
    println!("{:#?}", page::seen_cards(&desk.window).await?);
    println!("{:#?}", page::history(&desk.window).await?);
    desk.is_sound().await
}
