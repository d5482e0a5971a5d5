//! The wire forms of subnets: round trips, bounds before allocation, golden bytes.

use lilliput_crypto::Digest;
use lilliput_types::codec::{decode, encode};
use lilliput_types::subnet::{
    AnswerContext, Answered, Audit, BondSpeed, Buy, Close, Collect, Commit, EntryProof, Leave,
    Link, Match, Open, OpenMarket, Preference, Probe, Register, Reveal, Rule, Scorer, Sell, Set,
    SetEndpoint, SetRule, SetTake, Settings, Stake, SubnetMessage, SubtensorRule, TranscriptEntry,
    Unstake, Vote, WeightRow, WeightsOpening, draw, randomness,
};
use lilliput_types::{
    AccountKey, Amount, ChainId, DurationMs, List, Message, ModelId, Registration, SubnetEpoch,
    SubnetId, Text,
};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use crate::samples::{address, secret};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Golden {
    name: String,
    bytes: String,
    message: Message,
}

fn digest(number: u8) -> Digest {
    Digest([number; 32])
}

fn settings(a: u8) -> Settings {
    let scorers = [
        Scorer::ExactMatch,
        Scorer::Similarity,
        Scorer::Correlation,
        Scorer::Ensemble {
            scale: u64::from(a),
        },
        Scorer::Votes,
        Scorer::Trading {
            leverage_max: 1 << 17,
            drawdown_max: 6_554,
            challenge_days: 60,
            gain_full: 6_554,
        },
    ];
    let scorer = scorers[usize::from(a) % scorers.len()];
    Settings {
        burn_uid: (a > 100).then_some(3),
        bond_speed: if a > 100 {
            BondSpeed::Fixed(6_554)
        } else {
            BondSpeed::Liquid { low: 1, high: 2 }
        },
        ..Settings::standard(scorer, DurationMs(60_000))
    }
}

fn entry(a: u8) -> TranscriptEntry {
    let context = AnswerContext {
        chain: ChainId(digest(1)),
        subnet: SubnetId(2),
        epoch: SubnetEpoch(3),
        validator: address(a),
        validator_registration: Registration(4),
        miner: Registration(5),
    };
    let probe = Probe {
        input: digest(a),
        truth: List::new(vec![7]).unwrap(),
        salt: digest(8),
    };
    let answer = List::new(vec![i64::from(a), -1]).unwrap();
    let signature = context.sign(&secret(a), probe.id(), probe.input, &answer);
    TranscriptEntry {
        uid: 6,
        registration: Registration(5),
        key: AccountKey::from(&secret(a)),
        answered: List::new(vec![Answered {
            probe,
            answer,
            signature,
        }])
        .unwrap(),
        votes: (a > 100).then(|| digest(9)),
    }
}

fn messages(a: u8, b: u8, amount: Amount) -> Vec<(&'static str, SubnetMessage)> {
    let subnet = SubnetId(u32::from(a));
    let endpoint: Text<256> = Text::new("http://127.0.0.1:4021").unwrap();
    let mut all = vec![
        (
            "open",
            SubnetMessage::Open(Open {
                name: Text::new("digits").unwrap(),
                about: Text::new("which digit is this").unwrap(),
                settings: settings(a),
                deposit_max: amount,
            }),
        ),
        (
            "set",
            SubnetMessage::Set(Set {
                subnet,
                settings: settings(b),
            }),
        ),
        ("close", SubnetMessage::Close(Close { subnet })),
        (
            "register",
            SubnetMessage::Register(Register {
                subnet,
                endpoint: endpoint.clone(),
                price_max: amount,
            }),
        ),
        (
            "match",
            SubnetMessage::Match(Match {
                subnet,
                price_max: amount,
            }),
        ),
        (
            "set_endpoint",
            SubnetMessage::SetEndpoint(SetEndpoint { subnet, endpoint }),
        ),
    ];
    all.extend(stake_messages(a, b, amount));
    all.extend(weight_messages(a, b));
    all.extend(later_messages(a, b, amount));
    all
}

