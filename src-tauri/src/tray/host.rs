//! The real icon in the system's tray.

use std::ops::Range;
use std::path::Path;

use engine::view::DisturbWish;
use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices};
use tauri::menu::{IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Wry};

use super::icon::{Panel, picture};
use super::tooltip::tell;
use super::{Choice, Item, Mark, State};
use crate::shell::{News, NewsDesk};

/// The icon, and what it shows now: the system is told of differences only.
pub struct Host {
    icon: TrayIcon,
    panel: Panel,
    mark: Mark,
    tooltip: String,
    menu: Shown,
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
        let menu = Shown::of(app, super::menu(state))?;
        let icon = TrayIconBuilder::with_id("dialdeck")
            .icon(picture(mark, panel))
            .icon_as_template(true)
            .temp_dir_path(scratch)
            .menu(&menu.shown)
            .on_menu_event(move |_, event| {
                if let Some(choice) = choice(event.id().as_ref()) {
                    news.tell(News::Chosen(choice));
                }
            })
            .build(app)?;
        let tooltip = super::tooltip(state);
        tell(&icon, &tooltip)?;
        Ok(Self {
            icon,
            panel,
            mark,
            tooltip,
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
        }
        self.menu.change(app, menu)?;
        let tooltip = super::tooltip(state);
        // A new picture comes with a description of its own.
        if tooltip != self.tooltip || mark != self.mark {
            tell(&self.icon, &tooltip)?;
            self.tooltip = tooltip;
            self.mark = mark;
        }
        Ok(())
    }
}

/// The menu as it is shown.
struct Shown {
    shown: Menu<Wry>,
    rows: Rows,
}

impl Shown {
    fn of(app: &AppHandle, items: Vec<Item>) -> tauri::Result<Self> {
        let mut menu = Self {
            shown: Menu::new(app)?,
            rows: Rows::default(),
        };
        menu.change(app, items)?;
        Ok(menu)
    }

    fn change(&mut self, app: &AppHandle, items: Vec<Item>) -> tauri::Result<()> {
        self.rows.change(app, &self.shown, items)
    }
}

/// What holds rows: the menu itself, or one that a row of it leads to.
trait Holder {
    fn put_in(&self, row: &dyn IsMenuItem<Wry>, place: usize) -> tauri::Result<()>;
    fn take_out(&self, place: usize) -> tauri::Result<()>;
}

impl Holder for Menu<Wry> {
    fn put_in(&self, row: &dyn IsMenuItem<Wry>, place: usize) -> tauri::Result<()> {
        self.insert(row, place)
    }

    fn take_out(&self, place: usize) -> tauri::Result<()> {
        self.remove_at(place).map(drop)
    }
}

impl Holder for Submenu<Wry> {
    fn put_in(&self, row: &dyn IsMenuItem<Wry>, place: usize) -> tauri::Result<()> {
        self.insert(row, place)
    }

    fn take_out(&self, place: usize) -> tauri::Result<()> {
        self.remove_at(place).map(drop)
    }
}

/// The rows of a menu. It may be open, the pointer over an entry, while things change: a row that stays is the same row
/// with new words, and only what comes or goes is put in or taken out.
#[derive(Default)]
struct Rows {
    items: Vec<Item>,
    rows: Vec<Row>,
}

enum Row {
    Text(MenuItem<Wry>),
    More(Submenu<Wry>, Rows),
    Separator(PredefinedMenuItem<Wry>),
}

impl Rows {
    fn change(&mut self, app: &AppHandle, holder: &impl Holder, items: Vec<Item>) -> tauri::Result<()> {
        if items == self.items {
            return Ok(());
        }
        // From the end, so that the places of the rows before stay what they are.
        for part in parts(&self.items, &items).into_iter().rev() {
            let (tag, old, new) = part;
            if tag == DiffTag::Equal {
                for (place, item) in old.zip(&items[new]) {
                    if self.items[place] != *item {
                        self.rows[place].say(app, item)?;
                    }
                }
                continue;
            }
            for place in old.clone().rev() {
                holder.take_out(place)?;
            }
            let rows = items[new]
                .iter()
                .map(|item| Row::of(app, item))
                .collect::<tauri::Result<Vec<_>>>()?;
            for (place, row) in (old.start..).zip(&rows) {
                holder.put_in(row.as_item(), place)?;
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
            Item::More { label, items, .. } => {
                let (shown, mut rows) = (Submenu::new(app, literal(label), true)?, Rows::default());
                rows.change(app, &shown, items.clone())?;
                Self::More(shown, rows)
            }
            Item::Separator => Self::Separator(PredefinedMenuItem::separator(app)?),
        })
    }

