//! A first body for a programme: a template with each line such as `@各类` written out in placeholders.
//!
//! The result is what an editor goes on with. It holds no figures, only placeholders for those that the programme has, so
//! that a sentence about money is left out where no money is known instead of standing there empty.

use std::collections::BTreeSet;

use ledger::board::{CategoryBoard, ProjectBoard, Row};
use ledger::rules::Light;
use ledger::words::{FundSource, Kind, Purpose, Relation};
use uuid::Uuid;

use super::bindings::Bindings;
use super::templates::Template;

/// The lines that are written out.
pub(crate) const DIRECTIVES: [&str; 9] =
    ["@总体", "@资金", "@各类", "@滞后", "@督办", "@图", "@票决", "@得票", "@一览"];

/// A title and body with placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The title.
    pub title: String,
    /// The body.
    pub body: String,
}

/// Writes `template` out for a programme; `only` these projects, or all of them where it is empty.
pub fn compose(template: &Template, bindings: &Bindings, only: &BTreeSet<Uuid>) -> Draft {
    let writer = Writer { bindings, only };
    let mut body = String::new();
    for line in template.body.trim().lines() {
        match line.strip_prefix('@').filter(|_| DIRECTIVES.contains(&line)) {
            Some(directive) => body.push_str(&writer.directive(directive)),
            None => body.push_str(line),
        }
        body.push('\n');
    }
    Draft { title: template.title.clone(), body: without_empty_sections(&body) }
}

/// A heading that nothing follows is left out.
fn without_empty_sections(body: &str) -> String {
    let lines: Vec<&str> = body.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let level = |line: &str| if line.starts_with("### ") { 2 } else { i32::from(line.starts_with("## ")) };
    let is_empty = |at: usize| {
        let own = level(lines[at]);
        let next = lines.get(at + 1).map(|line| level(line));
        own > 0 && next.is_none_or(|next| next > 0 && next <= own)
    };
    let kept: Vec<&str> = (0..lines.len()).filter(|at| !is_empty(*at)).map(|at| lines[at]).collect();
    let mut text = String::new();
    for (at, line) in kept.iter().enumerate() {
        // The rows of a table stay together.
        let row = at > 0 && line.starts_with('|') && kept[at - 1].starts_with('|');
        text.push_str(if at == 0 {
            ""
        } else if row {
            "\n"
        } else {
            "\n\n"
        });
        text.push_str(line);
    }
    text + "\n"
}

struct Writer<'a> {
    bindings: &'a Bindings,
    only: &'a BTreeSet<Uuid>,
}

