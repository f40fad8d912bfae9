//! Runs simulated worlds: `redphone-sim --seeds 200 --hours 5`, or one again: `--seed 17`.

#![forbid(unsafe_code)]

use std::process::ExitCode;

use redphone_sim::{Bug, Plan, World, run_in};

fn main() -> ExitCode {
    match parse(std::env::args().skip(1)) {
        Ok(wanted) => simulate(&wanted),
        Err(what) => {
            eprintln!("{what}");
            eprintln!(
                "usage: redphone-sim [--seed N | --first N --seeds N] [--hours N] [--fair] [--bug disk-lies]"
            );
            ExitCode::from(2)
        }
    }
}

struct Wanted {
    first: u64,
    seeds: u64,
    plan: Plan,
}

fn parse(mut args: impl Iterator<Item = String>) -> Result<Wanted, String> {
    let mut wanted = Wanted {
        first: 1,
        seeds: 200,
        plan: Plan::default(),
    };
    while let Some(flag) = args.next() {
        let mut number = || {
            let value = args.next().ok_or(format!("{flag} wants a number"))?;
            value
                .parse::<u64>()
                .map_err(|_| format!("{flag} wants a number"))
        };
        match flag.as_str() {
            "--seed" => {
                wanted.first = number()?;
                wanted.seeds = 1;
            }
            "--first" => wanted.first = number()?,
            "--seeds" => wanted.seeds = number()?,
            "--hours" => wanted.plan.hours = number()?,
            "--fair" => wanted.plan.faults = false,
            "--bug" => match args.next().as_deref() {
                Some("disk-lies") => wanted.plan.bug = Some(Bug::DiskLies),
                _ => return Err("--bug wants disk-lies".to_owned()),
            },
            other => return Err(format!("unknown argument {other}")),
        }
    }
    Ok(wanted)
}

fn simulate(wanted: &Wanted) -> ExitCode {
    let mut failed = 0;
    let mut seconds = 0;
    let mut released = 0;
    let mut crashes = 0;
    for seed in wanted.first..wanted.first + wanted.seeds {
        let mut world = match World::new(seed) {
            Ok(world) => world,
            Err(broken) => {
                println!("seed {seed}: {broken}");
                failed += 1;
                continue;
            }
        };
        match run_in(&mut world, &wanted.plan) {
            Ok(report) => {
                seconds += report.seconds;
                released += report.released;
                crashes += report.crashes;
                if wanted.seeds == 1 {
                    println!("{report:?}");
                }
            }
            Err(broken) => {
                failed += 1;
                println!("seed {seed}: {broken}");
                if wanted.seeds == 1 {
                    print_journals(&mut world);
                }
                println!(
                    "  again: cargo xtask sim --seed {seed} --hours {}",
                    wanted.plan.hours
                );
            }
        }
    }
    println!(
        "{} worlds, {} simulated hours, {released} messages, {crashes} restarts",
        wanted.seeds,
        seconds / 3_600
    );
    println!("{} passed, {failed} failed", wanted.seeds - failed);
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The ends of both journals, to see what led to it.
fn print_journals(world: &mut World) {
    for index in [0, 1] {
        for line in world.journal(index, 100) {
            println!("  side {index} {line}");
        }
    }
}
