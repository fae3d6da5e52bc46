//! The section of screen pops: `[screen_pops.NAME]`.

use telephony::Direction;

use super::problem::Place;
use super::read::{Reader, Section};
use crate::screen_pop::{Moment, ScreenPop, ScreenPopDraft};

impl Reader<'_> {
    pub(super) fn screen_pops(&mut self, root: &Section<'_>) -> Result<Vec<ScreenPop>, Place> {
        let Some(section) = self.section(root, "screen_pops")? else {
            return Ok(Vec::new());
        };
        let names: Vec<String> = section.table.iter().map(|(name, _)| name.to_owned()).collect();
        names.iter().map(|name| self.screen_pop(&section, name)).collect()
    }

    fn screen_pop(&mut self, pops: &Section<'_>, name: &str) -> Result<ScreenPop, Place> {
        let section = self.must_be_section(pops, name)?;
        self.warn_of_others(&section, &["on", "direction", "url", "run"]);
        let on = self.texts(&section, "on")?;
        let on = on
            .iter()
            .map(|name| Moment::of(name))
            .collect::<Option<_>>()
            .ok_or_else(|| {
                let known: Vec<&str> = Moment::ALL.into_iter().map(Moment::name).collect();
                self.mistake(&section, "on", &format!("a moment is one of {}", known.join(", ")))
            })?;
        let direction = match self.text(&section, "direction")?.as_deref() {
            None => None,
            Some("inbound") => Some(Direction::Inbound),
            Some("outbound") => Some(Direction::Outbound),
            Some(_) => return Err(self.mistake(&section, "direction", "the direction is inbound or outbound")),
        };
        let draft = ScreenPopDraft {
            name: name.to_owned(),
            on,
            direction,
            url: self.text(&section, "url")?,
            run: self.texts(&section, "run")?,
        };
        ScreenPop::of(draft).map_err(|mistake| match section.table.contains_key(mistake.key) {
            true => self.mistake(&section, mistake.key, &mistake.words()),
            // What is missing stands nowhere: its section does.
            false => self.mistake(pops, name, &mistake.words()),
        })
    }
}
