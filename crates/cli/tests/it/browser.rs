//! Headless Chromium, driven over its debugging protocol: as much of it as a person uses.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

/// How long a page may take to become what a test waits for.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser with one page.
pub(crate) struct Browser {
    process: Child,
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
    next: u64,
    before: Option<Value>,
    _profile: TempDir,
}

impl Browser {
    /// Starts Chromium at a phone's or a desk's width. Without Chromium: nothing, and the reason is
    /// printed; where the tests have to be complete (`CI` is set) that is a failure.
    pub(crate) fn start(width: u32, height: u32) -> Option<Self> {
        let profile = tempfile::tempdir().unwrap();
        let spawned = Command::new("chromium")
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--remote-debugging-port=0",
            ])
            .arg(format!("--window-size={width},{height}"))
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn();
        let mut process = match spawned {
            Ok(process) => process,
            Err(error) if std::env::var_os("CI").is_none() => {
                eprintln!("skipped: Chromium can't be started: {error}");
                return None;
            }
            Err(error) => panic!("Chromium can't be started: {error}"),
        };
        let port = debugging_port(&mut process);
        let socket = connect(port);
        let mut browser = Self {
            process,
            socket,
            next: 0,
            before: None,
            _profile: profile,
        };
        browser.call(
            "Emulation.setDeviceMetricsOverride",
            &json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false }),
        );
        Some(browser)
    }

    pub(crate) fn open(&mut self, url: &str) {
        self.call("Page.navigate", &json!({ "url": url }));
        self.wait_for("document.readyState === 'complete' && location.href !== 'about:blank'");
    }

    /// Evaluates an expression in the page.
    pub(crate) fn evaluate(&mut self, expression: &str) -> Value {
        let parameters = json!({ "expression": expression, "returnByValue": true });
        let answer = self.call("Runtime.evaluate", &parameters);
        answer["result"]["value"].clone()
    }

    /// Evaluates an expression in the page and waits for what it promises.
    pub(crate) fn promised(&mut self, expression: &str) -> Value {
        let parameters =
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.call("Runtime.evaluate", &parameters);
        assert!(answer["exceptionDetails"].is_null(), "{answer}");
        answer["result"]["value"].clone()
    }

    /// Runs a script in every page opened from now on, before the page's own; the last one given counts.
    pub(crate) fn before_pages(&mut self, script: &str) {
        self.call("Page.enable", &json!({}));
        if let Some(identifier) = self.before.take() {
            let parameters = json!({ "identifier": identifier });
            self.call("Page.removeScriptToEvaluateOnNewDocument", &parameters);
        }
        let parameters = json!({ "source": script });
        let added = self.call("Page.addScriptToEvaluateOnNewDocument", &parameters);
        self.before = Some(added["identifier"].clone());
    }

    /// Chooses a file in a form.
    pub(crate) fn choose(&mut self, selector: &str, file: &Path) {
        let parameters = json!({ "expression": format!("document.querySelector({selector:?})") });
        let found = self.call("Runtime.evaluate", &parameters);
        let object = &found["result"]["objectId"];
        let parameters = json!({ "files": [file], "objectId": object });
        self.call("DOM.setFileInputFiles", &parameters);
    }

    /// Waits until an expression is true.
    pub(crate) fn wait_for(&mut self, expression: &str) {
        let begin = Instant::now();
        while self.evaluate(expression) != Value::Bool(true) {
            if begin.elapsed() > PATIENCE {
                let page = self.evaluate("document.documentElement.outerHTML");
                panic!("waited in vain for {expression}\n{page}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Presses the mouse in the middle of what a selector names.
    pub(crate) fn click(&mut self, selector: &str) {
        let (left, top, width, height) = self.place(selector);
        let (x, y) = (left + width / 2.0, top + height / 2.0);
        self.mouse("mousePressed", x, y);
        self.mouse("mouseReleased", x, y);
    }

    /// Draws a line through points given as shares of an element's width and height.
    pub(crate) fn draw(&mut self, selector: &str, points: &[(f64, f64)]) {
        let (left, top, width, height) = self.place(selector);
        let place = |(x, y): (f64, f64)| (left + x * width, top + y * height);
        let (x, y) = place(points[0]);
        self.mouse("mousePressed", x, y);
        for pair in points.windows(2) {
            for step in 1..=10 {
                let share = f64::from(step) / 10.0;
                let (x, y) = place((
                    pair[0].0 + share * (pair[1].0 - pair[0].0),
                    pair[0].1 + share * (pair[1].1 - pair[0].1),
                ));
                self.mouse("mouseMoved", x, y);
            }
        }
        let (x, y) = place(points[points.len() - 1]);
        self.mouse("mouseReleased", x, y);
    }

    /// A picture of the page, where someone wants to look at it.
    pub(crate) fn screenshot(&mut self, name: &str) {
        let Some(folder) = std::env::var_os("LILLIPUT_SCREENSHOTS") else {
            return;
        };
        let answer = self.call(
            "Page.captureScreenshot",
            &json!({ "format": "png", "captureBeyondViewport": true }),
        );
        let bytes = STANDARD.decode(answer["data"].as_str().unwrap()).unwrap();
        std::fs::write(Path::new(&folder).join(name), bytes).unwrap();
    }

    fn place(&mut self, selector: &str) -> (f64, f64, f64, f64) {
        let found = self.evaluate(&format!(
            "(() => {{ const e = document.querySelector({selector:?}); e.scrollIntoView(); \
             const b = e.getBoundingClientRect(); return [b.left, b.top, b.width, b.height]; }})()"
        ));
        let at = |index: usize| found[index].as_f64().unwrap();
        (at(0), at(1), at(2), at(3))
    }

    fn mouse(&mut self, kind: &str, x: f64, y: f64) {
        self.call(
            "Input.dispatchMouseEvent",
            &json!({ "type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1 }),
        );
    }

    /// One command of the protocol.
    pub(crate) fn call(&mut self, method: &str, parameters: &Value) -> Value {
        self.next += 1;
        let request = json!({ "id": self.next, "method": method, "params": parameters });
        self.socket
            .send(Message::text(request.to_string()))
            .unwrap();
        loop {
            let Message::Text(text) = self.socket.read().unwrap() else {
                continue;
            };
            let answer: Value = serde_json::from_str(&text).unwrap();
            if answer["id"] == self.next {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].clone();
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Chromium tells the port that it chose on standard error.
fn debugging_port(process: &mut Child) -> u16 {
    let stderr = process.stderr.take().unwrap();
    let mut lines = BufReader::new(stderr).lines();
    let port = lines
        .by_ref()
        .map(Result::unwrap)
        .find_map(|line| {
            let address = line.strip_prefix("DevTools listening on ws://127.0.0.1:")?;
            address.split('/').next()?.parse().ok()
        })
        .expect("Chromium ended before it told its port");
    // What else it says is read and forgotten, so that it never waits for us.
    std::thread::spawn(move || lines.for_each(drop));
    port
}

/// Connects to the one page.
fn connect(port: u16) -> WebSocket<MaybeTlsStream<TcpStream>> {
    let begin = Instant::now();
    loop {
        let pages = ureq::get(format!("http://127.0.0.1:{port}/json/list"))
            .call()
            .unwrap()
            .body_mut()
            .read_to_string()
            .unwrap();
        let pages: Value = serde_json::from_str(&pages).unwrap();
        let page = pages
            .as_array()
            .unwrap()
            .iter()
            .find(|page| page["type"] == "page");
        if let Some(page) = page {
            let url = page["webSocketDebuggerUrl"].as_str().unwrap();
            return tungstenite::connect(url).unwrap().0;
        }
        assert!(begin.elapsed() < PATIENCE, "Chromium has no page");
        std::thread::sleep(Duration::from_millis(50));
    }
}
