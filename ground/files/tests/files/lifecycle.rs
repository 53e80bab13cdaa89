//! A file from the form to the trail: kept, attached, listed, taken back; and swept when it was never attached.

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use image::{GenericImageView, ImageFormat};
use kernel::{Clock, Problem, ProblemKind, RegionCode};
use minsheng_files as files;
use minsheng_files::tables::evidence;
use minsheng_files::{Address, Files, Kept, Limits, MediaType, store as evidences};
use store::{Actor, Store};
use tempfile::TempDir;
use uuid::Uuid;

use crate::crafted::{encoded, exif_block, halves, with_exif};

fn noon() -> DateTime<Utc> {
    "2024-06-05T04:00:00Z".parse().expect("a time")
}

/// A store of files over an empty database.
pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) limits: Limits,
    folder: TempDir,
}

impl House {
    /// In a folder of its own.
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let house = Self::open(&databases::sqlite_in(folder.path())).await;
        Self { folder, ..house }
    }

    /// Over the database at `url`.
    async fn open(url: &str) -> Self {
        let store = Store::open(url, Clock::fixed(noon())).await.expect("a database");
        store.migrate(&[store::migrations::list, files::migrations::list]).await.expect("tables");
        Self { store, limits: Limits::default(), folder: tempfile::tempdir().expect("a folder") }
    }

    fn place(&self) -> PathBuf {
        self.folder.path().join("files")
    }

    fn files_at(&self, time: DateTime<Utc>) -> Files {
        Files::new(self.store.with_clock(Clock::fixed(time)), Address::Folder(self.place()))
    }

    async fn try_keep(&self, at: DateTime<Utc>, name: &str, bytes: &[u8]) -> store::Result<Kept> {
        let upload = self.folder.path().join(Uuid::now_v7().to_string());
        std::fs::write(&upload, bytes).expect("an upload");
        let kept = self.files_at(at).keep(&upload, name, &self.limits).await;
        std::fs::remove_file(&upload).expect("an upload");
        kept
    }

    pub(crate) async fn keep(&self, name: &str, bytes: &[u8]) -> Kept {
        self.try_keep(noon(), name, bytes).await.expect("a file that is taken")
    }

    pub(crate) async fn refused(&self, name: &str, bytes: &[u8]) -> Problem {
        let error = self.try_keep(noon(), name, bytes).await.expect_err("a file that is refused");
        error.problem().cloned().unwrap_or_else(|| panic!("no problem but a fault: {error:?}"))
    }

    /// How many files lie in the store.
    pub(crate) fn stored_files(&self) -> usize {
        fn count(folder: &std::path::Path) -> usize {
            let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
            entries
                .map(|entry| entry.expect("an entry").path())
                .map(|path| if path.is_dir() { count(&path) } else { 1 })
                .sum()
        }
        count(&self.place())
    }

    async fn read(&self, key: &str) -> Vec<u8> {
        self.files_at(noon()).open(key).await.expect("the bytes").bytes().await.expect("the bytes").to_vec()
    }

    async fn attach(&self, subject: Uuid, kept: &Kept, caption: &str) -> store::Result<Uuid> {
        let mut tx = self.store.begin(&Actor::operator("test")).await?;
        let id = evidences::attach(&mut tx, &subject_of(subject), kept, caption, "王芳").await?;
        tx.commit().await?;
        Ok(id)
    }

    async fn listed(&self, subject: Uuid) -> Vec<evidence::Model> {
        evidences::of_subjects(self.store.reader(), "return", &[subject, Uuid::now_v7()]).await.expect("a list")
    }
}

fn subject_of(id: Uuid) -> evidences::Subject {
    let region: RegionCode = "330226".parse().expect("a code");
    evidences::Subject { programme: Uuid::now_v7(), region, kind: "return", id, public: false }
}

databases::on_both!(crate::lifecycle::House::open => from_form_to_trail, only_what_nobody_wanted_is_swept);

#[tokio::test]
async fn the_public_copy_holds_the_pixels_and_nothing_else() {
    let house = House::sqlite().await;
    let jpeg = with_exif(&encoded(&halves(640, 480), ImageFormat::Jpeg));
    let kept = house.keep("现场.jpg", &jpeg).await;
    assert_eq!((kept.width, kept.height), (Some(480), Some(640)), "it stands upright");
    assert_eq!(kept.origin.taken_ms, Some("2024-06-05T01:30:00Z".parse::<DateTime<Utc>>().unwrap().timestamp_millis()));
    assert_eq!((kept.origin.latitude_e6, kept.origin.longitude_e6), (Some(29_868_332), Some(121_550_000)));
    assert_eq!(house.read(&kept.key).await, jpeg, "the original is what was sent");

    let public = house.read(&kept.public_key).await;
    assert_eq!(MediaType::sniff(&public), Some(MediaType::Jpeg));
    for private in [&b"Exif"[..], b"Somebody", b"owner", b"2024:06:05"] {
        assert!(!public.windows(private.len()).any(|found| found == private), "{private:?} went out");
    }
    let shown = image::load_from_memory(&public).unwrap();
    assert_eq!(shown.dimensions(), (480, 640));
    let (top, bottom) = (shown.get_pixel(240, 40), shown.get_pixel(240, 600));
    assert!(top[0] > 150 && bottom[2] > 150, "turned by 90 degrees: {top:?} over {bottom:?}");
}

