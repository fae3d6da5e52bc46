//! The settings file, which people edit by hand: read, changed as the app changes it, and read again.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use engine::config::{AccountConfig, Config, ConfigProblem};
use engine::view::Theme;
use providers::ProviderKind;
use uuid::Uuid;

use crate::input::Input;

/// In memory where the system has such a folder: each input is written and read several times.
static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() {
        memory.to_path_buf()
    } else {
        std::env::temp_dir()
    };
    folder.join(format!("dialdeck-fuzz-{}.toml", std::process::id()))
});

const OURS: &str = "added-by-the-fuzzer";

pub fn read(bytes: &[u8]) {
    let text = &*Input::new(bytes).text();
    fs::write(&*FILE, text).expect("a folder for files that are there for a moment");
    let checked = check(text);
    fs::remove_file(&*FILE).expect("the file is there");
    if let Err(problem) = checked {
        let lines = text.bytes().filter(|byte| *byte == b'\n').count() + 1;
        assert!(
            problem.line.is_none_or(|line| (1..=lines).contains(&line)),
            "{problem:?} of {lines} lines"
        );
        assert!(!problem.why.is_empty());
    }
}

// What is expected here is what the target asserts; the error is only of files that cannot be read.
#[allow(clippy::unwrap_in_result)]
fn check(text: &str) -> Result<(), ConfigProblem> {
    let mut config = Config::load(&FILE)?;
    let (accounts, settings) = (config.accounts(), config.settings());
    let default = config.default_account();

    // What is said already changes nothing.
    let same = "a change to what the file says already";
    config.set_settings(&settings).expect(same);
    let as_written = |account: &&AccountConfig| text.contains(&account.id);
    for account in accounts.iter().filter(as_written) {
        config.put_account(account).expect(same);
    }
    if let Some(port) = config.listener_port() {
        config.set_listener_port(port).expect(same);
    }
    if default.is_some() {
        config.set_default_account(default.as_deref()).expect(same);
    }
    assert_eq!(on_disk(), text, "the file was rewritten for nothing");

    if config.account(OURS).is_some() || accounts.iter().any(|account| account.id == ours().id) {
        return Ok(());
    }
    // What is new stands there, and all else as it was.
    let mut wanted = settings;
    wanted.theme = Theme::Dark;
    wanted.notifications = false;
    let new = "a change that the app makes";
    config.put_account(&ours()).expect(new);
    config.set_settings(&wanted).expect(new);
    config.set_listener_port(40_001).expect(new);
    config.set_default_account(Some(OURS)).expect(new);
    let changed = on_disk();
    let again = Config::load(&FILE).unwrap_or_else(|problem| panic!("{problem}: {changed}"));
    assert_eq!(again.settings(), wanted, "{changed}");
    assert_eq!(again.listener_port(), Some(40_001), "{changed}");
    assert_eq!(again.default_account().as_deref(), Some(OURS), "{changed}");
    assert_eq!(again.account(OURS), Some(ours()), "{changed}");
    assert_eq!(again.listener_public_url(), config.listener_public_url());
    assert_eq!(again.warnings().len(), config.warnings().len(), "{changed}");
    comments_are_kept(text, &changed);

    assert!(config.remove_account(OURS).expect(new), "it was there");
    assert_eq!(Config::load(&FILE)?.accounts(), accounts, "{}", on_disk());
    comments_are_kept(text, &on_disk());
    Ok(())
}

fn ours() -> AccountConfig {
    AccountConfig {
        name: OURS.to_owned(),
        id: Uuid::from_u128(0x0192_f0c1_7c11_7000_8000_0000_0000_0001).to_string(),
        kind: ProviderKind::Superfone,
        settings: [("user_number".to_owned(), "\"+91\"\n # 'é".to_owned())].into(),
        phone_checked: true,
    }
}

fn comments_are_kept(before: &str, after: &str) {
    let comments = before.lines().map(str::trim).filter(|line| line.starts_with('#'));
    for comment in comments {
        assert!(
            after.contains(comment),
            "a comment is lost: {comment:?} of {before:?} in {after:?}"
        );
    }
}

fn on_disk() -> String {
    fs::read_to_string(&*FILE).expect("the file is there, in UTF-8")
}
