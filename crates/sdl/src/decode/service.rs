//! An entry of `services`.

use crate::at::{At, Keys};
use crate::decode::{expose, params};
use crate::limits::SERVICES_MAX;
use crate::model::{Credentials, Secret, Service};
use crate::names::{ServiceName, is_variable};
use crate::problem::{Cause, Report, shown};

const SERVICE: Keys = Keys {
    known: &[
        "image",
        "command",
        "args",
        "env",
        "expose",
        "dependencies",
        "params",
        "credentials",
    ],
    required: &["image"],
};
const DEPENDENCY: Keys = Keys {
    known: &["service"],
    required: &[],
};
const CREDENTIALS: Keys = Keys {
    known: &["host", "email", "username", "password"],
    required: &["host", "username", "password"],
};
/// Lists of texts are bounded by the nodes a file can have.
const UNBOUNDED: usize = usize::MAX;
const EMAIL_CHARS_MIN: usize = 5;
const PASSWORD_CHARS_MIN: usize = 6;

pub(super) fn read(at: &At<'_>, report: &mut Report) -> Option<Service> {
    let fields = at.fields(report, &SERVICE)?;
    let image = fields
        .get("image")
        .and_then(|at| at.filled_word(report))
        .map(str::to_owned);
    let mut texts = |key| fields.get(key).and_then(|at| texts(at, report, UNBOUNDED));
    let (command, args) = (texts("command"), texts("args"));
    let env = fields.get("env").and_then(|at| env(at, report));
    let expose = fields.get("expose").map(|at| expose::read(at, report));
    let dependencies = fields
        .get("dependencies")
        .map(|at| dependencies(at, report));
    let params = fields.get("params").map(|at| params::read(at, report));
    let credentials = fields.get("credentials").map(|at| credentials(at, report));
    // All parts are read before the first that failed ends it, so that all problems are found.
    Some(Service {
        image: image?,
        command,
        args,
        env,
        expose: match expose {
            Some(expose) => expose?,
            None => Vec::new(),
        },
        dependencies: dependencies.unwrap_or_default(),
        params: match params {
            Some(params) => Some(params?),
            None => None,
        },
        credentials: match credentials {
            Some(credentials) => Some(credentials?),
            None => None,
        },
    })
}

/// A list of texts, or nothing.
fn texts(at: &At<'_>, report: &mut Report, max: usize) -> Option<Vec<String>> {
    if at.is_null() {
        return None;
    }
    let items = at.items(report, "texts", max)?;
    let texts = items.iter().filter_map(|at| at.text(report));
    Some(texts.map(str::to_owned).collect())
}

fn env(at: &At<'_>, report: &mut Report) -> Option<Vec<String>> {
    if at.is_null() {
        return None;
    }
    let mut env = Vec::new();
    for at in at.items(report, "variables", UNBOUNDED)? {
        let Some(text) = at.text(report) else {
            continue;
        };
        let name = text.split('=').next().unwrap_or_default();
        if is_variable(name) {
            env.push(text.to_owned());
        } else {
            let cause = Cause::NotA {
                what: "name of a variable",
                got: shown(name),
                rule: "letters, digits, `-`, `.` and `_`, no digit first, and no `..` in front",
            };
            at.problem(report, cause);
        }
    }
    Some(env)
}

fn dependencies(at: &At<'_>, report: &mut Report) -> Vec<ServiceName> {
    let mut dependencies = Vec::new();
    for at in at
        .items(report, "dependencies", SERVICES_MAX)
        .unwrap_or_default()
    {
        let fields = at.fields(report, &DEPENDENCY);
        let service = fields
            .as_ref()
            .and_then(|fields| fields.get("service"))
            .and_then(|at| at.word(report));
        dependencies.extend(service.map(ServiceName::new));
    }
    dependencies
}

fn credentials(at: &At<'_>, report: &mut Report) -> Option<Credentials> {
    let fields = at.fields(report, &CREDENTIALS)?;
    let host = fields.get("host").and_then(|at| at.filled_word(report));
    let username = fields.get("username").and_then(|at| at.filled_word(report));
    let password = fields
        .get("password")
        .and_then(|at| long_enough(at, report, PASSWORD_CHARS_MIN));
    let email = match fields.get("email") {
        Some(at) => long_enough(at, report, EMAIL_CHARS_MIN)?,
        None => "",
    };
    Some(Credentials {
        host: host?.to_owned(),
        email: email.to_owned(),
        username: username?.to_owned(),
        password: Secret::new(password?),
    })
}

fn long_enough<'t>(at: &At<'t>, report: &mut Report, min: usize) -> Option<&'t str> {
    let word = at.filled_word(report)?;
    if word.chars().count() < min {
        at.problem(report, Cause::TooShort { min });
        return None;
    }
    Some(word)
}
