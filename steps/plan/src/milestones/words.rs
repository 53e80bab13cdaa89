//! Stages of a project, and where a milestone comes from.

use kernel::codes;

codes! {
    /// What a milestone is about.
    Stage {
        /// 排摸.
        Survey = "survey", "排摸", "survey";
        /// 签约.
        Signing = "signing", "签约", "signing";
        /// 收储.
        Purchase = "purchase", "收储", "purchase";
        /// 方案设计.
        Design = "design", "方案设计", "design";
        /// 拆除.
        Demolition = "demolition", "拆除", "demolition";
        /// 开工.
        Start = "start", "开工", "start of work";
        /// 主体完工.
        MainStructure = "main_structure", "主体完工", "main structure";
        /// 结顶.
        ToppingOut = "topping_out", "结顶", "topping out";
        /// 竣工.
        Completion = "completion", "竣工", "completion";
        /// 验收.
        Acceptance = "acceptance", "验收", "acceptance";
        /// 交付.
        Handover = "handover", "交付", "handover";
        /// 投用.
        InUse = "in_use", "投用", "in use";
        /// 通车.
        OpenTraffic = "open_traffic", "通车", "open to traffic";
        /// Anything else.
        Other = "other", "其他", "other";
    }
}

impl Stage {
    /// Whether work begins with it: the stage that the rule for 开工 looks at.
    pub fn is_start(self) -> bool {
        self == Self::Start
    }

    /// Whether the project may end with it: the last of a project's milestones of such a stage is its end.
    pub fn is_finish(self) -> bool {
        matches!(self, Self::Completion | Self::Acceptance | Self::Handover | Self::InUse | Self::OpenTraffic)
    }
}

codes! {
    /// Why a milestone is there.
    Origin {
        /// The plan of the year.
        Plan = "plan", "年度计划", "plan of the year";
        /// A catch-up plan that an order asked for.
        CatchUp = "catch_up", "赶工计划", "catch-up plan";
    }
}
