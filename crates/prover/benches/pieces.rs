//! What the pieces of a proof cost: `cargo bench -p lilliput-prover --bench pieces [-- FILTER]`.
//!
//! Each line is the fastest of several runs. `--test` runs everything once, on small sizes only.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]
#![expect(clippy::unwrap_used, reason = "a bench may fail loudly")]

use std::hint::black_box;
use std::time::Instant;

use lilliput_graph::Table;
use lilliput_prover::transcript::Transcript;
use lilliput_prover::{join, logup, pcs, sumcheck};
use lilliput_verifier::field::{EF, F};
use lilliput_verifier::join::{Block, BlockClaim};
use lilliput_verifier::logup::{Segment, Shape};
use lilliput_verifier::pcs::{Code, Randomness};
use lilliput_verifier::receiver::Receiver;
use lilliput_verifier::tables::{LookupTable, NumberedTable};
use lilliput_verifier::transcript::Transcript as Said;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const RUNS: usize = 7;

struct Bench {
    filter: String,
    quick: bool,
}

impl Bench {
    /// Times `run` on what `prepare` makes, and prints the fastest run, per item if there are several.
    fn time<I, O>(
        &self,
        name: &str,
        items: u64,
        mut prepare: impl FnMut() -> I,
        run: impl Fn(I) -> O,
    ) {
        if !name.contains(&self.filter) {
            return;
        }
        let runs = if self.quick { 1 } else { RUNS };
        let times = (0..runs).map(|_| {
            let input = prepare();
            let start = Instant::now();
            black_box(run(input));
            start.elapsed().as_secs_f64()
        });
        let fastest = times.fold(f64::INFINITY, f64::min);
        let each = fastest * 1e9 / items as f64;
        println!(
            "{name:<44} {:>9.3} ms {each:>9.1} ns an item",
            fastest * 1e3
        );
    }

    fn sizes(&self, all: &[usize]) -> Vec<usize> {
        if self.quick {
            all[..1].to_vec()
        } else {
            all.to_vec()
        }
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let quick = arguments.iter().any(|argument| argument == "--test");
    let filter = arguments
        .into_iter()
        .find(|argument| !argument.starts_with("--"));
    let bench = Bench {
        filter: filter.unwrap_or_default(),
        quick,
    };
    for (module, run) in [
        ("pcs", commitments as fn(&Bench)),
        ("logup", lookups),
        ("join", joins),
        ("sumcheck", products),
    ] {
        if bench.filter.is_empty() || bench.filter.starts_with(module) {
            run(&bench);
        }
    }
}

/// Masks for pieces that are measured by themselves, more than any of them has messages.
fn talk(masks: &[EF]) -> Transcript {
    Transcript::new(Said::new("bench"), masks.to_vec())
}

fn masks() -> Vec<EF> {
    Randomness::new(&[9; 32], "bench").extension(1 << 12)
}

/// Commitments with the codes of a witness, and of weights that are hidden for 128 proofs.
fn commitments(bench: &Bench) {
    for variables in bench.sizes(&[12, 16, 18, 20]) {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let cells: Vec<F> = (0..1 << variables).map(|_| rng.random()).collect();
        let items = 1 << variables;
        for (kind, code) in [
            ("witness", Code::witness(variables)),
            ("weights", Code::weights(variables, 128)),
        ] {
            let name = |operation: &str| format!("pcs::{operation}/{kind}/variables={variables}");
            let prepare = || (cells.clone(), Randomness::new(&[1; 32], "bench"));
            bench.time(
                &name("commit"),
                items,
                prepare,
                |(cells, mut randomness)| pcs::Committed::new(code, cells, Some(&mut randomness)),
            );
        }
    }
}

/// Half a cube of values in a clamp, but for the tables' share, and half a cube of remainders.
fn lookup_shape(half: u32) -> Shape {
    let table = Table::Clamp {
        lo: -(1 << 9),
        hi: (1 << 9) - 1,
        out_lo: 0,
        out_hi: 255,
    };
    let tables = vec![
        NumberedTable {
            id: 0,
            table: LookupTable::Function(table),
        },
        NumberedTable {
            id: 1 << 16,
            table: LookupTable::remainders(8),
        },
    ];
    let segments = vec![
        Segment {
            table: 0,
            axes: vec![half - (1 << 11)],
        },
        Segment {
            table: 1,
            axes: vec![half],
        },
    ];
    Shape::new(tables, segments).unwrap()
}

fn lookups(bench: &Bench) {
    for variables in bench.sizes(&[13, 14, 15, 16, 18, 20]) {
        let half = 1u32 << (variables - 1);
        let shape = lookup_shape(half);
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let mut draw = |range: std::ops::Range<i64>, count: u32| -> Vec<i64> {
            (0..count)
                .map(|_| rng.random_range(range.clone()))
                .collect()
        };
        let values = draw(-(1 << 9)..1 << 9, half - (1 << 11));
        let results: Vec<i64> = values.iter().map(|&value| value.clamp(0, 255)).collect();
        let remainders = draw(0..1 << 8, half);
        let segments = [
            logup::SegmentValues {
                values: &values,
                results: Some(&results),
            },
            logup::SegmentValues {
                values: &remainders,
                results: None,
            },
        ];
        let items = shape.lookups();
        let name = |operation: &str| format!("logup::{operation}/variables={}", shape.variables());
        bench.time(
            &name("count"),
            items,
            || (),
            |()| logup::count(&shape, &segments).unwrap(),
        );
        let multiplicities = logup::count(&shape, &segments).unwrap();
        let witness = logup::Witness {
            segments: &segments,
            multiplicities: &multiplicities,
        };
        let masks = masks();
        let start = || talk(&masks);
        bench.time(&name("prove"), items, start, |mut transcript| {
            logup::prove(&shape, &witness, &mut transcript)
        });
        let mut transcript = start();
        let _ = logup::prove(&shape, &witness, &mut transcript);
        let argument = transcript.into_argument();
        let hear = || Receiver::new(&argument, Said::new("bench"));
        bench.time(&name("verify"), 1, hear, |mut receiver| {
            lilliput_verifier::logup::verify(&shape, &mut receiver).unwrap()
        });
    }
}

fn joins(bench: &Bench) {
    for variables in bench.sizes(&[14, 16, 18, 20]) {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let values: Vec<F> = (0..1 << variables).map(|_| rng.random()).collect();
        // Half, a quarter, an eighth …, each with padding.
        let claims: Vec<BlockClaim> = (1..8)
            .map(|part| {
                let size = 1u64 << (variables - part);
                let offset = (1 << variables) - 2 * size;
                let axes = vec![7, (size / 8) as u32];
                let point = (0..variables - part).map(|_| rng.random()).collect();
                BlockClaim {
                    block: Block { offset, axes },
                    point,
                    value: rng.random(),
                }
            })
            .collect();
        let name = format!("join::prove/variables={variables}");
        let masks = masks();
        let start = || talk(&masks);
        bench.time(&name, 1 << variables, start, |mut transcript| {
            join::prove(&claims, &values, 7, &mut transcript)
        });
    }
}

fn products(bench: &Bench) {
    for variables in bench.sizes(&[14, 18]) {
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        let left: Vec<F> = (0..1 << variables).map(|_| rng.random()).collect();
        let right: Vec<EF> = (0..1 << variables).map(|_| rng.random()).collect();
        let name = format!("sumcheck::product/variables={variables}");
        let masks = masks();
        let start = || talk(&masks);
        bench.time(&name, 1 << variables, start, |mut transcript| {
            sumcheck::prove_product_base(&left, &right, EF::default(), &mut transcript)
        });
    }
}
