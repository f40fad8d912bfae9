//! Every bound on what crosses the line. A peer that exceeds one breaks the protocol.

/// Bytes of a party's name.
pub const PARTY_NAME_BYTES_MAX: usize = 16;
/// Bytes of an officer's name or title.
pub const OFFICER_NAME_BYTES_MAX: usize = 64;
/// Bytes of the name of an officer who has a key: three, joined, are one releaser's name.
pub const KEYED_NAME_BYTES_MAX: usize = 20;
/// Readers that one message names.
pub const READERS_MAX: usize = 8;
/// Bytes of a message's text.
pub const TEXT_BYTES_MAX: usize = 65_536;
/// Bytes of one line of the order wire.
pub const ORDER_WIRE_BYTES_MAX: usize = 1_024;
/// Bytes of a reason or a subject in a service message.
pub const REASON_BYTES_MAX: usize = 512;
/// Attachments of one message.
pub const ATTACHMENTS_MAX: usize = 8;
/// Bytes of one attachment.
pub const ATTACHMENT_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Bytes of an attachment's name, and of its media type.
pub const ATTACHMENT_NAME_BYTES_MAX: usize = 128;
/// Bytes of an attachment that travel in one envelope.
pub const CHUNK_BYTES_MAX: usize = 65_536;
/// Bytes of the smallest chunk that the narrowest bearer makes us cut.
pub const CHUNK_BYTES_MIN: usize = 1_024;
/// Bytes that a body may have after expansion: a text, a chunk or a refresh with their fields.
pub const BODY_BYTES_MAX: usize = 70_000;
/// Bytes of an envelope.
pub const ENVELOPE_BYTES_MAX: usize = BODY_BYTES_MAX + 256;
/// Source symbols of one envelope.
pub const SYMBOLS_MAX: u16 = 4_095;
/// Bytes of a frame, of any bearer.
pub const FRAME_BYTES_MAX: usize = 65_000;
/// Envelopes that a sender may be ahead of the receipts he holds, on a two-way line.
pub const WINDOW: u32 = 1_024;
/// How far ahead of the last receipt the short form of a frame's number reaches.
pub const SHORT_NUMBER_SPAN: u32 = 256;
/// Largest jump of an envelope's number that a frame may make.
pub const JUMP_MAX: u32 = 65_536;
/// Bytes of a receipt's bitmap.
pub const BITMAP_BYTES_MAX: usize = 128;
/// Ranges of missing serials in one service message.
pub const MISSING_RANGES_MAX: usize = 32;
/// Keys on one reel of tape.
pub const REEL_KEYS_MAX: usize = 30;
/// Bytes of the text of an hourly test, in each alphabet.
pub const TEST_TEXT_BYTES_MAX: usize = 512;
/// Asks of one message, and of one counter.
pub const ASKS_MAX: usize = 16;
/// Bytes of the party that an ask is to, and of who commits or will answer.
pub const ASK_PARTY_BYTES_MAX: usize = 128;
/// Bytes of what an ask's verb is done to.
pub const ASK_OBJECT_BYTES_MAX: usize = 512;
/// Items of a read-back, a correction or a dispute.
pub const ITEMS_MAX: usize = 256;
/// Bytes of an item of a read-back.
pub const ITEM_BYTES_MAX: usize = 256;
/// Bytes of a free text in a part of a form.
pub const FIELD_BYTES_MAX: usize = 512;
/// Bytes of the note of a form.
pub const NOTE_BYTES_MAX: usize = 4_096;
/// Bytes of the name of a field that is translated.
pub const FIELD_NAME_BYTES_MAX: usize = 32;
/// Bytes of a translation of a free text: a note in Russian takes twice those of one in English.
pub const TRANSLATION_BYTES_MAX: usize = 8_192;
/// Bytes of a lexicon's name.
pub const LEXICON_NAME_BYTES_MAX: usize = 32;
/// Number of the last entry that a code book can have.
pub const CODED_ENTRY_MAX: u8 = 63;
/// Bytes of the name of a lexicon or a code book that is agreed on.
pub const BOOK_NAME_BYTES_MAX: usize = 16;
/// Bytes of the blanks of a coded message: what one frame of 62 bytes on a serial wire leaves.
pub const CODED_BLANKS_BYTES_MAX: usize = 8;
