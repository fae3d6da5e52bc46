//! Placing: what a text means, from which number, and whether the guard has something to say.

use std::sync::Arc;

use jiff::Timestamp;
use providers::{Ask, EndpointAsk, EndpointSide, EndpointTold, Provider, ProviderError, Told};
use telephony::{DialHistory, Guard, GuardFinding, GuardPolicy, GuardReason, GuardVerdict, PhoneNumber, Target};

use super::calling_from::is_left_open;
use super::database_failed;
use super::numbers::{Reading, about, read_address, readings};
use crate::api::{ApiError, ErrorClass, PlaceRequest};
use crate::core::{Core, Ended};
use crate::desks::accounts::Account;
use crate::desks::calls::{PlaceInput, shown};
use crate::desks::contacts::nothing_matches;
use crate::effect::{Answer, Effect};
use crate::handle::Asker;
use crate::view::{ContactRef, TargetCheck, Words};
use crate::{typed, words};

impl Core {
    pub(in crate::core) fn place(
        &mut self,
        request: PlaceRequest,
        asker: Asker,
        answer: Answer,
        now: Timestamp,
    ) -> Option<Ended> {
        let Some((account, provider, id)) = self.unknown_endpoint(&request) else {
            return self.place_for(request, None, None, asker, answer, now);
        };
        self.go_on(vec![Effect::LookAtEndpoint {
            account,
            provider,
            ask: Box::new(Ask::Endpoints(EndpointAsk::Show { id })),
            request: Box::new(request),
            gesture: now,
            asker,
            answer,
        }])
    }

    /// An endpoint that a call is to go through, other than the one that the account is set up with: whom it rings is
    /// looked up first, since that is whose telephone the agent's leg will be.
    fn unknown_endpoint(&self, request: &PlaceRequest) -> Option<(String, Arc<dyn Provider>, String)> {
        let id = request.endpoint.clone()?;
        let account = self.accounts.choose(request.account.as_deref()).ok()?;
        let provider = account.provider.as_ref().ok()?;
        let can_look = provider.capabilities().endpoints.is_available() && account.missing().is_empty();
        (can_look && account.default_endpoint().as_ref() != Some(&id)).then(|| {
            let id = id.clone();
            (account.config.id.clone(), provider.clone(), id)
        })
    }

    /// An endpoint's document came, or did not: then whom it rings stays unknown.
    pub(in crate::core) fn endpoint_seen(
        &mut self,
        provider: &dyn Provider,
        result: Result<Told, ProviderError>,
        request: PlaceRequest,
        gesture: Timestamp,
        asker: Asker,
        answer: Answer,
    ) {
        let side = match result {
            Ok(Told::Endpoints(EndpointTold::Document(told))) => provider.endpoint_side(&told.document),
            Ok(_) => None,
            Err(error) => {
                tracing::info!(%error, "an endpoint could not be looked at");
                None
            }
        };
        self.place_for(request, None, side, asker, answer, gesture);
    }

    /// Places a call, for a callback where there is one.
    pub(in crate::core) fn place_for(
        &mut self,
        request: PlaceRequest,
        link: Option<ForCallback>,
        side: Option<EndpointSide>,
        asker: Asker,
        answer: Answer,
        now: Timestamp,
    ) -> Option<Ended> {
        let effects = match self.place_effects(request, now) {
            Ok(input) => {
                // The borrow of the accounts ends before the effects are done.
                let Prepared {
                    request,
                    account,
                    target,
                    person,
                    caller_id,
                    typed,
                    earlier,
                } = input;
                let Some(account) = self.accounts.by_id(&account) else {
                    self.answer(answer, Err(ApiError::new(ErrorClass::Failed, "account_unusable")));
                    return None;
                };
                let guard = self.guard(account);
                let sandbox = account.is_sandbox();
                let credentials = self.credentials_at_hand(account);
                let person_id = person.as_ref().map(|person| person.id.as_str());
                let barred = match &target {
                    Ok(Target::Number(number)) => self.do_not_call(person_id, number),
                    Ok(Target::Extension(_) | Target::Sip(_)) | Err(_) => Ok(None),
                };
                let barred = match barred {
                    Ok(barred) => barred,
                    // Who cannot be asked has not said yes.
                    Err(error) => return self.go_on(vec![Effect::Answer(answer, Err(error))]),
                };
                let (callback, of_callback) = link.map(|link| (link.callback, link.finding)).unzip();
                let of_callback = of_callback.flatten();
                let input = PlaceInput {
                    request,
                    account,
                    accounts: &self.accounts,
                    target,
                    typed,
                    caller_id,
                    person,
                    earlier,
                    callback,
                    side,
                    guard: Box::new(move |number, history| {
                        let mut findings = findings(&guard, sandbox, number, history, now);
                        findings.splice(0..0, barred.clone());
                        findings.extend(of_callback.clone());
                        findings
                    }),
                    credentials,
                    asker,
                };
                self.calls.place(input, answer, now)
            }
            Err(error) => vec![Effect::Answer(answer, Err(error))],
        };
        self.go_on(effects)
    }

