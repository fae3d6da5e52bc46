//! The shell's own loop: what the engine, the windows, the tray and the notifications tell each other.
//!
//! It carries gestures to the engine and shows what the engine says. It decides nothing about calls.

mod frame;
mod gestures;
pub mod surface;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use engine::api::{ApiError, PlaceReply, Request};
use engine::view::{ContactListView, Event, FaceCheck, Numbered, SettingsView, Snapshot, Theme};
use engine::{EngineHandle, Home, privacy, words};
use tauri::{AppHandle, Manager};
use tauri_specta::Event as _;
use tokio::sync::{broadcast, mpsc, oneshot, watch};

use crate::args::{BarWish, Launch};
use crate::bar::{BAR, Bar, BarNews};
use crate::bindings::EngineEvent;
use crate::commands::ask;
use crate::commands::bar::{Go, Place};
use crate::engine_link::{self, Running, Start};
use crate::keys::{self, KeyState, KeyUse, Keys};
use crate::marks::Marks;
use crate::notify::{self, Notifier, Order, PopUp, Subject};
use crate::popups::{PopUpNews, PopUps};
use crate::quitting::Answer;
use crate::tray::{self, Choice};
use crate::trouble::{Trouble, Wish};
use crate::windows::{Deed, Life, Prefill, Sight};

pub use frame::{MAIN, QUITTING, TROUBLE, is_own_page, off_the_network};

/// How long the engine may take to let go before the app ends without it.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// Something happened that the shell must react to.
#[derive(Debug)]
pub enum News {
    Engine(Numbered),
    /// Events were lost to slowness: everything is to be read anew.
    Missed,
    EngineEnded,
    /// The page is on screen and listens.
    Painted,
    CloseAsked,
    Focused(bool),
    WindowGone,
    /// An entry of the tray's menu.
    Chosen(Choice),
    /// Who the favourites are.
    Favourites(Box<ContactListView>),
    /// A notification that nobody else shows.
    PopUp {
        popup: PopUp,
        is_fresh: bool,
    },
    PopUps(PopUpNews),
    QuitAnswered(Answer),
    /// An action of a notification.
    Answered {
        subject: Subject,
        action: String,
    },
    /// A dial without a window came to this; the text that the window should show if it must answer.
    Placed {
        result: Result<PlaceReply, ApiError>,
        target: String,
    },
    /// The agent's wish on the page that tells of a trouble.
    Wished(Wish),
    Bar(BarNews),
    /// The bar is on screen with what it was opened with.
    BarPainted,
    /// A key that works in every program.
    Key(KeyUse),
    /// One is about to be chosen, or that is over.
    HoldKeys(bool),
    /// The agent goes on in the main window.
    Go(Place),
    Quit,
}

/// Where news are brought. Cheap to clone.
#[derive(Debug, Clone)]
pub struct NewsDesk(mpsc::UnboundedSender<News>);

impl NewsDesk {
    /// A desk, and where its news arrive.
    #[must_use]
    pub fn new() -> (Self, mpsc::UnboundedReceiver<News>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), receiver)
    }

    /// Brings news; when the shell has ended there is nobody to hear them.
    pub fn tell(&self, news: News) {
        let _ = self.0.send(news);
    }
}

/// The shell's state; owned by its one task.
pub struct Shell {
    app: AppHandle,
    home: Home,
    news: NewsDesk,
    marks: Marks,
    engine: Option<EngineHandle>,
    /// What the app was started with, until an engine has read it.
    asked: Option<String>,
    trouble: watch::Sender<Option<Trouble>>,
    life: Life,
    /// None until it is put there, or where it cannot be.
    tray: Option<tray::Host>,
    tray_state: tray::State,
    /// The number of the last event that the tray and the page know of.
    told: u64,
    settings: Option<SettingsView>,
    bar: Bar,
    keys: Keys,
    key_states: watch::Sender<Vec<KeyState>>,
    /// Where the page is to go as soon as it is there.
    going: Option<Place>,
    notifier: Notifier,
    popups: PopUps,
}

/// What the shell starts with.
pub struct Parts {
    pub app: AppHandle,
    pub home: Home,
    pub launch: Launch,
    pub news: NewsDesk,
    pub marks: Marks,
    pub started: Result<Running, Trouble>,
    pub trouble: watch::Sender<Option<Trouble>>,
    /// The page of our own pop-ups.
    pub popups: watch::Sender<String>,
}

