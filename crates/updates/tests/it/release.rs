//! A publisher with a key made for the test, and a server that hands out its release.

use std::io::Cursor;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;
use jiff::{SignedDuration, Timestamp};
use minisign::KeyPair;
use serde_json::json;
use updates::Publisher;

pub const TARGET: &str = "linux-x86_64-appimage";
/// The program of the new version.
pub const NEW: &[u8] = b"#!/bin/sh\necho the new one\n";

/// What is published.
pub struct Release {
    pub version: &'static str,
    /// From now on.
    pub published: SignedDuration,
    pub expires: SignedDuration,
    /// What the artefact is signed as, instead of what it is.
    pub comment: Option<&'static str>,
}

impl Default for Release {
    fn default() -> Self {
        Self {
            version: "1.5.0",
            published: SignedDuration::from_hours(-1),
            expires: SignedDuration::from_hours(24 * 14),
            comment: None,
        }
    }
}

impl Release {
    /// The manifest, with the artefact at that address.
    pub fn manifest(&self, keys: &KeyPair, url: &str) -> Vec<u8> {
        let comment = format!("dialdeck {} {TARGET}", self.version);
        let now = Timestamp::now();
        let manifest = json!({
            "version": self.version,
            "published": now + self.published,
            "expires": now + self.expires,
            "artefacts": {TARGET: {
                "url": url,
                "bytes": NEW.len(),
                "signature": sign(keys, NEW, self.comment.unwrap_or(&comment)),
            }},
        });
        manifest.to_string().into_bytes()
    }
}

pub fn publisher() -> (KeyPair, Publisher) {
    rustls::crypto::ring::default_provider().install_default().ok();
    let keys = KeyPair::generate_unencrypted_keypair().unwrap();
    let publisher = Publisher::of_key(&keys.pk.to_base64()).unwrap();
    (keys, publisher)
}

pub fn sign(keys: &KeyPair, bytes: &[u8], comment: &str) -> String {
    let signed = minisign::sign(Some(&keys.pk), &keys.sk, Cursor::new(bytes), Some(comment), None);
    signed.unwrap().to_string()
}

/// A web server on this machine; it ends with the test.
pub struct Server {
    address: String,
}

impl Server {
    pub async fn with(keys: &KeyPair, release: &Release) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let manifest = release.manifest(keys, &format!("{address}/artefact"));
        let signature = sign(keys, &manifest, "manifest").into_bytes();
        let give = move |Path(name): Path<String>| {
            let found = match name.as_str() {
                "manifest.json" => Ok(manifest.clone()),
                "manifest.json.minisig" => Ok(signature.clone()),
                "artefact" => Ok(NEW.to_vec()),
                _ => Err(StatusCode::NOT_FOUND),
            };
            async move { found }
        };
        let router = Router::new().route("/{name}", get(give));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address }
    }

    pub fn url(&self, name: &str) -> String {
        format!("{}/{name}", self.address)
    }
}
