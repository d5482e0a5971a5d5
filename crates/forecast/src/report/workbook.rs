//! The report as a workbook in which every result is a live formula of the inputs.

use std::collections::BTreeMap;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula as Cell, Image,
    Workbook, Worksheet, XlsxError,
};

use super::{Block, Report};
use crate::error::ForecastError;
use crate::formula::{Binary, Formula, Unary};
use crate::number::Unit;
use crate::picture::png;
use crate::program::Model;
use crate::sample::QUANTILES;
use crate::scenario::{Definition, Input, InputKey, OutputKey, Scenario, ShareKind};
use crate::study::{ATTRIBUTION, CONTRADICTIONS, DISCLAIMER};
use crate::text::output_label;

/// Pictures keep their height in rows of this many points.
const PICTURE_ROWS: u32 = 30;

impl From<XlsxError> for ForecastError {
    fn from(error: XlsxError) -> Self {
        Self::Workbook(error.to_string())
    }
}

impl Report {
    /// The workbook's bytes.
    pub fn workbook(&self) -> Result<Vec<u8>, ForecastError> {
        let mut workbook = Workbook::new();
        // A fixed date: the same report is the same file.
        let published = ExcelDateTime::from_ymd(2024, 2, 26)?;
        workbook.set_properties(
            &DocProperties::new()
                .set_title(self.title())
                .set_creation_datetime(&published),
        );
        let formats = Formats::new();
        model_sheet(workbook.add_worksheet(), &self.scenarios, &formats)?;
        if !self.runs.is_empty() {
            self.uncertainty_sheet(workbook.add_worksheet(), &formats)?;
        }
        self.picture_sheet(workbook.add_worksheet())?;
        self.notes_sheet(workbook.add_worksheet(), &formats)?;
        Ok(workbook.save_to_buffer()?)
    }

    fn uncertainty_sheet(
        &self,
        sheet: &mut Worksheet,
        formats: &Formats,
    ) -> Result<(), ForecastError> {
        sheet
            .set_name("Uncertainty")?
            .set_column_width(0, 22)?
            .set_column_width(1, 30)?;
        let header = [
            "Scenario",
            "Result (billions of US dollars)",
            "mean",
            "standard error",
        ];
        for (column, text) in header
            .into_iter()
            .chain(QUANTILES.iter().map(|(name, _)| *name))
            .enumerate()
        {
            sheet.write_with_format(0, column as u16, text, &formats.header)?;
        }
        let mut row = 1;
        for run in &self.runs {
            for output in &run.outputs {
                sheet
                    .write(row, 0, &run.scenario)?
                    .write(row, 1, output_label(&output.key))?;
                let numbers = [output.mean.value, output.mean.standard_error]
                    .into_iter()
                    .chain(output.quantiles.iter().map(|estimate| estimate.value));
                for (column, value) in numbers.enumerate() {
                    sheet.write_with_format(row, column as u16 + 2, value, &formats.result)?;
                }
                row += 1;
            }
        }
        sheet.write_with_format(row + 1, 0, "Values of a Monte Carlo run with the inputs as they were; they don't follow changes on the sheet “Model”.", &formats.note)?;
        Ok(())
    }

    fn picture_sheet(&self, sheet: &mut Worksheet) -> Result<(), ForecastError> {
        sheet.set_name("Pictures")?.set_screen_gridlines(false);
        let mut row = 1;
        for section in self.sections()? {
            for block in &section.blocks {
                if let Block::Picture { title, svg } = block {
                    let mut image = Image::new_from_buffer(&png(svg)?)?;
                    image = image
                        .set_alt_text(title)
                        .set_scale_width(0.45)
                        .set_scale_height(0.45);
                    sheet.insert_image(row, 1, &image)?;
                    row += PICTURE_ROWS;
                }
            }
        }
        Ok(())
    }

    fn notes_sheet(&self, sheet: &mut Worksheet, formats: &Formats) -> Result<(), ForecastError> {
        sheet
            .set_name("Notes")?
            .set_column_width(0, 16)?
            .set_column_width(1, 30)?
            .set_column_width(2, 16)?
            .set_column_width(3, 40)?
            .set_column_width(4, 90)?;
        for (column, text) in ["Scenario", "Input", "Status", "Source", "Note"]
            .into_iter()
            .enumerate()
        {
            sheet.write_with_format(0, column as u16, text, &formats.header)?;
        }
        let mut row = 1;
        for scenario in &self.scenarios {
            let inputs = scenario
                .inputs
                .iter()
                .map(|(key, input)| (key.to_string(), input));
            for (name, input) in inputs.chain(
                scenario
                    .quantities
                    .iter()
                    .map(|(name, input)| (name.clone(), input)),
            ) {
                let attribution = &input.attribution;
                let texts = [
                    scenario.name.as_str(),
                    &name,
                    attribution.status.label(),
                    &attribution.source,
                    &attribution.note,
                ];
                for (column, text) in texts.into_iter().enumerate() {
                    sheet.write_string(row, column as u16, text)?;
                }
                row += 1;
            }
        }
        for text in CONTRADICTIONS.into_iter().chain([ATTRIBUTION, DISCLAIMER]) {
            row += 1;
            sheet.write_with_format(row, 0, text, &formats.note)?;
        }
        Ok(())
    }
}

