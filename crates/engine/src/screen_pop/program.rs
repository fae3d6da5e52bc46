//! Programs that a screen pop runs.

use std::path::Path;

use super::Mistake;
use super::template::Template;
use super::values::Values;

/// Programs that read an argument as a program of its own, and by which option.
const INTERPRETERS: [(&[&str], &[&str]); 4] = [
    (
        &["sh", "bash", "dash", "zsh", "ksh", "fish", "csh", "tcsh", "busybox"],
        &["c"],
    ),
    (&["python", "python2", "python3", "pypy3"], &["c"]),
    (
        &["perl", "ruby", "node", "nodejs", "deno", "bun", "lua", "osascript"],
        &["e", "E", "p"],
    ),
    (
        &["cmd", "powershell", "pwsh", "wscript", "cscript", "mshta", "rundll32"],
        &[],
    ),
];

/// Options of theirs that are written out.
const LONG_OPTIONS: [&str; 4] = ["command", "eval", "execute", "print"];

/// A program and its arguments, with places for values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Program {
    path: String,
    arguments: Vec<Template>,
}

impl Program {
    /// # Errors
    /// A program that a value would name, or a place in what an interpreter reads as a program.
    pub(super) fn of(path: &str, arguments: &[String]) -> Result<Self, Mistake> {
        let mistake = |why| Mistake::of("run", why);
        if path.is_empty() || path.starts_with('-') || path.contains(['{', '}']) {
            return Err(mistake("program"));
        }
        if std::iter::once(path)
            .chain(arguments.iter().map(String::as_str))
            .any(|text| text.contains('\0'))
        {
            return Err(mistake("nul"));
        }
        let arguments: Vec<Template> = arguments
            .iter()
            .map(|argument| Template::of(argument, "run"))
            .collect::<Result<_, _>>()?;
        if is_code(path, &arguments) {
            return Err(mistake("interpreted"));
        }
        Ok(Self {
            path: path.to_owned(),
            arguments,
        })
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// A path, or a name that is looked for in the folders of programs.
    pub(super) fn is_there(&self) -> bool {
        let path = Path::new(&self.path);
        if path.components().count() > 1 {
            return path.exists();
        }
        let folders = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&folders).any(|folder| {
            let file = folder.join(path);
            file.exists() || cfg!(windows) && file.with_extension("exe").exists()
        })
    }

    /// Program and arguments, each value within its own argument.
    ///
    /// A value that would make its argument begin with `-` gets a space in front, unless `--` has ended the options: nobody
    /// is called so, and no name shall be an option of the program.
    pub(super) fn filled(&self, values: &Values) -> Vec<String> {
        let mut options = true;
        let mut filled = vec![self.path.clone()];
        for template in &self.arguments {
            let mut argument = template.filled(values, str::to_owned);
            if options && argument.starts_with('-') && template.beginning().is_empty() {
                argument.insert(0, ' ');
            }
            options &= argument != "--" || template.has_slots();
            filled.push(argument);
        }
        filled
    }
}

/// Whether a value would be put into what the program reads as a program.
fn is_code(path: &str, arguments: &[Template]) -> bool {
    // An interpreter may be behind another program: `env bash -c …`.
    let words = std::iter::once(path).chain(arguments.iter().map(Template::beginning));
    let names: Vec<String> = words.map(program_name).collect();
    let is_there = |programs: &[&str]| names.iter().any(|name| programs.contains(&name.as_str()));
    INTERPRETERS
        .iter()
        .filter(|(programs, _)| is_there(programs))
        .any(|(_, options)| {
            let before = std::iter::once("").chain(arguments.iter().map(Template::beginning));
            before
                .zip(arguments)
                .filter(|(_, argument)| argument.has_slots())
                .any(|(before, argument)| {
                    options.is_empty() || announces_code(before, options) || holds_code(argument.beginning(), options)
                })
        })
}

fn program_name(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path).to_ascii_lowercase();
    name.strip_suffix(".exe").map_or(name.clone(), str::to_owned)
}

/// `-c`, `-lc` and `--eval`: the next argument is a program.
fn announces_code(option: &str, letters: &[&str]) -> bool {
    match option.strip_prefix("--") {
        Some(long) => LONG_OPTIONS.contains(&long),
        None => option
            .strip_prefix('-')
            .is_some_and(|short| letters.iter().any(|letter| short.contains(letter))),
    }
}

/// `-cCODE` and `--eval=CODE`.
fn holds_code(beginning: &str, letters: &[&str]) -> bool {
    match beginning.strip_prefix("--") {
        Some(long) => LONG_OPTIONS.contains(&long.split('=').next().unwrap_or(long)),
        None => beginning
            .strip_prefix('-')
            .is_some_and(|short| letters.iter().any(|letter| short.starts_with(letter))),
    }
}
