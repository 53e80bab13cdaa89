//! What passwords, sessions, grants and organisations must be like. Pure.

use std::time::Duration;

use kernel::{Grant, Problem, Role};
use serde::{Deserialize, Serialize};

/// The numbers behind accounts. Defaults are our own choice (certainty D) within what GB/T 22239-2019 level three asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRules {
    /// The fewest characters of a password.
    pub password_length: usize,
    /// How many of lower case, upper case, digits and other characters a password must mix.
    pub password_classes: usize,
    /// Wrong passwords in a row that lock an account.
    pub tries: i32,
    /// For how long.
    pub lock: Duration,
    /// A session ends when it was not used for this long.
    pub idle: Duration,
    /// A session ends after this long in any case.
    pub longest: Duration,
}

impl Default for AccountRules {
    fn default() -> Self {
        Self {
            password_length: 12,
            password_classes: 3,
            tries: 5,
            lock: Duration::from_secs(30 * 60),
            idle: Duration::from_secs(30 * 60),
            longest: Duration::from_secs(12 * 3600),
        }
    }
}

/// Words that guessing programs try first; a password may not contain one, whatever stands around it.
const COMMONEST: [&str; 12] = [
    "password", "qwerty", "admin", "letmein", "welcome", "iloveyou", "abc123", "123456", "111111", "000000", "1q2w3e",
    "minsheng",
];

/// The longest password that is looked at, in bytes: hashing must not become a way to keep the server busy.
const LONGEST_PASSWORD: usize = 256;

impl AccountRules {
    /// Takes a new password or says why not.
    ///
    /// # Errors
    /// A problem of the field `password`.
    pub fn check_password(&self, sign_in_name: &str, password: &str) -> Result<(), Problem> {
        let refuse = |zh: String, en: String| Err(Problem::field("password", zh, en));
        let (length, classes) = (self.password_length, self.password_classes);
        if password.chars().count() < length {
            return refuse(format!("密码至少 {length} 个字符"), format!("Use at least {length} characters"));
        }
        if password.len() > LONGEST_PASSWORD {
            return refuse(
                format!("密码过长：最多 {LONGEST_PASSWORD} 字节"),
                format!("Use at most {LONGEST_PASSWORD} bytes"),
            );
        }
        if character_classes(password) < classes {
            return refuse(
                format!("密码须包含大写字母、小写字母、数字、其他字符中的至少 {classes} 类"),
                format!("Mix at least {classes} of: upper case, lower case, digits, other characters"),
            );
        }
        let lower = password.to_lowercase();
        if sign_in_name.chars().count() > 2 && lower.contains(&sign_in_name.to_lowercase()) {
            return refuse("密码不能包含登录名".into(), "The password must not contain the sign-in name".into());
        }
        if let Some(word) = COMMONEST.iter().find(|word| lower.contains(*word)) {
            return refuse(
                format!("密码中的“{word}”太常见，请换一个"),
                format!("“{word}” is among the first guesses; choose something else"),
            );
        }
        Ok(())
    }

    /// Until when the account is locked after one more wrong password, given how many went before.
    pub fn lock_after(&self, failed_before: i32, now_ms: i64) -> Option<i64> {
        (failed_before + 1 >= self.tries).then(|| now_ms + milliseconds(self.lock))
    }

    /// When a session that begins now ends at the latest.
    pub fn session_end(&self, now_ms: i64) -> i64 {
        now_ms + milliseconds(self.longest)
    }

