use jiff::Timestamp;

use super::*;
use crate::{Fact, FactKind, FactSource, LegNaming};

use FactKind::*;
use FactSource::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn placed() -> Placed {
    Placed {
        direction: Direction::Outbound,
        dial_order: DialOrder::AgentFirst,
        dispatch: Some(Dispatch::Accepted),
        requested_at: at(0),
        reason: None,
        reports_progress: true,
        end_accepted: false,
        call_timeout: None,
    }
}

fn support() -> Placed {
    Placed {
        dial_order: DialOrder::CustomerFirst,
        ..placed()
    }
}

fn inbound() -> Placed {
    Placed {
        direction: Direction::Inbound,
        dispatch: None,
        ..placed()
    }
}

fn dispatched(dispatch: Dispatch) -> Placed {
    Placed {
        dispatch: Some(dispatch),
        ..placed()
    }
}

/// Told `second` seconds after the request, and heard a second later.
fn fact(kind: FactKind, source: FactSource, second: i64) -> Fact {
    Fact {
        occurred_at: Some(at(second)),
        ..seen(kind, source, second + 1)
    }
}

/// Seen at our clock's `second`; the source has no clock.
fn seen(kind: FactKind, source: FactSource, second: i64) -> Fact {
    Fact::new(kind, source, at(second))
}

fn end(source: FactSource, second: i64, outcome: CallOutcome) -> Fact {
    Fact {
        outcome: Some(outcome),
        ..fact(CallEnded, source, second)
    }
}

fn read(placed: &Placed, facts: impl IntoIterator<Item = Fact>) -> Call {
    Call::read(placed, &facts.into_iter().collect())
}

fn leg(state: LegState, known: Known) -> LegReading {
    LegReading { state, known }
}

fn confirmed(state: LegState) -> LegReading {
    leg(state, Known::Confirmed)
}

fn assumed(state: LegState) -> LegReading {
    leg(state, Known::Assumed)
}

#[test]
fn a_request_under_way_has_asked_for_the_agents_phone_as_far_as_we_know() {
    for dispatch in [Dispatch::Intent, Dispatch::Sent] {
        let call = read(&dispatched(dispatch), []);
        assert_eq!(call.phase, Phase::Requested);
        assert_eq!(call.legs.agent, assumed(LegState::Requested));
        assert_eq!(call.legs.customer, assumed(LegState::Idle));
    }
}

#[test]
fn an_accepted_call_rings_the_agent_until_told_otherwise() {
    let call = read(&placed(), []);
    assert_eq!(call.phase, Phase::RingingAgent);
    assert_eq!(call.legs.agent, assumed(LegState::Ringing));
    assert_eq!(call.legs.customer, assumed(LegState::Idle));
    assert_eq!(call.outcome, None);
}

#[test]
fn a_call_taken_by_a_provider_that_reports_nothing_is_handed_over() {
    let call = read(
        &Placed {
            reports_progress: false,
            ..placed()
        },
        [],
    );
    assert_eq!(call.phase, Phase::HandedOver);
    assert_eq!(call.legs.agent, confirmed(LegState::Requested));
    assert_eq!(call.legs.customer, assumed(LegState::Idle));
}

#[test]
fn a_support_call_rings_the_customer_first() {
    let call = read(&support(), []);
    assert_eq!(call.phase, Phase::RingingCustomer);
    assert_eq!(call.legs.customer, assumed(LegState::Ringing));
    assert_eq!(call.legs.agent, assumed(LegState::Idle));
}

#[test]
fn the_agents_pickup_starts_the_customers_leg() {
    let call = read(&placed(), [fact(AgentLegAnswered, Webhook, 5)]);
    assert_eq!(call.phase, Phase::RingingCustomer);
    assert_eq!(call.legs.agent, confirmed(LegState::Answered));
    assert_eq!(call.legs.customer, assumed(LegState::Ringing));
    assert_eq!(call.agent_answered_at, Some(at(5)));
    assert_eq!(call.connected_at, None);
}

#[test]
fn the_customers_answer_implies_the_agents() {
    let call = read(&placed(), [fact(CustomerLegAnswered, Webhook, 12)]);
    assert_eq!(call.phase, Phase::Connected);
    assert_eq!(call.legs.agent, assumed(LegState::Answered));
    assert_eq!(call.legs.customer, confirmed(LegState::Answered));
    assert_eq!(
        (call.connected_at, call.connected_at_known),
        (Some(at(12)), Known::Confirmed)
    );
    assert_eq!(call.agent_answered_at, None);
}

