//! The real icon in the system's tray.

use std::ops::Range;
use std::path::Path;

use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices};
use tauri::menu::{Menu, MenuItem, PredefinedMenuItem};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Wry};

use super::icon::{Panel, picture};
use super::{Choice, Item, Mark, State};
use crate::shell::{News, NewsDesk};

/// The icon, and what it shows now: the system is told of differences only.
pub struct Host {
    icon: TrayIcon,
    panel: Panel,
    mark: Mark,
    menu: Rows,
}

impl Host {
    /// Puts the icon into the tray.
    ///
    /// `scratch` is where Linux needs the picture as a file: a folder of this home, so that two desks do not remove each
    /// other's.
    ///
    /// # Errors
    /// When the system refuses the icon or its menu.
    pub fn put(app: &AppHandle, news: NewsDesk, state: &State, scratch: &Path) -> tauri::Result<Self> {
        let panel = Panel::of_desktop(&std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_default());
        let mark = super::mark(state);
        let menu = Rows::of(app, super::menu(state))?;
        let icon = TrayIconBuilder::with_id("dialdeck")
            .icon(picture(mark, panel))
            .icon_as_template(true)
            .temp_dir_path(scratch)
            .tooltip(super::line(state))
            .menu(&menu.shown)
            .on_menu_event(move |_, event| {
                if let Some(choice) = choice(event.id().as_ref()) {
                    news.tell(News::Chosen(choice));
                }
            })
            .build(app)?;
        Ok(Self {
            icon,
            panel,
            mark,
            menu,
        })
    }

    /// Shows how things stand.
    ///
    /// # Errors
    /// When the system refuses the icon or its menu.
    pub fn show(&mut self, app: &AppHandle, state: &State) -> tauri::Result<()> {
        let (mark, menu) = (super::mark(state), super::menu(state));
        if mark != self.mark {
            self.icon
                .set_icon_with_as_template(Some(picture(mark, self.panel)), true)?;
            self.mark = mark;
        }
        if menu != self.menu.items {
            self.menu.change(app, menu)?;
            self.icon.set_tooltip(Some(super::line(state)))?;
        }
        Ok(())
    }
}

/// The menu as it is shown. It may be open, the pointer over an entry, while things change: a row that stays is the same
/// row with new words, and only what comes or goes is put in or taken out.
struct Rows {
    shown: Menu<Wry>,
    items: Vec<Item>,
    rows: Vec<Row>,
}

enum Row {
    Text(MenuItem<Wry>),
    Separator(PredefinedMenuItem<Wry>),
}

impl Rows {
    fn of(app: &AppHandle, items: Vec<Item>) -> tauri::Result<Self> {
        let mut menu = Self {
            shown: Menu::new(app)?,
            items: Vec::new(),
            rows: Vec::new(),
        };
        menu.change(app, items)?;
        Ok(menu)
    }

    fn change(&mut self, app: &AppHandle, items: Vec<Item>) -> tauri::Result<()> {
        // From the end, so that the places of the rows before stay what they are.
        for part in parts(&self.items, &items).into_iter().rev() {
            let (tag, old, new) = part;
            if tag == DiffTag::Equal {
                for (row, item) in self.rows[old].iter().zip(&items[new]) {
                    row.say(item)?;
                }
                continue;
            }
            for place in old.clone().rev() {
                self.shown.remove_at(place)?;
            }
            let rows = items[new]
                .iter()
                .map(|item| Row::of(app, item))
                .collect::<tauri::Result<Vec<_>>>()?;
            for (place, row) in (old.start..).zip(&rows) {
                row.insert(&self.shown, place)?;
            }
            self.rows.splice(old, rows);
        }
        self.items = items;
        Ok(())
    }
}

impl Row {
    fn of(app: &AppHandle, item: &Item) -> tauri::Result<Self> {
        Ok(match item {
            Item::Line(text) => Self::Text(MenuItem::new(app, literal(text), false, None::<&str>)?),
            Item::Entry { choice, label } => {
                Self::Text(MenuItem::with_id(app, id(choice), literal(label), true, None::<&str>)?)
            }
            Item::Separator => Self::Separator(PredefinedMenuItem::separator(app)?),
        })
    }

