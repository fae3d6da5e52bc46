//! The window's start, the memory it takes and gives back, the quick dial bar, and how quietly the app waits. The app and
//! the control take turns, so that a slow moment of the machine falls on both.

mod program;

use std::path::Path;
use std::thread;
use std::time::Duration;

use super::display::{Display, SCREEN};
use super::empty_window;
use super::figures::{Figure, publish};
use crate::failure::{Failure, Result};
use crate::needs::{self, Purpose};
use crate::process::{self, cargo, say};
use crate::{ui, workspace};
use program::{Program, now};

/// Counted runs of each program, after one that fills the caches of its home.
const RUNS: usize = 7;
/// Starts after which the bar is opened for the first time.
const FIRSTS: usize = 5;
/// How the app has its pages drawn, for a control that does the same.
const OF_THE_APP: &[(&str, &str)] = &[("WEBKIT_DISABLE_DMABUF_RENDERER", "1"), ("GDK_GL", "disable")];
/// How often the bar is opened while it is kept ready.
const WARM: usize = 20;
/// How long a program is left alone before its memory is read.
const IDLE: Duration = Duration::from_secs(5);
/// How long its wakeups are counted.
const WATCHED: Duration = Duration::from_secs(30);
/// Between two gestures: what the first one leads to is over.
const GESTURES_APART: Duration = Duration::from_millis(600);
/// As the settings have it.
const BAR_KEY: &str = "ctrl+shift+space";

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
    process::run(cargo(["build", "--release", "--workspace", "--bin", "dialdeck"]).args(workspace::APP_FEATURES))?;
    let app = workspace::target()
        .join("release")
        .join(workspace::executable("dialdeck"));
    let control = empty_window::build()?;

    let display = Display::open()?;
    let mut figures = windows(&display, &control, &app)?;
    figures.extend(bar(&display, &control, &app)?);
    figures.extend(tray(&display, &app)?);
    let conditions = [
        ("display", format!("Xvfb {SCREEN}, openbox, no GPU")),
        (
            "renderer",
            "dialdeck's own choice: by the processor, DMABUF renderer and GL off; empty window: WebKitGTK's default, or drawn alike"
                .to_owned(),
        ),
        (
            "home",
            "used once before, with --tray a fresh one each time; a session bus without services".to_owned(),
        ),
        (
            "memory",
            format!("whole process tree, after {} s at rest", IDLE.as_secs()),
        ),
        (
            "wakeups",
            format!("voluntary context switches of all threads in {} s", WATCHED.as_secs()),
        ),
        (
            "key",
            "from before xdotool is started to the frame on screen".to_owned(),
        ),
    ];
    publish("desktop", &conditions, &figures)
}

/// Start, memory of a window, memory after it is given back: beside the control as it is, and beside one that is drawn as
/// the app has itself drawn.
fn windows(display: &Display, control: &Path, app: &Path) -> Result<Vec<Figure>> {
    let mut figures = [
        Figure::new("exec to painted", "ms").at_most(1.2),
        Figure::new("one window idle", "MiB PSS").at_most(1.15),
        Figure::new("its webview destroyed", "MiB PSS").at_most(1.15),
    ];
    let mut alike = [
        Figure::new("exec to painted, drawn alike", "ms"),
        Figure::new("one window idle, drawn alike", "MiB PSS"),
        Figure::new("its webview destroyed, drawn alike", "MiB PSS"),
    ];
    for round in 0..=RUNS {
        let empty = empty_window(display, control, &[], "control")?;
        let empty_alike = empty_window(display, control, OF_THE_APP, "control-alike")?;
        let ours = {
            let app = Program::start(display, app, &["--keep-hidden", "0"], "dialdeck")?;
            let painted = app.mark("painted")? - app.started;
            let idle = rest(&app);
            close(display)?;
            [painted, idle, rest(&app)]
        };
        // The first round filled the caches of both homes: it is shown, not counted.
        let counted = if round == 0 {
            "warming up".into()
        } else {
            format!("round {round} of {RUNS}")
        };
        let shown =
            |[painted, idle, destroyed]: [f64; 3]| format!("{painted:.0} ms, {idle:.0} MiB, {destroyed:.0} MiB");
        say(&format!(
            "{counted}: empty window {}; drawn alike {}; dialdeck {}",
            shown(empty),
            shown(empty_alike),
            shown(ours)
        ));
        if round == 0 {
            continue;
        }
        for (place, (figure, alike)) in figures.iter_mut().zip(&mut alike).enumerate() {
            figure.control.push(empty[place]);
            alike.control.push(empty_alike[place]);
            for figure in [figure, alike] {
                figure.app.push(ours[place]);
            }
        }
    }
    Ok(figures.into_iter().chain(alike).collect())
}

