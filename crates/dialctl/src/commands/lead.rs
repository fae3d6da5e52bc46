//! Customers in the provider's own CRM.

use engine::api::{ApiError, ErrorClass};
use providers::{Ask, Lead, LeadDraft, Told};
use serde_json::{Value, json};
use telephony::PhoneNumber;

use super::Done;
use super::asking::{ask, number, told};
use crate::cli::LeadCommand;
use crate::output::{Failure, Output};
use crate::session::Session;
use crate::speech::{field_lines, say_with};

pub async fn run(session: &mut Session, command: &LeadCommand, output: Output) -> Done {
    match command {
        LeadCommand::Show { number: text, account } => {
            let account = account.as_deref();
            let number = number(session, account, text).await?;
            let shown = number.international();
            match told!(ask(session, account, Ask::Lead { number }).await?, Lead)? {
                Some(lead) => print(&lead, output),
                None => Err(ApiError::new(ErrorClass::NothingMatches, "lead_unknown")
                    .with("number", shown)
                    .into()),
            }
        }
        LeadCommand::Set {
            number: text,
            fields,
            create,
            account,
        } => {
            let account = account.as_deref();
            if fields.is_empty() && !create {
                return Err(Failure::usage("nothing_to_change").into());
            }
            let number = number(session, account, text).await?;
            let mut draft = Draft::of(number.clone(), *create);
            for (key, value) in fields {
                draft.set(session, account, key, value).await?;
            }
            let told = ask(session, account, Ask::SaveLead(draft.0)).await;
            let told = told.map_err(|failure| failure.with("number", &number.international()))?;
            if let Told::Lead(Some(lead)) = &told {
                return print(lead, output);
            }
            let message = told!(told, Done { message })?;
            output.result(&json!({"saved": number.as_str(), "message": message}), || {
                say_with("cli.lead.saved", &[("number", &number.international())])
            })
        }
        LeadCommand::Choices { account } => {
            let choices = told!(ask(session, account.as_deref(), Ask::LeadChoices).await?, LeadChoices)?;
            output.result(&choices, || listed(&choices))
        }
    }
}

fn print(lead: &Lead, output: Output) -> Done {
    output.result(lead, || listed(lead))
}

/// A view's fields on lines of their own, without those that are empty.
fn listed(view: &impl serde::Serialize) -> String {
    let mut value = serde_json::to_value(view).unwrap_or(Value::Null);
    if let Value::Object(members) = &mut value {
        members.retain(|_, value| !value.is_null());
    }
    field_lines(&value).join("\n")
}

/// The names by which fields are set.
const KEYS: [&str; 19] = [
    "first_name",
    "last_name",
    "company",
    "email",
    "website",
    "city",
    "address",
    "additional_info",
    "deal_value",
    "source",
    "source_type",
    "stage",
    "group",
    "assignee",
    "note",
    "add_label",
    "remove_label",
    "add_product",
    "add_number",
];

/// What `--help` adds.
pub fn lead_help() -> String {
    say_with("cli.lead.help", &[("keys", &KEYS.join(" "))])
}

/// What was typed of a lead so far.
struct Draft(LeadDraft);

impl Draft {
    fn of(number: PhoneNumber, create: bool) -> Self {
        Self(LeadDraft {
            create,
            ..LeadDraft::new(number)
        })
    }

    async fn set(&mut self, session: &mut Session, account: Option<&str>, key: &str, value: &str) -> Done {
        let draft = &mut self.0;
        let text = || Some(value.to_owned());
        match key {
            "first_name" => draft.first_name = text(),
            "last_name" => draft.last_name = text(),
            "company" => draft.company = text(),
            "email" | "emails" => draft.emails.get_or_insert_default().push(value.to_owned()),
            "website" => draft.website = text(),
            "city" => draft.city = text(),
            "address" => draft.address = text(),
            "additional_info" => draft.additional_info = text(),
            "deal_value" => {
                let amount = value.trim().parse::<f64>().ok().filter(|amount| amount.is_finite());
                let wrong = || Failure::usage("deal_value_wrong").with("value", value);
                draft.deal_value = Some(amount.ok_or_else(wrong)?);
            }
            "source" => draft.source = text(),
            "source_type" => draft.source_type = text(),
            "stage" => draft.stage = text(),
            "group" => draft.group = text(),
            "assignee" => draft.assignee = Some(number(session, account, value).await?),
            "note" => draft.note = text(),
            "add_label" | "add_labels" => draft.add_labels.push(value.to_owned()),
            "remove_label" | "remove_labels" => draft.remove_labels.push(value.to_owned()),
            "add_product" | "add_products" => draft.add_products.push(value.to_owned()),
            "add_number" | "add_numbers" => draft.add_numbers.push(number(session, account, value).await?),
            _ => {
                return Err(Failure::usage("lead_field_unknown")
                    .with("key", key)
                    .with("known", KEYS.join(", "))
                    .into());
            }
        }
        Ok(())
    }
}
