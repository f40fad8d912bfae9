//! Exit codes: stable, documented, the same for every command.
//!
//! Owns the codes and how a refusal is told on standard error. Does not decide what is refused.

use std::io::IsTerminal;
use std::process::ExitCode;

use redphone_api::Refusal;

use crate::print;

/// How a command ended when nothing was refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Exit {
    /// 0: what was asked is done.
    Done,
    /// 1: it ran, and what it looked at is not well.
    Failed,
    /// 4: what was checked says something muddled.
    Muddled,
    /// 5: nothing was sent: other officers have to release it first.
    Held,
    /// 6: not yet; the time given with `--timeout` has passed.
    NotYet,
    /// 7: unknown; no receipt came, and nobody can say whether the peer has it.
    Unknown,
    /// 8: a verification failed.
    Verification,
}

impl Exit {
    /// The number that the shell sees. The other codes come from refusals.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Muddled => 4,
            Self::Held => 5,
            Self::NotYet => 6,
            Self::Unknown => 7,
            Self::Verification => 8,
        }
    }
}

/// The codes as they stand in every manual page.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0 done            3 not found             6 not yet (--timeout passed)
  1 failed          4 refused by clarity    7 unknown (no receipt)
  2 usage           5 refused by policy     8 verification failed";

/// Tells a refusal on standard error, in two sentences or as JSON, and gives the exit code.
pub(crate) fn report(outcome: Result<Exit, Refusal>, json: bool) -> ExitCode {
    match outcome {
        Ok(exit) => ExitCode::from(exit.code()),
        Err(refusal) => {
            let told = if json {
                print::json(&refusal).unwrap_or_else(|_| refusal.to_string())
            } else {
                print::refusal(&refusal, std::io::stderr().is_terminal())
            };
            eprintln!("{told}");
            ExitCode::from(refusal.exit_code())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_manual() {
        for exit in [
            Exit::Done,
            Exit::Failed,
            Exit::Muddled,
            Exit::Held,
            Exit::NotYet,
            Exit::Unknown,
            Exit::Verification,
        ] {
            let listed = EXIT_CODES
                .split_whitespace()
                .any(|word| word == exit.code().to_string());
            assert!(listed, "{exit:?}");
        }
    }
}
