//! Colour, never alone: every colour repeats what a word already says (rule 9).

use std::io::IsTerminal;

/// What a piece of text is, so that it can be given a colour.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Ink {
    /// Something that cannot be said: UNKNOWN, DEGRADED, overdue.
    Amber,
    /// A heading.
    Bold,
    /// The band of an exercise.
    Exercise,
    /// What is as it should be.
    Good,
    /// The band of the real line.
    Live,
    /// What has not happened yet, and side remarks.
    Quiet,
    /// What needs somebody.
    Red,
}

/// Whether colours are used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Style {
    colours: bool,
}

impl Style {
    /// Colours on a terminal, unless NO_COLOR is set (no-color.org) or the terminal is dumb.
    pub(crate) fn of_standard_output() -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        Self {
            colours: std::io::stdout().is_terminal() && !refused && !dumb,
        }
    }

    /// No colours.
    #[cfg(test)]
    pub(crate) fn plain() -> Self {
        Self { colours: false }
    }

    /// Whether colours are used.
    pub(crate) fn has_colours(self) -> bool {
        self.colours
    }

    /// The text in its colour. Pad before painting: colours have no width.
    pub(crate) fn paint(self, ink: Ink, text: &str) -> String {
        if !self.colours {
            return text.to_owned();
        }
        let code = match ink {
            Ink::Amber => "33",
            Ink::Bold => "1",
            Ink::Exercise => "1;30;43",
            Ink::Good => "32",
            Ink::Live => "1;37;41",
            Ink::Quiet => "2",
            Ink::Red => "1;31",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}
