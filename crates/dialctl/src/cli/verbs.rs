//! The command line of what providers can be asked besides calls.

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use telephony::Direction;

use super::{key_value, limit, since};

/// The provider's log of calls, newest first.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct RecordsArgs {
    #[command(subcommand)]
    pub command: Option<RecordsCommand>,
    #[command(flatten)]
    pub which: WhichRecords,
}

#[derive(Debug, Subcommand)]
pub enum RecordsCommand {
    /// The link to a recording. Whoever has it can listen: keep it secret.
    Link {
        /// Id of the entry in the provider's log.
        record: String,
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
    },
}

#[derive(Debug, Args)]
pub struct WhichRecords {
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// From this time on, such as 2026-03-01T09:00:00Z; a date alone is its midnight here. Without it, the last day.
    #[arg(long, value_name = "TIME", value_parser = since)]
    pub since: Option<Timestamp>,
    /// Up to this time.
    #[arg(long, value_name = "TIME", value_parser = since)]
    pub until: Option<Timestamp>,
    /// Only calls out, or only calls in.
    #[arg(long)]
    pub direction: Option<Way>,
    /// Only calls that were answered.
    #[arg(long, conflicts_with = "missed")]
    pub answered: bool,
    /// Only calls that were not answered.
    #[arg(long)]
    pub missed: bool,
    /// Only calls with this number or contact.
    #[arg(long, value_name = "N")]
    pub number: Option<String>,
    /// Only your own calls.
    #[arg(long)]
    pub own: bool,
    #[command(flatten)]
    pub page: PageArgs,
}

/// A part of a long list.
#[derive(Debug, Args)]
pub struct PageArgs {
    /// Entries at the most.
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = limit())]
    pub limit: u32,
    /// Go on where the page before ended.
    #[arg(long, value_name = "C")]
    pub cursor: Option<String>,
    /// With --json: print an object that also says where the next page begins.
    #[arg(long)]
    pub page: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Way {
    Outbound,
    Inbound,
}

impl From<Way> for Direction {
    fn from(way: Way) -> Self {
        match way {
            Way::Outbound => Self::Outbound,
            Way::Inbound => Self::Inbound,
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum AgentCommand {
    /// Whether the provider sees you as online.
    Status {
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
    },
    /// Go online.
    Online(OnlineArgs),
    /// Go offline; or end a call of yours and go on a break after it.
    Offline(AgentArgs),
}

#[derive(Debug, Args)]
pub struct OnlineArgs {
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// The campaign, where agents work in campaigns.
    #[arg(long, value_name = "C")]
    pub campaign: Option<String>,
    // Of no use to somebody who comes back, and not shown; still read for scripts that name a call with it.
    #[arg(long = "break", value_name = "CODE", hide = true)]
    pub break_code: Option<String>,
    #[arg(long, value_name = "CALL", hide = true)]
    pub end_call: Option<String>,
}

#[derive(Debug, Args)]
pub struct AgentArgs {
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// The campaign, where agents work in campaigns.
    #[arg(long, value_name = "C")]
    pub campaign: Option<String>,
    /// The provider's code for the kind of break; it goes with --end-call.
    #[arg(long = "break", value_name = "CODE")]
    pub break_code: Option<String>,
    /// End this call of yours; the break of --break begins after it.
    #[arg(long, value_name = "CALL")]
    pub end_call: Option<String>,
}

#[derive(Debug, Args)]
pub struct ScheduledArgs {
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// From this time on; without it, today's midnight here.
    #[arg(long, value_name = "TIME", value_parser = since)]
    pub from: Option<Timestamp>,
    /// Up to this time; without it, a week after the beginning.
    #[arg(long, value_name = "TIME", value_parser = since)]
    pub to: Option<Timestamp>,
}

#[derive(Debug, Args)]
pub struct NotesArgs {
    /// A number or a contact.
    pub number: String,
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    #[command(flatten)]
    pub page: PageArgs,
}

#[derive(Debug, Args)]
pub struct ProviderContactsArgs {
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    #[command(flatten)]
    pub page: PageArgs,
}

#[derive(Debug, Subcommand)]
pub enum LeadCommand {
    /// What the provider knows of a customer.
    Show {
        /// A number or a contact.
        number: String,
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
    },
    /// Change what the provider knows of a customer; what is not named stays as it is.
    #[command(after_help = crate::commands::lead_help())]
    Set {
        /// A number or a contact.
        number: String,
        /// A field, such as first_name=Ada. Repeat it for each item of a list.
        #[arg(value_name = "KEY=VALUE", value_parser = key_value)]
        fields: Vec<(String, String)>,
        /// Make the lead if there is none.
        #[arg(long)]
        create: bool,
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
    },
    /// The values that some fields may take.
    Choices {
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum DispositionsCommand {
    /// Add a verdict to the list that the provider offers its agents.
    Add {
        name: String,
        /// The short code of it.
        code: String,
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
    },
    /// Store your verdict on a call at the provider.
    Store {
        /// The provider's id of the call, or its id here.
        call: String,
        /// The verdict, as the provider lists it.
        name: String,
        /// A finer verdict.
        #[arg(long, value_name = "S")]
        sub: Option<String>,
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum HooksCommand {
    /// The addresses to which the provider sends the account's events.
    List {
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
    },
    /// Have the provider send the account's events to this machine's public address.
    Create {
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
    },
    /// Have the provider send nothing there any more.
    Delete {
        /// Id of the hook.
        id: String,
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
    },
}
