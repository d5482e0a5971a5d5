use super::read_scenarios;
use crate::error::Problem;
use crate::program::Model;
use crate::results::Results;
use crate::scenario::{InputKey, OutputKey, Scenario, Year};
use crate::study::study;

fn read(text: &str) -> Vec<Scenario> {
    read_scenarios("own.toml", text, study()).unwrap_or_else(|problems| panic!("{problems}"))
}

fn input(scenario: &Scenario, name: &str) -> f64 {
    let key = OutputKey::Input(InputKey::parse(name).unwrap());
    Model::new(scenario).value_at_medians(&key).unwrap()
}

/// The only problem of a file: its line and what is in its message and hint.
fn refuse(text: &str, line: usize, parts: &[&str]) {
    let Err(problems) = read_scenarios("own.toml", text, study()) else {
        panic!("accepted: {text}");
    };
    let Problem {
        file, line: got, ..
    } = &problems.0[0];
    let shown = problems.to_string();
    assert_eq!((file.as_str(), *got), ("own.toml", line), "{shown}\n{text}");
    for part in parts {
        assert!(shown.contains(part), "`{part}` is not in: {shown}");
    }
}

#[test]
fn values_are_understood_in_every_form() {
    let scenario = &read(
        "[scenario.mine]\nproductivity_tam = \"5.85 trillion\"\nadoption = 0.4\nvalue_capture = \"12.5%\"\n\
         [scenario.mine.crypto_share]\niaas = \"= 2 * crypto_share.software\"\n",
    )[0];
    assert_eq!(input(scenario, "productivity_tam"), 5_850.0);
    assert_eq!(input(scenario, "adoption"), 0.4);
    assert_eq!(input(scenario, "value_capture"), 0.125);
    assert!((input(scenario, "crypto_share.iaas") - 0.1).abs() < 1e-15);
    assert_eq!(scenario.extends.as_deref(), Some("base"));
}

#[test]
fn a_scenario_named_like_the_studys_overrides_it() {
    let scenario = &read("[scenario.bull]\nadoption = \"40%\"\n")[0];
    assert_eq!(input(scenario, "productivity_tam"), 8_494.4);
    assert_eq!(input(scenario, "adoption"), 0.4);
}

#[test]
fn scenarios_extend_each_other_in_any_order() {
    let scenarios =
        read("[scenario.b]\nextends = \"a\"\n[scenario.a]\nextends = \"bull\"\nadoption = 0.1\n");
    assert_eq!(scenarios[0].name, "b");
    assert_eq!(input(&scenarios[0], "adoption"), 0.1);
    assert_eq!(input(&scenarios[0], "value_capture"), 0.2);
}

#[test]
fn a_new_segment_adds_to_the_total() {
    let scenario = &read(
        "[scenario.base]\nsegment_share.robotics = \"10%\"\ncrypto_share.robotics = \"50%\"\n",
    )[0];
    let results = Results::new(scenario, scenario.year);
    let before = Results::new(&study()[1], scenario.year).total;
    assert!((results.total - before - 0.05 * results.ai_spend).abs() < 1e-9);
    assert_eq!(scenario.segments.len(), 5);
}

#[test]
fn a_changed_quantity_changes_what_is_derived_from_it() {
    let scenario = &read("[scenario.base.derive]\ncompliance_cost = 66\n")[0];
    assert_eq!(input(scenario, "segment_share.security"), 0.1);
}

