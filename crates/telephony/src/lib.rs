//! What a call is, without anything that carries one.
//!
//! Owns numbers, links that ask for a call, the two legs, facts, the reading of a call from its facts, the number to call
//! from, the guard before a dial and when a callback is due.
//! Must not do IO, read a clock or know a provider's words: time and facts are passed in.

mod call;
mod callback;
mod caller_id;
mod fact;
mod guard;
mod leg;
mod link;
mod metadata;
mod number;
mod outcome;
mod places;
mod region;
mod short;
mod target;
mod zones;

pub use call::{Call, CallLegs, Dispatch, LegReading, OtherLeg, Phase, Placed, ProviderIds};
pub use callback::{
    CallbackState, CallbackTime, CallbackWarning, CustomerTime, PushState, WhenProblem, customer_times, zone_named,
};
pub use caller_id::{CallerIdChoice, CallerIdKnowledge, CallerIdReason, CallerIdRule, choose_caller_id};
pub use fact::{Fact, FactKey, FactKind, FactSet, FactSource, LegNaming};
pub use guard::{DialHistory, Guard, GuardFinding, GuardPolicy, GuardReason, GuardVerdict};
pub use leg::{DialOrder, Direction, Known, Leg, LegState};
pub use link::{CallLink, LinkProblem, LinkScheme};
pub use metadata::{METADATA_DAYS, MetadataVersion, metadata_version};
pub use number::{
    FoundNumber, NumberKind, NumberProblem, NumberReading, ParsedNumber, PhoneNumber, ReadingNote, ReadingProblem,
    numbers_in,
};
pub use outcome::{CallOutcome, EndedBy};
pub use places::Place;
pub use region::Region;
pub use target::{SipUri, Target, TargetProblem};
