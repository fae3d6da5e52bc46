//! Addresses to which a password may be sent.

use http::Uri;
use libdav::encoding::normalise_percent_encoded;
use url::{Host, Url};

use crate::Problem;

/// An address on a server: https, or anything on this machine's own loopback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(Url);

impl Address {
    /// Reads an address as a person types it; without a scheme it is https.
    ///
    /// # Errors
    /// `Address` for what is none, or holds a password; `NotEncrypted`.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let text = text.trim();
        let whole = if text.contains("://") {
            text.to_owned()
        } else {
            format!("https://{text}")
        };
        // The address is repeated in words, a password in it is not.
        let shown = text.rsplit('@').next().unwrap_or_default();
        let none = || Problem::Address(shown.to_owned());
        let mut url = Url::parse(&whole).map_err(|_| none())?;
        let is_loopback = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(_)) => false,
            None => return Err(none()),
        };
        match url.scheme() {
            "https" => {}
            "http" if is_loopback => {}
            "http" => return Err(Problem::NotEncrypted),
            _ => return Err(none()),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(none());
        }
        url.set_query(None);
        url.set_fragment(None);
        Ok(Self(url))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Scheme, host and port, as a redirection is compared by.
    #[must_use]
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    pub(crate) fn base(&self) -> Result<Uri, Problem> {
        self.origin().parse().map_err(|_| Problem::Address(self.origin()))
    }

    /// The path as `libdav` names places.
    pub(crate) fn path(&self) -> Result<String, Problem> {
        normalise_percent_encoded(self.0.path())
            .map(std::borrow::Cow::into_owned)
            .map_err(|_| Problem::Address(self.0.path().to_owned()))
    }

    /// Where an answer leads from here.
    ///
    /// # Errors
    /// `Elsewhere` where that is another server.
    pub(crate) fn join(&self, to: &str) -> Result<Self, Problem> {
        let url = self
            .0
            .join(to)
            .map_err(|_| Problem::NotUnderstood("a redirection to nowhere".into()))?;
        if url.origin() != self.0.origin() {
            return Err(Problem::Elsewhere(url.origin().ascii_serialization()));
        }
        Self::parse(url.as_str())
    }

    /// A place that the server names, as a path on this server; none on any other.
    pub(crate) fn place(&self, href: &str) -> Option<String> {
        let lower = href.get(..8).unwrap_or(href).to_ascii_lowercase();
        if !lower.starts_with("http://") && !lower.starts_with("https://") {
            // `//host/path` would name another server.
            return (href.starts_with('/') && !href.starts_with("//")).then(|| href.to_owned());
        }
        let url = Url::parse(href).ok()?;
        (url.origin() == self.0.origin()).then_some(())?;
        normalise_percent_encoded(url.path())
            .ok()
            .map(std::borrow::Cow::into_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_this_machine_are_asked() {
        assert_eq!(
            Address::parse("cloud.example.com/dav").unwrap().as_str(),
            "https://cloud.example.com/dav"
        );
        assert!(Address::parse("http://127.0.0.1:5232").is_ok());
        assert!(Address::parse("http://[::1]:5232").is_ok());
        assert_eq!(Address::parse("http://cloud.example.com"), Err(Problem::NotEncrypted));
        assert_eq!(
            Address::parse("http://127.0.0.1.example.com"),
            Err(Problem::NotEncrypted)
        );
        // A name may be led to another machine by whoever answers for it.
        assert_eq!(Address::parse("http://localhost:5232"), Err(Problem::NotEncrypted));
        assert!(matches!(
            Address::parse("ftp://cloud.example.com"),
            Err(Problem::Address(_))
        ));
        assert!(matches!(Address::parse(""), Err(Problem::Address(_))));
    }

    #[test]
    fn a_password_in_an_address_is_refused_and_not_repeated() {
        let problem = Address::parse("https://ann:hunter2@cloud.example.com").unwrap_err();
        assert!(!problem.to_string().contains("hunter2"), "{problem}");
    }

    #[test]
    fn places_on_other_servers_are_none() {
        let address = Address::parse("https://cloud.example.com/dav/").unwrap();
        assert_eq!(address.place("/a/b%2Fc").as_deref(), Some("/a/b%2Fc"));
        assert_eq!(
            address.place("https://cloud.example.com/a%20b").as_deref(),
            Some("/a b")
        );
        assert_eq!(address.place("https://evil.example/a"), None);
        assert_eq!(address.place("//evil.example/a"), None);
        assert_eq!(
            address.join("https://evil.example/"),
            Err(Problem::Elsewhere("https://evil.example".into()))
        );
        assert_eq!(address.join("/x").unwrap().as_str(), "https://cloud.example.com/x");
    }
}
