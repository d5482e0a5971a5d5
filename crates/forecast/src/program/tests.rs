use super::{BLOCK, Block, Model};
use crate::document::read_scenarios;
use crate::scenario::OutputKey;
use crate::study::study;

#[test]
fn only_the_steps_and_variables_an_output_needs_are_kept() {
    let text = "[scenario.base]\nadoption = \"10% to 40%\"\ncrypto_share.iaas = \"2% to 6%\"\n";
    let scenario = &read_scenarios("own.toml", text, study()).unwrap()[0];
    let model = Model::new(scenario);
    let spend = model.program(&[OutputKey::AiSpend]);
    assert_eq!(
        spend
            .variables()
            .iter()
            .map(|variable| variable.name.as_str())
            .collect::<Vec<_>>(),
        ["adoption"]
    );
    assert_eq!(spend.steps.len(), 2);
    assert_eq!(model.program(&[OutputKey::Total]).variables().len(), 2);
}

#[test]
fn a_block_of_draws_gives_what_each_draw_gives() {
    let text = "[scenario.base]\nadoption = \"10% to 40%\"\nproductivity_tam = \"4000 to 8000\"\n\
        crypto_share.software = \"= min(round(adoption / 3, 2), sqrt(0.01) ^ 1.5)\"\n";
    let scenario = &read_scenarios("own.toml", text, study()).unwrap()[0];
    let program = Model::new(scenario).program(&[OutputKey::Total, OutputKey::EnterpriseTam]);
    let mut block = Block::new(&program);
    for (index, column) in block.variables.iter_mut().enumerate() {
        for (position, slot) in column.iter_mut().enumerate() {
            *slot = (index + 1) as f64 * (position as f64 + 1.0) / BLOCK as f64;
        }
    }
    block.run(&program);
    for position in [0, 17, BLOCK - 1] {
        let point: Vec<f64> = block
            .variables
            .iter()
            .map(|column| column[position])
            .collect();
        let expected = program.evaluate(&point);
        for ((_, operand), expected) in program.outputs.iter().zip(expected) {
            assert_eq!(block.output(*operand)[position], expected);
        }
    }
}
