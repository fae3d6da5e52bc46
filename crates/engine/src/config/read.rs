//! The text of the settings file as values, or the place of the first mistake.

use std::collections::BTreeMap;
use std::ops::Range;

use providers::ProviderKind;
use toml_edit::{Document, Item, TableLike, TomlError, Value};
use toml_parser::parser::{RecursionGuard, parse_document};
use uuid::Uuid;

use super::problem::{ConfigWarning, Place};
use super::{AccountConfig, is_account_name};
use crate::screen_pop::ScreenPop;
use crate::shortcuts;
use crate::view::{AlertSettings, MOST_KEPT_MINUTES, QuickDialSettings, SettingsView, Theme};

/// All that the file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Contents {
    pub default_account: Option<String>,
    pub listener_port: Option<u16>,
    pub listener_public_url: Option<String>,
    pub settings: SettingsView,
    pub accounts: BTreeMap<String, AccountConfig>,
    pub screen_pops: Vec<ScreenPop>,
    pub approved_programs: Vec<String>,
    pub warnings: Vec<ConfigWarning>,
}

/// The settings of an app that nobody has changed.
pub(super) fn default_settings() -> SettingsView {
    SettingsView {
        theme: Theme::System,
        notifications: true,
        close_to_tray_said: false,
        allow_premium: false,
        allow_satellite: false,
        allow_personal: false,
        allow_shared_cost: false,
        choose_caller_id: true,
        quick_dial: QuickDialSettings::default(),
        privacy: false,
        alerts: AlertSettings::default(),
    }
}

pub(super) fn contents(text: &str) -> Result<Contents, Place> {
    must_be_toml(text)?;
    let document = Document::parse(text).map_err(|error| syntax_mistake(text, &error))?;
    let mut reader = Reader {
        text,
        warnings: Vec::new(),
    };
    let root = Section {
        path: String::new(),
        table: document.as_table(),
    };
    reader.warn_of_others(
        &root,
        &[
            "default_account",
            "listener",
            "settings",
            "accounts",
            "screen_pops",
            "programs",
        ],
    );

    let default_account = reader.text(&root, "default_account")?;
    let (listener_port, listener_public_url) = reader.listener(&root)?;
    let settings = reader.settings(&root)?;
    let accounts = reader.accounts(&root)?;
    let screen_pops = reader.screen_pops(&root)?;
    let approved_programs = reader.approved_programs(&root)?;
    Ok(Contents {
        default_account,
        listener_port,
        listener_public_url,
        settings,
        accounts,
        screen_pops,
        approved_programs,
        warnings: reader.warnings,
    })
}

/// Nested deeper than this is nobody's settings, and what the editor refuses as well.
const DEEPEST: u32 = 80;

/// Looks at the grammar alone, up to the first mistake.
///
/// The editor reads on after a mistake, and panics where a later line extends a value that is not there.
pub(crate) fn must_be_toml(text: &str) -> Result<(), Place> {
    let mut mistake = None;
    let tokens = toml_parser::Source::new(text).lex().into_vec();
    let mut grammar = ();
    let mut guard = RecursionGuard::new(&mut grammar, DEEPEST);
    parse_document(&tokens, &mut guard, &mut mistake);
    let Some(mistake) = mistake else { return Ok(()) };
    let place = mistake
        .unexpected()
        .or(mistake.context())
        .map_or(0, |span| span.start());
    let rest = text.get(place..).unwrap_or_default();
    let line_end = place + rest.find('\n').unwrap_or(rest.len());
    // In the editor's words, which say what was expected; it gets no line to stumble over.
    Err(match Document::parse(text.get(..line_end).unwrap_or(text)) {
        Err(error) => syntax_mistake(text, &error),
        Ok(_) => Place {
            line: Some(line_of(text, &(place..place))),
            key: None,
            why: mistake.description().to_owned(),
        },
    })
}

/// What the TOML parser says, by line.
pub(super) fn syntax_mistake(text: &str, error: &TomlError) -> Place {
    Place {
        line: error.span().map(|span| line_of(text, &span)),
        key: None,
        why: error.message().trim().replace('\n', ", "),
    }
}

fn line_of(text: &str, span: &Range<usize>) -> usize {
    let before = text.as_bytes().get(..span.start).unwrap_or(text.as_bytes());
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

/// A table of the file with its dotted name.
pub(super) struct Section<'a> {
    path: String,
    pub(super) table: &'a dyn TableLike,
}

impl Section<'_> {
    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }
}

pub(super) struct Reader<'a> {
    text: &'a str,
    warnings: Vec<ConfigWarning>,
}

