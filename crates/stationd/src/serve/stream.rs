//! A client's connection that may not stand still for ever, and that holds its place among so many.
//!
//! A client that neither sends nor takes anything for [`STILL_MAX`] is cut off. A listener on
//! events takes a heartbeat every few seconds, so it lives as long as it reads.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::UnixStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep, sleep};

/// How long a connection may stand still.
pub(crate) const STILL_MAX: Duration = Duration::from_secs(120);

/// One client.
pub(crate) struct Client {
    stream: UnixStream,
    /// When the connection has stood still for too long; moved ahead lazily.
    cut_off: Pin<Box<Sleep>>,
    moved: Instant,
    still_max: Duration,
    _place: OwnedSemaphorePermit,
}

impl Client {
    pub(crate) fn new(stream: UnixStream, place: OwnedSemaphorePermit) -> Self {
        Self::patient(stream, place, STILL_MAX)
    }

    fn patient(stream: UnixStream, place: OwnedSemaphorePermit, still_max: Duration) -> Self {
        Self {
            stream,
            cut_off: Box::pin(sleep(still_max)),
            moved: Instant::now(),
            still_max,
            _place: place,
        }
    }

    /// Notes movement, or ends the connection when there was none for too long.
    fn watched<T>(
        &mut self,
        polled: Poll<io::Result<T>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            self.moved = Instant::now();
            return polled;
        }
        while self.cut_off.as_mut().poll(context).is_ready() {
            let due = self.moved + self.still_max;
            if due <= Instant::now() {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            self.cut_off.as_mut().reset(due);
        }
        Poll::Pending
    }
}

impl AsyncRead for Client {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.watched(polled, context)
    }
}

impl AsyncWrite for Client {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watched(polled, context)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.watched(polled, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::Semaphore;

    use super::*;

    #[tokio::test]
    async fn connection_that_stands_still_is_cut_off_and_one_that_moves_is_not() {
        let (near, mut far) = UnixStream::pair().unwrap();
        let place = Arc::new(Semaphore::new(1)).acquire_owned().await.unwrap();
        let mut client = Client::patient(near, place, Duration::from_millis(300));
        let mut byte = [0];
        for _ in 0..8 {
            sleep(Duration::from_millis(60)).await;
            far.write_all(b"x").await.unwrap();
            assert_eq!(client.read(&mut byte).await.unwrap(), 1);
        }

        let error = client.read(&mut byte).await.unwrap_err();

        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
