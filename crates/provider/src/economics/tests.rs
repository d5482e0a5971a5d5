use super::*;

fn site(steps_in_at: f64) -> Site {
    Site {
        miner: Miner {
            hashprice: 0.0,
            joules_per_terahash: 20.0,
            pool_fee: 0.0,
            pue: 1.0,
        },
        fleet: GpuFleet {
            dollars_per_gpu_hour: 0.0,
            kilowatts_per_gpu: 1.0,
            pue: 1.0,
            utilisation: 1.0,
            fee: 0.0,
            capex_dollars_per_gpu: 0.0,
            life_hours: 1.0,
        },
        steps_in_at,
    }
}

/// 48 $/PH/day at 20 J/TH is 100 $ a megawatt-hour; a GPU draws a thousandth of one in an hour.
fn hour(power: f64, gpu_hour: f64) -> HourPrices {
    HourPrices {
        power,
        hashprice: 48.0,
        gpu_hour,
        curtailment: 0.0,
        load: 0.5,
    }
}

#[test]
fn the_floor_is_power_and_the_best_that_is_foregone() {
    let site = site(0.0);
    let near = |hour: &HourPrices, dollars: f64| {
        let floor = floor_dollars(&site, hour).unwrap();
        assert!((floor - dollars).abs() < 1e-12, "{floor} {dollars}");
    };
    // Hashing earns 100 $: whatever power costs below that, a GPU hour must bring its thousandth.
    near(&hour(40.0, 1.0), 0.1);
    near(&hour(-20.0, 1.0), 0.1);
    // Hashing doesn't pay: only power counts.
    near(&hour(150.0, 1.0), 0.15);
    // The grid pays more than hashing earns.
    let curtailed = HourPrices {
        curtailment: 90.0,
        ..hour(40.0, 1.0)
    };
    near(&curtailed, 0.13);
    assert_eq!(rate_of(0.13), Rate(130_000));
    assert_eq!(rate_of(0.000_000_1), Rate(1));
    assert_eq!(rate_of(f64::INFINITY), Rate(u64::MAX));
}

#[test]
fn selling_at_the_floor_is_as_good_as_the_best_of_the_rest() {
    for (power, curtailment) in [(40.0, 0.0), (150.0, 0.0), (40.0, 200.0), (-30.0, 10.0)] {
        let mut prices = hour(power, 1.0);
        prices.curtailment = curtailment;
        prices.gpu_hour = floor_dollars(&site(0.0), &prices).unwrap();
        let decided = decide(&site(0.0), &prices).unwrap();
        let rest = decided.mining.max(curtailment).max(0.0);
        assert!((decided.selling - rest).abs() < 1e-9, "{decided:?}");
    }
}

#[test]
fn each_hour_does_what_earns_most() {
    let choice = |prices: &HourPrices| decide(&site(0.0), prices).unwrap().choice;
    assert_eq!(choice(&hour(40.0, 0.2)), Use::Sell);
    assert_eq!(choice(&hour(40.0, 0.05)), Use::Mine);
    assert_eq!(choice(&hour(150.0, 0.05)), Use::Off);
    let paid = HourPrices {
        curtailment: 70.0,
        ..hour(40.0, 0.05)
    };
    assert_eq!(choice(&paid), Use::Curtail);
    let hours = [hour(40.0, 0.2), hour(40.0, 0.05), hour(150.0, 0.05)];
    let all = economics(&site(0.0), &hours).unwrap();
    assert!((all.best_each_hour - (160.0 + 60.0)).abs() < 1e-9);
    assert!(all.best_each_hour >= all.always_selling.max(all.always_mining));
}

#[test]
fn peak_load_steps_in_above_base_load_only() {
    let prices = hour(40.0, 0.2);
    assert_eq!(decide(&site(0.6), &prices).unwrap().choice, Use::Mine);
    let busy = HourPrices {
        load: 0.6,
        ..prices
    };
    let decided = decide(&site(0.6), &busy).unwrap();
    assert!(decided.offers && decided.choice == Use::Sell);
}

#[test]
fn numbers_out_of_range_are_refused() {
    assert!(decide(&site(0.0), &hour(f64::NAN, 1.0)).is_err());
    assert!(decide(&site(0.0), &hour(40.0, -1.0)).is_err());
}
