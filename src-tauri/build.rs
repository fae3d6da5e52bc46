//! Declares the app's own commands, so that a page may use only those its capability names.

// The same list the window's bindings are checked against.
#[path = "src/commands/names.rs"]
mod names;

fn main() {
    let manifest = tauri_build::AppManifest::new().commands(names::NAMES);
    let attributes = tauri_build::Attributes::new().app_manifest(manifest);
    if let Err(problem) = tauri_build::try_build(attributes) {
        println!("cargo::error={problem:#}");
        println!("cargo::error=The pages come from `npm run build` in ui/; `cargo xtask run` builds them first.");
        std::process::exit(1);
    }
}
