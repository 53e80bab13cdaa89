//! What a file is, judged by its content, and whether all of it is there.

use kernel::Problem;

/// The sorts of file that are taken as evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// A picture, as cameras write it.
    Jpeg,
    /// A picture, as screens are captured.
    Png,
    /// A picture, as web pages carry it.
    WebP,
    /// A paper.
    Pdf,
}

/// More scans than any camera or program writes; each costs a pass over the whole picture.
const MOST_SCANS: u32 = 100;

/// How far from the end a PDF's last mark may stand.
const PDF_TAIL: usize = 4_096;

impl MediaType {
    /// Every sort.
    pub const ALL: [Self; 4] = [Self::Jpeg, Self::Png, Self::WebP, Self::Pdf];

    /// The sort that `bytes` begin like; `None` for everything else.
    pub fn sniff(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"\xff\xd8\xff") {
            return Some(Self::Jpeg);
        }
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            return Some(Self::Png);
        }
        if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            return Some(Self::WebP);
        }
        bytes.starts_with(b"%PDF-").then_some(Self::Pdf)
    }

    /// The name in HTTP and in the table.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Pdf => "application/pdf",
        }
    }

    /// Reads the name written by [`MediaType::mime`].
    pub fn parse(mime: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.mime() == mime)
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
            Self::Pdf => "PDF",
        }
    }

    /// The ending that a file of this sort gets.
    pub fn ending(self) -> &'static str {
        self.endings()[0]
    }

    /// Endings that promise this sort.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Jpeg => &["jpg", "jpeg", "jpe", "jfif"],
            Self::Png => &["png"],
            Self::WebP => &["webp"],
            Self::Pdf => &["pdf"],
        }
    }

    /// Whether it is a picture.
    pub fn is_picture(self) -> bool {
        self != Self::Pdf
    }

    /// What a file field lists in its `accept`.
    pub fn accept() -> &'static str {
        "image/jpeg,image/png,image/webp,application/pdf"
    }
}

/// The sort of `bytes`, which must be whole.
///
/// # Errors
/// Invalid: another sort of file, or one that breaks off.
pub fn recognise(name: &str, bytes: &[u8]) -> Result<MediaType, Problem> {
    let found = MediaType::sniff(bytes).ok_or_else(|| unknown(name, bytes))?;
    let whole = match found {
        MediaType::Jpeg => jpeg_is_whole(bytes),
        // The decoder notices a PNG that breaks off.
        MediaType::Png => true,
        MediaType::WebP => webp_is_whole(bytes),
        MediaType::Pdf => {
            let tail = &bytes[bytes.len().saturating_sub(PDF_TAIL)..];
            tail.windows(5).any(|mark| mark == b"%%EOF")
        }
    };
    if whole { Ok(found) } else { Err(broken(name)) }
}

/// A file whose content cannot be read to its end.
pub(crate) fn broken(name: &str) -> Problem {
    Problem::invalid(
        format!("“{name}”不完整或已损坏，打不开；请重新导出或拍摄后再上传"),
        format!("{name} is incomplete or damaged: export it or take it again"),
    )
}

fn unknown(name: &str, bytes: &[u8]) -> Problem {
    let brand = bytes.get(4..12).unwrap_or_default();
    if [&b"ftypheic"[..], b"ftypheix", b"ftypmif1", b"ftypmsf1"].contains(&brand) {
        return Problem::invalid(
            format!("“{name}”是 HEIC 照片，请在手机相机设置里选“兼容性最佳”，或转成 JPEG 再上传"),
            format!("{name} is a HEIC photo: set the camera to “most compatible”, or convert it to JPEG"),
        );
    }
    Problem::invalid(
        format!("“{name}”不是可接收的文件：只收 JPEG、PNG、WebP 图片和 PDF"),
        format!("{name} is not taken: JPEG, PNG and WebP pictures and PDF are"),
    )
}

/// Walks the segments of a JPEG to its end mark: decoders show what is there of one that breaks off, in grey.
fn jpeg_is_whole(bytes: &[u8]) -> bool {
    let (mut at, mut scans) = (2, 0);
    while let Some(&[0xff, marker]) = bytes.get(at..at + 2) {
        match marker {
            0xd9 => return scans > 0,
            // Filling, or marks without content.
            0xff => at += 1,
            0x01 | 0xd0..=0xd7 => at += 2,
            _ => {
                let Some(&[high, low]) = bytes.get(at + 2..at + 4) else { return false };
                at += 2 + usize::from(u16::from_be_bytes([high, low]));
                if marker == 0xda {
                    scans += 1;
                    if scans > MOST_SCANS {
                        return false;
                    }
                    let Some(next) = bytes.get(at..).and_then(next_marker) else { return false };
                    at += next;
                }
            }
        }
    }
    false
}

/// Where the compressed data of a scan end.
fn next_marker(data: &[u8]) -> Option<usize> {
    data.windows(2).position(|pair| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xd0..=0xd7 | 0xff))
}

/// The length in the header of a WebP must be there.
fn webp_is_whole(bytes: &[u8]) -> bool {
    let length = bytes.get(4..8).and_then(|length| length.try_into().ok()).map(u32::from_le_bytes);
    length.is_some_and(|length| length as usize + 8 <= bytes.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_four_sorts_are_taken_and_the_refusal_says_why() {
        for (name, bytes) in [
            ("a.jpg", &b"MZ\x90\x00\x03"[..]),
            ("a.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>"),
            ("a.html", b"<!doctype html><p>%PDF-"),
            ("a.gif", b"GIF89a"),
            ("a.zip", b"PK\x03\x04"),
            ("a.jpg", b""),
        ] {
            let refused = recognise(name, bytes).unwrap_err();
            assert!(refused.message.zh.contains(name) && refused.message.zh.contains("JPEG"), "{refused}");
        }
        let heic = recognise("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0").unwrap_err();
        assert!(heic.message.zh.contains("HEIC"));
    }

    #[test]
    fn a_pdf_that_breaks_off_is_told() {
        assert_eq!(recognise("a.pdf", b"%PDF-1.7\n...\n%%EOF\n").unwrap(), MediaType::Pdf);
        assert!(recognise("a.pdf", b"%PDF-1.7\n...").unwrap_err().message.zh.contains("不完整"));
    }

    #[test]
    fn the_names_are_read_back() {
        for kind in MediaType::ALL {
            assert_eq!(MediaType::parse(kind.mime()), Some(kind));
            assert!(MediaType::accept().contains(kind.mime()));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(head in 0_usize..4, tail in proptest::collection::vec(any::<u8>(), 0..300)) {
            let heads: [&[u8]; 4] = [b"\xff\xd8\xff", b"RIFF\xff\xff\xff\xffWEBP", b"%PDF-", b""];
            let bytes = [heads[head], &tail].concat();
            let _ = recognise("x", &bytes);
        }
    }
}
