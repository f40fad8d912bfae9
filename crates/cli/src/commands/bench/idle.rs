//! What a station takes of the machine while nothing happens (proc(5)).

use std::fs;
use std::io;
use std::thread;
use std::time::Duration;

/// Clock ticks a second, which Linux shows to every program alike (`USER_HZ`).
const TICKS_S: f64 = 100.0;

/// What an idle station takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Idle {
    /// Resident memory in KiB, the program's own pages included.
    pub(super) resident_kib: u64,
    /// Resident memory in KiB that is not the program's file.
    pub(super) own_kib: u64,
    /// Share of one processor, in thousandths of a percent.
    pub(super) cpu_millipercent: u64,
}

/// Watches a process for so long.
pub(super) fn watch(process: u32, time: Duration) -> io::Result<Idle> {
    let before = ticks(process)?;
    thread::sleep(time);
    let used = ticks(process)?.saturating_sub(before) as f64;
    Ok(Idle {
        resident_kib: kib(process, "VmRSS:")?,
        own_kib: kib(process, "RssAnon:")?,
        cpu_millipercent: (used / TICKS_S / time.as_secs_f64() * 100_000.0) as u64,
    })
}

/// Ticks of user and system time: fields 14 and 15.
fn ticks(process: u32) -> io::Result<u64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    let behind_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let mut fields = behind_name.split_whitespace().skip(11);
    let mut next = || fields.next().and_then(|field| field.parse::<u64>().ok());
    let both = next().zip(next()).map(|(user, system)| user + system);
    both.ok_or_else(|| io::Error::other("/proc has another form here"))
}

fn kib(process: u32, name: &str) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.ok_or_else(|| io::Error::other("/proc has another form here"))
}
