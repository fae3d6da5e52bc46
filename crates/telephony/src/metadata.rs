//! How old what is known of the world's numbers is.

use jiff::civil::Date;

/// Data older than this miss so many new ranges that a person should be told: countries open some every month.
pub const METADATA_DAYS: i32 = 120;

/// Of which version of libphonenumber the data are that numbers are read by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MetadataVersion {
    /// libphonenumber's own: `9.0.42`.
    pub version: &'static str,
    /// The day on which it was packed, within days of its release.
    pub packed: Date,
}

impl MetadataVersion {
    /// How many days lie between the packing and `today`; negative where the clock is wrong.
    #[must_use]
    pub fn days_old(&self, today: Date) -> i32 {
        self.packed
            .duration_until(today)
            .as_hours()
            .try_into()
            .unwrap_or(i32::MAX)
            / 24
    }

    /// Whether it is time for a newer Dialdeck.
    #[must_use]
    pub fn is_old(&self, today: Date) -> bool {
        self.days_old(today) > METADATA_DAYS
    }
}

/// The version of the data behind validity, kinds, time zones, places and short numbers alike.
///
/// `cargo xtask assure numbers` holds the crate's own data against those of this version.
#[must_use]
pub fn metadata_version() -> MetadataVersion {
    let of = |key: &str| {
        let lines = include_str!("../data/metadata.tsv").lines();
        let mut fields = lines.filter_map(|line| line.split_once('\t'));
        fields.find_map(|(name, value)| (name == key).then_some(value))
    };
    MetadataVersion {
        version: of("version").expect("the file that is compiled in names a version"),
        packed: of("packed")
            .and_then(|day| day.parse().ok())
            .expect("the file that is compiled in names a day"),
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    #[test]
    fn the_data_have_an_age() {
        let metadata = metadata_version();
        assert!(metadata.version.split('.').all(|part| part.parse::<u32>().is_ok()));
        assert_eq!(metadata.days_old(metadata.packed), 0);
        let limit = metadata.packed.saturating_add(METADATA_DAYS.days());
        assert!(!metadata.is_old(limit));
        assert!(metadata.is_old(limit.tomorrow().unwrap()));
        assert!(!metadata.is_old(metadata.packed.yesterday().unwrap()));
    }

    #[test]
    fn all_tables_are_of_one_version() {
        let version = metadata_version().version;
        for table in [
            include_str!("../data/zones.tsv"),
            include_str!("../data/short_numbers.tsv"),
            include_str!("../data/countries.tsv"),
        ] {
            let first = table.lines().next().unwrap_or_default();
            assert!(first.contains(&format!("libphonenumber {version},")), "{first}");
        }
    }
}
