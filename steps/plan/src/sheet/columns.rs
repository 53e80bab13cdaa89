//! The columns of the programme sheet: heading, meaning, example.

use kernel::Text;

/// The name of the sheet in a workbook.
pub const SHEET: &str = "民生实事项目";

macro_rules! columns {
    ($($(#[$meta:meta])* $variant:ident = $zh:literal, $en:literal, $example:literal, $hint:literal;)+) => {
        /// A column, in the order of the template.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Column { $($(#[$meta])* $variant,)+ }

        impl Column {
            /// Every column, in the order of the template.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The heading.
            pub fn heading(self) -> &'static str {
                match self { $(Self::$variant => $zh),+ }
            }

            /// The heading in English, which is read too.
            pub fn english(self) -> &'static str {
                match self { $(Self::$variant => $en),+ }
            }

            /// What stands in the first row of the template.
            pub fn example(self) -> &'static str {
                match self { $(Self::$variant => $example),+ }
            }

            /// What may stand in it, in Chinese, for the template's second sheet.
            pub fn hint(self) -> &'static str {
                match self { $(Self::$variant => $hint),+ }
            }
        }
    };
}

columns! {
    /// Division code of the programme.
    Programme = "方案地区代码", "programme region code", "330200", "必填。方案所属地区的行政区划代码，6、9 或 12 位；下面各行留空即同上";
    /// Programme year.
    Year = "年度", "year", "2025", "必填。方案年度，四位数字；下面各行留空即同上";
    /// Series of the programme.
    ProgrammeSeries = "方案系列", "programme series", "", "一般留空；同一地区同一年度另有方案（如代表建议）时填小写字母代号";
    /// Title of the programme.
    Title = "方案名称", "programme title", "宁波市2025年度民生实事", "留空则按“地区＋年度”命名";
    /// Number of the category.
    CategoryNumber = "类别序号", "category number", "1", "公布的类别序号；不编号的类别留空";
    /// Category.
    Category = "类别", "category", "教育惠民", "必填；下面各行留空即同上";
    /// Number of the project.
    ProjectNumber = "项目序号", "project number", "1", "公布的项目序号；没有就留空";
    /// Project.
    Project = "项目名称", "project", "中小学扩容", "必填，对外使用的短名称；下面各行留空即同上";
    /// Formal name of the project.
    FormalName = "项目全称", "formal name", "", "方案中的正式名称；与项目名称相同就留空";
    /// Content of the project.
    Content = "项目内容", "content", "", "要做什么，文字说明";
    /// Code of the indicator.
    Series = "指标代号", "indicator code", "", "一般留空；不同项目中有同名指标时用来区分";
    /// Indicator.
    Indicator = "指标", "indicator", "新增学位", "数什么，名词短语；下面各行留空即同上";
    /// Unit.
    Unit = "单位", "unit", "个", "如 个、公里、亩、人次、%、万元；“事项”类指标留空";
    /// Kind.
    Kind = "指标类型", "kind", "数量", "数量、长度、面积、金额、百分比、增减幅度、比值、位次、事项、人数、次数；留空则按单位判断";
    /// Accumulation.
    Accumulation = "累计方式", "accumulation", "当年新增", "当年新增、存量、比率、增减；留空为当年新增";
    /// Direction.
    Direction = "方向", "direction", "", "越多越好、越少越好；留空为越多越好";
    /// Purpose.
    Purpose = "用途", "purpose", "", "实事成果、资金、总体数据、工作机制；留空为实事成果";
    /// Level at which figures are collected.
    Grain = "采集层级", "collected by", "县（市、区）", "市、县（市、区）、乡镇（街道）、村（社区）；留空则按表中最细的地区";
    /// The indicator above.
    Parent = "上级指标", "part of", "", "其中项填它所属的指标（名称或代号）";
    /// How it belongs to the indicator above.
    Relation = "与上级关系", "relation", "", "其中、同比、占比、目标、相关；填了上级指标而此处留空为其中";
    /// Whether the parts are all.
    Breakdown = "分项性质", "breakdown", "", "写在有其中项的指标上：完整（各分项相加等于总数）或 部分";
    /// Source of funds.
    FundSource = "资金来源", "fund source", "", "资金指标的分项用：上级财政、省级财政、市本级财政、区（县、市）财政、乡镇财政、其他资金";
    /// Headline statistic.
    Statistic = "统计项", "statistic", "", "总体数据用：项目平均进度、项目数、提前完成项目、资金使用进度等";
    /// Matter shared with other places.
    Matter = "同类事项", "matter", "", "各地可对照的同类事项代号；没有就留空";
    /// Services fed.
    Services = "服务目录", "services", "", "服务目录编号，如 D001；多个用空格隔开";
    /// Division code of the place.
    Region = "地区代码", "region code", "330203", "数字所属地区的行政区划代码；留空为方案地区";
    /// Name of the place.
    Place = "地区", "region", "海曙区", "地区名称，便于核对；与代码不符会提示";
    /// Body that the figure is of.
    Organisation = "承担单位", "organisation", "", "同一地区由多个单位分别承担时填写";
    /// Target.
    Target = "目标值", "target", "3000", "照公布的写法：3000、3.31万、近80万";
    /// Actual.
    Actual = "完成值", "actual", "1650", "照公布的写法；没有公布就留空，留空不等于 0";
    /// Cut-off.
    AsOf = "截至", "cut-off", "2025-06-30", "完成值的截止日，如 2025-06-30 或 2025年6月30日；没有注明就留空";
    /// Qualifier.
    Qualifier = "限定词", "qualifier", "", "确数、以上、以内、约数、全部，或 无数字（如“大幅下降”）；已写在数字里就留空";
    /// Lead bodies.
    Lead = "牵头单位", "lead body", "市教育局", "多个单位用顿号隔开；写在地区一行的，是该地区的牵头单位";
    /// Supporting bodies.
    Supporting = "配合单位", "supporting bodies", "市发展改革委、市财政局", "多个单位用顿号隔开";
    /// Leader in charge, by post.
    LeaderInCharge = "分管领导（职务）", "leader in charge (post)", "副市长", "只写职务，不写姓名；可写成“单位：职务”";
    /// Responsible person, by post.
    ResponsiblePerson = "责任人（职务）", "responsible person (post)", "分管副局长", "只写职务，不写姓名；可写成“单位：职务”，不写单位即牵头单位";
    /// Source document.
    Document = "数据来源", "source", "", "数字出自哪份文件";
    /// Remark.
    Note = "备注", "remark", "", "";
}

