//! The desk of alerts: what the agent is told of, how loudly, and what of it was looked at.
//!
//! Everything that the other desks would put on the screen passes here. It is told as the settings and *do not disturb*
//! say, and kept in a list, so that nothing that was held back or waved away is lost. The list itself is not stored: after
//! a restart it follows from the journal and the callbacks. Stored are two moments: up to which alerts were looked at, and
//! until when nobody is to be disturbed.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::Timestamp;
use telephony::{CallbackState, PhoneNumber};

use crate::view::{
    AccountHealth, AlertKind, AlertMode, AlertText, AlertView, AttentionView, CallView, CallbackCounts, CallbackView,
    Health, NotificationView, SettingsView, Words,
};
use crate::words;

/// Entries of the list: the earliest go first.
const KEPT: usize = 200;

/// What was told, and whether it may be told loudly now.
#[derive(Debug, Default)]
pub(crate) struct AlertsDesk {
    /// The latest first.
    alerts: VecDeque<Alert>,
    seen_up_to: Option<Timestamp>,
    /// Nothing disturbs before then.
    quiet_until: Option<Timestamp>,
    /// Accounts that do not work, with what was said of each.
    troubled: BTreeMap<String, Option<Words>>,
    due: u32,
    /// What faces know.
    told: AttentionView,
}

#[derive(Debug)]
struct Alert {
    view: AlertView,
    /// Whose call it was.
    customer: Option<PhoneNumber>,
}

impl AlertsDesk {
    /// What was stored of an earlier run.
    pub(crate) fn take_up(&mut self, seen_up_to: Option<Timestamp>, quiet_until: Option<Timestamp>) {
        self.seen_up_to = seen_up_to;
        self.quiet_until = quiet_until;
    }

    /// Something was told in an earlier run.
    pub(crate) fn remember(
        &mut self,
        notification: &NotificationView,
        at: Timestamp,
        customer: Option<PhoneNumber>,
        settings: &SettingsView,
    ) {
        if settings.alerts.mode(notification.kind) != AlertMode::Off {
            self.put(notification, at, customer);
        }
    }

    /// Decides how something is told, and keeps it; none where the agent wants to hear nothing of its kind.
    pub(crate) fn take(
        &mut self,
        mut notification: NotificationView,
        customer: Option<PhoneNumber>,
        settings: &SettingsView,
        now: Timestamp,
    ) -> Option<(NotificationView, AlertView)> {
        notification.mode = mode_of(notification.kind, settings);
        if notification.mode == AlertMode::Off {
            return None;
        }
        if self.is_quiet(now) && !notification.critical && notification.mode > AlertMode::Silent {
            notification.mode = AlertMode::Silent;
            notification.held_back = true;
        }
        let alert = self.put(&notification, now, customer);
        Some((notification, alert))
    }

    fn put(&mut self, notification: &NotificationView, at: Timestamp, customer: Option<PhoneNumber>) -> AlertView {
        let known = self.alerts.iter().position(|alert| alert.view.id == notification.id);
        // What was held back once was not seen popping up, whatever came after it.
        let was_held = known.and_then(|place| self.alerts.remove(place));
        let was_held = was_held.is_some_and(|alert| alert.view.held_back && !self.is_seen(&alert.view));
        let of_call = |id: &String| !id.is_empty();
        let view = AlertView {
            id: notification.id.clone(),
            kind: notification.kind,
            at,
            title: notification.title.clone(),
            body: notification.body.clone(),
            discreet: notification.discreet.clone(),
            call: Some(notification.call.clone()).filter(of_call),
            callback: notification.callback.clone(),
            account: notification.account.clone(),
            seen: false,
            held_back: notification.held_back || was_held,
        };
        let place = self.alerts.partition_point(|known| known.view.at > at);
        self.alerts.insert(
            place,
            Alert {
                view: view.clone(),
                customer,
            },
        );
        self.alerts.truncate(KEPT);
        view
    }

    /// What became of a call settles what was told before: who was talked with is not missed any more, and a card that was
    /// put away was looked at.
    pub(crate) fn hear_call(&mut self, call: &CallView) -> Vec<AlertView> {
        let reached = call.reached();
        self.settle(|alert| {
            let is_own = alert.view.call.as_deref() == Some(call.id.as_str());
            let put_away = is_own && call.dismissed;
            let made_good = alert.view.kind == AlertKind::Missed
                && !is_own
                && alert.view.at <= call.requested_at
                && reached.is_some_and(|number| alert.customer.as_ref() == Some(number));
            put_away || made_good
        })
    }

    /// A callback that was closed or put off has been looked at.
    pub(crate) fn hear_callback(&mut self, callback: &CallbackView) -> Vec<AlertView> {
        let settled = callback.state != CallbackState::Open || !callback.due;
        self.settle(|alert| settled && alert.view.callback.as_deref() == Some(callback.id.as_str()))
    }