    fn insert(&self, menu: &Menu<Wry>, place: usize) -> tauri::Result<()> {
        match self {
            Self::Text(row) => menu.insert(row, place),
            Self::Separator(row) => menu.insert(row, place),
        }
    }

    fn say(&self, item: &Item) -> tauri::Result<()> {
        match (self, item) {
            (Self::Text(row), Item::Line(words) | Item::Entry { label: words, .. }) => row.set_text(literal(words)),
            (Self::Text(_) | Self::Separator(_), Item::Separator) | (Self::Separator(_), _) => Ok(()),
        }
    }
}

/// What stays, comes and goes between two menus, whatever the words of each row.
fn parts(old: &[Item], new: &[Item]) -> Vec<(DiffTag, Range<usize>, Range<usize>)> {
    let same = |items: &[Item]| items.iter().map(sameness).collect::<Vec<_>>();
    capture_diff_slices(Algorithm::Myers, &same(old), &same(new))
        .iter()
        .map(DiffOp::as_tag_tuple)
        .collect()
}

/// What makes a row the same row in another menu.
fn sameness(item: &Item) -> Sameness {
    match item {
        Item::Line(_) => Sameness::Line,
        Item::Entry { choice, .. } => Sameness::Entry(id(choice)),
        Item::Separator => Sameness::Separator,
    }
}

#[derive(PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Sameness {
    Line,
    Entry(String),
    Separator,
}

/// A name may hold `&`, which menus read as "the next letter is the key".
fn literal(text: &str) -> String {
    text.replace('&', "&&")
}

fn id(choice: &Choice) -> String {
    match choice {
        Choice::QuickDial => "quick-dial".to_owned(),
        Choice::Again { call } => format!("again:{call}"),
        Choice::CheckAgain { call } => format!("check:{call}"),
        Choice::MarkEnded { call } => format!("ended:{call}"),
        Choice::Open => "open".to_owned(),
        Choice::Quit => "quit".to_owned(),
    }
}

fn choice(id: &str) -> Option<Choice> {
    match id {
        "quick-dial" => Some(Choice::QuickDial),
        "open" => Some(Choice::Open),
        "quit" => Some(Choice::Quit),
        of_call => {
            let (what, call) = of_call.split_once(':')?;
            let call = call.to_owned();
            match what {
                "again" => Some(Choice::Again { call }),
                "check" => Some(Choice::CheckAgain { call }),
                "ended" => Some(Choice::MarkEnded { call }),
                _ => None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_is_found_again_by_its_id() {
        let choices = [
            Choice::QuickDial,
            Choice::Again { call: "a:b".into() },
            Choice::CheckAgain { call: "a:b".into() },
            Choice::MarkEnded { call: "a:b".into() },
            Choice::Open,
            Choice::Quit,
        ];
        for wanted in choices {
            assert_eq!(choice(&id(&wanted)), Some(wanted));
        }
        assert_eq!(choice("something else"), None);
    }

    #[test]
    fn a_row_that_stays_is_the_same_row() {
        let entry = |choice, label: &str| Item::Entry {
            choice,
            label: label.to_owned(),
        };
        let again = |call: &str| entry(Choice::Again { call: call.into() }, call);
        let ready = [
            Item::Line("Ready".into()),
            Item::Separator,
            again("a"),
            again("b"),
            Item::Separator,
            entry(Choice::Quit, "Quit"),
        ];
        let in_call = [
            Item::Line("Connected".into()),
            Item::Separator,
            again("c"),
            again("a"),
            Item::Separator,
            entry(Choice::Quit, "Quit (the call goes on)"),
        ];
        assert_eq!(
            parts(&ready, &in_call),
            [
                (DiffTag::Equal, 0..2, 0..2),
                (DiffTag::Insert, 2..2, 2..3),
                (DiffTag::Equal, 2..3, 3..4),
                (DiffTag::Delete, 3..4, 4..4),
                (DiffTag::Equal, 4..6, 4..6),
            ]
        );
    }

    #[test]
    fn a_name_with_an_ampersand_stays_whole() {
        assert_eq!(literal("Rao & Sons"), "Rao && Sons");
    }
}
