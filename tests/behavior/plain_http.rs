//! Nothing goes to another machine in the clear unless the account says so.

use anyhow::Result;
use async_trait::async_trait;
use providers::{HttpRequest, ProviderKind, SettingsProblem, Transport, TransportError, TransportResult};

use crate::account::{base_path, setups, usual};
use crate::deed::deeds;
use crate::wire::Noted;

/// An address that is nobody's: it is there for documents.
const FAR: &str = "http://192.0.2.7";

/// Reaches nobody.
struct Nowhere;

#[async_trait]
impl Transport for Nowhere {
    async fn send(&self, _request: HttpRequest) -> TransportResult {
        Err(TransportError::NotConnected("nobody is there".into()))
    }
}

#[test]
fn plain_http_to_another_machine_is_refused_for_every_account() {
    let spellings = [
        FAR,
        "http://192.0.2.7:8000/v2",
        "HTTP://192.0.2.7",
        "http://api.example.test",
        "http://127.0.0.1.example.test",
        "http://localhost.example.test",
        "http://[2001:db8::7]",
        "http://[::ffff:192.0.2.7]",
        "http://0.0.0.0",
    ];
    for setup in setups() {
        for address in spellings {
            for more in [&[][..], &[("allow_plain_http", "false")]] {
                let settings = [&[("base_url", address)][..], more].concat();
                let problem = setup.build(&settings).err();
                let is_refused = matches!(problem, Some(SettingsProblem::Invalid { why: "plain_http", .. }));
                assert!(is_refused, "{setup} {address}: {problem:?}");
            }
        }
        for address in ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"] {
            assert!(setup.build(&[("base_url", address)]).is_ok(), "{setup} {address}");
        }
    }
}

#[tokio::test]
async fn every_verb_goes_where_the_account_says_and_nowhere_else() -> Result<()> {
    for setup in setups() {
        for origin in [FAR, "https://192.0.2.7"] {
            let (provider, credentials) = setup.connect_signed_in("http://127.0.0.1:9")?;
            let list = deeds(&setup, provider.as_ref());
            let address = format!("{origin}{}", base_path(setup.kind));
            let switch = ("allow_plain_http", if origin == FAR { "true" } else { "false" });
            let provider = setup.build(&[("base_url", &address), switch])?;
            for deed in list {
                let transport = Noted::new(Nowhere);
                let _ = deed.done(provider.as_ref(), &credentials, &transport).await;
                let sent = transport.sent();
                assert!(!sent.is_empty(), "{setup} {deed} sends nothing");
                for request in sent {
                    assert!(
                        request.url.starts_with(&format!("{address}/")),
                        "{setup} {deed}: {}",
                        request.url
                    );
                }
            }
        }
    }
    Ok(())
}

#[test]
fn a_stream_of_events_in_the_clear_is_refused_likewise() {
    let kazoo = usual(ProviderKind::Kazoo);
    let streams = |url: &str, switch: &str| {
        kazoo
            .build(&[
                ("base_url", "https://pbx.example.test/v2"),
                ("websocket_url", url),
                ("allow_plain_http", switch),
            ])
            .is_ok()
    };
    assert!(!streams("ws://192.0.2.7:5555", "false"));
    assert!(streams("ws://192.0.2.7:5555", "true"));
    assert!(streams("wss://192.0.2.7:5556", "false"));
    assert!(streams("ws://127.0.0.1:5555", "false"));
}
