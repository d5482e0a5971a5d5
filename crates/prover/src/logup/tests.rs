use lilliput_graph::Table;
use lilliput_verifier::codec::{CodecError, EXTENSION_BYTES};
use lilliput_verifier::form::Form;
use lilliput_verifier::logup::{LogUpClaims, Segment, SegmentClaim, Shape, TableClaim, verify};
use lilliput_verifier::point::{evaluate_integers, evaluate_tensor};
use lilliput_verifier::receiver::Receiver;
use lilliput_verifier::tables::{LookupTable, NumberedTable};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{OutOfTable, SegmentValues, Witness, count, prove, reference};
use crate::talk::{Heard, Talk};

/// The constraint that the fractions sum to zero comes first.
const UNBALANCED: [usize; 1] = [0];

struct Case {
    shape: Shape,
    values: Vec<Vec<i64>>,
    results: Vec<Option<Vec<i64>>>,
    multiplicities: Vec<Vec<u32>>,
}

impl Case {
    /// Random lookups in a clamp, a table of values and a range.
    fn new(seed: u64, axes: &[&[u32]]) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let values = (0..21).map(|_| rng.random_range(-50..50)).collect();
        let functions = [
            Table::Clamp {
                lo: -20,
                hi: 43,
                out_lo: 0,
                out_hi: 31,
            },
            Table::Values { lo: -3, values },
        ];
        let mut tables: Vec<NumberedTable> = (0..)
            .zip(functions)
            .map(|(id, table)| NumberedTable {
                id,
                table: LookupTable::Function(table),
            })
            .collect();
        tables.push(NumberedTable {
            id: 1 << 16,
            table: LookupTable::remainders(4),
        });
        let segments = axes
            .iter()
            .map(|axes| Segment {
                table: rng.random_range(0..3),
                axes: axes.to_vec(),
            })
            .collect();
        let shape = Shape::new(tables, segments).unwrap();
        let mut values = Vec::new();
        let mut results = Vec::new();
        for (segment, table, _) in shape.placed_segments() {
            let table = &table.table;
            let elements: u32 = segment.axes.iter().product();
            let top = table.lo() + table.entries() as i64;
            let own: Vec<i64> = (0..elements)
                .map(|_| rng.random_range(table.lo()..top))
                .collect();
            let result = own
                .iter()
                .map(|&value| table.result(value).unwrap())
                .collect();
            results.push(table.has_results().then_some(result));
            values.push(own);
        }
        let mut case = Self {
            shape,
            values,
            results,
            multiplicities: Vec::new(),
        };
        case.multiplicities = count(&case.shape, &case.segments()).unwrap();
        case
    }

    fn segments(&self) -> Vec<SegmentValues<'_>> {
        let pairs = self.values.iter().zip(&self.results);
        pairs
            .map(|(values, results)| SegmentValues {
                values,
                results: results.as_deref(),
            })
            .collect()
    }

    /// Both provers talk, and say the same.
    fn talk(&self) -> Talk<LogUpClaims> {
        let segments = self.segments();
        let witness = Witness {
            segments: &segments,
            multiplicities: &self.multiplicities,
        };
        let fast = Talk::new(1, &self.verifier(), |transcript| {
            prove(&self.shape, &witness, transcript)
        });
        let slow = Talk::new(1, &self.verifier(), |transcript| {
            reference::prove(&self.shape, &witness, transcript)
        });
        assert_eq!(fast.proved, slow.proved);
        assert_eq!(fast.bytes, slow.bytes);
        fast
    }

    fn verifier(&self) -> impl Fn(&mut Receiver<'_>) -> Result<LogUpClaims<Form>, CodecError> {
        |receiver| verify(&self.shape, receiver)
    }

    /// Which constraints the messages break.
    fn broken(&self) -> Vec<usize> {
        self.talk().hear(&self.verifier()).broken()
    }

    /// Whether claims are true of the tensors and multiplicities.
    fn holds(&self, claims: &LogUpClaims) -> bool {
        let segments = self.shape.segments().iter().zip(&claims.segments);
        let mut segments = segments.zip(self.values.iter().zip(&self.results));
        let mut tables = claims.tables.iter().zip(&self.multiplicities);
        segments.all(|((segment, claim), (values, results))| {
            let at = |values: &[i64]| evaluate_tensor(values, &segment.axes, &claim.point);
            claim.value == at(values) && claim.result == results.as_deref().map(at)
        }) && tables.all(|(claim, counts)| {
            let counts: Vec<i64> = counts.iter().map(|&count| i64::from(count)).collect();
            claim.multiplicity == evaluate_integers(&counts, &claim.point)
        })
    }
}

