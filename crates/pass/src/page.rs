//! The pages that a visitor sees: the challenge, the wait, the human pass, and what to do when something
//! went wrong. Each is one answer without a third party: style and script are in it, and the content
//! security policy names them by their hashes.

mod texts;

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use crate::language::Language;
use crate::work::Challenge;
use texts::Texts;

const CHALLENGE_SCRIPT: &str = include_str!("../assets/challenge.js");
const HUMAN_SCRIPT: &str = include_str!("../assets/human.js");
const STYLE: &str = include_str!("../assets/style.css");

static STYLE_HASH: LazyLock<String> = LazyLock::new(|| hash_source(STYLE));
static CHALLENGE_HASH: LazyLock<String> = LazyLock::new(|| hash_source(CHALLENGE_SCRIPT));
static HUMAN_HASH: LazyLock<String> = LazyLock::new(|| hash_source(HUMAN_SCRIPT));

/// A page and the policy that it is sent with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The document.
    pub html: String,
    /// The value of `Content-Security-Policy`.
    pub policy: String,
    /// The value of `Content-Language`.
    pub language: Language,
}

/// How one may pay, as the caller knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayHint {
    /// The price, as it is to be read.
    pub price: String,
    /// Where it is explained how, or paid: an address of this site.
    pub link: Option<String>,
}

/// What a challenge page offers.
#[derive(Clone, Debug)]
pub struct ChallengePage<'a> {
    /// In which language.
    pub language: Language,
    /// The site's name.
    pub site: &'a str,
    /// Where the visitor wanted to go.
    pub to: &'a str,
    /// Work, where it is offered.
    pub work: Option<&'a Challenge>,
    /// An offer to wait, where there is one.
    pub wait_offer: Option<&'a str>,
    /// Whether a human pass counts here.
    pub human: bool,
    /// The price, where one may pay.
    pub pay: Option<&'a PayHint>,
    /// For how long one isn't asked again.
    pub session_life_s: u64,
    /// Which rule of the site asked, where the site says so.
    pub rule: Option<&'a str>,
}

/// Why a page tells that it didn't work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The browser keeps no cookies.
    Cookies,
    /// The queue is full.
    Full,
    /// The ticket can't be used.
    Ticket,
    /// The store, or something else of the gate.
    Gate,
}

/// The page of who has to show something first.
#[must_use]
pub fn challenge_page(page: &ChallengePage<'_>) -> Page {
    let texts = texts::of(page.language);
    let wait_link = page
        .wait_offer
        .map(|offer| format!("/.lilliput/wait?offer={offer}&to={}", encode_query(page.to)));
    let lead = if page.work.is_some() {
        texts.challenge_lead
    } else {
        texts.choose_lead
    };
    let body = html! {
        h1 { (texts.challenge_title) }
        p { (fill(lead, "{site}", page.site)) }
        @if page.work.is_some() || page.human {
            div .only-script {
                p #status .status role="status" aria-live="polite" {}
                progress #bar hidden value="0" max="1" aria-label=(texts.progress_label) {}
                button #again type="button" hidden { (texts.again) }
            }
        }
        noscript {
            @if wait_link.is_some() {
                p .status { (texts.no_script_wait) }
            } @else if page.work.is_some() {
                p .status { (texts.no_script) }
            }
        }
        p .quiet { (fill(texts.afterwards, "{time}", &texts.duration(page.session_life_s))) }
        (ways(page, texts, wait_link.as_deref()))
        (why(page, texts))
    };
    let head = html! {
        @if let Some(link) = &wait_link {
            noscript { meta http-equiv="refresh" content=(format!("2; url={link}")); }
        }
    };
    let data = serde_json::json!({
        "working": texts.working, "progress": texts.progress, "done": texts.done,
        "refused": texts.refused, "broken": texts.broken,
    })
    .to_string();
    let challenge = page.work.map_or("", Challenge::text);
    let puzzles = page.work.map_or(0, Challenge::puzzles);
    let target = page.work.map_or(0, Challenge::target);
    let html = html! {
        (DOCTYPE)
        html lang=(page.language.tag()) {
            (head_of(texts.challenge_title, &head))
            body data-texts=(data) data-to=(page.to) data-challenge=(challenge) data-puzzles=(puzzles)
                data-target=(format!("{target:016x}")) data-human=(if page.human { "yes" } else { "no" }) {
                main { (body) }
                script { (PreEscaped(CHALLENGE_SCRIPT)) }
            }
        }
    };
    finish(&html, Some(&CHALLENGE_HASH), page.language)
}

fn ways(page: &ChallengePage<'_>, texts: &Texts, wait_link: Option<&str>) -> Markup {
    html! {
        @if page.human || wait_link.is_some() || page.pay.is_some() {
            h2 { (texts.ways_title) }
            ul {
                @if page.human {
                    li { a href=(format!("/.lilliput/human?to={}", encode_query(page.to))) { (texts.way_human) }
                        " " (texts.way_human_more) }
                }
                @if let Some(link) = wait_link {
                    li { a href=(link) { (texts.way_wait) } " " (texts.way_wait_more) }
                }
                @if let Some(pay) = page.pay {
                    li {
                        @match &pay.link {
                            Some(link) => a href=(link) { (texts.way_pay) },
                            None => (texts.way_pay),
                        }
                        " " (fill(texts.way_pay_more, "{price}", &pay.price))
                    }
                }
            }
        }
    }
}

