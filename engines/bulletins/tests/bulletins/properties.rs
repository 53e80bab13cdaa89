//! What must hold for every text.

use minsheng_bulletins::{Finding, Text, extract};
use proptest::prelude::*;

/// Texts that look like bulletins more often than chance would have it.
fn nearly_prose() -> impl Strategy<Value = String> {
    let pieces = [
        "新建",
        "改造",
        "公园",
        "全市",
        "截至11月底",
        "截至1031日",
        "19月",
        "其中",
        "同比增长",
        "第",
        "首位",
        "全省",
        "排名",
        "由",
        "提高到",
        "个百分点",
        "%",
        "％",
        "个",
        "家",
        "公里",
        "万",
        "亿",
        "元",
        "人次",
        "余",
        "近",
        "超",
        "以上",
        "，",
        "。",
        "；",
        "、",
        "：",
        "\n",
        "\t",
        "|",
        " ",
        "\u{3000}",
        "(",
        ")",
        "（",
        "）",
        "“",
        "”",
        "目标",
        "占",
        "累计",
        "1",
        "2",
        "0",
        "3.5",
        "１",
        "５",
        "十",
        "二十",
        "百分之",
        "三",
        "2024年",
        "萬",
        "個",
        "—",
        "-",
        ".",
        ",",
        "S316",
        "7+N",
        "60岁",
        "《",
        "》",
        "𠀀",
        "\u{200B}",
        "\u{FEFF}",
        "é",
        "全覆盖",
        "连续",
        "年",
        "大",
        "方面",
        "序号",
        "单位",
        "完成率",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..60).prop_map(|pieces| pieces.concat())
}

/// A sentence with known figures: words, numeral, unit, and whether a noun stands behind.
fn sentences() -> impl Strategy<Value = Vec<(String, String)>> {
    let words = ["新建口袋公园", "改造老旧小区", "培训养老护理员", "新增公共停车位", "整治农村水系", "发放助餐补贴"];
    let units = ["个", "处", "名", "公里", "万元", "人次", "万平方米"];
    let numeral = prop_oneof![
        (1_u32..99_999).prop_map(|n| n.to_string()),
        (1_u32..999, 1_u32..99).prop_map(|(n, d)| format!("{n}.{d:02}")),
    ];
    let one = (prop::sample::select(words.to_vec()), numeral, prop::sample::select(units.to_vec()));
    prop::collection::vec(one.prop_map(|(word, numeral, unit)| (format!("{word}{numeral}{unit}"), numeral)), 1..6)
}

fn figures(findings: &[Finding]) -> Vec<(String, String, String)> {
    let figure = |finding: &Finding| {
        (finding.value.normalize().to_string(), finding.unit.clone(), finding.qualifier.code().to_owned())
    };
    findings.iter().map(figure).collect()
}

/// The text as the reader's first steps see it: half width, without blanks.
fn plain(text: &str) -> String {
    let half = |letter: char| match letter {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(letter) - 0xFEE0).unwrap_or(letter),
        '萬' => '万',
        '個' => '个',
        other => other,
    };
    text.chars()
        .filter(|letter| !letter.is_whitespace() && !matches!(letter, '\u{200B}' | '\u{FEFF}'))
        .map(half)
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn findings_stand_where_they_say(content in prop_oneof![nearly_prose(), any::<String>()]) {
        let text = Text::new("any", content);
        let length = text.content().chars().count();
        let findings = extract(&text);
        for (index, finding) in findings.iter().enumerate() {
            prop_assert!(finding.span.start < finding.span.end && finding.span.end <= length);
            prop_assert!(finding.phrase.start <= finding.span.start && finding.span.end <= finding.phrase.end);
            prop_assert_eq!(plain(&text.slice(finding.span)), plain(&finding.raw));
            prop_assert!(finding.parent.is_none_or(|parent| parent < findings.len() && parent != index));
            prop_assert!((0.0..=1.0).contains(&finding.confidence));
        }
        for pair in findings.windows(2) {
            let twins = pair[0].span == pair[1].span && pair[0].indicator != pair[1].indicator;
            prop_assert!(twins || pair[0].span.end <= pair[1].span.start, "{:?} overlaps {:?}", pair[0], pair[1]);
        }
        prop_assert_eq!(&findings, &extract(&text));
    }

    #[test]
    fn every_planted_figure_is_found(sentences in sentences()) {
        let text = Text::new("planted", format!("2024年，{}。", sentences.iter().map(|(words, _)| words.as_str()).collect::<Vec<_>>().join("，")));
        let raws: Vec<String> = extract(&text).into_iter().map(|finding| finding.raw).collect();
        for (_, numeral) in &sentences {
            prop_assert!(raws.iter().any(|raw| raw.trim_end_matches('万') == numeral), "{numeral} in {}", text.content());
        }
        prop_assert_eq!(raws.len(), sentences.len());
    }

    #[test]
    fn line_breaks_blanks_and_full_width_change_nothing(sentences in sentences(), how in 0_u8..3, cuts in prop::collection::vec(0_usize..200, 0..4)) {
        let content = format!("2024年，{}。", sentences.iter().map(|(words, _)| words.as_str()).collect::<Vec<_>>().join("，"));
        let before = figures(&extract(&Text::new("whole", content.clone())));
        let mut letters: Vec<char> = content.chars().collect();
        // One damage to a figure: a digit alone on its line could be the number of a page.
        let mut cuts: Vec<usize> = cuts.into_iter().map(|at| at % letters.len()).collect();
        cuts.sort_unstable();
        cuts.dedup_by(|later, earlier| *later < *earlier + 20);
        for at in cuts.into_iter().rev() {
            match how {
                0 => letters.insert(at, ' '),
                1 => letters.insert(at, '\n'),
                _ if letters[at].is_ascii_digit() => {
                    letters[at] = char::from_u32(u32::from(letters[at]) + 0xFEE0).unwrap_or(letters[at]);
                }
                _ => {}
            }
        }
        let damaged: String = letters.into_iter().collect();
        prop_assert_eq!(before, figures(&extract(&Text::new("damaged", damaged.clone()))), "{}", damaged);
    }
}
