//! One leg of a call as Kazoo describes it: in a list of channels, in a webhook, on the websocket.
//!
//! The three differ in their spelling only, and each is about one telephone. Whose it is follows from whom it rings.

use serde_json::{Map, Value};
use telephony::{Direction, PhoneNumber, Region};

use super::config::Names;
use super::place::{AGENT, CALLED, OUR_ID};
use super::wire;
use crate::json_body;

/// How deep members are looked at.
const DEEPEST: usize = 4;

const LONGEST_EXTENSION: usize = 6;
/// So many last digits tell two numbers apart.
const TELLING_DIGITS: usize = 7;

/// Whose telephone a leg is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Agent,
    Customer,
    /// The leg rung first, or the other one, of a call that an endpoint places: which party that is the account knows.
    First,
    Second,
    /// Neither the agent nor whom the call was for: it was passed on to them.
    Further,
}

/// A leg with its names in one spelling: lower case, with `_`.
pub(super) struct Leg(Value);

impl Leg {
    pub(super) fn new(value: &Value) -> Self {
        Self(normalised(value, DEEPEST))
    }

    pub(super) fn text(&self, names: &[&str]) -> Option<String> {
        wire::first_text(&self.0, names)
    }

    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    fn is_true(&self, name: &str) -> bool {
        self.0.get(name).and_then(json_body::truth) == Some(true)
    }

    /// A variable of the channel; lists have the same names at the top.
    fn variable(&self, name: &str) -> Option<String> {
        let variables = self.0.get("custom_channel_vars");
        variables
            .and_then(|variables| json_body::member_text(variables, name))
            .or_else(|| json_body::member_text(&self.0, name))
    }

    /// A variable that came with the request which placed the call.
    fn sent_with_call(&self, name: &str) -> Option<String> {
        json_body::member_text(self.0.get("custom_application_vars")?, name)
    }

    /// Whom the call was for, as we said when we placed it; a GET said it by its contact.
    fn called(&self) -> Option<String> {
        self.sent_with_call(CALLED).or_else(|| self.sent_with_call("contact"))
    }

    /// The agent's telephone, as we said when we placed the call through an endpoint that rings another one than the
    /// account's own.
    fn calls_from(&self) -> Option<String> {
        self.sent_with_call(AGENT)
    }

    /// Placed by us through another endpoint than the account's, of which we could not say whom it rings.
    fn is_through_an_unknown_endpoint(&self, names: &Names) -> bool {
        self.our_id().is_some()
            && self.variable("authorizing_type").as_deref() == Some("clicktocall")
            && names.endpoint_id.is_some()
            && self
                .variable("authorizing_id")
                .is_some_and(|id| Some(id) != names.endpoint_id)
    }

    /// Whether a telephone's name is the agent's.
    fn is_agents(&self, name: &str, names: &Names, region: Region) -> bool {
        match self.calls_from() {
            Some(agent) => are_same(name, &agent, region),
            None => names.phones.iter().any(|phone| phone == name) || is_own_number(name, names, region),
        }
    }

    /// The name of a further party: number or extension, rather than what a telephone signs in by.
    pub(super) fn who(&self, region: Region) -> Option<String> {
        let parties = self.parties();
        let number = |party: &String| PhoneNumber::from_provider(party, region).map(|number| number.to_string());
        let extension = || {
            parties
                .iter()
                .find(|party| party.bytes().all(|byte| byte.is_ascii_digit()))
                .cloned()
        };
        let first = parties.first().cloned();
        parties.iter().find_map(number).or_else(extension).or(first)
    }

    /// Whether the channel at the other end of a bridge rings the account's own agent.
    pub(super) fn is_bridged_to_agent(&self, names: &Names, region: Region) -> bool {
        let other = self.text(&["other_leg_destination_number"]);
        other.is_some_and(|other| self.is_agents(wire::user_of(&other), names, region))
    }

    pub(super) fn id(&self) -> Option<String> {
        self.text(&["call_id", "uuid"])
    }

    pub(super) fn other_leg(&self) -> Option<String> {
        self.text(&["other_leg_call_id", "other_leg"])
    }

    pub(super) fn our_id(&self) -> Option<String> {
        self.sent_with_call(OUR_ID)
    }

    pub(super) fn request_id(&self) -> Option<String> {
        self.variable("origination_call_id")
    }

    pub(super) fn interaction_id(&self) -> Option<String> {
        self.variable("interaction_id")
            .or_else(|| self.variable("call_interaction_id"))
    }

    /// A leg of the platform with itself: no telephone.
    pub(super) fn is_internal(&self) -> bool {
        ["channel_is_loopback", "is_loopback", "is_internal_leg"]
            .iter()
            .any(|name| self.is_true(name))
            || self
                .text(&["channel_name"])
                .is_some_and(|name| name.starts_with("loopback/"))
    }

