//! Which figure a figure belongs to: parts to their whole, changes to what changed, shares to what they share.

use figures::{Decimal, Qualifier};

use crate::candidates::clause_start;
use crate::draft::Draft;
use crate::finding::{Belonging, Flow, Kind};
use crate::lexicon::{UnitKind, lexicon};
use crate::phrases::likeness;

/// Sets parent and relation of every figure that has one.
pub(crate) fn belong(text: &str, drafts: &mut [Draft]) {
    let mut breakdown: Option<Breakdown> = None;
    for index in 0..drafts.len() {
        let between = match index.checked_sub(1) {
            Some(previous) if drafts[previous].line == drafts[index].line => {
                &text[drafts[previous].candidate.phrase.end..drafts[index].candidate.phrase.start]
            }
            _ => {
                breakdown = None;
                ""
            }
        };
        if drafts[index].in_table {
            continue;
        }
        breakdown = Breakdown::next(breakdown, text, drafts, index, between);
        let belonging = match &breakdown {
            Some(open) if open.takes(&drafts[index]) => Some((open.whole, Belonging::PartOf)),
            _ => None,
        };
        let of_list = belonging.is_some();
        let belonging = belonging
            .or_else(|| other(text, drafts, index, between))
            .or_else(|| cumulative(text, drafts, index))
            .or_else(|| rate_of(text, drafts, index, between))
            .or_else(|| spent(text, drafts, index));
        if let Some((parent, relation)) = belonging {
            let draft = &mut drafts[index];
            draft.parent = Some(parent);
            draft.relation = Some(relation);
            if of_list {
                inherit(drafts, index, parent);
            }
        }
    }
}

/// A part without a verb of its own is to time what its whole is: “共有146所，其中公办87所”.
fn inherit(drafts: &mut [Draft], part: usize, whole: usize) {
    let words = &lexicon().flows;
    let own = words.new.stand_in(&drafts[part].before) || words.stock.stand_in(&drafts[part].before);
    let every = drafts[whole].candidate.qualifier == Qualifier::All;
    let whole = drafts[whole].nature.flow;
    let counted =
        matches!(drafts[part].nature.flow, Flow::New | Flow::Stock) && drafts[part].nature.kind != Kind::Percent;
    if !own && !every && counted && drafts[part].candidate.qualifier != Qualifier::All && whole != Flow::Change {
        drafts[part].nature.flow = whole;
    }
}

/// “2个(累计9个)”: what came about is a part of what there is now.
fn cumulative(text: &str, drafts: &[Draft], index: usize) -> Option<(usize, Belonging)> {
    let (draft, next) = (&drafts[index], drafts.get(index + 1)?);
    let between = text.get(draft.candidate.phrase.end..next.candidate.phrase.start)?;
    let told = lexicon().belonging.totals.has(between);
    (told && next.candidate.unit == draft.candidate.unit && next.line == draft.line && draft.nature.flow == Flow::New)
        .then_some((index + 1, Belonging::PartOf))
}

/// “…安排资金40.16亿元。…实际使用资金22.47亿元”: what was spent is a part of what was granted in the sentence before.
fn spent(text: &str, drafts: &[Draft], index: usize) -> Option<(usize, Belonging)> {
    let draft = &drafts[index];
    let clause = |draft: &Draft| &text[clause_start(text, draft.candidate.phrase.start)..draft.candidate.phrase.start];
    let words = &lexicon().belonging;
    let money = |draft: &Draft| draft.nature.kind == Kind::Money;
    if !money(draft) || !words.spent.stand_in(clause(draft)) {
        return None;
    }
    let mut earlier = (0..index).rev().take(8).take_while(|earlier| drafts[*earlier].line == draft.line);
    let granted = earlier.find(|earlier| {
        let other = &drafts[*earlier];
        money(other)
            && other.relation.is_none()
            && other.candidate.unit == draft.candidate.unit
            && other.candidate.number.value >= draft.candidate.number.value
            && words.granted.stand_in(clause(other))
    })?;
    Some((granted, Belonging::PartOf))
}

/// Shares of what was just counted: “6682起，化解率97.5%”, and at the start of the next sentence “满意率达100%”.
fn rate_of(text: &str, drafts: &[Draft], index: usize, between: &str) -> Option<(usize, Belonging)> {
    let draft = &drafts[index];
    let clause = &text[clause_start(text, draft.candidate.phrase.start)..draft.candidate.phrase.start];
    let rate = draft.nature.kind == Kind::Percent && lexicon().belonging.rates.stand_in(clause);
    // One sentence may end in between, a list may not go on.
    let near = between.matches('。').count() <= 1 && !between.contains('；') && between.chars().count() <= 40;
    let counted = index.checked_sub(1).filter(|previous| {
        let previous = &drafts[*previous];
        previous.line == draft.line && matches!(previous.nature.kind, Kind::Count | Kind::People | Kind::Money)
    })?;
    (rate && near).then_some((counted, Belonging::RatioOf))
}

/// An open list of parts.
#[derive(Clone)]
struct Breakdown {
    whole: usize,
    unit: String,
    /// In brackets, and closed by the bracket.
    bracketed: bool,
    /// The first part begins with a verb, so later ones may too: 新建48个、改建23个.
    verbs: bool,
}

