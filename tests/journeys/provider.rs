//! A telephone provider on loopback: it plays the Acefone platform and Superfone, and remembers what it was sent.

use std::collections::{BTreeMap, VecDeque};
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Result;
use axum::body::{Body, to_bytes};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, header};
use hyper_util::rt::TokioIo;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// One request as it came in.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    pub path: String,
    /// As it was on the wire.
    pub query: String,
    /// By lower-case name.
    pub headers: BTreeMap<String, String>,
    pub body: Value,
}

/// What a request that dials is answered.
#[derive(Clone, Debug)]
pub enum Answer {
    Json(u16, Value),
    /// The call is placed, and the connection ends before anything is said about it.
    Lost,
    /// The call is placed, and that is said after so long.
    Late(Duration),
}

/// The provider; it runs as long as the test's runtime.
#[derive(Clone)]
pub struct Provider {
    address: String,
    play: Arc<Mutex<Play>>,
}

#[derive(Default)]
struct Play {
    seen: Vec<Seen>,
    /// Answers to the next dials; without one a dial is accepted.
    answers: VecDeque<Answer>,
    /// What `live_calls` lists.
    live: Vec<Value>,
    /// Whether a call that was placed is listed at once.
    unlisted: bool,
    /// By how much its clock is ahead.
    ahead: SignedDuration,
    dialled: usize,
}

/// Ends a connection without an answer.
#[derive(Debug)]
struct Lost;

impl std::fmt::Display for Lost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no answer, as the test wants it")
    }
}

impl std::error::Error for Lost {}

