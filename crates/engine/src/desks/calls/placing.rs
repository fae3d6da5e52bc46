//! Placing: one gesture, one intent, one request; always accounted for.
//!
//! ```text
//! intent ──► sent ──► accepted | refused | unknown
//!    └─────► cancelled
//! ```

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use providers::{CallToPlace, Credentials, EndpointSide, Provider};
use store::{CallRow, Entry, StoredCall};
use telephony::{
    DialHistory, Direction, Dispatch, GuardFinding, GuardReason, GuardVerdict, Phase, PhoneNumber, Target,
};
use uuid::Uuid;

use super::record::Way;
use super::{CallRecord, CallsDesk, dispatch_effect, placed, present};
use crate::api::{ApiError, ErrorClass, PlaceReply, PlaceRequest, Reply};
use crate::desks::accounts::{Account, AccountsDesk};
use crate::effect::{Answer, Committed, Effect, SecretsFor};
use crate::handle::Asker;
use crate::view::ContactRef;

/// A gesture that is older than this is not dialled any more.
const GESTURE_HOLDS: SignedDuration = SignedDuration::from_secs(10);

/// How long an unknown outcome holds back another dial to the same number.
const UNKNOWN_HOLDS: SignedDuration = SignedDuration::from_secs(60);

/// Asks the guard about a number, given what was dialled lately.
pub(crate) type AskGuard<'a> = Box<dyn Fn(&PhoneNumber, &DialHistory) -> Vec<GuardFinding> + 'a>;

/// A wish to place a call with all that was looked up for it.
pub(crate) struct PlaceInput<'a> {
    pub(crate) request: PlaceRequest,
    pub(crate) account: &'a Account,
    pub(crate) accounts: &'a AccountsDesk,
    /// What is to be called, or why it must not be.
    pub(crate) target: Result<Target, GuardFinding>,
    pub(crate) typed: String,
    pub(crate) caller_id: Option<PhoneNumber>,
    pub(crate) person: Option<ContactRef>,
    /// The call that the journal already has under this intent.
    pub(crate) earlier: Option<StoredCall>,
    /// The callback that it is placed for.
    pub(crate) callback: Option<String>,
    /// Whom the endpoint rings, where that was looked up.
    pub(crate) side: Option<EndpointSide>,
    /// What the guard has to say on the number alone.
    pub(crate) guard: AskGuard<'a>,
    /// The account's secrets, if they are in memory.
    pub(crate) credentials: Option<Credentials>,
    pub(crate) asker: Asker,
}

