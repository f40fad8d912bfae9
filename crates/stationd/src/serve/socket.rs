//! The socket of the border: private, one station's, and bounded in clients.

use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::UnixStream as StdStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::serve::Listener;
use tokio::net::UnixListener;
use tokio::sync::{Semaphore, watch};

use super::stream::Client;

/// Clients at once.
pub(crate) const CLIENTS_MAX: usize = 256;
/// Bytes of a socket's path (`sun_path`, unix(7)), with its closing zero.
const PATH_BYTES_MAX: usize = 108;
/// A pause when the machine has no descriptors left.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);
/// How long answers under way may take when the station stops.
const LAST_ANSWERS_WITHIN: Duration = Duration::from_secs(3);

/// The bound socket. Dropping it removes the file.
#[derive(Debug)]
pub(crate) struct Border {
    listener: UnixListener,
    path: PathBuf,
}

impl Border {
    /// Binds the socket, readable by this account only. A dead station's socket is replaced; a
    /// living one's, or a file that is no socket, is not.
    pub(crate) fn bind(path: &Path) -> Result<Self, SocketError> {
        if path.as_os_str().len() >= PATH_BYTES_MAX {
            return Err(SocketError::PathTooLong(path.to_owned()));
        }
        let fault = |source| SocketError::Io {
            path: path.to_owned(),
            source,
        };
        match fs::symlink_metadata(path) {
            Ok(found) if !found.file_type().is_socket() => {
                return Err(SocketError::NoSocket(path.to_owned()));
            }
            Ok(_) if StdStream::connect(path).is_ok() => {
                return Err(SocketError::Taken(path.to_owned()));
            }
            Ok(_) => fs::remove_file(path).map_err(fault)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(fault(source)),
        }
        // The daemon's mask keeps others out between these two calls.
        let listener = UnixListener::bind(path).map_err(fault)?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(fault)?;
        Ok(Self {
            listener,
            path: path.to_owned(),
        })
    }

    /// Serves until told to stop, and then until the last answers are out, within a bound.
    pub(crate) async fn serve(self, router: Router, mut stop: watch::Receiver<bool>) {
        let Self { listener, path } = self;
        let mut stopped = stop.clone();
        let clients = Clients {
            listener,
            places: Arc::new(Semaphore::new(CLIENTS_MAX)),
        };
        let serving = axum::serve(clients, router).with_graceful_shutdown(async move {
            let _ = stop.wait_for(|stop| *stop).await;
        });
        let last = async {
            let _ = stopped.wait_for(|stop| *stop).await;
            tokio::time::sleep(LAST_ANSWERS_WITHIN).await;
        };
        tokio::select! {
            served = serving => {
                if let Err(error) = served {
                    tracing::warn!(%error, "the operator's border failed");
                }
            }
            () = last => {}
        }
        if let Err(error) = fs::remove_file(&path) {
            tracing::debug!(%error, "the socket was gone already");
        }
    }
}

/// Accepts clients, so many at once.
struct Clients {
    listener: UnixListener,
    places: Arc<Semaphore>,
}

impl Listener for Clients {
    type Io = Client;
    type Addr = ();

    async fn accept(&mut self) -> (Client, ()) {
        loop {
            let Ok(place) = Arc::clone(&self.places).acquire_owned().await else {
                std::future::pending::<()>().await;
                continue;
            };
            match self.listener.accept().await {
                Ok((stream, _)) => return (Client::new(stream, place), ()),
                Err(error) => {
                    tracing::warn!(%error, "no client can be taken");
                    #[cfg(feature = "planted-bugs")]
                    if crate::planted::is_planted(crate::planted::Bug::ClientsEndStation) {
                        std::process::abort();
                    }
                    tokio::time::sleep(ACCEPT_AGAIN).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<()> {
        Ok(())
    }
}

/// Why the socket was not bound. The operator of the machine has to act.
#[derive(Debug)]
pub enum SocketError {
    /// The machine refused.
    Io {
        /// The socket.
        path: PathBuf,
        /// What the machine said.
        source: io::Error,
    },
    /// Something that is no socket is there.
    NoSocket(PathBuf),
    /// The path does not fit the system's bound.
    PathTooLong(PathBuf),
    /// Another program answers there.
    Taken(PathBuf),
}

impl fmt::Display for SocketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, source } => write!(
                f,
                "The socket {} cannot be made: {source}. Look at its directory, or set another \
                 under [api] in config.toml.",
                path.display()
            ),
            Self::NoSocket(path) => write!(
                f,
                "{} is there and is no socket. Move it away, or set another path under [api] in \
                 config.toml.",
                path.display()
            ),
            Self::PathTooLong(path) => write!(
                f,
                "The socket's path {} has more than {} bytes. Set a shorter one under [api] in \
                 config.toml.",
                path.display(),
                PATH_BYTES_MAX - 1
            ),
            Self::Taken(path) => write!(
                f,
                "Another program answers at {}. Stop it, or set another path under [api] in \
                 config.toml.",
                path.display()
            ),
        }
    }
}

impl std::error::Error for SocketError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::NoSocket(_) | Self::PathTooLong(_) | Self::Taken(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[tokio::test]
    async fn socket_is_for_this_account_only() {
        let scratch = Scratch::new();
        let path = scratch.path().join("api.sock");
        let _border = Border::bind(&path).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[tokio::test]
    async fn dead_socket_is_replaced_and_a_living_one_is_not() {
        let scratch = Scratch::new();
        let path = scratch.path().join("api.sock");
        let living = Border::bind(&path).unwrap();
        let said = Border::bind(&path).unwrap_err().to_string();
        assert!(said.starts_with("Another program answers at "), "{said}");

        drop(living);

        assert!(path.exists(), "a killed station leaves its socket");
        assert!(Border::bind(&path).is_ok());
    }

    #[tokio::test]
    async fn file_that_is_no_socket_is_left_alone() {
        let scratch = Scratch::new();
        let path = scratch.path().join("api.sock");
        fs::write(&path, "keep me").unwrap();
        let said = Border::bind(&path).unwrap_err().to_string();
        assert!(said.contains("is there and is no socket."), "{said}");
        assert_eq!(fs::read(&path).unwrap(), b"keep me");
    }

    #[tokio::test]
    async fn path_that_is_too_long_has_its_own_sentence() {
        let path = PathBuf::from(format!("/{}", "x".repeat(120)));
        let said = Border::bind(&path).unwrap_err().to_string();
        assert!(said.contains("has more than 107 bytes."), "{said}");
    }
}
