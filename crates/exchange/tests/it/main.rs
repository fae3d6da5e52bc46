//! The exchange as its clients meet it: real HTTP over loopback, real webhooks to a real receiver.

mod acefone_calls;
mod acefone_control;
mod acefone_office;
mod acefone_refusals;
mod acefone_schedule;
mod acefone_sign_in;
mod exchange;
mod inbound;
mod kazoo_channels;
mod kazoo_connect;
mod kazoo_documents;
mod kazoo_quickcall;
mod kazoo_records;
mod kazoo_sign_in;
mod kazoo_socket;
mod kazoo_stage;
mod kazoo_transfer;
mod kazoo_webhooks;
mod stage;
mod superfone;
mod superfone_crm;
mod webhooks;