    pub(super) fn is_answered(&self) -> bool {
        self.is_true("answered")
    }

    /// The platform rings this telephone; otherwise the telephone has called the platform.
    fn is_rung(&self) -> bool {
        self.text(&["call_direction", "direction"])
            .is_none_or(|direction| !direction.eq_ignore_ascii_case("inbound"))
    }

    /// Placed through the API, by us or by a colleague.
    fn is_placed(&self) -> bool {
        let by_endpoint = self
            .variable("authorizing_type")
            .is_some_and(|kind| kind == "clicktocall");
        let ids = [self.id(), self.request_id()];
        let named = ids
            .iter()
            .flatten()
            .any(|id| id.starts_with("c2c-") || id.ends_with("-quickcall") || id.ends_with("-clicktocall"));
        self.our_id().is_some() || by_endpoint || named
    }

    /// The telephone's own names, the most telling first.
    fn parties(&self) -> Vec<String> {
        let user = |name: &str| self.text(&[name]).map(|address| wire::user_of(&address).to_owned());
        let all = if self.is_rung() {
            [
                user("to"),
                user("request"),
                user("destination"),
                user("callee_id_number"),
                user("username"),
                user("presence_id"),
            ]
        } else {
            [
                user("from"),
                user("caller_id_number"),
                user("username"),
                user("presence_id"),
                None,
                None,
            ]
        };
        all.into_iter().flatten().filter(|name| !name.is_empty()).collect()
    }

    /// Whose telephone it is; none where nothing tells.
    pub(super) fn side(&self, names: &Names, region: Region) -> Option<Side> {
        let parties = self.parties();
        let own = |name: &String| self.is_agents(name, names, region);
        let calls_from = self.calls_from();
        // The user of the account is not on a telephone that is another's.
        let user = names.user_id.as_ref().filter(|_| calls_from.is_none());
        let is_agent_known = calls_from.is_some() || !names.phones.is_empty();
        let (first, second) = self.endpoints_sides();
        let called = self.called();
        let is_called = |party: &String| called.as_ref().is_some_and(|called| are_same(party, called, region));
        let is_number = |party: &String| PhoneNumber::from_provider(party, region).is_some();
        let is_extension =
            |party: &String| party.len() <= LONGEST_EXTENSION && party.bytes().all(|byte| byte.is_ascii_digit());
        let is_through_unknown = calls_from.is_none() && called.is_some() && self.is_through_an_unknown_endpoint(names);
        // Told by name from both parties; an agent whose telephone is not known could be anybody.
        let is_further = called.is_some()
            && self.is_rung()
            && is_agent_known
            && self.request_id().is_none()
            && !is_through_unknown
            && !(user.is_some() && self.variable("owner_id").as_ref() == user)
            && parties.iter().any(|party| is_number(party) || is_extension(party))
            && !parties.iter().any(|party| own(party) || is_called(party));
        for party in &parties {
            if own(party) {
                return Some(Side::Agent);
            }
            if Some(party) == first.as_ref() {
                return Some(Side::First);
            }
            if Some(party) == second.as_ref() {
                return Some(Side::Second);
            }
            if self.is_rung() && !is_further && (is_number(party) || is_called(party)) {
                return Some(Side::Customer);
            }
        }
        if is_further {
            return Some(Side::Further);
        }
        // Whom the call is for is known; the other one rung is whoever the endpoint rings.
        if is_through_unknown && self.is_rung() && !parties.is_empty() {
            return Some(Side::Agent);
        }
        let kind = self.variable("authorizing_type").unwrap_or_default();
        if !self.is_rung() {
            // Who calls in comes through a carrier; the account's own telephones sign in.
            return Some(if matches!(kind.as_str(), "device" | "user" | "mobile") {
                Side::Agent
            } else {
                Side::Customer
            });
        }
        let owner = self.variable("owner_id");
        if owner.is_some() && owner.as_ref() == user {
            return Some(Side::Agent);
        }
        // A colleague's extension, called by an agent whose own is known.
        if is_agent_known && self.is_placed() && parties.first().is_some_and(is_extension) {
            return Some(Side::Customer);
        }
        parties.first().map(|_| Side::Agent)
    }

    /// Whom an endpoint's request rings first and whom second.
    fn endpoints_sides(&self) -> (Option<String>, Option<String>) {
        if self.variable("authorizing_type").as_deref() != Some("clicktocall") {
            return (None, None);
        }
        let user = |names: [&str; 2]| {
            names
                .iter()
                .find_map(|name| self.variable(name))
                .map(|address| wire::user_of(&address).to_owned())
                .filter(|user| !user.is_empty())
        };
        let first = user(["from_uri", "from_uri"]);
        let second = user(["loopback_request_uri", "request_uri"]);
        // The variables of a channel are its own; `from_uri` beside them is the channel's, and says something else.
        let has_both = self.0.get("custom_channel_vars").is_some_and(|variables| {
            json_body::member(variables, "from_uri").is_some() && second.is_some() && first != second
        });
        if has_both { (first, second) } else { (None, None) }
    }

