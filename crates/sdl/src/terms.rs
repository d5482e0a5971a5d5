//! The `lilliput/` attributes of a placement: what this network understands beyond Akash.
//!
//! They are ordinary placement attributes, so a file with them stays a valid Akash file; on Akash
//! only a provider that advertises them will bid.

use crate::at::At;
use crate::decode::duration;
use crate::limits::TERM_SECONDS_MAX;
use crate::problem::{Cause, Report, shown};
use crate::quantity::{Amount, Seconds};

/// What our attributes begin with.
pub const PREFIX: &str = "lilliput/";
/// Providers that answer a replicated job, where the file doesn't say.
pub const REPLICAS_DEFAULT: u8 = 3;
/// The most providers that answer a replicated job.
pub const REPLICAS_MAX: u8 = 16;

const REPLICAS_MIN: u8 = 2;
const KNOWN: &[&str] = &[
    "lilliput/verification",
    "lilliput/replicas",
    "lilliput/deadline",
    "lilliput/spot-ceiling",
    "lilliput/notice-window",
    "lilliput/bids",
    "lilliput/bidding",
    "lilliput/choice",
    "lilliput/split",
    "lilliput/reserve-in",
    "lilliput/reserve-for",
    "lilliput/latency-to",
    "lilliput/latency-max-ms",
];
const BOOKS: &[&str] = &["open", "sealed"];
const CHOICES: &[&str] = &["cheapest", "manual"];
const ANSWERS: &[&str] = &["true", "false"];
const MILLISECONDS_MAX: u64 = 60_000;
const LEVELS: &[&str] = &["trusted", "replicated", "disputable", "proven"];

/// The words of `lilliput/verification`, in the order of [`LEVELS`].
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Trusted,
    Replicated,
    Disputable,
    Proven,
}

impl Level {
    const ALL: [Self; 4] = [
        Self::Trusted,
        Self::Replicated,
        Self::Disputable,
        Self::Proven,
    ];
}

/// How an answer is checked before it is paid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verification {
    /// The provider's signature only.
    #[default]
    Trusted,
    /// Several providers under distinct bonds, bitwise equal results.
    Replicated {
        /// How many.
        replicas: u8,
    },
    /// A bond and a window to dispute.
    Disputable,
    /// A proof.
    Proven,
}

/// What a placement says beyond Akash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// How answers are checked.
    pub verification: Verification,
    /// How long after its order the work must be done.
    pub deadline: Option<Seconds>,
    /// Makes the order a spot order: it runs while the group's price per block is at most this, in
    /// the denomination of the placement.
    pub spot_ceiling: Option<Amount>,
    /// The shortest notice before a provider takes its machine back; where `reclamation` says one
    /// too, the longer holds.
    pub notice_window: Option<Seconds>,
    /// Whether bids stay hidden until bidding is over.
    pub sealed: bool,
    /// For how long bids may come.
    pub bidding: Option<Seconds>,
    /// Whether the buyer chooses among bids; else the cheapest is taken.
    pub manual: bool,
    /// Whether several providers may share the group.
    pub split: bool,
    /// Makes the order a reservation: in how long it begins, for how long it lasts.
    pub reservation: Option<(Seconds, Seconds)>,
    /// The most milliseconds to a place, by the words of `latency`.
    pub latency_max_ms: Option<u32>,
}

/// The words as they are read, before they are looked at together.
#[derive(Default)]
struct Draft {
    terms: Terms,
    level: Option<Level>,
    replicas: Option<u8>,
    reserve_in: Option<Seconds>,
    reserve_for: Option<Seconds>,
    far: bool,
}

