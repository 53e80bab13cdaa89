//! What is not taken, and that nothing is left of it.

use std::time::{Duration, Instant};

use image::ImageFormat;
use kernel::ProblemKind;

use crate::crafted::{encoded, halves, png_bomb, with_exif};
use crate::lifecycle::House;

#[tokio::test]
async fn a_file_of_another_sort_is_refused_whatever_it_is_called() {
    let house = House::sqlite().await;
    let script = b"<!doctype html><script>alert(1)</script>";
    for (name, bytes) in [("照片.jpg", &script[..]), ("a.exe", b"MZ\x90\0"), ("a.svg", b"<svg/>"), ("空.png", b"")] {
        let refused = house.refused(name, bytes).await;
        assert!(refused.message.zh.contains(name), "{refused}");
        assert_eq!(refused.kind, ProblemKind::Invalid);
    }
    let jpeg = encoded(&halves(8, 8), ImageFormat::Jpeg);
    assert!(house.refused("报告.pdf", &jpeg).await.message.zh.contains("后缀不符"));
    assert_eq!(house.stored_files(), 0);
}

#[tokio::test]
async fn a_picture_that_breaks_off_is_refused() {
    let house = House::sqlite().await;
    for (name, format) in [("a.jpg", ImageFormat::Jpeg), ("a.png", ImageFormat::Png), ("a.webp", ImageFormat::WebP)] {
        let whole = encoded(&halves(640, 480), format);
        for kept in [whole.len() / 2, whole.len() - whole.len() / 8, 40] {
            let refused = house.refused(name, &whole[..kept]).await;
            assert!(refused.message.zh.contains("不完整"), "{name} cut to {kept}: {refused}");
        }
        house.keep(name, &whole).await;
    }
}

/// A header costs nothing; the pixels that it promises would cost 600 MB.
#[tokio::test]
async fn a_header_bomb_is_refused_before_anything_is_decoded() {
    let house = House::sqlite().await;
    let started = Instant::now();
    let refused = house.refused("a.png", &png_bomb(20_000, 10_000)).await;
    assert_eq!(refused.kind, ProblemKind::TooLarge);
    assert!(refused.message.zh.contains("20000×10000"), "{refused}");
    let mut jpeg = encoded(&halves(16, 16), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).expect("a frame header");
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0x4e, 0x20, 0x27, 0x10]);
    assert_eq!(house.refused("a.jpg", &jpeg).await.kind, ProblemKind::TooLarge);
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_file_beyond_the_bound_is_refused_by_its_length_alone() {
    let mut house = House::sqlite().await;
    let jpeg = with_exif(&encoded(&halves(64, 64), ImageFormat::Jpeg));
    house.limits.bytes = jpeg.len() as u64 - 1;
    assert_eq!(house.refused("a.jpg", &jpeg).await.kind, ProblemKind::TooLarge);
    house.limits.bytes = jpeg.len() as u64;
    house.keep("a.jpg", &jpeg).await;
}

#[tokio::test]
async fn a_name_cannot_lead_out_of_the_store() {
    let house = House::sqlite().await;
    let jpeg = encoded(&halves(8, 8), ImageFormat::Jpeg);
    let kept = house.keep("../../../tmp/evil.jpg", &jpeg).await;
    assert_eq!(kept.name, "evil.jpg");
    assert!(kept.key.starts_with("originals/") && !kept.key.contains(".."));
    assert_eq!(house.stored_files(), 2, "the original and its public copy, below the folder");
}