struct Formats {
    header: Format,
    heading: Format,
    note: Format,
    result: Format,
    total: Format,
}

impl Formats {
    fn new() -> Self {
        let bold = Format::new().set_bold();
        Self {
            header: bold
                .clone()
                .set_border_bottom(FormatBorder::Medium)
                .set_align(FormatAlign::Left),
            heading: bold.clone().set_font_color("#0072B2"),
            note: Format::new().set_italic().set_font_color("#6C757D"),
            result: Format::new().set_num_format("#,##0.000"),
            total: bold
                .set_num_format("#,##0.000")
                .set_border_top(FormatBorder::Thin),
        }
    }

    /// Inputs that may be changed are on yellow.
    fn input(unit: Unit, is_formula: bool) -> Format {
        let number = match unit {
            Unit::BillionDollars => "#,##0.0",
            Unit::Share => "0.00%",
            Unit::Plain => "General",
        };
        let format = Format::new().set_num_format(number);
        if is_formula {
            format
        } else {
            format.set_background_color("#FFF9DB")
        }
    }
}

/// Which row of the sheet holds which value; the same for all scenarios.
struct Rows {
    inputs: Vec<InputKey>,
    quantities: Vec<String>,
    results: Vec<OutputKey>,
    by_name: BTreeMap<String, u32>,
}

const FIRST_ROW: u32 = 4;

impl Rows {
    fn new(scenarios: &[Scenario]) -> Self {
        let mut rows = Self {
            inputs: Vec::new(),
            quantities: Vec::new(),
            results: Vec::new(),
            by_name: BTreeMap::new(),
        };
        for scenario in scenarios {
            for key in scenario
                .input_keys()
                .into_iter()
                .filter(|key| scenario.inputs.contains_key(key))
            {
                if !rows.inputs.contains(&key) {
                    rows.inputs.push(key);
                }
            }
            for name in scenario.quantities.keys() {
                if !rows.quantities.contains(name) {
                    rows.quantities.push(name.clone());
                }
            }
            for key in scenario.result_keys() {
                if !rows.results.contains(&key) {
                    rows.results.push(key);
                }
            }
        }
        rows.results.sort_by_key(|key| *key == OutputKey::Total);
        let mut next = FIRST_ROW;
        for key in &rows.inputs {
            rows.by_name.insert(key.to_string(), next);
            next += 1;
        }
        next += 2;
        for name in &rows.quantities {
            rows.by_name.insert(name.clone(), next);
            next += 1;
        }
        next += 2;
        for key in &rows.results {
            rows.by_name.insert(key.to_string(), next);
            next += 1;
        }
        rows
    }

    fn row(&self, name: &str) -> Option<u32> {
        self.by_name.get(name).copied()
    }

    fn heading_row(&self, first: Option<&String>) -> Option<u32> {
        first.and_then(|name| self.row(name)).map(|row| row - 1)
    }
}

fn model_sheet(
    sheet: &mut Worksheet,
    scenarios: &[Scenario],
    formats: &Formats,
) -> Result<(), ForecastError> {
    let rows = Rows::new(scenarios);
    sheet
        .set_name("Model")?
        .set_column_width(0, 44)?
        .set_freeze_panes(2, 1)?;
    sheet.write_with_format(
        0,
        0,
        "Crypto-AI revenue in billions of US dollars. Change what is on yellow: the rest follows.",
        &formats.note,
    )?;
    sheet.write_with_format(1, 0, "", &formats.header)?;
    sheet.write_with_format(FIRST_ROW - 1, 0, "Inputs", &formats.heading)?;
    let first_result = rows.results.first().map(ToString::to_string);
    for (first, text) in [
        (rows.quantities.first(), "Derived quantities"),
        (first_result.as_ref(), "Results"),
    ] {
        if let Some(row) = rows.heading_row(first) {
            sheet.write_with_format(row, 0, text, &formats.heading)?;
        }
    }
    let titles = rows
        .inputs
        .iter()
        .map(|key| (key.to_string(), key.title()))
        .chain(
            rows.quantities
                .iter()
                .map(|name| (name.clone(), name.replace('_', " "))),
        )
        .chain(
            rows.results
                .iter()
                .map(|key| (key.to_string(), output_label(key))),
        );
    for (name, title) in titles {
        if let Some(row) = rows.row(&name) {
            sheet.write(row, 0, title)?;
        }
    }
    for (index, scenario) in scenarios.iter().enumerate() {
        let column = Column {
            number: index as u16 + 1,
            scenario,
            rows: &rows,
            model: Model::new(scenario),
        };
        sheet.set_column_width(column.number, 16)?;
        sheet.write_with_format(
            1,
            column.number,
            format!("{} {}", scenario.title, scenario.year),
            &formats.header,
        )?;
        column.write(sheet, formats)?;
    }
    Ok(())
}

