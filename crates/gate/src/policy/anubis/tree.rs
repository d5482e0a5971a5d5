//! A YAML file as a tree that knows its lines: lists, mappings and texts, no aliases.

use saphyr_parser::{Event, Parser, StrInput};

use crate::policy::place::Place;

/// Deepest nesting.
const DEPTH_MAX: usize = 32;
/// Most nodes of a file.
const NODES_MAX: usize = 100_000;

#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) value: Value,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    List(Vec<Node>),
    /// Keys with their places, in order.
    Mapping(Vec<(String, Place, Node)>),
}

impl Node {
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            Value::List(_) | Value::Mapping(_) => None,
        }
    }

    pub(super) fn list(&self) -> Option<&[Node]> {
        match &self.value {
            Value::List(list) => Some(list),
            Value::Text(_) | Value::Mapping(_) => None,
        }
    }

    pub(super) fn entries(&self) -> Option<&[(String, Place, Node)]> {
        match &self.value {
            Value::Mapping(entries) => Some(entries),
            Value::Text(_) | Value::List(_) => None,
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.entries()?
            .iter()
            .find(|(name, _, _)| name == key)
            .map(|(_, _, node)| node)
    }
}

pub(super) fn load(text: &str) -> Result<Node, (Place, String)> {
    let mut parser: Parser<'_, StrInput<'_>> = Parser::new_from_str(text);
    let mut open: Vec<(Node, Option<(String, Place)>)> = Vec::new();
    let mut root = None;
    let mut count = 0;
    while let Some(next) = parser.next_event() {
        let (event, span) =
            next.map_err(|error| (place(error.marker()), error.info().to_owned()))?;
        let at = place(&span.start);
        let refused = |message: &str| Err((at, message.to_owned()));
        let finished = match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => continue,
            Event::DocumentStart(_) if root.is_some() => {
                return refused("a policy is one document");
            }
            Event::DocumentStart(_) => continue,
            Event::Alias(_) => return refused("aliases aren't read here; write the value out"),
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                let value = if matches!(event, Event::SequenceStart(..)) {
                    Value::List(Vec::new())
                } else {
                    Value::Mapping(Vec::new())
                };
                if open.len() >= DEPTH_MAX {
                    return refused("this is nested too deeply");
                }
                open.push((Node { place: at, value }, None));
                continue;
            }
            Event::Scalar(text, ..) => Some(Node {
                place: at,
                value: Value::Text(text.into_owned()),
            }),
            Event::SequenceEnd | Event::MappingEnd => open.pop().map(|(node, _)| node),
        };
        count += 1;
        if count > NODES_MAX {
            return refused("this file has too many values");
        }
        let Some(node) = finished else { continue };
        match open.last_mut() {
            None => root = Some(node),
            Some((parent, pending)) => put(parent, pending, node)?,
        }
    }
    root.ok_or((Place { line: 1, column: 1 }, "the file is empty".to_owned()))
}

fn put(
    parent: &mut Node,
    pending: &mut Option<(String, Place)>,
    node: Node,
) -> Result<(), (Place, String)> {
    match &mut parent.value {
        Value::List(list) => list.push(node),
        Value::Mapping(entries) => match pending.take() {
            Some((key, at)) => entries.push((key, at, node)),
            None => {
                let Value::Text(key) = node.value else {
                    return Err((node.place, "a key has to be a text".to_owned()));
                };
                if entries.iter().any(|(name, _, _)| *name == key) {
                    return Err((node.place, format!("`{key}` stands here twice")));
                }
                *pending = Some((key, node.place));
            }
        },
        Value::Text(_) => {}
    }
    Ok(())
}

fn place(marker: &saphyr_parser::Marker) -> Place {
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    Place {
        line: number(marker.line()),
        column: number(marker.col() + 1),
    }
}
