//! Messages and blobs of tournaments: one value, one encoding; everything else is refused.

use lilliput_crypto::Digest;
use lilliput_types::codec::{decode, encode};
use lilliput_types::tournament::blob::{
    Data, Prediction, ROWS_MAX, TARGET_ONE, TargetList, TournamentBlobError,
};
use lilliput_types::tournament::{
    Back, CLIP_MAX, Enter, Open, OpenRound, Reveal, RoundId, Targets, Terms, TournamentId,
    TournamentMessage, Withdraw, seal_prediction, seal_targets,
};
use lilliput_types::{Amount, BlobId, ChainId, DurationMs, Holder, Message, Segment, Text};
use proptest::prelude::*;

use crate::samples::address;

fn messages(a: u8, amount: Amount) -> Vec<Message> {
    let round = RoundId {
        tournament: TournamentId(1 + u64::from(a)),
        number: 2,
    };
    let (digest, entry) = (Digest([a; 32]), u32::from(a));
    let blob = BlobId(digest);
    let all = [
        TournamentMessage::Open(Open {
            name: Text::new("stocks").unwrap(),
            metadata_uri: Text::new("https://example.org").unwrap(),
            asset: "USDX".parse().unwrap(),
            terms: Terms {
                factor: 1 << 16,
                correlation_weight: 1 << 15,
                contribution_weight: 1 << 17,
                clip: CLIP_MAX,
                feature_neutral: a > 100,
                deposit: amount,
                stake_min: amount,
                entries_max: 500,
            },
        }),
        TournamentMessage::OpenRound(OpenRound {
            tournament: round.tournament,
            data: blob,
            targets: digest,
            subsidy: amount,
            enter_for_ms: DurationMs(1_000),
            reveal_for_ms: DurationMs(2_000),
            targets_for_ms: DurationMs(3_000),
        }),
        TournamentMessage::Enter(Enter {
            round,
            model: "my-model-1".parse().unwrap(),
            sealed: digest,
            stake: amount,
        }),
        TournamentMessage::Back(Back {
            round,
            entry,
            stake: amount,
        }),
        TournamentMessage::Reveal(Reveal {
            round,
            entry,
            salt: digest,
            prediction: blob,
        }),
        TournamentMessage::Targets(Targets {
            round,
            salt: digest,
            targets: blob,
        }),
        TournamentMessage::Withdraw(Withdraw { round, entry }),
    ];
    all.into_iter().map(Message::Tournament).collect()
}

proptest! {
    #[test]
    fn messages_round_trip_in_bytes_and_json(a: u8, amount: u128) {
        for message in messages(a, Amount(amount)) {
            let bytes = encode(&message);
            prop_assert_eq!(bytes[0], 5);
            prop_assert_eq!(&decode::<Message>(&bytes, 1 << 12).unwrap(), &message);
            let json = serde_json::to_string(&message).unwrap();
            prop_assert_eq!(serde_json::from_str::<Message>(&json).unwrap(), message);
        }
    }

    #[test]
    fn predictions_keep_order_and_nothing_else(
        values in prop::collection::vec(prop::option::weighted(0.9, -50_i64..50), 1..60),
    ) {
        if let Ok(prediction) = Prediction::of_values(&values) {
            let bytes = prediction.encode();
            prop_assert_eq!(&Prediction::decode(&bytes, values.len()).unwrap(), &prediction);
            let stretched: Vec<_> = values.iter().map(|value| value.map(|v| v * v * v)).collect();
            prop_assert_eq!(Prediction::of_values(&stretched).unwrap(), prediction);
        }
    }

    #[test]
    fn bytes_that_decode_are_the_bytes_that_encode(at: prop::sample::Index, new: u8) {
        let data = Data::new(vec!["a".to_owned(), "bb".to_owned()], vec![vec![1, 2]]).unwrap();
        let mut bytes = data.encode();
        let place = at.index(bytes.len());
        bytes[place] = new;
        if let Ok(data) = Data::decode(&bytes) {
            prop_assert_eq!(data.encode(), bytes);
        }
        let values = [Some(3), None, Some(1), Some(2), Some(2), Some(9)];
        let mut bytes = Prediction::of_values(&values).unwrap().encode();
        let place = at.index(bytes.len());
        bytes[place] = new;
        if let Ok(prediction) = Prediction::decode(&bytes, 6) {
            prop_assert_eq!(prediction.encode(), bytes);
        }
    }

    #[test]
    fn garbage_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for mark in [b"LTD1", b"LTP1", b"LTT1"] {
            let marked = [&mark[..], &bytes].concat();
            let _ = Data::decode(&marked);
            let _ = Prediction::decode(&marked, 8);
            let _ = TargetList::decode(&marked, 8);
        }
    }
}

#[test]
fn blobs_are_the_bytes_of_the_specification() {
    let data = Data::new(vec!["a".to_owned(), "bb".to_owned()], vec![vec![1, 65_535]]).unwrap();
    let expected = b"LTD1\x02\0\0\0\x01\0\x01a\x02bb\x01\0\xff\xff";
    assert_eq!(data.encode(), expected);
    let prediction = [Some(0.5), None, Some(-1.0), Some(0.5), Some(7.0)];
    let prediction = prediction.map(|value| value.map(|value: f64| (value * 10.0) as i64));
    let prediction = Prediction::of_values(&prediction).unwrap();
    let expected = b"LTP1\x05\0\0\0\x1d\x01\0\0\0\0\0\0\0\x01\0\0\0\x02\0\0\0";
    assert_eq!(prediction.encode(), expected);
    let targets = TargetList::new(vec![0, TARGET_ONE]).unwrap();
    assert_eq!(targets.encode(), b"LTT1\x02\0\0\0\0\0\0\0\0\0\0\x80");
}

