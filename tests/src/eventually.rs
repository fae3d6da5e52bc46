//! Waiting for what must come, by looking for it: as short as it takes, never longer than a deadline.

use std::future::Future;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use tokio::time::{Instant, sleep, timeout};

/// Long enough for a machine that is busy with other things; what has not come by then will not come.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How long one look may take before it is made anew: an answer can be lost while the other side is starting.
const ONE_LOOK: Duration = Duration::from_secs(20);

/// Looks again and again until `look` finds something.
///
/// Errors: it found nothing within [`PATIENCE`]; the message names `what`.
pub async fn eventually<T>(what: &str, look: impl AsyncFnMut() -> Option<T>) -> Result<T> {
    look_for(PATIENCE, what, look).await
}

async fn look_for<T>(patience: Duration, what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> Result<T> {
    let deadline = Instant::now() + patience;
    loop {
        // One look may hang as well: a peer that never answers must not outlast the deadline.
        let found = timeout(deadline.saturating_duration_since(Instant::now()).min(ONE_LOOK), look()).await;
        if let Ok(Some(found)) = found {
            return Ok(found);
        }
        if Instant::now() >= deadline {
            return Err(anyhow!("waited {patience:?} in vain: {what}"));
        }
        sleep(Duration::from_millis(20)).await;
    }
}

/// Awaits one thing that must be over within [`PATIENCE`].
///
/// Errors: it was not over in time; the message names `what`.
pub async fn within<T>(what: &str, work: impl Future<Output = T>) -> Result<T> {
    timeout(PATIENCE, work)
        .await
        .with_context(|| format!("not over within {} s: {what}", PATIENCE.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_comes_later_is_found_without_waiting_for_the_deadline() {
        let mut looks = 0;
        let found = eventually("the third look", async || {
            looks += 1;
            (looks == 3).then_some(looks)
        });
        assert_eq!(found.await.expect("it comes"), 3);
    }

    #[tokio::test]
    async fn what_never_comes_is_named_even_if_a_look_hangs() {
        let short = Duration::from_millis(50);
        let error = look_for(short, "a call from nobody", async || None::<()>)
            .await
            .expect_err("it never comes");
        assert!(error.to_string().contains("a call from nobody"));
        let error = look_for(short, "a look that hangs", async || {
            std::future::pending::<Option<()>>().await
        })
        .await;
        assert!(error.expect_err("it hangs").to_string().contains("a look that hangs"));
    }
}
