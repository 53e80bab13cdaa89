//! Turning passwords into hashes and checking them: slow on purpose, so kept off the threads that serve pages.

use std::sync::Arc;

use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

/// How many passwords are worked on at once; each takes 19 MiB and a core for some 70 ms.
const AT_ONCE: usize = 2;

/// Argon2id with 19 MiB, two passes, one lane: the library's defaults, which follow OWASP's advice. Cheap to clone.
#[derive(Clone)]
pub struct Passwords {
    room: Arc<Semaphore>,
    nobody: Arc<str>,
}

impl Passwords {
    /// Readies the hasher; this hashes once itself.
    pub fn new() -> Self {
        Self { room: Arc::new(Semaphore::new(AT_ONCE)), nobody: hash(b"", &[0; 16]).into() }
    }

    /// The hash of `password` in PHC form, salted with the operating system's randomness.
    pub async fn hash(&self, password: &str) -> String {
        let (password, salt) = (password.to_owned(), store::random::bytes::<16>());
        self.run(move || hash(password.as_bytes(), &salt)).await
    }

    /// Whether `password` is what `stored` was made from. Without a stored hash the answer is no, after the same work:
    /// an unknown name must not be told from a wrong password by the time it takes.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> bool {
        let known = stored.is_some();
        let (password, stored) = (password.to_owned(), stored.unwrap_or(&self.nobody).to_owned());
        let right =
            self.run(move || Argon2::default().verify_password(password.as_bytes(), stored.as_str()).is_ok()).await;
        right && known
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        let _room = self.room.acquire().await.expect("the semaphore is never closed");
        tokio::task::spawn_blocking(work).await.expect("hashing does not panic")
    }
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

fn hash(password: &[u8], salt: &[u8]) -> String {
    Argon2::default().hash_password_with_salt(password, salt).expect("sixteen bytes are a valid salt").to_string()
}