    /// Whether a session still holds.
    pub fn session_holds(&self, seen_ms: i64, expires_ms: i64, now_ms: i64) -> bool {
        now_ms < expires_ms && now_ms - seen_ms < milliseconds(self.idle)
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn character_classes(password: &str) -> usize {
    let classes: [fn(char) -> bool; 4] = [
        char::is_lowercase,
        char::is_uppercase,
        |c| c.is_ascii_digit(),
        |c| !c.is_lowercase() && !c.is_uppercase() && !c.is_ascii_digit(),
    ];
    classes.into_iter().filter(|class| password.chars().any(class)).count()
}

/// The form in which sign-in names are kept and compared: lower case, full-width forms made plain.
///
/// # Errors
/// A problem of the field `sign_in_name`.
pub fn sign_in_name(typed: &str) -> Result<String, Problem> {
    let name = store::search::normalise(typed);
    let length = name.chars().count();
    if (2..=64).contains(&length) && name.chars().all(|c| c.is_alphanumeric() || "._-@".contains(c)) {
        return Ok(name);
    }
    Err(Problem::field(
        "sign_in_name",
        "登录名须为 2–64 个字母、数字、汉字或 . _ - @",
        "A sign-in name has 2–64 letters or digits, or . _ - @",
    ))
}

/// Whether `new` may join the grants that stand: administrators (三员) hold one role and nothing else.
///
/// # Errors
/// A problem that names the role in the way, or the region or organisation that is missing.
pub fn may_grant(standing: &[Grant], new: &Grant) -> Result<(), Problem> {
    if let Some(other) =
        standing.iter().map(|grant| grant.role).find(|role| *role != new.role && excludes(*role, new.role))
    {
        let (new, other) = (new.role.name(), other.name());
        return Err(Problem::field(
            "role",
            format!("“{}”与已有的“{}”互斥：系统、安全、审计管理员不得兼任其他角色", new.zh, other.zh),
            format!("“{}” excludes “{}”: an administrator holds no other role", new.en, other.en),
        ));
    }
    if standing.contains(new) {
        return Err(Problem::conflict("该账号已有这一角色", "The account holds this role already"));
    }
    if new.role.is_administrator() == new.region.is_some() {
        return Err(Problem::field(
            "region",
            "业务角色须指定行政区划；管理员角色不限区划，请留空",
            "Give a region for business roles, and none for administrators",
        ));
    }
    if new.role == Role::ResponsibleBody && new.organisation.is_none() {
        return Err(Problem::field("organisation", "责任单位角色须指定单位", "Name the responsible organisation"));
    }
    Ok(())
}

fn excludes(one: Role, other: Role) -> bool {
    one.is_administrator() || other.is_administrator()
}

/// What sort of body an organisation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationKind {
    /// 党委、政府部门.
    Department,
    /// 一级政府.
    Government,
    /// 人大机关.
    Congress,
    /// 国有企业、事业单位、其他.
    Other,
}

impl OrganisationKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Department, Self::Government, Self::Congress, Self::Other];

    /// The word in tables and forms.
    pub fn code(self) -> &'static str {
        match self {
            Self::Department => "department",
            Self::Government => "government",
            Self::Congress => "congress",
            Self::Other => "other",
        }
    }

    /// Reads the word written by [`OrganisationKind::code`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == word)
    }

    /// The name on screens.
    pub fn name(self) -> kernel::Text {
        match self {
            Self::Department => kernel::Text::new("部门", "Department"),
            Self::Government => kernel::Text::new("政府", "Government"),
            Self::Congress => kernel::Text::new("人大机关", "Congress office"),
            Self::Other => kernel::Text::new("企事业单位及其他", "Company, institution, other"),
        }
    }
}

