//! The desktop shell: windows, tray and notifications around the engine. Decides nothing.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod args;
mod autostart;
mod bar;
mod bindings;
mod browser;
mod commands;
mod engine_link;
mod keys;
mod log;
#[cfg(target_os = "linux")]
mod machine;
mod marks;
mod notify;
mod pages;
mod popups;
mod quitting;
#[cfg(target_os = "linux")]
mod renderer;
mod shell;
mod tray;
mod trouble;
mod windows;

use std::process::ExitCode;

use anyhow::{Context, bail};
use engine::Home;
use tauri::plugin::TauriPlugin;
use tauri::{Manager, RunEvent, Window, WindowEvent, Wry};
use tauri_plugin_window_state::{AppHandleExt, StateFlags};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

use args::{Asked, Launch};
use autostart::Autostart;
use bar::BarNews;
use engine_link::Start;
use marks::Marks;
use quitting::Answer;
use shell::{News, NewsDesk, Parts, Shell};
use trouble::Trouble;

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    renderer::choose();
    engine::keep_memory_private();
    engine::on_panic("dialdeck", None);
    let ended = match args::read(std::env::args_os().skip(1)) {
        Ok(Asked::Start(launch)) => start(launch),
        Ok(Asked::Help) => print(args::HELP),
        Ok(Asked::Version) => print(concat!("dialdeck ", env!("CARGO_PKG_VERSION"), "\n")),
        Err(problem) => {
            eprintln!("{problem}\n\n{}", args::HELP);
            Ok(ExitCode::from(2))
        }
    };
    ended.unwrap_or_else(|problem| {
        // A sentence for the agent, never a backtrace.
        eprintln!("{problem:#}");
        ExitCode::FAILURE
    })
}

fn start(launch: Launch) -> anyhow::Result<ExitCode> {
    let home = match &launch.home {
        Some(folder) => Home::under(std::path::absolute(folder)?),
        None => Home::of_platform(|name| std::env::var(name).ok())
            .context("The environment names no home folder: set HOME or DIALDECK_HOME, or give --home DIR.")?,
    };
    engine::on_panic("dialdeck", Some(home.logs()));
    require_display()?;

    // A home that cannot be written to is told of by the engine's start; that there is no log either is no news.
    let _log = log::to_files(&home).ok();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    // Before anything of a desktop is begun, which takes its time and has threads of its own that a program on its way out
    // would leave behind.
    if runtime.block_on(engine_link::hand_over(&home, launch.call_forward())) {
        return Ok(ExitCode::SUCCESS);
    }
    tauri::async_runtime::set(runtime.handle().clone());
    // The engine starts while the app around it is built.
    let starting = runtime.spawn({
        let (home, wanted) = (home.clone(), launch.call_forward());
        async move { engine_link::start(&home, wanted).await }
    });
    run(home, launch, starting)
}

/// Builds the app around the engine that starts, and lives until the agent quits.
fn run(home: Home, launch: Launch, starting: JoinHandle<Start>) -> anyhow::Result<ExitCode> {
    let commands = bindings::builder();
    let handler = commands.invoke_handler();
    let (news, inbox) = NewsDesk::new();
    let (trouble, told) = watch::channel(None);
    let (popups, shown) = watch::channel(String::new());
    let windows = news.clone();
    let (hand_over, handed) = oneshot::channel();
    let builder = tauri::Builder::default();
    #[cfg(not(target_os = "linux"))]
    let builder = builder.plugin(tauri_plugin_global_shortcut::Builder::new().build());
    let app = builder
        .plugin(remembered(&home))
        .manage(Autostart::of(&home, is_home_named(&launch)))
        .manage(news.clone())
        .register_uri_scheme_protocol(trouble::SCHEME, move |_, request| {
            trouble::serve(request.uri().path(), told.borrow().as_ref())
        })
        .register_uri_scheme_protocol(popups::SCHEME, move |_, request| {
            popups::serve(request.uri().path(), &shown.borrow())
        })
        .register_uri_scheme_protocol(quitting::SCHEME, |_, request| quitting::serve(request.uri().path()))
        .invoke_handler(handler)
        .on_window_event(move |window, event| {
            remember(window, event);
            hear_window(&windows, window.label(), event);
        })
        .setup(move |app| {
            commands.mount_events(app);
            let (app, marks) = (app.handle().clone(), Marks::from_environment());
            listen_for_signals(news.clone());
            let parts = Parts {
                app,
                home,
                launch,
                news,
                marks,
                started: handed.blocking_recv()?,
                trouble,
                popups,
            };
            Shell::start(parts, inbox);
            Ok(())
        })
        .build(tauri::generate_context!())?;
    let started = match tauri::async_runtime::block_on(starting)? {
        Start::Running(running) => Ok(running),
        // It has begun in the moment since it was asked for.
        Start::Elsewhere => return Ok(ExitCode::SUCCESS),
        Start::Trouble(trouble) => {
            tell(&trouble);
            Err(trouble)
        }
    };
    // The app has begun its set-up only once it runs.
    let _ = hand_over.send(started);

    let code = app.run_return(|_, event| {
        // The app lives in the tray: that its last window has gone is no reason to end.
        if let RunEvent::ExitRequested { code: None, api, .. } = event {
            api.prevent_exit();
        }
    });
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)))
}

