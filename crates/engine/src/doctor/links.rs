//! Whether the desktop opens phone links with Dialdeck.

use super::{Params, check, warning};
use crate::phone_links::PhoneLinks;
use crate::view::{DoctorCheck, PhoneLinkState};
use crate::words;

/// One check for all kinds. Links of other programs' are no fault: whoever has a softphone may want it so.
pub(super) async fn links(links: &PhoneLinks) -> DoctorCheck {
    let list = links.list().await;
    if let Some(why) = list.iter().find_map(|link| link.why.as_ref()) {
        let (message, hint) = words::of_error(why);
        return DoctorCheck {
            message,
            hint,
            ..warning("links", "elsewhere", &Params::new())
        };
    }
    let others: Vec<String> = list
        .iter()
        .filter(|link| link.state != PhoneLinkState::Dialdeck)
        .map(|link| format!("{}:", link.scheme))
        .collect();
    if others.is_empty() {
        check("links", true, "ok", &Params::new())
    } else {
        warning(
            "links",
            "elsewhere",
            &Params::from([("kinds".to_owned(), others.join(", "))]),
        )
    }
}
