//! A table of people taken into the directory, as it is done from the window: read, matched with who is there, and made
//! durable. Beside it the reading of its numbers alone; then the same while somebody else writes, and how long each of
//! their writes waits. The index that people are found by is made afterwards and is not in these figures; how soon they are
//! found all the same is one of its own.
//!
//! Arguments: `--rows N`, and a path at which the figures are written as JSON.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use engine::api::{Reply, Request};
use engine::view::Role;
use engine::{Engine, EngineHandle, EngineOptions, Home};
use telephony::{PhoneNumber, Region};
use tokio::sync::oneshot;

/// Between two writes of somebody else.
const PAUSE: Duration = Duration::from_millis(20);

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut words = std::env::args().skip(1);
    let (mut rows, mut path) = (1_000_000, None);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--rows" => rows = words.next().ok_or("how many rows?")?.parse()?,
            flag if flag.starts_with('-') => {}
            _ => path = Some(word),
        }
    }
    let home = tempfile::tempdir()?;
    let table = home.path().join("people.csv");
    write_table(&table, rows)?;

    let begun = Instant::now();
    let parsed = (0..rows).filter(|row| PhoneNumber::parse(&number(*row), Region::GB).is_ok());
    if parsed.count() != rows {
        return Err("a number could not be read".into());
    }
    let numbers = begun.elapsed();

    let alone = import(&home.path().join("alone"), &table, rows, false).await?;
    let beside = import(&home.path().join("beside"), &table, rows, true).await?;
    let mut waits = beside.waits;
    waits.sort_unstable();
    let at = |share: usize| {
        waits
            .get((waits.len().max(1) - 1) * share / 100)
            .copied()
            .unwrap_or_default()
    };
    let (median, most) = (at(50), at(100));

    let numbers = numbers.as_secs_f64();
    let found = alone.found.as_secs_f64();
    let (alone, beside) = (alone.whole.as_secs_f64(), beside.whole.as_secs_f64());
    let mut out = std::io::stdout().lock();
    writeln!(out, "{rows} rows")?;
    writeln!(out, "{:<42} {numbers:>8.2} s", "numbers alone")?;
    for (what, seconds) in [("import", alone), ("import, while somebody else writes", beside)] {
        writeln!(
            out,
            "{what:<42} {seconds:>8.2} s  {:.2} times, with the database's own indexes",
            seconds / numbers
        )?;
    }
    writeln!(
        out,
        "{:<42} {:>8.1} ms median, {:.1} ms at the most of {}",
        "a write of theirs",
        median.as_secs_f64() * 1e3,
        most.as_secs_f64() * 1e3,
        waits.len()
    )?;
    writeln!(out, "{:<42} {found:>8.2} s", "from there until everybody is found")?;
    if let Some(path) = path {
        let json = serde_json::json!({
            "bench": "import_whole",
            "rows": rows,
            "numbers_seconds": numbers,
            "import_seconds": alone,
            "ratio": alone / numbers,
            "found_after_seconds": found,
            "beside_seconds": beside,
            "beside_ratio": beside / numbers,
            "write_meanwhile_ms": { "p50": median.as_secs_f64() * 1e3, "max": most.as_secs_f64() * 1e3 },
        });
        std::fs::write(path, serde_json::to_string_pretty(&json)?)?;
    }
    Ok(())
}

/// How long things took.
struct Taken {
    whole: Duration,
    /// From then until search finds the last of them.
    found: Duration,
    /// Each write of somebody else meanwhile.
    waits: Vec<Duration>,
}

/// Takes the table into a new directory.
async fn import(home: &Path, table: &Path, rows: usize, has_others: bool) -> Result<Taken, Failure> {
    let engine = Engine::start(EngineOptions::new(Home::under(home), Role::Serve)).await?;
    let (end, ended) = oneshot::channel();
    let others = has_others.then(|| tokio::spawn(write_until(ended, engine.clone())));
    let begun = Instant::now();
    let import = Request::ImportFile {
        path: table.to_str().ok_or("the path is no text")?.to_owned(),
        country: Some("GB".to_owned()),
    };
    let reply = engine.request(import).await.map_err(Box::new)?;
    let whole = begun.elapsed();
    // Nobody listens where nobody writes.
    let _ = end.send(());
    let waits = match others {
        Some(others) => others.await??,
        None => Vec::new(),
    };
    let Reply::Import(report) = reply else {
        return Err(format!("not imported: {reply:?}").into());
    };
    if report.added as usize != rows {
        return Err(format!("{} of {rows} were added", report.added).into());
    }
    let begun = Instant::now();
    until_found(&engine, &format!("Elan{}", rows - 1)).await?;
    let found = begun.elapsed();
    engine.request(Request::Stop).await.map_err(Box::new)?;
    engine.stopped().await;
    Ok(Taken { whole, found, waits })
}

/// Asks as an agent who types the same again and again.
async fn until_found(engine: &EngineHandle, name: &str) -> Result<(), Failure> {
    loop {
        let search = Request::SearchContacts {
            query: name.to_owned(),
            limit: 1,
        };
        let Reply::Contacts(rows) = engine.request(search).await.map_err(Box::new)? else {
            return Err("a search was answered with something else".into());
        };
        if !rows.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// What an agent types is written down with each letter; how long each of these writes takes.
async fn write_until(mut ended: oneshot::Receiver<()>, engine: EngineHandle) -> Result<Vec<Duration>, Failure> {
    let mut waits = Vec::new();
    while ended.try_recv().is_err() {
        let draft = Request::SetDraft {
            field: "note".to_owned(),
            text: format!("rang {} times", waits.len()),
        };
        let begun = Instant::now();
        engine.request(draft).await.map_err(Box::new)?;
        waits.push(begun.elapsed());
        tokio::time::sleep(PAUSE).await;
    }
    Ok(waits)
}

/// Ofcom's numbers for drama: a thousand behind each of these.
const DRAMA: [&str; 17] = [
    "0113 496 0",
    "0114 496 0",
    "0115 496 0",
    "0116 496 0",
    "0117 496 0",
    "0118 496 0",
    "0121 496 0",
    "0131 496 0",
    "0141 496 0",
    "0151 496 0",
    "0161 496 0",
    "0191 498 0",
    "020 7946 0",
    "028 9649 6",
    "029 2018 0",
    "01632 960",
    "07700 900",
];

fn number(row: usize) -> String {
    let row = shuffled(row);
    format!("{}{:03}", DRAMA[row % DRAMA.len()], row / DRAMA.len() % 1_000)
}

/// Names and numbers of a real table come in no order.
fn shuffled(row: usize) -> usize {
    row.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 24
}

fn write_table(path: &Path, rows: usize) -> Result<(), Failure> {
    let mut table = BufWriter::new(File::create(path)?);
    writeln!(table, "name,company,email,number")?;
    for row in 0..rows {
        writeln!(
            table,
            "Person{} Elan{row},\"Company {}, Ltd\",p{row}@example.test,{}",
            shuffled(row) % 100_000,
            row % 5_000,
            number(row)
        )?;
    }
    Ok(table.flush()?)
}
