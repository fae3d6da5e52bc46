//! Where facts come in from outside.

pub(crate) mod listener;
pub(crate) mod stream;
pub(crate) mod wakes;