    /// How the accounts are now; gives what is to be told of those that have stopped working.
    pub(crate) fn hear_accounts(&mut self, accounts: &[AccountHealth]) -> Vec<NotificationView> {
        let failing = |account: &&AccountHealth| account.health == Health::Failing;
        let troubled: BTreeMap<String, Option<Words>> = accounts
            .iter()
            .filter(failing)
            .map(|account| (account.name.clone(), account.attention.clone()))
            .collect();
        let told: BTreeSet<String> = self.troubled.keys().cloned().collect();
        self.troubled = troubled;
        let new = self.troubled.iter().filter(|(name, _)| !told.contains(*name));
        new.map(|(name, attention)| account_notification(name, attention.as_ref()))
            .collect()
    }

    /// The agent has looked at everything up to a moment.
    pub(crate) fn see(&mut self, up_to: Timestamp, now: Timestamp) -> Option<Timestamp> {
        // A moment that is still to come would hide what comes before it.
        let up_to = up_to.min(now);
        if self.seen_up_to.is_some_and(|seen| seen >= up_to) {
            return None;
        }
        self.seen_up_to = Some(up_to);
        self.seen_up_to
    }

    /// Until when nobody is to be disturbed.
    pub(crate) fn set_quiet(&mut self, until: Option<Timestamp>) {
        self.quiet_until = until;
    }

    /// Whether nobody is to be disturbed now.
    pub(crate) fn is_quiet(&self, now: Timestamp) -> bool {
        self.quiet_until.is_some_and(|until| now < until)
    }

    /// The time is over in which nobody was to be disturbed.
    pub(crate) fn tick(&mut self, now: Timestamp) -> bool {
        self.quiet_until.take_if(|until| *until <= now).is_some()
    }

    /// When there is something to do without anything coming in.
    pub(crate) fn next_tick(&self) -> Option<Timestamp> {
        self.quiet_until
    }

    /// How many callbacks are due.
    pub(crate) fn know_due(&mut self, counts: CallbackCounts) {
        self.due = counts.due;
    }

    /// The latest first.
    pub(crate) fn views(&self) -> Vec<AlertView> {
        self.alerts.iter().map(|alert| alert.view.clone()).collect()
    }

    /// What waits for the agent; `clock` writes a moment as the agent's clock shows it.
    pub(crate) fn attention(&self, clock: impl Fn(Timestamp) -> String) -> AttentionView {
        let unseen = || self.alerts.iter().filter(|alert| !self.is_seen(&alert.view));
        AttentionView {
            missed: count(unseen().filter(|alert| alert.view.kind == AlertKind::Missed)),
            due: self.due,
            unseen: count(unseen()),
            seen_up_to: self.seen_up_to,
            do_not_disturb_until: self.quiet_until,
            do_not_disturb: self.quiet_until.map(|until| Words {
                key: "attention.quiet_until".into(),
                params: BTreeMap::from([("time".to_owned(), clock(until))]),
            }),
        }
    }

    /// What faces are to be told, if they know it otherwise.
    pub(crate) fn news(&mut self, attention: AttentionView) -> Option<AttentionView> {
        if attention == self.told {
            return None;
        }
        self.told = attention.clone();
        Some(attention)
    }

    fn is_seen(&self, view: &AlertView) -> bool {
        view.seen || self.seen_up_to.is_some_and(|seen| view.at <= seen)
    }

    /// Marks alerts that the agent has seen to; gives those that were not marked before.
    fn settle(&mut self, is_settled: impl Fn(&Alert) -> bool) -> Vec<AlertView> {
        let mut settled = Vec::new();
        for alert in &mut self.alerts {
            if !alert.view.seen && is_settled(alert) {
                alert.view.seen = true;
                settled.push(alert.view.clone());
            }
        }
        settled
    }
}

/// How a kind is told while anything may disturb.
fn mode_of(kind: AlertKind, settings: &SettingsView) -> AlertMode {
    let wanted = settings.alerts.mode(kind);
    match wanted {
        AlertMode::PopUp | AlertMode::Sound if !settings.notifications => AlertMode::Silent,
        AlertMode::Sound if !settings.alerts.sounds => AlertMode::PopUp,
        AlertMode::Off | AlertMode::Silent | AlertMode::PopUp | AlertMode::Sound => wanted,
    }
}

fn account_notification(name: &str, attention: Option<&Words>) -> NotificationView {
    let say = |key| words::say(key, &BTreeMap::new());
    let body = attention.map_or_else(|| say("tray.line.account_needs_you"), words::sentence);
    NotificationView {
        id: format!("account-{name}"),
        account: Some(name.to_owned()),
        kind: AlertKind::Account,
        title: name.to_owned(),
        // The name of an account is the agent's own.
        discreet: AlertText {
            title: name.to_owned(),
            body: body.clone(),
        },
        body,
        actions: vec![("open".to_owned(), say("notification.open_account"))],
        important: true,
        ..NotificationView::default()
    }
}

fn count<T>(of: impl Iterator<Item = T>) -> u32 {
    u32::try_from(of.count()).unwrap_or(u32::MAX)
}
