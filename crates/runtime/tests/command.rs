//! The command itself. What it does is tested where its client is: `crates/workload/tests`.

use std::process::Command;

fn run(arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lilliput-runtime"));
    let output = command
        .args(arguments)
        .output()
        .expect("the binary was built");
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.code(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

#[test]
fn it_says_how_it_works_and_what_is_wrong() {
    assert!(run(&["--help"]).1.contains("serve --state FOLDER"));
    assert!(run(&["--version"]).1.contains("wasmtime"));
    for (arguments, reason) in [
        (&["fly"][..], "there is no \"fly\""),
        (&["serve"], "--state FOLDER"),
        (&["serve", "--state"], "needs a value"),
        (
            &["serve", "--state", "x", "--network", "nowhere"],
            "HOST:PORT",
        ),
        (&["compile"], "a path is missing"),
    ] {
        let (code, text) = run(arguments);
        assert_eq!(code, Some(2), "{text}");
        assert!(text.contains(reason), "{text}");
    }
}