impl Writer<'_> {
    fn directive(&self, name: &str) -> String {
        match name {
            "总体" => self.overall(),
            "资金" => self.money(),
            "各类" => self.categories(),
            "滞后" => self.lagging(),
            "督办" => self.orders(),
            "图" => self.chart(),
            "票决" => self.vote(),
            "得票" => self.votes(),
            "一览" => self.table(),
            _ => String::new(),
        }
    }

    fn has(&self, key: &str) -> bool {
        self.bindings.figure(key).is_some()
    }

    /// Whether a count is there and above nought: what there is none of is not listed.
    fn counts(&self, key: &str) -> bool {
        self.bindings.figure(key).is_some_and(|bound| bound.value.is_some_and(|value| !value.is_zero()))
    }

    fn holds(&self, project: &ProjectBoard) -> bool {
        self.only.is_empty() || self.only.contains(&project.project.id)
    }

    fn overall(&self) -> String {
        let mut sentences = Vec::new();
        if self.has("类数") && self.has("项目数") {
            sentences.push("{{年份}}年，{{地区}}确定民生实事{{类数}}、民生实事项目{{项目数}}。".to_owned());
        }
        let mut parts = Vec::new();
        if self.has("平均进度") {
            parts.push("项目平均进度{{平均进度}}".to_owned());
        }
        if self.counts("完成项目数") {
            parts.push("提前完成年度目标任务的项目{{完成项目数}}".to_owned());
        }
        if let Some(share) = self.bindings.board.rules.bands.says.above.iter().max()
            && self.counts(&format!("超过:{share}"))
        {
            parts.push(format!("进展率超过{{{{阈值:{share}}}}}的项目{{{{超过:{share}}}}}"));
        }
        if !parts.is_empty() {
            sentences.push(format!("{{{{截至}}}}，{}。", parts.join("，")));
        }
        sentences.concat()
    }

    fn money(&self) -> String {
        // The whole of the money; that of single projects is told with them.
        let funding = &self.bindings.board.funding;
        let whole = funding.iter().find(|row| row.target.as_ref().is_some_and(|target| target.number.is_some()));
        whole.or(funding.first()).map(|row| self.funds(row)).unwrap_or_default()
    }

    fn funds(&self, row: &Row) -> String {
        let number = row.indicator.number;
        let sources: Vec<&Row> = row.parts.iter().filter(|part| part.indicator.fund_source().is_some()).collect();
        let mut text = String::new();
        if self.has(&format!("目标:{number}")) {
            text.push_str(&format!("{{{{年份}}}}年共安排{}{{{{目标:{number}}}}}", bare(&row.indicator.name)));
            let planned: Vec<String> = sources
                .iter()
                .filter(|part| self.has(&format!("目标:{}", part.indicator.number)))
                .map(|part| format!("{}{{{{目标:{}}}}}", source_name(part), part.indicator.number))
                .collect();
            if !planned.is_empty() {
                text.push_str(&format!("，其中{}", planned.join("、")));
            }
            text.push('。');
        }
        if self.has(&format!("完成:{number}")) {
            let day = self.day(row);
            text.push_str(&format!("{day}实际使用资金{{{{完成:{number}}}}}{}", self.share(row, "使用进度")));
            for part in sources.iter().filter(|part| self.has(&format!("完成:{}", part.indicator.number))) {
                let own = part.indicator.number;
                text.push_str(&format!(
                    "；{}使用{{{{完成:{own}}}}}{}",
                    source_name(part),
                    self.share(part, "使用进度")
                ));
                if part.indicator.fund_source() == Some(FundSource::City) && self.has(&format!("快慢:{own}")) {
                    text.push_str(&format!("，{{{{快慢:{own}}}}}"));
                }
            }
            text.push('。');
        }
        text
    }

    fn share(&self, row: &Row, word: &str) -> String {
        let key = format!("完成率:{}", row.indicator.number);
        if self.has(&key) { format!("，{word}{{{{{key}}}}}") } else { String::new() }
    }

    fn categories(&self) -> String {
        let adopted: Vec<_> = self.bindings.board.adopted_categories().collect();
        let all: Vec<&CategoryBoard> =
            if adopted.is_empty() { self.bindings.board.context().collect() } else { adopted };
        let mut text = String::new();
        for category in all {
            let rows = category.projects.iter().filter(|project| self.holds(project)).flat_map(|project| &project.rows);
            // Figures of one day stand in one sentence, which names it.
            let mut days: Vec<(String, Vec<String>)> = Vec::new();
            for (day, sentence) in rows.filter_map(|row| Some((self.day(row), self.row(row)?))) {
                match days.iter_mut().find(|(known, _)| self.same_day(known, &day)) {
                    Some((_, sentences)) => sentences.push(sentence),
                    None => days.push((day, vec![sentence])),
                }
            }
            // What has no day must not stand behind one.
            days.sort_by_key(|(day, _)| !day.is_empty());
            let sentences: Vec<String> =
                days.iter().map(|(day, sentences)| format!("{day}{}。", sentences.join("；"))).collect();
            if !sentences.is_empty() {
                text.push_str(&format!("### {}\n{}\n", category.category.name, sentences.concat()));
            }
        }
        text
    }

    /// How a sentence about an indicator begins: with the cut-off of the bulletin, with the day of its own figure where that
    /// is another, with none where the ledger has none.
    fn day(&self, row: &Row) -> String {
        let number = row.indicator.number;
        match self.bindings.figure(&format!("完成:{number}")) {
            Some(bound) => match bound.as_of {
                Some(day) if day == self.bindings.cut_off => "{{截至}}，".to_owned(),
                Some(_) => format!("{{{{截至:{number}}}}}，"),
                None => String::new(),
            },
            None => "{{截至}}，".to_owned(),
        }
    }

    /// Whether two beginnings print the same day.
    fn same_day(&self, one: &str, other: &str) -> bool {
        let printed = |day: &str| {
            let key = day.trim_start_matches("{{").trim_end_matches("}}，");
            if key.is_empty() { None } else { self.bindings.words(key) }
        };
        printed(one) == printed(other)
    }

    /// Every indicator that has an outcome, with its target, share and day.
    fn table(&self) -> String {
        let adopted: Vec<_> = self.bindings.board.adopted_categories().collect();
        let all: Vec<&CategoryBoard> =
            if adopted.is_empty() { self.bindings.board.context().collect() } else { adopted };
        let projects = all.iter().flat_map(|category| &category.projects).filter(|project| self.holds(project));
        let mut text = String::new();
        for row in projects.flat_map(|project| &project.rows) {
            let number = row.indicator.number;
            let delivered = row.indicator.purpose() == Purpose::Delivery
                && row.indicator.relation() != Some(Relation::YearOnYear)
                && row.indicator.kind() != Kind::Boolean;
            let cell = |key: String| if self.has(&key) { format!("{{{{{key}}}}}") } else { "—".to_owned() };
            let (due, done) = (format!("目标:{number}"), format!("完成:{number}"));
            if !delivered || !self.has(&done) {
                continue;
            }
            let share = cell(format!("完成率:{number}"));
            let name = row.indicator.name.replace('|', "／");
            text.push_str(&format!(
                "| {name} | {} | {} | {share} | {{{{截至日:{number}}}}} |\n",
                cell(due),
                cell(done)
            ));
        }
        if text.is_empty() { text } else { format!("| 指标 | 目标 | 完成 | 完成率 | 截至日 |\n{text}") }
    }

    /// What is said of an indicator; nothing where nothing is known.
    fn row(&self, row: &Row) -> Option<String> {
        let indicator = &row.indicator;
        if indicator.purpose() != Purpose::Delivery || indicator.relation() == Some(Relation::YearOnYear) {
            return None;
        }
        let number = indicator.number;
        let (done, due) = (format!("完成:{number}"), format!("目标:{number}"));
        let mut text = match (self.has(&done), self.has(&due)) {
            (true, _) if indicator.kind() == Kind::Boolean => format!("{}：{{{{{done}}}}}", indicator.name),
            (true, true) if self.has(&format!("完成率:{number}")) => {
                format!("{}{{{{{done}}}}}，完成年度目标{{{{{due}}}}}的{{{{完成率:{number}}}}}", indicator.name)
            }
            (true, _) => format!("{}{{{{{done}}}}}", indicator.name),
            (false, true) => format!("{}年度目标{{{{{due}}}}}，尚未填报", indicator.name),
            (false, false) => return None,
        };
        let parts: Vec<String> = row
            .parts
            .iter()
            .filter(|part| part.indicator.relation() == Some(Relation::PartOf))
            .filter(|part| self.has(&format!("完成:{}", part.indicator.number)))
            .filter(|part| part.indicator.kind() != Kind::Boolean)
            .map(|part| format!("{}{{{{完成:{}}}}}", part.indicator.name, part.indicator.number))
            .collect();
        if !parts.is_empty() {
            text.push_str(&format!("，其中{}", parts.join("、")));
        }
        Some(text)
    }

    fn lagging(&self) -> String {
        let behind = |project: &&ProjectBoard| matches!(project.light, Some(Light::Behind | Light::FarBehind));
        let projects = self.bindings.projects();
        let lagging: Vec<_> = projects.into_iter().filter(|one| self.holds(one)).filter(behind).collect();
        if lagging.is_empty() {
            let projects = self.bindings.projects();
            let lit = projects.iter().filter(|project| project.light.is_some()).count();
            return match lit {
                0 => String::new(),
                lit if lit == projects.len() => "{{截至}}，没有进度滞后的项目。".to_owned(),
                _ => "{{截至}}，已有进度数据的项目中没有滞后的；其余项目尚无进度数据。".to_owned(),
            };
        }
        let mut text = String::new();
        if self.only.is_empty() && self.has("滞后项目数") {
            text.push_str("{{截至}}，进度滞后的项目{{滞后项目数}}");
            text.push_str(if self.counts("严重滞后项目数") {
                "，其中严重滞后的{{严重滞后项目数}}。\n"
            } else {
                "。\n"
            });
        }
        for project in lagging {
            let rows = project.rows.iter().filter(|row| {
                matches!(row.light, Some(Light::Behind | Light::FarBehind))
                    && self.has(&format!("快慢:{}", row.indicator.number))
            });
            let sentences: Vec<String> = rows
                .filter_map(|row| {
                    Some(format!("{}{}，{{{{快慢:{}}}}}", self.day(row), self.row(row)?, row.indicator.number))
                })
                .collect();
            if !sentences.is_empty() {
                text.push_str(&format!("{}：{}。\n", project.project.name, sentences.join("；")));
            }
        }
        text
    }

    fn orders(&self) -> String {
        let none = self.bindings.figure("督办发出").is_none_or(|bound| bound.value.is_none_or(|value| value.is_zero()));
        if none {
            return "{{截至}}，没有发出督办单。".to_owned();
        }
        "{{截至}}，发出督办单{{督办发出}}，办结销号{{督办销号}}，在办{{督办在办}}。".to_owned()
    }

    fn chart(&self) -> String {
        let projects = self.bindings.projects();
        let known = projects.iter().filter(|project| project.progress.is_some()).count();
        let key = if projects.len() > 20 && self.bindings.board.adopted_categories().count() > 1 {
            "各类"
        } else {
            "项目"
        };
        if known == 0 { String::new() } else { format!("{{{{图:{key}}}}}") }
    }

    fn vote(&self) -> String {
        let gap = |what: &str| format!("【待补：{what}】");
        let adopted = &self.bindings.board.outline.programme.adopted_by;
        let meeting = if adopted.is_empty() { gap("会议名称") } else { adopted.clone() };
        let counts = if self.has("类数") && self.has("项目数") {
            "定下民生实事{{类数}}、民生实事项目{{项目数}}。"
        } else {
            ""
        };
        format!(
            "{meeting}对{{{{地区}}}}{{{{年份}}}}年民生实事候选项目进行票决。全体代表{}，实到代表{}，符合法定人数。\n发出表决票{}，收回{}，其中有效票{}，无效票{}。收回的票数不多于发出的票数，表决有效。\n按票决办法，赞成票超过全体代表半数（{}以上）的项目，按得票多少确定。{counts}",
            gap("人数"),
            gap("人数"),
            gap("张数"),
            gap("张数"),
            gap("张数"),
            gap("张数"),
            gap("过半数的票数"),
        )
    }

    /// The projects that were adopted, with room for the votes, which the ledger does not hold.
    fn votes(&self) -> String {
        let mut text = String::new();
        let adopted = self.bindings.board.adopted_categories().flat_map(|category| &category.projects);
        for (at, project) in adopted.filter(|project| self.holds(project)).enumerate() {
            let row = &project.project;
            let name = if row.formal_name.is_empty() { &row.name } else { &row.formal_name };
            text.push_str(&format!("| {} | {} | | | | |\n", at + 1, name.replace('|', "／")));
        }
        if text.is_empty() {
            return "【待补：候选项目和得票】".to_owned();
        }
        format!(
            "各项目得票：【待补：计票人填好下表、补上没有当选的候选项目后删去本句】\n| 序号 | 项目 | 赞成 | 反对 | 弃权 | 结果 |\n{text}"
        )
    }
}

/// 市本级 for a source of money.
fn source_name(row: &Row) -> String {
    let name = row.indicator.fund_source().map(|source| source.name().zh).unwrap_or_default();
    if name.is_empty() { row.indicator.name.clone() } else { name }
}

/// 民生实事财政资金 for 民生实事财政资金安排: the verb stands in front.
fn bare(name: &str) -> &str {
    name.trim_end_matches("·资金").trim_end_matches("安排").trim_end_matches("计划")
}
