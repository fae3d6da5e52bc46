use std::collections::BTreeMap;

use engine::view::{QuickDialSettings, Role, SettingsView, Words};
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
    };
    State::of(&Snapshot {
        told: 0,
        status,
        accounts: accounts.to_vec(),
        history: calls.to_vec(),
        settings: SettingsView {
            theme: engine::view::Theme::System,
            notifications: true,
            close_to_tray_said: false,
            allow_premium: false,
            allow_satellite: false,
            allow_personal: false,
            allow_shared_cost: false,
            choose_caller_id: true,
            quick_dial: QuickDialSettings::default(),
        },
        drafts: BTreeMap::new(),
        callbacks: Vec::new(),
        callback_counts: engine::view::CallbackCounts::default(),
    })
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
    assert_eq!(
        menu(&state(&[account("desk", Health::Ok)], &calls)),
        [
            Item::Line("Ready – desk".into()),
            Item::Separator,
            entry(Choice::QuickDial, "Quick dial…"),
            again("b", "Call 02079460002"),
            again("a", "Call Asha Rao"),
            Item::Separator,
            entry(Choice::Open, "Open Dialdeck"),
            entry(Choice::Quit, "Quit"),
        ]
    );
}

#[test]
fn during_a_call_the_first_line_says_how_it_stands_and_quit_says_that_it_goes_on() {
    let calls = [of("Asha Rao", call("a", "connected", ASHA, 1))];
    let state = state(&[account("desk", Health::Ok)], &calls);
    assert_eq!(mark(&state), Mark::InCall);
    assert_eq!(
        menu(&state),
        [
            Item::Line("Asha Rao: Connected".into()),
            Item::Separator,
            entry(Choice::QuickDial, "Quick dial…"),
            Item::Separator,
            entry(Choice::Open, "Open Dialdeck"),
            entry(Choice::Quit, "Quit (the call goes on)"),
        ]
    );
}

#[test]
fn a_name_that_the_headline_holds_is_not_said_twice() {
    let mut ringing = of("Asha Rao", call("a", "ringing_customer", ASHA, 1));
    ringing.headline = Words {
        key: "Calling Asha Rao…".into(),
        params: BTreeMap::new(),
    };
    assert_eq!(line(&state(&[], &[ringing])), "Calling Asha Rao…");
    let mut unnamed = call("a", "ringing_customer", ASHA, 1);
    unnamed.headline = Words {
        key: format!("Calling {ASHA}…"),
        params: BTreeMap::new(),
    };
    assert_eq!(line(&state(&[], &[unnamed])), format!("Calling {ASHA}…"));
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
    let offered: Vec<_> = last_calls(&state).iter().map(|call| call.id.as_str()).collect();
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

#[test]
fn every_word_of_the_tray_is_in_the_words_file() {
    for key in [
        "line.ready",
        "line.ready_with",
        "line.call",
        "line.account",
        "line.account_needs_you",
        "quick_dial",
    ]
    .into_iter()
    .chain([
        "call_again",
        "open",
        "quit",
        "quit_during_call",
        "stays.title",
        "stays.body",
    ]) {
        assert!(words::find(&format!("tray.{key}")).is_some(), "{key}");
    }
}