/// What is remembered of the window.
const REMEMBERED: StateFlags = StateFlags::SIZE
    .union(StateFlags::POSITION)
    .union(StateFlags::MAXIMIZED);

/// Where the window stood, and how large it was, from one start to the next.
fn remembered(home: &Home) -> TauriPlugin<Wry> {
    tauri_plugin_window_state::Builder::new()
        .with_filename(home.data_dir.join("windows.json").to_string_lossy())
        .with_state_flags(REMEMBERED)
        // The bar and pop-ups have their places, and a trouble none to come back to.
        .with_filter(|label| label == shell::MAIN)
        .build()
}

/// Writes down where the window is when the agent turns away from it: nobody says before a program is killed.
fn remember(window: &Window, event: &WindowEvent) {
    if !matches!(event, WindowEvent::Focused(false))
        || window.label() != shell::MAIN
        || !window.is_visible().unwrap_or(false)
    {
        return;
    }
    if let Err(problem) = window.app_handle().save_window_state(REMEMBERED) {
        tracing::warn!(%problem, "the place of the window is not kept");
    }
}

/// Whether this home is another than the platform's own.
fn is_home_named(launch: &Launch) -> bool {
    launch.home.is_some() || std::env::var_os("DIALDECK_HOME").is_some_and(|home| !home.is_empty())
}

fn hear_window(news: &NewsDesk, label: &str, event: &WindowEvent) {
    match (label, event) {
        (shell::MAIN, WindowEvent::CloseRequested { api, .. }) => {
            api.prevent_close();
            news.tell(News::CloseAsked);
        }
        (shell::MAIN, WindowEvent::Focused(is)) => news.tell(News::Focused(*is)),
        (shell::MAIN, WindowEvent::Destroyed) => news.tell(News::WindowGone),
        (bar::BAR, WindowEvent::CloseRequested { api, .. }) => {
            api.prevent_close();
            news.tell(News::Bar(BarNews::Done));
        }
        (bar::BAR, WindowEvent::Focused(is)) => news.tell(News::Bar(BarNews::Focused(*is))),
        (bar::BAR, WindowEvent::Destroyed) => news.tell(News::Bar(BarNews::Gone)),
        (shell::QUITTING, WindowEvent::CloseRequested { .. }) => news.tell(News::QuitAnswered(Answer::Stay)),
        // Nothing runs behind that page: closing it is quitting.
        (shell::TROUBLE, WindowEvent::CloseRequested { .. }) => news.tell(News::Quit),
        _ => {}
    }
}

/// A session that ends, or Ctrl+C, is a quit: home and socket are left in order.
fn listen_for_signals(news: NewsDesk) {
    tauri::async_runtime::spawn(async move {
        let interrupted = tokio::signal::ctrl_c();
        #[cfg(unix)]
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut terminated) => tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            },
            Err(problem) => return tracing::warn!(%problem, "signals are not heard"),
        }
        #[cfg(not(unix))]
        if interrupted.await.is_err() {
            return;
        }
        news.tell(News::Quit);
    });
}

/// GTK ends the process where it finds no display; a sentence is more use.
fn require_display() -> anyhow::Result<()> {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY") {
        bail!("There is no display here (DISPLAY and WAYLAND_DISPLAY are empty). Without one, use dialctl.");
    }
    Ok(())
}

/// For whoever started the app from a terminal; the window says the same.
fn tell(trouble: &Trouble) {
    let (message, hint) = trouble.words();
    eprintln!("{message}");
    if let Some(hint) = hint {
        eprintln!("{hint}");
    }
}

fn print(text: &str) -> anyhow::Result<ExitCode> {
    std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
