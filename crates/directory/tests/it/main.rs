//! The crate as others use it.

#[path = "../../benches/search/people.rs"]
mod people;
#[path = "../../benches/search/queries.rs"]
mod queries;

use directory::search::{Index, Query};

#[test]
fn whoever_is_looked_for_is_among_the_first_ten() {
    let people: Vec<_> = people::people(3_000, 5).collect();
    let mut builder = Index::builder();
    for person in &people {
        builder.add(person.contact.clone());
    }
    let index = builder.finish();
    let mut last = "";
    let mut n = 0;
    for asked in queries::queries(&people, 100, 6) {
        let hits = index.search(&Query::new(&asked.text), 50);
        if !hits.iter().take(10).any(|hit| hit.key == asked.target) {
            if last != asked.kind {
                n = 0;
                last = asked.kind;
            }
            n += 1;
            if n < 6 {
                let who = &people[asked.target as usize - 1].contact;
                println!(
                    "{}: {} -> {} {:?} {:?} but {:?}",
                    asked.kind,
                    asked.text,
                    who.name,
                    who.email,
                    who.numbers,
                    hits.iter().take(3).collect::<Vec<_>>()
                );
            }
        }
    }
}
