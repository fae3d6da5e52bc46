//! What the tray knows: what the engine told last.

use engine::api::PlaceRequest;
use engine::privacy;
use engine::view::{
    AccountView, AttentionView, CallView, CallbackView, ContactListView, ContactRef, Event, Health, SearchRow,
    SettingsView, Snapshot, StatusView,
};
use engine::words;
use telephony::{CallbackState, Phase};
use uuid::Uuid;

/// How many calls are remembered: enough that five different people are among them.
const REMEMBERED: usize = 50;

/// How many favourites the menu holds.
pub const FAVOURITES: u32 = 10;

/// What the tray knows.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Why no engine runs, in a sentence.
    pub trouble: Option<String>,
    pub(super) accounts: Vec<AccountView>,
    /// Newest first.
    pub(super) calls: Vec<CallView>,
    /// Open ones.
    pub(super) callbacks: Vec<CallbackView>,
    pub(super) favourites: Vec<SearchRow>,
    pub(super) attention: AttentionView,
    /// Who somebody is stays masked.
    pub(super) private: bool,
}

impl State {
    /// What a snapshot says.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Self {
        let mut state = Self {
            accounts: snapshot.accounts.clone(),
            callbacks: snapshot.callbacks.clone(),
            attention: snapshot.status.attention.clone(),
            private: snapshot.settings.privacy,
            ..Self::default()
        };
        snapshot
            .history
            .iter()
            .chain(&snapshot.status.calls)
            .for_each(|call| state.put_call(call));
        state
    }

    /// Takes in a change.
    pub fn hear(&mut self, event: &Event) {
        match event {
            Event::Call { call } => self.put_call(call),
            Event::Callback { callback } => self.put_callback(callback),
            Event::Account { account } => self.put_account(account),
            Event::AccountRemoved { name } => self.accounts.retain(|account| account.name != *name),
            Event::Status { status } => self.put_status(status),
            Event::Attention { attention } => self.attention.clone_from(attention),
            Event::Settings { settings } => self.put_settings(settings),
            Event::Notification { .. }
            | Event::Alert { .. }
            | Event::Contacts
            | Event::ImportProgress { .. }
            | Event::ShowWindow { .. }
            | Event::ShowQuickDial { .. }
            | Event::Stopping => {}
        }
    }

    /// Takes in who the favourites are: the first rows of the directory. Those who are not to be called are left out.
    pub fn put_favourites(&mut self, list: ContactListView) {
        let favourites = list.rows.into_iter().take(list.favourites as usize);
        self.favourites = favourites
            .filter(|row| row.number.is_some() && !row.do_not_call)
            .collect();
    }

    /// What one gesture in the menu asks for: the other side of an earlier call, from the number it was called from.
    #[must_use]
    pub fn again(&self, id: &str) -> Option<PlaceRequest> {
        let call = self.call(id)?;
        let target = call
            .customer
            .as_ref()
            .map_or_else(|| call.target.clone(), ToString::to_string);
        Some(PlaceRequest {
            account: Some(call.account.clone()),
            from: call.caller_id.as_ref().map(ToString::to_string),
            contact: call
                .contact
                .as_ref()
                .filter(|contact| contact.is_certain())
                .map(|contact| contact.id.clone()),
            ..gesture(target)
        })
    }

    /// What one gesture in the menu asks for: a favourite.
    #[must_use]
    pub fn favourite(&self, contact: &str) -> Option<PlaceRequest> {
        let row = self.favourites.iter().find(|row| row.contact == contact)?;
        Some(PlaceRequest {
            contact: Some(row.contact.clone()),
            ..gesture(row.number.as_ref()?.to_string())
        })
    }

    /// The call with this id, if the tray still remembers it.
    #[must_use]
    pub fn call(&self, id: &str) -> Option<&CallView> {
        self.calls.iter().find(|call| call.id == id)
    }

    /// Whether a call runs that quitting leaves to itself.
    #[must_use]
    pub fn has_call(&self) -> bool {
        self.active().next().is_some()
    }

    /// Callbacks whose reminder's moment has come, the earliest first.
    pub(super) fn due(&self) -> impl Iterator<Item = &CallbackView> {
        self.callbacks.iter().filter(|callback| callback.due)
    }

    pub(super) fn active(&self) -> impl Iterator<Item = &CallView> {
        self.calls
            .iter()
            .filter(|call| call.phase != Phase::Ended && !call.dismissed)
    }

    pub(super) fn troubled_account(&self) -> Option<&AccountView> {
        self.accounts.iter().find(|account| is_troubled(account))
    }

    pub(super) fn is_offline(&self) -> bool {
        let failing = |account: &AccountView| account.health == Health::Failing;
        self.trouble.is_some() || (!self.accounts.is_empty() && self.accounts.iter().all(failing))
    }

    /// The other side of a call, as people call it.
    pub(super) fn who(&self, call: &CallView) -> String {
        let name = call.contact.as_ref().map(ContactRef::said);
        self.name_or_number(name.as_ref(), &call.shown.national, &call.target)
    }

    /// Whom a callback is for.
    pub(super) fn whom(&self, callback: &CallbackView) -> String {
        let name = callback.contact.as_ref().map(ContactRef::said);
        self.name_or_number(
            name.as_ref().or(callback.name.as_ref()),
            &callback.shown.national,
            &callback.target,
        )
    }

    /// Who a favourite is.
    pub(super) fn name(&self, row: &SearchRow) -> String {
        let national = row.national.as_deref().unwrap_or_default();
        self.name_or_number(Some(&row.name), national, national)
    }

    /// How a call stands, in a sentence.
    pub(super) fn headline(&self, call: &CallView) -> String {
        if self.private {
            words::sentence(&privacy::words(&call.headline))
        } else {
            words::sentence(&call.headline)
        }
    }

    fn name_or_number(&self, name: Option<&String>, national: &str, otherwise: &str) -> String {
        let name = name.filter(|name| !name.is_empty());
        let number = if national.is_empty() { otherwise } else { national };
        match name {
            Some(name) if self.private => privacy::name(name),
            Some(name) => name.clone(),
            None if self.private => privacy::number(number),
            None => number.to_owned(),
        }
    }

    fn put_call(&mut self, call: &CallView) {
        self.calls.retain(|known| known.id != call.id);
        let place = self
            .calls
            .partition_point(|known| known.requested_at > call.requested_at);
        self.calls.insert(place, call.clone());
        self.calls.truncate(REMEMBERED);
    }

    fn put_callback(&mut self, callback: &CallbackView) {
        self.callbacks.retain(|known| known.id != callback.id);
        if callback.state == CallbackState::Open {
            let place = self.callbacks.partition_point(|known| known.due_at <= callback.due_at);
            self.callbacks.insert(place, callback.clone());
        }
    }

    fn put_account(&mut self, account: &AccountView) {
        if account.default {
            self.accounts.iter_mut().for_each(|known| known.default = false);
        }
        match self.accounts.iter_mut().find(|known| known.id == account.id) {
            Some(known) => *known = account.clone(),
            None => self.accounts.push(account.clone()),
        }
    }

    fn put_status(&mut self, status: &StatusView) {
        status.calls.iter().for_each(|call| self.put_call(call));
        self.attention.clone_from(&status.attention);
        for told in &status.accounts {
            if let Some(known) = self.accounts.iter_mut().find(|known| known.name == told.name) {
                known.health = told.health;
                known.attention.clone_from(&told.attention);
            }
        }
    }

    fn put_settings(&mut self, settings: &SettingsView) {
        self.private = settings.privacy;
    }
}

/// A call by one gesture.
fn gesture(target: String) -> PlaceRequest {
    PlaceRequest {
        intent: Some(Uuid::now_v7().to_string()),
        target,
        ..PlaceRequest::default()
    }
}

fn is_troubled(account: &AccountView) -> bool {
    match account.health {
        Health::Unknown | Health::Ok => account.attention.is_some(),
        Health::Incomplete | Health::Failing => true,
    }
}
