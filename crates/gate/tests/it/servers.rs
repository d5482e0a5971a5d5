//! The examples for other servers, run with the servers themselves.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::passing::worked;
use crate::world::{Answer, BROWSER, Site, Visitor, World};

const POLICY: &str = "version = 1\n[prices]\ntraining = \"0.01\"\n[[rule]]\nname = \"hidden\"\naction = \"deny\"\npath = \"^/hidden\"\n[[rule]]\nname = \"training\"\naction = \"pay\"\nclass = [\"training\"]\n[[rule]]\nname = \"all\"\naction = \"challenge\"\npath = \"\"\n";
const GPTBOT: &str = "User-Agent: GPTBot/1.2\r\nAccept: */*\r\n";
/// Longest a server takes to start.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server that ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn example(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../examples/gate")
        .join(name);
    fs::read_to_string(path).unwrap()
}

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
}

fn is_installed(program: &str) -> bool {
    let found = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
        .chain(["/usr/sbin".into()])
        .any(|folder| folder.join(program).is_file());
    if !found {
        eprintln!("skipped: {program} isn't installed");
    }
    found
}

/// A gate that a server on this machine may ask, and a folder with a site.
fn world() -> World {
    let world = World::with(Site::start(), POLICY, |config| {
        config.trusted = vec!["127.0.0.1".parse().unwrap()];
    });
    let site = world.folder.path().join("site");
    fs::create_dir(&site).unwrap();
    fs::write(site.join("index.html"), "the page itself").unwrap();
    fs::write(site.join("hidden.html"), "hidden").unwrap();
    fs::write(site.join("robots.txt"), "User-agent: *").unwrap();
    world
}

fn started(mut command: Command, address: SocketAddr) -> Server {
    let child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let server = Server(child);
    let begun = Instant::now();
    while TcpStream::connect(address).is_err() {
        assert!(begun.elapsed() < PATIENCE, "the server didn't start");
        std::thread::sleep(Duration::from_millis(20));
    }
    server
}

fn get(address: SocketAddr, path: &str, headers: &str) -> Answer {
    let mut visitor = Visitor::new(address);
    visitor.write(format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\r\n"
    ));
    visitor.answer()
}

/// What every server has to do.
fn check(world: &World, address: SocketAddr) {
    let page = get(address, "/index.html?a=b", BROWSER);
    assert_eq!(page.status, 403);
    assert!(
        page.text().contains("data-to=\"/index.html?a=b\""),
        "{}",
        page.text()
    );
    assert_eq!(get(address, "/robots.txt", BROWSER).text(), "User-agent: *");
    let hidden = get(address, "/hidden.html", BROWSER);
    assert_eq!(hidden.status, 403);
    assert!(
        hidden.text().contains("This isn't for you") && hidden.text().contains("hidden"),
        "{}",
        hidden.text()
    );
    assert_eq!(get(address, "/a/../hidden.html", BROWSER).status, 403);

    let pays = get(address, "/index.html", GPTBOT);
    assert_eq!(pays.status, 402, "{}", pays.text());

    // The visitor's own words about its request don't count.
    let spoofed = format!(
        "{GPTBOT}X-Original-URI: /robots.txt\r\nX-Forwarded-Uri: /robots.txt\r\nX-Original-Method: GET\r\nX-Forwarded-Method: GET\r\n"
    );
    assert_eq!(get(address, "/index.html", &spoofed).status, 402);
    for own in [
        "/.lilliput/auth",
        "/.lilliput/auth/nginx",
        "/.lilliput/answer",
    ] {
        let asked = get(address, own, "X-Original-URI: /robots.txt\r\n");
        assert_eq!(asked.status, 404, "{own}");
    }

    let cookie = worked(address, &get(address, "/index.html", "Accept: */*\r\n"));
    for _ in 0..3 {
        let passed = get(address, "/index.html", &format!("{BROWSER}{cookie}"));
        assert_eq!(
            (passed.status, passed.text().as_str()),
            (200, "the page itself")
        );
    }
    assert!(world.site.seen().is_empty());
}

#[test]
fn nginx_asks_the_gate() {
    if !is_installed("nginx") {
        return;
    }
    let world = world();
    let folder = world.folder.path();
    let address = free();
    let server = example("nginx.conf")
        .replace("127.0.0.1:8420", &world.gate.address().to_string())
        .replace("127.0.0.1:8081", &address.to_string())
        .replace("/srv/site", &folder.join("site").display().to_string());
    let own = folder.display();
    let paths: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|name| format!("{name}_temp_path {own}/{name};\n"))
        .collect();
    let whole = format!(
        "daemon off; master_process off; pid {own}/pid; error_log {own}/error.log;\nevents {{}}\nhttp {{ access_log off;\n{paths}{server}\n}}\n"
    );
    let file = folder.join("nginx.conf");
    fs::write(&file, whole).unwrap();
    let program = if Path::new("/usr/sbin/nginx").exists() {
        "/usr/sbin/nginx"
    } else {
        "nginx"
    };
    let mut command = Command::new(program);
    command
        .arg("-c")
        .arg(&file)
        .arg("-p")
        .arg(folder)
        .arg("-e")
        .arg(folder.join("error.log"));
    let _server = started(command, address);
    check(&world, address);
}

#[test]
fn caddy_asks_the_gate() {
    if !is_installed("caddy") {
        return;
    }
    let world = world();
    let folder = world.folder.path();
    let address = free();
    let site = example("Caddyfile")
        .replace("127.0.0.1:8420", &world.gate.address().to_string())
        .replace(":8081", &format!(":{}", address.port()))
        .replace("/srv/site", &folder.join("site").display().to_string());
    let file = folder.join("Caddyfile");
    fs::write(&file, format!("{{\n\tadmin off\n}}\n{site}")).unwrap();
    let mut command = Command::new("caddy");
    command
        .args(["run", "--adapter", "caddyfile", "--config"])
        .arg(&file);
    command
        .env("HOME", folder)
        .env("XDG_DATA_HOME", folder)
        .env("XDG_CONFIG_HOME", folder);
    let _server = started(command, address);
    check(&world, address);
}
