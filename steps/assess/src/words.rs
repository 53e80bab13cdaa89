//! The words of the assessment, as schemes, tables and addresses write them.

use kernel::codes;

codes! {
    /// What is scored.
    SubjectKind {
        /// A division below the programme's own place.
        Region = "region", "区（县、市）", "place";
        /// A body that leads projects of the programme.
        Organisation = "organisation", "责任单位", "body";
    }
}

codes! {
    /// What the readings of an input are.
    InputKind {
        /// 0–100, beyond 100 where a target was exceeded.
        Percent = "percent", "百分比", "percent";
        /// Points given by whoever assesses.
        Points = "points", "分值", "points";
        /// How often something happened, or how many there are.
        Count = "count", "次数或个数", "count";
        /// A place among so many.
        Rank = "rank", "名次", "rank";
        /// Months in which something was the case.
        Months = "months", "月份", "months";
        /// Something that is the case or not.
        Fact = "fact", "事实", "fact";
    }
}

codes! {
    /// Where an input comes from.
    Provenance {
        /// Entered by the assessing office with its source.
        Typed = "typed", "录入", "entered";
        /// Done of to be done, indicator by indicator, from the ledger.
        Completion = "completion", "台账完成率", "completion in the ledger";
        /// How much of what should be done by the cut-off is done, from the ledger.
        Schedule = "schedule", "台账进度", "schedule in the ledger";
        /// How many projects the subject answers for.
        Projects = "projects", "承担项目数", "projects answered for";
        /// Months at whose end the subject stood last by mean completion.
        LastPlaces = "last_places", "按月末位", "last places by month";
        /// The place by mean completion at the cut-off.
        YearRank = "year_rank", "期末名次", "rank at the cut-off";
        /// The share of returns that came in time.
        TimelyReturns = "timely_returns", "按时填报率", "returns in time";
        /// Circulars (通报) about the subject.
        Circulars = "circulars", "被通报次数", "circulars received";
        /// Orders that were answered too late or are overdue.
        OverdueOrders = "overdue_orders", "督办逾期次数", "orders overdue";
        /// Closings that proved false.
        FalseClosings = "false_closings", "虚假销号次数", "false closings";
    }
}

impl Provenance {
    /// What its readings are; `None` for what is typed, which may be anything.
    pub fn kind(self) -> Option<InputKind> {
        match self {
            Self::Typed => None,
            Self::Completion | Self::Schedule | Self::TimelyReturns => Some(InputKind::Percent),
            Self::Projects | Self::Circulars | Self::OverdueOrders | Self::FalseClosings => Some(InputKind::Count),
            Self::LastPlaces => Some(InputKind::Months),
            Self::YearRank => Some(InputKind::Rank),
        }
    }
}

codes! {
    /// What it means that an input has not been given.
    Missing {
        /// The score stays open until it is.
        Open = "open", "待补", "open";
        /// Nothing of the kind happened.
        Nothing = "nothing", "视为没有", "taken as none";
    }
}

codes! {
    /// How a component enters the score.
    Class {
        /// A share of the full mark.
        Base = "base", "基本分", "base";
        /// Added or taken away.
        Extra = "extra", "加减分", "extra";
    }
}

codes! {
    /// What a veto (一票否决) does.
    VetoEffect {
        /// The score is nothing.
        Zero = "zero", "总分记零", "score is nothing";
        /// The score stands, without a rank.
        Unranked = "unranked", "不参加排名", "not ranked";
    }
}
