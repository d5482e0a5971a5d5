//! From text to tree: no recursion, and every growth is bounded before it happens.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Marker, Parser, Span, StrInput, Tag};

use super::{Entry, Node, NodeId, Scalar, Tree, Value};
use crate::limits::{DEPTH_MAX, EXPANDED_BYTES_MAX, NODES_MAX};
use crate::problem::{Cause, Finding, Place, Refusal, shown};
use crate::tree::{Kind, Path};

/// Reads the one document of a text.
pub(crate) fn load(text: &str) -> Result<Tree, Refusal> {
    let mut parser: Parser<'_, StrInput<'_>> = Parser::new_from_str(text);
    let mut loader = Loader::default();
    while let Some(next) = parser.next_event() {
        let (event, span) = next.map_err(|error| {
            let reason = shown(error.info());
            loader.problem(place(*error.marker()), Cause::Syntax { reason })
        })?;
        let at = place(span.start);
        loader
            .take(event, &span)
            .map_err(|cause| loader.problem(at, cause))?;
    }
    let start = Place { line: 1, column: 1 };
    match loader.root {
        Some(root) if !loader.is_nothing(root) => Ok(Tree {
            nodes: loader.nodes,
            root,
        }),
        _ => Err(loader.problem(start, Cause::NoDocument)),
    }
}

/// What a node would be with its aliases written out.
#[derive(Clone, Copy, Default)]
struct Size {
    nodes: u64,
    bytes: u64,
}

impl Size {
    fn add(&mut self, other: Self) -> Result<(), Cause> {
        self.nodes = self.nodes.saturating_add(other.nodes);
        self.bytes = self.bytes.saturating_add(other.bytes);
        if self.nodes > NODES_MAX {
            return Err(Cause::TooManyNodes { max: NODES_MAX });
        }
        if self.bytes > EXPANDED_BYTES_MAX {
            return Err(Cause::TooMuchText {
                max: EXPANDED_BYTES_MAX,
            });
        }
        Ok(())
    }
}

/// A list or mapping that isn't closed yet.
struct Frame {
    id: NodeId,
    size: Size,
    open: Open,
}

enum Open {
    List(Vec<NodeId>),
    Mapping {
        entries: Vec<Entry>,
        lines: BTreeMap<String, u32>,
        merged: Vec<NodeId>,
        pending: Option<Key>,
    },
}

enum Key {
    Named(String, Place),
    Merge,
}

#[derive(Default)]
struct Loader {
    nodes: Vec<Node>,
    /// Parallel to `nodes`; `None` while a node is open.
    sizes: Vec<Option<Size>>,
    anchors: BTreeMap<usize, NodeId>,
    frames: Vec<Frame>,
    root: Option<NodeId>,
    /// What has been taken so far, merges included: the bound on the work itself.
    work: Size,
}

