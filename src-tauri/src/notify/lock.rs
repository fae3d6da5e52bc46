//! Whether the screen is locked, as far as anybody says: desktops tell it on the session bus (ActiveChanged of their
//! screen saver), systemd's logind on the system bus (LockedHint of the session).
//!
//! A desktop that tells neither leaves it unknown. Nothing is guessed from that.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::sync::mpsc;
use zbus::message::Type;
use zbus::{Connection, MatchRule, MessageStream, Proxy};

use super::Order;

/// Who is asked once at the start; each tells of changes under its own name.
const SAVERS: [&str; 5] = [
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.xfce.ScreenSaver",
    "org.cinnamon.ScreenSaver",
    "org.mate.ScreenSaver",
];
/// A saver that does not answer may still tell of changes.
const PATIENCE: Duration = Duration::from_secs(2);
const LOGIND: &str = "org.freedesktop.login1";

/// What each source said last: the screen is locked while one of them says so.
#[derive(Debug, Default)]
pub struct Locks(BTreeMap<String, bool>);

impl Locks {
    /// A source says how it is; gives what follows of all of them.
    pub fn hear(&mut self, source: &str, locked: bool) -> bool {
        self.0.insert(source.to_owned(), locked);
        self.0.values().any(|locked| *locked)
    }
}

/// Tells whether the screen is locked, for as long as anybody listens.
pub async fn watch(own: mpsc::UnboundedSender<Order>) {
    let (tell, mut told) = mpsc::unbounded_channel();
    let sources = [tokio::spawn(savers(tell.clone())), tokio::spawn(logind(tell))];
    let mut locks = Locks::default();
    while let Some((source, locked)) = told.recv().await {
        if own.send(Order::Locked(locks.hear(&source, locked))).is_err() {
            break;
        }
    }
    sources.iter().for_each(tokio::task::JoinHandle::abort);
}

type Tell = mpsc::UnboundedSender<(String, bool)>;

/// That nobody tells is no mistake: then it stays unknown.
async fn savers(tell: Tell) -> zbus::Result<()> {
    let bus = Connection::session().await?;
    let rule = MatchRule::builder()
        .msg_type(Type::Signal)
        .member("ActiveChanged")
        .build()?;
    let mut changes = MessageStream::for_match_rule(rule, &bus, None).await?;
    let owners = zbus::fdo::DBusProxy::new(&bus).await?;
    for saver in SAVERS {
        // Asked only where it is there: a call would start it.
        if owners.name_has_owner(saver.try_into()?).await.unwrap_or(false) {
            let path = format!("/{}", saver.replace('.', "/"));
            let asked = bus.call_method(Some(saver), path.as_str(), Some(saver), "GetActive", &());
            let told = tokio::time::timeout(PATIENCE, asked).await;
            if let Ok(Ok(told)) = told
                && let Ok(locked) = told.body().deserialize::<bool>()
            {
                // Whoever would hear of it is gone: then so is this task.
                let _ = tell.send((saver.to_owned(), locked));
            }
        }
    }
    while let Some(change) = changes.next().await {
        let change = change?;
        let header = change.header();
        let Some(interface) = header.interface().map(ToString::to_string) else {
            continue;
        };
        if let (true, Ok(locked)) = (
            SAVERS.contains(&interface.as_str()),
            change.body().deserialize::<bool>(),
        ) {
            let _ = tell.send((interface, locked));
        }
    }
    Ok(())
}

async fn logind(tell: Tell) -> zbus::Result<()> {
    let bus = Connection::system().await?;
    let path = "/org/freedesktop/login1/session/auto";
    let session = Proxy::new(&bus, LOGIND, path, "org.freedesktop.login1.Session").await?;
    let mut changes = session.receive_property_changed::<bool>("LockedHint").await;
    while let Some(change) = changes.next().await {
        let locked = change.get().await?;
        let _ = tell.send((LOGIND.to_owned(), locked));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_screen_is_locked_while_one_of_those_who_know_says_so() {
        let mut locks = Locks::default();
        assert!(!locks.hear("org.gnome.ScreenSaver", false));
        assert!(locks.hear(LOGIND, true));
        assert!(locks.hear("org.gnome.ScreenSaver", false));
        assert!(!locks.hear(LOGIND, false));
    }
}
