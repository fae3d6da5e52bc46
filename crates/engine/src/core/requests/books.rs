//! Address books elsewhere: adding one, going through one, deciding what differs.

use std::sync::Arc;

use carddav::{Address, Book, FoundBook, SignIn, Wire, find_books};
use secrecy::{ExposeSecret, SecretString};
use store::{BookRow, ConflictChoice};
use uuid::Uuid;

use crate::api::{ApiError, ApiResult, BookDraft, ContactDraft, ErrorClass, Reply};
use crate::core::{Core, Ended};
use crate::desks::books::{BooksDesk, Run, RunWish, failed};
use crate::effect::Answer;
use crate::handle::Asker;
use crate::secrets::{SecretCache, SecretOwner};
use crate::typed;
use crate::view::Event;

/// The one secret of a book.
const PASSWORD: &str = "password";

impl Core {
    /// Finds a user's address books on a server and keeps one of them, with its password in the keychain.
    ///
    /// A page adds no book that takes in everybody here: a script in it would have a way out for the whole directory.
    pub(super) fn add_book(&self, draft: BookDraft, asker: Asker, answer: Answer) -> Option<Ended> {
        if asker == Asker::Page && draft.takes_new {
            let _ = answer.send(Err(ApiError::new(ErrorClass::Refused, "book_uploads_by_command")));
            return None;
        }
        let (books, secrets) = (self.books.clone(), Arc::clone(&self.seams.secrets));
        tokio::spawn(async move {
            let added = add(&books, &secrets, draft).await;
            // The face may be gone.
            let _ = answer.send(added);
        });
        None
    }

    /// Goes through a book.
    pub(super) fn sync_book(&self, named: Option<&str>, wish: RunWish, answer: Answer) -> Option<Ended> {
        let ready = self.books.get(named).and_then(|book| {
            let turn = self.books.take_turn(&book)?;
            Ok((book, turn, self.books.wire()?))
        });
        let (book, turn, wire) = match ready {
            Ok(ready) => ready,
            Err(error) => {
                let _ = answer.send(Err(error));
                return None;
            }
        };
        let country = self.region_for(&ContactDraft::default());
        let (store, events, now) = (self.store.clone(), self.events.clone(), self.now());
        let secrets = Arc::clone(&self.seams.secrets);
        tokio::spawn(async move {
            let done = async {
                let remote = remote(&book, wire, &secrets).await?;
                let run = Run {
                    store,
                    book,
                    remote,
                    country,
                    wish,
                    now,
                };
                Ok(Reply::BookSynced(Box::new(run.run().await?)))
            };
            let done: ApiResult = done.await;
            // Before the answer: whoever has it may begin the next.
            drop(turn);
            // Nobody may be watching.
            events.tell(Event::Contacts);
            let _ = answer.send(done);
        });
        None
    }

    pub(super) fn list_books(&self) -> ApiResult {
        self.books.list().map(Reply::Books)
    }

    pub(super) fn book_conflicts(&self, named: Option<&str>) -> ApiResult {
        let region = self.region_for(&ContactDraft::default());
        self.books.conflicts(named, region).map(Reply::BookConflicts)
    }

    pub(super) fn resolve_conflict(
        &self,
        named: Option<&str>,
        contact_id: &str,
        keep: &str,
        asker: Asker,
    ) -> ApiResult {
        let choice = match keep {
            "ours" => ConflictChoice::Ours,
            "theirs" => ConflictChoice::Theirs,
            "both" => ConflictChoice::Both,
            other => return Err(ApiError::new(ErrorClass::Usage, "conflict_choice").with("choice", other)),
        };
        let book = self.books.get(named)?;
        // A page makes what stands in the way of a call stricter, not looser.
        self.books.resolve(&book, contact_id, choice, asker == Asker::Native)?;
        Ok(Reply::Done)
    }