#[test]
fn an_answer_without_a_provider_clock_gives_an_assumed_start() {
    let call = read(&placed(), [seen(CustomerLegAnswered, Webhook, 12)]);
    assert_eq!(
        (call.connected_at, call.connected_at_known),
        (Some(at(12)), Known::Assumed)
    );
}

#[test]
fn positions_are_mapped_by_the_dial_order_and_named_parties_are_not() {
    let by_position = read(&support(), [fact(AgentLegAnswered, Webhook, 5)]);
    assert_eq!(by_position.phase, Phase::RingingAgent);
    assert_eq!(by_position.legs.customer, confirmed(LegState::Answered));
    assert_eq!(by_position.legs.agent, assumed(LegState::Ringing));

    let by_party = Fact {
        leg_naming: LegNaming::Party,
        ..fact(CustomerLegAnswered, Webhook, 5)
    };
    assert_eq!(
        read(&support(), [by_party]).legs.customer,
        confirmed(LegState::Answered)
    );
}

#[test]
fn a_support_call_is_connected_when_both_have_answered() {
    let call = read(
        &support(),
        [
            fact(AgentLegAnswered, Webhook, 5),
            fact(CustomerLegAnswered, Webhook, 9),
        ],
    );
    assert_eq!(call.phase, Phase::Connected);
    assert_eq!(call.connected_at, Some(at(5)), "counted from the customer's answer");
    assert_eq!(call.agent_answered_at, Some(at(9)));
}

#[test]
fn positions_in_the_end_of_a_support_call_are_mapped_too() {
    let hangup = Fact {
        ended_by: Some(EndedBy::Agent),
        ..end(Webhook, 30, CallOutcome::AgentNoAnswer)
    };
    let call = read(&support(), [hangup]);
    assert_eq!(call.outcome, Some(CallOutcome::CustomerNoAnswer));
    assert_eq!(call.ended_by, Some(EndedBy::Customer));
    assert_eq!(call.legs.customer, confirmed(LegState::Ended));
    assert_eq!(call.legs.agent, assumed(LegState::Idle));
}

#[test]
fn a_live_call_on_the_list_says_nothing_of_its_legs() {
    let call = read(&dispatched(Dispatch::Sent), [seen(CallLive, Poll, 3)]);
    assert_eq!(call.phase, Phase::RingingAgent);
    assert_eq!(call.legs.agent, assumed(LegState::Ringing));
}

#[test]
fn a_refused_request_ends_without_a_ring() {
    let call = read(
        &Placed {
            reason: Some("caller_id_refused".into()),
            ..dispatched(Dispatch::Refused)
        },
        [],
    );
    assert_eq!((call.phase, call.outcome), (Phase::Ended, Some(CallOutcome::Refused)));
    assert_eq!(call.reason.as_deref(), Some("caller_id_refused"));
    assert_eq!(call.end_known, Some(Known::Confirmed));
    assert_eq!(call.legs.agent.state, LegState::Idle);
    assert_eq!(call.legs.customer.state, LegState::Idle);
}

#[test]
fn what_never_left_is_not_sent() {
    assert_eq!(
        read(&dispatched(Dispatch::Cancelled), []).outcome,
        Some(CallOutcome::NotSent)
    );
    for reason in ["unreachable", "gesture_too_old"] {
        let unsent = Placed {
            reason: Some(reason.into()),
            ..dispatched(Dispatch::Refused)
        };
        assert_eq!(read(&unsent, []).outcome, Some(CallOutcome::NotSent), "{reason}");
    }
}

#[test]
fn a_call_that_the_provider_shows_overrules_a_refusal() {
    let refused = Placed {
        reason: Some("gateway".into()),
        ..dispatched(Dispatch::Refused)
    };
    let call = read(&refused, [fact(AgentLegAnswered, Webhook, 4)]);
    assert_eq!(call.phase, Phase::RingingCustomer);
    assert_eq!((call.outcome, call.reason), (None, None));
}

#[test]
fn an_event_that_is_about_no_progress_does_not_overrule_a_refusal() {
    let call = read(&dispatched(Dispatch::Refused), [fact(UnknownEvent, Webhook, 4)]);
    assert_eq!(call.outcome, Some(CallOutcome::Refused));
}

