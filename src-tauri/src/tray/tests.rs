use std::collections::BTreeMap;

use engine::view::{
    AccountView, CallView, CallbackView, ContactListView, DisturbWish, Event, Health, Role, SearchRow, Snapshot,
    StatusView, Words,
};
use serde_json::json;

use super::*;

/// A call as the engine would show it.
fn call(id: &str, phase: &str, target: &str, minute: u8) -> CallView {
    let leg = json!({"state": "idle", "known": "assumed"});
    // Only what is never null.
    let value = json!({
        "id": id, "account": "desk", "provider": "sandbox", "direction": "outbound", "target": target, "phase": phase,
        "legs": {"agent": leg, "customer": leg, "others": []}, "dial_order": "agent_first",
        "provider_ids": {"leg_ids": []}, "requested_at": format!("2026-03-02T10:{minute:02}:00Z"),
        "has_recording": false, "connected_at_known": "assumed", "headline": {"key": "Connected"},
        "state_since": "2026-03-02T10:00:00Z", "end": "none", "can_end": true, "can_check_again": false,
        "can_mark_ended": false, "dismissed": false, "sandbox": true,
        "shown": {"national": format!("0{}", &target[3..]), "international": target},
    });
    serde_json::from_value(value).unwrap()
}

fn of(name: &str, call: CallView) -> CallView {
    let contact = json!({"id": name, "name": name, "company": null});
    CallView {
        contact: serde_json::from_value(contact).unwrap(),
        ..call
    }
}

fn account(name: &str, health: Health) -> AccountView {
    AccountView {
        name: name.into(),
        id: name.into(),
        provider: providers::ProviderKind::Sandbox,
        provider_name: "Sandbox".into(),
        sandbox: true,
        default: true,
        settings: BTreeMap::new(),
        secrets: Vec::new(),
        missing: Vec::new(),
        fields: Vec::new(),
        capabilities: nothing_special(),
        default_endpoint: None,
        push_callbacks: false,
        dial_order: telephony::DialOrder::AgentFirst,
        agent: None,
        caller_id: None,
        dids: Vec::new(),
        health,
        attention: None,
        hook: None,
        phone_checked: true,
    }
}

fn nothing_special() -> providers::Capabilities {
    providers::Capabilities::none(providers::Missing::NotOffered)
}

fn state(accounts: &[AccountView], calls: &[CallView]) -> State {
    let status = StatusView {
        version: "0".into(),
        pid: 1,
        role: Role::Desktop,
        calls: Vec::new(),
        accounts: Vec::new(),
        keychain: engine::view::KeychainState::Ok,
        listener: None,
        listener_problem: None,
        attention: engine::view::AttentionView::default(),
    };
    State::of(&Snapshot {
        told: 0,
        status,
        accounts: accounts.to_vec(),
        history: calls.to_vec(),
        settings: settings(false),
        drafts: BTreeMap::new(),
        callbacks: Vec::new(),
        callback_counts: engine::view::CallbackCounts::default(),
        alerts: Vec::new(),
    })
}

fn settings(privacy: bool) -> engine::view::SettingsView {
    let value = json!({
        "theme": "system", "notifications": true, "close_to_tray_said": false, "allow_premium": false,
        "allow_satellite": false, "allow_personal": false, "allow_shared_cost": false, "privacy": privacy,
        "quick_dial": engine::view::QuickDialSettings::default(),
    });
    serde_json::from_value(value).unwrap()
}

fn due(id: &str, name: &str) -> CallbackView {
    let value = json!({
        "id": id, "target": ASHA, "name": name, "due_at": "2026-03-02T10:00:00Z", "zone": "Europe/London",
        "local_time": "2026-03-02T10:00", "customer_local_time": [], "push": {"state": "none"}, "state": "open",
        "remind_at": "2026-03-02T10:00:00Z", "due": true, "overdue": false, "warnings": [], "calls": [],
        "made_at": "2026-03-01T10:00:00Z", "changed_at": "2026-03-01T10:00:00Z",
        "shown": {"national": "", "international": ""},
    });
    serde_json::from_value(value).unwrap()
}

fn favourite(contact: &str, name: &str) -> SearchRow {
    let value = json!({
        "contact": contact, "name": name, "number": BEN, "national": "020 7946 0002", "favourite": true,
    });
    serde_json::from_value(value).unwrap()
}

fn attention(state: &mut State, missed: u32, due: u32) {
    let attention = engine::view::AttentionView {
        missed,
        due,
        ..engine::view::AttentionView::default()
    };
    state.hear(&Event::Attention { attention });
}

fn labels(items: &[Item]) -> Vec<&str> {
    items
        .iter()
        .map(|item| match item {
            Item::Line(text) => text.as_str(),
            Item::Entry { label, .. } | Item::More { label, .. } => label.as_str(),
            Item::Separator => "",
        })
        .collect()
}

fn more<'a>(items: &'a [Item], wanted: &str) -> &'a [Item] {
    items
        .iter()
        .find_map(|item| match item {
            Item::More { label, items, .. } if label == wanted => Some(items.as_slice()),
            Item::Line(_) | Item::Entry { .. } | Item::More { .. } | Item::Separator => None,
        })
        .unwrap_or_else(|| panic!("no {wanted} in {items:?}"))
}