    /// Looks up everything that a wish to place a call names.
    pub(in crate::core) fn place_effects(&self, request: PlaceRequest, now: Timestamp) -> Result<Prepared, ApiError> {
        let request = self.with_link(request)?;
        let account = self.accounts.choose(request.account.as_deref())?;
        if account.provider.is_err() || !account.missing().is_empty() {
            return Err(account.unusable());
        }
        let has_endpoints = |provider: &Arc<dyn Provider>| provider.capabilities().endpoints.is_available();
        if request.endpoint.is_some() && !account.provider.as_ref().is_ok_and(has_endpoints) {
            return Err(ApiError::new(ErrorClass::Refused, "no_endpoints").with("account", &account.config.name));
        }
        let (target, named) = self.read_target(&request.target, account)?;
        if let Ok(target) = &target
            && !account.can_call(target)
        {
            let provider = account.config.kind.display_name();
            return Err(ApiError::new(ErrorClass::Refused, "target_not_offered").with("provider", provider));
        }
        let person = match (&request.contact, named) {
            (Some(id), named) => self.contacts.by_id(id).or(named),
            (None, Some(named)) => Some(named),
            (None, None) => match &target {
                Ok(Target::Number(number)) => self.contacts.by_number(number),
                Ok(Target::Extension(_) | Target::Sip(_)) | Err(_) => None,
            },
        };
        typed::note_if_any(request.note.as_deref())?;
        let number = match &target {
            Ok(Target::Number(number)) => Some(number),
            Ok(Target::Extension(_) | Target::Sip(_)) | Err(_) => None,
        };
        let caller_id = match number.filter(|_| is_left_open(request.from.as_deref())) {
            Some(number) => {
                let person = person.as_ref().filter(|person| person.is_certain());
                let person = person.map(|person| person.id.as_str());
                self.call_from(account, number, person, now).map(|choice| choice.number)
            }
            None => self.caller_id(request.from.as_deref(), account)?,
        };
        let earlier = match &request.intent {
            Some(intent) => self
                .store
                .call_by_intent(&normal_intent(intent))
                .map_err(database_failed)?,
            None => None,
        };
        Ok(Prepared {
            account: account.config.id.clone(),
            typed: request.target.trim().to_owned(),
            request,
            target,
            person,
            caller_id,
            earlier,
        })
    }

