//! Search at each key, beside what else could be asked: SQLite's full-text index, a fuzzy matcher over all lines, and one
//! pass of memmem over the same text, which is what looking at everything costs at the least.
//!
//! Contacts and searches are made up from fixed seeds. All are asked one after the other at each key, so that the
//! machine is in each figure; where others use it as well, processor time is the figure to quote. Arguments:
//! `--contacts N` for one size instead of 200,000 and 1,000,000, `--each N` searches of each kind, and a path at which the
//! figures are written as JSON. A known answer that is not found often enough is a failure; a slow machine is none.

#[path = "search/peers.rs"]
mod peers;
#[path = "search/people.rs"]
mod people;
#[path = "search/queries.rs"]
mod queries;

use std::error::Error;
use std::hint::black_box;
use std::io::Write as _;
use std::time::{Duration, Instant, SystemTime};

use directory::search::{Index, Query};
use serde_json::{Value, json};

use self::peers::{Fts, Scan};
use self::people::{Person, people};
use self::queries::{Asked, RECALL, queries};

type Failure = Box<dyn Error + Send + Sync>;

const LIMIT: usize = 50;
/// Searches of each kind that are typed key by key; all others are asked once, for recall.
const TYPED_OF_EACH_KIND: usize = 40;
/// A look at every line takes so long that it is taken at every so many keys only.
const KEYS_PER_FUZZY_PASS: usize = 61;
/// Enough to know what one look costs while all this goes on.
const KEYS_PER_LOOK: usize = 17;
/// Ranking all that FTS5 finds takes long as well.
const KEYS_PER_RANKING: usize = 7;
/// Contacts that were called before.
const USED: usize = 2_000;

fn main() -> Result<(), Failure> {
    let mut words = std::env::args().skip(1);
    let (mut sizes, mut each, mut path) = (vec![200_000, 1_000_000], 500, None);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--contacts" => sizes = vec![words.next().ok_or("how many contacts?")?.parse()?],
            "--each" => each = words.next().ok_or("how many searches?")?.parse()?,
            flag if flag.starts_with('-') => {}
            _ => path = Some(word),
        }
    }
    let mut figures = Vec::new();
    let mut missed = Vec::new();
    for size in sizes {
        figures.push(measure(size, each, &mut missed)?);
    }
    if let Some(path) = path {
        std::fs::write(path, serde_json::to_string_pretty(&Value::Array(figures))?)?;
    }
    if missed.is_empty() {
        Ok(())
    } else {
        Err(missed.join("; ").into())
    }
}

fn measure(size: usize, each: usize, missed: &mut Vec<String>) -> Result<Value, Failure> {
    let people: Vec<Person> = people(size, 1).collect();
    let begun = Instant::now();
    let mut builder = Index::builder();
    for person in &people {
        builder.add(person.contact.clone());
    }
    let mut index = builder.finish();
    let built = begun.elapsed();
    let bytes = index.bytes() as f64 / size as f64;
    let (saved, loaded) = keep_and_load(&index)?;
    for (person, second) in people.iter().step_by((size / USED).max(1)).zip(0..) {
        index.used(
            person.contact.key,
            SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + second),
        );
    }
    let scan = Scan::of(people.iter().map(|person| &person.contact));
    let begun = Instant::now();
    let fts = Fts::of(people.iter().map(|person| &person.contact))?;
    let fts_built = begun.elapsed();
    let asked = queries(&people, each, 2);

    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "\n{size} contacts: built in {built:.1?} (FTS5 {fts_built:.1?}), written in {saved:.1?}, read in {loaded:.1?}, {bytes:.1} bytes a contact, \
         {:.1} of folded text",
        scan.bytes() as f64 / size as f64
    )?;
    let mut times = Times::of(&index, &scan, &fts, &asked)?;
    let table = times.table(size);
    write!(out, "{table}")?;
    let recall = recall(&index, &fts, &asked)?;
    for (kind, [ours, theirs]) in &recall {
        writeln!(out, "recall@10  {kind:<40} {ours:.4}   FTS5 {theirs:.4}")?;
    }
    for (group, least) in RECALL {
        let of_group: Vec<f64> = recall
            .iter()
            .filter(|(kind, _)| kind.starts_with(group))
            .map(|(_, both)| both[0])
            .collect();
        let mean = of_group.iter().sum::<f64>() / of_group.len() as f64;
        if mean < least {
            missed.push(format!(
                "{size} contacts: {group} is found in {mean:.3} of searches, {least} were expected"
            ));
        }
    }
    Ok(json!({
        "contacts": size, "bytes_per_contact": bytes, "folded_bytes_per_contact": scan.bytes() as f64 / size as f64,
        "build_s": built.as_secs_f64(), "fts5_build_s": fts_built.as_secs_f64(),
        "save_s": saved.as_secs_f64(), "load_s": loaded.as_secs_f64(),
        "times": times.json(),
        "recall_at_10": recall.iter().map(|(kind, [ours, fts])| json!({ "kind": kind, "dialdeck": ours, "fts5": fts })).collect::<Vec<_>>(),
    }))
}

fn keep_and_load(index: &Index) -> Result<(Duration, Duration), Failure> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("index");
    let begun = Instant::now();
    index.save(&path, 0)?;
    let saved = begun.elapsed();
    let begun = Instant::now();
    let (loaded, _) = Index::load(&path)?;
    if loaded.len() != index.len() {
        return Err("what was read is not what was written".into());
    }
    Ok((saved, begun.elapsed()))
}

