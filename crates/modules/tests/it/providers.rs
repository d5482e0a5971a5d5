//! Registering, stake, offers.

use lilliput_modules::provider;
use lilliput_types::provider::{Deposit, MakeOffer, ProviderMessage, Register, WithdrawOffer};
use lilliput_types::{Amount, Message, Text};

use crate::world::{OTHER, PROVIDER, World, address};

fn register(endpoint: &str) -> Message {
    Message::Provider(ProviderMessage::Register(Register {
        endpoint: Text::new(endpoint).unwrap(),
    }))
}

#[test]
fn an_endpoint_must_be_a_web_address() {
    let mut world = World::empty();
    for bad in [
        "",
        "ftp://x",
        "http://",
        "https://a b",
        "javascript:alert(1)",
    ] {
        let refused = world.act(OTHER, register(bad));
        assert_eq!(refused.unwrap_err(), "provider.endpoint", "{bad}");
    }
    world.act(OTHER, register("https://one.example")).unwrap();
    world.act(OTHER, register("https://two.example")).unwrap();
    let record = provider::query::provider(&world.state, address(OTHER)).unwrap();
    assert_eq!(record.unwrap().endpoint.as_str(), "https://two.example");
}

#[test]
fn only_registered_providers_deposit_and_offer_what_exists() {
    let (mut world, model) = World::with_model();
    let offer = |model| {
        Message::Provider(ProviderMessage::Offer(MakeOffer {
            model,
            price: Amount(1),
        }))
    };
    let deposit = Message::Provider(ProviderMessage::Deposit(Deposit { amount: Amount(5) }));
    assert_eq!(
        world.act(OTHER, deposit).unwrap_err(),
        "provider.not_registered"
    );
    assert_eq!(
        world.act(OTHER, offer(model)).unwrap_err(),
        "provider.not_registered"
    );
    let mut unknown = model;
    unknown.0.0[0] ^= 1;
    assert_eq!(
        world.act(PROVIDER, offer(unknown)).unwrap_err(),
        "registry.unknown_model"
    );
    let withdraw = Message::Provider(ProviderMessage::WithdrawOffer(WithdrawOffer { model }));
    world.act(PROVIDER, withdraw.clone()).unwrap();
    assert_eq!(
        world.act(PROVIDER, withdraw).unwrap_err(),
        "provider.no_offer"
    );
    assert!(
        provider::query::offers(&world.state, model, 10)
            .unwrap()
            .is_empty()
    );
}
