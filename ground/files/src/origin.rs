//! Where and when a picture was taken, as its camera noted it (EXIF). Kept for the office; never shown to the public.

use chrono::{FixedOffset, NaiveDate, TimeZone};
use exif::{Exif, In, Tag, Value};
use kernel::clock::china_offset;

/// What the camera noted. Each part may be missing; none is trusted further than the camera's settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// When, in Unix milliseconds; a time without a zone is taken as China Standard Time.
    pub taken_ms: Option<i64>,
    /// Degrees north of the equator in millionths, WGS-84; always together with the longitude.
    pub latitude_e6: Option<i32>,
    /// Degrees east of Greenwich in millionths.
    pub longitude_e6: Option<i32>,
}

impl Origin {
    /// Reads the EXIF block of a picture; what cannot be read is missing.
    pub(crate) fn read(block: Vec<u8>) -> Self {
        let mut reader = exif::Reader::new();
        reader.continue_on_error(true);
        let read = reader.read_raw(block).or_else(|error| error.distill_partial_result(|_| {}));
        let Ok(exif) = read else { return Self::default() };
        let place = place(&exif);
        Self {
            taken_ms: taken_ms(&exif),
            latitude_e6: place.map(|(latitude, _)| latitude),
            longitude_e6: place.map(|(_, longitude)| longitude),
        }
    }
}

fn ascii(exif: &Exif, tag: Tag) -> Option<&[u8]> {
    match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Ascii(texts) => texts.first().map(Vec::as_slice),
        _ => None,
    }
}

fn taken_ms(exif: &Exif) -> Option<i64> {
    let mut noted = exif::DateTime::from_ascii(ascii(exif, Tag::DateTimeOriginal)?).ok()?;
    if let Some(offset) = ascii(exif, Tag::OffsetTimeOriginal) {
        // A zone that cannot be read leaves the time as it is.
        let _ = noted.parse_offset(offset);
    }
    let day = NaiveDate::from_ymd_opt(noted.year.into(), noted.month.into(), noted.day.into())?;
    let time = day.and_hms_opt(noted.hour.into(), noted.minute.into(), noted.second.into())?;
    let zone = noted.offset.and_then(|minutes| FixedOffset::east_opt(i32::from(minutes) * 60));
    Some(zone.unwrap_or_else(china_offset).from_local_datetime(&time).single()?.timestamp_millis())
}

/// Latitude and longitude in millionths of a degree; none where a part is missing, out of range, or both are zero, which
/// cameras write when they do not know.
fn place(exif: &Exif) -> Option<(i32, i32)> {
    let latitude = angle(exif, Tag::GPSLatitude, Tag::GPSLatitudeRef, b'S', 90)?;
    let longitude = angle(exif, Tag::GPSLongitude, Tag::GPSLongitudeRef, b'W', 180)?;
    (latitude != 0 || longitude != 0).then_some((latitude, longitude))
}

fn angle(exif: &Exif, tag: Tag, reference: Tag, negative: u8, most: i64) -> Option<i32> {
    let Value::Rational(parts) = &exif.get_field(tag, In::PRIMARY)?.value else { return None };
    let [degrees, minutes, seconds] = parts.get(..3)? else { return None };
    let sign = if ascii(exif, reference)?.first() == Some(&negative) { -1 } else { 1 };
    // Degrees, minutes and seconds in millionths of a degree, each cut: the error stays below a metre.
    let millionths = |part: &exif::Rational, each: i64| {
        (part.denom != 0).then(|| i64::from(part.num) * 1_000_000 / each / i64::from(part.denom))
    };
    let whole = millionths(degrees, 1)? + millionths(minutes, 60)? + millionths(seconds, 3_600)?;
    (whole <= most * 1_000_000).then_some(sign * whole).and_then(|angle| i32::try_from(angle).ok())
}
