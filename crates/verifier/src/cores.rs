//! Work on all cores with the feature `parallel`, on one without it. Results never depend on it.
//!
//! What is one item or chunk stays on the caller's core: waking the others costs more than small proofs take.

/// Works on each chunk of a list, told its number.
pub(crate) fn chunks<T: Send>(
    list: &mut [T],
    length: usize,
    work: impl Fn(usize, &mut [T]) + Send + Sync,
) {
    #[cfg(feature = "parallel")]
    if list.len() > length {
        use rayon::prelude::*;
        let chunks = list.par_chunks_mut(length).enumerate();
        return chunks.for_each(|(index, chunk)| work(index, chunk));
    }
    for (index, chunk) in list.chunks_mut(length).enumerate() {
        work(index, chunk);
    }
}

/// What is made of each item, in order.
pub(crate) fn map<T: Sync, U: Send>(items: &[T], make: impl Fn(&T) -> U + Send + Sync) -> Vec<U> {
    #[cfg(feature = "parallel")]
    if items.len() > 1 {
        use rayon::prelude::*;
        return items.par_iter().map(make).collect();
    }
    items.iter().map(make).collect()
}

/// How many items [`map`] works on at once.
pub(crate) fn count() -> usize {
    #[cfg(feature = "parallel")]
    {
        rayon::current_num_threads()
    }
    #[cfg(not(feature = "parallel"))]
    1
}
