//! `Signature-Agent`: where a bot publishes its keys. The address is the bot's identity.

use std::fmt;

use sfv::{Dictionary, Item, ListEntry, Parser};

use crate::bot::base::Component;
use crate::bot::head::RequestHead;
use crate::bot::signature::FIELD_LEN_MAX;

/// Where the directory of an origin is.
pub(crate) const WELL_KNOWN: &str = "/.well-known/http-message-signatures-directory";
/// The longest address that is read.
const URL_LEN_MAX: usize = 512;

/// How an agent's address leads to its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AgentKind {
    /// The directory at an origin's well-known path.
    Directory,
    /// A set of keys at the address itself.
    KeySet,
}

/// A bot's published identity: the address that its keys are fetched from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Agent {
    kind: AgentKind,
    scheme: &'static str,
    authority: String,
    /// Begins with a slash; for a directory, the well-known path.
    path: String,
    /// Sent with the fetch, no part of the identity.
    query: Option<String>,
}

impl Agent {
    /// Reads an agent's address: `https`, a host name with a dot in it, no user, no fragment, and no port but
    /// 443. `plain` also allows `http` and any port, for tests on one machine.
    #[must_use]
    pub fn parse(text: &str, kind: AgentKind, plain: bool) -> Option<Self> {
        let printable = |byte: u8| (0x21..0x7f).contains(&byte);
        if text.len() > URL_LEN_MAX || !text.bytes().all(printable) || text.contains(['#', '\\']) {
            return None;
        }
        let (scheme, rest) = match text.split_once("://")? {
            ("https", rest) => ("https", rest),
            ("http", rest) if plain => ("http", rest),
            _ => return None,
        };
        let path_at = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at_checked(path_at)?;
        let authority = authority.to_ascii_lowercase();
        let authority = match authority.strip_suffix(":443") {
            Some(host) if scheme == "https" => host.to_owned(),
            _ => authority,
        };
        if !plain && !is_host_name(&authority) || authority.is_empty() || authority.contains('@') {
            return None;
        }
        let (path, query) = match tail.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (tail, None),
        };
        let path = match (kind, path, &query) {
            (AgentKind::Directory, "" | "/", None) => WELL_KNOWN.to_owned(),
            (AgentKind::Directory, _, _) => return None,
            (AgentKind::KeySet, path, _) if is_normal_path(path) => path.to_owned(),
            (AgentKind::KeySet, _, _) => return None,
        };
        Some(Self {
            kind,
            scheme,
            authority,
            path,
            query,
        })
    }

    /// The agent that a signature covers; `None` if it covers none, or one that isn't understood.
    pub(crate) fn covered(
        head: &RequestHead<'_>,
        label: &str,
        components: &[Component],
        plain: bool,
    ) -> Option<Self> {
        let text = head.field("signature-agent")?;
        if text.len() > FIELD_LEN_MAX {
            return None;
        }
        if components.contains(&Component::Field("signature-agent".to_owned())) {
            // The older form: one string, whole.
            let item: Item = Parser::new(&text).parse().ok()?;
            return Self::parse(
                item.bare_item.as_string()?.as_str(),
                AgentKind::Directory,
                plain,
            );
        }
        let keys: Vec<&str> = components.iter().filter_map(member_key).collect();
        let key = match keys.as_slice() {
            [only] => only,
            several => several.iter().find(|key| **key == label)?,
        };
        let members: Dictionary = Parser::new(&text).parse().ok()?;
        let ListEntry::Item(item) = members.get(*key)? else {
            return None;
        };
        let kind = match item.params.get("type") {
            None => AgentKind::Directory,
            Some(value) => match value.as_token()?.as_str() {
                "directory" => AgentKind::Directory,
                "jwks_uri" => AgentKind::KeySet,
                _ => return None,
            },
        };
        Self::parse(item.bare_item.as_string()?.as_str(), kind, plain)
    }

    /// How its address leads to its keys.
    #[must_use]
    pub const fn kind(&self) -> AgentKind {
        self.kind
    }

    /// The host and, if it isn't the scheme's own, the port.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The address to fetch, with its query.
    #[must_use]
    pub fn fetch_url(&self) -> String {
        match &self.query {
            Some(query) => format!("{self}?{query}"),
            None => self.to_string(),
        }
    }
}

/// The identity: the address fetched, without a query.
impl fmt::Display for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.path)
    }
}

fn member_key(component: &Component) -> Option<&str> {
    match component {
        Component::Member { field, key } if field == "signature-agent" => Some(key),
        _ => None,
    }
}

/// Labels of letters, digits and hyphens, at least two, the last not a number: so no address in digits.
fn is_host_name(host: &str) -> bool {
    let label = |label: &str| {
        let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.len() <= 253
        && host.contains('.')
        && host.split('.').all(label)
        && last.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !last.starts_with("0x")
}

/// No dot segments and no escapes: one spelling, one identity.
fn is_normal_path(path: &str) -> bool {
    path.starts_with('/')
        && !path.contains(['%', '|', '"', '<', '>', '^', '`', '{', '}'])
        && path.split('/').all(|part| part != "." && part != "..")
}
