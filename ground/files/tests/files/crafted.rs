//! Files made for the tests, byte by byte where it matters.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// A picture whose left half is red and whose right half is blue.
pub(crate) fn halves(width: u32, height: u32) -> DynamicImage {
    let colour = |x| if x < width / 2 { Rgb([220, 20, 20]) } else { Rgb([20, 20, 220]) };
    RgbImage::from_fn(width, height, |x, _| colour(x)).into()
}

/// `picture` in `format`.
pub(crate) fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.write_to(&mut Cursor::new(&mut bytes), format).expect("a picture that can be written");
    bytes
}

/// One entry of a TIFF directory.
struct Entry {
    tag: u16,
    kind: u16,
    count: u32,
    value: Vec<u8>,
}

const ASCII: u16 = 2;
const SHORT: u16 = 3;
const LONG: u16 = 4;
const RATIONAL: u16 = 5;

fn text(tag: u16, text: &str) -> Entry {
    let value = [text.as_bytes(), b"\0"].concat();
    Entry { tag, kind: ASCII, count: value.len() as u32, value }
}

fn short(tag: u16, number: u16) -> Entry {
    Entry { tag, kind: SHORT, count: 1, value: number.to_le_bytes().to_vec() }
}

fn long(tag: u16, number: u32) -> Entry {
    Entry { tag, kind: LONG, count: 1, value: number.to_le_bytes().to_vec() }
}

fn rationals(tag: u16, parts: &[(u32, u32)]) -> Entry {
    let value = parts.iter().flat_map(|(over, under)| [over.to_le_bytes(), under.to_le_bytes()].concat()).collect();
    Entry { tag, kind: RATIONAL, count: parts.len() as u32, value }
}

/// A directory at `offset`, with the values that do not fit into four bytes behind it.
fn directory(offset: usize, entries: &[Entry]) -> Vec<u8> {
    let mut bytes = (entries.len() as u16).to_le_bytes().to_vec();
    let mut behind = Vec::<u8>::new();
    let values_at = offset + 2 + entries.len() * 12 + 4;
    for entry in entries {
        bytes.extend(entry.tag.to_le_bytes());
        bytes.extend(entry.kind.to_le_bytes());
        bytes.extend(entry.count.to_le_bytes());
        if entry.value.len() <= 4 {
            let mut value = entry.value.clone();
            value.resize(4, 0);
            bytes.extend(value);
        } else {
            bytes.extend(((values_at + behind.len()) as u32).to_le_bytes());
            behind.extend(&entry.value);
        }
    }
    bytes.extend([0; 4]);
    bytes.extend(behind);
    bytes
}

/// An EXIF block: taken on 5 June 2024 at 10:30 in the zone of Tokyo, at 29°52′06″ N 121°33′00″ E, by a camera with a name, to be
/// turned by 90 degrees.
pub(crate) fn exif_block() -> Vec<u8> {
    let main = |exif, gps| {
        directory(8, &[text(0x010f, "Somebody's phone"), short(0x0112, 6), long(0x8769, exif), long(0x8825, gps)])
    };
    let exif_at = 8 + main(0, 0).len();
    let exif = directory(exif_at, &[text(0x9003, "2024:06:05 10:30:00"), text(0x9011, "+09:00")]);
    let gps_at = exif_at + exif.len();
    let gps = directory(
        gps_at,
        &[
            text(1, "N"),
            rationals(2, &[(29, 1), (52, 1), (600, 100)]),
            text(3, "E"),
            rationals(4, &[(121, 1), (33, 1), (0, 1)]),
        ],
    );
    [b"II*\0\x08\0\0\0".to_vec(), main(exif_at as u32, gps_at as u32), exif, gps].concat()
}

/// `jpeg` with the EXIF block in front, as cameras write it, and a comment.
pub(crate) fn with_exif(jpeg: &[u8]) -> Vec<u8> {
    let segment = |marker: u8, content: &[u8]| {
        let length = (content.len() as u16 + 2).to_be_bytes();
        [&[0xff, marker], &length[..], content].concat()
    };
    let exif = segment(0xe1, &[b"Exif\0\0", exif_block().as_slice()].concat());
    let comment = segment(0xfe, b"the owner's name");
    [&jpeg[..2], &exif, &comment, &jpeg[2..]].concat()
}

/// A PNG that promises `width` × `height` pixels and holds next to nothing.
pub(crate) fn png_bomb(width: u32, height: u32) -> Vec<u8> {
    let chunk = |kind: &[u8; 4], content: &[u8]| {
        let summed = [kind, content].concat();
        [&(content.len() as u32).to_be_bytes()[..], &summed, &crc32(&summed).to_be_bytes()].concat()
    };
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &head), chunk(b"IDAT", &[0x78, 0x9c]), chunk(b"IEND", b"")].concat()
}

/// The checksum of a PNG chunk.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg()))
    })
}
