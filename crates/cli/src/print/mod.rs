//! What people read: plain words, at most 100 columns, every time with its zone.
//!
//! Pure functions from the shapes of the operator's border to text; nothing here asks the station
//! or writes to a terminal. WIREFRAMES rules 1, 5, 6, 7, 9 and 12 are kept here.

mod ladder;
mod line;
mod message;
mod style;
mod text;
mod time;

pub(crate) use ladder::ladder;
pub(crate) use line::{air_time, line_detail, station};
pub(crate) use message::{order_wire, tray, whole};
pub(crate) use style::{Ink, Style};
pub(crate) use text::{COLUMNS_MAX, bytes, columns, numbered_words, safe, wrap};
pub(crate) use time::{Zone, lasting, seconds_of};

use redphone_api::{Actor, Refusal};

/// What printing needs to know besides the thing that is printed.
#[derive(Clone)]
pub(crate) struct Paper {
    /// Colours, or none.
    pub(crate) style: Style,
    /// The zone called *here*.
    pub(crate) zone: Zone,
    /// Milliseconds since 1970: when it is printed.
    pub(crate) now: u64,
}

impl Paper {
    /// The band at the head of what is printed: which station, LIVE or EXERCISE (rule 6).
    pub(crate) fn band(&self, station: &str, environment: &str) -> String {
        let ink = if environment == "EXERCISE" {
            Ink::Exercise
        } else {
            Ink::Live
        };
        let word = if environment == "EXERCISE" {
            "EXERCISE EXERCISE EXERCISE".to_owned()
        } else {
            environment.to_owned()
        };
        let band = self.style.paint(ink, &format!(" {word} "));
        format!("{band} {station}   {}\n", self.zone.moment(self.now))
    }
}

/// A refusal in two sentences: what happened, what to do, and who has to.
pub(crate) fn refusal(refusal: &Refusal) -> String {
    let who = match refusal.actor {
        Actor::Operator => "",
        Actor::Peer => " The other side has to act.",
        Actor::Administrator => " Whoever keeps this machine has to act.",
    };
    let told = format!("redphone: {} {}{who}", refusal.what, refusal.to_do);
    let told = wrap(&safe(told.trim()), 0, 0);
    told.trim_end().to_owned()
}
