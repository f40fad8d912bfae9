#![allow(missing_docs, dead_code, unused_variables)]
use redphone_wire::*;
use zeroize::Zeroizing;
pub struct Hedge;
impl Hedge {
    pub fn new(_: Zeroizing<[u8; 32]>) -> Self {
        Self
    }
    pub fn draw(&mut self, os: [u8; 32], _: &[u8; 32]) -> Result<[u8; 32], ()> {
        Ok(os)
    }
}
