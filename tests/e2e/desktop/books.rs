//! An address book on a CardDAV server, from the window: added, gone through, decided, removed.

use std::fs;

use anyhow::{Result, ensure};
use dialdeck_tests::desktop::{DesktopSession, Keyring};
use dialdeck_tests::eventually;

use crate::looks::{choose_theme, fits, resize};
use crate::radicale::{PASSWORD, Radicale};
use crate::stage::{Desk, add_sandbox};

fn card(name: &str) -> String {
    format!("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:ann\r\nFN:{name}\r\nTEL:+442079460101\r\nEND:VCARD\r\n")
}

#[tokio::test]
async fn an_address_book_is_kept_in_step_and_what_differs_waits_for_the_agent() -> Result<()> {
    let server = Radicale::start();
    server.make_book("customers");
    let file = server.collections().join("customers/ann.vcf");
    fs::write(&file, card("Ann Lee"))?;
    let desktop = DesktopSession::builder().keyring(Keyring::Unlocked).start().await?;
    add_sandbox(&desktop, "10").await?;
    let desk = Desk::on(desktop).await?;

    desk.press("Address books").await?;
    desk.press("Add address book").await?;
    // The keyboard is in the first field, and goes on from there.
    desk.keys(&format!("{}\u{E004}ann\u{E004}wrong\u{E007}", server.address))
        .await?;
    desk.window.sees("refused the user name or password").await?;
    desk.picture("book-refused").await?;
    desk.replace("Password", PASSWORD).await?;
    desk.keys("\u{E007}").await?;
    desk.window
        .sees("“Customers of ours” was added. Synchronise it now.")
        .await?;
    ensure!(
        !desk.window.page.source().await?.contains(PASSWORD),
        "the password is still in the page"
    );

    desk.press("Synchronise “Customers of ours”").await?;
    desk.window.sees("Here: 1 added, 0 changed, 0 deleted.").await?;
    desk.window.sees("In step.").await?;
    desk.picture("book-in-step").await?;
    until_named(&desk, "Ann Lee").await?;

    // Tagged here, renamed there: nothing is written over.
    let marked = desk
        .dialctl()?
        .run(&["contacts", "mark", "Ann Lee", "--tag", "gold"])
        .await?;
    ensure!(marked.code == 0, "{marked:?}");
    fs::write(&file, card("Anna Lee"))?;
    desk.press("Synchronise “Customers of ours”").await?;
    desk.window.sees("Changed differently here and on the server.").await?;
    desk.window.sees("gold").await?;
    desk.window.sees("Anna Lee").await?;
    for theme in ["dark", "light"] {
        choose_theme(&desk, theme).await?;
        // A folded window shows people first.
        desk.press("Address books").await?;
        desk.window.sees("Anna Lee").await?;
        for (width, height) in [(400, 700), (1280, 800), (960, 640)] {
            resize(&desk.window, width, height).await?;
            desk.picture(&format!("book-conflict-{theme}-{width}x{height}")).await?;
            fits(&desk.window).await?;
        }
    }
    desk.press("Keep what is here: Ann Lee").await?;
    desk.window
        .sees("What is here is kept when “Customers of ours” is synchronised.")
        .await?;
    desk.press("Synchronise “Customers of ours”").await?;
    desk.window
        .sees("On the server: 0 added, 1 changed, 0 deleted.")
        .await?;
    let written = fs::read_to_string(&file)?;
    ensure!(written.contains("FN:Ann Lee") && written.contains("gold"), "{written}");

    desk.press("Remove “Customers of ours”").await?;
    desk.window.sees("The people stay here").await?;
    desk.press("Remove address book").await?;
    desk.window.sees("No address book yet").await?;
    until_named(&desk, "Ann Lee").await?;
    desk.is_sound().await
}

async fn until_named(desk: &Desk, name: &str) -> Result<()> {
    eventually(&format!("{name} in the directory"), async || {
        let rows = desk.dialctl().ok()?.json(&["contacts", "search", name]).await.ok()?;
        let rows = rows.as_array()?;
        rows.iter().any(|row| row["name"] == name).then_some(())
    })
    .await
}
