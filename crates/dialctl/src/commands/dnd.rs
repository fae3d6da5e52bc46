//! *Do not disturb*: for how long nothing pops up.

use engine::api::Request;
use engine::view::{AttentionView, DisturbWish};
use engine::words;

use super::Done;
use crate::output::Output;
use crate::session::{Session, reply};
use crate::speech::say;

pub async fn run(session: &mut Session, span: Option<DisturbWish>, output: Output) -> Done {
    let attention = match span {
        Some(span) => reply!(session.request(Request::DoNotDisturb { span }).await?, Attention)?,
        None => reply!(session.request(Request::Status).await?, Status)?.attention,
    };
    output.result(&attention, || line(&attention))
}

/// Until when nothing pops up, in a sentence.
fn line(attention: &AttentionView) -> String {
    attention
        .do_not_disturb
        .as_ref()
        .map_or_else(|| say("cli.dnd.off"), words::sentence)
}
