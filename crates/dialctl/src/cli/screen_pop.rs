//! Screen pops.

use clap::{Args, Subcommand, ValueEnum};
use engine::view::Moment;
use telephony::Direction;

#[derive(Debug, Subcommand)]
pub enum ScreenPopCommand {
    /// Have an address opened or a program run at moments of calls.
    #[command(after_help = crate::speech::say("cli.screen_pop.help"))]
    Add(ScreenPopArgs),
    /// Those that are set up, and what became of each last.
    List,
    /// Remove one.
    Remove { name: String },
    /// Show one now with made-up values, and say what became of it. Nobody is called.
    Test { name: String },
}

#[derive(Debug, Args)]
pub struct ScreenPopArgs {
    /// Lower-case letters, digits, _ and -; at most 32.
    pub name: String,
    /// When: placed, ringing, answered, ended or missed. May be repeated, or given as a list with commas.
    #[arg(long, value_name = "MOMENT", value_delimiter = ',', required = true)]
    pub on: Vec<MomentName>,
    /// Only calls of this direction.
    #[arg(long)]
    pub direction: Option<DirectionName>,
    /// The address to open, with placeholders.
    #[arg(long, conflicts_with = "run", required_unless_present = "run")]
    pub url: Option<String>,
    /// The program to run and its arguments, each with placeholders; after a --.
    #[arg(last = true, value_name = "PROGRAM")]
    pub run: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MomentName {
    Placed,
    Ringing,
    Answered,
    Ended,
    Missed,
}

impl From<MomentName> for Moment {
    fn from(name: MomentName) -> Self {
        match name {
            MomentName::Placed => Self::Placed,
            MomentName::Ringing => Self::Ringing,
            MomentName::Answered => Self::Answered,
            MomentName::Ended => Self::Ended,
            MomentName::Missed => Self::Missed,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DirectionName {
    Inbound,
    Outbound,
}

impl From<DirectionName> for Direction {
    fn from(name: DirectionName) -> Self {
        match name {
            DirectionName::Inbound => Self::Inbound,
            DirectionName::Outbound => Self::Outbound,
        }
    }
}
