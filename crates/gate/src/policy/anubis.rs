//! Policies of Anubis, written anew as policies of ours.
//!
//! What can't be said in ours is a problem, with file and line; with [`Missing::LeaveOut`] the rule
//! it stands in is left out, and said so. Settings that decide nothing are left out as notes.

mod bot;
mod tree;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use self::tree::{Node, Value};
use super::place::{Place, Problem, Problems};

/// Most files that are imported, each within the next.
const IMPORT_DEPTH_MAX: usize = 8;
/// Most files in all.
const FILES_MAX: usize = 512;
/// Settings on top of the file that decide nothing about a request.
const SETTINGS: [&str; 10] = [
    "openGraph",
    "impressum",
    "status_codes",
    "store",
    "logging",
    "metrics",
    "dns_ttl",
    "dns",
    "geoip_files",
    "ogtags",
];
/// What Anubis does where a policy has no thresholds.
const THRESHOLDS: &str = "\
- {name: legacy-anubis-behaviour, expression: weight > 0, action: CHALLENGE, challenge: {algorithm: fast, difficulty: 4}}
";

/// What happens with what can't be translated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The import fails.
    Refuse,
    /// The rule is left out.
    LeaveOut,
}

/// A policy that was translated.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The policy, in TOML.
    pub text: String,
    /// What was left out.
    pub left_out: Vec<Problem>,
    /// Settings that have no meaning here.
    pub notes: Vec<Problem>,
}

/// How files are read that a policy imports: by a path, with at most that many bytes.
pub type Open<'a> = &'a dyn Fn(&Path) -> Result<String, String>;

/// Translates a policy of Anubis. `data` is Anubis' folder of snippets, for imports of `(data)/…`.
///
/// # Errors
/// With everything that can't be translated, unless it is to be left out.
pub fn import(
    file: &Path,
    data: Option<&Path>,
    missing: Missing,
    open: Open<'_>,
) -> Result<Imported, Problems> {
    let mut importer = Importer {
        data,
        open,
        problems: Vec::new(),
        notes: Vec::new(),
        bots: Vec::new(),
        thresholds: Vec::new(),
        files: 0,
    };
    importer.main(file);
    let Importer {
        problems,
        notes,
        bots,
        thresholds,
        ..
    } = importer;
    let fatal = missing == Missing::Refuse || bots.is_empty();
    if fatal && !problems.is_empty() {
        return Err(Problems(problems));
    }
    Ok(Imported {
        text: written(file, &bots, &thresholds, &problems),
        left_out: problems,
        notes,
    })
}

fn written(file: &Path, bots: &[String], thresholds: &[String], left_out: &[Problem]) -> String {
    let mut text = String::new();
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    // A String takes everything that is written to it.
    let _ = writeln!(text, "# Made from the Anubis policy {name}.");
    for problem in left_out {
        let _ = writeln!(
            text,
            "# Left out: {}",
            problem.to_string().replace('\n', " ")
        );
    }
    text.push_str("\nversion = 1\n# An imported policy exempts what its rules allow, and nothing else.\nexempt = []\n");
    for part in bots.iter().chain(thresholds) {
        text.push('\n');
        text.push_str(part);
    }
    text
}

struct Importer<'a> {
    data: Option<&'a Path>,
    open: Open<'a>,
    problems: Vec<Problem>,
    notes: Vec<Problem>,
    bots: Vec<String>,
    thresholds: Vec<String>,
    files: usize,
}

