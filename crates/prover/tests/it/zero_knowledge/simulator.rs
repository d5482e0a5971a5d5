//! Transcripts without a witness.
//!
//! The simulator knows the graph, the layout, and what is stated. Messages are uniform: that is what masks make of them.
//! It lets the verifier's own code read these, under challenges of its choice, so it learns what will be asked of the
//! rows and of the last column, and draws both at random such that the few linear checks hold. Trees are made last,
//! around the rows that will be opened. The verifier's code then accepts, of any statement, also a false one. That is
//! no forgery: challenges of a real proof come from the hash of what was said.

use std::sync::LazyLock;

use lilliput_prover::setup;
use lilliput_verifier::argument::{ArgumentError, Parts, argue, count};
use lilliput_verifier::codec::Writer;
use lilliput_verifier::field::{EF, F};
use lilliput_verifier::key::CommittedWeights;
use lilliput_verifier::layout::{Hidden, Layout};
use lilliput_verifier::pcs::code::GRINDING_BITS;
use lilliput_verifier::pcs::codeword::domain_element;
use lilliput_verifier::pcs::merkle::{Tree, leaf, siblings};
use lilliput_verifier::pcs::settle::{
    Batch, Columns, Oracle, Queries, fold, labels, products, settle, weigh,
};
use lilliput_verifier::pcs::{Code, OpeningError, Randomness, Root};
use lilliput_verifier::point::eq_table;
use lilliput_verifier::receiver::Receiver;
use lilliput_verifier::statement::Port;
use lilliput_verifier::sumcheck::evaluate_round;
use lilliput_verifier::transcript::Transcript;
use p3_field::{BasedVectorSpace, Field, PrimeCharacteristicRing};

use crate::end_to_end::HIDING;
use crate::nets::{Model, mlp};

/// Base elements of an extension element.
const DEGREE: usize = 5;

/// A model without its weights, and what is said of a run that never was.
pub(crate) struct Public {
    pub(crate) model: Model,
    layout: Layout,
    outputs: Port,
}

/// A transcript, and what stands outside of it.
pub(crate) struct Simulated {
    weights: CommittedWeights,
    inputs: Port,
    outputs: Port,
    pub(crate) argument: Vec<u8>,
    challenges: Randomness,
}

impl Public {
    /// Inputs hidden; of the outputs says what it is told, or hides them.
    pub(crate) fn new(model: Model, outputs: Option<Vec<Vec<i32>>>) -> Self {
        let hidden = Hidden {
            inputs: true,
            outputs: outputs.is_none(),
        };
        let layout = Layout::new(&model.graph, hidden).expect("the graph can be proven");
        let outputs = outputs.map_or(Port::Hidden(Root([0; 32])), Port::Public);
        Self {
            model,
            layout,
            outputs,
        }
    }

