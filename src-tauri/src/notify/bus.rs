//! Notifications of calls on the session bus, over one connection that lives as long as the app.
//!
//! A server may tell an action only to the connection that posted the latest version, so notifications that have
//! buttons and are replaced must all come from one; `notify-rust` opens one for each.

use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::time::Duration;

use engine::view::{AlertKind, AlertMode, AlertText, NotificationView};
use futures_util::StreamExt;
use tauri::image::Image;
use tokio::sync::mpsc;
use zbus::{Connection, Structure, Variant};

use super::{DEFAULT_ACTION, Heard, NotifierView, Order, Subject};

/// A server that does not answer must not keep later notifications back.
const PATIENCE: Duration = Duration::from_secs(3);
/// `NotificationClosed` by the agent, as the specification numbers it.
const CLOSED_BY_AGENT: u32 = 2;
/// How long a notification stays is the server's matter …
const SERVER_DECIDES: i32 = -1;
/// … but for what is about now: it stays until it is over.
const UNTIL_OVER: i32 = 0;
const PICTURE: Image<'static> = tauri::include_image!("../icons/48x48.png");

#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications"
)]
trait Notifications {
    #[expect(clippy::too_many_arguments, reason = "the bus's own method")]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: &HashMap<&str, Variant<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;

    fn close_notification(&self, id: u32) -> zbus::Result<()>;

    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;

    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    fn notification_closed(&self, id: u32, reason: u32) -> zbus::Result<()>;
}

/// The notifications that are on screen.
pub struct Board {
    own: mpsc::UnboundedSender<Order>,
    server: Option<Server>,
    /// What is up, by the server's number.
    up: HashMap<u32, Up>,
    /// Closed by the agent: told again only by what matters.
    waved_off: HashSet<String>,
    /// The last one could not be shown: our own pop-ups are.
    nobody_shows: bool,
}

/// What became of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posted {
    Done,
    /// There is no server, or it shows no buttons.
    NobodyShows,
}

struct Server {
    proxy: NotificationsProxy<'static>,
    takes_markup: bool,
    shows_buttons: bool,
    plays_sounds: bool,
}

struct Up {
    view: NotificationView,
    text: AlertText,
}

impl Board {
    /// Nothing is asked of the bus before the first notification.
    #[must_use]
    pub fn new(own: mpsc::UnboundedSender<Order>) -> Self {
        Self {
            own,
            server: None,
            up: HashMap::new(),
            waved_off: HashSet::new(),
            nobody_shows: false,
        }
    }

    /// Puts up a notification, in place of the earlier one with its id; one that is not fresh only in its place.
    pub async fn post(&mut self, view: &NotificationView, text: &AlertText, is_fresh: bool) -> Posted {
        if self.waved_off.contains(&view.id) && !view.important {
            return Posted::Done;
        }
        let replaces = self.number_of(&view.id);
        self.nobody_shows = true;
        let Some(server) = self.server().await.filter(|server| server.shows_buttons) else {
            return Posted::NobodyShows;
        };
        if !is_fresh && replaces == 0 {
            self.nobody_shows = false;
            return Posted::Done;
        }
        let Some(number) = in_time(server.notify(view, text, replaces)).await else {
            // Perhaps the bus went away with its session: the next one starts anew.
            self.server = None;
            return Posted::NobodyShows;
        };
        self.nobody_shows = false;
        self.up.remove(&replaces);
        self.waved_off.remove(&view.id);
        self.up.insert(
            number,
            Up {
                view: view.clone(),
                text: text.clone(),
            },
        );
        Posted::Done
    }

    /// Whether one with this id may be up: here, or where our own are shown because nobody else shows any.
    #[must_use]
    pub fn may_show(&self, id: &str) -> bool {
        self.nobody_shows || self.number_of(id) != 0
    }

    /// Replaces what is up where it should say something else now.
    pub async fn say_again(&mut self, text: impl Fn(&NotificationView) -> AlertText) {
        let Some(server) = &self.server else { return };
        for (number, up) in &mut self.up {
            let text = text(&up.view);
            if text != up.text && in_time(server.notify(&up.view, &text, *number)).await.is_some() {
                up.text = text;
            }
        }
    }

