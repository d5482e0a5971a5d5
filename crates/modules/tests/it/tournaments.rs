//! Rounds of tournaments: what each message does, and what it refuses.

use lilliput_crypto::Digest;
use lilliput_ledger::Changes;
use lilliput_modules::tournament::score;
use lilliput_modules::tournament::{WORK_MAX, query};
use lilliput_types::codec::encode;
use lilliput_types::tournament::blob::{Data, Prediction, TARGET_ONE, TargetList};
use lilliput_types::tournament::{
    Back, CLIP_MAX, Enter, Entry, ModelName, Open, OpenRound, Reveal, Round, RoundId, RoundState,
    Stake, Targets, Terms, TournamentId, TournamentMessage, Withdraw, seal_prediction,
    seal_targets,
};
use lilliput_types::{Amount, Blob, DurationMs, Event, Holder, Message, Outcome, Receipt, Text};
use proptest::prelude::*;

use crate::world::{World, address, asset};

pub(crate) const ORGANISER: u8 = 0;
pub(crate) const DEPOSIT: u128 = 5_000_000;
pub(crate) const SUBSIDY: u128 = 300_000;
pub(crate) const STAKE_MIN: u128 = 1_000;
pub(crate) const SPAN_MS: u64 = 10_000;
const ROWS: usize = 40;
const STAKE: u128 = 10_000_000;

pub(crate) fn terms() -> Terms {
    Terms {
        factor: 1 << 16,
        correlation_weight: 1 << 15,
        contribution_weight: 2 << 16,
        clip: CLIP_MAX,
        feature_neutral: false,
        deposit: Amount(DEPOSIT),
        stake_min: Amount(STAKE_MIN),
        entries_max: 6,
    }
}

/// Rows with two features.
pub(crate) fn data(rows: usize, seed: u16) -> Data {
    let ids = (0..rows).map(|row| format!("row-{row:05}")).collect();
    let feature = |factor: u16| {
        let cells = (0..rows).map(|row| {
            let row = u16::try_from(row).unwrap();
            (row.wrapping_add(seed)).wrapping_mul(factor)
        });
        cells.collect()
    };
    Data::new(ids, vec![feature(12_345), feature(777)]).unwrap()
}

/// Every second row high, in an order of its own.
pub(crate) fn targets(rows: usize) -> TargetList {
    let value = |row: usize| (row * 7 % 10) as u32 * (TARGET_ONE / 10);
    TargetList::new((0..rows).map(value).collect()).unwrap()
}

/// Predictions that follow the targets (`skill` above zero), or go against them.
pub(crate) fn prediction(rows: usize, skill: i64, seed: i64) -> Prediction {
    let targets = targets(rows);
    let values = targets.values().iter().zip(0_i64..).map(|(target, row)| {
        let noise = (row * 131 + seed * 977) % 503;
        Some(i64::from(*target >> 20) * skill + noise)
    });
    Prediction::of_values(&values.collect::<Vec<_>>()).unwrap()
}

pub(crate) fn blob(bytes: Vec<u8>) -> Blob {
    Blob::new(bytes).unwrap()
}

pub(crate) fn salt(number: u8) -> Digest {
    Digest([number; 32])
}

fn message(message: TournamentMessage) -> Message {
    Message::Tournament(message)
}

pub(crate) fn name(text: &str) -> ModelName {
    text.parse().unwrap()
}

/// A world with rounds in it.
pub(crate) struct Contest {
    pub(crate) world: World,
    pub(crate) round: RoundId,
    pub(crate) rows: usize,
}

impl Contest {
    pub(crate) fn open(terms: Terms) -> Self {
        let mut world = World::empty();
        open(&mut world, terms).unwrap();
        let mut contest = Self {
            world,
            round: RoundId {
                tournament: TournamentId(1),
                number: 0,
            },
            rows: ROWS,
        };
        contest.next_round().unwrap();
        contest
    }

