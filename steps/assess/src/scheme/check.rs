//! What a scheme has to be before anybody is scored by it.

use std::collections::HashSet;

use kernel::{Problem, Text};
use rust_decimal::Decimal;

use super::{Component, Input, Scheme};
use crate::formulas::Formula;
use crate::words::{Class, InputKind, Provenance};

/// A longer text is no scheme.
const LONGEST: usize = 100_000;

pub(super) fn read(text: &str) -> Result<Scheme, Problem> {
    if text.len() > LONGEST {
        return Err(Problem::field("text", "办法文本过长：最多 100 KB", "The text is too long: 100 kB at most"));
    }
    let scheme: Scheme = toml::from_str(text).map_err(|error| {
        Problem::field(
            "text",
            format!("办法无法读取，请按提示修改后重交：{error}"),
            format!("The scheme cannot be read: {error}"),
        )
    })?;
    let mut faults = Faults(Vec::new());
    faults.head(&scheme);
    faults.inputs(&scheme);
    for (at, component) in scheme.components.iter().enumerate() {
        faults.component(&scheme, component, &scheme.components[..at]);
    }
    faults.weights(&scheme);
    faults.vetoes(&scheme);
    faults.uses(&scheme);
    faults.into_problem().map_or(Ok(scheme), Err)
}

/// Everything that is wrong, in the order of the file.
struct Faults(Vec<Text>);

impl Faults {
    fn into_problem(self) -> Option<Problem> {
        let join = |each: fn(&Text) -> &str, mark: &str| self.0.iter().map(each).collect::<Vec<_>>().join(mark);
        (!self.0.is_empty()).then(|| Problem::field("text", join(|text| &text.zh, "；"), join(|text| &text.en, "; ")))
    }

    fn add(&mut self, zh: impl Into<String>, en: impl Into<String>) {
        self.0.push(Text::new(zh, en));
    }

    fn head(&mut self, scheme: &Scheme) {
        if !is_code(&scheme.code) {
            self.add("code 只能用小写字母、数字和连字符", "code takes small letters, digits and hyphens");
        }
        if scheme.version == 0 {
            self.add("version 从 1 开始", "version begins with 1");
        }
        if scheme.name.trim().is_empty() || scheme.name_en.trim().is_empty() {
            self.add("name 和 name_en 都要填写", "both name and name_en are needed");
        }
        if scheme.subjects.is_empty() || scheme.components.is_empty() {
            self.add("至少要有一种对象和一项内容", "at least one subject and one component are needed");
        }
        if scheme.places > 4 {
            self.add("places 最多 4 位", "places is at most 4");
        }
        if scheme.valid_to.is_some_and(|last| last < scheme.valid_from) {
            self.add("valid_to 早于 valid_from", "valid_to is before valid_from");
        }
        let limits = &scheme.limits;
        if [limits.additions_at_most, limits.deductions_at_most].into_iter().flatten().any(|most| *most < Decimal::ZERO)
        {
            self.add("加分、扣分上限写正数", "the limits of additions and deductions are positive");
        }
        if limits.total_at_least.zip(limits.total_at_most).is_some_and(|(least, most)| least > most) {
            self.add("总分下限高于上限", "the least total is above the most");
        }
    }

    fn inputs(&mut self, scheme: &Scheme) {
        let mut seen = HashSet::new();
        for input in &scheme.inputs {
            let code = &input.code;
            if !is_code(code) || !seen.insert(code) {
                self.add(
                    format!("输入 {code} 的代码重复或不合规"),
                    format!("the input code {code} is taken or no code"),
                );
            }
            if input.from.kind().is_some_and(|kind| kind != input.kind) {
                let from = input.from.code();
                self.add(format!("输入 {code} 取自 {from}，类型不符"), format!("the input {code} is no {from}"));
            }
            if input.from == Provenance::Typed && input.or_typed {
                self.add(
                    format!("输入 {code} 本来就是录入的，不用 or_typed"),
                    format!("the input {code} is typed anyway: or_typed says nothing"),
                );
            }
        }
    }

    fn component(&mut self, scheme: &Scheme, component: &Component, before: &[Component]) {
        let code = &component.code;
        if !is_code(code) || before.iter().any(|other| other.code == *code) {
            self.add(
                format!("内容 {code} 的代码重复或不合规"),
                format!("the component code {code} is taken or no code"),
            );
        }
        if component.inputs.is_empty() {
            self.add(format!("内容 {code} 没有输入"), format!("the component {code} has no input"));
        }
        for name in &component.inputs {
            match scheme.input(name) {
                None => {
                    self.add(format!("内容 {code} 的输入 {name} 没有定义"), format!("{code}: there is no input {name}"))
                }
                Some(Input { kind, .. }) if !component.formula.takes().contains(kind) => self.add(
                    format!("内容 {code} 的公式不能用于“{}”类输入 {name}", kind.name().zh),
                    format!("{code}: the formula does not take the input {name}, which is of the kind {}", kind.code()),
                ),
                Some(_) => {}
            }
        }
        if component.at_least.zip(component.at_most).is_some_and(|(least, most)| least > most) {
            self.add(format!("内容 {code} 的下限高于上限"), format!("{code}: at_least is above at_most"));
        }
        if component.class == Class::Extra && component.weight.is_some() {
            self.add(
                format!("加减分 {code} 不占满分，不写 weight"),
                format!("{code}: an extra has no share of the full mark, so no weight"),
            );
        }
        if component.source.trim().is_empty() || component.source_en.trim().is_empty() {
            self.add(format!("内容 {code} 要写明依据"), format!("{code}: where does the rule come from?"));
        }
        self.formula(component, before);
    }

