//! What an account of the platform can do: by mode, credentials, and what its brand documents.

use super::config::{Config, Mode};
use crate::{Capabilities, Capability, Missing};

pub(super) fn capabilities(config: &Config) -> Capabilities {
    // The support key places calls and does nothing else. With `click_to_call` the token is needed for everything;
    // that it is missing is told as a missing secret, not as a missing capability.
    let with_token = match config.mode {
        Mode::ClickToCall => Capability::Available,
        Mode::ClickToCallSupport if config.has_account_access() => Capability::Available,
        Mode::ClickToCallSupport => Capability::Missing(Missing::NeedsApiToken),
    };
    let documented = |has_page: bool| {
        if has_page {
            with_token
        } else {
            Capability::Missing(Missing::NotOffered)
        }
    };
    let names_agent = config.names_agent();
    Capabilities {
        place_call: Capability::Available,
        end_call: with_token,
        end_names_call: true,
        choose_caller_id: Capability::Available,
        list_dids: with_token,
        list_agents: with_token,
        live_calls: with_token,
        webhooks: Capability::Available,
        tells_customer_answer: Capability::Available,
        transfer_call: documented(config.pages.transfer),
        call_records: with_token,
        recording_link: if config.has_old_call_report() {
            Capability::Missing(Missing::NotOffered)
        } else {
            with_token
        },
        schedule_call: documented(config.pages.schedule),
        scheduled_calls: documented(config.pages.schedule),
        agent_status: if names_agent || !with_token.is_available() {
            with_token
        } else {
            Capability::Missing(Missing::NeedsSetting)
        },
        set_agent_status: documented(config.pages.dialer),
        provider_contacts: documented(config.pages.people),
        call_notes: documented(config.pages.people),
        dispositions: documented(config.pages.dialer),
        ..Capabilities::none(Missing::NotOffered)
    }
}
