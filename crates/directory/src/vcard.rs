//! vCard.
