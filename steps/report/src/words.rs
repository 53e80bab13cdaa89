//! The words of reporting and its review.

use kernel::codes;

codes! {
    /// Where a return stands.
    State {
        /// 应报: nobody has begun it.
        Owed = "owed", "未填报", "owed";
        /// 草稿: begun, seen by the body only.
        Draft = "draft", "草稿", "draft";
        /// 审核中: handed in, with the reviewers.
        Submitted = "submitted", "审核中", "under review";
        /// 退回: sent back with a reason.
        Returned = "returned", "退回", "sent back";
        /// 通过: in the ledger; never changed again.
        Approved = "approved", "已通过", "approved";
    }
}

impl State {
    /// Whether the body still owes something.
    pub fn is_owed(self) -> bool {
        matches!(self, Self::Owed | Self::Draft | Self::Returned)
    }
}

codes! {
    /// What somebody did to a return.
    Act {
        /// 存草稿.
        Save = "save", "保存草稿", "save a draft";
        /// 提交.
        Submit = "submit", "提交", "submit";
        /// 撤回.
        Withdraw = "withdraw", "撤回", "withdraw";
        /// 通过一级，送上一级.
        Pass = "pass", "审核通过，送下一级", "pass to the next level";
        /// 末级通过，入台账.
        Approve = "approve", "审核通过，入台账", "approve into the ledger";
        /// 退回.
        SendBack = "return", "退回", "send back";
        /// 登记册报数: a figure that a register counts, put into the draft.
        Propose = "propose", "登记册报数", "propose from a register";
        /// 准予补报.
        AllowLate = "allow_late", "准予补报", "allow late";
    }
}

codes! {
    /// How often rounds come.
    Every {
        /// 每月.
        Month = "monthly", "每月", "monthly";
        /// 每季.
        Quarter = "quarterly", "每季度", "quarterly";
        /// 手工开启.
        ByHand = "by_hand", "不定期（手工开启）", "when opened by hand";
    }
}

codes! {
    /// Why something does not get on (堵点).
    Cause {
        /// 用地.
        Land = "land", "用地", "land";
        /// 审批.
        Approval = "approval", "审批手续", "approvals";
        /// 资金.
        Funds = "funds", "资金", "funds";
        /// 设计.
        Design = "design", "方案设计", "design";
        /// 招标采购.
        Tendering = "tendering", "招标采购", "tendering";
        /// 施工.
        Construction = "construction", "施工组织", "construction";
        /// 征迁.
        Relocation = "relocation", "征地拆迁", "relocation";
        /// 政策.
        Policy = "policy", "政策调整", "policy";
        /// 协调.
        Coordination = "coordination", "部门协调", "coordination";
        /// 天气、不可抗力.
        Weather = "weather", "天气及不可抗力", "weather, force majeure";
        /// 其他.
        Other = "other", "其他", "other";
    }
}

codes! {
    /// Why a reviewer should look twice at a figure. A flag never blocks.
    FlagKind {
        /// 与本单位历史相比突变.
        Jump = "jump", "与往期相比突变", "a jump against its own history";
        /// 与同类单位相比离群.
        Peers = "peers", "与其他地方相比离群", "stands out among its peers";
        /// 低于上期累计数.
        Falls = "falls", "低于上期累计数", "below the last cumulative value";
        /// 远超目标.
        OverTarget = "over_target", "远超目标", "far over the target";
        /// 没有数字.
        NoNumber = "no_number", "本期没有数字", "no number this time";
        /// 形象进度回落.
        ImageFalls = "image_falls", "形象进度回落", "the image progress falls";
    }
}