    /// Opens the next round.
    pub(crate) fn next_round(&mut self) -> Result<Receipt, String> {
        let data = blob(data(self.rows, 0).encode());
        let open = self.open_round(&data);
        let opened = self.bring(ORGANISER, TournamentMessage::OpenRound(open), data);
        if opened.is_ok() {
            self.round.number += 1;
        }
        opened
    }

    pub(crate) fn open_round(&self, data: &Blob) -> OpenRound {
        let targets = blob(targets(self.rows).encode());
        let chain = lilliput_ledger::Machine::chain(&self.world.network);
        OpenRound {
            tournament: self.round.tournament,
            data: data.id(),
            targets: seal_targets(chain, address(ORGANISER), data.id(), salt(9), targets.id()),
            subsidy: Amount(SUBSIDY),
            enter_for_ms: DurationMs(SPAN_MS),
            reveal_for_ms: DurationMs(SPAN_MS),
            targets_for_ms: DurationMs(SPAN_MS),
        }
    }

    pub(crate) fn act(&mut self, who: u8, what: TournamentMessage) -> Result<Receipt, String> {
        self.world.act(who, message(what))
    }

    pub(crate) fn bring(
        &mut self,
        who: u8,
        what: TournamentMessage,
        blob: Blob,
    ) -> Result<Receipt, String> {
        self.world.bring(who, message(what), vec![blob])
    }

    pub(crate) fn sealed(&self, who: u8, model: &str, prediction: &Blob) -> Digest {
        let chain = lilliput_ledger::Machine::chain(&self.world.network);
        let model = name(model);
        seal_prediction(
            chain,
            self.round,
            address(who),
            &model,
            salt(who),
            prediction.id(),
        )
    }

    pub(crate) fn enter(
        &mut self,
        who: u8,
        model: &str,
        prediction: &[u8],
        stake: u128,
    ) -> Result<Receipt, String> {
        let sealed = self.sealed(who, model, &blob(prediction.to_vec()));
        self.act(
            who,
            TournamentMessage::Enter(Enter {
                round: self.round,
                model: name(model),
                sealed,
                stake: Amount(stake),
            }),
        )
    }

    pub(crate) fn back(&mut self, who: u8, entry: u32, stake: u128) -> Result<Receipt, String> {
        self.act(
            who,
            TournamentMessage::Back(Back {
                round: self.round,
                entry,
                stake: Amount(stake),
            }),
        )
    }

    pub(crate) fn reveal(
        &mut self,
        who: u8,
        entry: u32,
        prediction: &[u8],
    ) -> Result<Receipt, String> {
        let blob = blob(prediction.to_vec());
        let reveal = Reveal {
            round: self.round,
            entry,
            salt: salt(who),
            prediction: blob.id(),
        };
        self.bring(who, TournamentMessage::Reveal(reveal), blob)
    }

    pub(crate) fn show_targets(&mut self) -> Result<Receipt, String> {
        self.show(ORGANISER, salt(9), &targets(self.rows))
    }

    fn show(&mut self, who: u8, salt: Digest, targets: &TargetList) -> Result<Receipt, String> {
        let blob = blob(targets.encode());
        let show = Targets {
            round: self.round,
            salt,
            targets: blob.id(),
        };
        self.bring(who, TournamentMessage::Targets(show), blob)
    }

    pub(crate) fn withdraw(&mut self, who: u8, entry: u32) -> Result<Receipt, String> {
        let round = self.round;
        self.act(who, TournamentMessage::Withdraw(Withdraw { round, entry }))
    }

    pub(crate) fn next_phase(&mut self) {
        self.world.wait(SPAN_MS);
    }

    pub(crate) fn record(&self) -> Round {
        let found = query::round(&self.world.state, self.round);
        found.unwrap().unwrap()
    }

    fn entry(&self, number: u32) -> Entry {
        let found = query::entry(&self.world.state, self.round, number);
        found.unwrap().unwrap()
    }

