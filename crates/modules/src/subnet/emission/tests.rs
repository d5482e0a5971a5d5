use lilliput_types::Amount;
use lilliput_types::subnet::Terms;

use super::rate;

#[test]
fn the_rate_halves_at_one_half_three_quarters_and_so_on() {
    let mut terms = Terms::standard("LIL".parse().unwrap());
    terms.emission_per_day = Amount(64);
    terms.emission_cap = Amount(1_000);
    for (minted, expected) in [
        (0, 64),
        (499, 64),
        (500, 32),
        (749, 32),
        (750, 16),
        (875, 8),
        (999, 0),
        (1_000, 0),
    ] {
        assert_eq!(rate(&terms, Amount(minted)), Amount(expected), "{minted}");
    }
    terms.emission_cap = Amount(0);
    assert_eq!(rate(&terms, Amount(0)), Amount(0));
}
