//! Accounts.

use std::collections::BTreeMap;
use std::io::Read;

use engine::api::{Reply, Request, SecretText};
use engine::view::{AccountView, DidView};
use engine::words;
use providers::{Capabilities, Capability, ErrorKind, FieldKind, FieldSpec, ProviderKind};
use serde_json::json;

use super::{Done, call, keychain};
use crate::ask;
use crate::cli::{CallArgs, DidsArgs, Values, key_value};
use crate::output::{Failure, Output};
use crate::session::{Session, reply};
use crate::speech::{name_in, name_of, say, say_with};
use crate::table::Table;

/// Seconds under which a limit on the conversation is more likely meant for the ringing.
const SHORT_CONVERSATION: u32 = 120;

pub async fn add(session: &mut Session, name: &str, kind: ProviderKind, values: &Values, output: Output) -> Done {
    let secrets = secrets_of(values)?;
    let before = default_of(session).await?;
    let given: Vec<String> = secrets.keys().cloned().collect();
    let request = Request::AddAccount {
        name: name.to_owned(),
        kind,
        set: values.set.iter().cloned().collect(),
        secrets,
    };
    let added = account_after(session, request, name).await;
    let mut account = added.map_err(|failure| keychain::naming(failure, name, &given))?;
    if output.may_ask() {
        account = ask_for_missing(session, account).await?;
    }
    let now = default_of(session).await?;
    output.result(&account, || {
        let mut lines = vec![describe(&account)];
        lines.extend(what_is_next(&account));
        lines.extend(change_of_default(before.as_deref(), now.as_deref()));
        lines.join("\n")
    })
}

/// The name of the account that calls are placed from, if there is one.
async fn default_of(session: &mut Session) -> Result<Option<String>, Failure> {
    let accounts = reply!(session.request(Request::ListAccounts).await?, Accounts)?;
    let default = accounts.into_iter().find(|account| account.default);
    Ok(default.map(|account| account.name))
}

/// How what is missing can be given.
fn what_is_next(account: &AccountView) -> Option<String> {
    let key = account.missing.first()?;
    let is_secret = account
        .fields
        .iter()
        .any(|field| field.key == *key && field.is_secret());
    let way = if is_secret { "give_secret" } else { "give_setting" };
    let words = [("name", account.name.as_str()), ("key", key)];
    Some(say_with(&format!("cli.account.{way}"), &words))
}

/// That calls are placed from another account now, or that it is not clear any more from which. The sandbox gives way to
/// the first real one, complete or not: a call that was meant for a customer must not end in play.
fn change_of_default(before: Option<&str>, now: Option<&str>) -> Option<String> {
    match (before, now) {
        (before, now) if before == now => None,
        (Some(before), Some(now)) => Some(say_with(
            "cli.account.default_moved",
            &[("name", now), ("before", before)],
        )),
        (None, Some(now)) => Some(say_with("cli.account.now_default", &[("name", now)])),
        (Some(_) | None, None) => Some(say("cli.account.default_open")),
    }
}

/// What can be set on accounts of a kind, the secrets last.
pub fn keys(kind: ProviderKind, output: Output) -> Done {
    let mut fields = providers::fields(kind);
    fields.sort_by_key(FieldSpec::is_secret);
    output.rows(&fields, |fields| {
        let mut table = Table::new(&["key", "value", "default", "meaning"], "cli.account.none");
        for field in fields {
            let meaning = words::find(&format!("ui.fields.{}.label", field.key)).unwrap_or_default();
            let needed = match (&field.only_in_mode, field.required) {
                (Some(mode), true) => say_with("cli.keys.needed_in", &[("meaning", meaning), ("mode", mode)]),
                (None, true) => say_with("cli.keys.needed", &[("meaning", meaning)]),
                (_, false) => meaning.to_owned(),
            };
            table.row([
                field.key.clone(),
                value_of(field),
                field.default.clone().unwrap_or_default(),
                needed,
            ]);
        }
        table
    })
}

/// What a field takes, in a word or an example.
fn value_of(field: &FieldSpec) -> String {
    let named = match &field.kind {
        FieldKind::Choice(choices) => return choices.join(" | "),
        FieldKind::Text => "text",
        FieldKind::Url => "url",
        FieldKind::Phone => "phone",
        FieldKind::Country => "country",
        FieldKind::TimeZone => "time_zone",
        FieldKind::Integer => "integer",
        FieldKind::Boolean => "boolean",
        FieldKind::Secret => "secret",
    };
    let named = say(&format!("cli.keys.kind.{named}"));
    match &field.placeholder {
        Some(example) => say_with("cli.keys.such_as", &[("kind", &named), ("example", example)]),
        None => named,
    }
}

