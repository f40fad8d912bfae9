//! The parts of asks and acts that a person fills in, by name in both languages.

use minicbor::{Decode, Encode};

/// A part of an ask or of an act. The numbers are for records at home; none crosses the line.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Ord, PartialEq, PartialOrd)]
#[cbor(index_only)]
pub enum ActField {
    /// The asks made in return.
    #[n(0)]
    Asks,
    /// By what the deed can be seen.
    #[n(1)]
    Evidence,
    /// Items of a message.
    #[n(2)]
    Items,
    /// The number of an ask or of a read-back.
    #[n(3)]
    Number,
    /// What the verb is done to.
    #[n(4)]
    Object,
    /// Why.
    #[n(5)]
    Reason,
    /// What was seen.
    #[n(6)]
    Seen,
    /// A time.
    #[n(7)]
    Time,
    /// Who is to act or to answer.
    #[n(8)]
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
