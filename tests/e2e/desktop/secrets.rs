//! A key, followed through a whole journey: it is in the keychain and in the request that needs it, and nowhere else.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::page;
use crate::provider::Provider;
use crate::stage::{AGENT, CUSTOMER, DID, Desk};

/// A key with letters that every way of writing it down changes.
const CANARY: &str = "canary/7d21+k~y=%5b&Zq";

/// Ways to write a key down, by name.
fn forms(key: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = key.as_bytes();
    let hex = |upper: bool| {
        let digits = bytes.iter().map(|byte| {
            if upper {
                format!("{byte:02X}")
            } else {
                format!("{byte:02x}")
            }
        });
        digits.collect::<String>().into_bytes()
    };
    let escaped = |upper: bool, plain: &str| {
        let parts = bytes.iter().map(|byte| match char::from(*byte) {
            letter if letter.is_ascii_alphanumeric() || plain.contains(letter) => letter.to_string(),
            _ if upper => format!("%{byte:02X}"),
            _ => format!("%{byte:02x}"),
        });
        parts.collect::<String>().into_bytes()
    };
    let mut forms = vec![
        ("plain", bytes.to_vec()),
        ("JSON", key.replace('/', "\\/").into_bytes()),
        ("HTML", key.replace('&', "&amp;").into_bytes()),
        ("UTF-16", key.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("hex", hex(false)),
        ("HEX", hex(true)),
        ("percent", escaped(true, "-_.~")),
        ("percent, lower case", escaped(false, "-_.~")),
        ("percent, as in forms", escaped(true, "-_.*")),
        // Backwards it is as good as forwards.
        ("reversed", bytes.iter().rev().copied().collect()),
    ];
    // In the middle of something longer it can begin at any of three places: what is the same wherever it does.
    for (at, name) in ["base64", "base64, one later", "base64, two later"]
        .into_iter()
        .enumerate()
    {
        let skipped = (3 - at) % 3;
        let whole = (bytes.len() - skipped) / 3 * 3;
        forms.push((name, base64(&bytes[skipped..skipped + whole], b"+/")));
        forms.push((name, base64(&bytes[skipped..skipped + whole], b"-_")));
    }
    forms
}

/// Base64 of whole groups of three.
fn base64(bytes: &[u8], last: &[u8; 2]) -> Vec<u8> {
    let mut letters: Vec<u8> = (b'A'..=b'Z').chain(b'a'..=b'z').chain(b'0'..=b'9').collect();
    letters.extend(last);
    let groups = bytes.chunks_exact(3).flat_map(|group| {
        let bits = group.iter().fold(0, |bits, byte| bits << 8 | usize::from(*byte));
        [18, 12, 6, 0].map(|shift| letters[bits >> shift & 63])
    });
    groups.collect()
}

/// Every place where the key was found, and in which form.
#[derive(Default)]
struct Search {
    searched: usize,
    hits: Vec<String>,
}

impl Search {
    fn look(&mut self, place: &str, bytes: &[u8]) {
        self.searched += 1;
        for (form, written) in forms(CANARY) {
            if bytes.windows(written.len()).any(|part| part == written) {
                self.hits.push(format!("{place} ({form})"));
            }
        }
    }

    /// Every file below a folder; what cannot be read as one (a socket) holds nothing.
    fn look_through(&mut self, folder: &Path) -> Result<()> {
        for entry in fs::read_dir(folder)?.flatten() {
            let (path, kind) = (entry.path(), entry.file_type()?);
            self.look("the name of a file", path.as_os_str().as_encoded_bytes());
            if kind.is_dir() {
                self.look_through(&path)?;
            } else if kind.is_file() {
                // Lock and cache files come and go.
                let Ok(bytes) = fs::read(&path) else { continue };
                self.look(&path.display().to_string(), &bytes);
            }
        }
        Ok(())
    }

    /// Command line and environment of a process and of all that it started.
    fn look_at_processes(&mut self, root: i32) -> Result<()> {
        let mut tree = vec![root];
        let all: Vec<i32> = fs::read_dir("/proc")?
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .collect();
        let mut at = 0;
        while let Some(parent) = tree.get(at).copied() {
            tree.extend(all.iter().copied().filter(|pid| parent_of(*pid) == Some(parent)));
            at += 1;
        }
        ensure!(tree.len() > 2, "the app and WebKit's processes are more than {tree:?}");
        for pid in tree {
            for name in ["cmdline", "environ", "comm"] {
                // What nobody of the same user may read, nobody has read.
                let bytes = fs::read(format!("/proc/{pid}/{name}")).unwrap_or_default();
                self.look(&format!("{name} of a process"), &bytes);
            }
        }
        Ok(())
    }
}

fn parent_of(pid: i32) -> Option<i32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()
}

