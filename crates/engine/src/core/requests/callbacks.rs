//! Callbacks: what a wish names is looked up here; the desk keeps them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use store::CallbackRow;
use telephony::{
    CallOutcome, CallbackState, CallbackTime, DialHistory, GuardFinding, GuardVerdict, PhoneNumber, PushState, Target,
    WhenProblem, zone_named,
};
use uuid::Uuid;

use super::database_failed;
use super::placing::{ForCallback, normal_intent, said};
use crate::api::{ApiError, ApiResult, CallbackDraft, ErrorClass, PlaceRequest, Reply};
use crate::core::{Core, Ended};
use crate::desks::accounts::Account;
use crate::desks::callbacks::push::{CallNow, PlatformItem, call_now};
use crate::desks::callbacks::{Dress, as_stored, check_time, no_such_callback, view_of};
use crate::desks::calls::CallRecord;
use crate::effect::{Answer, Effect};
use crate::handle::Asker;
use crate::view::{CallbackView, ContactRef, Event, WhenCheck};
use crate::{typed, words};

/// Closed callbacks in a list, at most.
const CLOSED_SHOWN: u32 = 1_000;

/// What a wish for a callback comes to.
enum Wish {
    New(Box<CallbackRow>),
    /// The same gesture made it before.
    Known(Box<CallbackRow>),
}

impl Core {
    pub(in crate::core) fn add_callback(
        &mut self,
        draft: &CallbackDraft,
        asker: Asker,
        answer: Answer,
        now: Timestamp,
    ) -> Option<Ended> {
        let effects = match self.read_wish(draft, now) {
            Ok(Wish::New(row)) => {
                // A provider that is to ring by itself: a call like any other, only later.
                let rings = row.push == PushState::Wished;
                match if rings {
                    self.calls.count_gesture(asker, now)
                } else {
                    Ok(())
                } {
                    Ok(()) => {
                        let dress = self.dress_of(&row);
                        self.callbacks.add(*row, dress, answer, now)
                    }
                    Err(error) => vec![Effect::Answer(answer, Err(error))],
                }
            }
            Ok(Wish::Known(row)) => {
                let view = self.callback_view(&row, now);
                vec![Effect::Answer(answer, Ok(Reply::Callback(Box::new(view))))]
            }
            Err(error) => vec![Effect::Answer(answer, Err(error))],
        };
        self.go_on(effects)
    }

    fn read_wish(&self, draft: &CallbackDraft, now: Timestamp) -> Result<Wish, ApiError> {
        let id = match draft.intent.as_deref().map(str::parse::<Uuid>) {
            None => Uuid::now_v7().to_string(),
            Some(Ok(intent)) => intent.to_string(),
            Some(Err(_)) => return Err(ApiError::new(ErrorClass::Usage, "intent_malformed")),
        };
        if let Some(known) = self.find_callback(&id)? {
            return if self.is_for(draft, &known) {
                Ok(Wish::Known(Box::new(known)))
            } else {
                Err(ApiError::new(ErrorClass::Usage, "intent_of_another_callback").with("intent", id))
            };
        }
        let account = self.accounts.choose(draft.account.as_deref())?;
        let (target, named) = self.read_target(&draft.target, account)?;
        let target = target.map_err(|finding| blocked(&finding))?;
        let customer = target.number().cloned();
        let person = draft
            .contact
            .as_deref()
            .and_then(|id| self.contacts.by_id(id))
            .or(named);
        let person = person.or_else(|| self.contacts.by_number(customer.as_ref()?));
        let person = person.filter(ContactRef::is_certain);
        let time = self.read_when(&draft.when, draft.zone.as_deref(), now)?;
        if let Some(number) = &customer {
            self.may_be_called(number, account, time.at)?;
        }
        let push = match draft.push {
            Some(true) => {
                may_be_pushed(account, &target)?;
                true
            }
            Some(false) => false,
            // Nobody asked for this one: what the provider cannot take is ours alone.
            None => account.pushes_callbacks() && may_be_pushed(account, &target).is_ok(),
        };
        let line = |field, value: &Option<String>| typed::line_if_any(field, value.as_deref());
        let caller_id = match line("number", &draft.from)? {
            Some(from) => self.caller_id(Some(&from), account)?,
            None => None,
        };
        Ok(Wish::New(Box::new(CallbackRow {
            id,
            contact: person.as_ref().map(|person| person.id.clone()),
            target: target.to_string(),
            customer,
            name: line("name", &draft.name)?.or_else(|| person.map(|person| person.name)),
            account_id: Some(account.config.id.clone()),
            account: Some(account.config.name.clone()),
            caller_id,
            due_at: time.at,
            zone: time.zone_name().to_owned(),
            wall: time.wall,
            note: typed::note_if_any(draft.note.as_deref())?,
            assigned_to: line("assigned_to", &draft.assigned_to)?,
            reminder_min: draft.reminder_min,
            call_end_min: draft.call_end_min,
            queue: line("queue", &draft.queue)?,
            push: if push { PushState::Wished } else { PushState::None },
            push_message: None,
            pushed_at: None,
            push_item: None,
            important: draft.important,
            state: CallbackState::Open,
            made_at: as_stored(now),
            changed_at: as_stored(now),
            reminded_at: None,
            reminder_shown: false,
            snoozed_until: None,
            calls: Vec::new(),
        })))
    }

