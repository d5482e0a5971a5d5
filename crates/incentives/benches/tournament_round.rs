//! Time of a round: `cargo bench -p lilliput-incentives --bench tournament_round`.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use std::hint::black_box;
use std::time::Instant;

use lilliput_incentives::tournament::{Entrant, FULL, Round};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

fn main() {
    let once = std::env::args().any(|argument| argument == "--test");
    let (entrants, rows) = if once { (50, 500) } else { (5_000, 5_000) };
    for features in [0, 5] {
        let (round, entrants) = round(entrants, rows, features);
        let start = Instant::now();
        let scores = black_box(round.score(black_box(&entrants)));
        assert!(scores.is_ok());
        println!(
            "tournament::round/entrants={}/rows={rows}/features={features}: {:.2} s",
            entrants.len(),
            start.elapsed().as_secs_f64()
        );
    }
}

fn round(entrants: usize, rows: usize, features: usize) -> (Round, Vec<Entrant>) {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let targets = (0..rows)
        .map(|_| random.random_range(0..=4) * (FULL / 4))
        .collect();
    let features = (0..features)
        .map(|_| {
            (0..rows)
                .map(|_| random.random_range(0..5) * 13_107)
                .collect()
        })
        .collect();
    let entrants = (0..entrants)
        .map(|_| Entrant {
            stake: random.random_range(1..1 << 40),
            prediction: (0..rows).map(|_| Some(random.random())).collect(),
        })
        .collect();

    let round = Round::new(targets, features).expect("a valid round");
    (round, entrants)
}
