//! Actions in words: each is a noun and a verb, such as `order.raised`.

use kernel::Text;

/// What is written about.
const NOUNS: &[(&str, &str)] = &[
    ("account", "账号"),
    ("adjustment", "项目调整"),
    ("allocation", "分解"),
    ("assessment", "考核"),
    ("assessment_input", "考核录入"),
    ("bottleneck", "堵点"),
    ("boundaries", "行政区划边界"),
    ("bulletin", "公报"),
    ("category", "类"),
    ("charging_operator", "充电运营商"),
    ("charging_rating", "充电评价"),
    ("charging_stations", "充电站"),
    ("digest", "每日汇总"),
    ("entry", "台账"),
    ("evidence", "佐证材料"),
    ("facts", "公布数字"),
    ("feedback", "群众反馈"),
    ("finding", "督查发现"),
    ("grant", "授权"),
    ("indicator", "指标"),
    ("inspection", "重点督查"),
    ("matter", "事项"),
    ("milestone", "节点"),
    ("milestones", "节点"),
    ("order", "督办"),
    ("organisation", "单位"),
    ("person", "人员"),
    ("plan", "计划"),
    ("post", "职务"),
    ("programme", "年度方案"),
    ("project", "项目"),
    ("region", "行政区划"),
    ("regions", "行政区划"),
    ("register", "登记册"),
    ("reporting", "填报设置"),
    ("responsibility", "责任分工"),
    ("returns", "填报"),
    ("round", "填报期"),
    ("rules", "规则"),
    ("samples", "样例"),
    ("scheme", "考核办法"),
    ("session", "会话"),
    ("shares", "目标分解"),
    ("site", "点位"),
    ("sites", "点位"),
    ("subscription", "接收渠道"),
    ("target", "目标"),
    ("task", "任务"),
    ("visit", "督查走访"),
];

/// What happened to it.
const VERBS: &[(&str, &str)] = &[
    ("acted", "办理"),
    ("added", "新增"),
    ("answered", "答复"),
    ("applied", "申请销号"),
    ("approved", "审核通过"),
    ("attached", "附上"),
    ("begun", "开始"),
    ("changed", "修改"),
    ("checked", "复核通过"),
    ("closed", "关闭"),
    ("completed", "补齐"),
    ("corrected", "更正"),
    ("correction_begun", "起草更正"),
    ("created", "新建"),
    ("decided", "审议决定"),
    ("deleted", "删除"),
    ("described", "说明"),
    ("disabled", "停用"),
    ("discarded", "作废"),
    ("done", "办结"),
    ("dropped", "取消"),
    ("edited", "编辑"),
    ("enabled", "启用"),
    ("ended", "结束"),
    ("entered", "录入"),
    ("escalated", "升级"),
    ("extended", "延期"),
    ("failed", "复查不通过"),
    ("filled", "任职"),
    ("given", "授予"),
    ("gone", "下线"),
    ("imported", "导入"),
    ("judged", "验收核查"),
    ("kept", "封存"),
    ("late_allowed", "准予补报"),
    ("listed", "上报清单"),
    ("loaded", "装载"),
    ("locked", "锁定"),
    ("made", "生成"),
    ("mended", "整改反馈"),
    ("noted", "登记"),
    ("opened", "开启"),
    ("passed", "通过"),
    ("password_changed", "修改密码"),
    ("password_reset", "重置密码"),
    ("plan_added", "追赶计划"),
    ("planned", "列入计划"),
    ("postponed", "顺延"),
    ("published", "公开"),
    ("raised", "发出"),
    ("reached", "完成"),
    ("received", "收到"),
    ("recorded", "记入"),
    ("refused", "被拒"),
    ("registered", "接入"),
    ("removed", "移除"),
    ("reopened", "撤销销号"),
    ("requested", "提出申请"),
    ("resolved", "解决"),
    ("run", "试算"),
    ("saved", "保存"),
    ("sent_back", "退回"),
    ("set", "设定"),
    ("signed", "签发"),
    ("split", "分解"),
    ("submitted", "提交"),
    ("superseded", "替代"),
    ("swept", "清理"),
    ("taken_back", "撤回"),
    ("unlocked", "解锁"),
    ("unpublished", "撤回公开"),
    ("verified", "核验"),
    ("withdrawn", "收回"),
    ("written", "写入"),
];

/// Verbs that have a word of their own with some nouns.
const PHRASES: &[(&str, &str)] = &[
    ("order.closed", "督办 · 销号"),
    ("session.begun", "登录"),
    ("session.ended", "退出"),
    ("session.refused", "登录被拒"),
];

/// An action such as `account.created`, or its noun alone, in words.
pub fn action_words(action: &str) -> Text {
    let english = action.replace(['.', '_'], " ");
    if let Some(phrase) = find(PHRASES, action) {
        return Text::new(phrase, english);
    }
    let (noun, verb) = action.split_once('.').unwrap_or((action, ""));
    let words = [find(NOUNS, noun).unwrap_or(noun), find(VERBS, verb).unwrap_or(verb)];
    let chinese: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
    Text::new(chinese.join(" · "), english)
}

/// What a reader can look for: every noun but those that begin with another one, which finds them too.
pub(super) fn nouns() -> Vec<&'static str> {
    let mut nouns: Vec<&'static str> = Vec::new();
    for (noun, _) in NOUNS {
        if nouns.last().is_none_or(|last| !noun.starts_with(last)) {
            nouns.push(noun);
        }
    }
    nouns
}

fn find(words: &[(&str, &'static str)], wanted: &str) -> Option<&'static str> {
    words.iter().find(|(word, _)| *word == wanted).map(|(_, chinese)| *chinese)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_a_noun_and_a_verb() {
        assert_eq!(
            action_words("bulletin.correction_begun"),
            Text::new("公报 · 起草更正", "bulletin correction begun")
        );
        assert_eq!(action_words("session.begun").zh, "登录");
        assert_eq!(action_words("order").zh, "督办");
        assert_eq!(action_words("new.thing").zh, "new · thing", "what has no word is shown as it stands");
    }

    #[test]
    fn a_noun_that_another_one_finds_is_not_offered() {
        let nouns = nouns();
        assert!(nouns.contains(&"milestone") && !nouns.contains(&"milestones"));
        assert!(nouns.contains(&"assessment") && !nouns.contains(&"assessment_input"));
    }

    #[test]
    fn words_stand_once_and_in_order() {
        for list in [NOUNS, VERBS] {
            assert!(list.is_sorted_by(|(one, _), (next, _)| one < next), "so that nobody adds a word a second time");
        }
    }
}
