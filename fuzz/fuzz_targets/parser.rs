//! Any bytes: no panic, and every span lies inside the text.
#![no_main]

use hence::syntax;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let mut problems = syntax::parse_statements(&text).1;
    problems.extend(syntax::parse_command(&text).1);
    problems.extend(syntax::parse_theory(&text).1);
    problems.extend(syntax::parse_expression(&text).err().unwrap_or_default());
    for problem in problems {
        assert!(text.get(problem.span.start..problem.span.end).is_some(), "{problem}");
    }
    let _ = syntax::literate::blocks(&text);
});
