//! Marks what was looked for in a name, whatever case or width it is written in.

use store::search::normalise;

/// A piece of a name, and whether it is what was looked for.
pub(crate) type Piece = (String, bool);

/// Cuts `name` into pieces, marking every occurrence of one of `words`, which are normalised.
pub(crate) fn marked(name: &str, words: &[String]) -> Vec<Piece> {
    let characters: Vec<char> = name.chars().collect();
    let folded: Vec<char> = characters.iter().map(|character| fold(*character)).collect();
    let mut hit = vec![false; characters.len()];
    for word in words.iter().map(|word| word.chars().collect::<Vec<_>>()) {
        if word.is_empty() || word.len() > folded.len() {
            continue;
        }
        for start in 0..=folded.len() - word.len() {
            if folded[start..start + word.len()] == word[..] {
                hit[start..start + word.len()].fill(true);
            }
        }
    }
    let mut pieces: Vec<Piece> = Vec::new();
    for (character, hit) in characters.into_iter().zip(hit) {
        match pieces.last_mut().filter(|piece| piece.1 == hit) {
            Some(piece) => piece.0.push(character),
            None => pieces.push((character.to_string(), hit)),
        }
    }
    pieces
}

/// The character in the form in which texts are compared; itself where that is not one character.
fn fold(character: char) -> char {
    let normalised = normalise(&character.to_string());
    let mut folded = normalised.chars();
    match (folded.next(), folded.next()) {
        (Some(one), None) => one,
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &str, words: &[&str]) -> String {
        let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
        let pieces = marked(name, &words);
        pieces.into_iter().map(|(text, hit)| if hit { format!("[{text}]") } else { text }).collect()
    }

    #[test]
    fn every_occurrence_in_any_width() {
        assert_eq!(shown("电动汽车充电桩投运", &["充电桩"]), "电动汽车[充电桩]投运");
        assert_eq!(shown("ＡＥＤ 与 Aed", &["aed"]), "[ＡＥＤ] 与 [Aed]");
        assert_eq!(shown("充电桩充电", &["充电", "电桩"]), "[充电桩充电]");
        assert_eq!(shown("<b>桩</b>", &["桩"]), "<b>[桩]</b>");
        assert_eq!(shown("短", &["很长的词"]), "短");
    }
}