/// The block that the tests make is one that programs read.
#[test]
fn the_crafted_block_is_readable() {
    assert!(exif_block().windows(19).any(|found| found == b"2024:06:05 10:30:00"));
}

#[tokio::test]
async fn a_large_picture_gets_a_small_copy_and_transparency_stays() {
    let mut house = House::sqlite().await;
    house.limits.public_side = 100;
    let kept = house.keep("a.jpg", &encoded(&halves(800, 400), ImageFormat::Jpeg)).await;
    assert_eq!((kept.width, kept.height), (Some(800), Some(400)));
    let public = image::load_from_memory(&house.read(&kept.public_key).await).unwrap();
    assert_eq!(public.dimensions(), (100, 50));
    let mut clear = halves(20, 20).to_rgba8();
    clear.put_pixel(0, 0, image::Rgba([0, 0, 0, 0]));
    let kept = house.keep("b.webp", &encoded(&clear.into(), ImageFormat::WebP)).await;
    let public = image::load_from_memory(&house.read(&kept.public_key).await).unwrap();
    assert_eq!((public.get_pixel(0, 0)[3], public.get_pixel(9, 9)[3]), (0, 255));
}

#[tokio::test]
async fn a_paper_is_passed_as_it_is() {
    let house = House::sqlite().await;
    let pdf = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n";
    let kept = house.keep("验收报告.pdf", pdf).await;
    assert_eq!((kept.media_type, kept.width, &kept.public_key), (MediaType::Pdf, None, &kept.key));
    assert_eq!(house.read(&kept.public_key).await, pdf);
}

async fn from_form_to_trail(house: House) {
    let jpeg = with_exif(&encoded(&halves(64, 48), ImageFormat::Jpeg));
    let kept = house.keep("现场.jpg", &jpeg).await;
    let subject = Uuid::now_v7();
    let id = house.attach(subject, &kept, " 主体完工 ").await.expect("attached");
    let rows = house.listed(subject).await;
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    assert_eq!((row.id, row.caption.as_str(), row.uploaded_by_name.as_str()), (id, "主体完工", "王芳"));
    assert_eq!((row.size, row.sm3.as_str()), (jpeg.len() as i64, store::audit::sm3_hex(&jpeg).as_str()));
    assert_eq!((row.latitude_e6, row.region), (Some(29_868_332), 330_226_000_000));
    let event = &store::audit::latest(house.store.reader(), None, 1).await.unwrap()[0];
    assert!(event.action == "evidence.attached" && event.detail.contains(&row.sm3), "{event:?}");

    let other = house.attach(Uuid::now_v7(), &house.keep("同一张.jpg", &jpeg).await, "").await.expect("attached");
    assert_eq!(house.stored_files(), 2, "the same bytes lie there once");
    assert_ne!(other, id);

    let mut tx = house.store.begin(&Actor::operator("test")).await.unwrap();
    evidences::set_public(&tx, "return", &[subject], true).await.unwrap();
    evidences::remove(&mut tx, id).await.unwrap();
    tx.commit().await.unwrap();
    assert!(house.listed(subject).await.is_empty());
    let row = evidences::find(house.store.reader(), id).await.unwrap().expect("the row stays");
    assert_eq!((row.removed_by.as_deref(), row.public), (Some("test"), true));
    assert_eq!(house.read(&row.key).await, jpeg, "the bytes stay");
    let mut tx = house.store.begin(&Actor::operator("test")).await.unwrap();
    let again = evidences::remove(&mut tx, id).await.unwrap_err();
    assert_eq!(again.problem().unwrap().kind, ProblemKind::Conflict);
    drop(tx);

    let long = house.attach(subject, &kept, &"字".repeat(201)).await.unwrap_err();
    assert!(long.problem().unwrap().for_field("caption").is_some());
}

async fn only_what_nobody_wanted_is_swept(house: House) {
    let picture = |side| encoded(&halves(side, side), ImageFormat::Png);
    let attached = house.keep("留下.png", &picture(20)).await;
    house.attach(Uuid::now_v7(), &attached, "").await.expect("attached");
    let forgotten = house.keep("遗忘.png", &picture(30)).await;
    let late = noon() + TimeDelta::hours(25);
    assert_eq!(house.files_at(noon() + TimeDelta::hours(23)).sweep().await.unwrap(), 0, "the form may still be open");

    // Handed in again before the sweep: wanted for another day.
    house.try_keep(noon() + TimeDelta::hours(20), "遗忘.png", &picture(30)).await.expect("a file that is taken");
    assert_eq!(house.files_at(late).sweep().await.unwrap(), 0);
    let next_day = noon() + TimeDelta::hours(50);
    assert_eq!(house.files_at(next_day).sweep().await.unwrap(), 1);
    assert_eq!(house.files_at(next_day).sweep().await.unwrap(), 0);
    assert_eq!(house.stored_files(), 2, "the attached one and its copy");
    let too_late = house.attach(Uuid::now_v7(), &forgotten, "").await.unwrap_err();
    assert!(too_late.problem().unwrap().message.zh.contains("重新选择"));
    let again = house.keep("遗忘.png", &picture(30)).await;
    house.attach(Uuid::now_v7(), &again, "").await.expect("taken again");
    assert!(store::audit::verify(house.store.reader()).await.unwrap().fault.is_none());
}
