//! The desk's own bounds.

use redphone_wire::limits::{ATTACHMENT_BYTES_MAX, CHUNK_BYTES_MIN};

/// Lines of the order wire that are listed, per peer; older ones stay in the journal.
pub const ORDER_WIRE_LINES_MAX: usize = 1_000;
/// Bytes of attachments that one peer may make us hold before a message announces them.
pub(crate) const UNANNOUNCED_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Bytes of one peer's attachments held here; beyond it pieces are refused and the watch is told.
pub const HELD_BYTES_MAX: u64 = 4 * 1024 * 1024 * 1024;
/// Subjects that may be suspended at one time, per peer and side.
pub(crate) const SUBJECTS_MAX: usize = 64;
/// Acknowledgements that one message keeps.
pub(crate) const ACKNOWLEDGEMENTS_MAX: usize = 64;
/// Late copies that one message keeps.
pub(crate) const COPIES_MAX: usize = 16;
/// How far ahead of the highest serial known of, here or announced, a peer's next one may lie.
pub(crate) const SERIAL_JUMP_MAX: u32 = 65_536;
/// Pieces that one attachment may come in.
pub(crate) const PIECES_MAX: usize = ATTACHMENT_BYTES_MAX.div_ceil(CHUNK_BYTES_MIN);
/// Attachments of which pieces may be held before a message announces them.
pub(crate) const UNANNOUNCED_MAX: usize = 64;
/// Messages of the other side that one text may be a reply to.
pub(crate) const MENTIONS_MAX: usize = 4;
/// Our newest messages that are looked through for those that a message of the peer crossed.
pub(crate) const CROSSED_LOOK_MAX: usize = 64;
/// Messages of ours that one message of the peer is said to have crossed.
pub(crate) const CROSSED_MAX: usize = 8;
/// References that are followed to the first message of a thread.
pub(crate) const THREAD_STEPS_MAX: usize = 256;
/// The latest time after which a message rises, in seconds.
pub(crate) const RISE_SECONDS_MAX: u32 = 7 * 86_400;
/// Replies of a peer that wait for messages before them; beyond it the first counts as it is.
pub(crate) const REPLIES_WAITING_MAX: usize = 256;
/// Seconds for which a reply of a peer waits for messages before it.
pub(crate) const REPLY_WAITS_S_MAX: u64 = 900;
/// Asks of one side that are held, per peer. Those that are final leave first; they stay in the
/// journal.
pub const ASKS_HELD_MAX: usize = 1_024;
/// Corrections of one item after which it is spoken on the order wire.
pub const MISSES_SPOKEN: u8 = 3;
