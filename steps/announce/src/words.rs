//! The words of this step.

use kernel::codes;

codes! {
    /// Where a bulletin stands.
    State {
        /// Being written.
        Draft = "draft", "起草中", "draft";
        /// Signed off and public.
        Signed = "signed", "已签发", "signed off";
        /// A corrected version has taken its place; still readable.
        Superseded = "superseded", "已被更正", "superseded";
        /// Given up before it was signed.
        Dropped = "dropped", "已作废", "given up";
    }
}
