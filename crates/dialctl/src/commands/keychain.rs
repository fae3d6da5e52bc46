//! What to do where a secret cannot be had from the keychain.

use engine::api::Request;
use engine::secrets::variable;
use engine::view::SecretPlace;

use crate::output::Failure;
use crate::session::{Session, reply};
use crate::speech::{complete, params};

/// A failure with the variables named that would give these secrets, if it is for want of a keychain.
pub fn naming(failure: Failure, account: &str, fields: &[String]) -> Failure {
    let variables: Vec<String> = fields.iter().map(|field| variable(account, field)).collect();
    if variables.is_empty() {
        return failure;
    }
    let key = format!("cli.keychain_hint.{}", failure.code());
    match complete(&key, &params(&[("variables", &variables.join(", "))])) {
        Some(hint) => failure.with_hint(Some(hint)),
        None => failure,
    }
}

/// The same for the secrets that an account has in the keychain, or should have.
pub async fn naming_those_of(session: &mut Session, failure: Failure, account: Option<&str>) -> Failure {
    let (true, Some(account)) = (failure.code().starts_with("keychain_"), account) else {
        return failure;
    };
    let request = Request::ShowAccount {
        name: account.to_owned(),
    };
    // Without an answer the hint stays as it is.
    let Ok(reply) = session.request(request).await else {
        return failure;
    };
    let Ok(view) = reply!(reply, Account) else {
        return failure;
    };
    let needed: Vec<String> = view
        .secrets
        .iter()
        .filter(|secret| match secret.place {
            SecretPlace::Keychain => true,
            SecretPlace::Missing | SecretPlace::Unknown => view.missing.contains(&secret.key),
            SecretPlace::ThisRun | SecretPlace::Environment => false,
        })
        .map(|secret| secret.key.clone())
        .collect();
    naming(failure, account, &needed)
}
