//! An account of Kazoo: its fields, and its settings once they are known to be usable.

use std::fmt;

use jiff::tz::TimeZone;
use telephony::{DialOrder, PhoneNumber, Region};
use url::Url;

use super::wire;
use crate::{AccountSettings, FieldKind, FieldSpec, ProviderKind, SettingsProblem, base_url};

pub(super) const API_KEY: &str = "api_key";
pub(super) const PASSWORD: &str = "password";

const KIND: ProviderKind = ProviderKind::Kazoo;
/// As in IP Telecom's page about webhooks; its click-to-call page has the placeholder of the upstream project.
const BASE_URL: &str = "https://apps.hostedpbx.ie:8443/v2";
const CLICK_TO_CALL: &str = "clicktocall";
const QUICKCALL: &str = "quickcall";
/// How long a telephone rings unless the account says otherwise, in seconds.
const RING_TIMEOUT: u32 = 30;
/// Below this the platform takes its own default.
const SHORTEST_RING: u32 = 4;

/// Which way calls are placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    ClickToCall,
    Quickcall,
}

/// Which request places a call where both do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Post,
    Get,
}

/// How the password is hashed together with the user's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Md5,
    Sha,
}

/// By which secret the account signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Login {
    ApiKey,
    User,
}

/// The names by which the account's own agent is known in channels and events.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    /// The extension or number that rings at the agent's, in every form in which it is met.
    pub(super) phones: Vec<String>,
    pub(super) user_id: Option<String>,
    pub(super) device_id: Option<String>,
    pub(super) endpoint_id: Option<String>,
}

impl Names {
    /// All of them, the telephone first.
    pub(super) fn all(&self) -> Vec<String> {
        let ids = [&self.user_id, &self.device_id, &self.endpoint_id];
        let ids = ids.into_iter().flatten().cloned();
        self.phones.iter().cloned().chain(ids).collect()
    }
}

/// An account's settings, checked.
pub(super) struct Config {
    /// With the version (`/v2`), without a slash at its end.
    pub(super) base_url: String,
    pub(super) account_id: Option<String>,
    pub(super) region: Region,
    pub(super) time_zone: TimeZone,
    pub(super) method: Method,
    pub(super) names: Names,
    /// What the plus of a number is sent as: the platform's click-to-call cannot take one.
    pub(super) contact_prefix: String,
    pub(super) connect_verb: Verb,
    /// The request waits until the first leg is answered.
    pub(super) blocking: bool,
    pub(super) auto_answer: bool,
    pub(super) dial_order: DialOrder,
    pub(super) ring_timeout: u32,
    /// The number shown to the customer, for quickcall.
    pub(super) caller_id: Option<PhoneNumber>,
    pub(super) websocket_url: Option<String>,
    pub(super) allow_plain_http: bool,
    pub(super) login: Login,
    pub(super) username: Option<String>,
    pub(super) account_name: Option<String>,
    pub(super) account_realm: Option<String>,
    pub(super) hash: Hash,
    pub(super) throttle: Option<u32>,
}

/// The fields of an account.
pub(crate) fn fields() -> Vec<FieldSpec> {
    let text = |key: &str| FieldSpec::new(key, FieldKind::Text);
    let mut specs = vec![
        FieldSpec::new(API_KEY, FieldKind::Secret).required(),
        text("username").instead_of(API_KEY),
        FieldSpec::new(PASSWORD, FieldKind::Secret).instead_of(API_KEY),
        // One of these two goes with a user's name.
        text("account_name"),
        text("account_realm").like("example.sip.hostedpbx.ie").advanced(),
        text("account_id").advanced(),
        FieldSpec::choice("method", &[CLICK_TO_CALL, QUICKCALL]),
        text("endpoint_id"),
        text("device_id"),
        text("user_id"),
        text("agent_number").like("1001"),
        FieldSpec::choice("dial_first", &["extension", "contact"]).advanced(),
        FieldSpec::new("caller_id", FieldKind::Phone),
        text("contact_prefix").default("00").advanced(),
        FieldSpec::choice("connect_verb", &["post", "get"]).advanced(),
        FieldSpec::new("blocking", FieldKind::Boolean)
            .default("false")
            .advanced(),
        FieldSpec::new("auto_answer", FieldKind::Boolean)
            .default("false")
            .advanced(),
        FieldSpec::new("ring_timeout", FieldKind::Integer)
            .default("30")
            .advanced(),
        FieldSpec::new("throttle", FieldKind::Integer).advanced(),
        FieldSpec::new("websocket_url", FieldKind::Url)
            .like("wss://…")
            .advanced(),
        FieldSpec::choice("hash", &["md5", "sha"]).advanced(),
        FieldSpec::new("country", FieldKind::Country)
            .default(KIND.default_region().as_str())
            .advanced(),
        FieldSpec::new("time_zone", FieldKind::TimeZone)
            .default(KIND.default_time_zone())
            .advanced(),
    ];
    specs.extend(FieldSpec::calling_from());
    specs.extend(base_url::fields(BASE_URL));
    specs
}

