//! The desktop journeys: what an agent sees and does, on a real desktop under Xvfb.

#![cfg(target_os = "linux")]

mod harness;
