//! From a scenario to a [`Program`].

use std::collections::BTreeMap;

use super::{Operand, Program, Step, Variable};
use crate::formula::{Binary, Formula, Unary};
use crate::scenario::{Definition, InputKey, OutputKey, Scenario, ShareKind, Year};

/// A scenario in a year, ready to be asked for outputs.
#[derive(Clone, Debug)]
pub struct Model {
    builder: Builder,
    outputs: BTreeMap<OutputKey, Operand>,
}

impl Model {
    /// The model in the scenario's own year.
    #[must_use]
    pub fn new(scenario: &Scenario) -> Self {
        Self::in_year(scenario, scenario.year)
    }

    /// The model in another year, by the paths of its inputs.
    #[must_use]
    pub fn in_year(scenario: &Scenario, year: Year) -> Self {
        Self::with(scenario, year, &BTreeMap::new())
    }

    /// The model with some inputs replaced by fixed values (of the scenario's own year).
    pub(crate) fn with(scenario: &Scenario, year: Year, fixed: &BTreeMap<String, f64>) -> Self {
        let mut compiler = Compiler {
            scenario,
            fixed,
            builder: Builder::default(),
            known: BTreeMap::new(),
        };
        let mut outputs = BTreeMap::new();
        for key in scenario.input_keys() {
            let operand = compiler.input_in_year(&key, year);
            outputs.insert(OutputKey::Input(key), operand);
        }
        for name in scenario.quantities.keys() {
            if let Some(operand) = compiler.named(name) {
                outputs.insert(OutputKey::Quantity(name.clone()), operand);
            }
        }
        let mut builder = compiler.builder;
        revenue_model(&mut builder, scenario, &mut outputs);
        Self { builder, outputs }
    }

    /// Every output there is.
    pub fn output_keys(&self) -> impl Iterator<Item = &OutputKey> {
        self.outputs.keys()
    }

    /// One output with everything uncertain at its median; `None` if the scenario lacks it.
    #[must_use]
    pub fn value_at_medians(&self, key: &OutputKey) -> Option<f64> {
        self.program(std::slice::from_ref(key))
            .evaluate_at_medians()
            .first()
            .copied()
    }

    /// The steps for the outputs in `keys`; keys that the scenario lacks are left out.
    #[must_use]
    pub fn program(&self, keys: &[OutputKey]) -> Program {
        let wanted: Vec<(OutputKey, Operand)> = keys
            .iter()
            .filter_map(|key| self.outputs.get(key).map(|operand| (key.clone(), *operand)))
            .collect();
        prune(&self.builder, wanted)
    }
}

/// The study's calculation.
fn revenue_model(
    builder: &mut Builder,
    scenario: &Scenario,
    outputs: &mut BTreeMap<OutputKey, Operand>,
) {
    let input = |outputs: &BTreeMap<OutputKey, Operand>, key: InputKey| {
        outputs
            .get(&OutputKey::Input(key))
            .copied()
            .unwrap_or(Operand::Constant(0.0))
    };
    let tam = input(outputs, InputKey::ProductivityTam);
    let enterprise_tam = builder.binary(Binary::Multiply, tam, input(outputs, InputKey::Adoption));
    let ai_spend = builder.binary(
        Binary::Multiply,
        enterprise_tam,
        input(outputs, InputKey::ValueCapture),
    );
    let mut total = Operand::Constant(0.0);
    let mut share_sum = Operand::Constant(0.0);
    for segment in &scenario.segments {
        let share = input(
            outputs,
            InputKey::Share(ShareKind::Segment, segment.clone()),
        );
        let crypto_share = input(outputs, InputKey::Share(ShareKind::Crypto, segment.clone()));
        let revenue = builder.binary(Binary::Multiply, ai_spend, share);
        let crypto_revenue = builder.binary(Binary::Multiply, revenue, crypto_share);
        total = builder.binary(Binary::Add, total, crypto_revenue);
        share_sum = builder.binary(Binary::Add, share_sum, share);
        outputs.insert(OutputKey::SegmentRevenue(segment.clone()), revenue);
        outputs.insert(OutputKey::CryptoRevenue(segment.clone()), crypto_revenue);
    }
    outputs.insert(OutputKey::EnterpriseTam, enterprise_tam);
    outputs.insert(OutputKey::AiSpend, ai_spend);
    outputs.insert(OutputKey::Total, total);
    outputs.insert(OutputKey::SegmentShareSum, share_sum);
}

#[derive(Clone, Debug, Default)]
struct Builder {
    variables: Vec<Variable>,
    steps: Vec<Step>,
}

impl Builder {
    fn unary(&mut self, operator: Unary, value: Operand) -> Operand {
        if let Operand::Constant(number) = value {
            return Operand::Constant(operator.apply(number));
        }
        self.push(Step::Unary(operator, value))
    }

    fn binary(&mut self, operator: Binary, left: Operand, right: Operand) -> Operand {
        match (operator, left, right) {
            (_, Operand::Constant(a), Operand::Constant(b)) => {
                Operand::Constant(operator.apply(a, b))
            }
            (Binary::Add, Operand::Constant(0.0), other)
            | (Binary::Add, other, Operand::Constant(0.0)) => other,
            _ => self.push(Step::Binary(operator, left, right)),
        }
    }

