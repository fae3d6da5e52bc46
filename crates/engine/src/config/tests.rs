use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::screen_pop::Moment;
use crate::view::{AlertKind, AlertMode, AlertSettings, HideNames, MOST_KEPT_MINUTES, QuickDialSettings, Theme};

const ID: &str = "0a3c5e1f-0000-4000-8000-000000000001";

fn file(text: &str) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.toml");
    fs::write(&path, text).unwrap();
    (dir, path)
}

fn account(name: &str) -> AccountConfig {
    AccountConfig {
        name: name.into(),
        id: uuid::Uuid::new_v4().to_string(),
        kind: ProviderKind::AcefoneUk,
        settings: BTreeMap::from([("agent_number".into(), "+442079460123".into())]),
        phone_checked: false,
    }
}

/// Line, key and reason of the mistake in a text; the file must be as it was.
fn mistake(text: &str) -> (Option<usize>, Option<String>, String) {
    let (_dir, path) = file(text);
    let problem = Config::load(&path).unwrap_err();
    assert_eq!(problem.path, path);
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    (problem.line, problem.key, problem.why)
}

#[test]
fn a_value_that_is_missing_and_extended_below_is_a_mistake_like_any_other() {
    for text in [
        "accounts = = \"x\"\n\n[accounts.desk]\nid = \"x\"\n",
        "accounts = = \"x\"\naccounts.desk.id = 1\n",
        "accounts =\n[accounts.desk]\n",
        "settings = { a = = 1, a.b = 2 }\n[settings.a.c]\n",
    ] {
        let (line, _, why) = mistake(text);
        assert_eq!(line, Some(1), "{text}: {why}");
        assert!(!why.is_empty());
    }
}

#[test]
fn without_a_file_everything_is_by_default() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.toml");
    let config = Config::load(&path).unwrap();
    assert_eq!(config.accounts(), []);
    assert_eq!(config.default_account(), None);
    assert_eq!(config.listener_port(), None);
    assert_eq!(config.settings(), read::default_settings());
    assert!(!path.exists(), "reading makes no file");
}

#[test]
fn a_comment_above_the_default_account_outlives_it() {
    for (rest, left) in [
        ("", "# mine\n"),
        ("\n[listener]\nport = 40100\n", "# mine\n\n[listener]\nport = 40100\n"),
        (
            "\n# too\n[accounts.desk]\nid = \"x\"\n[listener]\nport = 1\n",
            "# mine\n\n# too\n[accounts.desk]\nid = \"x\"\n[listener]\nport = 1\n",
        ),
    ] {
        let mut document: DocumentMut = format!("# mine\ndefault_account = \"desk\"\n{rest}").parse().unwrap();
        edit::set_default_account(&mut document, None).unwrap();
        assert_eq!(document.to_string(), left);
    }
}

#[test]
fn a_file_edited_by_hand_may_leave_quotes_off() {
    let (_dir, path) = file(&format!(
        "default_account = 'work'\n[listener]\nport = '4711'\npublic_url = 'https://hooks.example.com'\n\
         [accounts.work]\nid = '{}'\nprovider = 'acefone-uk'\n[accounts.work.settings]\ncall_timeout = 300\nasync = true\n",
        ID.to_uppercase()
    ));
    let config = Config::load(&path).unwrap();
    let account = config.account("work").unwrap();
    assert_eq!(account.id, ID);
    assert_eq!(account.settings["call_timeout"], "300");
    assert_eq!(account.settings["async"], "true");
    assert_eq!(config.default_account().as_deref(), Some("work"));
    assert_eq!(config.listener_port(), Some(4711));
    assert_eq!(
        config.listener_public_url().as_deref(),
        Some("https://hooks.example.com")
    );
}

