//! The envelope: `Data` is AES-128-CBC over JSON, `Sig` is HMAC-MD5 over what it carries.
//!
//! Source: T/CEC 102.4-2016; certainty V, recomputed from the published example (see the tests).

use std::fmt;

use aes::Aes128;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use serde_json::{Value, json};

use crate::Ret;
use crate::lenient::{self, Fields};

/// Bytes of each secret.
const KEY_LENGTH: usize = 16;

/// The longest `TimeStamp`, `Seq` or `OperatorID` that is looked at, in bytes.
const LONGEST_PART: usize = 64;

/// What two sides agreed on: three texts of sixteen characters. Neither printed nor compared.
#[derive(Clone)]
pub struct Keys {
    data_secret: [u8; KEY_LENGTH],
    data_iv: [u8; KEY_LENGTH],
    sig_secret: Vec<u8>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(…)")
    }
}

/// Why keys cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} has not sixteen characters")]
pub struct WrongKey(pub &'static str);

/// Why something that came is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The outer JSON cannot be read.
    #[error("the envelope is no JSON object: {0}")]
    NotJson(String),
    /// One of the five parameters is missing, empty or far too long.
    #[error("{0} is missing or not usable")]
    Missing(&'static str),
    /// `Sig` is not what the keys give.
    #[error("the signature does not match")]
    Signature,
    /// `Data` cannot be decrypted.
    #[error("the data cannot be decrypted: {0}")]
    Cipher(&'static str),
    /// What was decrypted is no JSON.
    #[error("the decrypted content cannot be read: {0}")]
    Content(String),
}

impl Refused {
    /// What the other side is told.
    pub fn ret(&self) -> Ret {
        match self {
            Self::NotJson(_) | Self::Missing(_) => Ret::BadEnvelope,
            Self::Signature => Ret::BadSignature,
            Self::Cipher(_) | Self::Content(_) => Ret::BadContent,
        }
    }
}

impl Keys {
    /// The three secrets.
    ///
    /// # Errors
    /// When the secret or the vector of the cipher has not sixteen bytes, or the secret of signatures is empty.
    pub fn new(data_secret: &str, data_iv: &str, sig_secret: &str) -> Result<Self, WrongKey> {
        let sixteen = |name, text: &str| text.as_bytes().try_into().map_err(|_| WrongKey(name));
        if sig_secret.is_empty() || sig_secret.len() > LONGEST_PART {
            return Err(WrongKey("SigSecret"));
        }
        Ok(Self {
            data_secret: sixteen("DataSecret", data_secret)?,
            data_iv: sixteen("DataSecretIV", data_iv)?,
            sig_secret: sig_secret.as_bytes().to_vec(),
        })
    }

    /// Encrypts a text as `Data`.
    pub fn encrypt(&self, text: &str) -> String {
        let cipher = cbc::Encryptor::<Aes128>::new(&self.data_secret.into(), &self.data_iv.into());
        STANDARD.encode(cipher.encrypt_padded_vec::<Pkcs7>(text.as_bytes()))
    }

    /// Decrypts `Data`; blanks and line ends in the base64 are skipped.
    ///
    /// # Errors
    /// When it is no base64, no cipher text of these keys, or no UTF-8.
    pub fn decrypt(&self, data: &str) -> Result<String, Refused> {
        let packed: Vec<u8> = data.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let bytes = STANDARD.decode(packed).map_err(|_| Refused::Cipher("no base64"))?;
        let cipher = cbc::Decryptor::<Aes128>::new(&self.data_secret.into(), &self.data_iv.into());
        let plain = cipher.decrypt_padded_vec::<Pkcs7>(&bytes).map_err(|_| Refused::Cipher("wrong keys or padding"))?;
        String::from_utf8(plain).map_err(|_| Refused::Cipher("not UTF-8"))
    }

    fn mac(&self, parts: &[&str]) -> Hmac<Md5> {
        let mut mac = Hmac::<Md5>::new_from_slice(&self.sig_secret).expect("HMAC takes keys of any length");
        for part in parts {
            mac.update(part.as_bytes());
        }
        mac
    }

    /// The signature over `parts` as they stand one behind the other: 32 hexadecimal digits in capitals.
    pub fn sign(&self, parts: &[&str]) -> String {
        self.mac(parts).finalize().into_bytes().iter().map(|byte| format!("{byte:02X}")).collect()
    }

    /// Checks a signature in a time that does not depend on where it differs; digits may be small or capital.
    ///
    /// # Errors
    /// [`Refused::Signature`].
    pub fn verify(&self, parts: &[&str], signature: &str) -> Result<(), Refused> {
        let bytes = from_hex(signature).ok_or(Refused::Signature)?;
        self.mac(parts).verify_slice(&bytes).map_err(|_| Refused::Signature)
    }
}

fn from_hex(text: &str) -> Option<[u8; 16]> {
    let digits = text.as_bytes();
    let mut bytes = [0; 16];
    if digits.len() != 2 * bytes.len() {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |at: usize| char::from(pair[at]).to_digit(16);
        *byte = u8::try_from(digit(0)? << 4 | digit(1)?).ok()?;
    }
    Some(bytes)
}

/// A call as it travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Who calls: nine or eighteen characters.
    pub operator: String,
    /// The encrypted content.
    pub data: String,
    /// When, in Beijing time: `yyyyMMddHHmmss`.
    pub stamp: String,
    /// The number within that second, from `0001`.
    pub seq: String,
    /// The signature over the four above.
    pub sig: String,
}

impl Request {
    /// Seals `content` for the other side.
    pub fn seal(keys: &Keys, operator: &str, content: &Value, stamp: &str, seq: &str) -> Self {
        let data = keys.encrypt(&content.to_string());
        let sig = keys.sign(&[operator, &data, stamp, seq]);
        Self { operator: operator.to_owned(), data, stamp: stamp.to_owned(), seq: seq.to_owned(), sig }
    }

    /// Reads the outer JSON. Nothing is trusted yet: look up the operator's keys, then [`Request::open`].
    ///
    /// # Errors
    /// When it is no object or one of the five parameters is missing.
    pub fn read(text: &str) -> Result<Self, Refused> {
        let value = lenient::read(text).map_err(Refused::NotJson)?;
        let fields = Fields::of(&value).ok_or_else(|| Refused::NotJson("no object".to_owned()))?;
        let part = |name: &'static str, longest: usize| {
            let text = fields.text(name).unwrap_or_default();
            if text.is_empty() || text.len() > longest { Err(Refused::Missing(name)) } else { Ok(text) }
        };
        Ok(Self {
            operator: part("OperatorID", LONGEST_PART)?,
            data: part("Data", usize::MAX)?,
            stamp: part("TimeStamp", LONGEST_PART)?,
            seq: part("Seq", LONGEST_PART)?,
            sig: part("Sig", LONGEST_PART)?,
        })
    }

    /// Checks the signature, then decrypts and reads the content.
    ///
    /// # Errors
    /// When the signature does not match, the data are of other keys, or the content is no JSON.
    pub fn open(&self, keys: &Keys) -> Result<Value, Refused> {
        keys.verify(&[&self.operator, &self.data, &self.stamp, &self.seq], &self.sig)?;
        lenient::read(&keys.decrypt(&self.data)?).map_err(Refused::Content)
    }

    /// The outer JSON.
    pub fn to_json(&self) -> Value {
        json!({
            "OperatorID": self.operator,
            "Data": self.data,
            "TimeStamp": self.stamp,
            "Seq": self.seq,
            "Sig": self.sig,
        })
    }
}

