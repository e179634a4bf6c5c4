//! What parses, prints; and what is printed parses and prints as the same text.
#![no_main]

use hence::syntax::{parse_expression, print, print_parenthesised};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(expr) = parse_expression(text) else { return };
    for printed in [print(&expr), print_parenthesised(&expr)] {
        // The brackets that printing adds may pass the depth limit; nothing else may fail.
        match parse_expression(&printed) {
            Ok(again) => assert_eq!(print(&again), print(&expr), "{printed}"),
            Err(problems) => assert!(problems.iter().any(|p| p.code == "E0103"), "{printed}: {}", problems[0]),
        }
    }
});