    fn push(&mut self, step: Step) -> Operand {
        self.steps.push(step);
        Operand::Step(self.steps.len() - 1)
    }
}

struct Compiler<'a> {
    scenario: &'a Scenario,
    fixed: &'a BTreeMap<String, f64>,
    builder: Builder,
    known: BTreeMap<String, Operand>,
}

impl Compiler<'_> {
    /// The value of an input or quantity in the scenario's own year; `None` if nobody knows it.
    ///
    /// Reading the file made sure that formulas don't go in circles and that each name exists.
    fn named(&mut self, name: &str) -> Option<Operand> {
        if let Some(value) = self.fixed.get(name) {
            return Some(Operand::Constant(*value));
        }
        if let Some(operand) = self.known.get(name) {
            return Some(*operand);
        }
        let scenario = self.scenario;
        let operand = match &scenario.lookup(name)?.definition {
            Definition::Unknown => return None,
            Definition::Distribution(distribution) if distribution.is_point() => {
                Operand::Constant(distribution.median())
            }
            Definition::Distribution(distribution) => {
                self.builder.variables.push(Variable {
                    name: name.to_owned(),
                    distribution: distribution.clone(),
                });
                Operand::Variable(self.builder.variables.len() - 1)
            }
            Definition::Formula { formula, .. } => self.formula(formula, None),
        };
        self.known.insert(name.to_owned(), operand);
        Some(operand)
    }

    fn input_in_year(&mut self, key: &InputKey, year: Year) -> Operand {
        let now = self
            .named(&key.to_string())
            .unwrap_or(Operand::Constant(0.0));
        let path = self.scenario.paths.get(key);
        match path {
            Some(path) if year != self.scenario.year => {
                let formula =
                    path.formula(Formula::Name(key.to_string()), self.scenario.year, year);
                self.formula(&formula, Some(now))
            }
            _ => now,
        }
    }

    /// `itself` stands for every name when the formula is a path's.
    fn formula(&mut self, formula: &Formula, itself: Option<Operand>) -> Operand {
        match formula {
            Formula::Number(number) => Operand::Constant(*number),
            Formula::Name(name) => itself
                .or_else(|| self.named(name))
                .unwrap_or(Operand::Constant(f64::NAN)),
            Formula::Unary(operator, inner) => {
                let value = self.formula(inner, itself);
                self.builder.unary(*operator, value)
            }
            Formula::Binary(operator, left, right) => {
                let left = self.formula(left, itself);
                let right = self.formula(right, itself);
                self.builder.binary(*operator, left, right)
            }
        }
    }
}

/// Keeps the variables and steps that the outputs need, renumbered.
fn prune(builder: &Builder, outputs: Vec<(OutputKey, Operand)>) -> Program {
    let mut needed_steps = vec![false; builder.steps.len()];
    let mut needed_variables = vec![false; builder.variables.len()];
    let mut mark = |operand: Operand, steps: &mut Vec<bool>| match operand {
        Operand::Constant(_) => {}
        Operand::Variable(index) => needed_variables[index] = true,
        Operand::Step(index) => steps[index] = true,
    };
    for (_, operand) in &outputs {
        mark(*operand, &mut needed_steps);
    }
    for index in (0..builder.steps.len()).rev() {
        if needed_steps[index] {
            for operand in operands(builder.steps[index]) {
                mark(operand, &mut needed_steps);
            }
        }
    }
    let step_numbers = renumber(&needed_steps);
    let variable_numbers = renumber(&needed_variables);
    let moved = |operand: Operand| match operand {
        Operand::Constant(_) => operand,
        Operand::Variable(index) => Operand::Variable(variable_numbers[index]),
        Operand::Step(index) => Operand::Step(step_numbers[index]),
    };
    Program {
        variables: kept(&builder.variables, &needed_variables),
        steps: kept(&builder.steps, &needed_steps)
            .into_iter()
            .map(|step| match step {
                Step::Unary(operator, value) => Step::Unary(operator, moved(value)),
                Step::Binary(operator, left, right) => {
                    Step::Binary(operator, moved(left), moved(right))
                }
            })
            .collect(),
        outputs: outputs
            .into_iter()
            .map(|(key, operand)| (key, moved(operand)))
            .collect(),
    }
}

fn operands(step: Step) -> Vec<Operand> {
    match step {
        Step::Unary(_, value) => vec![value],
        Step::Binary(_, left, right) => vec![left, right],
    }
}

fn renumber(needed: &[bool]) -> Vec<usize> {
    needed
        .iter()
        .scan(0, |next, is_needed| {
            let number = *next;
            *next += usize::from(*is_needed);
            Some(number)
        })
        .collect()
}

fn kept<T: Clone>(items: &[T], needed: &[bool]) -> Vec<T> {
    items
        .iter()
        .zip(needed)
        .filter(|(_, needed)| **needed)
        .map(|(item, _)| item.clone())
        .collect()
}
