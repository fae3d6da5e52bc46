//! A server that says what it is told to, and counts what it is asked.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

/// What was asked: method, path, and everything.
pub type Asked = (String, String, String);

pub struct Liar {
    pub address: String,
    pub asked: Arc<Mutex<Vec<Asked>>>,
}

impl Liar {
    /// Answers each request with what `answer` makes of method, path and body: status line with headers, and body. None
    /// closes the connection without a word.
    pub fn start(answer: impl Fn(&str, &str, &str) -> Option<(String, String)> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&asked);
        // It ends with the test's process; nothing of it outlives that.
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let mut stream = stream;
                let mut whole = Vec::new();
                let mut piece = [0; 4096];
                let request = loop {
                    let Ok(count @ 1..) = stream.read(&mut piece) else {
                        break None;
                    };
                    whole.extend_from_slice(&piece[..count]);
                    let text = String::from_utf8_lossy(&whole).into_owned();
                    let Some((head, body)) = text.split_once("\r\n\r\n") else {
                        continue;
                    };
                    let length = head
                        .lines()
                        .find_map(|line| {
                            line.to_ascii_lowercase()
                                .strip_prefix("content-length:")?
                                .trim()
                                .parse()
                                .ok()
                        })
                        .unwrap_or(0_usize);
                    if body.len() >= length {
                        break Some((head.to_owned(), body.to_owned()));
                    }
                };
                let Some((head, body)) = request else { continue };
                let mut words = head.split(' ');
                let method = words.next().unwrap_or_default().to_owned();
                let path = words.next().unwrap_or_default().to_owned();
                let told = answer(&method, &path, &body);
                kept.lock().unwrap().push((method, path, format!("{head}\n{body}")));
                if let Some((status, body)) = told {
                    let length = body.len();
                    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
                    let _ = stream.write_all(head.as_bytes());
                    let _ = stream.write_all(body.as_bytes());
                }
            }
        });
        Self { address, asked }
    }
}
