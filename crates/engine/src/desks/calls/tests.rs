//! What the desk of calls promises, without a runtime or a clock.
