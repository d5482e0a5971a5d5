//! Keys, proofs and links that were changed. A case says what became of it, and panics if that is wrong.

use std::ops::Range;
use std::sync::LazyLock;

use lilliput_graph::{Op, TensorId};
use lilliput_prover::setup::Hiding;
use lilliput_prover::{Request, link as links, prove, setup};
use lilliput_verifier::layout::Hidden;
use lilliput_verifier::{Context, Proof, VerifyingKey, verify};

use super::mutate::mutate;
use super::nets::{BYTE, Model, Net, mlp};
use super::parts::{Part, of_key, of_link, of_proof, range_start};

/// What became of a changed encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// The changes gave the encoding back; of a graph: it is proven.
    Same,
    /// It can't be read.
    Unreadable,
    /// It is read and refused.
    Refused,
    /// It is a key of another model: graphs without weights need no argument; of a graph: too large to be proven here.
    Other,
}

/// An encoding and its fields.
struct Encoding {
    bytes: Vec<u8>,
    fields: Vec<Range<usize>>,
}

struct Bases {
    keys: Vec<(VerifyingKey, Encoding)>,
    /// Under the keys in turn: nothing hidden, inputs, outputs, all.
    proofs: Vec<(usize, Encoding)>,
    /// From the first key to another one.
    successor: VerifyingKey,
    link: Encoding,
}

/// `x x` summed and looked up: a graph without weights.
fn weightless() -> Model {
    let mut net = Net::new(3, &[(&[2, 3], BYTE)], &[]);
    let squares = net.push(Op::Contract {
        a: TensorId(0),
        b: TensorId(0),
        a_axes: vec![0, 1],
        b_axes: vec![2, 1],
        out_axes: vec![0, 2],
    });
    let x = net.requantise(squares, -127);
    let x = net.sum(&[(x, 3), (squares, -1)]);
    net.finish(&[x])
}

static BASES: LazyLock<Bases> = LazyLock::new(|| {
    let hiding = |seed| Hiding::Weights {
        seed: [seed; 32],
        openings: 2,
    };
    let models = [mlp(5, &[7, 5, 3]), weightless()];
    let mut keys = Vec::new();
    let mut proofs = Vec::new();
    for (index, model) in models.iter().enumerate() {
        let (proving, key) =
            setup(&model.graph, model.weights.clone(), &hiding(1)).expect("keys are made");
        for (inputs, outputs) in [(false, false), (true, false), (false, true), (true, true)] {
            let mut request = Request::new(Context::OFFLINE, 0, &[3; 32]);
            request.hidden = Hidden { inputs, outputs };
            let proof = prove(&proving, &request, &model.inputs).expect("a proof is made");
            proofs.push((index, of_proof_bytes(&key, &proof)));
        }
        let encoding = of_key_bytes(&key);
        keys.push((key, encoding));
    }
    let model = &models[0];
    let keys_of =
        |seed| setup(&model.graph, model.weights.clone(), &hiding(seed)).expect("keys are made");
    let (old, new) = (keys_of(1), keys_of(2));
    let bytes = links::prove(&old.0, &new.0, &[4; 32]).expect("a link is made");
    let fields = of_parts(0, &of_link(&old.1, &new.1, &bytes).parts);
    Bases {
        keys,
        proofs,
        successor: new.1,
        link: Encoding { bytes, fields },
    }
});

/// Fields one behind the other, of these sizes, from `start` on.
fn of_sizes(start: usize, sizes: impl IntoIterator<Item = usize>) -> Vec<Range<usize>> {
    let mut end = start;
    let fields = sizes.into_iter().map(|size| {
        end += size;
        end - size..end
    });
    fields.collect()
}

/// The elements of small parts, and large parts in some pieces.
fn of_parts(start: usize, parts: &[Part]) -> Vec<Range<usize>> {
    let sizes = parts.iter().flat_map(|part| {
        let pieces = (part.range.len() / part.unit).clamp(1, 8);
        let each = part.range.len() / part.unit / pieces * part.unit;
        let last = part.range.len() - each * (pieces - 1);
        std::iter::repeat_n(each, pieces - 1).chain([last])
    });
    of_sizes(start, sizes)
}