#[test]
fn wrong_keys_are_refused_with_what_was_meant() {
    refuse(
        "[scenario.x]\nadoptoin = 0.3\n",
        2,
        &["adoptoin", "did you mean `adoption`"],
    );
    refuse(
        "[scenaro.x]\nadoption = 0.3\n",
        1,
        &["did you mean `scenario`"],
    );
    refuse(
        "[scenario.x]\nadoption = { trianglar = [0.1, 0.2, 0.3] }\n",
        2,
        &["did you mean `triangular`"],
    );
    refuse(
        "[scenario.x.segment_share]\nsofware = 0.1\n",
        2,
        &["did you mean `software`"],
    );
    refuse(
        "[scenario.x]\nextends = \"bul\"\n",
        2,
        &["did you mean `bull`"],
    );
    refuse(
        "[scenario.x]\n\n[scenario.x.path.adoption]\nkind = \"scurve\"\n",
        4,
        &["did you mean `s-curve`"],
    );
    refuse(
        "[scenario.x.derive]\nrate = \"= gdp_grwth\"\n",
        2,
        &["did you mean `gdp_growth`"],
    );
    refuse(
        "[[scenario.x.correlation]]\nbetween = [\"adopton\", \"value_capture\"]\nrank = 0.5\n",
        1,
        &["did you mean `adoption`"],
    );
}

#[test]
fn wrong_units_and_ranges_are_refused_with_what_was_meant() {
    refuse(
        "[scenario.x]\nadoption = 33\n",
        2,
        &["did you mean \"33%\""],
    );
    refuse(
        "[scenario.x]\nadoption = \"5 billion\"\n",
        2,
        &["share", "0.33"],
    );
    refuse(
        "[scenario.x]\nproductivity_tam = \"33%\"\n",
        2,
        &["percentage", "5850.8"],
    );
    refuse(
        "[scenario.x]\nproductivity_tam = \"5 lightyears\"\n",
        2,
        &["lightyears"],
    );
    refuse("[scenario.x]\nproductivity_tam = \"5,85\"\n", 2, &["comma"]);
    refuse("[scenario.x]\nproductivity_tam = -5\n", 2, &["negative"]);
    refuse("[scenario.x]\nadoption = true\n", 2, &["number"]);
    refuse("[scenario.x]\nadoption = nan\n", 2, &["not a number"]);
    refuse(
        "[scenario.x]\nadoption = { normal = { mean = 0.3, deviation = 0.3 } }\n",
        2,
        &["min = 0, max = 1"],
    );
    refuse(
        "[scenario.x]\nadoption = { uniform = [0.5, 1.5] }\n",
        2,
        &["0 to 1"],
    );
    refuse("[scenario.x]\nadoption = \"8% to 2%\"\n", 2, &["below"]);
    refuse(
        "[scenario.x]\nadoption = { pert = [0.1, 0.2] }\n",
        2,
        &["[low, most likely, high]"],
    );
    refuse("[scenario.x]\nyear = 2050\n", 2, &["2024 to 2040"]);
}

#[test]
fn shares_over_the_whole_are_refused() {
    refuse(
        "[scenario.x.segment_share]\nsoftware = 0.8\n",
        2,
        &["111.3 %", "software 80 %"],
    );
    let text = "[scenario.x]\n[scenario.x.path.adoption]\nkind = \"compound\"\nrate = \"30%\"\n";
    refuse(text, 1, &["in 2035"]);
}

#[test]
fn circles_are_refused() {
    refuse(
        "[scenario.x.derive]\na = \"= b\"\nb = \"= c + 1\"\nc = \"= a\"\n",
        2,
        &["circular derivation: a -> b -> c -> a"],
    );
    refuse(
        "[scenario.x]\nadoption = \"= adoption * 2\"\n",
        2,
        &["adoption -> adoption"],
    );
    refuse(
        "[scenario.a]\nextends = \"b\"\n[scenario.b]\nextends = \"a\"\n",
        2,
        &["extends itself"],
    );
    let chain: String = (0..60)
        .map(|n| format!("q{n} = \"= q{}\"\n", n + 1))
        .collect();
    let text = format!("[scenario.x.derive]\nq60 = 1\n{chain}");
    assert!(
        read_scenarios("own.toml", &text, study())
            .unwrap_err()
            .to_string()
            .contains("too many steps")
    );
}

#[test]
fn what_nobody_knows_cannot_be_computed_with() {
    refuse(
        "[scenario.bull]\nproductivity_tam = \"= tam_2022 * 2\"\n",
        2,
        &["tam_2022", "nobody knows"],
    );
}