    /// Whether a wish is for the same person from the same account as the callback that its gesture made. The time is not
    /// compared: "in 20m" means another moment each time.
    fn is_for(&self, draft: &CallbackDraft, known: &CallbackRow) -> bool {
        let account = draft.account.as_deref().or(known.account.as_deref());
        if account != known.account.as_deref() {
            return false;
        }
        let read = |account| self.read_target(&draft.target, account);
        match self.accounts.choose(account).and_then(read) {
            Ok((Ok(target), _)) => target.to_string() == known.target,
            Ok((Err(_), _)) => false,
            // The contact or the account may be gone since: what was made is still the answer.
            Err(_) => true,
        }
    }

    /// What the guard would block then is not promised, and not handed to a provider that dials by itself.
    fn may_be_called(&self, number: &PhoneNumber, account: &Account, at: Timestamp) -> Result<(), ApiError> {
        let findings = self.guard(account).check(number, &DialHistory::default(), at);
        match findings.iter().find(|finding| finding.verdict == GuardVerdict::Block) {
            Some(finding) => Err(blocked(finding)),
            None => Ok(()),
        }
    }

    fn read_when(&self, when: &str, zone: Option<&str>, now: Timestamp) -> Result<CallbackTime, ApiError> {
        let zone = match zone.map(str::trim).filter(|zone| !zone.is_empty()) {
            Some(name) => {
                zone_named(name).ok_or_else(|| ApiError::new(ErrorClass::Usage, "zone_unknown").with("zone", name))?
            }
            None => {
                let own = self.seams.clock.zone();
                own.and_then(|name| zone_named(&name)).unwrap_or(TimeZone::UTC)
            }
        };
        CallbackTime::read(when, &zone, now).map_err(|problem| {
            let shown = |at: Timestamp| zone.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string();
            match problem {
                WhenProblem::NotUnderstood => {
                    ApiError::new(ErrorClass::Usage, "when_not_understood").with("time", when.trim())
                }
                WhenProblem::NoSuchDay => {
                    ApiError::new(ErrorClass::Usage, "when_no_such_day").with("time", when.trim())
                }
                WhenProblem::TooFar => ApiError::new(ErrorClass::Usage, "when_too_far").with("time", when.trim()),
                WhenProblem::Past { at } => ApiError::new(ErrorClass::Usage, "when_past")
                    .with("time", shown(at))
                    .with("now", shown(now)),
            }
        })
    }

    pub(in crate::core) fn check_when(
        &self,
        when: &str,
        zone: Option<&str>,
        target: Option<&str>,
        account: Option<&str>,
        now: Timestamp,
    ) -> Result<WhenCheck, ApiError> {
        let time = self.read_when(when, zone, now)?;
        let account = self.accounts.choose(account).ok();
        // Half a number is no mistake yet.
        let target = account
            .zip(target)
            .and_then(|(account, text)| self.read_target(text, account).ok()?.0.ok());
        let customer = target.as_ref().and_then(Target::number);
        let sandbox = account.is_some_and(Account::is_sandbox);
        Ok(check_time(&time, customer, sandbox, now))
    }

    pub(in crate::core) fn list_callbacks(&self, all: bool) -> Result<Vec<CallbackView>, ApiError> {
        let now = self.now();
        let mut views = self.callbacks.views(now);
        if all {
            let stored = self.store.callbacks(CLOSED_SHOWN).map_err(database_failed)?;
            let closed = stored.iter().filter(|row| row.state != CallbackState::Open);
            views.extend(closed.map(|row| self.callback_view(row, now)));
        }
        Ok(views)
    }

