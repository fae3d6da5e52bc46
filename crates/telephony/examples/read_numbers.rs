//! Reads numbers from standard input, for `cargo xtask assure numbers`: it puts beside this what libphonenumber says.
//!
//! A line in: a country and a text, parted by a tab, the text with `\t`, `\n`, `\r` and `\\` escaped. A line out: what
//! kept the text from being a number; or `ok`, the number, whether it is in use, its country, kind, time zones and place.

use std::io::{self, BufRead, BufWriter, Write};

use telephony::{NumberProblem, PhoneNumber, Region};

fn main() -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let line = line?;
        let (region, text) = line.split_once('\t').ok_or(io::ErrorKind::InvalidData)?;
        let region: Region = region.parse().map_err(|_| io::ErrorKind::InvalidData)?;
        match PhoneNumber::parse(&unescaped(text), region) {
            Ok(number) => {
                let kind = serde_json::to_value(number.kind()).map_err(io::Error::other)?;
                let zones: Vec<_> = number.listed_time_zones().collect();
                writeln!(
                    out,
                    "ok\t{number}\t{}\t{}\t{}\t{}\t{}",
                    number.is_valid(),
                    number.region().map(|region| region.to_string()).unwrap_or_default(),
                    kind.as_str().unwrap_or_default(),
                    zones.join(","),
                    number.place().map(|place| place.to_string()).unwrap_or_default(),
                )?;
            }
            Err(problem) => writeln!(out, "{}", code(&problem))?,
        }
    }
    out.flush()
}

fn code(problem: &NumberProblem) -> &'static str {
    match problem {
        NumberProblem::Empty => "empty",
        NumberProblem::NoDigits => "no_digits",
        NumberProblem::TooShort { .. } => "too_short",
        NumberProblem::TooLong { .. } => "too_long",
        NumberProblem::ServiceCode => "service_code",
        NumberProblem::Emergency { .. } => "emergency",
        NumberProblem::ShortNumber { .. } => "short_number",
        NumberProblem::Invalid { .. } => "invalid",
        NumberProblem::UnknownCountry => "unknown_country",
    }
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        plain.push(match c {
            '\\' => match chars.next() {
                Some('t') => '\t',
                Some('n') => '\n',
                Some('r') => '\r',
                Some(other) => other,
                None => '\\',
            },
            other => other,
        });
    }
    plain
}
