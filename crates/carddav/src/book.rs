//! One address book: its list, its cards, and changes to them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use http::StatusCode;
use libdav::carddav::GetAddressBookResources;
use libdav::dav::{Delete, GetEtag, ListResources, PutResource};
use libdav::requests::DavRequest;

use crate::{Address, Problem, SignIn, Wire};

/// Cards that are asked for at once.
const BATCH: usize = 50;
/// Cards of which an answer says nothing, that are asked for one by one in a run.
const SINGLY: usize = 200;
const VCARD: &str = "text/vcard; charset=utf-8";

/// An address book on a server.
#[derive(Clone)]
pub struct Book {
    wire: Arc<dyn Wire>,
    address: Address,
    sign_in: SignIn,
    /// Its place on the server, which ends in a slash.
    href: String,
}

/// A card as the list names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedCard {
    pub href: String,
    pub etag: Option<String>,
}

/// A card as it stands on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteCard {
    pub etag: String,
    pub text: String,
}

/// What came of asking for a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    Card(RemoteCard),
    /// The server says that there is none.
    Gone,
    /// The server says neither.
    Unclear,
}

/// What a request is answered with where all went well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wants {
    /// 207 and nothing else: a page that says with 200 that something is wrong is not a list without cards.
    List,
    AnySuccess,
}

/// Sends a request of `libdav`'s, and has it read the answer.
pub(crate) async fn ask<R>(
    wire: &dyn Wire,
    address: &Address,
    sign_in: &SignIn,
    request: &R,
    wants: Wants,
) -> Result<R::Response, Problem>
where
    R: DavRequest,
    Problem: From<R::ParseError>,
{
    let request_out = request.prepare_request(address.base()?)?;
    let (parts, body) = wire.send(request_out, sign_in).await?.into_parts();
    if parts.status.is_redirection() {
        let to = parts
            .headers
            .get(http::header::LOCATION)
            .and_then(|to| to.to_str().ok());
        let to = to.map(|to| address.join(to)).transpose()?;
        return Err(to.map_or(Problem::NotFound, |to| Problem::Elsewhere(to.as_str().to_owned())));
    }
    if wants == Wants::List && parts.status.is_success() && parts.status != StatusCode::MULTI_STATUS {
        return Err(Problem::NotUnderstood("a page instead of a list".into()));
    }
    Ok(request.parse_response(&parts, &body)?)
}

impl Book {
    #[must_use]
    pub fn new(wire: Arc<dyn Wire>, address: Address, sign_in: SignIn, href: String) -> Self {
        Self {
            wire,
            address,
            sign_in,
            href,
        }
    }

    /// Where a new card of this name is to stand.
    #[must_use]
    pub fn place_for(&self, name: &str) -> String {
        format!("{}{name}.vcf", self.href)
    }

    /// The cards of the book; each once.
    ///
    /// # Errors
    /// Why there is no list.
    pub async fn list(&self) -> Result<Vec<ListedCard>, Problem> {
        let listed = self.ask(&ListResources::new(&self.href), Wants::List).await?;
        let mut cards = BTreeMap::new();
        for resource in listed.resources {
            if resource.resource_type.is_collection || resource.status.is_some_and(|status| !status.is_success()) {
                continue;
            }
            if let Some(href) = self.own(&resource.href) {
                cards.insert(href, resource.etag);
            }
        }
        Ok(cards
            .into_iter()
            .map(|(href, etag)| ListedCard { href, etag })
            .collect())
    }

    /// Reads cards by name. Every name is in the answer.
    ///
    /// # Errors
    /// What would keep every other card from being read as well.
    pub async fn fetch(&self, hrefs: &BTreeSet<String>) -> Result<BTreeMap<String, Fetched>, Problem> {
        let mut fetched = BTreeMap::new();
        let all: Vec<String> = hrefs.iter().cloned().collect();
        let mut batches: Vec<Vec<String>> = all.chunks(BATCH).map(<[String]>::to_vec).collect();
        while let Some(batch) = batches.pop() {
            match self
                .ask(
                    &GetAddressBookResources::new(&self.href).with_hrefs(&batch),
                    Wants::List,
                )
                .await
            {
                Ok(answer) => {
                    for resource in answer.resources {
                        let Some(href) = self.own(&resource.href).filter(|href| batch.contains(href)) else {
                            continue;
                        };
                        let told = match resource.content {
                            Ok(content) => Fetched::Card(RemoteCard {
                                etag: content.etag,
                                text: content.data,
                            }),
                            Err(StatusCode::NOT_FOUND | StatusCode::GONE) => Fetched::Gone,
                            Err(_) => Fetched::Unclear,
                        };
                        fetched.insert(href, told);
                    }
                }
                Err(problem) if problem.ends_run() => return Err(problem),
                // One card may spoil the answer for all: the others are asked for without it.
                Err(_) if batch.len() > 1 => {
                    let (one, other) = batch.split_at(batch.len() / 2);
                    batches.extend([one.to_vec(), other.to_vec()]);
                }
                Err(_) => {
                    fetched.extend(batch.into_iter().map(|href| (href, Fetched::Unclear)));
                }
            }
        }
        let unsaid: Vec<&String> = hrefs.iter().filter(|href| !fetched.contains_key(*href)).collect();
        for (count, href) in unsaid.into_iter().enumerate() {
            let told = if count < SINGLY {
                self.is_there(href).await?
            } else {
                Fetched::Unclear
            };
            fetched.insert(href.clone(), told);
        }
        Ok(fetched)
    }

    /// Whether there is no such card: some servers leave what is not there out of their answer.
    async fn is_there(&self, href: &str) -> Result<Fetched, Problem> {
        match self.ask(&GetEtag::new(href), Wants::List).await {
            Err(Problem::NotFound) => Ok(Fetched::Gone),
            Err(problem) if problem.ends_run() => Err(problem),
            Ok(_) | Err(_) => Ok(Fetched::Unclear),
        }
    }

    /// Makes a card where none is. The etag is not told by every server.
    ///
    /// # Errors
    /// `Changed` where there is one.
    pub async fn create(&self, href: &str, card: &str) -> Result<Option<String>, Problem> {
        Ok(self
            .ask(&PutResource::new(href).create(card, VCARD), Wants::AnySuccess)
            .await?
            .etag)
    }

    /// Replaces the card of this etag.
    ///
    /// # Errors
    /// `Changed` where another stands there meanwhile, `NotFound` where none does.
    pub async fn replace(&self, href: &str, etag: &str, card: &str) -> Result<Option<String>, Problem> {
        Ok(self
            .ask(&PutResource::new(href).update(card, VCARD, etag), Wants::AnySuccess)
            .await?
            .etag)
    }

    /// Deletes the card of this etag; one that is gone is no error.
    ///
    /// # Errors
    /// `Changed` where another stands there meanwhile.
    pub async fn delete(&self, href: &str, etag: &str) -> Result<(), Problem> {
        match self.ask(&Delete::new(href).with_etag(etag), Wants::AnySuccess).await {
            Ok(_) | Err(Problem::NotFound) => Ok(()),
            Err(problem) => Err(problem),
        }
    }

    async fn ask<R>(&self, request: &R, wants: Wants) -> Result<R::Response, Problem>
    where
        R: DavRequest,
        Problem: From<R::ParseError>,
    {
        ask(self.wire.as_ref(), &self.address, &self.sign_in, request, wants).await
    }

    /// A place within this book.
    fn own(&self, href: &str) -> Option<String> {
        let href = self.address.place(href)?;
        (href.len() > self.href.len() && href.starts_with(&self.href)).then_some(href)
    }
}
