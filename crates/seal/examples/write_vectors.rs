//! Writes the files of `vectors/` anew: for a change of the protocol, and for nothing else.

#[path = "../tests/vectors/cases.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod cases;

use std::path::Path;

fn main() -> cases::Made<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors");
    for (name, made) in cases::all()? {
        std::fs::write(folder.join(name), cases::text(&made)?)?;
        println!("vectors/{name}");
    }
    Ok(())
}
