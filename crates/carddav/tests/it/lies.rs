//! What no decent server does.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use carddav::{Address, Book, Fetched, HttpWire, Problem, find_books};

use crate::liar::Liar;
use crate::{card, sign_in};

const LIST: &str = "207 Multi-Status\r\nContent-Type: application/xml";

fn list(responses: &str) -> Option<(String, String)> {
    Some((
        LIST.into(),
        format!("<multistatus xmlns='DAV:' xmlns:C='urn:ietf:params:xml:ns:carddav'>{responses}</multistatus>"),
    ))
}

fn told(href: &str, props: &str) -> String {
    format!(
        "<response><href>{href}</href><propstat><prop>{props}</prop><status>HTTP/1.1 200 OK</status></propstat></response>"
    )
}

fn book(liar: &Liar) -> Book {
    let wire = Arc::new(HttpWire::with_time_limit(Duration::from_secs(5)).unwrap());
    let address = Address::parse(&liar.address).unwrap();
    Book::new(wire, address, sign_in("secret"), "/ann/book/".into())
}

fn hrefs(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| format!("/ann/book/{name}")).collect()
}

#[tokio::test]
async fn a_page_that_says_all_is_well_is_not_an_empty_list() {
    for (status, body) in [
        ("200 OK", "<html><body>Down for maintenance</body></html>"),
        ("200 OK", "<multistatus xmlns='DAV:'/>"),
        ("207 Multi-Status", "<html>"),
        ("207 Multi-Status", ""),
        ("204 No Content", ""),
        ("500 Oops", "<multistatus xmlns='DAV:'/>"),
    ] {
        let liar = Liar::start(move |_, _, _| Some((status.into(), body.into())));
        let listed = book(&liar).list().await;
        assert!(listed.is_err(), "{status} {body}: {listed:?}");
    }
}

#[tokio::test]
async fn cards_of_other_places_and_servers_are_not_listed() {
    let liar = Liar::start(|_, _, _| {
        let etag = "<getetag>\"1\"</getetag>";
        list(
            &[
                told("/ann/book/", "<resourcetype><collection/></resourcetype>"),
                told("/ann/book/a.vcf", etag),
                told("/ann/book/sub/", "<resourcetype><collection/></resourcetype>"),
                told("/bob/book/b.vcf", etag),
                told("https://evil.example/ann/book/c.vcf", etag),
                told("//evil.example/ann/book/d.vcf", etag),
            ]
            .concat(),
        )
    });
    let listed = book(&liar).list().await.unwrap();
    let hrefs: Vec<_> = listed.iter().map(|card| card.href.as_str()).collect();
    assert_eq!(hrefs, ["/ann/book/a.vcf"]);
}

#[tokio::test]
async fn one_card_that_spoils_the_answer_takes_no_other_with_it() {
    let liar = Liar::start(|_, _, body| {
        if body.contains("bad.vcf") {
            return list(&told(
                "/ann/book/bad.vcf",
                "<getetag>\"1\"</getetag><C:address-data></C:address-data>",
            ));
        }
        let cards: Vec<String> = (0..9)
            .filter(|n| body.contains(&format!("{n}.vcf")))
            .map(|n| {
                let text = card(&n.to_string(), "Ann");
                told(
                    &format!("/ann/book/{n}.vcf"),
                    &format!("<getetag>\"1\"</getetag><C:address-data>{text}</C:address-data>"),
                )
            })
            .collect();
        list(&cards.concat())
    });
    let wanted = hrefs(&["0.vcf", "1.vcf", "2.vcf", "3.vcf", "4.vcf", "bad.vcf"]);
    let fetched = book(&liar).fetch(&wanted).await.unwrap();
    assert_eq!(fetched.len(), 6);
    for (href, told) in &fetched {
        assert_eq!(
            matches!(told, Fetched::Card(_)),
            !href.contains("bad"),
            "{href} {told:?}"
        );
    }
    assert_eq!(fetched["/ann/book/bad.vcf"], Fetched::Unclear);
}

