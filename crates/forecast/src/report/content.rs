//! What a report says, before it is written in one format or another.

use serde_json::{Value, json};

use crate::error::ForecastError;
use crate::json::{runs_json, scenarios_json};
use crate::number::grouped;
use crate::picture::{
    StackedColumn, fan_svg, histogram_svg, stacked_svg, tornado_svg, waterfall_svg,
};
use crate::program::Model;
use crate::sample::{BIN_RELATIVE_WIDTH, Options, OutputSummary, QUANTILES, Run, run};
use crate::scenario::{Definition, Input, OutputKey, Scenario, Year};
use crate::study::{ATTRIBUTION, CONTRADICTIONS, DISCLAIMER, PATHS_NOTE, decimals};
use crate::text::{output_label, value_text};
use crate::why::{bridge, tornado};

/// Draws for each year of the fan, all replicas together.
const FAN_DRAWS: u64 = 1 << 15;

pub(crate) struct Section {
    pub(crate) title: String,
    pub(crate) blocks: Vec<Block>,
}

pub(crate) enum Block {
    Paragraph(String),
    List(Vec<String>),
    Table {
        header: Vec<String>,
        rows: Vec<Vec<String>>,
        left_columns: usize,
    },
    Picture {
        title: String,
        svg: String,
    },
}

/// Scenarios, what they come to, and how sure that is.
pub struct Report {
    pub(super) scenarios: Vec<Scenario>,
    /// One for each scenario with something uncertain.
    pub(super) runs: Vec<Run>,
    fans: Vec<Vec<(Year, OutputSummary)>>,
}

impl Report {
    /// Calculates everything that the report will show.
    pub fn new(scenarios: &[Scenario], options: &Options) -> Result<Self, ForecastError> {
        let mut runs = Vec::new();
        let mut fans = Vec::new();
        for scenario in scenarios {
            if Model::new(scenario)
                .program(&[OutputKey::Total])
                .variables()
                .is_empty()
            {
                continue;
            }
            runs.push(run(scenario, &scenario.result_keys(), options)?);
            let years: Result<Vec<_>, ForecastError> = Year::all()
                .map(|year| {
                    let of_year = Options {
                        draws: FAN_DRAWS,
                        year: Some(year),
                        thresholds: Vec::new(),
                        ..options.clone()
                    };
                    let mut outputs = run(scenario, &[OutputKey::Total], &of_year)?.outputs;
                    Ok((year, outputs.remove(0)))
                })
                .collect();
            fans.push(years?);
        }
        Ok(Self {
            scenarios: scenarios.to_vec(),
            runs,
            fans,
        })
    }

    #[must_use]
    pub fn json(&self) -> Value {
        json!({ "forecast": scenarios_json(&self.scenarios, None), "uncertainty": runs_json(&self.runs) })
    }

