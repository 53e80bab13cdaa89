//! The words of what people say.

kernel::codes! {
    /// What somebody sends in.
    Kind {
        /// A rating, words, or both.
        Remark = "remark", "评价留言", "rating or remark";
        /// Something that has to be dealt with.
        Problem = "problem", "问题反映", "problem";
    }
}

kernel::codes! {
    /// How content somebody is with a site: five levels.
    Level {
        /// 1.
        VeryDissatisfied = "very_dissatisfied", "很不满意", "very dissatisfied";
        /// 2.
        Dissatisfied = "dissatisfied", "不满意", "dissatisfied";
        /// 3.
        Fair = "fair", "一般", "fair";
        /// 4.
        Satisfied = "satisfied", "满意", "satisfied";
        /// 5.
        VerySatisfied = "very_satisfied", "非常满意", "very satisfied";
    }
}

impl Level {
    /// From 1, the worst, to 5.
    pub fn points(self) -> i16 {
        match self {
            Self::VeryDissatisfied => 1,
            Self::Dissatisfied => 2,
            Self::Fair => 3,
            Self::Satisfied => 4,
            Self::VerySatisfied => 5,
        }
    }

    /// The level of so many points.
    pub fn of(points: i16) -> Option<Self> {
        Self::ALL.iter().copied().find(|level| level.points() == points)
    }
}

kernel::codes! {
    /// Whether the public sees the words and pictures.
    Sight {
        /// Nobody has looked yet.
        Held = "held", "待审看", "to be looked at";
        /// Everybody sees them.
        Shown = "shown", "公开", "public";
        /// Only the office does, for a reason.
        Hidden = "hidden", "不公开", "not public";
    }
}

kernel::codes! {
    /// Where a problem stands; a remark is noted and nothing more.
    State {
        /// A remark.
        Noted = "noted", "已收到", "noted";
        /// A problem without an owner.
        Received = "received", "待交办", "to be assigned";
        /// A body has it until a day.
        Assigned = "assigned", "办理中", "with the body";
        /// Answered; whoever reported it may rate the answer.
        Answered = "answered", "已答复", "answered";
        /// The answer did not satisfy: the body has it again.
        Reopened = "reopened", "再次办理", "with the body again";
        /// At its end.
        Closed = "closed", "已办结", "closed";
    }
}

impl State {
    /// Whether a body owes an answer.
    pub fn awaits_body(self) -> bool {
        matches!(self, Self::Assigned | Self::Reopened)
    }

    /// Whether somebody still has to act.
    pub fn is_live(self) -> bool {
        !matches!(self, Self::Noted | Self::Closed)
    }
}

kernel::codes! {
    /// How an answer is rated; the three words of the deputies' proposals serve here too.
    Verdict {
        /// Content.
        Satisfied = "satisfied", "满意", "satisfied";
        /// Content on the whole.
        Mostly = "mostly", "基本满意", "mostly satisfied";
        /// Not content.
        Dissatisfied = "dissatisfied", "不满意", "dissatisfied";
    }
}

kernel::codes! {
    /// One thing that was done.
    Act {
        /// Handed in.
        Receive = "receive", "收到", "received";
        /// Words and pictures made public.
        Show = "show", "公开", "made public";
        /// Kept from the public.
        Hide = "hide", "不公开", "kept from the public";
        /// Given to a body with a last day.
        Assign = "assign", "交办", "assigned";
        /// Answered by the body.
        Answer = "answer", "答复", "answered";
        /// The answer rated.
        Rate = "rate", "评价答复", "answer rated";
        /// Ended by the office, with a reason.
        Close = "close", "办结", "closed";
    }
}

impl Act {
    /// Whether whoever holds the receipt, and the public, see the words of this act.
    pub fn is_public(self) -> bool {
        matches!(self, Self::Receive | Self::Assign | Self::Answer | Self::Rate | Self::Close)
    }
}
