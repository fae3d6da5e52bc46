//! The command line of click-to-call endpoints.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{CallArgs, key_value};

#[derive(Debug, Subcommand)]
pub enum EndpointCommand {
    /// All endpoints of the account.
    List {
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
    },
    /// Make an endpoint.
    Create {
        #[command(flatten)]
        document: DocumentArgs,
    },
    /// One endpoint with all its fields.
    Show {
        #[command(flatten)]
        which: EndpointArgs,
    },
    /// Put a whole document in an endpoint's place: what is not given is gone afterwards.
    Replace {
        #[command(flatten)]
        which: EndpointId,
        #[command(flatten)]
        document: DocumentArgs,
    },
    /// Change some fields of an endpoint and leave the others.
    Patch {
        #[command(flatten)]
        which: EndpointId,
        #[command(flatten)]
        document: DocumentArgs,
        /// Take a field out. May be repeated.
        #[arg(long = "unset", value_name = "DOTTED.KEY")]
        unset: Vec<String>,
    },
    /// Delete an endpoint at the provider.
    Delete {
        #[command(flatten)]
        which: EndpointArgs,
    },
    /// What an endpoint was used for.
    History {
        #[command(flatten)]
        which: EndpointArgs,
    },
    /// Place a call through an endpoint: its telephone is joined with TARGET.
    #[command(allow_missing_positional = true)]
    Connect(ConnectArgs),
}

/// Which endpoint.
#[derive(Debug, Args)]
pub struct EndpointId {
    /// The endpoint; without it, the one in the account's settings.
    pub id: Option<String>,
}

/// Which endpoint of which account.
#[derive(Debug, Args)]
pub struct EndpointArgs {
    #[command(flatten)]
    pub id: EndpointId,
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
}

/// A document, in fields or as a file.
#[derive(Debug, Args)]
pub struct DocumentArgs {
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// A field, such as media.ignore_early_media=true. Repeat the key for each item of a list.
    #[arg(long = "set", value_name = "DOTTED.KEY=VALUE", value_parser = key_value)]
    pub set: Vec<(String, String)>,
    /// Begin with the JSON object in this file; - reads standard input.
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct ConnectArgs {
    /// The endpoint; without it, the one in the account's settings.
    pub id: Option<String>,
    #[command(flatten)]
    pub call: CallArgs,
    /// Send the request by GET.
    #[arg(long)]
    pub get: bool,
}
