//! Secrets checked as they are pasted.

use secrecy::{ExposeSecret, SecretString};

use crate::{
    AccountSettings, Credentials, ErrorKind, Operation, ProviderError, ProviderKind, SettingsProblem, registry,
};

/// Under this key every kind that signs in has its password.
const PASSWORD: &str = "password";

/// Makes a pasted secret fit to be stored: trimmed, without a pasted `Bearer `.
///
/// # Errors
/// A key that the kind has not, nothing at all, a token as the portal masks it (`masked`), or text that cannot be a
/// credential (`secret_format`). The value is never part of the problem.
pub fn validate_secret(kind: ProviderKind, key: &str, value: &str) -> Result<SecretString, SettingsProblem> {
    if !registry::fields(kind)
        .iter()
        .any(|spec| spec.key == key && spec.is_secret())
    {
        return Err(SettingsProblem::UnknownKey { key: key.into(), kind });
    }
    clean(key, value)
}

/// The secret of an account for a request; checked again, since it may come from the environment.
///
/// # Errors
/// `ConfigInvalid` when it is missing or cannot be one.
pub(crate) fn needed(
    secrets: &Credentials,
    key: &str,
    operation: Operation,
    provider: ProviderKind,
) -> Result<SecretString, ProviderError> {
    let refuse = |why| ProviderError::new(ErrorKind::ConfigInvalid, operation, provider).about(key, why);
    let Some(secret) = secrets.get(key) else {
        return Err(refuse("missing"));
    };
    clean(key, secret.expose_secret()).map_err(|problem| match problem {
        SettingsProblem::Invalid { why, .. } => refuse(why),
        SettingsProblem::Missing { .. } | SettingsProblem::UnknownKey { .. } => refuse("missing"),
    })
}

fn clean(key: &str, value: &str) -> Result<SecretString, SettingsProblem> {
    if key == PASSWORD {
        return password(value);
    }
    let value = value.trim();
    let value = match value.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("bearer ") => value[7..].trim_start(),
        _ => value,
    };
    if value.is_empty() || value.eq_ignore_ascii_case("bearer") {
        return Err(SettingsProblem::Missing { key: key.into() });
    }
    if value.contains("***") || value.contains(['•', '…']) {
        return Err(AccountSettings::invalid(key, "", "masked"));
    }
    // It goes into a header: visible ASCII, no spaces.
    if !value.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(AccountSettings::invalid(key, "", "secret_format"));
    }
    Ok(value.into())
}

/// A password may hold anything; only the end of the line that it was pasted with is none of it.
fn password(value: &str) -> Result<SecretString, SettingsProblem> {
    let value = value.trim_end_matches(['\r', '\n']);
    if value.is_empty() {
        return Err(SettingsProblem::Missing { key: PASSWORD.into() });
    }
    if value.chars().all(|c| matches!(c, '•' | '●')) {
        return Err(AccountSettings::invalid(PASSWORD, "", "masked"));
    }
    Ok(value.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(value: &str) -> Result<String, SettingsProblem> {
        validate_secret(ProviderKind::Smartflo, "api_token", value).map(|secret| secret.expose_secret().to_owned())
    }

    #[test]
    fn a_pasted_bearer_is_stripped() {
        for pasted in ["a.b.c", " a.b.c\n", "Bearer a.b.c", "bearer  a.b.c"] {
            assert_eq!(token(pasted).unwrap(), "a.b.c", "{pasted:?}");
        }
    }

    #[test]
    fn a_masked_token_is_refused_without_repeating_it() {
        let problem = token("eyJh****qrst").unwrap_err();
        assert_eq!(
            problem,
            SettingsProblem::Invalid {
                key: "api_token".into(),
                value: String::new(),
                why: "masked"
            }
        );
    }

    #[test]
    fn what_cannot_be_a_credential_is_refused() {
        assert!(matches!(
            token("two words"),
            Err(SettingsProblem::Invalid {
                why: "secret_format",
                ..
            })
        ));
        assert!(matches!(token("Bearer "), Err(SettingsProblem::Missing { .. })));
        assert!(matches!(
            token("é"),
            Err(SettingsProblem::Invalid {
                why: "secret_format",
                ..
            })
        ));
    }

    #[test]
    fn a_password_is_kept_as_it_was_typed() {
        let password = |value: &str| validate_secret(ProviderKind::Smartflo, "password", value);
        for typed in ["two words", " spaced ", "Bearer x", "a***b", "pässwörd"] {
            assert_eq!(password(typed).unwrap().expose_secret(), typed);
        }
        assert_eq!(password("secret\n").unwrap().expose_secret(), "secret");
        assert!(matches!(password("\n"), Err(SettingsProblem::Missing { .. })));
        assert!(matches!(
            password("••••••"),
            Err(SettingsProblem::Invalid { why: "masked", .. })
        ));
    }

    #[test]
    fn only_the_secrets_of_the_kind_are_taken() {
        let problem = validate_secret(ProviderKind::Superfone, "api_token", "x").unwrap_err();
        assert!(matches!(problem, SettingsProblem::UnknownKey { .. }));
    }
}
