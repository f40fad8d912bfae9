//! `doctor`: looks at everything a watch relies on, and says what is wrong and what to do.

use std::os::unix::fs::PermissionsExt;

use clap::Args;
use redphone_api::{LineState, LineStatus, Refusal, Status};
use redphone_stationd::Config;
use serde::Serialize;

use super::Context;
use crate::exit::Exit;
use crate::print::{Ink, Paper, bytes, counted, lasting, safe, wrap};

/// Free bytes under the home below which somebody must act.
const FREE_BYTES_MIN: u64 = 512 * 1024 * 1024;
/// Seconds that the two clocks may differ.
const CLOCK_DIFFERENCE_S_MAX: i64 = 5;
/// Milliseconds since the last refresh after which somebody must look.
const REFRESH_MS_MAX: u64 = 24 * 3_600_000;
/// 2026-01-01: a clock before it is wrong.
const CLOCK_MS_MIN: u64 = 1_767_225_600_000;

/// Check this station: clock, disk, keys, bearers, peer.
#[derive(Args, Debug)]
#[command(after_help = "\
Ends with 0 when nothing is bad, else with 1.

Examples:
  redphone doctor
  redphone doctor --json | jq '.[] | select(.verdict != \"good\")'")]
pub(crate) struct DoctorArgs {}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    verdict: Verdict,
    what: &'static str,
    said: String,
}

/// How it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Verdict {
    /// As it should be.
    Good,
    /// Worth a look; the line works.
    Look,
    /// Somebody must act.
    Bad,
}

/// Looks at everything.
///
/// # Errors
///
/// When standard output is closed.
pub(crate) fn run(context: &Context, _: &DoctorArgs) -> Result<Exit, Refusal> {
    let mut findings = vec![clock(&context.paper()), home(context)];
    if context.home().is_dir() {
        findings.extend([free(context), config(context)]);
        match context.client().status() {
            Ok(status) => of_station(&context.paper(), &status, &mut findings),
            Err(refusal) => findings.push(bad("station", refusal.to_string())),
        }
    }
    let well = findings
        .iter()
        .all(|finding| finding.verdict != Verdict::Bad);
    context.answer(&findings, |paper| {
        findings
            .iter()
            .map(|finding| told(paper, finding))
            .collect()
    })?;
    Ok(if well { Exit::Done } else { Exit::Failed })
}

fn told(paper: &Paper, finding: &Finding) -> String {
    let (word, ink) = match finding.verdict {
        Verdict::Good => ("good", Ink::Good),
        Verdict::Look => ("LOOK", Ink::Amber),
        Verdict::Bad => ("BAD ", Ink::Red),
    };
    let line = wrap(
        &format!("{word}  {:<9} {}", finding.what, safe(&finding.said)),
        0,
        16,
    );
    line.replacen(word, &paper.style.paint(ink, word), 1)
}

fn clock(paper: &Paper) -> Finding {
    let said = paper.zone.moment(paper.now);
    if paper.now < CLOCK_MS_MIN {
        return bad(
            "clock",
            format!("{said}: set the clock; records and deadlines rely on it."),
        );
    }
    good("clock", said)
}

fn home(context: &Context) -> Finding {
    let at = context.home().display();
    match std::fs::metadata(context.home()) {
        Err(_) => bad(
            "home",
            format!("{at} is not there. Make it with: redphone init."),
        ),
        Ok(found) if found.permissions().mode() & 0o077 != 0 => bad(
            "home",
            format!("{at} is open to others. Close it with: chmod 700 {at}"),
        ),
        Ok(_) => good("home", format!("{at}, private")),
    }
}

fn free(context: &Context) -> Finding {
    match rustix::fs::statvfs(context.home()) {
        Err(_) => bad("disk", "The free space cannot be read.".to_owned()),
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let said = format!("{} free", bytes(free));
            if free < FREE_BYTES_MIN {
                return bad(
                    "disk",
                    format!("{said}: make room before the station has to refuse."),
                );
            }
            good("disk", said)
        }
    }
}

fn config(context: &Context) -> Finding {
    match Config::load(&context.home().join("config.toml")) {
        Ok(config) => {
            let bearers = config.bearers.len() as u64;
            good("config", counted(bearers, "bearer", "bearers"))
        }
        Err(refused) => bad("config", refused.to_string()),
    }
}

