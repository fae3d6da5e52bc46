//! Words by the keys of a telephone that spell their beginning.

use fst::Automaton;

use super::super::query::key_of;

/// Takes words that begin with letters of these keys, one after the other.
pub(super) struct Keypad<'a>(pub &'a [u8]);

impl Automaton for Keypad<'_> {
    /// How many keys were found; none once a letter was of another key.
    type State = Option<usize>;

    fn start(&self) -> Self::State {
        Some(0)
    }

    fn is_match(&self, state: &Self::State) -> bool {
        *state == Some(self.0.len())
    }

    fn can_match(&self, state: &Self::State) -> bool {
        state.is_some()
    }

    fn will_always_match(&self, state: &Self::State) -> bool {
        self.is_match(state)
    }

    fn accept(&self, state: &Self::State, letter: u8) -> Self::State {
        match self.0.get((*state)?) {
            None => *state,
            Some(key) => (key_of(letter) == *key).then(|| state.map_or(0, |found| found + 1)),
        }
    }
}
