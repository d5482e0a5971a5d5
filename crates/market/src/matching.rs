//! A whole book against many providers: who would win each order if everyone bid by its list.
//!
//! Each pair of order and provider is looked at, with words interned to bits and resources summed, so that a pair costs tens of
//! nanoseconds; only the few cheapest are packed onto machines. What is found is what [`answer`](crate::provide::answer) and
//! [`choose`](crate::choose) would find, for orders that aren't split, in the order of the book.

use std::collections::BTreeMap;

use lilliput_types::Address;
use lilliput_types::Text;
use lilliput_types::market::{
    Attribute, GroupOrder, LeaseLevel, OfferLine, Purchase, Rate, ResourceNeed,
};

use crate::choose::Placed;
use crate::provide::{Machine, PriceList, Room};

/// A provider with its prices and room.
#[derive(Clone, Debug)]
pub struct Supplier {
    /// Who.
    pub provider: Address,
    /// What it has, by attribute.
    pub attributes: Vec<Attribute>,
    /// What it wants.
    pub prices: PriceList,
    /// Its machines, and what is reserved on them by the place of an order in the book.
    pub room: Room<usize>,
}

/// So many cheapest providers of an order are packed before it counts as unmatched.
const TRIED_MAX: usize = 64;

/// A supplier as the inner loop sees it.
struct Screen {
    words: Vec<u64>,
    cpu_milli: u64,
    memory: u64,
    gpus: u64,
    prices: PriceList,
    /// The most of each that are free on one machine.
    models: Vec<(String, u16)>,
}

/// Attributes as bits.
#[derive(Default)]
struct Words {
    numbers: BTreeMap<(String, String), usize>,
}

impl Words {
    fn number(&mut self, attribute: &Attribute) -> usize {
        let next = self.numbers.len();
        let key = (attribute.key.to_string(), attribute.value.to_string());
        *self.numbers.entry(key).or_insert(next)
    }

    /// Bits of the attributes that some order demands; others don't matter.
    fn bits(&self, attributes: &[Attribute]) -> Vec<u64> {
        let mut bits = vec![0_u64; self.numbers.len().div_ceil(64)];
        for attribute in attributes {
            let key = (attribute.key.to_string(), attribute.value.to_string());
            if let Some(number) = self.numbers.get(&key)
                && let Some(word) = bits.get_mut(number / 64)
            {
                *word |= 1 << (number % 64);
            }
        }
        bits
    }
}

/// An order as the inner loop sees it.
struct Wanted<'a> {
    group: &'a GroupOrder,
    words: Vec<u64>,
    cpu_milli: u64,
    memory: u64,
    gpus: u64,
}

/// Matches each order in turn with the cheapest provider that has room for all of it; what is matched takes its room. Orders that are
/// split or replicated, or demand signatures or milliseconds, aren't looked at.
pub fn match_book(orders: &[GroupOrder], suppliers: &mut [Supplier]) -> Vec<Option<Placed>> {
    let mut words = Words::default();
    for order in orders {
        for attribute in order.attributes.iter() {
            words.number(attribute);
        }
    }
    let mut screens: Vec<Screen> = suppliers
        .iter()
        .map(|supplier| screen(supplier, &words))
        .collect();
    let mut matched = Vec::with_capacity(orders.len());
    let mut priced: Vec<(Rate, usize)> = Vec::with_capacity(suppliers.len());
    for (place, group) in orders.iter().enumerate() {
        if !is_plain(group) {
            matched.push(None);
            continue;
        }
        let wanted = wanted(group, &words);
        priced.clear();
        let fitting = screens.iter().enumerate();
        priced
            .extend(fitting.filter_map(|(number, screen)| Some((price(screen, &wanted)?, number))));
        // Only the cheapest few are ever packed.
        if priced.len() > TRIED_MAX {
            priced.select_nth_unstable(TRIED_MAX);
            priced.truncate(TRIED_MAX);
        }
        priced.sort_unstable();
        let found = priced.iter().find_map(|(_, number)| {
            let supplier = suppliers.get_mut(*number)?;
            let lines = lines(&supplier.prices, supplier.room.left(), group)?;
            supplier.room.reserve(place, &group.units, &lines).ok()?;
            let provider = supplier.provider;
            Some((*number, Placed { provider, lines }))
        });
        matched.push(found.map(|(number, placed)| {
            if let (Some(screen), Some(supplier)) = (screens.get_mut(number), suppliers.get(number))
            {
                sum(screen, supplier.room.left());
            }
            placed
        }));
    }
    matched
}

