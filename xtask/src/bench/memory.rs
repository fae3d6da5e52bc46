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

/// How often all threads of the process tree have gone to sleep by themselves until now: each time something wakes them up.
pub fn wakeups(root: u32) -> u64 {
    let threads = process::tree(root)
        .into_iter()
        .filter_map(|pid| fs::read_dir(format!("/proc/{pid}/task")).ok())
        .flatten()
        .flatten();
    threads
        // A thread that ended between listing and reading wakes up no more.
        .filter_map(|thread| fs::read_to_string(thread.path().join("status")).ok())
        .filter_map(|status| switches(&status))
        .sum()
}

fn switches(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
    line.trim().parse().ok()
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

    #[test]
    fn a_thread_s_own_sleeps_are_counted() {
        let status = "State:\tS (sleeping)\nvoluntary_ctxt_switches:\t42\nnonvoluntary_ctxt_switches:\t7\n";
        assert_eq!(switches(status), Some(42));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_very_process_has_a_size() {
        assert!(proportional(std::process::id()) > 0.1);
    }
}
