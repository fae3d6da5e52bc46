//! The page for an engine that cannot start: what is wrong, which file, and what to do.
//!
//! Without script and without a single permission: its buttons are links that never lead anywhere, because the window
//! takes every navigation for a wish.

use std::collections::BTreeMap;

use engine::api::ApiError;
use engine::words;
use tauri::Url;
use tauri::http::Response;

use crate::pages::{self, escaped};

/// The scheme under which the page is served.
pub const SCHEME: &str = "trouble";
const STYLE: &str = include_str!("trouble/page.css");

/// Why there is no engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub error: ApiError,
    /// An engine without a window has this home: it can be asked to stop.
    pub can_stop_holder: bool,
}

/// What the agent can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    StopHolder,
    TryAgain,
    Quit,
}

impl Trouble {
    /// What is wrong and, where there is one, the next step.
    #[must_use]
    pub fn words(&self) -> (String, Option<String>) {
        words::of_error(&self.error)
    }

    fn wishes(&self) -> [Wish; 2] {
        [
            if self.can_stop_holder {
                Wish::StopHolder
            } else {
                Wish::TryAgain
            },
            Wish::Quit,
        ]
    }

    /// The page as text.
    #[must_use]
    pub fn page(&self) -> String {
        let (message, hint) = self.words();
        let hint = hint
            .map(|hint| format!("<p>{}</p>", escaped(&hint)))
            .unwrap_or_default();
        let files = self
            .error
            .params
            .iter()
            .filter(|(name, value)| is_place(name) && !message.contains(*value));
        let files: String = files
            .map(|(_, file)| format!("<p><code>{}</code></p>", escaped(file)))
            .collect();
        let buttons: String = self
            .wishes()
            .into_iter()
            .map(|wish| pages::button(wish.path(), &wish.label()))
            .collect();
        pages::page(&format!(
            "<main role=\"alert\"><h1>{title}</h1><p>{message}</p>{files}{hint}</main><nav>{buttons}</nav>",
            title = escaped(&say("trouble.title")),
            message = escaped(&message),
        ))
    }
}

impl Wish {
    /// What a link of the page means.
    #[must_use]
    pub fn of_link(url: &Url) -> Option<Self> {
        [Self::StopHolder, Self::TryAgain, Self::Quit]
            .into_iter()
            .find(|wish| wish.path() == url.path())
    }

    fn path(self) -> &'static str {
        match self {
            Self::StopHolder => "/stop-holder",
            Self::TryAgain => "/try-again",
            Self::Quit => "/quit",
        }
    }

    fn label(self) -> String {
        match self {
            Self::StopHolder => say("trouble.stop_holder"),
            Self::TryAgain => say("trouble.try_again"),
            Self::Quit => say("trouble.quit"),
        }
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
pub fn serve(path: &str, trouble: Option<&Trouble>) -> Response<Vec<u8>> {
    let page = trouble.map(Trouble::page).unwrap_or_default();
    pages::serve(SCHEME, path, STYLE, &page)
}

/// Parameters of errors that name a place on this machine.
fn is_place(name: &str) -> bool {
    ["file", "path", "folder"].contains(&name)
}

fn say(key: &str) -> String {
    words::say(key, &BTreeMap::new())
}

#[cfg(test)]
mod tests {
    use engine::api::ErrorClass;

    use super::*;

    fn trouble(code: &str) -> Trouble {
        let error = ApiError::new(ErrorClass::Failed, code).with("file", "/home/a<b>/config.toml");
        Trouble {
            error,
            can_stop_holder: false,
        }
    }

    #[test]
    fn the_page_names_the_file_and_nothing_in_it_becomes_markup() {
        let page = trouble("a_code_without_words").page();
        assert!(page.contains("<code>/home/a&lt;b&gt;/config.toml</code>"), "{page}");
        assert!(!page.contains("<b>"));
    }

    #[test]
    fn another_engine_can_be_stopped_from_the_page_and_a_broken_file_be_tried_again() {
        let held = Trouble {
            can_stop_holder: true,
            ..trouble("x")
        };
        assert!(held.page().contains("/stop-holder") && !held.page().contains("/try-again"));
        assert!(trouble("x").page().contains("/try-again"));
    }

    #[test]
    fn a_link_is_a_wish_and_the_page_itself_is_none() {
        let wish = |path: &str| Wish::of_link(&address().unwrap().join(path).unwrap());
        assert_eq!(wish("/stop-holder"), Some(Wish::StopHolder));
        assert_eq!(wish("/try-again"), Some(Wish::TryAgain));
        assert_eq!(wish("/quit"), Some(Wish::Quit));
        assert_eq!(wish("/"), None);
    }

    #[test]
    fn every_word_of_the_page_is_in_the_words_file() {
        let keys = [
            "trouble.title",
            "trouble.stop_holder",
            "trouble.try_again",
            "trouble.quit",
        ];
        for key in keys {
            assert!(words::find(key).is_some(), "{key}");
        }
    }
}
