//! What a page draws, operation by operation.
//!
//! Nothing is kept but the operation at hand: a page of millions of operations takes no more memory than one of a
//! hundred, which a parser that lists them all first cannot promise.

/// No operation takes more operands than this; what comes behind them is left out.
const MOST_OPERANDS: usize = 40;

/// An operand, as far as text depends on it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    Number(f32),
    Name(Vec<u8>),
    /// The strings of TJ, or the one of Tj.
    Strings(Vec<Vec<u8>>),
    /// A dictionary, a word.
    Other,
}

/// An operator with the operands in front of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Operation<'a> {
    pub(super) operator: &'a [u8],
    pub(super) operands: Vec<Operand>,
}

impl Operation<'_> {
    /// The operand at an index as a number; 0 where it is none.
    pub(super) fn number(&self, index: usize) -> f32 {
        match self.operands.get(index) {
            Some(Operand::Number(number)) => *number,
            _ => 0.0,
        }
    }

    /// The first operand as a name.
    pub(super) fn name(&self) -> Option<&[u8]> {
        match self.operands.first() {
            Some(Operand::Name(name)) => Some(name),
            _ => None,
        }
    }

    /// The strings of the last operand.
    pub(super) fn strings(&self) -> &[Vec<u8>] {
        match self.operands.last() {
            Some(Operand::Strings(strings)) => strings,
            _ => &[],
        }
    }
}

/// The operations of a stream, from front to back. What cannot be read is passed over.
pub(super) struct Operations<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Operations<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b'%' => {
                    self.at += self.bytes[self.at..].iter().take_while(|byte| !matches!(byte, b'\n' | b'\r')).count()
                }
                byte if is_blank(byte) => self.at += 1,
                _ => return,
            }
        }
    }

    /// The regular characters from here on.
    fn word(&mut self) -> &'a [u8] {
        let start = self.at;
        self.at += self.bytes[start..].iter().take_while(|byte| !is_blank(**byte) && !is_delimiter(**byte)).count();
        &self.bytes[start..self.at]
    }

    /// A string in parentheses, which may hold others.
    fn literal(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut depth = 0_usize;
        let mut string = Vec::new();
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'\\' => string.extend(self.escaped()),
                b')' if depth == 0 => break,
                _ => {
                    depth = match byte {
                        b'(' => depth + 1,
                        b')' => depth - 1,
                        _ => depth,
                    };
                    string.push(byte);
                }
            }
        }
        string
    }

    /// What stands behind a backslash: a letter, up to three octal digits, or a line break that counts for nothing.
    fn escaped(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        match byte {
            b'n' => Some(b'\n'),
            b'r' => Some(b'\r'),
            b't' => Some(b'\t'),
            b'b' => Some(8),
            b'f' => Some(12),
            b'0'..=b'7' => {
                let more = self.bytes[self.at..].iter().take(2).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
                let digits = &self.bytes[self.at - 1..self.at + more];
                self.at += more;
                let code = digits.iter().fold(0_u32, |code, digit| code * 8 + u32::from(digit - b'0'));
                u8::try_from(code & 0xFF).ok()
            }
            b'\r' => {
                self.at += usize::from(self.peek() == Some(b'\n'));
                None
            }
            b'\n' => None,
            other => Some(other),
        }
    }

    /// A string of hexadecimal digits; an odd one at the end stands for itself and a zero.
    fn hexadecimal(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut string = Vec::new();
        let mut half: Option<u8> = None;
        while let Some(byte) = self.peek() {
            self.at += 1;
            if byte == b'>' {
                break;
            }
            let Some(digit) = hex(byte) else { continue };
            match half.take() {
                Some(high) => string.push(high << 4 | digit),
                None => half = Some(digit),
            }
        }
        string.extend(half.map(|high| high << 4));
        string
    }

    /// A dictionary, passed over.
    fn dictionary(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match (byte, self.bytes.get(self.at + 1)) {
                (b'<', Some(b'<')) => {
                    depth += 1;
                    self.at += 2;
                }
                (b'>', Some(b'>')) => {
                    self.at += 2;
                    depth -= 1;
                    if depth == 0 {
                        return;
                    }
                }
                (b'(', _) => {
                    self.literal();
                }
                _ => self.at += 1,
            }
        }
    }

    /// The strings of an array; arrays inside it are part of it.
    fn array(&mut self) -> Vec<Vec<u8>> {
        let mut strings = Vec::new();
        let mut depth = 0_usize;
        loop {
            self.skip_blanks();
            match self.peek() {
                None => return strings,
                Some(b'[') => {
                    depth += 1;
                    self.at += 1;
                }
                Some(b']') => {
                    depth -= 1;
                    self.at += 1;
                    if depth == 0 {
                        return strings;
                    }
                }
                Some(b'(') => strings.push(self.literal()),
                Some(b'<') if self.bytes.get(self.at + 1) == Some(&b'<') => self.dictionary(),
                Some(b'<') => strings.push(self.hexadecimal()),
                Some(byte) if is_delimiter(byte) => self.at += 1,
                Some(_) => {
                    self.word();
                }
            }
        }
    }

    fn name(&mut self) -> Vec<u8> {
        self.at += 1;
        let word = self.word();
        let mut name = Vec::with_capacity(word.len());
        let mut at = 0;
        while let Some(byte) = word.get(at) {
            let code =
                (*byte == b'#').then(|| Some(hex(*word.get(at + 1)?)? << 4 | hex(*word.get(at + 2)?)?)).flatten();
            name.push(code.unwrap_or(*byte));
            at += if code.is_some() { 3 } else { 1 };
        }
        name
    }

    /// Passes over a picture inside the stream: what stands between ID and EI is no operation.
    fn picture(&mut self) {
        let closes = |window: &[u8]| {
            is_blank(window[0]) && &window[1..3] == b"EI" && window.get(3).is_none_or(|byte| is_blank(*byte))
        };
        let rest = &self.bytes[self.at..];
        let ends = (0..rest.len().saturating_sub(2)).find(|at| closes(&rest[*at..rest.len().min(at + 4)]));
        self.at = ends.map_or(self.bytes.len(), |at| self.at + at + 3);
    }
}

