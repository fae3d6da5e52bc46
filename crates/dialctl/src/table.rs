//! Columns that line up.

use std::fmt;

use crate::printable::{beginning, one_line};
use crate::speech::say;

/// The widest cell, in characters: more than any id, and few enough for a line that can still be read. What is cut
/// here is whole under `--json`.
const WIDEST: usize = 120;

/// Rows under headings, as wide as what stands in them.
#[derive(Debug)]
pub struct Table {
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
    /// Said instead of a table without rows.
    empty: &'static str,
}

impl Table {
    /// A table with the headings `cli.heading.NAME`; `empty` is the key of what to say when there are no rows.
    pub fn new(headings: &[&str], empty: &'static str) -> Self {
        let headings = headings
            .iter()
            .map(|name| say(&format!("cli.heading.{name}")))
            .collect();
        Self {
            headings,
            rows: Vec::new(),
            empty,
        }
    }

    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        let shown = |cell: &String| beginning(&one_line(cell), WIDEST);
        self.rows.push(cells.iter().map(shown).collect());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rows.is_empty() {
            return writeln!(f, "{}", say(self.empty));
        }
        let lines = || std::iter::once(&self.headings).chain(&self.rows);
        let widths: Vec<usize> = (0..self.headings.len())
            .map(|column| {
                lines()
                    .filter_map(|line| line.get(column))
                    .map(|cell| cell.chars().count())
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        for line in lines() {
            let cells: Vec<String> = line
                .iter()
                .zip(&widths)
                .map(|(cell, &width)| format!("{cell:<width$}"))
                .collect();
            writeln!(f, "{}", cells.join("  ").trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_no_line_trails_spaces() {
        let mut table = Table {
            headings: vec!["A".into(), "B".into()],
            rows: Vec::new(),
            empty: "",
        };
        table.row(["long".into(), "x".into()]);
        table.row(["ß".into(), String::new()]);
        assert_eq!(table.to_string(), "A     B\nlong  x\nß\n");
    }

    #[test]
    fn a_cell_of_any_length_is_cut_to_what_can_be_read() {
        let mut table = Table {
            headings: vec!["A".into(), "B".into()],
            rows: Vec::new(),
            empty: "",
        };
        // More than a width in a format may be.
        table.row(["ß".repeat(70_000), "x".into()]);
        let printed = table.to_string();
        let row = printed.lines().nth(1).unwrap();
        assert_eq!(row.chars().count(), WIDEST + 3);
        assert!(row.ends_with("ß…  x"), "{row}");
    }
}
