//! What a program printed last. It is printed as it comes, and kept for whoever asks why it failed.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{ChildStderr, ChildStdout};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

/// Lines that are kept.
const LINES_MAX: usize = 40;

/// The last lines of a running program, of both its outputs.
pub(crate) struct Tail {
    lines: Arc<Mutex<VecDeque<String>>>,
    readers: Vec<JoinHandle<()>>,
}

impl Tail {
    /// Prints what comes until both outputs end.
    pub(crate) fn follow(out: Option<ChildStdout>, err: Option<ChildStderr>) -> Self {
        let lines = Arc::new(Mutex::new(VecDeque::new()));
        let mut readers = Vec::new();
        if let Some(out) = out {
            let lines = Arc::clone(&lines);
            readers.push(thread::spawn(move || copy(out, std::io::stdout(), &lines)));
        }
        if let Some(err) = err {
            let lines = Arc::clone(&lines);
            readers.push(thread::spawn(move || copy(err, std::io::stderr(), &lines)));
        }
        Self { lines, readers }
    }

    /// The last lines, each on a line of its own below what stands before them.
    pub(crate) fn last(self) -> String {
        for reader in self.readers {
            // A reader that died printed why.
            let _ = reader.join();
        }
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().map(|line| format!("\n    | {line}")).collect()
    }
}

fn copy(from: impl Read, mut to: impl Write, lines: &Mutex<VecDeque<String>>) {
    let mut from = BufReader::new(from);
    let mut bytes = Vec::new();
    while from
        .read_until(b'\n', &mut bytes)
        .is_ok_and(|read| read > 0)
    {
        // A closed output of ours must not stop the program that is watched.
        let _ = to.write_all(&bytes).and_then(|()| to.flush());
        let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
        let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == LINES_MAX {
            lines.pop_front();
        }
        lines.push_back(line);
        bytes.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_lines_are_kept_and_no_more() {
        let lines = Mutex::new(VecDeque::new());
        let text: String = (0..100).map(|n| format!("line {n}\n")).collect();
        let mut printed = Vec::new();
        copy(text.as_bytes(), &mut printed, &lines);
        let kept = lines.into_inner().unwrap_or_default();
        assert_eq!(printed, text.as_bytes());
        assert_eq!(kept.len(), LINES_MAX);
        assert_eq!(kept.back().map(String::as_str), Some("line 99"));
    }
}
