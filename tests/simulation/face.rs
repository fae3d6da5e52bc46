//! The window of a history: it hears all that its engine tells, and keeps what was put on the screen.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, ensure};
use engine::api::{Reply, Request};
use engine::view::{CallView, CallbackView, Event, NotificationView, Numbered};
use engine::{EngineHandle, words};
use tokio::sync::broadcast::error::RecvError;

use crate::world::World;

/// All that was put on the screen in all lives, in its order.
#[derive(Default)]
pub struct Face(Mutex<Vec<Seen>>);

enum Seen {
    Notification(NotificationView),
    /// How the card of a call read when the window opened.
    Card {
        call: String,
        headline: String,
    },
}

impl Face {
    /// Listens to an engine for as long as it lives.
    pub fn listen(self: &Arc<Self>, world: &Arc<World>, engine: &EngineHandle) {
        let mut events = engine.subscribe();
        let (face, world, life, engine) = (self.clone(), world.clone(), world.life(), engine.clone());
        tokio::spawn(async move {
            let opened = engine.request(Request::Snapshot).await;
            // An engine runs for as long as somebody may ask it something.
            drop(engine);
            if let Ok(Reply::Snapshot(snapshot)) = opened {
                face.see(snapshot.status.calls.iter().chain(&snapshot.history).map(Seen::card));
            }
            loop {
                let notification = match events.recv().await {
                    Ok(Numbered {
                        event: Event::Notification { notification },
                        ..
                    }) => notification,
                    Ok(_) | Err(RecvError::Lagged(_)) => continue,
                    Err(RecvError::Closed) => return,
                };
                if !world.is_alive(life) {
                    return;
                }
                world.tell(|| {
                    format!(
                        "shown: {} {}",
                        notification.title,
                        notification.body.replace('\n', ", ")
                    )
                });
                face.see([Seen::Notification(*notification)]);
            }
        });
    }

    fn see(&self, seen: impl IntoIterator<Item = Seen>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(seen);
    }

    /// What happens to a call is put on the screen once: no notification says what the one before it has said, unless
    /// the card told otherwise in between. A crash may swallow a notification of what was written down already.
    pub fn repeats_nothing(&self) -> Result<()> {
        let mut last: BTreeMap<String, NotificationView> = BTreeMap::new();
        for seen in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            match seen {
                Seen::Card { call, headline } => {
                    if last.get(call).is_some_and(|shown| !shown.body.starts_with(headline)) {
                        last.remove(call);
                    }
                }
                // That an account stops working is told each time that it does.
                Seen::Notification(shown) if !shown.call.is_empty() => {
                    let before = last.insert(shown.call.clone(), shown.clone());
                    let says = |shown: &NotificationView| (shown.title.clone(), shown.body.clone(), shown.urgent);
                    let same = before.is_some_and(|before| says(&before) == says(shown));
                    ensure!(!same, "the same was shown twice: {shown:#?}");
                }
                Seen::Notification(_) => {}
            }
        }
        Ok(())
    }

    /// Of each callback one reminder is shown, and none is forgotten; unless the program crashed in the middle of it, and
    /// that is said.
    pub fn reminds_once(&self, callbacks: &[CallbackView]) -> Result<()> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for callback in callbacks {
            let of_callback = |seen: &&Seen| matches!(seen, Seen::Notification(shown) if shown.callback.as_ref() == Some(&callback.id));
            let reminders = seen.iter().filter(of_callback).count();
            ensure!(reminders <= 1, "{reminders} reminders of one callback: {callback:#?}");
            ensure!(
                reminders == 1 || !callback.due || callback.reminder_unsure,
                "no reminder of a callback whose time has come: {callback:#?}"
            );
        }
        Ok(())
    }
}

impl Seen {
    fn card(call: &CallView) -> Self {
        Self::Card {
            call: call.id.clone(),
            headline: words::sentence(&call.headline),
        }
    }
}
