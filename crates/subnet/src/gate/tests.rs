//! Every refusal of a miner, and that what is admitted once isn't twice.

use lilliput_client::RequestSignature;
use lilliput_crypto::{Digest, SecretKey};
use lilliput_types::{AccountKey, ChainId, List, Registration, SubnetEpoch, SubnetId};

use super::{Admitted, Gate, Refusal};
use crate::ask::{Ask, PATH, PROBES_AN_EPOCH_MAX, Question, REQUESTS_AN_EPOCH_MAX};
use crate::roster::{Roster, RosterSeat};

const NOW: u64 = 1_000_000_000;
const CHAIN: ChainId = ChainId(Digest([9; 32]));
const SUBNET: SubnetId = SubnetId(3);
const MINER: Registration = Registration(11);

fn secret(number: u8) -> SecretKey {
    SecretKey::from_seed([number; 32])
}

/// A miner (1), a validator with a permit (2), a member without one (3).
fn field() -> (Gate, Roster) {
    let seat = |number: u8, registration, permit| {
        let account = AccountKey::from(&secret(number)).address();
        let seat = RosterSeat {
            uid: number.into(),
            registration,
            permit,
        };
        (account, seat)
    };
    let roster = Roster {
        epoch: SubnetEpoch(5),
        seats: [
            seat(1, MINER, false),
            seat(2, Registration(12), true),
            seat(3, Registration(13), false),
        ]
        .into(),
    };
    let own = AccountKey::from(&secret(1)).address();
    (Gate::new(CHAIN, SUBNET, own), roster)
}

fn ask(first: u8, count: u8) -> Ask {
    let question = |number: u8| Question {
        id: Digest([number; 32]),
        input: List::new(vec![i64::from(number)]).unwrap(),
    };
    Ask {
        subnet: SUBNET,
        epoch: SubnetEpoch(5),
        validator: 2,
        validator_registration: Registration(12),
        miner: MINER,
        probes: List::new((first..first + count).map(question).collect()).unwrap(),
    }
}

fn signed(number: u8, ask: &Ask) -> (String, Vec<u8>) {
    let body = serde_json::to_vec(ask).unwrap();
    let signature = RequestSignature::sign(&secret(number), CHAIN, "POST", PATH, &body, NOW);
    (signature.to_header(), body)
}

fn send(gate: &Gate, roster: &Roster, number: u8, ask: &Ask) -> Result<Admitted, Refusal> {
    let (header, body) = signed(number, ask);
    gate.admit(roster, Some(&header), &body, NOW)
}

fn code(result: Result<Admitted, Refusal>) -> &'static str {
    result.unwrap_err().code
}

#[test]
fn new_questions_of_a_validator_are_admitted_once() {
    let (gate, roster) = field();
    let admitted = send(&gate, &roster, 2, &ask(0, 4)).unwrap();
    assert_eq!(admitted.ask, ask(0, 4));
    assert_eq!(admitted.validator, AccountKey::from(&secret(2)).address());
    assert_eq!(code(send(&gate, &roster, 2, &ask(0, 4))), "probe.replayed");
    // One old question among new ones is one too many.
    assert_eq!(code(send(&gate, &roster, 2, &ask(3, 4))), "probe.replayed");
    send(&gate, &roster, 2, &ask(4, 4)).unwrap();
}

#[test]
fn a_question_twice_in_one_request_is_refused() {
    let (gate, roster) = field();
    let mut twice = ask(0, 1);
    let one = twice.probes[0].clone();
    twice.probes = List::new(vec![one.clone(), one]).unwrap();
    assert_eq!(code(send(&gate, &roster, 2, &twice)), "probe.replayed");
}

#[test]
fn unsigned_expired_and_tampered_requests_are_refused() {
    let (gate, roster) = field();
    let (header, mut body) = signed(2, &ask(0, 1));
    let admit = |header: Option<&str>, body: &[u8], now| gate.admit(&roster, header, body, now);
    assert_eq!(code(admit(None, &body, NOW)), "probe.unsigned");
    assert_eq!(code(admit(Some("Bearer x"), &body, NOW)), "probe.signature");
    assert_eq!(
        code(admit(Some(&header), &body, NOW + 61_000)),
        "probe.signature"
    );
    body[20] ^= 1;
    assert_eq!(code(admit(Some(&header), &body, NOW)), "probe.signature");
}

