//! Memory of a program and all it started, as the kernel counts it.

use std::fs;
use std::io::ErrorKind;

use crate::process;

/// The proportional set size of the process tree in MiB: memory shared by several processes is counted once. Adding up
/// resident sizes would count WebKit's shared pages three times.
pub fn proportional(root: u32) -> f64 {
    let kilobytes: u64 = process::tree(root)
        .into_iter()
        // A process that ended between listing and reading holds nothing any more.
        .filter_map(|pid| {
            let read = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"));
            if let Err(error) = &read
                && error.kind() == ErrorKind::PermissionDenied
            {
                // The app lets nobody but root look; a figure without it must not pass for one.
                eprintln!("process {pid} is not counted: {error}; measure as root");
            }
            read.ok()
        })
        .filter_map(|rollup| pss(&rollup))
        .sum();
    #[allow(clippy::cast_precision_loss)] // a sum of memory in kB is far below 2^52
    let kilobytes = kilobytes as f64;
    kilobytes / 1024.0
}

fn pss(rollup: &str) -> Option<u64> {
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_s_summary_is_read() {
        let rollup =
            "5581a000-7ffe r--p 00000000 00:00 0 [rollup]\nRss:     9000 kB\nPss:     4312 kB\nPss_Dirty: 12 kB\n";
        assert_eq!(pss(rollup), Some(4312));
        assert_eq!(pss("Rss: 9 kB"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_very_process_has_a_size() {
        assert!(proportional(std::process::id()) > 0.1);
    }
}
