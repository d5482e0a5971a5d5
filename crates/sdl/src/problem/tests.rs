//! Messages are safe to print and sorted by place.

use super::{Cause, Place, Report, shown};
use crate::limits::PROBLEMS_MAX;

fn place(line: u32) -> Place {
    Place { line, column: 1 }
}

#[test]
fn words_from_the_file_are_shortened_and_escaped() {
    assert_eq!(shown("web"), "web");
    assert_eq!(shown("a\u{1b}[31m"), "a\\u{1b}[31m");
    assert_eq!(shown("a\u{202e}b"), "a\\u{202e}b");
    assert_eq!(shown(&"x".repeat(100)).chars().count(), 61);
}

#[test]
fn problems_come_in_the_order_of_their_places_and_once_each() {
    let mut report = Report::default();
    for line in [3, 1, 3, 2] {
        report.problem(place(line), String::new(), Cause::NoDeployment);
    }
    let refusal = report.finish().unwrap_err();
    let lines: Vec<u32> = refusal.problems().iter().map(|p| p.place.line).collect();
    assert_eq!(lines, [1, 2, 3]);
}

#[test]
fn problems_beyond_the_limit_are_counted() {
    let mut report = Report::default();
    for line in 0..PROBLEMS_MAX as u32 + 7 {
        report.problem(place(line), String::new(), Cause::NoDeployment);
    }
    let refusal = report.finish().unwrap_err();
    assert_eq!(refusal.problems().len(), PROBLEMS_MAX);
    assert_eq!(refusal.omitted(), 7);
    assert!(refusal.to_string().ends_with("and 7 more"));
}
