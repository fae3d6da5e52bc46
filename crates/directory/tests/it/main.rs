//! The crate as others use it.

#[path = "../../benches/search/people.rs"]
mod people;
#[path = "../../benches/search/queries.rs"]
mod queries;

use directory::search::{Index, Query};

/// The figures of the bench, on a directory small enough for every run.
#[test]
fn whoever_is_looked_for_is_among_the_first_ten() {
    let people: Vec<_> = people::people(3_000, 5).collect();
    let mut builder = Index::builder();
    for person in &people {
        builder.add(person.contact.clone());
    }
    let index = builder.finish();
    let asked = queries::queries(&people, 100, 6);
    for (group, least) in queries::RECALL {
        let asked: Vec<_> = asked.iter().filter(|asked| asked.kind.starts_with(group)).collect();
        let found = asked
            .iter()
            .filter(|asked| asked.is_found(&index.search(&Query::new(&asked.text), 50)));
        let recall = found.count() as f64 / asked.len() as f64;
        assert!(recall >= least, "{group}: {recall}");
    }
}
