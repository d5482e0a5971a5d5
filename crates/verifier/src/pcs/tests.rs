use super::code::{Code, GRINDING_BITS, QUERY_BITS, RATES};
use super::security::security;
use super::{VARIABLES_MAX, VARIABLES_MIN};

#[test]
fn layouts_and_codes_end_at_the_same_size() {
    assert_eq!(crate::layout::CELL_VARIABLES_MAX, VARIABLES_MAX);
}

fn codes() -> Vec<Code> {
    let cubes = (VARIABLES_MIN..=VARIABLES_MAX).flat_map(|variables| {
        [
            Code::witness(variables),
            Code::weights(variables, 0),
            Code::weights(variables, 100),
            Code::weights(variables, crate::key::OPENINGS_MAX),
            Code::ports(variables),
        ]
    });
    cubes
        .chain((4..24).map(|bits| Code::columns(1 << bits)))
        .collect()
}

#[test]
fn every_code_reaches_its_bits() {
    for code in codes() {
        let account = security(&code);
        assert!(
            account.queries >= f64::from(QUERY_BITS),
            "{code:?} {account:?}"
        );
        assert!(account.fold >= 112.0, "{code:?} {account:?}");
        assert!(account.list <= 10.0, "{code:?} {account:?}");
        assert!(code.log_domain <= 24, "{code:?}");
    }
}

#[test]
fn no_rate_asks_for_more_queries_than_it_needs() {
    for (code, rate) in [
        (Code::weights(12, 0), RATES[0]),
        (Code::witness(20), RATES[1]),
        (Code::weights(25, 0), RATES[2]),
    ] {
        assert_eq!(code.rate, rate);
        let queries = f64::from(u32::try_from(rate.queries).unwrap());
        let grinding = f64::from(u32::try_from(GRINDING_BITS).unwrap());
        let each = (security(&code).queries - grinding) / queries;
        let fewer = security(&code).queries - each;
        assert!(fewer < f64::from(QUERY_BITS), "{rate:?}");
    }
}

#[test]
fn a_rate_that_is_not_in_use_counts_for_nothing() {
    let mut code = Code::witness(20);
    code.rate.queries -= 1;
    assert_eq!(security(&code).queries, 0.0);
    let mut code = Code::witness(20);
    code.log_domain -= 1;
    assert_eq!(security(&code).queries, 0.0);
}

#[test]
fn blinding_covers_every_position_that_openings_show() {
    for variables in VARIABLES_MIN..=VARIABLES_MAX {
        let code = Code::weights(variables, 100);
        assert!(code.blinding > 103 * code.rate.queries);
        let code = Code::witness(variables);
        assert!(code.blinding > code.rate.queries);
    }
}