impl Shell {
    /// Starts the loop.
    pub fn start(parts: Parts, inbox: mpsc::UnboundedReceiver<News>) {
        let Parts {
            app,
            home,
            launch,
            news,
            marks,
            started,
            trouble,
            popups,
        } = parts;
        let mut tray_state = tray::State::default();
        let engine = started.inspect_err(|problem| {
            tray_state.trouble = Some(problem.words().0);
            trouble.send_replace(Some(problem.clone()));
        });
        let notifier = Notifier::start(news.clone());
        app.manage(notifier.clone());
        let popups = PopUps::new(app.clone(), news.clone(), popups);
        let bar = Bar::new(app.clone(), news.clone(), Duration::ZERO);
        let keys = Keys::new(app.clone(), news.clone());
        let (key_states, states) = watch::channel(Vec::new());
        app.manage(states);
        let shell = Self {
            app,
            home,
            news,
            marks,
            engine: None,
            asked: None,
            trouble,
            life: Life::new(launch.keep_hidden),
            tray: None,
            tray_state,
            told: 0,
            settings: None,
            bar,
            keys,
            key_states,
            going: None,
            notifier,
            popups,
        };
        tauri::async_runtime::spawn(shell.run(engine.ok(), launch, inbox));
    }

    async fn run(mut self, engine: Option<Running>, launch: Launch, mut inbox: mpsc::UnboundedReceiver<News>) {
        if let Some(engine) = engine {
            self.take(engine).await;
        }
        self.asked = launch.prefill;
        match launch.bar {
            Some(wish) => self.open_bar(wish == BarWish::OfSelection, false),
            // A link is a wish to see it, whatever else the start says.
            None if launch.tray && self.asked.is_none() => {}
            None => self.open_asked().await,
        }
        // Windows begin in processes of their own: the icon is made meanwhile.
        self.put_tray().await;
        loop {
            let kept_until = self.life.kept_until().into_iter().chain(self.bar.kept_until()).min();
            let news = tokio::select! {
                news = inbox.recv() => news,
                () = until(kept_until) => {
                    let deeds = self.life.pass(Instant::now());
                    self.perform(deeds);
                    self.bar.pass();
                    continue;
                }
            };
            match news {
                Some(News::Quit) | None => break,
                Some(news) => self.hear(news).await,
            }
        }
        self.end().await;
    }

    /// Puts the icon into the tray. Where the system has no place for it, the window is all there is.
    async fn put_tray(&mut self) {
        let (app, news, state) = (self.app.clone(), self.news.clone(), self.tray_state.clone());
        let scratch = self.home.data_dir.join("tray");
        let (say_put, put) = oneshot::channel();
        // A menu is made line by line in the main thread: all of it at one go.
        let asked = self.app.run_on_main_thread(move || {
            let at = |scratch: &Path| tray::Host::put(&app, news.clone(), &state, scratch);
            // A home that nothing can be written to is told of by its window, which the tray leads to.
            let host = at(&scratch).or_else(|_| at(&std::env::temp_dir().join("dialdeck-tray")));
            // The loop may have ended.
            let _ = say_put.send(host);
        });
        match put.await {
            Ok(Ok(host)) => {
                self.tray = Some(host);
                self.show_tray();
                self.marks.mark("tray");
            }
            not_put => {
                tracing::error!(?asked, problem = ?not_put.map(|host| host.err()), "there is no tray icon");
                self.open(None);
            }
        }
    }

    /// An engine runs: commands may reach it and its events are heard.
    async fn take(&mut self, Running { engine, events }: Running) {
        // What a page asks may be a script's wish; the tray and the notifications have the engine itself.
        self.app.manage(engine.for_page());
        #[cfg(target_os = "linux")]
        tauri::async_runtime::spawn(crate::machine::watch(engine.clone()));
        self.engine = Some(engine);
        self.trouble.send_replace(None);
        self.read_anew().await;
        tauri::async_runtime::spawn(bring(events, self.news.clone()));
    }

    async fn read_anew(&mut self) -> Option<Snapshot> {
        let snapshot: Snapshot = ask(self.engine.as_ref()?, Request::Snapshot).await.ok()?;
        self.told = snapshot.told;
        self.follow(snapshot.settings.clone());
        self.tray_state = tray::State::of(&snapshot);
        self.show_tray();
        self.read_favourites();
        Some(snapshot)
    }

