//! Quitting while a call runs: the question, and its page.

use std::collections::BTreeMap;

use engine::words;
use tauri::Url;
use tauri::http::Response;

use crate::pages;

/// The scheme under which the page is served.
pub const SCHEME: &str = "quitting";
const STYLE: &str = include_str!("trouble/page.css");

/// What the agent answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Quit,
    Stay,
}

impl Answer {
    const ALL: [Self; 2] = [Self::Stay, Self::Quit];

    /// What a link of the page means.
    #[must_use]
    pub fn of_link(url: &Url) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.path() == url.path())
    }

    /// The link that gives this answer.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Quit => "/quit",
            Self::Stay => "/stay",
        }
    }

    fn label(self) -> String {
        match self {
            Self::Quit => say("quitting.quit"),
            Self::Stay => say("quitting.stay"),
        }
    }
}

/// The question, as the window is called.
#[must_use]
pub fn title() -> String {
    say("quitting.title")
}

/// Answers a request of the page.
#[must_use]
pub fn serve(path: &str) -> Response<Vec<u8>> {
    pages::serve(SCHEME, path, STYLE, &page())
}

fn page() -> String {
    let buttons: String = Answer::ALL
        .into_iter()
        .map(|answer| pages::button(answer.path(), &answer.label()))
        .collect();
    pages::page(&format!(
        "<main role=\"alertdialog\"><h1>{}</h1><p>{}</p></main><nav>{buttons}</nav>",
        pages::escaped(&title()),
        pages::escaped(&say("quitting.text")),
    ))
}

fn say(key: &str) -> String {
    words::say(key, &BTreeMap::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_that_the_call_goes_on_and_each_of_its_links_is_an_answer() {
        let page = page();
        assert!(page.contains("The call itself goes on"), "{page}");
        for answer in Answer::ALL {
            let link = pages::address(SCHEME).unwrap().join(answer.path()).unwrap();
            assert!(page.contains(&format!("href=\"{}\"", answer.path())));
            assert_eq!(Answer::of_link(&link), Some(answer));
        }
        assert_eq!(Answer::of_link(&pages::address(SCHEME).unwrap()), None);
    }
}
