//! What passes the desk of alerts on its way to the faces, and what is stored of it.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use store::{CallFilter, StoreError};
use telephony::{CallOutcome, FactKind, Phase, zone_named};

use super::Core;
use super::requests::FIRST_PAGE;
use crate::api::{ApiError, ErrorClass, Reply};
use crate::desks::calls::{CallRecord, notification_of, view_of};
use crate::view::{AttentionView, DisturbWish, Event, NotificationView, Role};

/// The names under which moments are stored.
const SEEN_UP_TO: &str = "alerts_seen_up_to";
const QUIET_UNTIL: &str = "do_not_disturb_until";

/// Longer than this, *do not disturb* is a setting and not a pause.
const QUIETEST_MINUTES: u32 = 7 * 24 * 60;

/// When the day begins that *until tomorrow* means.
const MORNING: Time = Time::constant(8, 0, 0, 0);

impl Core {
    /// Takes up until when nobody is to be disturbed, and what was told in an earlier run.
    pub(super) fn take_up_alerts(&mut self) -> Result<(), StoreError> {
        let moment = |name| -> Result<Option<Timestamp>, StoreError> {
            Ok(self.store.remembered(name)?.and_then(|text| text.parse().ok()))
        };
        self.alerts.take_up(moment(SEEN_UP_TO)?, moment(QUIET_UNTIL)?);
        self.alerts.tick(self.now());
        // Most commands want to know nothing of it.
        if self.role == Role::OneShot {
            return Ok(());
        }
        self.recall_alerts()?;
        let attention = self.attention();
        self.alerts.news(attention);
        Ok(())
    }

    /// What was told in an earlier run follows from the journal and the callbacks.
    pub(super) fn recall_alerts(&mut self) -> Result<(), StoreError> {
        let now = self.now();
        let settings = self.settings();
        // The earliest first: a later call settles what an earlier one has left.
        for stored in self.store.calls(&latest())?.into_iter().rev() {
            let mut record = CallRecord::from_stored(stored, now);
            self.dress(&mut record);
            let view = view_of(&record, self.accounts.by_id(&record.stored.row.account_id), now);
            let settled = matches!(view.phase, Phase::Ended | Phase::Unconfirmed);
            if settled && view.outcome != Some(CallOutcome::Cancelled) {
                let told = notification_of(&record, &view);
                self.alerts
                    .remember(&told, told_at(&record), view.customer.clone(), &settings);
            }
            self.alerts.hear_call(&view);
        }
        for (at, reminder) in self.callbacks.reminded(now) {
            self.alerts.remember(&reminder, at, None, &settings);
        }
        // How accounts stand at the start is on their page; what stops working from now on is told.
        self.alerts.hear_accounts(&self.account_lines());
        self.alerts.know_due(self.callbacks.counts(now));
        Ok(())
    }

    /// Tells every face, once the desk of alerts has heard of it.
    pub(super) fn tell(&mut self, event: Event) {
        let now = self.now();
        let settled = match &event {
            Event::Notification { notification } => {
                return self.tell_notification(NotificationView::clone(notification));
            }
            Event::Call { call } => self.alerts.hear_call(call),
            Event::Callback { callback } => {
                self.alerts.know_due(self.callbacks.counts(now));
                self.alerts.hear_callback(callback)
            }
            Event::Alert { .. }
            | Event::Attention { .. }
            | Event::Account { .. }
            | Event::AccountRemoved { .. }
            | Event::Contacts
            | Event::ImportProgress { .. }
            | Event::Settings { .. }
            | Event::Status { .. }
            | Event::ShowWindow { .. }
            | Event::ShowQuickDial { .. }
            | Event::Stopping => Vec::new(),
        };
        self.events.tell(event);
        for alert in settled {
            self.events.tell(Event::Alert { alert: Box::new(alert) });
        }
    }

