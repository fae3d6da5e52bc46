//! The engine that a command works with: the one that holds the home, or one of its own.

use std::time::{Duration, Instant};

use engine::api::{ApiError, ApiResult, ErrorClass, ImportFrom, Request};
use engine::control::{Client, Events, Heard};
use engine::view::{Event, Numbered, Role};
use engine::{Engine, EngineHandle, EngineOptions, Home, StartError};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};

/// How long another engine may take between taking the home and opening its socket, or the other way round.
const PATIENCE: Duration = Duration::from_secs(5);
const RETRY: Duration = Duration::from_millis(20);
/// How long an engine that takes over may need until its socket is open.
const SUCCESSOR: Duration = Duration::from_millis(1500);
/// How many engines in a row may end under one request.
const ENGINES_OUTLIVED: usize = 20;
/// How long an engine of our own may take to end.
const FAREWELL: Duration = Duration::from_secs(3);

/// A command's hold on an engine. The engine may change under it: a one-shot engine yields to the desktop app.
pub struct Session {
    home: Home,
    side: Side,
}

enum Side {
    /// An engine in another process.
    There(Client),
    /// An engine in this process, for the length of the command.
    Here(EngineHandle),
}

/// Events of whichever engine it is.
pub enum Watching {
    There(Events),
    Here(broadcast::Receiver<Numbered>),
}

impl Session {
    /// Connects to the home's engine, or starts one.
    ///
    /// # Errors
    /// When neither can be done.
    pub async fn open(home: Home) -> Result<Self, ApiError> {
        let side = attach(&home).await?;
        Ok(Self { home, side })
    }

    /// Sends a request; if the engine went away meanwhile, to the one that follows it, where that does no harm.
    ///
    /// # Errors
    /// Why it was not done.
    pub async fn request(&mut self, request: Request) -> ApiResult {
        let repeatable = may_be_repeated(&request);
        // Commands that start together pass the home on among them: the next engine may end as soon.
        for _ in 1..ENGINES_OUTLIVED {
            match self.ask(request.clone()).await {
                Err(error) if repeatable && is_gone(&error) => self.reattach().await?,
                result => return result,
            }
        }
        self.ask(request).await
    }

    /// Sends a request that takes long. Each event meanwhile is told to `heard`, until Ctrl+C sends `cancel` and `cancelling` is called: then
    /// the request is answered as soon as may be. If the engine goes away meanwhile, the one that follows it is asked,
    /// where that does no harm.
    ///
    /// # Errors
    /// Why it was not done.
    pub async fn long_request(
        &mut self,
        request: Request,
        cancel: Request,
        mut heard: impl FnMut(&Event),
        cancelling: impl FnOnce(),
    ) -> ApiResult {
        let repeatable = may_be_repeated(&request);
        // Listened for throughout: between two engines nobody else hears it.
        let mut interrupt = Interrupt::listen();
        let mut cancelling = Some(cancelling);
        let mut result = self
            .ask_long(&request, &cancel, &mut heard, &mut interrupt, &mut cancelling)
            .await;
        for _ in 1..ENGINES_OUTLIVED {
            match &result {
                Err(error) if repeatable && cancelling.is_some() && is_gone(error) => self.reattach().await?,
                _ => return result,
            }
            // Nothing of the first time is left, and there was no second.
            if interrupt.has_come() {
                return Err(ApiError::new(ErrorClass::Failed, "import_cancelled"));
            }
            result = self
                .ask_long(&request, &cancel, &mut heard, &mut interrupt, &mut cancelling)
                .await;
        }
        result
    }

    /// The same of one engine.
    async fn ask_long(
        &mut self,
        request: &Request,
        cancel: &Request,
        heard: &mut impl FnMut(&Event),
        interrupt: &mut Interrupt,
        cancelling: &mut Option<impl FnOnce()>,
    ) -> ApiResult {
        let mut events = self.watch().await.ok();
        let mut answer = std::pin::pin!(self.ask(request.clone()));
        loop {
            tokio::select! {
                answer = &mut answer => return answer,
                event = next(&mut events) => match event {
                    Ok(Heard::Event(event)) if cancelling.is_some() => heard(&event),
                    Ok(Heard::Event(_) | Heard::Missed) => {}
                    Err(Gone) => events = None,
                },
                () = interrupt.come(), if cancelling.is_some() => {
                    cancelling.take().into_iter().for_each(|told| told());
                    // The request's own answer says what came of it.
                    let _ = self.ask(cancel.clone()).await;
                }
            }
        }
    }

