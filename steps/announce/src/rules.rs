//! The rules of signing, pure.

use kernel::rule_set::SignOffRule;
use uuid::Uuid;

/// Whether `signer` may sign what these accounts have written (none: the program itself).
///
/// With four eyes, somebody other than the signer must have written in it; what the program alone drew up from the ledger
/// was written by nobody, and one pair of eyes is enough.
pub fn may_sign(signer: Option<Uuid>, editors: &[Option<Uuid>], rule: &SignOffRule) -> bool {
    let by_other = editors.iter().flatten().any(|editor| Some(*editor) != signer);
    let by_nobody = editors.iter().all(Option::is_none);
    !rule.four_eyes || by_other || by_nobody
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_signs_what_they_wrote_alone() {
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let rule = |four_eyes| SignOffRule { four_eyes };
        assert!(!may_sign(Some(one), &[Some(one)], &rule(true)));
        assert!(!may_sign(Some(one), &[None, Some(one)], &rule(true)));
        assert!(may_sign(Some(one), &[Some(one), Some(other)], &rule(true)));
        assert!(may_sign(Some(one), &[Some(other)], &rule(true)));
        assert!(may_sign(Some(one), &[None], &rule(true)));
        assert!(may_sign(Some(one), &[Some(one)], &rule(false)));
    }
}
