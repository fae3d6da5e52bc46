//! An account of the platform: its fields, and its settings once they are known to be usable.

use std::fmt;

use jiff::tz::TimeZone;
use telephony::{DialOrder, PhoneNumber, Region};

use super::Brand;
use super::brand::Pages;
use crate::{AccountSettings, FieldKind, FieldSpec, ProviderKind, SettingsProblem, base_url};

pub(super) const API_TOKEN: &str = "api_token";
pub(super) const SUPPORT_API_KEY: &str = "support_api_key";
pub(super) const PASSWORD: &str = "password";
const LOGIN: &str = "login";
/// Without today's routes for the call log.
const OLD_UK_HOST: &str = "//api.acefone.co.uk";
/// Offers what a sister brand documents although this brand does not.
const ALL_VERBS: &str = "all_verbs";

const CLICK_TO_CALL: &str = "click_to_call";
const CLICK_TO_CALL_SUPPORT: &str = "click_to_call_support";
const DEFAULT_IDENTIFIER: &str = "custom_identifier";

/// Names in the body of a dial that the echoed identifier must not take.
const BODY_NAMES: [&str; 9] = [
    "agent_number",
    "destination_number",
    "customer_number",
    "caller_id",
    "async",
    "call_timeout",
    "customer_ring_timeout",
    "get_call_id",
    "api_key",
];

/// Which of the two dialling routes the account uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Rings the agent, then the customer.
    ClickToCall,
    /// Rings the customer, then the destination that the support key belongs to.
    ClickToCallSupport,
}

/// How numbers are written in a request; which one an account takes differs by tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberFormat {
    /// Country code, no plus.
    Digits,
    /// Country code with plus, on the customer's number only.
    Plus,
    /// Numbers of the account's country without their country code.
    National,
}

/// An account's settings, checked.
pub(super) struct Config {
    pub(super) brand: Brand,
    pub(super) base_url: String,
    pub(super) region: Region,
    pub(super) time_zone: TimeZone,
    pub(super) mode: Mode,
    /// Digits as they go on the wire: number, extension (`06…`) or intercom.
    pub(super) agent_number: Option<String>,
    /// `05…`; wins over the number, since ringing softphone agents by number fails.
    pub(super) agent_id: Option<String>,
    /// The number as a telephone's, if it is one. Read once: the engine asks at every turn who the agent is.
    agent_phone: Option<PhoneNumber>,
    pub(super) caller_id: Option<PhoneNumber>,
    pub(super) number_format: NumberFormat,
    pub(super) call_timeout: Option<u32>,
    pub(super) customer_ring_timeout: Option<u32>,
    /// The request returns at once instead of when the agent has picked up.
    pub(super) asynchronous: bool,
    pub(super) get_call_id: bool,
    pub(super) identifier_name: String,
    /// `Bearer` before the token; some tenants want it bare.
    pub(super) bearer: bool,
    pub(super) has_api_token: bool,
    /// The name for signing in, which is needed only without a token.
    pub(super) login: Option<String>,
    pub(super) has_password: bool,
    /// The verbs that are offered.
    pub(super) pages: Pages,
}