    fn stakes(&self) -> Vec<Stake> {
        query::stakes(&self.world.state, self.round, None, 100).unwrap()
    }

    fn stake(&self, entry: u32, who: u8) -> Stake {
        let all = self.stakes();
        let found = all
            .into_iter()
            .find(|stake| stake.entry == entry && stake.account == address(who));
        found.unwrap()
    }
}

pub(crate) fn open(world: &mut World, terms: Terms) -> Result<Receipt, String> {
    world.act(
        ORGANISER,
        message(TournamentMessage::Open(Open {
            name: Text::new("stocks").unwrap(),
            metadata_uri: Text::new("").unwrap(),
            asset: asset("USDX"),
            terms,
        })),
    )
}

/// A round with a good, a weak and a contrary model, and a backer of the good one; revealed but for `but`.
fn contest(but: Option<u8>) -> Contest {
    let mut contest = Contest::open(terms());
    for (who, skill) in [(1, 3), (2, 0), (3, -3)] {
        let sealed = prediction(ROWS, skill, i64::from(who)).encode();
        contest.enter(who, "model", &sealed, STAKE).unwrap();
    }
    contest.back(4, 0, STAKE / 2).unwrap();
    contest.next_phase();
    for (who, skill) in [(1, 3), (2, 0), (3, -3)] {
        if but != Some(who) {
            let sealed = prediction(ROWS, skill, i64::from(who)).encode();
            contest.reveal(who, u32::from(who) - 1, &sealed).unwrap();
        }
    }
    contest.next_phase();
    contest
}

#[test]
fn a_round_pays_the_good_from_the_bad_to_the_last_unit() {
    let mut contest = contest(None);
    let before: Vec<u128> = (0..5)
        .map(|who| contest.world.held(address(who), "USDX"))
        .collect();
    contest.show_targets().unwrap();
    let round = contest.record();
    assert_eq!(round.state, RoundState::Settled);
    assert!(round.won > Amount::ZERO && round.lost > Amount::ZERO);
    assert_eq!(round.won.0 + round.kept.0, round.lost.0 + SUBSIDY);
    let (good, contrary) = (contest.stake(0, 1), contest.stake(2, 3));
    assert!(good.won > Amount::ZERO && contrary.lost > Amount::ZERO);
    // Five percent at most.
    assert!(good.won.0 <= STAKE * 3_277 / 65_536 && contrary.lost.0 <= STAKE * 3_277 / 65_536 + 1);
    // The backer earns per unit what the owner does.
    assert!(good.won.0.abs_diff(2 * contest.stake(0, 4).won.0) <= 2);
    let deposited = contest.world.held(address(ORGANISER), "USDX");
    let scoring = 500;
    assert_eq!(deposited + scoring, before[0] + DEPOSIT);
    for (who, entry) in [(1, 0), (2, 1), (3, 2), (4, 0)] {
        let stake = contest.stake(entry, who);
        contest.withdraw(who, entry).unwrap();
        let all = stake.amount.0 + stake.won.0 - stake.lost.0;
        let held = contest.world.held(address(who), "USDX");
        assert_eq!(held, before[usize::from(who)] + all);
        assert_eq!(
            contest.withdraw(who, entry),
            Err("tournament.withdrawn".to_owned())
        );
    }
    assert_eq!(contest.world.held(Holder::Round(contest.round), "USDX"), 0);
    let left = Holder::Tournament(TournamentId(1));
    assert_eq!(contest.world.held(left, "USDX"), round.kept.0);
}

#[test]
fn what_a_round_leaves_is_in_the_next_ones_pot() {
    let mut contest = contest(None);
    contest.show_targets().unwrap();
    let kept = contest.record().kept;
    assert!(kept > Amount::ZERO);
    contest.next_round().unwrap();
    assert_eq!(contest.record().carried, kept);
    let standings = query::standings(&contest.world.state, TournamentId(1), None, 10).unwrap();
    assert_eq!(standings.len(), 3);
    assert!(standings.iter().all(|standing| standing.rounds == 1));
}

