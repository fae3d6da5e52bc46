use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{dialctl, run};

#[cfg(unix)]
#[test]
fn the_exchange_says_where_it_listens_and_ends_on_a_signal() {
    for (plays, has_socket) in [("superfone", false), ("kazoo", true)] {
        says_where_it_listens(plays, has_socket);
    }
}

#[cfg(unix)]
fn says_where_it_listens(plays: &str, has_socket: bool) {
    let mut child = dialctl(&["exchange", "serve", "--plays", plays, "--speed", "20"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let open: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(open["plays"], plays);
    assert_eq!(open["websocket_url"].is_string(), has_socket);
    let address = open["base_url"].as_str().unwrap().strip_prefix("http://").unwrap();
    TcpStream::connect(address.split('/').next().unwrap()).unwrap();
    assert!(
        Command::new("kill")
            .arg(child.id().to_string())
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn it_listens_on_loopback_only() {
    let finished = run(&["exchange", "serve", "--listen", "192.0.2.1:0", "--json"], b"");
    assert_eq!(
        (finished.code, &finished.error()["code"]),
        (2, &"exchange_failed".into())
    );
}

#[test]
fn a_mistake_in_a_script_is_named_by_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("script.toml");
    std::fs::write(&script, "guide = true\n[[rule]]\nthen = \"dance\"\n").unwrap();
    let finished = run(
        &["exchange", "serve", "--script", script.to_str().unwrap(), "--json"],
        b"",
    );
    assert_eq!(finished.code, 1);
    let error = finished.error();
    assert_eq!(error["code"], "script_mistake");
    assert!(error["message"].as_str().unwrap().contains("line 3"), "{error}");
}
