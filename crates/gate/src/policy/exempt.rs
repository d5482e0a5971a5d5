//! What is never challenged or charged, so that the web goes on working: it may still be denied.

use std::sync::Arc;

use crate::request::Facts;

/// A kind of path that is exempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exemption {
    /// `/robots.txt` and `/sitemap.xml`.
    Robots,
    /// RSS, Atom and JSON feeds.
    Feeds,
    /// `/.well-known/`.
    WellKnown,
    /// The paths that the owner's monitoring asks for.
    Health,
    /// `/favicon.ico` and its like.
    Icons,
}

impl Exemption {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Robots,
        Self::Feeds,
        Self::WellKnown,
        Self::Health,
        Self::Icons,
    ];

    /// Its name in policies.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Robots => "robots",
            Self::Feeds => "feeds",
            Self::WellKnown => "well-known",
            Self::Health => "health",
            Self::Icons => "icons",
        }
    }

    /// The name under which it decides.
    pub(super) fn rule(self) -> Arc<str> {
        Arc::from(format!("exempt-{}", self.name()))
    }
}

/// What a policy exempts.
#[derive(Clone, Debug)]
pub(crate) struct Exempt {
    pub(super) kinds: Vec<Exemption>,
    pub(super) health: Vec<String>,
}

impl Default for Exempt {
    fn default() -> Self {
        Self {
            kinds: Exemption::ALL.to_vec(),
            health: vec!["/health".to_owned(), "/healthz".to_owned()],
        }
    }
}

const FEED_NAMES: [&str; 9] = [
    "feed",
    "feed.xml",
    "feed.json",
    "rss",
    "rss.xml",
    "atom",
    "atom.xml",
    "index.xml",
    "index.rss",
];
const FEED_ENDINGS: [&str; 2] = [".rss", ".atom"];

impl Exempt {
    /// What exempts a request, if anything: on every reading of its path.
    pub(super) fn of(&self, facts: &Facts<'_>) -> Option<Exemption> {
        if !matches!(facts.method, "GET" | "HEAD") {
            return None;
        }
        self.kinds
            .iter()
            .copied()
            .find(|kind| facts.path.readings().all(|path| self.holds(*kind, path)))
    }

    fn holds(&self, kind: Exemption, path: &str) -> bool {
        match kind {
            Exemption::Robots => matches!(path, "/robots.txt" | "/sitemap.xml"),
            Exemption::WellKnown => path.starts_with("/.well-known/"),
            Exemption::Icons => {
                matches!(
                    path,
                    "/favicon.ico" | "/apple-touch-icon.png" | "/apple-touch-icon-precomposed.png"
                )
            }
            Exemption::Health => self.health.iter().any(|known| known == path),
            Exemption::Feeds => {
                let last = path
                    .trim_end_matches('/')
                    .rsplit('/')
                    .next()
                    .unwrap_or_default();
                FEED_NAMES.contains(&last)
                    || FEED_ENDINGS.iter().any(|ending| last.ends_with(ending))
            }
        }
    }
}
