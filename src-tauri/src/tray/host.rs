//! The real icon in the system's tray.

use std::path::Path;

use tauri::AppHandle;
use tauri::menu::{IsMenuItem, Menu, MenuItem, PredefinedMenuItem};
use tauri::tray::{TrayIcon, TrayIconBuilder};

use super::icon::{Panel, picture};
use super::{Choice, Item, Mark, State};
use crate::shell::{News, NewsDesk};

/// The icon, and what it shows now: the system is told of differences only.
pub struct Host {
    icon: TrayIcon,
    panel: Panel,
    mark: Mark,
    menu: Vec<Item>,
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
        let (mark, menu) = (super::mark(state), super::menu(state));
        let icon = TrayIconBuilder::with_id("dialdeck")
            .icon(picture(mark, panel))
            .icon_as_template(true)
            .temp_dir_path(scratch)
            .tooltip(super::line(state))
            .menu(&real(app, &menu)?)
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
        if menu != self.menu {
            self.icon.set_menu(Some(real(app, &menu)?))?;
            self.icon.set_tooltip(Some(super::line(state)))?;
            self.menu = menu;
        }
        Ok(())
    }
}

fn real(app: &AppHandle, items: &[Item]) -> tauri::Result<Menu<tauri::Wry>> {
    let menu = Menu::new(app)?;
    for item in items {
        let made: Box<dyn IsMenuItem<tauri::Wry>> = match item {
            Item::Line(text) => Box::new(MenuItem::new(app, literal(text), false, None::<&str>)?),
            Item::Entry { choice, label } => {
                Box::new(MenuItem::with_id(app, id(choice), literal(label), true, None::<&str>)?)
            }
            Item::Separator => Box::new(PredefinedMenuItem::separator(app)?),
        };
        menu.append(made.as_ref())?;
    }
    Ok(menu)
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
    fn a_name_with_an_ampersand_stays_whole() {
        assert_eq!(literal("Rao & Sons"), "Rao && Sons");
    }
}
