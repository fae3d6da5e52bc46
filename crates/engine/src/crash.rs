//! What is left of a panic: where it was, and as much of what it said as can be no secret.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::log_file::RollingFile;
use crate::masked;

/// The longest file of crash reports.
const LARGEST: u64 = 256 * 1024;

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
    RollingFile::open(&logs.join("crash.log"), LARGEST)?.write_all(report.as_bytes())
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
