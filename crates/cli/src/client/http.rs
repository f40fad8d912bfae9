//! HTTP/1.1 over one stream (RFC 9112): a request, a bounded head, a bounded body.
//!
//! Only what our own station speaks: no redirects, no compression, one request a connection.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;

/// Bytes of one line of the head.
const HEAD_LINE_BYTES_MAX: u64 = 16_384;
/// Lines of the head.
const HEAD_LINES_MAX: usize = 100;
/// Bytes of a body that is read whole: an attachment of 8 MiB, or 1,000 long lines.
const BODY_BYTES_MAX: u64 = 80 * 1024 * 1024;
/// Bytes of one line of a body that is followed.
const FOLLOWED_LINE_BYTES_MAX: usize = 1024 * 1024;

/// A bound of the head. A build for tests can leave it out, to see that this is noticed.
#[cfg(feature = "planted-bugs")]
fn bounded<T: From<u16> + std::ops::Mul<Output = T>>(bound: T) -> T {
    use redphone_stationd::planted::{Bug, is_planted};
    let times = if is_planted(Bug::HeadUnbounded) {
        10_000
    } else {
        1
    };
    bound * T::from(times)
}

/// A bound of the head.
#[cfg(not(feature = "planted-bugs"))]
fn bounded<T>(bound: T) -> T {
    bound
}

/// A request.
pub(super) struct Call<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<String>,
}

/// A whole answer.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

/// An answer whose body is still to come.
#[derive(Debug)]
pub(super) struct Reader {
    stream: BufReader<UnixStream>,
    status: u16,
    length: Length,
}

/// How the end of the body is told (RFC 9112, section 6.3).
#[derive(Debug)]
enum Length {
    /// Chunks; this many bytes of the present one are left.
    Chunked { left: u64, ended: bool },
    /// So many bytes.
    Known(u64),
    /// Until the stream ends.
    UntilEnd,
}

