//! The edge where randomness enters: keys, tokens and receipts, all from the operating system.

use ring::rand::{SecureRandom, SystemRandom};

use crate::hex;

/// Random bytes.
///
/// # Panics
/// When the operating system gives none; nothing could be kept secret then.
#[must_use]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// `N` random bytes in lower-case hexadecimal.
#[must_use]
pub fn hexadecimal<const N: usize>() -> String {
    hex(&bytes::<N>())
}