#[test]
fn what_is_not_revealed_loses_the_clip_backers_included() {
    let mut contest = contest(Some(1));
    contest.show_targets().unwrap();
    let clip = |stake: u128| (stake * u128::from(CLIP_MAX)).div_ceil(65_536);
    assert_eq!(contest.stake(0, 1).lost.0, clip(STAKE));
    assert_eq!(contest.stake(0, 4).lost.0, clip(STAKE / 2));
    let scores = contest.entry(0).scores.unwrap();
    assert_eq!(scores.correlation, None);
    assert_eq!(scores.rate, -(i64::from(CLIP_MAX) << 32));
}

#[test]
fn an_organiser_that_keeps_the_targets_back_loses_deposit_and_subsidy() {
    let mut contest = contest(Some(1));
    let before = contest.world.held(address(2), "USDX");
    contest.next_phase();
    let round = contest.record();
    assert_eq!(round.state, RoundState::Void);
    assert_eq!(contest.show_targets(), Err("tournament.late".to_owned()));
    // Shared by the two that revealed; those that didn't get their stakes back, nothing more.
    let share = (DEPOSIT + SUBSIDY) / 2;
    assert_eq!(contest.stake(1, 2).won.0, share);
    assert_eq!(contest.stake(2, 3).won.0, share);
    assert_eq!(contest.stake(0, 1).won, Amount::ZERO);
    assert!(contest.stakes().iter().all(|stake| stake.lost.is_zero()));
    contest.withdraw(2, 1).unwrap();
    assert_eq!(
        contest.world.held(address(2), "USDX"),
        before + STAKE + share
    );
    contest.withdraw(4, 0).unwrap();
}

#[test]
fn a_round_in_which_nothing_is_revealed_harms_nobody() {
    let mut contest = Contest::open(terms());
    let sealed = prediction(ROWS, 1, 1).encode();
    contest.enter(1, "model", &sealed, STAKE).unwrap();
    for _ in 0..3 {
        contest.next_phase();
    }
    assert_eq!(contest.record().state, RoundState::Void);
    contest.withdraw(1, 0).unwrap();
    let start = |who| contest.world.held(address(who), "USDX");
    assert_eq!((start(ORGANISER), start(1)), (start(2), start(2)));
}

#[test]
fn every_message_keeps_to_its_phase() {
    let mut contest = Contest::open(terms());
    let sealed = prediction(ROWS, 1, 1).encode();
    contest.enter(1, "model", &sealed, STAKE).unwrap();
    let early = Err("tournament.early".to_owned());
    let late = Err("tournament.late".to_owned());
    assert_eq!(contest.reveal(1, 0, &sealed), early);
    assert_eq!(contest.show_targets(), early);
    assert_eq!(contest.withdraw(1, 0), Err("tournament.locked".to_owned()));
    contest.next_phase();
    assert_eq!(contest.enter(2, "model", &sealed, STAKE), late);
    assert_eq!(contest.back(2, 0, STAKE), late);
    assert_eq!(contest.show_targets(), early);
    contest.next_phase();
    assert_eq!(contest.reveal(1, 0, &sealed), late);
    contest.show_targets().unwrap();
    assert_eq!(contest.show_targets(), late);
    assert_eq!(contest.back(2, 0, STAKE), late);
}

#[test]
fn a_tournament_is_opened_within_bounds() {
    let mut world = World::empty();
    type Change = fn(&mut Terms);
    let wrong: [Change; 8] = [
        |terms| terms.factor = 0,
        |terms| terms.factor = u32::MAX,
        |terms| terms.contribution_weight = (16 << 16) + 1,
        |terms| terms.clip = CLIP_MAX + 1,
        |terms| terms.clip = 0,
        |terms| terms.deposit = Amount::ZERO,
        |terms| terms.stake_min = Amount::ZERO,
        |terms| terms.entries_max = 5_001,
    ];
    for change in wrong {
        let mut terms = terms();
        change(&mut terms);
        let refused = open(&mut world, terms);
        assert_eq!(refused, Err("tournament.terms".to_owned()), "{terms:?}");
    }
}

