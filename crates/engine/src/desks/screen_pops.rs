//! The desk of screen pops: which of them are due at a moment of a call, and what became of the last of each.
//!
//! Owns no definition (the settings file does) and starts nothing: what is due is an effect.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::desks::calls::Reached;
use crate::effect::{Answer, Effect};
use crate::launcher::LaunchProblem;
use crate::screen_pop::{Launch, Moment, ScreenPop, Values};
use crate::view::{CallView, PopRunView, ScreenPopView, Words};

/// What happened longer ago is no reason to open anything now: it was learned after the fact.
const OLDEST: SignedDuration = SignedDuration::from_secs(60);

/// Programs that run at the same time; more is a burst of calls that nobody could look at.
const MOST_UNDER_WAY: usize = 8;

/// What runs, and what became of what ran.
#[derive(Default)]
pub(crate) struct ScreenPopsDesk {
    under_way: usize,
    runs: BTreeMap<String, PopRunView>,
}

impl ScreenPopsDesk {
    /// Opens and runs what is meant for these moments of a call. `ahead` is how far the clock of whoever told of them is
    /// ahead of ours.
    pub(crate) fn due(
        &mut self,
        pops: &[ScreenPop],
        call: &CallView,
        reached: &[Reached],
        ahead: SignedDuration,
        now: Timestamp,
    ) -> Vec<Effect> {
        let mut effects = Vec::new();
        for Reached { moment, at } in reached {
            let age = now.duration_since(*at) + ahead;
            if age > OLDEST {
                tracing::info!(call = call.id, moment = moment.name(), "too long ago for a screen pop");
                continue;
            }
            for pop in pops.iter().filter(|pop| pop.is_for(*moment, call.direction)) {
                effects.extend(self.launch(pop, &Values::of(call, *moment), None, now));
            }
        }
        effects
    }

    /// Opens or runs a screen pop with made-up values, for somebody who waits for what becomes of it.
    pub(crate) fn try_out(&mut self, pop: &ScreenPop, answer: Answer, now: Timestamp) -> Option<Effect> {
        let moment = pop.draft.on.first().copied().unwrap_or(Moment::Ringing);
        self.launch(pop, &Values::of_trial(moment), Some(answer), now)
    }

    fn launch(&mut self, pop: &ScreenPop, values: &Values, answer: Option<Answer>, now: Timestamp) -> Option<Effect> {
        let launch = match pop.filled(values) {
            _ if self.under_way >= MOST_UNDER_WAY => Err(LaunchProblem::TooMany),
            None => Err(LaunchProblem::LedElsewhere),
            Some(launch) => Ok(launch),
        };
        match launch {
            Ok(launch) => Some(self.begin(pop.name(), launch, answer)),
            Err(problem) => {
                self.note(pop.name(), &Err(problem.clone()), now);
                answer.map(|answer| Effect::Answer(answer, Err(problem.to_api(pop.name()))))
            }
        }
    }

    fn begin(&mut self, pop: &str, launch: Launch, answer: Option<Answer>) -> Effect {
        self.under_way += 1;
        Effect::Launch {
            pop: pop.to_owned(),
            launch,
            answer,
        }
    }

    /// Something that was begun has come to this.
    pub(crate) fn ended(&mut self, pop: &str, result: &Result<(), LaunchProblem>, now: Timestamp) {
        self.under_way = self.under_way.saturating_sub(1);
        self.note(pop, result, now);
    }

    fn note(&mut self, pop: &str, result: &Result<(), LaunchProblem>, now: Timestamp) {
        let problem = result.as_ref().err().map(LaunchProblem::words);
        match &problem {
            // Its name and the kind of problem say nothing of anybody.
            Some(problem) => tracing::warn!(pop, problem = problem.key, "a screen pop failed"),
            None => tracing::info!(pop, "a screen pop was shown"),
        }
        self.runs.insert(pop.to_owned(), PopRunView { at: now, problem });
    }

    pub(crate) fn forget(&mut self, pop: &str) {
        self.runs.remove(pop);
    }

    /// What of it faces are told. A page is told where it leads, without what may be a key.
    pub(crate) fn view(&self, pop: &ScreenPop, for_page: bool) -> ScreenPopView {
        let draft = pop.draft.clone();
        let address = |url: String| match for_page {
            true => url.split(['?', '#']).next().unwrap_or_default().to_owned(),
            false => url,
        };
        let words = if for_page { 1 } else { usize::MAX };
        ScreenPopView {
            name: draft.name,
            on: draft.on,
            direction: draft.direction,
            url: draft.url.map(address),
            run: draft.run.into_iter().take(words).collect(),
            problem: pop.is_missing().then(|| LaunchProblem::NoProgram.words()),
            last: self.last(pop.name()).cloned(),
        }
    }

    /// What became of it last in this run of the engine.
    pub(crate) fn last(&self, pop: &str) -> Option<&PopRunView> {
        self.runs.get(pop)
    }
}

impl LaunchProblem {
    /// The sentence (`screen_pop.problem.WHY`).
    pub(crate) fn words(&self) -> Words {
        let (why, code) = match self {
            Self::NoProgram => ("no_program", None),
            Self::NotStarted(_) => ("not_started", None),
            Self::Failed(Some(code)) => ("failed", Some(*code)),
            Self::Failed(None) => ("ended_by_signal", None),
            Self::TookTooLong => ("took_too_long", None),
            Self::NotOpened => ("not_opened", None),
            Self::LedElsewhere => ("led_elsewhere", None),
            Self::TooMany => ("too_many", None),
        };
        Words {
            key: format!("screen_pop.problem.{why}"),
            params: code
                .map(|code| ("code".to_owned(), code.to_string()))
                .into_iter()
                .collect(),
        }
    }

    pub(crate) fn to_api(&self, pop: &str) -> crate::api::ApiError {
        crate::api::ApiError::new(crate::api::ErrorClass::Failed, "screen_pop_failed")
            .with("name", pop)
            .with("why", crate::words::sentence(&self.words()))
    }
}

#[cfg(test)]
mod tests;
