//! Desktop entries: the little of other programs' that is of interest, and the one that the app writes for itself.

use std::path::Path;

use telephony::LinkScheme;

use crate::desktop_entry::word;

/// What an entry says of its program.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    name: Option<String>,
    exec: Option<String>,
    kinds: Option<String>,
}

impl Entry {
    pub(super) fn read(text: &str) -> Self {
        let lines = text.lines().map(str::trim);
        let own = lines
            .skip_while(|line| *line != "[Desktop Entry]")
            .skip(1)
            .take_while(|line| !line.starts_with('['));
        let mut entry = Self::default();
        for (key, value) in own.filter_map(|line| line.split_once('=')) {
            match key.trim_end() {
                "Name" => entry.name = Some(value.trim_start().to_owned()),
                "Exec" => entry.exec = Some(value.trim_start().to_owned()),
                "MimeType" => entry.kinds = Some(value.trim_start().to_owned()),
                _ => {}
            }
        }
        entry
    }

    /// Whether the program says that it opens links of that kind.
    pub(super) fn opens(&self, scheme: LinkScheme) -> bool {
        let kinds = self.kinds.as_deref().unwrap_or_default();
        kinds.split(';').any(|kind| kind == super::kind(scheme))
    }

    /// The program's name, as people know it.
    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The first word of the command: a program, or a path to one.
    pub(super) fn program(&self) -> Option<String> {
        // Escaped twice, as any text of an entry and as a quoted word.
        let exec = self.exec.as_deref()?.replace("\\\\", "\\");
        let Some(quoted) = exec.strip_prefix('"') else {
            return exec.split_whitespace().next().map(|word| word.replace("%%", "%"));
        };
        let mut program = String::new();
        let mut signs = quoted.chars();
        while let Some(sign) = signs.next() {
            match sign {
                '"' => break,
                '\\' => program.extend(signs.next()),
                sign => program.push(sign),
            }
        }
        Some(program.replace("%%", "%"))
    }

    /// An entry that opens links of those kinds with `app` in `home`. It is in no menu.
    pub(super) fn of_app(app: &Path, home: Option<&Path>, schemes: &[LinkScheme]) -> String {
        let mut command = word(&app.to_string_lossy());
        if let Some(home) = home {
            command = format!("{command} --home {}", word(&home.to_string_lossy()));
        }
        let kinds: String = schemes
            .iter()
            .map(|scheme| format!("{};", super::kind(*scheme)))
            .collect();
        format!(
            "[Desktop Entry]\nType=Application\nName=Dialdeck\nExec={command} %u\nMimeType={kinds}\nNoDisplay=true\nTerminal=false\n"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_program_are_those_of_the_entry_itself() {
        let text = "# x\n[Desktop Entry]\nName[de]=Telefon\nName = Phone \nExec=/opt/phone/bin --dial %u\n[Desktop Action new]\nName=New\nExec=other\n";
        let entry = Entry::read(text);
        assert_eq!(entry.name(), Some("Phone"));
        assert_eq!(entry.program().as_deref(), Some("/opt/phone/bin"));
        assert_eq!(Entry::read("Name=x\nExec=y").program(), None);
    }

    #[test]
    fn the_program_of_our_own_entry_reads_back_whatever_its_path_is() {
        for path in [
            "/usr/bin/dialdeck",
            "/home/ann/my builds/dialdeck",
            "/opt/100%/dialdeck",
            "/opt/a\"b$c`d\\e/dialdeck",
            "/home/zoë/dialdeck",
        ] {
            let entry = Entry::read(&Entry::of_app(
                Path::new(path),
                Some(Path::new("/tmp/a home")),
                &[LinkScheme::Tel],
            ));
            assert_eq!(entry.program().as_deref(), Some(path));
            assert!(entry.opens(LinkScheme::Tel) && !entry.opens(LinkScheme::Sip));
        }
        assert!(Entry::of_app(Path::new("/usr/bin/dialdeck"), None, &[]).contains("\nExec=/usr/bin/dialdeck %u\n"));
    }
}
