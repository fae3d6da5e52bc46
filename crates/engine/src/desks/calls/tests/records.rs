//! Unclear calls and the provider's call log.

use providers::RecordedCall;

use super::*;
use crate::desks::calls::RecordsFound;

impl Bench {
    /// Does what is due, and says for which calls the log is to be read.
    fn looks(&mut self) -> Vec<String> {
        let effects = self.desk.tick(&self.accounts, self.now);
        let mut calls = Vec::new();
        for effect in self.commit(effects) {
            if let Effect::LookAtRecords { call, .. } = effect {
                calls.push(call);
            }
        }
        calls
    }

    fn read(&mut self, records: Vec<RecordedCall>) {
        self.read_with(RecordsFound {
            records,
            whole: true,
            own_names: Vec::new(),
        });
    }

    fn read_with(&mut self, found: RecordsFound) {
        let account = self.accounts.get("ace").unwrap();
        let effects = self.desk.records_read(account, Ok(found), self.now);
        self.commit(effects);
    }

    fn outcome(&self, id: &str) -> Option<CallOutcome> {
        self.desk.get(id)?.reading.outcome
    }
}

/// An entry of the log that fits the calls of the bench by everything but an id.
fn entry(call_id: &str) -> RecordedCall {
    RecordedCall {
        id: format!("entry-{call_id}"),
        provider_call_id: Some(call_id.into()),
        direction: Some(Direction::Outbound),
        outcome: Some(CallOutcome::Talked),
        started_at: "2026-03-04T10:00:02Z".parse().ok(),
        ended_at: "2026-03-04T10:00:08Z".parse().ok(),
        talk_seconds: Some(4),
        agent: Some("+442079460901".into()),
        customer: PhoneNumber::from_e164("+442079460001").ok(),
        ..RecordedCall::default()
    }
}

#[test]
fn the_log_is_read_seconds_after_an_answer_was_lost_and_then_ever_more_rarely() {
    let mut bench = Bench::new();
    let call = bench.placed(lost());
    let mut read_at = Vec::new();
    for second in 0..1_200 {
        if !bench.looks().is_empty() {
            read_at.push(second);
            bench.read(Vec::new());
        }
        bench.later(1);
    }
    assert_eq!(read_at, [10, 30, 120, 600]);
    assert_eq!(bench.phase(&call), Phase::Unconfirmed);
}

#[test]
fn one_entry_that_fits_by_numbers_agent_and_time_settles_the_call() {
    let mut bench = Bench::new();
    let call = bench.placed(lost());
    bench.later(10);
    assert_eq!(bench.looks(), std::slice::from_ref(&call));
    assert!(bench.looks().is_empty(), "it is being read");
    bench.read(vec![entry("p-1")]);
    assert_eq!(
        (bench.phase(&call), bench.outcome(&call)),
        (Phase::Ended, Some(CallOutcome::Talked))
    );
    bench.later(3_600);
    assert!(bench.looks().is_empty(), "nothing is unclear any more");
}

#[test]
fn nothing_is_taken_where_more_than_one_could_be_meant_or_none_is_ours() {
    let early = RecordedCall {
        started_at: "2026-03-04T09:50:00Z".parse().ok(),
        ..entry("p-1")
    };
    let agent = |name: Option<&str>| RecordedCall {
        agent: name.map(str::to_owned),
        ..entry("p-1")
    };
    let echoes = |our_id: &str| RecordedCall {
        our_id: Some(our_id.into()),
        ..entry("p-1")
    };
    for (why, records) in [
        ("two entries", vec![entry("p-1"), entry("p-2")]),
        ("of before", vec![early]),
        ("a colleague's", vec![agent(Some("+442079460902"))]),
        (
            "of somebody whose name says nothing",
            vec![agent(Some("0602842370097"))],
        ),
        ("of nobody", vec![agent(None)]),
        ("of another program", vec![echoes("not-ours")]),
        (
            "still going on",
            vec![RecordedCall {
                outcome: None,
                ended_at: None,
                ..entry("p-1")
            }],
        ),
    ] {
        let mut bench = Bench::new();
        let call = bench.placed(lost());
        bench.later(10);
        bench.looks();
        bench.read(records);
        assert_eq!(bench.phase(&call), Phase::Unconfirmed, "{why}");
    }
    // A part of the log: there may be another.
    let mut bench = Bench::new();
    let call = bench.placed(lost());
    bench.later(10);
    bench.read_with(RecordsFound {
        records: vec![entry("p-1")],
        ..RecordsFound::default()
    });
    assert_eq!(bench.phase(&call), Phase::Unconfirmed);
    // Two calls of ours that it could be.
    let mut bench = Bench::new();
    let one = bench.placed(lost());
    bench.later(61);
    let other = bench.placed(lost());
    bench.later(10);
    bench.read(vec![entry("p-1")]);
    assert_eq!(
        (bench.phase(&one), bench.phase(&other)),
        (Phase::Unconfirmed, Phase::Unconfirmed)
    );
}