/// What came after the first version: at the end of the enum.
fn later_messages(a: u8, b: u8, amount: Amount) -> Vec<(&'static str, SubnetMessage)> {
    let subnet = SubnetId(u32::from(a));
    let rule = if a > 100 {
        Rule::Subtensor425(SubtensorRule {
            kappa: u16::from(b),
            ..SubtensorRule::standard()
        })
    } else {
        Rule::Evidence1
    };
    let registration = (b > 100).then_some(Registration(u64::from(b)));
    vec![
        ("set_rule", SubnetMessage::SetRule(SetRule { subnet, rule })),
        ("leave", SubnetMessage::Leave(Leave { subnet })),
        (
            "open_market",
            SubnetMessage::OpenMarket(OpenMarket {
                subnet,
                seed: amount,
            }),
        ),
        (
            "buy",
            SubnetMessage::Buy(Buy {
                subnet,
                registration,
                pay: amount,
                least: Amount(u128::from(b)),
            }),
        ),
        (
            "sell",
            SubnetMessage::Sell(Sell {
                subnet,
                amount: (a > 100).then_some(amount),
                least: Amount(u128::from(a)),
            }),
        ),
    ]
}

fn stake_messages(a: u8, b: u8, amount: Amount) -> Vec<(&'static str, SubnetMessage)> {
    let subnet = SubnetId(u32::from(a));
    let registration = Registration(u64::from(b));
    vec![
        (
            "stake",
            SubnetMessage::Stake(Stake {
                subnet,
                registration,
                amount,
            }),
        ),
        (
            "unstake",
            SubnetMessage::Unstake(Unstake {
                subnet,
                registration,
                amount: (b > 100).then_some(amount),
            }),
        ),
        (
            "collect",
            SubnetMessage::Collect(Collect {
                subnet,
                registration,
            }),
        ),
        (
            "set_take",
            SubnetMessage::SetTake(SetTake {
                subnet,
                take: u16::from(b),
            }),
        ),
    ]
}

fn weight_messages(a: u8, b: u8) -> Vec<(&'static str, SubnetMessage)> {
    let subnet = SubnetId(u32::from(a));
    let vote = Vote {
        first: 0,
        second: 1,
        preference: Preference::Tie,
    };
    vec![
        (
            "commit",
            SubnetMessage::Commit(Commit {
                subnet,
                weights: digest(b),
            }),
        ),
        (
            "reveal",
            SubnetMessage::Reveal(Reveal {
                subnet,
                salt: digest(a),
                row: List::new(vec![(1, 2), (3, u16::from(b))]).unwrap(),
                transcript: digest(b),
                seed: digest(7),
            }),
        ),
        (
            "audit",
            SubnetMessage::Audit(Audit {
                subnet,
                entry: entry(a),
                proof: EntryProof(List::new(vec![digest(b)]).unwrap()),
                votes: List::new(vec![vote]).unwrap(),
            }),
        ),
        (
            "link",
            SubnetMessage::Link(Link {
                subnet,
                model: ModelId(digest(b)),
            }),
        ),
    ]
}

proptest! {
    #[test]
    fn messages_round_trip_in_bytes_and_json(a: u8, b: u8, amount: u128) {
        for (_, message) in messages(a, b, Amount(amount)) {
            let message = Message::Subnet(message);
            let bytes = encode(&message);
            prop_assert_eq!(&decode::<Message>(&bytes, 1 << 16).unwrap(), &message);
            let json = serde_json::to_string(&message).unwrap();
            prop_assert_eq!(serde_json::from_str::<Message>(&json).unwrap(), message);
        }
    }

    #[test]
    fn bytes_that_decode_are_the_bytes_that_encode(a: u8, at: prop::sample::Index, new: u8) {
        for (_, message) in messages(a, 200, Amount(7)) {
            let mut bytes = encode(&message);
            let at = at.index(bytes.len());
            bytes[at] = new;
            if let Ok(value) = decode::<SubnetMessage>(&bytes, 1 << 16) {
                prop_assert_eq!(encode(&value), bytes);
            }
        }
    }

    #[test]
    fn draws_fall_by_weight(seed: u8, heavy in 1_u16..) {
        let row = [(1, 1), (2, heavy)];
        let randomness = randomness(ChainId(digest(1)), SubnetId(1), SubnetEpoch(1), &[(0, digest(seed))]);
        let hits = (0..200).filter(|number| draw(randomness, 5, *number, &row) == Some(1)).count();
        let expected = 200.0 * f64::from(heavy) / (1.0 + f64::from(heavy));
        // Seven standard deviations at most.
        prop_assert!((hits as f64 - expected).abs() < 50.0, "{hits} of 200, expected {expected}");
    }
}

