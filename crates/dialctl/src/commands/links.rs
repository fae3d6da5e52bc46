//! Telephone links: which program opens them.

use engine::api::{ApiError, Request};
use engine::view::{PhoneLinkState, PhoneLinkView};
use engine::words;

use super::Done;
use crate::output::Output;
use crate::session::{Session, reply};
use crate::speech::say;
use crate::table::Table;

pub async fn run(session: &mut Session, take: &[String], output: Output) -> Done {
    for scheme in take {
        let request = Request::TakePhoneLinks { scheme: scheme.clone() };
        reply!(session.request(request).await?, PhoneLinks)?;
    }
    let links = reply!(session.request(Request::PhoneLinks).await?, PhoneLinks)?;
    output.rows(&links, |links| {
        let mut table = Table::new(&["link", "opened_by"], "cli.links.none");
        for link in links {
            table.row([link.scheme.to_string(), opener(link)]);
        }
        table
    })
}

fn opener(link: &PhoneLinkView) -> String {
    let why = |error: &ApiError| words::of_error(error).0;
    match link.state {
        PhoneLinkState::Dialdeck => say("cli.links.dialdeck"),
        PhoneLinkState::Other => link.program.clone().unwrap_or_default(),
        PhoneLinkState::Nobody => say("cli.links.nobody"),
        PhoneLinkState::Unknown => link.why.as_ref().map(why).unwrap_or_default(),
    }
}
