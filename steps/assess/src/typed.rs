//! What the assessing office enters (录入): poll results, department scores, praise, vetoes – each with its source, never overwritten.

use files::Kept;
use kernel::Problem;
use ledger::programmes::Outline;
use rust_decimal::Decimal;
use serde_json::json;
use store::audit::Event;
use store::{Actor, Result, Store, Tx, amount};
use uuid::Uuid;

use crate::readings::Subject;
use crate::scheme::Input;
use crate::store as rows;
use crate::tables::assessment_inputs::Model;
use crate::words::InputKind;

/// The sort of thing that evidence is attached to.
pub const EVIDENCE: &str = "assessment_input";

/// The longest label, source or reason.
const LONGEST: usize = 500;

/// Something to be entered.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// The value as typed: 98.5, 2, 是. Empty takes back what stood.
    pub value: String,
    /// For a rank: among how many.
    pub among: String,
    /// For a month: 1–12.
    pub month: String,
    /// What it was read of, such as a project; empty where it is the only one.
    pub label: String,
    /// Where it comes from: the letter, the poll, the circular.
    pub source: String,
    /// Why what stood is changed.
    pub reason: String,
    /// Files that prove it, kept already.
    pub evidence: Vec<Kept>,
}

/// What an entry says, checked.
struct Checked {
    value: Option<i64>,
    among: Option<i32>,
    month: i16,
    label: String,
    source: String,
}

/// Enters something about a subject, or corrects what stood; says the key of the new row.
///
/// # Errors
/// Problems of the fields `value`, `among`, `month`, `label`, `source` and `reason`; a conflict when somebody else entered the
/// same thing at the same time.
pub async fn enter(
    store: &Store,
    (actor, by): (&Actor, &str),
    outline: &Outline,
    subject: &Subject,
    input: &Input,
    entry: &Entry,
) -> Result<Uuid> {
    let mut tx = store.begin(actor).await?;
    let event_id = Uuid::now_v7();
    let Some(new) = prepare(&tx, outline, (subject, input), entry, (by, event_id)).await? else {
        return Err(Problem::field("value", "与现行的一样，没有需要保存的改动", "This is what stands already").into());
    };
    let id = new.row.id;
    let event = Event { id: event_id, ..Event::new("assessment_input.entered", "assessment_input", id, new.detail) };
    add(&tx, new.row).await?;
    let proved = files::store::Subject {
        programme: outline.programme.id,
        region: outline.region(),
        kind: EVIDENCE,
        id,
        public: false,
    };
    for kept in &entry.evidence {
        files::store::attach(&mut tx, &proved, kept, "", by).await?;
    }
    tx.record(event).await?;
    tx.commit().await?;
    Ok(id)
}

/// Something about to be entered.
pub(crate) struct New {
    pub(crate) row: Model,
    /// What stood before, if anything.
    pub(crate) before: Option<Model>,
    /// For the audit chain.
    pub(crate) detail: serde_json::Value,
}

/// Checks an entry against what stands; none where it says the same.
///
/// # Errors
/// As [`enter`], conflicts apart.
pub(crate) async fn prepare(
    tx: &Tx,
    outline: &Outline,
    (subject, input): (&Subject, &Input),
    entry: &Entry,
    (by, event_id): (&str, Uuid),
) -> Result<Option<New>> {
    let checked = check(input, entry)?;
    let mut row = Model {
        id: Uuid::now_v7(),
        programme_id: outline.programme.id,
        subject: subject.key(),
        input: input.code.clone(),
        label: checked.label,
        month: checked.month,
        version: 1,
        value: checked.value,
        among: checked.among,
        source: checked.source,
        reason: entry.reason.trim().to_owned(),
        entered_ms: tx.at_ms(),
        entered_by: by.to_owned(),
        event_id,
    };
    let before = rows::latest_input(tx.on(), &row).await?;
    if let Some(before) = &before {
        row.version = before.version + 1;
        let same = (before.value, before.among, &before.source) == (row.value, row.among, &row.source);
        if same && entry.evidence.is_empty() {
            return Ok(None);
        }
        if before.value.is_some() && row.reason.is_empty() {
            let standing = before.value.map(amount::from_stored).unwrap_or_default();
            let zh = format!("已录入 {standing}；要更正或撤回，请写明理由");
            return Err(Problem::field("reason", zh, format!("{standing} stands: say why it is changed")).into());
        }
    }
    if row.value.is_none() && before.as_ref().is_none_or(|before| before.value.is_none()) {
        return Err(Problem::field("value", "请填写数值", "A value is needed").into());
    }
    let detail = json!({
        "programme": outline.programme.slug, "subject": row.subject, "name": subject.name, "input": row.input,
        "label": row.label, "month": row.month, "source": row.source, "reason": row.reason,
        "before": before.as_ref().and_then(|before| before.value).map(amount::from_stored),
        "after": row.value.map(amount::from_stored), "among": row.among,
    });
    Ok(Some(New { row, before, detail }))
}

