//! What somebody fills into an account's form, and the requests that are made of it.
//!
//! Each line is `key=value`; the settings that a kind of account must have are there unless a line changes them.

use std::collections::BTreeMap;

use providers::{AccountSettings, Body, CallToPlace, HttpRequest};
use secrecy::ExposeSecret;
use telephony::Target;
use url::Url;

use crate::accounts::{ACCOUNTS, Account, SECRET};
use crate::input::Input;

pub fn read(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let account = input.one_of(&ACCOUNTS);
    let text = input.text();
    let usual = account
        .setup
        .values
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    let mut values: BTreeMap<String, String> = usual.collect();
    for (key, value) in text.split('\n').filter_map(|line| line.split_once('=')) {
        values.insert(key.to_owned(), value.replace('@', SECRET));
    }
    let settings = AccountSettings {
        kind: account.setup.kind,
        values,
        has_secret: account.setup.secrets.iter().map(|(key, _)| (*key).to_owned()).collect(),
    };
    let provider = match providers::build(&settings) {
        Ok(provider) => provider,
        Err(problem) => {
            assert!(!problem.to_string().is_empty());
            return;
        }
    };
    let Ok(target) = Target::read(account.setup.customer, provider.region()) else {
        return;
    };
    let call = CallToPlace {
        our_id: "0192f0c1-7c11-7000-8000-000000000001".into(),
        target,
        caller_id: None,
        endpoint: None,
        agent_phone: None,
        by_get: false,
    };
    if let Ok(request) = provider.prepare_call(&call, &account.credentials) {
        check_request(&request, &settings, account);
    }
    let _ = provider.event_stream(&account.credentials);
}

/// It goes where the account says, in the clear only where the account allows it, and its address shows no secret.
fn check_request(request: &HttpRequest, settings: &AccountSettings, account: &Account) {
    let url = Url::parse(&request.url).unwrap_or_else(|error| panic!("{error}: {}", request.url));
    assert_eq!(url.as_str(), request.url, "another address is written than is meant");
    if let Some(base) = settings.get("base_url") {
        let base = Url::parse(base).expect("the account was made with it");
        assert_eq!(url.origin(), base.origin(), "{base} becomes {url}");
    }
    let is_here = url.host_str().is_some_and(|host| {
        host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") || host == "[::1]"
    });
    let may_be_plain = settings.get("allow_plain_http").is_some();
    assert!(
        url.scheme() == "https" || may_be_plain || is_here,
        "in the clear: {url}"
    );
    assert_eq!(url.username(), "");
    assert!(url.password().is_none() && url.fragment().is_none(), "{url}");
    let has_typed_secret = settings.values.values().any(|value| value.contains(SECRET));
    assert!(
        has_typed_secret || !request.url.contains(SECRET),
        "a secret in the address: {url}"
    );
    for (name, value) in &request.headers {
        assert!(!value.contains(['\r', '\n']), "{name} has two lines: {value:?}");
    }
    for (name, value) in &request.secret_headers {
        assert!(!value.expose_secret().contains(['\r', '\n']), "{name} has two lines");
    }
    match &request.body {
        Body::None | Body::SecretJson(_) => {}
        Body::Json(json) | Body::JsonWithSecret { json, .. } => {
            assert!(
                has_typed_secret || !json.to_string().contains(SECRET),
                "{} in the open",
                account.setup
            );
        }
    }
}
