//! Words, intervals and bounds of notices. All numbers are our own choice (certainty D).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use chrono::{DateTime, NaiveTime, TimeDelta};
use kernel::clock::{china_offset, china_time};
use kernel::{Lang, Problem};

kernel::codes! {
    /// What a notice is about; people choose by it.
    Kind {
        /// Supervision orders: raised, due soon, answered, sent back, closed.
        Order = "order", "督办单", "Supervision orders";
        /// Returns: owed, due soon, overdue, sent back.
        Return = "return", "填报", "Returns";
        /// Something waits for a decision.
        Review = "review", "待审核", "Reviews";
        /// Changes of adopted projects.
        Adjustment = "adjustment", "项目调整", "Adjustments";
        /// Projects that lag.
        Board = "board", "进度预警", "Lagging projects";
        /// Inspections and their findings.
        Inspection = "inspection", "督查检查", "Inspections";
        /// A trial of a channel.
        Trial = "trial", "测试", "Trials";
    }
}

kernel::codes! {
    /// How a notice travels.
    Channel {
        /// To the list that its recipient reads here.
        Inbox = "inbox", "站内", "Inbox";
        /// By mail.
        Email = "email", "邮件", "E-mail";
        /// To a program, as JSON.
        Webhook = "webhook", "Webhook", "Webhook";
    }
}

kernel::codes! {
    /// When a subscriber is told.
    Timing {
        /// As it happens.
        AtOnce = "at_once", "即时", "At once";
        /// Once a day, all together.
        Daily = "daily", "每日汇总", "Daily digest";
    }
}

/// After so many tries a notice is given up.
pub const MOST_TRIES: i32 = 8;

/// For how long a copy of the server that took a notice may work on it; longer than any transport waits.
pub const CLAIM_MS: i64 = 5 * 60_000;

/// The longest wait between two tries.
const LONGEST_WAIT_MS: i64 = 6 * 3_600_000;

/// When daily digests go out, China Standard Time.
const DIGEST_AT: (u32, u32) = (8, 30);

/// How long to wait after `tries` failed ones: one minute, then four times as long each time, six hours at most.
pub fn wait_after(tries: i32) -> i64 {
    let factor = 4_i64.saturating_pow(u32::try_from(tries - 1).unwrap_or(0));
    factor.saturating_mul(60_000).min(LONGEST_WAIT_MS)
}

/// The first half past eight in the morning in China after `now_ms`; `now_ms` itself where the calendar ends.
pub fn next_digest(now_ms: i64) -> i64 {
    let at = NaiveTime::from_hms_opt(DIGEST_AT.0, DIGEST_AT.1, 0).unwrap_or_default();
    let next = china_time(now_ms).and_then(|now| {
        let today = now.date_naive().and_time(at).and_local_timezone(china_offset()).single()?;
        if today > now { Some(today) } else { today.checked_add_signed(TimeDelta::days(1)) }
    });
    next.map_or(now_ms, |next: DateTime<_>| next.timestamp_millis())
}

/// The address of a subscription as it is kept.
///
/// # Errors
/// A problem of the field `address`.
pub fn check_address(channel: Channel, typed: &str) -> Result<String, Problem> {
    let typed = typed.trim();
    match channel {
        Channel::Inbox => Ok(String::new()),
        Channel::Email => {
            let parsed: Result<lettre::Address, _> = typed.parse();
            if parsed.is_err() || typed.len() > 254 {
                return Err(Problem::field("address", "这不是有效的邮箱地址", "This is not an e-mail address"));
            }
            Ok(typed.to_owned())
        }
        Channel::Webhook => {
            let address = reqwest::Url::parse(typed).ok().filter(|address| {
                matches!(address.scheme(), "https" | "http")
                    && address.has_host()
                    && address.username().is_empty()
                    && address.password().is_none()
            });
            match address {
                Some(address) if typed.len() <= 2_000 => Ok(address.into()),
                _ => Err(Problem::field(
                    "address",
                    "请填写 https:// 开头的完整地址，不含用户名和密码",
                    "Give a whole address that begins with https://, without user name or password",
                )),
            }
        }
    }
}

