//! A live call is passed on: by a transfer, a move or an interception a further telephone is rung, and who talked
//! before leaves.

use std::time::Duration;

use super::legs::{Leg, Shown};
use super::originate::{dialled, leads_somewhere};
use super::tenant;
use super::text::{e164, leg_id};
use crate::call::Cause;
use crate::clock::Offset;
use crate::script::account::Agent;
use crate::script::scenario::{Pickup, Refusal};
use crate::switchboard::Switchboard;

/// A telephone that a call was passed on to.
#[derive(Clone, Debug)]
pub(crate) struct Onward {
    pub leg: String,
    pub(super) shown: Shown,
    /// Whose telephone it is, if anybody's of the account.
    pub(super) person: Option<Agent>,
    pub rung: Offset,
    pub answered: Option<Offset>,
    /// Why it was not taken up.
    pub cause: Option<Cause>,
}

impl Onward {
    pub(crate) fn is_persons(&self, agent: &Agent) -> bool {
        self.person.as_ref().is_some_and(|person| person.id == agent.id)
    }
}

/// An order to pass a call on.
#[derive(Debug)]
pub(crate) struct PassOn {
    /// The channel that goes on with somebody else.
    pub stays: String,
    /// The channel in whose place the new one comes.
    pub leaves: String,
    pub when: Leaves,
    pub pickup: Pickup,
    shown: Shown,
    person: Option<Agent>,
}

/// When the channel that is replaced ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaves {
    /// Before anybody is rung: who stays hears it ring.
    AtOnce,
    WhenAnswered,
    /// It talks to the new one for this long first, while the other waits.
    AfterTalking(Duration),
}

/// Whom a call is passed on to.
pub(super) enum To<'a> {
    /// An extension, or any number.
    Number(&'a str),
    Person(Agent),
}

/// What a transfer asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Blind,
    Attended,
    /// Nobody leaves before the new one has answered.
    Replace,
}

impl PassOn {
    pub(super) fn new(board: &Switchboard, stays: &Leg<'_>, leaves: &Leg<'_>, to: To<'_>, way: Way) -> Self {
        let (person, number) = match to {
            To::Number(number) => (person_at(board, number), number.to_owned()),
            To::Person(person) => (Some(person.clone()), tenant::extension(&person).to_owned()),
        };
        let verdict = board.verdict_on_dial(leaves.party().1, &number);
        let is_free =
            |person: &Agent| !board.agent_is_busy(person) || leaves.person().is_some_and(|own| own.id == person.id);
        let pickup = match &person {
            Some(person) if !tenant::is_registered(person) => Pickup::Unreachable(Cause::Offline),
            Some(person) if !is_free(person) => Pickup::Busy,
            None if !leads_somewhere(board, &e164(&number)) => Pickup::Unreachable(Cause::NoRoute),
            Some(_) | None if verdict.scenario.refusal() == Some(Refusal::AgentOffline) => {
                Pickup::Unreachable(Cause::Offline)
            }
            Some(_) | None => verdict.plan().customer,
        };
        let (caller_name, caller) = stays.party();
        let callee = if person.is_some() {
            number
        } else {
            dialled(board, &e164(&number))
        };
        Self {
            stays: stays.uuid().to_owned(),
            leaves: leaves.uuid().to_owned(),
            when: match way {
                Way::Blind => Leaves::AtOnce,
                Way::Attended => Leaves::AfterTalking(verdict.timings.hangs_up_after().duration()),
                Way::Replace => Leaves::WhenAnswered,
            },
            pickup,
            shown: Shown {
                caller_name: caller_name.to_owned(),
                caller: caller.to_owned(),
                callee_name: person
                    .as_ref()
                    .map_or_else(|| callee.clone(), |person| person.name.clone()),
                callee,
            },
            person,
        }
    }

    /// The new telephone, from the moment at which it rings.
    pub(crate) fn rings_at(&self, rung: Offset) -> Onward {
        Onward {
            leg: leg_id(),
            shown: self.shown.clone(),
            person: self.person.clone(),
            rung,
            answered: None,
            cause: None,
        }
    }
}

/// Who of the account has an extension.
fn person_at(board: &Switchboard, number: &str) -> Option<Agent> {
    let people = board.account().agents(board.plays);
    people
        .into_iter()
        .find(|person| person.extension.as_deref() == Some(number))
}