/// How long each took, key by key: until the answer was there, and of the processor's time.
struct Times(Vec<(&'static str, [Vec<Duration>; 2])>);

const SERIES: [&str; 4] = [
    "Dialdeck",
    "SQLite FTS5, by rank",
    "frizbee, one typo",
    "one memmem pass",
];

impl Times {
    fn of(index: &Index, scan: &Scan, fts: &Fts, asked: &[Asked]) -> Result<Self, Failure> {
        let lines = scan.lines();
        let mut times = SERIES.map(|name| (name, [Vec::new(), Vec::new()]));
        let keys = keys(asked);
        for (key, count) in keys.iter().zip(0_usize..) {
            let mut time = |series: usize, work: &mut dyn FnMut() -> Result<usize, Failure>| -> Result<(), Failure> {
                let (begun, own) = (Instant::now(), processor_time());
                black_box(work()?);
                let [elapsed, processor] = &mut times[series].1;
                elapsed.push(begun.elapsed());
                processor.push(processor_time().saturating_sub(own));
                Ok(())
            };
            time(0, &mut || Ok(index.search(&Query::new(key), LIMIT).len()))?;
            if count.is_multiple_of(KEYS_PER_RANKING) {
                time(1, &mut || Ok(fts.search(key)?.len()))?;
            }
            if count.is_multiple_of(KEYS_PER_FUZZY_PASS) {
                time(2, &mut || Ok(peers::frizbee(&lines, key)))?;
            }
            if count.is_multiple_of(KEYS_PER_LOOK) {
                time(3, &mut || Ok(usize::from(scan.pass())))?;
            }
        }
        Ok(Self(times.into()))
    }

    fn table(&mut self, size: usize) -> String {
        let mut table = String::new();
        for (clock, what) in ["until the answer", "processor time"].into_iter().enumerate() {
            let pass = self.at(3, clock, 0.5);
            for series in 0..self.0.len() {
                let (p50, p99) = (self.at(series, clock, 0.5), self.at(series, clock, 0.99));
                let (name, count) = (self.0[series].0, self.0[series].1[clock].len());
                table += &format!(
                    "{what:<17} {name:<21} p50 {p50:>8.3} ms   p99 {p99:>8.3} ms = {:>6.2} passes   {count} keys of {size}\n",
                    p99 / pass
                );
            }
        }
        table
    }

    fn json(&mut self) -> Value {
        let figures = (0..self.0.len()).map(|series| {
            let [elapsed, processor] = [0, 1].map(|clock| {
                json!({ "p50_ms": self.at(series, clock, 0.5), "p99_ms": self.at(series, clock, 0.99), "max_ms": self.at(series, clock, 1.0) })
            });
            json!({ "what": self.0[series].0, "keys": self.0[series].1[0].len(), "elapsed": elapsed, "processor": processor })
        });
        figures.collect()
    }

    /// Milliseconds within which a share of the keys was answered.
    fn at(&mut self, series: usize, clock: usize, share: f64) -> f64 {
        let times = &mut self.0[series].1[clock];
        times.sort_unstable();
        let place = (times.len().saturating_sub(1) as f64 * share) as usize;
        times.get(place).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
    }
}

/// What this thread has used of a processor: other programs on the machine do not count.
#[cfg(unix)]
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Nothing tells; the figures are then nought.
#[cfg(not(unix))]
fn processor_time() -> Duration {
    Duration::ZERO
}

/// Every text that stands in the box while searches are typed, and keypad digits and initials besides.
fn keys(asked: &[Asked]) -> Vec<String> {
    let mut keys = Vec::new();
    let mut last = ("", 0);
    for Asked { kind, text, .. } in asked {
        last = if last.0 == *kind {
            (last.0, last.1 + 1)
        } else {
            (*kind, 0)
        };
        if last.1 >= TYPED_OF_EACH_KIND {
            continue;
        }
        let ends = text.char_indices().map(|(at, letter)| at + letter.len_utf8());
        keys.extend(ends.map(|end| text[..end].to_owned()));
        if last.1.is_multiple_of(4) && text.is_ascii() {
            let word: String = text.chars().filter(char::is_ascii_alphabetic).take(6).collect();
            let on_keypad: String = word.chars().map(|letter| keypad(letter.to_ascii_lowercase())).collect();
            keys.extend((1..=on_keypad.len()).map(|end| on_keypad[..end].to_owned()));
            keys.push(text.split(' ').filter_map(|word| word.chars().next()).collect());
        }
    }
    keys
}

fn keypad(letter: char) -> char {
    let groups = ["abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"];
    let group = groups.iter().zip('2'..).find(|(group, _)| group.contains(letter));
    group.map_or('0', |(_, key)| key)
}

/// Of the searches of each kind, the share whose answer is among the first ten contacts: ours, and FTS5's.
fn recall(index: &Index, fts: &Fts, asked: &[Asked]) -> Result<Vec<(&'static str, [f64; 2])>, Failure> {
    let mut kinds: Vec<(&'static str, [f64; 3])> = Vec::new();
    for asked in asked {
        if kinds.last().is_none_or(|(last, _)| *last != asked.kind) {
            kinds.push((asked.kind, [0.0; 3]));
        }
        let ours = asked.is_found(&index.search(&Query::new(&asked.text), LIMIT));
        let theirs = fts.search(&asked.text)?;
        let theirs = theirs.iter().take(10).any(|key| *key == asked.target);
        if let Some((_, sums)) = kinds.last_mut() {
            sums[0] += f64::from(u8::from(ours));
            sums[1] += f64::from(u8::from(theirs));
            sums[2] += 1.0;
        }
    }
    Ok(kinds
        .into_iter()
        .map(|(kind, [ours, theirs, all])| (kind, [ours / all, theirs / all]))
        .collect())
}
