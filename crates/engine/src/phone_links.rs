//! Which program the desktop opens telephone links with, and making it this one.
//!
//! Owns what is asked and what is made of the answers. How a desktop is asked is behind [`Desktop`], one for each kind
//! of system. Nothing is changed unless the agent asks for it.

mod elsewhere;
#[cfg(all(unix, not(target_os = "macos")))]
mod xdg;

use std::path::PathBuf;

use async_trait::async_trait;
use telephony::LinkScheme;

use crate::Home;
use crate::api::{ApiError, ErrorClass};
use crate::view::{PhoneLinkState, PhoneLinkView};

/// The program that has a window, beside which `dialctl` is installed.
const APP: &str = "dialdeck";

/// Who opens a kind of link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Opener {
    Dialdeck,
    /// By the name that it gives itself.
    Other(String),
    Nobody,
}

/// A desktop that can be asked about links.
#[async_trait]
pub(crate) trait Desktop: Send + Sync {
    /// Who opens links of that kind.
    ///
    /// Errors: why that cannot be told.
    async fn opener(&self, scheme: LinkScheme) -> Result<Opener, ApiError>;

    /// Has links of that kind opened by Dialdeck from now on.
    ///
    /// Errors: why the desktop would not.
    async fn take(&self, scheme: LinkScheme) -> Result<(), ApiError>;

    /// Whether the desktop lets a program ask for that at all.
    fn can_take(&self) -> bool;
}

/// The telephone links of this desktop.
pub struct PhoneLinks {
    desktop: Box<dyn Desktop>,
}

impl PhoneLinks {
    /// Those of the desktop that this process runs on; a link that Dialdeck then opens leads to that home.
    #[must_use]
    pub fn here(home: &Home) -> Self {
        Self { desktop: here(home) }
    }

    /// Those of no desktop: nothing is known, and nothing can be changed.
    #[must_use]
    pub fn nowhere() -> Self {
        Self {
            desktop: Box::new(elsewhere::Elsewhere),
        }
    }

    #[cfg(test)]
    fn on(desktop: impl Desktop + 'static) -> Self {
        Self {
            desktop: Box::new(desktop),
        }
    }

    /// Each kind of link, with who opens it.
    pub async fn list(&self) -> Vec<PhoneLinkView> {
        let mut list = Vec::new();
        for scheme in LinkScheme::ALL {
            let view = match self.desktop.opener(scheme).await {
                Ok(Opener::Dialdeck) => view(scheme, PhoneLinkState::Dialdeck, None),
                Ok(Opener::Other(program)) => view(scheme, PhoneLinkState::Other, Some(program)),
                Ok(Opener::Nobody) => view(scheme, PhoneLinkState::Nobody, None),
                Err(why) => PhoneLinkView {
                    why: Some(why),
                    ..view(scheme, PhoneLinkState::Unknown, None)
                },
            };
            let can_take = self.desktop.can_take() && view.state != PhoneLinkState::Dialdeck;
            list.push(PhoneLinkView { can_take, ..view });
        }
        list
    }

    /// Has links of one kind opened by Dialdeck, and says who opens each kind then.
    ///
    /// # Errors
    /// When there is no such kind, and when the desktop opens it with another program all the same.
    pub async fn take(&self, scheme: &str) -> Result<Vec<PhoneLinkView>, ApiError> {
        let scheme = LinkScheme::named(scheme)
            .ok_or_else(|| ApiError::new(ErrorClass::Usage, "links_unknown_scheme").with("scheme", scheme))?;
        self.desktop.take(scheme).await?;
        match self.desktop.opener(scheme).await? {
            Opener::Dialdeck => Ok(self.list().await),
            Opener::Other(_) | Opener::Nobody => {
                Err(ApiError::new(ErrorClass::Failed, "links_not_taken").with("scheme", scheme))
            }
        }
    }
}

fn view(scheme: LinkScheme, state: PhoneLinkState, program: Option<String>) -> PhoneLinkView {
    PhoneLinkView {
        scheme,
        state,
        program,
        can_take: false,
        why: None,
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
fn here(home: &Home) -> Box<dyn Desktop> {
    let environment = std::env::vars_os().collect();
    Box::new(xdg::Xdg::new(environment, app(), home))
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn here(_: &Home) -> Box<dyn Desktop> {
    Box::new(elsewhere::Elsewhere)
}

/// The app that links are to be opened with: this program, or the one that is installed beside it.
#[cfg(all(unix, not(target_os = "macos")))]
fn app() -> Option<PathBuf> {
    // What an AppImage runs from is gone with it; the image itself stays.
    if let Some(image) = std::env::var_os("APPIMAGE") {
        return Some(image.into());
    }
    let this = std::env::current_exe().ok()?;
    if this.file_stem().is_some_and(|name| name == APP) {
        return Some(this);
    }
    Some(this.with_file_name(APP)).filter(|app| app.is_file())
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// A desktop that says what it is told to say, and gives itself over if it is willing.
    struct Played {
        tel: Mutex<Result<Opener, ApiError>>,
        is_willing: bool,
    }

    #[async_trait]
    impl Desktop for Played {
        async fn opener(&self, scheme: LinkScheme) -> Result<Opener, ApiError> {
            match scheme {
                LinkScheme::Tel => self.tel.lock().unwrap().clone(),
                LinkScheme::Callto | LinkScheme::Sip | LinkScheme::Dialdeck => Ok(Opener::Nobody),
            }
        }
        async fn take(&self, _: LinkScheme) -> Result<(), ApiError> {
            if self.is_willing {
                *self.tel.lock().unwrap() = Ok(Opener::Dialdeck);
            }
            Ok(())
        }
        fn can_take(&self) -> bool {
            true
        }
    }

    fn played(tel: Result<Opener, ApiError>, is_willing: bool) -> PhoneLinks {
        PhoneLinks::on(Played {
            tel: Mutex::new(tel),
            is_willing,
        })
    }

    #[tokio::test]
    async fn each_kind_says_who_opens_it_and_what_is_not_known_is_said_not_to_be() {
        let list = played(Ok(Opener::Other("Softphone".into())), true).list().await;
        let tel = &list[0];
        assert_eq!((tel.scheme, tel.state), (LinkScheme::Tel, PhoneLinkState::Other));
        assert_eq!((tel.program.as_deref(), tel.can_take), (Some("Softphone"), true));
        assert!(list[1..].iter().all(|link| link.state == PhoneLinkState::Nobody));

        let why = ApiError::new(ErrorClass::Failed, "links_unsupported");
        let list = played(Err(why.clone()), true).list().await;
        assert_eq!((list[0].state, &list[0].why), (PhoneLinkState::Unknown, &Some(why)));
    }

    #[tokio::test]
    async fn what_is_taken_is_looked_at_again() {
        let list = played(Ok(Opener::Nobody), true).take("tel").await.unwrap();
        assert_eq!((list[0].state, list[0].can_take), (PhoneLinkState::Dialdeck, false));

        let refused = played(Ok(Opener::Other("Softphone".into())), false).take("tel").await;
        assert_eq!(refused.unwrap_err().code, "links_not_taken");
        let unknown = played(Ok(Opener::Nobody), true).take("https").await;
        assert_eq!(unknown.unwrap_err().code, "links_unknown_scheme");
    }
}
