//! One function for each command.

mod account;
mod agent;
mod asking;
mod call;
mod callback;
mod calls;
mod contacts;
mod customers;
mod decode;
mod dispositions;
mod dnd;
mod endpoint;
mod exchange;
mod hooks;
mod keychain;
mod lead;
mod links;
mod manual;
mod merging;
mod number;
mod program;
mod records;
mod screen_pop;
mod serve;
mod settings;
mod status;
mod sync;

use std::future::Future;
use std::path::Path;

use engine::Home;
use engine::api::{ApiError, ErrorClass, Request};
use engine::view::{DoctorCheck, KeychainState};

use crate::cli::{AccountCommand, Cli, Command, ExchangeCommand};
use crate::output::{Failure, Output};
use crate::session::{Session, reply};
use crate::speech::{say, say_with};
use crate::{ask, log};

pub use account::keys_help;
pub use exchange::more_help as exchange_help;
pub use lead::lead_help;

/// What a command comes to.
pub type Done = Result<(), Failure>;

/// Does what the command line says.
pub async fn run(cli: Cli, output: &Output) -> Done {
    let output = *output;
    let home = || home_of(cli.home.as_deref());
    if !matches!(cli.command, Command::Serve) {
        // While serving, the log goes to files.
        log::to_stderr();
    }
    match &cli.command {
        Command::Account(AccountCommand::Keys { kind }) => account::keys(*kind, output),
        Command::Serve => serve::serve(home()?, output).await,
        Command::Decode(arguments) => decode::decode(arguments, output),
        Command::Exchange(ExchangeCommand::Serve(arguments)) => exchange::serve(arguments, output).await,
        Command::Completions { shell } => manual::completions(*shell, output),
        Command::Man { dir } => manual::pages(dir.as_deref(), output),
        Command::Doctor { bundle } => doctor(named_home(cli.home.as_deref())?, bundle.as_deref(), output).await,
        command @ (Command::Account(_)
        | Command::Settings { .. }
        | Command::Dnd { .. }
        | Command::Dids(_)
        | Command::Call(_)
        | Command::End { .. }
        | Command::Check { .. }
        | Command::MarkEnded { .. }
        | Command::Calls(_)
        | Command::Status
        | Command::Watch
        | Command::Number { .. }
        | Command::Contacts(_)
        | Command::Callback(_)
        | Command::Transfer { .. }
        | Command::Endpoint(_)
        | Command::Records(_)
        | Command::Agent(_)
        | Command::Scheduled(_)
        | Command::Notes(_)
        | Command::Lead(_)
        | Command::ProviderContacts(_)
        | Command::Dispositions(_)
        | Command::Hooks(_)
        | Command::Links { .. }
        | Command::ScreenPop(_)
        | Command::Program(_)) => {
            let home = home()?;
            with_keychain(home.clone(), output, async || {
                in_session(home.clone(), command, output).await
            })
            .await
        }
    }
}

/// Runs a command against the home's engine.
async fn in_session(home: Home, command: &Command, output: Output) -> Done {
    let mut session = Session::open(home).await?;
    let result = dispatch(&mut session, command, output).await;
    session.close().await;
    result
}

async fn dispatch(session: &mut Session, command: &Command, output: Output) -> Done {
    match command {
        Command::Account(command) => match command {
            // Done before there is a session.
            AccountCommand::Keys { kind } => account::keys(*kind, output),
            AccountCommand::Add { name, provider, values } => {
                account::add(session, name, *provider, values, output).await
            }
            AccountCommand::Set { name, values } => account::set(session, name, values, output).await,
            AccountCommand::List => account::list(session, output).await,
            AccountCommand::Show { name } => account::show(session, name, output).await,
            AccountCommand::Test { name } => account::test(session, name, output).await,
            AccountCommand::CallMe { name, to, yes } => {
                account::call_me(session, (name.as_str(), to.as_str()), *yes, output).await
            }
            AccountCommand::Remove { name } => account::remove(session, name, output).await,
            AccountCommand::Default { name } => account::make_default(session, name, output).await,
        },
        Command::Settings { set } => settings::run(session, set, output).await,
        Command::Dnd { span } => dnd::run(session, *span, output).await,
        Command::Dids(arguments) => account::dids(session, arguments, output).await,
        Command::Call(arguments) => call::call(session, arguments, output).await,
        Command::End { call } => call::end(session, call.clone(), output).await,
        Command::Check { call } => call::check(session, call, output).await,
        Command::MarkEnded { call } => call::mark_ended(session, call, output).await,
        Command::Calls(command) => calls::run(session, command, output).await,
        Command::Status => status::status(session, output).await,
        Command::Watch => status::watch(session, output).await,
        Command::Number { text, account } => number::run(session, text, account.as_deref(), output).await,
        Command::Contacts(command) => contacts::run(session, command, output).await,
        Command::Callback(command) => callback::run(session, command, output).await,
        Command::Transfer {
            call,
            to,
            attended,
            yes,
        } => call::transfer(session, call, to, (*attended, *yes), output).await,
        Command::Endpoint(command) => endpoint::run(session, command, output).await,
        Command::Records(arguments) => records::run(session, arguments, output).await,
        Command::Agent(command) => agent::run(session, command, output).await,
        Command::Scheduled(arguments) => customers::scheduled(session, arguments, output).await,
        Command::Notes(arguments) => customers::notes(session, arguments, output).await,
        Command::Lead(command) => lead::run(session, command, output).await,
        Command::ProviderContacts(arguments) => customers::contacts(session, arguments, output).await,
        Command::Dispositions(command) => dispositions::run(session, command, output).await,
        Command::Hooks(command) => hooks::run(session, command, output).await,
        Command::Program(command) => program::run(session, command, output).await,
        Command::ScreenPop(command) => screen_pop::run(session, command, output).await,
        Command::Links { take } => links::run(session, take, output).await,
        // These need no session, or can do without one, and are done before there is one.
        Command::Serve
        | Command::Decode(_)
        | Command::Exchange(_)
        | Command::Doctor { .. }
        | Command::Completions { .. }
        | Command::Man { .. } => Ok(()),
    }
}

