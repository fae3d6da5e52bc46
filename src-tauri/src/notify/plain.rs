//! Notifications without buttons that are never replaced: the app speaking of itself.

use notify_rust::Notification;

/// Keeps what is on screen: some servers take a notification away with the connection that posted it.
#[derive(Default)]
pub struct Plain {
    #[cfg(all(unix, not(target_os = "macos")))]
    shown: Vec<notify_rust::NotificationHandle>,
}

impl Plain {
    /// Tells the agent something, once.
    #[cfg(all(unix, not(target_os = "macos")))]
    pub async fn say(&mut self, title: &str, body: &str) {
        // The synchronous calls would panic here: they start a runtime of their own.
        match composed(title, body).show_async().await {
            Ok(handle) => self.shown.push(handle),
            Err(problem) => tracing::warn!(%problem, "no notification server took a notification"),
        }
    }

    /// Tells the agent something, once.
    #[cfg(not(all(unix, not(target_os = "macos"))))]
    pub async fn say(&mut self, title: &str, body: &str) {
        let notification = composed(title, body);
        match tokio::task::spawn_blocking(move || notification.show().map(drop)).await {
            Ok(Ok(())) => {}
            Ok(Err(problem)) => tracing::warn!(%problem, "the system took no notification"),
            Err(problem) => tracing::warn!(%problem, "a notification was not posted"),
        }
    }
}

fn composed(title: &str, body: &str) -> Notification {
    let mut notification = Notification::new();
    notification
        .appname("Dialdeck")
        .summary(title)
        .body(body)
        .icon("dialdeck");
    notification
}
