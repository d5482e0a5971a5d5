//! From the order to payment or refund.

use lilliput_modules::bank;
use lilliput_types::job::{
    Accept, Answer, JobMessage, JobState, Payment, Penalty, Refund, RefundReason, VerificationLevel,
};
use lilliput_types::provider::{MakeOffer, ProviderMessage};
use lilliput_types::{Amount, Blob, DurationMs, Holder, Message, Segment};

use crate::world::{
    BUYER, CHECK_FEE, MODEL_PRICE, OTHER, OWNER, PROVIDER, PROVIDER_PRICE, START, World, address,
    asset,
};

const ESCROW: u128 = MODEL_PRICE.0 + PROVIDER_PRICE.0 + CHECK_FEE.0;

#[test]
fn a_right_answer_pays_everyone_once() {
    let (mut world, model) = World::with_model();
    let job = world.place(World::order(model, Some(PROVIDER))).unwrap();
    assert_eq!(world.held(Holder::Escrow(job), "USDX"), ESCROW);
    assert_eq!(world.held(address(BUYER), "USDX"), START.0 - ESCROW);
    world.accept(PROVIDER, job).unwrap();
    let bond = world.job(job).bond;
    assert_eq!(bond, Amount(ESCROW / 2 + CHECK_FEE.0));
    assert_eq!(world.held(Holder::Bond(job), "USDX"), bond.0);
    let proof = world.right_proof(PROVIDER, job);
    world.answer(PROVIDER, job, proof.clone()).unwrap();

    let closed = world.job(job);
    assert_eq!(closed.state, JobState::Paid);
    let payment = |to, amount, segment| Payment {
        to,
        amount,
        segment,
    };
    let expected = [
        payment(address(OWNER).into(), MODEL_PRICE, Segment::Software),
        payment(address(PROVIDER).into(), PROVIDER_PRICE, Segment::Iaas),
        payment(
            Holder::Fees(Segment::Security),
            CHECK_FEE,
            Segment::Security,
        ),
    ];
    assert_eq!(&*closed.payments, &expected);
    assert!(closed.refunds.is_empty());
    assert_eq!(world.held(address(OWNER), "USDX"), START.0 + MODEL_PRICE.0);
    let earned = START.0 - 10_000_000 + PROVIDER_PRICE.0;
    assert_eq!(world.held(address(PROVIDER), "USDX"), earned);
    assert_eq!(
        world.held(Holder::Stake(address(PROVIDER)), "USDX"),
        10_000_000
    );
    let revenue = bank::query::revenue(&world.state, asset("USDX")).unwrap();
    let booked = revenue
        .iter()
        .map(|(_, revenue)| revenue.participants.0 + revenue.network.0);
    let booked: Vec<u128> = booked.collect();
    assert_eq!(booked, [MODEL_PRICE.0, PROVIDER_PRICE.0, 0, CHECK_FEE.0]);

    let again = world.answer(PROVIDER, job, proof);
    assert_eq!(again.unwrap_err(), "job.not_accepted");
}

#[test]
fn an_order_that_names_nobody_is_taken_by_who_fits_and_the_rest_comes_back() {
    let (mut world, model) = World::with_model();
    let job = world.place(World::order(model, None)).unwrap();
    assert_eq!(world.held(Holder::Escrow(job), "USDX"), 2_000_000);
    assert_eq!(world.accept(OTHER, job).unwrap_err(), "provider.no_offer");
    world.become_provider(OTHER, model);
    let dear = Message::Provider(ProviderMessage::Offer(MakeOffer {
        model,
        price: Amount(1_000_000),
    }));
    world.act(OTHER, dear).unwrap();
    assert_eq!(world.accept(OTHER, job).unwrap_err(), "job.price");
    world.accept(PROVIDER, job).unwrap();
    assert_eq!(world.accept(PROVIDER, job).unwrap_err(), "job.not_open");
    let proof = world.right_proof(PROVIDER, job);
    world.answer(PROVIDER, job, proof).unwrap();
    let rest = Refund {
        to: address(BUYER).into(),
        amount: Amount(2_000_000 - ESCROW),
    };
    assert_eq!(&*world.job(job).refunds, &[rest]);
    assert_eq!(world.held(address(BUYER), "USDX"), START.0 - ESCROW);
}