/// The fields of an account of `brand`.
pub(crate) fn fields(brand: Brand) -> Vec<FieldSpec> {
    let async_values: &[&str] = if brand.offers_synchronous() {
        &["1", "0"]
    } else {
        &["1"]
    };
    let mut specs = vec![
        FieldSpec::choice("mode", &[CLICK_TO_CALL, CLICK_TO_CALL_SUPPORT]),
        FieldSpec::new(API_TOKEN, FieldKind::Secret)
            .required()
            .only_in(CLICK_TO_CALL),
        // In both modes: with a support key they add all that the key alone cannot do.
        FieldSpec::new(LOGIN, FieldKind::Text).instead_of(API_TOKEN),
        FieldSpec::new(PASSWORD, FieldKind::Secret).instead_of(API_TOKEN),
        FieldSpec::new(SUPPORT_API_KEY, FieldKind::Secret)
            .required()
            .only_in(CLICK_TO_CALL_SUPPORT),
        // Of the two that name the agent the number is asked for; with an id it may stay empty.
        FieldSpec::new("agent_id", FieldKind::Text)
            .only_in(CLICK_TO_CALL)
            .instead_of("agent_number")
            .like("0502842370097"),
        FieldSpec::new("agent_number", FieldKind::Phone)
            .required()
            .only_in(CLICK_TO_CALL),
        FieldSpec::new("caller_id", FieldKind::Phone),
        FieldSpec::new("country", FieldKind::Country)
            .default(brand.kind.default_region().as_str())
            .advanced(),
        FieldSpec::new("time_zone", FieldKind::TimeZone)
            .default(brand.kind.default_time_zone())
            .advanced(),
        FieldSpec::choice("number_format", &["digits", "plus", "national"])
            .default(brand.number_format)
            .advanced(),
        FieldSpec::new("call_timeout", FieldKind::Integer).advanced(),
        FieldSpec::new("customer_ring_timeout", FieldKind::Integer)
            .only_in(CLICK_TO_CALL_SUPPORT)
            .advanced(),
        FieldSpec::choice("async", async_values).advanced(),
        FieldSpec::new("get_call_id", FieldKind::Boolean)
            .default("false")
            .advanced(),
        FieldSpec::new("identifier_name", FieldKind::Text)
            .default(DEFAULT_IDENTIFIER)
            .advanced(),
        FieldSpec::new("bearer", FieldKind::Boolean).default("true").advanced(),
    ];
    specs.push(FieldSpec::push_callbacks().advanced());
    specs.extend(FieldSpec::calling_from());
    if brand.pages != Pages::ALL {
        specs.push(
            FieldSpec::new(ALL_VERBS, FieldKind::Boolean)
                .default("false")
                .advanced(),
        );
    }
    specs.extend(base_url::fields(brand.base_url));
    specs
}

impl Config {
    /// Whether a dial is answered once the agent has picked up, with the call's id.
    pub(super) fn waits_for_agent(&self) -> bool {
        !self.asynchronous && self.get_call_id && self.mode == Mode::ClickToCall
    }

    pub(super) fn read(brand: Brand, settings: &AccountSettings) -> Result<Self, SettingsProblem> {
        settings.check_keys(&fields(brand))?;
        let modes = [
            (CLICK_TO_CALL, Mode::ClickToCall),
            (CLICK_TO_CALL_SUPPORT, Mode::ClickToCallSupport),
        ];
        let formats = [
            ("digits", NumberFormat::Digits),
            ("plus", NumberFormat::Plus),
            ("national", NumberFormat::National),
        ];
        let default_format = formats
            .iter()
            .find(|(name, _)| *name == brand.number_format)
            .map_or(NumberFormat::Digits, |(_, format)| *format);
        let asynchronous: &[(&str, bool)] = &[("1", true), ("0", false)];
        let offered = if brand.offers_synchronous() {
            asynchronous
        } else {
            &asynchronous[..1]
        };
        let pages = if settings.flag(ALL_VERBS, false)? {
            Pages::ALL
        } else {
            brand.pages
        };
        if settings.push_callbacks()? && !pages.schedule {
            return Err(AccountSettings::invalid("push_callbacks", "yes", "not_scheduled"));
        }
        let region = settings.region()?;
        let agent_number = agent(settings, "agent_number", 2)?;
        let agent_phone = agent_number
            .as_deref()
            .filter(|text| !is_platform_id(text))
            .and_then(|text| PhoneNumber::from_provider(text, region));
        Ok(Self {
            brand,
            base_url: base_url::read(settings, brand.base_url, "/v1")?,
            region,
            time_zone: settings.time_zone()?,
            mode: settings.choice("mode", &modes, Mode::ClickToCall)?,
            agent_number,
            agent_phone,
            agent_id: agent(settings, "agent_id", 1)?,
            caller_id: settings.phone("caller_id")?,
            number_format: settings.choice("number_format", &formats, default_format)?,
            call_timeout: settings.seconds("call_timeout")?,
            customer_ring_timeout: settings.seconds("customer_ring_timeout")?,
            asynchronous: settings.choice("async", offered, true)?,
            get_call_id: settings.flag("get_call_id", false)?,
            identifier_name: identifier_name(settings)?,
            bearer: settings.flag("bearer", true)?,
            has_api_token: settings.has_secret(API_TOKEN),
            login: settings.get(LOGIN).map(str::to_owned),
            has_password: settings.has_secret(PASSWORD),
            pages,
        })
    }

