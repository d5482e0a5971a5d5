//! An HTTP service: says hello, counts its visits in its folder, and does on request what a service shouldn't.

use wasip2::exports::http::incoming_handler::Guest;
use wasip2::filesystem::types::{Descriptor, DescriptorFlags, OpenFlags, PathFlags};
use wasip2::http::outgoing_handler;
use wasip2::http::types::{
    Fields, IncomingRequest, OutgoingBody, OutgoingRequest, OutgoingResponse, ResponseOutparam, Scheme,
};

struct Hello;

wasip2::http::proxy::export!(Hello);

impl Guest for Hello {
    fn handle(request: IncomingRequest, answer: ResponseOutparam) {
        let path = request.path_with_query().unwrap_or_default();
        let (path, query) = path.split_once('?').unwrap_or((&path, ""));
        let (status, text) = match path {
            "/" => (200, page()),
            "/echo" => (200, body(&request)),
            "/count" => (200, count()),
            "/loop" => loop {
                std::hint::black_box(());
            },
            "/allocate" => (200, allocate()),
            "/trap" => std::process::abort(),
            "/large" => (200, "x".repeat(query.parse().unwrap_or(0))),
            "/get" => (200, get(query)),
            "/silent" => return,
            "/log" => {
                let line = format!("{query}\n");
                let _ = wasip2::cli::stdout::get_stdout().blocking_write_and_flush(line.as_bytes());
                (200, String::new())
            }
            _ => (404, "there is nothing here\n".to_owned()),
        };
        respond(answer, status, text.as_bytes());
    }
}

fn page() -> String {
    "<!doctype html><title>hello</title><h1>Hello from a component</h1>\n".to_owned()
}

fn respond(answer: ResponseOutparam, status: u16, bytes: &[u8]) {
    let headers = Fields::new();
    let _ = headers.append("content-type", b"text/html; charset=utf-8");
    let response = OutgoingResponse::new(headers);
    let _ = response.set_status_code(status);
    let Ok(body) = response.body() else { return };
    ResponseOutparam::set(answer, Ok(response));
    if let Ok(stream) = body.write() {
        for piece in bytes.chunks(4096) {
            if stream.blocking_write_and_flush(piece).is_err() {
                break;
            }
        }
    }
    let _ = OutgoingBody::finish(body, None);
}

fn body(request: &IncomingRequest) -> String {
    let Ok(body) = request.consume() else { return String::new() };
    let Ok(stream) = body.stream() else { return String::new() };
    let mut all = Vec::new();
    while let Ok(piece) = stream.blocking_read(4096) {
        all.extend(piece);
    }
    String::from_utf8_lossy(&all).into_owned()
}

fn root() -> Option<Descriptor> {
    wasip2::filesystem::preopens::get_directories().into_iter().next().map(|(folder, _)| folder)
}

fn count() -> String {
    let Some(root) = root() else { return "no folder\n".to_owned() };
    let flags = DescriptorFlags::READ | DescriptorFlags::WRITE;
    let Ok(file) = root.open_at(PathFlags::empty(), "count", OpenFlags::CREATE, flags) else {
        return "no file\n".to_owned();
    };
    let old = file.read(100, 0).map(|(bytes, _)| bytes).unwrap_or_default();
    let old: u64 = String::from_utf8_lossy(&old).trim().parse().unwrap_or(0);
    let text = format!("{}\n", old + 1);
    let _ = file.write(text.as_bytes(), 0);
    text
}

fn allocate() -> String {
    let mut held: Vec<Vec<u8>> = Vec::new();
    loop {
        let mut piece = Vec::new();
        if piece.try_reserve_exact(1 << 20).is_err() {
            return format!("{} MiB\n", held.len());
        }
        piece.resize(1 << 20, 1);
        held.push(piece);
    }
}

fn get(authority: &str) -> String {
    let request = OutgoingRequest::new(Fields::new());
    let _ = request.set_scheme(Some(&Scheme::Http));
    let _ = request.set_authority(Some(authority));
    let _ = request.set_path_with_query(Some("/"));
    let pending = match outgoing_handler::handle(request, None) {
        Ok(pending) => pending,
        Err(code) => return format!("{code:?}\n"),
    };
    pending.subscribe().block();
    match pending.get() {
        Some(Ok(Ok(response))) => format!("status {}\n", response.status()),
        Some(Ok(Err(code))) => format!("{code:?}\n"),
        _ => "nothing\n".to_owned(),
    }
}