#[test]
fn a_round_is_opened_by_its_organiser_with_sound_data() {
    let mut contest = Contest::open(terms());
    let good = blob(data(ROWS, 1).encode());
    let opening = contest.open_round(&good);
    let mut refused = |who, change: &dyn Fn(&mut OpenRound), blob: Blob| {
        let mut open = opening.clone();
        open.data = blob.id();
        change(&mut open);
        let result = contest.bring(who, TournamentMessage::OpenRound(open), blob);
        result.unwrap_err()
    };
    let nothing = |_: &mut OpenRound| {};
    assert_eq!(
        refused(1, &nothing, good.clone()),
        "tournament.not_organiser"
    );
    assert_eq!(refused(0, &nothing, blob(vec![1, 2, 3])), "tournament.data");
    let unknown = |open: &mut OpenRound| open.tournament = TournamentId(7);
    assert_eq!(refused(0, &unknown, good.clone()), "tournament.unknown");
    let short = |open: &mut OpenRound| open.reveal_for_ms = DurationMs(999);
    assert_eq!(refused(0, &short, good.clone()), "tournament.span");
    let long = |open: &mut OpenRound| open.targets_for_ms = DurationMs(u64::MAX);
    assert_eq!(refused(0, &long, good.clone()), "tournament.span");
    let dear = |open: &mut OpenRound| open.subsidy = Amount(1 << 63);
    assert_eq!(refused(0, &dear, good.clone()), "tournament.too_much");
    let beyond = |open: &mut OpenRound| open.subsidy = Amount(1 << 60);
    assert_eq!(refused(0, &beyond, good), "bank.insufficient_balance");
}

#[test]
fn the_work_of_scoring_is_bounded_when_a_round_opens() {
    assert!(score::work(5_000, 5_000, 0) <= WORK_MAX);
    assert!(score::work(1_000, 1_000, 22) <= WORK_MAX);
    let mut contest = Contest::open(Terms {
        entries_max: 5_000,
        ..terms()
    });
    contest.rows = 6_000;
    let refused = contest.next_round();
    assert_eq!(refused, Err("tournament.too_large".to_owned()));
    let mut world = World::empty();
    let neutral = Terms {
        feature_neutral: true,
        ..terms()
    };
    open(&mut world, neutral).unwrap();
    contest.world = world;
    contest.rows = ROWS;
    let plain = blob(
        Data::new(data(ROWS, 0).ids().to_vec(), Vec::new())
            .unwrap()
            .encode(),
    );
    let open = contest.open_round(&plain);
    let refused = contest.bring(ORGANISER, TournamentMessage::OpenRound(open), plain);
    assert_eq!(refused, Err("tournament.no_features".to_owned()));
}

