//! The page, used as a person uses it.

use crate::browser::Browser;
use crate::world::Up;

/// A one: a stroke from top to bottom.
const ONE: [(f64, f64); 2] = [(0.52, 0.15), (0.48, 0.85)];

fn buys_an_answer(width: u32, height: u32, name: &str) {
    let Some(mut browser) = Browser::start(width, height) else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let network = Up::start(data.path());
    browser.open(&network.page);
    browser.wait_for("document.querySelector('#ask') !== null");
    assert_eq!(
        browser.evaluate("document.querySelector('#ask').disabled"),
        false
    );
    browser.draw("#pad", &ONE);
    browser.screenshot(&format!("{name}-drawn.png"));
    browser.click("#ask");
    browser.wait_for("document.querySelector('#state')?.textContent === 'paid'");
    browser.screenshot(&format!("{name}-paid.png"));
    assert_eq!(
        browser.evaluate("document.querySelector('#answer').textContent"),
        "1"
    );
    browser.wait_for("document.querySelector('#browser-check')?.dataset.state === 'accepted'");
    browser.screenshot(&format!("{name}-checked.png"));
    let fits = "document.documentElement.scrollWidth <= window.innerWidth";
    assert_eq!(
        browser.evaluate(fits),
        true,
        "the page is wider than the screen"
    );
    for (link, heading) in [
        ("/explorer", "Explorer"),
        ("/models", "Models"),
        ("/revenue", "Revenue by segment"),
        ("/forecast", "Forecast beside actual"),
        ("/blocks/1", "Block 1"),
    ] {
        browser.open(&format!("{}{link}", network.url));
        browser.wait_for(&format!(
            "document.querySelector('h1')?.textContent.trim() === '{heading}'"
        ));
        assert_eq!(
            browser.evaluate(fits),
            true,
            "{link} is wider than the screen"
        );
        browser.screenshot(&format!("{name}{}.png", link.replace('/', "-")));
    }
    browser.open(&format!("{}/forecast", network.url));
    browser.wait_for("Number(document.querySelector('form.forecast').elements.total.value) > 0");
}

#[test]
fn a_drawing_on_a_desk_buys_an_answer() {
    buys_an_answer(1200, 900, "desk");
}

#[test]
fn a_drawing_on_a_phone_buys_an_answer() {
    buys_an_answer(390, 844, "phone");
}

#[test]
fn without_the_secret_the_page_spends_nothing() {
    let data = tempfile::tempdir().unwrap();
    let network = Up::start(data.path());
    let body = format!("{{\"pixels\":[{}0]}}", "0,".repeat(783));
    let answer = ureq::post(format!("{}/page/ask", network.url))
        .config()
        .http_status_as_error(false)
        .build()
        .header("content-type", "application/json")
        .send(&body)
        .unwrap();
    assert_eq!(answer.status().as_u16(), 403);
}
