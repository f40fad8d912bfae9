//! What people read: plain words, at most 100 columns, every time with its zone.
//!
//! Pure functions from the shapes of the operator's border to text; nothing here asks the station
//! or writes to a terminal. Words before ticks, every time with its
//! zone, colour never alone, and what is missing is said.

mod asks;
mod draft;
mod form;
mod json;
mod ladder;
mod line;
mod message;
mod readback;
mod style;
mod text;
mod thread;
mod time;
mod watch;

pub(crate) use asks::{answered, ask_board, ask_counts, ask_table};
pub(crate) use draft::{draft, drafts, outcome, roll};
pub(crate) use json::{escaped, json};
pub(crate) use ladder::ladder;
pub(crate) use line::{air_time, line_detail, station};
pub(crate) use message::{order_wire, tray, whole};
pub(crate) use readback::{place, readback, readbacks};
pub(crate) use style::{Ink, Style};
pub(crate) use text::{COLUMNS_MAX, bytes, columns, counted, numbered_words, safe, wrap};
pub(crate) use thread::{threads, times};
pub(crate) use time::{Zone, lasting, seconds_of};
pub(crate) use watch::{alarm, roster};

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

/// A refusal in two sentences: what happened, what to do, and who has to. Wrapped for people, on
/// one line for scripts and logs.
pub(crate) fn refusal(refusal: &Refusal, wrapped: bool) -> String {
    let who = match refusal.actor {
        Actor::Operator => "",
        Actor::Peer => "The other side has to act.",
        Actor::Administrator => "Whoever keeps this machine has to act.",
    };
    let sentences = [refusal.what.as_str(), refusal.to_do.as_str(), who];
    let sentences: Vec<String> = sentences.into_iter().filter_map(sentence).collect();
    let told = format!("redphone: {}", sentences.join(" "));
    if wrapped {
        wrap(&told, 0, 0).trim_end().to_owned()
    } else {
        told
    }
}

/// A sentence with its capital, unless it begins with a name, and with its full stop.
fn sentence(text: &str) -> Option<String> {
    let text = safe(text.trim());
    let word = text.split(' ').next()?;
    let mut letters = text.chars();
    let first = letters.next()?;
    let end = if text.ends_with(['.', '!', '?', '`']) {
        ""
    } else {
        "."
    };
    if word.chars().all(char::is_alphabetic) {
        let first: String = first.to_uppercase().collect();
        return Some(format!("{first}{}{end}", letters.as_str()));
    }
    Some(format!("{text}{end}"))
}
