//! Every query of this crate.

pub mod accounts;
pub mod organisations;
pub mod sessions;

use rand::TryRng;

/// Bytes from the operating system: the edge where randomness enters.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rngs::SysRng.try_fill_bytes(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// Random bytes in lower-case hexadecimal.
pub(crate) fn random_hex<const N: usize>() -> String {
    use std::fmt::Write;
    random::<N>().iter().fold(String::with_capacity(N * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
