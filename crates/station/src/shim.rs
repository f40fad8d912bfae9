#![allow(missing_docs, dead_code, unused_variables)]
use redphone_seal::{Cipher, ContactVerdict, SealError};
use redphone_wire::*;
use zeroize::Zeroizing;
pub(crate) trait Later {
    fn check_log(&self, at: EnvelopeId, log: &[u8; 16]) -> Option<bool> {
        None
    }
    fn handle_other_mark(&mut self, id: EnvelopeId, mark: u8) -> ContactVerdict {
        ContactVerdict::Normal
    }
    fn handle_contact(&mut self, c: &Contact) -> ContactVerdict {
        ContactVerdict::Normal
    }
    fn install_tape(&mut self, d: Direction, k: TapeKey) -> Result<(), SealError> {
        Ok(())
    }
    fn tapes_left(&self, d: Direction) -> u32 {
        0
    }
    fn handle_refresh(&mut self, r: &Refresh, x: [u8; 32]) -> Result<Option<Refresh>, SealError> {
        Ok(None)
    }
    fn open_epoch(&mut self, t: bool, x: [u8; 32]) -> Result<Refresh, SealError> {
        Err(SealError::Exhausted)
    }
    fn offer(&mut self, n: Now, x: [u8; 32]) -> Option<Refresh> {
        None
    }
    fn contact_frame(&mut self) -> Option<Vec<u8>> {
        None
    }
    fn line_words(&self) -> (Vec<String>, Vec<String>) {
        (Vec::new(), Vec::new())
    }
}
impl Later for Cipher {}
pub struct Hedge;
impl Hedge {
    pub fn new(_: Zeroizing<[u8; 32]>) -> Self {
        Self
    }
    pub fn draw(&mut self, os: [u8; 32], _: &[u8; 32]) -> Result<[u8; 32], ()> {
        Ok(os)
    }
}
pub(crate) trait LaterTest {
    fn next_call(&self, now: Now) -> Option<Utc>;
}
impl LaterTest for redphone_line::HourlyTest {
    fn next_call(&self, _: Now) -> Option<Utc> {
        None
    }
}
