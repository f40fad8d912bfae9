//! Which peer and which message an operator means.

use redphone_api::{MessageRef, Refusal};
use redphone_journal::Storage;
use redphone_wire::{PartyName, Serial};

use crate::hub::Hub;
use crate::refusals::{not_found, usage};

impl<S: Storage> Hub<S> {
    /// The peer that is meant; the only one where none is named.
    pub(crate) fn choose_peer(&self, named: Option<String>) -> Result<PartyName, Refusal> {
        let known = || {
            let names: Vec<&str> = self.peers.keys().map(PartyName::as_str).collect();
            if names.is_empty() {
                "Import the other side's card first: `redphone card import FILE`.".to_owned()
            } else {
                format!("This station knows: {}.", names.join(", "))
            }
        };
        match named {
            Some(name) => {
                let parsed: Option<PartyName> = name.to_uppercase().parse().ok();
                parsed
                    .filter(|name| self.peers.contains_key(name))
                    .ok_or_else(|| {
                        not_found(format!("'{name}' is no peer of this station."), known())
                    })
            }
            None => {
                let mut peers = self.peers.keys();
                match (peers.next(), peers.next()) {
                    (Some(only), None) => Ok(only.clone()),
                    (None, _) => Err(not_found("This station has no peer.", known())),
                    _ => Err(usage(
                        "There are several peers.",
                        format!("Say which. {}", known()),
                    )),
                }
            }
        }
    }

    /// A message of the peer.
    pub(crate) fn find_incoming(
        &self,
        wanted: &MessageRef,
    ) -> Result<(PartyName, Serial), Refusal> {
        let serial = Serial(wanted.serial);
        let peer = match &wanted.from {
            Some(from) if *from != self.name.as_str() => self.choose_peer(Some(from.clone()))?,
            _ => self.choose_peer(None)?,
        };
        match self.desk.incoming(&peer, serial) {
            Some(_) => Ok((peer, serial)),
            None => Err(not_found(
                format!("{peer} {serial} is not here."),
                "List what is here with `redphone inbox`.",
            )),
        }
    }

    /// A message of ours.
    pub(crate) fn find_outgoing(
        &self,
        wanted: &MessageRef,
    ) -> Result<(PartyName, Serial), Refusal> {
        let serial = Serial(wanted.serial);
        let holders: Vec<&PartyName> = match &wanted.to {
            Some(to) => self
                .peers
                .keys()
                .filter(|peer| peer.as_str() == to.as_str())
                .collect(),
            None => self
                .peers
                .keys()
                .filter(|peer| self.desk.outgoing(peer, serial).is_some())
                .collect(),
        };
        let found = |peer: &PartyName| self.desk.outgoing(peer, serial).is_some();
        match holders.as_slice() {
            [peer] if found(peer) => Ok(((*peer).clone(), serial)),
            [] | [_] => {
                // A serial alone means one of ours; whoever just read the inbox may mean theirs.
                let came = |peer: &&PartyName| self.desk.incoming(peer, serial).is_some();
                let to_do = match self.peers.keys().find(came) {
                    Some(peer) => format!(
                        "{peer} {serial} came in: `redphone read {peer}-{serial}`. List what was \
                         released with `redphone outbox`."
                    ),
                    None => "List what was with `redphone outbox`.".to_owned(),
                };
                let what = format!("{} {serial} was never released.", self.name);
                Err(not_found(what, to_do))
            }
            _ => Err(usage(
                format!("{} {serial} went to several peers.", self.name),
                format!("Say to whom: {}-{serial}>PEER.", self.name),
            )),
        }
    }
}
