//! Tornado, indices, bridge and goal seek as plain text.

use super::{Table, value_text};
use crate::number::{Unit, grouped, percent};
use crate::scenario::InputKey;
use crate::why::{Bridge, Indices, Seek, Swing, Tornado};

const BAR_WIDTH: usize = 40;

fn unit(input: &str) -> Unit {
    match InputKey::parse(input) {
        Some(InputKey::ProductivityTam) => Unit::BillionDollars,
        Some(_) => Unit::Share,
        None => Unit::Plain,
    }
}

fn amount(value: f64) -> String {
    grouped(value, 3)
}

#[must_use]
pub fn tornado_text(tornado: &Tornado) -> String {
    let how = match tornado.swing {
        Swing::Quantiles => "each uncertain input at its 5 % and 95 % quantile".to_owned(),
        Swing::Relative(part) => format!("each input {} down and up", percent(part, 1)),
    };
    let mut table = Table::new(1);
    table.heading(format!(
        "`{}` of scenario `{}` is {}; {how}, the others at their medians",
        tornado.output,
        tornado.scenario,
        amount(tornado.centre)
    ));
    table.row(["input", "from", "to", "result from", "to", ""]);
    table.line();
    let widest = tornado
        .bars
        .first()
        .map_or(1.0, |bar| bar.width())
        .max(f64::MIN_POSITIVE);
    for bar in &tornado.bars {
        let length = (bar.width() / widest * BAR_WIDTH as f64).round() as usize;
        table.row([
            bar.input.clone(),
            value_text(bar.low_input, unit(&bar.input)),
            value_text(bar.high_input, unit(&bar.input)),
            amount(bar.low_output),
            amount(bar.high_output),
            format!(
                "{}{}",
                "█".repeat(length),
                " ".repeat(BAR_WIDTH - length.min(BAR_WIDTH))
            ),
        ]);
    }
    table.render()
}

#[must_use]
pub fn indices_text(indices: &Indices) -> String {
    let mut table = Table::new(1);
    table.heading(format!(
        "Variance of `{}` of scenario `{}` by input, from {} calculations",
        indices.output,
        indices.scenario,
        grouped(indices.evaluations as f64, 0)
    ));
    table.row([
        "input",
        "alone (first order)",
        "± error",
        "with others (total)",
        "± error",
    ]);
    table.line();
    let share = |value: f64| format!("{:.2} %", value * 100.0);
    for index in &indices.indices {
        table.row([
            index.input.clone(),
            share(index.first_order.value),
            share(index.first_order.standard_error),
            share(index.total.value),
            share(index.total.standard_error),
        ]);
    }
    table.render()
}

#[must_use]
pub fn bridge_text(bridge: &Bridge) -> String {
    let mut table = Table::new(1);
    table.heading(format!(
        "What moves `{}` from `{}` to `{}`, in order",
        bridge.output, bridge.from, bridge.to
    ));
    table.row(["step", "change", "result", "change in any order"]);
    table.line();
    table.row([bridge.from.clone(), String::new(), amount(bridge.start)]);
    for step in &bridge.steps {
        table.row([
            step.title.clone(),
            format!("{:+.3}", step.change),
            amount(step.total_after),
            format!("{:+.3}", step.change_in_any_order),
        ]);
    }
    table.row([bridge.to.clone(), String::new(), amount(bridge.end)]);
    format!(
        "{}\nThe last column averages over all orders of the steps.",
        table.render()
    )
}

#[must_use]
pub fn seek_text(seek: &Seek) -> String {
    let unit = unit(&seek.input);
    let value = |value: f64| {
        if unit == Unit::Share {
            percent(value, 4)
        } else {
            value_text(value, unit)
        }
    };
    let mut text = format!(
        "`{}` reaches {} when `{}` is {} (now {}, which gives {}).",
        seek.output,
        amount(seek.target),
        seek.input,
        value(seek.value),
        value(seek.value_now),
        amount(seek.output_now),
    );
    if seek.segment_share_sum > 1.0 + 1e-9 {
        text.push_str(&format!(
            "\nThe segment shares would sum to {}: out of reach in truth.",
            percent(seek.segment_share_sum, 2)
        ));
    }
    text
}
