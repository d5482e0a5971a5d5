//! What all pages share: head, navigation, footer.

use maud::{DOCTYPE, Markup, html};

/// The places the navigation knows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Ask,
    Explorer,
    Models,
    Subnets,
    Revenue,
    Forecast,
    Tournaments,
    Prices,
    Market,
    Other,
}

/// A page around its middle. `last` says that the middle won't change any more: pages of running
/// jobs are fetched again until it is set.
pub(super) fn page(title: &str, place: Place, last: bool, middle: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · lilliput" }
                link rel="stylesheet" href="/page/style.css";
                link rel="icon" href="/page/icon.svg" type="image/svg+xml";
            }
            body {
                header.top {
                    a.brand href="/" { (maud::PreEscaped(super::assets::ICON)) "lilliput" }
                    nav {
                        (link("/", "Ask", place == Place::Ask))
                        (link("/explorer", "Explorer", place == Place::Explorer))
                        (link("/models", "Models", place == Place::Models))
                        (link("/subnets", "Subnets", place == Place::Subnets))
                        (link("/revenue", "Revenue", place == Place::Revenue))
                        (link("/forecast", "Forecast", place == Place::Forecast))
                        (link("/tournaments", "Tournaments", place == Place::Tournaments))
                        (link("/prices", "Prices", place == Place::Prices))
                        (link("/market", "Market", place == Place::Market))
                    }
                }
                main data-final[last] { (middle) }
                footer {
                    a href="/verify" { "Check any proof in your browser." } " "
                    "Play money on a local chain. An answer is paid only when its proof has been checked."
                }
            }
        }
    }
}

fn link(target: &str, text: &str, here: bool) -> Markup {
    html! { a href=(target) aria-current=[here.then_some("page")] { (text) } }
}

/// What is shown in place of something that doesn't exist.
pub(super) fn not_found() -> Markup {
    page(
        "Not found",
        Place::Other,
        true,
        &html! {
            h1 { "Not found" }
            p { "There is nothing under this address. " a href="/explorer" { "See what there is" } "." }
        },
    )
}
