use jiff::ToSpan;
use tokio::sync::oneshot;

use super::*;
use crate::desks::calls::{CallRecord, view_of};
use crate::screen_pop::ScreenPopDraft;

fn now() -> Timestamp {
    "2026-03-04T10:00:00Z".parse().unwrap()
}

fn call() -> CallView {
    let row = store::CallRow {
        id: "0190f7c0-5d3e-7aaa-8bbb-0123456789ab".into(),
        our_id: "our".into(),
        intent: "intent".into(),
        request_digest: String::new(),
        account: "work".into(),
        account_id: "a1".into(),
        provider: "sandbox".into(),
        direction: telephony::Direction::Inbound,
        target: "+442079460018".into(),
        customer: telephony::PhoneNumber::from_e164("+442079460018").ok(),
        customer_typed: None,
        caller_id: None,
        contact: None,
        dial_order: telephony::DialOrder::AgentFirst,
        requested_at: now(),
        reports_progress: true,
        call_timeout: None,
        sandbox: true,
    };
    view_of(&CallRecord::new(row, None, now()), None, now())
}

fn pop(name: &str, on: &[Moment], url: &str) -> ScreenPop {
    ScreenPop::of(ScreenPopDraft {
        name: name.into(),
        on: on.to_vec(),
        url: Some(url.into()),
        ..ScreenPopDraft::default()
    })
    .unwrap()
}

fn at(moment: Moment, at: Timestamp) -> Reached {
    Reached { moment, at }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "only one kind of effect opens anything")]
fn opened(effects: Vec<Effect>) -> Vec<String> {
    let launched = effects.into_iter().map(|effect| match effect {
        Effect::Launch {
            launch: Launch::Open(url),
            ..
        } => url,
        _ => panic!("nothing else is due"),
    });
    launched.collect()
}

#[test]
fn each_is_due_at_its_moments_with_the_call_put_in() {
    let mut desk = ScreenPopsDesk::default();
    let pops = [
        pop(
            "ring",
            &[Moment::Ringing],
            "https://a.example/{event}/{call_id}?n={number}&d={direction}",
        ),
        pop("end", &[Moment::Ended, Moment::Missed], "https://b.example/{event}"),
    ];
    let due = |desk: &mut ScreenPopsDesk, reached: &[Reached]| {
        opened(desk.due(&pops, &call(), reached, SignedDuration::ZERO, now()))
    };
    assert_eq!(
        due(&mut desk, &[at(Moment::Ringing, now())]),
        ["https://a.example/ringing/0190f7c0-5d3e-7aaa-8bbb-0123456789ab?n=%2B442079460018&d=inbound"]
    );
    assert_eq!(due(&mut desk, &[at(Moment::Answered, now())]), [""; 0]);
    assert_eq!(
        due(&mut desk, &[at(Moment::Ended, now()), at(Moment::Missed, now())]),
        ["https://b.example/ended", "https://b.example/missed"]
    );
}

#[test]
fn what_happened_more_than_a_minute_ago_by_our_clock_opens_nothing() {
    let pops = [pop("ring", &[Moment::Ringing], "https://a.example/")];
    let opens = |seconds: i64, ahead: i64| {
        let reached = [at(Moment::Ringing, now() - seconds.seconds())];
        let ahead = SignedDuration::from_secs(ahead);
        let effects = ScreenPopsDesk::default().due(&pops, &call(), &reached, ahead, now());
        !effects.is_empty()
    };
    assert!(opens(0, 0) && opens(60, 0) && !opens(61, 0));
    // Its clock is two minutes slow: what it says was two minutes ago is now.
    assert!(opens(120, -120) && !opens(200, -120));
    assert!(!opens(0, 120));
}

#[test]
fn a_burst_does_not_start_programs_without_end() {
    let mut desk = ScreenPopsDesk::default();
    let pops = [pop("ring", &[Moment::Ringing], "https://a.example/")];
    let reached = [at(Moment::Ringing, now())];
    let begun: usize = (0..50)
        .map(|_| desk.due(&pops, &call(), &reached, SignedDuration::ZERO, now()).len())
        .sum();
    assert_eq!(begun, MOST_UNDER_WAY);
    let last = desk.last("ring").unwrap().problem.clone();
    assert_eq!(last.unwrap().key, "screen_pop.problem.too_many");
    desk.ended("ring", &Ok(()), now());
    assert_eq!(desk.last("ring").unwrap().problem, None);
    assert_eq!(desk.due(&pops, &call(), &reached, SignedDuration::ZERO, now()).len(), 1);
}

#[test]
fn a_page_is_told_neither_what_may_be_a_key_nor_the_arguments() {
    let desk = ScreenPopsDesk::default();
    let keyed = pop(
        "crm",
        &[Moment::Ringing],
        "https://a.example/pop?key=made-up&n={number}",
    );
    assert_eq!(desk.view(&keyed, true).url.unwrap(), "https://a.example/pop");
    assert!(desk.view(&keyed, false).url.unwrap().contains("made-up"));
    let program = ScreenPop::of(ScreenPopDraft {
        name: "log".into(),
        on: vec![Moment::Ended],
        run: vec!["/opt/log".into(), "--key=made-up".into()],
        ..ScreenPopDraft::default()
    })
    .unwrap();
    assert_eq!(desk.view(&program, true).run, ["/opt/log"]);
    assert_eq!(desk.view(&program, false).run.len(), 2);
}

#[test]
fn every_problem_has_words() {
    for problem in [
        LaunchProblem::NoProgram,
        LaunchProblem::NotStarted(std::io::ErrorKind::PermissionDenied),
        LaunchProblem::Failed(Some(3)),
        LaunchProblem::Failed(None),
        LaunchProblem::TookTooLong,
        LaunchProblem::NotOpened,
        LaunchProblem::LedElsewhere,
        LaunchProblem::TooMany,
    ] {
        let words = problem.words();
        assert!(crate::words::find(&words.key).is_some(), "{}", words.key);
        assert!(!crate::words::sentence(&words).contains('{'));
    }
}

#[test]
fn a_trial_uses_nobodys_number_and_its_problem_goes_to_whoever_waits() {
    let mut desk = ScreenPopsDesk::default();
    let (answer, mut answered) = oneshot::channel();
    let crm = pop("crm", &[Moment::Answered], "https://a.example/{event}?n={number}");
    let effect = desk.try_out(&crm, answer, now()).unwrap();
    assert_eq!(opened(vec![effect]), ["https://a.example/answered?n=%2B442079460000"]);
    assert!(answered.try_recv().is_err());
    let (answer, _answered) = oneshot::channel();
    desk.under_way = MOST_UNDER_WAY;
    assert!(
        matches!(desk.try_out(&crm, answer, now()), Some(Effect::Answer(_, Err(error))) if error.code == "screen_pop_failed")
    );
}
