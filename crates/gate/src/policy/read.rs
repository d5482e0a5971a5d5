//! Reads a policy from TOML: all problems at once, each with its line.

use std::ops::Range;
use std::sync::Arc;

use regex::Regex;
use toml::Spanned;

use super::agents::{self, Class};
use super::document::{self, Document};
use super::exempt::{Exempt, Exemption};
use super::expression;
use super::pattern;
use super::pay::{Facilitated, OnLedger, Pay};
use super::place::{Place, Problem, Problems};
use super::rule::{Action, Policy, Prices, Reach, Rule, Threshold, Unsure};
use crate::price::Price;

/// Largest policy file.
pub const POLICY_BYTES_MAX: usize = 1 << 20;
/// Most rules, and most thresholds.
pub const RULES_MAX: usize = 2_000;
/// Most networks, methods, classes or agents of one rule.
const LIST_MAX: usize = 4_096;
/// Longest name of a rule.
const NAME_BYTES_MAX: usize = 96;
/// Furthest a rule may move the weight.
const WEIGHT_MAX: i64 = 10_000;
/// Furthest a rule may move the difficulty.
const EXTRA_BITS_MAX: i64 = 8;
const VERSION: u32 = 1;
const DEFAULT: &str = include_str!("../../data/default.toml");

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// With everything that is wrong with it.
    pub fn read(text: &str) -> Result<Self, Problems> {
        if text.len() > POLICY_BYTES_MAX {
            return Err(Problems(vec![Problem {
                file: String::new(),
                place: Place { line: 1, column: 1 },
                message: format!("a policy has at most {POLICY_BYTES_MAX} bytes"),
            }]));
        }
        let document: Document = toml::from_str(text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            Problems(vec![Problem {
                file: String::new(),
                place: Place::of(text, offset),
                message: error.message().replace('\n', "; "),
            }])
        })?;
        let mut reader = Reader {
            text,
            problems: Vec::new(),
        };
        let policy = reader.policy(&document);
        if reader.problems.is_empty() {
            Ok(policy)
        } else {
            reader.problems.sort_by_key(|problem| problem.place);
            Err(Problems(reader.problems))
        }
    }

    /// The policy of a gate that is given none.
    #[must_use]
    pub fn built_in() -> Self {
        Self::read(DEFAULT).expect("the policy is part of the program and read by a test")
    }

    /// The text of [`Policy::built_in`].
    #[must_use]
    pub fn built_in_text() -> &'static str {
        DEFAULT
    }
}

