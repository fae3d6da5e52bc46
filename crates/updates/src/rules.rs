//! What an offer must be to be taken. Pure: bytes, versions and the time are passed in.
//!
//! A release is a manifest and its artefacts, each with a signature of its own. The manifest says which version there is
//! and until when that may be believed: an old one that is shown again runs out. Each artefact's signed comment says what
//! it is, so that a rightly signed file cannot stand in for another.

use std::collections::BTreeMap;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use minisign_verify::{PublicKey, Signature};
use semver::Version;
use serde::Deserialize;

use crate::Owner;

/// The most bytes of a manifest.
pub const LONGEST_MANIFEST: u64 = 64 * 1024;

/// How far the clock here may be behind the publisher's.
const CLOCK_MAY_LAG: SignedDuration = SignedDuration::from_hours(24);

/// Who may offer releases: the owner of a minisign key.
pub struct Publisher(PublicKey);

/// What is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    pub version: Version,
    /// The highest version that was ever offered here and rightly signed; none before the first.
    pub newest_seen: Option<Version>,
    /// Which artefact fits: `linux-x86_64-appimage` …
    pub target: String,
    pub owner: Owner,
}

/// A newer version that may be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub version: Version,
    pub target: String,
    pub url: String,
    /// The length of the artefact.
    pub bytes: u64,
    signature: String,
}

/// An artefact whose bytes are what the publisher has signed; the only thing that is installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    bytes: Vec<u8>,
}

/// Why something offered is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the package manager {manager} installs new versions here")]
    OfPackageManager { manager: String },
    #[error("it is not signed by the publisher")]
    NotSigned,
    #[error("its manifest cannot be read: {why}")]
    Unreadable { why: String },
    #[error("the offer ran out at {at}")]
    Expired { at: Timestamp },
    #[error("the offer is of {at}, which is still to come")]
    NotYet { at: Timestamp },
    #[error("{offered} is older than {known}")]
    Older { offered: Version, known: Version },
    #[error("there is none for {target}")]
    NoneForThisSystem { target: String },
    #[error("{found} bytes instead of {wanted}")]
    OtherLength { wanted: u64, found: u64 },
    #[error("it is signed as another file: {comment}")]
    AnotherFile { comment: String },
}

#[derive(Deserialize)]
struct Manifest {
    version: Version,
    published: Timestamp,
    expires: Timestamp,
    artefacts: BTreeMap<String, Artefact>,
}

#[derive(Deserialize)]
struct Artefact {
    url: String,
    bytes: u64,
    /// The text of the `.minisig` file.
    signature: String,
}

impl Publisher {
    /// The owner of a key in the form of minisign's `.pub` files, or of their second line.
    ///
    /// None where the text is no such key.
    #[must_use]
    pub fn of_key(text: &str) -> Option<Self> {
        let text = text.trim();
        let key = PublicKey::decode(text).or_else(|_| PublicKey::from_base64(text));
        key.ok().map(Self)
    }

    /// Whether a manifest offers something newer than what is here; none if what is here is the newest.
    ///
    /// # Errors
    /// Why the manifest is not to be believed, or does not concern this program.
    pub fn offer(
        &self,
        manifest: &[u8],
        signature: &str,
        installed: &Installed,
        now: Timestamp,
    ) -> Result<Option<Offer>, Refusal> {
        if let Owner::PackageManager(manager) = &installed.owner {
            return Err(Refusal::OfPackageManager {
                manager: manager.clone(),
            });
        }
        // Before a byte of it is read.
        self.check(manifest, signature)?;
        let manifest: Manifest =
            serde_json::from_slice(manifest).map_err(|error| Refusal::Unreadable { why: error.to_string() })?;
        if manifest.expires <= now {
            return Err(Refusal::Expired { at: manifest.expires });
        }
        if manifest.published > now + CLOCK_MAY_LAG {
            return Err(Refusal::NotYet { at: manifest.published });
        }
        let known = installed.newest_seen.iter().chain([&installed.version]).max();
        if let Some(known) = known.filter(|known| manifest.version < **known) {
            return Err(Refusal::Older {
                offered: manifest.version,
                known: known.clone(),
            });
        }
        if manifest.version == installed.version {
            return Ok(None);
        }
        let target = installed.target.clone();
        let mut artefacts = manifest.artefacts;
        let Some(artefact) = artefacts.remove(&target) else {
            return Err(Refusal::NoneForThisSystem { target });
        };
        Ok(Some(Offer {
            version: manifest.version,
            target,
            url: artefact.url,
            bytes: artefact.bytes,
            signature: artefact.signature,
        }))
    }

    /// Takes what was fetched for an offer, if it is what the publisher has signed for it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn verify(&self, offer: &Offer, bytes: Vec<u8>) -> Result<Verified, Refusal> {
        let found = bytes.len() as u64;
        if found != offer.bytes {
            return Err(Refusal::OtherLength {
                wanted: offer.bytes,
                found,
            });
        }
        let signature = self.check(&bytes, &offer.signature)?;
        let comment = signature.trusted_comment();
        if comment != offer.comment() {
            return Err(Refusal::AnotherFile {
                comment: comment.chars().take(80).collect(),
            });
        }
        Ok(Verified { bytes })
    }

    fn check(&self, bytes: &[u8], signature: &str) -> Result<Signature, Refusal> {
        let signature = Signature::decode(signature.trim()).map_err(|_| Refusal::NotSigned)?;
        // Only signatures of the hash: the old kind is not made any more.
        self.0
            .verify(bytes, &signature, false)
            .map_err(|_| Refusal::NotSigned)?;
        Ok(signature)
    }
}

impl Offer {
    /// The comment that the artefact is signed with: `minisign -S -t COMMENT`.
    #[must_use]
    pub fn comment(&self) -> String {
        format!("dialdeck {} {}", self.version, self.target)
    }
}

impl Verified {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for Publisher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Publisher")
    }
}
