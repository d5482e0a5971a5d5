use super::{
    Bid, Breaker, BurnAndMint, Choice, EmissionSchedule, GpuFleet, Miner, Supplier, SupplierKind,
    clear, hashprice, mine_or_sell, tokens_for,
};

fn close(got: f64, expected: f64, tolerance: f64) {
    assert!(
        (got - expected).abs() <= tolerance,
        "got {got}, expected {expected}"
    );
}

fn miner(hashprice: f64, joules_per_terahash: f64) -> Miner {
    Miner {
        hashprice,
        joules_per_terahash,
        pool_fee: 0.0,
        pue: 1.0,
    }
}

fn fleet() -> GpuFleet {
    GpuFleet {
        dollars_per_gpu_hour: 2.0,
        kilowatts_per_gpu: 1.25,
        pue: 1.6,
        utilisation: 0.5,
        fee: 0.1,
        capex_dollars_per_gpu: 30_000.0,
        life_hours: 40_000.0,
    }
}

#[test]
fn the_hashprice_of_the_vector_comes_out() {
    close(hashprice(1e14, 3.125, 100_000.0).unwrap(), 62.86, 0.005);
}

#[test]
fn the_energy_revenue_of_the_vector_comes_out() {
    close(
        miner(52.0, 17.5).dollars_per_megawatt_hour().unwrap(),
        123.8,
        0.05,
    );
}

#[test]
fn fees_and_cooling_lower_what_energy_earns() {
    let with_costs = Miner {
        pool_fee: 0.02,
        pue: 1.1,
        ..miner(52.0, 17.5)
    };
    close(
        with_costs.dollars_per_megawatt_hour().unwrap(),
        123.809_523_8 * 0.98 / 1.1,
        1e-6,
    );
    // 500 GPU hours a megawatt-hour at 1.80 dollars; 1.50 dollars of purchase for each sold hour.
    close(fleet().dollars_per_megawatt_hour().unwrap(), 900.0, 1e-9);
    close(fleet().capex_per_megawatt_hour().unwrap(), 750.0, 1e-9);
}

#[test]
fn each_hour_does_what_earns_most() {
    let dear = GpuFleet {
        dollars_per_gpu_hour: 0.3,
        ..fleet()
    };
    let result = mine_or_sell(&miner(52.0, 17.5), &dear, &[20.0, 130.0, 200.0, -10.0]).unwrap();
    let choices: Vec<Choice> = result.hours.iter().map(|hour| hour.choice).collect();
    assert_eq!(
        choices,
        [Choice::Mine, Choice::Rent, Choice::Off, Choice::Mine]
    );
    close(result.renting_break_even, 135.0, 1e-9);
    assert!(
        result.best_each_hour > result.always_mining
            && result.best_each_hour > result.always_renting
    );
}

#[test]
fn impossible_machines_are_refused() {
    assert!(hashprice(0.0, 3.0, 1.0).is_err() && hashprice(1e14, f64::NAN, 1.0).is_err());
    assert!(miner(50.0, 0.0).dollars_per_megawatt_hour().is_err());
    assert!(
        GpuFleet {
            utilisation: 0.0,
            ..fleet()
        }
        .dollars_per_megawatt_hour()
        .is_err()
    );
    assert!(mine_or_sell(&miner(50.0, 20.0), &fleet(), &[]).is_err());
}

fn supplier(name: &str, kind: SupplierKind, gpu_hours: f64, price: f64) -> Supplier {
    Supplier {
        name: name.to_owned(),
        kind,
        gpu_hours,
        dollars_per_gpu_hour: price,
    }
}

fn market() -> Vec<Supplier> {
    vec![
        supplier("peak", SupplierKind::Peak, 50.0, 3.0),
        supplier("base", SupplierKind::Base, 100.0, 1.0),
    ]
}

fn bid(gpu_hours: f64, price: f64) -> Bid {
    Bid {
        gpu_hours,
        dollars_per_gpu_hour: price,
    }
}

#[test]
fn low_demand_is_served_by_base_load_at_its_cost() {
    let result = clear(&market(), &[bid(60.0, 5.0)]).unwrap();
    assert_eq!(
        (result.price, result.gpu_hours, result.peak_share),
        (1.0, 60.0, 0.0)
    );
}

#[test]
fn high_demand_calls_peak_load_and_base_load_earns_the_difference() {
    let result = clear(&market(), &[bid(120.0, 5.0), bid(100.0, 2.0)]).unwrap();
    assert_eq!((result.price, result.gpu_hours), (3.0, 120.0));
    let base = result
        .dispatch
        .iter()
        .find(|part| part.name == "base")
        .unwrap();
    assert_eq!((base.gpu_hours, base.rent), (100.0, 200.0));
    close(result.peak_share, 20.0 / 120.0, 1e-12);
}

#[test]
fn scarcity_lets_the_buyers_set_the_price() {
    let result = clear(&market(), &[bid(400.0, 7.0)]).unwrap();
    assert_eq!(
        (result.price, result.gpu_hours, result.unserved_gpu_hours),
        (7.0, 150.0, 250.0)
    );
}

#[test]
fn nobody_trades_where_nobody_agrees() {
    let result = clear(&market(), &[bid(10.0, 0.5)]).unwrap();
    assert_eq!((result.gpu_hours, result.unserved_gpu_hours), (0.0, 0.0));
    assert_eq!(clear(&[], &[]).unwrap().gpu_hours, 0.0);
    assert!(clear(&market(), &[bid(f64::NAN, 1.0)]).is_err());
}

#[test]
fn burning_and_minting_follow_the_price_of_the_day() {
    close(tokens_for(1_000.0, 1.14).unwrap(), 877.192_982, 5e-7);
    close(tokens_for(1_000.0, 1.50).unwrap(), 666.666_667, 5e-7);
    close(tokens_for(1_000.0, 0.90).unwrap(), 1_111.111_111, 5e-7);
    assert!(tokens_for(1_000.0, 0.0).is_err() && tokens_for(-1.0, 1.0).is_err());
}

#[test]
fn the_breaker_trips_when_the_price_falls_and_lets_go_when_it_recovers() {
    let mut vault = BurnAndMint::new(0.95, 0.90).unwrap();
    close(vault.burn(1_000.0, 1.14).unwrap(), 877.192_982, 5e-7);
    assert_eq!(vault.breaker(1.14), Breaker::Normal);
    assert_eq!(vault.breaker(1.06), Breaker::Warning);
    assert_eq!(vault.breaker(0.90), Breaker::Halted);
    assert!(vault.settle(1_000.0, 0.90).is_err());
    close(vault.settle(1_000.0, 1.50).unwrap(), 666.666_667, 5e-7);
    assert_eq!(vault.owed_dollars, 0.0);
    assert!(vault.settle(1.0, 1.50).is_err());
}

#[test]
fn a_shrinking_mint_raises_the_price_that_balances_it() {
    let schedule = EmissionSchedule {
        first_tokens: 1_000.0,
        decay: 0.1,
    };
    close(schedule.tokens(2), 810.0, 1e-9);
    close(schedule.equilibrium_price(1_000.0, 0).unwrap(), 1.0, 1e-12);
    assert!(schedule.equilibrium_price(1_000.0, 5).unwrap() > 1.6);
}