#[test]
fn an_unclear_answer_is_unconfirmed_until_the_provider_shows_the_call() {
    let unknown = Placed {
        reason: Some("timeout".into()),
        ..dispatched(Dispatch::Unknown)
    };
    let call = read(&unknown, []);
    assert_eq!(
        (call.phase, call.reason.as_deref()),
        (Phase::Unconfirmed, Some("timeout"))
    );

    let call = read(&unknown, [seen(CallLive, Poll, 20)]);
    assert_eq!((call.phase, call.reason), (Phase::RingingAgent, None));
}

#[test]
fn silence_leaves_a_ringing_call_unconfirmed_until_news_comes() {
    let silent = [fact(AgentLegRinging, Webhook, 2), seen(NoNews, Timer, 50)];
    assert_eq!(read(&placed(), silent.clone()).phase, Phase::Unconfirmed);

    let with_news = silent.into_iter().chain([seen(CallLive, Poll, 60)]);
    assert_eq!(read(&placed(), with_news).phase, Phase::RingingAgent);
}

#[test]
fn silence_never_alarms_a_talking_call() {
    let call = read(
        &placed(),
        [fact(CustomerLegAnswered, Webhook, 9), seen(NoNews, Timer, 500)],
    );
    assert_eq!(call.phase, Phase::Connected);
    assert_eq!(call.last_news_at, Some(at(10)));
}

#[test]
fn a_talked_call_ends_with_its_seconds() {
    let hangup = Fact {
        talk_seconds: Some(62),
        ended_by: Some(EndedBy::Customer),
        ..end(Webhook, 80, CallOutcome::Talked)
    };
    let call = read(&placed(), [fact(AgentLegAnswered, Webhook, 5), hangup]);
    assert_eq!((call.phase, call.outcome), (Phase::Ended, Some(CallOutcome::Talked)));
    assert_eq!(call.legs.agent, confirmed(LegState::Ended));
    assert_eq!(call.legs.customer, confirmed(LegState::Ended));
    assert_eq!(call.talk_seconds, Some(62));
    assert_eq!((call.ended_at, call.end_known), (Some(at(80)), Some(Known::Confirmed)));
    assert_eq!(
        (call.connected_at, call.connected_at_known),
        (Some(at(18)), Known::Assumed)
    );
    assert_eq!(call.ended_by, Some(EndedBy::Customer));
}

#[test]
fn late_ringing_after_end_is_ignored() {
    let call = read(
        &placed(),
        [
            end(Webhook, 20, CallOutcome::CustomerNoAnswer),
            seen(CustomerLegRinging, Webhook, 40),
            seen(CallLive, Poll, 41),
        ],
    );
    assert_eq!(
        (call.phase, call.outcome),
        (Phase::Ended, Some(CallOutcome::CustomerNoAnswer))
    );
}

#[test]
fn an_unanswered_agent_leaves_the_customer_untouched() {
    let call = read(&placed(), [end(Webhook, 35, CallOutcome::AgentNoAnswer)]);
    assert_eq!(call.legs.agent, confirmed(LegState::Ended));
    assert_eq!(call.legs.customer, assumed(LegState::Idle));
}

#[test]
fn an_answer_seen_by_a_poll_yields_to_a_hangup_that_denies_it() {
    let call = read(
        &placed(),
        [
            seen(AgentLegAnswered, Poll, 5),
            end(Webhook, 35, CallOutcome::AgentNoAnswer),
        ],
    );
    assert_eq!(call.agent_answered_at, None);
    assert_eq!(call.legs.customer.state, LegState::Idle);
}

#[test]
fn the_hangup_webhook_outweighs_the_stream() {
    let call = read(
        &placed(),
        [
            end(Websocket, 99, CallOutcome::Failed),
            end(Webhook, 80, CallOutcome::CustomerBusy),
        ],
    );
    assert_eq!(
        (call.outcome, call.ended_at),
        (Some(CallOutcome::CustomerBusy), Some(at(80)))
    );
}

#[test]
fn a_stronger_source_that_does_not_know_leaves_it_to_a_weaker_one() {
    let call = read(
        &placed(),
        [
            end(Webhook, 80, CallOutcome::Unknown),
            end(Websocket, 80, CallOutcome::CustomerBusy),
        ],
    );
    assert_eq!(call.outcome, Some(CallOutcome::CustomerBusy));
}

