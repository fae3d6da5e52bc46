//! The page of the pop-ups, as text.

use std::collections::BTreeMap;

use engine::words;
use tauri::Url;
use tauri::http::Response;

use crate::notify::{DEFAULT_ACTION, PopUp};
use crate::pages::{self, escaped};

/// The scheme under which the page is served.
pub const SCHEME: &str = "popups";
/// The answer that only takes one away.
pub const CLOSE: &str = "close";
const STYLE: &str = include_str!("page.css");

/// The whole page.
#[must_use]
pub fn of(shown: &[&PopUp]) -> String {
    let notices: String = shown.iter().map(|popup| notice(popup)).collect();
    pages::page(&notices)
}

fn notice(popup: &PopUp) -> String {
    let link = |action: &str| format!("/answer/{}/{action}", popup.id);
    let buttons: String = popup
        .actions
        .iter()
        .map(|(id, label)| pages::button(&link(id), label))
        .collect();
    format!(
        "<article><a class=\"text\" href=\"{open}\"><strong>{title}</strong><span>{body}</span></a>\
         <a class=\"close\" href=\"{close}\" aria-label=\"{dismiss}\" title=\"{dismiss}\">×</a><nav>{buttons}</nav></article>",
        open = link(DEFAULT_ACTION),
        close = link(CLOSE),
        title = escaped(&popup.text.title),
        body = escaped(&popup.text.body),
        dismiss = escaped(&words::say("popup.dismiss", &BTreeMap::new())),
    )
}

/// The pop-up and the action that a link of the page means.
#[must_use]
pub fn answer(url: &Url) -> Option<(String, String)> {
    let mut parts = url.path_segments()?;
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some("answer"), Some(id), Some(action), None) => Some((id.to_owned(), action.to_owned())),
        _ => None,
    }
}

/// Where the page is.
///
/// # Errors
/// Never: the address is a constant.
pub fn address() -> tauri::Result<Url> {
    pages::address(SCHEME)
}

/// Answers a request of the page.
#[must_use]
pub fn serve(path: &str, page: &str) -> Response<Vec<u8>> {
    pages::serve(SCHEME, path, STYLE, page)
}

#[cfg(test)]
mod tests {
    use engine::view::AlertText;

    use super::*;
    use crate::notify::Subject;

    fn popup() -> PopUp {
        PopUp {
            id: "callback-0190".into(),
            subject: Subject::Callback("0190".into()),
            text: AlertText {
                title: "<b>Rao</b> & Sons".into(),
                body: "Call back now".into(),
            },
            actions: vec![("callback_call".into(), "Call now".into())],
            urgent: false,
        }
    }

    #[test]
    fn what_others_have_written_never_becomes_markup() {
        let page = of(&[&popup()]);
        assert!(page.contains("&lt;b&gt;Rao&lt;/b&gt; &amp; Sons"), "{page}");
        assert!(!page.contains("<script") && !page.contains("<b>"), "{page}");
    }

    #[test]
    fn every_button_is_a_link_that_is_understood() {
        let page = of(&[&popup()]);
        let links: Vec<_> = page
            .split("href=\"")
            .skip(2)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        let answers: Vec<_> = links
            .iter()
            .filter_map(|link| answer(&address().unwrap().join(link).unwrap()))
            .map(|(id, action)| format!("{id} {action}"))
            .collect();
        assert_eq!(
            answers,
            [
                "callback-0190 default",
                "callback-0190 close",
                "callback-0190 callback_call"
            ]
        );
    }

    #[test]
    fn nothing_else_is_an_answer() {
        for url in [
            "popups://localhost/",
            "popups://localhost/answer/a",
            "https://example.com/answer/a/b/c",
        ] {
            assert_eq!(answer(&url.parse().unwrap()), None, "{url}");
        }
    }
}
