use super::is_forwarding;
use crate::proxy::headers::strip_cookie;
use http::{HeaderMap, HeaderValue};

#[test]
fn names_that_say_where_a_request_came_from_are_known_in_all_spellings() {
    for name in [
        "x-forwarded-for",
        "x_forwarded_for",
        "x-forwarded-anything",
        "forwarded",
        "x-real-ip",
        "x_real_ip",
        "lilliput-visitor",
        "lilliput_visitor",
    ] {
        assert!(is_forwarding(name), "{name}");
    }
    for name in [
        "x-forward",
        "accept",
        "cookie",
        "x-request-id",
        "forwarded-by",
    ] {
        assert!(!is_forwarding(name), "{name}");
    }
}

#[test]
fn only_the_gates_cookie_is_taken_out() {
    let mut headers = HeaderMap::new();
    headers.append(
        "cookie",
        HeaderValue::from_static("a=1; lilliput-pass=x; b=2"),
    );
    headers.append("cookie", HeaderValue::from_static("lilliput-pass=y"));
    headers.append("cookie", HeaderValue::from_static("lilliput-passes=z"));
    strip_cookie(&mut headers, "lilliput-pass");
    let all: Vec<&str> = headers
        .get_all("cookie")
        .iter()
        .map(|value| value.to_str().unwrap())
        .collect();
    assert_eq!(all, ["a=1; b=2", "lilliput-passes=z"]);
}
