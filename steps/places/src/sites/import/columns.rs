//! The columns of the sheet of sites, which are the properties of a GeoJSON file as well.

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the table below says what each holds")]
pub enum Column {
    Programme,
    Reference,
    Name,
    Project,
    Indicator,
    Region,
    Address,
    Kind,
    Stage,
    Body,
    Telephone,
    StartsOn,
    DueOn,
    FinishedOn,
    Quantity,
    Money,
    Crs,
    Longitude,
    Latitude,
    Note,
}

/// A column with its Chinese and English heading, an example and a hint.
pub type Described = (Column, &'static str, &'static str, &'static str, &'static str);

/// Every column, in the order of the template.
pub const COLUMNS: [Described; 20] = [
    (Column::Programme, "方案", "programme", "330200-2024", "方案地址中的名字；与上一行相同时可以空着"),
    (Column::Reference, "编号", "reference", "CD-001", "本方案内不重复；再次导入时按编号更新"),
    (Column::Name, "点位名称", "name", "某某停车场充电站", "必填"),
    (Column::Project, "项目", "project", "电动汽车充电设施", "方案中的项目名称；与上一行相同时可以空着"),
    (Column::Indicator, "指标", "indicator", "新建充电桩", "数量计入的指标；项目只有一个指标时可以空着"),
    (Column::Region, "地区代码", "region", "330226001", "点位所在区划，6、9 或 12 位"),
    (Column::Address, "地址", "address", "某某路 1 号", ""),
    (Column::Kind, "类型", "kind", "公共充电站", "设施类型，用于筛选"),
    (Column::Stage, "阶段", "stage", "在建", "待开工、在建、停工、已完工、已投用"),
    (Column::Body, "责任单位", "body", "某某县发展和改革局", "只写单位，不写个人"),
    (Column::Telephone, "联系电话", "telephone", "0574-00000000", "单位的公开电话"),
    (Column::StartsOn, "开工日期", "starts_on", "2024-03-01", ""),
    (Column::DueOn, "计划完成", "due_on", "2024-10-31", ""),
    (Column::FinishedOn, "完成日期", "finished_on", "", ""),
    (Column::Quantity, "数量", "quantity", "8", "计入指标的数量，单位随指标"),
    (Column::Money, "资金（万元）", "money", "120", ""),
    (Column::Crs, "坐标系", "crs", "wgs84", "wgs84（含国家2000）、gcj02 或 bd09；空着时按导入时的选择"),
    (Column::Longitude, "经度", "longitude", "121.4290", "以度为单位的小数"),
    (Column::Latitude, "纬度", "latitude", "29.2880", ""),
    (Column::Note, "说明", "note", "", ""),
];

impl Column {
    /// The heading in Chinese.
    pub fn heading(self) -> &'static str {
        COLUMNS.iter().find(|column| column.0 == self).map_or("", |column| column.1)
    }
}

/// What a heading stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Heading {
    /// A column of every sheet.
    Known(Column),
    /// An attribute of the office's own: 属性：地域.
    Attribute(String),
}

impl Heading {
    /// Reads a heading, in Chinese or English; none when it is neither a column nor an attribute.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches(['*', '＊']);
        let plain = text.replace('(', "（").replace(')', "）");
        let known = COLUMNS.iter().find(|column| column.1 == plain || column.2.eq_ignore_ascii_case(text));
        if let Some(column) = known {
            return Some(Self::Known(column.0));
        }
        match plain.as_str() {
            "名称" => return Some(Self::Known(Column::Name)),
            "项目名称" => return Some(Self::Known(Column::Project)),
            "设施类型" => return Some(Self::Known(Column::Kind)),
            "电话" => return Some(Self::Known(Column::Telephone)),
            _ => {}
        }
        let attribute = text.strip_prefix("属性").or_else(|| text.strip_prefix("attribute"))?;
        let attribute = attribute.trim_start_matches(['：', ':', ' ']).trim();
        (!attribute.is_empty() && attribute.chars().count() <= 40).then(|| Self::Attribute(attribute.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_read_as_people_write_them() {
        assert_eq!(Heading::read("资金(万元)"), Some(Heading::Known(Column::Money)));
        assert_eq!(Heading::read("编号*"), Some(Heading::Known(Column::Reference)));
        assert_eq!(Heading::read("Longitude"), Some(Heading::Known(Column::Longitude)));
        assert_eq!(Heading::read("属性：地域"), Some(Heading::Attribute("地域".into())));
        assert_eq!(Heading::read("属性："), None);
        assert_eq!(Heading::read("备忘"), None);
        for column in COLUMNS {
            assert_eq!(Heading::read(column.1), Some(Heading::Known(column.0)));
            assert_eq!(column.0.heading(), column.1);
        }
    }
}
