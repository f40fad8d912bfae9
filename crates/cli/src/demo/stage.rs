//! What the audience sees: acts, what happens in them, and expectations that hold or do not.

use std::io::Write;
use std::time::{Duration, Instant};

use redphone_api::Refusal;
use redphone_wire::Utc;

use crate::commands::{failed, now};
use crate::print::{Ink, Paper, wrap};

/// From one look at something awaited to the next.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// How long something awaited may take on the slowest machine. It comes within a second where
/// nothing else runs; the bound is there so that the demo ends, not to measure.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The stage of one demo.
pub(crate) struct Stage {
    paper: Paper,
    script: bool,
    mute: bool,
    begun: Instant,
    expectations: u32,
    acts: u32,
}

impl Stage {
    pub(crate) fn new(paper: Paper, script: bool) -> Self {
        Self {
            paper,
            script,
            mute: false,
            begun: Instant::now(),
            expectations: 0,
            acts: 0,
        }
    }

    /// A stage that prints nothing.
    pub(crate) fn mute(paper: Paper) -> Self {
        Self {
            mute: true,
            ..Self::new(paper, true)
        }
    }

    /// Prints nothing from now on, or prints again.
    pub(crate) fn set_mute(&mut self, mute: bool) {
        self.mute = mute;
    }

    /// The page, as of now.
    pub(crate) fn paper(&self) -> Paper {
        Paper {
            now: now(),
            ..self.paper.clone()
        }
    }

    /// A heading.
    pub(crate) fn title(&self, text: &str) -> Result<(), Refusal> {
        self.print(&format!("{}\n", self.paper.style.paint(Ink::Bold, text)))
    }

    /// Begins the next act; waits for Enter unless scripted.
    pub(crate) fn act(&mut self, title: &str) -> Result<(), Refusal> {
        self.acts += 1;
        if !self.script && !self.mute {
            self.print(&self.paper.style.paint(Ink::Quiet, "\n[Enter] goes on "))?;
            let mut line = String::new();
            // A closed input goes on as Enter does.
            let _ = std::io::stdin().read_line(&mut line);
        }
        self.title(&format!("\nACT {}  {title}", self.acts))
    }

    /// Something happened.
    pub(crate) fn say(&self, text: &str) -> Result<(), Refusal> {
        let line = wrap(&format!("{}           {text}", Utc(now())), 2, 22);
        self.print(&line)
    }

    /// A command as the audience could have typed it.
    pub(crate) fn typed(&self, station: &str, command: &str) -> Result<(), Refusal> {
        let line = wrap(&format!("{}  {station}$ {command}", Utc(now())), 2, 22);
        self.print(&self.paper.style.paint(Ink::Quiet, &line))
    }

    /// Text as it is, as a ladder.
    pub(crate) fn show(&self, text: &str) -> Result<(), Refusal> {
        let indented: String = text.lines().map(|line| format!("    {line}\n")).collect();
        self.print(&indented)
    }

    /// Something that must hold.
    ///
    /// # Errors
    ///
    /// That it does not.
    pub(crate) fn expect(&mut self, what: &str, holds: bool) -> Result<(), Refusal> {
        self.expectations += 1;
        let (word, ink) = if holds {
            ("HOLDS  ", Ink::Good)
        } else {
            ("BROKEN ", Ink::Red)
        };
        let line = wrap(&format!("{}  {word}  {what}", Utc(now())), 2, 22);
        self.print(&line.replacen(word, &self.paper.style.paint(ink, word), 1))?;
        if holds {
            return Ok(());
        }
        Err(failed(
            format!(
                "The demo broke an expectation in act {}: {what}.",
                self.acts
            ),
            "",
        ))
    }

    /// Waits until something is there, and says how long it took.
    ///
    /// # Errors
    ///
    /// That it did not come within the bound; the expectation is then printed as broken.
    pub(crate) fn await_that<T>(
        &mut self,
        what: &str,
        within: Duration,
        mut look: impl FnMut() -> Option<T>,
    ) -> Result<(T, Duration), Refusal> {
        let begun = Instant::now();
        loop {
            if let Some(found) = look() {
                return Ok((found, begun.elapsed()));
            }
            if begun.elapsed() >= within {
                self.expect(&format!("{what} within {} s", within.as_secs()), false)?;
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }

    /// The last line.
    pub(crate) fn end(&self) -> Result<(), Refusal> {
        self.title(&format!(
            "\nALL {} EXPECTATIONS HELD, in {} s.",
            self.expectations,
            self.begun.elapsed().as_secs(),
        ))
    }

    fn print(&self, text: &str) -> Result<(), Refusal> {
        if self.mute {
            return Ok(());
        }
        let mut out = std::io::stdout().lock();
        out.write_all(text.as_bytes())
            .and_then(|()| out.flush())
            .map_err(|fault| failed(format!("Standard output cannot be written: {fault}."), ""))
    }
}
