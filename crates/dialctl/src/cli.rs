//! The command line. A public interface: commands and options are added, not changed.

mod endpoint;
mod importing;
mod merging;
mod program;
mod screen_pop;
mod sync;
mod verbs;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use engine::view::DisturbWish;
use exchange::Plays;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use providers::ProviderKind;
use uuid::Uuid;

pub use self::endpoint::{ConnectArgs, DocumentArgs, EndpointArgs, EndpointCommand, EndpointId};
pub use self::importing::{ImportArgs, Reading};
pub use self::merging::MergingCommand;
pub use self::program::ProgramCommand;
pub use self::screen_pop::{ScreenPopArgs, ScreenPopCommand};
pub use self::sync::SyncCommand;
pub use self::verbs::{
    AgentCommand, DispositionsCommand, HooksCommand, LeadCommand, NotesArgs, PageArgs, ProviderContactsArgs,
    RecordsArgs, RecordsCommand, ScheduledArgs, WhichRecords,
};
use crate::speech::say;

/// Place and end telephone calls from a shell, with the same engine as the Dialdeck app.
#[derive(Debug, Parser)]
#[command(name = "dialctl", version, disable_help_subcommand = true)]
pub struct Cli {
    /// Keep everything (settings, database, socket, logs) in this folder instead of the platform's own.
    #[arg(long, global = true, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// Print JSON for programs, and ask nothing.
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Accounts with telephone providers.
    #[command(subcommand)]
    Account(AccountCommand),
    /// Settings of the app itself: what is shown, and which costly numbers may be called.
    Settings {
        /// A setting, such as allow_premium=true. May be repeated.
        #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_value)]
        set: Vec<(String, String)>,
    },
    /// Let nothing pop up for a while, but for callbacks that are marked important; without SPAN tell until when.
    Dnd {
        /// So many minutes (30m), hours (2h), until tomorrow morning (tomorrow), or no longer (off).
        #[arg(value_name = "SPAN", value_parser = disturb_wish)]
        span: Option<DisturbWish>,
    },
    /// The numbers that an account may call from.
    Dids(DidsArgs),
    /// Place a call: the provider rings your phone, then the customer.
    #[command(after_help = crate::speech::say("cli.call.help"))]
    Call(CallArgs),
    /// End a call; without CALL, the one that is active.
    End {
        /// Id of the call.
        call: Option<String>,
    },
    /// Ask the provider again how a call stands.
    Check {
        /// Id of the call.
        call: String,
    },
    /// Say that a call is over of which nothing more is heard; what the provider tells later still outweighs it.
    MarkEnded {
        /// Id of the call.
        call: String,
    },
    /// The journal of calls.
    #[command(subcommand)]
    Calls(CallsCommand),
    /// Active calls and how everything is doing.
    Status,
    /// Print what happens as it happens, until interrupted.
    Watch,
    /// Read a provider's webhook or websocket message on standard input and print it as facts.
    Decode(DecodeArgs),
    /// Run the engine without a window, until interrupted.
    Serve,
    /// What a number or name means: what would be dialled, where that is, and from which number it would be called.
    Number {
        /// A number as typed or pasted, or a person's name.
        text: String,
        /// Name of the account; without it the default one. National numbers are read as its country's.
        #[arg(long)]
        account: Option<String>,
    },
    /// The directory of people and companies.
    #[command(subcommand)]
    Contacts(ContactsCommand),
    /// Promises to call somebody back, and their reminders.
    #[command(subcommand)]
    Callback(CallbackCommand),
    /// Hand a running call on.
    Transfer {
        /// Id of the call.
        call: String,
        /// A number, an extension, or a department's short number.
        to: String,
        /// Speak to them first; without it the customer goes over at once.
        #[arg(long)]
        attended: bool,
        /// Answer warnings with yes. What is blocked stays blocked.
        #[arg(long)]
        yes: bool,
    },
    /// Click-to-call endpoints: telephones at the provider that can be joined with any number.
    #[command(subcommand)]
    Endpoint(Box<EndpointCommand>),
    /// The provider's log of calls, newest first.
    Records(RecordsArgs),
    /// Whether you are online at the provider.
    #[command(subcommand)]
    Agent(AgentCommand),
    /// The calls that the provider will place by itself.
    Scheduled(ScheduledArgs),
    /// Notes about a customer at the provider.
    Notes(NotesArgs),
    /// A customer in the provider's own CRM.
    #[command(subcommand)]
    Lead(Box<LeadCommand>),
    /// The provider's own list of people.
    ProviderContacts(ProviderContactsArgs),
    /// Verdicts on calls at the provider.
    #[command(subcommand)]
    Dispositions(DispositionsCommand),
    /// Where the provider sends events.
    #[command(subcommand)]
    Hooks(HooksCommand),
    /// What is opened or run when a call rings, is answered or ends.
    #[command(subcommand)]
    ScreenPop(ScreenPopCommand),
    /// Programs that may place calls through the control socket without you pressing a key.
    #[command(subcommand)]
    Program(ProgramCommand),
    /// Check what is needed for calls, and say what to do where something is wrong.
    Doctor {
        /// Write a bundle for whoever helps you: versions, these checks, settings and logs, without numbers, names or keys.
        #[arg(long, value_name = "FILE")]
        bundle: Option<PathBuf>,
    },
    /// The sandbox telephone exchange.
    #[command(subcommand)]
    Exchange(ExchangeCommand),
    /// Which program the desktop opens telephone links with.
    Links {
        /// Have links of this kind opened by Dialdeck: tel, callto, sip or dialdeck. May be repeated.
        #[arg(long = "take", value_name = "KIND")]
        take: Vec<String>,
    },
    /// Print what a shell needs to complete the words of this program.
    Completions { shell: Shell },
    /// Print the manual page.
    Man {
        /// Write it into this folder instead, with a page for each command.
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Add an account. What is missing is listed, and can be given later.
    #[command(after_help = crate::commands::keys_help())]
    Add {
        /// Lower-case letters, digits, _ and -; at most 32.
        name: String,
        /// Whose account it is.
        #[arg(long, value_name = "KIND", value_parser = kinds())]
        provider: ProviderKind,
        #[command(flatten)]
        values: Values,
    },
    /// The settings and secrets that accounts of a provider have.
    Keys {
        #[arg(value_name = "KIND", value_parser = kinds())]
        kind: ProviderKind,
    },
    /// Change settings or secrets of an account.
    #[command(after_help = crate::commands::keys_help())]
    Set {
        name: String,
        #[command(flatten)]
        values: Values,
    },
    /// All accounts.
    List,
    /// One account: settings, what it can do, its hook. Never a secret.
    Show { name: String },
    /// Test the credentials with the provider. Rings nobody.
    Test { name: String },
    /// Call your own phone and then another one of yours, to hear that both ring. An ordinary call.
    CallMe {
        name: String,
        /// Another phone of yours: two different phones are needed.
        #[arg(long, value_name = "NUMBER")]
        to: String,
        /// Answer warnings with yes. What is blocked stays blocked.
        #[arg(long)]
        yes: bool,
    },
    /// Remove an account and its secrets.
    Remove { name: String },
    /// Make this the account that calls are placed from.
    Default { name: String },
}

#[derive(Debug, Args)]
pub struct Values {
    /// A setting; without a VALUE it is back at its default. May be repeated.
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_value)]
    pub set: Vec<(String, String)>,
    /// Read secrets as lines of KEY=VALUE from standard input.
    #[arg(long)]
    pub secrets_stdin: bool,
}