#[test]
fn a_mistake_is_named_by_line_and_key() {
    let (line, key, _) = mistake("[settings]\ntheme = \"pink\"\n");
    assert_eq!((line, key.as_deref()), (Some(2), Some("settings.theme")));

    let (line, key, why) = mistake(&format!("# mine\n[accounts.work]\nid = '{ID}'\nprovider = 'acme'\n"));
    assert_eq!((line, key.as_deref()), (Some(4), Some("accounts.work.provider")));
    assert!(why.contains("acme") && why.contains("superfone"), "{why}");

    let (line, key, _) = mistake("[listener]\n\nport = 70000\n");
    assert_eq!((line, key.as_deref()), (Some(3), Some("listener.port")));

    let (line, key, _) = mistake("accounts = 3\n");
    assert_eq!((line, key.as_deref()), (Some(1), Some("accounts")));

    let (line, key, _) = mistake("\n[accounts.Work]\nprovider = 'kazoo'\n");
    assert_eq!((line, key.as_deref()), (Some(2), Some("accounts.Work")));

    let (line, key, why) = mistake(&format!(
        "[accounts.a]\nid = '{ID}'\nprovider = 'sandbox'\n[accounts.b]\nid = '{ID}'\nprovider = 'sandbox'\n"
    ));
    assert_eq!((line, key.as_deref()), (Some(5), Some("accounts.b.id")));
    assert!(why.contains("account a"), "{why}");

    let (line, key, _) = mistake(&format!(
        "[accounts.a]\nid = '{ID}'\nprovider = 'sandbox'\n[accounts.a.settings]\nspeed = [1]\n"
    ));
    assert_eq!((line, key.as_deref()), (Some(5), Some("accounts.a.settings.speed")));

    assert_eq!(mistake("[settings]\nnotifications = 'perhaps'\n").0, Some(2));
    assert_eq!(mistake("[accounts.a]\nprovider = 'sandbox'\n").0, Some(1));
    assert_eq!(mistake("a = 1\nb = = 2\n").0, Some(2));
    assert_eq!(mistake("[settings]\ntheme = 'dark'\ntheme = 'light'\n").0, Some(3));
}

#[test]
fn the_message_names_file_line_and_key() {
    let (_dir, path) = file("[settings]\ntheme = 1\n");
    let message = Config::load(&path).unwrap_err().to_string();
    let expected = format!(
        "{}, line 2, settings.theme: the theme is system, light or dark",
        path.display()
    );
    assert_eq!(message, expected);
}

#[test]
fn a_key_that_is_not_known_is_a_warning_and_stays() {
    let (_dir, path) = file("colour = 'red'\n[settings]\nthem = 'dark'\n");
    let mut config = Config::load(&path).unwrap();
    let warnings: Vec<_> = config
        .warnings()
        .iter()
        .map(|warning| (warning.line, warning.key.as_str()))
        .collect();
    assert_eq!(warnings, [(Some(1), "colour"), (Some(3), "settings.them")]);
    config.set_listener_port(4711).unwrap();
    assert!(
        fs::read_to_string(&path)
            .unwrap()
            .starts_with("colour = 'red'\n[settings]\nthem = 'dark'\n")
    );
}

#[test]
fn comments_and_order_survive_every_change() {
    let text = format!(
        "# Our telephone settings\ndefault_account = \"work\" # the usual one\n\n[settings] # looks\ntheme = \"light\" # easier on the eyes\n\n\
         # The team's account\n[accounts.work]\nid = \"{ID}\"\nprovider = \"acefone-uk\"\n\n[accounts.work.settings]\n# Ann's desk\nagent_number = \"+442079460123\" # extension 12\ncall_timeout = 300 # seconds\n"
    );
    let (_dir, path) = file(&text);
    let mut config = Config::load(&path).unwrap();
    let mut work = config.account("work").unwrap();
    work.settings.insert("agent_number".into(), "+442079460199".into());
    config.put_account(&work).unwrap();
    config
        .set_settings(&SettingsView {
            theme: Theme::Dark,
            ..config.settings()
        })
        .unwrap();
    config.set_default_account(Some("work")).unwrap();
    let expected = text.replace("0123\"", "0199\"").replace("\"light\"", "\"dark\"");
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
}

