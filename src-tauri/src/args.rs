//! What the app was started with.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use engine::api::Request;

/// How to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Launch {
    /// Only the tray: no webview until the agent opens the window.
    pub tray: bool,
    /// The folder that holds everything, instead of the platform's folders.
    pub home: Option<PathBuf>,
    /// A number or link to put into the field. Never dialled by itself.
    pub prefill: Option<String>,
    /// Bring up the quick dial bar.
    pub bar: Option<BarWish>,
    /// How long a hidden window is kept before its memory is given back.
    pub keep_hidden: Duration,
}

/// How the quick dial bar is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BarWish {
    Plain,
    /// With the number that is selected.
    OfSelection,
}

impl Launch {
    /// What the desk that runs already is asked for.
    #[must_use]
    pub fn call_forward(&self) -> Request {
        match self.bar {
            Some(wish) => Request::ShowQuickDial {
                of_selection: wish == BarWish::OfSelection,
            },
            None => Request::ShowWindow {
                prefill: self.prefill.clone(),
            },
        }
    }
}

impl Default for Launch {
    fn default() -> Self {
        Self {
            tray: false,
            home: None,
            prefill: None,
            bar: None,
            keep_hidden: Duration::from_secs(600),
        }
    }
}

/// What the command line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    Start(Launch),
    Help,
    Version,
}

pub const HELP: &str = "\
Dialdeck places and ends phone calls from the desktop.

Usage: dialdeck [OPTIONS] [NUMBER OR LINK]

A number or link is put into the field; nothing is dialled by itself.

Options:
      --tray               Start in the tray, without a window
      --quick-dial         Open the quick dial bar; for a key that the desktop itself binds
      --dial-selection     Open it with the number that is selected
      --home DIR           Keep everything under DIR (also: DIALDECK_HOME)
      --keep-hidden SECS   Keep a closed window this long for a quick return [default: 600]
  -h, --help               Print help
  -V, --version            Print version
";

/// Reads the arguments after the program's name.
///
/// # Errors
/// A sentence about the argument that was not understood.
pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Asked, String> {
    let mut launch = Launch::default();
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        let text = argument.to_string_lossy();
        let (name, glued) = match text.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name, Some(OsString::from(value))),
            _ => (text.as_ref(), None),
        };
        let mut value = |name: &str| {
            glued
                .clone()
                .or_else(|| arguments.next())
                .ok_or(format!("{name} needs a value"))
        };
        match name {
            "--tray" => launch.tray = true,
            "--quick-dial" => launch.bar = Some(BarWish::Plain),
            "--dial-selection" => launch.bar = Some(BarWish::OfSelection),
            "--home" => launch.home = Some(value("--home")?.into()),
            "--keep-hidden" => launch.keep_hidden = seconds(&value("--keep-hidden")?)?,
            "-h" | "--help" => return Ok(Asked::Help),
            "-V" | "--version" => return Ok(Asked::Version),
            // WebDriver starts the app with it; WebKit itself reads it.
            "--automation" => {}
            _ if name.starts_with('-') => return Err(format!("there is no option {name}")),
            _ if launch.prefill.is_some() => return Err("only one number or link can be opened at a time".to_owned()),
            _ if text.is_empty() => {}
            _ => launch.prefill = Some(text.into_owned()),
        }
    }
    if launch.bar.is_some() && launch.prefill.is_some() {
        return Err(
            "the quick dial bar takes the number that is selected or was copied; leave out the other".to_owned(),
        );
    }
    Ok(Asked::Start(launch))
}

fn seconds(value: &OsString) -> Result<Duration, String> {
    let seconds = value.to_str().and_then(|text| text.parse().ok());
    seconds
        .map(Duration::from_secs)
        .ok_or_else(|| format!("{} is not a number of seconds", value.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn launch(arguments: &[&str]) -> Launch {
        match read(arguments.iter().map(OsString::from)) {
            Ok(Asked::Start(launch)) => launch,
            other => panic!("not a start: {other:?}"),
        }
    }

    #[test]
    fn without_arguments_the_window_opens_and_a_hidden_one_is_kept_ten_minutes() {
        assert_eq!(
            launch(&[]),
            Launch {
                keep_hidden: Duration::from_secs(600),
                ..Launch::default()
            }
        );
    }

    #[test]
    fn options_are_read_with_their_value_glued_or_apart() {
        let wanted = Launch {
            tray: true,
            home: Some("/tmp/x".into()),
            ..Launch::default()
        };
        assert_eq!(launch(&["--tray", "--home", "/tmp/x"]), wanted);
        assert_eq!(launch(&["--home=/tmp/x", "--tray"]), wanted);
        assert_eq!(launch(&["--keep-hidden", "2"]).keep_hidden, Duration::from_secs(2));
    }

    #[test]
    fn a_desk_that_runs_is_asked_for_what_the_second_start_wants() {
        let asks = |arguments: &[&str]| format!("{:?}", launch(arguments).call_forward());
        assert_eq!(asks(&[]), "ShowWindow { prefill: None }");
        assert_eq!(asks(&["--quick-dial"]), "ShowQuickDial { of_selection: false }");
        assert_eq!(asks(&["--dial-selection"]), "ShowQuickDial { of_selection: true }");
    }

    #[test]
    fn a_link_is_kept_as_it_came() {
        assert_eq!(
            launch(&["tel:+44%2020;ext=4"]).prefill.as_deref(),
            Some("tel:+44%2020;ext=4")
        );
    }

    #[test]
    fn a_start_by_webdriver_is_a_start() {
        assert_eq!(launch(&["--automation"]), Launch::default());
    }

    #[test]
    fn the_manual_page_has_every_option_that_the_help_has() {
        let page = include_str!("../bundle/dialdeck.1").replace("\\-", "-");
        let options: Vec<&str> = HELP.split_whitespace().filter(|word| word.starts_with("--")).collect();
        assert!(options.len() >= 5, "{options:?}");
        for option in options {
            assert!(page.contains(option), "{option}");
        }
    }

    #[test]
    fn what_is_not_understood_is_named() {
        let problem = |arguments: &[&str]| read(arguments.iter().map(OsString::from)).unwrap_err();
        assert_eq!(problem(&["--trey"]), "there is no option --trey");
        assert_eq!(problem(&["--home"]), "--home needs a value");
        assert_eq!(problem(&["--keep-hidden", "soon"]), "soon is not a number of seconds");
        assert_eq!(problem(&["1", "2"]), "only one number or link can be opened at a time");
    }
}
