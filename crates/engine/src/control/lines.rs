//! Lines of bytes with a limit, so that no peer can make this process grow.

use secrecy::zeroize::Zeroizing;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

/// Reads lines up to a limit. A line may hold a secret on its way to the keychain, so it is wiped once it was read.
pub(super) struct LineReader<R> {
    inner: BufReader<R>,
    limit: usize,
}

/// Why there is no further line.
#[derive(Debug, thiserror::Error)]
pub(super) enum LineProblem {
    #[error("a line is longer than {0} bytes")]
    TooLong(usize),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl<R: AsyncRead + Unpin> LineReader<R> {
    pub(super) fn new(inner: R, limit: usize) -> Self {
        Self {
            inner: BufReader::new(inner),
            limit,
        }
    }

    /// The next line without its end; none at the end of the stream, where a line without an end does not count.
    pub(super) async fn next(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, LineProblem> {
        let mut line = Zeroizing::new(Vec::new());
        loop {
            let bytes = self.inner.fill_buf().await?;
            if bytes.is_empty() {
                return Ok(None);
            }
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let part = end.unwrap_or(bytes.len());
            if line.len() + part > self.limit {
                return Err(LineProblem::TooLong(self.limit));
            }
            line.extend_from_slice(&bytes[..part]);
            self.inner.consume(end.map_or(part, |end| end + 1));
            if end.is_some() {
                return Ok(Some(line));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_come_one_by_one_and_an_unfinished_one_does_not_count() {
        let mut lines = LineReader::new(&b"one\n\nthree\nunfinished"[..], 10);
        let mut seen = Vec::new();
        while let Some(line) = lines.next().await.unwrap() {
            seen.push(String::from_utf8(line.to_vec()).unwrap());
        }
        assert_eq!(seen, ["one", "", "three"]);
    }

    #[tokio::test]
    async fn a_line_over_the_limit_is_not_read_to_its_end() {
        let mut lines = LineReader::new(&b"0123456789\n01234567890\n"[..], 10);
        assert!(lines.next().await.unwrap().is_some());
        assert!(matches!(lines.next().await, Err(LineProblem::TooLong(10))));
    }
}
