//! The secret part of each account's address for events.
//!
//! Owns the file in which the tokens are kept; they are never logged. A token is made once, so that the address given
//! to the provider stays good.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::save::save_private;
use crate::hook_doors::HookDoors;

/// 160 bits: more than can be guessed, in 40 letters that survive any form on any web page.
const TOKEN_BYTES: usize = 20;

/// Tokens by the id of their account.
pub(crate) struct HookTokens {
    path: PathBuf,
    tokens: BTreeMap<String, String>,
    /// The accounts that there are, by id: a token alone opens nothing.
    names: BTreeMap<String, String>,
    doors: Arc<HookDoors>,
}

impl HookTokens {
    /// Reads the file; none is as good as an empty one.
    pub(crate) fn load(path: &Path) -> io::Result<Self> {
        let tokens = match std::fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {error}", path.display())))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(error),
        };
        Ok(Self {
            path: path.to_path_buf(),
            tokens,
            names: BTreeMap::new(),
            doors: Arc::default(),
        })
    }

    /// What the listener asks.
    pub(crate) fn doors(&self) -> Arc<HookDoors> {
        self.doors.clone()
    }

    /// The account's token, if one was made.
    pub(crate) fn token(&self, account_id: &str) -> Option<&str> {
        self.tokens.get(account_id).map(String::as_str)
    }

    /// Makes the account's token unless it has one, and opens its door.
    pub(crate) fn make(&mut self, account_id: &str, name: &str) -> io::Result<()> {
        self.names.insert(account_id.to_owned(), name.to_owned());
        if self.tokens.contains_key(account_id) {
            self.set_doors();
            Ok(())
        } else {
            self.rotate(account_id)
        }
    }

    /// Gives the account a new token; the old one is void from here.
    pub(crate) fn rotate(&mut self, account_id: &str) -> io::Result<()> {
        let mut tokens = self.tokens.clone();
        tokens.insert(account_id.to_owned(), new_token()?);
        self.keep(tokens)
    }

    /// Forgets the account's token.
    pub(crate) fn remove(&mut self, account_id: &str) -> io::Result<()> {
        self.names.remove(account_id);
        self.set_doors();
        let mut tokens = self.tokens.clone();
        if tokens.remove(account_id).is_none() {
            return Ok(());
        }
        self.keep(tokens)
    }

    /// The file first: a token that would be gone with this process must not be given to a provider.
    fn keep(&mut self, tokens: BTreeMap<String, String>) -> io::Result<()> {
        let text = serde_json::to_vec_pretty(&tokens)?;
        save_private(&self.path, &text)?;
        self.tokens = tokens;
        self.set_doors();
        Ok(())
    }

    fn set_doors(&self) {
        let named = |(id, name)| Some((id, name, self.tokens.get(id)?));
        let doors = self.names.iter().filter_map(named);
        self.doors
            .are(doors.map(|(id, name, token)| (id.as_str(), name.as_str(), token.as_str())));
    }
}

impl fmt::Debug for HookTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.tokens.keys()).finish()
    }
}

fn new_token() -> io::Result<String> {
    let mut bytes = [0_u8; TOKEN_BYTES];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("data").join("hook-tokens.json");
        (dir, path)
    }

    #[test]
    fn a_token_is_made_once_and_outlives_the_process() {
        let (_dir, path) = tokens();
        let mut first = HookTokens::load(&path).unwrap();
        assert_eq!(first.token("a"), None);
        first.make("a", "desk").unwrap();
        first.make("b", "work").unwrap();
        let token = first.token("a").unwrap().to_owned();
        assert!(token.len() * 4 >= 128);
        assert_ne!(Some(token.as_str()), first.token("b"));

        let mut second = HookTokens::load(&path).unwrap();
        assert_eq!(second.doors().opened_by("desk", &token), None, "no such account yet");
        second.make("a", "desk").unwrap();
        assert_eq!(second.token("a"), Some(token.as_str()));
        assert_eq!(second.doors().opened_by("desk", &token).as_deref(), Some("a"));
    }

    #[test]
    fn a_rotated_or_removed_token_opens_no_more() {
        let (_dir, path) = tokens();
        let mut tokens = HookTokens::load(&path).unwrap();
        let doors = tokens.doors();
        tokens.make("a", "desk").unwrap();
        let old = tokens.token("a").unwrap().to_owned();
        assert!(doors.opened_by("desk", &old).is_some());
        tokens.rotate("a").unwrap();
        assert_eq!(doors.opened_by("desk", &old), None);
        let new = tokens.token("a").unwrap().to_owned();
        assert!(doors.opened_by("desk", &new).is_some());
        tokens.remove("a").unwrap();
        assert_eq!(doors.opened_by("desk", &new), None);
        assert_eq!(HookTokens::load(&path).unwrap().token("a"), None);
    }

    #[test]
    fn no_token_is_printed() {
        let (_dir, path) = tokens();
        let mut tokens = HookTokens::load(&path).unwrap();
        tokens.make("a", "desk").unwrap();
        assert!(!format!("{tokens:?}").contains(tokens.token("a").unwrap()));
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let (_dir, path) = tokens();
        HookTokens::load(&path).unwrap().make("a", "desk").unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