fn is_plain(group: &GroupOrder) -> bool {
    let terms = &group.terms;
    let demands = !group.signed_by_all.is_empty() || !group.signed_by_any.is_empty();
    terms.level == LeaseLevel::Trusted
        && !terms.split
        && !demands
        && terms.latency.is_none()
        && !matches!(terms.purchase, Purchase::Spot { .. })
}

fn screen(supplier: &Supplier, words: &Words) -> Screen {
    let mut screen = Screen {
        words: words.bits(&supplier.attributes),
        cpu_milli: 0,
        memory: 0,
        gpus: 0,
        prices: supplier.prices.clone(),
        models: Vec::new(),
    };
    sum(&mut screen, supplier.room.left());
    screen
}

/// What all machines together have left.
fn sum(screen: &mut Screen, left: &[Machine]) {
    (screen.cpu_milli, screen.memory, screen.gpus) = (0, 0, 0);
    screen.models.clear();
    for machine in left {
        screen.cpu_milli = screen.cpu_milli.saturating_add(machine.cpu_milli);
        screen.memory = screen.memory.saturating_add(machine.memory);
        for room in machine.gpus.iter().filter(|room| room.free > 0) {
            screen.gpus = screen.gpus.saturating_add(u64::from(room.free));
            let known = screen
                .models
                .iter_mut()
                .find(|(model, _)| *model == room.model);
            match known {
                Some((_, most)) => *most = room.free.max(*most),
                None => screen.models.push((room.model.clone(), room.free)),
            }
        }
    }
}

fn wanted<'a>(group: &'a GroupOrder, words: &Words) -> Wanted<'a> {
    let mut wanted = Wanted {
        group,
        words: words.bits(&group.attributes),
        cpu_milli: 0,
        memory: 0,
        gpus: 0,
    };
    for unit in group.units.iter() {
        let count = u64::from(unit.count);
        let all = |of: u64| of.saturating_mul(count);
        let need = &unit.need;
        wanted.cpu_milli = wanted.cpu_milli.saturating_add(all(need.cpu_milli.into()));
        wanted.memory = wanted.memory.saturating_add(all(need.memory));
        wanted.gpus = wanted.gpus.saturating_add(all(need.gpus.into()));
    }
    wanted
}

/// What the group would cost at a provider, if it has the attributes and, in all, the room.
fn price(screen: &Screen, wanted: &Wanted<'_>) -> Option<Rate> {
    if wanted.cpu_milli > screen.cpu_milli
        || wanted.memory > screen.memory
        || wanted.gpus > screen.gpus
    {
        return None;
    }
    let has = |(has, wanted): (&u64, &u64)| has & wanted == *wanted;
    if !screen.words.iter().zip(&wanted.words).all(has) {
        return None;
    }
    let mut total = Rate(0);
    for unit in wanted.group.units.iter() {
        let models = screen.models.iter();
        let models = models.filter(|(_, most)| *most >= unit.need.gpus);
        let models = models.map(|(model, _)| model.as_str());
        let (rate, _) = cheapest(&screen.prices, models, &unit.need)?;
        if rate > unit.rate_max {
            return None;
        }
        total = total.plus(rate.times(unit.count)?)?;
    }
    Some(total)
}

/// The cheapest GPU that will do, and what a replica costs with it.
fn cheapest<'m>(
    prices: &PriceList,
    models: impl Iterator<Item = &'m str>,
    need: &ResourceNeed,
) -> Option<(Rate, Option<&'m str>)> {
    if need.gpus == 0 {
        return Some((prices.rate(need, None)?, None));
    }
    models
        .filter(|model| need.takes_gpu(model))
        .filter_map(|model| Some((prices.rate(need, Some(model))?, Some(model))))
        .min()
}

fn lines(prices: &PriceList, left: &[Machine], group: &GroupOrder) -> Option<Vec<OfferLine>> {
    let mut lines = Vec::new();
    for (place, unit) in (0_u16..).zip(group.units.iter()) {
        let rooms = left.iter().flat_map(|machine| &machine.gpus);
        let models = rooms
            .filter(|room| room.free >= unit.need.gpus)
            .map(|room| room.model.as_str());
        let (rate, gpu) = cheapest(prices, models, &unit.need)?;
        if rate > unit.rate_max {
            return None;
        }
        lines.push(OfferLine {
            unit: place,
            count: unit.count,
            rate,
            gpu: gpu.map(Text::shortened),
        });
    }
    Some(lines)
}