    fn formula(&mut self, component: &Component, before: &[Component]) {
        let code = &component.code;
        let falls = |numbers: &[Decimal]| numbers.windows(2).all(|pair| pair[0] >= pair[1]);
        match &component.formula {
            Formula::Share(share) => {
                if *share.of <= Decimal::ZERO || share.cap.is_some_and(|cap| *cap <= Decimal::ZERO) {
                    self.add(
                        format!("内容 {code} 的 of 和 cap 须大于零"),
                        format!("{code}: of and cap are above zero"),
                    );
                }
                if component.weight.is_none() {
                    self.add(format!("内容 {code} 按比例计分，须有 weight"), format!("{code}: a share needs a weight"));
                }
            }
            Formula::Ladder(ladder) => {
                let few = ladder.few.iter().map(|few| (&few.places, *few.then));
                for (places, then) in std::iter::once((&ladder.places, *ladder.then)).chain(few) {
                    let places: Vec<Decimal> = places.iter().map(|points| **points).collect();
                    if places.is_empty() || !falls(&places) || then > Decimal::ZERO {
                        self.add(
                            format!("内容 {code} 的名次分须逐名递减"),
                            format!("{code}: a worse rank cannot give more"),
                        );
                    }
                }
            }
            Formula::Thresholds(thresholds) => {
                let starts: Vec<Decimal> = thresholds.steps.iter().map(|step| *step.at_least).collect();
                if starts.is_empty() || !starts.windows(2).all(|pair| pair[0] > pair[1]) {
                    self.add(
                        format!("内容 {code} 的分档须从高到低"),
                        format!("{code}: steps go from the highest down"),
                    );
                }
            }
            Formula::LastPlaces(last) => {
                let mut lengths = HashSet::new();
                if last.runs.iter().any(|run| run.length < 2 || !lengths.insert(run.length)) {
                    self.add(
                        format!("内容 {code} 的连续月数从 2 起且不重复"),
                        format!("{code}: runs have 2 months or more, each once"),
                    );
                }
            }
            Formula::Coefficient(coefficient) => {
                if coefficient.on.is_empty() {
                    self.add(format!("系数 {code} 没有作用对象"), format!("{code}: what does it multiply?"));
                }
                for other in &coefficient.on {
                    if before.iter().all(|component| component.code != *other) {
                        self.add(
                            format!("系数 {code} 的对象 {other} 须写在它前面"),
                            format!("{code}: {other} has to stand before it"),
                        );
                    }
                }
            }
            Formula::Given(_) | Formula::Each(_) | Formula::AllDone(_) | Formula::Surplus(_) => {}
        }
    }

    /// The weights of the base components add up to the full mark.
    fn weights(&mut self, scheme: &Scheme) {
        let base = || scheme.components.iter().filter(|component| component.class == Class::Base);
        let weights: Vec<Decimal> = base().filter_map(|component| component.weight).map(|weight| *weight).collect();
        let sum: Decimal = weights.iter().sum();
        match scheme.full_mark {
            Some(full) if weights.len() < base().count() => self.add(
                format!("写了满分 {}，每项基本分都要有 weight", *full),
                format!("with a full mark of {} every base component needs a weight", *full),
            ),
            Some(full) if sum != *full => self.add(
                format!("各项权重之和为 {sum}，与满分 {} 不符", *full),
                format!("the weights add up to {sum}, not to the full mark of {}", *full),
            ),
            None if !weights.is_empty() => {
                self.add("有 weight 就要写明满分 full_mark", "weights need a full_mark to add up to");
            }
            _ => {}
        }
        if weights.iter().any(|weight| *weight <= Decimal::ZERO) {
            self.add("weight 须大于零", "a weight is above zero");
        }
    }

    fn vetoes(&mut self, scheme: &Scheme) {
        for veto in &scheme.vetoes {
            if scheme.input(&veto.input).is_none_or(|input| input.kind != InputKind::Fact) {
                let code = &veto.code;
                self.add(
                    format!("否决项 {code} 须指向一个事实类输入"),
                    format!("the veto {code} needs an input of the kind fact"),
                );
            }
        }
    }

    /// An input that nobody uses is a misspelt one.
    fn uses(&mut self, scheme: &Scheme) {
        for input in &scheme.inputs {
            let used = scheme.components.iter().any(|component| component.inputs.contains(&input.code))
                || scheme.vetoes.iter().any(|veto| veto.input == input.code);
            if !used {
                let code = &input.code;
                self.add(format!("输入 {code} 没有被用到"), format!("the input {code} is used by nothing"));
            }
        }
    }
}

/// Small letters, digits, hyphens and underscores; used in addresses and tables.
fn is_code(text: &str) -> bool {
    (1..=60).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte))
}

#[cfg(test)]
mod tests;
