//! Desktops that follow freedesktop.org (Desktop Application Autostart Specification). The crate for the other systems
//! writes these entries without quoting a path, and not where `XDG_CONFIG_HOME` says.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use engine::desktop_entry::word;

/// The entry that has the desktop start the app; it need not be there.
pub(super) fn entry_file() -> io::Result<PathBuf> {
    let settings = dirs::config_dir().ok_or(io::ErrorKind::NotFound)?;
    Ok(settings.join("autostart").join("Dialdeck.desktop"))
}

/// Desktops whose own settings switch an entry off leave it there.
pub(super) fn is_on(entry: &Path) -> io::Result<bool> {
    let text = match fs::read_to_string(entry) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        text => text?,
    };
    let says = |key: &str, value: &str| {
        let mut pairs = text.lines().filter_map(|line| line.split_once('='));
        pairs.any(|(own, said)| own.trim() == key && said.trim().eq_ignore_ascii_case(value))
    };
    Ok(!says("Hidden", "true") && !says("X-GNOME-Autostart-enabled", "false"))
}

pub(super) fn switch_on(entry: &Path, program: &str, words: &[String]) -> io::Result<()> {
    if let Some(folder) = entry.parent() {
        fs::create_dir_all(folder)?;
    }
    let command: Vec<String> = [program]
        .into_iter()
        .chain(words.iter().map(String::as_str))
        .map(word)
        .collect();
    let command = command.join(" ");
    fs::write(
        entry,
        format!(
            "[Desktop Entry]\nType=Application\nName=Dialdeck\nComment=Ready for calls, in the tray\nExec={command}\n\
             Icon=app.dialdeck.Dialdeck\nStartupNotify=false\nTerminal=false\n"
        ),
    )
}

pub(super) fn switch_off(entry: &Path) -> io::Result<()> {
    match fs::remove_file(entry) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_names_program_and_home_whatever_their_paths_and_is_off_where_the_desktop_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let entry = folder.path().join("autostart/Dialdeck.desktop");
        assert!(!is_on(&entry).unwrap());
        switch_off(&entry).unwrap();
        let words = ["--tray".to_owned(), "--home=/home/ann/100% mine".to_owned()];
        switch_on(&entry, "/home/ann/My Apps/Dialdeck.AppImage", &words).unwrap();
        assert!(is_on(&entry).unwrap());
        let text = fs::read_to_string(&entry).unwrap();
        let command = "\nExec=\"/home/ann/My Apps/Dialdeck.AppImage\" --tray \"--home=/home/ann/100%% mine\"\n";
        assert!(text.contains(command), "{text}");
        for off in ["Hidden=true", "X-GNOME-Autostart-enabled=false"] {
            fs::write(&entry, format!("{text}{off}\n")).unwrap();
            assert!(!is_on(&entry).unwrap(), "{off}");
        }
        switch_on(&entry, "/usr/bin/dialdeck", &words[..1]).unwrap();
        assert!(
            fs::read_to_string(&entry)
                .unwrap()
                .contains("\nExec=/usr/bin/dialdeck --tray\n")
        );
        switch_off(&entry).unwrap();
        assert!(!entry.exists());
    }
}
