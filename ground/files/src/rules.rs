//! How large a file may be, what it may be called.

use kernel::{Problem, ProblemKind, Text};

use crate::MediaType;

/// Bounds on what is taken. All are our own choice (certainty D), made for pictures of telephones and scanned papers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one file.
    pub bytes: u64,
    /// Pixels of a picture; looked up in its header before anything is decoded.
    pub pixels: u64,
    /// Bytes that a picture may take while it is decoded.
    pub decoded_bytes: u64,
    /// The long side of a public copy, in pixels.
    pub public_side: u32,
    /// Files in one form.
    pub files: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 20 << 20, pixels: 50_000_000, decoded_bytes: 256 << 20, public_side: 2_000, files: 20 }
    }
}

/// For how long bytes that nothing refers to are kept: longer than any form stays open.
pub const ORPHANS_STAY_MS: i64 = 24 * 3_600_000;

/// Characters of a stored name.
const LONGEST_NAME: usize = 120;

impl Limits {
    /// How large the body of a form with `files` files may be, with room for the other fields.
    pub fn body(&self, files: usize) -> usize {
        let files = files.min(self.files) as u64;
        usize::try_from(self.bytes * files + (1 << 20)).unwrap_or(usize::MAX)
    }

    /// Refuses a file of `size` bytes that is empty or too large.
    ///
    /// # Errors
    /// Invalid when empty, too large when beyond [`Limits::bytes`].
    pub fn check_size(&self, name: &str, size: u64) -> Result<(), Problem> {
        if size == 0 {
            return Err(Problem::invalid(
                format!("“{name}”是空文件，请重新选择"),
                format!("{name} is empty: choose it again"),
            ));
        }
        if size > self.bytes {
            let most = self.bytes >> 20;
            return Err(Problem::new(
                ProblemKind::TooLarge,
                format!("“{name}”超过 {most} MB，请压缩后再上传"),
                format!("{name} is larger than {most} MB: make it smaller"),
            ));
        }
        Ok(())
    }

    /// Refuses a picture whose header promises more pixels than are taken.
    ///
    /// # Errors
    /// Too large.
    pub fn check_pixels(&self, name: &str, width: u32, height: u32) -> Result<(), Problem> {
        if u64::from(width) * u64::from(height) <= self.pixels {
            return Ok(());
        }
        let most = self.pixels / 10_000;
        Err(Problem::new(
            ProblemKind::TooLarge,
            format!("“{name}”为 {width}×{height} 像素，超过 {most} 万像素，请缩小后再上传"),
            format!("{name} has {width} × {height} pixels, more than {}: make it smaller", self.pixels),
        ))
    }
}

/// The name to show and store: the last part of what the sender called it, without control characters or characters that
/// turn the direction of writing, at most 120 characters with its ending. Never used as a path.
pub fn clean_name(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let shown: String = last.chars().filter(shown).collect();
    let name = shown.trim().trim_start_matches('.').trim();
    if name.is_empty() {
        return "未命名".to_owned();
    }
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && ending.chars().count() <= 8 => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let room = LONGEST_NAME - ending.chars().count();
    stem.chars().take(room).collect::<String>() + &ending
}

/// Whether the ending of `name` fits the content. Pictures under another picture's ending are common – messengers write
/// them –, so they only get the right ending and a note; anything else is refused.
///
/// # Errors
/// Invalid, when the name promises another sort of file.
pub fn check_ending(name: &str, found: MediaType) -> Result<(String, Option<Text>), Problem> {
    let Some((stem, ending)) = name.rsplit_once('.').filter(|(_, ending)| ending.chars().count() <= 8) else {
        return Ok((format!("{name}.{}", found.ending()), None));
    };
    let promised = MediaType::ALL.into_iter().find(|kind| kind.endings().contains(&ending.to_lowercase().as_str()));
    match promised {
        Some(promised) if promised == found => Ok((name.to_owned(), None)),
        Some(promised) if promised.is_picture() && found.is_picture() => {
            let right = format!("{stem}.{}", found.ending());
            let note = Text::new(
                format!("“{name}”的内容是 {} 图片，已存为“{right}”", found.label()),
                format!("{name} holds a {} picture and was stored as {right}", found.label()),
            );
            Ok((right, Some(note)))
        }
        _ => Err(Problem::invalid(
            format!("“{name}”的内容是 {}，与文件名后缀不符；请改为正确的后缀再上传", found.label()),
            format!("{name} holds {}, which its ending does not say: give it the right ending", found.label()),
        )),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_never_a_path() {
        assert_eq!(clean_name("../../etc/passwd.jpg"), "passwd.jpg");
        assert_eq!(clean_name("C:\\Users\\me\\验收.pdf"), "验收.pdf");
        assert_eq!(clean_name("a\r\nSet-Cookie: x.png"), "aSet-Cookie: x.png");
        assert_eq!(clean_name("照片\u{202e}gnp.exe"), "照片gnp.exe");
        assert_eq!(clean_name("/.."), "未命名");
        assert_eq!(clean_name(".htaccess"), "htaccess");
        assert_eq!(clean_name(""), "未命名");
        assert_eq!(clean_name(&format!("{}.jpg", "长".repeat(400))).chars().count(), 120);
        assert!(clean_name(&format!("{}.jpg", "长".repeat(400))).ends_with("长.jpg"));
    }

    #[test]
    fn the_ending_must_fit_the_content() {
        let (name, note) = check_ending("现场.JPG", MediaType::Jpeg).unwrap();
        assert_eq!((name.as_str(), note), ("现场.JPG", None));
        let (name, note) = check_ending("现场.jpg", MediaType::Png).unwrap();
        assert_eq!(name, "现场.png");
        assert!(note.unwrap().zh.contains("PNG"));
        assert_eq!(check_ending("image", MediaType::WebP).unwrap().0, "image.webp");
        assert!(check_ending("现场.jpg", MediaType::Pdf).unwrap_err().message.zh.contains("PDF"));
        assert!(check_ending("现场.exe", MediaType::Jpeg).is_err());
    }

    proptest! {
        #[test]
        fn any_name_becomes_a_short_harmless_one(sent in any::<String>()) {
            let name = clean_name(&sent);
            prop_assert!(!name.is_empty() && name.chars().count() <= LONGEST_NAME);
            prop_assert!(!name.contains(['/', '\\', '\0', '\n', '\r']) && !name.starts_with('.'));
        }
    }
}
