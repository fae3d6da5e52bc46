//! The address of a provider's API as the account gives it.

use url::{Host, Url};

use crate::{AccountSettings, FieldKind, FieldSpec, SettingsProblem};

const KEY: &str = "base_url";
const ALLOW_PLAIN_HTTP: &str = "allow_plain_http";

/// The two fields that every provider's address takes.
pub(crate) fn fields(preset: &str) -> [FieldSpec; 2] {
    [
        FieldSpec::new(KEY, FieldKind::Url).default(preset).advanced(),
        FieldSpec::new(ALLOW_PLAIN_HTTP, FieldKind::Boolean)
            .default("false")
            .advanced(),
    ]
}

/// Reads `base_url`, without a slash at its end and without `dropped` (the part that paths begin with), if pasted.
///
/// # Errors
/// What is wrong with it: `url`, `url_extra` (login, query or fragment), `plain_http`.
pub(crate) fn read(settings: &AccountSettings, preset: &str, dropped: &str) -> Result<String, SettingsProblem> {
    let text = settings.get(KEY).unwrap_or(preset);
    let allow_plain_http = settings.flag(ALLOW_PLAIN_HTTP, false)?;
    let url = Url::parse(text).map_err(|_| AccountSettings::invalid(KEY, text, "url"))?;
    if !url.username().is_empty() || url.password().is_some() {
        // The value is not repeated: it holds a password.
        return Err(AccountSettings::invalid(KEY, "", "url_extra"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(AccountSettings::invalid(KEY, text, "url_extra"));
    }
    match url.scheme() {
        "https" => {}
        "http" if allow_plain_http || is_loopback(&url) => {}
        "http" => return Err(AccountSettings::invalid(KEY, text, "plain_http")),
        _ => return Err(AccountSettings::invalid(KEY, text, "url")),
    }
    // A host may be called like the part that is dropped: only the path is looked at.
    let path = url.path().trim_end_matches('/');
    let kept = path.strip_suffix(dropped).unwrap_or(path).trim_end_matches('/');
    let server = url.as_str().strip_suffix(url.path()).unwrap_or(url.as_str());
    Ok(format!("{server}{kept}"))
}

pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ProviderKind;

    fn read_text(text: &str, extra: &[(&str, &str)]) -> Result<String, SettingsProblem> {
        let mut values: std::collections::BTreeMap<String, String> = extra
            .iter()
            .map(|(key, value)| ((*key).into(), (*value).into()))
            .collect();
        values.insert(KEY.into(), text.into());
        read(
            &AccountSettings {
                kind: ProviderKind::AcefoneUk,
                values,
                has_secret: Vec::new(),
            },
            "",
            "/v1",
        )
    }

    fn why(result: Result<String, SettingsProblem>) -> &'static str {
        match result {
            Err(SettingsProblem::Invalid { why, .. }) => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_pasted_version_and_slash_are_dropped() {
        assert_eq!(
            read_text("https://api.example.com/v1/", &[]).unwrap(),
            "https://api.example.com"
        );
        assert_eq!(
            read_text("https://api.example.com/tenant", &[]).unwrap(),
            "https://api.example.com/tenant"
        );
        for url in ["https://v1/", "https://v1/v1"] {
            assert_eq!(read_text(url, &[]).unwrap(), "https://v1", "a host of that name stays");
        }
    }

    #[test]
    fn plain_http_is_free_to_this_machine_only() {
        for url in ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:9"] {
            assert_eq!(read_text(url, &[]).unwrap(), url);
        }
        assert_eq!(why(read_text("http://10.0.0.1", &[])), "plain_http");
        assert_eq!(why(read_text("http://127.0.0.1.example.com", &[])), "plain_http");
        assert_eq!(
            read_text("http://10.0.0.1", &[(ALLOW_PLAIN_HTTP, "true")]).unwrap(),
            "http://10.0.0.1"
        );
    }

    #[test]
    fn what_is_no_address_of_an_api_is_refused_with_the_reason() {
        assert_eq!(why(read_text("api.example.com", &[])), "url");
        assert_eq!(why(read_text("ftp://api.example.com", &[])), "url");
        assert_eq!(why(read_text("https://api.example.com/?a=b", &[])), "url_extra");
    }

    #[test]
    fn a_password_in_the_address_is_not_repeated_in_the_problem() {
        let problem = read_text("https://me:secret@api.example.com", &[]).unwrap_err();
        assert!(!problem.to_string().contains("secret"));
    }
}
