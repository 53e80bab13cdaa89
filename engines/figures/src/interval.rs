//! What a printed number leaves open, and arithmetic on that.

use rust_decimal::Decimal;

use crate::number::Number;
use crate::precision::round;

/// All values from `low` to `high`, both included.
///
/// Arithmetic returns `None` where the result does not exist (a division by an interval that holds zero) or is too
/// large to be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Interval {
    /// The least value.
    pub low: Decimal,
    /// The greatest value.
    pub high: Decimal,
}

impl Interval {
    /// The interval between two values, given in either order.
    #[must_use]
    pub fn between(one: Decimal, other: Decimal) -> Self {
        Self { low: one.min(other), high: one.max(other) }
    }

    /// A single value.
    #[must_use]
    pub fn exactly(value: Decimal) -> Self {
        Self { low: value, high: value }
    }

    /// What a printed input may have been before rounding: half a unit of the last place to either side.
    ///
    /// A whole number without 万 or 亿 is a count and stands for itself alone.
    #[must_use]
    pub fn of(number: Number) -> Self {
        if number.precision.is_exact() {
            return Self::exactly(number.value);
        }
        Self::rounded(number).unwrap_or(Self::exactly(number.value))
    }

    /// The same for a number that is known to be rounded even if it has no decimals, such as a percentage: 125% is
    /// 124.5 to 125.5. `None` if the value is too large.
    #[must_use]
    pub fn rounded(number: Number) -> Option<Self> {
        let half = number.precision.quantum() / Decimal::TWO;
        Some(Self { low: number.value.checked_sub(half)?, high: number.value.checked_add(half)? })
    }

    /// How far the ends lie apart.
    #[must_use]
    pub fn width(self) -> Decimal {
        self.high.checked_sub(self.low).unwrap_or(Decimal::MAX)
    }

    /// Whether a value lies inside, the ends included.
    #[must_use]
    pub fn contains(self, value: Decimal) -> bool {
        self.low <= value && value <= self.high
    }

    /// Whether the two have a value in common.
    #[must_use]
    pub fn meets(self, other: Self) -> bool {
        self.low <= other.high && other.low <= self.high
    }

    /// The interval of all sums.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        Some(Self { low: self.low.checked_add(other.low)?, high: self.high.checked_add(other.high)? })
    }

    /// The interval of all differences.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        Some(Self { low: self.low.checked_sub(other.high)?, high: self.high.checked_sub(other.low)? })
    }

    /// Every value multiplied by a number.
    #[must_use]
    pub fn times(self, factor: Decimal) -> Option<Self> {
        Some(Self::between(self.low.checked_mul(factor)?, self.high.checked_mul(factor)?))
    }

    /// The interval of all quotients; `None` when the divisor may be zero.
    #[must_use]
    pub fn over(self, divisor: Self) -> Option<Self> {
        if divisor.contains(Decimal::ZERO) {
            return None;
        }
        let corners = [
            self.low.checked_div(divisor.low)?,
            self.low.checked_div(divisor.high)?,
            self.high.checked_div(divisor.low)?,
            self.high.checked_div(divisor.high)?,
        ];
        Some(Self { low: corners.into_iter().min()?, high: corners.into_iter().max()? })
    }

    /// What share of `whole` this is, in percent.
    #[must_use]
    pub fn percent_of(self, whole: Self) -> Option<Self> {
        self.over(whole)?.times(Decimal::ONE_HUNDRED)
    }

    /// The value before a growth of `rate` percent led to this one: 18400 after +139.48% was 7683 before.
    #[must_use]
    pub fn growth_base(self, rate: Self) -> Option<Self> {
        let factor = rate.over(Self::exactly(Decimal::ONE_HUNDRED))?.plus(Self::exactly(Decimal::ONE))?;
        self.over(factor)
    }

    /// Both ends rounded half up.
    #[must_use]
    pub fn round(self, places: u8) -> Self {
        Self { low: round(self.low, places), high: round(self.high, places) }
    }
}
