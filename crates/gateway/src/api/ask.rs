//! What a request asks beside its path.

use lilliput_workload::FilePath;

use crate::error::GatewayError;

/// Letters of a query.
const QUERY_LEN_MAX: usize = 2048;

/// The query's parameters; each at most once, no others.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Query {
    pub(super) service: Option<String>,
    pub(super) after: u64,
    pub(super) follow: bool,
    pub(super) path: Option<FilePath>,
    pub(super) part: Option<String>,
}

impl Query {
    pub(super) fn read(text: Option<&str>) -> Result<Self, GatewayError> {
        let mut query = Self::default();
        let text = text.unwrap_or_default();
        let bad = |what: &str| GatewayError::Bad(format!("the query's {what} can't be read"));
        if text.len() > QUERY_LEN_MAX {
            return Err(bad("length"));
        }
        let mut seen = Vec::new();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, "true"));
            if seen.contains(&key) {
                return Err(bad(key));
            }
            seen.push(key);
            let value = decoded(value).ok_or_else(|| bad(key))?;
            match key {
                "service" => query.service = Some(value),
                "after" => query.after = value.parse().map_err(|_| bad(key))?,
                "follow" => query.follow = value.parse().map_err(|_| bad(key))?,
                "path" => query.path = Some(value.parse().map_err(|_| bad(key))?),
                "part" => query.part = Some(value),
                _ => {
                    return Err(GatewayError::Bad(format!(
                        "the query has an unknown {key:?}"
                    )));
                }
            }
        }
        Ok(query)
    }
}

/// Percent signs and what follows them as bytes.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        if *first == b'%' {
            let digits = std::str::from_utf8(more.get(..2)?).ok()?;
            bytes.extend(hex::decode(digits).ok()?);
            rest = &more[2..];
        } else {
            bytes.push(*first);
            rest = more;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::Query;

    #[test]
    fn each_parameter_is_read_once() {
        let query = Query::read(Some("service=web&follow=true&after=7&path=a%2Fb")).unwrap();
        assert_eq!(query.service.as_deref(), Some("web"));
        assert_eq!((query.follow, query.after), (true, 7));
        assert_eq!(query.path.unwrap().as_str(), "a/b");
        for bad in [
            "service=a&service=b",
            "other=1",
            "after=-1",
            "path=..%2Fetc",
            "path=%2",
            "service=%ff",
        ] {
            assert!(Query::read(Some(bad)).is_err(), "{bad}");
        }
    }
}