fn of_station(paper: &Paper, status: &Status, findings: &mut Vec<Finding>) {
    findings.push(if status.storage.accepting {
        good(
            "station",
            format!("{} {}, accepting", status.station, status.environment),
        )
    } else {
        bad("station", format!("It refuses. {}", status.storage.fault))
    });
    findings.push(match status.desks {
        0 => look(
            "desk",
            "Nobody is attached: nothing is ON DESK. Run: redphone desk".to_owned(),
        ),
        desks => good("desk", format!("{desks} attached")),
    });
    if status.lines.is_empty() {
        findings.push(look(
            "line",
            "No line yet. Import the card of a peer.".to_owned(),
        ));
    }
    for line in &status.lines {
        of_line(paper, line, findings);
    }
    for alarm in &status.alarms {
        findings.push(bad("alarm", alarm.clone()));
    }
}

fn of_line(paper: &Paper, line: &LineStatus, findings: &mut Vec<Finding>) {
    let peer = &line.peer;
    findings.push(match line.state {
        LineState::Up => good("line", format!("{peer}: UP")),
        LineState::UpDeskSilent => look("line", format!("{peer}: UP, but nobody is at their desk")),
        LineState::Suspended => look("line", format!("{peer}: SUSPENDED by declaration")),
        LineState::Down => bad(
            "line",
            format!("{peer}: DOWN. Nothing is heard by any bearer."),
        ),
    });
    if !line.held_because.is_empty() {
        findings.push(bad("line", format!("{peer}: held: {}", line.held_because)));
    }
    for bearer in &line.bearers {
        let said = format!(
            "{peer} {}: {} {}",
            bearer.name, bearer.state, bearer.because
        );
        findings.push(match bearer.state.as_str() {
            "UP" | "READY" => good("bearer", said),
            _ => look(
                "bearer",
                format!("{} {}", said.trim(), bearer.detail)
                    .trim()
                    .to_owned(),
            ),
        });
    }
    findings.push(match (line.test.missed, line.test.last_good) {
        (0, Some(at)) => {
            let ago = lasting(paper.now.saturating_sub(at));
            good("test", format!("{peer}: last good {ago} ago"))
        }
        (0, None) => look(
            "test",
            format!("{peer}: none yet. Call one: redphone test now"),
        ),
        (missed, _) => bad(
            "test",
            format!("{peer}: {missed} missed in a row. Ask on the wire."),
        ),
    });
    if let Some(difference) = line.clock_difference_s
        && difference.abs() > CLOCK_DIFFERENCE_S_MAX
    {
        let said =
            format!("{peer}'s clock is {difference:+} s from ours: one of the two is wrong.");
        findings.push(look("clock", said));
    }
    findings.push(keys(paper, line));
}

fn keys(paper: &Paper, line: &LineStatus) -> Finding {
    let peer = &line.peer;
    let Some(keys) = &line.keys else {
        return bad(
            "keys",
            format!("{peer}: not paired. Run: redphone pair {peer} --help"),
        );
    };
    if !keys.confirmed {
        return look(
            "keys",
            format!("{peer}: UNCONFIRMED until the other side is heard."),
        );
    }
    let age = |at: Option<u64>| at.map(|at| paper.now.saturating_sub(at));
    let ways = [
        ("out", age(keys.refreshed_out_at)),
        ("in", age(keys.refreshed_in_at)),
    ];
    let oldest = ways.into_iter().max_by_key(|(_, age)| *age);
    match oldest {
        Some((way, Some(age))) if age > REFRESH_MS_MAX => bad(
            "keys",
            format!(
                "{peer}: the keys {way} were last refreshed {} ago. Somebody may drop refreshes.",
                lasting(age)
            ),
        ),
        _ => good(
            "keys",
            format!(
                "{peer}: generation {}, tape {} out, {} in",
                keys.generation, keys.tape_out, keys.tape_in
            ),
        ),
    }
}

fn good(what: &'static str, said: String) -> Finding {
    Finding {
        verdict: Verdict::Good,
        what,
        said,
    }
}

fn look(what: &'static str, said: String) -> Finding {
    Finding {
        verdict: Verdict::Look,
        what,
        said,
    }
}

fn bad(what: &'static str, said: String) -> Finding {
    Finding {
        verdict: Verdict::Bad,
        what,
        said,
    }
}
