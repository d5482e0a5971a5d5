//! One table for each question.

use super::numbers::{kib, short, spread, whole};
use crate::bench::ezkl::Proven;
use crate::bench::measure::Usage;
use crate::bench::ours::Ours;
use crate::bench::prover::Row;
use crate::bench::work::{AIM_PARAMETERS_MAX, AIM_PROOF_KIB, AIM_TIMES, AIM_VERIFY_MS, Aim, Peer};

/// Columns that a cell can't be filled for.
const NOTHING: &str = "—";

const HEAD_LINES: usize = 2;

struct Table(Vec<String>);

impl Table {
    fn new(columns: &[&str]) -> Self {
        let line = format!("|{}", "---|".repeat(columns.len()));
        Self(vec![format!("| {} |", columns.join(" | ")), line])
    }

    fn row(&mut self, cells: &[String]) {
        self.0.push(format!("| {} |", cells.join(" | ")));
    }

    /// With a sentence below.
    fn with(self, sentence: Option<String>) -> String {
        let parts = [Some(self.text()), sentence];
        parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
    }

    /// Nothing, if there is no row.
    fn text(self) -> String {
        if self.0.len() == HEAD_LINES {
            return String::new();
        }
        self.0.join("\n")
    }
}

/// What proving takes, what was aimed at, and what the peer takes.
pub(super) fn prove(rows: &[Row]) -> String {
    let mut table = Table::new(&[
        "work",
        "aim",
        "CPU seconds",
        "memory, MB",
        "aim reached",
        "EZKL, CPU seconds",
        "EZKL, memory, MB",
        "EZKL's CPU over ours",
    ]);
    for row in rows {
        let (Ok(ours), Some(aim)) = (&row.ours, row.work.aim) else {
            continue;
        };
        let usage = &ours.prove;
        let mut cells = vec![
            row.work.title.to_owned(),
            format!("{} s, {} MB", short(aim.cpu_seconds), whole(aim.memory_mb)),
            spread(usage.cpu_seconds),
            whole(usage.memory_mb.median),
            reached(ours, aim),
        ];
        cells.extend(peer_cells(row, rows, usage.cpu_seconds.median));
        table.row(&cells);
    }
    table.text()
}

fn reached(ours: &Ours, aim: Aim) -> String {
    let (cpu, memory) = (ours.prove.cpu_seconds.median, ours.prove.memory_mb.median);
    match (cpu <= aim.cpu_seconds, memory <= aim.memory_mb) {
        (true, true) if cpu <= aim.moonshot_cpu_seconds => {
            format!("yes, and {} s", short(aim.moonshot_cpu_seconds))
        }
        (true, true) => "yes".into(),
        (true, false) => "CPU only".into(),
        (false, true) => "memory only".into(),
        (false, false) => "no".into(),
    }
}

/// CPU seconds, memory and ratio of the peer: measured, or extrapolated and said so.
fn peer_cells(row: &Row, rows: &[Row], our_cpu_seconds: f64) -> [String; 3] {
    let ratio = |cpu_seconds: f64| format!("{} x", whole(cpu_seconds / our_cpu_seconds));
    if let Some(ezkl) = &row.ezkl {
        let Some(proven) = &ezkl.proven else {
            let setup = whole(ezkl.setup.memory_mb);
            return [
                "ran out of memory".to_owned(),
                format!("more than there is; set-up {setup}"),
                NOTHING.to_owned(),
            ];
        };
        let usage = proven.prove;
        return [
            short(usage.cpu_seconds),
            whole(usage.memory_mb),
            ratio(usage.cpu_seconds),
        ];
    }
    if let Some((usage, from)) = extrapolated(row, rows) {
        return [
            format!(
                "about {}, extrapolated from {from}",
                short(usage.cpu_seconds)
            ),
            format!("about {}: more than there is", whole(usage.memory_mb)),
            format!("about {}", ratio(usage.cpu_seconds)),
        ];
    }
    [NOTHING, NOTHING, NOTHING].map(str::to_owned)
}

