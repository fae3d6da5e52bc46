//! `docs/assurance.md`: the promises, how each is held, and what the last runs said.

use super::promises::{NOT_PROMISED, Promise, Proof};
use super::record::{Record, Size};

/// The page.
pub fn written(promises: &[Promise], record: &Record) -> String {
    let mut page = String::from(
        "# What is promised, and how it is held\n\n\
         Written by `cargo xtask assure`, which runs what stands here; no figure is typed by hand. The usual sizes are those \
         of every CI run, but for the fuzzer's: CI gives each of its targets ten seconds. `cargo xtask assure --long` \
         runs the large ones, which take hours; `cargo xtask assure NAME` runs one.\n",
    );
    for promise in promises {
        page.push_str(&format!("\n## {}\n\n", promise.promise.trim_end_matches('.')));
        page.push_str(&format!("`{}`\n", promise.name));
        for proof in promise.proofs {
            page.push_str(&format!("\n{}\n\n", proof.how));
            page.push_str(&lasts(proof, record));
        }
    }
    page.push_str("\n## What is not promised\n\n");
    for line in NOT_PROMISED {
        page.push_str(&format!("- {line}\n"));
    }
    page
}

fn lasts(proof: &Proof, record: &Record) -> String {
    let has_long = proof.has_long();
    let sizes: &[(Size, &str)] = if has_long {
        &[(Size::Usual, "usual size"), (Size::Long, "large size")]
    } else {
        &[(Size::Usual, "one size")]
    };
    let line = |(size, word): &(Size, &str)| match record.last(proof.name, *size) {
        Some(last) => format!("- {}, {word}: {}\n", last.day, last.said),
        None => format!("- {word}: not run yet\n"),
    };
    sizes.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::super::promises::PROMISES;
    use super::*;

    #[test]
    fn the_page_has_the_last_figure_of_each_size_and_says_what_was_never_run() {
        let mut record = Record::default();
        record.put("simulation", Size::Long, "2030-01-01".into(), "100000 histories".into());
        let page = written(PROMISES, &record);
        assert!(page.contains("- 2030-01-01, large size: 100000 histories\n"), "{page}");
        assert!(page.contains("- usual size: not run yet\n"), "{page}");
    }
}
