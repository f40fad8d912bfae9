//! The alarm as officers see it: whether it rings, for what, whether it was heard when it was proven.

use serde::{Deserialize, Serialize};

/// What an officer does with the alarm.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlarmAct {
    /// He heard it when it was rung to be proven.
    Heard,
    /// It is rung, to be proven.
    Prove,
    /// It is silent for 30 s, here only. It acknowledges nothing.
    Silence,
}

/// The alarm of the station.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct AlarmView {
    /// Messages of peers that nobody here has acknowledged.
    pub waiting: u32,
    /// The most urgent of them: `FLASH` and so on; or empty.
    pub precedence: String,
    /// True while the alarm repeats for them.
    pub rings: bool,
    /// To whom they have risen: 0 the watch, 1 the next officer, 2 the chief of watch.
    pub level: u8,
    /// For how many milliseconds more it is silent; none when it is not.
    pub silent_ms: Option<u64>,
    /// True when the configuration has a command for it.
    pub has_command: bool,
    /// Seconds from one ring to the next.
    pub repeat_s: u32,
    /// When its command was last run, and what became of it: empty when all went well.
    pub last: Option<(u64, String)>,
    /// Who last heard it when it was proven, and when.
    pub proven: Option<(String, u64)>,
}