    /// The settings are these now.
    fn follow(&mut self, settings: SettingsView) {
        let quick_dial = &settings.quick_dial;
        self.bar
            .keep(Duration::from_secs(u64::from(quick_dial.kept_minutes) * 60));
        self.bar.dress(settings.theme);
        self.order(Order::Follow(Box::new(settings.clone())));
        self.settings = Some(settings);
        self.take_keys();
    }

    /// Takes the keys that the settings name.
    fn take_keys(&mut self) {
        let Some(settings) = &self.settings else { return };
        self.keys.follow(&settings.quick_dial);
        let states = self.keys.states().to_vec();
        if *self.key_states.borrow() != states {
            self.report(keys::check(&states));
            self.key_states.send_replace(states);
        }
    }

    /// Tells the doctor how something of the shell's is doing.
    fn report(&self, check: FaceCheck) {
        let Some(engine) = self.engine.clone() else { return };
        tauri::async_runtime::spawn(async move {
            let told = engine.request(Request::ReportChecks { checks: vec![check] });
            if let Err(problem) = told.await {
                tracing::warn!(code = %problem.code, "the doctor was not told");
            }
        });
    }

    async fn hear(&mut self, news: News) {
        match news {
            News::Engine(event) => self.hear_engine(event),
            News::Missed => {
                if let Some(snapshot) = self.read_anew().await {
                    all_of(snapshot).for_each(|event| self.tell_page(event));
                }
            }
            News::EngineEnded => self.news.tell(News::Quit),
            News::Painted => {
                self.marks.mark("painted");
                let deeds = self.life.painted();
                self.perform(deeds);
                if let Some(place) = self.going.take() {
                    self.send_to(place);
                }
            }
            News::CloseAsked => {
                let deeds = self.life.close(Instant::now());
                self.perform(deeds);
                self.say_that_it_stays();
            }
            News::Focused(is) => {
                self.life.focus(is);
                if self.life.sight() == Sight::Focused {
                    self.order(Order::Seen);
                    self.popups.clear();
                }
            }
            News::WindowGone => {
                self.life.gone();
                // A key may have been about to be chosen in it.
                self.take_keys();
            }
            News::Bar(news) => self.bar.hear(news, self.engine.as_ref()),
            News::BarPainted => self.marks.mark("bar"),
            News::HoldKeys(true) => self.keys.hold(),
            News::HoldKeys(false) => self.take_keys(),
            News::Key(KeyUse::QuickDial) => self.open_bar(false, true),
            News::Key(KeyUse::DialSelection) => self.open_bar(true, false),
            News::Key(KeyUse::EndCall) => self.demand(Request::End { call: None }),
            News::Go(Place::Quit) => self.quit(),
            News::Go(place) => self.go(place),
            News::Chosen(choice) => self.choose(choice),
            News::QuitAnswered(answer) => {
                frame::end_quitting(&self.app);
                if answer == Answer::Quit {
                    self.news.tell(News::Quit);
                }
            }
            News::Wished(Wish::Quit) => self.news.tell(News::Quit),
            News::Favourites(list) => {
                self.tray_state.put_favourites(*list);
                self.show_tray();
            }
            News::PopUp { popup, is_fresh } => self.hear_popups(PopUpNews::Put { popup, is_fresh }),
            News::PopUps(news) => self.hear_popups(news),
            News::Answered { subject, action } => self.answer(subject, &action),
            News::Placed {
                result: Ok(PlaceReply::Placed { .. }),
                ..
            } => {}
            // The window has the words and the buttons for what must be answered first.
            News::Placed { target, .. } => self.open(Some(target.into())),
            News::Wished(Wish::StopHolder) => {
                if let Err(problem) = engine_link::stop_holder(&self.home).await {
                    tracing::warn!(code = %problem.code, "the engine that has the home did not stop");
                }
                self.try_again().await;
            }
            News::Wished(Wish::TryAgain) => self.try_again().await,
            News::Quit => {}
        }
    }

