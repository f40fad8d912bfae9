//! Secrets that people type: without echo, never as an argument, never from the environment.

use std::fs::File;
use std::io::{Read, Write};

use redphone_api::{Refusal, RefusalKind};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

/// Bytes of a passphrase.
pub(crate) const PASSPHRASE_BYTES_MAX: usize = 1_024;
/// Characters that a new passphrase must have.
pub(crate) const PASSPHRASE_LETTERS_MIN: usize = 12;

/// Asks for the passphrase of a station that exists.
///
/// # Errors
///
/// When there is no terminal, or the operator gave up.
pub(crate) fn passphrase(station: &str) -> Result<Zeroizing<String>, Refusal> {
    typed(&format!("Passphrase of {station}: "), false)
}

/// Asks twice for the passphrase of a new station.
///
/// # Errors
///
/// As [`passphrase`]; or the passphrase is short, or the two differ.
pub(crate) fn new_passphrase() -> Result<Zeroizing<String>, Refusal> {
    let once = typed("New passphrase: ", false)?;
    if once.chars().count() < PASSPHRASE_LETTERS_MIN {
        return Err(Refusal::operator(
            RefusalKind::Usage,
            format!("A passphrase has at least {PASSPHRASE_LETTERS_MIN} characters."),
            "Six random words are a good one. Or use --key-file.",
        ));
    }
    let twice = typed("The same again: ", false)?;
    if once != twice {
        return Err(Refusal::operator(
            RefusalKind::Usage,
            "The two passphrases differ.",
            "Nothing was made; try again.",
        ));
    }
    Ok(once)
}

/// Asks for the words of a card, which are no secret and are shown as they are typed.
///
/// # Errors
///
/// As [`passphrase`].
pub(crate) fn words() -> Result<String, Refusal> {
    let prompt = "Have the card's owner read out the twelve words of his own card, and type them \
                  here.\nWords: ";
    Ok(typed(prompt, true)?.to_string())
}

/// Asks for a word that has to be typed again, so that nobody says it by habit.
///
/// # Errors
///
/// As [`passphrase`]; or another word was typed.
pub(crate) fn retyped(prompt: &str, word: &str) -> Result<(), Refusal> {
    let answer = typed(&format!("{prompt}: "), true)?;
    if answer.trim().eq_ignore_ascii_case(word) {
        return Ok(());
    }
    Err(Refusal::operator(
        RefusalKind::Usage,
        format!("That is not {word}."),
        "Nothing was done; look at it again.",
    ))
}

/// Asks for one line that is no secret.
///
/// # Errors
///
/// As [`passphrase`].
pub(crate) fn line(prompt: &str) -> Result<String, Refusal> {
    Ok(typed(prompt, true)?.to_string())
}

/// One line from the terminal, so that a script's standard input is never taken for a secret.
fn typed(prompt: &str, echo: bool) -> Result<Zeroizing<String>, Refusal> {
    let terminal = File::options().read(true).write(true).open("/dev/tty");
    let terminal = terminal.map_err(|_| {
        Refusal::operator(
            RefusalKind::Usage,
            "There is no terminal to type on.",
            "Use a file: --key-file for the station's key, --words-file for the words of a card.",
        )
    })?;
    let unreadable = |fault: std::io::Error| {
        Refusal::operator(
            RefusalKind::Failed,
            format!("The terminal cannot be read: {fault}."),
            "Try again, or use a file.",
        )
    };
    let before = tcgetattr(&terminal).map_err(|fault| unreadable(fault.into()))?;
    // Echo goes off before the prompt, so that nothing typed after it is lost or shown.
    let quiet = if echo {
        None
    } else {
        Some(Quiet::new(&terminal, &before).map_err(unreadable)?)
    };
    (&terminal)
        .write_all(prompt.as_bytes())
        .map_err(unreadable)?;
    let line = read_line(&terminal);
    drop(quiet);
    if !echo {
        (&terminal).write_all(b"\n").map_err(unreadable)?;
    }
    line.map_err(unreadable)?
        .ok_or_else(|| Refusal::operator(RefusalKind::Failed, "Broken off.", "Nothing was done."))
}

/// A terminal without echo, put back when dropped. Signals are off meanwhile, so that an
/// interrupt cannot leave it so.
struct Quiet<'a> {
    terminal: &'a File,
    before: Termios,
}

impl<'a> Quiet<'a> {
    fn new(terminal: &'a File, before: &Termios) -> std::io::Result<Self> {
        let mut quiet = before.clone();
        quiet
            .local_modes
            .remove(LocalModes::ECHO | LocalModes::ISIG);
        tcsetattr(terminal, OptionalActions::Flush, &quiet)?;
        Ok(Self {
            terminal,
            before: before.clone(),
        })
    }
}

impl Drop for Quiet<'_> {
    fn drop(&mut self) {
        let _ = tcsetattr(self.terminal, OptionalActions::Now, &self.before);
    }
}

/// One line; none when it holds an interrupt or the terminal ended.
fn read_line(mut terminal: &File) -> std::io::Result<Option<Zeroizing<String>>> {
    const INTERRUPT: u8 = 3;
    let mut line = Zeroizing::new(Vec::with_capacity(PASSPHRASE_BYTES_MAX));
    let mut byte = Zeroizing::new([0u8]);
    while line.len() < PASSPHRASE_BYTES_MAX {
        if terminal.read(byte.as_mut_slice())? == 0 {
            break;
        }
        match *byte {
            [INTERRUPT] => return Ok(None),
            [b'\n'] => {
                let text = std::str::from_utf8(&line).map_err(|_| {
                    std::io::Error::new(std::io::ErrorKind::InvalidData, "not text")
                })?;
                return Ok(Some(Zeroizing::new(text.trim_end_matches('\r').to_owned())));
            }
            [other] => line.push(other),
        }
    }
    Ok(None)
}
