//! The code lists of the interface. A code that is not known is kept as it came, never refused.

use std::fmt;

/// What the answering side says of a call (`Ret`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ret {
    /// 0: done.
    Done,
    /// −1: busy, try again later.
    Busy,
    /// 4001: the signature does not match.
    BadSignature,
    /// 4002: the token is missing, wrong or expired.
    BadToken,
    /// 4003: one of the five parameters is missing or out of its range.
    BadEnvelope,
    /// 4004: the content is not as agreed.
    BadContent,
    /// 500: the answering side failed.
    Failed,
    /// Any other, as operators add their own.
    Other(i32),
}

impl Ret {
    /// Reads the number; 200 stands for success with some operators, but only where they say so with data, so it is
    /// taken as [`Ret::Other`] here.
    pub fn of(code: i32) -> Self {
        match code {
            0 => Self::Done,
            -1 => Self::Busy,
            4001 => Self::BadSignature,
            4002 => Self::BadToken,
            4003 => Self::BadEnvelope,
            4004 => Self::BadContent,
            500 => Self::Failed,
            other => Self::Other(other),
        }
    }

    /// The number.
    pub fn code(self) -> i32 {
        match self {
            Self::Done => 0,
            Self::Busy => -1,
            Self::BadSignature => 4001,
            Self::BadToken => 4002,
            Self::BadEnvelope => 4003,
            Self::BadContent => 4004,
            Self::Failed => 500,
            Self::Other(code) => code,
        }
    }
}

impl fmt::Display for Ret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code())
    }
}

/// Defines a code list whose unknown members are kept.
macro_rules! listed {
    ($(#[$about:meta])* $name:ident { $($(#[$each:meta])* $member:ident = $code:literal;)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$each])* $member,)+
            /// A code that the standard does not have, or none at all (−1).
            Unknown(i32),
        }

        impl $name {
            /// Every member of the standard.
            pub const ALL: &[Self] = &[$(Self::$member),+];

            /// Reads the number.
            pub fn of(code: i32) -> Self {
                match code { $($code => Self::$member,)+ other => Self::Unknown(other) }
            }

            /// The number, also where it is unknown.
            pub fn code(self) -> i32 {
                match self { $(Self::$member => $code,)+ Self::Unknown(code) => code }
            }
        }
    };
}

listed! {
    /// How a connector stands (`ConnectorStatusInfo.Status`).
    ConnectorStatus {
        /// 离网: not connected to its platform.
        Offline = 0;
        /// 空闲: free.
        Free = 1;
        /// 占用（未充电）: a car stands there and does not charge.
        Occupied = 2;
        /// 占用（充电中）: charging.
        Charging = 3;
        /// 占用（预约锁定）: reserved.
        Reserved = 4;
        /// 故障: out of order.
        Faulty = 255;
    }
}

impl ConnectorStatus {
    /// Whether the connector works and is connected, whoever uses it.
    pub fn is_usable(self) -> bool {
        matches!(self, Self::Free | Self::Occupied | Self::Charging | Self::Reserved)
    }
}

listed! {
    /// How a station stands (`StationInfo.StationStatus`).
    StationState {
        /// 未知.
        NotSaid = 0;
        /// 建设中.
        UnderConstruction = 1;
        /// 关闭下线.
        Closed = 5;
        /// 维护中.
        Maintenance = 6;
        /// 正常使用.
        Open = 50;
    }
}

listed! {
    /// What a charging device gives (`EquipmentInfo.EquipmentType`).
    EquipmentKind {
        /// 直流.
        Direct = 1;
        /// 交流.
        Alternating = 2;
        /// 交直流一体.
        Both = 3;
        /// 无线.
        Wireless = 4;
        /// 其他.
        Other = 5;
    }
}

listed! {
    /// What a car is plugged into (`ConnectorInfo.ConnectorType`).
    ConnectorKind {
        /// 家用插座.
        HouseholdSocket = 1;
        /// 交流接口插座.
        AlternatingSocket = 2;
        /// 交流接口插头.
        AlternatingPlug = 3;
        /// 直流接口枪头.
        DirectGun = 4;
        /// 无线充电座.
        Wireless = 5;
        /// 其他.
        Other = 6;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_maker_added_is_unknown_and_kept() {
        for code in [5, 21_501, 21_503, -1] {
            let status = ConnectorStatus::of(code);
            assert_eq!((status, status.code()), (ConnectorStatus::Unknown(code), code));
            assert!(!status.is_usable());
        }
        for status in ConnectorStatus::ALL {
            assert_eq!(ConnectorStatus::of(status.code()), *status);
        }
        for code in [0, -1, 4001, 4002, 4003, 4004, 500, 4005, 200] {
            assert_eq!(Ret::of(code).code(), code);
        }
    }
}