/// The peer's figures on a smaller model, times the ratio of parameters.
fn extrapolated(row: &Row, rows: &[Row]) -> Option<(Usage, &'static str)> {
    let Peer::ExtrapolatedFrom(name) = row.work.peer else {
        return None;
    };
    let smaller = rows.iter().find(|other| other.work.name == name)?;
    let (ours, base) = (row.ours.as_ref().ok()?, smaller.ours.as_ref().ok()?);
    let factor = ours.parameters as f64 / base.parameters as f64;
    let usage = smaller.ezkl.as_ref()?.proven.as_ref()?.prove;
    let larger = Usage {
        wall_seconds: usage.wall_seconds * factor,
        cpu_seconds: usage.cpu_seconds * factor,
        memory_mb: usage.memory_mb * factor,
    };
    Some((larger, smaller.work.title))
}

/// Import, proof and check of every model.
pub(super) fn steps(rows: &[Row]) -> String {
    let mut table = Table::new(&[
        "work",
        "parameters",
        "lookups",
        "import and set-up, CPU s",
        "MB",
        "prove, CPU s",
        "wall s",
        "MB",
        "verify key and proof, CPU s",
        "MB",
        "verify the proof, inside the process, ms",
        "key KiB",
        "proof KiB",
        "prover's files, MB",
        "bits",
    ]);
    for row in rows {
        let Ok(ours) = &row.ours else { continue };
        table.row(&[
            row.work.title.to_owned(),
            whole(ours.parameters as f64),
            whole(ours.lookups as f64),
            spread(ours.import.cpu_seconds),
            whole(ours.import.memory_mb.median),
            spread(ours.prove.cpu_seconds),
            short(ours.prove.wall_seconds.median),
            whole(ours.prove.memory_mb.median),
            spread(ours.verify.cpu_seconds),
            whole(ours.verify.memory_mb.median),
            spread(ours.check_ms),
            kib(ours.key_bytes),
            kib(ours.proof_bytes),
            short(ours.kept_bytes as f64 / 1e6),
            format!("{:.1}", ours.security_bits),
        ]);
    }
    table.with(worst_check(rows))
}

/// The aims for verifying.
fn worst_check(rows: &[Row]) -> Option<String> {
    let aimed = aimed(rows).filter(|(_, ours)| ours.parameters <= AIM_PARAMETERS_MAX);
    let worst = aimed.map(|(_, ours)| (ours.check_ms.median, ours.proof_bytes as f64 / 1024.0));
    let (check_ms, kib) = worst.reduce(|left, right| (left.0.max(right.0), left.1.max(right.1)))?;
    Some(format!(
        "Slowest check of a proof among the rows with an aim, up to 4.2 M parameters: {} ms (aim: {} ms). Largest proof: \
         {} KiB (aim: {} KiB).",
        short(check_ms),
        whole(AIM_VERIFY_MS),
        short(kib),
        whole(AIM_PROOF_KIB)
    ))
}

/// Measured rows of the first table.
fn aimed(rows: &[Row]) -> impl Iterator<Item = (&Row, &Ours)> {
    let aimed = rows.iter().filter(|row| row.work.aim.is_some());
    aimed.filter_map(|row| Some((row, row.ours.as_ref().ok()?)))
}

/// The same model and input, hidden and in the clear.
pub(super) fn hiding(rows: &[Row]) -> String {
    let mut table = Table::new(&[
        "work",
        "import, CPU s: hidden, open",
        "prove, CPU s: hidden, open",
        "",
        "prove, MB: hidden, open",
        "",
        "proof, KiB: hidden, open",
        "",
        "verify, ms: hidden, open",
    ]);
    for row in rows {
        let (Ok(hidden), Ok(open)) = (&row.ours, &row.open) else {
            continue;
        };
        let figure = |figure: fn(&Ours) -> f64| (figure(hidden), figure(open));
        let both = |(hidden, open)| format!("{}, {}", short(hidden), short(open));
        let times = |(hidden, open): (f64, f64)| format!("{:.2} x", hidden / open);
        let cpu = figure(|ours| ours.prove.cpu_seconds.median);
        let memory = figure(|ours| ours.prove.memory_mb.median);
        let size = figure(|ours| ours.proof_bytes as f64 / 1024.0);
        table.row(&[
            row.work.title.to_owned(),
            both(figure(|ours| ours.import.cpu_seconds.median)),
            both(cpu),
            times(cpu),
            both(memory),
            times(memory),
            both(size),
            times(size),
            both(figure(|ours| ours.check_ms.median)),
        ]);
    }
    table.text()
}

