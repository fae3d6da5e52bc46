//! dup.
