use serde_json::json;

use super::*;
use crate::view::AlertSettings;

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + minute * 60).unwrap()
}

fn settings() -> SettingsView {
    let value = json!({
        "theme": "system", "notifications": true, "close_to_tray_said": false, "allow_premium": false,
        "allow_satellite": false, "allow_personal": false, "allow_shared_cost": false,
    });
    serde_json::from_value(value).unwrap()
}

fn with(alerts: AlertSettings) -> SettingsView {
    SettingsView { alerts, ..settings() }
}

fn asha() -> PhoneNumber {
    "+442079460001".to_owned().try_into().unwrap()
}

fn of(id: &str, kind: AlertKind) -> NotificationView {
    NotificationView {
        id: id.into(),
        call: id.into(),
        kind,
        title: "Asha Rao".into(),
        ..NotificationView::default()
    }
}

/// A call with Asha as the engine would show it.
fn call(id: &str, phase: &str, minute: i64) -> CallView {
    let leg = json!({"state": "idle", "known": "assumed"});
    let value = json!({
        "id": id, "account": "desk", "provider": "sandbox", "direction": "outbound", "target": asha(),
        "customer": asha(), "phase": phase, "legs": {"agent": leg, "customer": leg, "others": []},
        "dial_order": "agent_first", "provider_ids": {"leg_ids": []}, "requested_at": at(minute),
        "has_recording": false, "connected_at_known": "assumed", "headline": {"key": "Connected"},
        "state_since": at(minute), "end": "none", "can_end": true, "can_check_again": false,
        "can_mark_ended": false, "dismissed": false, "sandbox": true,
        "shown": {"national": "", "international": ""},
    });
    serde_json::from_value(value).unwrap()
}

fn attention(desk: &AlertsDesk) -> AttentionView {
    desk.attention(|at| at.to_string())
}

fn missed_at(desk: &mut AlertsDesk, id: &str, minute: i64) {
    desk.take(of(id, AlertKind::Missed), Some(asha()), &settings(), at(minute));
}

#[test]
fn each_kind_is_told_as_its_setting_says() {
    let alerts = AlertSettings {
        progress: AlertMode::Off,
        ended: AlertMode::Silent,
        ..AlertSettings::default()
    };
    let mut desk = AlertsDesk::default();
    let mut mode = |kind, settings: &SettingsView| {
        let told = desk.take(of("c", kind), None, settings, at(0));
        told.map(|(notification, _)| notification.mode)
    };
    assert_eq!(mode(AlertKind::Progress, &with(alerts.clone())), None);
    assert_eq!(mode(AlertKind::Ended, &with(alerts.clone())), Some(AlertMode::Silent));
    assert_eq!(mode(AlertKind::Missed, &with(alerts.clone())), Some(AlertMode::Sound));
    let quiet = AlertSettings {
        sounds: false,
        ..alerts
    };
    assert_eq!(mode(AlertKind::Missed, &with(quiet)), Some(AlertMode::PopUp));
    let without = SettingsView {
        notifications: false,
        ..settings()
    };
    assert_eq!(mode(AlertKind::Missed, &without), Some(AlertMode::Silent));
}

#[test]
fn one_call_has_one_entry_and_the_latest_comes_first() {
    let mut desk = AlertsDesk::default();
    desk.take(of("a", AlertKind::Incoming), None, &settings(), at(0));
    desk.take(of("b", AlertKind::Progress), None, &settings(), at(1));
    desk.take(of("a", AlertKind::Missed), None, &settings(), at(2));
    let told: Vec<_> = desk.views().into_iter().map(|alert| (alert.id, alert.kind)).collect();
    assert_eq!(
        told,
        [("a".into(), AlertKind::Missed), ("b".into(), AlertKind::Progress)]
    );
}

#[test]
fn the_list_does_not_grow_for_ever() {
    let mut desk = AlertsDesk::default();
    (0..1000).for_each(|minute| missed_at(&mut desk, &minute.to_string(), minute));
    assert_eq!(desk.views().len(), KEPT);
    assert_eq!(desk.views()[0].id, "999");
}

