//! Where each field of a draft stands in its file.

use std::collections::BTreeMap;
use std::ops::Range;

use redphone_wire::shown;
use toml::de::{DeTable, DeValue};

/// The places of the values of a draft, by the paths of their fields.
#[derive(Debug)]
pub(super) struct Places(Option<BTreeMap<String, Range<usize>>>);

impl Places {
    /// Prose has one place: itself.
    pub(super) fn of_prose() -> Self {
        Self(None)
    }

    /// The places in a draft. A draft that is no TOML has none.
    pub(super) fn of_draft(source: &str) -> Self {
        let mut places = BTreeMap::new();
        if let Ok(table) = DeTable::parse(source) {
            collect(table.get_ref(), "", &mut places);
        }
        Self(Some(places))
    }

    /// A page of fields, one a line below their marker, and their places on it. A field with
    /// characters that would not be seen is taken whole.
    pub(super) fn of_fields(marker: &str, fields: &[(String, &str)]) -> (String, Self) {
        let mut page = format!("{marker}\n");
        let mut places = BTreeMap::new();
        for (field, text) in fields {
            let clean = shown(text);
            let quote = if clean == *text { "\"" } else { "" };
            page.push_str(&format!("{field} = "));
            let from = page.len();
            page.push_str(&format!("{quote}{clean}{quote}"));
            places.insert(field.clone(), from..page.len());
            page.push('\n');
        }
        (page, Self(Some(places)))
    }

    /// The bytes of the file that a finding is about: within a field its span; of a field that is
    /// missing, the part that it should stand in, or the end of the first line.
    pub(super) fn find(&self, source: &str, field: &str, span: &Range<usize>) -> Range<usize> {
        let Some(places) = &self.0 else {
            return span.clone();
        };
        let mut path = field;
        loop {
            if let Some(place) = places.get(path) {
                if path == field {
                    return within(source, place, span);
                }
                return place.clone();
            }
            let Some((parent, _)) = path.rsplit_once('.') else {
                break;
            };
            path = parent;
        }
        let end = source.find('\n').unwrap_or(source.len());
        0..end
    }
}

/// A span of a text within its value in the file, past the quotation marks. A value with escapes
/// is taken whole.
fn within(source: &str, place: &Range<usize>, span: &Range<usize>) -> Range<usize> {
    let raw = source.get(place.clone()).unwrap_or_default();
    let open = if raw.starts_with("\"\"\"") || raw.starts_with("'''") {
        3 + usize::from(raw.get(3..4) == Some("\n"))
    } else {
        usize::from(raw.starts_with(['"', '\'']))
    };
    let (from, to) = (
        place.start + open + span.start,
        place.start + open + span.end,
    );
    let plain = !raw.contains('\\') && open > 0 && span.start < span.end && to <= place.end;
    if plain && source.is_char_boundary(from) && source.is_char_boundary(to) {
        from..to
    } else {
        place.clone()
    }
}

fn collect(table: &DeTable<'_>, path: &str, places: &mut BTreeMap<String, Range<usize>>) {
    for (key, value) in table {
        let name = key.get_ref();
        let path = if path.is_empty() {
            name.to_string()
        } else {
            format!("{path}.{name}")
        };
        places.entry(path.clone()).or_insert(key.span());
        match value.get_ref() {
            DeValue::Table(inner) => collect(inner, &path, places),
            DeValue::Array(items) if items.iter().all(|item| item.get_ref().is_table()) => {
                for (item, number) in items.iter().zip(1_u32..) {
                    if let DeValue::Table(inner) = item.get_ref() {
                        let path = format!("{path}.{number}");
                        places.insert(path.clone(), header(item.span()));
                        collect(inner, &path, places);
                    }
                }
            }
            DeValue::Array(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Float(_)
            | DeValue::Integer(_)
            | DeValue::String(_) => {
                places.insert(path, value.span());
            }
        }
    }
}

/// The beginning of a table: its header, not all that stands in it.
fn header(span: Range<usize>) -> Range<usize> {
    const HEADER_BYTES_MAX: usize = 7;
    span.start..span.end.min(span.start + HEADER_BYTES_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAFT: &str = "\
marker = \"WARNING\"
[consequence]
act = \"act soon\"
note = \"a \\\"b\\\" c\"
[[ask]]
to = \"SUD\"
[[ask]]
verb = \"stop\"
";

    fn at(field: &str, span: Range<usize>) -> &'static str {
        &DRAFT[Places::of_draft(DRAFT).find(DRAFT, field, &span)]
    }

    #[test]
    fn span_of_a_field_lies_within_its_quotation_marks() {
        assert_eq!(at("consequence.act", 4..8), "soon");
        assert_eq!(at("consequence.act", 0..0), "\"act soon\"");
        assert_eq!(
            at("consequence.note", 2..3),
            "\"a \\\"b\\\" c\"",
            "escapes: all of it"
        );
    }

    #[test]
    fn field_of_a_held_form_stands_on_a_line_of_its_own_and_does_nothing_unseen() {
        let fields = [
            ("conduct.act".to_owned(), "act soon"),
            ("note.text".to_owned(), "a\u{202e}b soon"),
        ];
        let (page, places) = Places::of_fields("WARNING", &fields);
        let at =
            |field: &str, span: Range<usize>| page[places.find(&page, field, &span)].to_owned();
        assert_eq!(at("conduct.act", 4..8), "soon");
        assert_eq!(at("note.text", 6..10), "a<U+202E>b soon");
        assert_eq!(at("ask.1.act_by", 0..0), "WARNING");
    }

    #[test]
    fn missing_field_is_shown_at_its_part_and_missing_part_at_the_top() {
        assert_eq!(at("consequence.within", 0..0), "consequence");
        assert_eq!(at("ask.2.to", 0..0), "[[ask]]");
        assert_eq!(at("bright_line", 0..0), "marker = \"WARNING\"");
    }
}
