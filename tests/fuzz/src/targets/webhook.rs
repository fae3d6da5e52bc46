//! What a provider, or somebody who knows the address, posts to the listener.

use providers::{ProviderKind, RawEvent};
use telephony::FactSource;

use super::facts::{RECEIVED_AT, check};
use crate::accounts::ACCOUNTS;
use crate::input::Input;

pub const CONTENT_TYPES: [Option<&str>; 5] = [
    Some("application/json"),
    Some("application/x-www-form-urlencoded"),
    None,
    Some("application/json; charset=utf-8"),
    Some("text/plain"),
];

pub fn read(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let account = input.one_of(&ACCOUNTS);
    let content_type = *input.one_of(&CONTENT_TYPES);
    let body = input.rest();
    let read = |body| account.provider.decode(RawEvent { content_type, body }, RECEIVED_AT);

    let told = read(body);
    assert_eq!(told, read(body), "read twice, it tells two things");
    if content_type == Some("application/json") && !body.starts_with(b"\xef\xbb\xbf") {
        let indented = [b"\n  ", body, b"\n"].concat();
        assert_eq!(
            told.as_ref().ok(),
            read(&indented).ok().as_ref(),
            "space around it changes what it tells"
        );
    }
    match told {
        Ok(facts) => {
            // A frame of an event stream is one, whoever hands it over; only Kazoo has such a stream.
            let is_frame = facts.iter().any(|fact| fact.source == FactSource::Websocket);
            assert!(!is_frame || account.setup.kind == ProviderKind::Kazoo, "{facts:?}");
            check(
                &facts,
                if is_frame {
                    FactSource::Websocket
                } else {
                    FactSource::Webhook
                },
            );
        }
        Err(problem) => assert!(!problem.to_string().is_empty()),
    }
}
