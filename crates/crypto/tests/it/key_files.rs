//! Sealing keys and keeping them in files.

use lilliput_crypto::{KdfParams, KeyFile, KeyFileError, SecretKey, private_file};

const QUICK: KdfParams = KdfParams {
    memory_kib: 8,
    passes: 1,
    lanes: 1,
};

fn sealed() -> KeyFile {
    let secret = SecretKey::from_seed([7; 32]);
    KeyFile::seal(&secret, b"open sesame", QUICK, [1; 16], [2; 24]).unwrap()
}

#[test]
fn a_sealed_key_opens_with_its_passphrase_only() {
    let file = KeyFile::from_json(sealed().to_json().as_bytes()).unwrap();
    assert_eq!(file.open(b"open sesame").unwrap().seed(), &[7; 32]);
    assert_eq!(
        file.open(b"open sesami").unwrap_err(),
        KeyFileError::Refused
    );
}

#[test]
fn every_changed_hex_digit_is_refused() {
    let json = sealed().to_json();
    for (at, byte) in json.bytes().enumerate() {
        if !byte.is_ascii_hexdigit() {
            continue;
        }
        let mut changed = json.clone().into_bytes();
        changed[at] = if byte == b'1' { b'2' } else { b'1' };
        if changed == json.as_bytes() {
            continue;
        }
        let opened = KeyFile::from_json(&changed).and_then(|file| file.open(b"open sesame"));
        assert!(opened.is_err(), "digit {at} changed and the file opened");
    }
}

#[test]
fn a_key_file_cannot_ask_for_unbounded_memory_or_time() {
    for (field, value) in [("memory_kib", "8"), ("passes", "1"), ("lanes", "1")] {
        let json = sealed().to_json().replace(
            &format!("\"{field}\": {value}"),
            &format!("\"{field}\": 4000000000"),
        );
        let error = KeyFile::from_json(json.as_bytes()).unwrap_err();
        assert!(
            matches!(error, KeyFileError::Parameters(_)),
            "{field}: {error}"
        );
    }
}

#[test]
fn a_key_file_that_is_too_long_is_refused() {
    let error = KeyFile::from_json(&vec![b' '; 5000]).unwrap_err();
    assert!(matches!(error, KeyFileError::Malformed(_)));
}

#[test]
fn a_created_file_is_private_and_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.json");
    private_file::create(&path, b"first").unwrap();
    assert!(private_file::create(&path, b"second").is_err());
    assert_eq!(private_file::read(&path, 100).unwrap(), b"first");
    private_file::replace(&path, b"third").unwrap();
    assert_eq!(private_file::read(&path, 100).unwrap(), b"third");
    assert!(private_file::read(&path, 4).is_err());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.json");
    private_file::create(&path, b"secret").unwrap();
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let error = private_file::read(&path, 100).unwrap_err();
    assert!(error.to_string().contains("open to other users"));
}
