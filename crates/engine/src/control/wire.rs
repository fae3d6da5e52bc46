//! What stands on the lines.

use serde::{Deserialize, Serialize};

use crate::api::{ApiError, ApiResult, ErrorClass, Reply, Request};
use crate::view::{Event, Numbered, Role};

/// The version of the protocol; a greeting with another one ends the connection.
pub const PROTOCOL: u32 = 1;

/// The longest line an engine takes: a file of contacts is the longest there is.
pub(super) const LONGEST_REQUEST: usize = 8 * 1024 * 1024;
/// The longest line taken from an engine, which runs as the same user: a guard against nonsense.
pub(super) const LONGEST_ANSWER: usize = 64 * 1024 * 1024;

/// How each side introduces itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    pub protocol: u32,
    /// Version of the program.
    pub version: String,
    /// What the engine is; a client is none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub role: Option<Role>,
    pub pid: u32,
}

impl Hello {
    pub(super) fn of(role: Option<Role>) -> Self {
        Self {
            protocol: PROTOCOL,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            role,
            pid: std::process::id(),
        }
    }

    /// What to say to a side that speaks another protocol.
    pub(super) fn mismatch(&self) -> ApiError {
        ApiError::new(ErrorClass::Failed, "protocol")
            .with("ours", PROTOCOL)
            .with("theirs", self.protocol)
            .with("version", &self.version)
    }
}

/// A line from a client.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Ask {
    pub id: u64,
    #[serde(flatten)]
    pub wish: Wish,
}

/// What a client wants: of the engine, or of the connection itself.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Wish {
    Connection(OfConnection),
    Engine(Box<Request>),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(super) enum OfConnection {
    /// Send events from now on.
    Watch,
}

/// The first line of a client.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Greeting {
    pub hello: Hello,
}

/// A line from an engine: one of these is there, an answer with its `id`.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Told {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hello: Option<Hello>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ok: Option<Reply>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ApiError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<Box<Event>>,
    /// Its number; see [`crate::view::Snapshot::told`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// How many events were missed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lagged: Option<u64>,
}

impl Told {
    pub(super) fn hello(hello: Hello) -> Self {
        Self {
            hello: Some(hello),
            ..Self::default()
        }
    }

    pub(super) fn answer(id: u64, result: ApiResult) -> Self {
        let (ok, error) = match result {
            Ok(reply) => (Some(reply), None),
            Err(error) => (None, Some(error)),
        };
        Self {
            id: Some(id),
            ok,
            error,
            ..Self::default()
        }
    }

    pub(super) fn event(Numbered { number, event }: Numbered) -> Self {
        Self {
            event: Some(Box::new(event)),
            number: Some(number),
            ..Self::default()
        }
    }

    pub(super) fn lagged(missed: u64) -> Self {
        Self {
            lagged: Some(missed),
            ..Self::default()
        }
    }

    pub(super) fn problem(error: ApiError) -> Self {
        Self {
            error: Some(error),
            ..Self::default()
        }
    }
}

/// A value as a line, end included. Empty for a value that is no JSON, of which the protocol has none.
pub(super) fn line(value: &impl Serialize) -> Vec<u8> {
    match serde_json::to_vec(value) {
        Ok(mut line) => {
            line.push(b'\n');
            line
        }
        Err(error) => {
            tracing::error!(%error, "a line for the control socket cannot be written");
            Vec::new()
        }
    }
}

