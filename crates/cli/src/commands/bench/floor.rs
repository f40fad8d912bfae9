//! The floor: what synced commits and one echo alone take on this machine, in the same run.

use std::io;
use std::net::UdpSocket;
use std::path::Path;
use std::thread;
use std::time::Instant;

use redphone_journal::{Batch, Storage, StorageError};
use redphone_stationd::SqliteStorage;

use super::{at, micros};

/// Synced commits between a command and its durable receipt: the sender's, the receiver's, and
/// the sender's note of the receipt.
pub(super) const COMMITS: u64 = 3;
/// Bytes that one commit of the floor adds.
const RECORD_BYTES: usize = 340;
/// Times that the floor is measured.
const ROUNDS: u64 = 100;

/// What a commit to SQLite, and an echo over UDP, take, in microseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Floor {
    /// Three commits and one echo, p50.
    pub(super) p50_us: u64,
    /// The same, p99.
    pub(super) p99_us: u64,
}

/// Measures it in a file of its own in `folder`.
pub(super) fn measure(folder: &Path) -> io::Result<Floor> {
    let mut storage = SqliteStorage::create(&folder.join("floor.db")).map_err(told)?;
    let (ours, theirs) = (
        UdpSocket::bind("127.0.0.1:0")?,
        UdpSocket::bind("127.0.0.1:0")?,
    );
    ours.connect(theirs.local_addr()?)?;
    theirs.connect(ours.local_addr()?)?;
    // The echo comes from another thread, as it would from another station.
    let echo = thread::spawn(move || -> io::Result<()> {
        for _ in 0..ROUNDS {
            let mut datagram = [0; 512];
            let bytes = theirs.recv(&mut datagram)?;
            theirs.send(datagram.get(..bytes).unwrap_or_default())?;
        }
        Ok(())
    });
    let mut took = Vec::new();
    for round in 0..ROUNDS {
        let begun = Instant::now();
        for commit in 1..=COMMITS {
            let record = (round * COMMITS + commit, vec![7; RECORD_BYTES]);
            let batch = Batch {
                records: vec![record],
                ..Batch::default()
            };
            storage.append(&batch).map_err(told)?;
        }
        let mut datagram = [0; RECORD_BYTES];
        ours.send(&datagram)?;
        ours.recv(&mut datagram)?;
        took.push(micros(begun.elapsed()));
    }
    let echoed = echo.join();
    echoed.map_err(|_| io::Error::other("the echo ended early"))??;
    took.sort_unstable();
    Ok(Floor {
        p50_us: at(&took, 50),
        p99_us: at(&took, 99),
    })
}

fn told(error: StorageError) -> io::Error {
    io::Error::other(error.to_string())
}
