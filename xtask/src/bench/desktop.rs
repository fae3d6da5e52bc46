//! Window start and memory. The app and the control take turns, so that a slow moment of the machine falls on both.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::display::{Display, SCREEN};
use super::figures::{Figure, publish};
use super::{empty_window, memory};
use crate::failure::{Context, Failure, Result};
use crate::needs::{self, Purpose};
use crate::process::{self, cargo, say};
use crate::{ui, workspace};

/// Counted runs of each program, after one that fills the caches of its home.
const RUNS: usize = 9;
/// How long a window is left alone before its memory is read.
const IDLE: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(60);

/// Errors: a build failed, or a program did not paint.
pub fn run() -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Err(Failure::new(
            "This bench reads /proc and opens its own X display: it runs on Linux.",
        ));
    }
    needs::ensure(Purpose::Test)?;
    ui::ensure_packages()?;
    ui::ensure_built()?;
    process::run(cargo(["build", "--release", "--package", "dialdeck"]).args(workspace::APP_FEATURES))?;
    let app = workspace::target()
        .join("release")
        .join(workspace::executable("dialdeck"));
    let control = empty_window::build()?;

    let display = Display::open()?;
    let mut start = Figure::new("exec to painted", "ms");
    let mut idle = Figure::new("memory, one window idle", "MiB PSS");
    for round in 0..=RUNS {
        let (floor, ours) = (
            measure(&display, &control, "control")?,
            measure(&display, &app, "dialdeck")?,
        );
        // The first round filled the caches of both homes: it is shown, not counted.
        let counted = if round == 0 {
            "warming up".into()
        } else {
            format!("round {round} of {RUNS}")
        };
        say(&format!(
            "{counted}: empty window {:.0} ms, {:.0} MiB; dialdeck {:.0} ms, {:.0} MiB",
            floor.painted, floor.memory, ours.painted, ours.memory
        ));
        if round > 0 {
            start.control.push(floor.painted);
            start.app.push(ours.painted);
            idle.control.push(floor.memory);
            idle.app.push(ours.memory);
        }
    }
    let renderer =
        std::env::var("WEBKIT_DISABLE_DMABUF_RENDERER").map_or("WebKitGTK's default", |_| "DMABUF renderer off");
    let conditions = [
        ("display", format!("Xvfb {SCREEN}, no GPU")),
        ("renderer", renderer.to_owned()),
        ("home", "used once before; a session bus without services".to_owned()),
        (
            "memory",
            format!("whole process tree, {} s after the first paint", IDLE.as_secs()),
        ),
    ];
    publish("desktop", &conditions, &[start, idle])
}

struct Measured {
    /// Milliseconds from starting the program to its first painted frame.
    painted: f64,
    memory: f64,
}

fn measure(display: &Display, program: &Path, home: &str) -> Result<Measured> {
    let mut command = display.command(program, home)?;
    command
        .env("DIALDECK_BENCH_MARKS", "1")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .stdout(Stdio::piped());
    let started = unix_ms(SystemTime::now());
    let mut child = command
        .spawn()
        .context(|| format!("{} cannot be started", program.display()))?;
    let painted = first_mark(&mut child);
    let measured = painted.map(|at| {
        thread::sleep(IDLE);
        Measured {
            painted: at - started,
            memory: memory::proportional(child.id()),
        }
    });
    process::end(&mut child);
    measured.ok_or_else(|| {
        Failure::new(format!(
            "{} did not say `MARK painted` within {} s.",
            program.display(),
            PATIENCE.as_secs()
        ))
    })
}

/// Waits for the line in which the page, through its program, tells when it was painted.
fn first_mark(child: &mut Child) -> Option<f64> {
    let stdout = child.stdout.take()?;
    let (sender, marks) = mpsc::channel();
    // The thread reads on after the mark, so that the program never blocks on a full pipe; it ends with the program.
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(std::result::Result::ok) {
            if let Some(at) = mark(&line) {
                let _ = sender.send(at);
            }
        }
    });
    marks.recv_timeout(PATIENCE).ok()
}

/// `MARK painted 1767225600123`: a moment in Unix milliseconds.
fn mark(line: &str) -> Option<f64> {
    line.trim().strip_prefix("MARK painted ")?.trim().parse().ok()
}

fn unix_ms(moment: SystemTime) -> f64 {
    moment
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |since| since.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_moment_of_the_first_paint_is_read_from_its_line() {
        assert_eq!(mark("MARK painted 1767225600123"), Some(1_767_225_600_123.0));
        assert_eq!(mark("MARK painted 1767225600123.25"), Some(1_767_225_600_123.25));
        assert_eq!(mark("MARK ready 1"), None);
    }
}
