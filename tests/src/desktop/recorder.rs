//! A notification server that shows nothing and writes down what it is told, and when.

use std::collections::HashMap;
use std::time::Instant;

use anyhow::{Context, Result};
use tokio::sync::mpsc;
use zbus::object_server::SignalEmitter;
use zbus::{Connection, Variant};

use super::{DesktopSession, bus};
use crate::within;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// One `Notify` as it came in.
#[derive(Clone, Debug)]
pub struct Notified {
    pub at: Instant,
    /// The number it was given: its own, or that of the one it replaces.
    pub number: u32,
    pub replaces: bool,
    pub summary: String,
    pub body: String,
    /// Id and label of each.
    pub actions: Vec<(String, String)>,
    /// 1 is normal, 2 critical.
    pub urgency: Option<u8>,
    /// By its name in sound themes.
    pub sound: Option<String>,
    /// The server is to play no sound of its own.
    pub suppresses_sound: bool,
}

/// The server, for as long as it is kept.
#[derive(Debug)]
pub struct Recorder {
    heard: mpsc::UnboundedReceiver<Notified>,
    // The name on the bus ends with it.
    bus: Connection,
}

impl Recorder {
    /// Takes the place of the desktop's notification server, which must have none.
    ///
    /// Errors: somebody else answers to the name.
    pub async fn start(session: &DesktopSession) -> Result<Self> {
        Self::able(session, &["body", "actions"]).await
    }

    /// The same, with these abilities.
    ///
    /// Errors: somebody else answers to the name.
    pub async fn able(session: &DesktopSession, abilities: &'static [&'static str]) -> Result<Self> {
        let (tell, heard) = mpsc::unbounded_channel();
        let bus = bus::connect(session).await?;
        bus.object_server()
            .at(
                PATH,
                Server {
                    tell,
                    last: 0,
                    abilities,
                },
            )
            .await?;
        bus.request_name(NAME).await?;
        Ok(Self { heard, bus })
    }

    /// The next that comes in.
    ///
    /// Errors: none does.
    pub async fn next(&mut self) -> Result<Notified> {
        let next = within("a notification", self.heard.recv()).await?;
        next.context("the server is gone")
    }

    /// Says that the agent has chosen an action.
    ///
    /// Errors: the bus is gone.
    pub async fn choose(&self, number: u32, action: &str) -> Result<()> {
        let server = self.bus.object_server().interface::<_, Server>(PATH).await?;
        Server::action_invoked(server.signal_emitter(), number, action).await?;
        Ok(())
    }

    /// What has come in and nobody has asked for.
    pub fn rest(&mut self) -> Vec<Notified> {
        std::iter::from_fn(|| self.heard.try_recv().ok()).collect()
    }
}

struct Server {
    tell: mpsc::UnboundedSender<Notified>,
    last: u32,
    abilities: &'static [&'static str],
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Server {
    #[allow(clippy::too_many_arguments, reason = "the bus's own method")]
    fn notify(
        &mut self,
        _app_name: String,
        replaces_id: u32,
        _app_icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, Variant<'_>>,
        _expire_timeout: i32,
    ) -> u32 {
        let at = Instant::now();
        let replaces = replaces_id != 0;
        if !replaces {
            self.last += 1;
        }
        let number = if replaces { replaces_id } else { self.last };
        // Nobody asks any more: then the test is over.
        let _ = self.tell.send(Notified {
            at,
            number,
            replaces,
            summary,
            body,
            actions: actions
                .chunks_exact(2)
                .map(|pair| (pair[0].clone(), pair[1].clone()))
                .collect(),
            urgency: match hints.get("urgency") {
                Some(Variant::U8(urgency)) => Some(*urgency),
                _ => None,
            },
            sound: match hints.get("sound-name") {
                Some(Variant::Str(name)) => Some(name.to_string()),
                _ => None,
            },
            suppresses_sound: matches!(hints.get("suppress-sound"), Some(Variant::Bool(true))),
        });
        number
    }

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action_key: &str) -> zbus::Result<()>;

    fn close_notification(&self, _id: u32) {}

    fn get_capabilities(&self) -> Vec<String> {
        self.abilities.iter().map(ToString::to_string).collect()
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("recorder".into(), "Dialdeck".into(), "1".into(), "1.2".into())
    }
}
