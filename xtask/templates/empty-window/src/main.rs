//! The least a Tauri app can be: one window, one page, one command. What it takes, every Tauri app takes.
//!
//! `destroy` on a line of stdin gives the window back, `open` makes it anew; the app goes on without one.

use std::io::{BufRead, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use tauri::{AppHandle, Manager, RunEvent, WebviewUrl, WebviewWindowBuilder};

const WINDOW: &str = "main";

/// Called by the page after its second animation frame.
#[tauri::command]
fn painted() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    println!("MARK painted {now}");
    let _ = std::io::stdout().flush();
}

fn main() {
    let app = tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![painted])
        .setup(|app| {
            let app = app.handle().clone();
            std::thread::spawn(move || listen(&app));
            Ok(())
        })
        .build(tauri::generate_context!());
    match app {
        Ok(app) => app.run(|_, event| {
            if let RunEvent::ExitRequested { api, .. } = event {
                api.prevent_exit();
            }
        }),
        Err(error) => {
            eprintln!("{error}");
            std::process::exit(1);
        }
    }
}

fn listen(app: &AppHandle) {
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let done = match line.as_str() {
            "destroy" => app.get_webview_window(WINDOW).map_or(Ok(()), |window| window.destroy()),
            "open" => WebviewWindowBuilder::new(app, WINDOW, WebviewUrl::default())
                .title("Empty window")
                .inner_size(960.0, 640.0)
                .build()
                .map(drop),
            _ => Ok(()),
        };
        if let Err(error) = done {
            eprintln!("{error}");
        }
    }
}
