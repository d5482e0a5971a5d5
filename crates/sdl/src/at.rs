//! A value of the file on its way to a type: it knows its place and path, and says what is wrong
//! with it.

use std::fmt::Display;

use crate::limits::NAME_BYTES_MAX;
use crate::problem::{Cause, Doubt, Place, Report, shown};
use crate::quantity::QuantityError;
use crate::tree::{Kind, Node, NodeId, Path, Scalar, Tree, Value};

/// The keys of a mapping that has a fixed set of them.
pub(crate) struct Keys {
    pub(crate) known: &'static [&'static str],
    pub(crate) required: &'static [&'static str],
}

/// A value, where it stands and how it was reached.
#[derive(Clone)]
pub(crate) struct At<'t> {
    tree: &'t Tree,
    node: &'t Node,
    path: Path<'t>,
    key_place: Option<Place>,
}

/// The values of a mapping with a fixed set of keys.
pub(crate) struct Fields<'t>(Vec<(&'t str, At<'t>)>);

impl<'t> Fields<'t> {
    pub(crate) fn get(&self, key: &str) -> Option<&At<'t>> {
        self.0
            .iter()
            .find(|(known, _)| *known == key)
            .map(|(_, at)| at)
    }
}

impl<'t> At<'t> {
    pub(crate) fn root(tree: &'t Tree) -> Self {
        Self {
            tree,
            node: tree.node(tree.root()),
            path: Path::default(),
            key_place: None,
        }
    }

    /// The value that `keys` lead to, or the deepest one on the way that exists.
    pub(crate) fn descend(&self, keys: &[&str]) -> Self {
        let mut at = self.clone();
        for key in keys {
            let next = match &at.node.value {
                Value::Mapping(entries) => entries
                    .iter()
                    .find(|entry| entry.key == *key)
                    .map(|entry| at.child(&entry.key, entry.key_place, entry.value)),
                Value::List(items) => key
                    .parse()
                    .ok()
                    .and_then(|index: usize| Some((index, items.get(index)?)))
                    .map(|(index, id)| at.item(index, *id)),
                Value::Scalar(_) => None,
            };
            match next {
                Some(next) => at = next,
                None => break,
            }
        }
        at
    }

    fn child(&self, key: &'t str, key_place: Place, value: NodeId) -> Self {
        Self {
            tree: self.tree,
            node: self.tree.node(value),
            path: self.path.key(key),
            key_place: Some(key_place),
        }
    }

    fn item(&self, index: usize, value: NodeId) -> Self {
        Self {
            tree: self.tree,
            node: self.tree.node(value),
            path: self.path.index(index),
            key_place: None,
        }
    }

    pub(crate) fn line(&self) -> u32 {
        self.node.place.line
    }

    pub(crate) fn problem(&self, report: &mut Report, cause: Cause) {
        report.problem(self.node.place, self.path.to_string(), cause);
    }

    /// A problem of the name this value has, not of the value.
    pub(crate) fn problem_of_key(&self, report: &mut Report, cause: Cause) {
        let place = self.key_place.unwrap_or(self.node.place);
        report.problem(place, self.path.to_string(), cause);
    }

