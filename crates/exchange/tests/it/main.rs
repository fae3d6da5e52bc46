//! The exchange as its clients meet it: real HTTP over loopback, real webhooks to a real receiver.

mod acefone_calls;
mod acefone_control;
mod acefone_office;
mod acefone_refusals;
mod acefone_schedule;
mod acefone_sign_in;
mod exchange;
mod inbound;
mod stage;
mod superfone;
mod superfone_crm;
mod webhooks;