    fn hear_engine(&mut self, Numbered { number, event }: Numbered) {
        // Told before the snapshot was drawn, and heard after it: how things stood then is no news.
        let is_late = number < self.told;
        if !is_late {
            self.told = number;
            self.tray_state.hear(&event);
            self.show_tray();
        }
        match event {
            Event::Notification { notification } => {
                let due = notify::is_due(&notification, self.sight());
                self.order(if due {
                    Order::Post(notification)
                } else {
                    Order::Refresh(notification)
                });
            }
            Event::ShowWindow { prefill: text, link } => {
                let is_asked = text.is_some() || link.is_some();
                self.open(is_asked.then_some(Prefill { text, link }));
            }
            Event::ShowQuickDial { of_selection } => self.open_bar(of_selection, true),
            Event::Stopping => self.news.tell(News::Quit),
            _ if is_late => {}
            Event::Settings { settings } => {
                let was_private = self.settings.as_ref().map(|settings| settings.privacy);
                self.follow(settings.clone());
                self.tell_page(Event::Settings {
                    settings: settings.clone(),
                });
                if was_private != Some(settings.privacy) {
                    // Whatever the page has read before is to be read anew, as it may be shown now.
                    frame::reload(&self.app);
                    self.bar.give_up();
                }
            }
            Event::Contacts => {
                self.read_favourites();
                self.tell_page(Event::Contacts);
            }
            told @ (Event::Call { .. }
            | Event::Callback { .. }
            | Event::Account { .. }
            | Event::AccountRemoved { .. }
            | Event::Alert { .. }
            | Event::Attention { .. }
            | Event::ImportProgress { .. }
            | Event::Status { .. }) => self.tell_page(told),
        }
    }

    /// The agent asks for the quick dial bar. Where there is no engine the window says why.
    fn open_bar(&mut self, of_selection: bool, may_hide: bool) {
        if self.engine.is_none() {
            return self.open(None);
        }
        let asked = BarNews::Asked { of_selection, may_hide };
        self.bar.hear(asked, self.engine.as_ref());
    }

    /// The agent asks for a place in the window.
    fn go(&mut self, place: Place) {
        let hears = self.life.is_painted();
        self.open(None);
        if hears {
            self.send_to(place);
        } else {
            self.going = Some(place);
        }
    }

    fn send_to(&self, place: Place) {
        if let Err(problem) = Go(place).emit_to(&self.app, MAIN) {
            tracing::error!(%problem, "the page was not told where to go");
        }
    }

    /// Opens the window. What the app was started with comes back from the engine, read as any other start's.
    async fn open_asked(&mut self) {
        self.open(None);
        let Some(engine) = &self.engine else { return };
        let Some(text) = self.asked.take() else { return };
        let request = Request::ShowWindow { prefill: Some(text) };
        if let Err(problem) = engine.request(request).await {
            tracing::error!(code = %problem.code, "what it was started with is not shown");
        }
    }

    /// Ends the app; while a call runs only after a question, for the call goes on without it.
    fn quit(&self) {
        if !self.tray_state.has_call() {
            return self.news.tell(News::Quit);
        }
        if let Err(problem) = frame::quitting(&self.app, &self.news) {
            tracing::error!(%problem, "the question cannot be shown");
            self.news.tell(News::Quit);
        }
    }

    /// The agent asks for the window.
    fn open(&mut self, prefill: Option<Prefill>) {
        if self.engine.is_none() {
            if let Err(problem) = frame::trouble(&self.app, &self.news) {
                tracing::error!(%problem, "the window cannot be made");
            }
            return;
        }
        let deeds = self.life.open(prefill);
        self.perform(deeds);
    }

    fn theme(&self) -> Theme {
        self.settings
            .as_ref()
            .map(|settings| settings.theme)
            .unwrap_or_default()
    }

    fn perform(&mut self, deeds: Vec<Deed>) {
        for deed in deeds {
            let done = match deed {
                Deed::Create => frame::main(&self.app),
                Deed::Show => frame::show(&self.app, self.theme()),
                Deed::Hide => frame::hide(&self.app),
                Deed::Destroy => frame::destroy(&self.app),
                Deed::Tell { prefill } => {
                    let Prefill { text: prefill, link } = prefill.unwrap_or_default();
                    let (number, event) = (self.told, Event::ShowWindow { prefill, link });
                    self.tell(MAIN, &EngineEvent(Numbered { number, event }));
                    Ok(())
                }
            };
            if let Err(problem) = done {
                tracing::error!(%problem, "the window did not follow");
                self.life.gone();
            }
        }
    }

    fn sight(&self) -> Sight {
        // Only the system knows of a minimised window.
        if frame::is_minimised(&self.app) {
            Sight::Hidden
        } else {
            self.life.sight()
        }
    }