#[test]
fn an_outcome_disputed_between_equal_sources_is_unknown() {
    let call = read(
        &placed(),
        [
            end(Webhook, 80, CallOutcome::Talked),
            end(Records, 81, CallOutcome::CustomerNoAnswer),
        ],
    );
    assert_eq!(call.outcome, Some(CallOutcome::Unknown));
}

#[test]
fn nobody_was_connected_before_the_request() {
    let hangup = |second| Fact {
        talk_seconds: Some(42),
        ..end(Webhook, second, CallOutcome::Talked)
    };
    assert_eq!(read(&placed(), [hangup(60)]).connected_at, Some(at(18)));
    assert_eq!(read(&placed(), [hangup(5)]).connected_at, Some(at(0)));
    assert_eq!(read(&placed(), [hangup(-100)]).connected_at, Some(at(-100)));
}

/// A hangup that calls the call answered and counts no second of the customer: the agent alone may have answered.
fn end_without_a_second(second: i64) -> Fact {
    Fact {
        talk_seconds: Some(0),
        ..end(Webhook, second, CallOutcome::Unknown)
    }
}

#[test]
fn a_customer_who_answered_and_hung_up_at_once_was_talked_to_for_no_second() {
    let facts = [
        seen(AgentLegAnswered, Webhook, 5),
        seen(CustomerLegAnswered, Webhook, 9),
        end_without_a_second(9),
    ];
    let call = read(&placed(), facts);
    assert_eq!((call.outcome, call.talk_seconds), (Some(CallOutcome::Talked), Some(0)));
    assert_eq!(call.legs.customer, confirmed(LegState::Ended));
    assert_eq!(call.connected_at, Some(at(9)));

    // Where the customer is rung first, the agent's answer joins them.
    let first = [seen(AgentLegAnswered, Webhook, 5), end_without_a_second(9)];
    assert_eq!(read(&support(), first).outcome, Some(CallOutcome::Unknown));
}

#[test]
fn no_second_of_talk_stays_unknown_where_the_customers_answer_is_not_confirmed() {
    let nobody = [seen(AgentLegAnswered, Webhook, 5), end_without_a_second(9)];
    assert_eq!(read(&placed(), nobody).outcome, Some(CallOutcome::Unknown));
    // A list sees a moment; an end is final against it.
    let polled = [seen(CustomerLegAnswered, Poll, 8), end_without_a_second(9)];
    assert_eq!(read(&placed(), polled).outcome, Some(CallOutcome::Unknown));
    // An end that counts nothing does not say that anybody answered.
    let uncounted = [
        seen(CustomerLegAnswered, Webhook, 8),
        end(Webhook, 9, CallOutcome::Unknown),
    ];
    assert_eq!(read(&placed(), uncounted).outcome, Some(CallOutcome::Unknown));
}

#[test]
fn no_second_of_talk_stays_unknown_where_sources_dispute() {
    let facts = [
        seen(CustomerLegAnswered, Webhook, 8),
        Fact {
            talk_seconds: Some(0),
            ..end(Webhook, 9, CallOutcome::Talked)
        },
        end(Records, 9, CallOutcome::CustomerNoAnswer),
    ];
    assert_eq!(read(&placed(), facts).outcome, Some(CallOutcome::Unknown));
}

#[test]
fn a_source_that_corrects_itself_is_no_dispute() {
    let call = read(
        &placed(),
        [
            end(Webhook, 80, CallOutcome::AgentNoAnswer),
            end(Webhook, 90, CallOutcome::Talked),
        ],
    );
    assert_eq!(call.outcome, Some(CallOutcome::Talked));
}

#[test]
fn an_end_without_an_outcome_is_read_from_the_legs() {
    let ended = || fact(CallEnded, Webhook, 60);
    let outcome = |facts: Vec<Fact>| read(&placed(), facts).outcome;
    assert_eq!(
        outcome(vec![fact(CustomerLegAnswered, Webhook, 9), ended()]),
        Some(CallOutcome::Talked)
    );
    assert_eq!(
        outcome(vec![fact(AgentLegAnswered, Webhook, 9), ended()]),
        Some(CallOutcome::Unknown)
    );
    assert_eq!(outcome(vec![ended()]), Some(CallOutcome::Unknown));
}

