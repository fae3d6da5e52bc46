//! How fast files of contacts are read, each beside what it cannot go below: tables beside reading their numbers alone,
//! cards beside `calcard`, which has the file in memory and reads no numbers.
//!
//! Files are made while they are read, so that the memory told is the reader's; `calcard` gets as many cards as are in one
//! piece, again and again. Arguments: `--rows N`, and a path at which the figures are written as JSON.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Read, Write as _};
use std::ops::ControlFlow;
use std::time::Instant;

use directory::csv::Mapping;
use directory::incoming::{Rows, Summary, read_all};
use directory::{duplicates, vcard};
use telephony::{PhoneNumber, Region};

/// Rows that are made at a time.
const PIECE_ROWS: u64 = 1_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let (mut rows, mut path) = (1_000_000, None);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--rows" => rows = words.next().ok_or("how many rows?")?.parse()?,
            flag if flag.starts_with('-') => {}
            _ => path = Some(word),
        }
    }
    let mut figures = Vec::new();
    let mut measure = |name: &'static str, run: &mut dyn FnMut() -> io::Result<u64>| -> io::Result<f64> {
        let start = Instant::now();
        let read = run()?;
        let seconds = start.elapsed().as_secs_f64();
        if read != rows {
            return Err(io::Error::other(format!("{name}: {read} of {rows} were read")));
        }
        figures.push((name, seconds, peak_kib()?));
        Ok(seconds)
    };

    // The least first: the peak only grows.
    let numbers = measure("numbers alone", &mut || {
        let parsed = (0..rows)
            .map(number)
            .filter(|text| PhoneNumber::parse(text, Region::GB).is_ok());
        Ok(parsed.count() as u64)
    })?;
    let start = sample(csv_row);
    let mapping = Mapping::detect(&start, Some(Region::GB))?;
    let table = measure("table read, mapped, tidied", &mut || {
        summed(mapping.rows(Made::new(rows, csv_row))).map(|summary| summary.contacts)
    })?;
    let cards = measure("cards read and tidied", &mut || {
        let cards = vcard::open(Made::new(rows, card), Some(Region::GB)).map_err(io::Error::other)?;
        summed(cards).map(|summary| summary.contacts)
    })?;
    let theirs = measure("cards by calcard, numbers unread", &mut || by_calcard(rows))?;
    let mut contacts = Vec::new();
    read_all(mapping.rows(Made::new(rows, csv_row)), |row, _| {
        contacts.extend(row.contact);
        ControlFlow::Continue(())
    })?;
    let found = measure("duplicates found", &mut || {
        let groups = duplicates::find(&contacts);
        let is_right = groups.len() as u64 == rows / 2;
        if is_right {
            Ok(contacts.len() as u64)
        } else {
            Err(io::Error::other("other groups than were made"))
        }
    })?;

    let mut out = io::stdout().lock();
    writeln!(out, "{rows} rows; the peak of memory is the process's until then")?;
    for (name, seconds, peak) in &figures {
        let each = seconds * 1e6 / rows as f64;
        writeln!(
            out,
            "{name:<34} {seconds:>8.2} s {each:>8.2} µs a row   peak {:>6} MiB",
            peak / 1024
        )?;
    }
    writeln!(
        out,
        "table / numbers alone {:.2}; cards / calcard {:.2}",
        table / numbers,
        cards / theirs
    )?;
    if let Some(path) = path {
        let mut json = format!("{{\n  \"bench\": \"import\",\n  \"rows\": {rows},\n  \"figures\": [");
        for (index, (name, seconds, peak)) in figures.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(
                json,
                "{comma}\n    {{ \"name\": \"{name}\", \"seconds\": {seconds:.3}, \"peak_kib\": {peak} }}"
            )?;
        }
        write!(
            json,
            "\n  ],\n  \"table_over_numbers\": {:.3},\n  \"cards_over_calcard\": {:.3},\n  \"duplicates_seconds\": {found:.3}\n}}\n",
            table / numbers,
            cards / theirs
        )?;
        fs::write(path, json)?;
    }
    Ok(())
}

fn summed(rows: impl Rows) -> io::Result<Summary> {
    let summary = read_all(rows, |_, _| ControlFlow::Continue(()))?;
    if summary.problems == 0 {
        Ok(summary)
    } else {
        Err(io::Error::other("a row could not be read"))
    }
}

fn by_calcard(rows: u64) -> io::Result<u64> {
    let mut read = 0;
    for first in (0..rows).step_by(usize::try_from(PIECE_ROWS).unwrap_or(1)) {
        let text = piece(card, first, rows);
        let mut parser = calcard::Parser::new(&text);
        while let calcard::Entry::VCard(_) = parser.entry() {
            read += 1;
        }
    }
    Ok(read)
}

/// One of the thousand that belong to nobody.
fn number(row: u64) -> String {
    format!("020 7946 0{:03}", row % 1_000)
}

/// The same for each two rows, as is the address: they are one person. As long as any other, so that none begins another.
fn person(row: u64) -> String {
    format!("{:07}", row / 2)
}

fn address(row: u64) -> String {
    format!("p{}@example.test", row / 2)
}

fn csv_row(text: &mut String, row: u64) {
    let person = person(row);
    if row == 0 {
        text.push_str("First Name,Last Name,Company,Mobile Phone,E-mail,Notes,Shoe size\n");
    }
    let _ = writeln!(
        text,
        "Person{person},Élan{person},\"Company {}, Ltd\",{},{},\"called\non Monday\",38",
        row % 5_000,
        number(row),
        address(row)
    );
}

fn card(text: &mut String, row: u64) {
    let person = person(row);
    let _ = write!(
        text,
        "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Élan{person};Person{person};;;\r\nFN:Person{person} Élan{person}\r\nORG:Company {}\\, Ltd\r\n\
         TEL;TYPE=CELL:{}\r\nEMAIL:{}\r\nNOTE:called\\n on Monday\r\nEND:VCARD\r\n",
        row % 5_000,
        number(row),
        address(row)
    );
}

fn piece(make: fn(&mut String, u64), first: u64, rows: u64) -> String {
    let mut text = String::new();
    (first..rows.min(first + PIECE_ROWS)).for_each(|row| make(&mut text, row));
    text
}

fn sample(make: fn(&mut String, u64)) -> Vec<u8> {
    piece(make, 0, PIECE_ROWS).into_bytes()
}

/// A file that is made while it is read.
struct Made {
    make: fn(&mut String, u64),
    next: u64,
    rows: u64,
    piece: io::Cursor<Vec<u8>>,
}

impl Made {
    fn new(rows: u64, make: fn(&mut String, u64)) -> Self {
        Self {
            make,
            next: 0,
            rows,
            piece: io::Cursor::default(),
        }
    }
}

impl Read for Made {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.piece.read(out)?;
        if read > 0 || self.next >= self.rows {
            return Ok(read);
        }
        self.piece = io::Cursor::new(piece(self.make, self.next, self.rows).into_bytes());
        self.next += PIECE_ROWS;
        self.piece.read(out)
    }
}

/// The most memory that the process has had, in KiB; 0 where the system does not tell.
fn peak_kib() -> io::Result<u64> {
    if !cfg!(target_os = "linux") {
        return Ok(0);
    }
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(line
        .and_then(|text| text.split_whitespace().next()?.parse().ok())
        .unwrap_or(0))
}
