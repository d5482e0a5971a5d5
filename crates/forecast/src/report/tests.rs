use super::{Report, sliders_html};
use crate::document::read_scenarios;
use crate::sample::Options;
use crate::scenario::Scenario;
use crate::study::study;

fn report(scenarios: &[Scenario]) -> Report {
    Report::new(
        scenarios,
        &Options {
            draws: 1 << 12,
            ..Options::default()
        },
    )
    .unwrap()
}

fn own(text: &str) -> Vec<Scenario> {
    read_scenarios("own.toml", text, study()).unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn the_html_is_one_file_with_results_sources_pictures_and_what_it_is_not() {
    let html = report(study()).html().unwrap();
    for expected in [
        "51.62",
        "849.44",
        "inferred by us",
        "not derivable",
        "Bloomberg Intelligence",
        "no investment advice",
        "5.85 billion",
        "<svg",
    ] {
        assert!(html.contains(expected), "{expected}");
    }
    for outside in ["http://", "https://", "<script", "<img", "<link"] {
        let found = html.replace("http://www.w3.org/2000/svg", "");
        assert!(!found.contains(outside), "{outside}");
    }
}

#[test]
fn text_from_a_file_stays_text_in_every_format() {
    let scenarios = own(
        "[scenario.x]\ntitle = \"<script>|\\\"=1\"\nadoption = { value = \"20% to 40%\", note = \"=cmd, <b>\" }\n",
    );
    let report = report(&scenarios);
    assert!(!report.html().unwrap().contains("<script"));
    // In Markdown a `<` after a backslash is text.
    let markdown = report.markdown().unwrap().replace("\\<", "");
    assert!(!markdown.contains("<script") && markdown.contains("script"));
    assert!(report.csv().contains("\"'=cmd, <b>\""));
}

#[test]
fn the_csv_holds_unrounded_numbers() {
    let csv = report(study()).csv();
    let line = csv
        .lines()
        .find(|line| line.starts_with("base,2030,result,ai_spend,"))
        .unwrap();
    let value: f64 = line.split(',').nth(4).unwrap().parse().unwrap();
    assert!((value - 5_850.8 * 0.33 * 0.13).abs() < 1e-9);
}

#[test]
fn the_same_report_is_the_same_workbook() {
    let scenarios = own(
        "[scenario.x]\nadoption = \"20% to 40%\"\nsegment_share.extra = 0.1\ncrypto_share.extra = \"= adoption / 2 - -1%\"\n[scenario.bull]\n",
    );
    let bytes = report(&scenarios).workbook().unwrap();
    assert!(bytes.starts_with(b"PK"));
    assert_eq!(bytes, report(&scenarios).workbook().unwrap());
}

#[test]
fn an_uncertain_scenario_gets_quantiles_and_three_pictures() {
    let markdown = report(&own("[scenario.x]\nadoption = \"20% to 40%\"\n"))
        .markdown()
        .unwrap();
    assert!(markdown.contains("| mean |"));
    assert_eq!(markdown.matches("data:image/svg+xml").count(), 3);
}

#[test]
fn the_sliders_start_at_the_scenarios_own_values() {
    let html = sliders_html(&study()[1]);
    assert_eq!(html.matches("type=\"range\"").count(), 7);
    assert!(html.contains("name=\"adoption\" min=\"0\" max=\"100\" step=\"0.1\" value=\"33\""));
    assert!(html.contains("&quot;iaas&quot;:0.189") && !html.contains("<script"));
}
