//! `expose`: ports, who may reach them, and how a proxy treats them.

use crate::at::{At, Keys};
use crate::limits::{
    BODY_BYTES_MAX, EXPOSES_MAX, HOSTS_MAX, PROXY_BUFFER_BYTES_MAX, TIMEOUT_MS_MAX,
};
use crate::model::{Expose, HttpOptions, NextCase, Port, Protocol, Target};
use crate::names::{EndpointName, ServiceName, is_host};
use crate::problem::{Cause, Report, shown};

const EXPOSE: Keys = Keys {
    known: &["port", "as", "proto", "to", "accept", "http_options"],
    required: &["port"],
};
const TARGET: Keys = Keys {
    known: &["service", "global", "ip"],
    required: &[],
};
const HTTP_OPTIONS: Keys = Keys {
    known: &[
        "max_body_size",
        "read_timeout",
        "send_timeout",
        "next_tries",
        "next_timeout",
        "next_cases",
        "proxy_buffer_size",
    ],
    required: &[],
};

/// Nothing in place of the list is an empty one.
pub(super) fn read(at: &At<'_>, report: &mut Report) -> Option<Vec<Expose>> {
    if at.is_null() {
        return Some(Vec::new());
    }
    let mut exposes = Vec::new();
    let (mut whole, mut entries) = (true, 0);
    for item in at.items(report, "ports", EXPOSES_MAX)? {
        match expose(&item, report) {
            Some(expose) => {
                entries += expose.to.len().max(1);
                exposes.push(expose);
            }
            None => whole = false,
        }
    }
    if entries > EXPOSES_MAX {
        let (what, max) = ("entries of `to` in one service", EXPOSES_MAX);
        at.problem(report, Cause::TooMany { what, max });
        return None;
    }
    whole.then_some(exposes)
}

fn expose(at: &At<'_>, report: &mut Report) -> Option<Expose> {
    let fields = at.fields(report, &EXPOSE)?;
    let number = fields.get("port").and_then(|at| port(at, report));
    let external_port = fields.get("as").map(|at| port(at, report));
    let protocol = fields
        .get("proto")
        .map(|at| at.one_of(report, Protocol::NAMES, &Protocol::ALL));
    let to = fields.get("to").map(|at| targets(at, report));
    let accept = fields.get("accept").and_then(|at| hosts(at, report));
    let http_options = fields
        .get("http_options")
        .map(|at| http_options(at, report));
    Some(Expose {
        port: number?,
        external_port: match external_port {
            Some(port) => Some(port?),
            None => None,
        },
        protocol: protocol.unwrap_or(Some(Protocol::Tcp))?,
        to: to.unwrap_or_default(),
        accept,
        http_options: match http_options {
            Some(options) => options?,
            None => HttpOptions::default(),
        },
    })
}

fn port(at: &At<'_>, report: &mut Report) -> Option<Port> {
    let number = at.whole(report, 1, u64::from(u16::MAX))?;
    u16::try_from(number).ok().map(Port)
}

fn targets(at: &At<'_>, report: &mut Report) -> Vec<Target> {
    let items = at.items(report, "entries of `to`", EXPOSES_MAX);
    let items = items.unwrap_or_default();
    let targets = items.iter().filter_map(|at| target(at, report));
    targets.collect()
}

fn target(at: &At<'_>, report: &mut Report) -> Option<Target> {
    let fields = at.fields(report, &TARGET)?;
    let service = fields.get("service").and_then(|at| at.word(report));
    let global = fields.get("global").map(|at| at.boolean(report));
    let ip = fields.get("ip").and_then(|at| at.filled_word(report));
    // What isn't readable has been reported; it isn't reported again as not global.
    if ip.is_some() && global.unwrap_or(Some(false)) == Some(false) {
        at.problem(report, Cause::IpNotGlobal);
    }
    Some(Target {
        service: service
            .filter(|name| !name.is_empty())
            .map(ServiceName::new),
        // An address that isn't global was reported; it isn't reported as unreachable as well.
        global: global.flatten().unwrap_or(false) || ip.is_some(),
        ip: ip.map(EndpointName::new),
    })
}

fn hosts(at: &At<'_>, report: &mut Report) -> Option<Vec<String>> {
    let mut hosts = Vec::new();
    for at in at.items(report, "host names", HOSTS_MAX)? {
        let Some(host) = at.word(report) else {
            continue;
        };
        if is_host(host) {
            hosts.push(host.to_owned());
        } else {
            let cause = Cause::NotA {
                what: "host name",
                got: shown(host),
                rule: "lower case letters, digits, inner hyphens and points; no port, path or wildcard",
            };
            at.problem(report, cause);
        }
    }
    Some(hosts)
}

fn http_options(at: &At<'_>, report: &mut Report) -> Option<HttpOptions> {
    let fields = at.fields(report, &HTTP_OPTIONS)?;
    let default = HttpOptions::default();
    let any = u64::from(u32::MAX);
    // Zero stands for the default, as in Akash.
    let mut number = |key, max, default| match fields.get(key) {
        None => Some(default),
        Some(at) => match u32::try_from(at.whole(report, 0, max)?) {
            Ok(0) => Some(default),
            other => other.ok(),
        },
    };
    let body = number("max_body_size", BODY_BYTES_MAX, default.body_bytes_max);
    let read = number("read_timeout", TIMEOUT_MS_MAX, default.read_timeout_ms);
    let send = number("send_timeout", TIMEOUT_MS_MAX, default.send_timeout_ms);
    let tries = number("next_tries", any, default.next_tries);
    let timeout = number("next_timeout", any, default.next_timeout_ms);
    let buffer = number("proxy_buffer_size", PROXY_BUFFER_BYTES_MAX, 0);
    let cases = match fields.get("next_cases") {
        Some(at) => next_cases(at, report),
        None => Some(default.next_cases),
    };
    Some(HttpOptions {
        body_bytes_max: body?,
        read_timeout_ms: read?,
        send_timeout_ms: send?,
        next_tries: tries?,
        next_timeout_ms: timeout?,
        next_cases: cases?,
        proxy_buffer_bytes: buffer?,
    })
}

fn next_cases(at: &At<'_>, report: &mut Report) -> Option<Vec<NextCase>> {
    let items = at.items(report, "cases", NextCase::ALL.len())?;
    let cases = items
        .iter()
        .map(|at| at.one_of(report, NextCase::NAMES, &NextCase::ALL));
    let cases: Vec<Option<NextCase>> = cases.collect();
    let cases: Vec<NextCase> = cases.into_iter().collect::<Option<_>>()?;
    if cases.len() > 1 && cases.contains(&NextCase::Off) {
        at.problem(report, Cause::OffNotAlone);
        return None;
    }
    Some(if cases.is_empty() {
        HttpOptions::default().next_cases
    } else {
        cases
    })
}