    /// A doubt about the name this value has, or about the value where it has none.
    pub(crate) fn doubt(&self, report: &mut Report, doubt: Doubt) {
        let place = self.key_place.unwrap_or(self.node.place);
        report.warning(place, self.path.to_string(), doubt);
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.node.value, Value::Scalar(scalar) if scalar.kind == Kind::Null)
    }

    pub(crate) fn is_list(&self) -> bool {
        matches!(self.node.value, Value::List(_))
    }

    pub(crate) fn is_empty_mapping(&self) -> bool {
        matches!(&self.node.value, Value::Mapping(entries) if entries.is_empty())
    }

    fn scalar(&self) -> Option<&'t Scalar> {
        match &self.node.value {
            Value::Scalar(scalar) => Some(scalar),
            Value::List(_) | Value::Mapping(_) => None,
        }
    }

    /// The values of a mapping with the given keys; unknown and missing ones are problems.
    pub(crate) fn fields(&self, report: &mut Report, keys: &Keys) -> Option<Fields<'t>> {
        let Value::Mapping(entries) = &self.node.value else {
            self.wrong_type(report, "a mapping", self.hint_of_nothing());
            return None;
        };
        let mut found = Vec::new();
        for entry in entries {
            let at = self.child(&entry.key, entry.key_place, entry.value);
            if keys.known.contains(&entry.key.as_str()) {
                found.push((entry.key.as_str(), at));
                continue;
            }
            let free = keys.known.iter().copied();
            let cause = Cause::UnknownKey {
                key: shown(&entry.key),
                nearest: report.nearest(&entry.key, free).map(str::to_owned),
                known: keys.known,
            };
            at.problem_of_key(report, cause);
        }
        for key in keys.required {
            if !found.iter().any(|(known, _)| known == key) {
                let place = self.key_place.unwrap_or(self.node.place);
                report.problem(place, self.path.to_string(), Cause::MissingKey { key });
            }
        }
        Some(Fields(found))
    }

    /// The names and values of a mapping whose keys are up to the writer.
    pub(crate) fn entries(
        &self,
        report: &mut Report,
        what: &'static str,
        max: usize,
    ) -> Option<Vec<(&'t str, Self)>> {
        let Value::Mapping(entries) = &self.node.value else {
            self.wrong_type(report, "a mapping", self.hint_of_nothing());
            return None;
        };
        if entries.len() > max {
            self.problem(report, Cause::TooMany { what, max });
            return None;
        }
        let mut found = Vec::new();
        for entry in entries {
            let at = self.child(&entry.key, entry.key_place, entry.value);
            if entry.key.is_empty() {
                at.problem_of_key(report, Cause::Empty);
            } else if at.is_word(report, &entry.key) {
                found.push((entry.key.as_str(), at));
            }
        }
        Some(found)
    }

    pub(crate) fn items(
        &self,
        report: &mut Report,
        what: &'static str,
        max: usize,
    ) -> Option<Vec<Self>> {
        let Value::List(items) = &self.node.value else {
            self.wrong_type(report, "a list", self.hint_of_nothing());
            return None;
        };
        if items.len() > max {
            self.problem(report, Cause::TooMany { what, max });
            return None;
        }
        let items = items.iter().enumerate();
        Some(items.map(|(index, id)| self.item(index, *id)).collect())
    }

    /// A text of any length the file can have.
    pub(crate) fn text(&self, report: &mut Report) -> Option<&'t str> {
        match self.scalar() {
            Some(scalar) if scalar.kind == Kind::Text => Some(&scalar.text),
            Some(scalar) if scalar.kind != Kind::Null => {
                self.wrong_type(report, "text", Some("put it in quotes"));
                None
            }
            _ => {
                self.wrong_type(report, "text", None);
                None
            }
        }
    }

    /// A text that names or points to something: bounded, and without control characters.
    pub(crate) fn word(&self, report: &mut Report) -> Option<&'t str> {
        let text = self.text(report)?;
        self.is_word(report, text).then_some(text)
    }

    pub(crate) fn filled_word(&self, report: &mut Report) -> Option<&'t str> {
        let word = self.word(report)?;
        if word.trim().is_empty() {
            self.problem(report, Cause::Empty);
            return None;
        }
        Some(word)
    }

    /// As [`At::word`], for a scalar of any kind, as it is written; nothing is the empty word.
    pub(crate) fn written_word(&self, report: &mut Report) -> Option<&'t str> {
        let written = self.written(report)?;
        self.is_word(report, written).then_some(written)
    }

    /// What a scalar of any kind says, as it is written; nothing is the empty text.
    pub(crate) fn written(&self, report: &mut Report) -> Option<&'t str> {
        let Some(scalar) = self.scalar() else {
            self.wrong_type(report, "a single value", None);
            return None;
        };
        match scalar.kind {
            Kind::Null => Some(""),
            Kind::Boolean(_) | Kind::Whole | Kind::Number | Kind::Text => Some(&scalar.text),
        }
    }

    pub(crate) fn boolean(&self, report: &mut Report) -> Option<bool> {
        match self.scalar() {
            Some(Scalar {
                kind: Kind::Boolean(value),
                ..
            }) => Some(*value),
            _ => {
                let hint = Some("write one of these words without quotes");
                self.wrong_type(report, "`true` or `false`", hint);
                None
            }
        }
    }

    pub(crate) fn whole(&self, report: &mut Report, min: u64, max: u64) -> Option<u64> {
        let Some(scalar) = self.scalar().filter(|scalar| scalar.kind == Kind::Whole) else {
            let hint = Some("write decimal digits without quotes");
            self.wrong_type(report, "a whole number", hint);
            return None;
        };
        let digits = scalar.text.strip_prefix('+').unwrap_or(&scalar.text);
        let value: Option<u64> = digits.parse().ok();
        let value = value.filter(|value| (min..=max).contains(value));
        if value.is_none() {
            self.out_of_range(report, shown(&scalar.text), min, max);
        }
        value
    }

    /// A text or a number, to be read exactly by `parse`.
    pub(crate) fn quantity<Q>(
        &self,
        report: &mut Report,
        what: &'static str,
        parse: impl Fn(&str) -> Result<Q, QuantityError>,
    ) -> Option<Q> {
        let written = match self.scalar().map(|scalar| scalar.kind) {
            Some(Kind::Whole | Kind::Number | Kind::Text) => self.written(report)?,
            _ => {
                self.wrong_type(report, what, None);
                return None;
            }
        };
        match parse(written) {
            Ok(quantity) => Some(quantity),
            Err(source) => {
                let got = shown(written);
                self.problem(report, Cause::NotQuantity { what, got, source });
                None
            }
        }
    }

    /// One of a closed list of words.
    pub(crate) fn one_of<T: Copy>(
        &self,
        report: &mut Report,
        known: &'static [&'static str],
        values: &[T],
    ) -> Option<T> {
        let word = self.text(report)?;
        self.choice(report, word, known, values)
    }

    /// As [`At::one_of`], for a word that has been read already.
    pub(crate) fn choice<T: Copy>(
        &self,
        report: &mut Report,
        word: &str,
        known: &'static [&'static str],
        values: &[T],
    ) -> Option<T> {
        let found = known.iter().position(|candidate| *candidate == word);
        if found.is_none() {
            let cause = Cause::NotOneOf {
                got: shown(word),
                nearest: report
                    .nearest(word, known.iter().copied())
                    .map(str::to_owned),
                known,
            };
            self.problem(report, cause);
        }
        values.get(found?).copied()
    }

    pub(crate) fn out_of_range(
        &self,
        report: &mut Report,
        got: impl Display,
        min: impl Display,
        max: impl Display,
    ) {
        let cause = Cause::OutOfRange {
            got: got.to_string(),
            min: min.to_string(),
            max: max.to_string(),
        };
        self.problem(report, cause);
    }

    fn is_word(&self, report: &mut Report, text: &str) -> bool {
        if text.chars().any(char::is_control) {
            let cause = Cause::NotA {
                what: "word",
                got: shown(text),
                rule: "it has a control character",
            };
            self.problem(report, cause);
            return false;
        }
        let (got, max) = (text.len(), NAME_BYTES_MAX);
        if got > max {
            self.problem(report, Cause::TooLongText { got, max });
        }
        got <= max
    }

    fn hint_of_nothing(&self) -> Option<&'static str> {
        self.is_null().then_some("leave the key out if it has none")
    }

    fn wrong_type(&self, report: &mut Report, expected: &'static str, hint: Option<&'static str>) {
        let got = match &self.node.value {
            Value::List(_) => "a list".to_owned(),
            Value::Mapping(_) => "a mapping".to_owned(),
            Value::Scalar(Scalar { text, kind }) => match kind {
                Kind::Null => "nothing".to_owned(),
                Kind::Boolean(_) => format!("`{}`", shown(text)),
                Kind::Whole | Kind::Number => format!("the number {}", shown(text)),
                Kind::Text => format!("the text `{}`", shown(text)),
            },
        };
        // A hint how to write a value is no help where there is a list, a mapping or nothing.
        let written = self
            .scalar()
            .is_some_and(|scalar| scalar.kind != Kind::Null);
        let hint = hint.filter(|_| written || self.is_null() && expected.starts_with("a "));
        let cause = Cause::WrongType {
            expected,
            got,
            hint,
        };
        self.problem(report, cause);
    }
}