impl<'a> Iterator for Operations<'a> {
    type Item = Operation<'a>;

    fn next(&mut self) -> Option<Operation<'a>> {
        let mut operands = Vec::new();
        loop {
            self.skip_blanks();
            let operand = match self.peek()? {
                b'(' => Operand::Strings(vec![self.literal()]),
                b'<' if self.bytes.get(self.at + 1) == Some(&b'<') => {
                    self.dictionary();
                    Operand::Other
                }
                b'<' => Operand::Strings(vec![self.hexadecimal()]),
                b'[' => Operand::Strings(self.array()),
                b'/' => Operand::Name(self.name()),
                byte if is_delimiter(byte) => {
                    self.at += 1;
                    continue;
                }
                byte => {
                    let word = self.word();
                    if matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.') {
                        Operand::Number(number(word))
                    } else if matches!(word, b"true" | b"false" | b"null") {
                        Operand::Other
                    } else {
                        if word == b"BI" {
                            self.picture();
                        }
                        return Some(Operation { operator: word, operands });
                    }
                }
            };
            if operands.len() < MOST_OPERANDS {
                operands.push(operand);
            }
        }
    }
}

fn number(word: &[u8]) -> f32 {
    let number = std::str::from_utf8(word).ok().and_then(|word| word.parse::<f32>().ok());
    number.filter(|number| number.is_finite()).unwrap_or(0.0)
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(stream: &str) -> Vec<(String, Vec<Operand>)> {
        Operations::of(stream.as_bytes())
            .map(|operation| (String::from_utf8_lossy(operation.operator).into_owned(), operation.operands))
            .collect()
    }

    fn strings(words: &[&str]) -> Operand {
        Operand::Strings(words.iter().map(|word| word.as_bytes().to_vec()).collect())
    }

    #[test]
    fn operands_are_read_in_every_dress() {
        for (stream, operator, operand) in [
            ("(a(b)c\\)\\101\\\n\\n) Tj", "Tj", strings(&["a(b)c)A\n"])),
            ("<41 4> Tj", "Tj", strings(&["A@"])),
            ("[(A) -20.5 <42> [(C)]] TJ", "TJ", strings(&["A", "B", "C"])),
            ("/F#311 Do", "Do", Operand::Name(b"F11".to_vec())),
            ("-.5 TL % a note (\n", "TL", Operand::Number(-0.5)),
            ("<</A <</B (>>)>>>> BDC", "BDC", Operand::Other),
            (") 3 TL", "TL", Operand::Number(3.0)),
        ] {
            assert_eq!(shown(stream), [(operator.to_owned(), vec![operand])], "{stream}");
        }
    }

    #[test]
    fn a_picture_inside_is_passed_over_and_what_is_cut_off_ends() {
        let names = |stream: &str| -> Vec<String> { shown(stream).into_iter().map(|(name, _)| name).collect() };
        assert_eq!(names("q BI /W 1 ID (EI)Tj EI Q"), ["q", "BI", "Q"]);
        assert_eq!(names("BI ID (Tj"), ["BI"]);
        for cut in ["(abc", "<41", "[(a)", "<</A", "/", "1 2"] {
            assert_eq!(names(cut), [""; 0], "{cut}");
        }
    }

    proptest! {
        #[test]
        fn any_stream_ends(stream in "[ -~\\n]{0,80}") {
            prop_assert!(Operations::of(stream.as_bytes()).count() <= stream.len());
        }
    }
}