#[test]
fn entries_and_backings_are_refused_when_wrong() {
    let mut contest = Contest::open(terms());
    let sealed = prediction(ROWS, 1, 1).encode();
    let code = |text: &str| Err(format!("tournament.{text}"));
    assert_eq!(contest.enter(1, "a", &sealed, 0), code("zero_amount"));
    assert_eq!(
        contest.enter(1, "a", &sealed, STAKE_MIN - 1),
        code("stake_too_small")
    );
    contest.enter(1, "a", &sealed, STAKE_MIN).unwrap();
    assert_eq!(contest.enter(1, "a", &sealed, STAKE_MIN), code("entered"));
    assert_eq!(contest.back(2, 1, STAKE_MIN), code("unknown_entry"));
    assert_eq!(contest.back(2, 0, STAKE_MIN - 1), code("stake_too_small"));
    for model in ["b", "c", "d", "e", "f"] {
        contest.enter(1, model, &sealed, STAKE_MIN).unwrap();
    }
    assert_eq!(contest.enter(2, "a", &sealed, STAKE_MIN), code("full"));
    // Staking on one's own entry adds to what is there.
    contest.back(1, 0, STAKE_MIN).unwrap();
    contest.back(2, 0, STAKE_MIN).unwrap();
    contest.back(2, 0, STAKE_MIN).unwrap();
    assert_eq!(contest.stake(0, 1).amount, Amount(2 * STAKE_MIN));
    assert_eq!(contest.stake(0, 2).amount, Amount(2 * STAKE_MIN));
    assert_eq!(contest.entry(0).staked, Amount(4 * STAKE_MIN));
    assert_eq!((contest.record().stakes, contest.record().entries), (7, 6));
    contest.round.number = 9;
    assert_eq!(contest.back(2, 0, STAKE_MIN), code("unknown_round"));
}

#[test]
fn a_seal_opens_for_its_account_model_round_and_bytes_alone() {
    let mut contest = Contest::open(terms());
    let (mine, other) = (
        prediction(ROWS, 1, 1).encode(),
        prediction(ROWS, 1, 2).encode(),
    );
    contest.enter(1, "a", &mine, STAKE).unwrap();
    // Another account copies the commitment, and later even salt and prediction.
    let copied = contest.sealed(1, "a", &blob(mine.clone()));
    let copy = Enter {
        round: contest.round,
        model: name("a"),
        sealed: copied,
        stake: Amount(STAKE),
    };
    contest.act(2, TournamentMessage::Enter(copy)).unwrap();
    contest.next_phase();
    let code = |text: &str| Err(format!("tournament.{text}"));
    assert_eq!(contest.reveal(1, 0, &other), code("seal"));
    assert_eq!(contest.reveal(2, 0, &mine), code("not_yours"));
    let stolen = Reveal {
        round: contest.round,
        entry: 1,
        salt: salt(1),
        prediction: blob(mine.clone()).id(),
    };
    let refused = contest.bring(2, TournamentMessage::Reveal(stolen), blob(mine.clone()));
    assert_eq!(refused, code("seal"));
    contest.reveal(1, 0, &mine).unwrap();
    assert_eq!(contest.reveal(1, 0, &mine), code("revealed"));
    contest.next_phase();
    // Targets that were not committed to, and the right ones by another.
    let mut changed = targets(ROWS).values().to_vec();
    changed[0] ^= 1;
    let changed = TargetList::new(changed).unwrap();
    assert_eq!(contest.show(0, salt(9), &changed), code("seal"));
    assert_eq!(contest.show(0, salt(8), &targets(ROWS)), code("seal"));
    assert_eq!(
        contest.show(1, salt(9), &targets(ROWS)),
        code("not_organiser")
    );
    contest.show_targets().unwrap();
    assert_eq!(contest.withdraw(3, 0), code("no_stake"));
}

#[test]
fn a_sealed_prediction_that_cannot_be_scored_cannot_be_revealed() {
    let mut contest = Contest::open(terms());
    let mut constant = prediction(ROWS, 1, 1).encode();
    let places = constant.len() - 4 * ROWS;
    constant[places..].fill(0);
    let few = {
        let values: Vec<Option<u32>> = (0..ROWS as u32)
            .map(|row| (row < 34).then_some(row))
            .collect();
        Prediction::of_values(&values).unwrap().encode()
    };
    let other_rows = prediction(ROWS + 1, 1, 1).encode();
    let bad = [constant, other_rows, vec![0; 10], b"LTP1".to_vec()];
    for (bytes, model) in bad.iter().zip(["a", "b", "c", "d"]) {
        contest.enter(1, model, bytes, STAKE).unwrap();
    }
    contest.enter(1, "few", &few, STAKE).unwrap();
    contest.next_phase();
    for (bytes, entry) in bad.iter().zip(0..) {
        let refused = contest.reveal(1, entry, bytes);
        assert_eq!(refused, Err("tournament.prediction".to_owned()), "{entry}");
    }
    contest.reveal(1, 4, &few).unwrap();
}

