//! Steps: each run, timed, printed; at the end a plain count.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::tail::Tail;

/// What became of a step.
enum Outcome {
    Passed,
    Failed(String),
    /// Not run, and why.
    Left(String),
}

/// The steps of one run.
#[derive(Default)]
pub(crate) struct Steps {
    done: Vec<(String, Duration, Outcome)>,
}

impl Steps {
    /// Runs one step. An error is a sentence; below it may stand what a program printed last.
    pub(crate) fn run(&mut self, name: &str, step: impl FnOnce() -> Result<(), String>) {
        println!("== {name}");
        let start = Instant::now();
        let outcome = match step() {
            Ok(()) => Outcome::Passed,
            Err(why) => Outcome::Failed(why),
        };
        let took = start.elapsed();
        match &outcome {
            Outcome::Failed(why) => println!("== {name}: FAILED in {}: {why}", words(took)),
            Outcome::Left(_) | Outcome::Passed => println!("== {name}: passed in {}", words(took)),
        }
        self.done.push((name.to_owned(), took, outcome));
    }

    /// Notes a step that cannot run here, and what would let it run.
    pub(crate) fn leave(&mut self, name: &str, why: &str) {
        println!("== {name}: not run: {why}");
        let outcome = Outcome::Left(why.to_owned());
        self.done.push((name.to_owned(), Duration::ZERO, outcome));
    }

    /// Prints every step with its time, then `N passed, N failed`. Says whether none failed.
    pub(crate) fn sum_up(&self) -> bool {
        println!();
        let (mut passed, mut failed) = (0, 0);
        for (name, took, outcome) in &self.done {
            let took = words(*took);
            match outcome {
                Outcome::Passed => {
                    passed += 1;
                    println!("passed   {took:>9}  {name}");
                }
                Outcome::Failed(why) => {
                    failed += 1;
                    println!("FAILED   {took:>9}  {name}: {why}");
                }
                Outcome::Left(why) => println!("not run  {:>9}  {name}: {why}", ""),
            }
        }
        println!();
        println!("{passed} passed, {failed} failed");
        failed == 0
    }
}

/// Runs a program in the root and lets it print. An ending other than 0 is the error; it carries
/// the last lines printed, so that they stand in the summing up too.
pub(crate) fn run(root: &Path, line: &[&str]) -> Result<(), String> {
    run_with(root, line, &[])
}

/// As [`run`], with variables added to the environment.
pub(crate) fn run_with(root: &Path, line: &[&str], env: &[(&str, &str)]) -> Result<(), String> {
    let (program, arguments) = line.split_first().ok_or("nothing to run")?;
    println!("$ {}", line.join(" "));
    let mut child = Command::new(program)
        .args(arguments)
        .envs(env.iter().copied())
        .current_dir(root)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|why| format!("{program} does not start: {why}"))?;
    let tail = Tail::follow(child.stdout.take(), child.stderr.take());
    let status = child
        .wait()
        .map_err(|why| format!("{program} is lost: {why}"))?;
    if status.success() {
        return Ok(());
    }
    let last = tail.last();
    Err(format!("'{}' ended with {status}{last}", line.join(" ")))
}

/// Runs a program in the root and returns what it printed.
pub(crate) fn output(root: &Path, line: &[&str]) -> Result<String, String> {
    let (program, arguments) = line.split_first().ok_or("nothing to run")?;
    let output = Command::new(program)
        .args(arguments)
        .current_dir(root)
        .output()
        .map_err(|why| format!("{program} does not start: {why}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(format!(
        "'{}' ended with {}: {}",
        line.join(" "),
        output.status,
        said.trim()
    ))
}

/// The path of the built binary. It may not be built yet.
pub(crate) fn binary(root: &Path, profile: &str) -> Result<String, String> {
    let folder = env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".to_owned());
    let path = root.join(folder).join(profile).join("redphone");
    let path = path.to_str().ok_or("the path of the binary is not text")?;
    Ok(path.to_owned())
}

fn words(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failed_step_fails_the_run_and_the_others_still_run() {
        let mut steps = Steps::default();
        steps.run("bad", || Err("planted".to_owned()));
        steps.run("good", || Ok(()));
        assert_eq!(steps.done.len(), 2);
        assert!(!steps.sum_up());
    }

    #[test]
    fn step_that_cannot_run_is_no_failure() {
        let mut steps = Steps::default();
        steps.leave("deny", "planted");
        assert!(steps.sum_up());
    }

    #[test]
    fn ending_of_a_program_decides() {
        let root = Path::new(".");
        assert_eq!(run(root, &["true"]), Ok(()));
        assert!(run(root, &["false"]).is_err());
        let spoke = run(root, &["sh", "-c", "echo heard; exit 3"]);
        assert!(spoke.is_err_and(|why| why.ends_with("| heard")));
        assert_eq!(output(root, &["echo", "heard"]), Ok("heard\n".to_owned()));
    }
}
