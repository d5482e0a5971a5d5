//! `lilliput subnet ratings`: Bradley-Terry strengths and Elo ratings from votes between pairs.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::anyhow;
use lilliput_incentives::Number;
use lilliput_incentives::votes::{Preference, Vote, bradley_terry, elo, rating_of_strength};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::commands::case_file;
use crate::failure::{Failure, OrExit, Result};
use crate::outcome::Outcome;

const ELO_FACTOR: u16 = 4;

/// Rate entrants from votes between pairs: Bradley-Terry strengths and Elo ratings.
///
/// FILE is JSON: {"cases": [{"models": 3, "battles": [[0, 1, "a"], ...]}]}; "a" or "b" says which of the two is better,
/// "tie" neither.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The cases, as JSON.
    file: PathBuf,
}

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    #[serde(default)]
    seed: Value,
    models: usize,
    battles: Vec<(u16, u16, String)>,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let file: File = case_file::read(&args.file)?;
    let mut text = String::new();
    let mut cases = Vec::new();
    for (place, case) in file.cases.iter().enumerate() {
        let votes = votes(case)?;
        let of_case = format!("case {place}");
        let strengths = bradley_terry(case.models, &votes).or_bad_input(&of_case)?;
        let ratings: Vec<Number> = strengths.iter().copied().map(rating_of_strength).collect();
        let elo = elo(case.models, &votes, ELO_FACTOR).or_bad_input(&of_case)?;
        let _ = writeln!(
            text,
            "{of_case}\n{:>6} {:>10} {:>10}",
            "entrant", "rating", "Elo"
        );
        for (entrant, (rating, elo)) in ratings.iter().zip(&elo).enumerate() {
            let (rating, elo) = (rating.to_f64(), elo.to_f64());
            let _ = writeln!(text, "{entrant:>6} {rating:>10.2} {elo:>10.2}");
        }
        cases.push(json!({
            "seed": case.seed,
            "models": case.models,
            "bt_theta": doubles(&strengths),
            "arena_rating": doubles(&ratings),
            "online_elo_k4": doubles(&elo),
        }));
    }
    Ok(Outcome::new(text.trim_end(), json!({ "cases": cases })))
}

fn doubles(values: &[Number]) -> Vec<f64> {
    values.iter().map(|value| value.to_f64()).collect()
}

fn votes(case: &Case) -> Result<Vec<Vote>> {
    case.battles
        .iter()
        .map(|(first, second, preference)| {
            Ok(Vote {
                first: *first,
                second: *second,
                preference: match preference.as_str() {
                    "a" => Preference::First,
                    "b" => Preference::Second,
                    "tie" => Preference::Tie,
                    other => {
                        return Err(Failure::bad_input(anyhow!("a vote says `{other}`"))
                            .hint("a vote is \"a\", \"b\" or \"tie\""));
                    }
                },
            })
        })
        .collect()
}