impl Importer<'_> {
    fn problem(&mut self, file: &Path, place: Place, message: impl Into<String>) {
        self.problems.push(Problem {
            file: file.display().to_string(),
            place,
            message: message.into(),
        });
    }

    fn load(&mut self, file: &Path, from: Option<(&Path, Place)>) -> Option<Node> {
        let (at, place) = from.unwrap_or((file, Place { line: 1, column: 1 }));
        self.files += 1;
        if self.files > FILES_MAX {
            self.problem(
                at,
                place,
                format!("a policy imports at most {FILES_MAX} files"),
            );
            return None;
        }
        let text = match (self.open)(file) {
            Ok(text) => text,
            Err(error) => {
                self.problem(
                    at,
                    place,
                    format!("failed to read {}: {error}", file.display()),
                );
                return None;
            }
        };
        match tree::load(&text) {
            Ok(node) => Some(node),
            Err((place, message)) => {
                self.problem(file, place, message);
                None
            }
        }
    }

    fn main(&mut self, file: &Path) {
        let Some(root) = self.load(file, None) else {
            return;
        };
        let Some(entries) = root.entries() else {
            self.problem(
                file,
                root.place,
                "a policy of Anubis is a mapping with `bots`",
            );
            return;
        };
        for (key, place, value) in entries {
            match key.as_str() {
                "bots" => self.list(file, value, 0),
                "thresholds" => self.threshold_list(file, value),
                "dnsbl" if value.text() == Some("false") => {}
                "dnsbl" => self.problem(
                    file,
                    *place,
                    "`dnsbl` asks a name server about each visitor, which the gate doesn't",
                ),
                known if SETTINGS.contains(&known) => self.notes.push(Problem {
                    file: file.display().to_string(),
                    place: *place,
                    message: format!(
                        "`{known}` decides nothing about a request and has no meaning here"
                    ),
                }),
                _ => self.problem(file, *place, format!("`{key}` isn't known here")),
            }
        }
        if root.get("bots").is_none() {
            self.problem(file, root.place, "a policy of Anubis has to have `bots`");
        }
        if root.get("thresholds").is_none()
            && let Ok(node) = tree::load(THRESHOLDS)
        {
            self.threshold_list(file, &node);
        }
    }

    fn list(&mut self, file: &Path, node: &Node, depth: usize) {
        let Some(list) = node.list() else {
            self.problem(file, node.place, "a list of rules has to stand here");
            return;
        };
        for one in list {
            match one.get("import") {
                Some(import) => self.import(file, one, import, depth),
                None => match bot::rule(one, self.bots.len()) {
                    Ok(mut text) => {
                        text.insert_str(0, &format!("# {}, {}\n", file.display(), one.place));
                        self.bots.push(text);
                    }
                    Err(found) => {
                        for (place, message) in found {
                            self.problem(file, place, message);
                        }
                    }
                },
            }
        }
    }

    fn import(&mut self, file: &Path, one: &Node, import: &Node, depth: usize) {
        if one.entries().is_some_and(|entries| entries.len() > 1) {
            self.problem(
                file,
                one.place,
                "a rule has either `import` or its own keys",
            );
            return;
        }
        if depth >= IMPORT_DEPTH_MAX {
            self.problem(
                file,
                import.place,
                format!("files import each other at most {IMPORT_DEPTH_MAX} deep"),
            );
            return;
        }
        let Some(written) = import.text() else {
            self.problem(file, import.place, "`import` has to name a file");
            return;
        };
        let Some(path) = self.place_of(file, import.place, written) else {
            return;
        };
        if let Some(node) = self.load(&path, Some((file, import.place))) {
            self.list(&path, &node, depth + 1);
        }
    }

    fn place_of(&mut self, file: &Path, place: Place, written: &str) -> Option<PathBuf> {
        let Some(inside) = written.strip_prefix("(data)/") else {
            let beside = file.parent().unwrap_or(Path::new("."));
            return Some(beside.join(written));
        };
        let outside = Path::new(inside)
            .components()
            .any(|part| !matches!(part, std::path::Component::Normal(_)));
        match self.data {
            Some(data) if !outside => Some(data.join(inside)),
            Some(_) => {
                self.problem(
                    file,
                    place,
                    format!("`{written}` leads out of Anubis' data folder"),
                );
                None
            }
            None => {
                self.problem(
                    file,
                    place,
                    format!("`{written}` is in Anubis' data folder; say where that is"),
                );
                None
            }
        }
    }

    fn threshold_list(&mut self, file: &Path, node: &Node) {
        let Value::List(list) = &node.value else {
            self.problem(file, node.place, "`thresholds` has to be a list");
            return;
        };
        for one in list {
            match bot::threshold(one) {
                Ok(text) => self.thresholds.push(text),
                Err(found) => {
                    for (place, message) in found {
                        self.problem(file, place, message);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