/// Sends the request and reads the head of the answer.
pub(super) fn begin(stream: UnixStream, call: &Call<'_>) -> io::Result<Reader> {
    let mut head = format!(
        "{} {} HTTP/1.1\r\nHost: station\r\nConnection: close\r\n",
        call.method, call.path
    );
    for (name, value) in &call.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let body = call.body.as_deref().unwrap_or_default();
    if call.method != "GET" {
        head.push_str("Content-Type: application/json\r\n");
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    let mut writing = &stream;
    // A station that refuses early may close its reading side: its answer still counts.
    let written = writing
        .write_all(head.as_bytes())
        .and_then(|()| writing.write_all(body.as_bytes()));
    match written {
        Err(fault) if fault.kind() != io::ErrorKind::BrokenPipe => return Err(fault),
        _ => {}
    }
    read_head(BufReader::new(stream))
}

impl Reader {
    /// The status code.
    pub(super) fn status(&self) -> u16 {
        self.status
    }

    /// Takes the bound away that a read may take; an event may be long in coming.
    pub(super) fn read_within(&self, bound: Option<std::time::Duration>) -> io::Result<()> {
        self.stream.get_ref().set_read_timeout(bound)
    }

    /// Reads the whole body.
    pub(super) fn read_all(mut self) -> io::Result<Answer> {
        let status = self.status;
        let mut body = Vec::new();
        if let Length::Known(length) = self.length {
            self.stream
                .by_ref()
                .take(length.min(BODY_BYTES_MAX + 1))
                .read_to_end(&mut body)?;
            if (body.len() as u64) < length.min(BODY_BYTES_MAX + 1) {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        } else {
            self.by_ref()
                .take(BODY_BYTES_MAX + 1)
                .read_to_end(&mut body)?;
        }
        if body.len() as u64 > BODY_BYTES_MAX {
            return Err(wrong("the answer is too long"));
        }
        Ok(Answer { status, body })
    }

    /// Reads one line of the body, without its end; none at the body's end.
    pub(super) fn read_line(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        line.clear();
        let mut byte = [0];
        loop {
            if self.read(&mut byte)? == 0 {
                return Ok(false);
            }
            match byte {
                [b'\n'] => return Ok(true),
                [b'\r'] => {}
                [other] => line.push(other),
            }
            if line.len() > FOLLOWED_LINE_BYTES_MAX {
                return Err(wrong("an event is too long"));
            }
        }
    }

    /// Reads the size of the next chunk, past the end of the one before.
    fn next_chunk(&mut self) -> io::Result<u64> {
        let mut line = head_line(&mut self.stream)?;
        if line.is_empty() {
            line = head_line(&mut self.stream)?;
        }
        let size = line.split(';').next().unwrap_or_default().trim();
        u64::from_str_radix(size, 16).map_err(|_| wrong("a chunk has no size"))
    }
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Length::Chunked {
            left: 0,
            ended: false,
        } = self.length
        {
            let left = self.next_chunk()?;
            self.length = Length::Chunked {
                left,
                ended: left == 0,
            };
        }
        let left = match self.length {
            Length::Chunked { left, .. } | Length::Known(left) => left,
            Length::UntilEnd => u64::MAX,
        };
        let read = self.stream.by_ref().take(left).read(buffer)?;
        if read == 0 && left > 0 && !buffer.is_empty() && !matches!(self.length, Length::UntilEnd) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match &mut self.length {
            Length::Chunked { left, .. } | Length::Known(left) => *left -= read as u64,
            Length::UntilEnd => {}
        }
        Ok(read)
    }
}

fn read_head(mut stream: BufReader<UnixStream>) -> io::Result<Reader> {
    let first = head_line(&mut stream)?;
    let mut words = first.split(' ');
    let version = words.next().unwrap_or_default();
    let status = words.next().and_then(|word| word.parse().ok());
    let Some(status) = status.filter(|_| version.starts_with("HTTP/1.")) else {
        return Err(wrong("it does not speak HTTP"));
    };
    let mut length = Length::UntilEnd;
    for _ in 0..bounded(HEAD_LINES_MAX) {
        let line = head_line(&mut stream)?;
        let Some((name, value)) = line.split_once(':') else {
            return Ok(Reader {
                stream,
                status,
                length,
            });
        };
        if name.eq_ignore_ascii_case("content-length") {
            let bytes = value
                .trim()
                .parse()
                .map_err(|_| wrong("the answer has no length"))?;
            length = Length::Known(bytes);
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            length = Length::Chunked {
                left: 0,
                ended: false,
            };
        }
    }
    Err(wrong("the head of the answer is too long"))
}

/// One line of the head, without its end; empty at the head's end.
fn head_line(stream: &mut BufReader<UnixStream>) -> io::Result<String> {
    let mut line = Vec::new();
    stream
        .by_ref()
        .take(bounded(HEAD_LINE_BYTES_MAX))
        .read_until(b'\n', &mut line)?;
    if line.last() != Some(&b'\n') {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let line = String::from_utf8(line).map_err(|_| wrong("the head of the answer is not text"))?;
    Ok(line.trim_end().to_owned())
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn body_of_known_length_is_read_whole() {
        let answer = answer_to(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello, not this");

        assert_eq!(answer.unwrap().body, b"hello");
    }

    #[test]
    fn chunks_are_joined() {
        let sent = b"HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x\r\nlo\r\n0\r\n\r\n";

        let answer = answer_to(sent).unwrap();

        assert_eq!((answer.status, answer.body), (404, b"hello".to_vec()));
    }

    #[test]
    fn body_that_breaks_off_is_an_error() {
        for sent in [
            &b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"[..],
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            b"HTTP/1.1 200",
            b"",
        ] {
            assert!(
                answer_to(sent).is_err(),
                "{}",
                String::from_utf8_lossy(sent)
            );
        }
    }

    #[test]
    fn head_without_end_is_bounded() {
        // Both end behind the bound: one who reads on would take them.
        let end = b"\r\nContent-Length: 0\r\n\r\n".to_vec();
        let first = b"HTTP/1.1 200 OK\r\nX: y".to_vec();
        let endless = [first.clone(), vec![b'x'; 100_000], end.clone()].concat();
        let many = [first, b"\r\nX: y".repeat(1_000), end].concat();

        assert!(answer_to(&endless).is_err());
        assert!(answer_to(&many).is_err());
    }

    #[cfg(feature = "planted-bugs")]
    #[test]
    fn planted_head_without_bound_is_noticed() {
        use redphone_stationd::planted::{Bug, plant};
        plant(Some(Bug::HeadUnbounded));
        let outcome = std::panic::catch_unwind(head_without_end_is_bounded);
        plant(None);
        assert!(outcome.is_err(), "it went unseen");
    }

    fn answer_to(sent: &[u8]) -> io::Result<Answer> {
        let (ours, mut theirs) = UnixStream::pair()?;
        let sent = sent.to_vec();
        let station = std::thread::spawn(move || {
            let _ = theirs.write_all(&sent);
        });
        let call = Call {
            method: "GET",
            path: "/",
            headers: Vec::new(),
            body: None,
        };
        let answer = begin(ours, &call).and_then(Reader::read_all);
        station.join().map_err(|_| wrong("thread"))?;
        answer
    }
}
