//! The app on a desktop, from its start to its end.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};
use dialdeck_tests::desktop::{DesktopBuilder, DesktopSession, Window};
use dialdeck_tests::{Dialctl, bin, eventually};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::page;
use crate::provider::Provider;

/// The number shown and the customer of the provider's events.
pub const DID: &str = "+442079460100";
pub const CUSTOMER: &str = "+442079460123";

/// The agent's own telephone.
pub const AGENT: &str = "+442079460001";

/// The key of an account. Wherever else these letters turn up, a secret has leaked.
pub const KEY: &str = "canary-7d21-key";

/// Where the agent types a name or a number.
pub const FIELD: &str = "input[role='combobox']";

/// The app's window on a desktop of its own.
pub struct Desk {
    // Dropped first: the window needs its desktop.
    pub window: Window,
    pub desktop: DesktopSession,
}

impl Desk {
    /// A fresh home on a plain desktop.
    pub async fn fresh() -> Result<Self> {
        Self::on(DesktopSession::builder().start().await?).await
    }

    /// A home whose sandbox takes its time, so that every state can be looked at.
    pub async fn at_half_speed() -> Result<Self> {
        Self::at_speed("0.5").await
    }

    /// A home whose sandbox is so many times faster than life.
    pub async fn at_speed(speed: &str) -> Result<Self> {
        let desktop = DesktopSession::builder().start().await?;
        add_sandbox(&desktop, speed).await?;
        Self::on(desktop).await
    }

    /// A home with the account `work` at a provider that the test plays, its key given by the environment.
    pub async fn at_provider(desktop: DesktopBuilder) -> Result<(Self, Provider)> {
        let mut desktop = desktop.start().await?;
        let provider = add_account(&mut desktop).await?;
        Ok((Self::on(desktop).await?, provider))
    }

    /// Ends the app and starts it again.
    pub async fn restart(&mut self) -> Result<()> {
        self.end().await?;
        self.reopen().await
    }

    /// Ends the app.
    pub async fn end(&self) -> Result<()> {
        let (pid, _) = self.app().await?;
        self.window.page.clone().close().await?;
        gone(pid).await
    }

    /// Starts the app again after it has ended, however that was.
    pub async fn reopen(&mut self) -> Result<()> {
        self.window = open(&self.desktop, &[]).await?;
        Ok(())
    }

    /// Ends the app as a crash would, without a last word.
    pub async fn kill(&self) -> Result<()> {
        let (pid, process) = self.app().await?;
        kill_process(process, Signal::KILL)?;
        gone(pid).await
    }

    /// The app's process.
    async fn app(&self) -> Result<(i32, Pid)> {
        app(&self.desktop).await
    }

    /// When the app's process began, since the beginning of 1970.
    pub async fn started_at(&self) -> Result<Duration> {
        let (pid, _) = self.app().await?;
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
        // Its twenty-second word, in hundredths of a second since the machine was started.
        let word = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(19));
        let began = Duration::from_millis(word.context("a start")?.parse::<u64>()? * 10);
        let up = std::fs::read_to_string("/proc/uptime")?;
        let up = Duration::from_secs_f64(up.split(' ').next().context("an uptime")?.parse()?);
        Ok(SystemTime::now().duration_since(UNIX_EPOCH)? - (up - began))
    }

    /// Where the provider posts the events of the account `work`.
    pub async fn hook(&self) -> Result<String> {
        let account = self.dialctl()?.json(&["account", "show", "work"]).await?;
        Ok(account["hook"].as_str().context("the account has a hook")?.to_owned())
    }

    /// Opens the window on that desktop.
    pub async fn on(desktop: DesktopSession) -> Result<Self> {
        let window = open(&desktop, &[]).await?;
        Ok(Self { window, desktop })
    }

    /// The command line beside the app.
    pub fn dialctl(&self) -> Result<Dialctl> {
        self.desktop.dialctl()
    }

    /// Adds to an error what the page shows, and photographs it.
    pub async fn explain<T>(&self, outcome: Result<T>) -> Result<T> {
        let Err(error) = outcome else { return outcome };
        self.window.screenshot("failed").await?;
        let problems = page::problems(&self.window).await?;
        Err(error.context(format!(
            "the page shows: {}\nwhat went wrong on it: {problems:#?}",
            self.window.text().await?
        )))
    }

    /// Photographs the page as it is now: the driver alone would take the last frame that happened to be drawn.
    pub async fn picture(&self, name: &str) -> Result<()> {
        page::settle(&self.window).await?;
        self.window.screenshot(name).await?;
        Ok(())
    }

    /// The only call there is, as the journal has it.
    pub async fn only_call(&self) -> Result<Value> {
        let calls = self.dialctl()?.json(&["calls", "list"]).await?;
        match calls.as_array().map(Vec::as_slice) {
            Some([call]) => Ok(call.clone()),
            _ => bail!("not one call: {calls}"),
        }
    }

    /// Whether nothing went wrong on the page that an agent may not notice.
    pub async fn is_sound(&self) -> Result<()> {
        let problems = page::problems(&self.window).await?;
        ensure!(problems.is_empty(), "on the page: {problems:#?}");
        Ok(())
    }
}

