//! The README promises nothing that doesn't run.

use std::path::Path;
use std::process::Command;

use crate::world::lilliput;

/// The commands in the second column of the table of systems.
fn commands(readme: &str) -> Vec<String> {
    let (_, table) = readme
        .split_once("| the source's system | our command | status |")
        .unwrap();
    table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .filter_map(|line| line.split('|').nth(2))
        .filter_map(|cell| cell.trim().strip_prefix('`')?.strip_suffix('`'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_command_of_the_table_of_systems_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let mut commands = commands(&readme);
    assert!(commands.len() >= 8, "{commands:?}");
    commands.sort();
    commands.dedup();
    for line in commands {
        let arguments = line.strip_prefix("lilliput").unwrap().split_whitespace();
        let mut command: Command = lilliput();
        let output = command.args(arguments).current_dir(&root).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line}\n{stderr}");
        assert!(!output.stdout.is_empty(), "{line}");
    }
}
