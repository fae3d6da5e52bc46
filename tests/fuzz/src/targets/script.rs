//! Scripts of the sandbox exchange.

use exchange::{Script, ScriptError};

use crate::input::Input;

pub fn read(bytes: &[u8]) {
    let text = &*Input::new(bytes).text();
    match Script::parse(text) {
        Ok(script) => {
            let again = Script::parse(text).expect("it was read before");
            assert_eq!(
                format!("{script:?}"),
                format!("{again:?}"),
                "read twice, it says two things"
            );
        }
        Err(ScriptError::Mistake { line, message, .. }) => {
            let lines = text.bytes().filter(|byte| *byte == b'\n').count() + 1;
            assert!((1..=lines).contains(&line), "line {line} of {lines}: {message}");
            assert!(!message.is_empty() && !message.contains('\n'), "{message:?}");
        }
        Err(error @ ScriptError::Unreadable { .. }) => panic!("no file was asked for: {error}"),
    }
}