    /// What the server says it can do.
    pub async fn describe(&mut self) -> NotifierView {
        let server = self.server().await;
        NotifierView {
            reachable: server.is_some(),
            buttons: server.is_some_and(|server| server.shows_buttons),
            sounds: server.is_some_and(|server| server.plays_sounds),
            tells_lock: false,
        }
    }

    /// Takes all of them away.
    pub async fn clear(&mut self) {
        let numbers: Vec<u32> = self.up.drain().map(|(number, _)| number).collect();
        let Some(server) = &self.server else { return };
        for number in numbers {
            in_time(server.proxy.close_notification(number)).await;
        }
    }

    /// What the agent chose, and about what, if it was a choice.
    pub fn hear(&mut self, heard: Heard) -> Option<(Subject, String)> {
        match heard {
            Heard::Chosen { number, action } => Some((Subject::of(&self.up.get(&number)?.view), action)),
            Heard::Closed { number, by_agent } => {
                let up = self.up.remove(&number)?;
                if by_agent {
                    self.waved_off.insert(up.view.id);
                }
                None
            }
        }
    }

    /// The server's number of what is up under this id; 0 stands for none.
    fn number_of(&self, id: &str) -> u32 {
        self.up
            .iter()
            .find(|(_, up)| up.view.id == id)
            .map_or(0, |(number, _)| *number)
    }

    async fn server(&mut self) -> Option<&Server> {
        if self.server.is_none() {
            // Numbers belong to the server that gave them.
            self.up.clear();
            self.server = in_time(Server::reach(self.own.clone())).await;
        }
        self.server.as_ref()
    }
}

impl Server {
    async fn reach(own: mpsc::UnboundedSender<Order>) -> zbus::Result<Self> {
        let proxy = NotificationsProxy::new(&Connection::session().await?).await?;
        let mut chosen = proxy.receive_action_invoked().await?;
        let mut closed = proxy.receive_notification_closed().await?;
        tokio::spawn(async move {
            loop {
                let heard = tokio::select! {
                    // A chosen action closes its notification: it has to be heard first.
                    biased;
                    Some(signal) = chosen.next() => signal.args().ok().map(|told| {
                        Heard::Chosen { number: told.id, action: told.action_key.to_owned() }
                    }),
                    Some(signal) = closed.next() => signal.args().ok().map(|told| {
                        Heard::Closed { number: told.id, by_agent: told.reason == CLOSED_BY_AGENT }
                    }),
                    else => return,
                };
                if heard.is_some_and(|heard| own.send(Order::Heard(heard)).is_err()) {
                    return;
                }
            }
        });
        let abilities = proxy.get_capabilities().await?;
        let can = |ability: &str| abilities.iter().any(|name| name == ability);
        Ok(Self {
            takes_markup: can("body-markup"),
            shows_buttons: can("actions"),
            plays_sounds: can("sound"),
            proxy,
        })
    }

    async fn notify(&self, view: &NotificationView, text: &AlertText, replaces: u32) -> zbus::Result<u32> {
        let body = if self.takes_markup {
            escaped(&text.body)
        } else {
            text.body.clone()
        };
        let actions = actions(view);
        let actions: Vec<&str> = actions.iter().map(String::as_str).collect();
        let sound = match view.mode {
            AlertMode::Sound => ("sound-name", Variant::from(sound_of(view.kind))),
            AlertMode::Off | AlertMode::Silent | AlertMode::PopUp => ("suppress-sound", Variant::Bool(true)),
        };
        let hints = HashMap::from([
            // 1 normal, 2 critical: only a critical one breaks through the desktop's own "do not disturb".
            ("urgency", Variant::U8(if view.critical { 2 } else { 1 })),
            sound,
            ("category", Variant::from("call")),
            ("desktop-entry", Variant::from("Dialdeck")),
            ("image-data", Variant::Structure(picture()?)),
        ]);
        self.proxy
            .notify(
                "Dialdeck",
                replaces,
                "dialdeck",
                &text.title,
                &body,
                &actions,
                &hints,
                if view.urgent { UNTIL_OVER } else { SERVER_DECIDES },
            )
            .await
    }
}