/// Starts the app with its window, which is watched from then on.
pub async fn open(desktop: &DesktopSession, words: &[&str]) -> Result<Window> {
    let window = desktop.open_window(&bin("dialdeck")?, words).await?;
    window.find(FIELD).await?;
    page::watch(&window).await?;
    Ok(window)
}

/// Gives a home that has no account yet a sandbox that is so many times faster than life.
pub async fn add_sandbox(desktop: &DesktopSession, speed: &str) -> Result<()> {
    let speed = format!("speed={speed}");
    let words = ["account", "add", "sandbox", "--provider", "sandbox", "--set", &speed];
    desktop.dialctl()?.json(&words).await.map(drop)
}

/// Gives a home the account `work` at a provider that the test plays, its key given by the environment.
pub async fn add_account(desktop: &mut DesktopSession) -> Result<Provider> {
    let provider = Provider::start().await?;
    desktop.set_env("DIALDECK_SECRET_WORK_API_TOKEN", KEY);
    let (url, number) = (format!("base_url={}", provider.url()), format!("agent_number={AGENT}"));
    let words = [
        "account",
        "add",
        "work",
        "--provider",
        "acefone-uk",
        "--set",
        &url,
        "--set",
        &number,
    ];
    let account = desktop.dialctl()?.json(&words).await?;
    ensure!(
        account["missing"] == serde_json::json!([]),
        "it lacks something: {account}"
    );
    Ok(provider)
}

/// The app's process on that desktop.
async fn app(desktop: &DesktopSession) -> Result<(i32, Pid)> {
    let status = desktop.dialctl()?.json(&["status"]).await?;
    ensure!(status["role"] == "desktop", "the app is not running: {status}");
    let pid = i32::try_from(status["pid"].as_i64().context("a process id is a number")?)?;
    Ok((pid, Pid::from_raw(pid).context("a process id is positive")?))
}

/// Ends the app as a session that ends does, whoever started it.
pub async fn end_app(desktop: &DesktopSession) -> Result<()> {
    let (pid, process) = app(desktop).await?;
    kill_process(process, Signal::TERM)?;
    gone(pid).await
}

/// Waits for the end of a process.
async fn gone(pid: i32) -> Result<()> {
    // One that has ended may still be listed until its parent has asked for its end.
    let is_over = || match std::fs::read_to_string(format!("/proc/{pid}/stat")) {
        Ok(stat) => stat
            .rsplit(')')
            .next()
            .is_some_and(|rest| rest.trim_start().starts_with('Z')),
        Err(_) => true,
    };
    eventually("the end of the app", async || is_over().then_some(())).await
}

/// The id of a call.
///
/// Errors: it has none.
pub fn id_of(call: &Value) -> Result<&str> {
    call["id"].as_str().with_context(|| format!("no id in {call}"))
}