impl Provider {
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = format!("http://{}", listener.local_addr()?);
        let play = Arc::new(Mutex::new(Play::default()));
        let served = play.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let play = served.clone();
                tokio::spawn(async move {
                    let service = service_fn(move |request| serve(play.clone(), request));
                    // An answer that is lost ends the connection with an error, and is meant to.
                    let _ = http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Ok(Self { address, play })
    }

    /// `base_url` of an account of the Acefone family.
    pub fn url(&self) -> &str {
        &self.address
    }

    /// `base_url` of an account of Superfone.
    pub fn superfone_url(&self) -> String {
        format!("{}/superfone", self.address)
    }

    /// The next dials are answered so, in this order.
    pub fn answers(&self, answers: impl IntoIterator<Item = Answer>) {
        self.lock().answers.extend(answers);
    }

    /// Everything that came in for that path; without one, everything.
    pub fn seen(&self, path: &str) -> Vec<Seen> {
        self.lock()
            .seen
            .iter()
            .filter(|seen| path.is_empty() || seen.path == path)
            .cloned()
            .collect()
    }

    /// Every request that places a call.
    pub fn dials(&self) -> Vec<Seen> {
        self.lock().seen.iter().filter(|seen| is_dial(seen)).cloned().collect()
    }

    /// All requests, whatever for.
    pub fn requests(&self) -> usize {
        self.lock().seen.len()
    }

    /// Calls placed from now on are not listed until [`Provider::list`].
    pub fn keep_unlisted(&self) {
        self.lock().unlisted = true;
    }

    /// Its clock goes wrong from now on.
    pub fn clock_is_ahead(&self, by: SignedDuration) {
        self.lock().ahead = by;
    }

    /// `live_calls` lists this from now on.
    pub fn list(&self, live: Vec<Value>) {
        self.lock().live = live;
    }

    fn lock(&self) -> MutexGuard<'_, Play> {
        self.play.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The telephony id that a call to these digits has, as `live_calls` and webhooks name it.
pub fn call_id_of(customer: &str) -> String {
    let digits: String = customer.chars().filter(char::is_ascii_digit).collect();
    format!("1739257917.{digits}")
}

/// A live call as the platform lists it: agent and customer in one field, numbers with a zero in front.
pub fn live_call(call_id: &str, agent: &str, customer: &str, state: &str) -> Value {
    json!({
        "id": 176_363_835, "user_id": 4753, "client_id": null, "call_id": call_id, "direction": 2,
        "source": "+442079460100", "type": "click-to-call", "did": "+442079460100",
        "multiple_destination_type": "c2c", "multiple_destination_name": format!("PJSIP/+{agent}"),
        "destination": format!("{agent},{customer}"), "state": state, "queue_state": null, "channel_id": call_id,
        "sip_domain": "10.0.0.1", "broadcast_id": null, "broadcast_no": null, "call_time": "00:00:02",
        "agent_name": "Agent One", "customer_number": customer,
    })
}

fn is_dial(seen: &Seen) -> bool {
    match seen.path.as_str() {
        "/v1/click_to_call" | "/v1/click_to_call_support" => true,
        "/superfone/api/customer/click-2-call" => !seen.query.contains("call_action=END"),
        _ => false,
    }
}

async fn serve(play: Arc<Mutex<Play>>, request: Request<Incoming>) -> Result<Response<Body>, Lost> {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(Body::new(body), 1 << 20).await.map_err(|_| Lost)?;
    let seen = Seen {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect(),
        body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
    };
    let (answer, ahead) = {
        let mut play = play.lock().unwrap_or_else(PoisonError::into_inner);
        (play.answer(seen), play.ahead)
    };
    let (status, body) = match answer {
        (Answer::Json(status, body), _) => (status, body),
        (Answer::Lost, _) => return Err(Lost),
        (Answer::Late(after), accepted) => {
            tokio::time::sleep(after).await;
            (200, accepted)
        }
    };
    let response = Response::builder()
        .status(status)
        .header(header::DATE, http_date(ahead))
        .header(header::CONTENT_TYPE, "application/json");
    response.body(Body::from(body.to_string())).map_err(|_| Lost)
}

fn http_date(ahead: SignedDuration) -> String {
    let now = Timestamp::now().saturating_add(ahead).unwrap_or(Timestamp::MAX);
    now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

impl Play {
    /// The answer, and what a dial that is accepted would be told.
    fn answer(&mut self, seen: Seen) -> (Answer, Value) {
        let (path, body) = (seen.path.clone(), seen.body.clone());
        let (dial, end) = (is_dial(&seen), seen.query.contains("call_action=END"));
        self.seen.push(seen);
        let say = |body| (Answer::Json(200, body), Value::Null);
        match path.as_str() {
            _ if dial => self.dial(&body, path.starts_with("/superfone")),
            "/superfone/api/customer/click-2-call" if end => say(pushed()),
            "/v1/live_calls" => say(Value::Array(self.live.clone())),
            "/v1/call/hangup" => {
                self.live.retain(|call| call["call_id"] != body["call_id"]);
                say(json!({"Success": true, "Message": "Call hangup successfully"}))
            }
            "/v1/my_number" => say(json!([
                {"id": 10421, "name": "Support line", "alias": "442079460100", "did": "+442079460100",
                 "destination": "department||108000", "destination_name": "Sales"},
                {"id": 10422, "name": "", "alias": "442079460101", "did": "+442079460101",
                 "destination": null, "destination_name": null},
            ])),
            "/v1/users" => say(json!({"has_more": false, "count": 0, "last_seen_id": null, "data": []})),
            _ => (Answer::Json(404, json!({"message": "Not Found"})), Value::Null),
        }
    }

    fn dial(&mut self, body: &Value, superfone: bool) -> (Answer, Value) {
        self.dialled += 1;
        let accepted = if superfone {
            pushed()
        } else {
            json!({"success": true, "message": "Originate successfully queued",
                   "ref_id": format!("3f0a6c1e-8f3e-4a53-9a0a-{:012}", self.dialled)})
        };
        let answer = self.answers.pop_front().unwrap_or(Answer::Json(200, accepted.clone()));
        let placed = match &answer {
            Answer::Json(status, body) => *status == 200 && body["success"] == true,
            Answer::Lost | Answer::Late(_) => true,
        };
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let (agent, customer) = (text("agent_number"), text("destination_number"));
        if placed && !self.unlisted && !customer.is_empty() {
            self.live
                .push(live_call(&call_id_of(&customer), &agent, &customer, "Ringing"));
        }
        (answer, accepted)
    }
}

fn pushed() -> Value {
    json!({"data": {"notificationID": 12345, "sentSuccess": true}, "message": "success"})
}