fn again(call: &str, label: &str) -> Item {
    Item::Entry {
        choice: Choice::Again { call: call.into() },
        label: label.into(),
    }
}

fn entry(choice: Choice, label: &str) -> Item {
    Item::Entry {
        choice,
        label: label.into(),
    }
}

const ASHA: &str = "+442079460001";
const BEN: &str = "+442079460002";

#[test]
fn the_menu_of_a_quiet_desk_offers_the_last_calls_by_name_or_number() {
    let calls = [call("b", "ended", BEN, 2), of("Asha Rao", call("a", "ended", ASHA, 1))];
    let menu = menu(&state(&[account("desk", Health::Ok)], &calls));
    assert_eq!(
        labels(&menu),
        [
            "Ready – desk",
            "",
            "Quick dial…",
            "Call 02079460002",
            "Call Asha Rao",
            "",
            "Do not disturb",
            "Hide names and numbers",
            "",
            "Open Dialdeck",
            "Go to",
            "Quit",
        ]
    );
    assert!(menu.contains(&again("a", "Call Asha Rao")));
    let quiet = more(&menu, "Do not disturb");
    assert_eq!(labels(quiet), ["For 30 minutes", "For 1 hour", "Until tomorrow"]);
}

#[test]
fn during_a_call_the_first_line_says_how_it_stands_and_quit_says_that_it_goes_on() {
    let calls = [of("Asha Rao", call("a", "connected", ASHA, 1))];
    let state = state(&[account("desk", Health::Ok)], &calls);
    assert_eq!(mark(&state), Mark::InCall);
    let menu = menu(&state);
    assert_eq!(labels(&menu)[0], "Asha Rao: Connected");
    assert_eq!(menu.last(), Some(&entry(Choice::Quit, "Quit (the call goes on)")));
}

#[test]
fn what_waits_stands_in_menu_and_tooltip_and_shapes_the_icon() {
    let mut state = state(&[account("desk", Health::Ok)], &[]);
    assert_eq!(mark(&state), Mark::Ready);
    attention(&mut state, 2, 0);
    assert_eq!(mark(&state), Mark::Attention);
    assert!(menu(&state).contains(&entry(Choice::Alerts, "2 missed calls")));
    attention(&mut state, 1, 1);
    assert_eq!(tooltip(&state), "Ready – desk\n1 missed call\n1 callback due");
    attention(&mut state, 0, 0);
    assert_eq!(tooltip(&state), "Ready – desk");
}

#[test]
fn due_callbacks_and_favourites_are_called_from_the_menu() {
    let mut state = state(&[account("desk", Health::Ok)], &[]);
    state.hear(&Event::Callback {
        callback: Box::new(due("b1", "Asha Rao")),
    });
    state.put_favourites(ContactListView {
        favourites: 1,
        everybody: 1,
        rows: vec![favourite("p1", "Ben Ito"), favourite("p2", "Cy Lund")],
    });
    let menu = menu(&state);
    let callbacks = more(&menu, "Callbacks due (1)");
    assert_eq!(
        labels(callbacks),
        ["Call Asha Rao (2026-03-02 10:00)", "", "Show callbacks"]
    );
    assert_eq!(labels(more(&menu, "Favourites")), ["Call Ben Ito"]);
    let request = state.favourite("p1").unwrap();
    assert_eq!((request.target.as_str(), request.contact.as_deref()), (BEN, Some("p1")));
    assert!(request.intent.is_some() && !request.yes);
    assert_eq!(state.favourite("p2"), None, "everybody else comes after the favourites");

    let mut done = due("b1", "Asha Rao");
    done.state = telephony::CallbackState::Done;
    state.hear(&Event::Callback {
        callback: Box::new(done),
    });
    assert_eq!(state.due().count(), 0);
}

#[test]
fn every_place_of_the_window_is_reached_from_the_menu() {
    let menu = menu(&state(&[account("desk", Health::Ok)], &[]));
    let places = more(&menu, "Go to");
    assert_eq!(
        labels(places),
        ["Callbacks", "Alerts", "Accounts", "Diagnosis", "Settings"]
    );
}

#[test]
fn do_not_disturb_says_until_when_and_can_be_ended() {
    let mut state = state(&[account("desk", Health::Ok)], &[]);
    let attention = engine::view::AttentionView {
        do_not_disturb: Some(Words {
            key: "attention.quiet_until".into(),
            params: BTreeMap::from([("time".into(), "14:30".into())]),
        }),
        ..engine::view::AttentionView::default()
    };
    state.hear(&Event::Attention { attention });
    let menu = menu(&state);
    let quiet = more(&menu, "Do not disturb until 14:30");
    assert_eq!(quiet[0], entry(Choice::DoNotDisturb(DisturbWish::Off), "Turn off"));
    assert_eq!(tooltip(&state), "Ready – desk\nDo not disturb until 14:30");
}

