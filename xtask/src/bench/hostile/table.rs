//! Behaviours by peers, and how often each wish arrived.

use std::fmt::Write as _;
use std::fs;

use super::METHODS;
use crate::bench::figures::quoted;
use crate::failure::Result;
use crate::process::say;
use crate::workspace;

/// One behaviour.
pub struct Row {
    pub name: String,
    /// Milliseconds between warm-up and wish; `-`: no warm-up.
    pub rest: String,
}

/// One peer: its counts by behaviour and method, or why there are none.
pub struct Column {
    name: &'static str,
    what: String,
    counts: Option<Vec<usize>>,
}

impl Column {
    pub fn counted(name: &'static str, version: String, counts: Vec<usize>) -> Self {
        Self {
            name,
            what: version,
            counts: Some(counts),
        }
    }

    pub fn absent(name: &'static str, why: String) -> Self {
        Self {
            name,
            what: why,
            counts: None,
        }
    }

    /// Wishes that arrived more than once.
    pub fn repeated(&self) -> usize {
        self.all().iter().filter(|count| **count > 1).count()
    }

    fn all(&self) -> &[usize] {
        self.counts.as_deref().unwrap_or_default()
    }

    /// The counts of a row, in the order of the methods.
    fn of(&self, row: usize) -> Option<&[usize]> {
        self.all().get(row * METHODS.len()..(row + 1) * METHODS.len())
    }

    fn cell(&self, row: usize) -> String {
        let Some(counts) = self.of(row) else {
            return "absent".to_owned();
        };
        let marked: Vec<String> = counts
            .iter()
            .map(|count| format!("{count}{}", if *count > 1 { "!" } else { " " }))
            .collect();
        marked.join("/ ")
    }
}

/// Prints the table and writes `target/bench/hostile.json`.
///
/// # Errors
/// The file cannot be written.
pub fn publish(rows: &[Row], columns: &[Column]) -> Result<()> {
    println!("\n{}", text(rows, columns));
    let file = workspace::target().join("bench/hostile.json");
    fs::write(&file, json(rows, columns))?;
    say(&format!("written to {}", file.display()));
    Ok(())
}

fn text(rows: &[Row], columns: &[Column]) -> String {
    let mut out = format!("  {:<46}", format!("requests for one wish ({})", METHODS.join(" / ")));
    for column in columns {
        let _ = write!(out, " {:>9}", column.name);
    }
    for (index, row) in rows.iter().enumerate() {
        let _ = write!(out, "\n  {:<46}", row.name);
        for column in columns {
            let _ = write!(out, " {:>9}", column.cell(index));
        }
    }
    let _ = write!(
        out,
        "\n\n  {:<46}",
        format!("arrived more than once, of {} wishes", rows.len() * METHODS.len())
    );
    for column in columns {
        let repeated = column.counts.as_ref().map(|_| column.repeated().to_string());
        let _ = write!(out, " {:>9}", repeated.as_deref().unwrap_or("absent"));
    }
    let _ = write!(out, "\n  {:<46}", "most for one wish");
    for column in columns {
        let most = column.all().iter().max().map(ToString::to_string);
        let _ = write!(out, " {:>9}", most.as_deref().unwrap_or("absent"));
    }
    for column in columns {
        let _ = write!(out, "\n  {}: {}", column.name, column.what);
    }
    out
}

fn json(rows: &[Row], columns: &[Column]) -> String {
    let mut out = String::from("{\n  \"bench\": \"hostile\",\n  \"peers\": [");
    for (index, column) in columns.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let key = if column.counts.is_some() { "version" } else { "absent" };
        let _ = write!(
            out,
            "{comma}\n    {{ \"name\": {}, {}: {}, \"repeated\": {} }}",
            quoted(column.name),
            quoted(key),
            quoted(&column.what),
            column.repeated()
        );
    }
    out.push_str("\n  ],\n  \"behaviors\": [");
    for (index, row) in rows.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let _ = write!(out, "{comma}\n    {{ \"name\": {}", quoted(&row.name));
        for column in columns {
            let Some(counts) = column.of(index) else { continue };
            let counts = METHODS.iter().zip(counts);
            let counts: Vec<_> = counts
                .map(|(method, count)| format!("{}: {count}", quoted(method)))
                .collect();
            let _ = write!(out, ", {}: {{ {} }}", quoted(column.name), counts.join(", "));
        }
        out.push_str(" }");
    }
    out.push_str("\n  ]\n}\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> (Vec<Row>, [Column; 2]) {
        let rows = ["resets", "307"].map(|name| Row {
            name: name.into(),
            rest: "-".into(),
        });
        let counted = Column::counted("urllib3", "2.7.0".into(), vec![1, 2, 2, 4]);
        let absent = Column::absent("curl", "there is no `curl`".into());
        (rows.into(), [counted, absent])
    }

    #[test]
    fn what_arrived_more_than_once_is_marked_and_summed_up() {
        let (rows, columns) = table();
        let text = text(&rows, &columns);
        assert!(text.contains("1 / 2!") && text.contains("2!/ 4!"), "{text}");
        assert_eq!(columns[0].repeated(), 3);
        let sum = text.lines().find(|line| line.contains("more than once, of 4"));
        assert!(sum.is_some_and(|line| line.contains(" 3 ")), "{text}");
    }

    #[test]
    fn who_is_absent_has_no_counts() {
        let (rows, columns) = table();
        assert!(text(&rows, &columns).contains("absent"));
        let json = json(&rows, &columns);
        assert!(json.contains("\"absent\": \"there is no `curl`\""), "{json}");
        assert!(json.contains("\"urllib3\": { \"POST\": 2, \"GET\": 4 }"), "{json}");
        assert!(!json.contains("\"curl\": {"), "{json}");
    }
}
