//! The text of every command's help.

use crate::world::{run, text};

fn help(arguments: &[&str]) -> String {
    let mut all = arguments.to_vec();
    all.push("--help");
    let output = run(&all);
    assert!(output.status.success());
    text(&output.stdout)
}

/// Every command whose help is published, in the order in which it stands there.
const COMMANDS: &[&[&str]] = &[
    &[],
    &["up"],
    &["demo"],
    &["ask"],
    &["explain"],
    &["model"],
    &["model", "import"],
    &["model", "check"],
    &["model", "publish"],
    &["model", "list"],
    &["model", "show"],
    &["model", "audit"],
    &["model", "share"],
    &["model", "rotate"],
    &["model", "succeed"],
    &["model", "link"],
    &["prove"],
    &["verify"],
    &["provider"],
    &["account"],
    &["account", "new"],
    &["tx"],
    &["status"],
    &["completions"],
    &["subnet"],
    &["subnet", "open"],
    &["subnet", "list"],
    &["subnet", "show"],
    &["subnet", "set"],
    &["subnet", "close"],
    &["subnet", "register"],
    &["subnet", "match"],
    &["subnet", "endpoint"],
    &["subnet", "link"],
    &["subnet", "stake"],
    &["subnet", "unstake"],
    &["subnet", "commit"],
    &["subnet", "reveal"],
    &["subnet", "audit"],
    &["subnet", "mine"],
    &["subnet", "validate"],
    &["subnet", "demo"],
    &["stake"],
    &["stake", "add"],
    &["stake", "remove"],
    &["stake", "collect"],
    &["stake", "take"],
    &["stake", "show"],
    &["tournament"],
    &["tournament", "open"],
    &["tournament", "round"],
    &["tournament", "list"],
    &["tournament", "show"],
    &["tournament", "data"],
    &["tournament", "enter"],
    &["tournament", "back"],
    &["tournament", "reveal"],
    &["tournament", "targets"],
    &["tournament", "check"],
    &["tournament", "withdraw"],
    &["tournament", "score"],
    &["prices"],
    &["prices", "feed"],
    &["prices", "feed", "open"],
    &["prices", "feed", "list"],
    &["prices", "feed", "show"],
    &["prices", "feed", "stake"],
    &["prices", "feed", "report"],
    &["prices", "feed", "leave"],
    &["prices", "feed", "close"],
    &["prices", "contest"],
    &["prices", "contest", "open"],
    &["prices", "contest", "list"],
    &["prices", "contest", "show"],
    &["prices", "contest", "enter"],
    &["prices", "contest", "fund"],
    &["prices", "contest", "signal"],
    &["prices", "contest", "reveal"],
    &["prices", "contest", "check"],
    &["prices", "replay"],
    &["deploy"],
    &["deploy", "check"],
    &["deploy", "manifest"],
    &["deploy", "groups"],
    &["deploy", "create"],
    &["deploy", "list"],
    &["deploy", "show"],
    &["deploy", "choose"],
    &["deploy", "close"],
    &["bid"],
    &["bid", "orders"],
    &["bid", "place"],
    &["bid", "seal"],
    &["bid", "reveal"],
    &["bid", "retract"],
    &["bid", "decline"],
    &["lease"],
    &["lease", "list"],
    &["lease", "show"],
    &["lease", "top-up"],
    &["lease", "settle"],
    &["lease", "leave"],
    &["lease", "reclaim"],
    &["lease", "rebid"],
    &["lease", "commit"],
    &["lease", "reveal"],
    &["price"],
    &["price", "index"],
    &["price", "history"],
    &["price", "depth"],
    &["price", "quote"],
    &["provider", "register"],
    &["provider", "describe"],
    &["provider", "show"],
    &["provider", "audit"],
    &["provider", "revoke"],
    &["provider", "pool"],
    &["provider", "beat"],
    &["provider", "economics"],
];

#[test]
fn the_help_of_every_command_is_as_published() {
    let all: Vec<String> = COMMANDS
        .iter()
        .map(|command| format!("$ lilliput {} --help\n{}", command.join(" "), help(command)))
        .collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn completions_exist_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = run(&["completions", shell]);
        assert!(output.status.success());
        assert!(text(&output.stdout).contains("lilliput"), "{shell}");
    }
}

#[test]
fn wrong_use_is_exit_code_2_and_still_one_json_object() {
    let output = run(&["prove", "--json"]);
    assert_eq!(output.status.code(), Some(2));
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(value["error"]["code"], "bad_input");
    assert_eq!(run(&["no-such-command"]).status.code(), Some(2));
}