    fn as_item(&self) -> &dyn IsMenuItem<Wry> {
        match self {
            Self::Text(row) => row,
            Self::More(row, _) => row,
            Self::Separator(row) => row,
        }
    }

    fn say(&mut self, app: &AppHandle, item: &Item) -> tauri::Result<()> {
        match (self, item) {
            (Self::Text(row), Item::Line(words) | Item::Entry { label: words, .. }) => row.set_text(literal(words)),
            (Self::More(row, rows), Item::More { items, .. }) => rows.change(app, row, items.clone()),
            // Rows of another kind are not the same row.
            (Self::Text(_) | Self::More(..) | Self::Separator(_), _) => Ok(()),
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
        // GTK tells panels nothing of a new name of a row that leads to others.
        Item::More { id, label, .. } => Sameness::More(id, label.clone()),
        Item::Separator => Sameness::Separator,
    }
}

#[derive(PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Sameness {
    Line,
    Entry(String),
    More(&'static str, String),
    Separator,
}

/// A name may hold `&`, which menus read as "the next letter is the key".
fn literal(text: &str) -> String {
    text.replace('&', "&&")
}

/// A choice as the one text that a menu carries.
fn id(choice: &Choice) -> String {
    match choice {
        Choice::Again { call } => format!("again:{call}"),
        Choice::Callback { callback } => format!("callback:{callback}"),
        Choice::Favourite { contact } => format!("favourite:{contact}"),
        Choice::CheckAgain { call } => format!("check:{call}"),
        Choice::End { call } => format!("end:{call}"),
        Choice::MarkEnded { call } => format!("ended:{call}"),
        Choice::DoNotDisturb(DisturbWish::Minutes(minutes)) => format!("quiet:{minutes}"),
        Choice::DoNotDisturb(DisturbWish::Tomorrow) => "quiet-until-tomorrow".to_owned(),
        Choice::DoNotDisturb(DisturbWish::Off) => "quiet-off".to_owned(),
        Choice::Privacy(is) => format!("privacy:{is}"),
        Choice::QuickDial => "quick-dial".to_owned(),
        Choice::Alerts => "alerts".to_owned(),
        Choice::Callbacks => "callbacks".to_owned(),
        Choice::Accounts => "accounts".to_owned(),
        Choice::Diagnosis => "diagnosis".to_owned(),
        Choice::Settings => "settings".to_owned(),
        Choice::Open => "open".to_owned(),
        Choice::Quit => "quit".to_owned(),
    }
}

fn choice(id: &str) -> Option<Choice> {
    let Some((what, of)) = id.split_once(':') else {
        return match id {
            "quick-dial" => Some(Choice::QuickDial),
            "quiet-until-tomorrow" => Some(Choice::DoNotDisturb(DisturbWish::Tomorrow)),
            "quiet-off" => Some(Choice::DoNotDisturb(DisturbWish::Off)),
            "alerts" => Some(Choice::Alerts),
            "callbacks" => Some(Choice::Callbacks),
            "accounts" => Some(Choice::Accounts),
            "diagnosis" => Some(Choice::Diagnosis),
            "settings" => Some(Choice::Settings),
            "open" => Some(Choice::Open),
            "quit" => Some(Choice::Quit),
            _ => None,
        };
    };
    let own = || of.to_owned();
    match what {
        "again" => Some(Choice::Again { call: own() }),
        "callback" => Some(Choice::Callback { callback: own() }),
        "favourite" => Some(Choice::Favourite { contact: own() }),
        "check" => Some(Choice::CheckAgain { call: own() }),
        "end" => Some(Choice::End { call: own() }),
        "ended" => Some(Choice::MarkEnded { call: own() }),
        "quiet" => Some(Choice::DoNotDisturb(DisturbWish::Minutes(of.parse().ok()?))),
        "privacy" => Some(Choice::Privacy(of.parse().ok()?)),
        _ => None,
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
            Choice::End { call: "a:b".into() },
            Choice::MarkEnded { call: "a:b".into() },
            Choice::Callback { callback: "a:b".into() },
            Choice::Favourite { contact: "a:b".into() },
            Choice::DoNotDisturb(DisturbWish::Minutes(30)),
            Choice::DoNotDisturb(DisturbWish::Tomorrow),
            Choice::DoNotDisturb(DisturbWish::Off),
            Choice::Privacy(true),
            Choice::Alerts,
            Choice::Callbacks,
            Choice::Accounts,
            Choice::Diagnosis,
            Choice::Settings,
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
