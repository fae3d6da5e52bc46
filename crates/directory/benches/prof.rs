#[path = "search/people.rs"]
mod people;
use directory::search::*;
use std::time::*;
fn main() {
    let n: usize = std::env::args().nth(1).unwrap().parse().unwrap();
    let used: usize = std::env::args().nth(2).unwrap().parse().unwrap();
    let mut b = Index::builder();
    let mut keys = vec![];
    for p in people::people(n, 1) {
        keys.push(p.contact.key);
        b.add(p.contact);
    }
    let mut ix = b.finish();
    for k in keys.iter().step_by(n / used.max(1)).take(used) {
        ix.used(*k, SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000));
    }
    if let Some(q) = std::env::args().nth(3) {
        let t = Instant::now();
        for _ in 0..2000 {
            std::hint::black_box(ix.search(&Query::new(&q), 50));
        }
        println!("{:?}", t.elapsed() / 2000);
        return;
    }
    for q in [
        "a",
        "as",
        "asha",
        "asha r",
        "rao",
        "Sunil Meena Suryakar",
        "asha nisha suryagiri",
        "kirn deepak b",
        "juliaineswisnhar",
        "27",
        "2742",
        "274",
        "2",
        "5",
        "55",
        "233008",
        "0201 71146",
        "sunil 99",
        "सुधीर अ",
        "jd",
        "a b",
        "ma",
        "maya asha mah",
        "asha asha asha zz",
        "rohit ravi ma",
        "blueriver mot",
        "qwxz",
    ] {
        let mut best = Duration::MAX;
        let mut hits = 0;
        let mut pq = Duration::MAX;
        for _ in 0..7 {
            let t = Instant::now();
            let qq = Query::new(q);
            let t1 = t.elapsed();
            hits = ix.search(&qq, 50).len();
            best = best.min(t.elapsed());
            pq = pq.min(t1);
        }
        println!("{q:<24} {best:?} hits {hits} (parse {pq:?})");
    }
}
