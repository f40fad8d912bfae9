//! `cargo xtask test`: every check that decides whether a change is good, one after the other.
//!
//! Owns their order. A failed step does not hide the next: all run, then the failed are named.

use std::path::Path;

use crate::step::{Steps, run, run_with};
use crate::{House, documented, formal, task_names, tidy, tools};

/// 1,000 simulated hours over 200 seeds.
const SIM_WORLDS: [&str; 4] = ["--seeds", "200", "--hours", "5"];
/// Old bugs are brought back, one at a time: the tests must notice each.
const PLANTED: &str = "cargo test --locked -p redphone-wire -p redphone-desk -p redphone-journal \
     -p redphone-line -p redphone-seal -p redphone-station -p redphone-stationd -p redphone-sim \
     -p redphone-cli -p redphone-bearers --lib --tests --features redphone-bearers/planted-bugs,\
     redphone-line/planted-bugs,redphone-desk/planted-bugs,redphone-sim/planted-bugs,\
     redphone-cli/planted-bugs \
     -- planted";
const CARGO_DENY_MISSING: &str =
    "cargo-deny is not installed; install it with cargo install cargo-deny";

/// Runs everything there is.
pub(crate) fn all(house: &House) -> Result<(), String> {
    let root = &house.root;
    let tree = &house.tree;
    let mut steps = Steps::default();
    steps.run("tools", || tools::prepare(root, tree));
    steps.run("format", || {
        run(root, &["cargo", "fmt", "--all", "--check"])
    });
    steps.run("tidy", || tidy::run(root, &task_names(tree)));
    steps.run("clippy", || {
        let line = "cargo clippy --workspace --all-targets --locked -- -D warnings";
        run_line(root, line)
    });
    steps.run("tests", || tests(root));
    steps.run("planted", || run_line(root, PLANTED));
    steps.run("doctests", || {
        run_line(root, "cargo test --workspace --doc --locked")
    });
    steps.run("docs", || docs(house));
    if tree.has("crates/cli/src/demo.rs") || tree.has("crates/cli/src/demo") {
        steps.run("demo", || {
            run_line(root, "cargo run --release --locked -- demo --script")
        });
    }
    if tree.has("crates/sim/src/main.rs") {
        steps.run("sim", || sim(root, &[]));
    }
    if tree.has("formal/twin/check_vectors.py") {
        steps.run("twin", || formal::twin(root));
    }
    if tree.has("formal/check_models.py") {
        steps.run("formal", || formal::models(root));
    }
    if tools::is_installed("cargo-deny") {
        steps.run("deny", || deny(root));
    } else {
        steps.leave(
            "deny",
            "cargo-deny is not installed (cargo install cargo-deny)",
        );
    }
    if steps.sum_up() {
        Ok(())
    } else {
        Err("not every step passed".to_owned())
    }
}

/// The tests of every crate, with cargo-nextest where it is installed.
fn tests(root: &Path) -> Result<(), String> {
    let line = if tools::is_installed("cargo-nextest") {
        "cargo nextest run --workspace --locked --no-fail-fast"
    } else {
        "cargo test --workspace --lib --bins --tests --locked --no-fail-fast"
    };
    run_line(root, line)
}

/// Runs simulated worlds: those of the arguments, else the seeds that decide on a change.
pub(crate) fn sim(root: &Path, arguments: &[String]) -> Result<(), String> {
    let run_sim = "cargo run --quiet --release --locked --package redphone-sim --";
    let mut line: Vec<&str> = run_sim.split(' ').collect();
    if arguments.is_empty() {
        line.extend(SIM_WORLDS);
    } else {
        line.extend(arguments.iter().map(String::as_str));
    }
    run(root, &line)
}

/// Builds the documentation of the code, and looks for the commands that documents show.
pub(crate) fn docs(house: &House) -> Result<(), String> {
    let line = ["cargo", "doc", "--workspace", "--no-deps", "--locked"];
    run_with(&house.root, &line, &[("RUSTDOCFLAGS", "-D warnings")])?;
    documented::check(&house.root, &house.tree)
}

/// Checks dependencies by deny.toml. Advisories need the advisory database, so a network; without
/// one the rest is checked and that is said.
pub(crate) fn deny(root: &Path) -> Result<(), String> {
    if !tools::is_installed("cargo-deny") {
        return Err(CARGO_DENY_MISSING.to_owned());
    }
    run_line(root, "cargo deny --locked check bans licenses sources")?;
    if run_line(root, "cargo deny --locked fetch db").is_err() {
        println!("advisories were not checked: their database cannot be reached");
        return Ok(());
    }
    run_line(root, "cargo deny --locked check advisories")
}

fn run_line(root: &Path, line: &str) -> Result<(), String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    run(root, &words)
}