/// One scenario's column of the sheet.
struct Column<'a> {
    number: u16,
    scenario: &'a Scenario,
    rows: &'a Rows,
    model: Model,
}

impl Column<'_> {
    fn write(&self, sheet: &mut Worksheet, formats: &Formats) -> Result<(), ForecastError> {
        for (key, input) in &self.scenario.inputs {
            self.input(
                sheet,
                &key.to_string(),
                input,
                &OutputKey::Input(key.clone()),
            )?;
        }
        for (name, input) in &self.scenario.quantities {
            self.input(sheet, name, input, &OutputKey::Quantity(name.clone()))?;
        }
        for key in self.scenario.result_keys() {
            let (Some(row), Some(value)) = (
                self.rows.row(&key.to_string()),
                self.model.value_at_medians(&key),
            ) else {
                continue;
            };
            let format = if key == OutputKey::Total {
                &formats.total
            } else {
                &formats.result
            };
            sheet.write_formula_with_format(
                row,
                self.number,
                Cell::new(self.result(&key)).set_result(value.to_string()),
                format,
            )?;
        }
        Ok(())
    }

    fn input(
        &self,
        sheet: &mut Worksheet,
        name: &str,
        input: &Input,
        key: &OutputKey,
    ) -> Result<(), ForecastError> {
        let Some(row) = self.rows.row(name) else {
            return Ok(());
        };
        let Some(value) = self.model.value_at_medians(key) else {
            sheet.write(row, self.number, "unknown")?;
            return Ok(());
        };
        match &input.definition {
            Definition::Formula { formula, .. } => {
                let cell =
                    Cell::new(format!("={}", self.formula(formula))).set_result(value.to_string());
                sheet.write_formula_with_format(
                    row,
                    self.number,
                    cell,
                    &Formats::input(input.unit, true),
                )?;
            }
            Definition::Distribution(_) | Definition::Unknown => {
                sheet.write_with_format(
                    row,
                    self.number,
                    value,
                    &Formats::input(input.unit, false),
                )?;
            }
        }
        Ok(())
    }

    /// The cell that holds a value of this scenario.
    fn cell(&self, name: &str) -> String {
        let row = self.rows.row(name).unwrap_or_default();
        rust_xlsxwriter::utility::row_col_to_cell(row, self.number)
    }

    fn result(&self, key: &OutputKey) -> String {
        let share = |kind, segment: &crate::scenario::SegmentName| {
            self.cell(&InputKey::Share(kind, segment.clone()).to_string())
        };
        match key {
            OutputKey::EnterpriseTam => format!(
                "={}*{}",
                self.cell("productivity_tam"),
                self.cell("adoption")
            ),
            OutputKey::AiSpend => format!(
                "={}*{}",
                self.cell("enterprise_tam"),
                self.cell("value_capture")
            ),
            OutputKey::SegmentRevenue(segment) => format!(
                "={}*{}",
                self.cell("ai_spend"),
                share(ShareKind::Segment, segment)
            ),
            OutputKey::CryptoRevenue(segment) => {
                let revenue = OutputKey::SegmentRevenue(segment.clone()).to_string();
                format!(
                    "={}*{}",
                    self.cell(&revenue),
                    share(ShareKind::Crypto, segment)
                )
            }
            _ => {
                let parts: Vec<String> = self
                    .scenario
                    .segments
                    .iter()
                    .map(|segment| {
                        self.cell(&OutputKey::CryptoRevenue(segment.clone()).to_string())
                    })
                    .collect();
                format!("={}", parts.join("+"))
            }
        }
    }

    fn formula(&self, formula: &Formula) -> String {
        match formula {
            Formula::Number(number) => number.to_string(),
            Formula::Name(name) => self.cell(name),
            Formula::Unary(operator, inner) => {
                let inner = self.formula(inner);
                match operator {
                    Unary::Negate => format!("(-({inner}))"),
                    Unary::Exp => format!("EXP({inner})"),
                    Unary::Ln => format!("LN({inner})"),
                    Unary::Sqrt => format!("SQRT({inner})"),
                    Unary::Round(decimals) => format!("ROUND({inner},{decimals})"),
                }
            }
            Formula::Binary(operator, left, right) => {
                let (left, right) = (self.formula(left), self.formula(right));
                match operator {
                    Binary::Add => format!("({left}+{right})"),
                    Binary::Subtract => format!("({left}-{right})"),
                    Binary::Multiply => format!("({left}*{right})"),
                    Binary::Divide => format!("({left}/{right})"),
                    Binary::Power => format!("(({left})^({right}))"),
                    Binary::Min => format!("MIN({left},{right})"),
                    Binary::Max => format!("MAX({left},{right})"),
                }
            }
        }
    }
}
