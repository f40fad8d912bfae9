//! The floor: what synced commits and one echo alone take on this machine, in turn with the
//! messages, so that what else the disk has to do slows both.

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
/// Measures it, a round at a time.
pub(super) struct Floor {
    storage: SqliteStorage,
    commits: u64,
    ours: UdpSocket,
    took_us: Vec<u64>,
}

impl Floor {
    /// In a file of its own in `folder`. The echo comes from another thread, as it would from
    /// another station.
    pub(super) fn new(folder: &Path) -> io::Result<Self> {
        let storage = SqliteStorage::create(&folder.join("floor.db")).map_err(told)?;
        let (ours, theirs) = (
            UdpSocket::bind("127.0.0.1:0")?,
            UdpSocket::bind("127.0.0.1:0")?,
        );
        ours.connect(theirs.local_addr()?)?;
        theirs.connect(ours.local_addr()?)?;
        thread::spawn(move || {
            let mut datagram = [0; RECORD_BYTES];
            // An empty datagram, or an error, is the end.
            while let Ok(bytes @ 1..) = theirs.recv(&mut datagram) {
                if theirs
                    .send(datagram.get(..bytes).unwrap_or_default())
                    .is_err()
                {
                    return;
                }
            }
        });
        Ok(Self {
            storage,
            commits: 0,
            ours,
            took_us: Vec::new(),
        })
    }

    /// Three commits to SQLite and one echo over UDP.
    pub(super) fn round(&mut self) -> io::Result<()> {
        let begun = Instant::now();
        for _ in 0..COMMITS {
            self.commits += 1;
            let batch = Batch {
                records: vec![(self.commits, vec![7; RECORD_BYTES])],
                ..Batch::default()
            };
            self.storage.append(&batch).map_err(told)?;
        }
        let mut datagram = [0; RECORD_BYTES];
        self.ours.send(&datagram)?;
        self.ours.recv(&mut datagram)?;
        self.took_us.push(micros(begun.elapsed()));
        Ok(())
    }

    /// What a round takes: its p50 and p99, in microseconds.
    pub(super) fn took_us(mut self) -> (u64, u64) {
        self.took_us.sort_unstable();
        (at(&self.took_us, 50), at(&self.took_us, 99))
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        // Where it does not go, the thread ends with the program.
        let _ = self.ours.send(&[]);
    }
}

fn told(error: StorageError) -> io::Error {
    io::Error::other(error.to_string())
}
