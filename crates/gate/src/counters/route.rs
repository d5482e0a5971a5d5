//! Which route a path belongs to.

/// Longest route.
const ROUTE_BYTES_MAX: usize = 40;

/// The first segment of a path; `/` for what lies at the root.
pub(crate) fn route(path: &str) -> &str {
    let rest = path.strip_prefix('/').unwrap_or(path);
    match rest.find('/') {
        Some(end) if end > 0 && end < ROUTE_BYTES_MAX => path.get(..=end).unwrap_or("/"),
        _ => "/",
    }
}