/// What `--help` adds: the keys of every provider, on two lines each.
pub fn keys_help() -> String {
    let of_kind = |kind: ProviderKind| {
        let names = |secret: bool| {
            let fields = providers::fields(kind)
                .into_iter()
                .filter(|field| field.is_secret() == secret);
            let marked = fields.map(|field| {
                if field.required {
                    format!("{}!", field.key)
                } else {
                    field.key
                }
            });
            marked.collect::<Vec<String>>().join(" ")
        };
        let (settings, secrets) = (names(false), names(true));
        if secrets.is_empty() {
            format!("  {kind}\n    --set {settings}")
        } else {
            format!("  {kind}\n    --set {settings}\n    secrets: {secrets}")
        }
    };
    let kinds: Vec<String> = ProviderKind::ALL.into_iter().map(of_kind).collect();
    say_with("cli.keys.help", &[("kinds", &kinds.join("\n"))])
}

pub async fn set(session: &mut Session, name: &str, values: &Values, output: Output) -> Done {
    let secrets = secrets_of(values)?;
    let set: BTreeMap<String, String> = values.set.iter().cloned().collect();
    if set.is_empty() && secrets.is_empty() {
        return Err(Failure::usage("nothing_to_set").into());
    }
    if !set.is_empty() {
        // In one request: an address at another server is taken only together with the secrets for it.
        let given: Vec<String> = secrets.keys().cloned().collect();
        let request = Request::UpdateAccount {
            name: name.to_owned(),
            set,
            secrets,
        };
        let account = account_after(session, request, name).await;
        let account = account.map_err(|failure| keychain::naming(failure, name, &given))?;
        return print(&account, output);
    }
    for (key, value) in secrets {
        let request = Request::SetSecret {
            name: name.to_owned(),
            key: key.clone(),
            value,
            this_run_only: false,
        };
        let done = session.request(request).await;
        done.map_err(|error| keychain::naming(error.into(), name, &[key]))?;
    }
    let account = account_after(session, Request::ShowAccount { name: name.to_owned() }, name).await?;
    print(&account, output)
}

pub async fn list(session: &mut Session, output: Output) -> Done {
    let accounts = reply!(session.request(Request::ListAccounts).await?, Accounts)?;
    output.rows(&accounts, |accounts| {
        let mut table = Table::new(&["name", "provider", "state", "default"], "cli.account.none");
        for account in accounts {
            let default = if account.default {
                say("cli.account.is_default")
            } else {
                String::new()
            };
            let state = state(account);
            table.row([account.name.clone(), account.provider_name.clone(), state, default]);
        }
        table
    })
}

pub async fn show(session: &mut Session, name: &str, output: Output) -> Done {
    let account = account_after(session, Request::ShowAccount { name: name.to_owned() }, name).await?;
    output.result(&account, || {
        let mut lines = vec![describe(&account)];
        lines.extend(abilities(&account.capabilities));
        lines.join("\n")
    })
}

pub async fn test(session: &mut Session, name: &str, output: Output) -> Done {
    let report = reply!(
        session.request(Request::TestAccount { name: name.to_owned() }).await?,
        Test
    )?;
    output.result(&report, || {
        let credentials = match report.credentials {
            Some(true) => "accepted",
            Some(false) => "rejected",
            None => "untested",
        };
        let mut lines = vec![say(&format!("cli.test.{credentials}"))];
        let counted = |key: &str, count: Option<usize>| {
            count.map(|count| say_with(&format!("cli.test.{key}"), &[("count", &count.to_string())]))
        };
        lines.extend(counted("dids", report.dids));
        lines.extend(counted("agents", report.agents));
        lines.extend(
            report
                .notes
                .iter()
                .map(|note| say_with("cli.test.note", &[("note", note)])),
        );
        lines.join("\n")
    })
}

/// Calls the agent's own phone, and another one of theirs as the customer. Whether both rang is asked where somebody can answer.
pub async fn call_me(session: &mut Session, (name, to): (&str, &str), yes: bool, output: Output) -> Done {
    let arguments = CallArgs {
        target: to.to_owned(),
        account: Some(name.to_owned()),
        from: None,
        note: Some(say("ui.phone_check.call_note")),
        intent: None,
        follow: false,
        yes,
        despite_unknown: false,
    };
    call::call(session, &arguments, output).await?;
    if ask::yes(output, &say("ui.phone_check.did_it_ring"))? {
        session.request(Request::PhoneChecked { name: name.to_owned() }).await?;
    }
    Ok(())
}

pub async fn remove(session: &mut Session, name: &str, output: Output) -> Done {
    let before = default_of(session).await?;
    session
        .request(Request::RemoveAccount { name: name.to_owned() })
        .await?;
    let now = default_of(session).await?;
    output.result(&json!({"removed": name}), || {
        let mut lines = vec![say_with("cli.account.removed", &[("name", name)])];
        let before = before.as_deref().filter(|before| *before != name);
        lines.extend(now.and_then(|now| change_of_default(before, Some(&now))));
        lines.join("\n")
    })
}

pub async fn make_default(session: &mut Session, name: &str, output: Output) -> Done {
    let account = account_after(session, Request::DefaultAccount { name: name.to_owned() }, name).await?;
    output.result(&account, || say_with("cli.account.now_default", &[("name", name)]))
}

