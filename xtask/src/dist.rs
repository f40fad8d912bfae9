//! `cargo xtask dist`: the release binary, its size and its SHA-256.

use std::fs;
use std::path::Path;

use crate::step::{binary, output, run};

/// Bytes that the binary may have.
const BINARY_BYTES_MAX: u64 = 15_000_000;

/// Builds the binary from the lock file and says what came out.
pub(crate) fn make(root: &Path) -> Result<(), String> {
    run(root, &["cargo", "build", "--release", "--locked"])?;
    let path = binary(root, "release")?;
    let bytes = fs::metadata(&path)
        .map_err(|why| format!("{path}: {why}"))?
        .len();
    let digest = output(root, &["sha256sum", &path])?;
    println!("{bytes} bytes, SHA-256 {}", digest.trim());
    if bytes > BINARY_BYTES_MAX {
        return Err(format!(
            "the binary has {bytes} bytes, {BINARY_BYTES_MAX} at most"
        ));
    }
    Ok(())
}