/// Reads ours among the attributes of a placement.
pub(crate) fn read(attributes: &[(&str, &str, At<'_>)], report: &mut Report) -> Option<Terms> {
    let mut draft = Draft::default();
    let mut whole = true;
    for (key, value, at) in attributes {
        let Some(name) = key.strip_prefix(PREFIX) else {
            continue;
        };
        let read = draft.measure(name, value, at, report);
        let read = read.or_else(|| draft.word(name, value, at, report));
        whole &= read.unwrap_or_else(|| unknown(key, at, report));
    }
    if !whole {
        return None;
    }
    draft.finish();
    if let Some((key, cause)) = draft.disagreement() {
        if let Some((_, _, at)) = attributes.iter().find(|(own, ..)| *own == key) {
            at.problem_of_key(report, cause);
        }
        return None;
    }
    Some(draft.terms)
}

fn unknown(key: &str, at: &At<'_>, report: &mut Report) -> bool {
    let nearest = report.nearest(key, KNOWN.iter().copied());
    let cause = Cause::UnknownKey {
        key: shown(key),
        nearest: nearest.map(str::to_owned),
        known: KNOWN,
    };
    at.problem_of_key(report, cause);
    false
}

impl Draft {
    /// Numbers, spans and amounts: whether the value is right; none where the key is none of them.
    fn measure(
        &mut self,
        name: &str,
        value: &str,
        at: &At<'_>,
        report: &mut Report,
    ) -> Option<bool> {
        let terms = &mut self.terms;
        let span = match name {
            "deadline" => &mut terms.deadline,
            "notice-window" => &mut terms.notice_window,
            "bidding" => &mut terms.bidding,
            "reserve-in" => &mut self.reserve_in,
            "reserve-for" => &mut self.reserve_for,
            "replicas" => {
                let range = (u64::from(REPLICAS_MIN), u64::from(REPLICAS_MAX));
                self.replicas = number(at, report, value, range);
                return Some(self.replicas.is_some());
            }
            "spot-ceiling" => {
                terms.spot_ceiling = ceiling(at, report, value);
                return Some(terms.spot_ceiling.is_some());
            }
            "latency-max-ms" => {
                terms.latency_max_ms = number(at, report, value, (1, MILLISECONDS_MAX));
                return Some(terms.latency_max_ms.is_some());
            }
            _ => return None,
        };
        *span = duration(at, report, value, TERM_SECONDS_MAX);
        Some(span.is_some())
    }

    /// Words of a few: whether the value is one of them; none where the key takes other values.
    fn word(&mut self, name: &str, value: &str, at: &At<'_>, report: &mut Report) -> Option<bool> {
        let terms = &mut self.terms;
        let (field, words, values) = match name {
            "bids" => (&mut terms.sealed, BOOKS, [false, true]),
            "choice" => (&mut terms.manual, CHOICES, [false, true]),
            "split" => (&mut terms.split, ANSWERS, [true, false]),
            "verification" => {
                self.level = at.choice(report, value, LEVELS, &Level::ALL);
                return Some(self.level.is_some());
            }
            "latency-to" => {
                self.far = true;
                return Some(true);
            }
            _ => return None,
        };
        let found = at.choice(report, value, words, &values);
        *field = found.unwrap_or(*field);
        Some(found.is_some())
    }

    /// What several words say together.
    fn finish(&mut self) {
        self.terms.verification = match self.level {
            None | Some(Level::Trusted) => Verification::Trusted,
            Some(Level::Replicated) => Verification::Replicated {
                replicas: self.replicas.unwrap_or(REPLICAS_DEFAULT),
            },
            Some(Level::Disputable) => Verification::Disputable,
            Some(Level::Proven) => Verification::Proven,
        };
        if let Some(lasts) = self.reserve_for {
            self.terms.reservation = Some((self.reserve_in.unwrap_or_default(), lasts));
        }
    }

    /// The key that doesn't go with the others, and why.
    fn disagreement(&self) -> Option<(&'static str, Cause)> {
        let needs = |key, needs| Some((key, Cause::TermNeeds { key, needs }));
        let excludes = |key, other| Some((key, Cause::TermExcludes { key, other }));
        let terms = &self.terms;
        let replicated = self.level == Some(Level::Replicated);
        if self.replicas.is_some() && !replicated {
            return Some(("lilliput/replicas", Cause::ReplicasWithoutReplication));
        }
        match (self.far, terms.latency_max_ms.is_some()) {
            (true, false) => return needs("lilliput/latency-to", "lilliput/latency-max-ms"),
            (false, true) => return needs("lilliput/latency-max-ms", "lilliput/latency-to"),
            (true, true) | (false, false) => {}
        }
        if self.reserve_in.is_some() && self.reserve_for.is_none() {
            return needs("lilliput/reserve-in", "lilliput/reserve-for");
        }
        if terms.reservation.is_some() && terms.spot_ceiling.is_some() {
            return excludes("lilliput/reserve-for", "lilliput/spot-ceiling");
        }
        if terms.reservation.is_some() && replicated {
            return excludes("lilliput/reserve-for", "lilliput/verification: replicated");
        }
        if terms.split && terms.spot_ceiling.is_some() {
            return excludes("lilliput/split", "lilliput/spot-ceiling");
        }
        if terms.split && replicated {
            return excludes("lilliput/split", "lilliput/verification: replicated");
        }
        None
    }
}

fn number<T: TryFrom<u64>>(
    at: &At<'_>,
    report: &mut Report,
    text: &str,
    (min, max): (u64, u64),
) -> Option<T> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| digits);
    let number = number.filter(|number| (min..=max).contains(number));
    if number.is_none() {
        at.out_of_range(report, format!("`{}`", shown(text)), min, max);
    }
    number.and_then(|number: u64| T::try_from(number).ok())
}

fn ceiling(at: &At<'_>, report: &mut Report, text: &str) -> Option<Amount> {
    match Amount::parse(text) {
        Ok(Amount(0)) => {
            at.out_of_range(report, Amount(0), Amount(1), Amount(u128::MAX));
            None
        }
        Ok(amount) => Some(amount),
        Err(source) => {
            let cause = Cause::NotQuantity {
                what: "price",
                got: shown(text),
                source,
            };
            at.problem(report, cause);
            None
        }
    }
}
