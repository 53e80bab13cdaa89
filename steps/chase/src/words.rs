//! The words of chasing: states of an order, what is done to it, and who does it.

use kernel::codes;

codes! {
    /// Where an order stands.
    State {
        /// Raised; the body has to answer.
        Open = "open", "待答复", "open";
        /// The body told what it does and until when; it has to apply once it is done.
        Answered = "answered", "办理中", "under way";
        /// Sent back to the body: the answer, or the application for closing, was not good enough.
        Returned = "returned", "退回整改", "sent back";
        /// The body applied for closing; the lead office checks.
        Applied = "applied", "待复核", "to be checked";
        /// Checked; the supervision office verifies.
        Checked = "checked", "待核验", "to be verified";
        /// 销号: verified and closed.
        Closed = "closed", "已销号", "closed";
        /// The closing was false; the body has to mend it.
        Reopened = "reopened", "重新办理", "reopened";
        /// The next step of the ladder took its place.
        Escalated = "escalated", "已升级", "escalated";
        /// Raised by mistake and taken back before it was answered.
        Withdrawn = "withdrawn", "已撤回", "withdrawn";
    }
}

impl State {
    /// Whether the body is the one to act; only then can its deadline be missed.
    pub fn awaits_body(self) -> bool {
        matches!(self, Self::Open | Self::Answered | Self::Returned | Self::Reopened)
    }

    /// Whether anybody still has to act.
    pub fn is_live(self) -> bool {
        self.awaits_body() || matches!(self, Self::Applied | Self::Checked)
    }
}

codes! {
    /// What is done to an order once it is raised.
    Act {
        /// 答复: what is done about it, and until when.
        Answer = "answer", "答复", "answer";
        /// 退回: the answer is not good enough.
        SendBack = "send_back", "退回答复", "send the answer back";
        /// 追赶计划: its own milestones, which the board then watches.
        Plan = "plan", "追赶计划", "catch-up plan";
        /// 申请销号.
        Apply = "apply", "申请销号", "apply for closing";
        /// 复核: the lead office agrees.
        Check = "check", "复核通过", "check";
        /// 驳回: the application is refused, back to rectification.
        Refuse = "refuse", "驳回", "refuse";
        /// 核验销号.
        Verify = "verify", "核验销号", "verify and close";
        /// 撤销虚假销号.
        Reopen = "reopen", "撤销销号", "reopen";
        /// 延期.
        Extend = "extend", "延期", "extend";
        /// 升级: the next step takes its place.
        Escalate = "escalate", "升级", "escalate";
        /// 撤回: raised by mistake.
        Withdraw = "withdraw", "撤回", "withdraw";
    }
}

impl Act {
    /// What the act is called in the audit chain.
    pub fn audited(self) -> &'static str {
        match self {
            Self::Answer => "order.answered",
            Self::SendBack => "order.sent_back",
            Self::Plan => "order.plan_added",
            Self::Apply => "order.applied",
            Self::Check => "order.checked",
            Self::Refuse => "order.refused",
            Self::Verify => "order.closed",
            Self::Reopen => "order.reopened",
            Self::Extend => "order.extended",
            Self::Escalate => "order.escalated",
            Self::Withdraw => "order.withdrawn",
        }
    }

    /// Whether words are needed with it.
    pub fn needs_text(self) -> bool {
        !matches!(self, Self::Check | Self::Verify)
    }

    /// Whether whoever acts says until when: the body its promise, the office a later deadline.
    pub fn says_day(self) -> bool {
        matches!(self, Self::Answer | Self::Extend)
    }
}

codes! {
    /// In which capacity somebody acts on an order.
    Party {
        /// 责任单位: whom it is addressed to.
        Body = "body", "责任单位", "body addressed";
        /// 牵头单位: the lead body of the project.
        Lead = "lead", "牵头单位", "lead body";
        /// 实事办、督查室: whoever may raise orders here.
        Office = "office", "督办机构", "office that chases";
        /// 督查室: whoever may close orders here.
        Supervision = "supervision", "督查机构", "supervision office";
    }
}

/// Why something does not get on (堵点): the same words as in returns.
pub use report::words::Cause;

codes! {
    /// How an inspection looks (政府督查工作条例 §12).
    Method {
        /// 检查.
        Check = "check", "实地检查", "visit";
        /// 暗访.
        Unannounced = "unannounced", "暗访", "unannounced visit";
        /// 听取汇报.
        Hearing = "hearing", "听取汇报", "hearing";
        /// 座谈评估.
        Meeting = "meeting", "座谈评估", "meeting";
        /// 调阅资料.
        Papers = "papers", "调阅资料", "papers";
        /// 线索核查.
        Leads = "leads", "线索核查", "leads";
        /// 互联网+督查.
        Online = "online", "“互联网＋督查”", "online";
    }
}

codes! {
    /// Where a finding of an inspection stands.
    FindingState {
        /// The body has to mend it.
        Open = "open", "待整改", "to be mended";
        /// The body says that it is mended.
        Mended = "mended", "待复查", "to be re-checked";
        /// The re-check found it mended.
        Closed = "closed", "复查通过", "closed";
    }
}

codes! {
    /// What is done about a finding.
    FindingAct {
        /// 整改.
        Mend = "mend", "整改反馈", "mend";
        /// 复查通过.
        Pass = "pass", "复查通过", "pass";
        /// 复查不通过.
        Fail = "fail", "复查不通过", "fail";
    }
}
