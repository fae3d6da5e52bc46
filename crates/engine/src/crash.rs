//! What is left of a panic: where it was, and as much of what it said as can be no secret.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::config::save::save_private;
use crate::home::Home;
use crate::log_file::RollingFile;
use crate::masked;
use crate::view::CrashView;

/// The longest file of crash reports.
const LARGEST: u64 = 256 * 1024;

/// How a report begins; the moment follows.
const FIRST_LINE: &str = "crash ";

/// Has panics of `program` written down in `logs`, if they are known yet, and said on standard error, in place of the
/// standard message, which repeats whatever was at hand.
pub fn on_panic(program: &'static str, logs: Option<PathBuf>) {
    std::panic::set_hook(Box::new(move |panic| {
        let report = report(program, panic);
        // Nobody is left to be told of a problem here.
        let _ = io::stderr().write_all(report.as_bytes());
        if let Some(logs) = &logs {
            let _ = keep(logs, &report);
        }
    }));
}

fn keep(logs: &Path, report: &str) -> io::Result<()> {
    RollingFile::open(&file(logs), LARGEST)?.write_all(report.as_bytes())
}

/// The newest report of a crash, unless the agent was told of it before.
pub(crate) fn unseen(home: &Home) -> Option<CrashView> {
    let text = fs::read_to_string(file(&home.logs())).ok()?;
    let report = text
        .rsplit("\n\n")
        .find(|report| report.starts_with(FIRST_LINE))?
        .trim();
    let at: Timestamp = report.lines().next()?.strip_prefix(FIRST_LINE)?.trim().parse().ok()?;
    let seen = fs::read_to_string(seen_file(home)).ok();
    let seen: Option<Timestamp> = seen.and_then(|text| text.trim().parse().ok());
    (seen < Some(at)).then(|| CrashView {
        at,
        report: report.to_owned(),
    })
}

/// The agent was told of this crash: it is not offered again. Its report stays where it is.
pub(crate) fn set_seen(home: &Home, crash: &CrashView) -> io::Result<()> {
    save_private(&seen_file(home), format!("{}\n", crash.at).as_bytes())
}

fn file(logs: &Path) -> PathBuf {
    logs.join("crash.log")
}

fn seen_file(home: &Home) -> PathBuf {
    home.logs().join("crash-seen")
}

fn report(program: &str, panic: &PanicHookInfo<'_>) -> String {
    let said = match (panic.payload().downcast_ref::<&'static str>(), panic.payload_as_str()) {
        // A text of the source code, with nothing put into it.
        (Some(said), _) => (*said).to_owned(),
        (None, Some(said)) => masked::message(said),
        (None, None) => "…".to_owned(),
    };
    let mut report = String::new();
    let mut line = |name: &str, value: &dyn std::fmt::Display| {
        // Writing to a string cannot fail.
        let _ = writeln!(report, "{name:<8} {value}");
    };
    line("crash", &Timestamp::now());
    let version = env!("CARGO_PKG_VERSION");
    let (system, machine) = (std::env::consts::OS, std::env::consts::ARCH);
    line("program", &format_args!("{program} {version}, {system} {machine}"));
    line("thread", &std::thread::current().name().unwrap_or("without a name"));
    if let Some(place) = panic.location() {
        line("at", &place);
    }
    line("said", &said);
    report.push('\n');
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crashed(home: &Home, at: &str) {
        let report = format!("crash    {at}\nprogram  dialdeck 0.1.0, linux x86_64\nsaid     …\n\n");
        keep(&home.logs(), &report).unwrap();
    }

    #[test]
    fn the_newest_crash_is_told_of_until_it_was_seen() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::under(folder.path());
        assert_eq!(unseen(&home), None);
        crashed(&home, "2026-03-04T10:00:00Z");
        crashed(&home, "2026-03-05T10:00:00.5Z");
        let crash = unseen(&home).unwrap();
        assert_eq!(crash.at.to_string(), "2026-03-05T10:00:00.5Z");
        assert!(
            crash.report.ends_with("said     …") && !crash.report.contains("03-04"),
            "{}",
            crash.report
        );
        set_seen(&home, &crash).unwrap();
        assert_eq!(unseen(&home), None);
        crashed(&home, "2026-03-06T10:00:00Z");
        assert!(unseen(&home).is_some());
        fs::write(file(&home.logs()), "nothing of ours\n\n").unwrap();
        assert_eq!(unseen(&home), None);
    }
}
