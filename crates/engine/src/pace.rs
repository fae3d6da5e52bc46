//! Requests kept to the pace that a provider bears. A dial and an end never wait; they only count.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use providers::{HttpReply, HttpRequest, Pace, Purpose, Transport, TransportError};
use tokio::time::Instant;

/// How far each account is ahead of its pace.
#[derive(Default)]
pub(crate) struct Paces {
    buckets: Mutex<HashMap<String, Arc<Mutex<Bucket>>>>,
}

struct Bucket {
    tokens: f64,
    since: Instant,
}

impl Paces {
    /// The transport as one account may use it.
    pub(crate) fn paced(&self, account_id: &str, pace: Pace, transport: Arc<dyn Transport>) -> Arc<dyn Transport> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry(account_id.to_owned()).or_insert_with(|| {
            Arc::new(Mutex::new(Bucket {
                tokens: f64::from(pace.burst),
                since: Instant::now(),
            }))
        });
        Arc::new(Paced {
            bucket: bucket.clone(),
            pace,
            transport,
        })
    }
}

struct Paced {
    bucket: Arc<Mutex<Bucket>>,
    pace: Pace,
    transport: Arc<dyn Transport>,
}

impl Paced {
    /// Takes one token, also one that is not there yet, and says how long to wait until it is.
    fn take(&self) -> Duration {
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let earned = now.duration_since(bucket.since).as_secs_f64() * self.pace.per_second;
        bucket.tokens = (bucket.tokens + earned).min(f64::from(self.pace.burst)) - 1.0;
        bucket.since = now;
        if bucket.tokens >= 0.0 || self.pace.per_second <= 0.0 {
            return Duration::ZERO;
        }
        Duration::from_secs_f64((-bucket.tokens / self.pace.per_second).min(60.0))
    }
}

#[async_trait]
impl Transport for Paced {
    async fn send(&self, request: HttpRequest) -> Result<HttpReply, TransportError> {
        let wait = self.take();
        match request.purpose {
            Purpose::Dial | Purpose::End | Purpose::Change => {}
            Purpose::Read if wait.is_zero() => {}
            Purpose::Read => tokio::time::sleep(wait).await,
        }
        self.transport.send(request).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Answers;

    #[async_trait]
    impl Transport for Answers {
        async fn send(&self, _: HttpRequest) -> Result<HttpReply, TransportError> {
            Ok(HttpReply {
                status: 200,
                retry_after: None,
                content_type: None,
                body: Vec::new(),
            })
        }
    }

    /// One account as two visits see it: both draw from the same bucket.
    fn visits(pace: Pace) -> [Paced; 2] {
        let bucket = Arc::new(Mutex::new(Bucket {
            tokens: f64::from(pace.burst),
            since: Instant::now(),
        }));
        [0, 1].map(|_| Paced {
            bucket: bucket.clone(),
            pace,
            transport: Arc::new(Answers),
        })
    }

    #[test]
    fn what_comes_at_once_waits_its_turn() {
        let [one, other] = visits(Pace {
            burst: 2,
            per_second: 0.1,
        });
        assert_eq!(one.take(), Duration::ZERO);
        assert_eq!(other.take(), Duration::ZERO);
        let (third, fourth) = (one.take(), other.take());
        assert!(
            third > Duration::from_secs(8) && third <= Duration::from_secs(10),
            "{third:?}"
        );
        assert!(fourth > Duration::from_secs(18), "{fourth:?}");
    }

    #[tokio::test]
    async fn a_dial_never_waits() {
        let [account, _] = visits(Pace {
            burst: 0,
            per_second: 0.001,
        });
        let request = HttpRequest {
            purpose: Purpose::Dial,
            method: "GET",
            url: String::new(),
            headers: Vec::new(),
            secret_headers: Vec::new(),
            body: providers::Body::None,
            timeout: Duration::from_secs(1),
        };
        let sent = tokio::time::timeout(Duration::from_secs(5), account.send(request)).await;
        assert!(sent.is_ok_and(|sent| sent.is_ok()));
    }
}