/// Notes what the page says to the app, what it is answered, and what it is told.
const TAP: &str = r#"
    const done = arguments[0];
    window.tapped = { asked: [], heard: [] };
    const { fetch } = window;
    window.fetch = async (...words) => {
        const [where, { body = '' } = {}] = words;
        tapped.asked.push(`${where} ${typeof body === 'string' ? body : new TextDecoder().decode(body)}`);
        const answer = await fetch(...words);
        answer.clone().text().then((text) => tapped.heard.push(text));
        return answer;
    };
    const { invoke, transformCallback } = window.__TAURI_INTERNALS__;
    const handler = transformCallback((event) => tapped.heard.push(JSON.stringify(event)));
    invoke('plugin:event|listen', { event: 'engine-event', target: { kind: 'Any' }, handler }).then(() => done());
"#;

/// Everything that the page has: its elements with their values, whatever WebKit keeps for it, and its globals.
const EVERYTHING: &str = r#"
    const done = arguments[0];
    const values = [...document.querySelectorAll('*')].map((element) => [element.value, element.defaultValue,
        element.placeholder, element.title, JSON.stringify(element.dataset), element.shadowRoot?.innerHTML].join(' '));
    const databases = indexedDB.databases ? indexedDB.databases() : Promise.resolve([]);
    const kept = async () => {
        const caches = 'caches' in window ? await window.caches.keys().catch(() => []) : [];
        return JSON.stringify([await databases.catch(() => []), caches]);
    };
    const globals = Object.keys(window).filter((name) => name !== 'tapped').map((name) => {
        try { return `${name} ${JSON.stringify(window[name])}`; } catch { return name; }
    });
    kept().then((databases) => done({
        'the page': document.documentElement.outerHTML, 'what is typed on the page': values.join('\n'),
        'localStorage': JSON.stringify({ ...localStorage }), 'sessionStorage': JSON.stringify({ ...sessionStorage }),
        'cookies': document.cookie, 'name of the window': window.name, 'address': location.href,
        'databases and caches': databases, 'globals': globals.join('\n'), 'history': JSON.stringify(history.state),
        'loaded': JSON.stringify(performance.getEntries()),
    }));
"#;

async fn look_at_page(search: &mut Search, desk: &Desk) -> Result<()> {
    let found = desk.window.page.execute_async(EVERYTHING, Vec::new()).await?;
    for (place, text) in found.as_object().context("places by name")? {
        search.look(place, text.to_string().as_bytes());
        search.look(place, text.as_str().unwrap_or_default().as_bytes());
    }
    Ok(())
}

async fn tap(desk: &Desk) -> Result<()> {
    desk.window.page.execute_async(TAP, Vec::new()).await?;
    Ok(())
}

/// What was tapped: what the page asked, and what it was told.
async fn tapped(desk: &Desk) -> Result<(Vec<String>, Vec<String>)> {
    let found = desk.window.page.execute("return window.tapped;", Vec::new()).await?;
    let list = |name: &str| serde_json::from_value::<Vec<String>>(found[name].clone());
    Ok((list("asked")?, list("heard")?))
}

