//! Who reviews: up to three levels (三级审核), from below, as set per programme.
//!
//! Written as words divided by spaces, `county city`; the same level twice means two reviewers there, such as the lead
//! body and the supervision office. No source fixes the levels (certainty D).

use kernel::{Lang, Level, Problem, RegionCode};

/// The most levels.
pub const MOST: usize = 3;

/// Reads the levels of a programme of `programme`.
///
/// # Errors
/// A problem of the field `review_levels`: none, more than three, an unknown one, one above the programme's own place, or
/// not from below.
pub fn parse(text: &str, programme: RegionCode) -> Result<Vec<Level>, Problem> {
    let field = |zh: String, en: String| Problem::field("review_levels", zh, en);
    let levels: Vec<Level> = text
        .split([' ', ',', '，', '、', '→', '>'])
        .filter(|word| !word.is_empty())
        .map(|word| {
            Level::parse(word).ok_or_else(|| {
                field(
                    format!("不认识的审核层级“{word}”：可用 镇、县、市、省"),
                    format!("“{word}” is no level: use town, county, city or province"),
                )
            })
        })
        .collect::<Result<_, _>>()?;
    if levels.is_empty() || levels.len() > MOST {
        return Err(field(format!("审核层级应为 1 至 {MOST} 级"), format!("From one to {MOST} levels review")));
    }
    if levels.windows(2).any(|pair| pair[0] < pair[1]) {
        return Err(field("审核层级应自下而上，例如“县 市”".into(), "From below, such as county city".into()));
    }
    if levels.iter().any(|level| *level < programme.level()) {
        return Err(field(
            format!("审核层级不能高于方案所在的{}", programme.level().name().zh),
            format!("Not above the programme's own level, {}", programme.level().name().en),
        ));
    }
    Ok(levels)
}

/// The levels as they are stored.
pub fn written(levels: &[Level]) -> String {
    levels.iter().map(|level| level.code()).collect::<Vec<_>>().join(" ")
}

/// The levels as people read and type them, from below: `县 市` in Chinese, `county city` in English.
pub fn spoken(levels: &[Level], lang: Lang) -> String {
    let word = |level: &Level| match (lang, level) {
        (Lang::En, level) => level.code(),
        (Lang::Zh, Level::Province) => "省",
        (Lang::Zh, Level::City) => "市",
        (Lang::Zh, Level::County) => "县",
        (Lang::Zh, Level::Town) => "镇",
        (Lang::Zh, Level::Village) => "村",
    };
    levels.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// The places whose reviewers look at a return on `region`, one after the other; never none.
///
/// Levels below the place fall away: what a city's bureau reports for the whole city no county reviews.
pub fn desks(levels: &[Level], region: RegionCode) -> Vec<RegionCode> {
    let above: Vec<_> =
        levels.iter().filter(|level| **level <= region.level()).map(|level| region.at(*level)).collect();
    if above.is_empty() { vec![region] } else { above }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(text: &str) -> RegionCode {
        text.parse().unwrap()
    }

    #[test]
    fn levels_are_read_from_below() {
        let city = code("330200");
        assert_eq!(parse("county city", city).unwrap(), [Level::County, Level::City]);
        assert_eq!(parse("县、市", city).unwrap(), [Level::County, Level::City]);
        assert_eq!(parse("county city city", city).unwrap().len(), 3);
        for (wrong, why) in [
            ("", "1 至 3"),
            ("city county", "自下而上"),
            ("province", "不能高于"),
            ("x", "不认识"),
            ("town town town town", "1 至 3"),
        ] {
            assert!(parse(wrong, city).unwrap_err().message.zh.contains(why), "{wrong}");
        }
    }

    #[test]
    fn levels_below_the_place_fall_away() {
        let levels = [Level::County, Level::City];
        assert_eq!(desks(&levels, code("330226")), [code("330226"), code("330200")]);
        assert_eq!(desks(&levels, code("330226100")), [code("330226"), code("330200")]);
        assert_eq!(desks(&levels, code("330200")), [code("330200")]);
        assert_eq!(desks(&[Level::County], code("330200")), [code("330200")], "somebody reviews always");
        assert_eq!(desks(&[Level::City, Level::City], code("330226")), [code("330200"), code("330200")]);
    }

    proptest! {
        #[test]
        fn every_return_passes_desks_from_below_up_to_the_programme(levels in prop::collection::vec(0_usize..5, 1..=3), town in 1_u64..999) {
            let mut levels: Vec<_> = levels.into_iter().map(|at| Level::ALL[at]).collect();
            levels.sort_by(|a, b| b.cmp(a));
            let city = code("330200");
            let kept = parse(&written(&levels), city);
            prop_assert_eq!(kept.is_ok(), levels.iter().all(|level| *level >= Level::City));
            for lang in [Lang::Zh, Lang::En] {
                prop_assert_eq!(parse(&spoken(&levels, lang), city).ok(), kept.clone().ok(), "what is shown can be sent back");
            }
            let region = RegionCode::from_number(330_226_000_000 + town * 1_000).unwrap();
            let desks = desks(&levels, region);
            prop_assert!(!desks.is_empty() && desks.iter().all(|desk| desk.contains(region)));
            prop_assert!(desks.windows(2).all(|pair| pair[1].contains(pair[0])));
        }
    }
}
