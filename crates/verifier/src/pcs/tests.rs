use super::code::{Code, QUERY_BITS, RATES};
use super::security::security;
use super::{VARIABLES_MAX, VARIABLES_MIN};

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
    for rate in RATES {
        let mut code = Code::witness(20);
        code.rate = rate;
        code.rate.queries -= 1;
        code.log_domain = 24;
        let bits = super::security::security(&code).queries;
        assert_eq!(bits, 0.0, "unknown rates count for nothing");
    }
}

#[test]
fn blinding_covers_every_position_that_openings_show() {
    for variables in VARIABLES_MIN..=VARIABLES_MAX {
        let code = Code::weights(variables, 100);
        assert!(code.blinding >= 102 * code.rate.queries);
        let code = Code::witness(variables);
        assert!(code.blinding >= code.rate.queries);
    }
}
