//! Opening addresses and running programs for screen pops: the one place where the engine starts anything.

use std::process::Stdio;
use std::time::Duration;

use async_trait::async_trait;
use tokio::process::{Child, Command};

use crate::screen_pop::Launch;

/// How long a program may run. One that is to stay must leave its parent's process group.
const RUNS_WITHIN: Duration = Duration::from_secs(30);
/// How long the system's launcher is watched for a failure: most end within a second, one that stays has a browser.
const OPENS_WITHIN: Duration = Duration::from_secs(5);

/// Secrets of headless accounts stand in the environment: they are nobody else's.
const SECRETS: &str = "DIALDECK_SECRET_";

/// Why nothing was opened or run. Says nothing of what was put in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LaunchProblem {
    #[error("there is no such program")]
    NoProgram,
    #[error("the program cannot be started: {0}")]
    NotStarted(std::io::ErrorKind),
    /// With its exit code, where it had one.
    #[error("the program ended with {0:?}")]
    Failed(Option<i32>),
    #[error("the program took too long and was ended")]
    TookTooLong,
    #[error("the system opens no such address")]
    NotOpened,
    /// The values would have made another address of it.
    #[error("the address would lead elsewhere")]
    LedElsewhere,
    #[error("too many are under way")]
    TooMany,
}

/// What opens and runs; a test puts another in its place.
#[async_trait]
pub trait Launcher: Send + Sync + 'static {
    /// Opens or runs, and waits until that is known to have gone well.
    ///
    /// # Errors
    /// Why it did not.
    async fn launch(&self, launch: Launch) -> Result<(), LaunchProblem>;
}

/// The machine's own programs.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemLauncher {
    hidden: &'static [&'static str],
}

impl SystemLauncher {
    /// One that keeps some variables of the environment from what it starts: they are meant for this process alone.
    #[must_use]
    pub fn hiding(hidden: &'static [&'static str]) -> Self {
        Self { hidden }
    }
}

#[async_trait]
impl Launcher for SystemLauncher {
    async fn launch(&self, launch: Launch) -> Result<(), LaunchProblem> {
        match launch {
            Launch::Open(url) => open(&url, self.hidden).await,
            Launch::Run(words) => run(&words, RUNS_WITHIN, self.hidden).await,
        }
    }
}

/// Has the system open an address: each of its launchers in turn, until one takes it.
async fn open(url: &str, hidden: &[&str]) -> Result<(), LaunchProblem> {
    for command in open::commands(url) {
        let Ok(mut child) = start(Command::from(command), hidden) else {
            continue;
        };
        match tokio::time::timeout(OPENS_WITHIN, child.wait()).await {
            Ok(Ok(status)) if status.success() => return Ok(()),
            // Still there: it is the browser itself.
            Err(_elapsed) => return Ok(()),
            Ok(Ok(_) | Err(_)) => {}
        }
    }
    Err(LaunchProblem::NotOpened)
}

/// Runs a program without a shell, to its end.
async fn run(words: &[String], within: Duration, hidden: &[&str]) -> Result<(), LaunchProblem> {
    let Some((program, arguments)) = words.split_first() else {
        return Err(LaunchProblem::NoProgram);
    };
    let mut command = Command::new(program);
    command.args(arguments);
    let mut child = start(command, hidden).map_err(|error| {
        if error.kind() == std::io::ErrorKind::NotFound {
            LaunchProblem::NoProgram
        } else {
            LaunchProblem::NotStarted(error.kind())
        }
    })?;
    match tokio::time::timeout(within, child.wait()).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(LaunchProblem::Failed(status.code())),
        Ok(Err(error)) => Err(LaunchProblem::NotStarted(error.kind())),
        Err(_elapsed) => {
            end(&mut child).await;
            Err(LaunchProblem::TookTooLong)
        }
    }
}

fn start(mut command: Command, hidden: &[&str]) -> std::io::Result<Child> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    for name in hidden {
        command.env_remove(name);
    }
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with(SECRETS)) {
        command.env_remove(name);
    }
    // A group of its own, so that what it has started can be ended with it.
    #[cfg(unix)]
    command.process_group(0);
    command.spawn()
}

async fn end(child: &mut Child) {
    #[cfg(unix)]
    {
        let group = child
            .id()
            .and_then(|id| rustix::process::Pid::from_raw(id.cast_signed()));
        if let Some(group) = group {
            // It may have ended just now.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
    let _ = child.kill().await;
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use super::*;

    fn script(folder: &Path, text: &str) -> String {
        let path = folder.join("pop");
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
        path.to_str().unwrap().to_owned()
    }

    async fn ran(words: Vec<String>) -> Result<(), LaunchProblem> {
        run(&words, Duration::from_secs(60), &[]).await
    }

    #[tokio::test]
    async fn a_program_gets_its_arguments_as_they_are_and_nothing_to_read() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let program = script(
            folder.path(),
            &format!("printf '%s|' \"$@\" >{0}; wc -c >>{0}", out.display()),
        );
        let odd = "; rm -rf ~ $(x) \"'`id`".to_owned();
        ran(vec![program, odd.clone(), "--b=1 2".into()]).await.unwrap();
        assert_eq!(fs::read_to_string(out).unwrap().trim_end(), format!("{odd}|--b=1 2|0"));
    }

    #[tokio::test]
    async fn what_is_meant_for_this_process_alone_is_not_handed_on() {
        let folder = tempfile::tempdir().unwrap();
        let ends_well_without = |name: &str| script(folder.path(), &format!("[ -z \"${name}\" ]"));
        // Set wherever there is a cargo.
        let words = [ends_well_without("HOME")];
        let limit = Duration::from_secs(60);
        assert_eq!(run(&words, limit, &[]).await, Err(LaunchProblem::Failed(Some(1))));
        assert_eq!(run(&words, limit, &["HOME"]).await, Ok(()));
    }

    #[tokio::test]
    async fn how_a_program_ended_is_told() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(
            ran(vec![script(folder.path(), "exit 3")]).await,
            Err(LaunchProblem::Failed(Some(3)))
        );
        assert_eq!(
            ran(vec!["/no/such/program".into()]).await,
            Err(LaunchProblem::NoProgram)
        );
        let plain = folder.path().join("plain");
        fs::write(&plain, "x").unwrap();
        let denied = std::io::ErrorKind::PermissionDenied;
        assert_eq!(
            ran(vec![plain.to_str().unwrap().into()]).await,
            Err(LaunchProblem::NotStarted(denied))
        );
    }

    #[tokio::test]
    async fn a_program_that_takes_too_long_is_ended_with_all_that_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let pid = folder.path().join("pid");
        let program = script(folder.path(), &format!("sleep 60 & echo $! >{}; wait", pid.display()));
        let limit = Duration::from_secs(2);
        assert_eq!(run(&[program], limit, &[]).await, Err(LaunchProblem::TookTooLong));
        let pid: i32 = fs::read_to_string(pid).unwrap().trim().parse().unwrap();
        let deadline = std::time::Instant::now() + Duration::from_secs(30);
        // Ended, or no more than a name in the table until somebody has asked after it; a busy machine takes a moment.
        while is_running(pid) {
            assert!(std::time::Instant::now() < deadline, "it still runs");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn is_running(pid: i32) -> bool {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_else(|_| ") Z".into());
        let state = stat.rsplit(") ").next().and_then(|rest| rest.chars().next());
        !matches!(state, Some('Z' | 'X'))
    }
}
