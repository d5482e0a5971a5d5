//! Random histories of all messages: money is conserved after every block, and the same history gives
//! the same events.

use lilliput_types::bank::{BankMessage, Burn, CreateAsset, Mint, SetAuthority};
use lilliput_types::job::{JobEvent, Order};
use lilliput_types::provider::{Deposit, MakeOffer, ProviderMessage, Withdraw, WithdrawOffer};
use lilliput_types::registry::{RegistryMessage, Update};
use lilliput_types::{Amount, AssetId, Event, JobId, Message, ModelId, Text};
use proptest::prelude::*;

use crate::explore::explore;
use crate::world::{OTHER, PROVIDER, World, address, asset};

/// One random act.
#[derive(Clone, Copy, Debug)]
struct Step {
    kind: u8,
    actor: u8,
    pick: u8,
    amount: u32,
    /// Whether an acceptance or answer comes from who may give it.
    honest: bool,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (
        0_u8..20,
        0_u8..5,
        any::<u8>(),
        0_u32..3_000_000,
        prop::bool::weighted(0.8),
    );
    let step = step.prop_map(|(kind, actor, pick, amount, honest)| Step {
        kind,
        actor,
        pick,
        amount,
        honest,
    });
    prop::collection::vec(step, 1..60)
}

/// What a history has made so far.
struct History {
    world: World,
    models: Vec<ModelId>,
    jobs: Vec<JobId>,
}

impl History {
    fn run(steps: &[Step]) -> World {
        let (mut world, model) = World::with_model();
        world.become_provider(OTHER, model);
        let mut history = Self {
            world,
            models: vec![model],
            jobs: Vec::new(),
        };
        for step in steps {
            history.step(*step);
        }
        history.world
    }

    fn step(&mut self, step: Step) {
        let Step {
            kind,
            actor,
            amount,
            ..
        } = step;
        let some = Amount(u128::from(amount));
        let own = AssetId::Created {
            creator: address(actor),
            symbol: "GOLD".parse().unwrap(),
        };
        let model = self.models[usize::from(step.pick) % self.models.len()];
        // Most acts may fail; what counts is that the books are right afterwards.
        let _ = match kind {
            0 => self.world.pay(actor, step.pick % 6, asset("USDX"), some.0),
            1 => self.world.pay(actor, step.pick % 6, asset("LIL"), some.0),
            2 => self.world.pay(actor, step.pick % 6, own, some.0 / 2),
            3 => self.bank(
                actor,
                BankMessage::CreateAsset(CreateAsset {
                    symbol: "GOLD".parse().unwrap(),
                    name: Text::new("Gold").unwrap(),
                    decimals: step.pick % 20,
                    supply_max: step.honest.then_some(Amount(4_000_000)),
                }),
            ),
            4 => self.bank(
                actor,
                BankMessage::Mint(Mint {
                    asset: own,
                    to: address(step.pick % 6),
                    amount: some,
                }),
            ),
            5 => self.bank(
                actor,
                BankMessage::Burn(Burn {
                    asset: asset("USDX"),
                    amount: some,
                }),
            ),
            6 => self.bank(
                actor,
                BankMessage::SetAuthority(SetAuthority {
                    asset: own,
                    authority: step.honest.then(|| address(step.pick % 6)),
                }),
            ),
            7 => self.provider(actor, ProviderMessage::Deposit(Deposit { amount: some })),
            8 => self.provider(actor, ProviderMessage::Withdraw(Withdraw { amount: some })),
            9 => self.provider(
                actor,
                ProviderMessage::Offer(MakeOffer { model, price: some }),
            ),
            10 => self.provider(
                actor,
                ProviderMessage::WithdrawOffer(WithdrawOffer { model }),
            ),
            11 => return self.update(step, model),
            12 => return self.publish(step, model),
            13..=15 => return self.order(step, model),
            16 => return self.accept(step),
            17 | 18 => return self.answer(step),
            _ => return self.world.wait(u64::from(amount) / 100),
        };
    }