impl CallsDesk {
    /// Places a call, or says why not. Answers when the dispatch is settled.
    pub(crate) fn place(&mut self, input: PlaceInput<'_>, answer: Answer, now: Timestamp) -> Vec<Effect> {
        let intent = match input.request.intent.as_deref().map(str::parse::<Uuid>) {
            None => Uuid::now_v7().to_string(),
            Some(Ok(intent)) => intent.to_string(),
            Some(Err(_)) => {
                return vec![Effect::Answer(
                    answer,
                    Err(ApiError::new(ErrorClass::Usage, "intent_malformed")),
                )];
            }
        };
        let target_text = match &input.target {
            Ok(target) => target.to_string(),
            Err(_) => input.typed.clone(),
        };
        let mut way = Way::of(&input.request);
        let digest = digest(&input.account.config.id, &target_text, input.caller_id.as_ref(), &way);
        if let Some(effects) = self.same_intent(&intent, &digest, &input, now) {
            return match effects {
                SameIntent::Waits(id) => {
                    self.waiting_for_dispatch.entry(id).or_default().push(answer);
                    Vec::new()
                }
                SameIntent::Answer(result) => vec![Effect::Answer(answer, *result)],
            };
        }
        let customer = match &input.target {
            Ok(Target::Number(number)) => Some(number.clone()),
            Ok(Target::Extension(_) | Target::Sip(_)) | Err(_) => None,
        };
        let Ok(provider) = input.account.provider.clone() else {
            return vec![Effect::Answer(answer, Err(input.account.unusable()))];
        };
        if let Some(held) = self.held_back(&input, &target_text, now) {
            return vec![Effect::Answer(answer, Ok(Reply::Place(held)))];
        }
        let findings = match &input.target {
            Err(finding) => vec![finding.clone()],
            Ok(_) => match &customer {
                Some(number) => (input.guard)(number, &self.history(&input.account.config.id, number, now)),
                None => Vec::new(),
            },
        };
        if let Some(error) = self.too_many(input.account, provider.as_ref(), now) {
            return vec![Effect::Answer(answer, Err(error))];
        }
        let blocked = findings
            .iter()
            .find(|finding| finding.verdict == GuardVerdict::Block)
            .cloned();
        if blocked.is_none() && !findings.is_empty() && !input.request.yes {
            return vec![Effect::Answer(
                answer,
                Ok(Reply::Place(PlaceReply::NeedsConfirmation { findings })),
            )];
        }
        if let Err(error) = self.count_gesture(input.asker, now) {
            return vec![Effect::Answer(answer, Err(error))];
        }
        let is_others = |side: &&EndpointSide| input.account.is_agent(&side.phone) != Some(true);
        way.agent_phone = input.side.as_ref().filter(is_others).map(|side| side.phone.clone());
        let id = Uuid::now_v7().to_string();
        let row = CallRow {
            id: id.clone(),
            intent,
            request_digest: digest,
            account_id: input.account.config.id.clone(),
            account: input.account.config.name.clone(),
            provider: input.account.config.kind.as_str().to_owned(),
            direction: Direction::Outbound,
            dial_order: input
                .side
                .as_ref()
                .map_or(provider.dial_order(), |side| side.dial_order),
            target: target_text,
            customer: customer.clone(),
            customer_typed: Some(input.typed.clone()),
            caller_id: input.caller_id.clone(),
            contact: input
                .person
                .as_ref()
                .filter(|person| person.is_certain())
                .map(|person| person.id.clone()),
            requested_at: now,
            our_id: id.clone(),
            reports_progress: provider.capabilities().live_calls.is_available()
                || provider.capabilities().tells_customer_answer.is_available(),
            call_timeout: provider.call_timeout(),
            sandbox: input.account.is_sandbox(),
        };
        let mut record = CallRecord::new(row, Some(Dispatch::Intent), now);
        record.way = way;
        record.contact = input.person.clone();
        record.caller_id_label = input.account.did_label(input.caller_id.as_ref());
        record.callback = input.callback.clone();
        record.stored.note = input.request.note.clone().filter(|note| !note.trim().is_empty());
        self.waiting_for_dispatch.entry(id.clone()).or_default().push(answer);

        if let Some(finding) = blocked {
            let reason = guard_code(finding.reason);
            return self.begin(record, Begin::Cancelled { reason }, None, now);
        }
        let country = customer
            .as_ref()
            .and_then(PhoneNumber::region)
            .map(|region| Entry::DialledCountry {
                account_id: record.stored.row.account_id.clone(),
                country: region.to_string(),
            });
        match &input.credentials {
            Some(credentials) => match prepare(provider.as_ref(), &record, &input, credentials) {
                Ok(request) => self.begin(
                    record,
                    Begin::Sent {
                        provider,
                        request: Box::new(request),
                    },
                    country,
                    now,
                ),
                Err(error) => self.begin(
                    record,
                    Begin::Cancelled {
                        reason: error.kind.code(),
                    },
                    None,
                    now,
                ),
            },
            None => self.begin(record, Begin::AwaitKey, country, now),
        }
    }

