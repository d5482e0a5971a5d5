//! Fixed-width fields of sealed bodies.

/// Reads big-endian fields one after the other. The callers' bodies are as long as their layouts.
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl Fields<'_> {
    pub(crate) fn take<const N: usize>(&mut self) -> [u8; N] {
        let mut field = [0; N];
        let len = N.min(self.0.len());
        let (head, rest) = self.0.split_at(len);
        field[..len].copy_from_slice(head);
        self.0 = rest;
        field
    }

    pub(crate) fn u8(&mut self) -> u8 {
        u8::from_be_bytes(self.take())
    }

    pub(crate) fn u32(&mut self) -> u32 {
        u32::from_be_bytes(self.take())
    }

    pub(crate) fn u64(&mut self) -> u64 {
        u64::from_be_bytes(self.take())
    }
}
