//! The document.

use std::fmt::Write;

use lilliput_fee::simulation::{Outcome, tariff};

use super::study::{COMPARED, Flood, Study, Sweep, median, most, percent, reached, served};

/// Hashes that one machine of the attackers makes in an hour.
const HASHES_PER_HOUR: f64 = 2_000_000.0 * 3_600.0;
const DOLLAR: f64 = 1_000_000.0;

pub(super) fn document(study: &Study) -> String {
    let mut text = String::new();
    // Writing into a text can't fail.
    let _ = write(&mut text, study);
    text
}

fn write(text: &mut String, study: &Study) -> std::fmt::Result {
    let settings = study.settings;
    writeln!(text, "# The fee level against floods\n")?;
    writeln!(
        text,
        "Made by `cargo xtask fee-controller`; nothing here is measured on a network, all of it is simulated in virtual time of one step a second"
    )?;
    writeln!(
        text,
        "(`crates/fee`), the same on every machine. {} seeds each; the middle one is shown, the worst where it says so.\n",
        study.seeds
    )?;
    writeln!(
        text,
        "The question: at which fee, and with it which difficulty of the proof of work, does the load of a site stay under a target? Nobody can say"
    )?;
    writeln!(
        text,
        "before, since it depends on what the others would pay; so a controller looks for it. After each window it takes the load, in thousandths of"
    )?;
    writeln!(text, "what the site bears:\n")?;
    writeln!(
        text,
        "- above {} + {}: the level rises by half of the relative excess, as the base fee of EIP-1559 rises by an eighth, at most to the fourfold; from off it",
        settings.target_permille, settings.band_permille
    )?;
    writeln!(text, "  goes to one;")?;
    writeln!(
        text,
        "- below {} - {}: it stays for {} windows, then falls by at most {} thousandths a window, and is off below one. Each time load comes back behind a fall the",
        settings.target_permille,
        settings.band_permille,
        settings.hold_windows,
        settings.fall_max_permille
    )?;
    writeln!(
        text,
        "  stay doubles, up to {} windows; long calm halves it;",
        settings.hold_max_windows
    )?;
    writeln!(text, "- between: nothing changes.\n")?;
    writeln!(
        text,
        "Humans with passes pay and work nothing at any level.\n"
    )?;
    writeln!(
        text,
        "![Load and level over time, and what budgets come to](figures/fee-controller.svg)\n"
    )?;
    setting(text)?;
    floods(text, study)?;
    sweep(text, &study.money)?;
    sweep(text, &study.machines)?;
    variants(text, study)?;
    limits(text, study)
}

fn setting(text: &mut String) -> std::fmt::Result {
    let tariff = tariff();
    writeln!(text, "## The site\n")?;
    writeln!(
        text,
        "It bears 1,000 requests/s. 200 a second come from humans with passes, 100 from 200 honest agents; each agent pays up to a price of its own, from"
    )?;
    writeln!(
        text,
        "0.01 cent to 40 cents a request, evenly by doublings, or works if a laptop of 250,000 hashes/s needs no more than 10 s. The attack begins after two minutes, lasts"
    )?;
    writeln!(
        text,
        "twenty, and wants 10,000 requests/s. At level 1 a request costs 0.01 cent or {} hashes.\n",
        tariff.hashes
    )
}

fn floods(text: &mut String, study: &Study) -> std::fmt::Result {
    writeln!(text, "## Floods\n")?;
    writeln!(
        text,
        "*Under the target after*: seconds from the beginning until load was at most target and band for ten seconds, of the worst seed. *Above*: how much of the time"
    )?;
    writeln!(
        text,
        "behind that it was above all the same, of the worst seed. *Level*: in the middle of the attack. *Humans*: how long 99 of 100 waited at most, and how many were lost, beside the"
    )?;
    writeln!(
        text,
        "same without a controller. *Honest*: served of what they wanted, and what a paid request cost on average. *Attackers*: what got in, and what it cost them.\n"
    )?;
    writeln!(
        text,
        "| flood | under the target after | above | level | humans: p99, lost | without: p99, lost | honest: served, paid a request | attackers: got in, spent |"
    )?;
    writeln!(text, "|---|---|---|---|---|---|---|---|")?;
    for flood in &study.floods {
        writeln!(text, "{}", row(flood))?;
    }
    writeln!(text)
}

fn row(flood: &Flood) -> String {
    let runs = &flood.controlled;
    if flood.scenario.attackers.is_empty() {
        let level = most(runs, |run| run.level_peak as f64) / 1_024.0;
        return format!(
            "| {}: {} | – | – | {level:.0} | never asked | – | all, nothing | – |",
            flood.scenario.name, flood.scenario.about
        );
    }
    let after = reached(runs).map_or("**never**".to_owned(), |after| format!("{after:.0} s"));
    let above = match reached(runs) {
        Some(_) => format!(
            "{:.1} %",
            most(runs, |run| run.above_permille as f64 / 10.0)
        ),
        None => "–".to_owned(),
    };
    format!(
        "| {}: {} | {after} | {above} | {} | {} | {} | {:.0} %, {} | {:.1} %, {} |",
        flood.scenario.name,
        flood.scenario.about,
        multiple(median(runs, |run| run.level_median as f64 / 1_024.0)),
        humans(runs),
        humans(std::slice::from_ref(&flood.bare)),
        median(runs, served),
        dollars(median(runs, price)),
        median(runs, |run| percent(
            run.attackers.sent,
            run.attackers.wanted
        )),
        burnt(runs),
    )
}

