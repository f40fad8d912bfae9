//! Keeps a way to the peer: accepts, dials, chooses the link in use, replaces one that is dead.
//!
//! A link is a QUIC connection whose handshake is done. Several may live at once, because both
//! sides dial and a doubtful link is not given up before another works. The rules:
//!
//! - A new link is used at once. It replaces an older one that we dialled.
//! - A link that does not answer what was sent is in doubt. We dial beside it; what comes first,
//!   an answer or a new link, is used. It is closed when it has not answered for long and
//!   its window is full.
//! - While there is no link, or the one in use is in doubt, dials begin at most the dial interval
//!   apart and run beside each other; the first to succeed wins.
//! - Whoever does not hold the keys of the line never gets a link, and costs a bounded share.

use std::net::SocketAddr;
use std::time::Duration;

use quinn::{ClientConfig, Connection, ConnectionError, Endpoint, Incoming};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use crate::pipe::Inlet;
use crate::quic::Setup;
use crate::quic_link::{Link, trouble};
use crate::{Trouble, socket};

/// The task that keeps the links.
pub(crate) struct Keeper {
    endpoint: Endpoint,
    client: ClientConfig,
    dial_at_once: bool,
    dial_interval: Duration,
    peer: watch::Receiver<Option<SocketAddr>>,
    /// Where the peer was last, when we were told no address.
    learned: Option<SocketAddr>,
    inlet: Inlet,
    in_use: watch::Sender<Option<Link>>,
    /// In the order in which they came up.
    links: Vec<Link>,
    readers: JoinSet<(Link, ConnectionError)>,
    dials: JoinSet<Result<Connection, (SocketAddr, ConnectionError)>>,
    handshakes: JoinSet<Result<Connection, (SocketAddr, ConnectionError)>>,
    next_dial: Instant,
    next_complaint: Instant,
    /// The peer refused our key after the handshake looked done: believe the next one later.
    refused: bool,
}

impl Keeper {
    pub(crate) fn new(
        endpoint: Endpoint,
        setup: &Setup,
        peer: watch::Receiver<Option<SocketAddr>>,
        inlet: Inlet,
        in_use: watch::Sender<Option<Link>>,
    ) -> Self {
        let now = Instant::now();
        Self {
            endpoint,
            client: setup.client.clone(),
            dial_at_once: setup.dial_at_once,
            dial_interval: setup.dial_interval,
            peer,
            learned: None,
            inlet,
            in_use,
            links: Vec::new(),
            readers: JoinSet::new(),
            dials: JoinSet::new(),
            handshakes: JoinSet::new(),
            next_dial: if setup.dial_at_once {
                now
            } else {
                now + PATIENCE
            },
            next_complaint: now,
            refused: false,
        }
    }

    /// Keeps the links until it is dropped, which closes them. `wake` says that an answer is due.
    pub(crate) async fn run(mut self, wake: &Notify) {
        loop {
            let next_look = self.look().await;
            tokio::select! {
                incoming = self.endpoint.accept() => match incoming {
                    Some(incoming) => self.handle_incoming(incoming),
                    None => return,
                },
                Some(done) = self.handshakes.join_next() => match done {
                    Ok(Ok(connection)) => self.add(connection, false).await,
                    Ok(Err((from, error))) => {
                        self.handle_refused(from, &error).await;
                        #[cfg(feature = "planted-bugs")]
                        if crate::planted::is_planted(crate::planted::Bug::StrangerEndsBearer) {
                            return;
                        }
                    }
                    Err(_aborted) => {}
                },
                Some(done) = self.dials.join_next() => match done {
                    Ok(Ok(connection)) => self.add(connection, true).await,
                    Ok(Err((to, error))) => self.handle_refused(to, &error).await,
                    Err(_aborted) => {}
                },
                Some(ended) = self.readers.join_next() => if let Ok((link, error)) = ended {
                    self.handle_end(&link, &error).await;
                },
                Ok(()) = self.peer.changed() => self.next_dial = Instant::now(),
                () = wake.notified() => {}
                () = sleep_until(next_look.unwrap_or_else(Instant::now)), if next_look.is_some() => {}
            }
        }
    }

