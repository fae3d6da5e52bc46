//! Frames of Kazoo's stream of events.

use providers::{ProviderKind, StreamNews};
use telephony::FactSource;

use super::facts::{RECEIVED_AT, check};
use crate::accounts::{SECRET, usual};
use crate::input::Input;

pub fn read(bytes: &[u8]) {
    let text = Input::new(bytes).text().replace('@', SECRET);
    let provider = &usual(ProviderKind::Kazoo).provider;
    let news = provider.read_stream(&text, RECEIVED_AT);
    let again = provider.read_stream(&text, RECEIVED_AT);
    assert_eq!(
        format!("{news:?}"),
        format!("{again:?}"),
        "read twice, it tells two things"
    );
    match news {
        StreamNews::Facts(facts) => check(&facts, FactSource::Websocket),
        StreamNews::Refused(error) => {
            assert!(
                !format!("{error} {error:?}").contains(SECRET),
                "a secret is told: {error:?}"
            );
        }
        StreamNews::Answered | StreamNews::Unknown => {}
    }
}