    fn parts<'a>(
        &'a self,
        weights: &'a CommittedWeights,
        inputs: &'a Port,
        outputs: &'a Port,
    ) -> Parts<'a> {
        Parts {
            checked: &self.model.graph,
            layout: &self.layout,
            weights: Some(weights),
            inputs,
            outputs,
        }
    }

    /// What the verifier's code says to a simulated transcript under `transcript`.
    pub(crate) fn check(
        &self,
        simulated: &Simulated,
        argument: &[u8],
        transcript: Transcript,
    ) -> Result<(), Refused> {
        let parts = self.parts(&simulated.weights, &simulated.inputs, &simulated.outputs);
        let mut receiver = Receiver::new(argument, transcript);
        let (masks, oracles) = argue(&parts, &mut receiver)?;
        settle(&masks, &oracles, &mut receiver)?;
        receiver.finish().map_err(OpeningError::from)?;
        Ok(())
    }

    /// The same under the simulator's challenges.
    pub(crate) fn accepts(&self, simulated: &Simulated) -> Result<(), Refused> {
        let challenges = simulated.challenges.clone();
        let transcript = Transcript::programmed(challenges);
        self.check(simulated, &simulated.argument, transcript)
    }

    /// A transcript from coins alone.
    pub(crate) fn simulate(&self, seed: &[u8; 32], openings: u32) -> Simulated {
        let challenges = Randomness::new(seed, "challenges");
        let mut coins = Randomness::new(seed, "coins");
        let polynomial = self.layout.weights.as_ref().expect("there are weights");
        let mut weights = CommittedWeights {
            root: Root([0; 32]),
            openings,
            point: coins.extension(polynomial.variables),
            value: element(&mut coins),
        };
        let counts = count(&self.model.graph, &self.layout, Some(&weights));
        let messages = counts.expect("the messages are counted").messages;
        // Uniform messages, and space for three roots and the ends of the products.
        let mut head = Writer::new();
        head.bases(&coins.base(3 * 8 + DEGREE * (messages + 2)));
        let mut head = head.finish();
        let (mut inputs, mut outputs) = (Port::Hidden(Root([0; 32])), self.outputs.clone());
        let drawn = {
            let parts = self.parts(&weights, &inputs, &outputs);
            draw(&parts, &head, challenges.clone(), &mut coins)
        };
        // Roots, now that the trees are there.
        let mut of_oracles = drawn.roots.iter();
        let mut next = || *of_oracles.next().expect("a root for each polynomial");
        head[..32].copy_from_slice(&drawn.masks.0);
        if self.layout.witness.is_some() {
            head[32..64].copy_from_slice(&next().0);
        }
        weights.root = next();
        inputs = Port::Hidden(next());
        if self.layout.outputs.is_some() {
            outputs = Port::Hidden(next());
        }
        head[drawn.folded_at..drawn.folded_at + 32].copy_from_slice(&drawn.folded.0);
        head.truncate(drawn.end);
        head.extend(drawn.tail);
        Simulated {
            weights,
            inputs,
            outputs,
            argument: head,
            challenges,
        }
    }
}

/// Why a transcript isn't accepted.
#[derive(Debug, PartialEq)]
pub(crate) enum Refused {
    Argument(ArgumentError),
    Opening(OpeningError),
}

impl From<ArgumentError> for Refused {
    fn from(error: ArgumentError) -> Self {
        Self::Argument(error)
    }
}

impl From<OpeningError> for Refused {
    fn from(error: OpeningError) -> Self {
        Self::Opening(error)
    }
}

/// What was drawn for the end of an argument.
struct Drawn {
    /// Where the root of the foldings stands in the messages, and where these end.
    folded_at: usize,
    end: usize,
    masks: Root,
    folded: Root,
    /// Of each polynomial.
    roots: Vec<Root>,
    /// All after the messages.
    tail: Vec<u8>,
}

fn element(coins: &mut Randomness) -> EF {
    coins.extension(1)[0]
}

/// Appends rows at positions, and siblings in a tree that has nothing but noise elsewhere: its root.
fn plant(
    rows: &[Vec<F>],
    positions: &[usize],
    log_domain: usize,
    coins: &mut Randomness,
    writer: &mut Writer,
) -> Root {
    let mut leaves: Vec<[u8; 32]> = (0..1usize << log_domain)
        .map(|_| leaf(&coins.base(1)))
        .collect();
    for (row, &position) in rows.iter().zip(positions) {
        leaves[position] = leaf(row);
        writer.bases(row);
    }
    let tree = Tree::new(leaves);
    for (layer, index) in siblings(positions, log_domain) {
        writer.bytes(&tree.digest(layer, index));
    }
    tree.root()
}

/// Follows the messages in `head` with the verifier's code, and draws what comes after them.
fn draw(parts: &Parts<'_>, head: &[u8], challenges: Randomness, coins: &mut Randomness) -> Drawn {
    let mut receiver = Receiver::new(head, Transcript::programmed(challenges));
    let (_, oracles) = argue(parts, &mut receiver).expect("any messages can be followed");
    let left = |receiver: &mut Receiver<'_>| {
        let (reader, _) = receiver.opening().expect("there are bytes");
        head.len() - reader.remaining()
    };
    let folded_at = left(&mut receiver);
    receiver.root(labels::FOLDED).expect("there are bytes");
    let (weighted, products_end) = products(&mut receiver).expect("there are bytes");
    let end = left(&mut receiver);
    let masks = receiver.masked().len() + 2;
    let mut tail = Writer::new();
    work(labels::GRIND, &mut receiver, &mut tail);
    let (queried, roots) = plant_polynomials(&oracles, &mut receiver, coins, &mut tail);
    let challenge = receiver.challenge(labels::CLAIMS);
    let values = oracles.iter().map(|oracle| &oracle.value);
    let claims: Vec<_> = values.zip(queried).collect();
    let public = |form: &_| receiver.public_part(form);
    let batch = Batch::new(challenge, masks, &weighted, &products_end, &claims, public);
    let codes: Vec<Code> = oracles.iter().map(|oracle| oracle.code).collect();
    let columns = Columns::new(masks, &codes);
    let [masks, folded] = draw_columns(&oracles, &columns, &batch, &mut receiver, coins, &mut tail);
    Drawn {
        folded_at,
        end,
        masks,
        folded,
        roots,
        tail: tail.finish(),
    }
}