    pub(super) fn dial_order(&self) -> DialOrder {
        match self.mode {
            Mode::ClickToCall => DialOrder::AgentFirst,
            Mode::ClickToCallSupport => DialOrder::CustomerFirst,
        }
    }

    /// Whether requests go with a session, since no token was given for them.
    pub(super) fn signs_in(&self) -> bool {
        self.login.is_some() && !self.has_api_token
    }

    /// Whether there is anything to authorise a request with besides the support key.
    pub(super) fn has_account_access(&self) -> bool {
        self.has_api_token || (self.login.is_some() && self.has_password)
    }

    /// The United Kingdom's old host has another call log.
    pub(super) fn has_old_call_report(&self) -> bool {
        self.brand.kind == ProviderKind::AcefoneUk && self.base_url.ends_with(OLD_UK_HOST)
    }

    /// The agent's id on the platform (`05…`), under whichever name it was given.
    pub(super) fn own_agent_id(&self) -> Option<&str> {
        let given = [&self.agent_id, &self.agent_number].into_iter().flatten();
        let mut ids = given.filter(|text| text.starts_with("05") && is_platform_id(text));
        ids.next().map(String::as_str)
    }

    /// The agent's phone as a number, if that is how the agent is named.
    pub(super) fn agent_phone(&self) -> Option<&PhoneNumber> {
        self.agent_phone.as_ref()
    }

    /// Whether it is known who the agent is.
    pub(super) fn names_agent(&self) -> bool {
        self.agent_id.is_some() || self.agent_number.is_some()
    }

    /// Every name under which the agent can appear in what the platform says.
    pub(super) fn agent_names(&self) -> Vec<String> {
        let phone = self.agent_phone().map(ToString::to_string);
        let mut names: Vec<String> = phone.into_iter().collect();
        for name in [&self.agent_id, &self.agent_number].into_iter().flatten() {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }
}

/// An agent's id (`05…`) or extension (`06…`) of the platform: digits like a number's, but never one.
pub(super) fn is_platform_id(text: &str) -> bool {
    text.len() >= 11 && (text.starts_with("05") || text.starts_with("06")) && text.bytes().all(|b| b.is_ascii_digit())
}

/// Any digits will do (the pages name four kinds of value); only how people write numbers is taken off.
fn agent(settings: &AccountSettings, key: &str, shortest: usize) -> Result<Option<String>, SettingsProblem> {
    let Some(text) = settings.get(key) else { return Ok(None) };
    let bare = text.strip_prefix('+').unwrap_or(text);
    let digits: String = bare
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.' | '\u{a0}'))
        .collect();
    let usable = (shortest..=16).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if usable {
        Ok(Some(digits))
    } else {
        Err(AccountSettings::invalid(key, text, "phone"))
    }
}

fn identifier_name(settings: &AccountSettings) -> Result<String, SettingsProblem> {
    let name = settings.get("identifier_name").unwrap_or(DEFAULT_IDENTIFIER);
    let usable = name.len() <= 64
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !BODY_NAMES.iter().any(|taken| taken.eq_ignore_ascii_case(name));
    if usable {
        Ok(name.to_owned())
    } else {
        Err(AccountSettings::invalid("identifier_name", name, "identifier_name"))
    }
}

/// Without numbers: this ends up in logs.
impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("kind", &self.brand.kind)
            .field("base_url", &self.base_url)
            .field("mode", &self.mode)
            .field("number_format", &self.number_format)
            .finish_non_exhaustive()
    }
}
