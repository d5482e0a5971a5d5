//! Figures, printed with `-- --nocapture bench`.

use std::time::Instant;

use lilliput_workload::{Kind, State};

use crate::runtime::{Runtime, free_name, get, workload};

#[test]
fn bench_of_starts() {
    let runtime = Runtime::start();
    let mut job = workload("first", runtime.tool(), Kind::Job);
    job.arguments = vec!["exit".to_owned(), "0".to_owned()];
    let begun = Instant::now();
    runtime.run(&job);
    println!("first job, with compiling: {:?}", begun.elapsed());
    let mut times: Vec<_> = (0..9)
        .map(|_| {
            job.name = free_name().parse().unwrap();
            let begun = Instant::now();
            runtime.client.start(&job).unwrap();
            runtime.wait(&job.name, |status| status.state == State::Ended);
            begun.elapsed()
        })
        .collect();
    times.sort();
    println!(
        "compiled job, start to end: median {:?}, worst {:?}",
        times[4], times[8]
    );
    let port = runtime.serve(&workload("web", runtime.hello(), Kind::Service));
    let mut times: Vec<_> = (0..101)
        .map(|_| {
            let begun = Instant::now();
            assert_eq!(get(port, "/").0, 200);
            begun.elapsed()
        })
        .collect();
    times.sort();
    println!(
        "request to a service, with connection and instance: median {:?}",
        times[50]
    );
}