/// Programmed challenges ask for no work.
fn work(label: &'static str, receiver: &mut Receiver<'_>, tail: &mut Writer) {
    let (_, transcript) = receiver.opening().expect("there are bytes");
    assert!(transcript.check_grind(label, GRINDING_BITS, F::ZERO));
    tail.base(F::ZERO);
}

/// Uniform rows of each polynomial, and their trees.
fn plant_polynomials(
    oracles: &[Oracle],
    receiver: &mut Receiver<'_>,
    coins: &mut Randomness,
    tail: &mut Writer,
) -> (Vec<Queries>, Vec<Root>) {
    let plant_one = |oracle: &Oracle| {
        let code = &oracle.code;
        let (_, transcript) = receiver.opening().expect("there are bytes");
        let positions =
            transcript.challenge_positions(labels::POSITIONS, code.rate.queries, code.log_domain);
        let rows: Vec<Vec<F>> = positions.iter().map(|_| coins.base(code.width())).collect();
        let root = plant(&rows, &positions, code.log_domain, coins, tail);
        let weights = eq_table(oracle.split_point().1);
        let queries = positions.iter().zip(&rows).map(|(&position, row)| {
            let element = domain_element(code.log_domain, position);
            (element, fold(row, &weights))
        });
        (queries.collect(), root)
    };
    oracles.iter().map(plant_one).unzip()
}

/// A last column that fits the claim, and rows that fit the column.
fn draw_columns(
    oracles: &[Oracle],
    columns: &Columns,
    batch: &Batch,
    receiver: &mut Receiver<'_>,
    coins: &mut Randomness,
    tail: &mut Writer,
) -> [Root; 2] {
    let blinding = element(coins);
    tail.extension(&blinding);
    let scale = receiver.challenge(labels::BLINDED);
    let mut claim = blinding + scale * batch.value;
    let mut point = Vec::new();
    for _ in 0..columns.variables() {
        let round = [element(coins), element(coins)];
        tail.extensions(&round);
        let challenge = receiver.challenge(labels::ROUND_CHALLENGE);
        claim = evaluate_round(&round, claim, challenge);
        point.push(challenge);
    }
    let of_columns = eq_table(&point);
    let value = |last: &[EF]| weigh(last, &of_columns, oracles, columns, batch);
    let mut last = coins.extension(columns.code.coefficients());
    let mut unit = vec![EF::ZERO; last.len()];
    unit[0] = EF::ONE;
    last[0] = last[0] + (claim - value(&last)) * value(&unit).inverse();
    tail.extensions(&last);
    work(labels::LAST_GRIND, receiver, tail);
    let code = &columns.code;
    let (_, transcript) = receiver.opening().expect("there are bytes");
    let positions =
        transcript.challenge_positions(labels::LAST_POSITIONS, code.rate.queries, code.log_domain);
    let [mask_width, folded_width] = columns.widths();
    let (first, second) = of_columns.split_at(columns.masks);
    let (mut of_masks, mut of_foldings) = (Vec::new(), Vec::new());
    for &position in &positions {
        let at = domain_element(code.log_domain, position);
        let folded = coins.base(folded_width);
        let mut masks = coins.base(mask_width);
        // The first random column takes what is missing.
        let random = mask_width / 2;
        masks[random..random + DEGREE].fill(F::ZERO);
        let terms = last.iter().rev();
        let expected = terms.fold(EF::ZERO, |sum, &own| sum * at + own);
        let got = blinded(&masks, first, scale) + blinded(&folded, second, scale);
        let missing = (expected - got) * first[0].inverse();
        masks[random..random + DEGREE].copy_from_slice(missing.as_basis_coefficients_slice());
        of_masks.push(masks);
        of_foldings.push(folded);
    }
    [of_masks, of_foldings].map(|rows| plant(&rows, &positions, code.log_domain, coins, tail))
}