impl Loader {
    fn take(&mut self, event: Event<'_>, span: &Span) -> Result<(), Cause> {
        let at = place(span.start);
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
            Event::DocumentStart(_) if self.root.is_some() => Err(Cause::SecondDocument),
            Event::DocumentStart(_) => Ok(()),
            Event::Alias(anchor) => {
                // The parser refuses an alias of an anchor that it hasn't seen.
                let target = self.anchors.get(&anchor).copied();
                let target = target.ok_or(Cause::AliasInItself)?;
                self.put(target, at)
            }
            Event::Scalar(text, style, anchor, tag) => {
                let tag = tag.as_deref();
                let text = text.into_owned();
                let scalar = Scalar::new(text, style, tag).ok_or_else(|| foreign(tag))?;
                let bytes = scalar.text.len() as u64;
                let id = self.node(at, Value::Scalar(scalar), anchor);
                self.close(id, Size { nodes: 1, bytes })?;
                self.put(id, at)
            }
            Event::SequenceStart(anchor, tag) => {
                collection_tag(tag.as_deref(), "seq")?;
                self.open(at, anchor, Value::List(Vec::new()), Open::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                collection_tag(tag.as_deref(), "map")?;
                let open = Open::Mapping {
                    entries: Vec::new(),
                    lines: BTreeMap::new(),
                    merged: Vec::new(),
                    pending: None,
                };
                self.open(at, anchor, Value::Mapping(Vec::new()), open)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
        }
    }

    fn node(&mut self, place: Place, value: Value, anchor: usize) -> NodeId {
        let id = NodeId(self.nodes.len());
        self.nodes.push(Node { place, value });
        self.sizes.push(None);
        if anchor > 0 {
            self.anchors.insert(anchor, id);
        }
        id
    }

    fn close(&mut self, id: NodeId, size: Size) -> Result<(), Cause> {
        self.sizes[id.0] = Some(size);
        // A container's children have been counted already.
        let own = match self.nodes[id.0].value {
            Value::Scalar(_) => size,
            Value::List(_) | Value::Mapping(_) => Size { nodes: 1, bytes: 0 },
        };
        self.work.add(own)
    }

    fn open(&mut self, at: Place, anchor: usize, value: Value, open: Open) -> Result<(), Cause> {
        if self.frames.len() >= DEPTH_MAX {
            return Err(Cause::TooDeep { max: DEPTH_MAX });
        }
        let id = self.node(at, value, anchor);
        let size = Size { nodes: 1, bytes: 0 };
        self.frames.push(Frame { id, size, open });
        Ok(())
    }

    /// Ends the innermost list or mapping and puts it where it belongs.
    fn end(&mut self) -> Result<(), Cause> {
        // The parser pairs starts and ends.
        let Some(frame) = self.frames.pop() else {
            return Ok(());
        };
        let mut size = frame.size;
        let value = match frame.open {
            Open::List(items) => Value::List(items),
            Open::Mapping {
                mut entries,
                mut lines,
                merged,
                ..
            } => {
                for from in merged {
                    self.merge(from, &mut entries, &mut lines, &mut size)?;
                }
                Value::Mapping(entries)
            }
        };
        self.nodes[frame.id.0].value = value;
        self.close(frame.id, size)?;
        let at = self.nodes[frame.id.0].place;
        self.put(frame.id, at)
    }

    /// A finished node, or the target of an alias, in the place the parser has come to.
    fn put(&mut self, id: NodeId, at: Place) -> Result<(), Cause> {
        let size = self.sizes[id.0].ok_or(Cause::AliasInItself)?;
        let Some(frame) = self.frames.last_mut() else {
            self.root = Some(id);
            return Ok(());
        };
        frame.size.add(size)?;
        match &mut frame.open {
            Open::List(items) => items.push(id),
            Open::Mapping {
                entries,
                lines,
                merged,
                pending,
            } => match pending.take() {
                Some(Key::Named(key, key_place)) => entries.push(Entry {
                    key,
                    key_place,
                    value: id,
                }),
                Some(Key::Merge) => merged.push(id),
                None => *pending = Some(key(&self.nodes[id.0], at, lines)?),
            },
        }
        Ok(())
    }

    /// Adds the entries of `<<: from` that aren't there yet.
    fn merge(
        &mut self,
        from: NodeId,
        entries: &mut Vec<Entry>,
        lines: &mut BTreeMap<String, u32>,
        size: &mut Size,
    ) -> Result<(), Cause> {
        let sources = match &self.nodes[from.0].value {
            Value::List(items) => items.clone(),
            Value::Mapping(_) => vec![from],
            Value::Scalar(_) => return Err(Cause::MergeNotMapping),
        };
        for source in sources {
            self.work.add(Size { nodes: 1, bytes: 0 })?;
            let Value::Mapping(more) = &self.nodes[source.0].value else {
                return Err(Cause::MergeNotMapping);
            };
            for entry in more {
                let of_key = Size {
                    nodes: 1,
                    bytes: entry.key.len() as u64,
                };
                self.work.add(of_key)?;
                if lines.contains_key(&entry.key) {
                    continue;
                }
                size.add(of_key)?;
                size.add(self.sizes[entry.value.0].unwrap_or_default())?;
                lines.insert(entry.key.clone(), entry.key_place.line);
                entries.push(entry.clone());
            }
        }
        Ok(())
    }

    fn is_nothing(&self, id: NodeId) -> bool {
        matches!(&self.nodes[id.0].value, Value::Scalar(scalar) if scalar.kind == Kind::Null)
    }

    /// A problem at the path the parser has come to.
    fn problem(&self, place: Place, cause: Cause) -> Refusal {
        let mut path = Path::default();
        for frame in &self.frames {
            match &frame.open {
                Open::List(items) => path = path.index(items.len()),
                Open::Mapping { pending, .. } => match pending {
                    Some(Key::Named(key, _)) => path = path.key(key),
                    Some(Key::Merge) => path = path.key("<<"),
                    None => {}
                },
            }
        }
        Refusal::from(Finding {
            place,
            path: path.to_string(),
            cause,
        })
    }
}

/// The key that `node` is in a mapping whose keys so far stand in `lines`.
fn key(node: &Node, at: Place, lines: &mut BTreeMap<String, u32>) -> Result<Key, Cause> {
    let Value::Scalar(scalar) = &node.value else {
        return Err(Cause::KeyNotText);
    };
    if scalar.kind == Kind::Null {
        return Err(Cause::KeyNotText);
    }
    if let Some(first_line) = lines.insert(scalar.text.clone(), at.line) {
        return Err(Cause::DuplicateKey {
            key: shown(&scalar.text),
            first_line,
        });
    }
    Ok(if scalar.text == "<<" {
        Key::Merge
    } else {
        Key::Named(scalar.text.clone(), at)
    })
}

fn collection_tag(tag: Option<&Tag>, own: &str) -> Result<(), Cause> {
    match tag {
        Some(found) if !(found.is_yaml_core_schema() && found.suffix == own) => Err(foreign(tag)),
        _ => Ok(()),
    }
}

fn foreign(tag: Option<&Tag>) -> Cause {
    Cause::ForeignTag {
        tag: tag.map(|tag| shown(&tag.to_string())).unwrap_or_default(),
    }
}

fn place(marker: Marker) -> Place {
    // A text is far smaller than 2^32 bytes.
    let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Place {
        line: small(marker.line()),
        column: small(marker.col()).saturating_add(1),
    }
}
