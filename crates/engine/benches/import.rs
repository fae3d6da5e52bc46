//! A table of people taken into the directory, as it is done from the window: read, matched with who is there, made
//! durable and findable. Beside it the reading of its numbers alone; and how long somebody else's write waits meanwhile.
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

    let engine = Engine::start(EngineOptions::new(Home::under(home.path()), Role::Serve)).await?;
    let (end, ended) = oneshot::channel();
    let others = tokio::spawn(write_until(ended, engine.clone()));
    let begun = Instant::now();
    let import = Request::ImportFile {
        path: table.to_str().ok_or("the path is no text")?.to_owned(),
        country: Some("GB".to_owned()),
    };
    let reply = engine.request(import).await.map_err(Box::new)?;
    let whole = begun.elapsed();
    let _ = end.send(());
    let mut waits = others.await??;
    let Reply::Import(report) = reply else {
        return Err(format!("not imported: {reply:?}").into());
    };
    if report.added as usize != rows {
        return Err(format!("{} of {rows} were added", report.added).into());
    }
    waits.sort_unstable();
    let at = |share: usize| {
        waits
            .get((waits.len().max(1) - 1) * share / 100)
            .copied()
            .unwrap_or_default()
    };
    let (median, most) = (at(50), at(100));

    let ratio = whole.as_secs_f64() / numbers.as_secs_f64();
    let mut out = std::io::stdout().lock();
    writeln!(out, "{rows} rows")?;
    writeln!(out, "{:<42} {:>8.2} s", "numbers alone", numbers.as_secs_f64())?;
    writeln!(
        out,
        "{:<42} {:>8.2} s  {ratio:.2} times, with the database's own indexes",
        "import",
        whole.as_secs_f64()
    )?;
    writeln!(
        out,
        "{:<42} {:>8.1} ms median, {:.1} ms at the most of {}",
        "another write meanwhile",
        median.as_secs_f64() * 1e3,
        most.as_secs_f64() * 1e3,
        waits.len()
    )?;
    if let Some(path) = path {
        let json = serde_json::json!({
            "bench": "import_whole",
            "rows": rows,
            "numbers_seconds": numbers.as_secs_f64(),
            "import_seconds": whole.as_secs_f64(),
            "ratio": ratio,
            "write_meanwhile_ms": { "p50": median.as_secs_f64() * 1e3, "max": most.as_secs_f64() * 1e3 },
        });
        std::fs::write(path, serde_json::to_string_pretty(&json)?)?;
    }
    engine.request(Request::Stop).await.map_err(Box::new)?;
    engine.stopped().await;
    Ok(())
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

/// One of the thousand that belong to nobody.
fn number(row: usize) -> String {
    format!("020 7946 0{:03}", row % 1_000)
}

fn write_table(path: &Path, rows: usize) -> Result<(), Failure> {
    let mut table = BufWriter::new(File::create(path)?);
    writeln!(table, "name,company,email,number")?;
    for row in 0..rows {
        writeln!(
            table,
            "Person{row} Elan{},\"Company {}, Ltd\",p{row}@example.test,{}",
            row / 7,
            row % 5_000,
            number(row)
        )?;
    }
    Ok(table.flush()?)
}
