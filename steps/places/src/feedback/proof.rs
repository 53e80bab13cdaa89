//! A proof of work instead of a picture puzzle: the browser of whoever writes spends a moment, everybody can do it, and
//! nobody is tracked for it.
//!
//! The server gives a challenge, signed with a secret that all copies share; the browser looks for a number that makes the
//! SHA-256 of challenge and number begin with so many zero bits. A challenge holds for two hours, for one site, once.

use hmac::{Hmac, KeyInit, Mac};
use kernel::Problem;
use sha2::{Digest, Sha256};
use store::{Result, Store, Tx, hex, random};

use super::store as feedbacks;

/// How long a challenge holds.
const HOLDS_MS: i64 = 2 * 60 * 60 * 1_000;

/// What the browser has to solve.
#[derive(Clone, Debug)]
pub(crate) struct Challenge {
    /// `site.issued.nonce.bits.signature`.
    pub(crate) text: String,
    /// Leading zero bits.
    pub(crate) bits: u8,
}

/// A receipt: ten characters that are not mistaken for one another, 50 bits.
pub(crate) fn receipt() -> String {
    const LETTERS: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
    random::bytes::<10>().iter().map(|byte| char::from(LETTERS[usize::from(*byte % 31)])).collect()
}

/// The secret of this installation, made on first use.
async fn secret(store: &Store) -> Result<String> {
    match feedbacks::secret(store.reader()).await? {
        Some(secret) => Ok(secret),
        None => feedbacks::settle_secret(store.for_upkeep(), random::hexadecimal::<32>()).await,
    }
}

fn signature(secret: &str, body: &str) -> Hmac<Sha256> {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes());
    let mut mac = mac.expect("a key of any length is taken");
    mac.update(body.as_bytes());
    mac
}

/// A challenge for the site with this code.
pub(crate) async fn challenge(store: &Store, site: &str, bits: u8) -> Result<Challenge> {
    let body = format!("{site}.{}.{}.{bits}", store.clock().now_ms(), random::hexadecimal::<8>());
    let signed = hex(&signature(&secret(store).await?, &body).finalize().into_bytes());
    Ok(Challenge { text: format!("{body}.{signed}"), bits })
}

/// Whether `solution` solves `challenge`, which we gave for `site` not long ago and with at least `bits`.
///
/// # Errors
/// A problem that says to send the form again, where a challenge was forged, is old, or is not solved.
pub(crate) async fn verify(store: &Store, site: &str, challenge: &str, solution: &str, bits: u8) -> Result<()> {
    let wrong = || {
        Problem::invalid(
            "校验没有通过，请刷新页面后重新提交；您写的内容请先复制保留",
            "The check did not pass: reload the page and send it again; keep a copy of what you wrote",
        )
    };
    let (body, signed) = challenge.rsplit_once('.').ok_or_else(wrong)?;
    let signed = unhex(signed).ok_or_else(wrong)?;
    signature(&secret(store).await?, body).verify_slice(&signed).map_err(|_| wrong())?;
    let parts: Vec<&str> = body.split('.').collect();
    let &[of, issued, _, asked] = parts.as_slice() else { return Err(wrong().into()) };
    let issued: i64 = issued.parse().map_err(|_| wrong())?;
    let asked: u8 = asked.parse().map_err(|_| wrong())?;
    // Traffic may have grown since the page was opened: two bits are let pass.
    let fresh = (0..=HOLDS_MS).contains(&(store.clock().now_ms() - issued));
    if of != site || !fresh || asked.saturating_add(2) < bits || !solves(challenge, solution, asked) {
        return Err(wrong().into());
    }
    Ok(())
}

/// Spends a challenge within the write that it pays for.
///
/// # Errors
/// A conflict when it was spent before: the form was sent twice.
pub(crate) async fn spend(tx: &Tx, challenge: &str) -> Result<()> {
    if feedbacks::spend(tx, store::audit::sm3_hex(challenge), tx.at_ms() - 2 * HOLDS_MS).await? {
        return Ok(());
    }
    Err(Problem::conflict("这份反馈已经收到，没有重复保存", "This has been received already; it was not saved twice")
        .into())
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

/// Whether the SHA-256 of `challenge:solution` begins with `bits` zero bits.
fn solves(challenge: &str, solution: &str, bits: u8) -> bool {
    if solution.len() > 20 || !solution.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let digest = Sha256::digest(format!("{challenge}:{solution}"));
    let zeros = digest.iter().take_while(|byte| **byte == 0).count();
    let rest = digest.get(zeros).map_or(0, |byte| byte.leading_zeros() as usize);
    zeros * 8 + rest >= usize::from(bits)
}

/// For tests: the solution that a browser would find.
#[cfg(test)]
pub(crate) fn solve(challenge: &Challenge) -> String {
    (0_u64..)
        .map(|number| number.to_string())
        .find(|number| solves(&challenge.text, number, challenge.bits))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_solution_counts_leading_zero_bits() {
        let challenge = Challenge { text: "A1.0.x.8.s".into(), bits: 8 };
        let found = solve(&challenge);
        assert!(solves(&challenge.text, &found, 8));
        assert!(!solves(&challenge.text, &found, 64), "nobody finds 64 bits by chance");
        assert!(!solves(&challenge.text, "-1", 0) && !solves(&challenge.text, &"9".repeat(21), 0));
    }

    #[test]
    fn receipts_use_letters_that_are_not_mistaken() {
        for _ in 0..200 {
            let receipt = receipt();
            assert_eq!(receipt.len(), 10);
            assert!(
                receipt.chars().all(|letter| letter.is_ascii_alphanumeric() && !"01IOL".contains(letter)),
                "{receipt}"
            );
        }
    }

    #[test]
    fn hexadecimal_is_read_or_refused() {
        assert_eq!(unhex("00ff"), Some(vec![0, 255]));
        assert_eq!((unhex("0"), unhex("zz"), unhex("é")), (None, None, None));
    }
}
