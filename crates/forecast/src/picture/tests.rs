use super::{fan_svg, histogram_svg, png, stacked_svg, tornado_svg, waterfall_svg};
use crate::document::read_scenarios;
use crate::sample::{Options, run};
use crate::scenario::{OutputKey, Scenario, Year};
use crate::study::study;
use crate::why::{bridge, tornado};

const SEVEN: &str = include_str!("../../../../examples/forecast/seven-uncertain-inputs.toml");

fn scenario() -> Scenario {
    read_scenarios("own.toml", SEVEN, study())
        .unwrap()
        .remove(0)
}

fn options(year: Option<Year>) -> Options {
    Options {
        draws: 1 << 13,
        year,
        ..Options::default()
    }
}

/// All text of a picture.
fn words(svg: &str) -> String {
    svg.split('>')
        .filter_map(|part| part.split_once('<').map(|(text, _)| text.trim()))
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn every_picture_names_what_it_shows_and_becomes_a_png() {
    let scenario = scenario();
    let year = scenario.year;
    let [bear, base, bull] = study() else {
        panic!()
    };
    let total = run(&scenario, &[OutputKey::Total], &options(None))
        .unwrap()
        .outputs
        .remove(0);
    let years: Vec<_> = Year::all()
        .map(|year| {
            (
                year,
                run(&scenario, &[OutputKey::Total], &options(Some(year)))
                    .unwrap()
                    .outputs
                    .remove(0),
            )
        })
        .collect();
    let columns: Vec<_> = [bear, base, bull]
        .iter()
        .map(|scenario| {
            (
                scenario.title.clone(),
                vec![("Software".to_owned(), 1.0), ("IaaS".to_owned(), 2.0)],
            )
        })
        .collect();
    let pictures = [
        (
            tornado_svg(&tornado(&scenario, &OutputKey::Total, year, None).unwrap()),
            "Enterprise adoption",
        ),
        (
            waterfall_svg(&bridge(base, bull, &OutputKey::Total, year, &[]).unwrap()),
            "51.6",
        ),
        (histogram_svg("x", &total), "p95"),
        (fan_svg("x", &years), "2040"),
        (stacked_svg("Three scenarios", &columns), "Software"),
    ];
    for (picture, expected) in pictures {
        let svg = picture.unwrap();
        assert!(
            words(&svg).contains(expected),
            "{expected}: {}",
            words(&svg)
        );
        let image = png(&svg).unwrap();
        assert!(
            image.starts_with(b"\x89PNG") && image.len() > 10_000,
            "{} bytes",
            image.len()
        );
    }
}

#[test]
fn text_from_a_file_cannot_break_out_of_the_picture() {
    let svg = histogram_svg(
        "</text><script>",
        &run(&scenario(), &[OutputKey::Total], &options(None))
            .unwrap()
            .outputs[0],
    )
    .unwrap();
    assert!(!svg.contains("<script>"));
}

#[test]
fn hostile_svg_is_an_error() {
    assert!(png("<svg").is_err());
    assert!(png("<svg xmlns='http://www.w3.org/2000/svg' width='1e9' height='10'/>").is_err());
}
