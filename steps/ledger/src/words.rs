//! What an indicator counts, how it accumulates and what an entry says: the words of the ledger.

use kernel::codes;

codes! {
    /// What is counted.
    Kind {
        /// Things.
        Count = "count", "数量", "count";
        /// 公里 and the like.
        Length = "length", "长度", "length";
        /// 亩, 公顷, 平方米.
        Area = "area", "面积", "area";
        /// Yuan.
        Money = "money", "金额", "money";
        /// 0–100.
        Percent = "percent", "百分比", "percent";
        /// A change against the year before, in percent, times or points.
        RateChange = "rate_change", "增减幅度", "change of rate";
        /// One number per another: places per thousand residents.
        Ratio = "ratio", "比值", "ratio";
        /// A place in an order; 1 is best.
        Rank = "rank", "位次", "rank";
        /// Done or not; the phrase says what.
        Boolean = "boolean", "事项", "matter of fact";
        /// Persons.
        People = "people", "人数", "people";
        /// Occasions: 人次, 场, 剂次.
        Times = "times", "次数", "times";
    }
}

impl Kind {
    /// Whether values of several places may be added. Percentages, ratios, ranks and changes never are.
    pub fn is_additive(self) -> bool {
        !matches!(self, Self::Percent | Self::RateChange | Self::Ratio | Self::Rank)
    }
}

codes! {
    /// How values at successive cut-offs belong together.
    Accumulation {
        /// Done within the year, counted up from January.
        New = "new", "当年新增", "new in the year";
        /// The level at the cut-off, whenever it was reached.
        Stock = "stock", "存量", "stock";
        /// A share or a score at the cut-off.
        Rate = "rate", "比率", "rate";
        /// A difference against a base.
        Change = "change", "增减", "change";
    }
}

codes! {
    /// Which way is better.
    Direction {
        /// More is better.
        More = "more", "越多越好", "more is better";
        /// Less is better.
        Less = "less", "越少越好", "less is better";
    }
}

codes! {
    /// Whether an entry says what is done or what is to be done.
    Measure {
        /// What was done by the cut-off.
        Actual = "actual", "完成", "actual";
        /// What is to be done by the end of the programme.
        Target = "target", "目标", "target";
    }
}

codes! {
    /// What an indicator is for.
    Purpose {
        /// What the programme delivers.
        Delivery = "delivery", "实事成果", "delivery";
        /// Money planned and spent.
        Funding = "funding", "资金", "funding";
        /// A published number about the programme as a whole.
        Statistic = "statistic", "总体数据", "statistic";
        /// How the programme is run: calls, conferences, plans.
        Mechanism = "mechanism", "工作机制", "mechanism";
        /// 形象进度: how far a project looks to whoever reports it, in percent; kept apart from what is counted.
        Image = "image", "形象进度", "image";
    }
}

codes! {
    /// Where money comes from.
    FundSource {
        /// 中央、省级及其他上级.
        Higher = "higher", "上级财政", "higher levels";
        /// 省级财政.
        Province = "province", "省级财政", "province";
        /// 市本级财政.
        City = "city", "市本级财政", "city";
        /// 区（县、市）财政.
        County = "county", "区（县、市）财政", "counties";
        /// 乡镇财政.
        Town = "town", "乡镇财政", "towns";
        /// Everything else.
        Other = "other", "其他资金", "other funds";
    }
}

codes! {
    /// What a child indicator or entry is to its parent.
    Relation {
        /// A part of it (其中).
        PartOf = "part_of", "其中", "part of";
        /// Its change against the year before.
        YearOnYear = "yoy_of", "同比", "year on year";
        /// A share that has it as numerator or denominator.
        RatioOf = "ratio_of", "占比", "ratio of";
        /// The goal that it is measured against.
        TargetFor = "target_for", "目标", "target for";
    }
}

codes! {
    /// Whether the parts of an indicator are all of it.
    Breakdown {
        /// They add up to the whole.
        Complete = "complete", "完整分项", "complete";
        /// They do not exceed it.
        Partial = "partial", "部分分项", "partial";
    }
}

codes! {
    /// How sure a date is.
    DateBasis {
        /// It is printed.
        Printed = "printed", "原文注明", "printed";
        /// It follows from the context.
        Derived = "derived", "据上下文推定", "derived";
        /// There is none.
        Undated = "undated", "未注日期", "undated";
    }
}

codes! {
    /// Why an entry supersedes another.
    Reason {
        /// The number was typed wrongly.
        Typing = "typing", "录入错误", "typed wrongly";
        /// The body that reported has corrected itself.
        SourceCorrected = "source_corrected", "填报单位更正", "corrected by the source";
        /// The way of counting has changed.
        DefinitionChanged = "definition_changed", "统计口径调整", "way of counting changed";
        /// An inspection found another number.
        Inspection = "inspection", "核查核减或核增", "found by inspection";
        /// The congress approved another target.
        TargetAdjusted = "target_adjusted", "目标调整获批", "target adjusted with approval";
        /// The target stays and is spread otherwise over places or bodies.
        ShareChanged = "share_changed", "分解调整", "spread otherwise";
        /// A file was imported again with another value.
        Reimported = "reimported", "重新导入的数据不同", "imported again with another value";
    }
}

codes! {
    /// How a programme came to be decided.
    DecisionMode {
        /// 人大代表票决.
        Voted = "voted", "人大代表票决", "voted by the deputies";
        /// 街道居民议事会票选推荐: recommended, never called a vote of the congress.
        Recommended = "recommended", "票选推荐", "recommended";
        /// 上级下达.
        Assigned = "assigned", "上级分解下达", "assigned from above";
        /// Not told.
        Unstated = "none", "未注明", "not stated";
    }
}

codes! {
    /// Headline numbers that are published about a programme and cannot be told from its entries alone.
    Statistic {
        /// Mean progress over the projects.
        MeanProgress = "mean_progress", "项目平均进度", "mean progress of the projects";
        /// Mean progress over the categories.
        MeanProgressCategories = "mean_progress_categories", "分类平均进度", "mean progress of the categories";
        /// How many projects there are.
        Projects = "projects", "项目数", "projects";
        /// How many categories there are.
        Categories = "categories", "类别数", "categories";
        /// How many are done before time.
        DoneEarly = "done_early", "提前完成项目", "done early";
        /// How many are above the threshold.
        AboveThreshold = "above_threshold", "超过分档阈值的项目", "above the threshold";
        /// The threshold.
        Threshold = "threshold", "分档阈值", "threshold";
        /// Share of the funds used.
        FundsRatio = "funds_ratio", "资金使用进度", "share of funds used";
        /// Share of the city's own funds used.
        FundsRatioMunicipal = "funds_ratio_municipal", "市本级资金使用进度", "share of municipal funds used";
        /// Points by which that is ahead of schedule.
        FundsLeadMunicipal = "funds_lead_municipal", "市本级资金快于序时", "municipal funds ahead of schedule";
        /// Suggestions received in the call.
        SuggestionsReceived = "suggestions_received", "征集意见建议", "suggestions received";
    }
}

codes! {
    /// What somebody did with a figure on its way into the ledger.
    Act {
        /// Filled it in.
        Reported = "reported", "填报", "reported";
        /// Looked at it and passed it on.
        Reviewed = "reviewed", "审核", "reviewed";
        /// Let it into the ledger.
        Approved = "approved", "审定", "approved";
        /// Compared it with what is there.
        Verified = "verified", "核验", "verified";
    }
}
