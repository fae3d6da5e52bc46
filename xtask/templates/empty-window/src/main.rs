//! The least a Tauri app can be: one window, one page, one command. What it takes, every Tauri app takes.

use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

/// Called by the page after its second animation frame.
#[tauri::command]
fn painted() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    println!("MARK painted {now}");
    let _ = std::io::stdout().flush();
}

fn main() {
    let app = tauri::Builder::default().invoke_handler(tauri::generate_handler![painted]);
    if let Err(error) = app.run(tauri::generate_context!()) {
        eprintln!("{error}");
        std::process::exit(1);
    }
}