impl Config {
    pub(super) fn read(settings: &AccountSettings) -> Result<Self, SettingsProblem> {
        settings.check_keys(&fields())?;
        let region = settings.region()?;
        let username = settings.get("username").map(str::to_lowercase);
        let allow_plain_http = settings.flag("allow_plain_http", false)?;
        let login = if settings.has_secret(API_KEY) || !(settings.has_secret(PASSWORD) || username.is_some()) {
            Login::ApiKey
        } else {
            Login::User
        };
        Ok(Self {
            base_url: base_url::read(settings, BASE_URL, "")?,
            account_id: id(settings, "account_id")?,
            region,
            time_zone: settings.time_zone()?,
            method: settings.choice(
                "method",
                &[(CLICK_TO_CALL, Method::ClickToCall), (QUICKCALL, Method::Quickcall)],
                Method::ClickToCall,
            )?,
            names: Names {
                phones: phones(settings.get("agent_number").unwrap_or_default(), region),
                user_id: id(settings, "user_id")?,
                device_id: id(settings, "device_id")?,
                endpoint_id: id(settings, "endpoint_id")?,
            },
            contact_prefix: contact_prefix(settings)?,
            connect_verb: settings.choice("connect_verb", &[("post", Verb::Post), ("get", Verb::Get)], Verb::Post)?,
            blocking: settings.flag("blocking", false)?,
            auto_answer: settings.flag("auto_answer", false)?,
            dial_order: settings.choice(
                "dial_first",
                &[
                    ("extension", DialOrder::AgentFirst),
                    ("contact", DialOrder::CustomerFirst),
                ],
                DialOrder::AgentFirst,
            )?,
            ring_timeout: ring_timeout(settings)?,
            caller_id: settings.phone("caller_id")?,
            websocket_url: websocket_url(settings, allow_plain_http)?,
            allow_plain_http,
            login,
            username,
            account_name: settings.get("account_name").map(str::to_owned),
            account_realm: settings.get("account_realm").map(str::to_owned),
            hash: settings.choice("hash", &[("md5", Hash::Md5), ("sha", Hash::Sha)], Hash::Md5)?,
            throttle: throttle(settings)?,
        })
    }

    /// Quickcall rings the agent's own device or user; only an endpoint can ring the customer first.
    pub(super) fn dial_order(&self) -> DialOrder {
        match self.method {
            Method::ClickToCall => self.dial_order,
            Method::Quickcall => DialOrder::AgentFirst,
        }
    }
}

/// An identifier goes into a path: letters, digits, `-` and `_`.
fn id(settings: &AccountSettings, key: &str) -> Result<Option<String>, SettingsProblem> {
    let Some(text) = settings.get(key) else { return Ok(None) };
    if text.len() <= 64 && wire::is_id(text) {
        Ok(Some(text.to_owned()))
    } else {
        Err(AccountSettings::invalid(key, text, "identifier"))
    }
}

/// The forms in which an extension or number is met: as written, in E.164, and without the plus.
fn phones(text: &str, region: Region) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    let number = PhoneNumber::from_provider(text, region);
    let forms = number.map(|number| [number.to_string(), number.digits().to_owned()]);
    let mut all = vec![text.to_owned()];
    all.extend(forms.into_iter().flatten());
    all.dedup();
    all
}

fn contact_prefix(settings: &AccountSettings) -> Result<String, SettingsProblem> {
    let text = settings.get("contact_prefix").unwrap_or("00");
    // Deployments that read numbers without a prefix take `none`.
    if text.eq_ignore_ascii_case("none") {
        return Ok(String::new());
    }
    let is_prefix = text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'*');
    if is_prefix {
        Ok(text.to_owned())
    } else {
        Err(AccountSettings::invalid("contact_prefix", text, "prefix"))
    }
}

fn ring_timeout(settings: &AccountSettings) -> Result<u32, SettingsProblem> {
    match settings.seconds("ring_timeout")? {
        None => Ok(RING_TIMEOUT),
        Some(seconds @ SHORTEST_RING..=300) => Ok(seconds),
        Some(seconds) => Err(AccountSettings::invalid(
            "ring_timeout",
            &seconds.to_string(),
            "ring_timeout",
        )),
    }
}

fn throttle(settings: &AccountSettings) -> Result<Option<u32>, SettingsProblem> {
    let Some(text) = settings.get("throttle") else {
        return Ok(None);
    };
    match text.parse::<u32>() {
        Ok(calls) if (1..=600).contains(&calls) => Ok(Some(calls)),
        _ => Err(AccountSettings::invalid("throttle", text, "calls_a_minute")),
    }
}

fn websocket_url(settings: &AccountSettings, allow_plain: bool) -> Result<Option<String>, SettingsProblem> {
    let key = "websocket_url";
    let Some(text) = settings.get(key) else { return Ok(None) };
    match stream_address(text, allow_plain) {
        Ok(url) => Ok(Some(url)),
        Err("url_extra") => Err(AccountSettings::invalid(key, "", "url_extra")),
        Err(why) => Err(AccountSettings::invalid(key, text, why)),
    }
}

/// An address of a websocket; the token travels over it, so that the rule for plain http holds here too.
pub(super) fn stream_address(text: &str, allow_plain: bool) -> Result<String, &'static str> {
    let url = Url::parse(text.trim()).map_err(|_| "websocket_url")?;
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err("url_extra");
    }
    match url.scheme() {
        "wss" => Ok(url.to_string()),
        "ws" if allow_plain || base_url::is_loopback(&url) => Ok(url.to_string()),
        "ws" => Err("plain_http"),
        _ => Err("websocket_url"),
    }
}

/// Without numbers and ids: this ends up in logs.
impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("base_url", &self.base_url)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}
