//! HTTP by hand: what a provider posts to a hook, and what nobody should.

use anyhow::{Context, Result};
use dialdeck_tests::within;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A request to a hook.
pub struct Post {
    method: &'static str,
    url: String,
    /// Instead of the address's own.
    host: Option<String>,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Post {
    /// A body of that type.
    pub fn of(url: &str, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            method: "POST",
            url: url.to_owned(),
            host: None,
            headers: vec![("content-type", content_type.to_owned())],
            body: body.into(),
        }
    }

    pub fn json(url: &str, body: &Value) -> Self {
        Self::of(url, "application/json", body.to_string())
    }

    /// The event in the query, as providers' `GET` webhooks have it.
    pub fn get(url: &str, query: &str) -> Self {
        Self {
            method: "GET",
            url: format!("{url}?{query}"),
            host: None,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub fn method(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    pub fn host(mut self, host: &str) -> Self {
        self.host = Some(host.to_owned());
        self
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Sends it and returns the status of the answer.
    ///
    /// Errors: there was no answer.
    pub async fn send(self) -> Result<u16> {
        within("the answer to a webhook", self.exchange()).await?
    }

    async fn exchange(self) -> Result<u16> {
        let rest = self.url.strip_prefix("http://").context("hooks are plain http")?;
        let (address, path) = rest.split_once('/').context("hooks have a path")?;
        let host = self.host.as_deref().unwrap_or(address);
        let mut head = format!(
            "{} /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {}\r\n",
            self.method,
            self.body.len()
        );
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let (mut read, mut write) = TcpStream::connect(address).await?.into_split();
        let body = self.body;
        // Beside the reading: who is told no in the middle of a long body may not take the rest of it.
        let writing = tokio::spawn(async move {
            write.write_all(head.as_bytes()).await?;
            write.write_all(&body).await?;
            std::io::Result::Ok(write)
        });
        let mut answer = Vec::new();
        while !answer.windows(2).any(|pair| pair == b"\r\n") {
            let mut part = [0; 1024];
            let count = read.read(&mut part).await?;
            anyhow::ensure!(count > 0, "the connection ended without an answer");
            answer.extend_from_slice(&part[..count]);
        }
        writing.abort();
        let text = String::from_utf8_lossy(&answer);
        let status = text.split(' ').nth(1).context("no status line")?;
        Ok(status.parse()?)
    }
}

/// Posts an event that must be taken.
///
/// Errors: it was not.
pub async fn tell(hook: &str, event: &Value) -> Result<()> {
    let status = Post::json(hook, event).send().await?;
    anyhow::ensure!(status == 200, "the event was answered {status}: {event}");
    Ok(())
}