/// Writes a row that was prepared.
///
/// # Errors
/// A conflict when somebody else entered the same thing at the same time.
pub(crate) async fn add(tx: &Tx, row: Model) -> Result<()> {
    rows::add_input(tx, row).await.map_err(|error| {
        if !error.is_duplicate() {
            return error;
        }
        Problem::conflict(
            "其他人刚刚录入了同一项，您的没有保存。请刷新页面，核对后再录入",
            "Somebody else has just entered the same thing and yours was not saved: reload, compare, enter again",
        )
        .into()
    })
}

fn check(input: &Input, entry: &Entry) -> Result<Checked, Problem> {
    if !input.may_be_typed() {
        let (zh, en) = ("这项由系统汇集，不能录入", "This is gathered by the program and cannot be entered");
        return Err(Problem::field("input", zh, en));
    }
    let short = |field: &str, text: &str| {
        let text = text.trim();
        if text.chars().count() > LONGEST {
            return Err(Problem::field(field, "最多 500 字", "At most 500 characters"));
        }
        Ok(text.to_owned())
    };
    let (label, source) = (short("label", &entry.label)?, short("source", &entry.source)?);
    short("reason", &entry.reason)?;
    if source.is_empty() {
        let (zh, en) = (
            "请写明出处：文件、调查或通报的名称和日期",
            "Say where it comes from: letter, poll or circular with its date",
        );
        return Err(Problem::field("source", zh, en));
    }
    let month = month(input, &entry.month)?;
    let value = value(input, &entry.value)?;
    let among = among(input, &entry.among, value)?;
    Ok(Checked { value: value.map(amount::to_stored).transpose()?, among, month, label, source })
}

/// The value; none for an empty field, which takes back what stood.
fn value(input: &Input, text: &str) -> Result<Option<Decimal>, Problem> {
    let text = text.trim().trim_end_matches(['%', '％']).trim();
    if text.is_empty() {
        return Ok(None);
    }
    if input.kind == InputKind::Fact {
        return match text {
            "1" | "是" | "有" | "yes" => Ok(Some(Decimal::ONE)),
            "0" | "否" | "无" | "no" => Ok(Some(Decimal::ZERO)),
            _ => Err(Problem::field("value", "请填 是 或 否", "Write yes or no")),
        };
    }
    let number = figures::parse_number(text)
        .map_err(|_| Problem::field("value", "请填一个数字，如 98.5", "A number is needed, such as 98.5"))?
        .value;
    let most = input.bound();
    if number < Decimal::ZERO || number > most {
        let zh = format!("“{}”须在 0 到 {most} 之间", input.name);
        return Err(Problem::field("value", zh, format!("{} is between 0 and {most}", input.name_en)));
    }
    let whole = matches!(input.kind, InputKind::Count | InputKind::Rank | InputKind::Months);
    if whole && !number.fract().is_zero() {
        return Err(Problem::field("value", "须为整数", "A whole number is needed"));
    }
    if input.kind == InputKind::Rank && number < Decimal::ONE {
        return Err(Problem::field("value", "名次从 1 开始", "Ranks begin with 1"));
    }
    if input.kind == InputKind::Months && number != Decimal::ONE {
        return Err(Problem::field(
            "value",
            "当月有就填 1；没有就不填",
            "Write 1 for a month in which it was the case",
        ));
    }
    amount::to_stored(number).map_err(|problem| Problem::field("value", problem.message.zh, problem.message.en))?;
    Ok(Some(number))
}

