//! Seeded damage to sound files: whatever comes out is read or refused, and reading it again gives
//! the same.

use lilliput_sdl::read;

use crate::sample::SAMPLE;

const SEEDS: u64 = 6_000;
const PIECES: [&str; 24] = [
    "- ",
    ": ",
    "\n",
    "  ",
    "[",
    "]",
    "{",
    "}",
    "&a ",
    "*a",
    "<<: *a",
    "!!str ",
    "|\n",
    ">\n",
    "\"",
    "'",
    "#",
    "%",
    "---\n",
    "~",
    "9999999999999999999999",
    "\u{202e}",
    "\t",
    "? ",
];

/// SplitMix64, so that each seed is the same file on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

fn damage(text: &str, random: &mut Random) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=random.below(3) {
        let at = random.below(bytes.len());
        let end = (at + random.below(40)).min(bytes.len());
        match random.below(6) {
            0 => {
                // Another character of the file, or any byte.
                let other = bytes[random.below(bytes.len())];
                bytes[at] = if random.below(4) == 0 {
                    random.next() as u8
                } else {
                    other
                };
            }
            1 => drop(bytes.drain(at..end)),
            2 => {
                let piece = PIECES[random.below(PIECES.len())].bytes();
                bytes.splice(at..at, piece);
            }
            3 => {
                let copy: Vec<u8> = bytes[at..end].to_vec();
                let to = random.below(bytes.len());
                bytes.splice(to..to, copy);
            }
            4 => {
                // A whole line somewhere else, at another depth.
                let lines: Vec<&str> = text.lines().collect();
                let line = lines[random.below(lines.len())];
                let indented = format!("\n{}{}\n", " ".repeat(random.below(12)), line.trim());
                bytes.splice(at..at, indented.into_bytes());
            }
            _ => bytes.truncate(at.max(1)),
        }
    }
    bytes
}

fn check(bytes: &[u8], seed: u64) -> bool {
    let first = read(bytes);
    match (&first, &read(bytes)) {
        (Ok(sdl), Ok(again)) => {
            assert_eq!(sdl.groups(), again.groups(), "seed {seed}");
            assert_eq!(sdl.manifest(), again.manifest(), "seed {seed}");
            assert!(serde_json::to_vec(&sdl.manifest()).is_ok(), "seed {seed}");
        }
        (Err(refusal), Err(again)) => {
            assert_eq!(refusal, again, "seed {seed}");
            assert!(!refusal.problems().is_empty(), "seed {seed}");
            let text = refusal.to_string();
            assert!(
                text.chars().all(|c| c == '\n' || !c.is_control()),
                "seed {seed}: {text:?}"
            );
        }
        _ => panic!("seed {seed} was read once and refused once"),
    }
    first.is_ok()
}

#[test]
fn damaged_files_are_read_or_refused() {
    let mut accepted = 0;
    for seed in 0..SEEDS {
        let bytes = damage(SAMPLE, &mut Random(seed));
        accepted += u64::from(check(&bytes, seed));
    }
    // Damage in a value often leaves a sound file; both ways must have been taken.
    assert!((50..SEEDS - 50).contains(&accepted), "{accepted}");
}

#[test]
fn random_structure_is_read_or_refused() {
    for seed in 0..SEEDS {
        let mut random = Random(seed ^ 0xdead_beef);
        let mut text = String::new();
        for _ in 0..random.below(200) {
            text.push_str(PIECES[random.below(PIECES.len())]);
            if random.below(3) == 0 {
                text.push_str(["a", "services", "image", "version", "2.0"][random.below(5)]);
            }
        }
        check(text.as_bytes(), seed);
    }
}
