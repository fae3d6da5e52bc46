//! What can happen to a dial, and the course of the call it leads to.

use serde::{Deserialize, Serialize};

use crate::call::Cause;

use super::timings::{Seconds, Timings};

/// What happens to a dial.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scenario {
    /// Both pick up and talk until somebody ends it.
    #[default]
    Answer,
    AgentNoAnswer,
    AgentBusy,
    CustomerNoAnswer,
    CustomerBusy,
    /// Both pick up; the customer ends it soon.
    CustomerHangsUp,
    /// As `answer`, with every event late.
    LateWebhooks,
    /// As `answer`, with every event posted twice.
    DoubledWebhooks,
    /// As `answer`, with no event posted.
    LostWebhooks,
    /// As `customer_hangs_up`, with the events posted at the end, last first.
    ReversedWebhooks,
    /// 401.
    Unauthorized,
    /// 403.
    Forbidden,
    /// 422 with a field map; Superfone, which takes no caller id, answers 400.
    InvalidCallerId,
    /// 422 with a field map; Superfone 404.
    UnknownAgent,
    /// A failure with status 200.
    AgentOffline,
    /// 429 with `Retry-After`, and `success` as text.
    RateLimited,
    /// 500.
    ServerError,
    /// The request is read and the connection closed without an answer, though the call goes on.
    #[serde(alias = "accept_then_silence")]
    Silence,
    /// The request is read and never answered, though the call goes on.
    Hang,
    /// A support call in which both pick up.
    SupportCall,
    /// The customer does not pick up and calls in a little later.
    InboundCall,
}

/// How the events of a call are posted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookStyle {
    #[default]
    InOrder,
    Late,
    Doubled,
    Lost,
    Reversed,
}

/// A dial that leads to no call, answered at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Unauthorized,
    Forbidden,
    InvalidCallerId,
    UnknownAgent,
    AgentOffline,
    RateLimited,
    ServerError,
}

/// What a telephone does when it is rung.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pickup {
    Answers {
        after: Seconds,
    },
    NoAnswer {
        rings_for: Seconds,
    },
    Busy,
    /// Not rung at all, for this reason.
    Unreachable(Cause),
}

impl Pickup {
    /// The same telephone, rung for no longer than this.
    pub(crate) fn within(self, limit: Seconds) -> Self {
        match self {
            Self::Answers { after } if after > limit => Self::NoAnswer { rings_for: limit },
            Self::NoAnswer { rings_for } if rings_for > limit => Self::NoAnswer { rings_for: limit },
            Self::Answers { .. } | Self::NoAnswer { .. } | Self::Busy | Self::Unreachable(_) => self,
        }
    }
}

/// The course of a call, unless somebody ends it earlier.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub agent: Pickup,
    pub customer: Pickup,
    pub talk: Seconds,
    pub webhooks: WebhookStyle,
    pub calls_back: bool,
    pub timings: Timings,
}

impl Scenario {
    pub(crate) fn refusal(self) -> Option<Refusal> {
        match self {
            Self::Unauthorized => Some(Refusal::Unauthorized),
            Self::Forbidden => Some(Refusal::Forbidden),
            Self::InvalidCallerId => Some(Refusal::InvalidCallerId),
            Self::UnknownAgent => Some(Refusal::UnknownAgent),
            Self::AgentOffline => Some(Refusal::AgentOffline),
            Self::RateLimited => Some(Refusal::RateLimited),
            Self::ServerError => Some(Refusal::ServerError),
            Self::Answer
            | Self::AgentNoAnswer
            | Self::AgentBusy
            | Self::CustomerNoAnswer
            | Self::CustomerBusy
            | Self::CustomerHangsUp
            | Self::LateWebhooks
            | Self::DoubledWebhooks
            | Self::LostWebhooks
            | Self::ReversedWebhooks
            | Self::Silence
            | Self::Hang
            | Self::SupportCall
            | Self::InboundCall => None,
        }
    }

    /// Whether it can befall a request that is no dial.
    pub(crate) fn is_fault(self) -> bool {
        self.refusal().is_some() || matches!(self, Self::Silence | Self::Hang)
    }

    pub(crate) fn plan(self, timings: Timings, webhooks: Option<WebhookStyle>) -> Plan {
        let style = match self {
            Self::LateWebhooks => WebhookStyle::Late,
            Self::DoubledWebhooks => WebhookStyle::Doubled,
            Self::LostWebhooks => WebhookStyle::Lost,
            Self::ReversedWebhooks => WebhookStyle::Reversed,
            Self::Answer
            | Self::AgentNoAnswer
            | Self::AgentBusy
            | Self::CustomerNoAnswer
            | Self::CustomerBusy
            | Self::CustomerHangsUp
            | Self::Unauthorized
            | Self::Forbidden
            | Self::InvalidCallerId
            | Self::UnknownAgent
            | Self::AgentOffline
            | Self::RateLimited
            | Self::ServerError
            | Self::Silence
            | Self::Hang
            | Self::SupportCall
            | Self::InboundCall => WebhookStyle::InOrder,
        };
        let agent = if self == Self::AgentNoAnswer {
            Pickup::NoAnswer {
                rings_for: timings.agent_rings_for(),
            }
        } else if self == Self::AgentBusy {
            Pickup::Busy
        } else {
            Pickup::Answers {
                after: timings.agent_answer_after(),
            }
        };
        let customer = if matches!(self, Self::CustomerNoAnswer | Self::InboundCall) {
            Pickup::NoAnswer {
                rings_for: timings.customer_rings_for(),
            }
        } else if self == Self::CustomerBusy {
            Pickup::Busy
        } else {
            Pickup::Answers {
                after: timings.customer_answer_after(),
            }
        };
        let talk = if matches!(self, Self::CustomerHangsUp | Self::ReversedWebhooks) {
            timings.hangs_up_after()
        } else {
            timings.talk_seconds()
        };
        Plan {
            agent,
            customer,
            talk,
            webhooks: webhooks.unwrap_or(style),
            calls_back: self == Self::InboundCall,
            timings,
        }
    }
}
