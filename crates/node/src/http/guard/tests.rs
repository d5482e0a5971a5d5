//! Which requests count as foreign.

use axum::http::{HeaderMap, HeaderValue};

use super::is_ours;

fn check(host: &[&'static str], origin: Option<&'static str>, expected: bool) {
    let mut headers = HeaderMap::new();
    for host in host {
        headers.append("host", HeaderValue::from_static(host));
    }
    if let Some(origin) = origin {
        headers.insert("origin", HeaderValue::from_static(origin));
    }
    let address = "127.0.0.1:7878".parse().unwrap();
    let hosts = ["lilliput.example".to_owned()];
    let got = is_ours(&headers, address, &hosts);
    assert_eq!(got, expected, "host {host:?}, origin {origin:?}");
}

#[test]
fn loopback_names_and_named_hosts_are_ours() {
    check(&["127.0.0.1:7878"], None, true);
    check(&["localhost:7878"], None, true);
    check(&["[::1]:7878"], None, true);
    check(&["lilliput.example"], None, true);
    check(
        &["lilliput.example:443"],
        Some("https://lilliput.example"),
        true,
    );
    check(&["localhost:7878"], Some("http://127.0.0.1:7878"), true);
}

#[test]
fn foreign_hosts_and_origins_are_refused() {
    check(&[], None, false);
    check(&["evil.example:7878"], None, false);
    check(&["127.0.0.1:7878", "evil.example"], None, false);
    check(&["127.0.0.1:7879"], None, false);
    check(&["localhost"], None, false);
    check(&["localhost.evil.example:7878"], None, false);
    check(&["127.0.0.1:7878"], Some("http://evil.example"), false);
    check(&["127.0.0.1:7878"], Some("null"), false);
    check(&["127.0.0.1:7878"], Some("http://localhost:8080"), false);
}
