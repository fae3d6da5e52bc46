//! Recordings: links that carry their own token, and lead to sound only some time after the end of a call.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{StatusCode, header::CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::call::Call;
use crate::switchboard::Switchboard;

/// Half a second at 8000 samples of 16 bits.
const SAMPLE_BYTES: u32 = 8_000;

#[derive(Deserialize)]
pub(crate) struct Parameters {
    #[serde(rename = "callId", default)]
    call_id: String,
    #[serde(default)]
    token: String,
}

/// A link to a call's recording, which needs no other credential and is therefore a secret. None: nothing is recorded.
pub(crate) fn link(call: &Call, board: &Switchboard) -> Option<String> {
    let origin = board.origin.get().filter(|_| !board.platform().recordings_off)?;
    let (call_id, token) = (&call.call_id, &call.recording_token);
    Some(format!(
        "{origin}/file/recording?callId={call_id}&type=rec&token={token}"
    ))
}

/// The sound itself: silence. 403 for a wrong token, 404 before it is ready.
pub(crate) async fn fetch(State(board): State<Arc<Switchboard>>, Query(asked): Query<Parameters>) -> Response {
    let call = board
        .ended_calls()
        .into_iter()
        .find(|call| call.call_id == asked.call_id);
    match call {
        Some(call) if call.recording_token != asked.token => StatusCode::FORBIDDEN.into_response(),
        Some(call) if call.has_recording() && !board.platform().recordings_off => {
            ([(CONTENT_TYPE, "audio/wav")], silence()).into_response()
        }
        Some(_) | None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A whole WAV file, one channel of nothing.
fn silence() -> Vec<u8> {
    let mut file = Vec::new();
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + SAMPLE_BYTES).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    // PCM, one channel.
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&8_000_u32.to_le_bytes());
    file.extend_from_slice(&16_000_u32.to_le_bytes());
    file.extend_from_slice(&2_u16.to_le_bytes());
    file.extend_from_slice(&16_u16.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&SAMPLE_BYTES.to_le_bytes());
    file.resize(44 + SAMPLE_BYTES as usize, 0);
    file
}