#[test]
fn accounts_are_written_as_people_would_write_them() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("new").join("config.toml");
    let mut config = Config::load(&path).unwrap();
    config
        .put_account(&AccountConfig {
            id: ID.into(),
            ..account("work")
        })
        .unwrap();
    config.set_default_account(Some("work")).unwrap();
    config.set_listener_port(4711).unwrap();
    let expected = format!(
        "default_account = \"work\"\n\n[accounts.work]\nid = \"{ID}\"\nprovider = \"acefone-uk\"\n\n[accounts.work.settings]\nagent_number = \"+442079460123\"\n\n[listener]\nport = 4711\n"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
}

#[test]
fn tables_written_inline_are_changed_inline() {
    let (_dir, path) = file(&format!(
        "accounts = {{ work = {{ id = '{ID}', provider = 'sandbox' }} }}\nlistener.port = 4711\n"
    ));
    let mut config = Config::load(&path).unwrap();
    let mut work = config.account("work").unwrap();
    work.settings.insert("speed".into(), "10".into());
    work.phone_checked = true;
    config.put_account(&work).unwrap();
    config.put_account(&account("second")).unwrap();
    config.set_listener_port(4712).unwrap();
    let read = Config::load(&path).unwrap();
    assert_eq!(read.account("work"), Some(work));
    assert_eq!(read.accounts().len(), 2);
    assert_eq!(read.listener_port(), Some(4712));
}

#[test]
fn what_was_edited_meanwhile_is_kept() {
    let (_dir, path) = file("");
    let mut config = Config::load(&path).unwrap();
    fs::write(&path, "[settings]\ntheme = \"dark\"\n").unwrap();
    config.put_account(&account("work")).unwrap();
    assert_eq!(config.settings().theme, Theme::Dark);
    assert!(
        fs::read_to_string(&path)
            .unwrap()
            .starts_with("[settings]\ntheme = \"dark\"\n")
    );

    let broken = "[settings]\ntheme = \n";
    fs::write(&path, broken).unwrap();
    assert_eq!(config.put_account(&account("other")).unwrap_err().line, Some(2));
    assert_eq!(fs::read_to_string(&path).unwrap(), broken);
    assert_eq!(config.account("other"), None);
}

#[test]
fn an_account_taken_out_is_the_default_no_more() {
    let (_dir, path) = file("");
    let mut config = Config::load(&path).unwrap();
    config.put_account(&account("work")).unwrap();
    config.put_account(&account("home")).unwrap();
    config.set_default_account(Some("work")).unwrap();
    assert!(config.remove_account("work").unwrap());
    assert!(!config.remove_account("work").unwrap());
    let read = Config::load(&path).unwrap();
    assert_eq!(read.default_account(), None);
    assert_eq!(
        read.accounts()
            .into_iter()
            .map(|account| account.name)
            .collect::<Vec<_>>(),
        ["home"]
    );
}

#[test]
fn a_setting_taken_out_is_gone_from_the_file() {
    let (_dir, path) = file("");
    let mut config = Config::load(&path).unwrap();
    let mut work = account("work");
    config.put_account(&work).unwrap();
    work.settings.clear();
    config.put_account(&work).unwrap();
    assert_eq!(Config::load(&path).unwrap().account("work"), Some(work));
}

#[test]
fn a_mode_that_does_not_exist_is_named_with_its_line_and_those_there_are() {
    let (_dir, path) = file("[settings.alerts]\nsounds = false\nmissed = \"loud\"\n");
    let problem = Config::load(&path).unwrap_err().to_string();
    for told in ["line 3", "settings.alerts.missed", "off, silent, pop_up, sound"] {
        assert!(problem.contains(told), "{problem}");
    }
}

#[test]
fn names_of_accounts() {
    for name in ["a", "0", "acefone-uk_2", &"a".repeat(32)] {
        assert!(is_account_name(name), "{name}");
    }
    for name in ["", "-a", "_a", "A", "a.b", "a b", "é", &"a".repeat(33)] {
        assert!(!is_account_name(name), "{name}");
        let (_dir, path) = file("");
        let mut config = Config::load(&path).unwrap();
        assert!(config.put_account(&account(name)).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "");
    }
}

