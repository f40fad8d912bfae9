//! The parts of asks and acts that a person fills in, by name in both languages.

/// A part of an ask or of an act.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum ActField {
    /// The asks made in return.
    Asks,
    /// By what the deed can be seen.
    Evidence,
    /// Items of a message.
    Items,
    /// The number of an ask or of a read-back.
    Number,
    /// What the verb is done to.
    Object,
    /// Why.
    Reason,
    /// What was seen.
    Seen,
    /// A time.
    Time,
    /// Who is to act or to answer.
    Who,
}

impl ActField {
    /// Its English name.
    pub fn en(self) -> &'static str {
        self.words().0
    }

    /// Its Russian name.
    pub fn ru(self) -> &'static str {
        self.words().1
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Asks => ("asks in return", "встречные запросы"),
            Self::Evidence => ("evidence", "доказательства"),
            Self::Items => ("items", "пункты"),
            Self::Number => ("number", "номер"),
            Self::Object => ("object", "предмет"),
            Self::Reason => ("reason", "причина"),
            Self::Seen => ("what was seen", "что обнаружено"),
            Self::Time => ("time", "время"),
            Self::Who => ("who", "кто"),
        }
    }
}
