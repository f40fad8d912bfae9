//! What a benchmark measured, and how it is told.

use serde::Serialize;

use super::{ATTACHMENTS, CLIENTS, floor};

/// What was measured. Times in microseconds.
#[derive(Debug, Serialize)]
pub(super) struct Figures {
    pub(super) over: &'static str,
    pub(super) messages: u32,
    pub(super) text_bytes: u32,
    pub(super) floor_p50_us: u64,
    pub(super) floor_p99_us: u64,
    pub(super) receipt_p50_us: u64,
    pub(super) receipt_p99_us: u64,
    pub(super) receipt_worst_us: u64,
    pub(super) messages_a_second: u64,
    pub(super) attachment_1_mb_us: u64,
    pub(super) restart_to_receipt_us: u64,
    pub(super) ready_empty_us: u64,
    pub(super) ready_full_us: u64,
    pub(super) ready_killed_us: u64,
    pub(super) ready_full_messages: u32,
    pub(super) idle_resident_kib: u64,
    pub(super) idle_own_kib: u64,
    pub(super) idle_cpu_millipercent: u64,
}

/// The figures as a page.
pub(super) fn told(figures: &Figures) -> String {
    let ms = |us: u64| format!("{}.{:02} ms", us / 1_000, us % 1_000 / 10);
    let ratio = figures.receipt_p50_us * 10 / figures.floor_p50_us.max(1);
    format!(
        "{} messages of {} bytes over {}, two stations on this machine\n\
         \n  command to durable receipt   p50 {}   p99 {}   worst {}\
         \n  floor: {} commits, 1 echo     p50 {}   p99 {}   p50 is {}.{} times the floor\
         \n  durable messages a second    {}  ({CLIENTS} clients at once)\
         \n  attachment of 1 MB           {}  until all of it is receipted, the median of {ATTACHMENTS}\
         \n  restart of the peer          {}  from its start to the receipt of what waited\
         \n  start to ready               {} empty, {} with {} messages, {} after a kill\
         \n  idle station                 {} KiB resident, {} KiB its own, {}.{:03} % of a processor\n",
        figures.messages,
        figures.text_bytes,
        figures.over,
        ms(figures.receipt_p50_us),
        ms(figures.receipt_p99_us),
        ms(figures.receipt_worst_us),
        floor::COMMITS,
        ms(figures.floor_p50_us),
        ms(figures.floor_p99_us),
        ratio / 10,
        ratio % 10,
        figures.messages_a_second,
        ms(figures.attachment_1_mb_us),
        ms(figures.restart_to_receipt_us),
        ms(figures.ready_empty_us),
        ms(figures.ready_full_us),
        figures.ready_full_messages,
        ms(figures.ready_killed_us),
        figures.idle_resident_kib,
        figures.idle_own_kib,
        figures.idle_cpu_millipercent / 1_000,
        figures.idle_cpu_millipercent % 1_000,
    )
}
