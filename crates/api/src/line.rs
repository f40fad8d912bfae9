//! The state of lines and bearers as the operator sees it.

use serde::{Deserialize, Serialize};

/// The four states of a line. They are never mixed up.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
pub enum LineState {
    /// No frames: nothing was heard within the bound of any bearer.
    Down,
    /// Suspended by declaration; the order wire and the tests go on.
    Suspended,
    /// Frames pass and a desk is there.
    Up,
    /// Frames pass, but no desk confirms that it displays.
    UpDeskSilent,
}

/// The whole station.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Status {
    /// Our name.
    pub station: String,
    /// `LIVE` or `EXERCISE`.
    pub environment: String,
    /// Version of the program.
    pub version: String,
    /// The station's clock.
    pub utc: u64,
    /// How often this station has started.
    pub life: u32,
    /// The lines.
    pub lines: Vec<LineStatus>,
    /// The disk.
    pub storage: StorageStatus,
    /// Desks that confirm they display.
    pub desks: u32,
    /// What somebody must attend to, in sentences.
    pub alarms: Vec<String>,
}

/// The disk under the journal.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct StorageStatus {
    /// True while the station accepts.
    pub accepting: bool,
    /// Why it does not, and what to do; or empty.
    pub fault: String,
    /// Records in the journal.
    pub records: u64,
    /// Hash of the newest, first 8 bytes, hexadecimal.
    pub head: String,
}

/// One line.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct LineStatus {
    /// The other side.
    pub peer: String,
    /// Its state.
    pub state: LineState,
    /// Since when.
    pub since: u64,
    /// Why it is not paired, or is held, or empty.
    pub held_because: String,
    /// Subjects suspended by declaration, with who and why.
    pub suspended: Vec<String>,
    /// Its bearers.
    pub bearers: Vec<BearerStatus>,
    /// The hourly test.
    pub test: TestStatus,
    /// Keys.
    pub keys: Option<KeyStatus>,
    /// Highest serial sent.
    pub serial_out: u32,
    /// Highest serial received.
    pub serial_in: u32,
    /// Serials expected, announced and not here.
    pub missing: Vec<u32>,
    /// Envelopes without a receipt.
    pub unreceipted: u32,
    /// Peer's clock less ours in seconds, as its last message told.
    pub clock_difference_s: Option<i64>,
}

/// One bearer of a line.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct BearerStatus {
    /// Its name.
    pub name: String,
    /// `quic`, `udp`, `serial`, `courier`.
    pub kind: String,
    /// `UP`, `DEGRADED`, `DOWN`, `OUT`, `READY`.
    pub state: String,
    /// Since when.
    pub since: u64,
    /// Why it was taken out, or empty.
    pub because: String,
    /// Largest frame in use, in bytes: less than configured while longer ones vanish on the path.
    pub mtu: u32,
    /// Bits a second.
    pub rate_bit_s: u64,
    /// `two-way`, `send-only`, `receive-only`.
    pub direction: String,
    /// Share of our frames that the peer did not hear, 0 to 1; none until known.
    pub loss: Option<f64>,
    /// Round trip in milliseconds; none until known.
    pub round_trip_ms: Option<f64>,
    /// Frames sent since start.
    pub frames_sent: u64,
    /// Frames heard since start.
    pub frames_heard: u64,
    /// Bytes sent since start, without what the bearer adds.
    pub bytes_sent: u64,
    /// True when cover is on.
    pub cover: bool,
    /// What the bearer says of itself: address, port, error.
    pub detail: String,
}

/// The hourly test.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct TestStatus {
    /// When the last one succeeded.
    pub last_good: Option<u64>,
    /// How long it took, in milliseconds.
    pub took_ms: Option<u64>,
    /// What became of the last one, in words.
    pub outcome: String,
    /// When the next one is due.
    pub next: Option<u64>,
    /// Missed in a row.
    pub missed: u32,
}

/// The keys of a line.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct KeyStatus {
    /// Generation: how often the two have paired.
    pub generation: u32,
    /// True once the other side has proved the same root.
    pub confirmed: bool,
    /// Epoch of our direction.
    pub epoch_out: u32,
    /// Epoch of theirs.
    pub epoch_in: u32,
    /// When the epoch of our direction last moved.
    pub refreshed_out_at: Option<u64>,
    /// When the epoch of theirs last moved.
    pub refreshed_in_at: Option<u64>,
    /// Tape keys left for our direction.
    pub tape_out: u32,
    /// Tape keys left for theirs.
    pub tape_in: u32,
    /// Suites of our direction.
    pub suites_out: String,
    /// Suites of theirs.
    pub suites_in: String,
}