#[test]
fn messages_encode_as_published() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../specs/vectors");
    let text = std::fs::read_to_string(format!("{folder}/subnet_messages.json")).unwrap();
    let golden: Vec<Golden> = serde_json::from_str(&text).unwrap();
    let ours: Vec<_> = [(3, 4), (101, 102), (5, 150)]
        .into_iter()
        .flat_map(|(a, b)| messages(a, b, Amount(1_000_000)))
        .collect();
    assert_eq!(golden.len(), ours.len());
    for (golden, (name, message)) in golden.into_iter().zip(ours) {
        let message = Message::Subnet(message);
        assert_eq!((golden.name.as_str(), &golden.message), (name, &message));
        assert_eq!(golden.bytes, hex::encode(encode(&message)), "{name}");
    }
}

#[test]
fn a_row_of_millions_is_refused_before_it_is_allocated() {
    let mut bytes = 4_000_000_u32.to_le_bytes().to_vec();
    bytes.extend([1; 400]);
    let refused = decode::<WeightRow>(&bytes, 1 << 26).unwrap_err();
    assert!(refused.to_string().contains("at most 4096"), "{refused}");
    let json = format!("[{}[1,1]]", "[1,1],".repeat(4_096));
    assert!(serde_json::from_str::<WeightRow>(&json).is_err());
}

#[test]
fn a_commitment_binds_every_field() {
    let opening = WeightsOpening {
        chain: ChainId(digest(1)),
        subnet: SubnetId(2),
        epoch: SubnetEpoch(3),
        uid: 4,
        registration: Registration(5),
        salt: digest(6),
        row: List::new(vec![(7, 8)]).unwrap(),
        transcript: digest(9),
        seed: digest(10),
    };
    let changed = [
        WeightsOpening {
            chain: ChainId(digest(0)),
            ..opening.clone()
        },
        WeightsOpening {
            subnet: SubnetId(0),
            ..opening.clone()
        },
        WeightsOpening {
            epoch: SubnetEpoch(0),
            ..opening.clone()
        },
        WeightsOpening {
            uid: 0,
            ..opening.clone()
        },
        WeightsOpening {
            registration: Registration(0),
            ..opening.clone()
        },
        WeightsOpening {
            salt: digest(0),
            ..opening.clone()
        },
        WeightsOpening {
            row: List::new(vec![(7, 9)]).unwrap(),
            ..opening.clone()
        },
        WeightsOpening {
            transcript: digest(0),
            ..opening.clone()
        },
        WeightsOpening {
            seed: digest(0),
            ..opening.clone()
        },
    ];
    for other in changed {
        assert_ne!(other.commitment(), opening.commitment(), "{other:?}");
    }
}

#[test]
fn an_answer_is_for_one_validator_epoch_and_probe() {
    let one = entry(3);
    let answered = &one.answered[0];
    let context = AnswerContext {
        chain: ChainId(digest(1)),
        subnet: SubnetId(2),
        epoch: SubnetEpoch(3),
        validator: address(3),
        validator_registration: Registration(4),
        miner: Registration(5),
    };
    assert!(answered.verify(&one.key, &context).is_ok());
    let others = [
        AnswerContext {
            chain: ChainId(digest(0)),
            ..context
        },
        AnswerContext {
            subnet: SubnetId(0),
            ..context
        },
        AnswerContext {
            epoch: SubnetEpoch(0),
            ..context
        },
        AnswerContext {
            validator: address(4),
            ..context
        },
        AnswerContext {
            validator_registration: Registration(0),
            ..context
        },
        AnswerContext {
            miner: Registration(0),
            ..context
        },
    ];
    for other in others {
        assert!(answered.verify(&one.key, &other).is_err(), "{other:?}");
    }
    let mut changed = answered.clone();
    changed.probe.truth = List::new(vec![8]).unwrap();
    assert!(changed.verify(&one.key, &context).is_err());
}