    pub(super) fn direction(&self, side: Option<Side>) -> Option<Direction> {
        if self.is_placed() {
            return Some(Direction::Outbound);
        }
        match (side?, self.is_rung()) {
            (Side::Agent, true) | (Side::Customer, false) => Some(Direction::Inbound),
            (Side::Agent, false) | (Side::Customer, true) => Some(Direction::Outbound),
            (Side::First | Side::Second | Side::Further, _) => None,
        }
    }

    /// The customer, as far as this leg names them.
    pub(super) fn customer(&self, side: Option<Side>, names: &Names, region: Region) -> Option<PhoneNumber> {
        let number = |text: String| {
            PhoneNumber::from_provider(&text, region).filter(|number| !names.phones.contains(&number.to_string()))
        };
        let of_this_leg = || self.parties().into_iter().find_map(number);
        match side? {
            Side::Customer => of_this_leg(),
            Side::Agent => self
                .called()
                .and_then(number)
                .or_else(|| self.endpoints_sides().1.and_then(number))
                .or_else(|| self.other_end().and_then(number)),
            Side::Further => self.called().and_then(number),
            // By position the other end may be either party.
            Side::First | Side::Second => None,
        }
    }

    /// Who is at the other end of the agent's own leg.
    fn other_end(&self) -> Option<String> {
        let name = if self.is_rung() { "caller_id_number" } else { "request" };
        self.text(&[name]).map(|address| wire::user_of(&address).to_owned())
    }

    /// The number that the customer sees, or has called.
    pub(super) fn caller_id(&self, side: Option<Side>, region: Region) -> Option<PhoneNumber> {
        if side != Some(Side::Customer) {
            return None;
        }
        let name = if self.is_rung() { "caller_id_number" } else { "request" };
        let text = self.text(&[name])?;
        PhoneNumber::from_provider(wire::user_of(&text), region)
    }

    /// Every name of the agent that the leg holds, the account's own first.
    pub(super) fn agents(&self, side: Option<Side>, names: &Names, region: Region) -> Vec<String> {
        // A carrier's line has a name of its own, which is nobody's.
        let is_carriers = self.variable("authorizing_type").as_deref() == Some("resource");
        let authorizing = self.variable("authorizing_id").filter(|_| !is_carriers);
        let ids = [self.variable("owner_id"), authorizing];
        let parties = if side == Some(Side::Agent) {
            self.parties()
        } else {
            Vec::new()
        };
        let found = parties.into_iter().map(|party| {
            let number = PhoneNumber::from_provider(&party, region);
            number.map_or(party, |number| number.to_string())
        });
        let mut all: Vec<String> = Vec::new();
        for name in found.chain(ids.into_iter().flatten()) {
            if !all.contains(&name) {
                all.push(name);
            }
        }
        let own = names.all();
        all.sort_by_key(|name| !own.contains(name));
        all
    }
}

/// Two spellings of one number, or of one extension. A prefix that a carrier was given makes no other number of it.
fn are_same(party: &str, called: &str, region: Region) -> bool {
    let number = |text: &str| PhoneNumber::from_provider(text, region);
    if party == called || number(party).is_some_and(|party| Some(party) == number(called)) {
        return true;
    }
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let (party, called) = (digits(party), digits(called));
    let ending = called.len().saturating_sub(TELLING_DIGITS);
    called.len() > TELLING_DIGITS && party.ends_with(&called[ending..])
}

fn is_own_number(name: &str, names: &Names, region: Region) -> bool {
    PhoneNumber::from_provider(name, region).is_some_and(|number| names.phones.contains(&number.to_string()))
}

/// `Call-ID` as `call_id`, all the way down.
fn normalised(value: &Value, depth: usize) -> Value {
    match value {
        Value::Object(members) if depth > 0 => {
            let mut all = Map::new();
            for (name, value) in members {
                let name = name.trim().to_lowercase().replace('-', "_");
                let value = normalised(value, depth - 1);
                // Form data name a member of an object as `object[member]`.
                match name.strip_suffix(']').and_then(|name| name.split_once('[')) {
                    Some((object, member)) => {
                        let inner = all.entry(object).or_insert_with(|| Value::Object(Map::new()));
                        if let Some(inner) = inner.as_object_mut() {
                            inner.insert(member.to_owned(), value);
                        }
                    }
                    None => {
                        all.insert(name, value);
                    }
                }
            }
            Value::Object(all)
        }
        // An object within form data may also have been written as text.
        Value::String(text) if depth > 0 && text.starts_with('{') => serde_json::from_str::<Value>(text)
            .ok()
            .filter(Value::is_object)
            .map_or_else(|| value.clone(), |inner| normalised(&inner, depth - 1)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            value.clone()
        }
    }
}
