//! The one runner: `cargo xtask` lists its tasks, `cargo xtask test` runs everything.
//!
//! Owns the list of tasks. What a task does is in the module of its name. A task whose pieces are
//! not in the repository is not listed.

#![forbid(unsafe_code)]

mod bench;
mod checks;
mod dist;
mod documented;
mod formal;
mod rust_text;
mod step;
mod tail;
mod tidy;
mod tools;
mod tree;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use tree::Tree;

/// A task of the runner.
struct Task {
    name: &'static str,
    /// What it does, in one line.
    about: &'static str,
    /// Whether its pieces are in the repository.
    is_there: fn(&Tree) -> bool,
    /// Runs it; an error is a sentence.
    run: fn(&House, &[String]) -> Result<(), String>,
}

/// Where the repository is and what is in it.
struct House {
    root: PathBuf,
    tree: Tree,
}

const TASKS: [Task; 10] = [
    Task {
        name: "test",
        about: "install what the tests need, then run every check that decides on a change",
        is_there: |_| true,
        run: |house, _| checks::all(house),
    },
    Task {
        name: "tidy",
        about: "check the house rules that no linter knows",
        is_there: |_| true,
        run: |house, _| tidy::run(&house.root, &task_names(&house.tree)),
    },
    Task {
        name: "sim",
        about: "run real stations under simulated faults; --seed N runs one world again",
        is_there: |tree| tree.has("crates/sim/src/main.rs"),
        run: |house, rest| checks::sim(&house.root, rest),
    },
    Task {
        name: "formal",
        about: "search the symbolic models of pairing and refresh for attacks",
        is_there: |tree| tree.has("formal/check_models.py"),
        run: |house, _| formal::models(&house.root),
    },
    Task {
        name: "twin",
        about: "have the second implementation, in Python, recompute every vector",
        is_there: |tree| tree.has("formal/twin/check_vectors.py"),
        run: |house, _| formal::twin(&house.root),
    },
    Task {
        name: "vectors",
        about: "write vectors/ anew, for a change of the protocol",
        is_there: |tree| tree.has("crates/seal/examples/write_vectors.rs"),
        run: |house, _| formal::vectors(&house.root),
    },
    Task {
        name: "docs",
        about: "build the documentation of the code; try the commands of the documents",
        is_there: |_| true,
        run: |house, _| checks::docs(house),
    },
    Task {
        name: "deny",
        about: "check licences, bans and advisories of every dependency (needs cargo-deny)",
        is_there: |tree| tree.has("deny.toml"),
        run: |house, _| checks::deny(&house.root),
    },
    Task {
        name: "bench",
        about: "measure redphone and, where it is installed, Mosquitto in the same run",
        is_there: |tree| tree.has("crates/cli/src/commands/bench.rs"),
        run: |house, _| bench::run_all(&house.root),
    },
    Task {
        name: "dist",
        about: "build the release binary, say its size and SHA-256",
        is_there: |tree| tree.has("crates/cli/src/main.rs"),
        run: |house, _| dist::make(&house.root),
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let tree = match Tree::load(&root) {
        Ok(tree) => tree,
        Err(why) => {
            println!("cannot read the repository: {why}");
            return ExitCode::FAILURE;
        }
    };
    let house = House { root, tree };
    let Some((name, rest)) = arguments.split_first() else {
        list(&house.tree);
        return ExitCode::SUCCESS;
    };
    let found = TASKS
        .iter()
        .find(|task| task.name == name && (task.is_there)(&house.tree));
    let Some(task) = found else {
        println!("there is no task '{name}'; these there are:\n");
        list(&house.tree);
        return ExitCode::from(2);
    };
    match (task.run)(&house, rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            println!("{name}: {why}");
            ExitCode::FAILURE
        }
    }
}

fn list(tree: &Tree) {
    for task in TASKS.iter().filter(|task| (task.is_there)(tree)) {
        println!("cargo xtask {:<8} {}", task.name, task.about);
    }
}

/// The names of the tasks that are there.
fn task_names(tree: &Tree) -> Vec<&'static str> {
    let there = TASKS.iter().filter(|task| (task.is_there)(tree));
    there.map(|task| task.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn task_whose_pieces_are_missing_is_not_listed() {
        let names = task_names(&Tree::of(&[]));
        assert!(names.contains(&"test"));
        assert!(!names.contains(&"deny"));
    }
}
