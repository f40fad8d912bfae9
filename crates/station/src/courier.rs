//! Couriered media: a bag holds what is not receipted, and takes months if it must.

use redphone_journal::Storage;
use redphone_line::BearerId;
use redphone_wire::Now;

use crate::hub::Hub;

impl<S: Storage> Hub<S> {
    /// Frames for a bag, the most urgent first, in at most so many bytes. Empty while a decision
    /// is not durable: commit first.
    pub fn courier_export(&mut self, now: Now, bearer: BearerId, bytes_max: usize) -> Vec<Vec<u8>> {
        if self.fault.is_some() || self.is_dirty() {
            return Vec::new();
        }
        let Some(name) = self.bearers.get(&bearer).map(|one| one.peer.clone()) else {
            return Vec::new();
        };
        let Some(peer) = self.peers.get_mut(&name) else {
            return Vec::new();
        };
        if peer.cipher.is_none() {
            return Vec::new();
        }
        let transmits = peer.line.courier_frames(now, bearer, bytes_max);
        transmits
            .into_iter()
            .filter_map(|transmit| self.seal_transmit(now, &name, bearer, transmit))
            .collect()
    }
}