/// Reads a client's line.
///
/// # Errors
/// The id to answer to, if the line has one, and what is wrong.
pub(super) fn read_ask(line: &[u8]) -> Result<Ask, (Option<u64>, ApiError)> {
    /// What every line has, whatever it asks for.
    #[derive(Deserialize)]
    struct Head {
        id: Option<u64>,
        #[serde(rename = "do")]
        wish: Option<String>,
    }
    let problem = |code: &str, why: &dyn std::fmt::Display| ApiError::new(ErrorClass::Usage, code).with("why", why);
    let head: Head = serde_json::from_slice(line).map_err(|error| {
        // A mistake in the JSON is described without any of it; a value of the wrong kind would be repeated in full.
        let why: &dyn std::fmt::Display = if error.is_data() {
            &"it is no object with a whole number as id and a word as do"
        } else {
            &error
        };
        (None, problem("bad_line", why))
    })?;
    let Some(id) = head.id else {
        return Err((None, problem("bad_line", &"no id")));
    };
    if head.wish.as_deref() == Some("watch") {
        return Ok(Ask {
            id,
            wish: Wish::Connection(OfConnection::Watch),
        });
    }
    match serde_json::from_slice(line) {
        Ok(request) => Ok(Ask {
            id,
            wish: Wish::Engine(request),
        }),
        // Said by its name alone: what is wrong inside could be a secret.
        Err(_) => Err((Some(id), problem("request_unknown", &head.wish.unwrap_or_default()))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::{ContactDraft, MarksChange};

    fn read(line: serde_json::Value) -> Result<Ask, (Option<u64>, ApiError)> {
        read_ask(line.to_string().as_bytes())
    }

    #[test]
    fn a_request_stands_beside_its_id() {
        let ask = read(json!({"id": 3, "do": "end", "call": null})).unwrap();
        assert!(
            matches!(ask, Ask { id: 3, wish: Wish::Engine(request) } if matches!(*request, Request::End { call: None }))
        );
    }

    #[test]
    fn a_contact_keeps_its_own_id() {
        let contact = || "0190".to_owned();
        let requests = [
            Request::UpdateContact {
                id: contact(),
                contact: ContactDraft::default(),
            },
            Request::MarkContact {
                id: contact(),
                change: MarksChange::default(),
            },
            Request::RemoveContact { id: contact() },
            Request::ShowContact { id: contact() },
        ];
        for request in requests {
            let told = serde_json::to_value(&request).unwrap();
            let written = line(&Ask {
                id: 9,
                wish: Wish::Engine(Box::new(request)),
            });
            let ask = read_ask(written.trim_ascii_end()).unwrap();
            let Wish::Engine(request) = ask.wish else {
                panic!("not for the engine")
            };
            assert_eq!((ask.id, serde_json::to_value(&*request).unwrap()), (9, told));
        }
    }

    #[test]
    fn a_file_of_contacts_travels_as_text() {
        for csv in [b"name\nAmy".to_vec(), vec![0xff, 0x00]] {
            let request = Request::ImportContacts {
                csv: csv.clone(),
                country: None,
            };
            let written = line(&Ask {
                id: 1,
                wish: Wish::Engine(Box::new(request)),
            });
            let ask = read_ask(written.trim_ascii_end()).unwrap();
            let Wish::Engine(request) = ask.wish else {
                panic!("not for the engine")
            };
            assert!(matches!(*request, Request::ImportContacts { csv: ref came, .. } if *came == csv));
        }
    }

    #[test]
    fn what_cannot_be_answered_to_is_told_from_what_is_not_known() {
        assert!(matches!(read_ask(b"not json"), Err((None, error)) if error.code == "bad_line"));
        assert!(matches!(read(json!({"do": "status"})), Err((None, _))));
        assert!(
            matches!(read(json!({"id": 1, "do": "dance"})), Err((Some(1), error)) if error.code == "request_unknown")
        );
    }

    #[test]
    fn a_line_that_is_refused_is_not_repeated() {
        for line in [
            json!("made-up-secret"),
            json!({"id": "made-up-secret", "do": "status"}),
            json!({"id": 1, "do": ["made-up-secret"]}),
            json!({"id": 1, "do": "set_secret", "value": ["made-up-secret"]}),
        ] {
            let (_, error) = read(line).unwrap_err();
            assert!(!format!("{error:?}").contains("made-up"), "{error:?}");
        }
    }
}
