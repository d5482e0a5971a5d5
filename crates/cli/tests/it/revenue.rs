//! What the ledger earned, beside the forecast.

use crate::world::{Up, json};

#[test]
fn the_revenue_of_one_answer_stands_beside_the_forecast() {
    let data = tempfile::tempdir().unwrap();
    let network = Up::start(data.path());
    let compared = json(&["forecast", "actual", "--node", &network.url], 0);
    let rows = compared["rows"].as_array().unwrap();
    let actual = |name: &str| {
        let row = rows.iter().find(|row| row["segment"] == name).unwrap();
        row["actual_dollars"].as_f64().unwrap()
    };
    // The bundled model's price, the provider's, and the fee for the check.
    assert!((actual("software") - 0.02).abs() < 1e-9, "{compared}");
    assert!((actual("iaas") - 0.03).abs() < 1e-9, "{compared}");
    assert!((actual("security") - 0.0005).abs() < 1e-9, "{compared}");
    assert_eq!(compared["conversion"]["is_test_money"], true);
}
