//! What a workload may use. Each limit is enforced while it runs; each has a ceiling that no workload may ask beyond.

use serde::{Deserialize, Serialize};

use crate::error::WorkloadError;

/// Bytes of a component.
pub const COMPONENT_BYTES_MAX: u64 = 64 << 20;
/// Bytes of one input file, or of what is written to a job's standard input.
pub const INPUT_BYTES_MAX: u64 = 256 << 20;
/// Bytes of one line of the protocol.
pub const LINE_BYTES_MAX: usize = 1 << 20;
/// Arguments, environment variables, files and network rules: how many of each.
pub const LIST_MAX: usize = 256;
/// Bytes of one argument or environment variable.
pub const TEXT_BYTES_MAX: usize = 16 << 10;
/// Workloads that one runtime keeps.
pub const WORKLOADS_MAX: usize = 4096;
/// Bytes of one record of a log; longer lines are cut into several records.
pub const RECORD_BYTES_MAX: usize = 8 << 10;
/// Events kept for one workload.
pub const EVENTS_MAX: usize = 1000;
/// Times that an interrupted job is begun.
pub const ATTEMPTS_MAX: u32 = 3;

/// What one workload may use.
///
/// For a service, fuel, time, body and sub-requests count for each request, everything else for the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Units of execution, about one an instruction.
    pub fuel: u64,
    /// Linear memory and tables, of all instances together.
    pub memory_bytes: u64,
    /// Time by the clock on the wall.
    pub wall_ms: u64,
    /// Sizes of all files in the private folder.
    pub disk_bytes: u64,
    /// Files and folders in the private folder.
    pub files: u64,
    /// Open files, streams, sockets and whatever else the host holds for a component.
    pub handles: u64,
    /// Standard output of a job, and its standard error, each.
    pub output_bytes: u64,
    /// The log, of which the oldest part is dropped.
    pub log_bytes: u64,
    /// HTTP requests to the outside and connections, together.
    pub sub_requests: u64,
    /// Requests that a service works on at a time.
    pub concurrency: u64,
    /// Body of a request or a response of a service.
    pub body_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            fuel: 10_000_000_000,
            memory_bytes: 128 << 20,
            wall_ms: 30_000,
            disk_bytes: 64 << 20,
            files: 1_000,
            handles: 1_000,
            output_bytes: 4 << 20,
            log_bytes: 1 << 20,
            sub_requests: 16,
            concurrency: 16,
            body_bytes: 8 << 20,
        }
    }
}

impl Limits {
    /// What no workload may exceed.
    pub const CEILING: Self = Self {
        fuel: 1 << 50,
        memory_bytes: 4 << 30,
        wall_ms: 24 * 3_600_000,
        disk_bytes: 64 << 30,
        files: 100_000,
        handles: 10_000,
        output_bytes: 64 << 20,
        log_bytes: 64 << 20,
        sub_requests: 10_000,
        concurrency: 1_000,
        body_bytes: 64 << 20,
    };

    /// Name, value and ceiling of each limit, and whether it may be zero.
    fn rows(&self) -> [(&'static str, u64, u64, bool); 11] {
        let max = Self::CEILING;
        [
            ("fuel", self.fuel, max.fuel, false),
            ("memory_bytes", self.memory_bytes, max.memory_bytes, false),
            ("wall_ms", self.wall_ms, max.wall_ms, false),
            ("disk_bytes", self.disk_bytes, max.disk_bytes, true),
            ("files", self.files, max.files, true),
            ("handles", self.handles, max.handles, false),
            ("output_bytes", self.output_bytes, max.output_bytes, true),
            ("log_bytes", self.log_bytes, max.log_bytes, true),
            ("sub_requests", self.sub_requests, max.sub_requests, true),
            ("concurrency", self.concurrency, max.concurrency, false),
            ("body_bytes", self.body_bytes, max.body_bytes, true),
        ]
    }

    /// Whether every limit is below its ceiling.
    ///
    /// # Errors
    /// With the first that isn't.
    pub fn check(&self) -> Result<(), WorkloadError> {
        for (what, got, max, may_be_zero) in self.rows() {
            if got > max {
                return Err(WorkloadError::TooMuch { what, got, max });
            }
            if got == 0 && !may_be_zero {
                return Err(WorkloadError::Zero { what });
            }
        }
        Ok(())
    }
}
