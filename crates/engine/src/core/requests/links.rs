//! The window as another face asks for it: a second start, a number, a link. Nothing of it is dialled.

use telephony::{CallLink, LinkProblem, LinkScheme, PhoneNumber, Target};

use super::numbers::{Reading, read_address, readings};
use crate::api::{ApiError, ErrorClass, PlaceRequest, Reply};
use crate::core::{Core, Ended};
use crate::desks::accounts::Account;
use crate::effect::Answer;
use crate::view::{Event, LinkView};

/// The most characters of a link that are shown where it cannot be opened.
const LONGEST_SHOWN: usize = 120;

impl Core {
    /// Which program opens links; first made to be Dialdeck for one kind, if that is asked for. The desktop may take a
    /// moment to answer.
    pub(super) fn phone_links(&self, take: Option<String>, answer: Answer) -> Option<Ended> {
        let links = self.phone_links.clone();
        tokio::spawn(async move {
            let list = match take {
                Some(scheme) => links.take(&scheme).await,
                None => Ok(links.list().await),
            };
            // The face may be gone.
            let _ = answer.send(list.map(Reply::PhoneLinks));
        });
        None
    }

    /// What the window is to show for a text that it was asked for with.
    pub(in crate::core) fn window_for(&self, prefill: Option<String>) -> Event {
        let Some(read) = prefill.as_deref().and_then(CallLink::read) else {
            return Event::ShowWindow { prefill, link: None };
        };
        let text = prefill.as_deref().unwrap_or_default().trim();
        let nothing = LinkView {
            text: text.chars().take(LONGEST_SHOWN).collect(),
            account: None,
            from: None,
            note: None,
            problem: None,
            from_problem: None,
        };
        let (prefill, link) = match read {
            Ok(link) => self.open_link(link, nothing),
            Err(problem) => (
                None,
                LinkView {
                    problem: Some(refused(&problem)),
                    ..nothing
                },
            ),
        };
        Event::ShowWindow {
            prefill,
            link: Some(Box::new(link)),
        }
    }

    /// Shows a pasted link of our own. Links of other kinds are read like any number that is typed, and so is everything else.
    pub(in crate::core) fn open_pasted(&mut self, text: String) {
        if LinkScheme::of(&text) == Some(LinkScheme::Dialdeck) {
            self.emit(self.window_for(Some(text)));
        }
    }

    /// A wish to call with what a link of our own says, where it is one; what the wish itself says goes before.
    ///
    /// Errors: the link cannot be opened, or no account can call from the number that it names.
    pub(super) fn with_link(&self, mut request: PlaceRequest) -> Result<PlaceRequest, ApiError> {
        let link = match CallLink::read(&request.target) {
            Some(Ok(link)) if link.scheme == LinkScheme::Dialdeck => link,
            Some(Err(problem)) if LinkScheme::of(&request.target) == Some(LinkScheme::Dialdeck) => {
                return Err(refused(&problem));
            }
            // Other links are read like any number that is typed.
            Some(_) | None => return Ok(request),
        };
        if request.from.is_none()
            && let Some(wanted) = &link.from
        {
            let (account, from) = self.line_of(wanted)?;
            request.account.get_or_insert_with(|| account.config.name.clone());
            request.from = from.map(|number| number.to_string());
        }
        request.target = link.target;
        request.note = request.note.or(link.note);
        Ok(request)
    }

    fn open_link(&self, link: CallLink, nothing: LinkView) -> (Option<String>, LinkView) {
        let from = link.from.as_deref().map(|wanted| self.line_of(wanted));
        let (line, from_problem) = match from {
            None => (None, None),
            Some(Ok(line)) => (Some(line), None),
            Some(Err(problem)) => (None, Some(problem)),
        };
        let account = line.as_ref().map(|(account, _)| account.config.name.clone());
        let reached = match &line {
            Some((account, _)) => Some(*account),
            // Without an account there is nobody to ask; the window says so itself.
            None => self.accounts.choose(None).ok(),
        };
        let problem = reached.and_then(|account| self.why_not(&link.target, account));
        let opened = LinkView {
            account,
            from: line.and_then(|(_, from)| from),
            note: link.note,
            from_problem,
            ..nothing
        };
        match problem {
            None => (Some(link.target), opened),
            Some(problem) => {
                tracing::info!(code = %problem.code, "a link was not opened");
                (
                    None,
                    LinkView {
                        problem: Some(problem),
                        ..opened
                    },
                )
            }
        }
    }

    /// Why nobody can be called by what a link says. What the guard has to say is shown with the number.
    fn why_not(&self, target: &str, account: &Account) -> Option<ApiError> {
        match read_address(target, account) {
            Ok(Reading::Target(target)) if matches!(target, Target::Sip(_)) && !account.can_call(&target) => Some(
                ApiError::new(ErrorClass::Refused, "target_not_offered")
                    .with("provider", account.config.kind.display_name()),
            ),
            Ok(Reading::Target(_) | Reading::Barred(_)) => None,
            // Which of several numbers is meant, the agent says.
            Err(_) if !readings(target, account.region()).is_empty() => None,
            Ok(Reading::Other(other)) => {
                let otherwise = ApiError::new(ErrorClass::NothingMatches, "link_no_number");
                Some(other.explained(target, account.region(), otherwise))
            }
            Err(error) => Some(error),
        }
    }

    /// The account that calls can be made from a number with, and the number where the account can choose it.
    fn line_of(&self, wanted: &str) -> Result<(&Account, Option<PhoneNumber>), ApiError> {
        let default = self.accounts.choose(None).ok();
        let others = self.accounts.iter();
        default
            .into_iter()
            .chain(others)
            .find_map(|account| {
                let number = PhoneNumber::parse(wanted, account.region()).ok()?;
                let can_choose = account.capabilities().choose_caller_id.is_available();
                if can_choose && account.did_views().iter().any(|did| did.number == number) {
                    return Some((account, Some(number)));
                }
                (account.default_caller_id().as_ref() == Some(&number)).then_some((account, None))
            })
            .ok_or_else(|| ApiError::new(ErrorClass::Refused, "link_from_not_yours").with("number", wanted))
    }
}

fn refused(problem: &LinkProblem) -> ApiError {
    let error = |code| ApiError::new(ErrorClass::Refused, code);
    match problem {
        LinkProblem::NoNumber => error("link_no_number"),
        LinkProblem::ServiceCode => error("link_service_code"),
        LinkProblem::Pause => error("link_pause"),
        LinkProblem::PostDial => error("link_post_dial"),
        LinkProblem::NoFrom => error("link_no_from"),
        LinkProblem::UnknownPart { part } => error("link_unknown_part").with("part", part),
        LinkProblem::Twice { part } => error("link_part_twice").with("part", part),
        LinkProblem::TooLong => error("link_too_long"),
    }
}
