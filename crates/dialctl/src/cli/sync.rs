//! `dialctl contacts sync …`.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum SyncCommand {
    /// Add an address book on a CardDAV server. The password is asked for, or read from standard input.
    Add {
        /// Address of the server, such as https://cloud.example.com, or of the address book.
        server: String,
        user: String,
        /// Which address book, by name, where the user has several.
        #[arg(long, value_name = "NAME")]
        book: Option<String>,
        /// Give contacts that are in no address book yet a card in this one.
        #[arg(long)]
        upload: bool,
        /// The password is the one line on standard input.
        #[arg(long)]
        password_stdin: bool,
        /// Keep the password until the engine ends, and not in the keychain.
        #[arg(long)]
        this_run_only: bool,
    },
    /// The address books, and what the last run of each came to.
    List,
    /// Bring contacts and cards in step, in both directions.
    Run {
        /// Name or id; not needed where there is one only.
        book: Option<String>,
        /// Read every card, for a server whose word on what has changed is not to be trusted.
        #[arg(long)]
        thorough: bool,
        /// Delete up to so many contacts and cards that were deleted on the other side.
        #[arg(long, value_name = "N", default_value_t = 0)]
        allow_deletions: u32,
    },
    /// Contacts that were changed differently on both sides, with both sides of each.
    Conflicts { book: Option<String> },
    /// Decide which side of a contact is kept; the next run carries it out.
    Resolve {
        /// The contact's id, as conflicts shows it, or a name that only one of them has.
        contact: String,
        keep: Keep,
    },
    /// Stop synchronising with an address book. Its contacts stay here, its cards on the server.
    Remove { book: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Keep {
    /// As it stands here.
    Ours,
    /// As it stands on the server.
    Theirs,
    /// Both, as two people.
    Both,
}

impl Keep {
    pub fn word(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Theirs => "theirs",
            Self::Both => "both",
        }
    }
}
