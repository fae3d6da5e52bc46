//! What the last runs said: `docs/assurance.tsv`, a line for each proof and size.

use std::collections::BTreeMap;

/// How much is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    /// What CI runs.
    Usual,
    Long,
}

impl Size {
    /// cargo's arguments for how the tests are built.
    pub fn profile(self) -> &'static [&'static str] {
        match self {
            Self::Usual => &[],
            Self::Long => &["--profile", "assure"],
        }
    }

    /// Where the programs of that profile are, below the target folder.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Usual => "debug",
            Self::Long => "assure",
        }
    }

    /// Which of two is of this size.
    pub fn of<T>(self, usual: T, long: T) -> T {
        match self {
            Self::Usual => usual,
            Self::Long => long,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::Long => "long",
        }
    }
}

/// The last run of a proof at one size.
#[derive(Debug, PartialEq, Eq)]
pub struct Last {
    pub day: String,
    pub said: String,
}

/// The last runs of all.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Record(BTreeMap<(String, Size), Last>);

impl Record {
    /// Reads the file; a line that is none is passed over.
    pub fn read(text: &str) -> Self {
        let line = |line: &str| {
            let mut cells = line.splitn(4, '\t');
            let (name, size) = (cells.next()?, cells.next()?);
            let size = [Size::Usual, Size::Long]
                .into_iter()
                .find(|known| known.word() == size)?;
            let last = Last {
                day: cells.next()?.to_owned(),
                said: cells.next()?.to_owned(),
            };
            Some(((name.to_owned(), size), last))
        };
        Self(text.lines().filter_map(line).collect())
    }

    pub fn written(&self) -> String {
        let line = |((name, size), last): (&(String, Size), &Last)| {
            format!("{name}\t{}\t{}\t{}\n", size.word(), last.day, last.said)
        };
        self.0.iter().map(line).collect()
    }

    pub fn put(&mut self, name: &str, size: Size, day: String, said: String) {
        self.0.insert((name.to_owned(), size), Last { day, said });
    }

    pub fn last(&self, name: &str, size: Size) -> Option<&Last> {
        self.0.get(&(name.to_owned(), size))
    }

    #[cfg(test)]
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(|(name, _)| name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_replaces_that_of_its_own_size_only() {
        let mut record = Record::default();
        record.put("kills", Size::Usual, "2030-01-01".into(), "200 kills".into());
        record.put("kills", Size::Long, "2030-01-02".into(), "10000 kills".into());
        record.put("kills", Size::Usual, "2030-01-03".into(), "201 kills".into());
        let text = record.written();
        assert_eq!(
            text,
            "kills\tusual\t2030-01-03\t201 kills\nkills\tlong\t2030-01-02\t10000 kills\n"
        );
        assert_eq!(Record::read(&text), record);
        assert_eq!(Record::read("no line\n"), Record::default());
    }
}
