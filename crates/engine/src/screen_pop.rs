//! What a screen pop is: at which moment of which calls something is opened or run, and with what put in.
//!
//! Owns the rules of what can be one. Pure: decides no moment, opens and runs nothing.

mod address;
mod program;
mod template;
mod values;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use specta::Type;
use telephony::Direction;

pub(crate) use self::address::Address;
pub(crate) use self::program::Program;
pub(crate) use self::values::Values;
use crate::config::is_account_name;

/// A moment of a call at which something can be opened or run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// The provider took a call that was placed here.
    Placed,
    /// A telephone rings: of a call that comes in the agent's, of one that goes out the first to ring.
    Ringing,
    /// Agent and customer are joined.
    Answered,
    /// The call is over, however it came out.
    Ended,
    /// A call that came in is over and nobody took it.
    Missed,
}

impl Moment {
    pub const ALL: [Self; 5] = [Self::Placed, Self::Ringing, Self::Answered, Self::Ended, Self::Missed];

    /// As it is spelt everywhere.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::Ringing => "ringing",
            Self::Answered => "answered",
            Self::Ended => "ended",
            Self::Missed => "missed",
        }
    }

    /// The moment of this name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|moment| moment.name() == name)
    }
}

/// A screen pop as somebody writes it, before it is known to be one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScreenPopDraft {
    /// As accounts are called.
    pub name: String,
    pub on: Vec<Moment>,
    /// Only calls of this direction.
    pub direction: Option<Direction>,
    /// An address with placeholders; either this or `run`.
    pub url: Option<String>,
    /// A program and its arguments, each with placeholders; never read by a shell.
    pub run: Vec<String>,
}

/// Something that is opened or run at a moment of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ScreenPop {
    pub(crate) draft: ScreenPopDraft,
    on: BTreeSet<Moment>,
    deed: Deed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Deed {
    Open(Address),
    Run(Program),
}

/// What is to be done, everything put in. Holds people's names and numbers.
#[derive(Clone, PartialEq, Eq)]
pub enum Launch {
    /// An address for the system to open.
    Open(String),
    /// A program and its arguments.
    Run(Vec<String>),
}

/// Only what kind it is: what was put in is private.
impl std::fmt::Debug for Launch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Open(_) => "Open(…)",
            Self::Run(_) => "Run(…)",
        })
    }
}

/// Why something is no screen pop: the key it stands under, and a word for why (`screen_pop.mistake.WHY`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mistake {
    pub(crate) key: &'static str,
    pub(crate) why: &'static str,
}

impl Mistake {
    fn of(key: &'static str, why: &'static str) -> Self {
        Self { key, why }
    }

    /// The sentence.
    pub(crate) fn words(self) -> String {
        crate::words::say(
            &format!("screen_pop.mistake.{}", self.why),
            &std::collections::BTreeMap::new(),
        )
    }
}

impl ScreenPop {
    /// What was written, if it is a screen pop.
    ///
    /// # Errors
    /// The first mistake in it.
    pub(crate) fn of(draft: ScreenPopDraft) -> Result<Self, Mistake> {
        if !is_account_name(&draft.name) {
            return Err(Mistake::of("name", "name"));
        }
        let on: BTreeSet<Moment> = draft.on.iter().copied().collect();
        if on.is_empty() {
            return Err(Mistake::of("on", "no_moment"));
        }
        let deed = match (draft.url.as_deref(), draft.run.as_slice()) {
            (Some(url), []) => Deed::Open(Address::of(url)?),
            (None, [program, arguments @ ..]) => Deed::Run(Program::of(program, arguments)?),
            (Some(_), [_, ..]) => return Err(Mistake::of("run", "url_and_run")),
            (None, []) => return Err(Mistake::of("url", "nothing_to_do")),
        };
        Ok(Self { draft, on, deed })
    }

    pub(crate) fn name(&self) -> &str {
        &self.draft.name
    }

    /// Whether it is meant for this moment of a call of this direction.
    pub(crate) fn is_for(&self, moment: Moment, direction: Direction) -> bool {
        self.on.contains(&moment) && self.draft.direction.is_none_or(|wanted| wanted == direction)
    }

    /// What is to be done, with these values put in; none where they would make an address another one than was meant.
    pub(crate) fn filled(&self, values: &Values) -> Option<Launch> {
        match &self.deed {
            Deed::Open(address) => address.filled(values).map(Launch::Open),
            Deed::Run(program) => Some(Launch::Run(program.filled(values))),
        }
    }

    /// The program that it runs, if it runs one.
    pub(crate) fn program(&self) -> Option<&str> {
        match &self.deed {
            Deed::Open(_) => None,
            Deed::Run(program) => Some(program.path()),
        }
    }

    /// Whether the program that it runs is not there.
    pub(crate) fn is_missing(&self) -> bool {
        matches!(&self.deed, Deed::Run(program) if !program.is_there())
    }
}

#[cfg(test)]
mod tests;
