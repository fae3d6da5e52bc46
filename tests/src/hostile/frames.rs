//! As much of HTTP/2 as it takes to count requests and turn them away: frames, without a look into their headers.

use std::io::Result;

use tokio::sync::watch;

use super::Counts;
use super::behavior::OverH2;
use super::line::Line;

const PREFACE: usize = 24;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const ACK: u8 = 1;
const NO_ERROR: u32 = 0;
const REFUSED_STREAM: u32 = 7;

pub(super) async fn serve(mut line: Line, over_h2: OverH2, counts: &watch::Sender<Counts>) -> Result<()> {
    read_exactly(&mut line, PREFACE).await?;
    line.say(&frame(SETTINGS, 0, 0, &[])).await?;
    loop {
        let head = read_exactly(&mut line, 9).await?;
        let number = |bytes: &[u8]| bytes.iter().fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
        let (length, kind, flags, stream) = (number(&head[..3]), head[3], head[4], number(&head[5..]));
        read_exactly(&mut line, length as usize).await?;
        match kind {
            SETTINGS if flags & ACK == 0 => line.say(&frame(SETTINGS, ACK, 0, &[])).await?,
            HEADERS => {
                counts.send_modify(|counts| counts.requests += 1);
                match over_h2 {
                    OverH2::Closes => return line.close().await,
                    OverH2::GoesAway => {
                        let nothing_done = [0_u32.to_be_bytes(), NO_ERROR.to_be_bytes()].concat();
                        line.say(&frame(GOAWAY, 0, 0, &nothing_done)).await?;
                        return line.close().await;
                    }
                    OverH2::RefusesStream => {
                        line.say(&frame(RST_STREAM, 0, stream, &REFUSED_STREAM.to_be_bytes()))
                            .await?;
                    }
                }
            }
            _ => {}
        }
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len())
        .expect("frames of a few bytes")
        .to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

async fn read_exactly(line: &mut Line, count: usize) -> Result<Vec<u8>> {
    let mut bytes = vec![0; count];
    let mut read = 0;
    while read < count {
        read += line.read(&mut bytes[read..]).await?;
    }
    Ok(bytes)
}
