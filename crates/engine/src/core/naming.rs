//! What can only be asked once the provider has named a call: handing it on, or anything else about it by its id there.
//!
//! An engine that has just begun knows such a name only after it has looked.

use jiff::{SignedDuration, Timestamp};

use super::{Core, Ended};
use crate::api::Reply;
use crate::effect::{Answer, Effect};

/// How long the provider may take to show a call that it was asked for.
const NAMED_WITHIN: SignedDuration = SignedDuration::from_secs(10);

/// What is wanted of a call.
pub(crate) enum Wanted {
    View(Answer),
    Transfer {
        to: String,
        attended: bool,
        /// The agent has seen the warnings and goes on.
        yes: bool,
        answer: Answer,
    },
}

/// Something that waits for a name.
pub(crate) struct Waiting {
    call: String,
    wanted: Wanted,
    until: Timestamp,
}

impl Core {
    /// Does what is wanted as soon as the call has a name; if it has none in time, all the same, and is told so.
    pub(in crate::core) fn once_named(&mut self, call: String, wanted: Wanted, now: Timestamp) -> Option<Ended> {
        // Of a call that is not known, whatever is wanted says so.
        if let Err(error) = self.have_at_desk(&call, now) {
            tracing::debug!(%error, call, "a call that something is wanted of");
        }
        if self.calls.look_for_name(&call, &self.accounts, now) {
            let until = now.saturating_add(NAMED_WITHIN).unwrap_or(now);
            self.unnamed.push(Waiting { call, wanted, until });
            return None;
        }
        self.do_wanted(&call, wanted)
    }

    /// When to look whether a call has a name now.
    pub(super) fn next_naming(&self) -> Option<Timestamp> {
        self.unnamed.iter().map(|waiting| waiting.until).min()
    }

    /// Goes on with what has a name by now, or has waited long enough.
    pub(super) fn named_by_now(&mut self, now: Timestamp) {
        if self.unnamed.is_empty() {
            return;
        }
        let (due, waiting): (Vec<Waiting>, Vec<Waiting>) = std::mem::take(&mut self.unnamed)
            .into_iter()
            .partition(|waiting| waiting.until <= now || !self.calls.lacks_name(&waiting.call));
        self.unnamed = waiting;
        for done in due {
            self.do_wanted(&done.call, done.wanted);
        }
    }

    fn do_wanted(&mut self, call: &str, wanted: Wanted) -> Option<Ended> {
        match wanted {
            Wanted::View(answer) => {
                let result = self.show_call(call).map(|view| Reply::Call(Box::new(view)));
                self.perform_all(vec![Effect::Answer(answer, result)]);
                None
            }
            Wanted::Transfer {
                to,
                attended,
                yes,
                answer,
            } => self.transfer(call, &to, attended, yes, answer),
        }
    }
}
