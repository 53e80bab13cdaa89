//! The stages of an entry: chosen is not built, built is not in use.

kernel::codes! {
    /// How far an entry has come. The order is that of the way; what is closed or void counts nowhere.
    Stage {
        /// Chosen or planned (选点、选址、谋划).
        Planned = "planned", "已选定", "chosen";
        /// Begun (开工、在办).
        Started = "started", "在建", "begun";
        /// Built or done (建成、完成).
        Built = "built", "已建成", "built";
        /// Passed acceptance (通过验收).
        Accepted = "accepted", "已验收", "accepted";
        /// In use (投用、运行).
        InUse = "in_use", "已启用", "in use";
        /// No longer there (停用、撤销).
        Closed = "closed", "已停用", "closed";
        /// Entered by mistake (作废).
        Void = "void", "作废", "void";
    }
}

impl Stage {
    /// Whether an entry at this stage has reached `least`.
    pub fn reaches(self, least: Self) -> bool {
        self >= least && self.counts()
    }

    /// Whether it still counts for anything.
    pub fn counts(self) -> bool {
        self < Self::Closed
    }

    /// Whether people can use it now.
    pub fn is_usable(self) -> bool {
        matches!(self, Self::Built | Self::Accepted | Self::InUse)
    }

    /// The class of its light.
    pub fn light(self) -> &'static str {
        match self {
            Self::InUse | Self::Accepted => "done",
            Self::Built => "steady",
            Self::Started => "behind",
            Self::Planned | Self::Closed | Self::Void => "",
        }
    }
}
