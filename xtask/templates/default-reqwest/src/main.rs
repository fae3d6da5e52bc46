//! One request for every line METHOD, tab, ADDRESS, tab, rest on stdin, each by a client of its own.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

const LIMIT: Duration = Duration::from_secs(3);
/// To make a client takes a while: all at once they would not get to their wishes in time.
const AT_ONCE: usize = 16;

#[tokio::main]
async fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let room = Arc::new(Semaphore::new(AT_ONCE));
    let mut wishes = Vec::new();
    for line in std::io::stdin().lines().map_while(Result::ok) {
        let room = room.clone();
        wishes.push(tokio::spawn(async move {
            let _seat = room.acquire().await.ok()?;
            wish(&line).await
        }));
    }
    for wish in wishes {
        // How it is answered is not asked here: the server counts.
        let _ = wish.await;
    }
}

async fn wish(line: &str) -> Option<()> {
    let mut words = line.split('\t');
    let (method, address, rest) = (words.next()?, words.next()?, words.next()?);
    let client = reqwest::Client::builder().timeout(LIMIT).build().ok()?;
    if let Ok(rest) = rest.parse() {
        let warmed = client.get(format!("{address}/warm-up")).send().await.ok()?;
        warmed.bytes().await.ok()?;
        tokio::time::sleep(Duration::from_millis(rest)).await;
    }
    let url = format!("{address}/wish");
    let request = if method == "POST" {
        client
            .post(url)
            .header("content-type", "application/json")
            .body("{\"to\":\"made up\"}")
    } else {
        client.get(url)
    };
    request.send().await.ok()?.bytes().await.ok()?;
    Some(())
}
