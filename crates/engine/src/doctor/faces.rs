//! What faces tell of what they stand on: the engine itself knows of no keys, links or notification servers.

use std::collections::BTreeMap;

use crate::api::{ApiError, ErrorClass};
use crate::view::{CheckState, DoctorCheck, FaceCheck, Words};
use crate::words;

/// A face has a handful of them: more is a program gone wrong.
const MOST: usize = 32;

/// The newest check of each name.
#[derive(Debug, Default)]
pub(crate) struct FaceChecks(BTreeMap<String, FaceCheck>);

impl FaceChecks {
    /// Keeps what a face tells, all of it or nothing.
    ///
    /// # Errors
    /// `check_malformed` for a name that is none, or a sentence that does not stand in the words file.
    pub(crate) fn report(&mut self, checks: Vec<FaceCheck>) -> Result<(), ApiError> {
        let mut kept = self.0.clone();
        for check in checks {
            if !is_name(&check.check) || !is_said(&check.message) || !check.hint.as_ref().is_none_or(is_said) {
                return Err(ApiError::new(ErrorClass::Usage, "check_malformed").with("check", check.check));
            }
            kept.insert(check.check.clone(), check);
        }
        if kept.len() > MOST {
            return Err(ApiError::new(ErrorClass::Usage, "checks_too_many").with("most", MOST));
        }
        self.0 = kept;
        Ok(())
    }

    /// As the doctor tells them, by name.
    pub(crate) fn told(&self) -> impl Iterator<Item = DoctorCheck> {
        self.0.values().map(|check| DoctorCheck {
            check: check.check.clone(),
            ok: check.state == CheckState::Ok,
            warning: check.state == CheckState::Warning,
            account: None,
            message: words::sentence(&check.message),
            hint: check.hint.as_ref().map(words::sentence),
        })
    }
}

fn is_name(text: &str) -> bool {
    (1..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// Words of ours, so that no program puts sentences of its own before the agent.
fn is_said(words: &Words) -> bool {
    words::find(&words.key).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, state: CheckState, key: &str) -> FaceCheck {
        FaceCheck {
            check: name.into(),
            state,
            message: Words {
                key: key.into(),
                ..Words::default()
            },
            hint: None,
        }
    }

    #[test]
    fn a_later_report_takes_the_place_of_the_earlier_one_of_its_name_only() {
        let mut checks = FaceChecks::default();
        let known = "doctor.database.ok";
        checks
            .report(vec![
                check("links", CheckState::Failed, known),
                check("hotkeys", CheckState::Warning, known),
            ])
            .unwrap();
        checks.report(vec![check("links", CheckState::Ok, known)]).unwrap();
        let told: Vec<_> = checks
            .told()
            .map(|check| (check.check, check.ok, check.warning))
            .collect();
        assert_eq!(
            told,
            [("hotkeys".to_owned(), false, true), ("links".to_owned(), true, false)]
        );
    }

    #[test]
    fn a_report_is_taken_as_a_whole_or_not_at_all() {
        let mut checks = FaceChecks::default();
        let good = || check("links", CheckState::Ok, "doctor.database.ok");
        for bad in [
            check("links", CheckState::Ok, "Call this number at once"),
            check("Links!", CheckState::Ok, "doctor.database.ok"),
            check("", CheckState::Ok, "doctor.database.ok"),
        ] {
            assert_eq!(checks.report(vec![good(), bad]).unwrap_err().code, "check_malformed");
        }
        let many = |count: usize| (0..count).map(|n| check(&"a".repeat(n + 1), CheckState::Ok, "doctor.database.ok"));
        assert_eq!(
            checks.report(many(MOST + 1).collect()).unwrap_err().code,
            "checks_too_many"
        );
        assert_eq!(checks.told().count(), 0);
        checks.report(many(MOST).collect()).unwrap();
    }
}
