//! The window of a history: it hears all that its engine tells, and keeps what was put on the screen.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, ensure};
use engine::EngineHandle;
use engine::view::{CallbackView, Event, NotificationView};
use tokio::sync::broadcast::error::RecvError;

use crate::world::World;

/// All notifications of all lives, in their order.
#[derive(Default)]
pub struct Face(Mutex<Vec<NotificationView>>);

impl Face {
    /// Listens to an engine for as long as it lives.
    pub fn listen(self: &Arc<Self>, world: &Arc<World>, engine: &EngineHandle) {
        let mut events = engine.subscribe();
        let (face, world, life) = (self.clone(), world.clone(), world.life());
        tokio::spawn(async move {
            loop {
                let notification = match events.recv().await {
                    Ok(Event::Notification { notification }) => notification,
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
                let mut shown = face.0.lock().unwrap_or_else(PoisonError::into_inner);
                shown.push(notification);
            }
        });
    }

    fn all(&self) -> Vec<NotificationView> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What happens to a call is put on the screen once: no notification says what the one before it has said.
    pub fn repeats_nothing(&self) -> Result<()> {
        let mut last: BTreeMap<String, NotificationView> = BTreeMap::new();
        for shown in self.all().into_iter().filter(|shown| shown.callback.is_none()) {
            let before = last.insert(shown.call.clone(), shown.clone());
            let says = |shown: &NotificationView| (shown.title.clone(), shown.body.clone(), shown.urgent);
            let same = before.is_some_and(|before| says(&before) == says(&shown));
            ensure!(!same, "the same was shown twice: {shown:#?}");
        }
        Ok(())
    }

    /// Of each callback one reminder is shown, and none is forgotten; unless the program crashed in the middle of it, and
    /// that is said.
    pub fn reminds_once(&self, callbacks: &[CallbackView]) -> Result<()> {
        let shown = self.all();
        for callback in callbacks {
            let of_callback = |shown: &&NotificationView| shown.callback.as_deref() == Some(callback.id.as_str());
            let reminders = shown.iter().filter(of_callback).count();
            ensure!(reminders <= 1, "{reminders} reminders of one callback: {callback:#?}");
            ensure!(
                reminders == 1 || !callback.due || callback.reminder_unsure,
                "no reminder of a callback whose time has come: {callback:#?}"
            );
        }
        Ok(())
    }
}
