//! Files of contacts: looking at one, taking it in, breaking that off; and files out.

use std::path::PathBuf;

use telephony::Region;
use uuid::Uuid;

use crate::api::{ApiError, ApiResult, ErrorClass, ImportFrom, ImportWish, Reply};
use crate::core::{Core, Ended};
use crate::desks::accounts::Account;
use crate::desks::contacts::{Import, Source};
use crate::desks::imports::ImportsFolder;
use crate::effect::Answer;
use crate::handle::Asker;
use crate::view::Event;

impl Core {
    pub(super) fn inspect_import(
        &self,
        from: &ImportFrom,
        wish: ImportWish,
        asker: Asker,
        answer: Answer,
    ) -> Option<Ended> {
        let (source, region) = (self.source(from, asker), self.region());
        self.beside(answer, move |contacts| {
            let look = contacts.look(&source?, &wish, region)?;
            Ok(Reply::ImportLook(Box::new(look)))
        })
    }

    pub(super) fn start_import(
        &mut self,
        import_id: String,
        from: &ImportFrom,
        wish: ImportWish,
        problems: Option<String>,
        asker: Asker,
        answer: Answer,
    ) -> Option<Ended> {
        if problems.is_some() && asker == Asker::Page {
            let _ = answer.send(Err(path_by_page()));
            return None;
        }
        let running = match self.imports.begin(&import_id) {
            Ok(running) => running,
            Err(error) => {
                let _ = answer.send(Err(error));
                return None;
            }
        };
        let problems = match problems {
            Some(path) => Ok(PathBuf::from(path)),
            None => self.imports.folder().problems(&import_id),
        };
        let upload = match from {
            ImportFrom::Upload(id) => Some((self.imports.folder(), id.clone())),
            ImportFrom::Path(_) => None,
        };
        let (source, region) = (self.source(from, asker), self.region());
        let (events, now) = (self.events.clone(), self.now());
        self.beside(answer, move |contacts| {
            let progress = |bytes, total, rows| {
                // Nobody may be watching.
                events.tell(Event::ImportProgress {
                    import: import_id.clone(),
                    bytes,
                    total,
                    rows,
                });
            };
            let import = Import {
                wish: &wish,
                region,
                is_cancelled: running.is_cancelled(),
                problems: Some(&problems?),
                progress: &progress,
                now,
            };
            let report = contacts.import(&source?, &import).map(Reply::Import);
            let report = running.told(report)?;
            events.tell(Event::Contacts);
            if let Some((folder, id)) = upload {
                drop_quietly(&folder, &id);
            }
            Ok(report)
        })
    }

    /// The requests of before there were mappings: a file as seen, and nobody watches.
    pub(super) fn import(&mut self, source: Source, country: Option<String>, answer: Answer) -> Option<Ended> {
        let running = match self.imports.begin(&Uuid::now_v7().to_string()) {
            Ok(running) => running,
            Err(error) => {
                let _ = answer.send(Err(error));
                return None;
            }
        };
        let (region, now, events) = (self.region(), self.now(), self.events.clone());
        self.beside(answer, move |contacts| {
            let wish = ImportWish {
                country,
                ..ImportWish::default()
            };
            let import = Import {
                wish: &wish,
                region,
                is_cancelled: running.is_cancelled(),
                problems: None,
                progress: &|_, _, _| {},
                now,
            };
            let report = contacts.import(&source, &import).map(Reply::Import);
            let report = running.told(report)?;
            events.tell(Event::Contacts);
            Ok(report)
        })
    }

    /// Work on the files of imports, beside the loop.
    pub(super) fn with_files(
        &self,
        answer: Answer,
        work: impl FnOnce(ImportsFolder) -> ApiResult + Send + 'static,
    ) -> Option<Ended> {
        let folder = self.imports.folder();
        self.beside(answer, move |_| work(folder))
    }

    fn source(&self, from: &ImportFrom, asker: Asker) -> Result<Source, ApiError> {
        match from {
            // What a page asks for may be a script's wish, and not every file is for it.
            ImportFrom::Path(_) if asker == Asker::Page => Err(path_by_page()),
            ImportFrom::Path(path) => Ok(Source::At(path.into())),
            ImportFrom::Upload(id) => self.imports.folder().upload(id).map(Source::At),
        }
    }

    /// The country of national numbers, where nobody says another.
    fn region(&self) -> Region {
        self.accounts.choose(None).map_or(Region::GB, Account::region)
    }
}

fn path_by_page() -> ApiError {
    ApiError::new(ErrorClass::Refused, "path_not_by_window")
}

/// What stays is deleted at the next start.
fn drop_quietly(folder: &ImportsFolder, id: &str) {
    if let Err(error) = folder.drop_upload(id) {
        tracing::warn!(%error, "a file that was taken in is still there");
    }
}
