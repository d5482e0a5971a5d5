//! What a job shouldn't do.

use wasip2::filesystem::types::{DescriptorFlags, OpenFlags, PathFlags};
use wasip2::sockets::network::{IpAddressFamily, IpSocketAddress, Ipv4SocketAddress};

use crate::{create, root, say};

pub(crate) fn endless() {
    loop {
        std::hint::black_box(());
    }
}

pub(crate) fn sleep(milliseconds: u64) {
    wasip2::clocks::monotonic_clock::subscribe_duration(milliseconds * 1_000_000).block();
    say("awake\n");
}

#[inline(never)]
pub(crate) fn recurse(depth: u64) -> u64 {
    let room = std::hint::black_box([depth; 64]);
    if depth == u64::MAX { 0 } else { recurse(depth + 1) + room[3] }
}

pub(crate) fn allocate() {
    let mut held: Vec<Vec<u8>> = Vec::new();
    loop {
        let mut piece = Vec::new();
        if piece.try_reserve_exact(1 << 20).is_err() {
            say(&format!("{} MiB\n", held.len()));
            return;
        }
        piece.resize(1 << 20, 1);
        held.push(piece);
    }
}

/// Writes until it can't, with the call or with a stream.
pub(crate) fn fill(how: &str) {
    let file = create("full").expect("an empty file");
    let piece = vec![7; 4096];
    let mut written = 0;
    let stream = match how {
        "append" => file.append_via_stream().ok(),
        "stream" => file.write_via_stream(0).ok(),
        _ => None,
    };
    loop {
        let done = match &stream {
            Some(stream) => stream.blocking_write_and_flush(&piece).map_err(|error| format!("{error:?}")),
            None => file.write(&piece, written).map(drop).map_err(|code| format!("{code:?}")),
        };
        if let Err(reason) = done {
            say(&format!("{written} {}\n", reason.split('(').next().unwrap_or_default()));
            return;
        }
        written += 4096;
    }
}

pub(crate) fn hole(bytes: u64) {
    let file = create("hole").expect("an empty file");
    say(&format!("{:?}\n", file.set_size(bytes)));
    say(&format!("{:?}\n", file.write(b"x", bytes)));
}

/// Fills files that have no name any more.
pub(crate) fn hide(bytes: usize) {
    let mut held = Vec::new();
    for round in 0..100 {
        let Ok(file) = create("hidden") else { break };
        if file.write(&vec![1; bytes], 0).is_err() {
            say(&format!("{round}\n"));
            break;
        }
        let _ = root().unlink_file_at("hidden");
        held.push(file);
    }
    drop(held);
    let file = create("hidden").expect("a name");
    say(&format!("{:?}\n", file.write(&vec![1; bytes], 0)));
}

pub(crate) fn files() {
    for number in 0.. {
        let made = if number % 2 == 0 {
            create(&format!("file{number}")).map(drop)
        } else {
            root().create_directory_at(&format!("folder{number}")).map_err(|code| format!("{code:?}"))
        };
        if let Err(reason) = made {
            say(&format!("{number} {reason}\n"));
            return;
        }
    }
}

pub(crate) fn handles() {
    let mut held = Vec::new();
    loop {
        held.push(wasip2::clocks::monotonic_clock::subscribe_duration(1_000_000_000));
    }
}

pub(crate) fn escape(path: &str) {
    let opened = root().open_at(PathFlags::SYMLINK_FOLLOW, path, OpenFlags::empty(), DescriptorFlags::READ);
    say(&format!("open {:?}\n", opened.map(drop)));
    say(&format!("symlink {:?}\n", root().symlink_at(path, "link")));
    say(&format!("link {:?}\n", root().link_at(PathFlags::empty(), path, &root(), "link")));
    say(&format!("stat {:?}\n", root().stat_at(PathFlags::SYMLINK_FOLLOW, path).map(drop)));
}

pub(crate) fn connect(address: &str) {
    let (host, port) = address.split_once(':').unwrap_or((address, "80"));
    let parts: Vec<u8> = host.split('.').filter_map(|part| part.parse().ok()).collect();
    let [a, b, c, d] = parts[..] else { return };
    let address = IpSocketAddress::Ipv4(Ipv4SocketAddress {
        port: port.parse().unwrap_or(80),
        address: (a, b, c, d),
    });
    let network = wasip2::sockets::instance_network::instance_network();
    let socket = match wasip2::sockets::tcp_create_socket::create_tcp_socket(IpAddressFamily::Ipv4) {
        Ok(socket) => socket,
        Err(code) => return say(&format!("no socket: {code:?}\n")),
    };
    if let Err(code) = socket.start_connect(&network, address) {
        return say(&format!("no connection: {code:?}\n"));
    }
    socket.subscribe().block();
    match socket.finish_connect() {
        Ok(_) => say("connected\n"),
        Err(code) => say(&format!("no connection: {code:?}\n")),
    }
}

pub(crate) fn lookup(name: &str) {
    let network = wasip2::sockets::instance_network::instance_network();
    let found = wasip2::sockets::ip_name_lookup::resolve_addresses(&network, name);
    say(&format!("{:?}\n", found.map(drop)));
}

pub(crate) fn flood(lines: u64) {
    for line in 0..lines {
        say(&format!("line {line}\n"));
    }
}

pub(crate) fn zeroes(bytes: u64) {
    let output = wasip2::cli::stdout::get_stdout();
    let _ = output.check_write();
    let done = output.write_zeroes(bytes);
    say(&format!("{done:?}\n"));
}
