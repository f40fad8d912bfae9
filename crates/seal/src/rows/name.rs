//! The names of rows (rule ROW-1).

use redphone_wire::EnvelopeId;

/// One row of the vault.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Row {
    /// What stays for the life of the line.
    Line,
    /// The life of the station and what is known of the peer's.
    Standing,
    /// Which epoch we send in.
    Sending,
    /// Counters of the refresh.
    Exchange,
    /// An opening of ours that waits for its answer.
    Pending,
    /// An epoch of ours.
    OutEpoch(u32),
    /// Its chain.
    OutChain(u32),
    /// What the next grows from.
    OutNext(u32),
    /// Receipt key of a sealed envelope.
    Sent(EnvelopeId),
    /// The running hash at the end of the newest epoch of ours that is over.
    LogEnd,
    /// An epoch of the peer.
    InEpoch(u32),
    /// Its chain.
    InChain(u32),
    /// What the next grows from.
    InNext(u32),
    /// The highest envelope opened in it, and the running hash.
    Tip(u32),
    /// Gap key of an envelope not yet opened.
    Gap(EnvelopeId),
    /// Log hash of an envelope opened beyond a gap.
    LogWaiting(EnvelopeId),
    /// An installed tape key: direction, number.
    Tape(u8, u32),
    /// The seed of an offer of ours.
    Offer(u32),
    /// An offer of the peer.
    TheirOffer(u32),
    /// Second secret of an exchange that we answered.
    BackGiven(u32),
    /// Second secret of an exchange that we offered.
    BackHeld(u32),
}

impl Row {
    /// The row's name, less the generation.
    pub(super) fn name(self) -> String {
        let numbered = |what, number: u32| format!("{what}/{number}");
        let of = |what, id: EnvelopeId| format!("{what}/{}/{}", id.epoch, id.number);
        match self {
            Self::Line => "line".to_owned(),
            Self::Standing => "standing".to_owned(),
            Self::Sending => "sending".to_owned(),
            Self::Exchange => "exchange".to_owned(),
            Self::Pending => "pending".to_owned(),
            Self::OutEpoch(epoch) => numbered("out", epoch),
            Self::OutChain(epoch) => numbered("out-chain", epoch),
            Self::OutNext(epoch) => numbered("out-next", epoch),
            Self::Sent(id) => of("sent", id),
            Self::LogEnd => "log-end".to_owned(),
            Self::InEpoch(epoch) => numbered("in", epoch),
            Self::InChain(epoch) => numbered("in-chain", epoch),
            Self::InNext(epoch) => numbered("in-next", epoch),
            Self::Tip(epoch) => numbered("tip", epoch),
            Self::Gap(id) => of("gap", id),
            Self::LogWaiting(id) => of("log-waiting", id),
            Self::Tape(direction, number) => format!("tape/{direction}/{number}"),
            Self::Offer(number) => numbered("offer", number),
            Self::TheirOffer(number) => numbered("their-offer", number),
            Self::BackGiven(number) => numbered("back-given", number),
            Self::BackHeld(number) => numbered("back-held", number),
        }
    }

    /// Reads a name: the generation and the row.
    pub(super) fn parse(name: &[u8]) -> Option<(u32, Self)> {
        let name = std::str::from_utf8(name).ok()?;
        let mut parts = name.split('/');
        let generation = parts.next()?.parse().ok()?;
        let what = parts.next()?;
        let numbers: Vec<u32> = parts.map(str::parse).collect::<Result<_, _>>().ok()?;
        let id = |epoch, number| EnvelopeId { epoch, number };
        let row = match (what, numbers.as_slice()) {
            ("line", []) => Self::Line,
            ("standing", []) => Self::Standing,
            ("sending", []) => Self::Sending,
            ("exchange", []) => Self::Exchange,
            ("pending", []) => Self::Pending,
            ("out", [epoch]) => Self::OutEpoch(*epoch),
            ("out-chain", [epoch]) => Self::OutChain(*epoch),
            ("out-next", [epoch]) => Self::OutNext(*epoch),
            ("sent", [epoch, number]) => Self::Sent(id(*epoch, *number)),
            ("log-end", []) => Self::LogEnd,
            ("in", [epoch]) => Self::InEpoch(*epoch),
            ("in-chain", [epoch]) => Self::InChain(*epoch),
            ("in-next", [epoch]) => Self::InNext(*epoch),
            ("tip", [epoch]) => Self::Tip(*epoch),
            ("gap", [epoch, number]) => Self::Gap(id(*epoch, *number)),
            ("log-waiting", [epoch, number]) => Self::LogWaiting(id(*epoch, *number)),
            ("tape", [direction, number]) => Self::Tape(u8::try_from(*direction).ok()?, *number),
            ("offer", [number]) => Self::Offer(*number),
            ("their-offer", [number]) => Self::TheirOffer(*number),
            ("back-given", [number]) => Self::BackGiven(*number),
            ("back-held", [number]) => Self::BackHeld(*number),
            _ => return None,
        };
        (format!("{generation}/{}", row.name()) == name).then_some((generation, row))
    }
}