#[test]
fn a_wrong_proof_refunds_the_buyer_and_costs_the_bond_check_included() {
    let (mut world, model) = World::with_model();
    let job = world.place(World::order(model, Some(PROVIDER))).unwrap();
    world.accept(PROVIDER, job).unwrap();
    let bond = world.job(job).bond.0;
    world.answer(PROVIDER, job, b"wrong".to_vec()).unwrap();
    let closed = world.job(job);
    assert_eq!(closed.state, JobState::Refunded);
    assert_eq!(closed.refund_reason, Some(RefundReason::ProofRefused));
    let half = (bond - CHECK_FEE.0) / 2;
    let penalty = |to, amount| Penalty {
        to,
        amount: Amount(amount),
    };
    let expected = [
        penalty(Holder::Fees(Segment::Security), CHECK_FEE.0),
        penalty(address(BUYER).into(), half),
        penalty(Holder::Treasury, bond - CHECK_FEE.0 - half),
    ];
    assert_eq!(&*closed.penalties, &expected);
    assert_eq!(world.held(address(BUYER), "USDX"), START.0 + half);
    let left = 10_000_000 - bond;
    assert_eq!(world.held(Holder::Stake(address(PROVIDER)), "USDX"), left);
}

#[test]
fn a_proof_for_another_job_provider_or_input_is_refused() {
    let (mut world, model) = World::with_model();
    world.become_provider(OTHER, model);
    let first = world.place(World::order(model, Some(PROVIDER))).unwrap();
    let second = world.place(World::order(model, Some(OTHER))).unwrap();
    world.accept(PROVIDER, first).unwrap();
    world.accept(OTHER, second).unwrap();
    let stolen = world.right_proof(PROVIDER, first);
    world.answer(OTHER, second, stolen).unwrap();
    assert_eq!(world.job(second).state, JobState::Refunded);
    let proof = world.right_proof(PROVIDER, first);
    let thief = world.answer(OTHER, first, proof.clone());
    assert_eq!(thief.unwrap_err(), "job.not_yours");
    world.answer(PROVIDER, first, proof).unwrap();
    assert_eq!(world.job(first).state, JobState::Paid);
}

#[test]
fn a_late_answer_is_refused_and_the_deadline_takes_the_bond() {
    let (mut world, model) = World::with_model();
    let job = world.place(World::order(model, Some(PROVIDER))).unwrap();
    world.accept(PROVIDER, job).unwrap();
    let bond = world.job(job).bond.0;
    world.time = world.time.after(DurationMs(60_000));
    let proof = world.right_proof(PROVIDER, job);
    assert_eq!(world.answer(PROVIDER, job, proof).unwrap_err(), "job.late");
    // The block in which it came too late closed the job at its end.
    let closed = world.job(job);
    assert_eq!(closed.refund_reason, Some(RefundReason::AnswerLate));
    assert_eq!(world.held(Holder::Treasury, "USDX"), bond - bond / 2);
    assert_eq!(world.held(address(BUYER), "USDX"), START.0 + bond / 2);
}

#[test]
fn an_order_that_nobody_accepts_is_refunded_and_costs_nobody() {
    let (mut world, model) = World::with_model();
    let job = world.place(World::order(model, Some(PROVIDER))).unwrap();
    world.wait(4_999);
    assert_eq!(world.job(job).state, JobState::Open);
    world.wait(1);
    let closed = world.job(job);
    assert_eq!(closed.refund_reason, Some(RefundReason::NotAccepted));
    assert!(closed.penalties.is_empty());
    assert_eq!(world.held(address(BUYER), "USDX"), START.0);
    assert_eq!(world.accept(PROVIDER, job).unwrap_err(), "job.not_open");
}

#[test]
fn more_jobs_than_one_block_closes_are_closed_by_the_next() {
    let (mut world, model) = World::with_model();
    let count = lilliput_modules::job::EXPIRIES_MAX + 3;
    let orders = |count| vec![Message::Job(JobMessage::Order(World::order(model, None))); count];
    for _ in 0..count / 16 {
        world.submit(BUYER, orders(16), Vec::new()).unwrap();
    }
    world.submit(BUYER, orders(count % 16), Vec::new()).unwrap();
    let waiting = |world: &World| {
        lilliput_modules::job::query::open(&world.state, None, 1_000)
            .unwrap()
            .len()
    };
    assert_eq!(waiting(&world), count);
    world.wait(5_000);
    assert_eq!(waiting(&world), 3);
    world.wait(0);
    assert_eq!(waiting(&world), 0);
    assert_eq!(world.held(address(BUYER), "USDX"), START.0);
}

