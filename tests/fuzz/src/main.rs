//! The targets under libFuzzer, one of them at a time: `DIALDECK_FUZZ_TARGET` names it.
//!
//! Where `DIALDECK_FUZZ_SEEDS` names a folder, the target's seeds are written there before anything else.

#![no_main]

use std::env;
use std::sync::OnceLock;

use dialdeck_fuzz::{Target, target, write_seeds};

static CHOSEN: OnceLock<&'static Target> = OnceLock::new();

libfuzzer_sys::fuzz_target!(
    init: {
        let name = env::var("DIALDECK_FUZZ_TARGET").unwrap_or_default();
        let chosen = target(&name).unwrap_or_else(|| panic!("DIALDECK_FUZZ_TARGET names no target: {name:?}"));
        if let Some(folder) = env::var_os("DIALDECK_FUZZ_SEEDS") {
            write_seeds(chosen, folder.as_ref()).expect("the folder for seeds can be written to");
        }
        CHOSEN.get_or_init(|| chosen);
    },
    |bytes: &[u8]| {
        if let Some(target) = CHOSEN.get() {
            (target.read)(bytes);
        }
    }
);
