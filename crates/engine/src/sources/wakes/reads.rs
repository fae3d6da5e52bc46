//! Reads that were under way when the machine fell asleep or its network became another one.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use providers::{HttpReply, HttpRequest, Purpose, Transport, TransportError};

use super::Bell;

/// How long a read may still take after a wake: its connection may be dead without anybody having said so, and whatever
/// waits for it waits for nothing. A new one is soon made.
const AFTER_WAKE: Duration = Duration::from_secs(3);

/// A transport that gives up reads soon after a wake. What may leave only once runs to its own end: to give it up would
/// make no new one of it.
pub(crate) struct ReadsAwake {
    transport: Arc<dyn Transport>,
    bell: Bell,
}

impl ReadsAwake {
    pub(crate) fn new(transport: Arc<dyn Transport>, bell: Bell) -> Self {
        Self { transport, bell }
    }
}

#[async_trait]
impl Transport for ReadsAwake {
    async fn send(&self, request: HttpRequest) -> Result<HttpReply, TransportError> {
        match request.purpose {
            Purpose::Dial | Purpose::End | Purpose::Change => return self.transport.send(request).await,
            Purpose::Read => {}
        }
        let mut ear = self.bell.ear();
        let gone_stale = async {
            ear.next().await;
            tokio::time::sleep(AFTER_WAKE).await;
        };
        tokio::select! {
            biased;
            answer = self.transport.send(request) => answer,
            () = gone_stale => Err(TransportError::Broken("the machine slept, or its network is another one".into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use providers::Body;
    use tokio::time::Instant;

    use super::*;
    use crate::sources::wakes::Wake;

    /// Answers after ten seconds.
    struct Slow;

    #[async_trait]
    impl Transport for Slow {
        async fn send(&self, _: HttpRequest) -> Result<HttpReply, TransportError> {
            tokio::time::sleep(Duration::from_secs(10)).await;
            Ok(HttpReply {
                status: 200,
                retry_after: None,
                content_type: None,
                body: Vec::new(),
            })
        }
    }

    fn request(purpose: Purpose) -> HttpRequest {
        HttpRequest {
            purpose,
            method: "GET",
            url: "http://127.0.0.1:9/".into(),
            headers: Vec::new(),
            secret_headers: Vec::new(),
            body: Body::None,
            timeout: Duration::from_secs(15),
        }
    }

    /// Whether it was answered, and after how many seconds, where the bell rang a second after it had begun.
    async fn sent(purpose: Purpose, wake: Option<Wake>) -> (bool, u64) {
        let bell = Bell::new();
        // What came before is none of a new request's concern.
        bell.ring(Wake::Slept);
        let transport = ReadsAwake::new(Arc::new(Slow), bell.clone());
        let begun = Instant::now();
        let ring = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            if let Some(wake) = wake {
                bell.ring(wake);
            }
        };
        let (answer, ()) = tokio::join!(transport.send(request(purpose)), ring);
        (answer.is_ok(), begun.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn a_read_is_given_up_three_seconds_after_a_wake() {
        assert_eq!(sent(Purpose::Read, None).await, (true, 10));
        for wake in [Wake::Slept, Wake::NetworkChanged] {
            assert_eq!(sent(Purpose::Read, Some(wake)).await, (false, 4), "{wake:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_leaves_once_runs_to_its_end() {
        for purpose in [Purpose::Dial, Purpose::End, Purpose::Change] {
            assert_eq!(sent(purpose, Some(Wake::Slept)).await, (true, 10), "{purpose:?}");
        }
    }
}
