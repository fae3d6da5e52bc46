//! A whole engine that is told of sleep and of another network, and a provider whose answers of before never come.
// Helpers outside of test functions may fail as loudly as these do.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use engine::api::{PlaceReply, PlaceRequest, Reply, Request};
use engine::view::Role;
use engine::{Engine, EngineHandle, EngineOptions, Home, Wake};
use providers::{HttpReply, HttpRequest, ProviderKind, Purpose, Transport, TransportError};
use tokio::sync::mpsc;

/// Of a wake, everything that an agent waits for must be known again within this.
const KNOWN_AGAIN: Duration = Duration::from_secs(10);

/// Takes dials, and leaves reads without an answer; says of each read when it came.
struct Silent(mpsc::UnboundedSender<Instant>);

#[async_trait]
impl Transport for Silent {
    async fn send(&self, request: HttpRequest) -> Result<HttpReply, TransportError> {
        match request.purpose {
            Purpose::Read => {
                self.0.send(Instant::now()).unwrap();
                tokio::time::sleep(request.timeout).await;
                Err(TransportError::TimedOut(request.timeout))
            }
            Purpose::Dial | Purpose::End | Purpose::Change => Ok(HttpReply {
                status: 200,
                retry_after: None,
                content_type: Some("application/json".into()),
                body: br#"{"success":true,"message":"Originate successfully queued","ref_id":"r-1"}"#.to_vec(),
            }),
        }
    }
}

async fn start(home: &std::path::Path, reads: mpsc::UnboundedSender<Instant>) -> (EngineHandle, mpsc::Sender<Wake>) {
    let (wake, wakes) = mpsc::channel(4);
    let mut options = EngineOptions::new(Home::under(home), Role::Serve);
    options.environment = Arc::new(|name| (name == "DIALDECK_SECRET_ACE_API_TOKEN").then(|| "made-up".to_owned()));
    options.transport = Some(Arc::new(Silent(reads)));
    options.wakes = Some(wakes);
    let engine = Engine::start(options).await.unwrap();
    let add = Request::AddAccount {
        name: "ace".to_owned(),
        kind: ProviderKind::AcefoneUk,
        set: BTreeMap::from([("agent_number".to_owned(), "+442079460901".to_owned())]),
        secrets: BTreeMap::default(),
    };
    engine.request(add).await.unwrap();
    (engine, wake)
}

async fn place(engine: &EngineHandle) {
    let place = Request::Place(PlaceRequest {
        account: Some("ace".to_owned()),
        target: "+442079460001".to_owned(),
        yes: true,
        ..PlaceRequest::default()
    });
    let reply = engine.request(place).await.unwrap();
    assert!(matches!(reply, Reply::Place(PlaceReply::Placed { .. })), "{reply:?}");
}

#[tokio::test]
async fn a_look_that_was_under_way_is_not_waited_for_after_a_wake() {
    for kind in [Wake::Slept, Wake::NetworkChanged] {
        let home = tempfile::tempdir().unwrap();
        let (told, mut reads) = mpsc::unbounded_channel();
        let (engine, wake) = start(home.path(), told).await;
        place(&engine).await;
        reads.recv().await.unwrap();
        let woken = Instant::now();
        wake.send(kind).await.unwrap();
        let asked_again = tokio::time::timeout(KNOWN_AGAIN, reads.recv()).await;
        let asked_again = asked_again
            .unwrap_or_else(|_| panic!("{kind:?}: nobody asked again"))
            .unwrap();
        assert!(asked_again - woken < KNOWN_AGAIN);
        engine.request(Request::Stop).await.unwrap();
        engine.stopped().await;
    }
}
