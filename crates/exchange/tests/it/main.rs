//! The exchange as its clients meet it: real HTTP over loopback, real webhooks to a real receiver.

mod acefone_calls;
mod acefone_control;
mod acefone_refusals;
mod exchange;
mod inbound;
mod stage;
mod superfone;
mod webhooks;