#[test]
fn targets_come_alone_and_wait_for_a_block_that_has_scored_less() {
    let mut contest = contest(None);
    let blob = blob(targets(ROWS).encode());
    let show = message(TournamentMessage::Targets(Targets {
        round: contest.round,
        salt: salt(9),
        targets: blob.id(),
    }));
    let again = message(TournamentMessage::Withdraw(Withdraw {
        round: contest.round,
        entry: 9,
    }));
    let both = contest
        .world
        .submit(ORGANISER, vec![show, again], vec![blob]);
    assert_eq!(both, Err("tournament.targets_not_alone".to_owned()));
    let full = encode(&(contest.world.height.next(), WORK_MAX));
    contest.world.state.apply(&Changes {
        writes: vec![("tournament/work".to_owned(), Some(full))],
        pinned: Vec::new(),
    });
    assert_eq!(contest.show_targets(), Err("tournament.busy".to_owned()));
    contest.show_targets().unwrap();
}

/// What each account ends up with in a round where `stakes` of one prediction stand against a contrary one.
fn payouts(stakes: &[(u8, u128)], backing: &[(u8, u128)]) -> (Vec<Stake>, Vec<Entry>, Receipt) {
    let mut contest = Contest::open(terms());
    let sealed = prediction(ROWS, 2, 5).encode();
    let contrary = prediction(ROWS, -2, 6).encode();
    contest.enter(4, "contrary", &contrary, STAKE).unwrap();
    for (who, stake) in stakes {
        contest.enter(*who, "model", &sealed, *stake).unwrap();
    }
    for (who, stake) in backing {
        contest.back(*who, 1, *stake).unwrap();
    }
    contest.next_phase();
    contest.reveal(4, 0, &contrary).unwrap();
    for ((who, _), entry) in stakes.iter().zip(1..) {
        contest.reveal(*who, entry, &sealed).unwrap();
    }
    contest.next_phase();
    let receipt = contest.show_targets().unwrap();
    assert_eq!(receipt.outcome, Outcome::Applied);
    let entries = (0..=stakes.len() as u32).map(|number| contest.entry(number));
    let entries = entries.collect();
    (contest.stakes(), entries, receipt)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// One entry, or two with the parts of its stake, or one with a backer: the same scores, and never more money.
    #[test]
    fn splitting_a_stake_changes_no_score_and_gains_nothing(
        first in STAKE_MIN..40_000_000,
        second in STAKE_MIN..40_000_000,
    ) {
        let (whole, whole_entries, receipt) = payouts(&[(1, first + second)], &[]);
        prop_assert!(receipt.events.iter().any(|event| matches!(event, Event::Tournament(_))));
        let (split, split_entries, _) = payouts(&[(1, first), (2, second)], &[]);
        let (backed, backed_entries, _) = payouts(&[(1, first)], &[(2, second)]);
        let scores = whole_entries[1].scores;
        prop_assert_eq!(scores, split_entries[1].scores);
        prop_assert_eq!(scores, split_entries[2].scores);
        prop_assert_eq!(scores, backed_entries[1].scores);
        prop_assert_eq!(whole_entries[0].scores, split_entries[0].scores);
        let net = |stakes: &[Stake]| -> i128 {
            let own = stakes.iter().filter(|stake| stake.entry > 0);
            own.map(|stake| stake.won.0 as i128 - stake.lost.0 as i128).sum()
        };
        for other in [net(&split), net(&backed)] {
            prop_assert!(other <= net(&whole) && net(&whole) - other <= 2, "{} {other}", net(&whole));
        }
    }
}
