//! From what a person types to the address books of a user.

use http::header::LOCATION;
use http::{Method, Request, Response, StatusCode};
use libdav::carddav::{FindAddressBookHomeSet, FindAddressBooks};
use libdav::dav::FindPropertyHrefs;
use libdav::names;

use crate::book::{Wants, ask};
use crate::{Address, Problem, SignIn, Wire};

const WELL_KNOWN: &str = "/.well-known/carddav";

/// An address book on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundBook {
    /// Its place, which ends in a slash.
    pub href: String,
    /// As its owner has named it; else the last part of its place.
    pub name: String,
}

/// The address books of a user, at an address or at the well-known place of its server.
///
/// # Errors
/// Why none was found.
pub async fn find_books(wire: &dyn Wire, address: &Address, sign_in: &SignIn) -> Result<Vec<FoundBook>, Problem> {
    let typed = address.path()?;
    let mut starts = vec![typed.clone()];
    if typed == "/" {
        if let Some(place) = well_known(wire, address, sign_in).await? {
            starts.insert(0, place);
        }
    } else {
        starts.push("/".to_owned());
    }
    let mut homes = Vec::new();
    for start in &starts {
        let Some(principal) = principal(wire, address, sign_in, start).await? else {
            continue;
        };
        let found = ask(
            wire,
            address,
            sign_in,
            &FindAddressBookHomeSet::new(&principal),
            Wants::List,
        )
        .await;
        match found {
            Ok(found) => homes.extend(found.home_sets.iter().filter_map(|home| address.place(&decoded(home)?))),
            Err(Problem::NotFound) => {}
            Err(problem) => return Err(problem),
        }
        break;
    }
    // The address may be a book's own, or that of the folder it is in.
    if homes.is_empty() {
        homes.push(typed);
    }
    let mut books: Vec<FoundBook> = Vec::new();
    for home in &homes {
        let found = ask(wire, address, sign_in, &FindAddressBooks::new(home), Wants::List).await?;
        for book in found.addressbooks {
            let Some(href) = address.place(&book.href) else {
                continue;
            };
            let href = if href.ends_with('/') { href } else { format!("{href}/") };
            let named = book
                .properties
                .into_iter()
                .find(|(name, _)| **name == names::DISPLAY_NAME);
            let named = named.and_then(|(_, text)| text).filter(|text| !text.trim().is_empty());
            let name = named.unwrap_or_else(|| last_part(&href));
            if !books.iter().any(|known| known.href == href) {
                books.push(FoundBook { href, name });
            }
        }
    }
    if books.is_empty() {
        Err(Problem::NoBooks)
    } else {
        Ok(books)
    }
}

fn decoded(uri: &http::Uri) -> Option<String> {
    let path = libdav::encoding::normalise_percent_encoded(uri.path()).ok()?;
    match (uri.scheme_str(), uri.authority()) {
        (Some(scheme), Some(host)) => Some(format!("{scheme}://{host}{}", uri.path())),
        _ => Some(path.into_owned()),
    }
}

fn last_part(href: &str) -> String {
    href.trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_owned()
}

async fn principal(
    wire: &dyn Wire,
    address: &Address,
    sign_in: &SignIn,
    start: &str,
) -> Result<Option<String>, Problem> {
    let asked = FindPropertyHrefs::new(start, &names::CURRENT_USER_PRINCIPAL);
    match ask(wire, address, sign_in, &asked, Wants::List).await {
        Ok(found) => Ok(found.hrefs.iter().find_map(|href| address.place(&decoded(href)?))),
        // Nothing of the kind here; another place may have it.
        Err(Problem::NotFound | Problem::Forbidden | Problem::Refused(_) | Problem::NotUnderstood(_)) => Ok(None),
        Err(Problem::Elsewhere(to)) if to.starts_with(&address.origin()) => Ok(None),
        Err(problem) => Err(problem),
    }
}

/// Where the well-known place leads, if it is there. What it leads to need not answer GET, so it is not asked.
async fn well_known(wire: &dyn Wire, address: &Address, sign_in: &SignIn) -> Result<Option<String>, Problem> {
    let here = address.join(WELL_KNOWN)?;
    // `libdav` asks for it with its own client only, and follows to any server.
    let request = Request::builder()
        .method(Method::GET)
        .uri(here.as_str())
        .body(String::new())?;
    let answer: Response<Vec<u8>> = wire.send(request, sign_in).await?;
    if answer.status() == StatusCode::UNAUTHORIZED {
        return Err(Problem::SignInRefused);
    }
    let to = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok());
    match to.filter(|_| answer.status().is_redirection()) {
        Some(to) => here.join(to)?.path().map(Some),
        None => Ok(None),
    }
}