    /// All events from now on, until the engine goes away.
    ///
    /// # Errors
    /// When no engine is to be had.
    pub async fn watch(&mut self) -> Result<Watching, ApiError> {
        for _ in 1..ENGINES_OUTLIVED {
            match self.listen().await {
                Err(error) if is_gone(&error) => self.reattach().await?,
                result => return result,
            }
        }
        self.listen().await
    }

    /// Finds the engine that follows one that has ended.
    ///
    /// # Errors
    /// When there is none and none can be started.
    pub async fn reattach(&mut self) -> Result<(), ApiError> {
        if let Side::Here(engine) = &self.side {
            // The lock is ours until then.
            let _ = tokio::time::timeout(FAREWELL, engine.stopped()).await;
        }
        // An engine mostly ends because another one wants the home, which must not find it taken again.
        let start = Instant::now();
        while start.elapsed() < SUCCESSOR {
            if let Some(client) = connect(&self.home).await? {
                self.side = Side::There(client);
                return Ok(());
            }
            tokio::time::sleep(RETRY).await;
        }
        self.side = attach(&self.home).await?;
        Ok(())
    }

    /// Whether the engine lives only as long as the command.
    pub fn is_own(&self) -> bool {
        matches!(self.side, Side::Here(_))
    }

    /// Ends an engine of our own, so that nothing it has begun is cut off.
    pub async fn close(self) {
        if let Side::Here(engine) = self.side {
            // It may have ended by itself.
            let _ = engine.request(Request::Stop).await;
            let _ = tokio::time::timeout(FAREWELL, engine.stopped()).await;
        }
    }

    async fn listen(&self) -> Result<Watching, ApiError> {
        match &self.side {
            Side::There(client) => client.events().await.map(Watching::There),
            Side::Here(engine) => Ok(Watching::Here(engine.subscribe())),
        }
    }

    async fn ask(&self, request: Request) -> ApiResult {
        match &self.side {
            Side::There(client) => client.request(request).await,
            Side::Here(engine) => engine.request(request).await,
        }
    }
}

impl Watching {
    /// The next event; `Err` once the engine has gone.
    pub async fn next(&mut self) -> Result<Heard, Gone> {
        match self {
            Self::There(events) => loop {
                match events.next().await {
                    // It is over when its socket closes, and not sooner to be had again.
                    Some(Heard::Event(event)) if *event == Event::Stopping => {}
                    heard => return heard.ok_or(Gone),
                }
            },
            Self::Here(events) => match events.recv().await {
                Ok(Numbered {
                    event: Event::Stopping, ..
                })
                | Err(RecvError::Closed) => Err(Gone),
                Ok(Numbered { event, .. }) => Ok(Heard::Event(Box::new(event))),
                Err(RecvError::Lagged(_)) => Ok(Heard::Missed),
            },
        }
    }
}

/// Ctrl+C, whenever it was pressed since this was made.
struct Interrupt(watch::Receiver<bool>);

impl Interrupt {
    fn listen() -> Self {
        let (pressed, interrupt) = watch::channel(false);
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                pressed.send_replace(true);
            }
        });
        Self(interrupt)
    }

    fn has_come(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits for it, for ever where it cannot be heard.
    async fn come(&mut self) {
        if self.0.wait_for(|pressed| *pressed).await.is_err() {
            std::future::pending().await
        }
    }
}

/// The next event of a stream, if there is one to wait for.
async fn next(events: &mut Option<Watching>) -> Result<Heard, Gone> {
    match events {
        Some(events) => events.next().await,
        None => std::future::pending().await,
    }
}

/// The engine behind a stream of events has ended.
#[derive(Debug)]
pub struct Gone;

/// Takes what is in the one kind of reply that a request has.
macro_rules! reply {
    ($reply:expr, $kind:ident) => {
        if let engine::api::Reply::$kind(value) = $reply {
            Ok(value)
        } else {
            Err(engine::api::ApiError::new(
                engine::api::ErrorClass::Failed,
                "unexpected_reply",
            ))
        }
    };
}
pub(crate) use reply;

async fn connect(home: &Home) -> Result<Option<Client>, ApiError> {
    Client::connect(home).await.map_err(|problem| problem.to_api())
}

async fn attach(home: &Home) -> Result<Side, ApiError> {
    let start = Instant::now();
    loop {
        if let Some(client) = connect(home).await? {
            return Ok(Side::There(client));
        }
        match Engine::start(EngineOptions::new(home.clone(), Role::OneShot)).await {
            Ok(engine) => return Ok(Side::Here(engine)),
            // Somebody was faster, and is about to open the socket; or is about to end.
            Err(StartError::Held { .. }) if start.elapsed() < PATIENCE => tokio::time::sleep(RETRY).await,
            Err(error) => return Err(error.to_api()),
        }
    }
}