#[test]
fn a_call_ended_by_the_agent_before_both_were_joined_is_cancelled() {
    let ending = Placed {
        end_accepted: true,
        ..placed()
    };
    let call = read(
        &ending,
        [fact(AgentLegAnswered, Webhook, 5), fact(CallEnded, Webhook, 9)],
    );
    assert_eq!(
        (call.outcome, call.ended_by),
        (Some(CallOutcome::Cancelled), Some(EndedBy::Agent))
    );
    assert_eq!(
        read(&ending, [seen(CallGone, Poll, 9)]).outcome,
        Some(CallOutcome::Cancelled)
    );
}

#[test]
fn what_a_provider_calls_no_answer_is_cancelled_if_the_agents_end_came_first() {
    let ending = Placed {
        end_accepted: true,
        ..placed()
    };
    let missed = Fact {
        outcome: Some(CallOutcome::CustomerNoAnswer),
        ..fact(CallEnded, Webhook, 9)
    };
    let read_with = |placed: &Placed| read(placed, [fact(AgentLegAnswered, Webhook, 5), missed.clone()]).outcome;
    assert_eq!(read_with(&ending), Some(CallOutcome::Cancelled));
    assert_eq!(read_with(&placed()), Some(CallOutcome::CustomerNoAnswer));
}

#[test]
fn an_accepted_end_alone_does_not_end_the_call() {
    let call = read(
        &Placed {
            end_accepted: true,
            ..placed()
        },
        [fact(CustomerLegAnswered, Webhook, 5)],
    );
    assert_eq!(call.phase, Phase::Connected);
}

#[test]
fn a_talk_as_long_as_the_limit_was_cut_by_it() {
    let limited = Placed {
        call_timeout: Some(120),
        ..placed()
    };
    let talked = |talk| Fact {
        talk_seconds: Some(talk),
        ..end(Webhook, 200, CallOutcome::Talked)
    };
    assert_eq!(read(&limited, [talked(120)]).outcome, Some(CallOutcome::TimeLimit));
    assert_eq!(read(&limited, [talked(119)]).outcome, Some(CallOutcome::Talked));
}

#[test]
fn gone_from_the_list_is_an_assumed_end() {
    let call = read(&placed(), [seen(CallLive, Poll, 3), seen(CallGone, Poll, 30)]);
    assert_eq!((call.phase, call.end_known), (Phase::Ended, Some(Known::Assumed)));
    assert_eq!(
        (call.outcome, call.ended_at),
        (Some(CallOutcome::Unknown), Some(at(30)))
    );
    assert_eq!(call.legs.agent, assumed(LegState::Ended));
}

#[test]
fn a_call_seen_again_is_not_gone_and_can_go_again() {
    let again = [seen(CallGone, Poll, 30), seen(CallLive, Poll, 33)];
    assert_eq!(read(&placed(), again.clone()).phase, Phase::RingingAgent);
    let gone_again = again.into_iter().chain([seen(CallGone, Poll, 60)]);
    assert_eq!(read(&placed(), gone_again).ended_at, Some(at(60)));
}

#[test]
fn a_webhook_that_comes_late_does_not_revive_a_call_that_is_gone() {
    let call = read(
        &placed(),
        [seen(CallGone, Poll, 30), seen(CustomerLegAnswered, Webhook, 45)],
    );
    assert_eq!((call.phase, call.outcome), (Phase::Ended, Some(CallOutcome::Talked)));
}

#[test]
fn records_say_more_than_absence() {
    let record = Fact {
        talk_seconds: Some(10),
        ..end(Records, 28, CallOutcome::Talked)
    };
    let call = read(&placed(), [seen(CallGone, Poll, 30), record]);
    assert_eq!(
        (call.outcome, call.end_known),
        (Some(CallOutcome::Talked), Some(Known::Confirmed))
    );
    assert_eq!((call.ended_at, call.connected_at), (Some(at(28)), Some(at(18))));
}

#[test]
fn the_agents_mark_yields_to_a_provider_that_shows_the_call() {
    let marked = [seen(NoNews, Timer, 50), seen(MarkedEnded, Agent, 55)];
    let call = read(&placed(), marked.clone());
    assert_eq!(
        (call.phase, call.end_known, call.ended_at),
        (Phase::Ended, Some(Known::Assumed), Some(at(55)))
    );

    let alive = marked.into_iter().chain([seen(CustomerLegAnswered, Webhook, 70)]);
    assert_eq!(read(&placed(), alive).phase, Phase::Connected);
}

