//! What stands on the page, read in one go: element by element, it could change in between.

use anyhow::{Context, Result};
use dialdeck_tests::desktop::Window;
use serde::Deserialize;

/// The card of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Card {
    /// Whom it is with, as a screen reader says it.
    pub name: String,
    pub headline: String,
    /// Time in this state, as `MM:SS`.
    pub timer: String,
    /// Whose leg, how far it got, and whether that is confirmed or assumed (empty while it waits).
    pub legs: Vec<(String, String, String)>,
    /// The labels of the buttons that take clicks now.
    pub buttons: Vec<String>,
    pub text: String,
}

const CARDS: &str = r#"
    const text = (element) => element?.textContent.trim().replace(/\s+/g, ' ') ?? '';
    const legs = (card) => [...card.querySelectorAll('[aria-label="The two halves of this call"] > li')]
        .map((line) => [...line.querySelectorAll('span')].map(text)).map(([who, state, known]) => [who, state, known ?? '']);
    const named = (button) => button.getAttribute('aria-label') ?? text(button);
    const read = (card) => ({
        name: card.getAttribute('aria-label'),
        headline: text(card.querySelector('h2')),
        timer: text(card.querySelector('[role=timer]')).replace('≈', ''),
        legs: legs(card),
        buttons: [...card.querySelectorAll('button:not(:disabled)')].map(named),
        text: card.innerText,
    });
    const cards = () => [...document.querySelectorAll('[aria-label="Current calls"] article')].map(read);
"#;

/// Notes every change of the newest card, however short it stays, and everything that goes wrong on the page.
const WITNESS: &str = r#"
    window.witness = { cards: [], problems: [] };
    const problem = (text) => window.witness.problems.push(text);
    addEventListener('error', ({ message }) => problem(`error: ${message}`));
    addEventListener('unhandledrejection', ({ reason }) => problem(`rejected: ${reason?.message ?? JSON.stringify(reason)}`));
    addEventListener('securitypolicyviolation', (event) => problem(`policy: ${event.violatedDirective} ${event.blockedURI}`));
    const { error } = console;
    console.error = (...words) => { problem(`console: ${words.join(' ')}`); error.apply(console, words); };
    new ReportingObserver((reports) => reports.forEach(({ type, body }) => problem(`${type}: ${JSON.stringify(body)}`)), { buffered: true }).observe();
    const look = () => {
        const [card] = cards();
        const last = window.witness.cards.at(-1);
        if (!card) return;
        // The timer runs on without being news.
        const same = last && last.headline === card.headline && JSON.stringify(last.legs) === JSON.stringify(card.legs);
        if (!same) window.witness.cards.push(card);
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
"#;

async fn run<T: for<'de> Deserialize<'de>>(window: &Window, script: &str) -> Result<T> {
    let found = window.page.execute(script, Vec::new()).await?;
    serde_json::from_value(found.clone()).with_context(|| format!("not what was looked for: {found}"))
}

/// The cards as they are, the running call's first.
///
/// Errors: the page is gone.
pub async fn cards(window: &Window) -> Result<Vec<Card>> {
    run(window, &format!("{CARDS} return cards();")).await
}

/// Starts noting what happens on the page.
///
/// Errors: the page is gone.
pub async fn watch(window: &Window) -> Result<()> {
    window.page.execute(&format!("{CARDS} {WITNESS}"), Vec::new()).await?;
    Ok(())
}

/// Every state the newest card has shown since the page is watched.
///
/// Errors: the page is gone.
pub async fn seen_cards(window: &Window) -> Result<Vec<Card>> {
    run(window, "return window.witness.cards;").await
}

/// What went wrong on the page: errors, and what its own policy forbade.
///
/// Errors: the page is gone.
pub async fn problems(window: &Window) -> Result<Vec<String>> {
    run(window, "return window.witness.problems;").await
}

/// Every row of the recent calls, as text.
///
/// Errors: the page is gone.
pub async fn history(window: &Window) -> Result<Vec<String>> {
    run(
        window,
        r#"return [...document.querySelectorAll('[aria-label="Person or recent calls"] ul:not([aria-label]) > li > button:first-child')]
            .map((row) => row.innerText.replace(/\s+/g, ' ').trim());"#,
    )
    .await
}

/// Waits until nothing on the page is changing its colour or place any more, and until that is drawn.
///
/// Errors: the page is gone.
pub async fn settle(window: &Window) -> Result<()> {
    let script = r#"
        const done = arguments[0];
        const passing = () =>
            document.getAnimations().filter(({ effect }) => effect.getComputedTiming().iterations !== Infinity);
        const frame = () => new Promise((drawn) => requestAnimationFrame(drawn));
        // What ends, or comes in meanwhile, may set the next thing going.
        const settle = async () => {
            do {
                await Promise.allSettled(passing().map(({ finished }) => finished));
                for (let frames = 0; frames < 3; frames += 1) await frame();
            } while (passing().length > 0);
        };
        settle().then(() => done());
    "#;
    window.page.execute_async(script, Vec::new()).await?;
    Ok(())
}

/// The rows below the field: their text, and what of it is marked as found.
///
/// Errors: the page is gone.
pub async fn found(window: &Window) -> Result<Vec<FoundRow>> {
    run(
        window,
        r#"return [...document.querySelectorAll('[role="option"]')].map((row) => ({
            text: row.innerText.replace(/\s+/g, ' ').trim(),
            marked: [...row.querySelectorAll('mark')].map((mark) => mark.textContent),
        }));"#,
    )
    .await
}

