use super::{Placement, Segment, Shape, ShapeError, verify};
use crate::codec::CodecError;
use crate::receiver::Receiver;
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

/// Messages of an argument of `variables` layers: rounds of two coefficients, four children a layer, the leaves.
fn messages(variables: usize, leaves: usize) -> usize {
    (0..variables).map(|rounds| 2 * rounds + 4).sum::<usize>() + leaves
}

#[test]
fn an_argument_has_as_many_messages_and_constraints_as_its_shape_says() {
    let clamp = NumberedTable {
        id: 1,
        table: LookupTable::Function(lilliput_graph::Table::Clamp {
            lo: -3,
            hi: 3,
            out_lo: 0,
            out_hi: 3,
        }),
    };
    // Results are leaves of their own, multiplicities too.
    let shape = Shape::new(
        vec![table(0, 1), clamp],
        vec![segment(0, &[2]), segment(1, &[5])],
    )
    .unwrap();
    let mut receiver = Receiver::counting();
    let claims = verify(&shape, &mut receiver).unwrap();
    assert_eq!((claims.segments.len(), claims.tables.len()), (2, 2));
    assert!(claims.segments[0].result.is_none() && claims.segments[1].result.is_some());
    assert_eq!(receiver.counts().messages, messages(shape.variables(), 5));
    assert_eq!(receiver.constraints.len(), shape.variables() + 2);
}

#[test]
fn an_argument_of_another_length_is_refused() {
    let shape = Shape::new(vec![table(0, 1)], vec![segment(0, &[2])]).unwrap();
    let bytes = vec![0; 20 * messages(shape.variables(), 2)];
    for length in 0..bytes.len() {
        let mut receiver = Receiver::new(&bytes[..length], Transcript::new("test"));
        let refused = verify(&shape, &mut receiver).unwrap_err();
        assert!(matches!(refused, CodecError::Truncated { .. }), "{length}");
    }
    let mut receiver = Receiver::new(&bytes, Transcript::new("test"));
    verify(&shape, &mut receiver).unwrap();
    receiver.finish().unwrap();
    let longer = [&bytes[..], &[0]].concat();
    let mut receiver = Receiver::new(&longer, Transcript::new("test"));
    verify(&shape, &mut receiver).unwrap();
    assert_eq!(receiver.finish(), Err(CodecError::Trailing(1)));
}

/// A multiplicity could wrap only with as many lookups as the field has elements: neither shapes nor the cells of a
/// commitment get there.
#[test]
fn no_count_of_lookups_reaches_the_modulus() {
    use crate::field::MODULUS;
    let lookups = |segments| Shape::new(vec![table(0, 1)], segments);
    let most = 1 << 24;
    let refused = lookups(vec![segment(0, &[most]); 126]).unwrap_err();
    assert_eq!(refused, ShapeError::TooManyCells);
    let refused = lookups(vec![segment(0, &[most + 1]); 127]).unwrap_err();
    assert_eq!(refused, ShapeError::TooManyLookups);
    assert!(1u64 << super::CELL_VARIABLES_MAX < u64::from(MODULUS));
    assert!(1u64 << crate::layout::CELL_VARIABLES_MAX < u64::from(MODULUS));
}
