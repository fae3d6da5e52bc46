//! What can be put in.

use super::Moment;
use crate::desks::calls::snake;
use crate::view::CallView;

/// The longest value, in characters: more is no name or number.
const LONGEST: usize = 1_000;

/// A place in a text, by the name of what goes there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Number,
    Contact,
    ContactId,
    CallId,
    Direction,
    Account,
    Event,
    CallerId,
    Outcome,
}

impl Slot {
    const ALL: [(&'static str, Self); 9] = [
        ("number", Self::Number),
        ("contact", Self::Contact),
        ("contact_id", Self::ContactId),
        ("call_id", Self::CallId),
        ("direction", Self::Direction),
        ("account", Self::Account),
        ("event", Self::Event),
        ("caller_id", Self::CallerId),
        ("outcome", Self::Outcome),
    ];

    pub(super) fn of(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|(own, _)| *own == name)
            .map(|(_, slot)| slot)
    }
}

/// What a call puts in at a moment: one line each, without control characters, empty where nothing is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Values([String; Slot::ALL.len()]);

impl Values {
    /// Those of a call at a moment.
    pub(crate) fn of(call: &CallView, moment: Moment) -> Self {
        // A page of somebody else's would be taken for the caller's.
        let contact = call.contact.as_ref().filter(|contact| contact.is_certain());
        let number = call.customer.as_ref().map(ToString::to_string);
        let mut values = Self::default();
        values.set(Slot::Number, &number.unwrap_or_else(|| call.target.clone()));
        values.set(Slot::Contact, contact.map_or("", |contact| &contact.name));
        values.set(Slot::ContactId, contact.map_or("", |contact| &contact.id));
        values.set(Slot::CallId, &call.id);
        values.set(Slot::Direction, &snake(&call.direction));
        values.set(Slot::Account, &call.account);
        values.set(Slot::Event, moment.name());
        values.set(
            Slot::CallerId,
            call.caller_id.as_ref().map_or("", |number| number.as_str()),
        );
        values.set(
            Slot::Outcome,
            &call.outcome.map(|outcome| snake(&outcome)).unwrap_or_default(),
        );
        values
    }

    /// Those of a trial: nobody's number, and a name that says what it is.
    pub(crate) fn of_trial(moment: Moment) -> Self {
        let mut values = Self::default();
        for (slot, value) in [
            (Slot::Number, "+442079460000"),
            (Slot::Contact, "Test of Dialdeck"),
            (Slot::CallId, "00000000-0000-7000-8000-000000000000"),
            (Slot::Direction, "inbound"),
            (Slot::Account, "test"),
            (Slot::Event, moment.name()),
        ] {
            values.set(slot, value);
        }
        values
    }

    pub(super) fn get(&self, slot: Slot) -> &str {
        &self.0[slot as usize]
    }

    fn set(&mut self, slot: Slot, value: &str) {
        self.0[slot as usize] = one_line(value);
    }

    #[cfg(test)]
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        let slot = Slot::of(name).expect("the name of a place");
        self.set(slot, value);
        self
    }
}

/// The value without what would end a line or an argument, or command a terminal; each of these is a space.
pub(super) fn one_line(value: &str) -> String {
    let shown = |letter: char| if letter.is_control() { ' ' } else { letter };
    value.chars().take(LONGEST).map(shown).collect()
}
