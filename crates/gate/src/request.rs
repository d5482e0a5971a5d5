//! What a policy may know of a request.

use std::net::IpAddr;

use http::HeaderMap;

use crate::path::Path;
use crate::policy::Class;

/// Facts about a request, checked and resolved.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// The method, as sent.
    pub method: &'a str,
    /// The host without its port, in lower case.
    pub host: &'a str,
    /// The path.
    pub path: &'a Path<'a>,
    /// What follows `?`.
    pub query: Option<&'a str>,
    /// All headers.
    pub headers: &'a HeaderMap,
    /// Where it comes from; behind a proxy that is trusted, what that proxy says.
    pub address: IpAddr,
    /// The `User-Agent` header, or nothing.
    pub user_agent: &'a str,
    /// The length of the body, when it is told.
    pub content_length: Option<u64>,
    /// Whose key signed it, when a signature was checked.
    pub signed_by: Option<&'a str>,
    /// The known program it says to be.
    pub agent: Option<&'a str>,
    /// What that program fetches pages for.
    pub class: Class,
    /// Whether more than a claim says so: a signature, or the networks of its operator.
    pub verified: bool,
}