#[test]
fn in_privacy_mode_nobody_is_named() {
    let calls = [
        call("b", "ended", BEN, 2),
        of("Asha Rao", call("a", "ended", ASHA, 1)),
        of("Asha Rao", call("c", "ringing_customer", ASHA, 3)),
    ];
    let mut state = state(&[account("desk", Health::Ok)], &calls);
    state.hear(&Event::Settings {
        settings: settings(true),
    });
    state.hear(&Event::Callback {
        callback: Box::new(due("b1", "Asha Rao")),
    });
    state.put_favourites(ContactListView {
        favourites: 1,
        everybody: 0,
        rows: vec![favourite("p1", "Ben Ito")],
    });
    let shown = format!("{:?} {}", labels_of_all(&menu(&state)), tooltip(&state));
    for told in ["Asha", "Rao", "Ben", "Ito", "7946"] {
        assert!(!shown.contains(told), "{told} in {shown}");
    }
    assert!(menu(&state).contains(&entry(Choice::Privacy(false), "Show names and numbers")));
}

fn labels_of_all(items: &[Item]) -> Vec<String> {
    let inner = items.iter().flat_map(|item| match item {
        Item::More { items, .. } => labels_of_all(items),
        Item::Line(_) | Item::Entry { .. } | Item::Separator => Vec::new(),
    });
    labels(items).into_iter().map(str::to_owned).chain(inner).collect()
}

#[test]
fn a_name_that_the_headline_holds_is_not_said_twice() {
    let mut ringing = of("Asha Rao", call("a", "ringing_customer", ASHA, 1));
    ringing.headline = Words {
        key: "headline.customer_rings".into(),
        params: BTreeMap::from([("who".into(), "Asha Rao".into())]),
    };
    assert_eq!(line(&state(&[], &[ringing])), "Calling Asha Rao…");
}

#[test]
fn five_different_people_are_offered_newest_first() {
    let numbers: Vec<String> = (0..7).map(|last| format!("+44207946000{last}")).collect();
    let mut calls: Vec<_> = numbers
        .iter()
        .zip(1..)
        .map(|(number, minute)| call(&format!("c{minute}"), "ended", number, minute))
        .collect();
    calls.push(call("again", "ended", &numbers[6], 30));
    let state = state(&[], &calls);
    let offered: Vec<_> = menu::last_calls(&state).iter().map(|call| call.id.as_str()).collect();
    assert_eq!(offered, ["again", "c6", "c5", "c4", "c3"]);
}

#[test]
fn an_end_that_comes_as_an_event_frees_the_desk() {
    let mut state = state(&[account("desk", Health::Ok)], &[call("a", "connected", ASHA, 1)]);
    state.hear(&Event::Call {
        call: Box::new(call("a", "ended", ASHA, 1)),
    });
    assert_eq!(mark(&state), Mark::Ready);
    assert_eq!(state.call("a").map(|call| call.phase), Some(Phase::Ended));
}

#[test]
fn a_call_whose_state_is_not_known_asks_for_attention_until_its_card_is_put_away() {
    let mut unknown = call("a", "unconfirmed", ASHA, 1);
    assert_eq!(mark(&state(&[], std::slice::from_ref(&unknown))), Mark::Attention);
    unknown.dismissed = true;
    assert_eq!(mark(&state(&[], &[unknown])), Mark::Ready);
}

#[test]
fn a_call_whose_state_is_not_known_can_be_checked_and_marked_as_ended_from_the_menu() {
    let unknown = CallView {
        can_check_again: true,
        can_mark_ended: true,
        ..of("Asha Rao", call("a", "unconfirmed", ASHA, 1))
    };
    let menu = menu(&state(&[account("desk", Health::Ok)], &[unknown]));
    for wanted in [
        entry(Choice::CheckAgain { call: "a".into() }, "Check again: Asha Rao"),
        entry(Choice::MarkEnded { call: "a".into() }, "Mark as ended: Asha Rao"),
    ] {
        assert!(menu.contains(&wanted), "{menu:?}");
    }
}

#[test]
fn an_account_that_lacks_something_asks_for_attention() {
    let state = state(
        &[account("desk", Health::Ok), account("acefone", Health::Incomplete)],
        &[],
    );
    assert_eq!(mark(&state), Mark::Attention);
    assert_eq!(line(&state), "acefone: needs your attention");
}

#[test]
fn a_desk_whose_every_account_fails_is_offline_but_a_running_call_is_shown_first() {
    let failing = [account("desk", Health::Failing)];
    assert_eq!(mark(&state(&failing, &[])), Mark::Offline);
    assert_eq!(mark(&state(&failing, &[call("a", "connected", ASHA, 1)])), Mark::InCall);
}

#[test]
fn without_an_engine_the_menu_says_why_and_offers_nothing_to_call() {
    let state = State {
        trouble: Some("The database is from a newer version.".into()),
        ..State::default()
    };
    assert_eq!(mark(&state), Mark::Offline);
    assert_eq!(
        menu(&state),
        [
            Item::Line("The database is from a newer version.".into()),
            Item::Separator,
            entry(Choice::Open, "Open Dialdeck"),
            entry(Choice::Quit, "Quit"),
        ]
    );
}
