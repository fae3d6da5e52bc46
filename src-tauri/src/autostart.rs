//! Starting with the desktop, in the tray.

#[cfg(target_os = "linux")]
mod xdg;

use engine::Home;
use engine::api::{ApiError, ErrorClass};

/// What the desktop starts, and with which words.
#[derive(Debug, Clone)]
pub struct Autostart {
    words: Vec<String>,
}

impl Autostart {
    /// For this home; one that was named is named again. `named`: the folder of `--home` or `DIALDECK_HOME`.
    #[must_use]
    pub fn of(home: &Home, is_named: bool) -> Self {
        let mut words = vec!["--tray".to_owned()];
        if is_named {
            words.push(format!("--home={}", home.data_dir.display()));
        }
        Self { words }
    }

    /// Whether the desktop starts Dialdeck.
    ///
    /// # Errors
    /// `autostart_failed`: the desktop does not say.
    pub fn is_on(&self) -> Result<bool, ApiError> {
        #[cfg(target_os = "linux")]
        return xdg::entry_file().and_then(|file| xdg::is_on(&file)).map_err(failed);
        #[cfg(not(target_os = "linux"))]
        self.entry()?.is_enabled().map_err(failed)
    }

    /// Has the desktop start it from now on, or not any more.
    ///
    /// # Errors
    /// `autostart_failed`: the desktop did not take it.
    pub fn set(&self, on: bool) -> Result<(), ApiError> {
        #[cfg(target_os = "linux")]
        return xdg::entry_file()
            .and_then(|file| match on {
                true => xdg::switch_on(&file, &program()?, &self.words),
                false => xdg::switch_off(&file),
            })
            .map_err(failed);
        #[cfg(not(target_os = "linux"))]
        {
            let entry = self.entry()?;
            if on { entry.enable() } else { entry.disable() }.map_err(failed)
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn entry(&self) -> Result<auto_launch::AutoLaunch, ApiError> {
        let program = program().map_err(failed)?;
        let words: Vec<String> = self.words.iter().map(|word| quoted(word)).collect();
        auto_launch::AutoLaunchBuilder::new()
            .set_app_name("Dialdeck")
            .set_app_path(&quoted(&program))
            .set_args(&words)
            .build()
            .map_err(failed)
    }
}

/// Windows is given one line, which it takes apart at blanks.
#[cfg(windows)]
fn quoted(word: &str) -> String {
    if word.contains(' ') {
        format!("\"{word}\"")
    } else {
        word.to_owned()
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
fn quoted(word: &str) -> String {
    word.to_owned()
}

/// The program as it is started: an AppImage runs from a folder that is gone with it.
fn program() -> std::io::Result<String> {
    let path = match std::env::var_os("APPIMAGE") {
        Some(image) => image.into(),
        None => std::env::current_exe()?,
    };
    Ok(path.to_string_lossy().into_owned())
}

fn failed(problem: impl std::fmt::Display) -> ApiError {
    ApiError::new(ErrorClass::Failed, "autostart_failed").with("why", problem)
}
