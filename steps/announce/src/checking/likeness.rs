//! How alike two names of what is counted are: shared characters and neighbours, rare ones weighing more.

use std::collections::{BTreeMap, BTreeSet};

/// Words that say when or how rather than what.
const FILLERS: [&str; 12] =
    ["其中", "目前", "累计", "已经", "全市", "全县", "全区", "全省", "我市", "我县", "我区", "共计"];

/// A single character or two neighbours.
type Token = (char, Option<char>);

/// A name taken apart: its tokens in order, each with its weight.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tokens {
    tokens: Vec<(Token, u64)>,
    weight: u64,
}

/// The names of one ledger, which tell what is rare in it.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    /// In how many names a token stands.
    names: BTreeMap<Token, u64>,
    /// How many names there are.
    all: u64,
}

impl Vocabulary {
    /// The vocabulary of these names.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut vocabulary = Self::default();
        for name in names {
            vocabulary.all += 1;
            for token in tokens(name) {
                *vocabulary.names.entry(token).or_default() += 1;
            }
        }
        vocabulary
    }

    /// How alike two names are, in thousandths: 1000 for the same tokens, 0 for none in common.
    ///
    /// The larger of two measures: twice what they share over what they have (Dice), and eight tenths of what they share
    /// over the shorter one, for a name that is only longer than the other.
    pub fn likeness(&self, one: &str, other: &str) -> u32 {
        self.between(&self.read(one), &self.read(other))
    }

    /// A name taken apart, for comparing it many times.
    pub(crate) fn read(&self, name: &str) -> Tokens {
        let tokens: Vec<_> = tokens(name).into_iter().map(|token| (token, self.weight(token))).collect();
        let weight = tokens.iter().map(|(_, weight)| weight).sum();
        Tokens { tokens, weight }
    }

    /// [`Vocabulary::likeness`] of two names that were taken apart.
    pub(crate) fn between(&self, one: &Tokens, other: &Tokens) -> u32 {
        let mut shared = 0;
        let (mut left, mut right) = (one.tokens.iter().peekable(), other.tokens.iter().peekable());
        while let (Some((first, weight)), Some((second, _))) = (left.peek(), right.peek()) {
            match first.cmp(second) {
                std::cmp::Ordering::Less => drop(left.next()),
                std::cmp::Ordering::Greater => drop(right.next()),
                std::cmp::Ordering::Equal => {
                    shared += weight;
                    left.next();
                    right.next();
                }
            }
        }
        if shared == 0 {
            return 0;
        }
        let dice = 2_000 * shared / (one.weight + other.weight);
        // Two characters that stand in a longer name prove little.
        let enough = one.tokens.len().min(other.tokens.len()) >= 5;
        let shorter = if enough { 800 * shared / one.weight.min(other.weight) } else { 0 };
        u32::try_from(dice.max(shorter)).unwrap_or(1_000)
    }

    /// Rare tokens weigh up to eight times as much as common ones, neighbours twice as much as single characters.
    fn weight(&self, token: Token) -> u64 {
        let standing = self.names.get(&token).copied().unwrap_or(1);
        let rarity = (self.all / standing).clamp(1, 128);
        let weight = 2 + u64::from(rarity.ilog2()) * 2;
        if token.1.is_some() { weight * 2 } else { weight }
    }
}

fn tokens(name: &str) -> BTreeSet<Token> {
    let mut plain = name.to_lowercase();
    for filler in FILLERS {
        plain = plain.replace(filler, "");
    }
    let plain: Vec<char> = plain
        .chars()
        .filter(|c| c.is_alphanumeric() && !matches!(c, '的' | '了' | '等' | '共' | '已' | '达'))
        .collect();
    let singles = plain.iter().map(|c| (*c, None));
    let pairs = plain.windows(2).map(|pair| (pair[0], Some(pair[1])));
    singles.chain(pairs).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        Vocabulary::of(["村（社区）助餐服务点新建成", "助餐、配送餐服务", "养老机构改建扩建", "公交线路新辟优化"])
    }

    #[test]
    fn the_order_of_words_matters_little_and_the_matter_much() {
        let words = vocabulary();
        let same = words.likeness("新建成村(社区)助餐服务点", "村（社区）助餐服务点新建成");
        let near = words.likeness("完成助餐、配送餐服务", "村（社区）助餐服务点新建成");
        let far = words.likeness("公交线路新辟优化", "养老机构改建扩建");
        assert!(same > 800 && near < same && far < 220, "{same} {near} {far}");
        assert_eq!(words.likeness("公交线路新辟优化", "公交线路新辟优化"), 1_000);
        assert_eq!(words.likeness("", "公交线路新辟优化"), 0);
    }

    #[test]
    fn likeness_has_no_side() {
        let words = vocabulary();
        for (one, other) in [("新增停车位", "公共停车位新增"), ("改建", "养老机构改建扩建"), ("a b", "停车")]
        {
            assert_eq!(words.likeness(one, other), words.likeness(other, one));
        }
    }
}