    /// Tells every page that is there.
    fn tell_page(&self, event: Event) {
        let is_private = self.settings.as_ref().is_some_and(|settings| settings.privacy);
        let event = if is_private {
            privacy::event(&event)
        } else {
            Some(event)
        };
        let Some(event) = event else {
            return tracing::error!("an event could not be masked");
        };
        let event = EngineEvent(Numbered {
            number: self.told,
            event,
        });
        self.tell(MAIN, &event);
        self.tell(BAR, &event);
    }

    fn tell(&self, page: &str, event: &EngineEvent) {
        let is_there = match page {
            BAR => self.bar.has_page(),
            _ => self.life.has_page(),
        };
        if !is_there {
            return;
        }
        if let Err(problem) = event.emit_to(&self.app, page) {
            tracing::error!(%problem, page, "the page was not told");
        }
    }

    fn show_tray(&mut self) {
        let Some(tray) = &mut self.tray else { return };
        if let Err(problem) = tray.show(&self.app, &self.tray_state) {
            tracing::error!(%problem, "the tray did not follow");
        }
    }

    fn order(&self, order: Order) {
        self.notifier.order(order);
    }

    /// Says once, ever, that closing is not quitting.
    fn say_that_it_stays(&mut self) {
        let (Some(settings), Some(engine)) = (&mut self.settings, self.engine.clone()) else {
            return;
        };
        if settings.close_to_tray_said {
            return;
        }
        settings.close_to_tray_said = true;
        let request = Request::SetSettings {
            settings: settings.clone(),
        };
        let say = |key| words::say(key, &BTreeMap::new());
        self.order(Order::Say {
            title: say("tray.stays.title"),
            body: say("tray.stays.body"),
        });
        tauri::async_runtime::spawn(async move {
            if let Err(problem) = engine.request(request).await {
                tracing::warn!(code = %problem.code, "that it was said could not be kept");
            }
        });
    }

    async fn try_again(&mut self) {
        let wanted = Request::ShowWindow {
            prefill: self.asked.clone(),
        };
        match engine_link::start(&self.home, wanted).await {
            Start::Running(running) => {
                self.take(running).await;
                self.open_asked().await;
                frame::end_trouble(&self.app);
            }
            // Another desk was started meanwhile, and was asked to come forward.
            Start::Elsewhere => self.news.tell(News::Quit),
            Start::Trouble(trouble) => {
                self.tray_state.trouble = Some(trouble.words().0);
                self.trouble.send_replace(Some(trouble));
                self.show_tray();
                frame::reload_trouble(&self.app);
            }
        }
    }

    /// Ends the engine, so that home and socket are free, and then the app.
    async fn end(self) {
        if let Some(engine) = self.engine {
            let last = async {
                let stopped = engine.stopped();
                // An engine that is already ending answers nothing.
                let _ = engine.request(Request::Stop).await;
                stopped.await;
            };
            if tokio::time::timeout(LAST_WORDS, last).await.is_err() {
                tracing::warn!("the engine did not end in time");
            }
        }
        let failed = self.trouble.borrow().is_some();
        self.app.exit(i32::from(failed));
    }
}

/// Brings the engine's events to the shell.
async fn bring(mut events: broadcast::Receiver<Numbered>, news: NewsDesk) {
    loop {
        match events.recv().await {
            Ok(event) => news.tell(News::Engine(event)),
            Err(broadcast::error::RecvError::Lagged(_)) => news.tell(News::Missed),
            Err(broadcast::error::RecvError::Closed) => return news.tell(News::EngineEnded),
        }
    }
}

/// A snapshot as the events that lead to it.
fn all_of(snapshot: Snapshot) -> impl Iterator<Item = Event> {
    let accounts = snapshot.accounts.into_iter().map(|account| Event::Account {
        account: Box::new(account),
    });
    // Oldest first, as they would have come.
    let calls = snapshot
        .history
        .into_iter()
        .rev()
        .map(|call| Event::Call { call: Box::new(call) });
    let alerts = snapshot
        .alerts
        .into_iter()
        .map(|alert| Event::Alert { alert: Box::new(alert) });
    let rest = [
        Event::Attention {
            attention: snapshot.status.attention.clone(),
        },
        Event::Settings {
            settings: snapshot.settings,
        },
        Event::Contacts,
        Event::Status {
            status: Box::new(snapshot.status),
        },
    ];
    accounts.chain(calls).chain(alerts).chain(rest)
}

async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment.into()).await,
        None => std::future::pending().await,
    }
}