/// The control's start, its memory, and its memory once the webview is given back.
fn empty_window(display: &Display, control: &Path, variables: &[(&str, &str)], home: &str) -> Result<[f64; 3]> {
    let mut control = Program::start_with(display, control, &[], home, variables)?;
    let painted = control.mark("painted")? - control.started;
    let idle = rest(&control);
    control.tell("destroy")?;
    Ok([painted, idle, rest(&control)])
}

/// The key to the bar on screen: kept ready, and made anew beside the control's window made anew.
fn bar(display: &Display, control: &Path, app: &Path) -> Result<Vec<Figure>> {
    let mut cold = Figure::new("key to bar, made anew", "ms").at_most(1.3);
    let mut first = Figure::new("key to bar, the first since the start", "ms");
    let mut warm = Figure::alone("key to bar, kept ready, p95", "ms", 150.0);

    let mut control = Program::start(display, control, &[], "control")?;
    control.mark("painted")?;
    {
        display.write(
            "bar-anew",
            "config/dialdeck/config.toml",
            "[settings.quick_dial]\nkept_minutes = 0\n",
        )?;
        let app = Program::start(display, app, &["--tray"], "bar-anew")?;
        app.mark("tray")?;
        thread::sleep(IDLE);
        for round in 0..=RUNS {
            control.tell("destroy")?;
            thread::sleep(GESTURES_APART);
            let asked = now();
            control.tell("open")?;
            let floor = control.mark("painted")? - asked;
            let ours = press(display, &app)?;
            display.key("Escape")?;
            thread::sleep(GESTURES_APART);
            say(&format!("made anew: empty window {floor:.0} ms, the bar {ours:.0} ms"));
            // What the process makes for the first time is another figure.
            if round > 0 {
                cold.control.push(floor);
                cold.app.push(ours);
            }
        }
    }
    for round in 0..FIRSTS {
        let app = Program::start(display, app, &["--tray"], "bar")?;
        app.mark("tray")?;
        thread::sleep(IDLE);
        first.app.push(press(display, &app)?);
        if round + 1 == FIRSTS {
            for _ in 0..WARM {
                thread::sleep(GESTURES_APART);
                display.key("Escape")?;
                thread::sleep(GESTURES_APART);
                warm.app.push(press(display, &app)?);
            }
        }
    }
    warm.keep_percentile(95);
    Ok(vec![cold, first, warm])
}

/// The app in the tray, no webview ever made.
fn tray(display: &Display, app: &Path) -> Result<Vec<Figure>> {
    let mut memory = Figure::alone("started with --tray", "MiB PSS", 70.0);
    let mut wakeups = Figure::alone("wakeups in the tray", "per s", 1.0);
    for round in 0..3 {
        let app = Program::start(display, app, &["--tray"], &format!("fresh-{round}"))?;
        app.mark("tray")?;
        memory.app.push(rest(&app));
        let before = app.wakeups();
        thread::sleep(WATCHED);
        #[allow(clippy::cast_precision_loss)] // some hundreds
        let woken = app.wakeups().saturating_sub(before) as f64;
        wakeups.app.push(woken / WATCHED.as_secs_f64());
    }
    Ok(vec![memory, wakeups])
}

/// Leaves a program alone for a while, and gives its memory then.
fn rest(program: &Program) -> f64 {
    thread::sleep(IDLE);
    program.memory()
}

/// Presses the bar's key; milliseconds until the bar is on screen.
fn press(display: &Display, app: &Program) -> Result<f64> {
    let pressed = now();
    display.key(BAR_KEY)?;
    Ok(app.mark("bar")? - pressed)
}

/// Closes the main window as its agent would.
fn close(display: &Display) -> Result<()> {
    display.tool(&[
        "search",
        "--onlyvisible",
        "--name",
        "^Dialdeck$",
        "windowactivate",
        "--sync",
    ])?;
    display.key("alt+F4")
}
