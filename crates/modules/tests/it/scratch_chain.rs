#[test]
fn scratch_chain() {
    use lilliput_types::Amount;
    let s = |n: u8| lilliput_crypto::SecretKey::from_seed([n; 32]);
    let a = |n: u8| lilliput_types::AccountKey::from(&s(n)).address();
    let g = lilliput_modules::Genesis::play(
        lilliput_crypto::Digest([60; 32]),
        s(60).public_key(),
        &[a(61), a(62), a(63)],
        Amount(1_000_000_000_000),
    )
    .unwrap();
    println!("CHAIN {}", g.chain());
}
