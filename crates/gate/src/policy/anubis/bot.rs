//! One rule or threshold of Anubis as one of ours.

use std::fmt::Write as _;

use super::tree::Node;
use crate::policy::expression;
use crate::policy::network::Network;
use crate::policy::pattern;
use crate::policy::place::Place;

type Found = Vec<(Place, String)>;

/// What Anubis adds where a rule that weighs doesn't say how much.
const WEIGHT_DEFAULT: i64 = 5;
/// The difficulty of Anubis that counts as the gate's own; one step is four bits.
const DIFFICULTY_DEFAULT: i64 = 4;
const BITS_A_STEP: i64 = 4;
const EXTRA_BITS_MAX: i64 = 8;

/// A rule's text; `number` tells rules without a name apart.
pub(super) fn rule(node: &Node, number: usize) -> Result<String, Found> {
    let mut writer = Writer::new(node, "[[rule]]\n");
    let Some(entries) = node.entries() else {
        return Err(vec![(node.place, "a rule has to be a mapping".to_owned())]);
    };
    let name = node.get("name").and_then(Node::text).unwrap_or("rule");
    let name = plain(name);
    let action = writer.action();
    writer.line("name", &quoted(&format!("{:03} {name}", number + 1)));
    writer.line("action", &quoted(action));
    for (key, place, value) in entries {
        match key.as_str() {
            "name" | "action" => {}
            "user_agent_regex" => writer.pattern("user_agent", value),
            "path_regex" => writer.pattern("path", value),
            "headers_regex" => writer.headers(value),
            "remote_addresses" => writer.networks(value),
            "expression" => writer.expression(value, false),
            "weight" => writer.weight(action, value),
            "challenge" => writer.challenge(action, value),
            "geoip" | "asns" => writer.problem(*place, format!("`{key}` needs a map of addresses, which the gate doesn't have; name networks instead")),
            _ => writer.problem(*place, format!("`{key}` isn't known here")),
        }
    }
    if action == "weigh" && node.get("weight").is_none() {
        writer.line("weight", &WEIGHT_DEFAULT.to_string());
    }
    writer.finish()
}

/// A threshold's text.
pub(super) fn threshold(node: &Node) -> Result<String, Found> {
    let mut writer = Writer::new(node, "[[threshold]]\n");
    let Some(entries) = node.entries() else {
        return Err(vec![(
            node.place,
            "a threshold has to be a mapping".to_owned(),
        )]);
    };
    let action = writer.action();
    let name = node.get("name").and_then(Node::text).unwrap_or("threshold");
    writer.line("name", &quoted(&format!("threshold {}", plain(name))));
    writer.line("action", &quoted(action));
    for (key, place, value) in entries {
        match key.as_str() {
            "name" | "action" => {}
            "expression" => writer.expression(value, true),
            "challenge" => writer.challenge(action, value),
            _ => writer.problem(*place, format!("`{key}` isn't known here")),
        }
    }
    writer.finish()
}

struct Writer<'a> {
    node: &'a Node,
    text: String,
    problems: Found,
}

impl<'a> Writer<'a> {
    fn new(node: &'a Node, head: &str) -> Self {
        Self {
            node,
            text: head.to_owned(),
            problems: Vec::new(),
        }
    }

    fn finish(self) -> Result<String, Found> {
        if self.problems.is_empty() {
            Ok(self.text)
        } else {
            Err(self.problems)
        }
    }

    fn problem(&mut self, place: Place, message: impl Into<String>) {
        self.problems.push((place, message.into()));
    }

    fn line(&mut self, key: &str, value: &str) {
        // A String takes everything that is written to it.
        let _ = writeln!(self.text, "{key} = {value}");
    }

    fn text_of(&mut self, node: &'a Node) -> &'a str {
        node.text().unwrap_or_else(|| {
            self.problem(node.place, "a text has to stand here");
            ""
        })
    }

    fn action(&mut self) -> &'static str {
        let node = self.node;
        match node.get("action").and_then(Node::text) {
            Some("ALLOW") => "allow",
            Some("DENY") => "deny",
            Some("CHALLENGE") => "challenge",
            Some("WEIGH") => "weigh",
            Some(other) => {
                self.problem(
                    node.place,
                    format!("the action `{other}` has no meaning here"),
                );
                "deny"
            }
            None => {
                self.problem(node.place, "`action` is missing");
                "deny"
            }
        }
    }

