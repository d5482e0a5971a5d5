use super::*;

fn readings(raw: &str) -> Vec<String> {
    Path::read(raw)
        .unwrap()
        .readings()
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_plain_path_is_left_alone() {
    for raw in ["/", "/a", "/a/b.html", "/a/", "/~user/x-y_z", "/a.b/c"] {
        assert_eq!(readings(raw), [raw]);
    }
}

#[test]
fn tricks_are_read_as_a_server_would_read_them() {
    let cases: [(&str, &[&str]); 14] = [
        ("/public/../admin", &["/admin"]),
        ("/public/%2e%2e/admin", &["/admin"]),
        ("/public/.%2E/admin", &["/admin"]),
        ("/public/..%2fadmin", &["/public/..%2Fadmin", "/admin"]),
        (
            "/public/%252e%252e/admin",
            &["/public/%252e%252e/admin", "/admin"],
        ),
        ("/public/..%255cadmin", &["/public/..%255cadmin", "/admin"]),
        ("/public/..;/admin", &["/public/..;/admin", "/admin"]),
        ("//admin", &["//admin", "/admin"]),
        ("/a//b", &["/a//b", "/a/b"]),
        ("/./admin", &["/admin"]),
        ("/%61dmin", &["/admin"]),
        ("/a\\..\\admin", &["/a\\..\\admin", "/admin"]),
        ("/group%2fproject", &["/group%2Fproject", "/group/project"]),
        ("/caf%c3%a9", &["/caf%C3%A9", "/café"]),
    ];
    for (raw, expected) in cases {
        // `%252e` is sent on as it came, in capitals where it is decoded once.
        let found: Vec<String> = readings(raw);
        let same = |left: &str, right: &str| left.eq_ignore_ascii_case(right);
        assert_eq!(found.len(), expected.len(), "{raw}: {found:?}");
        assert!(
            found
                .iter()
                .zip(expected)
                .all(|(left, right)| same(left, right)),
            "{raw}: {found:?}"
        );
    }
}

#[test]
fn what_no_client_sends_is_refused() {
    let cases = [
        ("admin", PathError::NotAbsolute),
        ("/a\u{e9}", PathError::RawByte),
        ("/a b", PathError::RawByte),
        ("/%", PathError::HalfEncoded),
        ("/%2", PathError::HalfEncoded),
        ("/%zz", PathError::HalfEncoded),
        ("/%00", PathError::Control),
        ("/%0d%0aX: y", PathError::RawByte),
        ("/%0d%0aX:y", PathError::Control),
        ("/%250a", PathError::Control),
        ("/../etc/passwd", PathError::AboveRoot),
        ("/a/../../b", PathError::AboveRoot),
        ("/a/..%2f..%2fb", PathError::AboveRoot),
        ("/%2525252541", PathError::EncodedTooOften),
    ];
    for (raw, expected) in cases {
        assert_eq!(Path::read(raw), Err(expected), "{raw}");
    }
}

#[test]
fn a_path_that_is_too_long_is_refused() {
    let raw = format!("/{}", "a".repeat(TARGET_BYTES_MAX));
    assert_eq!(Path::read(&raw), Err(PathError::TooLong));
}
