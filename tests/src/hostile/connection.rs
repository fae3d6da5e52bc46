//! One connection from its first byte to its end.

use std::io::Result;
use std::time::Duration;

use tokio::sync::watch;

use super::behavior::{Behavior, Stage, Step};
use super::line::Line;
use super::{Counts, bodies, frames};

/// The path of the harmless request that warms a connection up; it is answered and not counted.
pub const WARM_UP: &str = "/warm-up";

/// Between some bytes of an answer that comes to an end.
const DRIP: Duration = Duration::from_millis(10);

/// What a flood comes to at most: clients that keep it all are measured on this machine too.
const FLOOD: usize = 8 * 1024 * 1024;

/// Where a redirect leads: the server there is an honest one.
const ELSEWHERE: &str = "/elsewhere";

/// Whether the connection goes on.
#[derive(PartialEq, Eq)]
enum Next {
    Request,
    End,
}

/// # Errors
/// The client went away.
pub(super) async fn serve(mut line: Line, behavior: &Behavior, counts: &watch::Sender<Counts>) -> Result<()> {
    if behavior.stage == Stage::Nothing || behavior.carrier == super::Carrier::NoTls {
        play(&mut line, behavior.fresh).await?;
        return Ok(());
    }
    if line.speaks_h2() {
        return frames::serve(line, behavior.over_h2, counts).await;
    }
    let mut is_kept = false;
    loop {
        let mut request = Request::begin(&mut line).await?;
        let next = if request.is_for(WARM_UP) {
            is_kept = true;
            request.read_to(Stage::Whole, &mut line).await?;
            line.say(&bodies::with_body(200, "", b"{}")).await?;
            play(&mut line, behavior.idle).await?
        } else {
            counts.send_modify(|counts| counts.requests += 1);
            if request.is_for(ELSEWHERE) {
                request.read_to(Stage::Whole, &mut line).await?;
                line.say(&bodies::answer(200, "")).await?;
                continue;
            }
            let misbehaves_elsewhere = behavior.kept_for.is_some() && !is_kept;
            let (stage, steps) = if misbehaves_elsewhere {
                (Stage::Whole, behavior.fresh)
            } else if is_kept {
                (behavior.stage, behavior.kept)
            } else {
                (behavior.stage, behavior.fresh)
            };
            request.read_to(stage, &mut line).await?;
            play(&mut line, steps).await?
        };
        if next == Next::End {
            return Ok(());
        }
    }
}

async fn play(line: &mut Line, steps: &[Step]) -> Result<Next> {
    for step in steps {
        match *step {
            Step::Say(text) => line.say(text.as_bytes()).await?,
            Step::SayBare(bytes) => line.say_bare(bytes).await?,
            // In one piece: two would wait for each other on an idle network.
            Step::Answer(status, headers) => line.say(&bodies::answer(status, headers)).await?,
            Step::Body => line.say(bodies::YES.as_bytes()).await?,
            Step::HalfBody => line.say(&bodies::YES.as_bytes()[..bodies::YES.len() / 2]).await?,
            Step::DripAnswer => {
                for (index, byte) in bodies::answer(200, "").into_iter().enumerate() {
                    line.say(&[byte]).await?;
                    if index % 16 == 0 {
                        tokio::time::sleep(DRIP).await;
                    }
                }
            }
            Step::Burst(text, times) => line.say(text.repeat(times).as_bytes()).await?,
            Step::Flood(text) => return flood(line, text).await,
            Step::FloodOfChunks => return flood(line, &format!("1000\r\n{:4096}\r\n", "")).await,
            Step::Pulse(text, every) => loop {
                line.say(text.as_bytes()).await?;
                tokio::time::sleep(every).await;
            },
            Step::Gzip => {
                let packed = bodies::gzip(bodies::YES.as_bytes());
                line.say(&bodies::with_body(200, "content-encoding: gzip\r\n", &packed))
                    .await?;
            }
            Step::GzipBomb => {
                let packed = bodies::gzip_bomb();
                line.say(&bodies::with_body(200, "content-encoding: gzip\r\n", &packed))
                    .await?;
            }
            Step::Pause(time) => tokio::time::sleep(time).await,
            Step::Close => {
                line.close().await?;
                return Ok(Next::End);
            }
            Step::Cut => {
                line.cut().await?;
                return Ok(Next::End);
            }
            Step::Reset => {
                line.reset()?;
                return Ok(Next::End);
            }
            Step::HalfClose => line.close().await?,
            Step::Hold => loop {
                line.read(&mut [0; 4096]).await?;
            },
        }
    }
    Ok(Next::Request)
}

/// Sends the text over and over; in large pieces, so that the flood is the client's work.
async fn flood(line: &mut Line, text: &str) -> Result<Next> {
    let piece = text.repeat(64 * 1024 / text.len());
    for _ in 0..FLOOD / piece.len() {
        line.say(piece.as_bytes()).await?;
    }
    Ok(Next::End)
}

/// What was read of a request.
struct Request {
    bytes: Vec<u8>,
}

impl Request {
    /// Reads the first line and hardly more.
    async fn begin(line: &mut Line) -> Result<Self> {
        let mut request = Self { bytes: Vec::new() };
        let mut few = [0; 16];
        while !request.bytes.contains(&b'\n') {
            let count = line.read(&mut few).await?;
            request.bytes.extend_from_slice(&few[..count]);
        }
        Ok(request)
    }

    fn is_for(&self, path: &str) -> bool {
        let first = self.bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        String::from_utf8_lossy(first)
            .split(' ')
            .nth(1)
            .is_some_and(|target| target.starts_with(path))
    }

    async fn read_to(&mut self, stage: Stage, line: &mut Line) -> Result<()> {
        if matches!(stage, Stage::Nothing | Stage::FirstLine) {
            return Ok(());
        }
        let mut chunk = [0; 4096];
        let head = loop {
            if let Some(end) = self.bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            let count = line.read(&mut chunk).await?;
            self.bytes.extend_from_slice(&chunk[..count]);
        };
        let text = String::from_utf8_lossy(&self.bytes[..head]).to_ascii_lowercase();
        let length = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"))
            .and_then(|value| value.trim().parse::<usize>().ok())
            .unwrap_or(0);
        while stage == Stage::Whole && self.bytes.len() < head + length {
            let count = line.read(&mut chunk).await?;
            self.bytes.extend_from_slice(&chunk[..count]);
        }
        Ok(())
    }
}