    pub(in crate::core) fn show_callback(&self, id: &str) -> Result<CallbackView, ApiError> {
        let row = self.must_find_callback(id)?;
        Ok(self.callback_view(&row, self.now()))
    }

    /// Closes a callback. One that is closed in the same way already is answered as it is.
    pub(in crate::core) fn close_callback(
        &mut self,
        id: &str,
        state: CallbackState,
        answer: Answer,
        now: Timestamp,
    ) -> Option<Ended> {
        let effects = match self.must_find_callback(id) {
            Ok(row) if row.state == CallbackState::Open => self.callbacks.close(&row.id, state, Some(answer), now),
            Ok(row) if row.state == state => {
                let view = self.callback_view(&row, now);
                vec![Effect::Answer(answer, Ok(Reply::Callback(Box::new(view))))]
            }
            Ok(row) => vec![Effect::Answer(answer, Err(closed(&row)))],
            Err(error) => vec![Effect::Answer(answer, Err(error))],
        };
        self.go_on(effects)
    }

    pub(in crate::core) fn snooze_callback(
        &mut self,
        id: &str,
        until: &str,
        zone: Option<&str>,
        answer: Answer,
        now: Timestamp,
    ) -> Option<Ended> {
        let read = self.must_find_callback(id).and_then(|row| {
            if row.state != CallbackState::Open {
                return Err(closed(&row));
            }
            // Said on the clock on which the callback was promised, unless another is named.
            Ok((row.id, self.read_when(until, zone, now)?.at))
        });
        let effects = match read {
            Ok((id, until)) => self.callbacks.snooze(&id, until, answer, now),
            Err(error) => vec![Effect::Answer(answer, Err(error))],
        };
        self.go_on(effects)
    }

    /// Marks an open callback as important, or as one like the others. One that is marked so already is answered as it is.
    pub(in crate::core) fn mark_callback(
        &mut self,
        id: &str,
        important: bool,
        answer: Answer,
        now: Timestamp,
    ) -> Option<Ended> {
        let effects = match self.must_find_callback(id) {
            Ok(row) if row.state != CallbackState::Open => vec![Effect::Answer(answer, Err(closed(&row)))],
            Ok(row) => self.callbacks.mark(&row.id, important, answer, now),
            Err(error) => vec![Effect::Answer(answer, Err(error))],
        };
        self.go_on(effects)
    }

    /// *Call now*: an ordinary call, through the same guard and the same journal.
    pub(in crate::core) fn call_callback(
        &mut self,
        id: &str,
        wish: CallNowWish,
        answer: Answer,
        now: Timestamp,
    ) -> Option<Ended> {
        let row = match self.must_find_callback(id) {
            Ok(row) => row,
            Err(error) => return self.go_on(vec![Effect::Answer(answer, Err(error))]),
        };
        match self.look_at_copy(&row, wish, answer) {
            Ok(effect) => self.go_on(vec![effect]),
            Err(parts) => {
                let (wish, answer) = *parts;
                self.call_callback_with(&row.id, &wish, PlatformItem::NotRead, answer, now)
            }
        }
    }

    /// The same, once it is known how the provider's copy stands, or that this cannot be known.
    pub(in crate::core) fn call_callback_with(
        &mut self,
        id: &str,
        wish: &CallNowWish,
        item: PlatformItem,
        answer: Answer,
        now: Timestamp,
    ) -> Option<Ended> {
        match self.prepare_callback_call(id, wish, item) {
            Ok((request, link)) => self.place_for(request, Some(link), None, wish.asker, answer, now),
            Err(error) => self.go_on(vec![Effect::Answer(answer, Err(error))]),
        }
    }

    fn prepare_callback_call(
        &self,
        id: &str,
        wish: &CallNowWish,
        item: PlatformItem,
    ) -> Result<(PlaceRequest, ForCallback), ApiError> {
        let row = self.must_find_callback(id)?;
        // The same gesture again may come after the call has kept the promise: it is answered with that call.
        let again = match &wish.intent {
            Some(intent) => self
                .store
                .call_by_intent(&normal_intent(intent))
                .map_err(database_failed)?
                .is_some(),
            None => false,
        };
        if row.state != CallbackState::Open && !again {
            return Err(closed(&row));
        }
        let finding = match call_now(&row, item) {
            CallNow::Free => None,
            CallNow::Ask(reason) => Some(GuardFinding {
                verdict: GuardVerdict::Warn,
                reason,
                country: None,
                local_time: None,
            }),
            CallNow::Hold(_) if wish.despite_unknown || again => None,
            CallNow::Hold(code) => return Err(ApiError::new(ErrorClass::Refused, code).with("callback", id)),
        };
        let request = PlaceRequest {
            intent: wish.intent.clone(),
            target: row.target.clone(),
            account: row.account.clone(),
            from: row.caller_id.as_ref().map(ToString::to_string),
            note: row.note.clone(),
            contact: row.contact.clone(),
            yes: wish.yes,
            despite_unknown: wish.despite_unknown,
            endpoint: None,
            by_get: false,
        };
        Ok((
            request,
            ForCallback {
                callback: row.id,
                finding,
            },
        ))
    }