#[test]
fn what_is_wrong_with_a_blob_is_named() {
    use TournamentBlobError as E;
    let decode = |bytes: &[u8]| Prediction::decode(bytes, 5).unwrap_err();
    let good = b"LTP1\x05\0\0\0\x1d\x01\0\0\0\0\0\0\0\x01\0\0\0\x02\0\0\0".to_vec();
    let with = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        bytes
    };
    assert!(matches!(decode(b"LTX1"), E::Mark { .. }));
    assert!(matches!(decode(&good[..20]), E::Short));
    assert!(matches!(
        decode(&[&good[..], &[0]].concat()),
        E::TrailingBytes { count: 1 }
    ));
    assert!(matches!(
        decode(&with(4, 6)),
        E::OtherRows {
            got: 6,
            expected: 5
        }
    ));
    assert!(matches!(decode(&with(7, 1)), E::Rows { .. }));
    assert!(matches!(decode(&with(8, 0x3d)), E::SpareBits));
    assert!(matches!(decode(&with(21, 5)), E::Gap { place: 2 }));
    // Three of five rows are too few.
    assert!(matches!(decode(&with(8, 0x0d)[..21]), E::Missing { .. }));
    assert!(matches!(
        Prediction::of_values(&[Some(1); 5]),
        Err(E::Constant)
    ));
    assert!(matches!(
        Prediction::of_values::<u8>(&[]),
        Err(E::Rows { .. })
    ));
    let million = vec![Some(1_u32); ROWS_MAX + 1];
    assert!(matches!(
        Prediction::of_values(&million),
        Err(E::Rows { .. })
    ));
    let ids = |ids: &[&str]| Data::new(ids.iter().map(ToString::to_string).collect(), Vec::new());
    assert!(matches!(ids(&["b", "a"]), Err(E::RowOrder { row: 1 })));
    assert!(matches!(ids(&["a", "a"]), Err(E::RowOrder { row: 1 })));
    assert!(matches!(ids(&["a", "b c"]), Err(E::RowId { row: 1, .. })));
    assert!(matches!(ids(&["", "b"]), Err(E::RowId { row: 0, .. })));
    assert!(matches!(
        TargetList::new(vec![TARGET_ONE + 1]),
        Err(E::Target { row: 0 })
    ));
    // A short blob can't claim many rows.
    assert!(matches!(Data::decode(b"LTD1\0\0\x04\0\0\0"), Err(E::Short)));
}

#[test]
fn seals_bind_everything_that_they_are_about() {
    let round = |number| RoundId {
        tournament: TournamentId(1),
        number,
    };
    let (chain, salt, blob) = (ChainId::default(), Digest([1; 32]), BlobId(Digest([2; 32])));
    let (model, other) = ("a".parse().unwrap(), "b".parse().unwrap());
    let seal = seal_prediction(chain, round(1), address(1), &model, salt, blob);
    let others = [
        seal_prediction(ChainId(salt), round(1), address(1), &model, salt, blob),
        seal_prediction(chain, round(2), address(1), &model, salt, blob),
        seal_prediction(chain, round(1), address(2), &model, salt, blob),
        seal_prediction(chain, round(1), address(1), &other, salt, blob),
        seal_prediction(chain, round(1), address(1), &model, blob.0, blob),
        seal_prediction(chain, round(1), address(1), &model, salt, BlobId(salt)),
        seal_targets(chain, address(1), blob, salt, blob),
    ];
    assert!(others.iter().all(|other| *other != seal));
    let targets = seal_targets(chain, address(1), blob, salt, blob);
    assert_ne!(
        seal_targets(chain, address(1), BlobId(salt), salt, blob),
        targets
    );
    assert_ne!(seal_targets(chain, address(2), blob, salt, blob), targets);
}

#[test]
fn names_of_rounds_models_and_their_money_are_canonical() {
    let round: RoundId = "3/12".parse().unwrap();
    assert_eq!(round.to_string(), "3/12");
    for wrong in [
        "", "3", "3/", "/1", "03/1", "3/0", "3/1/2", "-3/1", "3/+1", "a/b",
    ] {
        assert!(wrong.parse::<RoundId>().is_err(), "{wrong}");
    }
    let holders = [Holder::Round(round), Holder::Tournament(round.tournament)];
    for (holder, text) in holders.into_iter().zip(["round/3/12", "tournament/3"]) {
        assert_eq!(holder.to_string(), text);
        assert_eq!(text.parse::<Holder>().unwrap(), holder);
    }
    for wrong in ["", "A", "a b", "a/b", "é", "a".repeat(33).as_str()] {
        assert!(
            wrong
                .parse::<lilliput_types::tournament::ModelName>()
                .is_err(),
            "{wrong}"
        );
    }
}

#[test]
fn fees_go_to_software_and_blobs_travel_along() {
    let messages = messages(7, Amount(1));
    assert!(
        messages
            .iter()
            .all(|message| message.segment() == Segment::Software)
    );
    let blobs: Vec<usize> = messages
        .iter()
        .map(|message| message.blobs().count())
        .collect();
    assert_eq!(blobs, [0, 1, 0, 0, 1, 1, 0]);
}