#[test]
fn nobody_is_disturbed_but_by_a_callback_that_is_marked_important() {
    let mut desk = AlertsDesk::default();
    desk.set_quiet(Some(at(30)));
    let (held, alert) = desk.take(of("a", AlertKind::Missed), None, &settings(), at(0)).unwrap();
    assert_eq!((held.mode, held.held_back), (AlertMode::Silent, true));
    assert!(alert.held_back, "what was held back is in the list");
    let callback = NotificationView {
        critical: true,
        ..of("b", AlertKind::Callback)
    };
    let (told, _) = desk.take(callback, None, &settings(), at(1)).unwrap();
    assert_eq!((told.mode, told.held_back), (AlertMode::Sound, false));
    let (told, _) = desk
        .take(of("c", AlertKind::Missed), None, &settings(), at(30))
        .unwrap();
    assert_eq!(told.mode, AlertMode::Sound, "it ends by itself");
}

#[test]
fn the_time_without_disturbance_is_over_once() {
    let mut desk = AlertsDesk::default();
    desk.set_quiet(Some(at(30)));
    assert_eq!(desk.next_tick(), Some(at(30)));
    assert!(!desk.tick(at(29)));
    assert!(attention(&desk).do_not_disturb.is_some());
    assert!(desk.tick(at(30)));
    assert!(!desk.tick(at(31)));
    assert_eq!(attention(&desk).do_not_disturb_until, None);
}

#[test]
fn missed_calls_count_until_they_are_looked_at() {
    let mut desk = AlertsDesk::default();
    missed_at(&mut desk, "a", 0);
    missed_at(&mut desk, "b", 1);
    desk.take(of("c", AlertKind::Progress), None, &settings(), at(2));
    assert_eq!((attention(&desk).missed, attention(&desk).unseen), (2, 3));
    assert_eq!(desk.see(at(0), at(5)), Some(at(0)));
    assert_eq!(attention(&desk).missed, 1);
    assert_eq!(desk.see(at(0), at(5)), None, "nothing new to store");
    assert_eq!(desk.see(at(60), at(5)), Some(at(5)), "what is to come is not seen");
    assert_eq!(attention(&desk).unseen, 0);
}

#[test]
fn somebody_who_was_talked_with_later_is_not_missed_any_more() {
    let mut desk = AlertsDesk::default();
    missed_at(&mut desk, "a", 10);
    assert_eq!(desk.hear_call(&call("earlier", "connected", 5)), []);
    assert_eq!(desk.hear_call(&call("b", "ringing_customer", 11)), []);
    assert_eq!(attention(&desk).missed, 1);
    assert_eq!(desk.hear_call(&call("b", "connected", 11)).len(), 1);
    assert_eq!(attention(&desk).missed, 0);
}

#[test]
fn a_card_that_was_put_away_was_looked_at() {
    let mut desk = AlertsDesk::default();
    missed_at(&mut desk, "a", 10);
    let put_away = CallView {
        dismissed: true,
        ..call("a", "ended", 9)
    };
    assert_eq!(desk.hear_call(&put_away).len(), 1);
    assert_eq!(attention(&desk).missed, 0);
}

#[test]
fn an_account_is_told_of_when_it_stops_working_and_not_again_until_it_has_worked() {
    let line = |health| AccountHealth {
        name: "desk".into(),
        provider: providers::ProviderKind::Sandbox,
        health,
        attention: None,
    };
    let mut desk = AlertsDesk::default();
    assert_eq!(desk.hear_accounts(&[line(Health::Ok)]), []);
    assert_eq!(desk.hear_accounts(&[line(Health::Failing)]).len(), 1);
    assert_eq!(desk.hear_accounts(&[line(Health::Failing)]), []);
    assert_eq!(desk.hear_accounts(&[line(Health::Ok)]), []);
    assert_eq!(desk.hear_accounts(&[line(Health::Failing)]).len(), 1);
}

#[test]
fn faces_are_told_only_what_has_changed() {
    let mut desk = AlertsDesk::default();
    assert_eq!(desk.news(AttentionView::default()), None);
    missed_at(&mut desk, "a", 0);
    let attention = attention(&desk);
    assert_eq!(desk.news(attention.clone()), Some(attention.clone()));
    assert_eq!(desk.news(attention), None);
}