#[cfg(unix)]
#[test]
fn the_file_is_for_its_owner_alone_and_a_link_to_it_stays() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let (dir, path) = file("");
    let link = dir.path().join("linked.toml");
    symlink(&path, &link).unwrap();
    let mut config = Config::load(&link).unwrap();
    config.set_listener_port(4711).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(Config::load(&path).unwrap().listener_port(), Some(4711));
    assert_eq!(
        fs::read_dir(dir.path()).unwrap().count(),
        2,
        "nothing is left beside it"
    );
}

fn any_account() -> impl Strategy<Value = AccountConfig> {
    let kind = prop::sample::select(ProviderKind::ALL.to_vec());
    let settings = prop::collection::btree_map("[a-z_]{1,12}|.{1,8}", any::<String>(), 0..5);
    ("[a-z0-9][a-z0-9_-]{0,31}", any::<u128>(), kind, settings, any::<bool>()).prop_map(
        |(name, id, kind, settings, phone_checked)| AccountConfig {
            name,
            id: uuid::Uuid::from_u128(id).to_string(),
            kind,
            settings,
            phone_checked,
        },
    )
}

fn pop(name: &str) -> ScreenPopDraft {
    ScreenPopDraft {
        name: name.into(),
        on: vec![Moment::Ringing, Moment::Missed],
        direction: Some(telephony::Direction::Inbound),
        url: Some("https://crm.example.com/?n={number}".into()),
        run: Vec::new(),
    }
}

#[test]
fn a_screen_pop_is_written_as_people_would_write_it_and_read_back() {
    let (_dir, path) = file("# mine\n[settings]\ntheme = \"dark\"\n");
    let mut config = Config::load(&path).unwrap();
    let program = ScreenPopDraft {
        on: vec![Moment::Ended],
        direction: None,
        url: None,
        run: vec!["/opt/log".into(), "--who={contact}".into()],
        ..pop("log")
    };
    config.put_screen_pop(&pop("crm")).unwrap();
    config.put_screen_pop(&program).unwrap();
    config.set_approved_programs(&["/usr/bin/crm".into()]).unwrap();
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        "# mine\n[settings]\ntheme = \"dark\"\n\n[screen_pops.crm]\non = [\"ringing\", \"missed\"]\ndirection = \"inbound\"\n\
         url = \"https://crm.example.com/?n={number}\"\n\n[screen_pops.log]\non = [\"ended\"]\nrun = [\"/opt/log\", \
         \"--who={contact}\"]\n\n[programs]\napproved = [\"/usr/bin/crm\"]\n"
    );
    let read = Config::load(&path).unwrap();
    let drafts: Vec<ScreenPopDraft> = read.screen_pops().iter().map(|pop| pop.draft.clone()).collect();
    assert_eq!(drafts, [pop("crm"), program]);
    assert_eq!(read.approved_programs(), ["/usr/bin/crm"]);
    config.remove_screen_pop("crm").unwrap();
    assert_eq!(Config::load(&path).unwrap().screen_pops().len(), 1);
}

#[test]
fn a_mistake_in_a_screen_pop_is_named_by_line_and_key() {
    let place = |text: &str| {
        let (line, key, _) = mistake(text);
        (line, key.unwrap_or_default())
    };
    let section = "[screen_pops.crm]\n";
    assert_eq!(
        place(&format!("{section}on = \"ringing\"\nurl = \"file:///x\"\n")),
        (Some(3), "screen_pops.crm.url".into())
    );
    assert_eq!(
        place(&format!("{section}on = [\"someday\"]\nurl = \"https://a.example\"\n")),
        (Some(2), "screen_pops.crm.on".into())
    );
    assert_eq!(
        place(&format!("{section}on = \"ended\"\n")),
        (Some(1), "screen_pops.crm".into())
    );
    assert_eq!(
        place(&format!("{section}on = \"ended\"\nrun = [1]\n")),
        (Some(3), "screen_pops.crm.run".into())
    );
}

