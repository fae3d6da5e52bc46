//! Numbers read in a second: text to E.164 and whether it is in use, one thread, beside the crate below telephony as it
//! comes and, where `DIALDECK_PYTHON` names a Python that has it, the package `phonenumbers` (by the script
//! `DIALDECK_PEER`).
//!
//! All read the same texts: every region's example, in four ways of writing. Rounds alternate; each figure is the median.
//! Argument: a path at which the figures are written as JSON.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};
use serde_json::json;
use telephony::{PhoneNumber, Region, numbers_in};

const ROUNDS: usize = 7;
const TIMES: usize = 10;

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let path = std::env::args().skip(1).find(|word| !word.starts_with('-'));
    let texts = texts()?;
    let mut peer = Peer::start(&texts)?;
    let (mut ours, mut least, mut python) = (Vec::new(), Vec::new(), Vec::new());
    // The first round compiles patterns, and counts for nobody.
    for round in 0..=ROUNDS {
        let (own, valid) = timed(&texts, |(region, text)| {
            PhoneNumber::parse(text, *region).is_ok_and(|number| number.is_valid())
        });
        let (bare, bare_valid) = timed(&texts, |(region, text)| bare(*region, text));
        let by_peer = peer.as_mut().map(Peer::round).transpose()?;
        if round == 0 {
            for (name, other) in [
                ("the crate", Some(bare_valid)),
                ("phonenumbers", by_peer.map(|(_, valid)| valid)),
            ] {
                if other.is_some_and(|other| other != valid) {
                    return Err(format!("{valid} numbers are in use, {name} says {other:?}").into());
                }
            }
            continue;
        }
        ours.push(own);
        least.push(bare);
        python.extend(by_peer.map(|(rate, _)| rate));
    }
    let (ours, least) = (median(ours), median(least));
    let python = (!python.is_empty()).then(|| median(python));
    let (page, page_rate) = page(&texts);
    let lookups = lookups(&texts);
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} texts, {ROUNDS} rounds, medians, one thread", texts.len())?;
    writeln!(out, "{:<28} {ours:>12.0} /s", "Dialdeck")?;
    writeln!(
        out,
        "{:<28} {least:>12.0} /s   Dialdeck {:.2} times",
        "rlibphonenumber as it comes",
        ours / least
    )?;
    match python {
        Some(rate) => writeln!(
            out,
            "{:<28} {rate:>12.0} /s   Dialdeck {:.1} times",
            "Python phonenumbers",
            ours / rate
        )?,
        None => writeln!(
            out,
            "Python phonenumbers: not asked (`cargo xtask bench numbers` asks it)"
        )?,
    }
    writeln!(out, "{:<28} {lookups:>12.0} /s", "place and zones of a number")?;
    writeln!(
        out,
        "{:<28} {page_rate:>12.1} MB/s ({page} numbers)",
        "numbers of a page"
    )?;
    if let Some(path) = path {
        let json = json!({
            "texts": texts.len(), "rounds": ROUNDS, "per_second": {
                "dialdeck": ours, "rlibphonenumber": least, "python": python, "place_and_zones": lookups,
            },
            "ratio": { "rlibphonenumber": ours / least, "python": python.map(|rate| ours / rate) },
            "page_mb_per_second": page_rate,
        });
        std::fs::write(path, serde_json::to_string_pretty(&json)?)?;
    }
    Ok(())
}

/// Every region's example in every way of writing, many times over.
fn texts() -> Result<Vec<(Region, String)>, Failure> {
    let mut texts = Vec::new();
    for region in PHONE_NUMBER_UTIL.get_supported_regions() {
        let example = PHONE_NUMBER_UTIL.get_example_number(region)?;
        for format in [
            PhoneNumberFormat::E164,
            PhoneNumberFormat::International,
            PhoneNumberFormat::National,
            PhoneNumberFormat::RFC3966,
        ] {
            let text = example.format_as(format).into_owned();
            texts.push((region.to_string().parse()?, text));
        }
    }
    texts.sort();
    Ok(texts.iter().cycle().take(texts.len() * TIMES).cloned().collect())
}

/// The least that reading is: what the crate does.
fn bare(region: Region, text: &str) -> bool {
    let region: Option<rlibphonenumber::Region> = region.as_str().parse().ok();
    PHONE_NUMBER_UTIL.parse(text, region).is_ok_and(|number| {
        let is_valid = PHONE_NUMBER_UTIL.is_valid_number(&number);
        std::hint::black_box(PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164));
        is_valid
    })
}

/// How many a second, and of how many it was so.
fn timed<T>(all: &[T], mut is_so: impl FnMut(&T) -> bool) -> (f64, usize) {
    let begun = Instant::now();
    let count = all.iter().filter(|one| is_so(one)).count();
    (all.len() as f64 / begun.elapsed().as_secs_f64(), count)
}

fn lookups(texts: &[(Region, String)]) -> f64 {
    let numbers: Vec<_> = texts
        .iter()
        .filter_map(|(region, text)| PhoneNumber::parse(text, *region).ok())
        .collect();
    let rounds = (0..ROUNDS).map(|_| {
        timed(&numbers, |number| {
            number.place().is_some() && number.listed_time_zones().next().is_some()
        })
        .0
    });
    median(rounds.collect())
}

/// Numbers and words of a page, and how much of it was read in a second.
fn page(texts: &[(Region, String)]) -> (usize, f64) {
    let lines = texts
        .iter()
        .take(500)
        .map(|(_, text)| format!("Ask for Sam, {text}, between 9 and 5 on weekdays.\n"));
    let page: String = lines.collect();
    let mut found = 0;
    let rounds = (0..3).map(|_| {
        let begun = Instant::now();
        found = numbers_in(&page, Region::GB).len();
        page.len() as f64 / 1e6 / begun.elapsed().as_secs_f64()
    });
    let rate = median(rounds.collect());
    (found, rate)
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

/// Another program that reads the same texts.
struct Peer {
    count: usize,
    asked: ChildStdin,
    told: BufReader<ChildStdout>,
    program: Child,
}

impl Peer {
    fn start(texts: &[(Region, String)]) -> Result<Option<Self>, Failure> {
        let (Some(python), Some(script)) = (std::env::var_os("DIALDECK_PYTHON"), std::env::var_os("DIALDECK_PEER"))
        else {
            return Ok(None);
        };
        let mut command = Command::new(python);
        command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut program = command.spawn()?;
        let mut asked = program.stdin.take().ok_or("no way in")?;
        let told = BufReader::new(program.stdout.take().ok_or("no way out")?);
        for (region, text) in texts {
            writeln!(asked, "{region}\t{text}")?;
        }
        Ok(Some(Self {
            count: texts.len(),
            asked,
            told,
            program,
        }))
    }

    fn round(&mut self) -> Result<(f64, usize), Failure> {
        writeln!(self.asked)?;
        self.asked.flush()?;
        let mut line = String::new();
        self.told.read_line(&mut line)?;
        let (seconds, valid) = line.trim().split_once(' ').ok_or("the peer ended")?;
        Ok((self.count as f64 / seconds.parse::<f64>()?, valid.parse()?))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