impl Breakdown {
    fn next(open: Option<Self>, text: &str, drafts: &[Draft], index: usize, between: &str) -> Option<Self> {
        if let Some(at) = opening(between) {
            let draft = &drafts[index];
            let alike = |candidate: &&usize| {
                let whole = &drafts[**candidate];
                whole.line == draft.line
                    && whole.candidate.unit == draft.candidate.unit
                    && (whole.relation != Some(Belonging::PartOf) || of_another_sentence(text, drafts, **candidate))
            };
            let before: Vec<usize> =
                (0..index).rev().take_while(|earlier| drafts[*earlier].line == draft.line).take(6).collect();
            // Inside a sentence 其中 divides what stands before it; at the start of one, a figure of the last.
            let opens = draft.candidate.phrase.start - (between.len() - at);
            let starts = text[..opens].ends_with('。');
            let reaches = |earlier: &&usize| {
                let sentences = text[drafts[**earlier].candidate.phrase.end..opens].matches(['。', '！', '？']).count();
                sentences == usize::from(starts)
            };
            let alike = before.iter().filter(reaches).find(alike);
            let last = before.iter().filter(reaches).find(|earlier| drafts[**earlier].nature.kind != Kind::RateChange);
            let whole = *alike.or(last.filter(|_| !starts))?;
            let words = &between[at..];
            return Some(Self {
                whole,
                unit: drafts[whole].candidate.unit.clone(),
                bracketed: between[..at].ends_with('('),
                verbs: leads_with_verb(words.trim_start_matches("其中").trim_start_matches("包括")),
            });
        }
        let open = open?;
        let ends = between.contains(['。', '；', '！', '？']) || (open.bracketed && between.contains(')'));
        let clause = between.rfind('，').map(|at| &between[at + '，'.len_utf8()..]);
        let turns = clause.is_some_and(|clause| !open.verbs && leads_with_verb(clause));
        (!ends && !turns).then_some(open)
    }

    /// Parts have the unit of the whole; shares and changes in between do not close the list.
    fn takes(&self, draft: &Draft) -> bool {
        draft.candidate.unit == self.unit || (draft.nature.kind == Kind::Money && self.unit.ends_with('元'))
    }
}

/// Whether a part stands in another sentence than its whole: it may be divided itself.
fn of_another_sentence(text: &str, drafts: &[Draft], part: usize) -> bool {
    // So far apart they are in any case.
    const FAR: usize = 3000;
    let Some(whole) = drafts[part].parent.map(|whole| drafts[whole].candidate.phrase.end) else { return false };
    let between = text.get(whole..drafts[part].candidate.phrase.start).unwrap_or_default();
    between.len() > FAR || between.contains('。')
}

/// Where a list of parts is opened: 其中, 包括, or “37个项目中，已有6个…”.
fn opening(between: &str) -> Option<usize> {
    let among =
        || between.find("中，").filter(|at| between[..*at].chars().count() <= 6 && !between.contains(['。', '；']));
    between.rfind("其中").or_else(|| between.rfind("包括")).or_else(among)
}

/// Whether a clause begins with something that is done: it opens a matter of its own.
fn leads_with_verb(clause: &str) -> bool {
    let clause = clause.trim_start_matches(['共', '已', '并', '还', '同', '时', '：']);
    lexicon().flows.new.open(clause)
}

fn other(text: &str, drafts: &[Draft], index: usize, between: &str) -> Option<(usize, Belonging)> {
    let draft = &drafts[index];
    let earlier = |wanted: &dyn Fn(&Draft) -> bool| {
        (0..index)
            .rev()
            .take(8)
            .take_while(|earlier| drafts[*earlier].line == draft.line)
            .find(|earlier| wanted(&drafts[*earlier]))
    };
    let same_sentence =
        |other: &Draft| !text[other.candidate.phrase.end..draft.candidate.phrase.start].contains(['。', '！', '？']);
    if draft.quoted {
        let reached = earlier(&|other| {
            !other.quoted
                && other.candidate.unit == draft.candidate.unit
                && same_sentence(other)
                && likeness(&other.indicator, &draft.indicator) >= 0.2
        });
        return reached.map(|reached| (reached, Belonging::TargetFor));
    }
    if draft.nature.flow == Flow::Change {
        let points = draft.candidate.unit_kind == Some(UnitKind::Points);
        let fits = |other: &Draft| {
            same_sentence(other) && other.nature.flow != Flow::Change && (!points || other.nature.kind == Kind::Percent)
        };
        return earlier(&fits).map(|changed| (changed, Belonging::YoyOf));
    }
    // “占年度计划7.5亿元的91.3%”: the clause says more than the words behind the figure before.
    let clause = &text[clause_start(text, draft.candidate.phrase.start)..draft.candidate.phrase.start];
    if draft.nature.kind == Kind::Percent
        && lexicon().belonging.shares.stand_in(clause)
        && !between.contains(['。', '；'])
        && let Some(previous) = earlier(&|other| other.nature.kind != Kind::Percent && other.nature.kind != Kind::Rank)
    {
        return Some((previous, Belonging::RatioOf));
    }
    // 由A提高到B: A is found first and belongs to B.
    let next =
        drafts.get(index + 1).filter(|next| next.line == draft.line && next.candidate.unit == draft.candidate.unit)?;
    let leads = draft.before.contains('由') || draft.before.contains('从');
    let level = lexicon().flows.level.stand_in(&next.before);
    (leads && level && draft.candidate.number.value != Decimal::ZERO).then_some((index + 1, Belonging::Before))
}
