//! `cargo xtask dist`: the release binary, its size and its SHA-256.

use std::env;
use std::fs;
use std::path::Path;

use crate::step::{output, run};

/// Bytes that the binary may have.
const BINARY_BYTES_MAX: u64 = 15_000_000;

/// Builds the binary from the lock file and says what came out.
pub(crate) fn run_dist(root: &Path) -> Result<(), String> {
    run(root, &["cargo", "build", "--release", "--locked"])?;
    let folder = env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".to_owned());
    let binary = root.join(folder).join("release/redphone");
    let path = binary
        .to_str()
        .ok_or("the path of the binary is not text")?;
    let bytes = fs::metadata(&binary)
        .map_err(|why| format!("{path}: {why}"))?
        .len();
    let digest = output(root, &["sha256sum", path])?;
    println!("{bytes} bytes, SHA-256 {}", digest.trim());
    if bytes > BINARY_BYTES_MAX {
        return Err(format!(
            "the binary has {bytes} bytes, {BINARY_BYTES_MAX} at most"
        ));
    }
    Ok(())
}