/// Runs a command, and offers to open the keychain's prompt where that is all that it lacks.
///
/// Only at a terminal, and only after a yes: the prompt is a window that the agent has to have asked for.
async fn with_keychain<F: Future<Output = Done>>(home: Home, output: Output, command: impl Fn() -> F) -> Done {
    let result = command().await;
    let Err(failure) = &result else { return result };
    if failure.code() != "keychain_locked" || !ask::yes(output, &say("cli.ask.unlock"))? {
        return result;
    }
    let mut session = Session::open(home).await?;
    let state = session.request(Request::UnlockKeychain).await;
    session.close().await;
    match reply!(state?, Keychain)? {
        KeychainState::Ok => command().await,
        KeychainState::Dismissed => Err(ApiError::new(ErrorClass::Keychain, "keychain_dismissed").into()),
        KeychainState::Locked | KeychainState::Absent | KeychainState::Denied => result,
    }
}

/// Runs the checks: those of the engine, or where none can be had, those of the home without one.
///
/// What is found is a result; only that no engine can work here is a failure, told after all checks.
async fn doctor(home: Home, bundle: Option<&Path>, output: Output) -> Done {
    let opened = match may_be_home(&home) {
        Ok(()) => Session::open(home.clone()).await,
        Err(error) => Err(error),
    };
    match opened {
        Ok(mut session) => {
            let checks = status::doctor(&mut session).await;
            session.close().await;
            let checks = checks?;
            status::show_checks(&checks, output)?;
            put_together(&home, &checks, bundle, output)?;
            status::is_all_well(&checks)
        }
        Err(error) => {
            let checks = engine::checks_without_engine(&home, &error).await;
            status::show_checks(&checks, output)?;
            put_together(&home, &checks, bundle, output)?;
            Err(error.into())
        }
    }
}

/// Writes the support bundle, where one is wanted.
fn put_together(home: &Home, checks: &[DoctorCheck], bundle: Option<&Path>, output: Output) -> Done {
    let Some(file) = bundle else { return Ok(()) };
    engine::write_bundle(home, checks, file)?;
    if output.is_json() {
        return Ok(());
    }
    output.text(&say_with("cli.doctor.bundle", &[("file", &file.display().to_string())]))
}

fn home_of(named: Option<&Path>) -> Result<Home, Failure> {
    let home = named_home(named)?;
    may_be_home(&home)?;
    Ok(home)
}

fn named_home(named: Option<&Path>) -> Result<Home, Failure> {
    let home = match named {
        Some(folder) => Some(Home::under(folder)),
        None => Home::of_platform(|name| std::env::var(name).ok()),
    };
    Ok(home.ok_or_else(|| ApiError::new(ErrorClass::Failed, "home_unknown"))?)
}

fn may_be_home(home: &Home) -> Result<(), ApiError> {
    [&home.config_dir, &home.data_dir]
        .into_iter()
        .try_for_each(|folder| may_be_folder(folder))
}

/// Finds out what else would only be noticed by an engine that cannot be reached there.
fn may_be_folder(path: &Path) -> Result<(), ApiError> {
    let shown = path.display().to_string();
    let why = match path.metadata() {
        Ok(there) if there.is_dir() => return Ok(()),
        // It is made when it is needed.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Ok(_) => say_with("cli.not_a_folder", &[("path", &shown)]),
        Err(error) => {
            let why = error.to_string();
            say_with("cli.folder_problem", &[("path", &shown), ("why", &why)])
        }
    };
    Err(ApiError::new(ErrorClass::Failed, "home_unusable").with("why", why))
}