fn among(input: &Input, text: &str, rank: Option<Decimal>) -> Result<Option<i32>, Problem> {
    if input.kind != InputKind::Rank || rank.is_none() {
        return Ok(None);
    }
    let among: i32 = text
        .trim()
        .parse()
        .map_err(|_| Problem::field("among", "请填参加排名的家数，如 9", "Among how many was it ranked, such as 9?"))?;
    if rank.is_some_and(|rank| rank > Decimal::from(among)) {
        return Err(Problem::field("among", "家数不能少于名次", "The rank is beyond this number"));
    }
    Ok(Some(among))
}

fn month(input: &Input, text: &str) -> Result<i16, Problem> {
    if input.kind != InputKind::Months {
        return Ok(0);
    }
    let month = text.trim().parse().ok().filter(|month| (1..=12).contains(month));
    month.ok_or_else(|| Problem::field("month", "请填 1 到 12 月", "A month from 1 to 12 is needed"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scheme::shipped;

    fn input(scheme: &str, code: &str) -> &'static Input {
        let scheme = &shipped().iter().find(|(one, _)| one.code == scheme).unwrap().0;
        scheme.input(code).unwrap()
    }

    fn refused(input: &Input, value: &str, more: impl Fn(&mut Entry)) -> String {
        let mut entry = Entry { value: value.into(), source: "某某通报".into(), ..Entry::default() };
        more(&mut entry);
        let problem = check(input, &entry).map(|_| ()).unwrap_err();
        format!("{}: {}", problem.places[0].at.en, problem.message.zh)
    }

    #[test]
    fn what_makes_no_sense_is_refused_at_its_field() {
        let poll = input("jiaojiang-city", "poll");
        assert!(refused(poll, "101", |_| {}).starts_with("value: “民调满意率”须在 0 到 100"));
        assert!(refused(poll, "很高", |_| {}).starts_with("value: 请填一个数字"));
        assert!(refused(poll, "90", |entry| entry.source.clear()).starts_with("source: 请写明出处"));
        assert!(refused(poll, "90.12345", |_| {}).contains("小数位"));
        assert!(refused(input("jiaojiang-city", "department_score"), "70.5", |_| {}).contains("0 到 70"));
        let rank = input("jiaojiang-city", "year_rank");
        assert!(refused(rank, "0", |_| {}).contains("从 1 开始"));
        assert!(refused(rank, "3", |_| {}).starts_with("among: "));
        assert!(refused(rank, "3", |entry| entry.among = "2".into()).contains("不能少于名次"));
        assert!(
            refused(input("jiaojiang-city", "last_places"), "1", |entry| entry.month = "13".into())
                .starts_with("month")
        );
        assert!(refused(input("suggested", "fraud"), "也许", |_| {}).contains("是 或 否"));
        assert!(
            refused(input("suggested", "completion"), "99", |_| {}).starts_with("input: "),
            "gathered, never typed"
        );
    }

    #[test]
    fn percents_are_taken_with_their_sign() {
        let checked = check(
            input("jiaojiang-city", "poll"),
            &Entry { value: "98.5%".into(), source: "调查".into(), ..Entry::default() },
        );
        assert_eq!(checked.unwrap().value, Some(985_000));
    }

    proptest! {
        /// Whatever is typed, nothing panics, and what is taken is within its bounds.
        #[test]
        fn anything_may_be_typed(value in ".{0,40}", among in ".{0,8}", month in ".{0,4}") {
            for input in shipped().iter().flat_map(|(scheme, _)| scheme.typed()) {
                let entry = Entry { value: value.clone(), among: among.clone(), month: month.clone(), source: "x".into(), ..Entry::default() };
                if let Ok(Checked { value: Some(value), .. }) = check(input, &entry) {
                    prop_assert!(value >= 0 && amount::from_stored(value) <= input.bound());
                }
            }
        }
    }
}