#[test]
fn strangers_and_members_without_a_permit_are_refused() {
    let (gate, roster) = field();
    assert_eq!(
        code(send(&gate, &roster, 7, &ask(0, 1))),
        "probe.not_a_member"
    );
    assert_eq!(code(send(&gate, &roster, 3, &ask(0, 1))), "probe.no_permit");
}

#[test]
fn what_was_asked_of_another_or_in_anothers_name_is_foreign() {
    let (gate, roster) = field();
    let changes: [fn(&mut Ask); 4] = [
        |ask| ask.miner = Registration(10),
        |ask| ask.subnet = SubnetId(4),
        |ask| ask.validator = 3,
        |ask| ask.validator_registration = Registration(13),
    ];
    for change in changes {
        let mut ask = ask(0, 1);
        change(&mut ask);
        assert_eq!(code(send(&gate, &roster, 2, &ask)), "probe.foreign");
    }
    for epoch in [4, 6] {
        let mut ask = ask(0, 1);
        ask.epoch = SubnetEpoch(epoch);
        assert_eq!(code(send(&gate, &roster, 2, &ask)), "probe.epoch");
    }
}

#[test]
fn malformed_and_empty_requests_are_refused() {
    let (gate, roster) = field();
    assert_eq!(code(send(&gate, &roster, 2, &ask(0, 0))), "probe.malformed");
    for body in ["", "{}", "[1]", "{\"subnet\":3,\"more\":1}"] {
        let signature =
            RequestSignature::sign(&secret(2), CHAIN, "POST", PATH, body.as_bytes(), NOW);
        let header = signature.to_header();
        let refused = gate.admit(&roster, Some(&header), body.as_bytes(), NOW);
        assert_eq!(code(refused), "probe.malformed", "{body}");
    }
    // One more question than a transcript's entry shows.
    let mut body = serde_json::to_value(ask(0, 1)).unwrap();
    let one = body["probes"][0].clone();
    body["probes"] = vec![one; 65].into();
    let body = serde_json::to_vec(&body).unwrap();
    let signature = RequestSignature::sign(&secret(2), CHAIN, "POST", PATH, &body, NOW);
    let refused = gate.admit(&roster, Some(&signature.to_header()), &body, NOW);
    assert_eq!(code(refused), "probe.malformed");
}

#[test]
fn requests_and_questions_of_an_epoch_are_counted_and_the_next_begins_anew() {
    let (gate, mut roster) = field();
    for number in 0..REQUESTS_AN_EPOCH_MAX as u8 {
        send(&gate, &roster, 2, &ask(number, 1)).unwrap();
    }
    assert_eq!(
        code(send(&gate, &roster, 2, &ask(200, 1))),
        "probe.too_many"
    );
    roster.epoch = SubnetEpoch(6);
    let mut next = ask(0, 64);
    next.epoch = SubnetEpoch(6);
    let all = PROBES_AN_EPOCH_MAX / 64;
    for round in 0..all as u8 {
        next.probes = List::new(
            (0..64)
                .map(|number| Question {
                    id: Digest([[round, number]; 16].concat().try_into().unwrap()),
                    input: List::new(vec![0]).unwrap(),
                })
                .collect(),
        )
        .unwrap();
        send(&gate, &roster, 2, &next).unwrap();
    }
    let mut more = ask(255, 0);
    more.epoch = SubnetEpoch(6);
    more.probes = List::new(vec![Question {
        id: Digest([255; 32]),
        input: List::new(vec![0]).unwrap(),
    }])
    .unwrap();
    assert_eq!(code(send(&gate, &roster, 2, &more)), "probe.too_many");
    // An old roster doesn't bring the old epoch back.
    roster.epoch = SubnetEpoch(5);
    assert_eq!(code(send(&gate, &roster, 2, &ask(220, 1))), "probe.epoch");
}
