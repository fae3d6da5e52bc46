//! Fetching what was offered. What arrives is trusted by its signature alone; these bounds keep it small and private.

use reqwest::Client;
use url::{Host, Url};

/// Why nothing was fetched.
#[derive(Debug, thiserror::Error)]
pub enum DownloadProblem {
    /// Only `https`, or `http` to this machine.
    #[error("the address is not to be fetched from")]
    Address,
    #[error("the server answered {0}")]
    Status(u16),
    #[error("more than {0} bytes")]
    TooLong(u64),
    #[error(transparent)]
    Failed(#[from] reqwest::Error),
}

/// Fetches a file of at most so many bytes.
///
/// # Errors
/// Nothing, or not all of it, came; it is longer; or the address may not be asked.
pub async fn download(client: &Client, url: &str, most: u64) -> Result<Vec<u8>, DownloadProblem> {
    let url = Url::parse(url).map_err(|_| DownloadProblem::Address)?;
    if !may_be_asked(&url) {
        return Err(DownloadProblem::Address);
    }
    let mut reply = client.get(url).send().await?;
    if !reply.status().is_success() {
        return Err(DownloadProblem::Status(reply.status().as_u16()));
    }
    let mut bytes = Vec::new();
    while let Some(piece) = reply.chunk().await? {
        bytes.extend_from_slice(&piece);
        if bytes.len() as u64 > most {
            return Err(DownloadProblem::TooLong(most));
        }
    }
    Ok(bytes)
}

fn may_be_asked(url: &Url) -> bool {
    let is_here = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(_)) | None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && is_here)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_servers_that_prove_who_they_are_are_asked_and_this_machine() {
        let may = |url: &str| may_be_asked(&url.parse().unwrap());
        assert!(may("https://example.com/x") && may("http://127.0.0.1:8080/x") && may("http://[::1]/x"));
        assert!(!may("http://example.com/x") && !may("http://localhost.example.com/x") && !may("file:///etc/passwd"));
    }
}
