//! A brand that nobody has: its entry of data is all that it takes.

use std::collections::VecDeque;
use std::sync::Mutex;

use async_trait::async_trait;
use serde_json::{Value, json};
use telephony::{LegState, PhoneNumber, Target};

use super::*;
use crate::acefone::{Acefone, fields};
use crate::{
    AccountSettings, Ask, Body, CallAnswer, CallToEnd, CallToPlace, Capability, Credentials, EndAnswer, ErrorKind,
    HttpReply, HttpRequest, Missing, Provider, Told, TransferOrder, Transport, TransportError, TransportResult,
};

/// Another host, another name of the login, `async` as text, a plus before numbers, and one page beyond calls.
const BRAND: Brand = Brand {
    kind: ProviderKind::AcefoneIn,
    base_url: "https://api.brand.example",
    login_field: "user_name",
    async_is_text: true,
    number_format: "plus",
    pages: Pages {
        transfer: true,
        schedule: false,
        dialer: false,
        people: false,
    },
};

/// Answers from a list and remembers what was sent.
struct Played {
    answers: Mutex<VecDeque<Value>>,
    sent: Mutex<Vec<HttpRequest>>,
}

impl Played {
    fn of(answers: impl IntoIterator<Item = Value>) -> Self {
        Self {
            answers: Mutex::new(answers.into_iter().collect()),
            sent: Mutex::default(),
        }
    }

    fn last(&self) -> (&'static str, String, Value) {
        let request = self.sent.lock().unwrap().pop().expect("something was sent");
        let body = match request.body {
            Body::Json(json) => json,
            Body::JsonWithSecret { json, .. } => json,
            Body::None | Body::SecretJson(_) => Value::Null,
        };
        (request.method, request.url, body)
    }
}

#[async_trait]
impl Transport for Played {
    async fn send(&self, request: HttpRequest) -> TransportResult {
        self.sent.lock().unwrap().push(request);
        let answer = self.answers.lock().unwrap().pop_front();
        let body = answer.ok_or_else(|| TransportError::NotConnected("no answer is left".into()))?;
        Ok(HttpReply {
            status: 200,
            retry_after: None,
            content_type: None,
            body: body.to_string().into_bytes(),
        })
    }
}

fn account(values: &[(&str, &str)], secrets: &[&str]) -> Acefone {
    let settings = AccountSettings {
        kind: BRAND.kind,
        values: values
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
        has_secret: secrets.iter().map(|key| (*key).to_owned()).collect(),
    };
    Acefone::new(BRAND, &settings).unwrap()
}

fn secrets() -> Credentials {
    let pairs = [("api_token", "made.up.token"), ("password", "made-up-password")];
    Credentials::new(
        pairs
            .map(|(key, value)| (key.to_owned(), value.to_owned().into()))
            .into(),
    )
}

fn customer() -> PhoneNumber {
    PhoneNumber::from_e164("+919000000005").unwrap()
}

#[tokio::test]
async fn a_brand_of_nothing_but_data_places_follows_ends_and_hands_on_calls() {
    let provider = account(&[("agent_number", "0602842370077")], &["api_token"]);
    let call = CallToPlace {
        our_id: "ours".into(),
        target: Target::Number(customer()),
        caller_id: None,
        endpoint: None,
        agent_phone: None,
        by_get: false,
    };
    let live = json!([{ "call_id": "1.2", "state": "Answered", "direction": 2, "customer_number": "9000000005" }]);
    let played = Played::of([
        json!({ "success": true, "ref_id": "request-1" }),
        live,
        json!({ "Success": true, "Message": "Transferred" }),
        json!({ "Success": true, "Message": "Hung up" }),
    ]);

    let dial = provider.prepare_call(&call, &secrets()).unwrap();
    let answer = provider.read_call_answer(played.send(dial).await);
    let CallAnswer::Accepted {
        provider_request_id, ..
    } = answer
    else {
        panic!("{answer:?}")
    };
    assert_eq!(provider_request_id.as_deref(), Some("request-1"));
    let (method, url, body) = played.last();
    assert_eq!(
        (method, url.as_str()),
        ("POST", "https://api.brand.example/v1/click_to_call")
    );
    assert_eq!(body["async"], "1");
    assert_eq!(body["destination_number"], "+919000000005");

    let calls = provider.live_calls(&secrets(), &played).await.unwrap();
    assert_eq!(calls[0].agent_leg, Some(LegState::Answered));
    assert_eq!(calls[0].customer, Some(customer()));
    assert_eq!(played.last().1, "https://api.brand.example/v1/live_calls");

    let order = TransferOrder {
        provider_call_id: Some("1.2".into()),
        leg_ids: Vec::new(),
        to: "1003".into(),
        attended: false,
    };
    let told = provider.ask(&Ask::Transfer(order), &secrets(), &played).await.unwrap();
    assert!(matches!(told, Told::Done { .. }), "{told:?}");
    assert_eq!(played.last().1, "https://api.brand.example/v1/call/options");

    let end = CallToEnd {
        provider_call_id: Some("1.2".into()),
        provider_request_id: None,
        leg_ids: Vec::new(),
        our_id: None,
        customer: Some(customer()),
    };
    let ended = provider.end_call(&end, &secrets(), &played).await;
    assert!(matches!(ended, EndAnswer::Accepted), "{ended:?}");
    let (_, url, body) = played.last();
    assert_eq!(url, "https://api.brand.example/v1/call/hangup");
    assert_eq!(body["call_id"], "1.2");
}

#[tokio::test]
async fn it_offers_what_its_pages_have_and_its_form_follows_from_the_same_data() {
    let provider = account(&[("agent_number", "0602842370077")], &["api_token"]);
    let capabilities = provider.capabilities();
    assert!(capabilities.transfer_call.is_available());
    assert_eq!(capabilities.schedule_call, Capability::Missing(Missing::NotOffered));
    let played = Played::of([]);
    let refused = provider.ask(&Ask::AgentStatus, &secrets(), &played).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Unreachable, "asked, and nobody is there");
    let add = Ask::AddDisposition {
        name: "Interested".into(),
        code: "INT".into(),
    };
    let refused = provider.ask(&add, &secrets(), &played).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Unsupported);
    let spec = |key: &str| fields(BRAND).into_iter().find(|spec| spec.key == key).unwrap();
    assert_eq!(spec("base_url").default.as_deref(), Some("https://api.brand.example"));
    assert_eq!(spec("number_format").default.as_deref(), Some("plus"));
    assert!(fields(BRAND).iter().any(|spec| spec.key == "async"));
}

#[tokio::test]
async fn it_signs_in_by_its_own_name_for_the_login() {
    let provider = account(
        &[("agent_number", "0602842370077"), ("login", "asha@example.test")],
        &["password"],
    );
    let played = Played::of([json!({ "success": true, "access_token": "a.b.c", "expires_in": 3600 })]);
    let now = jiff::Timestamp::UNIX_EPOCH;
    provider.open_session(None, &secrets(), &played, now).await.unwrap();
    let (_, url, body) = played.last();
    assert_eq!(url, "https://api.brand.example/v1/auth/login");
    assert_eq!(body["user_name"], "asha@example.test");
}
