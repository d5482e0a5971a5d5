//! Who may spend the development wallet through the page.
//!
//! `lilliput up` prints an address with a secret in it. Opening it once sets a cookie that scripts
//! can't read and that browsers don't send along from other sites; the guard refuses other hosts and
//! origins before any handler runs.

use axum::http::{HeaderMap, HeaderValue, header};
use lilliput_crypto::{Digest, Label};

use crate::node::Node;

const COOKIE: &str = "lilliput_page";

/// The cookie for whoever knows the secret.
pub(super) fn welcome(node: &Node, key: &str) -> Option<HeaderValue> {
    let token = &node.wallet()?.token;
    if !same(token, key) {
        return None;
    }
    HeaderValue::from_str(&format!(
        "{COOKIE}={token}; HttpOnly; SameSite=Strict; Path=/"
    ))
    .ok()
}

/// Whether the request carries the cookie.
pub(super) fn may_spend(node: &Node, headers: &HeaderMap) -> bool {
    let Some(wallet) = node.wallet() else {
        return false;
    };
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .any(|(name, value)| name == COOKIE && same(&wallet.token, value))
}

/// Compares hashes, so that the time taken tells nothing about the secret.
fn same(expected: &str, got: &str) -> bool {
    let hash = |text: &str| Digest::of(Label::RequestSign, text.as_bytes());
    hash(expected) == hash(got)
}