#[derive(Debug, Args)]
pub struct DidsArgs {
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Print what is known already instead of asking the provider.
    #[arg(long)]
    pub known: bool,
}

#[derive(Debug, Args)]
pub struct CallArgs {
    /// A number, a tel: link or a contact.
    pub target: String,
    /// The account to call from; else the default one.
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// The number to show the customer.
    #[arg(long, value_name = "DID")]
    pub from: Option<String>,
    /// A note to keep with the call.
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    /// Identity of this wish: the same one again is the same call, not a second one.
    #[arg(long, value_name = "UUID", value_parser = intent)]
    pub intent: Option<Uuid>,
    /// Print how the call goes on until it is over. Interrupting ends the printing, not the call.
    #[arg(long)]
    pub follow: bool,
    /// Answer warnings with yes. What is blocked stays blocked.
    #[arg(long)]
    pub yes: bool,
    /// Call although it is unknown what became of an earlier call to this number.
    #[arg(long)]
    pub despite_unknown: bool,
}

#[derive(Debug, Subcommand)]
pub enum CallsCommand {
    /// The latest calls, newest first.
    List {
        #[arg(long, value_name = "N", default_value_t = 50, value_parser = limit())]
        limit: u32,
        /// Only calls requested since this time, such as 2026-03-01T09:00:00Z; a date alone is its midnight here.
        #[arg(long, value_name = "TIME", value_parser = since)]
        since: Option<Timestamp>,
    },
    /// One call with all that is known of it.
    Show { call: String },
    /// The whole journal as a file.
    Export {
        #[arg(long)]
        format: Option<ExportFormat>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    Csv,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ContactsFormat {
    /// A row for each number; `contacts import` reads it back.
    Csv,
    Json,
    /// Cards that telephones and address books read.
    Vcard,
}

#[derive(Debug, Args)]
pub struct DecodeArgs {
    /// Whose message it is.
    #[arg(long, value_name = "KIND", value_parser = kinds())]
    pub provider: ProviderKind,
    /// As its header said; without it, the message is looked at.
    #[arg(long, value_name = "TYPE")]
    pub content_type: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum ContactsCommand {
    /// Find people by name, company or number; each number is a row of its own.
    Search {
        query: String,
        #[arg(long, value_name = "N", default_value_t = 50, value_parser = limit())]
        limit: u32,
    },
    /// Add a person or company.
    Add {
        name: String,
        /// May be repeated.
        #[arg(long = "number", value_name = "N", required = true)]
        numbers: Vec<String>,
        #[arg(long)]
        company: Option<String>,
        #[arg(long)]
        email: Option<String>,
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        /// Two letters: the country of national numbers.
        #[arg(long)]
        country: Option<String>,
    },
    /// What a CSV file or vCards hold, and how they would be read; nothing is kept.
    Inspect {
        /// - reads standard input.
        file: PathBuf,
        #[command(flatten)]
        reading: Reading,
    },
    /// Add or update people from a CSV file or from vCards; - reads standard input.
    Import(ImportArgs),
    /// The whole directory as a file.
    Export {
        #[arg(long)]
        format: Option<ContactsFormat>,
    },
    /// Mark a person: as a favourite, as not to be called, with tags. What is not named stays.
    #[command(group = ArgGroup::new("marks").args(["favourite", "do_not_call", "tag", "untag"]).required(true).multiple(true))]
    Mark {
        /// Id, or a name that only one has.
        contact: String,
        #[arg(long, value_name = "YES")]
        favourite: Option<bool>,
        /// Calls to every number of theirs are blocked.
        #[arg(long, value_name = "YES")]
        do_not_call: Option<bool>,
        /// May be repeated.
        #[arg(long, value_name = "TAG")]
        tag: Vec<String>,
        /// Takes a tag away. May be repeated.
        #[arg(long, value_name = "TAG")]
        untag: Vec<String>,
    },
    /// Keep a number to call somebody from; without one it is chosen anew for each call.
    CallFrom {
        /// A number or a contact.
        target: String,
        /// The number to show them.
        from: Option<String>,
        /// The account that the number belongs to; else the default one.
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
    },
    /// Remove a person or company, by id or by a name that only one has.
    Remove { contact: String },
    #[command(flatten)]
    Merging(MergingCommand),
    /// Keep contacts in step with address books on CardDAV servers.
    #[command(subcommand)]
    Sync(SyncCommand),
}

#[derive(Debug, Subcommand)]
pub enum CallbackCommand {
    /// Note that somebody is to be called back. The app, or dialctl serve, reminds when the time has come.
    Add(Box<CallbackArgs>),
    /// Open callbacks: overdue ones first, then by their time.
    List {
        /// The closed ones too.
        #[arg(long)]
        all: bool,
    },
    /// One callback with all that is known of it.
    Show {
        /// Id of the callback.
        callback: String,
    },
    /// Mark a callback as done. A talk in a call that was placed from it does that by itself.
    Done {
        /// Id of the callback.
        callback: String,
    },
    /// Drop a callback.
    Cancel {
        /// Id of the callback.
        callback: String,
    },
    /// Put the reminder off, for ten minutes unless said otherwise.
    Snooze {
        /// Id of the callback.
        callback: String,
        /// For how long, such as 10m or 2 hours.
        #[arg(long = "for", value_name = "LENGTH", conflicts_with = "until")]
        length: Option<String>,
        /// Until when, such as 15:00 or "tomorrow 10:00".
        #[arg(long, value_name = "WHEN")]
        until: Option<String>,
    },
    /// Let a callback remind you even when do not disturb is on, or no longer.
    #[command(group = clap::ArgGroup::new("mark").required(true))]
    Mark {
        /// Id of the callback.
        callback: String,
        /// Remind me even when do not disturb is on.
        #[arg(long, group = "mark")]
        important: bool,
        /// Remind me like any other.
        #[arg(long, group = "mark")]
        not_important: bool,
    },
    /// Call back now: the provider rings your phone, then the customer.
    Call {
        /// Id of the callback.
        callback: String,
        /// Identity of this wish: the same one again is the same call, not a second one.
        #[arg(long, value_name = "UUID", value_parser = intent)]
        intent: Option<Uuid>,
        /// Print how the call goes on until it is over. Interrupting ends the printing, not the call.
        #[arg(long)]
        follow: bool,
        /// Answer warnings with yes. What is blocked stays blocked.
        #[arg(long)]
        yes: bool,
        /// Call although it is unknown what became of an earlier call, or the provider has called by itself.
        #[arg(long)]
        despite_unknown: bool,
    },
}

#[derive(Debug, Args)]
pub struct CallbackArgs {
    /// A number, a tel: link or a contact.
    pub target: String,
    /// When: 2026-12-01T09:30:00Z, a clock time, or words such as "in 20m", "tue 3pm", "tomorrow 10:00".
    #[arg(long = "at", value_name = "WHEN")]
    pub when: String,
    /// The zone on whose clock WHEN is said; else that of this machine.
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<String>,
    /// The account to call from; else the default one.
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// The number to show the customer.
    #[arg(long, value_name = "DID")]
    pub from: Option<String>,
    /// Who it is; else the contact's name.
    #[arg(long, value_name = "N")]
    pub name: Option<String>,
    /// A note to keep with it, and with the call.
    #[arg(long, value_name = "T")]
    pub note: Option<String>,
    /// The provider's id of the agent whose callback it is.
    #[arg(long, value_name = "ID")]
    pub assigned_to: Option<String>,
    /// Remind so many minutes before.
    #[arg(long, value_name = "M", value_parser = minutes())]
    pub reminder_min: Option<u32>,
    /// The provider gives up on an unanswered call after so many minutes.
    #[arg(long, value_name = "M", value_parser = minutes())]
    pub call_end_min: Option<u32>,
    /// The provider's queue.
    #[arg(long, value_name = "Q")]
    pub queue: Option<String>,
    /// Have the provider schedule it too, where it can. Else the account's setting push_callbacks decides.
    #[arg(long)]
    pub push: bool,
    /// Keep it from the provider, whatever the account's setting.
    #[arg(long, conflicts_with = "push")]
    pub no_push: bool,
    /// Remind even while nobody is to be disturbed.
    #[arg(long)]
    pub important: bool,
    /// Identity of this wish, and the callback's id: the same one again makes no second callback.
    #[arg(long, value_name = "UUID", value_parser = intent)]
    pub intent: Option<Uuid>,
}

#[derive(Debug, Subcommand)]
pub enum ExchangeCommand {
    /// Play a provider's API on this machine, until interrupted. Its first line says where, and what it accepts.
    #[command(after_help = crate::commands::exchange_help())]
    Serve(ExchangeArgs),
}

#[derive(Debug, Args)]
pub struct ExchangeArgs {
    /// What the people on the line do, as TOML; without it nearly everybody answers.
    #[arg(long, value_name = "FILE")]
    pub script: Option<PathBuf>,
    /// A loopback address; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    /// Whose API to play.
    #[arg(long, value_name = "KIND", default_value = "acefone-uk", value_parser = plays())]
    pub plays: Plays,
    /// 1 is real time, 20 twenty times faster.
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    pub speed: f64,
    /// Where events are posted. May be repeated.
    #[arg(long, value_name = "URL")]
    pub webhook: Vec<String>,
}

/// Whether `--json` is among the arguments, known before they are understood: a mistake is told in JSON too.
pub fn wants_json(arguments: &[OsString]) -> bool {
    arguments
        .iter()
        .take_while(|argument| *argument != "--")
        .any(|argument| argument == "--json")
}

/// Splits `KEY=VALUE`; the value may hold further equals signs.
pub fn key_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => Ok((key.trim().to_owned(), value.to_owned())),
        _ => Err("expected KEY=VALUE".to_owned()),
    }
}

/// A provider by its name; a wrong name is answered with the right ones.
fn kinds() -> impl TypedValueParser<Value = ProviderKind> {
    PossibleValuesParser::new(ProviderKind::ALL.map(ProviderKind::as_str)).try_map(|name| name.parse::<ProviderKind>())
}

/// The same for those that the exchange plays.
fn plays() -> impl TypedValueParser<Value = Plays> {
    PossibleValuesParser::new(Plays::ALL.map(Plays::kind)).try_map(|name| name.parse::<Plays>())
}

/// Minutes, of which a month has some 43,000.
fn minutes() -> impl TypedValueParser<Value = u32> {
    clap::value_parser!(u32).range(0..=43_200)
}

/// Entries of a list: none would say nothing of what is there.
fn limit() -> impl TypedValueParser<Value = u32> {
    clap::value_parser!(u32).range(1..)
}

fn disturb_wish(text: &str) -> Result<DisturbWish, String> {
    let minutes = |count: &str, each: u32| {
        let count: u32 = count.parse().ok()?;
        count.checked_mul(each).map(DisturbWish::Minutes)
    };
    let wish = match text {
        "off" => Some(DisturbWish::Off),
        "tomorrow" => Some(DisturbWish::Tomorrow),
        _ => match (text.strip_suffix('m'), text.strip_suffix('h')) {
            (Some(count), _) => minutes(count, 1),
            (None, Some(count)) => minutes(count, 60),
            (None, None) => None,
        },
    };
    wish.ok_or_else(|| say("cli.dnd.wrong"))
}

fn intent(text: &str) -> Result<Uuid, String> {
    text.parse().map_err(|_| say("cli.intent_wrong"))
}

/// A moment; without a zone, on the clock of this machine, and without a time, its midnight.
fn since(text: &str) -> Result<Timestamp, String> {
    let local = || {
        let at = text.parse::<DateTime>().ok()?;
        Some(at.to_zoned(TimeZone::system()).ok()?.timestamp())
    };
    let moment = text.parse().ok().or_else(local);
    moment.ok_or_else(|| say("cli.since_wrong"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_alone_is_its_midnight_here() {
        let midnight = since("2026-11-21").unwrap();
        let here = midnight.to_zoned(TimeZone::system());
        assert_eq!(here.strftime("%Y-%m-%d %H:%M:%S").to_string(), "2026-11-21 00:00:00");
        assert_eq!(
            since("2026-11-21T09:00:00+05:30").unwrap(),
            since("2026-11-21T03:30:00Z").unwrap()
        );
        assert!(since("yesterday").unwrap_err().contains("2026-03-01"));
    }
}
