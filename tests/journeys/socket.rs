//! The control socket as a program would use it: JSON lines, a hello first.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use dialdeck_tests::within;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

/// A connection to the engine of a home.
pub struct Socket {
    lines: Lines<BufReader<OwnedReadHalf>>,
    write: OwnedWriteHalf,
    next_id: u64,
}

impl Socket {
    /// Errors: no engine answers there.
    pub async fn connect(home: &Path) -> Result<Self> {
        let stream = UnixStream::connect(home.join("control.sock")).await?;
        let (read, mut write) = stream.into_split();
        let hello = json!({"hello": {"protocol": 1, "version": "0", "pid": std::process::id()}});
        write.write_all(format!("{hello}\n").as_bytes()).await?;
        let mut lines = BufReader::new(read).lines();
        let theirs = within("the engine's hello", lines.next_line()).await??;
        let theirs: Value = serde_json::from_str(&theirs.context("the engine says hello")?)?;
        ensure!(theirs["hello"]["protocol"] == 1, "another protocol: {theirs}");
        Ok(Self {
            lines,
            write,
            next_id: 1,
        })
    }

    /// Sends a request; its answer is to be asked for with [`Socket::answer`].
    ///
    /// Errors: the engine is gone.
    pub async fn send(&mut self, mut request: Value) -> Result<u64> {
        let id = self.next_id;
        self.next_id += 1;
        request["id"] = json!(id);
        self.write.write_all(format!("{request}\n").as_bytes()).await?;
        Ok(id)
    }

    /// The value of the answer to that request.
    ///
    /// Errors: the engine is gone, or said no.
    pub async fn answer(&mut self, id: u64) -> Result<Value> {
        loop {
            let line = within("the engine's answer", self.lines.next_line()).await??;
            let mut told: Value = serde_json::from_str(&line.context("the engine is gone")?)?;
            if told["id"] == id {
                ensure!(told.get("error").is_none(), "the engine says no: {told}");
                return Ok(told["ok"]["value"].take());
            }
        }
    }

    /// Sends a request and waits for the whole line of its answer, a refusal too.
    ///
    /// Errors: the engine is gone.
    pub async fn told(&mut self, request: Value) -> Result<Value> {
        let id = self.send(request).await?;
        self.line(|told| told["id"] == id).await
    }

    /// The next event of a type; the connection must be watching.
    ///
    /// Errors: the engine is gone.
    pub async fn event(&mut self, kind: &str) -> Result<Value> {
        Ok(self.line(|told| told["event"]["type"] == kind).await?["event"].take())
    }

    async fn line(&mut self, is_it: impl Fn(&Value) -> bool) -> Result<Value> {
        loop {
            let line = within("the engine's next line", self.lines.next_line()).await??;
            let told: Value = serde_json::from_str(&line.context("the engine is gone")?)?;
            if is_it(&told) {
                return Ok(told);
            }
        }
    }

    /// What a greeting with this protocol is answered with, before the connection ends.
    ///
    /// Errors: it is not refused.
    pub async fn refusal(home: &Path, protocol: u32) -> Result<Value> {
        let stream = UnixStream::connect(home.join("control.sock")).await?;
        let (read, mut write) = stream.into_split();
        let hello = json!({"hello": {"protocol": protocol, "version": "9", "pid": std::process::id()}});
        write.write_all(format!("{hello}\n").as_bytes()).await?;
        let mut lines = BufReader::new(read).lines();
        let mut last = Value::Null;
        while let Some(line) = within("the engine's next line", lines.next_line()).await?? {
            last = serde_json::from_str(&line)?;
        }
        ensure!(last.get("error").is_some(), "it was not refused: {last}");
        Ok(last)
    }

    /// Sends a request and waits for its answer.
    ///
    /// Errors: as for both.
    pub async fn ask(&mut self, request: Value) -> Result<Value> {
        let id = self.send(request).await?;
        self.answer(id).await
    }
}
