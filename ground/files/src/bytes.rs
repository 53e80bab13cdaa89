//! Where the bytes lie: a folder beside the database, or a bucket that speaks the S3 protocol.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::store::audit::{Event, sm3_hex};
use ::store::{Actor, Error, Result, Store};
use kernel::{Problem, Text};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::prefix::PrefixStore;
use object_store::{GetResult, ObjectStore, ObjectStoreExt, PutPayload};
use serde_json::json;
use tokio::sync::{OnceCell, Semaphore};

use crate::{Limits, MediaType, Origin, formats, pictures, rules, store};

/// Files looked into at the same time: a picture may take a quarter of a gigabyte while it is decoded.
const AT_ONCE: usize = 2;

/// Bytes swept in one write.
const SWEPT_AT_ONCE: u64 = 200;

/// Which place the bytes lie in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A folder, made when first needed.
    Folder(PathBuf),
    /// `s3://bucket` or `s3://bucket/prefix`. Endpoint, region and keys come from the environment, as every S3 program
    /// reads them: `AWS_ENDPOINT`, `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_ALLOW_HTTP`.
    S3(String),
}

impl Address {
    /// Reads the operator's setting; nothing means `folder`.
    pub fn read(setting: &str, folder: PathBuf) -> Self {
        match setting.trim() {
            "" => Self::Folder(folder),
            bucket if bucket.starts_with("s3://") => Self::S3(bucket.to_owned()),
            path => Self::Folder(path.into()),
        }
    }
}

/// The store of files. Cheap to clone.
#[derive(Clone)]
pub struct Files(Arc<Inner>);

struct Inner {
    store: Store,
    address: Address,
    opened: OnceCell<Arc<dyn ObjectStore>>,
    looking: Semaphore,
}

/// A file that was taken: its bytes are safe for a day, and for ever once it is attached to something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The name to show.
    pub name: String,
    /// What the content is.
    pub media_type: MediaType,
    /// Bytes of the original.
    pub size: u64,
    /// SM3 of the original in hexadecimal.
    pub sm3: String,
    /// The original's key.
    pub key: String,
    /// The key of what the public may see: of a paper the paper itself, of a picture the copy without metadata.
    pub public_key: String,
    /// Pixels across; none for a paper.
    pub width: Option<u32>,
    /// Pixels down.
    pub height: Option<u32>,
    /// What the camera noted.
    pub origin: Origin,
    /// What the sender should know, such as that the name got another ending.
    pub note: Option<Text>,
}

/// What the content says.
struct Examined {
    kept: Kept,
    original: Vec<u8>,
    public: Option<Vec<u8>>,
}

impl Files {
    /// The files of `store` at `address`. Nothing is opened before it is needed.
    pub fn new(store: Store, address: Address) -> Self {
        Self(Arc::new(Inner { store, address, opened: OnceCell::new(), looking: Semaphore::new(AT_ONCE) }))
    }

    /// Takes the file at `path`, which was sent as `name`: looks into it, stores it and its public copy. It belongs to
    /// nothing yet; [`crate::store::attach`] it within a day.
    ///
    /// # Errors
    /// A problem that names the file when it is empty, too large, of another sort than its name says or than are taken,
    /// or damaged; otherwise when the store fails.
    pub async fn keep(&self, path: &Path, name: &str, limits: &Limits) -> Result<Kept> {
        let name = rules::clean_name(name);
        let limits = *limits;
        limits.check_size(&name, tokio::fs::metadata(path).await?.len())?;
        let turn = self.0.looking.acquire().await.map_err(std::io::Error::other)?;
        let bytes = tokio::fs::read(path).await?;
        let examined = tokio::task::spawn_blocking(move || examine(name, bytes, &limits));
        let Examined { kept, original, public } = examined.await.map_err(std::io::Error::other)??;
        drop(turn);
        // First the row, then the bytes: the sweep takes neither while the row is fresh.
        store::note_bytes(&self.0.store, &kept.key, &kept.public_key).await?;
        self.put(&kept.key, original).await?;
        if let Some(public) = public {
            self.put(&kept.public_key, public).await?;
        }
        Ok(kept)
    }

