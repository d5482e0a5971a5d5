//! Check-ins with proofs that the public Semaphore client made for this chain: `specs/vectors/identity.json`.

use lilliput_crypto::Digest;
use lilliput_modules::identity::query;
use lilliput_semaphore::Proof;
use lilliput_types::identity::{AppId, CheckIn, IdentityMessage, scope};
use lilliput_types::{ChainId, Commitment, GroupRoot, Nullifier};
use serde::Deserialize;

use crate::identity::{APP, FIRST, OWNER, People, Told, subject};

#[derive(Deserialize)]
struct Vectors {
    scopes: Vec<ScopeVector>,
    proofs: Vec<ProofVector>,
}

#[derive(Deserialize)]
struct ScopeVector {
    chain: ChainId,
    app: u64,
    period: u64,
    scope: String,
}

#[derive(Deserialize)]
struct ProofVector {
    name: String,
    chain: ChainId,
    app: u64,
    period: u64,
    proof: serde_json::Value,
}

#[derive(Deserialize)]
struct Members {
    commitments: Vec<String>,
}

fn vectors() -> Vectors {
    let text = include_str!("../../../../specs/vectors/identity.json");
    serde_json::from_str(text).unwrap()
}

fn vector(name: &str) -> ProofVector {
    let found = vectors().proofs.into_iter();
    let mut found = found.filter(|vector| vector.name == name);
    found.next().unwrap()
}

/// The commitment of the client's identity of this number.
fn member(number: usize) -> Commitment {
    let text = include_str!("../../../../specs/vectors/semaphore.json");
    let members: Members = serde_json::from_str(text).unwrap();
    let element: lilliput_semaphore::Element = members.commitments[number].parse().unwrap();
    Commitment(Digest(element.to_bytes()))
}

fn check_in(name: &str) -> CheckIn {
    let vector = vector(name);
    assert_eq!(vector.chain, ChainId(Digest([7; 32])), "{name}");
    let proof = Proof::from_json(vector.proof.to_string().as_bytes()).unwrap();
    let parts = proof.parts();
    let app = AppId(vector.app);
    let expected = scope(vector.chain, app, vector.period);
    assert_eq!(parts.scope, *expected.as_bytes(), "{name}");
    CheckIn {
        app,
        period: vector.period,
        depth: parts.depth,
        root: GroupRoot(Digest(parts.root)),
        nullifier: Nullifier(Digest(parts.nullifier)),
        message: Digest(parts.message),
        points: parts.points.map(Digest),
    }
}

/// Accounts 1, 2, 3 are the client's identities 0, 1, 2.
fn three() -> People {
    let mut people = People::new();
    for account in 1..4 {
        people
            .join(account, member(usize::from(account) - 1))
            .unwrap();
    }
    people
}

impl People {
    /// Anyone may send a check-in; account 4 does.
    fn come(&mut self, message: CheckIn) -> Told {
        self.act(4, IdentityMessage::CheckIn(Box::new(message)))
    }
}

fn code(code: &str) -> Told {
    Err(format!("identity.{code}"))
}

#[test]
fn scopes_are_those_that_the_client_computed() {
    for vector in vectors().scopes {
        let ours = scope(vector.chain, AppId(vector.app), vector.period);
        let ours = lilliput_semaphore::Value::from_bytes(*ours.as_bytes());
        assert_eq!(ours.to_string(), vector.scope);
    }
}

#[test]
fn the_clients_proof_lets_a_member_in_once_a_period() {
    let mut people = three();
    let first = check_in("first");
    assert_eq!(first.root, people.group().root);
    people.come(first).unwrap();
    let record = query::checked_in(&people.world.state, APP, 0, first.nullifier);
    assert_eq!(record.unwrap().unwrap().message, first.message);
    // The same proof, and another proof of the same member with another message.
    assert_eq!(people.come(first), code("spent"));
    let again = check_in("again");
    assert_eq!(again.nullifier, first.nullifier);
    assert_eq!(people.come(again), code("spent"));
    people.come(check_in("other member")).unwrap();
    assert_eq!(people.app(APP).came, 2);
    // In the next period the member shows something else.
    let next = check_in("next period");
    assert_eq!(people.come(next), code("scope"));
    people.next_period();
    assert_ne!(next.nullifier, first.nullifier);
    assert_eq!(people.come(first), code("scope"));
    people.come(next).unwrap();
    let app = people.app(APP);
    assert_eq!((app.period, app.came, app.came_in_all), (1, 1, 3));
    // What was shown before is forgotten.
    let kept = query::check_ins(&people.world.state, APP, None, 10).unwrap();
    assert_eq!(kept.len(), 1);
}

