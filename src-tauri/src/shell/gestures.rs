//! What the agent chooses in the tray and on notifications, carried to the engine.

use engine::api::{ApiError, CallbackDraft, PlaceReply, PlaceRequest, Reply, Request};
use uuid::Uuid;

use super::{News, Shell};
use crate::commands::ask;
use crate::commands::bar::Place;
use crate::notify::Subject;
use crate::popups::PopUpNews;
use crate::tray::{Choice, FAVOURITES};

impl Shell {
    /// An entry of the tray's menu.
    pub(super) fn choose(&mut self, choice: Choice) {
        match choice {
            Choice::Open => self.open(None),
            Choice::QuickDial => self.open_bar(false, false),
            Choice::Again { call } => self.place(self.tray_state.again(&call)),
            Choice::Favourite { contact } => self.place(self.tray_state.favourite(&contact)),
            Choice::Callback { callback } => self.call_callback(callback),
            Choice::CheckAgain { call } => self.demand(Request::CheckAgain { call }),
            Choice::End { call } => self.demand(Request::End { call: Some(call) }),
            Choice::MarkEnded { call } => self.demand(Request::MarkEnded { call }),
            Choice::DoNotDisturb(span) => self.demand(Request::DoNotDisturb { span }),
            Choice::Privacy(is) => self.set_privacy(is),
            Choice::Alerts => self.go(Place::Alerts),
            Choice::Callbacks => self.go(Place::Callbacks),
            Choice::Accounts => self.go(Place::Accounts),
            Choice::Diagnosis => self.go(Place::Diagnosis),
            Choice::Settings => self.go(Place::Settings),
            Choice::Quit => self.quit(),
        }
    }

    /// What the agent chose on a notification. What is not named here is better seen in the window.
    pub(super) fn answer(&mut self, subject: Subject, action: &str) {
        match (subject, action) {
            (Subject::Call(call), "end") => self.demand(Request::End { call: Some(call) }),
            (Subject::Call(call), "check_again") => self.demand(Request::CheckAgain { call }),
            (Subject::Call(call), "mark_ended") => self.demand(Request::MarkEnded { call }),
            (Subject::Call(call), "call_back") => self.place(self.tray_state.again(&call)),
            (Subject::Call(call), "remind_later") => self.remind_later(&call),
            (Subject::Call(call), _) => self.go(Place::Call { call }),
            (Subject::Callback(callback), "callback_call") => self.call_callback(callback),
            (Subject::Callback(callback), "callback_snooze") => self.demand(Request::SnoozeCallback {
                callback,
                until: LATER.into(),
                zone: None,
            }),
            (Subject::Callback(_), _) => self.go(Place::Callbacks),
            (Subject::Account(_), _) => self.go(Place::Accounts),
        }
    }

    pub(super) fn hear_popups(&mut self, news: PopUpNews) {
        if let Some((subject, action)) = self.popups.hear(news) {
            self.answer(subject, &action);
        }
    }

    /// Asks who the favourites are: the tray offers them.
    pub(super) fn read_favourites(&self) {
        let Some(engine) = self.engine.clone() else { return };
        let news = self.news.clone();
        tauri::async_runtime::spawn(async move {
            let request = Request::ListContacts {
                from: 0,
                limit: FAVOURITES,
            };
            match ask(&engine, request).await {
                Ok(list) => news.tell(News::Favourites(Box::new(list))),
                Err(ApiError { code, .. }) => tracing::warn!(code, "the favourites could not be read"),
            }
        });
    }

    /// Asks the engine for something. Where that fails, the window says why, and what can be done.
    pub(super) fn demand(&self, request: Request) {
        let Some(engine) = self.engine.clone() else { return };
        let news = self.news.clone();
        tauri::async_runtime::spawn(async move {
            let done: Result<Reply, _> = engine.request(request).await;
            if done.is_err() {
                news.tell(News::Chosen(Choice::Open));
            }
        });
    }

    /// Places a call by one gesture. What has to be asked about first is asked about in the window.
    fn place(&mut self, request: Option<PlaceRequest>) {
        let (Some(request), Some(engine)) = (request, self.engine.clone()) else {
            return self.open(None);
        };
        let news = self.news.clone();
        tauri::async_runtime::spawn(async move {
            let target = request.target.clone();
            let result = ask(&engine, Request::Place(request)).await;
            news.tell(News::Placed { result, target });
        });
    }

    /// Calls a callback now.
    fn call_callback(&mut self, callback: String) {
        let Some(engine) = self.engine.clone() else { return };
        let news = self.news.clone();
        tauri::async_runtime::spawn(async move {
            let request = Request::CallCallback {
                callback,
                yes: false,
                despite_unknown: false,
                intent: Some(Uuid::now_v7().to_string()),
            };
            match ask(&engine, request).await {
                Ok(PlaceReply::Placed { .. }) => return,
                Ok(PlaceReply::NeedsConfirmation { .. } | PlaceReply::HeldBack { .. }) => {}
                Err(ApiError { code, .. }) => tracing::warn!(code, "a callback was not called"),
            }
            news.tell(News::Chosen(Choice::Callbacks));
        });
    }

    /// Makes a callback of a call that reached nobody.
    fn remind_later(&mut self, call: &str) {
        let Some(PlaceRequest {
            target,
            account,
            from,
            contact,
            ..
        }) = self.tray_state.again(call)
        else {
            return self.open(None);
        };
        self.demand(Request::AddCallback(CallbackDraft {
            intent: Some(Uuid::now_v7().to_string()),
            target,
            when: LATER.into(),
            account,
            from,
            contact,
            ..CallbackDraft::default()
        }));
    }

    fn set_privacy(&mut self, is: bool) {
        let Some(settings) = &self.settings else { return };
        let mut settings = settings.clone();
        settings.privacy = is;
        self.demand(Request::SetSettings { settings });
    }
}

/// When *Remind in 10 min* reminds.
const LATER: &str = "in 10m";