    /// The bytes under `key`, as a stream.
    ///
    /// # Errors
    /// When the store fails, or the bytes are gone, which only damage can bring about.
    pub async fn open(&self, key: &str) -> Result<GetResult> {
        self.opened().await?.get(&Key::from(key)).await.map_err(failed)
    }

    /// Removes bytes that belong to nothing: of forms that were never finished. Returns how many files went.
    ///
    /// # Errors
    /// When database or store fail; then nothing is forgotten and the next sweep goes on.
    pub async fn sweep(&self) -> Result<u64> {
        let mut tx = self.0.store.begin(&Actor::operator("files")).await?;
        let orphans = store::take_orphans(&tx, SWEPT_AT_ONCE).await?;
        if orphans.is_empty() {
            tx.abandon().await?;
            return Ok(0);
        }
        let opened = self.opened().await?;
        for orphan in &orphans {
            for key in [&orphan.public_key, &orphan.key] {
                match opened.delete(&Key::from(key.as_str())).await {
                    Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                    Err(error) => return Err(failed(error)),
                }
            }
        }
        let keys: Vec<&str> = orphans.iter().map(|orphan| orphan.key.as_str()).collect();
        tx.record(Event::new("evidence.swept", "evidence", "orphans", json!({ "keys": keys }))).await?;
        tx.commit().await?;
        Ok(orphans.len() as u64)
    }

    async fn put(&self, key: &str, bytes: Vec<u8>) -> Result<()> {
        let (opened, key) = (self.opened().await?, Key::from(key));
        match opened.head(&key).await {
            Ok(there) if there.size == bytes.len() as u64 => return Ok(()),
            Ok(_) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(failed(error)),
        }
        opened.put(&key, PutPayload::from(bytes)).await.map(|_| ()).map_err(failed)
    }

    async fn opened(&self) -> Result<&Arc<dyn ObjectStore>> {
        self.0.opened.get_or_try_init(|| open(&self.0.address)).await
    }
}

async fn open(address: &Address) -> Result<Arc<dyn ObjectStore>> {
    match address {
        Address::Folder(folder) => {
            tokio::fs::create_dir_all(folder).await?;
            // What was acknowledged survives a power cut, as in the database.
            let local = LocalFileSystem::new_with_prefix(folder).map_err(failed)?.with_fsync(true);
            Ok(Arc::new(local))
        }
        Address::S3(url) => {
            // An error means that a provider was chosen already, which is as good.
            let _ = rustls::crypto::ring::default_provider().install_default();
            let bucket = AmazonS3Builder::from_env().with_url(url).build().map_err(failed)?;
            let prefix = url.trim_start_matches("s3://").split_once('/').map_or("", |(_, prefix)| prefix);
            Ok(Arc::new(PrefixStore::new(bucket, Key::from(prefix))))
        }
    }
}

fn examine(name: String, original: Vec<u8>, limits: &Limits) -> Result<Examined> {
    let media_type = formats::recognise(&name, &original)?;
    let (name, note) = rules::check_ending(&name, media_type)?;
    let sm3 = sm3_hex(&original);
    let key = format!("originals/{}/{sm3}", &sm3[..2]);
    let picture = match media_type.is_picture() {
        true => Some(pictures::look_into(&name, &original, media_type, limits)?),
        false => None,
    };
    let public_key = match &picture {
        Some(picture) => format!("public/{}/{sm3}.{}", &sm3[..2], picture.public_type.ending()),
        None => key.clone(),
    };
    let kept = Kept {
        name,
        media_type,
        size: original.len() as u64,
        sm3,
        key,
        public_key,
        width: picture.as_ref().map(|picture| picture.width),
        height: picture.as_ref().map(|picture| picture.height),
        origin: picture.as_ref().map(|picture| picture.origin).unwrap_or_default(),
        note,
    };
    Ok(Examined { kept, original, public: picture.map(|picture| picture.public) })
}

fn failed(error: object_store::Error) -> Error {
    Error::File(std::io::Error::other(error))
}

/// What a form is told whose files went before it was sent.
pub(crate) fn gone(name: &str) -> Problem {
    Problem::conflict(
        format!("“{name}”上传后搁置过久，已被清理；请重新选择这个文件"),
        format!("{name} was uploaded too long ago and has been cleared away: choose it again"),
    )
}