#[tokio::test]
async fn a_card_that_an_answer_leaves_out_is_gone_only_if_it_is_not_there() {
    let liar = Liar::start(|method, path, _| match (method, path) {
        ("REPORT", _) => list(""),
        (_, "/ann/book/gone.vcf") => Some(("404 Not Found".into(), String::new())),
        _ => list(&told("/ann/book/there.vcf", "<getetag>\"1\"</getetag>")),
    });
    let fetched = book(&liar).fetch(&hrefs(&["gone.vcf", "there.vcf"])).await.unwrap();
    assert_eq!(fetched["/ann/book/gone.vcf"], Fetched::Gone);
    assert_eq!(fetched["/ann/book/there.vcf"], Fetched::Unclear);
}

#[tokio::test]
async fn a_password_follows_no_redirection_to_another_server() {
    let other = Liar::start(|_, _, _| list(""));
    let to = other.address.clone();
    let liar = Liar::start(move |_, _, _| Some((format!("301 Moved\r\nLocation: {to}dav/"), String::new())));
    let wire = HttpWire::new().unwrap();
    let address = Address::parse(&liar.address).unwrap();
    let problem = find_books(&wire, &address, &sign_in("secret")).await.unwrap_err();
    assert!(matches!(problem, Problem::Elsewhere(_)), "{problem:?}");
    let problem = book(&liar).list().await.unwrap_err();
    assert!(matches!(problem, Problem::Elsewhere(_)), "{problem:?}");
    assert_eq!(other.asked.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn redirections_in_circles_end() {
    let liar = Liar::start(|_, _, _| Some(("302 Found\r\nLocation: /.well-known/carddav".into(), String::new())));
    let wire = HttpWire::new().unwrap();
    let address = Address::parse(&liar.address).unwrap();
    let problem = find_books(&wire, &address, &sign_in("secret")).await.unwrap_err();
    assert!(matches!(problem, Problem::Elsewhere(_)), "{problem:?}");
    assert!(liar.asked.lock().unwrap().len() < 10);
}

#[tokio::test]
async fn answers_without_end_and_answers_never_given_are_given_up() {
    let long = "x".repeat(33 * 1024 * 1024);
    let liar = Liar::start(move |_, _, _| Some((LIST.into(), long.clone())));
    assert_eq!(book(&liar).list().await, Err(Problem::TooLong));

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let wire = Arc::new(HttpWire::with_time_limit(Duration::from_secs(1)).unwrap());
    let address = Address::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let silent = Book::new(wire, address, sign_in("secret"), "/b/".into());
    assert_eq!(silent.list().await, Err(Problem::TimedOut(1)));
}

#[tokio::test]
async fn a_put_whose_answer_is_lost_leaves_once() {
    let liar = Liar::start(|_, _, _| None);
    let book = book(&liar);
    let problem = book.create("/ann/book/a.vcf", &card("a", "Ann")).await.unwrap_err();
    assert!(matches!(problem, Problem::Broken(_)), "{problem:?}");
    let asked = liar.asked.lock().unwrap();
    assert_eq!(asked.len(), 1);
    assert!(
        asked[0].2.to_ascii_lowercase().contains("if-none-match: *"),
        "{}",
        asked[0].2
    );
}

#[tokio::test]
async fn xml_that_is_nested_or_multiplies_brings_nothing_down() {
    let deep = format!("{}{}", "<a>".repeat(200_000), "</a>".repeat(200_000));
    let laughs = "<!DOCTYPE m [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]><m>&b;</m>".to_owned();
    for body in [deep, laughs] {
        let liar = Liar::start(move |_, _, _| Some((LIST.into(), body.clone())));
        let listed = book(&liar).list().await;
        assert!(listed.is_err() || listed == Ok(Vec::new()), "{listed:?}");
    }
}