fn why(page: &ChallengePage<'_>, texts: &Texts) -> Markup {
    html! {
        h2 { (texts.why_title) }
        p { (texts.why) }
        p { (texts.privacy) }
        @if let Some(rule) = page.rule {
            footer { (fill(texts.rule, "{rule}", rule)) }
        }
    }
}

/// The page of who waits: it goes on by itself, without a script.
#[must_use]
pub fn wait_page(language: Language, ticket: &str, to: &str, seconds: u64) -> Page {
    let texts = texts::of(language);
    let link = format!("/.lilliput/wait?ticket={ticket}&to={}", encode_query(to));
    // One more second: the clocks of browser and gate don't tick together.
    let refresh = html! {
        meta http-equiv="refresh" content=(format!("{}; url={link}", seconds.saturating_add(1)));
    };
    let body = html! {
        h1 { (texts.wait_title) }
        p .status role="status" { (fill(texts.wait_lead, "{time}", &texts.duration(seconds.max(1)))) }
        p { (texts.wait_more) }
        p { a .button href=(link) { (texts.wait_link) } }
    };
    plain(language, texts.wait_title, &refresh, &body)
}

/// The page on which a human gets a pass.
#[must_use]
pub fn human_page(language: Language, site: &str, to: &str) -> Page {
    let texts = texts::of(language);
    let data = serde_json::json!({
        "preparing": texts.preparing, "ready": texts.ready, "copied": texts.copied,
        "checking": texts.checking, "unreadable": texts.unreadable, "refused": texts.human_refused,
        "broken": texts.broken, "done": texts.human_done, "spent": texts.spent,
        "insecure": texts.insecure,
    })
    .to_string();
    let body = html! {
        h1 { (texts.human_title) }
        p { (fill(texts.human_lead, "{site}", site)) }
        p #status .status role="status" aria-live="polite" {}
        noscript { p .status { (texts.human_no_script) } }
        form #send { div #steps hidden {
            h2 { (texts.step_request) }
            p { (texts.step_request_more) }
            pre #request tabindex="0" aria-label=(texts.request_label) {}
            p { button #copy type="button" { (texts.copy) } }
            h2 { (texts.step_proof) }
            p { label for="proof" { (texts.proof_label) }
                textarea #proof rows="6" spellcheck="false" autocomplete="off" required {} }
            p { label for="file" { (texts.file_label) } input #file type="file" accept=".json,application/json"; }
            h2 { (texts.step_send) }
            p { button type="submit" { (texts.send) } }
        } }
        h2 { (texts.seen_title) }
        p { (texts.seen) }
    };
    let html = html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            (head_of(texts.human_title, &html! {}))
            body data-texts=(data) data-to=(to) {
                main { (body) }
                script { (PreEscaped(HUMAN_SCRIPT)) }
            }
        }
    };
    finish(&html, Some(&HUMAN_HASH), language)
}

/// The page of something that didn't work, and what to do.
#[must_use]
pub fn trouble_page(language: Language, trouble: Trouble, to: &str) -> Page {
    let texts = texts::of(language);
    let (title, text) = match trouble {
        Trouble::Cookies => (texts.cookies_title, texts.cookies),
        Trouble::Full => (texts.full_title, texts.full),
        Trouble::Ticket => (texts.ticket_title, texts.ticket),
        Trouble::Gate => (texts.gate_title, texts.gate),
    };
    let body = html! {
        h1 { (title) }
        p role="alert" { (text) }
        p { a .button href=(to) { (texts.again) } }
    };
    plain(language, title, &html! {}, &body)
}

fn plain(language: Language, title: &str, head: &Markup, body: &Markup) -> Page {
    let html = html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            (head_of(title, head))
            body { main { (body) } }
        }
    };
    finish(&html, None, language)
}

fn head_of(title: &str, more: &Markup) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="robots" content="noindex, nofollow";
            title { (title) }
            // An icon from nowhere: the page stays one request.
            link rel="icon" href="data:,";
            style { (PreEscaped(STYLE)) }
            (more)
        }
    }
}

fn finish(html: &Markup, script: Option<&str>, language: Language) -> Page {
    let script = script.unwrap_or("'none'");
    let style = STYLE_HASH.as_str();
    Page {
        html: html.0.clone(),
        policy: format!(
            "default-src 'none'; script-src {script}; worker-src blob:; style-src {style}; img-src data:; \
             connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        language,
    }
}

fn hash_source(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

fn fill(text: &str, place: &str, value: &str) -> String {
    text.replace(place, value)
}

/// A path as a value in a query.
pub(crate) fn encode_query(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