/// The claims that a verifier is left with, their forms evaluated.
fn plain(heard: &Heard<LogUpClaims<Form>>) -> LogUpClaims {
    let claims = &heard.heard;
    let segments = claims.segments.iter().map(|own| SegmentClaim {
        point: own.point.clone(),
        value: heard.value(&own.value),
        result: own.result.as_ref().map(|result| heard.value(result)),
    });
    let tables = claims.tables.iter().map(|own| TableClaim {
        point: own.point.clone(),
        multiplicity: heard.value(&own.multiplicity),
    });
    LogUpClaims {
        segments: segments.collect(),
        tables: tables.collect(),
    }
}

const AXES: [&[u32]; 6] = [&[3, 5, 9], &[100], &[4, 16], &[], &[5, 6], &[3]];

#[test]
fn lookups_of_every_size_are_proved_and_the_reference_sends_the_same() {
    for (seed, axes) in [
        &AXES[..],
        &AXES[3..4],
        &AXES[5..],
        &AXES[1..2],
        &[&[700, 3]],
    ]
    .iter()
    .enumerate()
    {
        let case = Case::new(seed as u64, axes);
        let talk = case.talk();
        let heard = talk.hear(&case.verifier());
        assert_eq!(heard.broken(), [0; 0], "{axes:?}");
        assert_eq!(plain(&heard), talk.proved, "{axes:?}");
        assert!(case.holds(&talk.proved));
    }
}

#[test]
fn a_tiny_argument_is_proved() {
    let tables = vec![NumberedTable {
        id: 5,
        table: LookupTable::remainders(0),
    }];
    let shape = Shape::new(
        tables,
        vec![Segment {
            table: 0,
            axes: vec![],
        }],
    )
    .unwrap();
    assert_eq!(shape.variables(), 1);
    let case = Case {
        shape,
        values: vec![vec![0]],
        results: vec![None],
        multiplicities: vec![vec![1]],
    };
    let talk = case.talk();
    let heard = talk.hear(&case.verifier());
    assert_eq!(heard.broken(), [0; 0]);
    assert_eq!(plain(&heard), talk.proved);
}

#[test]
fn every_wrong_multiplicity_is_caught() {
    let mut case = Case::new(7, &AXES);
    for table in 0..3 {
        for entry in (0..case.multiplicities[table].len()).step_by(7) {
            case.multiplicities[table][entry] += 1;
            assert_eq!(case.broken(), UNBALANCED);
            case.multiplicities[table][entry] -= 1;
        }
    }
    // Moved from one entry to another: the number of lookups still agrees.
    let entry = case.multiplicities[0]
        .iter()
        .position(|&count| count > 0)
        .unwrap();
    case.multiplicities[0][entry] -= 1;
    case.multiplicities[0][entry ^ 1] += 1;
    assert_eq!(case.broken(), UNBALANCED);
}

#[test]
fn values_and_results_outside_of_the_tables_are_caught() {
    let mut case = Case::new(8, &AXES);
    for segment in 0..AXES.len() {
        for value in [1 << 20, -(1 << 20)] {
            let old = std::mem::replace(&mut case.values[segment][0], value);
            let table = case.shape.tables()[case.shape.segments()[segment].table].id;
            let error = OutOfTable {
                segment,
                element: 0,
                value,
                table,
            };
            assert_eq!(count(&case.shape, &case.segments()), Err(error));
            assert_eq!(case.broken(), UNBALANCED);
            case.values[segment][0] = old;
        }
        if let Some(results) = &mut case.results[segment] {
            results[0] += 1;
            assert!(count(&case.shape, &case.segments()).is_err());
            assert_eq!(case.broken(), UNBALANCED);
            if let Some(results) = &mut case.results[segment] {
                results[0] -= 1;
            }
        }
    }
}

#[test]
fn every_changed_message_is_caught_here_or_by_the_claims() {
    let case = Case::new(9, &AXES);
    let talk = case.talk();
    let caught = |bytes: &[u8]| {
        let heard = talk.hear_bytes(bytes, &case.verifier());
        !heard.is_ok_and(|heard| heard.broken().is_empty() && case.holds(&plain(&heard)))
    };
    assert!(!caught(&talk.bytes));
    for element in 0..talk.bytes.len() / EXTENSION_BYTES {
        let mut changed = talk.bytes.clone();
        changed[element * EXTENSION_BYTES + element % EXTENSION_BYTES] ^= 1;
        assert!(caught(&changed), "element {element}");
    }
    let longer = [&talk.bytes[..], &[0; EXTENSION_BYTES]].concat();
    assert!(caught(&longer));
    let end = talk.bytes.len() - EXTENSION_BYTES;
    assert!(caught(&talk.bytes[..end]));
    // An element left out shifts all that follow.
    for element in (0..end / EXTENSION_BYTES).step_by(11) {
        let (before, from) = talk.bytes.split_at(element * EXTENSION_BYTES);
        let bytes = [before, &from[EXTENSION_BYTES..], &[0; EXTENSION_BYTES]].concat();
        assert!(caught(&bytes), "without element {element}");
    }
}