#[test]
fn impossible_correlations_are_refused() {
    let text = "[scenario.x]\nadoption = \"0.1 to 0.2\"\nvalue_capture = \"0.1 to 0.2\"\nproductivity_tam = \"10 to 20\"\n";
    let pair = |a: &str, b: &str, rank: f64| {
        format!("[[scenario.x.correlation]]\nbetween = [\"{a}\", \"{b}\"]\nrank = {rank}\n")
    };
    let good = format!("{text}{}", pair("adoption", "value_capture", 0.9));
    assert_eq!(read(&good)[0].correlations.len(), 1);
    let bad = format!(
        "{good}{}{}",
        pair("adoption", "productivity_tam", 0.9),
        pair("value_capture", "productivity_tam", -0.9)
    );
    refuse(&bad, 11, &["at once"]);
    refuse(
        &format!("{text}{}", pair("adoption", "crypto_share.iaas", 0.2)),
        5,
        &["not uncertain"],
    );
}

#[test]
fn text_that_is_not_toml_is_refused_at_its_line() {
    refuse("[scenario.x]\nadoption = = 3\n", 2, &["not TOML"]);
    refuse("", 1, &["no scenario"]);
    refuse(
        "[scenario.x]\nadoption = 0.1\nadoption = 0.2\n",
        3,
        &["not TOML"],
    );
}

#[test]
fn every_path_goes_through_the_scenarios_own_value() {
    for path in [
        "kind = \"constant\"",
        "kind = \"linear\"\nfrom_year = 2023\nfrom_value = \"2%\"",
        "kind = \"compound\"\nrate = \"3%\"",
        "kind = \"compound\"\nfrom_year = 2022\nfrom_value = \"20%\"",
        "kind = \"s-curve\"\nfrom_year = 2023\nfrom_value = \"2%\"\nceiling = \"90%\"",
        "kind = \"bass\"\nlaunch_year = 2020\ninnovation = 0.03\nimitation = 0.4",
    ] {
        let scenario = &read(&format!(
            "[scenario.base]\n[scenario.base.path.adoption]\n{path}\n"
        ))[0];
        let key = OutputKey::Input(InputKey::Adoption);
        let values: Vec<f64> = Year::all()
            .map(|year| {
                Model::in_year(scenario, year)
                    .value_at_medians(&key)
                    .unwrap()
            })
            .collect();
        assert!((values[6] - 0.33).abs() < 1e-15, "{path}: {values:?}");
        assert!(
            values.windows(2).all(|pair| pair[0] <= pair[1] + 1e-12),
            "{path}: {values:?}"
        );
        assert!(
            values.iter().all(|value| (0.0..=1.0).contains(value)),
            "{path}: {values:?}"
        );
    }
}

#[test]
fn paths_have_the_values_of_their_formulas() {
    let at = |path: &str, year: u16| {
        let scenario = &read(&format!(
            "[scenario.base]\n[scenario.base.path.adoption]\n{path}\n"
        ))[0];
        Model::in_year(scenario, Year::new(year).unwrap())
            .value_at_medians(&OutputKey::Input(InputKey::Adoption))
            .unwrap()
    };
    let linear = "kind = \"linear\"\nfrom_year = 2020\nfrom_value = \"3%\"";
    assert!((at(linear, 2025) - 0.18).abs() < 1e-12);
    let compound = "kind = \"compound\"\nfrom_year = 2028\nfrom_value = \"30%\"";
    assert!((at(compound, 2032) - 0.33 * 1.1).abs() < 1e-12);
    // A logistic curve is as far above half its ceiling as it was below.
    let curve = "kind = \"s-curve\"\nfrom_year = 2025\nfrom_value = \"11%\"\nceiling = \"44%\"";
    assert!((at(curve, 2029) - 0.44 / (1.0 + (1.0 / 3.0_f64).powf(0.6))).abs() < 1e-12);
}
