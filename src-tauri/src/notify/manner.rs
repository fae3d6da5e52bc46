//! How much a notification says: names and numbers, or not.

use engine::view::{AlertText, HideNames, NotificationView, SettingsView};
use serde::Serialize;
use specta::Type;

/// What the desktop's notification server can do, as far as it says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Type)]
pub struct NotifierView {
    /// Somebody shows notifications.
    pub reachable: bool,
    /// It shows buttons; else Dialdeck shows pop-ups of its own.
    pub buttons: bool,
    /// It plays sounds.
    pub sounds: bool,
    /// Somebody tells when the screen is locked.
    pub tells_lock: bool,
}

/// What decides how much is said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Manner {
    pub hide_names: HideNames,
    pub privacy: bool,
    /// Whether the screen is locked; none where nobody says.
    pub locked: Option<bool>,
}

impl Manner {
    /// Takes over what the settings say.
    pub fn follow(&mut self, settings: &SettingsView) {
        self.hide_names = settings.alerts.hide_names;
        self.privacy = settings.privacy;
    }

    /// The words of a notification.
    #[must_use]
    pub fn text(&self, view: &NotificationView) -> AlertText {
        if self.is_discreet() {
            view.discreet.clone()
        } else {
            AlertText {
                title: view.title.clone(),
                body: view.body.clone(),
            }
        }
    }

    fn is_discreet(&self) -> bool {
        self.privacy
            || match self.hide_names {
                HideNames::Always => true,
                HideNames::WhenLocked => self.locked == Some(true),
                HideNames::Never => false,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn title(hide_names: HideNames, privacy: bool, locked: Option<bool>) -> String {
        let view = NotificationView {
            title: "Asha Rao".into(),
            discreet: AlertText {
                title: "Missed call".into(),
                body: String::new(),
            },
            ..NotificationView::default()
        };
        let manner = Manner {
            hide_names,
            privacy,
            locked,
        };
        manner.text(&view).title
    }

    #[test]
    fn a_locked_screen_names_nobody_unless_the_agent_wants_it_so() {
        assert_eq!(title(HideNames::WhenLocked, false, Some(true)), "Missed call");
        assert_eq!(title(HideNames::WhenLocked, false, Some(false)), "Asha Rao");
        assert_eq!(title(HideNames::Never, false, Some(true)), "Asha Rao");
        assert_eq!(title(HideNames::Always, false, Some(false)), "Missed call");
    }

    #[test]
    fn where_nobody_says_whether_it_is_locked_only_the_setting_decides() {
        assert_eq!(title(HideNames::WhenLocked, false, None), "Asha Rao");
        assert_eq!(title(HideNames::Always, false, None), "Missed call");
    }

    #[test]
    fn privacy_mode_names_nobody_anywhere() {
        assert_eq!(title(HideNames::Never, true, Some(false)), "Missed call");
    }
}
