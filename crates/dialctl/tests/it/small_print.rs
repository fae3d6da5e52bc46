//! What a provider said that nobody understands: it is shown, with the status that it came with.

use std::io::{Read, Write};
use std::net::TcpListener;

use serde_json::Value;
use tempfile::TempDir;

use super::{Finished, dialctl, run_as, run_in};

/// Something that answers everything alike, for as long as the test runs.
fn answering(status: &'static str, body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 8192]);
            let length = body.len();
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            );
        }
    });
    format!("base_url=http://{address}")
}

fn tested(base_url: &str, json: &[&str]) -> Finished {
    let home = TempDir::new().unwrap();
    let run = |words: &[&str]| {
        let mut command = dialctl(words);
        command
            .env("DIALDECK_SECRET_DESK_API_TOKEN", "made-up-key-for-tests-0003")
            .arg("--home")
            .arg(home.path());
        run_as(command, b"")
    };
    let agent = "agent_number=442079460001";
    let add = [
        "account",
        "add",
        "desk",
        "--provider",
        "acefone-uk",
        "--set",
        base_url,
        "--set",
        agent,
    ];
    assert_eq!(run(&add).code, 0);
    run(&[&["dids", "--account", "desk"], json].concat())
}

#[test]
fn the_providers_own_words_and_status_stand_below_the_message() {
    let url = answering("500 Oops", r#"{"success":false,"message":"The moon is full."}"#);
    let failed = tested(&url, &[]);
    assert_eq!(failed.code, 1);
    assert!(
        failed.stderr.contains("(HTTP 500): The moon is full."),
        "{}",
        failed.stderr
    );
    let error = tested(&url, &["--json"]).error();
    assert_eq!(error["code"], "response_unexpected");
    assert_eq!(
        (&error["provider_message"], &error["status"]),
        (&"The moon is full.".into(), &"500".into())
    );
}

#[test]
fn an_answer_without_words_is_told_by_its_status() {
    let failed = tested(&answering("502 Bad Gateway", "<html><p>nginx</p></html>"), &[]);
    assert!(failed.stderr.contains("HTTP 502"), "{}", failed.stderr);
    assert!(!failed.stderr.contains("small print"), "{}", failed.stderr);
}

#[test]
fn a_session_that_was_over_is_no_wrong_key() {
    let home = TempDir::new().unwrap();
    let add = [
        "account",
        "add",
        "play",
        "--provider",
        "sandbox",
        "--set",
        "plays=kazoo",
    ];
    assert_eq!(run_in(home.path(), &add).code, 0);
    // The number whose dial the sandbox refuses with 401.
    let refused = run_in(home.path(), &["call", "+442079460031", "--yes"]);
    assert_eq!(refused.code, 3, "{}", refused.stderr);
    let call = refused.document();
    assert_eq!(
        (&call["reason"], &call["provider_message"]),
        (&"credentials_rejected".into(), &Value::Null)
    );
    let error: Value = serde_json::from_str(&refused.stderr).unwrap();
    assert!(
        error["error"]["message"].as_str().unwrap().contains("session"),
        "{error}"
    );
    assert!(
        !refused.stderr.contains("Replace it") && !refused.stderr.contains("Enter"),
        "{error}"
    );
}