    /// The account's secrets have come, or not: go on with the call that waited for them.
    pub(crate) fn secrets_for_call(
        &mut self,
        id: &str,
        provider: Option<Arc<dyn Provider>>,
        credentials: Result<Credentials, ApiError>,
        now: Timestamp,
    ) -> Vec<Effect> {
        let Some(record) = self.calls.get_mut(id) else {
            return Vec::new();
        };
        if record.stored.dispatch != Some(Dispatch::Intent) {
            return Vec::new();
        }
        let cancel = |reason: &str| {
            vec![dispatch_effect(
                id,
                Dispatch::Cancelled,
                Some(reason),
                None,
                Vec::new(),
                now,
            )]
        };
        let credentials = match credentials {
            Ok(credentials) => credentials,
            Err(error) => {
                // The faces are told what is wrong, and of the call that never left by its id, once that is durable.
                record.not_begun = Some(error.clone().with("call", id));
                return cancel(&error.code);
            }
        };
        let Some(provider) = provider else {
            return cancel("config_invalid");
        };
        if is_too_old(record, now) {
            return cancel("gesture_too_old");
        }
        let Some(target) = record.target() else {
            return cancel("config_invalid");
        };
        let call = CallToPlace {
            our_id: record.stored.row.our_id.clone(),
            target,
            caller_id: record.stored.row.caller_id.clone(),
            endpoint: record.way.endpoint.clone(),
            agent_phone: record.way.agent_phone.clone(),
            by_get: record.way.by_get,
        };
        match provider.prepare_call(&call, &credentials) {
            Err(error) => cancel(error.kind.code()),
            Ok(request) => {
                record.pending_dial = Some((provider, Box::new(request)));
                vec![dispatch_effect(id, Dispatch::Sent, None, None, Vec::new(), now)]
            }
        }
    }

    /// Takes a call up and makes its first state durable; only that commit lets anything leave.
    fn begin(&mut self, mut record: CallRecord, begin: Begin, more: Option<Entry>, now: Timestamp) -> Vec<Effect> {
        let id = record.id().to_owned();
        let (dispatch, open) = match begin {
            Begin::Cancelled { reason } => {
                record.stored.reason = Some(reason.to_owned());
                (Dispatch::Cancelled, false)
            }
            Begin::Sent { provider, request } => {
                record.pending_dial = Some((provider, request));
                (Dispatch::Sent, true)
            }
            Begin::AwaitKey => (Dispatch::Intent, true),
        };
        record.stored.dispatch = Some(dispatch);
        record.watch.here = true;
        record.reread(now);
        let row = Box::new(record.stored.row.clone());
        let mut entries = Vec::new();
        if dispatch == Dispatch::Cancelled {
            // The reason rides on the dispatch, so a cancelled intent is two rows of one transaction.
            entries.push(Entry::Call {
                row,
                dispatch: Some(Dispatch::Intent),
                at: now,
                open,
            });
            entries.push(Entry::Dispatch {
                call: id.clone(),
                dispatch,
                at: now,
                reason: record.stored.reason.clone(),
                message: None,
            });
            entries.push(Entry::Projection { call: id.clone(), open });
        } else {
            entries.push(Entry::Call {
                row,
                dispatch: Some(dispatch),
                at: now,
                open,
            });
        }
        if let Some(note) = &record.stored.note {
            entries.push(Entry::Note {
                call: id.clone(),
                note: Some(note.clone()),
            });
        }
        entries.extend(more);
        // One transaction with the call: it cannot be placed and not be known as this callback's.
        entries.extend(record.callback.as_ref().map(|callback| Entry::CallbackCall {
            callback: callback.clone(),
            call: id.clone(),
        }));
        self.calls.insert(record);
        vec![Effect::Commit {
            entries,
            then: Committed::Call { call: id },
        }]
    }

    /// What follows the commit of an intent or of `sent`: the key is fetched, or the one request leaves.
    pub(crate) fn after_commit(&mut self, id: &str, now: Timestamp) -> Vec<Effect> {
        let Some(record) = self.calls.get_mut(id) else {
            return Vec::new();
        };
        match record.stored.dispatch {
            Some(Dispatch::Intent) => vec![Effect::LoadSecrets {
                account: record.stored.row.account_id.clone(),
                wanted_by: SecretsFor::Call(id.to_owned()),
            }],
            // Taken, so that no path can send it a second time.
            Some(Dispatch::Sent) => match record.pending_dial.take() {
                // The disk was slow, or the machine has slept: nobody expects this call any more.
                Some(_) if is_too_old(record, now) => {
                    let reason = Some("gesture_too_old");
                    vec![dispatch_effect(id, Dispatch::Refused, reason, None, Vec::new(), now)]
                }
                Some((provider, request)) => vec![Effect::Dial {
                    call: id.to_owned(),
                    provider,
                    request,
                }],
                None => Vec::new(),
            },
            Some(Dispatch::Accepted | Dispatch::Refused | Dispatch::Unknown | Dispatch::Cancelled) | None => Vec::new(),
        }
    }