fn of_key_bytes(key: &VerifyingKey) -> Encoding {
    let bytes = key.encode();
    let graph = key.graph().encode().len();
    let words = std::iter::repeat_n(4, graph / 4).chain([graph % 4]);
    let mut fields = of_sizes(0, [1, 4].into_iter().chain(words));
    if key.weights().is_some() {
        let start = range_start(key);
        fields.extend(of_sizes(start - 56, [32, 4, 20]));
        fields.extend(of_parts(start, &of_key(key).parts));
    }
    assert_eq!(fields.last().map(|field| field.end), Some(bytes.len()));
    Encoding { bytes, fields }
}

fn of_proof_bytes(key: &VerifyingKey, proof: &Proof) -> Encoding {
    let bytes = proof.encode();
    let start = bytes.len() - proof.argument.len();
    // Version, context, opening, task, seed; then ports word by word.
    let head = [1, 32, 32, 32, 4, 5, 32];
    let rest = start - head.iter().sum::<usize>();
    let words = std::iter::repeat_n(4, rest / 4).chain([rest % 4]);
    let mut fields = of_sizes(0, head.into_iter().chain(words));
    fields.extend(of_parts(start, &of_proof(key, proof).parts));
    assert_eq!(fields.last().map(|field| field.end), Some(bytes.len()));
    Encoding { bytes, fields }
}

/// The first byte picks an encoding, or says that the script itself is one.
fn changed<'a, T>(all: &'a [T], script: &[u8], of: fn(&T) -> &Encoding) -> (&'a T, Vec<u8>) {
    let (pick, script) = script.split_first().unwrap_or((&0, &[]));
    let base = &all[usize::from(*pick) % all.len()];
    if *pick >= 250 {
        return (base, script.to_vec());
    }
    let encoding = of(base);
    (base, mutate(&encoding.bytes, &encoding.fields, script))
}

/// A changed key: it is refused, or another model's under which no proof of the first one holds.
pub(crate) fn key(script: &[u8]) -> Outcome {
    let bases = &*BASES;
    let ((base, encoding), bytes) = changed(&bases.keys, script, |own| &own.1);
    let Ok(key) = VerifyingKey::decode(&bytes) else {
        return Outcome::Refused;
    };
    assert_eq!(key.encode(), bytes);
    if bytes == encoding.bytes {
        return Outcome::Same;
    }
    assert!(base.weights().is_none() || key.weights().is_none());
    assert_ne!(key.model_id(), base.model_id());
    assert!(key.security().suffices());
    for (_, proof) in &bases.proofs {
        let proof = Proof::decode(&proof.bytes).expect("the proof is read");
        assert!(verify(&key, &Context::OFFLINE, &proof).is_err());
    }
    Outcome::Other
}

/// A changed proof: it is refused.
pub(crate) fn proof(script: &[u8]) -> Outcome {
    let bases = &*BASES;
    let ((index, encoding), bytes) = changed(&bases.proofs, script, |own| &own.1);
    let Ok(proof) = Proof::decode(&bytes) else {
        return Outcome::Unreadable;
    };
    assert_eq!(proof.encode(), bytes);
    let same = bytes == encoding.bytes;
    let key = &bases.keys[*index].0;
    assert_eq!(verify(key, &Context::OFFLINE, &proof).is_ok(), same);
    if same {
        Outcome::Same
    } else {
        Outcome::Refused
    }
}

/// A changed link: it is refused.
pub(crate) fn link(script: &[u8]) -> Outcome {
    let bases = &*BASES;
    let all = [&bases.link];
    let (encoding, bytes) = changed(&all, script, |own| own);
    let same = bytes == encoding.bytes;
    let old = &bases.keys[0].0;
    let verdict = lilliput_verifier::link::verify(old, &bases.successor, &bytes);
    assert_eq!(verdict.is_ok(), same);
    if same {
        Outcome::Same
    } else {
        Outcome::Refused
    }
}
