//! Starting other programs, and seeing to it that they end.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};
use std::{env, fs, io, thread};

use crate::failure::{Context, Failure, Result};
use crate::workspace;

/// Prints one line of progress, set off from the output of the programs between.
pub fn say(line: &str) {
    if io::stdout().is_terminal() {
        println!("\x1b[1m==> {line}\x1b[0m");
    } else {
        println!("==> {line}");
    }
    // The programs that follow write to the same stream by themselves.
    let _ = io::stdout().flush();
}

/// `program` with `arguments`, to be run in the repository's root.
pub fn command<A: AsRef<OsStr>>(program: impl AsRef<OsStr>, arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(workspace::root());
    command
}

/// The cargo that runs this program, with `arguments`.
pub fn cargo<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()), arguments)
}

/// npm in the folder of the window's sources.
pub fn npm<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut npm = command(if cfg!(windows) { "npm.cmd" } else { "npm" }, arguments);
    npm.current_dir(workspace::root().join("ui"));
    npm
}

/// The command as one would type it.
pub fn spelled(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_stem()
        .unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

/// Says the command and runs it to its end, its output passed on.
///
/// Errors: the program is missing or ends with anything but success.
pub fn run(command: &mut Command) -> Result<()> {
    let spelled = spelled(command);
    say(&spelled);
    let status = command
        .stdin(Stdio::null())
        .status()
        .context(|| format!("`{spelled}` cannot be started"))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("`{spelled}` failed ({status}).")))
    }
}

/// Runs the command silently and returns what it printed on stdout; `None` if it is missing or failed.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Where `program` is on the search path.
pub fn find(program: &str) -> Option<PathBuf> {
    let name = workspace::executable(program);
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(&name))
        .find(|path| is_executable(path))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

/// Runs the command, hands every line of its output to `line` as it comes, and returns how it ended.
///
/// A program that says nothing for `quiet` is ended together with everything it started. Output that a left-over
/// grandchild keeps open is not waited for.
///
/// Errors: the program cannot be started.
pub fn follow(command: &mut Command, quiet: Duration, mut line: impl FnMut(&str)) -> Result<ExitStatus> {
    let spelled = spelled(command);
    say(&spelled);
    let (reader, writer) = io::pipe()?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer)
        .spawn()
        .context(|| format!("`{spelled}` cannot be started"))?;
    // The command keeps the writing end: while it is open here the reader would never see the end.
    command.stdout(Stdio::null()).stderr(Stdio::null());

    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        let mut reader = BufReader::new(reader);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes).is_ok_and(|count| count > 0) {
            let text = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            bytes.clear();
            if sender.send(text).is_err() {
                return;
            }
        }
    });

    let mut heard = Instant::now();
    let mut ended = None;
    loop {
        match lines.recv_timeout(Duration::from_millis(200)) {
            Ok(text) => {
                heard = Instant::now();
                line(&text);
            }
            Err(RecvTimeoutError::Disconnected) => break,
            // It ended and the pipe has been silent since: only a left-over can be holding it.
            Err(RecvTimeoutError::Timeout) if ended.is_some() => break,
            Err(RecvTimeoutError::Timeout) => {
                ended = child.try_wait()?;
                if ended.is_none() && heard.elapsed() > quiet {
                    line(&format!("`{spelled}` said nothing for {} s: ended.", quiet.as_secs()));
                    end_tree(&mut child);
                }
            }
        }
    }
    match ended {
        Some(status) => Ok(status),
        None => Ok(child.wait()?),
    }
}

/// Ends a program and everything below it, at once.
pub fn end_tree(child: &mut Child) {
    for pid in tree(child.id()) {
        signal(pid, "KILL");
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// Asks a program to end, and ends it if it has not within five seconds.
pub fn end(child: &mut Child) {
    signal(child.id(), "TERM");
    let deadline = Instant::now() + Duration::from_secs(5);
    while Instant::now() < deadline {
        if matches!(child.try_wait(), Ok(Some(_))) {
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
    end_tree(child);
}

/// Sends one process a signal; a process that is gone already is no error.
fn signal(pid: u32, name: &str) {
    // A shell has `kill` built in, also where no package brings the program; elsewhere `Child::kill` has to do.
    if cfg!(unix) {
        let _ = Command::new("sh")
            .args(["-c", &format!("kill -{name} {pid}")])
            .stderr(Stdio::null())
            .status();
    }
}

/// The process and all its descendants, parents first. Only Linux tells; elsewhere it is the process alone.
pub fn tree(root: u32) -> Vec<u32> {
    let parents: Vec<(u32, u32)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            // The name in brackets may hold spaces and brackets itself: count from the last one.
            let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
            Some((pid, parent))
        })
        .collect();
    let mut found = vec![root];
    let mut next = 0;
    while next < found.len() {
        let above = found[next];
        found.extend(
            parents
                .iter()
                .filter(|(_, parent)| *parent == above)
                .map(|(pid, _)| *pid),
        );
        next += 1;
    }
    found
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    fn shell(script: &str) -> Command {
        command("sh", ["-c", script])
    }

    #[test]
    fn both_streams_are_heard_line_by_line() {
        let mut heard = Vec::new();
        let status = follow(&mut shell("echo one; echo two >&2; printf three"), LONG, |line| {
            heard.push(line.to_owned())
        });
        assert!(status.expect("sh runs").success());
        assert_eq!(heard, ["one", "two", "three"]);
    }

    #[test]
    fn a_left_over_that_keeps_the_pipe_open_is_not_waited_for() {
        let before = Instant::now();
        let status = follow(&mut shell("sleep 30 & exit 3"), LONG, |_| ()).expect("sh runs");
        assert_eq!(status.code(), Some(3));
        assert!(before.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn a_program_that_falls_silent_is_ended_with_all_it_started() {
        let mut heard = Vec::new();
        let mut silent = shell("echo $$; sh -c 'sleep 60' ; true");
        let status = follow(&mut silent, Duration::from_millis(300), |line| {
            heard.push(line.to_owned())
        })
        .expect("sh runs");
        assert!(!status.success());
        let pid: u32 = heard[0].parse().expect("the first line is the pid");
        assert_eq!(tree(pid), [pid], "nothing is left below it");
    }

    #[test]
    fn programs_are_found_on_the_search_path_only_if_they_can_run() {
        assert!(find("sh").is_some());
        assert_eq!(find("no-such-program-here"), None);
    }
}
