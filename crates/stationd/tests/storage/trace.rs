//! What a process did to the files of one directory, read from a trace that strace wrote.
//!
//! Every text of the trace is hexadecimal (`-xx`), also the paths behind file handles (`-y`), so a
//! line holds a call's name, its numbers, and bytes.

use std::collections::BTreeMap;

/// A call that changes files or makes them durable. Names are those in the directory.
#[derive(Debug)]
pub(crate) enum Call {
    /// A file is made, if there is none of this name.
    Create { name: String },
    /// The name of a file is given to another, whose own is gone.
    Rename { from: String, to: String },
    /// The bytes of a file are made durable.
    Sync { name: String },
    /// The names in the directory are made durable.
    SyncNames,
    /// The writer told that a step is accepted.
    Told { number: u64 },
    /// A file is cut, or grown with zeros.
    Truncate { name: String, length: usize },
    /// A name is removed.
    Unlink { name: String },
    /// Bytes are written.
    Write {
        name: String,
        at: usize,
        bytes: Vec<u8>,
    },
}

/// Reads a trace. Calls that failed changed nothing, and are left out.
pub(crate) fn read(text: &str, directory: &str) -> Vec<Call> {
    let mut begun: BTreeMap<&str, String> = BTreeMap::new();
    let mut reader = Reader {
        prefix: format!("{directory}/"),
        directory: directory.to_owned(),
        places: BTreeMap::new(),
        calls: Vec::new(),
    };
    for line in text.lines() {
        let (process, line) = line.split_once(' ').unwrap();
        let line = line.trim_start();
        if let Some((head, _)) = line.split_once(" <unfinished ...>") {
            begun.insert(process, head.to_owned());
        } else if let Some((_, rest)) = line.split_once(" resumed>") {
            let whole = begun.remove(process).unwrap_or_default() + rest;
            reader.take(&whole);
        } else {
            reader.take(line);
        }
    }
    reader.calls
}

struct Reader {
    directory: String,
    prefix: String,
    /// Where the next sequential write goes, by file handle.
    places: BTreeMap<String, usize>,
    calls: Vec<Call>,
}

impl Reader {
    fn take(&mut self, line: &str) {
        let Some((name, rest)) = line.split_once('(') else {
            return;
        };
        let Some((arguments, result)) = rest.rsplit_once(" = ") else {
            return;
        };
        if result.starts_with('-') || result.starts_with('?') {
            return;
        }
        // A file that is open and has no name any more is on no disk after a power cut.
        if arguments.contains(">(deleted)") {
            return;
        }
        let texts: Vec<Vec<u8>> = texts_of(arguments);
        let text = |index: usize| String::from_utf8_lossy(&texts[index]).into_owned();
        let handle = || arguments.split('<').next().unwrap().to_owned();
        match name {
            "openat" => self.open(arguments, result, &text(1)),
            "write" if text(0).starts_with("pipe:") => self.told(&texts[1]),
            "write" => {
                let place = self.places.entry(handle()).or_default();
                let at = *place;
                *place += texts[1].len();
                self.write(&text(0), at, &texts[1]);
            }
            "pwrite64" => {
                let at = arguments.trim_end_matches(')').rsplit(", ").next().unwrap();
                self.write(&text(0), at.parse().unwrap(), &texts[1]);
            }
            "ftruncate" => {
                let length = arguments.trim_end_matches(')').rsplit(", ").next().unwrap();
                let length = length.parse().unwrap();
                if let Some(name) = self.inside(&text(0)) {
                    self.calls.push(Call::Truncate { name, length });
                }
            }
            "fsync" | "fdatasync" if text(0) == self.directory => self.calls.push(Call::SyncNames),
            "fsync" | "fdatasync" => {
                if let Some(name) = self.inside(&text(0)) {
                    self.calls.push(Call::Sync { name });
                }
            }
            "rename" => {
                let names = (self.inside(&text(0)), self.inside(&text(1)));
                if let (Some(from), Some(to)) = names {
                    self.calls.push(Call::Rename { from, to });
                }
            }
            "unlink" => {
                if let Some(name) = self.inside(&text(0)) {
                    self.calls.push(Call::Unlink { name });
                }
            }
            _ => {}
        }
    }

    fn open(&mut self, arguments: &str, result: &str, path: &str) {
        let handle = result.split('<').next().unwrap();
        self.places.insert(handle.to_owned(), 0);
        let Some(name) = self.inside(path) else {
            return;
        };
        assert!(!arguments.contains("O_APPEND") && !arguments.contains("O_TRUNC"));
        if arguments.contains("O_CREAT") {
            self.calls.push(Call::Create { name });
        }
    }

    fn write(&mut self, path: &str, at: usize, bytes: &[u8]) {
        if let Some(name) = self.inside(path) {
            let bytes = bytes.to_vec();
            self.calls.push(Call::Write { name, at, bytes });
        }
    }

    fn told(&mut self, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        let number = text.trim_end().rsplit_once("accepted ");
        if let Some(number) = number.and_then(|(_, number)| number.parse().ok()) {
            self.calls.push(Call::Told { number });
        }
    }

    /// The name in the directory.
    fn inside(&self, path: &str) -> Option<String> {
        path.strip_prefix(&self.prefix).map(str::to_owned)
    }
}

/// The hexadecimal texts of a call: those behind file handles and those in quotes.
fn texts_of(arguments: &str) -> Vec<Vec<u8>> {
    let delimited = |c: char| matches!(c, '<' | '>' | '"');
    let pieces = arguments.split(delimited).collect::<Vec<_>>();
    let mut texts = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        // Between delimiters is text; an empty one stands in two quotes.
        if piece.starts_with("\\x") || (piece.is_empty() && index % 2 == 1) {
            let digits = piece.split("\\x").skip(1);
            texts.push(
                digits
                    .map(|two| u8::from_str_radix(two, 16).unwrap())
                    .collect(),
            );
        }
    }
    texts
}
