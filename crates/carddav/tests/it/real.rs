//! What Radicale makes of our requests.

use std::collections::BTreeSet;
use std::sync::Arc;

use carddav::{Address, Book, Fetched, HttpWire, Problem, find_books};

use crate::radicale::{PASSWORD, Radicale};
use crate::{card, sign_in};

async fn book(server: &Radicale, folder: &str) -> Book {
    let wire = Arc::new(HttpWire::new().unwrap());
    let address = Address::parse(&server.address).unwrap();
    server.make_book(folder);
    let books = find_books(wire.as_ref(), &address, &sign_in(PASSWORD)).await.unwrap();
    let [found] = books.as_slice() else { panic!("{books:?}") };
    assert_eq!(found.name, "Customers of ours");
    Book::new(wire, address, sign_in(PASSWORD), found.href.clone())
}

fn only(href: &str) -> BTreeSet<String> {
    BTreeSet::from([href.to_owned()])
}

#[tokio::test]
async fn a_card_is_made_read_changed_and_deleted_and_nobody_is_overwritten() {
    let server = Radicale::start();
    let book = book(&server, "customers").await;
    assert_eq!(book.list().await.unwrap(), []);

    let place = book.place_for("one");
    book.create(&place, &card("one", "Ann Lee")).await.unwrap();
    assert_eq!(book.create(&place, &card("one", "Other")).await, Err(Problem::Changed));

    let listed = book.list().await.unwrap();
    let [first] = listed.as_slice() else {
        panic!("{listed:?}")
    };
    assert_eq!(first.href, place);
    let etag = first.etag.clone().unwrap();

    let fetched = book.fetch(&only(&place)).await.unwrap();
    let Some(Fetched::Card(read)) = fetched.get(&place) else {
        panic!("{fetched:?}")
    };
    assert_eq!(read.etag, etag);
    assert!(
        read.text.contains("FN:Ann Lee") && read.text.contains("X-OURS:1"),
        "{}",
        read.text
    );

    let second = book.replace(&place, &etag, &card("one", "Anna Lee")).await.unwrap();
    assert_ne!(second.as_deref(), Some(etag.as_str()));
    assert_eq!(
        book.replace(&place, &etag, &card("one", "Late")).await,
        Err(Problem::Changed),
        "another has changed it meanwhile"
    );
    assert_eq!(book.delete(&place, &etag).await, Err(Problem::Changed));

    let etag = book.list().await.unwrap()[0].etag.clone().unwrap();
    book.delete(&place, &etag).await.unwrap();
    assert_eq!(book.fetch(&only(&place)).await.unwrap()[&place], Fetched::Gone);
    book.delete(&place, &etag).await.unwrap();
}

#[tokio::test]
async fn names_with_spaces_and_letters_of_any_script_are_places_as_well() {
    let server = Radicale::start();
    let book = book(&server, "our customers").await;
    let place = book.place_for("Zoë & Co 100%25 #1");
    book.create(&place.replace('#', "%23"), &card("z", "Zoë"))
        .await
        .unwrap();
    let listed = book.list().await.unwrap();
    let fetched = book.fetch(&only(&listed[0].href)).await.unwrap();
    assert!(
        matches!(fetched.values().next(), Some(Fetched::Card(_))),
        "{listed:?} {fetched:?}"
    );
}

#[tokio::test]
async fn more_cards_than_one_request_asks_for_are_all_read() {
    let server = Radicale::start();
    let book = book(&server, "many").await;
    // Put into its folder: a hundred and twenty requests prove nothing more.
    for n in 0..120 {
        let file = server.collections().join("many").join(format!("{n}.vcf"));
        std::fs::write(file, card(&n.to_string(), &format!("Nr {n}"))).unwrap();
    }
    let mut hrefs: BTreeSet<String> = book.list().await.unwrap().into_iter().map(|card| card.href).collect();
    assert_eq!(hrefs.len(), 120);
    let missing = book.place_for("nobody");
    hrefs.insert(missing.clone());
    let fetched = book.fetch(&hrefs).await.unwrap();
    assert_eq!(fetched.len(), 121);
    assert_eq!(fetched[&missing], Fetched::Gone);
    let cards = fetched.values().filter(|told| matches!(told, Fetched::Card(_))).count();
    assert_eq!(cards, 120);
}

#[tokio::test]
async fn a_wrong_password_is_said_and_not_repeated() {
    let server = Radicale::start();
    let wire = HttpWire::new().unwrap();
    let address = Address::parse(&server.address).unwrap();
    let wrong = sign_in("hunter2 is wrong");
    let problem = find_books(&wire, &address, &wrong).await.unwrap_err();
    assert_eq!(problem, Problem::SignInRefused);
    assert!(!format!("{problem} {problem:?} {wrong:?}").contains("hunter2"));
    let none = find_books(&wire, &address, &sign_in(PASSWORD)).await;
    assert_eq!(none, Err(Problem::NoBooks));
}

#[tokio::test]
async fn a_book_is_found_by_its_own_address_too() {
    let server = Radicale::start();
    server.make_book("a");
    server.make_book("b");
    let wire = HttpWire::new().unwrap();
    for path in ["", "ann/", "ann/a/", ".well-known/carddav"] {
        let address = Address::parse(&format!("{}{path}", server.address)).unwrap();
        let found = find_books(&wire, &address, &sign_in(PASSWORD)).await.unwrap();
        assert_eq!(found.len(), 2, "{path}: {found:?}");
    }
}
