//! The owner's side: the page, the rule tester, the metrics. On a loopback address alone; the page
//! asks for the secret in its address.
//!
//! | module | purpose |
//! |---|---|
//! | `serve` | connections and routes |
//! | `page` | the page |
//! | `chart` | its pictures |
//! | `metrics` | for Prometheus |

mod chart;
mod metrics;
mod page;
pub(crate) mod serve;
