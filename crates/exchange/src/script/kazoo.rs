//! What a script can change about a played Kazoo: how it is operated, not who its people are.

use std::time::Duration;

use serde::Deserialize;

use super::timings::Seconds;

const TOKEN_LIFE: Duration = Duration::from_secs(3_600);

/// `[account.kazoo]`: everything as a 4.3 does it, unless said otherwise.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KazooAccount {
    /// How long a token is good for, in seconds of exchange time (3600).
    pub token_life: Option<Seconds>,
    /// Whether requests cost tokens of the bucket: 100, ten more each second, a login 35.
    pub rate_limit: bool,
    /// Whether an application carries out what is asked of channels; without one they are answered and nothing happens.
    pub konami: bool,
    /// Whether that application also takes metaflows (a hold), for which the open version has no ear.
    pub metaflows: bool,
    /// Whether the event socket answers a ping with a pong; without the module it says "success" and no more.
    pub ping: bool,
    /// Whether quickcall exists.
    pub quickcall: bool,
    /// Whether the reply to a login names the event socket.
    pub tells_websocket: bool,
    /// The account is closed: 423.
    pub disabled: bool,
    /// A login asks for a second factor, and takes any.
    pub multi_factor: bool,
}

impl Default for KazooAccount {
    fn default() -> Self {
        Self {
            token_life: None,
            rate_limit: true,
            konami: true,
            metaflows: false,
            ping: true,
            quickcall: true,
            tells_websocket: true,
            disabled: false,
            multi_factor: false,
        }
    }
}

impl KazooAccount {
    pub(crate) fn token_life(&self) -> Duration {
        self.token_life.map_or(TOKEN_LIFE, Seconds::duration)
    }
}