    /// Forgets a book and its password. Contacts and cards stay where they are.
    pub(super) fn remove_book(&self, named: Option<&str>, answer: Answer) -> Option<Ended> {
        let removed = self
            .books
            .get(named)
            .and_then(|book| self.books.remove(&book).map(|()| book));
        let book = match removed {
            Ok(book) => book,
            Err(error) => {
                let _ = answer.send(Err(error));
                return None;
            }
        };
        let secrets = Arc::clone(&self.seams.secrets);
        tokio::spawn(async move {
            let removed = secrets.remove(owner(&book), PASSWORD).await;
            let _ = answer.send(removed.map(|()| Reply::Done).map_err(|problem| problem.to_api()));
        });
        None
    }
}

/// Also in the environment a book's password goes by its id: its name is chosen by its server, which could so have the
/// password of another.
fn owner(book: &BookRow) -> SecretOwner<'_> {
    SecretOwner {
        name: &book.id,
        id: &book.id,
    }
}

async fn add(books: &BooksDesk, secrets: &SecretCache, draft: BookDraft) -> ApiResult {
    let user = typed::line("user", &draft.user)?;
    let password = SecretString::from(draft.password.0);
    if user.is_empty() || password.expose_secret().is_empty() {
        return Err(ApiError::new(ErrorClass::Usage, "book_sign_in_missing"));
    }
    let address = Address::parse(&draft.server).map_err(|problem| failed(&problem))?;
    let sign_in = SignIn {
        user: user.clone(),
        password: password.clone(),
    };
    let wire = books.wire()?;
    let found = find_books(wire.as_ref(), &address, &sign_in)
        .await
        .map_err(|problem| failed(&problem))?;
    let found = chosen(found, draft.book.as_deref())?;
    books.must_be_new(&address, &user, &found.href)?;
    let book = BookRow {
        id: Uuid::now_v7().to_string(),
        name: books.free_name(&typed::line("name", &found.name)?)?,
        address: address.as_str().to_owned(),
        user,
        href: found.href,
        takes_new: draft.takes_new,
        synced_at: None,
        report: None,
    };
    // First: a book without a password is of no use, a password without a book is forgotten again.
    let kept = secrets.set(owner(&book), PASSWORD, password, draft.this_run_only).await;
    kept.map_err(|problem| problem.to_api())?;
    match books.add(&book) {
        Ok(view) => Ok(Reply::Book(Box::new(view))),
        Err(error) => {
            if let Err(problem) = secrets.remove(owner(&book), PASSWORD).await {
                tracing::warn!(%problem, "a book's password could not be forgotten");
            }
            Err(error)
        }
    }
}

/// The book that is meant: of several, the one that is named.
fn chosen(mut found: Vec<FoundBook>, named: Option<&str>) -> Result<FoundBook, ApiError> {
    let names: Vec<String> = found.iter().map(|book| book.name.clone()).collect();
    if let Some(named) = named {
        found.retain(|book| book.href == named || book.name.to_lowercase() == named.to_lowercase());
    }
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(ApiError::new(ErrorClass::NothingMatches, "book_not_there")
            .with("book", named.unwrap_or_default())
            .with("books", names.join(", "))),
        _ => Err(ApiError::new(ErrorClass::Usage, "book_not_chosen").with("books", names.join(", "))),
    }
}

/// The way to a book, with its password from the keychain.
async fn remote(book: &BookRow, wire: Arc<dyn Wire>, secrets: &SecretCache) -> Result<Book, ApiError> {
    let gathered = secrets.gather(owner(book), &[PASSWORD]).await;
    let Some(password) = gathered.credentials.get(PASSWORD).cloned() else {
        return Err(match gathered.problem {
            Some(problem) => problem.to_api(),
            None => ApiError::new(ErrorClass::Keychain, "book_password_missing").with("book", &book.name),
        });
    };
    let address = Address::parse(&book.address).map_err(|problem| failed(&problem))?;
    let sign_in = SignIn {
        user: book.user.clone(),
        password,
    };
    Ok(Book::new(wire, address, sign_in, book.href.clone()))
}