fn any_settings() -> impl Strategy<Value = SettingsView> {
    let theme = prop::sample::select(vec![Theme::System, Theme::Light, Theme::Dark]);
    let rest = (any_alerts(), any_quick_dial());
    (theme, any::<[bool; 8]>(), rest).prop_map(|(theme, [a, b, c, d, e, f, g, h], (alerts, quick_dial))| SettingsView {
        theme,
        notifications: a,
        close_to_tray_said: b,
        allow_premium: c,
        allow_satellite: d,
        allow_personal: e,
        allow_shared_cost: f,
        choose_caller_id: g,
        quick_dial,
        privacy: h,
        alerts,
    })
}

fn any_alerts() -> impl Strategy<Value = AlertSettings> {
    let modes = [AlertMode::Off, AlertMode::Silent, AlertMode::PopUp, AlertMode::Sound];
    let modes = prop::array::uniform7(prop::sample::select(modes.to_vec()));
    let hide_names = prop::sample::select(vec![HideNames::Always, HideNames::WhenLocked, HideNames::Never]);
    (modes, any::<bool>(), hide_names).prop_map(|(modes, sounds, hide_names)| {
        let mut alerts = AlertSettings {
            sounds,
            hide_names,
            ..AlertSettings::default()
        };
        for (kind, mode) in AlertKind::ALL.into_iter().zip(modes) {
            *alerts.mode_mut(kind) = mode;
        }
        alerts
    })
}

fn any_quick_dial() -> impl Strategy<Value = QuickDialSettings> {
    let key = || prop::sample::select(vec!["", "Ctrl+Shift+Space", "Alt+F9", "Ctrl+Alt+D"]);
    (key(), key(), key(), 0..=MOST_KEPT_MINUTES).prop_map(|(key, selection_key, end_key, kept_minutes)| {
        QuickDialSettings {
            key: key.into(),
            selection_key: selection_key.into(),
            end_key: end_key.into(),
            kept_minutes,
        }
    })
}

#[test]
fn keys_are_read_in_any_form_and_a_mistake_in_one_is_named() {
    let read = |text: &str| read::contents(text).map(|contents| contents.settings.quick_dial);
    let quick_dial = read("[settings.quick_dial]\nkey = \"shift+ctrl+space\"\nselection_key = \"\"\n").unwrap();
    assert_eq!(quick_dial.key, "Ctrl+Shift+Space");
    assert_eq!(quick_dial.selection_key, "");
    assert_eq!(quick_dial.kept_minutes, 10);
    for (text, line) in [
        ("[settings.quick_dial]\nkey = \"D\"\n", 2),
        ("[settings.quick_dial]\nkept_minutes = 1441\n", 2),
    ] {
        let mistake = read(text).unwrap_err();
        assert_eq!(mistake.line, Some(line), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn what_is_saved_is_what_is_loaded(
        accounts in prop::collection::vec(any_account(), 0..4),
        settings in any_settings(),
        port in prop::option::of(1_u16..),
    ) {
        let (_dir, path) = file("");
        let mut config = Config::load(&path).unwrap();
        for account in &accounts {
            config.put_account(account).unwrap();
        }
        config.set_settings(&settings).unwrap();
        config.set_default_account(accounts.last().map(|account| account.name.as_str())).unwrap();
        if let Some(port) = port {
            config.set_listener_port(port).unwrap();
        }
        let read = Config::load(&path).unwrap();
        prop_assert_eq!(&read.contents, &config.contents);
        prop_assert_eq!(read.settings(), settings);
        prop_assert_eq!(read.listener_port(), port);
        for account in &accounts {
            let last = accounts.iter().rfind(|other| other.name == account.name);
            prop_assert_eq!(read.account(&account.name), last.cloned());
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in ".{0,200}") {
        let _ = read::contents(&text);
    }
}
