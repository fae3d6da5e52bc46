//! Files of contacts, read a row at a time by what is seen from their beginning.

use directory::csv::{Mapping, ProblemReport};
use directory::incoming::Row;
use directory::{Contact, duplicates};

use super::vcard::check;
use crate::accounts::REGIONS;
use crate::input::Input;

pub fn read(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let choice = input.byte();
    let country = (choice % 8 != 7).then(|| REGIONS[usize::from(choice) % REGIONS.len()]);
    let file = input.rest();
    let mapping = match Mapping::detect(file, country) {
        Ok(mapping) => mapping,
        Err(problem) => {
            assert!(problem.to_string().ends_with('.'), "{problem}");
            return;
        }
    };
    let kept = serde_json::to_string(&mapping).expect("a mapping is kept as JSON");
    assert_eq!(
        serde_json::from_str::<Mapping>(&kept).ok(),
        Some(mapping.clone()),
        "{kept}"
    );
    let rows: Vec<Row> = mapping.rows(file).map(|row| row.expect("memory can be read")).collect();
    let (mut least, mut line) = (1, 0);
    let mut report = ProblemReport::new(Vec::new()).expect("memory can be written");
    for row in &rows {
        check(row, least, file.len() as u64 + 1);
        assert!(row.line > line, "{row:?} after line {line}");
        (least, line) = (row.row + 1, row.line);
        for problem in &row.problems {
            report.add(problem).expect("memory can be written");
        }
    }
    assert_eq!(mapping.preview(file, 3).rows, rows[..rows.len().min(3)]);
    let contacts: Vec<Contact> = rows.into_iter().filter_map(|row| row.contact).collect();
    for group in duplicates::find(&contacts) {
        assert!(
            group.members.len() > 1 && group.members.len() <= group.links.len() + 1,
            "{group:?}"
        );
    }
}