#[test]
fn an_answer_must_be_alone_and_bring_its_proof() {
    let (mut world, model) = World::with_model();
    let job = world.place(World::order(model, Some(PROVIDER))).unwrap();
    world.accept(PROVIDER, job).unwrap();
    let blob = Blob::new(b"wrong".to_vec()).unwrap();
    let proof = blob.id();
    let answer = Message::Job(JobMessage::Answer(Answer {
        job,
        proof,
        key: model,
    }));
    let fails = Message::Job(JobMessage::Accept(Accept { job }));
    let undone = world.submit(PROVIDER, vec![answer, fails], vec![blob]);
    assert_eq!(undone.unwrap_err(), "job.answer_not_alone");
    assert_eq!(world.job(job).state, JobState::Accepted);
}

#[test]
fn orders_that_cannot_be_kept_are_refused() {
    let (mut world, model) = World::with_model();
    let mut refused = |change: fn(&mut lilliput_types::job::Order)| {
        let mut order = World::order(model, Some(PROVIDER));
        change(&mut order);
        world.place(order).unwrap_err()
    };
    assert_eq!(refused(|o| o.price_max = Amount(ESCROW - 1)), "job.price");
    assert_eq!(
        refused(|o| o.level = VerificationLevel::Trusted),
        "job.level"
    );
    assert_eq!(refused(|o| o.model.0.0[0] ^= 1), "registry.unknown_model");
    assert_eq!(
        refused(|o| o.provider = Some(address(4))),
        "provider.no_offer"
    );
    assert_eq!(
        refused(|o| o.answer_within_ms = DurationMs(0)),
        "job.no_time"
    );
    assert_eq!(
        refused(|o| o.accept_within_ms = DurationMs(u64::MAX)),
        "job.too_long"
    );
}

#[test]
fn a_provider_without_enough_stake_cannot_accept() {
    let (mut world, model) = World::with_model();
    let first = world.place(World::order(model, Some(PROVIDER))).unwrap();
    let all = Amount(10_000_000);
    let withdraw = |amount| {
        Message::Provider(ProviderMessage::Withdraw(
            lilliput_types::provider::Withdraw { amount },
        ))
    };
    world.accept(PROVIDER, first).unwrap();
    let bound = world.act(PROVIDER, withdraw(all));
    assert_eq!(bound.unwrap_err(), "bank.insufficient_balance");
    let free = Amount(all.0 - world.job(first).bond.0);
    world.act(PROVIDER, withdraw(free)).unwrap();
    let second = world.place(World::order(model, Some(PROVIDER))).unwrap();
    assert_eq!(world.accept(PROVIDER, second).unwrap_err(), "job.stake");
}

#[test]
fn a_successors_proof_is_paid_as_the_registered_keys() {
    let mut world = World::empty();
    let model = world.publish(OWNER, b"digits", &[]).unwrap();
    world.become_provider(PROVIDER, model);
    let second = world.succeed(OWNER, model, b"digits", b"second").unwrap();
    let third = world.succeed(OWNER, model, b"second", b"third").unwrap();
    for key in [third, model, second] {
        let job = world.place(World::order(model, Some(PROVIDER))).unwrap();
        world.accept(PROVIDER, job).unwrap();
        let proof = world.proof_with(PROVIDER, job, key);
        world.answer_with(PROVIDER, job, key, proof).unwrap();
        let closed = world.job(job);
        assert_eq!((closed.state, closed.key), (JobState::Paid, Some(key)));
        assert_eq!(closed.model, model);
    }
}

#[test]
fn a_proof_under_a_key_that_isnt_the_models_is_not_taken() {
    let mut world = World::empty();
    let model = world.publish(OWNER, b"digits", &[]).unwrap();
    world.become_provider(PROVIDER, model);
    let other = world.publish(OWNER, b"other", &[]).unwrap();
    let job = world.place(World::order(model, Some(PROVIDER))).unwrap();
    world.accept(PROVIDER, job).unwrap();
    let proof = world.proof_with(PROVIDER, job, other);
    let refused = world.answer_with(PROVIDER, job, other, proof);
    assert_eq!(refused.unwrap_err(), "job.unknown_key");
    assert_eq!(world.job(job).state, JobState::Accepted);
    // The proof says which key it was made with; stated wrongly, it doesn't hold.
    let second = world.succeed(OWNER, model, b"digits", b"second").unwrap();
    let proof = world.proof_with(PROVIDER, job, second);
    world.answer_with(PROVIDER, job, model, proof).unwrap();
    assert_eq!(world.job(job).state, JobState::Refunded);
}
