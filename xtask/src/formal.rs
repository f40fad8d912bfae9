//! What checks the protocol apart from its code: models, the second implementation, vectors.
//!
//! Owns how their tools are got, all below `target/`. What they prove is said in `formal/`.

use std::path::Path;

use crate::step::{output, run};
use crate::tools::is_installed;

const VERIFPAL: &str = "1.6.7";
const VERIFPAL_FOLDER: &str = "target/verifpal";
const VENV: &str = "target/twin";

/// Runs every variant of every symbolic model, and the model check of the refresh.
pub(crate) fn models(root: &Path) -> Result<(), String> {
    let verifpal = verifpal(root)?;
    run(root, &["python3", "formal/check_models.py", &verifpal])
}

/// Has the second implementation recompute `vectors/`, and what it sealed opened by the first.
pub(crate) fn twin(root: &Path) -> Result<(), String> {
    let python = format!("{VENV}/bin/python");
    let requirements = "formal/twin/requirements.txt";
    if !root.join(&python).exists() {
        run(root, &["python3", "-m", "venv", VENV])?;
    }
    let install = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ];
    let mut line = vec![python.as_str()];
    line.extend(install);
    line.extend(["--requirement", requirements]);
    run(root, &line)?;
    run(root, &[&python, "formal/twin/check_vectors.py", "vectors"])?;
    let vectors = "cargo test --quiet --locked --package redphone-seal --package redphone-clarity \
                   --test vectors";
    run(root, &vectors.split_whitespace().collect::<Vec<_>>())
}

/// Writes `vectors/` anew. For a change of the protocol, and for nothing else.
pub(crate) fn vectors(root: &Path) -> Result<(), String> {
    for package in ["redphone-seal", "redphone-clarity"] {
        let write = ["--package", package, "--example", "write_vectors"];
        run(
            root,
            &[&["cargo", "run", "--quiet", "--locked"][..], &write].concat(),
        )?;
    }
    Ok(())
}

/// The path of Verifpal, built from its crate where it is not installed.
fn verifpal(root: &Path) -> Result<String, String> {
    if is_installed("verifpal") {
        return Ok("verifpal".to_owned());
    }
    let built = format!("{VERIFPAL_FOLDER}/bin/verifpal");
    if output(root, &[&format!("./{built}"), "--version"]).is_err() {
        // Its manifest asks for a newer compiler than it needs.
        let line = format!(
            "cargo install verifpal --version {VERIFPAL} --locked --ignore-rust-version --quiet \
             --root {VERIFPAL_FOLDER}"
        );
        run(root, &line.split(' ').collect::<Vec<_>>())?;
    }
    Ok(built)
}
