use lilliput_workload::Stream;

use super::{Log, Reader};

fn texts(reader: &mut Reader) -> Vec<String> {
    let records = reader.read();
    records.into_iter().map(|record| record.text).collect()
}

#[test]
fn lines_become_records_and_an_unfinished_one_waits() {
    let folder = tempfile::tempdir().unwrap();
    let log = Log::open(folder.path(), 1 << 20).unwrap();
    let mut reader = Reader::new(folder.path(), 0);
    log.write(Stream::Stdout, b"one\ntw");
    log.write(Stream::Stderr, b"error\n");
    assert_eq!(texts(&mut reader), ["one", "error"]);
    log.write(Stream::Stdout, b"o\n");
    assert_eq!(texts(&mut reader), ["two"]);
    log.write(Stream::Stdout, b"three");
    assert!(texts(&mut reader).is_empty());
    log.finish();
    assert_eq!(texts(&mut reader), ["three"]);
}

#[test]
fn a_log_keeps_its_bound_and_a_reader_sees_every_kept_record_once() {
    let folder = tempfile::tempdir().unwrap();
    let bound = 20_000;
    let log = Log::open(folder.path(), bound).unwrap();
    let mut reader = Reader::new(folder.path(), 0);
    let mut seen = Vec::new();
    for round in 0..2_000_u32 {
        log.write(Stream::Stdout, format!("line {round}\n").as_bytes());
        if round % 7 == 0 {
            seen.extend(texts(&mut reader));
        }
    }
    seen.extend(texts(&mut reader));
    let expected: Vec<_> = (0..2_000).map(|round| format!("line {round}")).collect();
    assert_eq!(seen, expected);
    let sizes = std::fs::read_dir(folder.path()).unwrap();
    let total: u64 = sizes
        .map(|entry| entry.unwrap().metadata().unwrap().len())
        .sum();
    assert!(total <= bound, "{total}");
    let late = Reader::new(folder.path(), 0).read();
    assert!(late.first().unwrap().number > 1, "the oldest are dropped");
    assert_eq!(late.last().unwrap().number, 2_000);
}

#[test]
fn a_log_that_is_opened_again_goes_on_counting() {
    let folder = tempfile::tempdir().unwrap();
    Log::open(folder.path(), 1 << 20)
        .unwrap()
        .write(Stream::Stdout, b"a\nb\n");
    Log::open(folder.path(), 1 << 20)
        .unwrap()
        .write(Stream::Stdout, b"c\n");
    let records = Reader::new(folder.path(), 1).read();
    let numbers: Vec<_> = records.iter().map(|record| record.number).collect();
    assert_eq!(numbers, [2, 3]);
}

#[test]
fn a_line_without_end_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let log = Log::open(folder.path(), 1 << 20).unwrap();
    log.write(Stream::Stdout, &vec![b'x'; 20_000]);
    log.finish();
    let lens: Vec<_> = Reader::new(folder.path(), 0)
        .read()
        .iter()
        .map(|record| record.text.len())
        .collect();
    assert_eq!(lens, [8192, 8192, 3616]);
}