#[test]
fn a_proof_for_one_app_is_none_for_another() {
    let mut people = three();
    let mut elsewhere = check_in("other app");
    assert_ne!(elsewhere.nullifier, check_in("first").nullifier);
    people.come(elsewhere).unwrap();
    elsewhere.app = APP;
    assert_eq!(people.come(elsewhere), code("proof"));
    elsewhere.app = AppId(3);
    assert_eq!(people.come(elsewhere), code("unknown_app"));
}

#[test]
fn a_changed_proof_is_refused() {
    let mut people = three();
    let (first, other) = (check_in("first"), check_in("other member"));
    let flip = |digest: &mut Digest| digest.0[31] ^= 1;
    let mut changed = vec![first; 4];
    flip(&mut changed[0].nullifier.0);
    flip(&mut changed[1].message);
    changed[2].depth += 1;
    changed[3].points = other.points;
    for message in changed {
        assert_eq!(people.come(message), code("proof"));
    }
    for place in 0..8 {
        let mut message = first;
        flip(&mut message.points[place]);
        assert_eq!(people.come(message), code("proof"), "{place}");
    }
    let mut message = first;
    flip(&mut message.root.0);
    assert_eq!(people.come(message), code("root"));
    // A nullifier above the modulus would be another name for the same element.
    let mut message = first;
    message.nullifier.0 = Digest([255; 32]);
    assert_eq!(people.come(message), code("proof"));
    people.come(first).unwrap();
}

#[test]
fn who_is_in_no_seat_or_another_chains_is_refused() {
    let mut people = three();
    assert_eq!(people.come(check_in("outsider")), code("root"));
    people.world.chain = ChainId(Digest([8; 32]));
    assert_eq!(people.come(check_in("first")), code("proof"));
}

#[test]
fn rotation_gives_no_second_nullifier_in_a_period() {
    let mut people = three();
    people.rotate(2, member(11)).unwrap();
    // The new commitment isn't in the tree yet.
    assert_eq!(people.come(check_in("rotated early")), code("root"));
    people.come(check_in("first")).unwrap();
    people.next_period();
    // The old one isn't in it any more.
    assert_eq!(people.come(check_in("next period")), code("root"));
    people.come(check_in("rotated")).unwrap();
    assert_eq!(people.app(APP).came, 1);
}

/// The check-in is in the first block of the period, before that block's end would make the change.
#[test]
fn nobody_slips_in_with_the_old_commitment_as_a_period_begins() {
    for name in ["next period", "rotated"] {
        let mut people = three();
        people.rotate(2, member(11)).unwrap();
        let group = people.group();
        people.world.time = group.begins(1);
        let told = people.come(check_in(name));
        assert_eq!(told.is_ok(), name == "rotated", "{told:?}");
        assert_eq!(people.group().waiting, 0);
    }
}

#[test]
fn a_removed_member_is_out_under_every_root() {
    let mut people = three();
    people.revoke(OWNER, FIRST, subject(2)).unwrap();
    assert_eq!(people.come(check_in("first")), code("root"));
    assert_eq!(people.come(check_in("other member")), code("root"));
    people.come(check_in("after removal")).unwrap();
}

/// The chain of the network that `crates/cli/tests/it/identity.rs` starts: proofs for it are made anew when the genesis of
/// play networks changes.
#[test]
fn identity_chain_of_the_network_is_that_of_the_vectors() {
    use lilliput_types::{AccountKey, Amount};
    let key = |number| crate::world::secret(number);
    let accounts = [61, 62, 63].map(|number| AccountKey::from(&key(number)).address());
    let (seed, validator) = (Digest([60; 32]), key(60).public_key());
    let amount = Amount(1_000_000_000_000);
    let genesis = lilliput_modules::Genesis::play(seed, validator, &accounts, amount).unwrap();
    println!("chain of the network: {}", genesis.chain());
    let made_for = vector("network: first").chain;
    assert_eq!(genesis.chain(), made_for, "run specs/vectors/identity.mjs");
}