pub async fn dids(session: &mut Session, arguments: &DidsArgs, output: Output) -> Done {
    let ask = |fresh| Request::Dids {
        account: arguments.account.clone(),
        fresh,
    };
    let reply = match session.request(ask(!arguments.known)).await {
        // The provider has no such list: what is known was typed in, and is all there is.
        Err(error) if error.code == ErrorKind::Unsupported.code() => session.request(ask(false)).await,
        result => result,
    };
    let dids = reply!(reply?, Dids)?;
    output.rows(&dids, |dids| {
        let mut table = Table::new(
            &["number", "label", "destination", "answered", "default"],
            "cli.dids.none",
        );
        for did in dids {
            table.row(cells(did));
        }
        table
    })
}

fn cells(did: &DidView) -> [String; 5] {
    let default = if did.default {
        say("cli.account.is_default")
    } else {
        String::new()
    };
    [
        did.international.clone(),
        did.label.clone().unwrap_or_default(),
        did.destination.clone().unwrap_or_default(),
        did.lately.map_or_else(String::new, |lately| {
            let (answered, placed) = (lately.answered.to_string(), lately.placed.to_string());
            say_with("cli.dids.answered", &[("answered", &answered), ("placed", &placed)])
        }),
        default,
    ]
}

/// The account as it is once a request about it is done.
async fn account_after(session: &mut Session, request: Request, name: &str) -> Result<AccountView, Failure> {
    let mut reply = session.request(request).await?;
    if matches!(reply, Reply::Done) {
        reply = session.request(Request::ShowAccount { name: name.to_owned() }).await?;
    }
    Ok(*reply!(reply, Account)?)
}

/// Asks for the secrets that a new account lacks; what is left empty can be given later.
async fn ask_for_missing(session: &mut Session, account: AccountView) -> Result<AccountView, Failure> {
    let is_secret = |key: &String| {
        account
            .fields
            .iter()
            .any(|field| field.key == *key && field.is_secret())
    };
    let missing: Vec<String> = account.missing.iter().filter(|key| is_secret(key)).cloned().collect();
    if missing.is_empty() {
        return Ok(account);
    }
    for key in missing {
        let question = say_with("cli.ask.secret", &[("key", &key)]);
        let Some(value) = ask::secret(&question)? else { continue };
        let request = Request::SetSecret {
            name: account.name.clone(),
            key,
            value: SecretText(value),
            this_run_only: false,
        };
        session.request(request).await?;
    }
    account_after(
        session,
        Request::ShowAccount {
            name: account.name.clone(),
        },
        &account.name,
    )
    .await
}

fn secrets_of(values: &Values) -> Result<BTreeMap<String, SecretText>, Failure> {
    if !values.secrets_stdin {
        return Ok(BTreeMap::new());
    }
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| Failure::of("input_failed", &error))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| match key_value(line) {
            Ok((key, value)) => Ok((key, SecretText(value))),
            // Its number alone: the line is a secret.
            Err(_) => Err(Failure::usage("secret_line").with("line", number + 1).into()),
        })
        .collect()
}

fn state(account: &AccountView) -> String {
    account
        .attention
        .as_ref()
        .map_or_else(|| name_of("health", &account.health), words::sentence)
}

fn print(account: &AccountView, output: Output) -> Done {
    output.result(account, || describe(account))
}

fn describe(account: &AccountView) -> String {
    let mut lines = vec![say_with(
        "cli.account.line",
        &[
            ("name", &account.name),
            ("provider", &account.provider_name),
            ("state", &state(account)),
        ],
    )];
    if !account.missing.is_empty() {
        lines.push(say_with(
            "cli.account.missing",
            &[("keys", &account.missing.join(", "))],
        ));
    }
    lines.extend(cuts_short(account));
    for (key, value) in &account.settings {
        lines.push(say_with("cli.account.setting", &[("key", key), ("value", value)]));
    }
    for secret in &account.secrets {
        let place = name_of("secret_place", &secret.place);
        lines.push(say_with(
            "cli.account.setting",
            &[("key", &secret.key), ("value", &place)],
        ));
    }
    lines.extend(
        account
            .hook
            .as_ref()
            .map(|hook| say_with("cli.account.hook", &[("hook", hook)])),
    );
    lines.join("\n")
}

/// That conversations are cut before most are over, where the account says so.
fn cuts_short(account: &AccountView) -> Option<String> {
    let seconds = account.settings.get("call_timeout")?.parse::<u32>().ok()?;
    let is_short = seconds > 0 && seconds < SHORT_CONVERSATION;
    is_short.then(|| say_with("cli.account.cuts_short", &[("seconds", &seconds.to_string())]))
}

/// Every verb on a line of its own, with the reason where it is missing.
fn abilities(capabilities: &Capabilities) -> Vec<String> {
    let mut lines = vec![say("cli.account.can_title")];
    lines.extend(capabilities.verbs().map(|(name, capability)| {
        let verb = say(&format!("ui.capability.verb.{name}"));
        match capability {
            Capability::Available => say_with("cli.account.can", &[("verb", &verb)]),
            Capability::Missing(why) => {
                let reason = name_in("ui.capability.reason", &why);
                let reason = reason.trim_end_matches('.');
                say_with("cli.account.cannot", &[("verb", &verb), ("reason", reason)])
            }
        }
    }));
    lines
}
