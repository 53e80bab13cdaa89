//! The words of sites.

use kernel::Text;
use serde::{Deserialize, Serialize};

/// How far the work at a site has come (工程阶段).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Not begun.
    #[default]
    Planned,
    /// Work goes on.
    Building,
    /// Work is stopped.
    Stopped,
    /// Built, not yet in use.
    Finished,
    /// People use it.
    InUse,
}

impl Stage {
    /// Every stage, in the order of the work.
    pub const ALL: [Self; 5] = [Self::Planned, Self::Building, Self::Stopped, Self::Finished, Self::InUse];

    /// The word in tables, files and addresses.
    pub fn code(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Building => "building",
            Self::Stopped => "stopped",
            Self::Finished => "finished",
            Self::InUse => "in_use",
        }
    }

    /// The word on screens.
    pub fn name(self) -> Text {
        match self {
            Self::Planned => Text::new("待开工", "not begun"),
            Self::Building => Text::new("在建", "under way"),
            Self::Stopped => Text::new("停工", "stopped"),
            Self::Finished => Text::new("已完工", "finished"),
            Self::InUse => Text::new("已投用", "in use"),
        }
    }

    /// Reads the word written by [`Stage::code`], or one of those that offices use.
    pub fn parse(word: &str) -> Option<Self> {
        let word = word.trim();
        Some(match word {
            "未开工" | "待建" | "计划" | "规划" => Self::Planned,
            "开工" | "已开工" | "施工中" | "建设中" | "推进中" => Self::Building,
            "暂停" => Self::Stopped,
            "完工" | "建成" | "已建成" | "竣工" | "完成" | "已完成" => Self::Finished,
            "投用" | "启用" | "运营中" | "投入使用" => Self::InUse,
            _ => return Self::ALL.into_iter().find(|stage| stage.code() == word || stage.name().zh == word),
        })
    }

    /// Whether what was promised is there.
    pub fn is_done(self) -> bool {
        matches!(self, Self::Finished | Self::InUse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_back_to_their_stage() {
        for stage in Stage::ALL {
            assert_eq!(Stage::parse(stage.code()), Some(stage));
            assert_eq!(Stage::parse(&stage.name().zh), Some(stage));
        }
        assert_eq!(Stage::parse("施工中"), Some(Stage::Building));
        assert_eq!(Stage::parse("不明"), None);
    }
}