/// Random columns and scaled columns of a row, folded over the columns.
fn blinded(row: &[F], weights: &[EF], scale: EF) -> EF {
    let elements: Vec<EF> = row
        .chunks(DEGREE)
        .map(|own| EF::from_basis_coefficients_slice(own).expect("five coordinates"))
        .collect();
    let (columns, random) = elements.split_at(elements.len() / 2);
    let all = columns.iter().zip(random).zip(weights);
    all.map(|((&own, &random), &weight)| weight * (random + scale * own))
        .sum()
}

pub(crate) const OPENINGS: u32 = 4;

/// A statement that is false: nothing gives these outputs.
static FALSE: LazyLock<Public> =
    LazyLock::new(|| Public::new(mlp(5, &[10, 7, 3]), Some(vec![vec![1, 2, 3]])));

#[test]
fn simulated_transcripts_are_accepted_under_the_simulators_challenges() {
    let all_hidden = Public::new(mlp(5, &[10, 7, 3]), None);
    for seed in 0..4 {
        for public in [&*FALSE, &all_hidden] {
            let simulated = public.simulate(&[seed; 32], OPENINGS);
            assert_eq!(public.accepts(&simulated), Ok(()), "{seed}");
        }
    }
}

#[test]
fn simulated_transcripts_are_rejected_under_the_hash() {
    let simulated = FALSE.simulate(&[1; 32], OPENINGS);
    let model = &FALSE.model;
    let (_, key) = setup(&model.graph, model.weights.clone(), &HIDING).expect("keys are made");
    let statement = lilliput_verifier::Statement {
        context: lilliput_verifier::Context::OFFLINE,
        opening: 0,
        task: lilliput_verifier::Task::ANSWER,
        seed: [0; 32],
        inputs: simulated.inputs.clone(),
        outputs: simulated.outputs.clone(),
    };
    let transcript = statement.transcript(&key.model_id());
    let refused = FALSE.check(&simulated, &simulated.argument, transcript);
    assert_eq!(refused, Err(Refused::Opening(OpeningError::Grinding)));
    let other = Transcript::programmed(Randomness::new(&[2; 32], "challenges"));
    assert!(FALSE.check(&simulated, &simulated.argument, other).is_err());
}

/// What is checked of a real transcript is checked of a simulated one: no message can be changed under the same
/// challenges, but the few that nothing binds (the elements of proofs of work).
#[test]
fn a_changed_simulated_transcript_is_rejected_under_the_same_challenges() {
    let simulated = FALSE.simulate(&[3; 32], OPENINGS);
    let bytes = &simulated.argument;
    let mut accepted = 0;
    for position in (0..bytes.len()).step_by(bytes.len() / 397) {
        let mut other = bytes.clone();
        other[position] ^= 1;
        let transcript = Transcript::programmed(simulated.challenges.clone());
        accepted += usize::from(FALSE.check(&simulated, &other, transcript).is_ok());
    }
    assert!(accepted <= 2, "{accepted}");
}

/// A simulated transcript has the shape of a real one: as long, up to rows that positions share.
#[test]
fn simulated_and_real_transcripts_have_one_shape() {
    let model = mlp(5, &[10, 7, 3]);
    let hiding = setup::Hiding::Weights {
        seed: [5; 32],
        openings: OPENINGS,
    };
    let (proving, _) = setup(&model.graph, model.weights.clone(), &hiding).expect("keys are made");
    let request = crate::end_to_end::request(lilliput_verifier::Context::OFFLINE);
    let proof = lilliput_prover::prove(&proving, &request, &model.inputs).expect("a proof");
    let simulated = FALSE.simulate(&[4; 32], OPENINGS).argument.len();
    let real = proof.argument.len();
    assert!(simulated.abs_diff(real) * 20 < real, "{simulated} {real}");
}