/// What of the list below the field stands on the page.
///
/// Errors: the page is gone, or shows no rows.
pub async fn listed(window: &Window) -> Result<Listed> {
    run(
        window,
        r#"const options = [...document.querySelectorAll('[role="option"]')];
        const frame = document.querySelector('[role="listbox"]').parentElement.getBoundingClientRect();
        const inView = (row) => { const at = row.getBoundingClientRect(); return at.bottom > frame.top + 1 && at.top < frame.bottom - 1; };
        const place = (row) => Number(row.getAttribute('aria-posinset'));
        const chosen = options.find((row) => row.getAttribute('aria-selected') === 'true' && inView(row));
        const [first] = options.filter(inView);
        return {
            of: Number(options[0].getAttribute('aria-setsize')),
            rows: options.length,
            first: first ? place(first) : 0,
            is_waiting: document.querySelector('[role="listbox"] .bone') !== null,
            chosen: chosen ? place(chosen) : null,
        };"#,
    )
    .await
}

/// The list below the field.
#[derive(Debug, Deserialize)]
pub struct Listed {
    /// How many rows it has.
    pub of: usize,
    /// How many of them stand on the page.
    pub rows: usize,
    /// The place of the first one in view, from 1.
    pub first: usize,
    /// Rows in view, or near it, are still on their way.
    pub is_waiting: bool,
    /// The place of the highlighted one, if it is in view.
    pub chosen: Option<usize>,
}

/// Takes the bar of the list to a share of its way.
///
/// Errors: the page is gone.
pub async fn scroll_list(window: &Window, share: f64) -> Result<()> {
    let script = format!("{FRAME} frame.scrollTop = {share} * (frame.scrollHeight - frame.clientHeight);");
    window.page.execute(&script, Vec::new()).await?;
    Ok(())
}

/// Scrolls the list by so many pixels, as a wheel does.
///
/// Errors: the page is gone.
pub async fn scroll_list_by(window: &Window, pixels: f64) -> Result<()> {
    let script = format!("{FRAME} frame.scrollBy(0, {pixels});");
    window.page.execute(&script, Vec::new()).await?;
    Ok(())
}

/// What the list is scrolled in.
const FRAME: &str = r#"const frame = document.querySelector('[role="listbox"]').parentElement;"#;

/// One row below the field.
#[derive(Debug, Deserialize)]
pub struct FoundRow {
    pub text: String,
    pub marked: Vec<String>,
}

/// Notes for each key in the field how long it took until the rows for it stood on the page, and until the frame with
/// them was drawn; in milliseconds.
///
/// Errors: the page is gone.
pub async fn time_keys(window: &Window) -> Result<()> {
    let script = r#"
        window.keyTimes = [];
        const list = document.querySelector('[role="listbox"]');
        let typed = null;
        let answered = null;
        document.addEventListener('input', () => { typed = performance.now(); answered = null; }, true);
        // Commands of the window go out by `fetch`.
        const fetched = window.fetch;
        window.fetch = async (...asked) => {
            const answer = await fetched(...asked);
            if (typed !== null && String(asked[0]).endsWith('/find')) {
                const json = answer.json.bind(answer);
                answer.json = async () => {
                    const value = await json();
                    answered = performance.now() - typed;
                    return value;
                };
            }
            return answer;
        };
        new MutationObserver(() => {
            if (typed === null) return;
            const key = { answered, found: performance.now() - typed, drawn: null };
            const from = typed;
            typed = null;
            window.keyTimes.push(key);
            // What is posted in a frame's callback runs after the frame is drawn.
            requestAnimationFrame(() => {
                const drawn = new MessageChannel();
                drawn.port1.onmessage = () => { key.drawn = performance.now() - from; };
                drawn.port2.postMessage(null);
            });
        }).observe(list, { childList: true, subtree: true, characterData: true, attributes: true });
    "#;
    window.page.execute(script, Vec::new()).await?;
    Ok(())
}

/// Puts a field into the page that has twelve rows of text change in the event of its key, with nothing asked of anybody,
/// and notes until when the frame with them was drawn as [`time_keys`] does. What this machine needs to draw a key.
///
/// Errors: the page is gone.
pub async fn time_bare_keys(window: &Window) -> Result<()> {
    let script = r#"
        window.keyTimes = [];
        const bare = document.createElement('div');
        bare.id = 'bare';
        bare.style.cssText = 'position: fixed; inset: 0 auto auto 0; width: 300px; z-index: 99; background: #fff';
        const field = document.createElement('input');
        const rows = Array.from({ length: 12 }, () => document.createElement('div'));
        bare.append(field, ...rows);
        document.body.append(bare);
        field.addEventListener('input', () => {
            const typed = performance.now();
            rows.forEach((row, index) => { row.textContent = `${field.value} ${index}`; });
            const key = { answered: 0, found: performance.now() - typed, drawn: null };
            window.keyTimes.push(key);
            requestAnimationFrame(() => {
                const drawn = new MessageChannel();
                drawn.port1.onmessage = () => { key.drawn = performance.now() - typed; };
                drawn.port2.postMessage(null);
            });
        });
    "#;
    window.page.execute(script, Vec::new()).await?;
    Ok(())
}

/// Takes what [`time_bare_keys`] has put into the page out again.
///
/// Errors: the page is gone.
pub async fn remove_bare(window: &Window) -> Result<()> {
    window
        .page
        .execute("document.querySelector('#bare').remove();", Vec::new())
        .await?;
    Ok(())
}

/// What [`time_keys`] or [`time_bare_keys`] has noted.
///
/// Errors: the page is gone.
pub async fn key_times(window: &Window) -> Result<Vec<KeyTime>> {
    run(window, "return window.keyTimes;").await
}

/// From a key to its rows, in milliseconds.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct KeyTime {
    /// Until the engine's answer was in the page; none where the list changed before.
    pub answered: Option<f64>,
    pub found: f64,
    /// Not yet, if none.
    pub drawn: Option<f64>,
}
