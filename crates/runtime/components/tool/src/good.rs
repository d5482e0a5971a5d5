//! Useful things.

use std::collections::BTreeMap;

use crate::{create, root, say};

/// Counts the words of standard input; the counts go to standard output and to the file `words`.
pub(crate) fn count() {
    let input = wasip2::cli::stdin::get_stdin();
    let mut text = Vec::new();
    while let Ok(piece) = input.blocking_read(65536) {
        text.extend(piece);
    }
    let text = String::from_utf8_lossy(&text).into_owned();
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for word in text.split_whitespace() {
        *counts.entry(word).or_default() += 1;
    }
    let lines: String = counts.iter().map(|(word, count)| format!("{word} {count}\n")).collect();
    if let Ok(file) = create("words") {
        let _ = file.write(lines.as_bytes(), 0);
    }
    say(&lines);
}

/// Looks at everything that could differ between two runs, and writes it down.
pub(crate) fn all() {
    let mut text = String::new();
    let wall = wasip2::clocks::wall_clock::now();
    text += &format!("wall {}.{}\n", wall.seconds, wall.nanoseconds);
    text += &format!("monotonic {}\n", wasip2::clocks::monotonic_clock::now());
    wasip2::clocks::monotonic_clock::subscribe_duration(3_000_000_000).block();
    text += &format!("later {}\n", wasip2::clocks::monotonic_clock::now());
    text += &format!("random {:?}\n", wasip2::random::random::get_random_bytes(16));
    text += &format!("insecure {:?}\n", wasip2::random::insecure::get_insecure_random_bytes(16));
    text += &format!("seed {:?}\n", wasip2::random::insecure_seed::insecure_seed());
    for name in ["z", "a", "m", "b", "y"] {
        let file = create(name).expect("a small file");
        let _ = file.write(name.as_bytes(), 0);
        let stat = file.stat().expect("it is there");
        let changed = stat.data_modification_timestamp.map(|time| (time.seconds, time.nanoseconds));
        let hash = file.metadata_hash().map(|hash| (hash.lower, hash.upper));
        text += &format!("file {name} {} {changed:?} {hash:?}\n", stat.size);
    }
    let list = root().read_directory().expect("the root is a folder");
    while let Ok(Some(entry)) = list.read_directory_entry() {
        text += &format!("entry {}\n", entry.name);
    }
    say(&text);
}

/// Bits of floats that are no number, which processors choose differently.
pub(crate) fn floats() {
    let zero = std::hint::black_box(0.0_f64);
    let one = std::hint::black_box(f64::INFINITY);
    let values = [zero / zero, one - one, one * zero, (-one).sqrt(), -(zero / zero)];
    let bits: String = values.iter().map(|value| format!("{:016x}\n", value.to_bits())).collect();
    say(&bits);
}

/// What is told from outside.
pub(crate) fn environment() {
    say(&format!("{:?}\n", wasip2::cli::environment::get_arguments()));
    say(&format!("{:?}\n", wasip2::cli::environment::get_environment()));
}
