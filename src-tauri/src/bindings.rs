//! The commands and the event that the window's TypeScript is generated from.

use engine::view;
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri_specta::{Builder, Event, collect_commands, collect_events};

use crate::bar::BarTold;
use crate::commands::{accounts, alerts, bar, books, callbacks, calls, contacts, desk, provider};

/// A change in the engine, as the window hears it (`engine-event`).
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct EngineEvent(pub view::Numbered);

/// Commands and events, typed for both sides.
#[must_use]
pub fn builder() -> Builder<tauri::Wry> {
    Builder::new()
        .commands(collect_commands![
            desk::snapshot,
            desk::status,
            desk::doctor,
            desk::phone_links,
            desk::take_phone_links,
            desk::crash,
            desk::dismiss_crash,
            desk::save_bundle,
            desk::screen_pops,
            desk::set_settings,
            desk::set_draft,
            desk::autostart,
            desk::set_autostart,
            desk::painted,
            bar::quick,
            bar::bar_ready,
            bar::bar_painted,
            bar::bar_height,
            bar::bar_done,
            bar::go,
            bar::hold_keys,
            bar::key_states,
            alerts::alerts_seen,
            alerts::do_not_disturb,
            alerts::notifier,
            accounts::kinds,
            accounts::add_account,
            accounts::update_account,
            accounts::set_secret,
            accounts::remove_secret,
            accounts::test_account,
            accounts::remove_account,
            accounts::default_account,
            accounts::rotate_hook,
            accounts::phone_checked,
            accounts::unlock_keychain,
            accounts::agents,
            accounts::dids,
            calls::check_target,
            calls::open_pasted,
            calls::keep_call_from,
            calls::place,
            calls::end,
            calls::check_again,
            calls::mark_ended,
            calls::dismiss,
            calls::set_note,
            calls::set_disposition,
            calls::list_calls,
            calls::show_call,
            contacts::add_contact,
            contacts::update_contact,
            contacts::mark_contact,
            contacts::remove_contact,
            contacts::show_contact,
            contacts::find,
            contacts::contact_chosen,
            contacts::list_contacts,
            contacts::begin_upload,
            contacts::upload_piece,
            contacts::drop_upload,
            contacts::inspect_import,
            contacts::start_import,
            contacts::cancel_import,
            contacts::save_import_problems,
            contacts::save_contacts,
            contacts::list_duplicates,
            contacts::preview_merge,
            contacts::merge_contacts,
            contacts::list_merges,
            contacts::undo_merge,
            contacts::set_distinct,
            books::add_book,
            books::list_books,
            books::sync_book,
            books::book_conflicts,
            books::resolve_conflict,
            books::remove_book,
            callbacks::add_callback,
            callbacks::callbacks,
            callbacks::callback_done,
            callbacks::cancel_callback,
            callbacks::snooze_callback,
            callbacks::mark_callback,
            callbacks::call_callback,
            callbacks::check_when,
            provider::endpoints,
            provider::endpoint_schema,
            provider::records,
            provider::open_recording,
            provider::scheduled_calls,
            provider::agent_status,
            provider::set_agent_status,
            provider::provider_contacts,
            provider::call_notes,
            provider::lead,
            provider::save_lead,
            provider::lead_choices,
            provider::transfer_call,
            provider::push_events_here,
        ])
        .events(collect_events![EngineEvent, BarTold, bar::Go])
        // Counts and ports: far below what a JavaScript number holds exactly.
        .dangerously_cast_bigints_to_number()
        // One type for both directions: a field that may be left out is optional either way.
        .disable_serde_phases()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use specta_typescript::Typescript;

    use super::*;
    use crate::commands::names::NAMES;

    const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/src/backend/generated/bindings.ts");

    #[test]
    fn the_windows_bindings_are_those_of_the_commands() {
        let folder = std::env::temp_dir().join(format!("dialdeck-bindings-{}", std::process::id()));
        let generated = folder.join("bindings.ts");
        std::fs::create_dir_all(&folder).unwrap();
        builder().export(Typescript::default(), &generated).unwrap();
        let fresh = std::fs::read_to_string(&generated).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();

        let committed = Path::new(COMMITTED);
        if std::env::var_os("DIALDECK_WRITE_BINDINGS").is_some_and(|value| value == "1") {
            std::fs::create_dir_all(committed.parent().unwrap()).unwrap();
            std::fs::write(committed, &fresh).unwrap();
        }
        let there = std::fs::read_to_string(committed).unwrap_or_default();
        assert!(
            there == fresh,
            "ui/src/backend/generated/bindings.ts is out of date: run `cargo xtask bindings`"
        );
    }

    #[test]
    fn every_command_has_a_name_for_its_permission_and_a_window_that_may_use_it() {
        let source = include_str!("bindings.rs");
        let collected: BTreeSet<&str> = source
            .lines()
            .filter_map(|line| line.trim().strip_suffix(',')?.split_once("::"))
            .filter(|(module, name)| {
                [
                    "desk",
                    "bar",
                    "alerts",
                    "accounts",
                    "calls",
                    "callbacks",
                    "contacts",
                    "books",
                    "provider",
                ]
                .contains(module)
                    && !name.contains(' ')
            })
            .map(|(_, name)| name)
            .collect();
        assert_eq!(collected, NAMES.iter().copied().collect());

        let main = allowed(include_str!("../capabilities/main.json"));
        let bar = allowed(include_str!("../capabilities/bar.json"));
        // What only the bar does, no other page can do.
        let of_the_bar: BTreeSet<_> = NAMES
            .iter()
            .map(ToString::to_string)
            .filter(|name| name.starts_with("bar_"))
            .collect();
        assert!(main.is_disjoint(&of_the_bar));
        assert!(of_the_bar.is_subset(&bar));
        let all: BTreeSet<String> = main.union(&of_the_bar).cloned().collect();
        assert_eq!(all, NAMES.iter().map(ToString::to_string).collect());
        assert!(bar.is_subset(&all));
    }

    fn allowed(capability: &str) -> BTreeSet<String> {
        let capability: serde_json::Value = serde_json::from_str(capability).unwrap();
        let permissions = capability["permissions"].as_array().unwrap();
        let own = permissions
            .iter()
            .filter_map(|permission| permission.as_str()?.strip_prefix("allow-"));
        own.map(|name| name.replace('-', "_")).collect()
    }
}
