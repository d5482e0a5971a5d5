use super::{LogUp, LogUpError, Placement, Segment, Shape, ShapeError, verify};
use crate::field::EF;
use crate::tables::{LookupTable, NumberedTable};
use crate::transcript::Transcript;

fn table(id: u32, bits: u32) -> NumberedTable {
    NumberedTable {
        id,
        table: LookupTable::remainders(bits),
    }
}

fn segment(table: usize, axes: &[u32]) -> Segment {
    Segment {
        table,
        axes: axes.to_vec(),
    }
}

#[test]
fn blocks_are_stacked_largest_first_without_gaps() {
    let segments = vec![segment(0, &[3]), segment(1, &[5, 5]), segment(0, &[1])];
    let shape = Shape::new(vec![table(7, 4), table(9, 2)], segments).unwrap();
    let places: Vec<Placement> = shape
        .placed_segments()
        .map(|(_, _, placement)| placement)
        .chain(shape.placed_tables().map(|(_, placement)| placement))
        .collect();
    let place = |offset, variables| Placement { offset, variables };
    assert_eq!(
        places,
        [
            place(80, 2),
            place(0, 6),
            place(88, 0),
            place(64, 4),
            place(84, 2)
        ]
    );
    assert_eq!(
        (shape.cells(), shape.lookups(), shape.variables()),
        (89, 29, 7)
    );
}

#[test]
fn shapes_that_could_wrap_or_confuse_are_refused() {
    let refused = |tables, segments| Shape::new(tables, segments).unwrap_err();
    assert_eq!(refused(vec![table(0, 1)], vec![]), ShapeError::Empty);
    assert_eq!(
        refused(vec![table(0, 1)], vec![segment(1, &[2])]),
        ShapeError::UnknownTable(0)
    );
    let twice = vec![table(3, 1), table(3, 2)];
    assert_eq!(
        refused(twice, vec![segment(0, &[2])]),
        ShapeError::SameId(3)
    );
    let many = vec![segment(0, &[1 << 16, 1 << 15])];
    assert_eq!(refused(vec![table(0, 1)], many), ShapeError::TooManyLookups);
    let overflow = vec![segment(0, &[u32::MAX; 4])];
    assert_eq!(
        refused(vec![table(0, 1)], overflow),
        ShapeError::TooManyLookups
    );
    let cells = vec![segment(0, &[1 << 27])];
    assert_eq!(refused(vec![table(0, 1)], cells), ShapeError::TooManyCells);
    // One element, but an axis that is padded far beyond it can't exist: lengths are what counts.
    assert!(Shape::new(vec![table(0, 1)], vec![segment(0, &[])]).is_ok());
}

#[test]
fn an_argument_of_another_shape_is_refused() {
    let shape = Shape::new(vec![table(0, 1)], vec![segment(0, &[2])]).unwrap();
    let proof = LogUp {
        layers: vec![],
        segments: vec![],
        multiplicities: vec![EF::default()],
    };
    let error = verify(&shape, &proof, &mut Transcript::new("test")).unwrap_err();
    assert_eq!(error, LogUpError::Shape);
}
