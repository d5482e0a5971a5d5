//! Deposits, registrations, emission, revenue, closing.

use lilliput_modules::subnet::{query, replay};
use lilliput_types::subnet::{
    BondSpeed, Close, Link, Open, Register, Scorer, Set, Settings, SubnetEvent, SubnetMessage,
    SubnetState,
};
use lilliput_types::{Amount, DurationMs, Holder, Message, SubnetEpoch, Text};

use crate::subnet_field::{COIN, Field, OWNER, PHASE_MS, settings};
use crate::world::{MODEL_PRICE, PROVIDER, PROVIDER_PRICE, World, address};

fn open(settings: Settings, deposit_max: u128) -> Message {
    Message::Subnet(SubnetMessage::Open(Open {
        name: Text::new("another").unwrap(),
        about: Text::new("").unwrap(),
        settings,
        deposit_max: Amount(deposit_max),
    }))
}

#[test]
fn the_deposit_doubles_with_each_opening_and_falls_back() {
    let mut world = World::empty();
    let deposit = |world: &World| query::market(&world.state, world.time).unwrap().deposit.0;
    assert_eq!(deposit(&world), 100 * COIN);
    let refused = world.act(OWNER, open(settings(), 100 * COIN - 1));
    assert_eq!(refused.unwrap_err(), "subnet.deposit");
    world.act(OWNER, open(settings(), 100 * COIN)).unwrap();
    assert_eq!(deposit(&world), 200 * COIN);
    world.act(OWNER, open(settings(), 200 * COIN)).unwrap();
    assert_eq!(deposit(&world), 400 * COIN);
    let terms = query::market(&world.state, world.time).unwrap().terms;
    world.wait(terms.deposit_interval_ms.0);
    assert_eq!(deposit(&world), 200 * COIN);
    world.wait(10 * terms.deposit_interval_ms.0);
    assert_eq!(deposit(&world), 100 * COIN);
}

#[test]
fn settings_out_of_bounds_are_refused() {
    let wrong: [fn(&mut Settings); 17] = [
        |one| one.power = 0,
        |one| one.power = 17,
        |one| one.probes_min = 0,
        |one| one.probes_min = 65,
        |one| one.audits_required = 0,
        |one| one.audits_required = 33,
        |one| one.validators_max = 0,
        |one| one.validators_max = 257,
        |one| one.majority = 32_767,
        |one| one.owner_part = 11_797,
        |one| one.uids_max = 1,
        |one| one.uids_max = 4_097,
        |one| one.immunity_epochs = 1,
        |one| one.bond_speed = BondSpeed::Liquid { low: 2, high: 1 },
        |one| one.scorer = Scorer::Ensemble { scale: 0 },
        |one| one.commit_ms = DurationMs(999),
        |one| one.audit_ms = DurationMs(u64::MAX),
    ];
    let mut world = World::empty();
    for change in wrong {
        let mut settings = settings();
        change(&mut settings);
        let shown = format!("{settings:?}");
        let refused = world.act(OWNER, open(settings, 1_000 * COIN)).unwrap_err();
        let code = refused.as_str();
        assert!(
            matches!(code, "subnet.settings" | "subnet.scorer" | "subnet.phase"),
            "{shown}"
        );
    }
    world.act(OWNER, open(settings(), 1_000 * COIN)).unwrap();
}

#[test]
fn the_owners_change_in_mid_epoch_waits_for_the_next() {
    let mut field = Field::ready();
    let next = Settings {
        probes_min: 2,
        reveal_ms: DurationMs(2 * PHASE_MS),
        ..settings()
    };
    let set = |settings| {
        SubnetMessage::Set(Set {
            subnet: field.id,
            settings,
        })
    };
    let (good, small) = (
        set(next.clone()),
        set(Settings {
            uids_max: 3,
            ..settings()
        }),
    );
    assert_eq!(field.act(1, good.clone()).unwrap_err(), "subnet.not_owner");
    assert_eq!(field.act(OWNER, small).unwrap_err(), "subnet.settings");
    field.act(OWNER, good).unwrap();
    assert_eq!(field.subnet().settings, settings());
    field.epoch(&[(1, &[(3, 4)]), (2, &[(3, 4)])]);
    assert_eq!(
        field.replay(SubnetEpoch(1)).unwrap().record.settings,
        settings()
    );
    assert_eq!(field.subnet().settings, next);
}

