//! What a number or name means, without a call.

use engine::view::TargetCheck;
use engine::words;

use super::{Done, asking, call};
use crate::output::Output;
use crate::session::Session;
use crate::speech::{name_in, name_of, say_with};

/// Shows what would be dialled for a text, and what is known of that number.
pub async fn run(session: &mut Session, text: &str, account: Option<&str>, output: Output) -> Done {
    let check = asking::check(session, account, text).await?;
    output.result(&check, || describe(&check))
}

fn describe(check: &TargetCheck) -> String {
    let mut lines = Vec::new();
    if let Some(shown) = &check.shown {
        let number = check
            .number
            .as_ref()
            .map_or(shown.national.as_str(), |number| number.as_str());
        lines.push(number.to_owned());
        let as_read = [shown.national.as_str(), shown.international.as_str()];
        let as_read: Vec<&str> = as_read
            .into_iter()
            .filter(|text| *text != number && !text.is_empty())
            .collect();
        lines.push(as_read.join(" · "));
    }
    if let Some(contact) = &check.contact {
        lines.push(
            [Some(contact.said().as_str()), contact.company.as_deref()]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" · "),
        );
    }
    if let Some(about) = &check.about {
        let kind = name_in("number.kind", &about.kind);
        lines.push(
            [Some(kind.as_str()), about.place.as_deref()]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" · "),
        );
        lines.extend(about.local_times.iter().map(|time| {
            let clock = time.local_time.replace('T', " ");
            say_with("cli.number.local_time", &[("time", &clock), ("zone", &time.zone)])
        }));
        lines.extend(about.notes.iter().map(|note| words::say(&note.key, &note.params)));
        if let Some(extension) = &about.extension {
            lines.push(say_with("cli.number.extension", &[("digits", extension)]));
        }
    }
    if let Some(from) = &check.from {
        let number = match &from.label {
            Some(label) => format!("{} ({label})", from.international),
            None => from.international.clone(),
        };
        let why = name_of("call_from", &from.reason);
        lines.push(say_with("cli.number.from", &[("number", &number), ("why", &why)]));
    }
    if !check.findings.is_empty() {
        lines.push(call::sentences(&check.findings));
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}