impl Column {
    /// Headings that must be there.
    pub const NEEDED: [Self; 6] =
        [Self::Programme, Self::Year, Self::Category, Self::Project, Self::Indicator, Self::Unit];

    /// The heading in both languages.
    pub fn name(self) -> Text {
        Text::new(self.heading(), self.english())
    }

    /// The column that this heading stands for; spaces, brackets and case do not matter.
    pub fn find(heading: &str) -> Option<Self> {
        let wanted = plain(heading);
        Self::ALL.iter().copied().find(|column| plain(column.heading()) == wanted || plain(column.english()) == wanted)
    }

    /// The heading among `found` that looks most like this one, if any is near.
    pub fn nearest<'a>(self, found: impl Iterator<Item = &'a str>) -> Option<&'a str> {
        let own = plain(self.heading());
        let longest = own.chars().count();
        found
            .filter(|heading| Self::find(heading).is_none())
            .map(|heading| (distance(&own, &plain(heading)), heading))
            .filter(|(steps, heading)| *steps < longest.max(plain(heading).chars().count()))
            .min_by_key(|(steps, _)| *steps)
            .map(|(_, heading)| heading)
    }
}

/// The letters of a spreadsheet column: A, B … Z, AA.
pub fn letters(column: usize) -> String {
    let mut rest = column + 1;
    let mut letters = Vec::new();
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or(0);
        letters.push(char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// A heading without what people change unawares.
fn plain(heading: &str) -> String {
    heading
        .chars()
        .filter(|c| !c.is_whitespace() && !"（）()*＊:：\u{feff}".contains(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

/// How many characters must be put in, taken out or changed to turn one text into the other.
pub(crate) fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], at + 1);
        for (place, same) in other.iter().enumerate() {
            let changed = diagonal + usize::from(*same != letter);
            diagonal = row[place + 1];
            row[place + 1] = changed.min(diagonal + 1).min(row[place] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_found_however_they_are_spaced() {
        for column in Column::ALL {
            assert_eq!(Column::find(column.heading()), Some(*column));
            assert_eq!(Column::find(column.english()), Some(*column));
        }
        assert_eq!(Column::find(" 分管领导(职务) "), Some(Column::LeaderInCharge));
        assert_eq!(Column::find("指标*"), Some(Column::Indicator));
        assert_eq!(Column::find("进度"), None);
    }

    #[test]
    fn a_missing_heading_knows_the_nearest() {
        let found = ["方案地区编码", "年度", "备忘"];
        assert_eq!(Column::Programme.nearest(found.into_iter()), Some("方案地区编码"));
        assert_eq!(Column::Unit.nearest(["地方"].into_iter()), None);
    }

    #[test]
    fn columns_have_letters() {
        assert_eq!([0, 25, 26, 701, 702].map(letters), ["A", "Z", "AA", "ZZ", "AAA"]);
    }
}
