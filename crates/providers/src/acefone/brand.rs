//! What differs between the brands of the platform.

use crate::ProviderKind;

/// One brand. Country and zone are those of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Brand {
    pub(crate) kind: ProviderKind,
    /// A preset only: tenants of the white label may have another.
    pub(crate) base_url: &'static str,
    /// Servetel's page has `async` as text and still offers 0 (wait for the agent); the others take the integer 1 only.
    pub(crate) async_is_text: bool,
}

impl Brand {
    /// The brand of a kind; none for kinds that are not of this platform.
    pub(crate) fn of(kind: ProviderKind) -> Option<Self> {
        let (base_url, async_is_text) = match kind {
            ProviderKind::AcefoneUk => ("https://api-account-uk.acefone.com", false),
            ProviderKind::AcefoneIn => ("https://api.acefone.in", false),
            ProviderKind::Servetel => ("https://api.servetel.in", true),
            ProviderKind::Smartflo => ("https://api-smartflo.tatateleservices.com", false),
            ProviderKind::Superfone | ProviderKind::Kazoo | ProviderKind::Sandbox => return None,
        };
        Some(Self {
            kind,
            base_url,
            async_is_text,
        })
    }

    /// Whether a dial may wait for the agent to pick up.
    pub(crate) fn offers_synchronous(self) -> bool {
        self.async_is_text
    }
}
