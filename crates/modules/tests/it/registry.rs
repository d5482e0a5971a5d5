//! Publishing models, and the royalties of their parents.

use lilliput_crypto::Digest;
use lilliput_modules::registry::query;
use lilliput_types::job::Payment;
use lilliput_types::registry::{
    Attempt, Harness, Metric, RegistryMessage, SUCCESSORS_MAX, Succeed, TaskResult, Update,
};
use lilliput_types::{Amount, Blob, BlobId, Holder, List, Message, ModelId, Segment, Text};

use crate::world::{BUYER, OTHER, OWNER, PROVIDER, World, address};

#[test]
fn a_model_is_published_once_with_a_key_that_is_accepted() {
    let mut world = World::empty();
    assert_eq!(
        world.publish(OWNER, b"", &[]).unwrap_err(),
        "registry.key_refused"
    );
    let model = world.publish(OWNER, b"digits", &[]).unwrap();
    let again = world.publish(OTHER, b"digits", &[]);
    assert_eq!(again.unwrap_err(), "registry.model_exists");
    let record = query::model(&world.state, model).unwrap().unwrap();
    assert_eq!(record.owner, address(OWNER));
    let unknown = ModelId::default();
    let orphan = world.publish(OWNER, b"orphan", &[(unknown, 1)]);
    assert_eq!(orphan.unwrap_err(), "registry.unknown_parent");
    let twice = world.publish(OWNER, b"twice", &[(model, 1), (model, 1)]);
    assert_eq!(twice.unwrap_err(), "registry.parent_twice");
    let greedy = world.publish(OWNER, b"greedy", &[(model, 10_001)]);
    assert_eq!(greedy.unwrap_err(), "registry.royalties");
}

#[test]
fn only_the_owner_changes_price_and_listing() {
    let (mut world, model) = World::with_model();
    let update = |price, listed| {
        Message::Registry(RegistryMessage::Update(Update {
            model,
            price: Amount(price),
            listed,
        }))
    };
    assert_eq!(
        world.act(BUYER, update(1, true)).unwrap_err(),
        "registry.not_owner"
    );
    let job = world.place(World::order(model, Some(PROVIDER))).unwrap();
    world.act(OWNER, update(7, false)).unwrap();
    let refused = world.place(World::order(model, Some(PROVIDER)));
    assert_eq!(refused.unwrap_err(), "job.model_unlisted");
    // What was ordered before keeps its price.
    world.accept(PROVIDER, job).unwrap();
    let proof = world.right_proof(PROVIDER, job);
    world.answer(PROVIDER, job, proof).unwrap();
    assert_eq!(world.job(job).payments[0].amount, Amount(1_000_000));
}

#[test]
fn royalties_flow_to_parents_and_their_parents() {
    let mut world = World::empty();
    let grandparent = world.publish(3, b"grandparent", &[]).unwrap();
    let parent = world
        .publish(4, b"parent", &[(grandparent, 2_500)])
        .unwrap();
    let child = world.publish(OWNER, b"child", &[(parent, 1_000)]).unwrap();
    world.become_provider(PROVIDER, child);
    let job = world.place(World::order(child, Some(PROVIDER))).unwrap();
    world.accept(PROVIDER, job).unwrap();
    let proof = world.right_proof(PROVIDER, job);
    world.answer(PROVIDER, job, proof).unwrap();
    let software: Vec<(Holder, u128)> = world
        .job(job)
        .payments
        .iter()
        .filter(|payment| payment.segment == Segment::Software)
        .map(|Payment { to, amount, .. }| (*to, amount.0))
        .collect();
    let mut expected = vec![
        (address(3).into(), 25_000),
        (address(4).into(), 75_000),
        (address(OWNER).into(), 900_000),
    ];
    let mut got = software;
    got.sort();
    expected.sort();
    assert_eq!(got, expected);
}

#[test]
fn lines_of_ancestors_and_numbers_of_heirs_are_bounded() {
    let mut world = World::empty();
    let mut parent = world.publish(OWNER, &[0], &[]).unwrap();
    for depth in 1..=lilliput_modules::registry::DEPTH_MAX {
        parent = world.publish(OWNER, &[depth], &[(parent, 100)]).unwrap();
    }
    let deeper = world.publish(OWNER, &[99], &[(parent, 100)]);
    assert_eq!(deeper.unwrap_err(), "registry.too_deep");
}