    /// Takes up what is open in the database, and the promises that calls have kept while nobody looked.
    pub(in crate::core) fn take_up_callbacks(&mut self) -> Result<(), store::StoreError> {
        let now = self.now();
        let mut effects = Vec::new();
        for row in self.store.open_callbacks()? {
            let dress = self.dress_of(&row);
            effects.extend(self.callbacks.take_up(row, dress, now));
        }
        let placed: Vec<String> = self.callbacks.rows().flat_map(|row| row.calls.clone()).collect();
        for call in placed {
            let outcome = match self.calls.get(&call) {
                Some(record) => record.reading.outcome,
                None => {
                    let stored = self.store.call(&call)?;
                    stored.and_then(|stored| CallRecord::from_stored(stored, now).reading.outcome)
                }
            };
            if outcome == Some(CallOutcome::Talked) {
                effects.extend(self.callbacks.talked(&call, now));
            }
        }
        self.perform_all(effects);
        Ok(())
    }

    /// What has become of calls may have kept a promise.
    pub(in crate::core) fn keep_promises(&mut self, told: &[Effect], now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        for effect in told {
            if let Effect::Emit(Event::Call { call }) = effect
                && call.outcome == Some(CallOutcome::Talked)
            {
                effects.extend(self.callbacks.talked(&call.id, now));
            }
        }
        effects
    }

    fn callback_view(&self, row: &CallbackRow, now: Timestamp) -> CallbackView {
        view_of(row, &self.dress_of(row), now)
    }

    pub(super) fn dress_of(&self, row: &CallbackRow) -> Dress {
        let by_id = row.contact.as_deref().and_then(|id| self.contacts.by_id(id));
        let account = row.account_id.as_deref().and_then(|id| self.accounts.by_id(id));
        Dress {
            contact: by_id.or_else(|| self.contacts.by_number(row.customer.as_ref()?)),
            sandbox: account.is_some_and(Account::is_sandbox),
        }
    }

    fn find_callback(&self, id: &str) -> Result<Option<CallbackRow>, ApiError> {
        match self.callbacks.get(id) {
            Some(row) => Ok(Some(row.clone())),
            None => self.store.callback(id).map_err(database_failed),
        }
    }

    fn must_find_callback(&self, id: &str) -> Result<CallbackRow, ApiError> {
        self.find_callback(id.trim())?.ok_or_else(|| no_such_callback(id))
    }
}

/// How *Call now* is meant.
pub(crate) struct CallNowWish {
    pub(crate) yes: bool,
    pub(crate) despite_unknown: bool,
    pub(crate) intent: Option<String>,
    pub(crate) asker: Asker,
}

fn may_be_pushed(account: &Account, target: &Target) -> Result<(), ApiError> {
    if account.can_schedule() && target.number().is_some() {
        return Ok(());
    }
    let provider = account.config.kind.display_name();
    Err(ApiError::new(ErrorClass::Refused, "callback_push_not_offered").with("provider", provider))
}

fn blocked(finding: &GuardFinding) -> ApiError {
    let why = said(std::slice::from_ref(finding));
    ApiError::new(ErrorClass::Refused, "callback_blocked").with("why", why)
}

fn closed(row: &CallbackRow) -> ApiError {
    let state = crate::desks::calls::snake(&row.state);
    ApiError::new(ErrorClass::Refused, "callback_closed")
        .with("callback", &row.id)
        .with(
            "state",
            words::say(&format!("callback.state.{state}"), &BTreeMap::new()),
        )
}

/// Answers with callbacks.
pub(in crate::core) fn callback_reply(view: Result<CallbackView, ApiError>) -> ApiResult {
    Ok(Reply::Callback(Box::new(view?)))
}