fn humans(runs: &[Outcome]) -> String {
    format!(
        "{:.0} ms, {:.1} %",
        median(runs, |run| run.humans.wait_p99_ms as f64),
        median(runs, |run| percent(run.humans.lost, run.humans.asked)),
    )
}

/// What honest agents paid for a request on average, where they paid.
fn price(run: &Outcome) -> f64 {
    run.honest.spent as f64 / DOLLAR / run.honest.paid.max(1) as f64
}

fn burnt(runs: &[Outcome]) -> String {
    let spent = median(runs, |run| run.attackers.spent as f64 / DOLLAR);
    let hours = median(runs, |run| run.attackers.hashes as f64 / HASHES_PER_HOUR);
    match (spent > 0.0, hours > 0.0) {
        (false, false) => "nothing".to_owned(),
        (true, false) => dollars(spent),
        (false, true) if hours < 10.0 => format!("{hours:.1} machine-hours"),
        (false, true) => format!("{} machine-hours", grouped(hours)),
        (true, true) => format!("{} and {} machine-hours", dollars(spent), grouped(hours)),
    }
}

fn sweep(text: &mut String, sweep: &Sweep) -> std::fmt::Result {
    writeln!(text, "## Budgets: {}\n", sweep.name)?;
    writeln!(
        text,
        "| budget | under the target after | level | a request costs | honest served | humans: p99, lost | attackers got in |"
    )?;
    writeln!(text, "|---|---|---|---|---|---|---|")?;
    for (budget, runs) in &sweep.points {
        writeln!(
            text,
            "| {} | {} | {} | {} | {:.0} % | {} | {:.1} % |",
            grouped(*budget as f64),
            reached(runs).map_or("**never**".to_owned(), |after| format!("{after:.0} s")),
            multiple(median(runs, |run| run.level_median as f64 / 1_024.0)),
            dollars(median(runs, |run| run.fee_median as f64 / DOLLAR)),
            median(runs, served),
            humans(runs),
            median(runs, |run| percent(
                run.attackers.sent,
                run.attackers.wanted
            )),
        )?;
    }
    writeln!(text)
}

fn variants(text: &mut String, study: &Study) -> std::fmt::Result {
    writeln!(text, "## Other settings\n")?;
    writeln!(
        text,
        "Under the target after how long in the worst seed; how much of the time above it behind that; how long 99 of 100 humans waited; honest requests served.\n"
    )?;
    writeln!(text, "| settings | {} |", COMPARED.join(" | "))?;
    writeln!(text, "|---{}|", "|---".repeat(COMPARED.len()))?;
    for variant in &study.variants {
        let cells = variant.floods.iter().map(|runs| {
            format!(
                "{}, {:.1} %, {:.0} ms, {:.0} %",
                reached(runs).map_or("never".to_owned(), |after| format!("{after:.0} s")),
                most(runs, |run| run.above_permille as f64 / 10.0),
                median(runs, |run| run.humans.wait_p99_ms as f64),
                median(runs, served),
            )
        });
        let cells: Vec<String> = cells.collect();
        writeln!(text, "| {} | {} |", variant.name, cells.join(" | "))?;
    }
    writeln!(text)
}

fn limits(text: &mut String, study: &Study) -> std::fmt::Result {
    writeln!(text, "## Where it fails\n")?;
    let failed: Vec<&str> = study
        .floods
        .iter()
        .filter(|flood| {
            !flood.scenario.attackers.is_empty() && reached(&flood.controlled).is_none()
        })
        .map(|flood| flood.scenario.name)
        .collect();
    writeln!(
        text,
        "- Never under the target above: {}. Load that is exempt isn't priced: whoever buys passes of humans for more than the site bears takes it down,",
        failed.join(", ")
    )?;
    writeln!(
        text,
        "  and only a limit a pass helps. And the level ends at {} times the lowest: who can pay that is served.",
        grouped(f64::from(study.settings.multiple_max))
    )?;
    writeln!(
        text,
        "- The price of keeping load down is paid by the honest: at the level that a purse of thousands of dollars drives up to, agents that would pay less are shut out until the"
    )?;
    writeln!(
        text,
        "  purse is empty. The attacker pays for all that gets in; it chooses the price, though."
    )?;
    writeln!(
        text,
        "- Work prices out machines that are few. Against a botnet the difficulty rises until honest laptops can't do it in time either: then money alone lets in."
    )?;
    writeln!(
        text,
        "- In the first seconds everything gets in: the level is fourfold after a window at most, so a flood from nothing is felt for as many windows as that takes. A short burst passes"
    )?;
    writeln!(text, "  before the level knows; a queue has to bear it.")?;
    writeln!(
        text,
        "- Pulses: the stay makes the level wait for them, and honest agents pay for nobody in between."
    )?;
    writeln!(
        text,
        "- Left out: networks, caches, answers of different cost, clients that try again, what a site loses while it is expensive, attackers that pay with stolen money or work on stolen machines."
    )
}

fn multiple(value: f64) -> String {
    match value {
        0.0 => "off".to_owned(),
        small if small < 10.0 => format!("{small:.1}"),
        large => grouped(large),
    }
}

fn dollars(value: f64) -> String {
    match value {
        0.0 => "nothing".to_owned(),
        small if small < 0.01 => format!("{:.3} ct", small * 100.0),
        middle if middle < 1.0 => format!("{:.1} ct", middle * 100.0),
        large if large < 100.0 => format!("${large:.2}"),
        large => format!("${}", grouped(large)),
    }
}

/// A whole number with commas.
fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
