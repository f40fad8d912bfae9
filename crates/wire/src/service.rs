//! Service messages: about the line itself, from station to station.

use minicbor::{Decode, Encode};

use crate::{Serial, UtcSeconds};

/// What one station tells the other about the line.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub enum Service {
    /// The highest serial that the sender has released, so that a gap can be told from silence.
    #[n(0)]
    Announce {
        /// That serial; 0 before the first.
        #[n(0)]
        highest: Serial,
    },
    /// A bearer was taken out or put back.
    #[n(1)]
    Bearer {
        /// Its name at the sender's station.
        #[n(0)]
        name: String,
        /// True when it was taken out.
        #[n(1)]
        out: bool,
        /// Why.
        #[n(2)]
        because: String,
    },
    /// Nobody, or somebody again, is at the sender's desk.
    #[n(2)]
    Desk {
        /// True when no desk confirms that it is displaying.
        #[n(0)]
        silent: bool,
        /// Since when.
        #[n(1)]
        since: UtcSeconds,
    },
    /// Serials that the sender expected and does not hold: please send them again.
    #[n(3)]
    Missing {
        /// First and last of each range, ascending, at most `MISSING_RANGES_MAX`.
        #[n(0)]
        ranges: Vec<(Serial, Serial)>,
    },
    /// A serial that was asked for is no longer held here.
    #[n(4)]
    NotHeld {
        /// That serial.
        #[n(0)]
        serial: Serial,
    },
    /// An attached desk confirmed that it shows the message.
    #[n(5)]
    OnDesk {
        /// The message, in the direction towards the sender of this.
        #[n(0)]
        serial: Serial,
        /// When.
        #[n(1)]
        at: UtcSeconds,
    },
    /// Traffic on a subject is suspended, or resumed, by declaration. The order wire and the tests
    /// go on.
    #[n(6)]
    Subject {
        /// The subject, in words.
        #[n(0)]
        subject: String,
        /// True when suspended.
        #[n(1)]
        suspended: bool,
        /// Why.
        #[n(2)]
        because: String,
        /// Since when.
        #[n(3)]
        at: UtcSeconds,
    },
    /// The highest serial of the receiver that the sender holds. Sent when the keys of a pairing
    /// anew come into force: a station that was restored takes no number twice.
    #[n(7)]
    Holds {
        /// That serial; 0 for none.
        #[n(0)]
        highest: Serial,
    },
    /// Nobody at the sender's station has acknowledged messages in their time: they rose to the next
    /// officer, or to the chief of watch.
    #[n(8)]
    Unacknowledged {
        /// First and last of each range, in the direction towards the sender of this, ascending, at
        /// most `MISSING_RANGES_MAX`.
        #[n(0)]
        ranges: Vec<(Serial, Serial)>,
        /// 1 for the next officer, 2 for the chief of watch.
        #[n(1)]
        level: u8,
        /// When.
        #[n(2)]
        at: UtcSeconds,
    },
}
