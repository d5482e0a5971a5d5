use super::Model;
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