struct Reader<'a> {
    text: &'a str,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn problem(&mut self, span: &Range<usize>, message: impl Into<String>) {
        self.problems.push(Problem {
            file: String::new(),
            place: Place::of(self.text, span.start),
            message: message.into(),
        });
    }

    fn policy(&mut self, document: &Document) -> Policy {
        if *document.version.get_ref() != VERSION {
            self.problem(
                &document.version.span(),
                format!("`version` has to be {VERSION}"),
            );
        }
        for (count, what) in [
            (document.rule.len(), "rules"),
            (document.threshold.len(), "thresholds"),
        ] {
            if count > RULES_MAX {
                self.problem(&(0..0), format!("a policy has at most {RULES_MAX} {what}"));
            }
        }
        let rules: Vec<Rule> = document
            .rule
            .iter()
            .filter_map(|rule| self.rule(rule))
            .collect();
        let mut thresholds: Vec<Threshold> = document
            .threshold
            .iter()
            .filter_map(|threshold| self.threshold(threshold))
            .collect();
        self.names_differ(document);
        // Conditions in their order, then the highest weight that is reached.
        thresholds.sort_by_key(|threshold| match threshold.when {
            Reach::When(_) => (0, 0),
            Reach::AtLeast(least) => (1, -least),
        });
        Policy {
            rules,
            thresholds,
            nothing_fits: Arc::from("nothing-fits"),
            exempt: self.exempt(document),
            prices: self.prices(&document.prices),
            unsure: self.unsure(document),
            pay: document.pay.as_ref().and_then(|pay| self.pay(pay)),
        }
    }

    fn unsure(&mut self, document: &Document) -> Unsure {
        let Some(text) = &document.when_unsure else {
            return Unsure::default();
        };
        match text.get_ref().as_str() {
            "open" => Unsure::Open,
            "closed" => Unsure::Closed,
            _ => {
                self.problem(&text.span(), "`when_unsure` is \"open\" or \"closed\"");
                Unsure::default()
            }
        }
    }

    fn exempt(&mut self, document: &Document) -> Exempt {
        let mut exempt = Exempt::default();
        if let Some(listed) = &document.exempt {
            exempt.kinds.clear();
            for name in listed {
                match Exemption::ALL
                    .iter()
                    .find(|kind| kind.name() == name.get_ref())
                {
                    Some(kind) => exempt.kinds.push(*kind),
                    None => self.problem(
                        &name.span(),
                        format!(
                            "`{}` can't be exempt; known are {}",
                            name.get_ref(),
                            names(&Exemption::ALL.map(Exemption::name))
                        ),
                    ),
                }
            }
        }
        if let Some(health) = &document.health {
            exempt.health.clear();
            for path in health {
                if path.get_ref().starts_with('/') && exempt.health.len() < LIST_MAX {
                    exempt.health.push(path.get_ref().clone());
                } else {
                    self.problem(&path.span(), "a path of `health` begins with a slash");
                }
            }
        }
        exempt
    }

    fn prices(&mut self, prices: &document::Prices) -> Prices {
        let mut read = |price: &Option<Spanned<String>>| {
            price
                .as_ref()
                .and_then(|price| self.price(price))
                .unwrap_or(Price::ZERO)
        };
        Prices([
            read(&prices.search),
            read(&prices.agent),
            read(&prices.training),
            read(&prices.unknown),
        ])
    }

    fn pay(&mut self, pay: &Spanned<document::Pay>) -> Option<Pay> {
        let (span, pay) = (pay.span(), pay.get_ref());
        if pay.ledger.is_none() && pay.facilitator.is_none() {
            self.problem(&span, "`pay` has to have `ledger`, `facilitator` or both");
        }
        let ledger = match &pay.ledger {
            None => None,
            Some(ledger) => Some(OnLedger {
                to: self.parsed(&ledger.to, "account")?,
                asset: self.parsed(&ledger.asset, "asset")?,
                units: self.units(&ledger.units),
            }),
        };
        let facilitator = match &pay.facilitator {
            None => None,
            Some(facilitated) => Some(Facilitated {
                url: facilitated.url.clone(),
                chain_id: facilitated.chain_id,
                token: self.parsed(&facilitated.token, "contract")?,
                token_name: facilitated.token_name.clone(),
                token_version: facilitated.token_version.clone(),
                to: self.parsed(&facilitated.to, "account")?,
                units: self.units(&facilitated.units),
                rpc: facilitated.rpc.clone(),
            }),
        };
        Some(Pay {
            ledger,
            facilitator,
        })
    }

    fn units(&mut self, units: &Spanned<u64>) -> u128 {
        if *units.get_ref() == 0 {
            self.problem(
                &units.span(),
                "`units` are the smallest units in one dollar, at least 1",
            );
        }
        u128::from(*units.get_ref())
    }

    fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(
        &mut self,
        text: &Spanned<String>,
        what: &str,
    ) -> Option<T> {
        match text.get_ref().parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.problem(&text.span(), format!("this is no {what}: {error}"));
                None
            }
        }
    }

    fn price(&mut self, text: &Spanned<String>) -> Option<Price> {
        match text.get_ref().parse() {
            Ok(price) => Some(price),
            Err(error) => {
                self.problem(&text.span(), format!("{error}"));
                None
            }
        }
    }

    fn name(&mut self, name: &Spanned<String>) -> Arc<str> {
        let text = name.get_ref();
        let plain = |character: char| character.is_alphanumeric() || "-_.:/ ()".contains(character);
        if text.is_empty() || text.len() > NAME_BYTES_MAX || !text.chars().all(plain) {
            self.problem(
                &name.span(),
                format!(
                    "a name has 1 to {NAME_BYTES_MAX} bytes: letters, digits, spaces and -_.:/()"
                ),
            );
        }
        Arc::from(text.as_str())
    }

    /// Logs and metrics tell rules apart by their names.
    fn names_differ(&mut self, document: &Document) {
        let rules = document.rule.iter().map(|rule| &rule.get_ref().name);
        let thresholds = document
            .threshold
            .iter()
            .map(|threshold| &threshold.get_ref().name);
        let mut seen = std::collections::BTreeSet::new();
        let twice: Vec<(Range<usize>, String)> = rules
            .chain(thresholds)
            .filter(|name| !seen.insert(name.get_ref().as_str()))
            .map(|name| (name.span(), name.get_ref().clone()))
            .collect();
        for (span, name) in twice {
            self.problem(
                &span,
                format!("there is another rule or threshold named `{name}`"),
            );
        }
    }

    fn rule(&mut self, rule: &Spanned<document::Rule>) -> Option<Rule> {
        let span = rule.span();
        let rule = rule.get_ref();
        let action = self.action(
            &rule.action,
            rule.weight.as_ref(),
            rule.price.as_ref(),
            rule.extra_bits.as_ref(),
        );
        let read = Rule {
            name: self.name(&rule.name),
            action: action.unwrap_or(Action::Allow),
            path: rule.path.as_ref().and_then(|path| self.pattern(path)),
            methods: self.list(&rule.method, |method| {
                let token =
                    !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase());
                token
                    .then(|| method.to_owned())
                    .ok_or_else(|| format!("`{method}` is no method; write it in capitals"))
            }),
            user_agent: rule
                .user_agent
                .as_ref()
                .and_then(|pattern| self.pattern(pattern)),
            headers: self.headers(rule),
            networks: self.list(&rule.network, |text| {
                text.parse().map_err(|error| format!("{error}"))
            }),
            classes: self.list(&rule.class, |text| {
                Class::ALL
                    .into_iter()
                    .find(|class| class.name() == text)
                    .ok_or_else(|| {
                        format!(
                            "`{text}` is no class; known are {}",
                            names(&Class::ALL.map(Class::name))
                        )
                    })
            }),
            agents: self.list(&rule.agent, |text| {
                agents::by_name(text)
                    .map(|agent| agent.name.clone())
                    .ok_or_else(|| {
                        format!("`{text}` isn't in the list of agents; use `user_agent` for others")
                    })
            }),
            signed: rule.signed,
            verified: rule.verified,
            when: rule
                .when
                .as_ref()
                .and_then(|text| self.condition(text, expression::read))
                .into_iter()
                .collect(),
        };
        if is_empty(rule) {
            self.problem(&span, "a rule has to name what it fits: path, method, user_agent, header, network, class, agent, signed, verified or when");
        }
        Some(read)
    }

    fn headers(&mut self, rule: &document::Rule) -> Vec<(String, Regex)> {
        let mut headers = Vec::new();
        for (name, written) in &rule.header {
            if http::HeaderName::from_bytes(name.as_bytes()).is_err() {
                self.problem(&written.span(), format!("`{name}` is no name of a header"));
                continue;
            }
            if let Some(regex) = self.pattern(written) {
                headers.push((name.to_ascii_lowercase(), regex));
            }
        }
        headers
    }

    fn list<T>(
        &mut self,
        texts: &Option<Vec<Spanned<String>>>,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Vec<T> {
        let Some(texts) = texts else {
            return Vec::new();
        };
        if let (true, Some(first)) = (texts.len() > LIST_MAX, texts.first()) {
            self.problem(
                &first.span(),
                format!("a list has at most {LIST_MAX} entries"),
            );
            return Vec::new();
        }
        let mut all = Vec::new();
        for text in texts {
            match read(text.get_ref()) {
                Ok(value) => all.push(value),
                Err(message) => self.problem(&text.span(), message),
            }
        }
        all
    }

    fn pattern(&mut self, written: &Spanned<String>) -> Option<Regex> {
        match pattern::compiled(written.get_ref()) {
            Ok(regex) => Some(regex),
            Err(message) => {
                self.problem(&written.span(), message);
                None
            }
        }
    }

    fn condition<T>(
        &mut self,
        text: &Spanned<String>,
        read: impl Fn(&str) -> Result<T, expression::ExpressionError>,
    ) -> Option<T> {
        match read(text.get_ref()) {
            Ok(condition) => Some(condition),
            Err(error) => {
                let near: String = text
                    .get_ref()
                    .get(error.offset..)
                    .unwrap_or_default()
                    .chars()
                    .take(24)
                    .collect();
                let near = if near.is_empty() {
                    "the end".to_owned()
                } else {
                    format!("`{near}`")
                };
                self.problem(&text.span(), format!("near {near}: {}", error.message));
                None
            }
        }
    }

    fn threshold(&mut self, threshold: &Spanned<document::Threshold>) -> Option<Threshold> {
        let span = threshold.span();
        let threshold = threshold.get_ref();
        let action = self.action(
            &threshold.action,
            None,
            threshold.price.as_ref(),
            threshold.extra_bits.as_ref(),
        );
        let name = self.name(&threshold.name);
        let when = match (&threshold.at_least, &threshold.when) {
            (Some(least), None) => Some(Reach::AtLeast(*least.get_ref())),
            (None, Some(text)) => self
                .condition(text, expression::number_condition)
                .map(Reach::When),
            (Some(_), Some(_)) | (None, None) => {
                self.problem(&span, "a threshold has either `at_least` or `when`");
                None
            }
        };
        if let Some(Action::Weigh { .. }) = action {
            self.problem(&threshold.action.span(), "a threshold can't weigh");
        }
        Some(Threshold {
            name,
            action: action?,
            when: when?,
        })
    }

    fn action(
        &mut self,
        action: &Spanned<String>,
        weight: Option<&Spanned<i64>>,
        price: Option<&Spanned<String>>,
        extra_bits: Option<&Spanned<i64>>,
    ) -> Option<Action> {
        let name = action.get_ref().as_str();
        let alone = [
            ("weigh", "weight", weight.map(Spanned::span)),
            ("pay", "price", price.map(Spanned::span)),
            ("challenge", "extra_bits", extra_bits.map(Spanned::span)),
        ];
        for (needed, key, span) in alone {
            if let (Some(span), true) = (span, name != needed) {
                self.problem(
                    &span,
                    format!("`{key}` goes with the action \"{needed}\" alone"),
                );
            }
        }
        match name {
            "allow" => Some(Action::Allow),
            "deny" => Some(Action::Deny),
            "challenge" => {
                let bits = extra_bits
                    .and_then(|bits| self.within(bits, EXTRA_BITS_MAX))
                    .unwrap_or(0);
                Some(Action::Challenge {
                    extra_bits: i8::try_from(bits).unwrap_or(0),
                })
            }
            "pay" => Some(Action::Pay {
                price: price.and_then(|price| self.price(price)),
            }),
            "weigh" => {
                let Some(weight) = weight else {
                    self.problem(
                        &action.span(),
                        "a rule that weighs has to say how much: `weight`",
                    );
                    return None;
                };
                let weight = self.within(weight, WEIGHT_MAX)?;
                Some(Action::Weigh {
                    weight: i32::try_from(weight).unwrap_or(0),
                })
            }
            _ => {
                self.problem(
                    &action.span(),
                    format!(
                        "`{name}` is no action; known are allow, deny, challenge, pay and weigh"
                    ),
                );
                None
            }
        }
    }

    fn within(&mut self, number: &Spanned<i64>, most: i64) -> Option<i64> {
        let value = *number.get_ref();
        if (-most..=most).contains(&value) {
            return Some(value);
        }
        self.problem(
            &number.span(),
            format!("this has to lie between -{most} and {most}"),
        );
        None
    }
}

fn is_empty(rule: &document::Rule) -> bool {
    rule.path.is_none()
        && rule.method.is_none()
        && rule.user_agent.is_none()
        && rule.header.is_empty()
        && rule.network.is_none()
        && rule.class.is_none()
        && rule.agent.is_none()
        && rule.signed.is_none()
        && rule.verified.is_none()
        && rule.when.is_none()
}

fn names(all: &[&str]) -> String {
    all.join(", ")
}

#[cfg(test)]
mod tests;