    /// What a text means: a number, something the guard stops, or a person.
    #[allow(
        clippy::type_complexity,
        reason = "an outcome of three parts that is taken apart at once"
    )]
    pub(in crate::core) fn read_target(
        &self,
        text: &str,
        account: &Account,
    ) -> Result<(Result<Target, GuardFinding>, Option<ContactRef>), ApiError> {
        let other = match read_address(text, account)? {
            Reading::Target(target) => return Ok((Ok(target), None)),
            Reading::Barred(finding) => return Ok((Err(finding), None)),
            Reading::Other(other) => other,
        };
        // Who has a number in their text is not found by what else stands there, however well that fits somebody.
        let has_numbers = !readings(text, account.region()).is_empty();
        match self.contacts.named(text.trim(), !has_numbers) {
            Ok((person, number)) => Ok((Ok(Target::Number(number)), Some(person))),
            Err(error) => Err(other.explained(text, account.region(), error)),
        }
    }

    /// The caller ID that a call shows: the one chosen, else the account's.
    pub(in crate::core) fn caller_id(
        &self,
        chosen: Option<&str>,
        account: &Account,
    ) -> Result<Option<PhoneNumber>, ApiError> {
        let Some(text) = chosen.filter(|_| !is_left_open(chosen)).map(str::trim) else {
            return Ok(account.default_caller_id());
        };
        let can_choose = account
            .provider
            .as_ref()
            .is_ok_and(|provider| provider.capabilities().choose_caller_id.is_available());
        if !can_choose {
            return Err(ApiError::new(ErrorClass::Refused, "caller_id_not_choosable")
                .with("provider", account.config.kind.display_name()));
        }
        let number = PhoneNumber::from_provider(text, account.region())
            .or_else(|| PhoneNumber::parse(text, account.region()).ok())
            .ok_or_else(|| ApiError::new(ErrorClass::Usage, "caller_id_malformed").with("number", text))?;
        let known = account.did_views();
        // Where the provider's list was never read, the provider decides.
        if !account.dids.is_empty() && !known.iter().any(|did| did.number == number) {
            let dids: Vec<String> = known.iter().map(|did| did.number.to_string()).collect();
            return Err(ApiError::new(ErrorClass::Usage, "did_not_of_account")
                .with("number", &number)
                .with("account", &account.config.name)
                .with("dids", dids.join(", ")));
        }
        Ok(Some(number))
    }

    pub(in crate::core) fn guard(&self, account: &Account) -> Guard {
        let settings = self.settings();
        let countries = self.store.dialled_countries(&account.config.id).unwrap_or_default();
        Guard {
            account_region: account.region(),
            policy: GuardPolicy {
                allow_premium: settings.allow_premium,
                allow_satellite: settings.allow_satellite,
                allow_personal: settings.allow_personal,
                allow_shared_cost: settings.allow_shared_cost,
                countries: countries.iter().filter_map(|country| country.parse().ok()).collect(),
            },
        }
    }

    /// What a text would do that is a number, an address, or somebody's name.
    pub(in crate::core) fn check_target(
        &self,
        text: &str,
        account: Option<&str>,
        now: Timestamp,
    ) -> Result<TargetCheck, ApiError> {
        let account = self.accounts.choose(account)?;
        self.checked(text, account, self.read_target(text, account), now)
    }

    /// What a text would do by itself, whoever else it may find.
    pub(in crate::core) fn check_address(
        &self,
        text: &str,
        account: Option<&str>,
        now: Timestamp,
    ) -> Result<TargetCheck, ApiError> {
        let account = self.accounts.choose(account)?;
        let read = read_address(text, account).and_then(|reading| match reading {
            Reading::Target(target) => Ok((Ok(target), None)),
            Reading::Barred(finding) => Ok((Err(finding), None)),
            Reading::Other(other) => Err(other.explained(text, account.region(), nothing_matches(text))),
        });
        self.checked(text, account, read, now)
    }

    fn checked(
        &self,
        text: &str,
        account: &Account,
        read: Result<(Result<Target, GuardFinding>, Option<ContactRef>), ApiError>,
        now: Timestamp,
    ) -> Result<TargetCheck, ApiError> {
        let nothing = TargetCheck {
            number: None,
            shown: None,
            contact: None,
            verdict: GuardVerdict::Ok,
            findings: Vec::new(),
            problem: None,
            readings: Vec::new(),
            about: None,
            from: None,
        };
        Ok(match read {
            Ok((Ok(Target::Number(number)), named)) => {
                let history = self.calls.history(&account.config.id, &number, now);
                let mut findings = findings(&self.guard(account), account.is_sandbox(), &number, &history, now);
                let contact = named.or_else(|| self.contacts.by_number(&number));
                let person = contact.as_ref().filter(|person| person.is_certain());
                let person = person.map(|person| person.id.as_str());
                findings.splice(0..0, self.do_not_call(person, &number)?);
                TargetCheck {
                    shown: Some(shown(Some(&number), "")),
                    from: self.call_from_view(account, &number, person, now),
                    contact,
                    verdict: findings
                        .iter()
                        .map(|finding| finding.verdict)
                        .max()
                        .unwrap_or(GuardVerdict::Ok),
                    findings,
                    about: Some(about(&number, text, account.region(), now)),
                    number: Some(number),
                    ..nothing
                }
            }
            Ok((Ok(target), _)) => TargetCheck {
                shown: Some(shown(None, &target.to_string())),
                ..nothing
            },
            Ok((Err(finding), _)) => TargetCheck {
                verdict: finding.verdict,
                findings: vec![finding],
                ..nothing
            },
            Err(error) => {
                let key = format!("errors.{}.message", error.code);
                TargetCheck {
                    problem: Some(Words {
                        key,
                        params: error.params,
                    }),
                    readings: readings(text, account.region()),
                    ..nothing
                }
            }
        })
    }
}

/// The callback that a call is placed for.
pub(in crate::core) struct ForCallback {
    pub(in crate::core) callback: String,
    /// What there is to say against calling it now, besides what the guard says of the number.
    pub(in crate::core) finding: Option<GuardFinding>,
}

/// All that was looked up for a wish to place a call.
pub(in crate::core) struct Prepared {
    request: PlaceRequest,
    /// Id of the account.
    account: String,
    target: Result<Target, GuardFinding>,
    person: Option<ContactRef>,
    caller_id: Option<PhoneNumber>,
    typed: String,
    earlier: Option<store::StoredCall>,
}

/// What the guard says; night at the customer's is no matter where nobody is rung.
pub(super) fn findings(
    guard: &Guard,
    sandbox: bool,
    number: &PhoneNumber,
    history: &DialHistory,
    now: Timestamp,
) -> Vec<GuardFinding> {
    let mut findings = guard.check(number, history, now);
    findings.retain(|finding| !sandbox || finding.reason != GuardReason::OutsideHours);
    findings
}

/// Findings in words, with all that goes into them.
pub(super) fn said(findings: &[GuardFinding]) -> String {
    let sentences = findings.iter().map(|finding| {
        let params = [("country", &finding.country), ("local_time", &finding.local_time)];
        let params = params
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.clone().unwrap_or_default()));
        words::say(
            &format!("guard.{}", crate::desks::calls::snake(&finding.reason)),
            &params.collect(),
        )
    });
    sentences.collect::<Vec<String>>().join(" ")
}

pub(in crate::core) fn normal_intent(intent: &str) -> String {
    intent
        .parse::<uuid::Uuid>()
        .map_or_else(|_| intent.to_owned(), |intent| intent.to_string())
}