    /// Does what is due: closes dead links, chooses the one in use, dials. Returns when to look
    /// again; `None` when there is nothing to wait for but events.
    async fn look(&mut self) -> Option<Instant> {
        let frame_bytes = self.inlet.frame_bytes_max();
        for dead in self.links.extract_if(.., |link| link.is_dead(frame_bytes)) {
            dead.connection().close(CLOSE_SILENT.into(), b"");
        }
        self.choose(Trouble::PeerSilent).await;

        let waits = self.links.iter().any(|link| link.silent_for().is_some());
        let wanted = self.in_use.borrow().as_ref().is_none_or(Link::is_in_doubt);
        if !wanted {
            self.dials.abort_all();
            return waits.then(|| Instant::now() + LOOK_INTERVAL);
        }
        let peer = self.target()?;
        let now = Instant::now();
        if now >= self.next_dial && self.dials.len() < DIALS_MAX {
            self.dial(peer);
            self.next_dial = now + self.dial_interval;
        }
        Some(
            self.next_dial
                .clamp(now + LOOK_INTERVAL / 10, now + LOOK_INTERVAL),
        )
    }

    fn target(&self) -> Option<SocketAddr> {
        self.peer.borrow().or(self.learned)
    }

    fn dial(&mut self, peer: SocketAddr) {
        let ours = self.endpoint.local_addr().unwrap_or(peer);
        let to = socket::in_family_of(ours, peer);
        let dialling = self
            .endpoint
            .connect_with(self.client.clone(), to, SERVER_NAME);
        let Ok(dialling) = dialling else {
            tracing::debug!(%peer, "the address cannot be dialled");
            return;
        };
        let confirm = self.refused;
        self.dials.spawn(async move {
            let connecting = async {
                let connection = dialling.await?;
                if confirm {
                    confirmed(&connection).await?;
                }
                Ok(connection)
            };
            let connection = timeout(HANDSHAKE_MAX, connecting).await;
            connection
                .unwrap_or(Err(ConnectionError::TimedOut))
                .map_err(|error| (peer, error))
        });
    }

    /// Somebody dials us. Nothing is known of him yet.
    fn handle_incoming(&mut self, incoming: Incoming) {
        let from = socket::as_written(incoming.remote_address());
        let expected = self.target().is_some_and(|peer| peer.ip() == from.ip());
        let busy = self.handshakes.len();
        if busy >= HANDSHAKES_MAX * if expected { 2 } else { 1 } {
            return incoming.ignore();
        }
        if busy >= HANDSHAKES_MAX / 4 && incoming.may_retry() {
            // He has to show that he hears us before he costs us more.
            if incoming.retry().is_err() {
                tracing::debug!("a dial could not be answered");
            }
            return;
        }
        let Ok(connecting) = incoming.accept() else {
            return;
        };
        self.handshakes.spawn(async move {
            let connection = timeout(HANDSHAKE_MAX, connecting).await;
            connection
                .unwrap_or(Err(ConnectionError::TimedOut))
                .map_err(|error| (from, error))
        });
    }

    /// A handshake is done: there is a new link, and it is used.
    async fn add(&mut self, connection: Connection, dialled: bool) {
        let link = Link::new(connection, dialled);
        self.learned = Some(socket::as_written(link.connection().remote_address()));
        if dialled {
            self.refused = false;
            self.dials.abort_all();
        }
        while self.links.len() >= LINKS_MAX {
            self.links
                .remove(0)
                .connection()
                .close(CLOSE_REPLACED.into(), b"");
        }
        for older in self
            .links
            .extract_if(.., |older| dialled && older.dialled())
        {
            older.connection().close(CLOSE_REPLACED.into(), b"");
        }
        let inlet = self.inlet.clone();
        self.readers.spawn(read(link.clone(), inlet));
        self.links.push(link.clone());
        self.in_use.send_replace(Some(link));
        self.inlet.connected().await;
    }

