//! What the desk of callbacks promises, without a runtime or a clock.

use std::collections::BTreeSet;

use proptest::prelude::*;
use telephony::{GuardReason, PushState};
use tokio::sync::oneshot;

use super::push::{CallNow, PlatformItem, PushProblem, Pushed, call_now};
use super::*;
use crate::view::NotificationView;

/// A desk whose commits are done by hand.
struct Bench {
    desk: CallbacksDesk,
    now: Timestamp,
    shown: Vec<NotificationView>,
    told: Vec<CallbackView>,
    /// What the database has of reminders, by callback.
    durable: BTreeSet<String>,
    /// Of which of them it also has that they were shown.
    marked_shown: Vec<String>,
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn row(id: &str, due: &str) -> CallbackRow {
    CallbackRow {
        id: id.into(),
        contact: None,
        target: "+442079460123".into(),
        customer: Some("+442079460123".to_owned().try_into().unwrap()),
        name: Some("Asha Rao".into()),
        account_id: Some("a1".into()),
        account: Some("work".into()),
        caller_id: None,
        due_at: at(due),
        zone: "Europe/London".into(),
        wall: None,
        note: None,
        assigned_to: None,
        reminder_min: None,
        call_end_min: None,
        queue: None,
        push: PushState::None,
        push_message: None,
        pushed_at: None,
        push_item: None,
        important: false,
        state: CallbackState::Open,
        made_at: at("2026-11-25T10:00:00Z"),
        changed_at: at("2026-11-25T10:00:00Z"),
        reminded_at: None,
        reminder_shown: false,
        snoozed_until: None,
        calls: Vec::new(),
    }
}

const DUE: &str = "2026-11-25T15:00:00Z";

impl Bench {
    fn new() -> Self {
        Self {
            desk: CallbacksDesk::new(true),
            now: at("2026-11-25T10:00:00Z"),
            shown: Vec::new(),
            told: Vec::new(),
            durable: BTreeSet::new(),
            marked_shown: Vec::new(),
        }
    }

    /// With one open callback that is due at three.
    fn with_one() -> Self {
        Self::with(row("c1", DUE))
    }

    fn with(row: CallbackRow) -> Self {
        let mut bench = Self::new();
        let effects = bench.desk.take_up(row, Dress::default(), bench.now);
        bench.commit(effects);
        bench
    }

    fn to(&mut self, time: &str) -> &mut Self {
        self.now = at(time);
        self
    }

    /// Does what is due, commits included.
    fn tick(&mut self) -> &mut Self {
        let effects = self.desk.tick(self.now);
        self.commit(effects);
        self
    }

    fn ask(&mut self, ask: impl FnOnce(&mut CallbacksDesk, Answer, Timestamp) -> Vec<Effect>) -> CallbackView {
        let (answer, mut answered) = oneshot::channel();
        let effects = ask(&mut self.desk, answer, self.now);
        self.commit(effects);
        let reply = answered.try_recv().expect("an answer").expect("it is done");
        let Reply::Callback(view) = reply else {
            panic!("{reply:?}")
        };
        *view
    }

