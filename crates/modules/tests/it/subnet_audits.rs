//! Audits: what holds, what is refused, what an unanswered one costs.

use lilliput_crypto::Digest;
use lilliput_modules::subnet::round::Round;
use lilliput_types::subnet::{
    Audit, Preference, Probe, Scorer, Settings, SlashReason, SubnetEvent, SubnetMessage,
    TranscriptEntry, Vote,
};
use lilliput_types::{Amount, List};

use crate::subnet_field::{COIN, Field, PROBES, settings, values};
use crate::world::secret;

/// A field in phase audit, the first validator's round and one audit that was drawn.
fn audited() -> (Field, Round, Audit) {
    let mut field = Field::ready();
    let round = field.round(1, &[(3, 4), (4, 2)]);
    field.commit(1, &round).unwrap();
    field.pass_phase();
    field.reveal(1, &round).unwrap();
    field.pass_phase();
    let subnet = field.subnet();
    let audits = round.audits(&subnet.settings, subnet.randomness.unwrap());
    let audit = audits[0].clone();
    (field, round, audit)
}

/// What is done to an entry.
type Fault<'a> = &'a dyn Fn(&mut TranscriptEntry);

fn changed(field: &mut Field, audit: &Audit, change: impl FnOnce(&mut TranscriptEntry)) -> String {
    let mut audit = audit.clone();
    change(&mut audit.entry);
    field.act(1, SubnetMessage::Audit(audit)).unwrap_err()
}