/// A proof's cost over that of a plain run.
pub(super) fn runtime(rows: &[Row]) -> String {
    let mut table = Table::new(&[
        "work",
        "onnxruntime, one run on one thread, CPU ms",
        "with the threads it chooses, CPU ms",
        "prove, CPU over onnxruntime's on one thread",
        "with its threads",
        "largest difference of the proven output from onnxruntime's, of its range",
    ]);
    for row in rows {
        let (Ok(ours), Some(runtime)) = (&row.ours, &row.runtime) else {
            continue;
        };
        let ratio = |cpu_ms| format!("{} x", whole(times(ours, cpu_ms)));
        let difference = runtime.difference(&ours.output);
        table.row(&[
            row.work.title.to_owned(),
            format!("{:.4}", runtime.cpu_ms),
            format!("{:.4}", runtime.threaded_cpu_ms),
            ratio(runtime.cpu_ms),
            ratio(runtime.threaded_cpu_ms),
            difference.map_or(NOTHING.into(), |share| format!("{:.2} %", share * 100.0)),
        ]);
    }
    table.with(worst_ratio(rows))
}

/// Proving over one run.
fn times(ours: &Ours, cpu_ms: f64) -> f64 {
    ours.prove.cpu_seconds.median * 1e3 / cpu_ms
}

fn worst_ratio(rows: &[Row]) -> Option<String> {
    let with_runtime = aimed(rows).filter_map(|(row, ours)| Some((ours, row.runtime.as_ref()?)));
    let ratios = with_runtime.map(|(ours, runtime)| {
        (
            times(ours, runtime.cpu_ms),
            times(ours, runtime.threaded_cpu_ms),
        )
    });
    let (alone, threaded) =
        ratios.reduce(|left, right| (left.0.max(right.0), left.1.max(right.1)))?;
    Some(format!(
        "Worst of the rows with an aim: {} x on one thread, {} x with its threads (aim: {} x).",
        whole(alone),
        whole(threaded),
        whole(AIM_TIMES)
    ))
}

/// The peer's figures in full.
pub(super) fn ezkl(rows: &[Row]) -> String {
    let mut table = Table::new(&[
        "work",
        "settings, CPU s",
        "set-up, CPU s",
        "MB",
        "prove, CPU s",
        "wall s",
        "MB",
        "verify, CPU s",
        "inside the process, ms",
        "rows",
        "proving key MB",
        "verifying key KiB",
        "proof KiB",
        "measured",
    ]);
    for row in rows {
        let Some(ezkl) = &row.ezkl else { continue };
        let proven = |figure: fn(&Proven) -> String| {
            let proven = ezkl.proven.as_ref().map(figure);
            proven.unwrap_or_else(|| "out of memory".to_owned())
        };
        table.row(&[
            row.work.title.to_owned(),
            short(ezkl.settings.cpu_seconds),
            short(ezkl.setup.cpu_seconds),
            whole(ezkl.setup.memory_mb),
            proven(|own| short(own.prove.cpu_seconds)),
            proven(|own| short(own.prove.wall_seconds)),
            proven(|own| whole(own.prove.memory_mb)),
            proven(|own| short(own.verify.cpu_seconds)),
            proven(|own| short(own.check_ms)),
            format!("2^{}", ezkl.logrows),
            whole(ezkl.proving_key_bytes as f64 / 1e6),
            kib(ezkl.verifying_key_bytes),
            proven(|own| kib(own.proof_bytes)),
            format!("{}, {}", ezkl.date, ezkl.machine),
        ]);
    }
    table.text()
}

/// Models that couldn't be measured, and why.
pub(super) fn failures(rows: &[Row]) -> String {
    let lines = rows.iter().filter_map(|row| {
        let error = row.ours.as_ref().err().or(row.open.as_ref().err())?;
        let reason = format!("{error:#}");
        // Paths say nothing to a reader.
        let folder = row.folder.display().to_string();
        let reason = reason.replace(&format!("{folder}/"), "");
        Some(format!("- {}: {reason}", row.work.title))
    });
    lines.collect::<Vec<_>>().join("\n")
}