fn is_gone(error: &ApiError) -> bool {
    error.code == "engine_stopped"
}

/// Whether asking twice is as good as asking once: the first time may have been done without an answer.
fn may_be_repeated(request: &Request) -> bool {
    match request {
        // Its intent makes it one call, however often it is asked for.
        Request::Place(place) => place.intent.is_some(),
        Request::AddCallback(draft) => draft.intent.is_some(),
        Request::CallCallback { intent, .. } => intent.is_some(),
        Request::Ask { what, .. } => what.is_read(),
        // Kept as a whole or not at all, and whoever is there is not made twice. What was handed over goes with the engine.
        Request::StartImport { from, .. } => matches!(from, ImportFrom::Path(_)),
        Request::Snapshot
        | Request::Status
        | Request::Kinds
        | Request::ListAccounts
        | Request::ShowAccount { .. }
        | Request::TestAccount { .. }
        | Request::UpdateAccount { .. }
        | Request::SetSecret { .. }
        | Request::DefaultAccount { .. }
        | Request::Agents { .. }
        | Request::Dids { .. }
        | Request::EndpointSchema { .. }
        | Request::CheckTarget { .. }
        | Request::End { .. }
        | Request::CheckAgain { .. }
        | Request::NameCall { .. }
        | Request::ListCalls { .. }
        | Request::ShowCall { .. }
        | Request::ListCallbacks { .. }
        | Request::ShowCallback { .. }
        | Request::CheckWhen { .. }
        // A second time they find it as they leave it.
        | Request::CallbackDone { .. }
        | Request::CancelCallback { .. }
        | Request::SnoozeCallback { .. }
        | Request::MarkCallback { .. }
        | Request::ShowContact { .. }
        | Request::SearchContacts { .. }
        | Request::Find { .. }
        | Request::Quick { .. }
        | Request::NumberIn { .. }
        | Request::ListContacts { .. }
        | Request::PageContacts { .. }
        | Request::InspectImport { .. }
        | Request::CancelImport { .. }
        | Request::DropUpload { .. }
        | Request::ListDuplicates { .. }
        | Request::PreviewMerge(_)
        | Request::ListMerges { .. }
        | Request::SetDistinct { .. }
        | Request::ListBooks
        | Request::BookConflicts { .. }
        | Request::ResolveConflict { .. }
        | Request::ContactChosen { .. }
        | Request::KeepCallFrom { .. }
        | Request::MarkContact { .. }
        | Request::ListAlerts
        | Request::AlertsSeen { .. }
        | Request::DoNotDisturb { .. }
        | Request::Doctor
        | Request::PhoneLinks
        | Request::TakePhoneLinks { .. }
        | Request::ReportChecks { .. }
        | Request::ListScreenPops
        | Request::ListPrograms
        | Request::ApproveProgram { .. }
        | Request::Crash
        | Request::DismissCrash => true,
        Request::AddAccount { .. }
        | Request::RemoveSecret { .. }
        | Request::RemoveAccount { .. }
        | Request::RotateHook { .. }
        | Request::PhoneChecked { .. }
        | Request::UnlockKeychain
        | Request::TransferCall { .. }
        | Request::PushEventsHere { .. }
        | Request::MarkEnded { .. }
        | Request::Dismiss { .. }
        | Request::SetNote { .. }
        | Request::SetDisposition { .. }
        | Request::AddContact { .. }
        | Request::UpdateContact { .. }
        | Request::RemoveContact { .. }
        | Request::MergeContacts(_)
        | Request::UndoMerge { .. }
        | Request::ImportContacts { .. }
        | Request::ImportFile { .. }
        | Request::BeginUpload { .. }
        | Request::UploadPiece { .. }
        | Request::SaveImportProblems { .. }
        | Request::SaveContacts { .. }
        | Request::AddBook(_)
        | Request::SyncBook { .. }
        | Request::RemoveBook { .. }
        | Request::SetSettings { .. }
        | Request::SetDraft { .. }
        | Request::AddScreenPop { .. }
        | Request::RemoveScreenPop { .. }
        | Request::TestScreenPop { .. }
        | Request::SaveBundle
        | Request::RevokeProgram { .. }
        | Request::ShowWindow { .. }
        | Request::OpenPasted { .. }
        | Request::ShowQuickDial { .. }
        | Request::TakeOver
        | Request::Stop => false,
    }
}
