//! The faces of official papers and the open fonts that stand for them.

use std::collections::HashMap;
use std::io::Read;
use std::sync::{Arc, LazyLock};

use flate2::read::GzDecoder;
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

use crate::PaperError;

/// The faces that GB/T 9704-2012 asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Face {
    /// 仿宋: the text.
    FangSong,
    /// 小标宋: title and red head.
    XiaoBiaoSong,
    /// 黑体: headings of the first level.
    Hei,
    /// 楷体: headings of the second level.
    Kai,
    /// 宋体: page numbers, and what other faces lack.
    Song,
}

/// Every face, in the order in which [`Fonts`] keeps them.
const FACES: [Face; 5] = [Face::FangSong, Face::XiaoBiaoSong, Face::Hei, Face::Kai, Face::Song];

impl Face {
    /// Where a character is looked for, the face itself first.
    const fn order(self) -> [Self; 4] {
        match self {
            Self::FangSong => [Self::FangSong, Self::Song, Self::Kai, Self::Hei],
            Self::XiaoBiaoSong => [Self::XiaoBiaoSong, Self::Song, Self::Hei, Self::Kai],
            Self::Hei => [Self::Hei, Self::XiaoBiaoSong, Self::Song, Self::Kai],
            Self::Kai => [Self::Kai, Self::Song, Self::FangSong, Self::Hei],
            Self::Song => [Self::Song, Self::XiaoBiaoSong, Self::FangSong, Self::Hei],
        }
    }
}

/// A glyph of one of the fonts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Glyph {
    /// The face that has it, which need not be the one that was asked for.
    pub(crate) face: Face,
    pub(crate) id: u16,
    /// Its width, in squares.
    pub(crate) advance: f32,
}

/// One font for each face.
#[derive(Clone)]
pub struct Fonts {
    fonts: [Arc<Font>; 5],
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Fonts").finish_non_exhaustive()
    }
}

/// A font that has been read.
pub(crate) struct Font {
    pub(crate) data: Arc<Vec<u8>>,
    pub(crate) pdf: krilla::text::Font,
    glyphs: HashMap<char, (u16, f32)>,
}

impl Font {
    fn read(data: Vec<u8>, face: Face) -> Result<Self, PaperError> {
        let data = Arc::new(data);
        let pdf = krilla::text::Font::new(data.clone().into(), 0).ok_or(PaperError::NotAFont(face))?;
        let font = FontRef::new(&data).map_err(|_| PaperError::NotAFont(face))?;
        let metrics = font.glyph_metrics(Size::new(1.0), LocationRef::default());
        let mut glyphs = HashMap::new();
        for (code, glyph) in font.charmap().mappings() {
            let (Some(character), Ok(id)) = (char::from_u32(code), u16::try_from(glyph.to_u32())) else { continue };
            if id > 0 {
                glyphs.insert(character, (id, metrics.advance_width(glyph).unwrap_or(1.0)));
            }
        }
        if glyphs.is_empty() {
            return Err(PaperError::NotAFont(face));
        }
        Ok(Self { data, pdf, glyphs })
    }
}

/// The fonts of this crate, packed; `fonts/README.md` has their origin and licences.
const PACKED: [&[u8]; 5] = [
    FANGSONG,
    include_bytes!("../fonts/xiaobiaosong.otf.gz"),
    include_bytes!("../fonts/hei.otf.gz"),
    include_bytes!("../fonts/kai.ttf.gz"),
    include_bytes!("../fonts/song.otf.gz"),
];

#[cfg(feature = "fandol")]
const FANGSONG: &[u8] = include_bytes!("../fonts/fangsong.otf.gz");
#[cfg(not(feature = "fandol"))]
const FANGSONG: &[u8] = include_bytes!("../fonts/kai.ttf.gz");

impl Fonts {
    /// The open fonts that this crate carries: every character of 通用规范汉字表 and of GB 2312 in every face.
    ///
    /// # Panics
    /// Never: the fonts are part of the program, and a test reads them.
    #[must_use]
    pub fn embedded() -> &'static Self {
        static EMBEDDED: LazyLock<Fonts> = LazyLock::new(|| {
            let fonts = std::array::from_fn(|at| {
                let mut data = Vec::new();
                GzDecoder::new(PACKED[at]).read_to_end(&mut data).expect("packed fonts are whole");
                Arc::new(Font::read(data, FACES[at]).expect("embedded fonts can be read"))
            });
            Fonts { fonts }
        });
        &EMBEDDED
    }

    /// The same fonts with one face replaced, by a font that the office holds a licence for.
    ///
    /// # Errors
    /// [`PaperError::NotAFont`] when the bytes are no OpenType or TrueType font with characters in it.
    pub fn with(&self, face: Face, data: Vec<u8>) -> Result<Self, PaperError> {
        let mut fonts = self.fonts.clone();
        fonts[face as usize] = Arc::new(Font::read(data, face)?);
        Ok(Self { fonts })
    }

    /// The characters of a text that no font has, each once, in the order in which they stand.
    #[must_use]
    pub fn missing(&self, text: &str) -> Vec<char> {
        let mut missing: Vec<char> = Vec::new();
        for character in text.chars().filter(|character| !character.is_whitespace()) {
            if self.glyph(Face::FangSong, character).is_err() && !missing.contains(&character) {
                missing.push(character);
            }
        }
        missing
    }

    /// The glyph of a character, from the face or from those that stand in for it.
    pub(crate) fn glyph(&self, face: Face, character: char) -> Result<Glyph, PaperError> {
        let found = face.order().into_iter().find_map(|face| {
            let (id, advance) = self.font(face).glyphs.get(&character)?;
            Some(Glyph { face, id: *id, advance: *advance })
        });
        found.ok_or(PaperError::NoGlyph { character })
    }

    pub(crate) fn font(&self, face: Face) -> &Font {
        &self.fonts[face as usize]
    }
}