impl Reader<'_> {
    fn listener(&mut self, root: &Section<'_>) -> Result<(Option<u16>, Option<String>), Place> {
        let Some(section) = self.section(root, "listener")? else {
            return Ok((None, None));
        };
        self.warn_of_others(&section, &["port", "public_url"]);
        let port = match self.text(&section, "port")? {
            None => None,
            Some(text) => match text.parse::<u16>() {
                Ok(port) if port > 0 => Some(port),
                _ => return Err(self.mistake(&section, "port", "a port is a whole number from 1 to 65535")),
            },
        };
        let public_url = self.text(&section, "public_url")?.filter(|url| !url.is_empty());
        if let Some(url) = &public_url
            && !["https://", "http://"]
                .iter()
                .any(|scheme| url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()))
        {
            return Err(self.mistake(&section, "public_url", "an address begins with https:// or http://"));
        }
        Ok((port, public_url))
    }

    fn settings(&mut self, root: &Section<'_>) -> Result<SettingsView, Place> {
        let mut settings = default_settings();
        let Some(section) = self.section(root, "settings")? else {
            return Ok(settings);
        };
        let switches = [
            ("notifications", &mut settings.notifications),
            ("close_to_tray_said", &mut settings.close_to_tray_said),
            ("allow_premium", &mut settings.allow_premium),
            ("allow_satellite", &mut settings.allow_satellite),
            ("allow_personal", &mut settings.allow_personal),
            ("allow_shared_cost", &mut settings.allow_shared_cost),
            ("choose_caller_id", &mut settings.choose_caller_id),
            ("privacy", &mut settings.privacy),
        ];
        let mut known = vec!["theme", "alerts", "quick_dial"];
        for (key, switch) in switches {
            known.push(key);
            *switch = self.switch(&section, key)?.unwrap_or(*switch);
        }
        self.warn_of_others(&section, &known);
        settings.theme = match self.text(&section, "theme")?.as_deref() {
            None | Some("system") => Theme::System,
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            Some(_) => return Err(self.mistake(&section, "theme", "the theme is system, light or dark")),
        };
        settings.quick_dial = self.quick_dial(&section)?;
        settings.alerts = self.alerts(&section)?;
        Ok(settings)
    }

    fn quick_dial(&mut self, settings: &Section<'_>) -> Result<QuickDialSettings, Place> {
        let mut quick_dial = QuickDialSettings::default();
        let Some(section) = self.section(settings, "quick_dial")? else {
            return Ok(quick_dial);
        };
        self.warn_of_others(&section, &["key", "selection_key", "end_key", "kept_minutes"]);
        let keys = [
            ("key", &mut quick_dial.key),
            ("selection_key", &mut quick_dial.selection_key),
            ("end_key", &mut quick_dial.end_key),
        ];
        for (name, key) in keys {
            let Some(text) = self.text(&section, name)? else {
                continue;
            };
            *key = shortcuts::written(&text).map_err(|problem| {
                self.mistake(
                    &section,
                    name,
                    &format!("{problem}; a key is Ctrl+Shift+Space or the like"),
                )
            })?;
        }
        if let Some(minutes) = self.text(&section, "kept_minutes")? {
            quick_dial.kept_minutes = minutes
                .parse()
                .ok()
                .filter(|minutes| *minutes <= MOST_KEPT_MINUTES)
                .ok_or_else(|| self.mistake(&section, "kept_minutes", "must be minutes, from 0 to 1440"))?;
        }
        Ok(quick_dial)
    }

    fn accounts(&mut self, root: &Section<'_>) -> Result<BTreeMap<String, AccountConfig>, Place> {
        let mut accounts: BTreeMap<String, AccountConfig> = BTreeMap::new();
        let Some(section) = self.section(root, "accounts")? else {
            return Ok(accounts);
        };
        for (name, _) in section.table.iter() {
            let account = self.account(&section, name)?;
            if let Some(twin) = accounts.values().find(|other| other.id == account.id) {
                let own = Section {
                    path: section.path_of(name),
                    ..self.must_be_section(&section, name)?
                };
                return Err(self.mistake(&own, "id", &format!("account {} has this id already", twin.name)));
            }
            accounts.insert(name.to_owned(), account);
        }
        Ok(accounts)
    }

    fn account(&mut self, accounts: &Section<'_>, name: &str) -> Result<AccountConfig, Place> {
        if !is_account_name(name) {
            let why = "an account's name is up to 32 of a-z, 0-9, _ and -, and begins with a letter or digit";
            return Err(self.mistake(accounts, name, why));
        }
        let section = self.must_be_section(accounts, name)?;
        self.warn_of_others(&section, &["id", "provider", "phone_checked", "settings"]);
        let Some(id) = self.text(&section, "id")? else {
            return Err(self.mistake(accounts, name, "the account has no id (a UUID)"));
        };
        let Ok(id) = Uuid::parse_str(&id) else {
            return Err(self.mistake(&section, "id", "an id is a UUID"));
        };
        let Some(provider) = self.text(&section, "provider")? else {
            return Err(self.mistake(accounts, name, "the account has no provider"));
        };
        let kind = provider.parse::<ProviderKind>().map_err(|error| {
            let known: Vec<&str> = ProviderKind::ALL.iter().map(|kind| kind.as_str()).collect();
            self.mistake(
                &section,
                "provider",
                &format!("{error}; there are {}", known.join(", ")),
            )
        })?;
        let mut settings = BTreeMap::new();
        if let Some(section) = self.section(&section, "settings")? {
            for (key, _) in section.table.iter() {
                settings.extend(self.text(&section, key)?.map(|text| (key.to_owned(), text)));
            }
        }
        let phone_checked = self.switch(&section, "phone_checked")?.unwrap_or(false);
        Ok(AccountConfig {
            name: name.to_owned(),
            id: id.to_string(),
            kind,
            settings,
            phone_checked,
        })
    }

    fn approved_programs(&mut self, root: &Section<'_>) -> Result<Vec<String>, Place> {
        let Some(section) = self.section(root, "programs")? else {
            return Ok(Vec::new());
        };
        self.warn_of_others(&section, &["approved"]);
        self.texts(&section, "approved")
    }

    pub(super) fn section<'a>(&self, parent: &Section<'a>, key: &str) -> Result<Option<Section<'a>>, Place> {
        if parent.table.contains_key(key) {
            self.must_be_section(parent, key).map(Some)
        } else {
            Ok(None)
        }
    }

    pub(super) fn must_be_section<'a>(&self, parent: &Section<'a>, key: &str) -> Result<Section<'a>, Place> {
        match parent.table.get(key).and_then(Item::as_table_like) {
            Some(table) => Ok(Section {
                path: parent.path_of(key),
                table,
            }),
            None => Err(self.mistake(parent, key, "must be a section")),
        }
    }

    /// A value as text: people who edit by hand leave the quotes off numbers.
    pub(super) fn text(&self, section: &Section<'_>, key: &str) -> Result<Option<String>, Place> {
        let Some(item) = section.table.get(key) else {
            return Ok(None);
        };
        match item.as_value() {
            Some(Value::String(text)) => Ok(Some(text.value().clone())),
            Some(Value::Integer(number)) => Ok(Some(number.value().to_string())),
            Some(Value::Float(number)) => Ok(Some(number.value().to_string())),
            Some(Value::Boolean(truth)) => Ok(Some(truth.value().to_string())),
            Some(Value::Datetime(time)) => Ok(Some(time.value().to_string())),
            Some(Value::Array(_) | Value::InlineTable(_)) | None => {
                Err(self.mistake(section, key, "must be one value, such as a text in quotes"))
            }
        }
    }

    /// One text or several.
    pub(super) fn texts(&self, section: &Section<'_>, key: &str) -> Result<Vec<String>, Place> {
        let Some(list) = section.table.get(key).and_then(Item::as_array) else {
            return Ok(self.text(section, key)?.into_iter().collect());
        };
        let texts = list.iter().map(|value| value.as_str().map(str::to_owned));
        texts
            .collect::<Option<_>>()
            .ok_or_else(|| self.mistake(section, key, "must be texts in quotes"))
    }

    pub(super) fn switch(&self, section: &Section<'_>, key: &str) -> Result<Option<bool>, Place> {
        match self.text(section, key)?.as_deref() {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(self.mistake(section, key, "must be true or false")),
        }
    }

    pub(super) fn warn_of_others(&mut self, section: &Section<'_>, known: &[&str]) {
        for (key, _) in section.table.iter().filter(|(key, _)| !known.contains(key)) {
            self.warnings.push(ConfigWarning {
                line: self.line(section, key),
                key: section.path_of(key),
            });
        }
    }

    pub(super) fn mistake(&self, section: &Section<'_>, key: &str, why: &str) -> Place {
        Place {
            line: self.line(section, key),
            key: Some(section.path_of(key)),
            why: why.to_owned(),
        }
    }

    fn line(&self, section: &Section<'_>, key: &str) -> Option<usize> {
        // A section's own span is its heading; that of its key, where the name was first written.
        let (own_key, item) = section.table.get_key_value(key)?;
        own_key
            .span()
            .or_else(|| item.span())
            .map(|span| line_of(self.text, &span))
    }
}
