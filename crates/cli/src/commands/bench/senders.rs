//! Many senders at once, over connections that are kept: each releases its next message when its
//! last was accepted.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

/// Bytes read at a time.
const PAGE_BYTES: usize = 16_384;

/// The senders.
pub(super) struct Senders {
    connections: Vec<Connection>,
}

struct Connection {
    stream: UnixStream,
    held: Vec<u8>,
}

impl Senders {
    /// So many connections to a station's socket.
    pub(super) fn open(socket: &Path, count: u32) -> io::Result<Self> {
        let connections: io::Result<Vec<Connection>> = (0..count)
            .map(|_| {
                Ok(Connection {
                    stream: UnixStream::connect(socket)?,
                    held: Vec::new(),
                })
            })
            .collect();
        Ok(Self {
            connections: connections?,
        })
    }

    /// Releases so many texts by each sender, the next when its last was accepted. Returns when all
    /// are accepted, and so durable here.
    pub(super) fn release(&mut self, body: &str, times: u32) -> io::Result<()> {
        let request = format!(
            "POST /v1/messages HTTP/1.1\r\nHost: station\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        for time in 0..=times {
            for connection in &mut self.connections {
                if time > 0 {
                    connection.read_answer()?;
                }
                if time < times {
                    connection.stream.write_all(request.as_bytes())?;
                }
            }
        }
        Ok(())
    }
}

impl Connection {
    fn read_answer(&mut self) -> io::Result<()> {
        loop {
            if let Some((accepted, length)) = whole(&self.held) {
                self.held.drain(..length);
                return if accepted {
                    Ok(())
                } else {
                    Err(io::Error::other("a message was refused"))
                };
            }
            let mut page = [0; PAGE_BYTES];
            let read = self.stream.read(&mut page)?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.held
                .extend_from_slice(page.get(..read).unwrap_or_default());
        }
    }
}

/// Whether the answer at the front accepts, and its bytes, once all of it is here.
fn whole(held: &[u8]) -> Option<(bool, usize)> {
    let end = held.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(held.get(..end)?).ok()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse::<usize>().ok())?
    });
    let all = end + length.unwrap_or(0);
    (held.len() >= all).then(|| (head.starts_with("HTTP/1.1 2"), all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answer_is_whole_when_its_body_is() {
        let answer = b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\n{}HTTP/1.1";
        assert_eq!(whole(&answer[..40]), None);
        assert_eq!(whole(answer), Some((true, 45)));
        assert_eq!(whole(b"HTTP/1.1 409 No\r\n\r\n"), Some((false, 19)));
    }
}