    /// The database as it is: a reminder is taken once, until the callback is snoozed.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the desk asks for nothing else")]
    fn commit(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Commit {
                    entries,
                    then: Committed::Rows { answer: None },
                } => {
                    let [Entry::CallbackReminderShown { callback }] = entries.as_slice() else {
                        panic!("{entries:?}")
                    };
                    self.marked_shown.push(callback.clone());
                }
                Effect::Commit {
                    entries,
                    then: Committed::Callback(change),
                } => {
                    let result = entries.iter().try_for_each(|entry| self.write(entry));
                    let more = match result {
                        Ok(()) => self.desk.committed(change, self.now),
                        Err(error) => self.desk.commit_failed(change, &error, self.now),
                    };
                    self.commit(more);
                }
                Effect::Emit(Event::Notification { notification }) => self.shown.push(*notification),
                Effect::Emit(Event::Callback { callback }) => self.told.push(*callback),
                Effect::Answer(answer, result) => drop(answer.send(result)),
                _ => panic!("the desk asks for something else"),
            }
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the desk writes nothing else")]
    fn write(&mut self, entry: &Entry) -> Result<(), StoreError> {
        match entry {
            Entry::Callback(_) => Ok(()),
            Entry::CallbackReminded { callback, .. } if self.durable.insert(callback.clone()) => Ok(()),
            Entry::CallbackReminded { callback, .. } => Err(StoreError::NoReminderDue(callback.clone())),
            Entry::CallbackSnoozed { callback, .. } => {
                self.durable.remove(callback);
                Ok(())
            }
            _ => panic!("the desk writes something else"),
        }
    }
}

#[test]
fn a_reminder_comes_at_its_time_once_with_what_can_be_done() {
    let mut bench = Bench::with_one();
    assert_eq!(bench.desk.next_tick(), Some(at(DUE)));
    bench.to("2026-11-25T14:59:59Z").tick();
    assert_eq!(bench.shown, []);
    bench.to(DUE).tick().tick();
    let [reminder] = bench.shown.as_slice() else {
        panic!("{:?}", bench.shown)
    };
    assert_eq!(
        (reminder.title.as_str(), reminder.callback.as_deref()),
        ("Asha Rao", Some("c1"))
    );
    let actions: Vec<&str> = reminder.actions.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(actions, ["callback_call", "callback_snooze"]);
    assert!(reminder.important && reminder.call.is_empty());
    assert!(!reminder.body.contains("callback."), "{}", reminder.body);
    let told = bench.told.last().unwrap();
    assert!(told.overdue && !told.reminder_unsure);
    assert_eq!(bench.marked_shown, ["c1"]);
    assert_eq!(bench.desk.next_tick(), None, "nothing more to wake for");
}

#[test]
fn what_came_due_during_sleep_is_shown_on_waking_with_its_time() {
    let mut bench = Bench::with_one();
    bench.to("2026-11-26T08:00:00Z").tick().tick();
    assert_eq!(bench.shown.len(), 1);
    assert!(
        bench.shown[0].body.contains("2026-11-25 15:00"),
        "{}",
        bench.shown[0].body
    );
}

#[test]
fn a_clock_set_back_makes_no_second_reminder() {
    let mut bench = Bench::with_one();
    bench.to("2026-11-25T15:00:01Z").tick();
    bench.to("2026-11-25T14:00:00Z").tick();
    bench.to("2026-11-25T15:00:00Z").tick();
    assert_eq!(bench.shown.len(), 1);
}

#[test]
fn what_came_due_while_nothing_ran_is_shown_once_on_start_and_not_on_the_next() {
    let mut bench = Bench::with_one();
    bench.to("2026-11-25T16:00:00Z").tick();
    assert_eq!(bench.shown.len(), 1);
    // The next run finds the row as it was left.
    let left = CallbackRow {
        reminded_at: Some(bench.now),
        reminder_shown: true,
        ..row("c1", DUE)
    };
    let mut next = Bench::new();
    next.to("2026-11-25T17:00:00Z");
    let effects = next.desk.take_up(left, Dress::default(), next.now);
    next.commit(effects);
    next.tick();
    assert_eq!(next.shown, []);
    assert_eq!(next.desk.counts(next.now).overdue, 1, "it is still shown as overdue");
}

#[test]
fn a_crash_between_taking_and_showing_a_reminder_is_said_and_not_reminded_of_twice() {
    // The database has that it was taken, ahead of the time, and not that it was shown.
    let mut bench = Bench::with(CallbackRow {
        reminder_min: Some(10),
        reminded_at: Some(at("2026-11-25T14:50:00Z")),
        ..row("c1", DUE)
    });
    let effects = bench
        .desk
        .take_up(row("c2", "2026-11-25T14:55:00Z"), Dress::default(), bench.now);
    bench.commit(effects);
    bench.to("2026-11-25T14:51:00Z").tick();
    assert_eq!(bench.shown, [], "it may have been shown");
    let views = bench.desk.views(bench.now);
    let first = views.first().unwrap();
    assert_eq!(
        (first.id.as_str(), first.reminder_unsure, first.overdue),
        ("c1", true, false)
    );
    assert_eq!(first.warnings[0].key, "callback.warning.reminder_unsure");

    let view = bench.ask(|desk, answer, now| desk.snooze("c1", at("2026-11-25T14:58:00Z"), answer, now));
    assert!(
        !view.reminder_unsure && view.warnings.is_empty(),
        "the agent has seen to it"
    );
    bench.to("2026-11-25T14:58:00Z").tick();
    assert!(bench.shown.iter().any(|shown| shown.callback.as_deref() == Some("c1")));
}

#[test]
fn nothing_is_shown_before_it_is_durable_or_when_it_was_shown_before() {
    let mut bench = Bench::with_one();
    bench.to(DUE);
    // On its way: another look claims nothing.
    assert_eq!(bench.desk.tick(bench.now).len(), 2, "the claim, and that it is overdue");
    assert!(bench.desk.tick(bench.now).is_empty());
    assert_eq!(bench.desk.next_tick(), None);

    let mut taken = Bench::with_one();
    taken.durable.insert("c1".into());
    taken.to(DUE).tick().tick();
    assert_eq!(taken.shown, []);
}

#[test]
fn a_commit_that_fails_is_tried_again_later() {
    let mut bench = Bench::with_one();
    bench.to(DUE);
    let effects = bench.desk.tick(bench.now);
    for effect in effects {
        if let Effect::Commit {
            then: Committed::Callback(change),
            ..
        } = effect
        {
            let more = bench.desk.commit_failed(change, &StoreError::WriterStopped, bench.now);
            assert!(more.is_empty());
        }
    }
    assert_eq!(bench.desk.next_tick(), Some(at("2026-11-25T15:01:00Z")));
    bench.to("2026-11-25T15:01:00Z").tick();
    assert_eq!(bench.shown.len(), 1);
}

#[test]
fn a_clock_that_is_set_back_puts_no_second_attempt_off() {
    let mut bench = Bench::with_one();
    // The clock is hours ahead.
    bench.to("2026-11-25T21:00:00Z");
    for effect in bench.desk.tick(bench.now) {
        if let Effect::Commit {
            then: Committed::Callback(change),
            ..
        } = effect
        {
            bench.desk.commit_failed(change, &StoreError::WriterStopped, bench.now);
        }
    }
    bench.to("2026-11-25T14:00:00Z").tick();
    assert!(bench.shown.is_empty());
    bench.to(DUE).tick();
    assert_eq!(bench.shown.len(), 1);
}

#[test]
fn a_reminder_may_be_wished_ahead() {
    let mut bench = Bench::with(CallbackRow {
        reminder_min: Some(10),
        ..row("c1", DUE)
    });
    bench.to("2026-11-25T14:50:00Z").tick();
    assert!(bench.shown[0].body.contains("15:00"), "{}", bench.shown[0].body);
    let counts = bench.desk.counts(bench.now);
    assert_eq!((counts.open, counts.due, counts.overdue), (1, 1, 0));
    // Faces hear when its time is over, without a second reminder.
    assert_eq!(bench.desk.next_tick(), Some(at(DUE)));
    bench.to(DUE).tick();
    assert_eq!((bench.shown.len(), bench.told.last().unwrap().overdue), (1, true));
}

#[test]
fn a_callback_that_is_marked_later_reminds_while_nothing_else_may() {
    for important in [true, false] {
        let mut bench = Bench::with_one();
        let view = bench.ask(|desk, answer, now| desk.mark("c1", important, answer, now));
        assert_eq!(view.important, important);
        bench.to(DUE).tick();
        assert_eq!(bench.shown.len(), 1);
        assert_eq!(bench.shown[0].critical, important);
    }
}

#[test]
fn snoozing_brings_one_more_reminder_and_no_overdue_until_then() {
    let mut bench = Bench::with_one();
    bench.to("2026-11-25T15:00:30Z").tick();
    let until = at("2026-11-25T15:10:30Z");
    let view = bench.ask(|desk, answer, now| desk.snooze("c1", until, answer, now));
    assert_eq!(
        (view.overdue, view.due, view.snoozed_until),
        (false, false, Some(until))
    );
    assert_eq!(view.due_at, at(DUE), "what was promised stays");
    bench.to("2026-11-25T15:05:00Z").tick();
    assert_eq!(bench.shown.len(), 1);
    bench.to("2026-11-25T15:11:00Z").tick().tick();
    assert_eq!(bench.shown.len(), 2);
    assert_eq!(bench.shown[0].id, bench.shown[1].id, "the one replaces the other");
}

#[test]
fn a_reminder_on_its_way_while_the_agent_snoozes_or_closes_is_not_shown() {
    for close in [false, true] {
        let mut bench = Bench::with_one();
        bench.to(DUE);
        let on_their_way = bench.desk.tick(bench.now);
        if close {
            let effects = bench.desk.close("c1", CallbackState::Done, None, bench.now);
            bench.commit(on_their_way);
            bench.commit(effects);
        } else {
            let (answer, _) = oneshot::channel();
            let effects = bench.desk.snooze("c1", at("2026-11-25T15:10:00Z"), answer, bench.now);
            bench.commit(on_their_way);
            bench.commit(effects);
        }
        assert_eq!(bench.shown, []);
        bench.to("2026-11-25T15:10:00Z").tick();
        assert_eq!(bench.shown.len(), usize::from(!close));
    }
}

#[test]
fn closed_ones_are_let_go_and_told() {
    let mut bench = Bench::with_one();
    let view = bench.ask(|desk, answer, now| desk.close("c1", CallbackState::Cancelled, Some(answer), now));
    assert!(view.state == CallbackState::Cancelled && !view.overdue);
    assert!(bench.desk.get("c1").is_none());
    bench.to(DUE).tick();
    assert_eq!((bench.shown.len(), bench.desk.next_tick()), (0, None));
}

#[test]
fn only_a_talk_in_a_call_placed_from_it_closes_it() {
    let mut bench = Bench::with_one();
    let effects = bench.desk.placed("c1", "call-1", bench.now);
    bench.commit(effects);
    assert_eq!(bench.told.last().unwrap().calls, ["call-1"]);
    let effects = bench.desk.talked("call-2", bench.now);
    assert!(effects.is_empty());
    let effects = bench.desk.talked("call-1", bench.now);
    bench.commit(effects);
    assert_eq!(bench.told.last().unwrap().state, CallbackState::Done);
    assert!(bench.desk.talked("call-1", bench.now).is_empty());
}

#[test]
fn a_change_that_cannot_be_stored_is_taken_back() {
    let mut bench = Bench::with_one();
    let (answer, mut answered) = oneshot::channel();
    let effects = bench.desk.close("c1", CallbackState::Done, Some(answer), bench.now);
    let (more_answer, mut added) = oneshot::channel();
    let mut all = effects;
    all.extend(bench.desk.add(row("c2", DUE), Dress::default(), more_answer, bench.now));
    for effect in all {
        if let Effect::Commit {
            then: Committed::Callback(change),
            ..
        } = effect
        {
            let more = bench.desk.commit_failed(change, &StoreError::WriterStopped, bench.now);
            bench.commit(more);
        }
    }
    assert_eq!(answered.try_recv().unwrap().unwrap_err().code, "database_failed");
    assert_eq!(added.try_recv().unwrap().unwrap_err().code, "database_failed");
    assert_eq!(bench.desk.get("c1").map(|row| row.state), Some(CallbackState::Open));
    assert!(bench.desk.get("c2").is_none());
}

#[test]
fn a_one_shot_command_reminds_nobody() {
    let mut desk = CallbacksDesk::new(false);
    desk.take_up(row("c1", DUE), Dress::default(), at(DUE));
    assert!(desk.tick(at("2026-11-25T16:00:00Z")).is_empty());
    assert_eq!(desk.next_tick(), None);
}

#[test]
fn overdue_ones_stand_on_top() {
    let mut bench = Bench::new();
    for (id, due) in [
        ("c1", "2026-11-25T18:00:00Z"),
        ("c2", "2026-11-25T11:00:00Z"),
        ("c3", "2026-11-25T10:30:00Z"),
        ("c4", "2026-11-25T13:00:00Z"),
    ] {
        let effects = bench.desk.take_up(row(id, due), Dress::default(), bench.now);
        bench.commit(effects);
    }
    // Put off: it is not overdue before.
    let (answer, _) = oneshot::channel();
    let effects = bench.desk.snooze("c3", at("2026-11-25T14:00:00Z"), answer, bench.now);
    bench.commit(effects);
    let order: Vec<String> = bench
        .desk
        .views(at("2026-11-25T12:00:00Z"))
        .into_iter()
        .map(|view| view.id)
        .collect();
    assert_eq!(order, ["c2", "c3", "c4", "c1"]);
}

#[test]
fn new_rules_of_the_zone_keep_the_clock() {
    // 10:00 in July, stored by rules without summer time.
    let stored = CallbackRow {
        wall: Some("2027-07-01T10:00:00".parse().unwrap()),
        ..row("c1", "2027-07-01T10:00:00Z")
    };
    let bench = Bench::with(stored);
    let view = bench.told.last().expect("the change is told");
    assert_eq!(
        (view.due_at, view.local_time.as_str()),
        (at("2027-07-01T09:00:00Z"), "2027-07-01T10:00")
    );
}

#[test]
fn a_copy_leaves_once_and_only_after_it_is_written_down() {
    let mut bench = Bench::with(CallbackRow {
        push: PushState::Wished,
        ..row("c1", DUE)
    });
    assert_eq!(bench.desk.callback_to_push("c1"), None);
    let effects = bench.desk.begin_push("c1", bench.now);
    assert_eq!(bench.desk.callback_to_push("c1"), None, "not durable yet");
    bench.commit(effects);
    assert_eq!(bench.told.last().unwrap().push.state, PushState::Unknown);
    let copy = bench.desk.callback_to_push("c1").expect("it leaves");
    assert_eq!((copy.due_at, copy.account.as_str()), (at(DUE), "a1"));
    assert_eq!(bench.desk.callback_to_push("c1"), None);
    assert!(bench.desk.begin_push("c1", bench.now).is_empty(), "never a second time");

    let taken = Pushed {
        message: Some("Schedule call created successfully".into()),
        item: None,
    };
    let effects = bench.desk.pushed("c1", Ok(taken), bench.now);
    bench.commit(effects);
    let push = &bench.told.last().unwrap().push;
    assert_eq!(push.state, PushState::Pushed);
    assert_eq!(push.message.as_deref(), Some("Schedule call created successfully"));
    // Taken back here, it is not taken back there.
    let view = bench.ask(|desk, answer, now| desk.close("c1", CallbackState::Cancelled, Some(answer), now));
    assert_eq!(view.warnings[0].key, "callback.warning.provider_keeps_it");
}

#[test]
fn the_providers_answer_is_kept_though_the_callback_was_closed_meanwhile() {
    for (answer, state) in [
        (Ok(Pushed::default()), PushState::Pushed),
        (Err(PushProblem::Refused(None)), PushState::Refused),
    ] {
        let mut bench = Bench::new();
        let (made, mut made_answer) = oneshot::channel();
        let wished = CallbackRow {
            push: PushState::Wished,
            ..row("c1", DUE)
        };
        let effects = bench.desk.add(wished, Dress::default(), made, bench.now);
        bench.commit(effects);
        let effects = bench.desk.begin_push("c1", bench.now);
        bench.commit(effects);
        assert!(bench.desk.callback_to_push("c1").is_some());

        let view = bench.ask(|desk, answer, now| desk.close("c1", CallbackState::Done, Some(answer), now));
        assert_eq!((view.state, view.push.state), (CallbackState::Done, PushState::Unknown));
        assert!(
            made_answer.try_recv().is_err(),
            "the provider has not said anything yet"
        );
        let effects = bench.desk.pushed("c1", answer, bench.now);
        bench.commit(effects);
        let told = bench.told.last().unwrap();
        assert_eq!((told.state, told.push.state), (CallbackState::Done, state));
        assert!(made_answer.try_recv().is_ok_and(|made| made.is_ok()));
        let said: Vec<&str> = bench.shown.iter().map(|shown| shown.body.as_str()).collect();
        if state == PushState::Pushed {
            assert!(said.len() == 1 && said[0].contains("keeps its own copy"), "{said:?}");
        } else {
            assert_eq!(said, [""; 0]);
        }
        assert!(bench.desk.get("c1").is_none(), "and then it is let go");
    }
}

#[test]
fn what_is_closed_before_it_leaves_stays_here() {
    let mut bench = Bench::with(CallbackRow {
        push: PushState::Wished,
        ..row("c1", DUE)
    });
    let begun = bench.desk.begin_push("c1", bench.now);
    let (answer, _) = oneshot::channel();
    let closed = bench
        .desk
        .close("c1", CallbackState::Cancelled, Some(answer), bench.now);
    bench.commit(begun);
    assert_eq!(bench.desk.callback_to_push("c1"), None);
    bench.commit(closed);
    assert_eq!(bench.told.last().unwrap().push.state, PushState::None);
}

#[test]
fn a_refused_copy_is_said_and_an_unclear_one_stays_unclear() {
    for (problem, state) in [
        (PushProblem::Refused(Some("no such agent".into())), PushState::Refused),
        (PushProblem::Unknown(None), PushState::Unknown),
    ] {
        let mut bench = Bench::with(CallbackRow {
            push: PushState::Wished,
            ..row("c1", DUE)
        });
        let effects = bench.desk.begin_push("c1", bench.now);
        bench.commit(effects);
        let effects = bench.desk.pushed("c1", Err(problem), bench.now);
        bench.commit(effects);
        assert_eq!(bench.told.last().unwrap().push.state, state);
        assert!(bench.desk.begin_push("c1", bench.now).is_empty(), "never a second time");
    }
}

#[test]
fn the_providers_copy_is_looked_at_before_calling() {
    use PlatformItem::{Absent, Completed, InProgress, NotRead, Pending};
    for (push, item, expected) in [
        (PushState::None, NotRead, CallNow::Free),
        (PushState::Wished, NotRead, CallNow::Free),
        (PushState::Refused, NotRead, CallNow::Free),
        (PushState::Pushed, Pending, CallNow::Ask(GuardReason::ProviderRingsToo)),
        (PushState::Unknown, Pending, CallNow::Ask(GuardReason::ProviderRingsToo)),
        (PushState::Pushed, InProgress, CallNow::Hold("callback_provider_calls")),
        (PushState::Pushed, Completed, CallNow::Hold("callback_provider_called")),
        (PushState::Unknown, Absent, CallNow::Free),
        (PushState::Pushed, NotRead, CallNow::Ask(GuardReason::ProviderMayRing)),
    ] {
        let row = CallbackRow { push, ..row("c1", DUE) };
        assert_eq!(call_now(&row, item), expected, "{push:?} {item:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Sleep, clocks that are set in either direction, restarts and commits that fail: one reminder each, none missed.
    #[test]
    fn exactly_one_reminder_each_whatever_the_clock_does(
        dues in prop::collection::vec(0_i64..7_200, 1..5),
        steps in prop::collection::vec((-3_600_i64..5_400, 0_u8..10), 1..40),
    ) {
        let start = at("2026-03-29T00:00:00Z");
        let second = |seconds: i64| start.checked_add(SignedDuration::from_secs(seconds)).unwrap();
        let mut rows: Vec<CallbackRow> = dues
            .iter()
            .enumerate()
            .map(|(index, due)| CallbackRow { due_at: second(*due), ..row(&format!("c{index}"), DUE) })
            .collect();
        let mut bench = Bench::new();
        bench.now = start;
        for row in &rows {
            bench.desk.take_up(row.clone(), Dress::default(), start);
        }
        let mut latest = start;
        for (step, event) in steps {
            bench.now = bench.now.checked_add(SignedDuration::from_secs(step)).unwrap().max(start);
            latest = latest.max(bench.now);
            match event {
                // A crash and a start: the desk knows what the database knows.
                0 => {
                    bench.desk = CallbacksDesk::new(true);
                    for row in &mut rows {
                        row.reminded_at = bench.durable.contains(&row.id).then_some(bench.now);
                        bench.desk.take_up(row.clone(), Dress::default(), bench.now);
                    }
                }
                // The disk is full.
                1 => {
                    for effect in bench.desk.tick(bench.now) {
                        if let Effect::Commit { then: Committed::Callback(change), .. } = effect {
                            bench.desk.commit_failed(change, &StoreError::WriterStopped, bench.now);
                        }
                    }
                }
                _ => { bench.tick(); }
            }
        }
        // Awake long enough in the end: nothing is missed.
        bench.now = latest.checked_add(SignedDuration::from_hours(3)).unwrap();
        bench.tick();
        let mut shown: Vec<&str> = bench.shown.iter().filter_map(|view| view.callback.as_deref()).collect();
        shown.sort_unstable();
        let expected: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
        prop_assert_eq!(shown, expected);
    }
}