#[tokio::test]
async fn a_key_is_found_nowhere_after_a_whole_journey() -> Result<()> {
    let provider = Provider::start().await?;
    let desk = Desk::fresh().await?;
    let mut search = Search::default();
    tap(&desk).await?;
    desk.press("Accounts").await?;
    desk.click("Accounts", "Add account").await?;
    desk.choose("Acefone UK").await?;
    desk.replace("Name of the account", "work").await?;
    desk.fill("API token", CANARY).await?;
    desk.fill("Ring me on", AGENT).await?;
    desk.unfold("More settings").await?;
    desk.fill("Address of the API", provider.url()).await?;
    desk.submit("Add account").await?;
    desk.window.sees("Stored in the keychain").await?;
    desk.until_keys_are_accepted().await?;
    look_at_page(&mut search, &desk).await?;

    // It goes in once, and nothing that comes back has it.
    let (asked, heard) = tapped(&desk).await?;
    let with_key: Vec<_> = asked.iter().filter(|asked| asked.contains(CANARY)).collect();
    ensure!(
        with_key.len() == 1 && with_key[0].contains("add_account"),
        "the key was given {} times",
        with_key.len()
    );
    ensure!(heard.len() > 5, "the tap heard too little: {heard:?}");
    for text in &heard {
        search.look("an answer to the page", text.as_bytes());
    }

    // A call from end to end, and a page that begins anew.
    let dialctl = desk.dialctl()?;
    dialctl
        .json(&["contacts", "add", "Asha Rao", "--number", CUSTOMER])
        .await?;
    desk.press("Calls").await?;
    desk.type_target(CUSTOMER).await?;
    desk.click("Call", "Call Asha Rao").await?;
    desk.press("Skip this").await?;
    desk.call_anyway().await?;
    desk.card("a call that was accepted", |card| card.text.contains("Sent once at"))
        .await?;
    ensure!(
        provider.dials().iter().any(|dial| dial
            .headers
            .get("authorization")
            .is_some_and(|sent| sent.contains(CANARY))),
        "the provider was not given the key"
    );
    desk.end_by_key().await?;
    desk.headline("End").await?;
    let (_, heard) = tapped(&desk).await?;
    desk.window.page.refresh().await?;
    page::watch(&desk.window).await?;
    desk.window.sees("Asha Rao").await?;
    tap(&desk).await?;
    for command in ["snapshot", "status", "kinds", "doctor"] {
        let ask = "const [command, done] = arguments; window.__TAURI_INTERNALS__.invoke(command).then(done, done);";
        let answer = desk.window.page.execute_async(ask, vec![json!(command)]).await?;
        search.look(command, answer.to_string().as_bytes());
    }
    look_at_page(&mut search, &desk).await?;
    for text in heard.iter().chain(&tapped(&desk).await?.1) {
        search.look("what the page is told", text.as_bytes());
    }

    // What stays on the machine, and what is given away.
    let bundle = desk.desktop.home().join("bundle.tar");
    let file = bundle.to_str().context("a path of ours is text")?;
    for words in [
        &["account", "show", "work"][..],
        &["calls", "list"],
        &["status"],
        &["doctor", "--bundle", file],
    ] {
        let said = dialctl.run(words).await?;
        search.look(&words.join(" "), format!("{}\n{}", said.stdout, said.stderr).as_bytes());
    }
    is_for_strangers(&bundle, &dialctl.json(&["account", "show", "work"]).await?)?;
    let status = dialctl.json(&["status"]).await?;
    let pid = i32::try_from(status["pid"].as_i64().context("a process id")?)?;
    search.look_at_processes(pid)?;
    let limits = fs::read_to_string(format!("/proc/{pid}/limits"))?;
    let core = limits.lines().find(|line| line.starts_with("Max core file size"));
    ensure!(
        core.is_some_and(|line| line.split_whitespace().filter(|word| *word == "0").count() == 2),
        "a crash could write {core:?}"
    );
    // The home with configuration, database, journal, logs, crash reports and all that WebKit keeps; the keychain's
    // own file is in it, and encrypted. Beside it what the desktop's programs have logged.
    search.look_through(desk.desktop.home().parent().context("a home is in a folder")?)?;
    ensure!(search.searched > 60, "only {} places were searched", search.searched);
    ensure!(search.hits.is_empty(), "the key is in {:#?}", search.hits);

    // It was there to be found.
    let kept = desk
        .desktop
        .read("secret-tool", &["search", "--all", "service", "dialdeck"])
        .await?;
    ensure!(kept.contains(CANARY), "the keychain has {kept}");
    desk.is_sound().await
}

/// The bundle of a home that was lived in says nothing about anybody.
fn is_for_strangers(bundle: &Path, account: &Value) -> Result<()> {
    let text = String::from_utf8_lossy(&fs::read(bundle)?).into_owned();
    let hook = account["hook"].as_str().context("the account has a hook")?;
    let token = hook.rsplit('/').next().context("a token")?;
    for private in [
        "Asha",
        "Rao",
        "9460123",
        "946 0123",
        &AGENT[3..],
        &DID[3..],
        token,
        "/home",
    ] {
        ensure!(!text.contains(private), "{private} is in the bundle: {text}");
    }
    for told in ["desktop.log", "INFO", "\"provider\": \"acefone-uk\""] {
        ensure!(text.contains(told), "the bundle has no {told}: {text}");
    }
    Ok(())
}

#[test]
fn the_search_finds_each_form() {
    for (form, written) in forms(CANARY) {
        let mut search = Search::default();
        search.look("a file", &[b"before ", &written[..], b" after"].concat());
        assert!(!search.hits.is_empty(), "{form} is not found");
    }
    // As any program would write them: the key at three places of something longer.
    for before in ["", "a", "ab"] {
        let mut search = Search::default();
        let mut text = format!("{before}{CANARY}").into_bytes();
        text.resize(text.len().div_ceil(3) * 3, b' ');
        search.look("a file", &base64(&text, b"+/"));
        assert!(!search.hits.is_empty(), "not found after {before:?}");
    }
}
