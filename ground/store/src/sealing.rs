//! Secrets of other systems, closed before they go into the database: a copy of the database alone opens none of them.
//!
//! AES-256-GCM with a fresh nonce each time; what a secret is for is bound to it, so that one row's cannot be put into
//! another's. The key lies in a file outside of the database.

use std::fmt;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::random;

/// Bytes of the key.
const KEY_LENGTH: usize = 32;

/// What closes and opens secrets. Cheap to clone; prints nothing of the key.
#[derive(Clone)]
pub struct Sealing(Arc<LessSafeKey>);

impl fmt::Debug for Sealing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealing(…)")
    }
}

/// A closed secret that this key does not open, or that was closed for something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sealed secret cannot be opened: another key file, or a changed row")]
pub struct Unsealable;

impl Sealing {
    /// With this key.
    pub fn of_key(key: &[u8; KEY_LENGTH]) -> Self {
        let key = UnboundKey::new(&AES_256_GCM, key).expect("a key of 32 bytes");
        Self(Arc::new(LessSafeKey::new(key)))
    }

    /// With a key that is gone with the process: for trials and tests.
    pub fn passing() -> Self {
        Self::of_key(&random::bytes())
    }

    /// With the key in `file`, 64 hexadecimal digits; a missing file is made, readable by its owner only.
    ///
    /// # Errors
    /// When it can be neither read nor made, or holds something else.
    pub fn of_file(file: &Path) -> io::Result<Self> {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => match make(file) {
                // Another copy of the server was faster.
                Err(made) if made.kind() == io::ErrorKind::AlreadyExists => std::fs::read_to_string(file)?,
                made => made?,
            },
            Err(other) => return Err(other),
        };
        let digits = text.trim().as_bytes();
        let mut key = [0; KEY_LENGTH];
        let wrong = || io::Error::new(io::ErrorKind::InvalidData, "the key file does not hold 64 hexadecimal digits");
        if digits.len() != 2 * KEY_LENGTH {
            return Err(wrong());
        }
        for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| wrong())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
        }
        Ok(Self::of_key(&key))
    }

    /// Closes `secret`, which is there for `purpose`.
    pub fn seal(&self, purpose: &str, secret: &str) -> String {
        let nonce = random::bytes::<NONCE_LEN>();
        let mut bytes = secret.as_bytes().to_vec();
        self.0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(purpose.as_bytes()), &mut bytes)
            .expect("secrets are far shorter than the cipher allows");
        STANDARD.encode([&nonce[..], &bytes].concat())
    }

    /// Opens what [`Sealing::seal`] closed for the same purpose.
    ///
    /// # Errors
    /// When key, purpose or text are others.
    pub fn open(&self, purpose: &str, sealed: &str) -> Result<String, Unsealable> {
        let bytes = STANDARD.decode(sealed).map_err(|_| Unsealable)?;
        let (nonce, rest) = bytes.split_at_checked(NONCE_LEN).ok_or(Unsealable)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Unsealable)?;
        let mut rest = rest.to_vec();
        let plain = self.0.open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut rest).map_err(|_| Unsealable)?;
        String::from_utf8(plain.to_vec()).map_err(|_| Unsealable)
    }
}

fn make(file: &Path) -> io::Result<String> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let text = random::hexadecimal::<KEY_LENGTH>();
    let mut made = options.open(file)?;
    made.write_all(text.as_bytes())?;
    made.sync_all()?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_with_its_key_and_for_its_purpose_only() {
        let sealing = Sealing::of_key(&[7; 32]);
        let sealed = sealing.seal("operator 1", "1234567890abcdef");
        assert!(!sealed.contains("1234567890abcdef"));
        assert_ne!(sealed, sealing.seal("operator 1", "1234567890abcdef"), "never the same twice");
        assert_eq!(sealing.open("operator 1", &sealed).as_deref(), Ok("1234567890abcdef"));
        assert_eq!(sealing.open("operator 2", &sealed), Err(Unsealable));
        assert_eq!(Sealing::of_key(&[8; 32]).open("operator 1", &sealed), Err(Unsealable));
        for broken in ["", "AAAA", "不是", &sealed[4..]] {
            assert_eq!(sealing.open("operator 1", broken), Err(Unsealable));
        }
    }

    #[test]
    fn the_key_file_is_made_once_and_for_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deep/secret.key");
        let sealed = Sealing::of_file(&file).unwrap().seal("x", "secret");
        assert_eq!(Sealing::of_file(&file).unwrap().open("x", &sealed).as_deref(), Ok("secret"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(&file, "short").unwrap();
        assert!(Sealing::of_file(&file).is_err(), "a broken key is not replaced");
    }
}