    fn pattern(&mut self, key: &str, node: &'a Node) {
        let written = self.text_of(node);
        match pattern::compiled(written) {
            Ok(_) => self.line(key, &quoted(written)),
            Err(message) => self.problem(node.place, message),
        }
    }

    fn headers(&mut self, node: &'a Node) {
        let Some(entries) = node.entries() else {
            self.problem(node.place, "`headers_regex` has to be a mapping");
            return;
        };
        for (name, place, value) in entries {
            if http::HeaderName::from_bytes(name.as_bytes()).is_err() {
                self.problem(*place, format!("`{name}` is no name of a header"));
            }
            self.pattern(&format!("header.{}", quoted(name)), value);
        }
    }

    fn networks(&mut self, node: &'a Node) {
        let Some(list) = node.list() else {
            self.problem(node.place, "`remote_addresses` has to be a list");
            return;
        };
        let mut all = Vec::new();
        for one in list {
            let text = self.text_of(one);
            match text.parse::<Network>() {
                Ok(_) => all.push(quoted(text)),
                Err(error) => self.problem(one.place, error.to_string()),
            }
        }
        self.line("network", &format!("[{}]", all.join(", ")));
    }

    fn expression(&mut self, node: &'a Node, weight: bool) {
        let (list, joint) = match (node.get("all"), node.get("any")) {
            (Some(all), None) => (all.list(), " && "),
            (None, Some(any)) => (any.list(), " || "),
            _ => (Some(std::slice::from_ref(node)), ""),
        };
        let Some(list) = list.filter(|list| !list.is_empty()) else {
            self.problem(
                node.place,
                "`expression` is a text, or `all` or `any` with a list",
            );
            return;
        };
        let mut parts = Vec::new();
        for one in list {
            let text = self.text_of(one).trim();
            let read = if weight {
                expression::number_condition(text)
            } else {
                expression::read(text)
            };
            if let Err(error) = read {
                self.problem(
                    one.place,
                    format!("the expression `{}`: {}", shortened(text), error.message),
                );
            }
            parts.push(if list.len() > 1 {
                format!("({text})")
            } else {
                text.to_owned()
            });
        }
        self.line("when", &quoted(&parts.join(joint)));
    }

    fn weight(&mut self, action: &str, node: &'a Node) {
        let adjust = node
            .get("adjust")
            .and_then(Node::text)
            .and_then(|text| text.parse::<i64>().ok());
        match adjust {
            Some(_) if action != "weigh" => {}
            Some(adjust) => self.line("weight", &adjust.to_string()),
            None => self.problem(node.place, "`weight` has to have `adjust`, a whole number"),
        }
    }

    fn challenge(&mut self, action: &str, node: &'a Node) {
        if action != "challenge" {
            return;
        }
        let light = matches!(
            node.get("algorithm").and_then(Node::text),
            Some("metarefresh" | "preact")
        );
        let difficulty = match node
            .get("difficulty")
            .map(|node| node.text().unwrap_or_default().parse::<i64>())
        {
            None => DIFFICULTY_DEFAULT,
            Some(Ok(difficulty)) => difficulty,
            Some(Err(_)) => {
                self.problem(node.place, "`difficulty` has to be a whole number");
                return;
            }
        };
        let bits = if light {
            -EXTRA_BITS_MAX
        } else {
            difficulty
                .saturating_sub(DIFFICULTY_DEFAULT)
                .saturating_mul(BITS_A_STEP)
                .clamp(-EXTRA_BITS_MAX, EXTRA_BITS_MAX)
        };
        if bits != 0 {
            self.line("extra_bits", &bits.to_string());
        }
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A name with what names may hold.
fn plain(name: &str) -> String {
    name.chars()
        .map(|character| {
            if character.is_alphanumeric() || "-_.:/ ()".contains(character) {
                character
            } else {
                '-'
            }
        })
        .take(64)
        .collect()
}

fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}
