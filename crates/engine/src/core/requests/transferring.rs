//! Handing a call on: whom to is judged as a dial is, for the provider rings them just the same.

use providers::{Ask, TransferOrder};
use telephony::{DialHistory, GuardFinding, GuardVerdict, NumberProblem, Target, TargetProblem};

use super::placing::{findings, said};
use crate::api::{ApiError, ErrorClass};
use crate::core::{Core, Ended};
use crate::desks::accounts::Account;
use crate::desks::calls::no_such_call;
use crate::effect::Answer;

impl Core {
    /// Hands a call on, named by everything that is known of it.
    pub(in crate::core) fn transfer(
        &mut self,
        call: &str,
        to: &str,
        attended: bool,
        yes: bool,
        answer: Answer,
    ) -> Option<Ended> {
        match self.transfer_order(call, to, attended, yes) {
            Ok((account, order)) => self.ask_verb(Some(&account), Ask::Transfer(order), answer),
            Err(error) => {
                self.answer(answer, Err(error));
                None
            }
        }
    }

    fn transfer_order(
        &self,
        call: &str,
        to: &str,
        attended: bool,
        yes: bool,
    ) -> Result<(String, TransferOrder), ApiError> {
        let record = self.calls.get(call).ok_or_else(|| no_such_call(call))?;
        let ids = &record.reading.provider_ids;
        let refused = |code| ApiError::new(ErrorClass::Refused, code).with("call", call);
        if record.reading.phase == telephony::Phase::Ended {
            return Err(refused("call_is_over"));
        }
        let name = &record.stored.row.account;
        let to = self.transfer_target(to, self.accounts.get(name)?, yes)?;
        if ids.call_id.is_none() && ids.leg_ids.is_empty() {
            return Err(refused("call_not_named_yet"));
        }
        let order = TransferOrder {
            provider_call_id: ids.call_id.clone(),
            leg_ids: ids.leg_ids.clone(),
            to,
            attended,
        };
        Ok((name.clone(), order))
    }

    /// Whom to, as the provider is told: a number in E.164, or the digits of an extension or a department.
    fn transfer_target(&self, text: &str, account: &Account, yes: bool) -> Result<String, ApiError> {
        let number = match Target::read_transfer(text, account.region()) {
            Ok(Target::Number(number)) => number,
            Ok(Target::Extension(digits)) => return Ok(digits),
            Ok(Target::Sip(_)) => return Err(nobody(text)),
            Err(problem) => return Err(refusal(&problem, text, account)),
        };
        // That a call goes on is the point of it, and the rules on how often are about dials.
        let history = DialHistory::default();
        let found = findings(
            &self.guard(account),
            account.is_sandbox(),
            &number,
            &history,
            self.now(),
        );
        match GuardVerdict::worst(&found) {
            GuardVerdict::Block => Err(blocked(&found)),
            GuardVerdict::Warn if !yes => {
                Err(ApiError::new(ErrorClass::Refused, "transfer_needs_confirmation").with("findings", said(&found)))
            }
            GuardVerdict::Warn | GuardVerdict::Ok => Ok(number.as_str().to_owned()),
        }
    }
}

fn refusal(problem: &TargetProblem, text: &str, account: &Account) -> ApiError {
    match problem {
        TargetProblem::Number(problem) => match GuardFinding::of_problem(problem) {
            Some(finding) => blocked(&[GuardFinding {
                country: finding.country.or_else(|| Some(account.region().to_string())),
                ..finding
            }]),
            None if *problem == NumberProblem::Empty => ApiError::new(ErrorClass::Usage, "transfer_nowhere"),
            None => nobody(text),
        },
        TargetProblem::NotANumber => nobody(text),
    }
}

fn nobody(text: &str) -> ApiError {
    ApiError::new(ErrorClass::Usage, "transfer_target_wrong").with("text", text.trim())
}

fn blocked(found: &[GuardFinding]) -> ApiError {
    let first: Vec<GuardFinding> = found.first().cloned().into_iter().collect();
    ApiError::new(ErrorClass::Refused, "transfer_blocked").with("why", said(&first))
}