    async fn handle_end(&mut self, link: &Link, error: &ConnectionError) {
        self.links.retain(|other| !other.is(link));
        let address = socket::as_written(link.connection().remote_address());
        let why = trouble(error, address);
        if matches!(why, Trouble::KeysDiffer { .. }) && link.dialled() {
            self.refused = true;
            self.complain(why.clone()).await;
        }
        if self.links.is_empty() {
            let patience = match (self.refused, self.dial_at_once) {
                (true, _) => self.dial_interval,
                (false, true) => Duration::ZERO,
                (false, false) => PATIENCE,
            };
            self.next_dial = Instant::now() + patience;
        }
        self.choose(why).await;
    }

    /// A handshake failed. Only keys and ciphers are for a person to mend.
    async fn handle_refused(&mut self, address: SocketAddr, error: &ConnectionError) {
        tracing::debug!(%address, %error, "no link came of a handshake");
        let why = trouble(error, address);
        if matches!(
            why,
            Trouble::KeysDiffer { .. } | Trouble::NothingInCommon { .. }
        ) {
            self.complain(why).await;
        }
    }

    /// Strangers may knock as often as they like; the daemon hears of it now and then, and not
    /// while there is a link.
    async fn complain(&mut self, why: Trouble) {
        let now = Instant::now();
        if self.links.is_empty() && now >= self.next_complaint {
            self.next_complaint = now + COMPLAINT_INTERVAL;
            self.inlet.failed(why).await;
        }
    }

    /// Uses the newest link that is not in doubt, else the newest.
    async fn choose(&mut self, why: Trouble) {
        let sound = self.links.iter().rev().find(|link| !link.is_in_doubt());
        let best = sound.or(self.links.last()).cloned();
        let lost = best.is_none();
        self.in_use.send_if_modified(|in_use| {
            let same = match (&*in_use, &best) {
                (Some(old), Some(new)) => old.is(new),
                (None, None) => true,
                (None, Some(_)) | (Some(_), None) => false,
            };
            if !same {
                *in_use = best;
            }
            !same
        });
        if lost && self.inlet.is_connected() {
            self.inlet.disconnected(why).await;
        }
    }
}

/// Hands up what comes by a link, until it ends.
async fn read(link: Link, inlet: Inlet) -> (Link, ConnectionError) {
    loop {
        match link.connection().read_datagram().await {
            Ok(bytes) => {
                let from = socket::as_written(link.connection().remote_address());
                inlet.heard(bytes.into(), Some(from));
            }
            Err(error) => return (link, error),
        }
    }
}

/// Waits until the peer has taken our key: with TLS 1.3 the side that dials is done before.
async fn confirmed(connection: &Connection) -> Result<(), ConnectionError> {
    while connection.stats().frame_rx.handshake_done == 0 {
        if let Some(error) = connection.close_reason() {
            return Err(error);
        }
        tokio::time::sleep(CONFIRM_INTERVAL).await;
    }
    Ok(())
}

/// TLS wants a name. It is never sent and means nothing.
const SERVER_NAME: &str = "redphone";

/// How long the side that is not told to dial waits for the other.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long a handshake may take, and so the longest round trip that a bearer may have.
const HANDSHAKE_MAX: Duration = Duration::from_secs(3);

/// Dials that run beside each other.
const DIALS_MAX: usize = 10;

/// Handshakes of others that run beside each other.
const HANDSHAKES_MAX: usize = 16;

/// Links that may live at once.
const LINKS_MAX: usize = 4;

/// How often a link that owes an answer is looked at.
const LOOK_INTERVAL: Duration = Duration::from_millis(100);

/// How often a link that is to be confirmed is looked at.
const CONFIRM_INTERVAL: Duration = Duration::from_millis(5);

/// How far apart the daemon hears of strangers.
const COMPLAINT_INTERVAL: Duration = Duration::from_secs(10);

/// Codes with which we close: a link that was replaced, and one that did not answer.
const CLOSE_REPLACED: u8 = 1;
const CLOSE_SILENT: u8 = 2;