    pub(crate) fn title(&self) -> &'static str {
        "Crypto-AI revenue: scenarios"
    }

    pub(crate) fn sections(&self) -> Result<Vec<Section>, ForecastError> {
        let mut sections = vec![self.results()?];
        sections.extend(self.uncertainty()?);
        sections.extend(self.differences()?);
        sections.extend(self.scenarios.iter().map(inputs));
        sections.push(Section {
            title: "Where the study contradicts itself".to_owned(),
            blocks: vec![Block::List(CONTRADICTIONS.map(str::to_owned).to_vec())],
        });
        sections.push(Section {
            title: "What this is not".to_owned(),
            blocks: vec![
                Block::Paragraph(DISCLAIMER.to_owned()),
                Block::Paragraph(PATHS_NOTE.to_owned()),
                Block::Paragraph(format!(
                    "Source of the model and of all inputs not marked otherwise: {ATTRIBUTION}."
                )),
            ],
        });
        Ok(sections)
    }

    fn results(&self) -> Result<Section, ForecastError> {
        let models: Vec<Model> = self.scenarios.iter().map(Model::new).collect();
        let mut keys: Vec<OutputKey> = Vec::new();
        for key in self.scenarios.iter().flat_map(Scenario::result_keys) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        // The total last, whatever segments the scenarios add.
        keys.sort_by_key(|key| *key == OutputKey::Total);
        let rows = keys
            .iter()
            .map(|key| {
                let values = models.iter().map(|model| {
                    model
                        .value_at_medians(key)
                        .map_or_else(|| "–".to_owned(), |value| grouped(value, decimals(key)))
                });
                std::iter::once(output_label(key)).chain(values).collect()
            })
            .collect();
        let names = self
            .scenarios
            .iter()
            .map(|scenario| format!("{} {}", scenario.title, scenario.year));
        let header = std::iter::once("Billions of US dollars".to_owned())
            .chain(names)
            .collect();
        let mut blocks = vec![Block::Table {
            header,
            rows,
            left_columns: 1,
        }];
        if !self.runs.is_empty() {
            let text = "Here every uncertain input is at its median; a product of medians is not the median of the product. What follows draws them all.";
            blocks.push(Block::Paragraph(text.to_owned()));
        }
        if self.scenarios.len() > 1 {
            let title = "Segments by scenario".to_owned();
            let svg = stacked_svg(&title, &self.segment_columns(&models))?;
            blocks.push(Block::Picture { title, svg });
        }
        Ok(Section {
            title: "Results".to_owned(),
            blocks,
        })
    }

    /// The segments of the first scenario that has the most.
    fn segment_columns(&self, models: &[Model]) -> Vec<StackedColumn> {
        let segments = self
            .scenarios
            .iter()
            .map(|scenario| &scenario.segments)
            .max_by_key(|segments| segments.len())
            .cloned()
            .unwrap_or_default();
        self.scenarios
            .iter()
            .zip(models)
            .map(|(scenario, model)| {
                let parts = segments.iter().map(|segment| {
                    (
                        segment.title(),
                        model
                            .value_at_medians(&OutputKey::CryptoRevenue(segment.clone()))
                            .unwrap_or_default(),
                    )
                });
                (scenario.title.clone(), parts.collect())
            })
            .collect()
    }

    fn uncertainty(&self) -> Result<Vec<Section>, ForecastError> {
        let mut sections = Vec::new();
        for (run, fan) in self.runs.iter().zip(&self.fans) {
            let Some(scenario) = self
                .scenarios
                .iter()
                .find(|scenario| scenario.name == run.scenario)
            else {
                continue;
            };
            let Some(total) = run.output(&OutputKey::Total) else {
                continue;
            };
            let mut blocks = vec![Block::Paragraph(how_drawn(run)), quantile_table(run)];
            let mut picture = |title: &str, svg: String| {
                blocks.push(Block::Picture {
                    title: title.to_owned(),
                    svg,
                });
            };
            picture(
                "How the total is distributed",
                histogram_svg(&scenario.title, total)?,
            );
            picture(
                "What moves the total",
                tornado_svg(&tornado(scenario, &OutputKey::Total, run.year, None)?)?,
            );
            picture("The total by year", fan_svg(&scenario.title, fan)?);
            sections.push(Section {
                title: format!("How sure: {}", scenario.title),
                blocks,
            });
        }
        Ok(sections)
    }

    /// The way from each scenario to the next, where they have the same segments.
    fn differences(&self) -> Result<Vec<Section>, ForecastError> {
        let mut blocks = Vec::new();
        for pair in self.scenarios.windows(2) {
            let [from, to] = pair else { continue };
            match bridge(from, to, &OutputKey::Total, from.year, &[]) {
                Ok(bridge) => blocks.push(Block::Picture {
                    title: format!("From {} to {}", from.title, to.title),
                    svg: waterfall_svg(&bridge)?,
                }),
                Err(ForecastError::DifferentSegments { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        if blocks.is_empty() {
            return Ok(Vec::new());
        }
        Ok(vec![Section {
            title: "What lies between the scenarios".to_owned(),
            blocks,
        }])
    }
}

fn how_drawn(run: &Run) -> String {
    let options = &run.options;
    format!(
        "{} draws of {} uncertain inputs ({} points, {} replicas, seed {}). Errors are standard errors from the replicas; quantiles are off by at most {:.2} % for being counted in bins.",
        grouped(options.draws as f64, 0),
        run.uncertain.len(),
        options.sampling.label(),
        options.replicas,
        options.seed,
        BIN_RELATIVE_WIDTH * 100.0,
    )
}

fn quantile_table(run: &Run) -> Block {
    let wanted = ["p5", "p25", "p50", "p75", "p95"];
    let header = ["Billions of US dollars", "mean", "± error"]
        .into_iter()
        .chain(wanted)
        .map(str::to_owned)
        .collect();
    let rows = run
        .outputs
        .iter()
        .map(|output| {
            let quantiles = QUANTILES
                .iter()
                .zip(&output.quantiles)
                .filter(|((name, _), _)| wanted.contains(name))
                .map(|(_, estimate)| grouped(estimate.value, 3));
            [
                output_label(&output.key),
                grouped(output.mean.value, 3),
                format!("{:.1e}", output.mean.standard_error),
            ]
            .into_iter()
            .chain(quantiles)
            .collect()
        })
        .collect();
    Block::Table {
        header,
        rows,
        left_columns: 1,
    }
}

fn inputs(scenario: &Scenario) -> Section {
    let model = Model::new(scenario);
    let header = ["Input", "Value", "As written", "Status", "Source", "Note"]
        .map(str::to_owned)
        .to_vec();
    let row = |name: String, input: &Input, output: &OutputKey| {
        let value = model.value_at_medians(output).map_or_else(
            || "unknown".to_owned(),
            |value| value_text(value, input.unit),
        );
        let attribution = &input.attribution;
        let source = if attribution.source.is_empty() {
            format!("{}:{}", attribution.origin.file, attribution.origin.line)
        } else {
            attribution.source.clone()
        };
        let written = match &input.definition {
            Definition::Formula { text, .. } => format!("= {text}"),
            Definition::Distribution(_) | Definition::Unknown => input.written.clone(),
        };
        vec![
            name,
            value,
            written,
            attribution.status.label().to_owned(),
            source,
            attribution.note.clone(),
        ]
    };
    let mut rows: Vec<Vec<String>> = Vec::new();
    for key in scenario.input_keys() {
        if let Some(input) = scenario.inputs.get(&key) {
            rows.push(row(key.title(), input, &OutputKey::Input(key.clone())));
        }
    }
    for (name, input) in &scenario.quantities {
        rows.push(row(
            name.replace('_', " "),
            input,
            &OutputKey::Quantity(name.clone()),
        ));
    }
    let mut blocks = vec![Block::Table {
        header,
        rows,
        left_columns: 6,
    }];
    if !scenario.correlations.is_empty() {
        let pairs = scenario.correlations.iter().map(|correlation| {
            format!(
                "{} move together (copula coefficient {:.3})",
                correlation.between.join(" and "),
                correlation.coefficient
            )
        });
        blocks.push(Block::List(pairs.collect()));
    }
    Section {
        title: format!("Inputs: {}", scenario.title),
        blocks,
    }
}