/// Whether `address` lies in the public network. Everything that a machine takes for itself or its neighbours does not:
/// loopback, private, link-local, shared (RFC 6598), benchmarking, documentation, multicast, reserved, and the IPv6 forms
/// that carry such an IPv4 address.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let reserved = a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19));
    !(reserved
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let [.., high, low] = segments;
    let [a, b] = high.to_be_bytes();
    let [c, d] = low.to_be_bytes();
    let inner = Ipv4Addr::new(a, b, c, d);
    match segments {
        // ::, ::1 and the old forms with an IPv4 address; ::ffff:a.b.c.d; 64:ff9b::a.b.c.d.
        [0, 0, 0, 0, 0, 0, ..] => false,
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => is_public_v4(inner),
        // 6to4 carries the IPv4 address behind its prefix.
        [0x2002, high, low, ..] => {
            let [a, b] = high.to_be_bytes();
            let [c, d] = low.to_be_bytes();
            is_public_v4(Ipv4Addr::new(a, b, c, d))
        }
        // Teredo and documentation.
        [0x2001, 0, ..] | [0x2001, 0xdb8, ..] => false,
        // Global unicast is 2000::/3; private, link-local and multicast addresses lie elsewhere.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

/// The heading of a digest of `count` notices.
pub fn digest_subject(lang: Lang, count: usize) -> String {
    match lang {
        Lang::Zh => format!("民生实事每日汇总：{count} 条"),
        Lang::En if count == 1 => "Daily digest: 1 notice".to_owned(),
        Lang::En => format!("Daily digest: {count} notices"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ms(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
    }

    #[test]
    fn the_digest_goes_out_at_half_past_eight() {
        assert_eq!(next_digest(ms("2024-06-05T08:29:59+08:00")), ms("2024-06-05T08:30:00+08:00"));
        assert_eq!(next_digest(ms("2024-06-05T08:30:00+08:00")), ms("2024-06-06T08:30:00+08:00"));
        assert_eq!(next_digest(ms("2024-12-31T23:00:00+08:00")), ms("2025-01-01T08:30:00+08:00"));
        assert_eq!(next_digest(i64::MAX), i64::MAX);
    }

    #[test]
    fn tries_wait_longer_each_time() {
        let minutes: Vec<_> = (1..=MOST_TRIES).map(|tries| wait_after(tries) / 60_000).collect();
        assert_eq!(minutes, [1, 4, 16, 64, 256, 360, 360, 360]);
    }

    #[test]
    fn addresses_inside_are_told_from_those_outside() {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "192.0.0.8",
            "::",
            "::1",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::10.0.0.1",
            "2002:a00:1::",
            "2001::1",
            "2001:db8::1",
        ] {
            assert!(!is_public(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["1.2.4.8", "223.5.5.5", "100.63.0.1", "172.32.0.1", "2400:3200::1", "::ffff:1.2.4.8"] {
            assert!(is_public(outside.parse().unwrap()), "{outside}");
        }
    }

    #[test]
    fn addresses_are_checked() {
        assert_eq!(check_address(Channel::Email, " wang@example.cn ").unwrap(), "wang@example.cn");
        assert_eq!(check_address(Channel::Webhook, "https://bot.example.cn/x").unwrap(), "https://bot.example.cn/x");
        for (channel, typed) in [
            (Channel::Email, "wang"),
            (Channel::Email, "a@b.cn\r\nBcc: c@d.cn"),
            (Channel::Webhook, "ftp://example.cn"),
            (Channel::Webhook, "https://me:secret@example.cn"),
            (Channel::Webhook, "file:///etc/passwd"),
            (Channel::Webhook, "bot"),
        ] {
            assert!(check_address(channel, typed).unwrap_err().for_field("address").is_some(), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn the_next_digest_is_ahead_and_within_a_day(now in 0_i64..4_000_000_000_000) {
            let next = next_digest(now);
            prop_assert!(next > now && next - now <= 24 * 3_600_000);
            prop_assert_eq!(next.rem_euclid(24 * 3_600_000), 30 * 60_000, "half past midnight in UTC");
        }
    }
}