/// By the names that sound themes go by.
fn sound_of(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::Incoming => "phone-incoming-call",
        AlertKind::Missed => "message-new-instant",
        AlertKind::Progress => "message",
        AlertKind::Ended => "phone-hangup",
        AlertKind::Failed => "dialog-error",
        AlertKind::Callback => "alarm-clock-elapsed",
        AlertKind::Account => "dialog-warning",
    }
}

/// Ids and labels in turn, as the bus wants them, with the click on the notification itself.
fn actions(view: &NotificationView) -> Vec<String> {
    let default = (DEFAULT_ACTION.to_owned(), String::new());
    let named = view.actions.iter().filter(|(id, _)| id != DEFAULT_ACTION).cloned();
    std::iter::once(default)
        .chain(named)
        .flat_map(|(id, label)| [id, label])
        .collect()
}

/// A name must not become markup.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The app's picture as the specification wants it: (width, height, row bytes, alpha, bits, channels, bytes).
fn picture() -> zbus::Result<Structure<'static>> {
    let (width, height) = (PICTURE.width().cast_signed(), PICTURE.height().cast_signed());
    let picture = Structure::builder()
        .add_field(width)
        .add_field(height)
        .add_field(width * 4)
        .add_field(true)
        .add_field(8_i32)
        .add_field(4_i32)
        .add_field(PICTURE.rgba().to_vec())
        .build()?;
    Ok(picture)
}

/// What the bus answers, or nothing when it fails or takes too long.
async fn in_time<T>(answer: impl Future<Output = zbus::Result<T>>) -> Option<T> {
    match tokio::time::timeout(PATIENCE, answer).await {
        Ok(Ok(value)) => Some(value),
        Ok(Err(problem)) => {
            tracing::warn!(%problem, "the notification server refused");
            None
        }
        Err(_) => {
            tracing::warn!("the notification server does not answer");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn board() -> Board {
        let mut board = Board::new(mpsc::unbounded_channel().0);
        board.up.insert(
            7,
            Up {
                view: view(&[]),
                text: AlertText::default(),
            },
        );
        board
    }

    fn view(actions: &[(&str, &str)]) -> NotificationView {
        NotificationView {
            id: "n1".into(),
            call: "c1".into(),
            actions: actions
                .iter()
                .map(|(id, label)| ((*id).to_owned(), (*label).to_owned()))
                .collect(),
            ..NotificationView::default()
        }
    }

    #[test]
    fn each_kind_sounds_different() {
        let sounds: HashSet<_> = AlertKind::ALL.into_iter().map(sound_of).collect();
        assert_eq!(sounds.len(), AlertKind::ALL.len());
    }

    #[test]
    fn a_chosen_action_is_told_with_its_call() {
        let heard = Heard::Chosen {
            number: 7,
            action: "end".into(),
        };
        assert_eq!(board().hear(heard), Some((Subject::Call("c1".into()), "end".into())));
    }

    #[test]
    fn what_other_programs_posted_is_not_ours() {
        assert_eq!(
            board().hear(Heard::Chosen {
                number: 8,
                action: "end".into()
            }),
            None
        );
    }

    #[test]
    fn the_same_notification_is_replaced_and_another_is_not() {
        assert_eq!(board().number_of("n1"), 7);
        assert_eq!(board().number_of("n2"), 0);
    }

    #[test]
    fn only_what_the_agent_closed_counts_as_waved_off() {
        let mut expired = board();
        expired.hear(Heard::Closed {
            number: 7,
            by_agent: false,
        });
        assert!(expired.waved_off.is_empty());
        let mut closed = board();
        closed.hear(Heard::Closed {
            number: 7,
            by_agent: true,
        });
        assert!(closed.waved_off.contains("n1"));
    }

    #[test]
    fn a_click_opens_even_where_there_are_no_buttons() {
        assert_eq!(actions(&view(&[])), ["default", ""]);
        assert_eq!(actions(&view(&[("end", "End")])), ["default", "", "end", "End"]);
    }

    #[test]
    fn a_name_never_becomes_markup() {
        assert_eq!(escaped("<b>Rao</b> & Sons"), "&lt;b&gt;Rao&lt;/b&gt; &amp; Sons");
    }
}
