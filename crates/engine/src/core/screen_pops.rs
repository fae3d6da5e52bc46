//! Screen pops: set up in the settings file or by command, shown at their moments.

use jiff::SignedDuration;

use super::{Core, Ended};
use crate::api::{ApiError, ApiResult, ErrorClass, Reply};
use crate::desks::accounts::config_failed;
use crate::desks::calls::Reached;
use crate::effect::{Answer, Effect};
use crate::handle::Asker;
use crate::launcher::LaunchProblem;
use crate::screen_pop::{ScreenPop, ScreenPopDraft};
use crate::view::{CallView, Role};

impl Core {
    /// A call has come to moments at which something may be opened or run.
    pub(super) fn pop(&mut self, call: &CallView, reached: &[Reached]) {
        // An engine for the length of one command is gone before anything could be looked after.
        if self.role == Role::OneShot {
            return;
        }
        let now = self.now();
        let account = self.accounts.get(&call.account).ok();
        let clock = account.and_then(|account| self.clock_of(account));
        let effects = self.screen_pops.due(
            self.accounts.config.screen_pops(),
            call,
            reached,
            clock.map_or(SignedDuration::ZERO, |clock| clock.ahead),
            now,
        );
        self.perform_all(effects);
    }

    pub(super) fn launched(
        &mut self,
        pop: &str,
        result: Result<(), LaunchProblem>,
        answer: Option<Answer>,
    ) -> Vec<Effect> {
        self.screen_pops.ended(pop, &result, self.now());
        let result = result.map(|()| Reply::Done).map_err(|problem| problem.to_api(pop));
        answer
            .map(|answer| Effect::Answer(answer, result))
            .into_iter()
            .collect()
    }

    pub(super) fn list_screen_pops(&self, asker: Asker) -> ApiResult {
        let pops = self.accounts.config.screen_pops().iter();
        let views = pops
            .map(|pop| self.screen_pops.view(pop, asker == Asker::Page))
            .collect();
        Ok(Reply::ScreenPops(views))
    }

    /// What a page wants to have run may be a script's wish.
    pub(super) fn add_screen_pop(&mut self, draft: ScreenPopDraft, asker: Asker) -> ApiResult {
        must_be_native(asker)?;
        let pop = ScreenPop::of(draft).map_err(|mistake| {
            ApiError::new(ErrorClass::Usage, "screen_pop_malformed")
                .with("key", mistake.key)
                .with("why", mistake.words())
        })?;
        if self.screen_pop(pop.name()).is_ok() {
            return Err(ApiError::new(ErrorClass::Usage, "screen_pop_exists").with("name", pop.name()));
        }
        self.accounts
            .config
            .put_screen_pop(&pop.draft)
            .map_err(|problem| config_failed(&problem))?;
        Ok(Reply::ScreenPops(vec![self.screen_pops.view(&pop, false)]))
    }

    pub(super) fn remove_screen_pop(&mut self, name: &str, asker: Asker) -> ApiResult {
        must_be_native(asker)?;
        self.screen_pop(name)?;
        self.accounts
            .config
            .remove_screen_pop(name)
            .map_err(|problem| config_failed(&problem))?;
        self.screen_pops.forget(name);
        Ok(Reply::Done)
    }

    pub(super) fn test_screen_pop(&mut self, name: &str, asker: Asker, answer: Answer) -> Option<Ended> {
        let now = self.now();
        let effect = match must_be_native(asker).and_then(|()| self.screen_pop(name)) {
            Ok(pop) => self.screen_pops.try_out(&pop, answer, now),
            Err(error) => Some(Effect::Answer(answer, Err(error))),
        };
        self.perform_all(effect.into_iter().collect());
        None
    }

    fn screen_pop(&self, name: &str) -> Result<ScreenPop, ApiError> {
        let found = self.accounts.config.screen_pops().iter().find(|pop| pop.name() == name);
        found
            .cloned()
            .ok_or_else(|| ApiError::new(ErrorClass::NothingMatches, "screen_pop_unknown").with("name", name))
    }
}

fn must_be_native(asker: Asker) -> Result<(), ApiError> {
    match asker {
        Asker::Native => Ok(()),
        Asker::Page => Err(ApiError::new(ErrorClass::Refused, "screen_pops_not_by_window")),
    }
}
