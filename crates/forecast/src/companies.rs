//! The study's table of companies and networks as data, each tied to the command that does its job here.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::number::grouped;
use crate::text::Table;

/// Where the table's figures come from.
pub const COMPANIES_ATTRIBUTION: &str = "VanEck Research and the projects' pages, 15.1.2024";

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Company {
    pub name: String,
    pub category: String,
    /// Fully diluted, in millions of US dollars; none for companies that were not traded.
    pub market_value_millions: Option<f64>,
    #[serde(rename = "use")]
    pub reported_use: String,
    /// What does this system's job here, if anything does yet.
    pub command: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Companies {
    company: Vec<Company>,
}

static COMPANIES: LazyLock<Vec<Company>> = LazyLock::new(|| {
    // The file is part of the program and a test reads it, so that it can't be wrong here.
    toml::from_str(include_str!("../data/companies.toml"))
        .map_or_else(|_| Vec::new(), |companies: Companies| companies.company)
});

#[must_use]
pub fn companies() -> &'static [Company] {
    &COMPANIES
}

fn value_text(company: &Company) -> String {
    company
        .market_value_millions
        .map_or_else(|| "private".to_owned(), |value| grouped(value, 0))
}

#[must_use]
pub fn companies_text() -> String {
    let mut table = Table::new(2);
    table.row(["company", "category", "value, M$", "here"]);
    table.line();
    for company in companies() {
        table.row([
            company.name.clone(),
            company.category.clone(),
            value_text(company),
            company
                .command
                .clone()
                .unwrap_or_else(|| "not yet".to_owned()),
        ]);
        table.heading(format!("  {}", company.reported_use));
    }
    format!(
        "{}\n\nSource: {COMPANIES_ATTRIBUTION}; fully diluted market value.",
        table.render()
    )
}

#[must_use]
pub fn companies_json() -> Value {
    json!({ "source": COMPANIES_ATTRIBUTION, "date": "2024-01-15", "companies": companies() })
}

#[cfg(test)]
mod tests {
    use super::{Companies, companies, companies_text};

    #[test]
    fn the_embedded_table_reads_and_has_the_studys_eleven_rows() {
        toml::from_str::<Companies>(include_str!("../data/companies.toml")).unwrap();
        assert_eq!(companies().len(), 11);
        let values: f64 = companies()
            .iter()
            .filter_map(|company| company.market_value_millions)
            .sum();
        assert_eq!(values, 38_491.0);
        let private: Vec<&str> = companies()
            .iter()
            .filter(|company| company.market_value_millions.is_none())
            .map(|company| company.name.as_str())
            .collect();
        assert_eq!(private, ["io.net", "Together"]);
        assert!(companies_text().contains("27,508"));
    }
}
