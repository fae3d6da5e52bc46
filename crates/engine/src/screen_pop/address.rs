//! Addresses that a screen pop opens.

use url::Url;

use super::Mistake;
use super::template::Template;
use super::values::Values;

/// Schemes of programs that show something and do nothing by themselves. None that dials, reads a file or runs a script.
const OF_PROGRAMS: [&str; 5] = ["mailto", "msteams", "obsidian", "salesforce1", "slack"];

/// An address with places for values, none of which decides where it leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    template: Template,
    /// What it leads to with harmless values.
    sample: Url,
}

impl Address {
    /// # Errors
    /// No address, a scheme that is not opened, or a place where the server is named.
    pub(super) fn of(text: &str) -> Result<Self, Mistake> {
        let mistake = |why| Mistake::of("url", why);
        let template = Template::of(text.trim(), "url")?;
        let (scheme, rest) = template.beginning().split_once(':').ok_or(mistake("no_address"))?;
        let scheme = scheme.to_ascii_lowercase();
        let is_web = matches!(scheme.as_str(), "https" | "http");
        if !is_web && !OF_PROGRAMS.contains(&scheme.as_str()) {
            return Err(mistake("scheme"));
        }
        // Past the server's name a value can only choose a page of it.
        let names_server = |rest: &str| {
            let rest = rest.strip_prefix("//").unwrap_or_default();
            rest.find(['/', '\\', '?', '#']).is_some_and(|end| end > 0)
        };
        if is_web && template.has_slots() && !names_server(rest) {
            return Err(mistake("server_open"));
        }
        let sample = Url::parse(&template.sample()).map_err(|_| mistake("no_address"))?;
        if is_web && (!sample.has_host() || !sample.username().is_empty() || sample.password().is_some()) {
            return Err(mistake("no_address"));
        }
        Ok(Self { template, sample })
    }

    /// The address with these values, each encoded as one component; none where it would lead elsewhere all the same, as a
    /// value of two dots in a path of its own can.
    pub(super) fn filled(&self, values: &Values) -> Option<String> {
        let text = self.template.filled(values, encoded);
        let url = Url::parse(&text).ok()?;
        (shape(&url) == shape(&self.sample)).then(|| url.into())
    }
}

/// What no value may change.
fn shape(url: &Url) -> (&str, Option<&str>, Option<u16>, Option<usize>, bool, bool) {
    (
        url.scheme(),
        url.host_str(),
        url.port(),
        url.path_segments().map(Iterator::count),
        url.query().is_some(),
        url.fragment().is_some(),
    )
}

/// Everything but letters, digits and `-._~`, which mean nothing anywhere in an address, as `%XX`.
fn encoded(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