/// What is odd about a social credit code (GB 32100-2015), if anything.
///
/// A warning, never a refusal: codes of the trial years carry check characters that do not fit and are in use.
pub fn credit_code_warning(code: &str) -> Option<kernel::Text> {
    const CHARACTERS: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let places: Option<Vec<usize>> = code.chars().map(|c| CHARACTERS.find(c)).collect();
    let Some(places) = places.filter(|places| places.len() == 18) else {
        return Some(kernel::Text::new(
            "统一社会信用代码应为 18 位数字或大写字母（不含 I、O、Z、S、V）",
            "A social credit code has 18 digits or capitals, without I, O, Z, S and V",
        ));
    };
    let (sum, _) = places[..17].iter().fold((0, 1), |(sum, weight), place| (sum + place * weight, weight * 3 % 31));
    let expected = (31 - sum % 31) % 31;
    (places[17] != expected).then(|| {
        let character = CHARACTERS.chars().nth(expected).unwrap_or('?');
        kernel::Text::new(
            format!("统一社会信用代码校验位应为 {character}，请核对；如证照确为此码可照录"),
            format!("The check character should be {character}; keep the code if the certificate says so"),
        )
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn passwords_are_refused_for_one_reason_at_a_time() {
        let rules = AccountRules::default();
        let reason = |password: &str| rules.check_password("wangli", password).err().map(|p| p.message.zh);
        assert!(reason("Aa1").unwrap().contains("至少 12"));
        assert!(reason("onlylowercase").unwrap().contains("3 类"));
        assert!(reason("WangLi-2024-Ningbo").unwrap().contains("登录名"));
        assert!(reason("MyPassword-88").unwrap().contains("password"));
        assert!(reason(&"Aa1-".repeat(65)).unwrap().contains("过长"));
        assert_eq!(reason("Harbour-7-bridge"), None);
        assert_eq!(reason("桥头第七个渡口Aa号牌子旁"), None);
    }

    #[test]
    fn the_fifth_wrong_password_locks_for_half_an_hour() {
        let rules = AccountRules::default();
        assert_eq!(rules.lock_after(3, 1_000), None);
        assert_eq!(rules.lock_after(4, 1_000), Some(1_000 + 30 * 60_000));
    }

    #[test]
    fn sessions_end_when_idle_and_after_half_a_day() {
        let rules = AccountRules::default();
        let minute = 60_000;
        assert!(rules.session_holds(0, rules.session_end(0), 29 * minute));
        assert!(!rules.session_holds(0, rules.session_end(0), 30 * minute));
        assert!(!rules.session_holds(12 * 60 * minute - 1, rules.session_end(0), 12 * 60 * minute));
    }

    #[test]
    fn sign_in_names_are_compared_in_one_form() {
        assert_eq!(sign_in_name(" ＷangLi ").unwrap(), "wangli");
        assert_eq!(sign_in_name("民生办01").unwrap(), "民生办01");
        for wrong in ["a", "", "a b", "a<b>", &"x".repeat(65)] {
            assert!(sign_in_name(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn credit_codes_of_the_standard() {
        for right in [
            "91350100M000100Y43",
            "91350200MA2YJ1XR9G",
            "91440101MA5CJQ4N59",
            "91120104MA06BYPT1J",
            "913502000728319549",
        ] {
            assert_eq!(credit_code_warning(right), None, "{right}");
        }
        assert!(credit_code_warning("91350203M0001QAY9B").unwrap().zh.contains("应为 9"));
        assert!(credit_code_warning("91350211M0000XUF46").unwrap().zh.contains("应为 R"));
        assert!(credit_code_warning("9135").unwrap().zh.contains("18 位"));
    }

    fn grant(role: Role) -> Grant {
        let region = (!role.is_administrator()).then(|| "330200".parse().unwrap());
        Grant { role, region, organisation: Some(uuid::Uuid::nil()) }
    }

    proptest! {
        #[test]
        fn nobody_gathers_an_administrator_and_another_role(order in proptest::sample::subsequence(Role::ALL.to_vec(), 0..=7).prop_shuffle()) {
            let mut held: Vec<Grant> = Vec::new();
            for role in order {
                if may_grant(&held, &grant(role)).is_ok() {
                    held.push(grant(role));
                }
            }
            let administrators = held.iter().filter(|grant| grant.role.is_administrator()).count();
            prop_assert!(administrators == 0 || held.len() == 1);
        }
    }

    #[test]
    fn a_grant_needs_its_scope() {
        let mut business = grant(Role::ProgrammeOffice);
        business.region = None;
        assert!(may_grant(&[], &business).unwrap_err().for_field("region").is_some());
        let mut body = grant(Role::ResponsibleBody);
        body.organisation = None;
        assert!(may_grant(&[], &body).unwrap_err().for_field("organisation").is_some());
        assert_eq!(
            may_grant(&[grant(Role::Congress)], &grant(Role::Congress)).unwrap_err().kind,
            kernel::ProblemKind::Conflict
        );
    }
}
