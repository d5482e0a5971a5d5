use super::*;

#[test]
fn a_network_holds_what_shares_its_prefix() {
    let held = |network: &str, address: &str| {
        network
            .parse::<Network>()
            .unwrap()
            .holds(address.parse().unwrap())
    };
    assert!(held("10.0.0.0/8", "10.255.3.4"));
    assert!(!held("10.0.0.0/8", "11.0.0.1"));
    assert!(held("192.178.4.32/27", "192.178.4.63"));
    assert!(!held("192.178.4.32/27", "192.178.4.64"));
    assert!(held("2001:db8::/32", "2001:db8:ffff::1"));
    assert!(held("127.0.0.1", "::ffff:127.0.0.1"));
    assert!(!held("::/0", "1.2.3.4"));
    assert!(held("0.0.0.0/0", "1.2.3.4"));
}

#[test]
fn what_is_no_network_is_refused() {
    for text in [
        "",
        "10.0.0.0/33",
        "10.0.0/8",
        "::/129",
        "1.2.3.4/+8",
        "1.2.3.4/",
        "a/8",
    ] {
        assert!(text.parse::<Network>().is_err(), "{text}");
    }
}
