//! What a sheet may not change of an adopted programme, and what to do instead.

use kernel::Text;

/// A target that differs from the standing one, which only the congress may change.
pub(super) fn target(indicator: &str, standing: &str, told: &str) -> Text {
    Text::new(
        format!(
            "方案已通过并公布，指标“{indicator}”的现行目标是 {standing}，表中是 {told}：目标只能经人大审议调整，请在“项目调整”里申请；这里请改回 {standing} 或留空"
        ),
        format!(
            "the programme is adopted and public: the standing target of “{indicator}” is {standing}, the sheet says {told}. Ask the congress for an adjustment; here write {standing} or leave it empty"
        ),
    )
}

/// A content that differs from the standing one, which only the congress may change.
pub(super) fn content(project: &str) -> Text {
    Text::new(
        format!(
            "方案已通过并公布，项目“{project}”的内容与台账不同：内容只能经人大审议调整，请在“项目调整”里申请；这里请改回原内容或留空"
        ),
        format!(
            "the programme is adopted and public, and the content of “{project}” differs: ask the congress for an adjustment; here write the standing content or leave it empty"
        ),
    )
}
