//! The columns of a sheet that is filled in offline.

use kernel::codes;

codes! {
    /// A column.
    Column {
        /// Project.
        Project = "project", "项目", "project";
        /// Place.
        Place = "place", "地方", "place";
        /// Body.
        Body = "body", "责任单位", "body";
        /// Indicator.
        Indicator = "indicator", "指标", "indicator";
        /// Unit.
        Unit = "unit", "单位", "unit";
        /// Target.
        Target = "target", "目标", "target";
        /// The last cumulative figure.
        Last = "last", "上期累计", "last";
        /// The figure to be filled in.
        Raw = "raw", "本期累计", "now";
        /// Why it falls or is missing.
        Reason = "reason", "说明", "remark";
        /// 形象进度, once for each return.
        Image = "image", "形象进度%", "image progress %";
        /// Where work goes on, once for each return.
        Places = "places", "实施点位", "places of work";
        /// What is in the way, once for each return.
        Problem = "problem", "存在问题", "problem";
        /// Why.
        Cause = "cause", "问题原因", "cause";
        /// The indicator's number, by which the row is known.
        Number = "number", "指标号（勿改）", "indicator number";
        /// The return's key.
        Key = "key", "填报编号（勿改）", "return";
        /// The version that was downloaded.
        Version = "version", "版本（勿改）", "version";
    }
}

impl Column {
    /// The heading.
    pub(super) fn heading(self) -> String {
        self.name().zh
    }

    /// Whether bodies write here.
    pub(super) fn is_filled_in(self) -> bool {
        matches!(self, Self::Raw | Self::Reason | Self::Image | Self::Places | Self::Problem | Self::Cause)
    }
}
