//! Programs on the control socket: what would ring somebody, or change what the agent has set up, is asked of the agent
//! unless they have approved that program.
//!
//! What a program is comes from the system, and is worth this much: it keeps a program from dialling by mistake or without
//! having asked to. It keeps nobody out who means harm, since whatever runs as the agent can run `dialctl` as well.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use providers::Ask;

use super::Core;
use crate::api::{ApiError, ApiResult, ErrorClass, Reply, Request};
use crate::desks::accounts::config_failed;
use crate::handle::{Answer, Asker};

/// Programs of ours: a person who starts them has asked for what they do.
const OURS: [&str; 2] = ["dialctl", "dialdeck"];

/// What of a request is the agent's to decide.
enum Asked {
    /// A call to this target.
    Call(String),
    /// Something else that rings somebody, or changes what is set up.
    Other,
}

impl Core {
    /// Hears a request of a program, or of ours where none is named; answers at once where it is held back.
    pub(super) fn hear(
        &mut self,
        request: Request,
        (asker, program): (Asker, Option<&Path>),
        answer: Answer,
    ) -> Option<super::Ended> {
        let held_back = program
            .filter(|program| !self.may_ask_anything(program))
            .and_then(|program| Some((program, self.agents_decision(&request)?)));
        let Some((program, asked)) = held_back else {
            return self.ask(request, asker, answer);
        };
        if let Asked::Call(target) = asked {
            self.emit(self.window_for(Some(target)));
        }
        let error = ApiError::new(ErrorClass::Refused, "program_not_approved");
        // The program may be gone.
        let _ = answer.send(Err(error.with("program", program.display())));
        None
    }

    fn may_ask_anything(&self, program: &Path) -> bool {
        let name = program.file_stem().unwrap_or_default();
        OURS.iter().any(|ours| *ours == name)
            || self
                .accounts
                .config
                .approved_programs()
                .iter()
                .any(|approved| Path::new(approved) == program)
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "what is not listed rings nobody and sets nothing up"
    )]
    fn agents_decision(&self, request: &Request) -> Option<Asked> {
        match request {
            Request::Place(place) => Some(Asked::Call(place.target.clone())),
            Request::CallCallback { callback, .. } => Some(match self.callbacks.get(callback) {
                Some(row) => Asked::Call(row.target.clone()),
                None => Asked::Other,
            }),
            Request::Ask { what, .. } => matches!(**what, Ask::Schedule(_)).then_some(Asked::Other),
            Request::TransferCall { .. }
            | Request::TakePhoneLinks { .. }
            | Request::AddScreenPop { .. }
            | Request::RemoveScreenPop { .. }
            | Request::TestScreenPop { .. }
            | Request::ApproveProgram { .. }
            | Request::RevokeProgram { .. } => Some(Asked::Other),
            _ => None,
        }
    }

    pub(super) fn approve_program(&mut self, path: &str, asker: Asker) -> ApiResult {
        if asker == Asker::Page {
            return Err(ApiError::new(ErrorClass::Refused, "programs_not_by_window"));
        }
        // As the system names it: through links, and from the root.
        let found = std::fs::canonicalize(path)
            .ok()
            .filter(|found| found.is_file() && found.to_str().is_some())
            .ok_or_else(|| ApiError::new(ErrorClass::NothingMatches, "program_unknown").with("program", path))?;
        if is_script(&found) {
            return Err(ApiError::new(ErrorClass::Usage, "program_is_script").with("program", path));
        }
        let mut approved = self.accounts.config.approved_programs().to_vec();
        let found = found.display().to_string();
        if !approved.contains(&found) {
            approved.push(found);
            self.accounts
                .config
                .set_approved_programs(&approved)
                .map_err(|problem| config_failed(&problem))?;
        }
        Ok(Reply::Programs(approved))
    }

    pub(super) fn revoke_program(&mut self, path: &str, asker: Asker) -> ApiResult {
        if asker == Asker::Page {
            return Err(ApiError::new(ErrorClass::Refused, "programs_not_by_window"));
        }
        let before = self.accounts.config.approved_programs();
        // What was approved may be there no more: then it goes by the name it was approved under.
        let found = std::fs::canonicalize(path).map_or_else(|_| path.to_owned(), |found| found.display().to_string());
        let left: Vec<String> = before
            .iter()
            .filter(|program| **program != found && *program != path)
            .cloned()
            .collect();
        if left.len() == before.len() {
            return Err(ApiError::new(ErrorClass::NothingMatches, "program_not_listed").with("program", path));
        }
        self.accounts
            .config
            .set_approved_programs(&left)
            .map_err(|problem| config_failed(&problem))?;
        Ok(Reply::Programs(left))
    }

    pub(super) fn list_programs(&self) -> ApiResult {
        Ok(Reply::Programs(self.accounts.config.approved_programs().to_vec()))
    }
}

/// Whether the system runs this file by another program, which is then the one on the socket.
fn is_script(file: &Path) -> bool {
    let mut begins = [0; 2];
    File::open(file).is_ok_and(|mut file| file.read_exact(&mut begins).is_ok()) && begins == *b"#!"
}
