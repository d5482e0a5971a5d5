//! Samples in all their forms.

use std::io::{Cursor, Write as _};

use lilliput_import::{Calibration, CalibrationError};

const INPUTS: [(&str, usize); 1] = [("x", 3)];

fn npy(header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

fn floats(numbers: &[f32]) -> Vec<u8> {
    numbers
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect()
}

fn npz(arrays: &[(&str, Vec<u8>)], method: zip::CompressionMethod) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, array) in arrays {
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        writer.start_file(format!("{name}.npy"), options).unwrap();
        writer.write_all(array).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn one_sample_or_a_list_of_samples_is_read_from_json() {
    let one = Calibration::parse(br#" {"input_data": [[1, 2.5, -3e-2]]}"#).unwrap();
    assert_eq!(one.samples(&INPUTS).unwrap(), [[[1.0, 2.5, -0.03]]]);
    let two = br#"[{"input_data": [[1, 2, 3]]}, {"input_data": [[4, 5, 6]], "note": "kept out"}]"#;
    let two = Calibration::parse(two).unwrap();
    assert_eq!(
        two.samples(&INPUTS).unwrap(),
        [[[1.0, 2.0, 3.0]], [[4.0, 5.0, 6.0]]]
    );
}

#[test]
fn arrays_hold_one_or_more_samples() {
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n";
    let array = npy(header, &floats(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    let samples = Calibration::parse(&array)
        .unwrap()
        .samples(&INPUTS)
        .unwrap();
    assert_eq!(samples, [[[1.0, 2.0, 3.0]], [[4.0, 5.0, 6.0]]]);
    let bytes = npy(
        "{'descr': '|u1', 'fortran_order': False, 'shape': (3,)}",
        &[7, 8, 255],
    );
    let samples = Calibration::parse(&bytes)
        .unwrap()
        .samples(&INPUTS)
        .unwrap();
    assert_eq!(samples, [[[7.0, 8.0, 255.0]]]);
}

#[test]
fn archives_are_read_by_name_or_else_by_place() {
    let array = |numbers: &[f32]| {
        let header = format!(
            "{{'descr': '<f4', 'fortran_order': False, 'shape': ({},), }}",
            numbers.len()
        );
        npy(&header, &floats(numbers))
    };
    let inputs = [("a", 1), ("b", 2)];
    for method in [
        zip::CompressionMethod::Stored,
        zip::CompressionMethod::Deflated,
    ] {
        let named = npz(&[("b", array(&[2.0, 3.0])), ("a", array(&[1.0]))], method);
        let samples = Calibration::parse(&named)
            .unwrap()
            .samples(&inputs)
            .unwrap();
        assert_eq!(samples, [vec![vec![1.0], vec![2.0, 3.0]]]);
        let placed = npz(
            &[("arr_0", array(&[1.0])), ("arr_1", array(&[2.0, 3.0]))],
            method,
        );
        let samples = Calibration::parse(&placed)
            .unwrap()
            .samples(&inputs)
            .unwrap();
        assert_eq!(samples, [vec![vec![1.0], vec![2.0, 3.0]]]);
    }
}

#[test]
fn files_that_are_something_else_are_refused() {
    let refused = |bytes: &[u8]| Calibration::parse(bytes).unwrap_err();
    assert!(matches!(refused(b"hello"), CalibrationError::Json(_)));
    assert!(matches!(
        refused(br#"{"inputs": [[1]]}"#),
        CalibrationError::Json(_)
    ));
    assert!(matches!(
        refused(br#"{"input_data": [["a"]]}"#),
        CalibrationError::Json(_)
    ));
    assert!(matches!(
        refused(br#"{"input_data": [[1, 2"#),
        CalibrationError::Json(_)
    ));
    assert!(matches!(
        refused(b"PK\x03\x04"),
        CalibrationError::Numpy { .. }
    ));
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}";
    let array = npy(header, &floats(&[1.0, 2.0, 3.0]));
    for end in 6..array.len() {
        assert!(matches!(
            refused(&array[..end]),
            CalibrationError::Numpy { .. }
        ));
    }
    let huge = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000, 1000000000, 9999)}";
    assert!(matches!(
        refused(&npy(huge, &[])),
        CalibrationError::Numpy { .. }
    ));
    let fortran = "{'descr': '<f4', 'fortran_order': True, 'shape': (3,)}";
    assert!(matches!(
        refused(&npy(fortran, &[0; 12])),
        CalibrationError::Numpy { .. }
    ));
    let objects = "{'descr': '|O', 'fortran_order': False, 'shape': (3,)}";
    assert!(matches!(
        refused(&npy(objects, &[0; 12])),
        CalibrationError::Numpy { .. }
    ));
}

#[test]
fn an_archive_that_unpacks_to_too_much_is_refused() {
    let zeros = vec![0; lilliput_import::calibration::BYTES_MAX + 1];
    let bomb = npz(&[("x", zeros)], zip::CompressionMethod::Deflated);
    assert!(bomb.len() < 1 << 20);
    assert!(matches!(
        Calibration::parse(&bomb),
        Err(CalibrationError::Numpy { .. })
    ));
}

#[test]
fn numbers_that_do_not_divide_into_samples_are_refused() {
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (4,)}";
    let array = Calibration::parse(&npy(header, &floats(&[1.0; 4]))).unwrap();
    assert!(matches!(
        array.samples(&INPUTS),
        Err(CalibrationError::Length {
            expected: 3,
            got: 4,
            ..
        })
    ));
}
