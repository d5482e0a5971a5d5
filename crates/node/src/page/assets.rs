//! Files that never change while the node runs.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use lilliput_forecast::SLIDERS_SCRIPT;

/// The mark, also inside the pages.
pub(super) const ICON: &str = include_str!("../../assets/icon.svg");

/// The verifier as WebAssembly, made by `cargo xtask wasm`.
const VERIFIER: &[u8] = include_bytes!("../../assets/verifier.wasm");

const FILES: [(&str, &str, &str); 7] = [
    (
        "style.css",
        "text/css",
        include_str!("../../assets/style.css"),
    ),
    (
        "draw.js",
        "text/javascript",
        include_str!("../../assets/draw.js"),
    ),
    (
        "job.js",
        "text/javascript",
        include_str!("../../assets/job.js"),
    ),
    (
        "check.js",
        "text/javascript",
        include_str!("../../assets/check.js"),
    ),
    (
        "check-worker.js",
        "text/javascript",
        include_str!("../../assets/check-worker.js"),
    ),
    ("sliders.js", "text/javascript", SLIDERS_SCRIPT),
    ("icon.svg", "image/svg+xml", ICON),
];

pub(super) async fn file(Path(name): Path<String>) -> Response {
    if name == "verifier.wasm" {
        return ([(header::CONTENT_TYPE, "application/wasm")], VERIFIER).into_response();
    }
    match FILES.iter().find(|(known, _, _)| *known == name) {
        Some((_, kind, text)) => ([(header::CONTENT_TYPE, *kind)], *text).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
