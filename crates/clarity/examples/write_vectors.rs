//! Writes `vectors/forms.json` anew: for a change of the protocol or of an agreed text, and for
//! nothing else.

#[path = "../tests/vectors/cases.rs"]
mod cases;

use std::path::Path;

fn main() -> cases::Made<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors");
    std::fs::write(folder.join(cases::FILE), cases::text()?)?;
    println!("vectors/{}", cases::FILE);
    Ok(())
}
