//! From the engine's answer to what a command returns.

use engine::EngineHandle;
use engine::api::{ApiError, ErrorClass, ImportLook, PlaceReply, Reply, Request};
use engine::quick::QuickView;
use engine::view::{
    AccountView, AgentChoiceView, AttentionView, BookConflictView, BookReport, BookView, CallView, CallbackView,
    ContactListView, ContactView, CrashView, DidView, DoctorCheck, DuplicatesView, Found, ImportReport, KeychainState,
    MergePreview, MergeView, PhoneLinkView, ProviderKindView, ScreenPopView, SettingsView, Snapshot, StatusView,
    TargetCheck, TestReportView, WhenCheck,
};

/// Sends one request and takes the kind of answer that belongs to it.
///
/// # Errors
/// As the engine says; `unexpected_reply` if it answered something else, which would be a bug.
pub async fn ask<T: FromReply>(engine: &EngineHandle, request: Request) -> Result<T, ApiError> {
    let reply = engine.request(request).await?;
    T::from_reply(reply).ok_or_else(|| {
        tracing::error!(
            wanted = std::any::type_name::<T>(),
            "the engine's answer does not fit its request"
        );
        ApiError::new(ErrorClass::Failed, "unexpected_reply")
    })
}

/// A kind of answer.
pub trait FromReply: Sized {
    fn from_reply(reply: Reply) -> Option<Self>;
}

macro_rules! from_reply {
    ($($wanted:ty: $pattern:pat => $value:expr;)*) => {$(
        impl FromReply for $wanted {
            fn from_reply(reply: Reply) -> Option<Self> {
                if let $pattern = reply { Some($value) } else { None }
            }
        }
    )*};
}

/// A command that returns nothing is content with any answer: some tell the new state, which comes as an event too.
impl FromReply for () {
    fn from_reply(_: Reply) -> Option<Self> {
        Some(())
    }
}

from_reply! {
    Snapshot: Reply::Snapshot(view) => *view;
    StatusView: Reply::Status(view) => *view;
    Vec<ProviderKindView>: Reply::Kinds(kinds) => kinds;
    AccountView: Reply::Account(view) => *view;
    TestReportView: Reply::Test(report) => report;
    Vec<AgentChoiceView>: Reply::Agents(agents) => agents;
    Vec<DidView>: Reply::Dids(dids) => dids;
    TargetCheck: Reply::Target(check) => *check;
    PlaceReply: Reply::Place(reply) => reply;
    CallView: Reply::Call(view) => *view;
    Vec<CallView>: Reply::Calls(calls) => calls;
    ContactView: Reply::Contact(view) => *view;
    Found: Reply::Found(found) => *found;
    QuickView: Reply::Quick(view) => *view;
    Option<String>: Reply::NumberFound(number) => number;
    ContactListView: Reply::ContactList(list) => list;
    DuplicatesView: Reply::Duplicates(found) => found;
    MergePreview: Reply::MergePreview(preview) => *preview;
    MergeView: Reply::Merge(merge) => *merge;
    Vec<MergeView>: Reply::Merges(merges) => merges;
    Vec<ContactView>: Reply::Unmerged(contacts) => contacts;
    ImportReport: Reply::Import(report) => report;
    ImportLook: Reply::ImportLook(look) => *look;
    String: Reply::Upload(text) | Reply::Saved(text) => text;
    SettingsView: Reply::Settings(view) => view;
    AttentionView: Reply::Attention(view) => view;
    KeychainState: Reply::Keychain(state) => state;
    Vec<DoctorCheck>: Reply::Doctor(checks) => checks;
    Vec<PhoneLinkView>: Reply::PhoneLinks(links) => links;
    Option<CrashView>: Reply::Crash(crash) => crash;
    Vec<ScreenPopView>: Reply::ScreenPops(pops) => pops;
    providers::Told: Reply::Told(told) => *told;
    BookView: Reply::Book(view) => *view;
    Vec<BookView>: Reply::Books(views) => views;
    BookReport: Reply::BookSynced(report) => *report;
    Vec<BookConflictView>: Reply::BookConflicts(views) => views;
    CallbackView: Reply::Callback(view) => *view;
    Vec<CallbackView>: Reply::Callbacks(views) => views;
    WhenCheck: Reply::When(check) => *check;
    Option<serde_json::Value>: Reply::Schema(schema) => schema;
}
