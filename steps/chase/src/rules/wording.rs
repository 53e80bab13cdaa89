//! The words of orders that the rules propose: from data, so that the office need not type figures.

use chrono::{Datelike, NaiveDate};

use super::proposals::Lag;

/// The longest name that a heading can hold with the words around it.
const LONGEST_NAME: usize = 60;

/// 2024年6月30日.
fn written(day: NaiveDate) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

fn short(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        return name.to_owned();
    }
    name.chars().take(LONGEST_NAME).chain(['…']).collect()
}

/// Heading and demand of a first order about a lag: what lags since when and by how much, what is to be answered by when.
pub fn about_lag(lag: &Lag, project: &str, place: &str, due_on: NaiveDate) -> (String, String) {
    let light = lag.light.name().zh;
    let title = format!("{place}“{}”进度{light}", short(project));
    let points = lag.behind.map(|behind| format!("落后序时进度{}", figures::print_points(behind.abs(), 1)));
    let how = points.unwrap_or_else(|| "未达到计划节点".to_owned());
    let lasting = if lag.months > 1 { format!("，已连续{}个月", lag.months) } else { String::new() };
    let demand = format!(
        "截至{}，{place}“{project}”{how}，状态为“{light}”{lasting}。\n请查明原因，提出追赶措施、责任人和计划办结日期，于{}前书面答复；完成后申请销号并附佐证材料。",
        written(lag.cut_off),
        written(due_on),
    );
    (title, demand)
}

/// The demand of a next step whose order before missed its deadline.
pub fn after_missed(before: &str, missed: NaiveDate, demand: &str, due_on: NaiveDate) -> String {
    format!(
        "{before}要求于{}前办理，期限已过，尚未办结。\n{}\n请于{}前办结并反馈。",
        written(missed),
        demand.trim(),
        written(due_on)
    )
}

/// Why a next step need not wait for the deadline: the light turned meanwhile.
pub fn turned_worse(lag: &Lag) -> String {
    format!("截至{}，状态转为“{}”", written(lag.cut_off), lag.light.name().zh)
}

/// Why a first order is not of the first step.
pub fn urgent(lag: &Lag) -> String {
    format!("状态为“{}”，按规则直接发出", lag.light.name().zh)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::rules::Light;

    #[test]
    fn an_order_says_what_lags_since_when_and_what_is_wanted() {
        let lag = Lag {
            project: uuid::Uuid::nil(),
            region: "330203".parse().unwrap(),
            organisation: None,
            light: Light::Behind,
            behind: Some("12.34".parse().unwrap()),
            since: "2024-05-31".parse().unwrap(),
            months: 2,
            cut_off: "2024-06-30".parse().unwrap(),
        };
        let (title, demand) = about_lag(&lag, "中小学扩容", "海曙区", "2024-07-15".parse().unwrap());
        assert_eq!(title, "海曙区“中小学扩容”进度滞后");
        assert!(
            demand.starts_with(
                "截至2024年6月30日，海曙区“中小学扩容”落后序时进度12.3个百分点，状态为“滞后”，已连续2个月。"
            ),
            "{demand}"
        );
        assert!(demand.contains("于2024年7月15日前书面答复"));
        let without = Lag { behind: None, months: 1, ..lag };
        let (_, demand) = about_lag(&without, "中小学扩容", "海曙区", "2024-07-15".parse().unwrap());
        assert!(demand.contains("未达到计划节点，状态为“滞后”。"), "{demand}");
        let (title, _) = about_lag(&without, &"长".repeat(200), "海曙区", "2024-07-15".parse().unwrap());
        assert!(title.chars().count() <= 100, "a heading holds a hundred characters");
    }
}
