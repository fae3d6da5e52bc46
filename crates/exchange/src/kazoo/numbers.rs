//! The account's numbers, an object by number rather than a list, and what the platform makes of any number.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::answer::{Answer, Outcome};
use super::ask::Ask;
use super::page::Page;
use super::tenant;
use super::text::e164;
use crate::number::Number;
use crate::script::account::Did;
use crate::switchboard::Switchboard;

/// When the numbers came to the account: 1 March 2025.
const CREATED: i64 = 63_908_006_400;

pub(super) fn serve(board: &Switchboard, ask: &Ask, nouns: &[&str]) -> Outcome {
    match nouns {
        [] => Ok(list(board, ask)),
        ["classifiers"] => Ok(Answer::ok(classifiers())),
        ["classifiers", number] => Ok(classified(number)),
        [number] => one(board, number),
        _ => Err(Answer::not_found().into()),
    }
}

/// Every number is in service. The next page starts at a number, which a client has to encode.
fn list(board: &Switchboard, ask: &Ask) -> Answer {
    let wanted = ask.query_text("filter_state").unwrap_or("in_service");
    let mut rows: Vec<(String, (String, Value))> = board
        .account()
        .dids(board.plays)
        .iter()
        .filter(|_| wanted == "in_service")
        .map(|did| {
            let number = plus(board, did);
            (number.clone(), (number, row(did)))
        })
        .collect();
    rows.sort_by(|one, other| one.0.cmp(&other.0));
    Page::cut(rows, ask, false)
        .answer(|rows| json!({"cascade_quantity": 0, "numbers": rows.into_iter().collect::<Map<_, _>>()}))
}

fn row(did: &Did) -> Value {
    let mut row = json!({
        "state": "in_service",
        "features": ["local"],
        "assigned_to": tenant::ACCOUNT_ID,
        "created": CREATED,
        "updated": CREATED,
    });
    if did.destination.is_some() {
        row["used_by"] = "callflow".into();
    }
    row
}

fn one(board: &Switchboard, number: &str) -> Outcome {
    let wanted = e164(number);
    let dids = board.account().dids(board.plays);
    let found = dids.iter().find(|did| plus(board, did) == wanted);
    let Some(did) = found else {
        let data = json!({"message": "bad identifier", "not_found": "No such number"});
        return Err(Answer::error(StatusCode::NOT_FOUND, "bad_identifier", data).into());
    };
    let mut document = json!({
        "id": wanted,
        "state": "in_service",
        "features": ["local"],
        "_read_only": {"created": CREATED, "modified": CREATED, "features": ["local"], "state": "in_service"},
    });
    if !did.name.is_empty() {
        document["cnam"] = json!({"display_name": did.name});
    }
    Ok(Answer::ok(document))
}

fn plus(board: &Switchboard, did: &Did) -> String {
    Number::read(&did.number, board.plays).plus()
}

/// What sorts of numbers the platform tells apart, the first that fits first: name, how people call it, pattern.
const CLASSIFIERS: [(&str, &str, &str); 3] = [
    ("did_us", "US DID", "^\\+?1?([2-9][0-9]{2}[2-9][0-9]{6})$"),
    ("international", "International", "^(?:011|00|\\+)([0-9]{7,})$"),
    ("unknown", "Unknown", "^(.*)$"),
];

fn classifiers() -> Value {
    let row = |(name, friendly_name, regex): (&str, &str, &str)| {
        (name.to_owned(), json!({"friendly_name": friendly_name, "regex": regex}))
    };
    Value::Object(CLASSIFIERS.into_iter().map(row).collect())
}

fn classified(number: &str) -> Answer {
    let e164 = e164(number);
    let (name, friendly_name, regex) = if e164.starts_with("+1") {
        CLASSIFIERS[0]
    } else if e164.starts_with('+') {
        CLASSIFIERS[1]
    } else {
        CLASSIFIERS[2]
    };
    let mut shown = json!({
        "number": number,
        "e164": e164,
        "name": name,
        "friendly_name": friendly_name,
        "regex": regex,
    });
    if name == "did_us" {
        shown["pretty_print"] = "SS(###) ### - ####".into();
    }
    Answer::ok(shown)
}
