//! `dialctl contacts duplicates`, `merge` and what belongs to them.

use clap::Subcommand;

use super::key_value;

#[derive(Debug, Subcommand)]
pub enum MergingCommand {
    /// Contacts that are probably one person: the same number or e-mail address under names that fit, or the same name and
    /// company.
    Duplicates {
        #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100))]
        limit: u32,
        /// Leave out the first N groups.
        #[arg(long, value_name = "N", default_value_t = 0)]
        skip: u32,
    },
    /// Make one contact of several; the first stays, with all their numbers, calls and callbacks. It can be undone.
    Merge {
        /// Ids, or names that only one has; two or more.
        #[arg(required = true, num_args = 2..)]
        contacts: Vec<String>,
        /// Whose value to keep: name, company or email, and an id or the place in the list, such as name=2.
        #[arg(long, value_name = "FIELD=CONTACT", value_parser = key_value)]
        keep: Vec<(String, String)>,
        /// Only show what it would be.
        #[arg(long)]
        preview: bool,
    },
    /// Merges that were made, the latest first, and which can be undone.
    Merges {
        #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
    },
    /// Undo a merge: everybody is there again as they were.
    Unmerge {
        /// Id of the merge.
        merge: String,
    },
    /// Say that contacts are different people, so that they are not listed as duplicates again.
    Distinct {
        /// Ids, or names that only one has; two or more.
        #[arg(required = true, num_args = 2..)]
        contacts: Vec<String>,
    },
}
