//! What the provider keeps about customers: calls that it will place, notes, people.

use jiff::{Timestamp, ToSpan, Zoned};
use providers::{Ask, CallNote, ProviderContact, ScheduledCall};

use super::Done;
use super::asking::{ask, number, page, page_of, told};
use crate::cli::{NotesArgs, ProviderContactsArgs, ScheduledArgs};
use crate::output::{Failure, Output};
use crate::session::Session;
use crate::speech::{local_time, name_of};
use crate::table::Table;

pub async fn scheduled(session: &mut Session, arguments: &ScheduledArgs, output: Output) -> Done {
    let from = match arguments.from {
        Some(from) => from,
        None => midnight()?,
    };
    let to = match arguments.to {
        Some(to) => to,
        None => from
            .checked_add((7 * 24).hours())
            .map_err(|_| Failure::usage("period_wrong"))?,
    };
    if to < from {
        return Err(Failure::usage("period_wrong").into());
    }
    let what = Ask::ScheduledCalls { from, to };
    let calls = told!(ask(session, arguments.account.as_deref(), what).await?, ScheduledCalls)?;
    output.rows(&calls, scheduled_table)
}

pub async fn notes(session: &mut Session, arguments: &NotesArgs, output: Output) -> Done {
    let account = arguments.account.as_deref();
    let what = Ask::CallNotes {
        number: number(session, account, &arguments.number).await?,
        page: page_of(&arguments.page),
    };
    let found = told!(ask(session, account, what).await?, CallNotes)?;
    let part = (found.notes.as_slice(), found.next.as_deref());
    page(&found, part, &arguments.page, output, notes_table)
}

pub async fn contacts(session: &mut Session, arguments: &ProviderContactsArgs, output: Output) -> Done {
    let what = Ask::Contacts(page_of(&arguments.page));
    let found = told!(ask(session, arguments.account.as_deref(), what).await?, Contacts)?;
    let part = (found.contacts.as_slice(), found.next.as_deref());
    page(&found, part, &arguments.page, output, contacts_table)
}

/// Today's midnight on the clock of this machine.
fn midnight() -> Result<Timestamp, Failure> {
    let midnight = Zoned::now().start_of_day();
    midnight
        .map(|midnight| midnight.timestamp())
        .map_err(|error| Failure::of("time_zone_missing", &error))
}

fn scheduled_table(calls: &[ScheduledCall]) -> Table {
    let mut table = Table::new(
        &["time", "who", "number", "agent", "state", "note", "scheduled"],
        "cli.scheduled.none",
    );
    for call in calls {
        let number = call.customer.as_ref().map(telephony::PhoneNumber::international);
        let agent = call.assigned_to_name.as_ref().or(call.assigned_to.as_ref());
        table.row([
            call.at.map(local_time).unwrap_or_default(),
            call.customer_name.clone().unwrap_or_default(),
            number.unwrap_or_default(),
            agent.cloned().unwrap_or_default(),
            name_of("scheduled_state", &call.state),
            call.note.clone().unwrap_or_default(),
            call.id.clone(),
        ]);
    }
    table
}

fn notes_table(notes: &[CallNote]) -> Table {
    let mut table = Table::new(&["time", "author", "note"], "cli.notes.none");
    for note in notes {
        table.row([
            note.at.map(local_time).unwrap_or_default(),
            note.author.clone().unwrap_or_default(),
            note.text.clone(),
        ]);
    }
    table
}

fn contacts_table(contacts: &[ProviderContact]) -> Table {
    let mut table = Table::new(&["name", "company", "numbers", "email", "group"], "cli.contacts.none");
    for contact in contacts {
        table.row([
            contact.name.clone(),
            contact.company.clone().unwrap_or_default(),
            contact.numbers.join(", "),
            contact.email.clone().unwrap_or_default(),
            contact.group.clone().unwrap_or_default(),
        ]);
    }
    table
}