    fn tell_notification(&mut self, notification: NotificationView) {
        let customer = self
            .calls
            .get(&notification.call)
            .and_then(|record| record.stored.row.customer.clone());
        let settings = self.settings();
        let now = self.now();
        if let Some((notification, alert)) = self.alerts.take(notification, customer, &settings, now) {
            self.events.tell(Event::Notification {
                notification: Box::new(notification),
            });
            self.events.tell(Event::Alert { alert: Box::new(alert) });
        }
    }

    /// Looks at what no event brings, and tells what waits for the agent where that has changed.
    pub(super) fn tell_attention(&mut self, now: Timestamp) {
        let lines = self.account_lines();
        for notification in self.alerts.hear_accounts(&lines) {
            self.tell_notification(notification);
        }
        if self.alerts.tick(now) {
            self.remember_moment(QUIET_UNTIL, None);
        }
        let attention = self.attention();
        if let Some(attention) = self.alerts.news(attention) {
            self.events.tell(Event::Attention { attention });
        }
    }

    pub(super) fn attention(&self) -> AttentionView {
        self.alerts.attention(|at| {
            let (zone, now) = (self.own_zone(), self.now());
            let (wall, today) = (zone.to_datetime(at), zone.to_datetime(now).date());
            if wall.date() == today {
                wall.strftime("%H:%M").to_string()
            } else {
                wall.strftime("%a %H:%M").to_string()
            }
        })
    }

    /// The agent has looked at alerts.
    pub(super) fn see_alerts(&mut self, up_to: Timestamp, now: Timestamp) -> Reply {
        if let Some(seen) = self.alerts.see(up_to, now) {
            self.remember_moment(SEEN_UP_TO, Some(seen));
        }
        Reply::Attention(self.attention())
    }

    /// Nothing is to disturb for a while, or may again.
    pub(super) fn do_not_disturb(&mut self, span: DisturbWish, now: Timestamp) -> Result<Reply, ApiError> {
        let until = match span {
            DisturbWish::Off => None,
            DisturbWish::Minutes(minutes) if (1..=QUIETEST_MINUTES).contains(&minutes) => {
                now.saturating_add(SignedDuration::from_mins(minutes.into())).ok()
            }
            DisturbWish::Minutes(minutes) => {
                let error = ApiError::new(ErrorClass::Usage, "do_not_disturb_span");
                return Err(error.with("minutes", minutes).with("most", QUIETEST_MINUTES));
            }
            DisturbWish::Tomorrow => Some(tomorrow(now, &self.own_zone())),
        };
        self.alerts.set_quiet(until);
        self.remember_moment(QUIET_UNTIL, until);
        Ok(Reply::Attention(self.attention()))
    }

    /// Where it cannot be stored it holds for this run.
    fn remember_moment(&self, name: &str, moment: Option<Timestamp>) {
        let text = moment.map(|moment| moment.to_string());
        if let Err(error) = self.store.remember(name, text.as_deref()) {
            tracing::warn!(%error, name, "a moment could not be stored");
        }
    }

    fn own_zone(&self) -> TimeZone {
        let own = self.seams.clock.zone();
        own.and_then(|name| zone_named(&name)).unwrap_or(TimeZone::UTC)
    }
}

/// Tomorrow morning on the clock of a zone.
fn tomorrow(now: Timestamp, zone: &TimeZone) -> Timestamp {
    let today = zone.to_datetime(now).date();
    let morning = today.saturating_add(1.day()).to_datetime(MORNING);
    zone.to_timestamp(morning).unwrap_or(now)
}

/// When what is last told of a call was told: by this machine's clock, as alerts of a running call are.
fn told_at(record: &CallRecord) -> Timestamp {
    let facts = record.stored.facts.iter();
    let ended = facts
        .filter(|fact| fact.kind == FactKind::CallEnded)
        .map(|fact| fact.received_at)
        .min();
    ended.unwrap_or(record.state_since)
}

fn latest() -> CallFilter {
    CallFilter {
        limit: FIRST_PAGE,
        since: None,
        contact: None,
    }
}
