//! Contacts that are one person: found, merged, and taken apart again.

use std::collections::BTreeMap;

use engine::api::{MergeDraft, Request};
use engine::view::{DuplicateGroup, DuplicateReason, MergeFieldName, MergePreview, MergeView};
use serde_json::json;

use super::Done;
use crate::cli::MergingCommand;
use crate::output::{Failure, Output};
use crate::session::{Session, reply};
use crate::speech::{local_time, name_of, say, say_with};

pub async fn run(session: &mut Session, command: &MergingCommand, output: Output) -> Done {
    match command {
        MergingCommand::Duplicates { limit, skip } => {
            let request = Request::ListDuplicates {
                from: *skip,
                limit: *limit,
            };
            let found = reply!(session.request(request).await?, Duplicates)?;
            output.result(&found.groups, || listed(&found.groups, found.total))
        }
        MergingCommand::Merge {
            contacts,
            keep,
            preview,
        } => {
            let draft = MergeDraft {
                contact_ids: contacts.clone(),
                keep: kept(keep)?,
            };
            if *preview {
                let preview = reply!(session.request(Request::PreviewMerge(draft)).await?, MergePreview)?;
                return output.result(&*preview, || previewed(&preview));
            }
            let merge = reply!(session.request(Request::MergeContacts(draft)).await?, Merge)?;
            output.result(&*merge, || {
                let count = merge.members.len().to_string();
                say_with(
                    "cli.merging.merged",
                    &[
                        ("count", &count),
                        ("name", &merge.contact.name),
                        ("id", &merge.merge_id),
                    ],
                )
            })
        }
        MergingCommand::Merges { limit } => {
            let merges = reply!(session.request(Request::ListMerges { limit: *limit }).await?, Merges)?;
            output.result(&merges, || told(&merges))
        }
        MergingCommand::Unmerge { merge } => {
            let request = Request::UndoMerge {
                merge_id: merge.clone(),
            };
            let people = reply!(session.request(request).await?, Unmerged)?;
            output.result(&people, || {
                let names: Vec<&str> = people.iter().map(|contact| contact.name.as_str()).collect();
                say_with("cli.merging.unmerged", &[("names", &names.join(", "))])
            })
        }
        MergingCommand::Distinct { contacts } => {
            let request = Request::SetDistinct {
                contact_ids: contacts.clone(),
            };
            session.request(request).await?;
            output.result(&json!({"distinct": contacts}), || say("cli.merging.distinct"))
        }
    }
}

fn kept(keep: &[(String, String)]) -> Result<BTreeMap<MergeFieldName, String>, Failure> {
    let fields = keep.iter().map(|(field, whose)| {
        let name = match field.as_str() {
            "name" => MergeFieldName::Name,
            "company" => MergeFieldName::Company,
            "email" => MergeFieldName::Email,
            _ => return Err(Failure::usage("merge_field_unknown").with("field", field).into()),
        };
        Ok((name, whose.clone()))
    });
    fields.collect()
}

fn listed(groups: &[DuplicateGroup], total: u32) -> String {
    if groups.is_empty() {
        return say("cli.merging.none");
    }
    let mut lines = vec![say_with("cli.merging.found", &[("count", &total.to_string())])];
    for group in groups {
        lines.push(String::new());
        for contact in &group.contacts {
            let numbers: Vec<&str> = contact
                .numbers
                .iter()
                .map(|number| number.international.as_str())
                .collect();
            let parts = [
                Some(contact.id.as_str()),
                Some(contact.name.as_str()),
                contact.company.as_deref(),
                Some(&*numbers.join(", ")),
            ]
            .map(|part| part.unwrap_or_default().to_owned());
            let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            lines.push(parts.join(" · "));
        }
        let mut reasons: Vec<String> = group.links.iter().map(|link| reason(&link.reason)).collect();
        reasons.sort();
        reasons.dedup();
        lines.push(format!("  {}", reasons.join("; ")));
    }
    lines.push(String::new());
    lines.push(say("cli.merging.next"));
    lines.join("\n")
}

fn reason(reason: &DuplicateReason) -> String {
    match reason {
        DuplicateReason::SameNumber { international, .. } => {
            say_with("cli.merging.same_number", &[("number", international)])
        }
        DuplicateReason::SameEmail { email } => say_with("cli.merging.same_email", &[("email", email)]),
        DuplicateReason::SameNameAndCompany => say("cli.merging.same_name_and_company"),
    }
}

fn previewed(preview: &MergePreview) -> String {
    let mut lines: Vec<String> = Vec::new();
    for field in &preview.fields {
        let others: Vec<&str> = field
            .options
            .iter()
            .map(|option| option.value.as_str())
            .filter(|value| *value != field.value)
            .collect();
        let label = name_of("merging.field", &field.field);
        let key = if others.is_empty() { "value" } else { "value_of" };
        lines.push(say_with(
            &format!("cli.merging.{key}"),
            &[
                ("field", &label),
                ("value", &field.value),
                ("others", &others.join(" · ")),
            ],
        ));
    }
    lines.extend(
        preview
            .contact
            .numbers
            .iter()
            .map(|number| number.international.clone()),
    );
    if preview.contact.do_not_call {
        lines.push(say("cli.contacts.do_not_call"));
    }
    if !preview.contact.tags.is_empty() {
        lines.push(preview.contact.tags.join(", "));
    }
    lines.extend(preview.contact.note.clone());
    for card in &preview.cards_left {
        lines.push(say_with("cli.merging.card_left", &[("book", &card.book)]));
    }
    lines.join("\n")
}

fn told(merges: &[MergeView]) -> String {
    if merges.is_empty() {
        return say("cli.merging.no_merges");
    }
    let lines = merges.iter().map(|merge| {
        let names: Vec<&str> = merge.members.iter().map(|contact| contact.name.as_str()).collect();
        let state = match merge.obstacle {
            None => say_with("cli.merging.undoable", &[("id", &merge.merge_id)]),
            Some(obstacle) => name_of("merging.obstacle", &obstacle),
        };
        say_with(
            "cli.merging.line",
            &[
                ("when", &local_time(merge.merged_at)),
                ("name", &merge.contact.name),
                ("names", &names.join(", ")),
                ("state", &state),
            ],
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}
