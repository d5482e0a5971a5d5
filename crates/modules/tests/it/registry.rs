//! Publishing models, and the royalties of their parents.

use lilliput_modules::registry::query;
use lilliput_types::job::Payment;
use lilliput_types::registry::{RegistryMessage, SUCCESSORS_MAX, Succeed, Update};
use lilliput_types::{Amount, Blob, Holder, Message, ModelId, Segment};

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
