//! The numbers of the default script: a user of the sandbox sees every case by dialling it.
//!
//! Only the last four digits count, so that `+44 20 7946 0021` and `+91 80690 00021` behave alike:
//!
//! | ends with | what happens |
//! |---|---|
//! | 0001 … 0010 | answers after 3 seconds |
//! | 0020 | busy |
//! | 0021 | rings 15 seconds, no answer |
//! | 0022 | answers and hangs up after 5 seconds |
//! | 0023 | you do not pick up |
//! | 0024 | you are busy |
//! | 0025 | does not answer, then calls you back |
//! | 0026, 0027, 0028 | events come 20 seconds late, twice, not at all |
//! | 0030 | caller id refused (422) |
//! | 0031 | key refused (401) |
//! | 0032 | rate limited (429) |
//! | 0033 | server error (500) |
//! | 0034 | the answer to the request is lost, the call goes on |
//! | 0035 | the request is never answered, the call goes on |
//! | 0036 | your telephone is offline |

use super::scenario::Scenario;
use super::timings::{Seconds, Timings};
use crate::number::digits_of;
use crate::plays::Plays;

const ENTRIES: [(&str, Scenario, &str); 17] = [
    ("0001", Scenario::Answer, "Answers after 3 seconds, as do 0002 to 0010"),
    ("0020", Scenario::CustomerBusy, "Busy"),
    ("0021", Scenario::CustomerNoAnswer, "Rings for 15 seconds, no answer"),
    (
        "0022",
        Scenario::CustomerHangsUp,
        "Answers, and hangs up after 5 seconds",
    ),
    ("0023", Scenario::AgentNoAnswer, "You do not pick up your phone"),
    ("0024", Scenario::AgentBusy, "Your phone is busy"),
    ("0025", Scenario::InboundCall, "Does not answer, then calls you back"),
    ("0026", Scenario::LateWebhooks, "Answers; events come 20 seconds late"),
    ("0027", Scenario::DoubledWebhooks, "Answers; every event comes twice"),
    ("0028", Scenario::LostWebhooks, "Answers; no event ever comes"),
    ("0030", Scenario::InvalidCallerId, "The caller ID is refused"),
    ("0031", Scenario::Unauthorized, "The key is refused"),
    ("0032", Scenario::RateLimited, "Too many calls: rate limited"),
    ("0033", Scenario::ServerError, "The provider has an internal error"),
    (
        "0034",
        Scenario::Silence,
        "The provider's answer is lost; the call goes on",
    ),
    ("0035", Scenario::Hang, "The provider never answers; the call goes on"),
    ("0036", Scenario::AgentOffline, "Your phone is offline"),
];

/// The sandbox's numbers in the United Kingdom: number, what happens, and the same in one line.
pub fn guide() -> Vec<(String, Scenario, &'static str)> {
    guide_for(Plays::AcefoneUk)
}

/// The sandbox's numbers in the country of a provider.
pub fn guide_for(plays: Plays) -> Vec<(String, Scenario, &'static str)> {
    let prefix = match plays {
        Plays::AcefoneUk | Plays::Kazoo => "+44 20 7946 ",
        Plays::AcefoneIn | Plays::Servetel | Plays::Smartflo | Plays::Superfone => "+91 80690 0",
    };
    ENTRIES
        .into_iter()
        .map(|(ending, scenario, says)| (format!("{prefix}{ending}"), scenario, says))
        .collect()
}

/// What the guide says about a customer, and how long it takes.
pub(crate) fn look_up(customer: &str) -> Option<(Scenario, Timings)> {
    let digits = digits_of(customer);
    let (_, scenario, _) = ENTRIES.into_iter().find(|(ending, _, _)| digits.ends_with(ending))?;
    // Nobody tries out a missed call for the full half minute.
    let patience = Seconds::try_from(15.0).ok();
    Some((
        scenario,
        Timings {
            agent_rings_for: patience,
            customer_rings_for: patience,
            ..Timings::default()
        },
    ))
}