    fn bank(&mut self, actor: u8, message: BankMessage) -> Result<lilliput_types::Receipt, String> {
        self.world.act(actor, Message::Bank(message))
    }

    fn provider(
        &mut self,
        actor: u8,
        message: ProviderMessage,
    ) -> Result<lilliput_types::Receipt, String> {
        self.world.act(actor, Message::Provider(message))
    }

    fn update(&mut self, step: Step, model: ModelId) {
        let update = RegistryMessage::Update(Update {
            model,
            price: Amount(u128::from(step.amount)),
            listed: step.honest,
        });
        let _ = self.world.act(step.actor, Message::Registry(update));
    }

    fn publish(&mut self, step: Step, parent: ModelId) {
        let key = [step.pick, step.actor];
        let share = (step.amount % 10_001) as u16;
        if let Ok(model) = self.world.publish(step.actor, &key, &[(parent, share)]) {
            self.models.push(model);
        }
    }

    fn order(&mut self, step: Step, model: ModelId) {
        let named = step.honest.then_some(PROVIDER + step.actor % 2);
        let order = Order {
            price_max: Amount(u128::from(step.amount) * 2),
            ..World::order(model, named)
        };
        if let Ok(job) = self.world.place(order) {
            self.jobs.push(job);
            if step.honest {
                let _ = self.world.accept(PROVIDER + step.actor % 2, job);
            }
        }
    }

    fn accept(&mut self, step: Step) {
        if let Some(job) = self.pick(step) {
            let who = if step.honest {
                PROVIDER + step.actor % 2
            } else {
                step.actor
            };
            let _ = self.world.accept(who, job);
        }
    }

    fn answer(&mut self, step: Step) {
        let Some(job) = self.pick(step) else { return };
        let provider = (0..5).find(|number| self.world.job(job).provider == Some(address(*number)));
        let who = provider.filter(|_| step.honest).unwrap_or(step.actor);
        let proof = if step.amount.is_multiple_of(3) {
            vec![step.pick]
        } else {
            self.world.right_proof(who, job)
        };
        let _ = self.world.answer(who, job, proof);
    }

    /// A job among the latest few, which are likely to wait for something.
    fn pick(&self, step: Step) -> Option<JobId> {
        let back = usize::from(step.pick) % 4;
        self.jobs
            .iter()
            .rev()
            .nth(back.min(self.jobs.len().saturating_sub(1)))
            .copied()
    }
}

/// What the histories must have seen, so that the property isn't empty.
fn kind(event: &Event) -> Option<&'static str> {
    match event {
        Event::Job(JobEvent::Paid { .. }) => Some("paid"),
        Event::Job(JobEvent::Slashed { .. }) => Some("slashed"),
        Event::Job(JobEvent::Refunded { reason, .. }) => Some(match reason {
            lilliput_types::job::RefundReason::NotAccepted => "not accepted",
            lilliput_types::job::RefundReason::AnswerLate => "late",
            lilliput_types::job::RefundReason::ProofRefused => "refused",
        }),
        Event::Job(_)
        | Event::Bank(_)
        | Event::Registry(_)
        | Event::Provider(_)
        | Event::Subnet(_)
        | Event::Tournament(_)
        | Event::Prices(_)
        | Event::Identity(_)
        | Event::Login(_)
        | Event::Market(_)
        | Event::Storage(_) => None,
    }
}

#[test]
fn books_are_right_after_every_block_of_any_history() {
    let seen = explore(150, &steps(), |steps, seen| {
        // `World` checks every invariant after each block.
        let (first, second) = (History::run(&steps), History::run(&steps));
        prop_assert_eq!(&first.events, &second.events);
        seen.note(first.events.iter().filter_map(kind));
        Ok(())
    });
    seen.assert_each(["paid", "slashed", "not accepted", "late", "refused"], 5);
}