#[test]
fn an_entry_may_mean_a_call_that_has_long_been_over() {
    let mut bench = Bench::new();
    let over = bench.placed(lost());
    let unclear = {
        bench.later(61);
        bench.placed(lost())
    };
    let mut ended = Fact::new(FactKind::CallEnded, FactSource::Webhook, bench.now);
    ended.our_id = Some(bench.desk.get(&over).unwrap().stored.row.our_id.clone());
    ended.outcome = Some(CallOutcome::CustomerNoAnswer);
    bench.fact(ended);
    assert_eq!(
        (bench.phase(&over), bench.phase(&unclear)),
        (Phase::Ended, Phase::Unconfirmed)
    );
    bench.later(3_600);
    bench.read(vec![entry("p-1")]);
    assert_eq!(bench.phase(&unclear), Phase::Unconfirmed);
}

#[test]
fn calls_placed_within_three_minutes_of_an_unclear_one_are_in_question() {
    let mut bench = Bench::new();
    let (from, to) = (
        bench.now - SignedDuration::from_secs(180),
        bench.now + SignedDuration::from_secs(180),
    );
    let call = bench.placed(lost());
    let account = bench.desk.get(&call).unwrap().stored.row.account_id.clone();
    assert_eq!(bench.desk.times_in_question(&account), [(from, to)]);
    assert!(bench.desk.times_in_question("another").is_empty());
    bench.later(10);
    bench.read(vec![entry("p-1")]);
    assert!(
        bench.desk.times_in_question(&account).is_empty(),
        "nothing is unclear any more"
    );
}

#[test]
fn an_id_is_enough_and_goes_before_all_that_only_fits() {
    let mut bench = Bench::new();
    let call = bench.placed(lost());
    let named = RecordedCall {
        our_id: Some(bench.desk.get(&call).unwrap().stored.row.our_id.clone()),
        outcome: Some(CallOutcome::CustomerBusy),
        agent: None,
        ..entry("p-1")
    };
    bench.later(10);
    bench.read(vec![entry("p-2"), named, entry("p-3")]);
    assert_eq!(bench.outcome(&call), Some(CallOutcome::CustomerBusy));
}

#[test]
fn the_agent_is_known_by_every_name_that_the_provider_has_for_them() {
    let extension = || RecordedCall {
        agent: Some("0602842370097".into()),
        ..entry("p-1")
    };
    for (name, settled) in [("0602842370097", true), ("0602842370098", false)] {
        let mut bench = Bench::new();
        let call = bench.placed(lost());
        bench.later(10);
        bench.read_with(RecordsFound {
            records: vec![extension()],
            whole: true,
            own_names: vec![name.into()],
        });
        assert_eq!(bench.phase(&call) == Phase::Ended, settled, "{name}");
    }
}

#[test]
fn an_end_of_which_nobody_knows_how_it_came_is_looked_up_too() {
    let mut bench = Bench::new();
    let call = bench.placed(accepted());
    bench.polled(vec![live("p-1")]);
    bench.polled(Vec::new());
    bench.polled(Vec::new());
    assert_eq!(
        (bench.phase(&call), bench.outcome(&call)),
        (Phase::Ended, Some(CallOutcome::Unknown))
    );
    bench.later(9);
    assert!(bench.looks().is_empty());
    bench.later(1);
    assert_eq!(bench.looks(), std::slice::from_ref(&call));
    bench.read(vec![entry("p-1")]);
    assert_eq!(bench.outcome(&call), Some(CallOutcome::Talked));
}

#[test]
fn asking_again_looks_at_live_calls_and_then_at_the_log_at_once() {
    let mut bench = Bench::new();
    let call = bench.placed(lost());
    bench.later(1);
    bench.desk.check_again(&call, &bench.accounts, bench.now);
    assert!(bench.looks().is_empty(), "live calls come first");
    bench.polled(Vec::new());
    assert_eq!(bench.looks(), std::slice::from_ref(&call));
    bench.read(Vec::new());
    bench.later(9);
    assert_eq!(
        bench.looks(),
        std::slice::from_ref(&call),
        "and what was to come still comes"
    );
    bench.read(vec![entry("p-1")]);
    assert_eq!(bench.phase(&call), Phase::Ended);
}

#[test]
fn a_log_that_cannot_be_read_is_asked_for_again_when_its_time_comes() {
    let mut bench = Bench::new();
    let call = bench.placed(lost());
    bench.later(10);
    assert_eq!(bench.looks().len(), 1);
    let error = ProviderError::new(ErrorKind::RateLimited, Operation::Records, ProviderKind::AcefoneUk);
    let account = bench.accounts.get("ace").unwrap();
    assert!(bench.desk.records_read(account, Err(error), bench.now).is_empty());
    bench.later(10);
    assert!(bench.looks().is_empty());
    bench.later(10);
    assert_eq!(bench.looks(), [call]);
}
