#![expect(clippy::indexing_slicing, reason = "a test fails by panicking")]

use super::*;

fn pass(which: u32, bytes: &[u8]) {
    for chunk in bytes.chunks(4) {
        let mut word = [0; 4];
        word[..chunk.len()].copy_from_slice(chunk);
        assert_eq!(
            check_push(which, u32::from_le_bytes(word), chunk.len() as u32),
            1
        );
    }
}

fn reported() -> String {
    let length = check_run();
    let bytes: Vec<u8> = (0..length).map(|at| check_report(at) as u8).collect();
    assert_eq!(check_report(length), 0);
    String::from_utf8(bytes).expect("JSON")
}

#[test]
fn what_comes_in_by_words_is_what_is_checked() {
    let (key, proof) = (b"no key at all".as_slice(), b"no proof".as_slice());
    check_start();
    pass(0, key);
    pass(1, proof);
    let first = reported();
    assert_eq!(first, check(key, proof, None).to_string());
    check_start();
    assert_eq!(reported(), check(&[], &[], None).to_string());
}

#[test]
fn there_is_no_fourth_input() {
    check_start();
    assert_eq!(check_push(3, 0, 4), 0);
    assert_eq!(check_push(u32::MAX, 0, 4), 0);
}

#[test]
fn a_word_never_gives_more_than_its_bytes() {
    check_start();
    assert_eq!(check_push(0, 0x0403_0201, u32::MAX), 1);
    PASSED.with_borrow(|passed| assert_eq!(passed.inputs[0], [1, 2, 3, 4]));
}