/// An answer as it travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// How it went.
    pub ret: Ret,
    /// Words for people.
    pub msg: String,
    /// The encrypted content; empty where it went wrong.
    pub data: String,
    /// The signature over the three above; may be missing where it went wrong.
    pub sig: String,
}

impl Response {
    /// Seals an answer.
    pub fn seal(keys: &Keys, ret: Ret, msg: &str, content: &Value) -> Self {
        let data = keys.encrypt(&content.to_string());
        let sig = keys.sign(&[&ret.to_string(), msg, &data]);
        Self { ret, msg: msg.to_owned(), data, sig }
    }

    /// A refusal to somebody whose keys are not known or not proven: nothing is encrypted, nothing is signed.
    pub fn refuse(ret: Ret, msg: &str) -> Self {
        Self { ret, msg: msg.to_owned(), data: String::new(), sig: String::new() }
    }

    /// Reads the outer JSON; `Ret` may be a number or a text.
    ///
    /// # Errors
    /// When it is no object or has no `Ret`.
    pub fn read(text: &str) -> Result<Self, Refused> {
        let value = lenient::read(text).map_err(Refused::NotJson)?;
        let fields = Fields::of(&value).ok_or_else(|| Refused::NotJson("no object".to_owned()))?;
        let ret = fields.whole("Ret").and_then(|code| i32::try_from(code).ok()).ok_or(Refused::Missing("Ret"))?;
        let text = |name| fields.text(name).unwrap_or_default();
        Ok(Self { ret: Ret::of(ret), msg: text("Msg"), data: text("Data"), sig: text("Sig") })
    }

    /// Checks the signature, then decrypts and reads the content.
    ///
    /// # Errors
    /// As with [`Request::open`].
    pub fn open(&self, keys: &Keys) -> Result<Value, Refused> {
        keys.verify(&[&self.ret.to_string(), &self.msg, &self.data], &self.sig)?;
        lenient::read(&keys.decrypt(&self.data)?).map_err(Refused::Content)
    }

    /// The outer JSON.
    pub fn to_json(&self) -> Value {
        json!({ "Ret": self.ret.code(), "Msg": self.msg, "Data": self.data, "Sig": self.sig })
    }
}