#[test]
fn an_inbound_call_rings_the_agent_and_is_joined_by_their_pickup() {
    let received = fact(CallReceived, Webhook, 0);
    let call = read(&inbound(), [received.clone()]);
    assert_eq!(call.phase, Phase::RingingAgent);
    assert_eq!(call.legs.agent, assumed(LegState::Ringing));
    assert_eq!(call.legs.customer, confirmed(LegState::Ringing));

    let call = read(&inbound(), [received, fact(AgentLegAnswered, Webhook, 7)]);
    assert_eq!((call.phase, call.connected_at), (Phase::Connected, Some(at(7))));
    assert_eq!(call.legs.customer, confirmed(LegState::Answered));
}

#[test]
fn inbound_positions_are_taken_literally() {
    let call = read(
        &Placed {
            direction: Direction::Inbound,
            ..support()
        },
        [fact(AgentLegAnswered, Webhook, 7)],
    );
    assert_eq!(call.legs.agent, confirmed(LegState::Answered));
}

#[test]
fn a_missed_inbound_call_ends_both_legs() {
    let call = read(
        &inbound(),
        [fact(CallReceived, Webhook, 0), end(Webhook, 30, CallOutcome::Missed)],
    );
    assert_eq!(call.outcome, Some(CallOutcome::Missed));
    assert_eq!(
        (call.legs.agent.state, call.legs.customer.state),
        (LegState::Ended, LegState::Ended)
    );
    assert_eq!(call.connected_at, None);
}

#[test]
fn a_leg_that_ended_does_not_end_the_call() {
    let call = read(
        &placed(),
        [
            fact(AgentLegAnswered, Websocket, 3),
            fact(CustomerLegAnswered, Websocket, 5),
            fact(AgentLegEnded, Websocket, 9),
        ],
    );
    assert_eq!(call.phase, Phase::Connected);
    assert_eq!(call.legs.agent, confirmed(LegState::Ended));
}

/// A leg's fact of one telephone.
fn of(phone: &str, fact: Fact) -> Fact {
    Fact {
        provider_leg_id: Some(phone.to_owned()),
        leg_naming: LegNaming::Party,
        ..fact
    }
}

fn because(outcome: CallOutcome, fact: Fact) -> Fact {
    Fact {
        outcome: Some(outcome),
        ..fact
    }
}

#[test]
fn both_legs_hung_up_end_a_talked_call_with_its_seconds() {
    let facts = [
        of("a", fact(AgentLegRinging, Websocket, 1)),
        of("a", fact(AgentLegAnswered, Websocket, 3)),
        of("c", fact(CustomerLegRinging, Websocket, 4)),
        of("c", fact(CustomerLegAnswered, Websocket, 10)),
        of("c", fact(CustomerLegEnded, Websocket, 31)),
        of("a", fact(AgentLegEnded, Websocket, 32)),
    ];
    let call = read(&placed(), facts.clone());
    assert_eq!(call.phase, Phase::Ended);
    assert_eq!(call.outcome, Some(CallOutcome::Talked));
    assert_eq!((call.talk_seconds, call.ended_at), (Some(21), Some(at(31))));
    assert_eq!(call.end_known, Some(Known::Confirmed));
    assert_eq!(call.connected_at, Some(at(10)));
    // One of the two is not enough.
    assert_eq!(read(&placed(), facts[..5].to_vec()).phase, Phase::Connected);
}

#[test]
fn a_first_leg_that_hung_up_before_the_second_was_rung_ends_the_call() {
    let rung = of("a", fact(AgentLegRinging, Websocket, 1));
    let over = of("a", fact(AgentLegEnded, Websocket, 20));
    let call = read(&placed(), [rung.clone(), over.clone()]);
    assert_eq!(
        (call.phase, call.outcome),
        (Phase::Ended, Some(CallOutcome::AgentNoAnswer))
    );
    let busy = because(CallOutcome::AgentBusy, over.clone());
    assert_eq!(
        read(&placed(), [rung.clone(), busy]).outcome,
        Some(CallOutcome::AgentBusy)
    );
    let answered = of("a", fact(AgentLegAnswered, Websocket, 5));
    assert_eq!(
        read(&placed(), [rung, answered, over]).outcome,
        Some(CallOutcome::Cancelled)
    );
    // What is posted may be late: that the customer was rung can still come.
    let posted = [
        of("a", fact(AgentLegAnswered, Webhook, 5)),
        of("a", fact(AgentLegEnded, Webhook, 20)),
    ];
    let call = read(&placed(), posted);
    assert_eq!((call.phase, call.outcome), (Phase::Ended, Some(CallOutcome::Unknown)));
}

