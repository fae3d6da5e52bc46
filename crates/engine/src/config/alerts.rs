//! The section `settings.alerts`: how each kind of alert is told.

use toml_edit::Value;

use super::problem::Place;
use super::read::{Reader, Section};
use crate::view::{AlertKind, AlertMode, AlertSettings, HideNames};

const MODES: [(&str, AlertMode); 4] = [
    ("off", AlertMode::Off),
    ("silent", AlertMode::Silent),
    ("pop_up", AlertMode::PopUp),
    ("sound", AlertMode::Sound),
];

const HIDE_NAMES: [(&str, HideNames); 3] = [
    ("always", HideNames::Always),
    ("when_locked", HideNames::WhenLocked),
    ("never", HideNames::Never),
];

impl Reader<'_> {
    pub(super) fn alerts(&mut self, settings: &Section<'_>) -> Result<AlertSettings, Place> {
        let mut alerts = AlertSettings::default();
        let Some(section) = self.section(settings, "alerts")? else {
            return Ok(alerts);
        };
        let known: Vec<&str> = AlertKind::ALL
            .into_iter()
            .map(AlertKind::key)
            .chain(["sounds", "hide_names"])
            .collect();
        self.warn_of_others(&section, &known);
        for kind in AlertKind::ALL {
            if let Some(mode) = self.one_of(&section, kind.key(), &MODES)? {
                *alerts.mode_mut(kind) = mode;
            }
        }
        alerts.sounds = self.switch(&section, "sounds")?.unwrap_or(alerts.sounds);
        alerts.hide_names = self
            .one_of(&section, "hide_names", &HIDE_NAMES)?
            .unwrap_or(alerts.hide_names);
        Ok(alerts)
    }

    fn one_of<T: Copy>(&self, section: &Section<'_>, key: &str, words: &[(&str, T)]) -> Result<Option<T>, Place> {
        let Some(text) = self.text(section, key)? else {
            return Ok(None);
        };
        match words.iter().find(|(word, _)| *word == text) {
            Some((_, value)) => Ok(Some(*value)),
            None => {
                let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
                Err(self.mistake(section, key, &format!("must be one of {}", known.join(", "))))
            }
        }
    }
}

/// What the section says of these settings: key, value, and whether it is what holds without a word.
pub(super) fn values(alerts: &AlertSettings) -> Vec<(&'static str, Value, bool)> {
    let default = AlertSettings::default();
    let mut values: Vec<(&'static str, Value, bool)> = AlertKind::ALL
        .into_iter()
        .map(|kind| {
            let mode = alerts.mode(kind);
            (kind.key(), word(&MODES, mode).into(), mode == default.mode(kind))
        })
        .collect();
    values.push(("sounds", alerts.sounds.into(), alerts.sounds == default.sounds));
    values.push((
        "hide_names",
        word(&HIDE_NAMES, alerts.hide_names).into(),
        alerts.hide_names == default.hide_names,
    ));
    values
}

fn word<T: PartialEq>(words: &[(&'static str, T)], value: T) -> &'static str {
    words
        .iter()
        .find(|(_, known)| *known == value)
        .map_or("", |(word, _)| word)
}