#[test]
fn an_audit_holds_once_and_nothing_of_it_can_be_changed() {
    let (mut field, _, audit) = audited();
    let stranger = secret(77);
    let faults: [(&str, Fault<'_>); 6] = [
        ("subnet.not_drawn", &|entry| entry.uid = 0),
        ("subnet.entry", &|entry| entry.registration.0 += 1),
        ("subnet.entry", &|entry| entry.key = (&stranger).into()),
        ("subnet.transcript", &|entry| {
            entry.votes = Some(Digest([1; 32]));
        }),
        ("subnet.transcript", &|entry| {
            let mut answered = entry.answered.to_vec();
            answered[0].probe.truth = values(&[7]);
            entry.answered = List::new(answered).unwrap();
        }),
        ("subnet.transcript", &|entry| {
            let mut answered = entry.answered.to_vec();
            answered.pop();
            entry.answered = List::new(answered).unwrap();
        }),
    ];
    for (code, fault) in faults {
        assert_eq!(changed(&mut field, &audit, fault), code);
    }
    let message = SubnetMessage::Audit(audit);
    assert_eq!(
        field.act(2, message.clone()).unwrap_err(),
        "subnet.not_revealed"
    );
    field.act(1, message.clone()).unwrap();
    assert_eq!(field.act(1, message).unwrap_err(), "subnet.audited");
}

/// Plays an epoch with a dishonest round and gives the refusal of its audits.
fn refusal_of(change: impl Fn(&mut Field, &mut Vec<TranscriptEntry>), weight: u16) -> String {
    let mut field = Field::ready();
    let mut entries = vec![field.entry(1, 3, PROBES)];
    change(&mut field, &mut entries);
    let mut round = field.round(1, &[(3, PROBES)]);
    round.opening.row = List::new(vec![(2, weight)]).unwrap();
    round.opening.transcript = TranscriptEntry::tree(&entries).root();
    round.entries = entries;
    field.commit(1, &round).unwrap();
    field.pass_phase();
    field.reveal(1, &round).unwrap();
    field.pass_phase();
    field.audit(1, &round).unwrap_err()
}

fn edit(
    entries: &mut [TranscriptEntry],
    change: impl FnOnce(&mut Vec<lilliput_types::subnet::Answered>),
) {
    let mut answered = entries[0].answered.to_vec();
    change(&mut answered);
    entries[0].answered = List::new(answered).unwrap();
}

#[test]
fn evidence_that_was_made_up_before_the_commitment_is_refused() {
    let more = |_: &mut Field, _: &mut Vec<TranscriptEntry>| {};
    assert_eq!(refusal_of(more, 65_534), "subnet.weight");
    let few = |_: &mut Field, entries: &mut Vec<TranscriptEntry>| {
        edit(entries, |answered| {
            answered.pop();
        });
    };
    assert_eq!(refusal_of(few, 65_535), "subnet.answers");
    let twice = |_: &mut Field, entries: &mut Vec<TranscriptEntry>| {
        edit(entries, |answered| answered[1] = answered[0].clone());
    };
    assert_eq!(refusal_of(twice, 65_535), "subnet.answers");
    let better = |_: &mut Field, entries: &mut Vec<TranscriptEntry>| {
        edit(entries, |answered| answered[0].answer = values(&[99]));
    };
    assert_eq!(refusal_of(better, 65_535), "subnet.signature");
    let truth = |_: &mut Field, entries: &mut Vec<TranscriptEntry>| {
        edit(entries, |answered| answered[0].probe.truth = values(&[99]));
    };
    assert_eq!(refusal_of(truth, 49_151), "subnet.signature");
    let copied = |field: &mut Field, entries: &mut Vec<TranscriptEntry>| {
        *entries = vec![field.entry(2, 3, PROBES)];
    };
    assert_eq!(refusal_of(copied, 65_535), "subnet.signature");
}

#[test]
fn answers_of_another_epoch_prove_nothing() {
    let mut field = Field::ready();
    let old = vec![field.entry(1, 3, PROBES)];
    field.pass_epoch();
    let mut round = field.round(1, &[(3, PROBES)]);
    round.opening.transcript = TranscriptEntry::tree(&old).root();
    round.entries = old;
    field.commit(1, &round).unwrap();
    field.pass_phase();
    field.reveal(1, &round).unwrap();
    field.pass_phase();
    assert_eq!(field.audit(1, &round).unwrap_err(), "subnet.signature");
}

#[test]
fn an_audit_that_is_not_answered_costs_stake_and_the_dividend() {
    let (mut field, round, audit) = audited();
    let subnet = field.subnet();
    let drawn = round.audits(&subnet.settings, subnet.randomness.unwrap());
    if drawn.len() > 1 {
        field.act(1, SubnetMessage::Audit(audit)).unwrap();
    }
    let (epoch, registration) = (subnet.epoch, field.registration(1));
    field.pass_epoch();
    let loss = Amount((100 * COIN * 3_277) >> 16);
    let slashed = SubnetEvent::Slashed {
        subnet: field.id,
        uid: 0,
        registration,
        reason: SlashReason::AuditFailed,
        amount: loss,
    };
    assert!(field.events().any(|event| *event == slashed));
    let replay = field.replay(epoch).unwrap();
    assert!(replay.input.seats[0].failed > 0);
    assert_eq!(
        replay
            .payouts
            .iter()
            .map(|one| one.dividend.0)
            .sum::<u128>(),
        0
    );
    assert_eq!(replay.record.carried, replay.record.emission);
}

#[test]
fn the_miners_answers_need_no_truth_to_be_signed() {
    let probe = Probe {
        input: Digest([1; 32]),
        truth: values(&[7]),
        salt: Digest([2; 32]),
    };
    let id = probe.id();
    let other = Probe {
        truth: values(&[8]),
        ..probe
    };
    assert_ne!(id, other.id());
}

#[test]
fn votes_are_shown_with_every_audit() {
    let mut field = Field::open(Settings {
        scorer: Scorer::Votes,
        ..settings()
    });
    for number in [1, 2, 3, 4] {
        field.register(number).unwrap();
    }
    field.stake(1, 1, 100 * COIN).unwrap();
    field.pass_epoch();
    let vote = |preference| Vote {
        first: 0,
        second: 1,
        preference,
    };
    let votes = vec![
        vote(Preference::First),
        vote(Preference::First),
        vote(Preference::Second),
    ];
    let votes = List::new(votes).unwrap();
    let entries = vec![field.entry(1, 3, 4), field.entry(1, 4, 4)];
    let secrets = [Digest([1; 32]), Digest([2; 32])];
    let subnet = field.subnet();
    let round = Round::new(&subnet.settings, field.seat(1), entries, votes, secrets).unwrap();
    let row = round.opening.row.to_vec();
    assert_eq!(row[0], (2, 65_535));
    assert!(
        (32_766..=32_768).contains(&row[1].1),
        "two wins against one: {row:?}"
    );
    field.commit(1, &round).unwrap();
    field.pass_phase();
    field.reveal(1, &round).unwrap();
    field.pass_phase();
    let subnet = field.subnet();
    let audits = round.audits(&subnet.settings, subnet.randomness.unwrap());
    let mut silent = audits[0].clone();
    silent.votes = List::default();
    let refused = field.act(1, SubnetMessage::Audit(silent));
    assert_eq!(refused.unwrap_err(), "subnet.votes");
    field.audit(1, &round).unwrap();
    field.pass_phase();
    let paid = field.replay(subnet.epoch).unwrap().payouts;
    assert!(paid[2].incentive > paid[3].incentive && paid[3].incentive.0 > 0);
}

#[test]
fn weights_that_burn_ask_for_no_evidence_and_burn_everything() {
    let mut field = Field::open(Settings {
        burn_uid: Some(1),
        ..settings()
    });
    for number in [1, 2, 3] {
        field.register(number).unwrap();
    }
    field.stake(1, 1, 100 * COIN).unwrap();
    field.pass_epoch();
    let mut round = field.round(1, &[(3, 4)]);
    round.opening.row = List::new(vec![(1, 9)]).unwrap();
    field.commit(1, &round).unwrap();
    field.pass_phase();
    field.reveal(1, &round).unwrap();
    let epoch = field.subnet().epoch;
    field.pass_epoch();
    let record = field.replay(epoch).unwrap().record;
    assert!(record.emission.0 > 0);
    assert!(record.burned.0 + 3 >= record.emission.0, "{record:?}");
    // Whose emission burns has no part in the next one.
    assert!(field.subnet().weight.0 < field.subnet().stake.0 / 1_000);
}
