//! Text forms: one per value.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use lilliput_types::{Address, Amount, AssetId, Holder, JobId, Segment, SubnetId, Symbol, Text};

use crate::samples::address;

fn round_trips<T: Display + FromStr + PartialEq + Debug>(value: &T)
where
    T::Err: Debug + PartialEq,
{
    assert_eq!(value.to_string().parse::<T>().as_ref(), Ok(value));
}

#[test]
fn holders_assets_and_segments_read_what_they_write() {
    let job = JobId::of(Default::default(), 3);
    round_trips(&address(3));
    for holder in [
        Holder::Account(address(1)),
        Holder::Escrow(job),
        Holder::Bond(job),
        Holder::Stake(address(2)),
        Holder::Fees(Segment::Identity),
        Holder::Treasury,
        Holder::Subnet(SubnetId(7)),
        Holder::SubnetStake(SubnetId(7)),
    ] {
        round_trips(&holder);
    }
    let symbol: Symbol = "LIL".parse().unwrap();
    round_trips(&AssetId::Genesis(symbol));
    round_trips(&AssetId::Created {
        creator: address(1),
        symbol,
    });
    Segment::ALL.iter().for_each(round_trips);
    round_trips(&Amount(u128::MAX));
}

#[test]
fn what_is_not_a_symbol_is_refused() {
    for bad in ["", "lil", "1A", "A-B", "ABCDEFGHIJKLM", "É", "A/B", "A\0"] {
        assert!(bad.parse::<Symbol>().is_err(), "{bad:?}");
    }
    for bad in [
        "escrow/",
        "escrow",
        "fees/all",
        "stake/LIL",
        "treasury/1",
        "",
    ] {
        assert!(bad.parse::<Holder>().is_err(), "{bad:?}");
    }
    assert!("lil1qqqq".parse::<Address>().is_err());
}

#[test]
fn a_shortened_text_fits_and_holds_no_control_characters() {
    let text = Text::<5>::shortened("a\nbéé");
    assert_eq!(text.as_str(), "a bé");
    assert!(Text::<5>::new(text.as_str()).is_ok());
}
