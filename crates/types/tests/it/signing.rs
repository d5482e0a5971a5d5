//! What a transaction must satisfy before anyone looks at the state.

use lilliput_types::{
    AccountKey, Amount, Blob, ChainId, List, SessionKey, Signer, Submission, Transaction,
    TransactionError, codec,
};

use crate::samples::{secret, transaction};

fn plain() -> Transaction {
    let mut plain = transaction(3, 4, Amount(5));
    let first = plain.messages[3].clone();
    plain.messages = List::new(vec![first]).unwrap();
    plain
}

#[test]
fn a_signed_transaction_passes() {
    let signed = plain().sign(&secret(3));
    assert_eq!(signed.check(plain().chain), Ok(()));
}

#[test]
fn another_signer_chain_or_content_is_refused() {
    let chain = plain().chain;
    let forged = plain().sign(&secret(9));
    assert!(matches!(
        forged.check(chain),
        Err(TransactionError::Signature { .. })
    ));
    let mut changed = plain().sign(&secret(3));
    changed.transaction.fee_max = Amount(6);
    assert!(matches!(
        changed.check(chain),
        Err(TransactionError::Signature { .. })
    ));
    let elsewhere = plain().sign(&secret(3)).check(ChainId::default());
    assert!(matches!(elsewhere, Err(TransactionError::Chain { .. })));
    let mut empty = plain();
    empty.messages = List::default();
    assert_eq!(
        empty.sign(&secret(3)).check(chain),
        Err(TransactionError::Empty)
    );
}

#[test]
fn a_fee_payer_must_sign_and_no_one_else_may() {
    let chain = plain().chain;
    let mut sponsored = plain();
    sponsored.fee_payer = Some(AccountKey::from(&secret(8)));
    let signed = sponsored.sign(&secret(3));
    assert!(signed.check(chain).is_err());
    assert_eq!(
        signed.clone().sign_as_fee_payer(&secret(8)).check(chain),
        Ok(())
    );
    assert!(signed.sign_as_fee_payer(&secret(3)).check(chain).is_err());
    let unasked = plain().sign(&secret(3)).sign_as_fee_payer(&secret(8));
    assert!(unasked.check(chain).is_err());
}

#[test]
fn signatures_do_not_change_the_identity() {
    let id = plain().id();
    assert_eq!(plain().sign(&secret(3)).transaction.id(), id);
    assert_eq!(plain().sign(&secret(9)).transaction.id(), id);
}

#[test]
fn the_blobs_must_be_those_that_the_messages_name() {
    let blob = Blob::new(b"a proof".to_vec()).unwrap();
    let mut answer = plain();
    let mut message = transaction(3, 4, Amount(5)).messages[15].clone();
    if let lilliput_types::Message::Job(lilliput_types::job::JobMessage::Answer(answer)) =
        &mut message
    {
        answer.proof = blob.id();
    }
    answer.messages = List::new(vec![message.clone(), message]).unwrap();
    let submit = |blobs: Vec<Blob>| Submission {
        transaction: answer.clone().sign(&secret(3)),
        blobs: List::new(blobs).unwrap(),
    };
    assert_eq!(submit(vec![blob.clone()]).check(plain().chain), Ok(()));
    let other = Blob::new(b"another".to_vec()).unwrap();
    for blobs in [
        vec![],
        vec![other.clone()],
        vec![blob.clone(), other],
        vec![blob.clone(), blob],
    ] {
        let error = submit(blobs).check(plain().chain);
        assert!(matches!(error, Err(TransactionError::Blobs { .. })));
    }
}

#[test]
fn a_session_key_signs_for_the_account_it_names() {
    let chain = plain().chain;
    let account = AccountKey::from(&secret(7)).address();
    let mut acting = plain();
    acting.signer = Signer::Session(SessionKey {
        account,
        key: secret(3).public_key(),
    });
    let signed = acting.clone().sign(&secret(3));
    assert_eq!(signed.check(chain), Ok(()));
    assert_eq!(signed.transaction.signer.address(), account);
    assert_eq!(signed.fee_payer(), account);
    // The account's own key isn't the session's.
    assert!(acting.sign(&secret(7)).check(chain).is_err());
    let mut moved = signed;
    moved.transaction.signer = Signer::Session(SessionKey {
        account: AccountKey::from(&secret(8)).address(),
        key: secret(3).public_key(),
    });
    assert!(moved.check(chain).is_err());
}

#[test]
fn signers_are_encoded_as_account_keys_were() {
    let key = AccountKey::from(&secret(3));
    let signer = Signer::from(key);
    assert_eq!(codec::encode(&signer), codec::encode(&key));
    assert_eq!(
        serde_json::to_value(signer).unwrap(),
        serde_json::to_value(key).unwrap()
    );
    let session = Signer::Session(SessionKey {
        account: key.address(),
        key: secret(4).public_key(),
    });
    let bytes = codec::encode(&session);
    assert_eq!((bytes[0], bytes.len()), (1, 65));
    assert_eq!(codec::decode::<Signer>(&bytes, 65), Ok(session));
    assert!(codec::decode::<AccountKey>(&bytes, 65).is_err());
    let json = serde_json::to_string(&session).unwrap();
    assert_eq!(serde_json::from_str::<Signer>(&json).unwrap(), session);
}
