//! What the shell stands on, told to the engine's doctor: who shows notifications and tray icons on this desktop.

use std::collections::BTreeMap;

use engine::EngineHandle;
use engine::api::Request;
use engine::view::{CheckState, FaceCheck, Words};
use futures_util::StreamExt;
use zbus::Connection;
use zbus::fdo::DBusProxy;

const NOTIFICATIONS: &str = "org.freedesktop.Notifications";
const TRAY: &str = "org.kde.StatusNotifierWatcher";

#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications"
)]
trait Server {
    fn get_server_information(&self) -> zbus::Result<(String, String, String, String)>;

    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;
}

/// Tells the engine now and whenever it changes, as long as there is a session bus.
pub async fn watch(engine: EngineHandle) {
    if let Err(problem) = follow(&engine).await {
        tracing::warn!(%problem, "what shows notifications and tray icons cannot be followed");
        let checks = ["notifications", "tray"].map(|name| check(name, CheckState::Warning, "no_bus", BTreeMap::new()));
        tell(&engine, checks.into()).await;
    }
}

async fn follow(engine: &EngineHandle) -> zbus::Result<()> {
    let connection = Connection::session().await?;
    let bus = DBusProxy::new(&connection).await?;
    let mut notifiers = bus.receive_name_owner_changed_with_args(&[(0, NOTIFICATIONS)]).await?;
    let mut trays = bus.receive_name_owner_changed_with_args(&[(0, TRAY)]).await?;
    loop {
        let checks = vec![notifications(&connection, &bus).await?, tray(&bus).await?];
        tell(engine, checks).await;
        tokio::select! {
            Some(_) = notifiers.next() => {}
            Some(_) = trays.next() => {}
            else => return Ok(()),
        }
    }
}

async fn tell(engine: &EngineHandle, checks: Vec<FaceCheck>) {
    // An engine that has ended asks no doctor.
    let _ = engine.request(Request::ReportChecks { checks }).await;
}

async fn notifications(connection: &Connection, bus: &DBusProxy<'_>) -> zbus::Result<FaceCheck> {
    let none = BTreeMap::new();
    if !bus.name_has_owner(NOTIFICATIONS.try_into()?).await? {
        let can_start = bus.list_activatable_names().await?;
        let can_start = can_start.iter().any(|name| name.as_str() == NOTIFICATIONS);
        return Ok(match can_start {
            true => check("notifications", CheckState::Ok, "on_demand", none),
            false => check("notifications", CheckState::Warning, "none", none),
        });
    }
    let server = ServerProxy::new(connection).await?;
    let (Ok((name, _, version, _)), Ok(abilities)) =
        (server.get_server_information().await, server.get_capabilities().await)
    else {
        return Ok(check("notifications", CheckState::Warning, "silent", none));
    };
    let has_buttons = abilities.iter().any(|ability| ability == "actions");
    let params = BTreeMap::from([("name".to_owned(), name), ("version".to_owned(), version)]);
    let state = if has_buttons { "ok" } else { "no_buttons" };
    Ok(check("notifications", CheckState::Ok, state, params))
}

async fn tray(bus: &DBusProxy<'_>) -> zbus::Result<FaceCheck> {
    let none = BTreeMap::new();
    Ok(match bus.name_has_owner(TRAY.try_into()?).await? {
        true => check("tray", CheckState::Ok, "ok", none),
        false => check("tray", CheckState::Warning, "none", none),
    })
}

/// A check in the words `doctor.NAME.WHAT`; where it is not in order, with `doctor.NAME.WHAT_hint`.
fn check(name: &str, state: CheckState, what: &str, params: BTreeMap<String, String>) -> FaceCheck {
    let words = |key| Words {
        key,
        params: params.clone(),
    };
    FaceCheck {
        check: name.to_owned(),
        state,
        message: words(format!("doctor.{name}.{what}")),
        hint: (state != CheckState::Ok).then(|| words(format!("doctor.{name}.{what}_hint"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_told_has_words() {
        for (name, what) in [
            ("notifications", "on_demand"),
            ("notifications", "ok"),
            ("notifications", "no_buttons"),
            ("tray", "ok"),
        ] {
            let key = check(name, CheckState::Ok, what, BTreeMap::new()).message.key;
            assert!(engine::words::find(&key).is_some(), "{key}");
        }
        for (name, what) in [
            ("notifications", "none"),
            ("notifications", "silent"),
            ("notifications", "no_bus"),
            ("tray", "none"),
            ("tray", "no_bus"),
        ] {
            let check = check(name, CheckState::Warning, what, BTreeMap::new());
            let hint = check.hint.unwrap().key;
            for key in [check.message.key, hint] {
                assert!(engine::words::find(&key).is_some(), "{key}");
            }
        }
    }
}
