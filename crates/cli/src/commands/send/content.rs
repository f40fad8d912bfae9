//! What is sent: the text of the argument or of standard input, and files.

use std::io::Read;
use std::path::Path;

use redphone_api::{NewAttachment, Refusal};
use redphone_wire::limits::{ATTACHMENT_BYTES_MAX, TEXT_BYTES_MAX};

use crate::commands::{failed, read_file, usage};

/// The text of the argument, or of standard input.
pub(in crate::commands) fn text(argument: &str) -> Result<String, Refusal> {
    let text = if argument == "-" {
        let mut bytes = Vec::new();
        let read = std::io::stdin()
            .lock()
            .take(TEXT_BYTES_MAX as u64 + 1)
            .read_to_end(&mut bytes);
        read.map_err(|fault| {
            failed(
                format!("Standard input cannot be read: {fault}."),
                "Nothing was sent.",
            )
        })?;
        String::from_utf8(bytes).map_err(|_| {
            usage(
                "The text is not UTF-8.",
                "Nothing was sent; convert it, or attach it as a file.",
            )
        })?
    } else {
        argument.to_owned()
    };
    if text.len() > TEXT_BYTES_MAX {
        return Err(usage(
            format!("The text is longer than {TEXT_BYTES_MAX} bytes."),
            "Nothing was sent; attach it as a file, and say in the text what it is.",
        ));
    }
    if text.trim().is_empty() {
        return Err(usage(
            "The text is empty.",
            "Nothing was sent; say what the message is about.",
        ));
    }
    Ok(text)
}

pub(super) fn attachment(path: &Path) -> Result<NewAttachment, Refusal> {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
        return Err(usage(
            format!("{} has no name that can be sent.", path.display()),
            "Nothing was sent; give the file a name in UTF-8.",
        ));
    };
    Ok(NewAttachment {
        name: name.to_owned(),
        media_type: media_type(path).to_owned(),
        bytes: read_file(path, ATTACHMENT_BYTES_MAX)?,
    })
}

/// Media types by the end of the name, for the reader's program; nothing relies on them.
fn media_type(path: &Path) -> &'static str {
    let end = path
        .extension()
        .and_then(|end| end.to_str())
        .unwrap_or_default();
    match end.to_ascii_lowercase().as_str() {
        "csv" => "text/csv",
        "gif" => "image/gif",
        "htm" | "html" => "text/html",
        "jpeg" | "jpg" => "image/jpeg",
        "json" => "application/json",
        "pdf" => "application/pdf",
        "png" => "image/png",
        "txt" => "text/plain",
        "xml" => "application/xml",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    }
}
