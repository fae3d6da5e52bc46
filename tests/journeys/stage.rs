//! A home, an account, a provider: what most journeys begin with.

use anyhow::{Context, Result, ensure};
use dialdeck_tests::{Dialctl, Outcome, Serving};
use serde_json::Value;
use tempfile::TempDir;

use crate::provider::Provider;

/// The agent's telephone, the number shown and the customer of every journey that needs no other.
pub const AGENT: &str = "+442079460001";
pub const DID: &str = "+442079460100";
pub const CUSTOMER: &str = "+442079460123";

/// The key of the accounts, as long as keys are. Wherever else these letters turn up, a secret has leaked.
pub const KEY: &str = "ca9a24f1-0000-4000-8000-00000000f3a9";

/// A fresh home with the account `desk` at a provider that the test plays.
pub struct Stage {
    pub provider: Provider,
    dialctl: Dialctl,
    folder: TempDir,
}

impl Stage {
    /// An account of Acefone UK that rings the agent first.
    pub async fn acefone() -> Result<Self> {
        let number = format!("agent_number={AGENT}");
        let stage = Self::empty().await?;
        let stage = stage.secret("DIALDECK_SECRET_DESK_API_TOKEN", KEY);
        let url = stage.provider.url().to_owned();
        stage.add("acefone-uk", &[&number, &format!("base_url={url}")]).await?;
        Ok(stage)
    }

    /// An account of Acefone UK with nothing but a support key: rings the customer first.
    pub async fn support() -> Result<Self> {
        let stage = Self::empty().await?;
        let stage = stage.secret("DIALDECK_SECRET_DESK_SUPPORT_API_KEY", KEY);
        let url = format!("base_url={}", stage.provider.url());
        stage.add("acefone-uk", &["mode=click_to_call_support", &url]).await?;
        Ok(stage)
    }

    /// An account of Superfone.
    pub async fn superfone() -> Result<Self> {
        let stage = Self::empty().await?;
        let stage = stage.secret("DIALDECK_SECRET_DESK_API_KEY", KEY);
        let url = format!("base_url={}", stage.provider.superfone_url());
        stage.add("superfone", &["user_number=+919000000001", &url]).await?;
        Ok(stage)
    }

    /// No account yet.
    pub async fn empty() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        Ok(Self {
            provider: Provider::start().await?,
            dialctl: Dialctl::new(folder.path().join("home"))?,
            folder,
        })
    }

    /// The same with a secret in the environment of its commands.
    #[must_use]
    pub fn secret(mut self, name: &str, value: &str) -> Self {
        self.dialctl = self.dialctl.env(name, value);
        self
    }

    async fn add(&self, kind: &str, settings: &[&str]) -> Result<()> {
        let mut words = vec!["account", "add", "desk", "--provider", kind];
        for setting in settings {
            words.extend(["--set", setting]);
        }
        let account = self.dialctl.json(&words).await?;
        ensure!(
            account["missing"] == serde_json::json!([]),
            "it lacks something: {account}"
        );
        Ok(())
    }

    pub fn dialctl(&self) -> &Dialctl {
        &self.dialctl
    }

    /// The folder that the home is in, for other files of the test.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The headless engine.
    pub async fn serve(&self) -> Result<Serving> {
        self.dialctl.serve().await
    }

    /// Runs a command with `--json`, whatever comes of it.
    pub async fn run(&self, words: &[&str]) -> Result<Outcome> {
        let mut all = vec!["--json"];
        all.extend(words);
        self.dialctl.run(&all).await
    }

    /// Runs a command with `--json` that must be done.
    pub async fn json(&self, words: &[&str]) -> Result<Value> {
        self.dialctl.json(words).await
    }

    /// Places a call whatever the hour, which must be taken by the provider.
    pub async fn call(&self, number: &str) -> Result<Value> {
        let call = self.json(&["call", number, "--yes"]).await?;
        ensure!(call["dispatch"] == "accepted", "it was not accepted: {call}");
        Ok(call)
    }

    /// The call as the journal has it, with its facts.
    pub async fn show(&self, call: &Value) -> Result<Value> {
        self.json(&["calls", "show", id_of(call)?]).await
    }
}

/// The id of a call.
///
/// Errors: it has none.
pub fn id_of(call: &Value) -> Result<&str> {
    call["id"].as_str().with_context(|| format!("no id in {call}"))
}

/// What a command failed with: its exit code, and the code of its one error.
///
/// Errors: it said something else than one error with words.
pub fn failed(outcome: &Outcome) -> Result<(i32, String)> {
    let error = outcome.error()?;
    for part in ["code", "message"] {
        let text = error[part].as_str().unwrap_or_default();
        ensure!(!text.is_empty(), "no {part} in {error}");
    }
    ensure!(error.get("hint").is_some(), "no hint in {error}");
    Ok((outcome.code, error["code"].as_str().unwrap_or_default().to_owned()))
}

/// The kinds of the facts that came by webhook.
pub fn told(call: &Value) -> Vec<&str> {
    let facts = call["facts"].as_array().map(Vec::as_slice).unwrap_or_default();
    facts
        .iter()
        .filter(|fact| fact["source"] == "webhook")
        .filter_map(|fact| fact["kind"].as_str())
        .collect()
}
