//! Against Radicale over real HTTP, and against a server that lies.

// Allowed in tests; this extends it to what the tests share.
#![allow(clippy::unwrap_used)]

mod liar;
mod lies;
mod radicale;
mod real;

use carddav::SignIn;

fn sign_in(password: &str) -> SignIn {
    SignIn {
        user: "ann".into(),
        password: password.to_owned().into(),
    }
}

fn card(uid: &str, name: &str) -> String {
    format!("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{uid}\r\nFN:{name}\r\nN:{name};;;;\r\nX-OURS:1\r\nEND:VCARD\r\n")
}