#[test]
fn each_registration_raises_the_price_and_time_lowers_it() {
    let mut field = Field::open(settings());
    let price = |field: &Field| {
        let found = query::prices(&field.world.state, &field.subnet(), field.world.time);
        found.unwrap().0.0
    };
    let before = field.world.held(address(1), "LIL");
    assert_eq!(price(&field), COIN / 10);
    field.register(1).unwrap();
    // The price and a fee: a message, and a kibibyte begun.
    assert_eq!(
        field.world.held(address(1), "LIL"),
        before - COIN / 10 - 1_100
    );
    assert_eq!(price(&field), 126_000);
    assert_eq!(field.register(1).unwrap_err(), "subnet.registered");
    let dear = SubnetMessage::Register(Register {
        subnet: field.id,
        endpoint: Text::new("").unwrap(),
        price_max: Amount(125_999),
    });
    assert_eq!(field.act(2, dear).unwrap_err(), "subnet.price");
    for number in 2..5 {
        field.register(number).unwrap();
    }
    assert_eq!(price(&field), 252_046);
    let half_life = query::market(&field.world.state, field.world.time).unwrap();
    field.world.time = field.world.time.after(half_life.terms.burn_half_life_ms);
    let halved = price(&field);
    assert!((126_020..=126_024).contains(&halved), "{halved}");
}

#[test]
fn an_epoch_pays_what_was_minted_and_anyone_can_replay_it() {
    let mut field = Field::ready();
    field.epoch(&[(1, &[(3, 4), (4, 2)]), (2, &[(3, 4), (4, 2)])]);
    // The first epoch with stake mints nothing: its weight was nil when it began.
    let first = field.replay(SubnetEpoch(1)).unwrap();
    assert_eq!(first.record.minted.0, 7_200 * COIN * 30 / 86_400);
    let outcome = replay::outcome(&first.input).unwrap();
    assert_eq!(first.input.digest(), first.record.input);
    assert!(
        field
            .events()
            .any(|event| *event == SubnetEvent::Settled(Box::new(first.record.clone())))
    );
    let mut sum = first.record.owner.0 + first.record.burned.0 + first.record.carried.0;
    for payout in &first.payouts {
        let uid = usize::from(payout.uid);
        assert_eq!(payout.incentive.0, u128::from(outcome.incentives[uid]));
        assert_eq!(payout.dividend.0, u128::from(outcome.dividends[uid]));
        sum += payout.incentive.0 + payout.dividend.0;
        let explained = replay::explanation(&first.input, payout.uid)
            .unwrap()
            .unwrap();
        let (incentive, dividend) = explained.earned();
        assert_eq!(u128::from(incentive), payout.incentive.0);
        assert_eq!(u128::from(dividend), payout.dividend.0);
    }
    assert_eq!(sum, first.record.emission.0);
    let miners: Vec<u128> = first.payouts.iter().map(|one| one.incentive.0).collect();
    assert!(miners[2] > miners[3] && miners[3] > 0, "{miners:?}");
    assert_eq!(first.payouts[0].dividend, first.payouts[1].dividend);
    assert!(first.payouts[0].dividend.0 > 0);
    // Miners are paid in money, validators in stake.
    let stake = field.pool(field.registration(1)).amount.0;
    assert_eq!(stake, 100 * COIN + first.payouts[0].dividend.0);
}

#[test]
fn records_are_forgotten_after_their_time() {
    let mut genesis = crate::world::genesis();
    genesis.params.subnets.records_kept = 2;
    let mut field = Field::open_in(World::of(genesis), settings());
    field.register(1).unwrap();
    for _ in 0..4 {
        field.pass_epoch();
    }
    assert!(field.replay(SubnetEpoch(1)).is_none());
    assert!(field.replay(SubnetEpoch(2)).is_some());
    let seats = lilliput_ledger::Scan::<(
        lilliput_types::subnet::SeatInput,
        lilliput_types::subnet::Payout,
    )>::new(&field.world.state, "subnet/seat/");
    assert_eq!(seats.count(), 2);
}

