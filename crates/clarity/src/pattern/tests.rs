//! What must hold of patterns.

use super::*;

fn found(pattern: &str, source: &str) -> Option<String> {
    let pattern = Pattern::parse(pattern, &Stems::of(Language::English)).unwrap();
    let mut set = PatternSet::default();
    set.insert((), pattern);
    let text = Text::new(source, Language::English);
    let first = set.matches(&text).into_iter().next()?.tokens;
    let tokens = text.tokens().get(first)?;
    let span = tokens.first()?.span.start..tokens.last()?.span.end;
    text.slice(&span).map(str::to_owned)
}

#[test]
fn each_test_of_the_language_fits_what_it_says() {
    for (pattern, source, expected) in [
        ("could", "It could fail.", Some("could")),
        ("~believe", "We believed it.", Some("believed")),
        ("un*", "It is unclear.", Some("unclear")),
        ("*ing", "They are playing.", Some("playing")),
        ("red line|lines", "Your Red Lines.", Some("Red Lines")),
        (
            "hold ?2 responsible",
            "We hold you fully responsible.",
            Some("hold you fully responsible"),
        ),
        (
            "hold ?1 responsible",
            "We hold you so very responsible.",
            None,
        ),
        ("a ? c", "a b c", Some("a b c")),
        ("^ this", "Stop this.", None),
        ("stop $", "We stop. Now.", Some("stop")),
        ("may !#num", "It may 5.", None),
        ("may !#num", "We may", Some("may")),
        ("<in may", "It was in May.", Some("May")),
        ("<!in may", "It was in May.", None),
        ("<!in may", "May we?", Some("May")),
        ("@neg ~rule out", "We do not rule out it.", None),
        ("@neg ~rule out", "We rule out it.", Some("rule out")),
        ("about #num", "About 18:00.", Some("About 18:00")),
        ("in #month", "In May.", Some("In May")),
        ("the #upper", "In the UTC.", Some("the UTC")),
        (", maybe ,", "It is, maybe, up.", Some("maybe")),
        (", maybe ,", "Maybe, it is up.", Some("Maybe")),
        (", maybe ,", "It maybe is.", None),
    ] {
        assert_eq!(
            found(pattern, source).as_deref(),
            expected,
            "{pattern}: {source}"
        );
    }
}

#[test]
fn pattern_that_says_nothing_is_refused() {
    let stems = Stems::of(Language::English);
    for bad in ["", "^", "?3", "a ?99 b", "a||b", "a/b", "!a", "<a", "a ?x"] {
        assert!(Pattern::parse(bad, &stems).is_err(), "{bad}");
    }
}

#[test]
fn match_does_not_cross_a_sentence() {
    assert_eq!(found("stop that", "We stop. That is all."), None);
}
