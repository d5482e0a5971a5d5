//! A request as its signature sees it.

use http::HeaderMap;

/// The head of a request, as it came from the wire.
#[derive(Clone, Copy, Debug)]
pub struct RequestHead<'a> {
    /// `GET`.
    pub method: &'a str,
    /// `http` or `https`: what the client used, told by whoever ends TLS.
    pub scheme: &'a str,
    /// The host asked for, with its port if it isn't the scheme's.
    pub authority: &'a str,
    /// The path as sent, not decoded.
    pub path: &'a str,
    /// The query as sent, without its question mark.
    pub query: Option<&'a str>,
    /// All header fields.
    pub headers: &'a HeaderMap,
}

impl RequestHead<'_> {
    /// The authority in its normal form: small letters, without the scheme's own port.
    #[must_use]
    pub fn normal_authority(&self) -> String {
        let authority = self.authority.to_ascii_lowercase();
        let port = if self.scheme == "http" { ":80" } else { ":443" };
        match authority.strip_suffix(port) {
            Some(host) => host.to_owned(),
            None => authority,
        }
    }

    /// The path, never empty.
    #[must_use]
    pub fn normal_path(&self) -> &str {
        if self.path.is_empty() { "/" } else { self.path }
    }

    /// The whole address that the request is for.
    #[must_use]
    pub fn target(&self) -> String {
        let (scheme, authority, path) = (self.scheme, self.normal_authority(), self.normal_path());
        match self.query {
            Some(query) => format!("{scheme}://{authority}{path}?{query}"),
            None => format!("{scheme}://{authority}{path}"),
        }
    }

    /// A field's value: its lines trimmed and joined; `None` when absent or not plain ASCII.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<String> {
        let mut joined: Option<String> = None;
        for value in self.headers.get_all(name) {
            let line = value.to_str().ok()?.trim_matches([' ', '\t']);
            match &mut joined {
                None => joined = Some(line.to_owned()),
                Some(joined) => {
                    joined.push_str(", ");
                    joined.push_str(line);
                }
            }
        }
        joined
    }
}