#[test]
fn emission_halves_with_the_issued_part_of_the_cap_and_ends() {
    let mut genesis = crate::world::genesis();
    genesis.params.subnets.emission_cap = Amount(10 * COIN);
    let mut field = Field::open_in(World::of(genesis), settings());
    for number in [1, 3] {
        field.register(number).unwrap();
    }
    field.stake(1, 1, 100 * COIN).unwrap();
    field.pass_epoch();
    let mut minted = Vec::new();
    for _ in 0..40 {
        let epoch = field.subnet().epoch;
        field.pass_epoch();
        minted.push(
            field
                .replay(epoch)
                .map_or(0, |replay| replay.record.minted.0),
        );
    }
    let full = 7_200 * COIN * 30 / 86_400;
    assert_eq!(minted[..3], [full, full, full / 2]);
    assert!(
        minted.windows(2).all(|pair| pair[0] >= pair[1]),
        "{minted:?}"
    );
    assert!(field.subnet().minted.0 <= 10 * COIN);
    assert!(field.subnet().minted.0 > 9 * COIN, "{minted:?}");
}

#[test]
fn answers_of_a_linked_model_are_the_subnets_revenue_and_pay_nobody() {
    let (world, model) = World::with_model();
    let mut field = Field::open_in(world, settings());
    let link = SubnetMessage::Link(Link {
        subnet: field.id,
        model,
    });
    assert_eq!(field.act(1, link.clone()).unwrap_err(), "subnet.not_member");
    field.register(1).unwrap();
    field.register(3).unwrap();
    assert_eq!(
        field.act(3, link.clone()).unwrap_err(),
        "registry.not_owner"
    );
    field.act(1, link.clone()).unwrap();
    assert_eq!(field.act(1, link).unwrap_err(), "subnet.linked");
    let job = field
        .world
        .place(World::order(model, Some(PROVIDER)))
        .unwrap();
    field.world.accept(PROVIDER, job).unwrap();
    let proof = field.world.right_proof(PROVIDER, job);
    field.world.answer(PROVIDER, job, proof).unwrap();
    let subnet = field.subnet();
    assert_eq!(subnet.revenue.0, MODEL_PRICE.0 + PROVIDER_PRICE.0);
    assert_eq!(
        (subnet.answers, subnet.minted.0, subnet.weight.0),
        (1, 0, 0)
    );
}

#[test]
fn closing_gives_everything_back() {
    let mut field = Field::ready();
    let id = field.id;
    let close = SubnetMessage::Close(Close { subnet: id });
    assert_eq!(field.act(1, close.clone()).unwrap_err(), "subnet.not_owner");
    assert_eq!(
        field.act(OWNER, close.clone()).unwrap_err(),
        "subnet.locked"
    );
    field.epoch(&[(1, &[(3, 4), (4, 2)]), (2, &[(3, 4), (4, 2)])]);
    field.world.wait(24 * 3_600_000);
    let (registration, before) = (
        field.registration(1),
        field.world.held(address(OWNER), "LIL"),
    );
    field.act(OWNER, close.clone()).unwrap();
    assert_eq!(field.act(OWNER, close).unwrap_err(), "subnet.closing");
    assert_eq!(field.register(OWNER).unwrap_err(), "subnet.closing");
    while field.subnet().state != SubnetState::Closed {
        field.world.wait(PHASE_MS);
    }
    assert!(field.world.held(address(OWNER), "LIL") >= before + 100 * COIN - 10_000);
    assert_eq!(field.world.held(Holder::Subnet(id), "LIL"), 0);
    let worth = field.holding(1, registration).worth.0;
    let before = field.world.held(address(1), "LIL");
    field.unstake(1, registration, None).unwrap();
    assert_eq!(field.world.held(address(1), "LIL"), before + worth - 1_100);
    let second = field.pool(lilliput_types::Registration(2)).registration;
    field.unstake(2, second, None).unwrap();
    // A rounding remainder at most.
    assert!(field.world.held(Holder::SubnetStake(id), "LIL") <= 2);
    assert_eq!(field.register(3).unwrap_err(), "subnet.closed");
}
