//! Looking into a picture, and the copy of it that the public may see.

use std::io::Cursor;

use ::store::{Error, Result};
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader};
use kernel::{Problem, ProblemKind};

use crate::formats::broken;
use crate::{Limits, MediaType, Origin};

/// Good enough for a picture on a page; 100 would be the best.
const QUALITY: u8 = 85;

/// A picture that was looked into.
pub(crate) struct Picture {
    /// Pixels across, as it is shown.
    pub(crate) width: u32,
    /// Pixels down, as it is shown.
    pub(crate) height: u32,
    pub(crate) origin: Origin,
    /// The public copy.
    pub(crate) public: Vec<u8>,
    /// JPEG, or PNG where there may be transparency or lines.
    pub(crate) public_type: MediaType,
}

/// Decodes the picture and makes its public copy: the pixels alone, upright, within [`Limits::public_side`].
///
/// The colour profile goes with the rest of the metadata, so a picture in a wide colour space looks a little paler.
///
/// # Errors
/// Too large by its header, which is read first; invalid when it cannot be decoded to its end.
pub(crate) fn look_into(name: &str, bytes: &[u8], kind: MediaType, limits: &Limits) -> Result<Picture> {
    let format = match kind {
        MediaType::Jpeg => ImageFormat::Jpeg,
        MediaType::Png => ImageFormat::Png,
        MediaType::WebP => ImageFormat::WebP,
        MediaType::Pdf => return Err(broken(name).into()),
    };
    let mut decoder =
        ImageReader::with_format(Cursor::new(bytes), format).into_decoder().map_err(|error| told(name, error))?;
    let (width, height) = decoder.dimensions();
    limits.check_pixels(name, width, height)?;
    let mut bounds = image::Limits::no_limits();
    bounds.max_alloc = Some(limits.decoded_bytes);
    decoder.set_limits(bounds).map_err(|error| told(name, error))?;
    if decoder.total_bytes() > limits.decoded_bytes {
        return Err(too_deep(name).into());
    }
    let block = decoder.exif_metadata().ok().flatten();
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let whole = DynamicImage::from_decoder(decoder).map_err(|error| told(name, error))?;
    let side = limits.public_side;
    let mut shown = if width.max(height) > side { whole.thumbnail(side, side) } else { whole };
    shown.apply_orientation(orientation);
    let turned = matches!(
        orientation,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    );
    let (public, public_type) = encode(&shown, kind)?;
    Ok(Picture {
        width: if turned { height } else { width },
        height: if turned { width } else { height },
        origin: block.map(Origin::read).unwrap_or_default(),
        public,
        public_type,
    })
}

fn encode(shown: &DynamicImage, kind: MediaType) -> Result<(Vec<u8>, MediaType)> {
    let mut bytes = Vec::new();
    let lines = kind == MediaType::Png || shown.color().has_alpha();
    let (written, public_type) = if lines {
        let pixels = if shown.color().has_alpha() {
            DynamicImage::from(shown.to_rgba8())
        } else {
            DynamicImage::from(shown.to_rgb8())
        };
        (pixels.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png), MediaType::Png)
    } else {
        (JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(&shown.to_rgb8()), MediaType::Jpeg)
    };
    written.map_err(|error| Error::File(std::io::Error::other(error)))?;
    Ok((bytes, public_type))
}

fn told(name: &str, error: ImageError) -> Problem {
    match error {
        ImageError::Limits(_) => too_deep(name),
        _ => broken(name),
    }
}

fn too_deep(name: &str) -> Problem {
    Problem::new(
        ProblemKind::TooLarge,
        format!("“{name}”解开后过大，请缩小后再上传"),
        format!("{name} takes too much room when decoded: make it smaller"),
    )
}
