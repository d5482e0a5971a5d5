//! What a provider decides by: its machines, its prices, what it says to an order.
//!
//! | module | purpose |
//! |---|---|
//! | `machine` | machines with what is left of them |
//! | `pack` | a group on machines, all of it or nothing; reservations |
//! | `list` | prices by resource, the GPU actually chosen included |
//! | `answer` | a bid, or why not in each dimension |

mod answer;
mod list;
mod machine;
mod pack;

pub use answer::{Answer, Provide, answer};
pub use list::{ClassRate, GpuRate, PriceList};
pub use machine::{DiskRoom, GpuRoom, Machine};
pub use pack::{NoRoom, Room, Spot};