    /// The same gesture again: the first call, unless it asks for something else.
    fn same_intent(&self, intent: &str, digest: &str, input: &PlaceInput<'_>, now: Timestamp) -> Option<SameIntent> {
        let other = || {
            let error = ApiError::new(ErrorClass::Usage, "intent_reused").with("intent", intent);
            Some(SameIntent::Answer(Box::new(Err(error))))
        };
        if let Some(record) = self.calls.own().find(|record| record.stored.row.intent == intent) {
            if record.stored.row.request_digest != digest {
                return other();
            }
            let settled =
                !matches!(record.stored.dispatch, Some(Dispatch::Intent | Dispatch::Sent)) && !record.uncommitted;
            return Some(if settled {
                let account = input.accounts.by_id(&record.stored.row.account_id);
                SameIntent::Answer(Box::new(placed(&present::view(record, account, now))))
            } else {
                SameIntent::Waits(record.id().to_owned())
            });
        }
        let stored = input.earlier.clone()?;
        if stored.row.request_digest != digest {
            return other();
        }
        let account = input.accounts.by_id(&stored.row.account_id);
        let record = CallRecord::from_stored(stored, now);
        Some(SameIntent::Answer(Box::new(placed(&present::view(
            &record, account, now,
        )))))
    }

    /// An earlier dial to the same number whose outcome is unknown, or which is just being answered.
    fn held_back(&self, input: &PlaceInput<'_>, target: &str, now: Timestamp) -> Option<PlaceReply> {
        if input.request.despite_unknown {
            return None;
        }
        let earlier = self.calls.own().rev().find(|record| {
            let age = now.duration_since(record.stored.row.requested_at);
            let unclear = match record.stored.dispatch {
                Some(Dispatch::Intent | Dispatch::Sent) => true,
                Some(Dispatch::Unknown) => record.reading.phase == Phase::Unconfirmed,
                Some(Dispatch::Accepted | Dispatch::Refused | Dispatch::Cancelled) | None => false,
            };
            unclear
                && age < UNKNOWN_HOLDS
                && record.stored.row.account_id == input.account.config.id
                && record.stored.row.target == target
        })?;
        let account = input.accounts.by_id(&earlier.stored.row.account_id);
        Some(PlaceReply::HeldBack {
            call: Box::new(present::view(earlier, account, now)),
            until: earlier
                .stored
                .row
                .requested_at
                .saturating_add(UNKNOWN_HOLDS)
                .unwrap_or(now),
        })
    }

    /// More calls than the account may place: the provider would not say so, and dial them all.
    fn too_many(&self, account: &Account, provider: &dyn Provider, now: Timestamp) -> Option<ApiError> {
        let most = provider.most_calls_a_minute()?;
        let lately = self.calls.own().filter(|record| {
            record.stored.row.account_id == account.config.id
                && !matches!(record.stored.dispatch, Some(Dispatch::Cancelled))
                && now.duration_since(record.stored.row.requested_at) < SignedDuration::from_mins(1)
        });
        (lately.count() >= usize::try_from(most).unwrap_or(usize::MAX)).then(|| {
            ApiError::new(ErrorClass::Refused, "too_many_calls_a_minute")
                .with("account", &account.config.name)
                .with("most", most)
        })
    }