#[test]
fn only_the_owner_adds_a_key_and_only_with_a_link() {
    let mut world = World::empty();
    let model = world.publish(OWNER, b"digits", &[]).unwrap();
    let stranger = world.succeed(OTHER, model, b"digits", b"second");
    assert_eq!(stranger.unwrap_err(), "registry.not_owner");
    let unknown = world.succeed(OWNER, ModelId::default(), b"digits", b"second");
    assert_eq!(unknown.unwrap_err(), "registry.unknown_model");
    let elsewhere = world.succeed(OWNER, model, b"another", b"second");
    assert_eq!(elsewhere.unwrap_err(), "registry.unknown_key");
    let key = Blob::new(b"second".to_vec()).unwrap();
    let link = Blob::new(b"no link".to_vec()).unwrap();
    let message = Message::Registry(RegistryMessage::Succeed(Succeed {
        model,
        after: model,
        key: key.id(),
        link: link.id(),
    }));
    let refused = world.bring(OWNER, message, vec![key, link]);
    assert_eq!(refused.unwrap_err(), "registry.link_refused");
    assert!(successors(&world, model).is_empty());
    let second = world.succeed(OWNER, model, b"digits", b"second").unwrap();
    let again = world.succeed(OWNER, model, b"digits", b"second");
    assert_eq!(again.unwrap_err(), "registry.model_exists");
    let published = world.publish(OTHER, b"second", &[]);
    assert_eq!(published.unwrap_err(), "registry.model_exists");
    let third = world.succeed(OWNER, model, b"second", b"third").unwrap();
    assert_eq!(successors(&world, model), [second, third]);
    // Asked for by any of its keys, it is the registered model.
    let found = query::model(&world.state, third).unwrap().unwrap();
    assert_eq!(found.id, model);
}

#[test]
fn a_model_has_a_bounded_number_of_keys() {
    let mut world = World::empty();
    let model = world.publish(OWNER, b"0", &[]).unwrap();
    for number in 1..=SUCCESSORS_MAX {
        let (old, new) = ((number - 1).to_string(), number.to_string());
        world
            .succeed(OWNER, model, old.as_bytes(), new.as_bytes())
            .unwrap();
    }
    let (old, new) = (SUCCESSORS_MAX.to_string(), "more");
    let refused = world.succeed(OWNER, model, old.as_bytes(), new.as_bytes());
    assert_eq!(refused.unwrap_err(), "registry.too_many_keys");
}

fn successors(world: &World, model: ModelId) -> Vec<ModelId> {
    let model = query::model(&world.state, model).unwrap().unwrap();
    model.successors.iter().map(|key| key.id).collect()
}

fn attempt(source: u8, values: &[(&str, i64)]) -> Attempt {
    let metrics = values.iter().map(|(name, value)| Metric {
        name: Text::new(*name).unwrap(),
        value: *value,
        error: None,
    });
    Attempt {
        model: ModelId(Digest([7; 32])),
        name: Text::new("example/tiny-model").unwrap(),
        harness: Harness::LmEval,
        version: Text::new("0.4.9").unwrap(),
        data: Digest([1; 32]),
        seeds: List::default(),
        transcript: None,
        source: BlobId(Digest([source; 32])),
        tasks: List::new(vec![TaskResult {
            task: Text::new("sums").unwrap(),
            version: Text::new("").unwrap(),
            shots: Some(5),
            samples: Some(10),
            samples_of: Some(20),
            metrics: List::new(metrics.collect()).unwrap(),
        }])
        .unwrap(),
    }
}

#[test]
fn every_attempt_at_a_model_stays_in_the_order_of_registration() {
    let mut world = World::empty();
    let register =
        |attempt: Attempt| Message::Registry(RegistryMessage::RegisterAttempt(Box::new(attempt)));
    let model = ModelId(Digest([7; 32]));
    for (number, value) in [(1, 900), (2, 100), (3, 500)] {
        let one = attempt(number, &[("acc", value)]);
        world.act(number, register(one)).unwrap();
    }
    let again = world.act(4, register(attempt(2, &[("acc", 999)])));
    assert_eq!(again.unwrap_err(), "registry.attempt_known");
    let all = query::attempts(&world.state, model, None, 10).unwrap();
    let values: Vec<i64> = all
        .iter()
        .map(|one| one.attempt.tasks[0].metrics[0].value)
        .collect();
    assert_eq!(values, [900, 100, 500]);
    let numbers: Vec<u64> = all.iter().map(|one| one.number).collect();
    assert_eq!(numbers, [1, 2, 3]);
    assert_eq!(all[1].by, address(2));
    let rest = query::attempts(&world.state, model, Some(1), 1).unwrap();
    assert_eq!(rest[0].number, 2);
}

#[test]
fn an_attempt_has_one_form() {
    let mut world = World::empty();
    let twice = attempt(1, &[("acc", 1), ("acc", 2)]);
    let unsorted = attempt(1, &[("b", 1), ("a", 2)]);
    let nothing = attempt(1, &[]);
    let mut empty = attempt(1, &[("acc", 1)]);
    empty.tasks = List::default();
    let mut more = attempt(1, &[("acc", 1)]);
    let mut task = more.tasks[0].clone();
    task.samples = Some(21);
    more.tasks = List::new(vec![task.clone()]).unwrap();
    let mut repeated = attempt(1, &[("acc", 1)]);
    task.samples = Some(1);
    repeated.tasks = List::new(vec![task.clone(), task]).unwrap();
    for wrong in [twice, unsorted, nothing, empty, more, repeated] {
        let message = RegistryMessage::RegisterAttempt(Box::new(wrong));
        let refused = world.act(1, Message::Registry(message));
        assert_eq!(refused.unwrap_err(), "registry.attempt");
    }
}
