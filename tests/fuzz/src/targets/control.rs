//! Lines that programs write to the control socket.

use engine::control::read_request;
use serde::Deserialize;
use serde_json::Value;

use crate::accounts::SECRET;
use crate::input::Input;

pub fn read(bytes: &[u8]) {
    let text = Input::new(bytes).text().replace('@', SECRET);
    match read_request(text.as_bytes()) {
        Ok((id, Some(request))) => {
            let shown = format!("{request:?}");
            let mut line = serde_json::to_value(&request).expect("a request is JSON");
            line["id"] = id.into();
            let (again_id, again) = read_request(line.to_string().as_bytes())
                .unwrap_or_else(|(_, error)| panic!("written and not read again: {error:?} {line}"));
            assert_eq!(again_id, id);
            let again = again.expect("a request of the engine stays one");
            // The last digit of a fraction is not kept.
            if !has_fraction(&line) {
                assert_eq!(format!("{again:?}"), shown, "written and read as another: {line}");
            }
            if let Some("set_secret") = line["do"].as_str() {
                let holds = |name: &str| line[name].as_str().is_some_and(|text| text.contains(SECRET));
                assert!(
                    holds("name") || holds("key") || !shown.contains(SECRET),
                    "a secret is shown: {shown}"
                );
            }
        }
        Ok((_, None)) => {}
        Err((id, error)) => {
            let said = format!("{error:?}");
            // Its name is repeated, and nothing else of it.
            let line: Option<Named> = serde_json::from_str(&text).ok();
            let is_repeated = line.is_some_and(|line| line.wish.is_some_and(|wish| wish.contains(SECRET)));
            assert!(is_repeated || !said.contains(SECRET), "a secret is told: {said}");
            assert!(id.is_none() || error.code == "request_unknown", "{said}");
        }
    }
}

/// A line by its name; what else is in it may be anything.
#[derive(Deserialize)]
struct Named {
    #[serde(rename = "do")]
    wish: Option<String>,
}

fn has_fraction(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(list) => list.iter().any(has_fraction),
        Value::Object(members) => members.values().any(has_fraction),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}