    /// Counts a gesture that makes a call, if a page says that it was one.
    ///
    /// # Errors
    /// `dials_too_fast`: no hand asks for calls so fast.
    pub(crate) fn count_gesture(&mut self, asker: Asker, now: Timestamp) -> Result<(), ApiError> {
        match asker {
            Asker::Native => Ok(()),
            Asker::Page => self.page_gestures.take(now).map_err(|wait| {
                let seconds = wait.as_millis().div_ceil(1_000);
                ApiError::new(ErrorClass::Refused, "dials_too_fast").with("seconds", seconds)
            }),
        }
    }

    /// What was dialled lately, as the guard wants to know it.
    pub(crate) fn history(&self, account_id: &str, number: &PhoneNumber, now: Timestamp) -> DialHistory {
        let mut history = DialHistory::default();
        for record in self.calls.own() {
            let age = now.duration_since(record.stored.row.requested_at);
            let dialled = !matches!(record.stored.dispatch, Some(Dispatch::Cancelled | Dispatch::Refused));
            if dialled && age < SignedDuration::from_mins(1) {
                history.dials_last_minute += 1;
            }
            if dialled && age < SignedDuration::from_hours(1) && record.stored.row.customer.as_ref() == Some(number) {
                history.dials_to_number_last_hour += 1;
            }
        }
        history.has_active_call = self
            .active(now)
            .any(|record| record.stored.row.account_id == account_id);
        history
    }
}

/// Whether a gesture is so old that nobody expects its call any more; how old is not known where the clock has gone back.
fn is_too_old(record: &CallRecord, now: Timestamp) -> bool {
    now.duration_since(record.stored.row.requested_at).abs() > GESTURE_HOLDS
}

/// The first durable state of a call.
enum Begin {
    Cancelled {
        reason: &'static str,
    },
    AwaitKey,
    Sent {
        provider: Arc<dyn Provider>,
        request: Box<providers::HttpRequest>,
    },
}

enum SameIntent {
    Waits(String),
    Answer(Box<crate::api::ApiResult>),
}

fn prepare(
    provider: &dyn Provider,
    record: &CallRecord,
    input: &PlaceInput<'_>,
    credentials: &Credentials,
) -> Result<providers::HttpRequest, providers::ProviderError> {
    let target = match &input.target {
        Ok(target) => target.clone(),
        // Blocked before; a finding never reaches a provider.
        Err(_) => Target::Extension(String::new()),
    };
    let call = CallToPlace {
        our_id: record.stored.row.our_id.clone(),
        target,
        caller_id: record.stored.row.caller_id.clone(),
        endpoint: record.way.endpoint.clone(),
        agent_phone: record.way.agent_phone.clone(),
        by_get: record.way.by_get,
    };
    provider.prepare_call(&call, credentials)
}

/// By what two requests of one gesture are known to ask for the same.
fn digest(account_id: &str, target: &str, caller_id: Option<&PhoneNumber>, way: &Way) -> String {
    let mut digest = format!("{account_id} {target} {}", caller_id.map_or("-", PhoneNumber::as_str));
    if let Some(endpoint) = &way.endpoint {
        digest.push_str(" through ");
        digest.push_str(endpoint);
    }
    digest
}

/// The reason code of a call that the guard stopped.
fn guard_code(reason: GuardReason) -> &'static str {
    match reason {
        GuardReason::ServiceCode => "guard_service_code",
        GuardReason::Emergency => "guard_emergency",
        GuardReason::ShortNumber => "guard_short_number",
        GuardReason::PremiumRate => "guard_premium_rate",
        GuardReason::Satellite => "guard_satellite",
        GuardReason::PersonalNumber => "guard_personal_number",
        GuardReason::SharedCost => "guard_shared_cost",
        GuardReason::NewCountry => "guard_new_country",
        GuardReason::OutsideHours => "guard_outside_hours",
        GuardReason::TooManyDials => "guard_too_many_dials",
        GuardReason::RepeatedDials => "guard_repeated_dials",
        GuardReason::ActiveCall => "guard_active_call",
        GuardReason::DoNotCall => "guard_do_not_call",
        GuardReason::ProviderRingsToo => "guard_provider_rings_too",
        GuardReason::ProviderMayRing => "guard_provider_may_ring",
    }
}