#[test]
fn a_customer_who_was_busy_ends_the_call_once_the_agent_is_off_too() {
    let facts = [
        of("a", fact(AgentLegAnswered, Websocket, 3)),
        of("c", fact(CustomerLegRinging, Websocket, 4)),
        of(
            "c",
            because(CallOutcome::CustomerBusy, fact(CustomerLegEnded, Websocket, 6)),
        ),
        of("a", fact(AgentLegEnded, Websocket, 8)),
    ];
    assert_ne!(read(&placed(), facts[..3].to_vec()).phase, Phase::Ended);
    let call = read(&placed(), facts);
    assert_eq!(
        (call.outcome, call.talk_seconds),
        (Some(CallOutcome::CustomerBusy), None)
    );
}

#[test]
fn of_several_telephones_all_must_have_hung_up() {
    let ringing = [
        of("desk", fact(AgentLegRinging, Websocket, 1)),
        of("mobile", fact(AgentLegRinging, Websocket, 1)),
        of(
            "desk",
            because(CallOutcome::AgentBusy, fact(AgentLegEnded, Websocket, 2)),
        ),
    ];
    assert_eq!(read(&placed(), ringing.clone()).phase, Phase::RingingAgent);
    let last = of("mobile", fact(AgentLegEnded, Websocket, 30));
    assert_eq!(read(&placed(), ringing.into_iter().chain([last])).phase, Phase::Ended);
}

#[test]
fn an_end_that_is_told_outweighs_what_the_legs_allow_to_conclude() {
    let call = read(
        &placed(),
        [
            fact(AgentLegRinging, Websocket, 1),
            fact(AgentLegEnded, Websocket, 20),
            end(Webhook, 21, CallOutcome::Failed),
        ],
    );
    assert_eq!(call.outcome, Some(CallOutcome::Failed));
}

#[test]
fn a_caller_who_gave_up_was_missed() {
    let facts = [
        fact(CallReceived, Websocket, 1),
        of("a", fact(AgentLegRinging, Websocket, 2)),
        of("c", fact(CustomerLegEnded, Websocket, 9)),
        of("a", fact(AgentLegEnded, Websocket, 9)),
    ];
    let call = read(&inbound(), facts);
    assert_eq!((call.phase, call.outcome), (Phase::Ended, Some(CallOutcome::Missed)));
}

#[test]
fn further_parties_are_kept_apart_by_name() {
    let other = |kind, who: &str, second| Fact {
        agent: Some(who.into()),
        ..fact(kind, Webhook, second)
    };
    let mut facts = vec![
        other(OtherLegRinging, "Asha", 3),
        other(OtherLegAnswered, "Asha", 5),
        other(OtherLegRinging, "Ben", 3),
        Fact {
            transferred_to: Some("Asha".into()),
            ..fact(Transferred, Webhook, 6)
        },
    ];
    let call = read(&placed(), facts.clone());
    let shown: Vec<_> = call
        .legs
        .others
        .iter()
        .map(|leg| (leg.who.as_deref(), leg.state))
        .collect();
    assert_eq!(
        shown,
        [(Some("Asha"), LegState::Answered), (Some("Ben"), LegState::Ringing)]
    );
    assert_eq!(call.transferred_to.as_deref(), Some("Asha"));

    facts.push(end(Webhook, 60, CallOutcome::Talked));
    assert!(
        read(&placed(), facts)
            .legs
            .others
            .iter()
            .all(|leg| leg.state == LegState::Ended)
    );
}

#[test]
fn provider_ids_come_from_the_strongest_source() {
    let named = |fact: Fact, id: &str, leg: &str| Fact {
        provider_call_id: Some(id.into()),
        provider_leg_id: Some(leg.into()),
        ..fact
    };
    let call = read(
        &placed(),
        [
            Fact {
                provider_request_id: Some("ref".into()),
                ..seen(Accepted, Reply, 1)
            },
            named(seen(CallLive, Poll, 3), "from-poll", "b"),
            named(fact(AgentLegAnswered, Webhook, 2), "from-webhook", "a"),
        ],
    );
    assert_eq!(call.provider_ids.call_id.as_deref(), Some("from-webhook"));
    assert_eq!(call.provider_ids.request_id.as_deref(), Some("ref"));
    assert_eq!(call.provider_ids.leg_ids, ["a", "b"]);
}
