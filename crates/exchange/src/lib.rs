//! The sandbox telephone exchange: the providers' HTTP APIs, played faithfully on loopback.
//!
//! It owns scripted people, calls that live and end, the providers' replies and webhooks, and a log of every request
//! it saw. It is written from the providers' documents and captured payloads alone and uses none of the connectors
//! that call it, so that both sides cannot share a mistake. It must not leave loopback and dials nobody.
//!
//! ```no_run
//! # async fn first_call() -> Result<(), exchange::ExchangeError> {
//! use exchange::{Exchange, ExchangeConfig, Plays, WebhookTarget};
//!
//! let mut config = ExchangeConfig::new(Plays::AcefoneUk);
//! config.webhooks.push(WebhookTarget::new("http://127.0.0.1:8099/hooks/sandbox/token"));
//! let exchange = Exchange::start(config).await?;
//! println!("listening on {}", exchange.base_url());
//! exchange.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! Without a script of its own, every customer answers, except the ones [`guide`] lists by the end of their number.

mod acefone;
mod call;
mod clock;
mod fault;
mod in_process;
mod kazoo;
mod line;
mod log;
mod number;
mod performance;
mod plays;
mod post;
mod recordings;
mod script;
mod server;
mod superfone;
mod switchboard;

pub use in_process::{InProcessExchange, LineCut, TrueCall};
pub use kazoo::tenant as kazoo_tenant;
pub use log::{Delivery, RequestLog, SeenRequest};
pub use plays::{Plays, UnknownPlays};
pub use post::{BodyFormat, Posted, Receiver, Trigger, WebhookTarget};
pub use script::account::{Account, Agent, Did, Login};
pub use script::crm::{Crm, Lead};
pub use script::guide::{guide, guide_for};
pub use script::kazoo::KazooAccount;
pub use script::platform::{Contact, Department, Disposition, Platform, SignIn};
pub use script::scenario::{Scenario, WebhookStyle};
pub use script::timings::{Seconds, Timings};
pub use script::{Inbound, Rule, Script, ScriptError};
pub use server::{Exchange, ExchangeConfig, ExchangeError, RunningExchange};
