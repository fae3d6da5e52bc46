//! Two-way synchronisation with an address book elsewhere: what there is to do, told from what stands on both sides.
//!
//! Owns the comparison and the rules of what may be overwritten. Must not speak to a server, keep anything, or know a
//! clock: whoever performs the steps brings what was fetched, and says when a step was done.
//!
//! A run is: list the server's cards, [`look`] which of them must be read, read those, [`plan`], perform. The rules:
//!
//! - What changed on one side goes to the other. What changed on both, differently, is a [`Conflict`] until a person
//!   decides; neither side is touched meanwhile.
//! - A server's word on versions is not enough: nothing is overwritten or deleted there unless its card was read in this
//!   run and is the one that was last agreed on. A card that a listing lacks counts as deleted only if the server, asked
//!   for it by name, says that it has none.
//! - Many deletions at once, or an empty list, wait for a person.

mod digest;
mod person;
mod plan;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

pub use self::digest::Digest;
pub use self::person::Person;
pub use self::plan::{look, plan};

/// The most deletions that need no word of a person, in any book.
pub const FEW_DELETIONS: usize = 3;
/// Beyond [`FEW_DELETIONS`], one in so many of a book's cards may go without a word, up to [`MANY_DELETIONS`].
pub const ONE_IN: usize = 10;
/// More than so many deletions always need a word.
pub const MANY_DELETIONS: usize = 25;

/// A contact that has, or is to have, a card in the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub contact_id: String,
    pub href: String,
    /// What both sides said when they last agreed; none where they never did: the card was about to be sent.
    pub base: Option<Base>,
}

/// Both sides as they were when they last agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// As the server told it; none where it did not say after a change of ours, so that the card is read again.
    pub etag: Option<String>,
    /// The whole card.
    pub card: Digest,
    /// What the card says of what is kept here.
    pub theirs: Digest,
    /// What was kept here.
    pub ours: Digest,
    /// The card's own name for the person.
    pub uid: Option<String>,
}

/// A contact that is kept here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ours {
    pub person: Digest,
    /// Bears marks that only stand here and must not go with a deletion elsewhere: not to be called.
    pub is_protected: bool,
}

/// A card that the server's list names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub href: String,
    pub etag: Option<String>,
}

/// What the server says of a card when asked for it by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Theirs {
    Card(TheirCard),
    /// There is none.
    Gone,
    /// It could not be told: nothing is done about this card in this run.
    Unclear,
}

/// A card that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TheirCard {
    pub etag: String,
    pub card: Digest,
    /// None where the card cannot be read as a person.
    pub person: Option<Digest>,
    pub uid: Option<String>,
}

/// What a person has decided about a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    KeepOurs,
    KeepTheirs,
    /// Ours and theirs become two people.
    KeepBoth,
}

/// A choice, and both sides as they were when it was made: of anything newer it says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub choice: Choice,
    pub seen: Sides,
}

/// Both sides of a conflict; none where that side was deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sides {
    pub ours: Option<Digest>,
    /// Of the whole card.
    pub theirs: Option<Digest>,
}

/// Everything that this side brings.
#[derive(Debug, Clone, Default)]
pub struct Here {
    pub known: Vec<Known>,
    /// By contact id: those of the book, and those that are in no book and may come to this one.
    pub ours: BTreeMap<String, Ours>,
    /// By contact id.
    pub decisions: BTreeMap<String, Decision>,
    /// Contacts that are in no book get a card in this one.
    pub takes_new: bool,
    /// How many deletions, on both sides together, a person has agreed to for this run.
    pub may_delete: usize,
    /// Where each new card is to stand, by contact id: where such a card stands already, it is ours.
    pub new_hrefs: BTreeMap<String, String>,
}

/// What differs on both sides, until a person decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    pub contact_id: String,
    pub href: String,
    pub sides: Sides,
}

/// One thing to do. Each holds only for the sides that it names: whoever performs it looks whether ours is still that,
/// and sends the etag along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Somebody new there becomes somebody new here.
    AddHere { href: String },
    /// The card replaces what is kept here.
    UpdateHere {
        contact_id: String,
        href: String,
        ours: Digest,
    },
    /// It was deleted there.
    DeleteHere {
        contact_id: String,
        href: String,
        ours: Digest,
    },
    /// A card is made there, where none is.
    PutNew {
        contact_id: String,
        href: String,
        ours: Digest,
    },
    /// Ours is written into the card there.
    Put {
        contact_id: String,
        href: String,
        ours: Digest,
        etag: String,
    },
    /// It was deleted here.
    DeleteThere {
        contact_id: String,
        href: String,
        etag: String,
    },
    /// Both sides say the same: the card as read is what they agree on.
    Agree {
        contact_id: String,
        href: String,
        ours: Digest,
    },
    /// Gone on both sides.
    Forget { contact_id: String, href: String },
    /// Ours becomes a person of its own with a card at `new_href`; the card there becomes another.
    Split {
        contact_id: String,
        href: String,
        new_href: String,
    },
}

/// What a run has to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    pub steps: Vec<Step>,
    /// All that are open now, those of earlier runs included.
    pub conflicts: Vec<Conflict>,
    /// Deletions that wait for a person's word; none of them is among the steps.
    pub waiting: Vec<Step>,
    /// Cards about which nothing is done, because the server did not say what they are.
    pub unclear: BTreeSet<String>,
    /// Cards that cannot be read as a person; they stay as they are.
    pub unreadable: BTreeSet<String>,
}

impl Plan {
    /// Whether there is nothing to do and nothing to ask.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.waiting.is_empty()
    }
}

/// Whether so many deletions, of a book of so many cards, need a person's word.
#[must_use]
pub fn are_many(deletions: usize, cards: usize) -> bool {
    deletions > MANY_DELETIONS || (deletions > FEW_DELETIONS && deletions > cards / ONE_IN)
}
