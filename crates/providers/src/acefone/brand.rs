//! What differs between the brands of the platform.

use jiff::tz::TimeZone;

use crate::ProviderKind;

/// One brand. Country and zone are those of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Brand {
    pub(crate) kind: ProviderKind,
    /// A preset only: tenants of the white label may have another.
    pub(crate) base_url: &'static str,
    /// What the name is called in a login (`email` on most, `login_id` on the United Kingdom's page).
    pub(crate) login_field: &'static str,
    /// Servetel's page has `async` as text and still offers 0 (wait for the agent); the others take the integer 1 only.
    pub(crate) async_is_text: bool,
    /// How numbers are written unless the account says otherwise; a plus is refused by some tenants of every brand.
    pub(crate) number_format: &'static str,
    /// The verbs beyond calls, numbers and users for which the brand has a page of its own.
    pub(crate) pages: Pages,
}

/// Which verbs a brand's own pages have. The platform is one, so that the others mostly work too; an account may ask
/// for them (`all_verbs`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pages {
    /// `call/options`.
    pub(crate) transfer: bool,
    /// `dialer/schedule_call`, both ways.
    pub(crate) schedule: bool,
    /// `dialer/session_call`, `dialer/disconnect_call`, dispositions.
    pub(crate) dialer: bool,
    /// `contacts`, `call/notes`.
    pub(crate) people: bool,
}

impl Pages {
    pub(crate) const ALL: Self = Self {
        transfer: true,
        schedule: true,
        dialer: true,
        people: true,
    };
    const CALLS_ONLY: Self = Self {
        transfer: false,
        schedule: false,
        dialer: false,
        people: false,
    };
}

impl Brand {
    /// The brand of a kind; none for kinds that are not of this platform.
    pub(crate) fn of(kind: ProviderKind) -> Option<Self> {
        let common = |base_url, pages| Self {
            kind,
            base_url,
            login_field: "email",
            async_is_text: false,
            number_format: "digits",
            pages,
        };
        Some(match kind {
            ProviderKind::AcefoneUk => Self {
                login_field: "login_id",
                ..common("https://api-account-uk.acefone.com", Pages::CALLS_ONLY)
            },
            ProviderKind::AcefoneIn => common(
                "https://api.acefone.in",
                Pages {
                    transfer: true,
                    schedule: true,
                    ..Pages::CALLS_ONLY
                },
            ),
            ProviderKind::Servetel => Self {
                async_is_text: true,
                ..common(
                    "https://api.servetel.in",
                    Pages {
                        transfer: true,
                        ..Pages::CALLS_ONLY
                    },
                )
            },
            ProviderKind::Smartflo => common("https://api-smartflo.tatateleservices.com", Pages::ALL),
            ProviderKind::Superfone | ProviderKind::Kazoo | ProviderKind::Sandbox => return None,
        })
    }

    /// Whether a dial may wait for the agent to pick up.
    pub(crate) fn offers_synchronous(self) -> bool {
        self.async_is_text
    }

    /// The zone of the time at which a lock-out ends: India's for Indian brands, wherever the account is.
    pub(super) fn lock_out_zone(self, account: &TimeZone) -> TimeZone {
        match self.kind {
            ProviderKind::AcefoneIn | ProviderKind::Servetel | ProviderKind::Smartflo => {
                TimeZone::get("Asia/Kolkata").unwrap_or_else(|_| account.clone())
            }
            ProviderKind::AcefoneUk | ProviderKind::Superfone | ProviderKind::Kazoo | ProviderKind::Sandbox => {
                account.clone()
            }
        }
    }
}

#[cfg(test)]
mod tests;
